"""Totals, ratios, comparisons: SQL on both engines answers as a plain walk through the claims.

Random claims correct each other, are said in one utterance, change and are withdrawn; then random
questions are asked. Which figures are found is held by ``test_three_answers``, what a series makes
of them by ``test_analyses``; here it is what is added up, divided and held together.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from itertools import combinations
from random import Random
from typing import Any

import pytest

from app.config import Settings
from app.db import Database
from app.models import RESOURCES
from app.rules import agreement, edtf, intervals, ratios, totals
from app.rules.agreement import CORRECTING
from app.rules.intervals import Interval
from app.rules.json_types import JsonObject
from app.rules.numbers import canonical_values
from app.store import writes
from tests import oracle
from tests.conftest import EXAMPLES, Templates
from tests.store import test_analyses as analyses
from tests.store.test_analyses import DENIED_TOO, MOST, PEOPLE, Asked, denies, spelt
from tests.store.test_three_answers import MEASURES, SEED, SOURCES, Whole, claim

CLAIMS = 160
QUESTIONS = max(8, EXAMPLES // 4)
FIRED: Whole = {"id": "fired", "unit": "{shell}", "accumulation": "incident", "domain_min": "-9"}


def related(dice: Random, n: int, before: list[str]) -> Whole:
    """A claim that may count what was fired, correct others, and be heard with others."""
    one = analyses.chained(dice, claim(dice, n), before)
    if dice.random() < 0.6:
        for figure in one["quantities"]:
            if figure["measure"] == "total":
                figure["measure"] = "fired"
    if dice.random() < 0.4:
        plain = {"measure": dice.choice(["fired", "total"]), "value": dice.choice("59")}
        one |= {"quantities": [plain], "alternative_mode": "single"}
    if before and dice.random() < 0.35:
        kinds = dice.sample(CORRECTING, dice.choice([1, 1, 2]))
        linked = one.setdefault("relations", [])
        linked += [{"predicate": kind, "object": dice.choice(before[-20:])} for kind in kinds]
    if dice.random() < 0.4:
        one |= {"stated": dice.choice(["2024-03-31", "2023-03"]), "period": None}
    if dice.random() < 0.3:
        one["utterance"] = f"speech-{dice.randrange(12)}"
    return one


def create(turn: Any, resource: str, *documents: Whole) -> None:
    for one in documents:
        writes.create(turn, resource, shape(resource, one))


def shape(resource: str, one: Whole) -> Any:
    sent = {name: value for name, value in one.items() if value is not None}
    return RESOURCES[resource].sent.model_validate(sent)


def first_claims(db: Database) -> list[str]:
    """Sources, measures and claims as they were first written."""
    dice = Random(SEED)
    writes.write(db, create, "sources", *SOURCES, *PEOPLE)
    writes.write(db, create, "measures", *MEASURES, FIRED)
    made: list[Whole] = []
    for n in range(CLAIMS):
        made.append(related(dice, n, [one["id"] for one in made]))
    for start in range(0, CLAIMS, 20):
        writes.write(db, create, "claims", *made[start : start + 20])
    return [one["id"] for one in made]


def change(db: Database, ids: list[str], every: int) -> None:
    """Some claims are others by now, and some are gone."""
    dice = Random(f"{SEED} changed")
    for n, id in enumerate(ids):
        if n % every == 0:
            again = shape("claims", {**related(dice, n, ids[:n]), "id": id, "notes": "changed"})
            writes.write(db, writes.replace, "claims", again, '"1"')
        if n % (2 * every) == 1:
            writes.write(db, writes.withdraw, "claims", id, "withdrawn", "a test", '"1"')


def random_world(db: Database) -> None:
    change(db, first_claims(db), 8)


@pytest.fixture(scope="module")
def asked(templates: Templates) -> Iterator[Asked]:
    with ExitStack() as stack:
        yield Asked(templates.copy(seeded=False), stack, random_world)


def question(dice: Random, **more: list[str]) -> dict[str, Any]:
    """A few filters, and how the answers are judged."""
    made = analyses.question(dice)
    some = {"dim.kind": ["a", "b"], "claimant": ["ann", "bob", "army"], "unit": ["{shell}"],
            "document": ["dated", "undated"], "alternative_mode": ["or", "xor", "mix"],
            "period__overlaps": ["2024", "2023"], **more}  # fmt: skip
    for name in dice.sample(list(some), dice.choice([0, 0, 1, 2])):
        made[name] = dice.choice(some[name])
    return made


class Found:
    """The figures that a question finds on one measure, apart by whether their claims deny."""

    def __init__(self, world: Asked, measure: str, how: dict[str, Any]):
        self.world, self.measure, self.how = world, measure, how
        self.strict = how["policy"] == "strict"
        asked = {"measure": measure, "limit": MOST, **DENIED_TOO, **how}
        every = world.told("/v1/quantities", **asked)["items"]
        self.affirmed = [one for one in every if not denies(world.claims[one["claim"]])]
        self.against = {one["claim"] for one in every if denies(world.claims[one["claim"]])}
        self.slots: dict[tuple[str, int], list[Whole]] = {}
        for one in sorted(self.affirmed, key=lambda one: one["claim"]):
            self.slots.setdefault((one["claim"], one["slot"]), []).append(one)

    def known(self, id: str) -> oracle.Known:
        return oracle.Known(self.world.claims[id], self.world.measures)

    def is_part(self, slot: tuple[str, int]) -> bool:
        """Has the claim more candidates in this slot than were found?"""
        wanted = oracle.Asked(readings=self.how["readings"])
        kept = oracle.considered(self.known(slot[0]), wanted)
        return len([q for q in kept if q["slot"] == slot[1]]) > len(self.slots[slot])

    def voice(self, id: str) -> Whole:
        """Who claims it."""
        return analyses.group(self.world.claims[id], {}, "claimant", self.world.sources)

    def time(self, id: str) -> Interval:
        """The reference time."""
        one = self.world.claims[id]
        reading = oracle.READINGS[self.strict]
        span = oracle.reference(one.get("period"), one.get("stated"), reading)
        return Interval(span.lo, span.hi)

    def reach(self, one: Whole) -> Interval:
        known = self.known(one["claim"])
        dated = self.world.measures[self.measure].get("statistic") == "date"
        return (oracle._days if dated else oracle._value)(one, known, self.strict)

    def replaced(self) -> set[tuple[str, str]]:
        """Each claim that was found, with each of the others whose place it takes."""
        ids = {id for id, _ in self.slots} | self.against
        found = set()
        for start in ids:
            seen, left = {start}, [start]
            while left:
                for one in corrected_by(self.world, left.pop()):
                    if one not in seen:
                        seen.add(one)
                        left.append(one)
            found |= {(start, one) for one in seen & ids - {start}}
        return found


def corrected_by(world: Asked, id: str) -> set[str]:
    """What a claim itself takes the place of, whether it stands or was withdrawn."""
    relations = world.every[id].get("relations", ())
    return {r["object"] for r in relations if r["predicate"] in CORRECTING}


# ------------------------------------------------------------------------------------- what adds up


def cell(some: list[list[Whole]], strict: bool) -> Whole:
    """What slots come to: every end exact, of a slot with several candidates the hull."""
    there = [slot for slot in some if not all("absence" in one for one in slot)]
    reach = [[ratios.reach(one, strict) for one in slot] for slot in there]
    domain = ratios.ExactBound(Fraction(-9), True)
    lows = [[one.lo if one.lo.at is not None else domain for one in slot] for slot in reach]
    highs = [[one.hi for one in slot] for slot in reach]
    values = [{named(one) for one in slot} for slot in there]
    same = [slot.pop() for slot in values if len(slot) == 1]
    known = [one for one in same if one is not None]
    return {
        "lower": summed(lows, min), "upper": summed(highs, max),
        "nominal": sum(known) if known else None, "without_nominal": len(there) - len(known),
        "claims": len({slot[0]["claim"] for slot in there}), "figures": len(there),
        "without_figure": sorted({slot[0]["claim"] for slot in some if slot not in there}),
    }  # fmt: skip


def named(one: Whole) -> Fraction | None:
    """The value of a figure; none beside why there is no figure."""
    return Fraction(one["value"]) if "value" in one and "absence" not in one else None


def summed(ends: list[list[Any]], furthest: Any) -> Any:
    """The sum of the furthest ends, and whether it belongs to the interval; None where open."""
    if not ends or any(end.at is None for slot in ends for end in slot):
        return None
    outer = [furthest(end.at for end in slot) for slot in ends]
    closed = [any(e.at == at and e.inclusive for e in slot)
              for at, slot in zip(outer, ends, strict=True)]  # fmt: skip
    return sum(outer), all(closed)


def told_cell(told: Whole) -> Whole:
    """The same of what was answered."""
    bounds = told["bounds"]
    ends = {
        side: None if bounds[side] is None
        else (Fraction(bounds[side]), bounds[f"{side}_inclusive"])
        for side in ("lower", "upper")
    }  # fmt: skip
    nominal = told["nominal"]
    rest = ("without_nominal", "claims", "figures")
    return {
        **ends, "nominal": None if nominal is None else Fraction(nominal),
        **{name: told[name] for name in rest},
        "without_figure": told["without_figure"]["items"],
    }  # fmt: skip


def parts(slot: list[Whole], by: str) -> set[str | None]:
    """What the candidates of a slot have as a dimension or an attribute."""
    kind, _, name = by.partition(".")
    said = [one.get({"dim": "dimensions", "attr": "attributes"}[kind], {}).get(name)
            for one in slot]  # fmt: skip
    return {None if value is None else spelt(value) for value in said}


def grouped(found: Found, slot: list[Whole], by: str) -> str | None:
    id = slot[0]["claim"]
    if by == "claimant":
        named: str | None = found.voice(id)["group"]
        return named
    if by == "document":
        return str(slot[0]["document"])
    (part,) = parts(slot, by)
    return part


@pytest.mark.parametrize("more", ["", "dim.kind", "dim.mm", "attr.rank"])
def test_a_total_is_what_a_walk_through_its_claims_adds_up(asked: Asked, more: str) -> None:
    dice = Random(f"{SEED} totals {more}")
    by = ["claimant", "document", *([more] if more else [])]
    seen = set()
    for _ in range(QUESTIONS):
        how = question(dice)
        found = Found(asked, "fired", how)
        told = asked.told("/v1/totals", measure="fired", by=",".join(by), **how)
        gone = {other for _, other in found.replaced()}
        cells: dict[tuple[str | None, ...], list[list[Whole]]] = {}
        apart = set()
        for (id, n), slot in found.slots.items():
            units = {one.get("unit", "{shell}") for one in slot} == {"{shell}"}
            same = not more or len(parts(slot, more)) == 1
            if id in gone:
                continue
            if found.is_part((id, n)) or not units or not same:
                apart.add(id)
                continue
            key = tuple(grouped(found, slot, name) for name in by)
            cells.setdefault(key, []).append(slot)
        expected = {key: cell(some, found.strict) for key, some in cells.items()}
        answered = {tuple(g["group"][name] for name in by): told_cell(g) for g in told["groups"]}
        assert answered == expected, how
        left = {one["claim"]: one.get("by") for one in told["left_out"]}
        replaced = found.replaced()
        assert left.keys() == apart | {id for id, _ in found.slots if id in gone}, how
        for id, other in left.items():
            assert (id in gone) == (other is not None), how
            if other is not None:
                assert (other, id) in replaced, how
                direct = {one for one, _ in replaced if id in corrected_by(asked, one)}
                assert other in direct or not direct, how
        assert told["against"] == sorted(found.against), how
        seen |= {len(cells) > 1, *(one is None for one in left.values())}
        assert told["overlaps"]["count"] == overlapping(found, cells), how
    assert len(seen) == 2


def overlapping(found: Found, cells: dict[Any, list[list[Whole]]]) -> int:
    """How many figures share days with one before them, and may count the same."""
    slots = [s for some in cells.values() for s in some if not all("absence" in o for o in s)]
    counted = [
        totals.CountedSlot(s[0]["claim"], s[0]["slot"], "", "", days(found, s[0]), [*s])
        for s in slots
    ]
    return len(totals.overlapping(counted))


def days(found: Found, one: Whole) -> Interval:
    """The days that a figure counts: all of its period."""
    time, period = found.time(one["claim"]), found.world.claims[one["claim"]].get("period")
    if period is None:
        return time
    start, _ = edtf.extent(period, oracle.READINGS[found.strict])
    return Interval(min(start.lo, time.lo), time.hi)


# ----------------------------------------------------------------------------------- what divides


def linked(world: Asked, over: str, under: str) -> set[str]:
    """By what two claims belong together."""
    one, other = world.claims[over], world.claims[under]
    rests = {(a["id"], r["object"]) for a in (one, other) for r in a.get("relations", ())
             if r["predicate"] == "derived_from"}  # fmt: skip
    found = {"derivation"} if rests & {(over, under), (under, over)} else set()
    said = "utterance" in one and one["utterance"] == other.get("utterance")
    if said or over == under:
        found.add("utterance")
    return found | ({"document"} if one["document"] == other["document"] else set())


def alike(one: JsonObject, other: JsonObject) -> bool:
    mine, others = (
        {n: spelt(v) for n, v in figure.get("dimensions", {}).items()} for figure in (one, other)
    )
    return all(mine[name] == others[name] for name in mine.keys() & others.keys())


def test_ratios_are_of_all_pairs_that_a_walk_finds_linked(asked: Asked) -> None:
    dice = Random(f"{SEED} ratios")
    seen: set[str] = set()
    for n in range(QUESTIONS * 2):
        how = question(dice)
        over, under = dice.sample(["fired", "total", "share", "other"], 2)
        if n % 5 == 0:
            under = over
        by = dice.sample(["derivation", "utterance", "document"], dice.choice([1, 2, 3]))
        found, readings = Found(asked, over, how), oracle.Asked(readings=how["readings"])
        expected = {}
        for one in found.affirmed:
            for id, whole in asked.claims.items():
                links = linked(asked, one["claim"], id) & {*by}
                if denies(whole) or not links:
                    continue
                for other in oracle.considered(found.known(id), readings):
                    itself = (id, other["slot"]) == (one["claim"], one["slot"])
                    if other["measure"] == under and not itself and alike(one, other):
                        expected[place(one), place({**other, "claim": id})] = links
        told = asked.told("/v1/ratios", numerator=over, denominator=under, by=",".join(by),
                          limit=MOST, **how)  # fmt: skip
        answered = {
            (place(one["numerator"]), place(one["denominator"])): {*one["by"]}
            for one in told["items"]
        }
        first = sorted(expected, key=lambda pair: [listed(asked, one) for one in pair])[:MOST]
        assert answered == {pair: expected[pair] for pair in first}, (how, over, under, by)
        assert (len(told["items"]), told["truncated"]) == (len(first), len(expected) > MOST)
        seen |= {link for links in answered.values() for link in links}
    assert len(seen) == 3


def listed(world: Asked, figure: tuple[Any, ...]) -> tuple[str, int]:
    """Where a claim lists it."""
    every = world.claims[figure[0]]["quantities"]
    return figure[0], [place({**one, "claim": figure[0]}) for one in every].index(figure)


def place(one: Whole) -> tuple[Any, ...]:
    return one["claim"], one.get("slot", 1), one.get("alternative", 1), one.get("reading", "A")


# ------------------------------------------------------------------------------ what is nearest


def test_what_is_compared_is_nearest_to_the_time_and_judged_one_by_one(asked: Asked) -> None:
    dice = Random(f"{SEED} comparison")
    verdicts = set()
    for _ in range(QUESTIONS * 2):
        how, measure = question(dice), dice.choice(["total", "fired", "made", "share"])
        if measure == "made":
            how.pop("value__gte", None)
        at = dice.choice([None, None, "2024-03", "2023", "1975", "2024-02-29"])
        limit = dice.choice([2, 5, 20, 100])
        found = Found(asked, measure, how)
        more = {} if at is None else {"at": at}
        told = asked.told(f"/v1/measures/{measure}/comparison", limit=limit, **how, **more)
        nearest = sorted(found.slots, key=lambda slot: (*far(found, slot[0], at), *slot))[:limit]
        answered = [(one["claim"], one["slot"]) for one in told["figures"]]
        assert answered == sorted(nearest, key=lambda slot: in_time(found, slot)), how
        assert told["left_out"] == len(found.slots) - len(nearest), how
        assert told["against"] == sorted(found.against), how
        cumulative = asked.measures[measure].get("accumulation") == "cumulative"
        judged = {
            (answered[one["one"]], answered[one["other"]]): one["disagreement"]
            for one in told["pairs"]
        }
        expected = {
            (a, b): verdict(found, a, b, cumulative)
            for a, b in combinations(answered, 2) if a[0] != b[0]
        }  # fmt: skip
        assert judged == expected, how
        verdicts |= {*judged.values()}
    assert len(verdicts) == 3


def far(found: Found, id: str, at: str | None) -> tuple[float, ...]:
    """How far from a time; without one, how long ago."""
    time = found.time(id)
    if at is None:
        return (-(time.hi if time.hi < edtf.OPEN_FUTURE else time.lo),)
    day = intervals.question_days(at)
    apart = max(time.lo - day.hi, day.lo - time.hi, 0)
    return apart, time.hi - time.lo


def in_time(found: Found, slot: tuple[str, int]) -> tuple[Any, ...]:
    return (*found.time(slot[0]), *slot)


def verdict(found: Found, a: tuple[str, int], b: tuple[str, int], cumulative: bool) -> str:
    """Every candidate of the one against every one of the other."""
    one_voice = found.voice(a[0]) == found.voice(b[0]) and found.voice(a[0])["group"] is not None
    said = [found.world.claims[id].get("utterance") for id, _ in (a, b)]
    once = said[0] is not None and said[0] == said[1]
    excused = (one_voice and not once) or {(a[0], b[0]), (b[0], a[0])} & found.replaced()
    every = [
        _disagree(one, other, cumulative, bool(excused))
        for one in _timed(found, a) for other in _timed(found, b)
    ]  # fmt: skip
    folded = every[0] if len({*every}) == 1 else "unclear"
    if folded == "true" and (found.is_part(a) or found.is_part(b)):
        return "unclear"
    return folded


def _timed(found: Found, slot: tuple[str, int]) -> list[agreement.TimedFigure]:
    every, mode = found.slots[slot], found.world.claims[slot[0]].get("alternative_mode")
    reaches = [found.reach(one) for one in every]
    units = [one["unit"] for one in every]
    if mode == "mix":
        reaches = [
            mine if mine.lo > mine.hi else intervals.hull(
                r for r, unit in zip(reaches, units, strict=True) if unit == own)
            for mine, own in zip(reaches, units, strict=True)
        ]  # fmt: skip
    return [
        agreement.TimedFigure(reach, found.time(slot[0]), one["unit"],
                              canonical_values(one.get("dimensions", {})))
        for reach, one in zip(reaches, every, strict=True)
    ]  # fmt: skip


def _disagree(
    one: agreement.TimedFigure, other: agreement.TimedFigure, cumulative: bool, excused: bool
) -> str:
    empty = one.reach.lo > one.reach.hi or other.reach.lo > other.reach.hi
    if empty or agreement.unlike(one, other) or excused:
        return "false"
    return agreement.judged(one, other, cumulative).verdict


# ------------------------------------------------------------------------------- what was answered

AFTERWARDS: list[Whole] = [
    {**PEOPLE[1], "affiliation": "wire"},
    {**PEOPLE[4], "affiliation": None},
    {**PEOPLE[3], "is_root": None},
    {**SOURCES[3], "date": "2023-11"},
]
"""Who stands elsewhere later, and a document of another date."""


def asked_of_all(dice: Random) -> tuple[str, dict[str, Any]]:
    """A question to one of the analyses or lists."""
    how, by = question(dice), "claimant,document"
    measure, over = dice.choice(["fired", "total"]), dice.choice(["share", "other"])
    own: dict[str, dict[str, Any]] = {
        "/v1/totals": {"measure": "fired", "by": by},
        "/v1/ratios": {"numerator": measure, "denominator": over,
                       "by": "derivation,utterance,document", "limit": 100},
        f"/v1/measures/{measure}/series": {"group_by": dice.choice(analyses.GROUPS)},
        f"/v1/measures/{measure}/comparison": {"limit": 20, "at": "2024-03"},
        "/v1/corroboration": {"measure": measure},
        "/v1/claims": {"measure": measure, "limit": 100, "count": "exact"},
        "/v1/quantities": {"measure": measure, "limit": 100, "count": "exact"},
    }  # fmt: skip
    path = dice.choice(list(own))
    return path, {**how, **own[path]}


def test_what_was_answered_once_is_answered_of_that_moment_for_ever(templates: Templates) -> None:
    dice, ids = Random(f"{SEED} before"), []
    with ExitStack() as stack:
        url = templates.copy(seeded=False)
        world = Asked(url, stack, lambda db: ids.extend(first_claims(db)))
        moment = world.told("/v1/corroboration", measure="fired")["assumptions"]["as_of"]
        questions = [asked_of_all(dice) for _ in range(QUESTIONS * 2)]
        before = [kept(world.told(path, **how)) for path, how in questions]
        db = Database(Settings(database_url=url))
        change(db, ids, 3)
        for one in AFTERWARDS:
            writes.write(db, writes.replace, "sources", shape("sources", one), '"1"')
        db.engine.dispose()
        differ = 0
        for (path, how), answer in zip(questions, before, strict=True):
            assert kept(world.told(path, **how, as_of=moment)) == answer, (path, how)
            differ += kept(world.told(path, **how)) != answer
        assert differ > len(questions) / 3


def kept(answer: Whole) -> Whole:
    """An answer, but for where its next page is and what it says of its question."""
    return {name: one for name, one in answer.items()
            if name not in ("assumptions", "next", "next_cursor", "as_of")}  # fmt: skip
