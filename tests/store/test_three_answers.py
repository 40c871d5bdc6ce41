"""Three answers (docs/how-sayso-reasons.md): SQL on both engines answers as the pure functions do.

Random claims are written as a client would write them, then asked random questions; every claim
and every figure must be found exactly where ``tests.oracle`` says, with its own ``match``.

The claims come from ``SAYSO_TEST_SEED`` and so do the questions: a run repeats itself. For a longer
one set ``SAYSO_TEST_EXAMPLES`` (questions for each property and engine) and try other seeds:
``SAYSO_TEST_SEED=7 SAYSO_TEST_EXAMPLES=3000 pytest tests/store/test_three_answers.py``.
"""

import asyncio
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from app.api import cursor, filter_params
from app.config import Settings
from app.db import Database
from app.errors import Invalid
from app.models import RESOURCES
from app.models.filters import SORTS
from app.rules import edtf, intervals
from app.rules.intervals import Interval
from app.store import list_query, writes
from app.store.list_query import ListPage
from tests import oracle
from tests.conftest import EXAMPLES, NO_TLS, Server, Templates
from tests.oracle import Certainty
from tests.patience import NEVER

SEED = int(os.environ.get("SAYSO_TEST_SEED", "1"))
ALIKE = 4
CLAIMS = 120
FULL, FEWEST = EXAMPLES > 60, 7
"""As many of each property as are asked for, or the fewest that come to each kind of condition."""
Pairs = list[tuple[str, str]]
Whole = dict[str, Any]


def often(share: float = 1.0) -> Callable[[Any], Any]:
    """Ask this property so many questions, always the same ones."""

    def decorate(test: Any) -> Any:
        count = max(FEWEST, int(EXAMPLES * share) // (ALIKE if FULL else 2 * ALIKE))
        quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
        kept = settings(
            max_examples=count, deadline=None, database=None, suppress_health_check=quiet
        )
        return seed(SEED)(kept(given(dice=st.randoms(use_true_random=False))(test)))

    return decorate


# ------------------------------------------------------------------------------- what is written

SOURCES = [
    {"id": "ann", "name": "Ann", "kind": "official"},
    {"id": "bob", "name": "Bob", "kind": "journalist"},
    {"id": "cat", "name": "Cat", "kind": "expert"},
    {"id": "dated", "name": "Dated", "kind": "article", "date": "2024-03"},
    {"id": "undated", "name": "Undated", "kind": "article"},
    {"id": "ancient", "name": "Ancient", "kind": "report", "date": "-0044"},
    {"id": "spring", "name": "Spring", "kind": "report", "date": "2024-21"},
    {"id": "about", "name": "About", "kind": "report", "date": "2024-03~"},
]
MEASURES = [
    {"id": "total", "unit": "{shell}", "unit_label": "shells", "accumulation": "cumulative"},
    {"id": "share", "unit": "1", "statistic": "share"},
    {"id": "made", "unit": "", "statistic": "date"},
    {"id": "other", "unit": "{shell}", "statistic": "other", "domain_max": "6000"},
]
LONG = "1234567890123456789012345678901234567890"
NUMBERS = (
    "0", "-0", "1", "-1", "5", "5.0", "5", "5e0", "-5", "4.999999999999999", "5.000000000000001",
    "0.5", "0.1", "7000", "1e300", "-1e300", "1e-300", LONG, LONG[:-1] + "1",
    "3.14159265358979323846",
)  # fmt: skip
SIZES = (
    122,
    "122.0",
    152,
    "152",
    "1.52e2",
    "7.62",
    "7.6200",
    "0.1",
    "0.10000000000000000001",
    "mm",
)
WORDINGS = (
    "5", "5.0", "exactly 5", "roughly 5", "about 5.0", "more than 5", "at least 5", "up to 5",
    "less than 5", "nearly 5", "just over 5", "between 1 and 5", "on the order of 5", "several",
    "a few", "dozens", "5 ± 1", "about 0", "more than 0", "several thousand", "upwards of 7,000",
    "roughly 6,700", "up to approximately 5", "at least several million", "0", "many",
)  # fmt: skip
SHARES = ("half", "as many as half", "about half", "most", "50 percent", "0.5", "less than 1")
DAYS = (
    "2024", "2024-03", "2024-03-31", "2024-02-29", "1975", "197X", "2024-21", "-0044",
    "-0044-03-15",
    "[2024-02..2024-03]", "{2023,2025}", "2024-02/2024-03", "2022-02-24/2024", "Y-17000",
    "2024-03-31T10:00:00Z", "197X/1975",
)  # fmt: skip
QUALIFIED = (
    "2023?", "2024-03~", "2024-03-31%", "~2024-03-31", "2024-~03-31", "2024-21", "2024-24",
    "2024-29",
    "2024-21~", "202X-22", "197X?", "2024-02~/2024-03", "2024-02/2024-03-~15", "2024-01~/..",
    "..2024-02~/2024-03", "[2024-02~..2024-03]", "[..2024-03?]", "{2023~,2025}", "1950S2", "/2024~",
    "2024-03-31T10:00:00.250Z",
)  # fmt: skip
OPEN = ("[..2024-03]", "../2024-03", "2024-03/..", "/2024-03", "2024-03/")
HEDGES = ("none", "exact", "approximate", "more_than", "up_to", "nearly", "between", "vague")
BASES = ("stated", "entailed", "convention", "domain")
FLAGS = ("lower_above_value", "upper_below_value", "lower_above_upper", "differs_from_lexicon")


def figure(dice: Random, measure: str) -> Whole:
    """One figure, as careless as clients are."""
    kinds = [_dated] if measure == "made" else [_worded, _sent, _sent]
    made = dice.choice([*kinds, *kinds, _absent])(dice, measure)
    if dice.random() < 0.3:
        made["dimensions"] = {
            name: value
            for name, value in (("mm", dice.choice(SIZES)), ("kind", dice.choice("ab")))
            if dice.random() < 0.7
        }
    if dice.random() < 0.2:
        made["attributes"] = {"mm": dice.choice(SIZES), "rank": dice.choice([1, "2", "best"])}
    if "raw_text" not in made and dice.random() < 0.15:
        made["unit"] = dice.choice(["{shell}", "t", "1"])
    return {"measure": measure, **made}


def _worded(dice: Random, measure: str) -> Whole:
    made = {"raw_text": dice.choice(SHARES if measure == "share" else WORDINGS)}
    return made | ({"value": dice.choice(NUMBERS)} if dice.random() < 0.1 else {})


def _sent(dice: Random, _: str) -> Whole:
    made: Whole = {
        name: dice.choice(NUMBERS) for name in ("value", "lower", "upper") if dice.random() < 0.6
    }
    if {"lower", "upper"} <= made.keys() and dice.random() < 0.6:
        made["lower"], made["upper"] = sorted((made["lower"], made["upper"]), key=float)
    for side in ("lower", "upper"):
        if side in made and dice.random() < 0.6:
            made[f"{side}_inclusive"] = dice.random() < 0.5
        if side in made and dice.random() < 0.6:
            made[f"{side}_basis"] = dice.choice(BASES)
    if dice.random() < 0.3:
        made["interval_type"] = dice.choice(["confidence", "standard_deviation"])
    if not made or dice.random() < 0.4:
        made["hedge"] = dice.choice(HEDGES)
    if dice.random() < 0.1:
        made["lexicon_version"] = "2001.1"
    return made


def _absent(dice: Random, measure: str) -> Whole:
    made: Whole = {"absence": dice.choice(["unknown", "withheld", "not_applicable"])}
    if dice.random() < 0.3:
        made |= {"value": "5"} if measure != "made" else {"date": "1975"}
    return made


def _dated(dice: Random, _: str) -> Whole:
    if dice.random() < 0.2:
        return {"raw_text": dice.choice(["1975", "the 1970s", "circa 1975", "March 2024"])}
    return {"date": a_date(dice)} if dice.random() < 0.9 else {"hedge": "vague"}


def claim(dice: Random, n: int) -> Whole:
    """One claim: up to two slots of up to three alternatives of up to three readings."""
    mode = dice.choice(["single", "or", "xor", "mix", "mix"])
    made: Whole = {
        "id": f"c{dice.randrange(10)}-{n:03}",
        "document": dice.choice(["dated", "undated", "ancient", "spring", "about"]),
        "alternative_mode": mode,
        "polarity": dice.choice(["positive"] * 5 + ["negative"]),
        "modality": dice.choice(["plain", "plain", "probable"]),
        "quantities": [q for slot in range(dice.choice([0, 1, 1, 1, 2, 2])) for q in
                       _slot(dice, slot + 1, dice.choice([1, 2, 3]) if mode != "single" else 1)],
    }  # fmt: skip
    if dice.random() < 0.7:
        made["claimant"] = dice.choice(["ann", "bob"])
    if dice.random() < 0.3:
        made["tags"] = dice.sample(["x", "y", "한국"], dice.choice([1, 2]))
    for name, share in (("stated", 0.7), ("published", 0.4), ("period", 0.4)):
        if dice.random() < share:
            made[name] = a_date(dice)
    return made


def a_date(dice: Random) -> str:
    return dice.choice(DAYS + OPEN if dice.random() < 0.5 else QUALIFIED)


def _slot(dice: Random, slot: int, alternatives: int) -> list[Whole]:
    measures = ["total", "total", "total", "share", "made", "other"]
    found, usual = [], dice.choice(measures)
    for alternative in range(1, alternatives + 1):
        letters = "ABC"[: dice.choice([1, 1, 2, 3])]
        preferred = dice.choice([None, None, *letters])
        for letter in letters:
            one = figure(dice, dice.choice([usual, usual, dice.choice(measures)]))
            one |= {"slot": slot, "alternative": alternative, "reading": letter}
            found.append(one | ({"preferred": True} if letter == preferred else {}))
    return found


def written(db: Database, claims: list[Whole]) -> None:
    """A database of these claims, in several transactions."""

    def create(turn: Any, resource: str, *documents: Whole) -> None:
        for one in documents:
            writes.create(turn, resource, RESOURCES[resource].sent.model_validate(one))

    writes.write(db, create, "sources", *SOURCES)
    writes.write(db, create, "measures", *MEASURES)
    for start in range(0, len(claims), 20):
        writes.write(db, create, "claims", *claims[start : start + 20])


def random_claims(db: Database) -> None:
    """Random claims, of which some have then changed and some are withdrawn."""
    dice = Random(SEED)
    claims = [claim(dice, n) for n in range(CLAIMS)]
    written(db, claims)
    for n, one in enumerate(claims):
        if n % 12 == 0:
            again = {**claim(dice, n), "id": one["id"], "notes": "changed"}
            shape = RESOURCES["claims"].sent.model_validate(again)
            writes.write(db, writes.replace, "claims", shape, '"1"')
        if n % 20 == 1:
            why = ("withdrawn", "a test", '"1"')
            writes.write(db, writes.withdraw, "claims", one["id"], *why)


# -------------------------------------------------------------------------------- what is asked

MEANT: dict[str, tuple[str, ...]] = {
    "measure": tuple(one["id"] for one in MEASURES),
    "unit": ("{shell}", "t", "1"),
    "hedge": HEDGES,
    "flag": FLAGS,
    "polarity": ("positive", "negative"),
    "modality": ("plain", "probable"),
    "alternative_mode": ("single", "or", "xor", "mix"),
    "claimant": ("ann", "bob", "cat"),
    "document": ("dated", "undated", "ancient"),
    "tag": ("x", "y", "한국", "z"),
    "dim.mm": ("122", "152.0", "1", "7.62", "0.1", "mm"),
    "attr.mm": ("122", "152.0", "7.62", "mm"),
    "attr.rank": ("1", "1.0", "2", "best"),
    "dim.kind": ("a", "b"),
}
OF_FIGURE = ("measure", "unit", "hedge", "flag")
OF_CLAIM = ("polarity", "modality", "alternative_mode", "claimant", "document", "tag")
TIMES = ("stated", "published", "period_start", "period_end")
STORED = ("nominal", "lower", "upper")


def words(dice: Random) -> list[str]:
    name = dice.choice([*MEANT, "measure", "measure", "dim.mm"]) + dice.choice(["", "", "__ne"])
    return [name] * dice.choice([1, 1, 2])


def measured(dice: Random) -> list[str]:
    """How large a dimension or an attribute is."""
    return _compared(dice, dice.choice(["dim.mm", "attr.mm", "attr.rank"]), 1)


def absent(dice: Random) -> list[str]:
    named = ["dim.mm", "dim.kind", "attr.mm", "attr.rank", "flag", "tag", "claimant"]
    return [f"{dice.choice(named)}__is_null"]


def figures(dice: Random) -> list[str]:
    return _compared(dice, "value", dice.choice([1, 1, 2]))


def stored(dice: Random) -> list[str]:
    name = dice.choice(STORED)
    return [f"{name}__is_null"] if dice.random() < 0.3 else _compared(dice, name, 1)


def times(dice: Random) -> list[str]:
    name = dice.choice(TIMES)
    return [f"{name}__is_null"] if dice.random() < 0.2 else _compared(dice, name, 1)


def days(dice: Random) -> list[str]:
    return _compared(dice, "date", dice.choice([1, 1, 2]))


def one_time(dice: Random) -> list[str]:
    return [dice.choice(["known_by", "known_by", "period__overlaps", "period__overlaps", "stated"])]


def _compared(dice: Random, name: str, count: int) -> list[str]:
    return [name + op for op in dice.sample(["", "__gt", "__gte", "__lt", "__lte"], count)]


def conditions(dice: Random) -> list[str]:
    """The parameters of one to four conditions, most of them on figures."""
    parts = [
        words,
        words,
        figures,
        figures,
        figures,
        figures,
        stored,
        times,
        days,
        one_time,
        one_time,
        measured,
        absent,
    ]
    found: list[str] = []
    for part in dice.sample(parts, dice.choice([1, 2, 2, 3, 4])):
        fresh = part(dice)
        if not {name.split("__")[0] for name in found} & {name.split("__")[0] for name in fresh}:
            found += fresh
    return found


def filled(dice: Random, names: list[str]) -> Pairs:
    """The same parameters with other values are the same statement, so they are cheap to ask."""
    return [(name, dice.choice(_values(name))) for name in names]


def _values(name: str) -> tuple[str, ...]:
    field, _, op = name.partition("__")
    if op == "is_null":
        return ("true", "false")
    if field == "value" or field in STORED:
        return NUMBERS
    if "." in field and op in ("gt", "gte", "lt", "lte"):
        return ("0.1", "7.62", "122", "122.5", "152")
    if field in MEANT:
        return MEANT[field]
    return DAYS if op in ("gt", "gte", "lt", "lte") else (*DAYS, *OPEN, "../..")


def ways(dice: Random) -> Pairs:
    """How the answers are to be judged."""
    return [("readings", dice.choice(["preferred", "all"])),
            ("policy", dice.choice(["convention", "strict"]))]  # fmt: skip


def understood(asked: Pairs) -> oracle.Asked:
    """A question as the pure functions take it, read from its parameters."""
    some: dict[str, set[str]] = {}
    ranges: dict[str, list[tuple[str, str]]] = {}
    for name, value in asked:
        field, _, op = name.partition("__")
        some.setdefault(name, set()).add(value)
        ranges.setdefault(field, []).append((op or "eq", value))
    numbers = tuple(
        (name, op, float(value))
        for name in STORED
        for op, value in ranges.get(name, [])
        if op != "is_null"
    )
    spans = {n: _span(ranges[n]) for n in (*TIMES, "date", "known_by", "period") if n in ranges}
    known_by = spans.get("known_by")
    return oracle.Asked(
        value=intervals.wanted(ranges["value"]) if "value" in ranges else None,
        date=spans.get("date"),
        of_figure={n: frozenset(some[n]) for n in OF_FIGURE if n in some},
        but_figure={n: frozenset(some[f"{n}__ne"]) for n in OF_FIGURE if f"{n}__ne" in some},
        traits=tuple(_trait(name, values) for name, values in some.items() if "." in name),
        numbers=numbers,
        of_claim={n: frozenset(some[n]) for n in OF_CLAIM if n in some},
        but_claim={n: frozenset(some[f"{n}__ne"]) for n in OF_CLAIM if f"{n}__ne" in some},
        times={n: span for n in TIMES if n in spans and (span := spans[n]) is not None},
        shares_days=spans.get("period"),
        known_by=known_by and known_by.hi,
        missing={n[:-9]: v == "true" for n, v in asked if n.endswith("__is_null") and "." not in n},
        readings="all" if ("readings", "all") in asked else "preferred",
        strict=("policy", "strict") in asked,
    )


def _trait(name: str, values: set[str]) -> oracle.Trait:
    own, _, op = name.partition("__")
    if op == "is_null":
        return own, op, tuple(value == "true" for value in values)
    return own, op or "eq", tuple(float(v) if op[:1] in ("g", "l") else v for v in values)


def _span(conditions: list[tuple[str, str]]) -> Interval | None:
    found = [intervals.filter_days(op, text) for op, text in conditions if op != "is_null"]
    if not found:
        return None
    return Interval(max(span.lo for span in found), min(span.hi for span in found))


# ------------------------------------------------------------------------------------- the world

Key = tuple[Any, ...]


class World:
    """One database of claims, open for questions, and the same claims for the oracle."""

    def __init__(self, url: str, stack: ExitStack, claims: list[Whole] | None = None):
        db = Database(Settings(database_url=url))
        random_claims(db) if claims is None else written(db, claims)
        self.runner = stack.enter_context(asyncio.Runner())
        opened = AsyncExitStack()
        self.db = self.runner.run(opened.enter_async_context(db.serving()))
        stack.callback(lambda: self.runner.run(opened.aclose()))
        measures = {row[0]: json.loads(row[6]) for row in self.page("measures", []).rows}
        printed = {one["id"]: one.get("date") for one in SOURCES}
        found = {row[0]: json.loads(row[6]) for row in self.page("claims", []).rows}
        self.known = {
            id: oracle.Known(one, measures, printed[one["document"]]) for id, one in found.items()
        }

    def page(self, resource: str, asked: Pairs, limit: int = 1000, after: str = "") -> ListPage:
        return self.runner.run(self._page(resource, asked, limit, after))

    async def _page(self, resource: str, asked: Pairs, limit: int, after: str) -> ListPage:
        whole = [*asked, ("limit", str(limit)), *([("cursor", after)] if after else [])]
        question = filter_params.question(resource, urlencode(whole).encode())
        async with self.db.snapshot() as reader:
            return await list_query.page(reader, question)

    def claims(self, asked: Pairs) -> dict[Key, str]:
        return once([((row[0],), row[-1]) for row in self.page("claims", asked).rows])

    def quantities(self, asked: Pairs) -> dict[Key, str]:
        rows = self.page("quantities", asked).rows
        return once([((row[0], *place(json.loads(row[-2]))), row[-1]) for row in rows])

    def claims_by_rule(self, asked: Pairs) -> dict[Key, str]:
        meant = understood(asked)
        answers = {(id,): oracle.claim(known, meant) for id, known in self.known.items()}
        return {key: answer.name for key, answer in answers.items() if answer}

    def quantities_by_rule(self, asked: Pairs) -> dict[Key, str]:
        meant = understood(asked)
        answers = {
            (id, *place(one)): oracle.figure(one, known, meant)
            for id, known in self.known.items()
            for one in oracle.considered(known, meant)
        }
        return {key: answer.name for key, answer in answers.items() if answer}

    def every_claim(self, asked: Pairs) -> dict[Key, str]:
        """All that fit what has no three answers, each with what it is to the whole question."""
        chosen = self.claims_by_rule(plain(asked))
        return dict.fromkeys(chosen, "impossible") | self.claims_by_rule(asked)

    def every_figure(self, asked: Pairs) -> dict[Key, str]:
        chosen = self.quantities_by_rule(plain(asked))
        return dict.fromkeys(chosen, "impossible") | self.quantities_by_rule(asked)

    def agree(self, asked: Pairs, found: dict[Key, str], expected: dict[Key, str]) -> None:
        """Fails with the question and the first claim that is answered otherwise."""
        differ = sorted(key for key, _ in found.items() ^ expected.items())
        for key in differ[:1]:
            answers = f"SQL: {found.get(key)}, the rules: {expected.get(key)}"
            shown = json.dumps(self.known[key[0]].claim, ensure_ascii=False)
            pytest.fail(f"{asked}\n{key} {answers}\n{shown}")

    def walk(self, resource: str, asked: Pairs, limit: int) -> list[Key]:
        mark = filter_params.question(resource, urlencode(asked).encode()).fingerprint
        found: list[Key] = []
        after = ""
        while True:
            page = self.page(resource, asked, limit, after)
            found += [row[:2] if resource == "claims" else (row[0], row[-2]) for row in page.rows]
            if page.after is None:
                return found
            assert len(page.rows) == limit
            after = cursor.make(page.moment, mark, page.after)


JUDGED = ("value", "date", "stated", "published", "known_by", "period", "period_start",
          "period_end")  # fmt: skip


def plain(asked: Pairs) -> Pairs:
    """A question without its conditions on intervals."""
    return [
        (name, value)
        for name, value in asked
        if name.partition("__")[0] not in JUDGED or name.endswith("is_null")
    ]


def once(rows: list[tuple[Key, str]]) -> dict[Key, str]:
    found = dict(rows)
    assert len(found) == len(rows), "a row is found twice"
    return found


def place(one: Mapping[str, Any]) -> tuple[int, int, str]:
    return one["slot"], one["alternative"], one["reading"]


@pytest.fixture(scope="module")
def world(templates: Templates) -> Iterator[World]:
    with ExitStack() as stack:
        yield World(templates.copy(seeded=False), stack)


# ------------------------------------------------------------------------------ SQL is the rules


@often()
def test_claims_are_found_as_the_rules_judge_them(world: World, dice: Random) -> None:
    names, how = conditions(dice), ways(dice)
    for _ in range(ALIKE):
        asked = filled(dice, names) + how
        expected = world.claims_by_rule(asked)
        world.agree(asked, world.claims(asked), expected)
    for match in ("certain", "possible"):
        found = world.claims([*asked, ("match", match)])
        world.agree(asked, found, only(match, expected))
    world.agree(asked, world.claims([*asked, ("match", "all")]), world.every_claim(asked))


@often()
def test_figures_are_found_as_the_rules_judge_each_alone(world: World, dice: Random) -> None:
    names, how, match = conditions(dice), ways(dice), dice.choice(["certain", "possible"])
    for _ in range(ALIKE):
        asked = filled(dice, names) + how
        expected = world.quantities_by_rule(asked)
        world.agree(asked, world.quantities(asked), expected)
    found = world.quantities([*asked, ("match", match)])
    world.agree(asked, found, only(match, expected))
    world.agree(asked, world.quantities([*asked, ("match", "all")]), world.every_figure(asked))


def only(match: str, found: dict[Key, str]) -> dict[Key, str]:
    return {key: answer for key, answer in found.items() if answer == match}


def test_the_random_claims_reach_every_corner(world: World) -> None:
    """Without mixtures, readings and every kind of interval the properties would prove little."""
    figures = [
        (known.claim, one)
        for known in world.known.values()
        for one in known.claim.get("quantities", [])
    ]
    assert len(world.known) > 100
    assert len(figures) > 300
    assert {claim.get("alternative_mode", "single") for claim, _ in figures} == {
        "single", "or", "xor", "mix",
    }  # fmt: skip
    spans = [intervals.of_figure(one) for _, one in figures]
    assert {intervals.NOTHING, intervals.ANYTHING, Interval(5, 5)} <= set(spans)
    assert {flag for _, one in figures for flag in one.get("flags", [])} >= set(FLAGS)
    assert any("absence" in one and "date" in one for _, one in figures)
    for share in (True, False):
        assert any(one.get("preferred", False) is share for _, one in figures)


# ---------------------------------------------------------------------------------- the algebra


@often(0.3)
def test_certain_and_possible_part_what_any_finds(world: World, dice: Random) -> None:
    asked = filled(dice, conditions(dice)) + ways(dice)
    whole = world.claims(asked)
    certain = world.claims([*asked, ("match", "certain")])
    possible = world.claims([*asked, ("match", "possible")])
    assert not certain.keys() & possible.keys()
    assert certain | possible == whole


@often(0.3)
def test_strict_is_never_more_certain_and_loses_nothing(world: World, dice: Random) -> None:
    asked = [*filled(dice, conditions(dice)), ("readings", dice.choice(["preferred", "all"]))]
    for found in (world.claims, world.quantities):
        loose = found([*asked, ("policy", "convention")])
        strict = found([*asked, ("policy", "strict")])
        assert loose.keys() <= strict.keys()
        assert certainly(strict) <= certainly(loose)


@often(0.3)
def test_all_readings_are_never_more_certain_and_lose_nothing(world: World, dice: Random) -> None:
    asked = [*filled(dice, conditions(dice)), ("policy", dice.choice(["convention", "strict"]))]
    preferred = world.claims([*asked, ("readings", "preferred")])
    every = world.claims([*asked, ("readings", "all")])
    assert preferred.keys() <= every.keys()
    assert certainly(every) <= certainly(preferred)


@often(0.3)
def test_one_more_condition_never_makes_an_answer_stronger(world: World, dice: Random) -> None:
    names, more = conditions(dice), conditions(dice)
    before_it = {name.split("__")[0] for name in names}
    # Asking for the polarity lifts the rule that what is denied has no value.
    more = [name for name in more if name.split("__")[0] not in before_it | {"polarity"}]
    asked, added = filled(dice, names) + ways(dice), filled(dice, more)
    for found in (world.claims, world.quantities):
        before, after = found(asked), found(asked + added)
        assert after.keys() <= before.keys()
        assert certainly(after) <= certainly(before)


def certainly(found: dict[Key, str]) -> set[Key]:
    return {key for key, answer in found.items() if answer == Certainty.certain.name}


# ----------------------------------------------------------------------------------- the corners

CORNERS: list[Whole] = [
    {"id": "number", "measure": "other", "value": "5"},
    {"id": "dated", "measure": "made", "date": "1975"},
    {"id": "about", "measure": "made", "date": "1950~"},
    {"id": "denied", "measure": "made", "date": "1960", "polarity": "negative"},
    {"id": "withheld", "measure": "made", "date": "1975", "absence": "withheld"},
    {"id": "so-far", "measure": "total", "value": "6", "stated": "2024-03"},
    {"id": "decade", "measure": "other", "value": "7", "period": "197X/1975"},
    {"id": "long", "measure": "other", "value": "8", "period": "197X/2024"},
    {"id": "crossed", "measure": "share", "lower": "20", "upper": "5",
     "lower_basis": "stated", "upper_basis": "convention"},
    {"id": "backwards", "measure": "other", "value": "9", "stated": "2024-05",
     "published": "2024-03"},
    {"id": "maybe-said", "measure": "other", "value": "10", "stated": "2024-05~",
     "published": "2024-02"},
    {"id": "maybe-printed", "measure": "other", "value": "11", "stated": "2024-05",
     "published": "2024-02~"},
    {"id": "maybe-early", "measure": "other", "value": "12", "stated": "2024-01",
     "published": "2024-02~"},
    {"id": "beside", "measure": "share", "value": "49.99999999999999", "lower": "50"},
    {"id": "by-spring", "measure": "total", "value": "66", "stated": "2024-21"},
    {"id": "mixed", "tags": ["mix"], "alternative_mode": "mix", "quantities": [
        {"measure": "other", "slot": 1, "alternative": n + 1, **one} for n, one in enumerate(
            ({"value": "1003"}, {"value": "1009"}, {"absence": "not_applicable"}))]},
]  # fmt: skip


@pytest.fixture(scope="module")
def corners(templates: Templates) -> Iterator[World]:
    claims = [{"document": "undated", **one} for one in CORNERS]
    with ExitStack() as stack:
        yield World(templates.copy(seeded=False), stack, claims)


@pytest.mark.parametrize(
    ("asked", "answers"),
    [
        ("date=../..", {"about": "certain", "dated": "certain", "withheld": "certain"}),
        ("date=1975", {"dated": "certain", "withheld": "possible"}),
        ("date__gt=1975", {"withheld": "possible"}),
        ("date=1960", {"withheld": "possible"}),
        ("date=1949/1951", {"about": "certain", "withheld": "possible"}),
        ("date=1949/1951&policy=strict", {"about": "possible", "withheld": "possible"}),
        ("date=1960&policy=strict", {"about": "possible", "withheld": "possible"}),
        ("date=1960&polarity=negative", {"denied": "certain"}),
        ("date=1960&polarity__ne=positive", {"denied": "certain"}),
        ("measure=made&polarity=negative", {"denied": "certain"}),
        (
            "nominal__is_null=true&measure=made&stated__is_null=true",
            dict.fromkeys(("about", "dated", "denied", "withheld"), "certain"),
        ),
        ("nominal=6&measure=total&period_start__gt=2024-03", {}),
        ("nominal=6&measure=total&period_start__lte=2024-03", {"so-far": "certain"}),
        ("nominal=6&measure=total&period__overlaps=2024-03", {"so-far": "certain"}),
        ("nominal=7&period__overlaps=1975", {"decade": "certain"}),
        ("nominal=8&period__overlaps=1970/1975", {"long": "possible"}),
        ("nominal=8&period__overlaps=1979-12-31", {"long": "certain"}),
        ("nominal=8&period__overlaps=1960/1970-01-01", {"long": "possible"}),
        ("nominal=8&period__overlaps=1960/1969", {}),
        ("nominal=8&period__overlaps=2024-12-31", {"long": "possible"}),
        ("nominal=8&period__overlaps=2024-12-31/2025", {"long": "possible"}),
        ("upper=5&value__gte=10", {"crossed": "possible"}),
        ("upper=5&value__gte=10&policy=strict", {"crossed": "possible"}),
        ("lower=50&value__lt=50", {"beside": "possible"}),
        ("tag=mix&value__gte=1004&value__lte=1005", {"mixed": "possible"}),
        ("tag=mix&value__gte=1010", {}),
        ("tag=mix&nominal=1003&value__gte=1009", {"mixed": "possible"}),
        ("tag=mix&nominal=1009&value__lte=1003", {"mixed": "possible"}),
        ("tag=mix&nominal=1003&value__gte=1010", {}),
        ("tag=mix&value__gte=1005&value__lte=1004", {}),
        ("tag=mix&nominal__is_null=true&value__gte=1004&value__lte=1005", {}),
        ("nominal=66&period_end__lte=2024&policy=strict", {"by-spring": "certain"}),
        ("nominal=66&period_end__lte=2024-06&policy=strict", {"by-spring": "possible"}),
        ("nominal=66&period_start__gt=2024&policy=strict", {}),
        ("nominal=9&known_by=2024-02", {}),
        ("nominal=9&known_by=2024-03", {"backwards": "possible"}),
        ("nominal=9&known_by=2024-04", {"backwards": "possible"}),
        ("nominal=9&known_by=2024-05", {"backwards": "certain"}),
        ("nominal=10&known_by=2024-03", {"maybe-said": "possible"}),
        ("nominal=10&known_by=2024-03&policy=strict", {"maybe-said": "possible"}),
        ("nominal=10&known_by=2024-04&policy=strict", {"maybe-said": "certain"}),
        ("nominal=11&known_by=2024-03", {"maybe-printed": "possible"}),
        ("nominal=11&known_by=2024-03&policy=strict", {"maybe-printed": "possible"}),
        ("nominal=11&known_by=2024-02&policy=strict", {}),
        ("nominal=12&known_by=2024-04", {"maybe-early": "certain"}),
        ("nominal=12&known_by=2024-04&policy=strict", {"maybe-early": "possible"}),
        ("nominal=5&published=2024", {"number": "possible"}),
        ("nominal=5&published__gte=2024", {"number": "possible"}),
        ("nominal=5&published__lt=2024", {"number": "possible"}),
        ("nominal=5&published__is_null=true", {"number": "certain"}),
        ("nominal=5&known_by=2024", {"number": "possible"}),
    ],
)
def test_the_corners_where_an_answer_was_once_wrong(
    corners: World, asked: str, answers: dict[str, str]
) -> None:
    pairs = parse_qsl(asked)
    expected = {(id,): answer for id, answer in answers.items()}
    assert corners.claims_by_rule(pairs) == expected
    corners.agree(pairs, corners.claims(pairs), expected)


def test_an_uncertain_date_stands_in_order_as_it_is_usually_read(corners: World) -> None:
    rows = corners.page("claims", [("sort", "published")]).rows
    assert [row[0] for row in rows[:4]] == [
        "maybe-early",
        "maybe-printed",
        "maybe-said",
        "backwards",
    ]


def test_a_value_cannot_reach_from_one_dimension_or_tag_into_the_next() -> None:
    for asked in (b"dim.a=1%1Fb=2", b"tag=a%1Fb"):
        with pytest.raises(Invalid):
            filter_params.question("claims", asked)


# ------------------------------------------------------------------------------------ the orders


def orders(resource: str) -> list[str]:
    return [sign + name for name in SORTS[resource] for sign in ("", "-")]


@pytest.mark.parametrize("resource", ["claims", "quantities"])
def test_a_walk_in_small_pages_is_one_large_page(world: World, resource: str) -> None:
    for sort in orders(resource):
        asked = [("sort", sort), ("measure", "total"), ("measure", "made")]
        whole = world.walk(resource, asked, 1000)
        assert len(set(whole)) == len(whole), sort
        assert world.walk(resource, asked, 7 if FULL else 17) == whole, sort


@pytest.mark.parametrize(
    "sort", ["stated", "-stated", "published", "-published", "period", "-period"]
)
def test_dates_are_in_order_of_their_first_day_and_unknown_ones_last(
    world: World, sort: str
) -> None:
    name, down = sort.lstrip("-"), sort.startswith("-")
    name = "period_start" if name == "period" else name
    first = {id: oracle.times(known)[name].lo for id, known in world.known.items()}
    found = [row[0] for row in world.walk("claims", [("sort", sort)], 1000)]
    known = sorted((first[id], id) for id in first if first[id] != edtf.OPEN_PAST)
    unknown = sorted(id for id in first if first[id] == edtf.OPEN_PAST)
    assert found == [id for _, id in known[:: -1 if down else 1]] + unknown[:: -1 if down else 1]


@pytest.mark.parametrize("sort", ["value", "-value"])
def test_figures_are_in_order_of_their_lower_bound_and_those_without_last(
    world: World, sort: str
) -> None:
    down = sort.startswith("-")
    rows = world.page("quantities", [("sort", sort), ("readings", "all")]).rows
    lows = [_low(world.known[row[0]], json.loads(row[-2])) for row in rows]
    numbers = [low for low in lows if low is not None]
    assert lows == sorted(numbers, reverse=down) + [None] * (len(lows) - len(numbers))


@pytest.mark.parametrize("name", ["nominal", "upper"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_figures_are_in_order_of_a_stored_number_and_those_without_last(
    world: World, name: str, sign: str
) -> None:
    rows = world.page("quantities", [("sort", sign + name), ("readings", "all")]).rows
    stored = [json.loads(row[-2]).get(oracle.STORED[name]) for row in rows]
    numbers = [float(one) for one in stored if one is not None]
    in_order: list[float | None] = [*sorted(numbers, reverse=bool(sign))]
    assert [one and float(one) for one in stored] == in_order + [None] * (len(rows) - len(numbers))


def _low(known: oracle.Known, one: Whole) -> float | None:
    if known.measures[one["measure"]].get("statistic") == "date":
        return None
    low = intervals.of_figure(one, domain=oracle.domain(known.measures[one["measure"]], one)).lo
    return low if abs(low) != float("inf") else None


# ----------------------------------------------------------------------------- one and the other


@pytest.fixture(scope="module")
def both(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[httpx.Client]]:
    """The same claims behind two real servers, one on each engine."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(_served(Templates(name, tmp_path_factory.mktemp(name), url), stack))
            for name, url in (("sqlite", None), ("postgresql", postgres))
        ]


def _served(templates: Templates, stack: ExitStack) -> httpx.Client:
    url = templates.copy(seeded=False)
    db = Database(Settings(database_url=url))
    random_claims(db)
    db.engine.dispose()
    server = stack.enter_context(Server(Settings(database_url=url)))
    return httpx.Client(base_url=server.url, timeout=NEVER, verify=NO_TLS)


@often(0.5)
def test_both_engines_send_the_same_bytes(both: list[httpx.Client], dice: Random) -> None:
    resource = dice.choice(["claims", "quantities"])
    sort = dice.choice(["", "-"]) + dice.choice(SORTS[resource])
    asked: list[tuple[str, str | int | float | bool | None]] = [
        *filled(dice, conditions(dice)),
        *ways(dice),
        ("sort", sort),
        ("count", "exact"),
        ("limit", "1000"),
    ]
    one, other = (timeless(client.get(f"/v1/{resource}", params=asked)) for client in both)
    assert one == other


@pytest.mark.parametrize("resource", ["claims", "quantities"])
def test_both_engines_have_one_order(both: list[httpx.Client], resource: str) -> None:
    for sort in orders(resource):
        asked = {"sort": sort, "limit": "1000", "readings": "all", "expand": "sources,measures"}
        one, other = (timeless(client.get(f"/v1/{resource}", params=asked)) for client in both)
        assert one == other, sort


def timeless(answer: httpx.Response) -> bytes:
    """The bytes of an answer but for when each database was written."""
    assert answer.status_code == 200, answer.text
    return re.sub(rb'"recorded_at":"[^"]*"', b"", answer.content)
