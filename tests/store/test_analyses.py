"""Analyses (series, corroboration): SQL on both engines answers as a plain walk through the claims.

Random claims with random chains, relations and affiliations are written, then asked random
questions. Which of them are found is held by ``test_three_answers``; here it is what is made of
those. A run repeats itself; ``SAYSO_TEST_SEED`` and ``SAYSO_TEST_EXAMPLES`` make others, and more.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AsyncExitStack, ExitStack
from random import Random
from typing import Any

import httpx
import pytest

from app.config import Settings
from app.db import Database
from app.main import create_app
from app.models import RESOURCES
from app.rules import edtf
from app.rules.agreement import TimedFigure, series_step
from app.rules.intervals import Interval
from app.rules.numbers import exact
from app.store import writes
from tests import oracle
from tests.conftest import EXAMPLES, Templates
from tests.store.test_three_answers import DAYS, MEASURES, SEED, SOURCES, Whole, claim

CLAIMS, MOST = 150, 1000
QUESTIONS = max(8, EXAMPLES // 6)
PEOPLE: list[Whole] = [
    {"id": "ministry", "name": "Ministry", "kind": "official", "is_root": True},
    {"id": "army", "name": "Army", "kind": "official", "affiliation": "ministry"},
    {"id": "general", "name": "General", "kind": "official", "affiliation": "army"},
    {"id": "wire", "name": "Wire", "kind": "news_agency", "is_root": True},
    {"id": "eve", "name": "Eve", "kind": "expert", "affiliation": "ann"},
    {"id": "someone", "name": "Someone", "kind": "official", "anonymous": True},
]
SAID_BY = ("ann", "bob", "general", "army", "ministry", "wire", "eve", "someone")
ORIGIN_ROLES = ("speaker", "author", "originator")
CHAIN_ROLES = (*ORIGIN_ROLES, "relayer", "publisher", "translator")
GROUPS = ("claimant", "origin", "origin_root", "document", "none", "dim.mm", "dim.kind",
          "attr.rank")  # fmt: skip
NUMBERS = ("value", "lower", "upper")
DENIALS = ("deny", "retract")
DENIED_TOO = {"polarity": ["positive", "negative"]}
"""Unless it is asked for, what is denied has no value; an analysis tells it apart."""


# ------------------------------------------------------------------------------- what is written


def chained(dice: Random, one: Whole, before: list[str]) -> Whole:
    """A claim with a chain, some with relations to claims before it."""
    one["speech_act"] = dice.choice(["assert", "assert", "assert", "confirm", *DENIALS])
    if dice.random() < 0.3:
        one["via"] = dice.sample(SAID_BY, dice.choice([1, 2]))
    elif dice.random() < 0.8:
        one |= _attributed(dice, one["document"])
    if before and dice.random() < 0.3:
        kinds = [("derived_from", "relays", "confirms")[dice.randrange(3)] for _ in range(2)]
        one["relations"] = [
            {"predicate": kind, "object": other}
            for kind, other in dict(zip(kinds, dice.sample(before, 2), strict=True)).items()
        ] if len(before) > 1 else []  # fmt: skip
    return one


def _attributed(dice: Random, document: str) -> Whole:
    hops: list[Whole] = [{"source": document, "role": "document", "position": 0}]
    for position in range(1, dice.choice([1, 2, 2, 3]) + 1):
        for source in dice.sample(SAID_BY, dice.choice([1, 1, 2, 3])):
            role = dice.choice(CHAIN_ROLES)
            hops.append({"source": source, "role": role, "position": position})
    if dice.random() < 0.3:
        hops.append({"source": dice.choice(SAID_BY), "role": "evidence"})
    claimants = [None, *(hop["source"] for hop in hops[1:] if "position" in hop)]
    return {"attributions": hops, "claimant": dice.choice(claimants)}


def random_world(db: Database) -> None:
    """Sources under each other, and claims of whom each rests on some before it."""
    dice = Random(SEED)

    def create(turn: Any, resource: str, *documents: Whole) -> None:
        for one in documents:
            shape = {name: value for name, value in one.items() if value is not None}
            writes.create(turn, resource, RESOURCES[resource].sent.model_validate(shape))

    writes.write(db, create, "sources", *SOURCES, *PEOPLE)
    writes.write(db, create, "measures", *MEASURES)
    made: list[Whole] = []
    for n in range(CLAIMS):
        made.append(chained(dice, claim(dice, n), [one["id"] for one in made]))
    for start in range(0, CLAIMS, 25):
        writes.write(db, create, "claims", *made[start : start + 25])


class Asked:
    """The API over one database, in this process."""

    def __init__(self, url: str, stack: ExitStack, make: Callable[[Database], None] | None = None):
        settings = Settings(database_url=url, allowed_hosts="", open_reads=True)
        db = Database(settings)
        (make or random_world)(db)
        db.engine.dispose()
        self.runner = stack.enter_context(asyncio.Runner())
        opened = AsyncExitStack()
        stack.callback(lambda: self.runner.run(opened.aclose()))
        app = create_app(settings)
        self.runner.run(opened.enter_async_context(app.router.lifespan_context(app)))
        transport = httpx.ASGITransport(app)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://localhost")
        self.claims = {one["id"]: one for one in self.told("/v1/claims", limit=MOST)["items"]}
        every = self.told("/v1/claims", limit=MOST, status=["active", "withdrawn"])["items"]
        self.every = {one["id"]: one for one in every}
        self.sources = {one["id"]: one for one in self.told("/v1/sources", limit=MOST)["items"]}
        self.measures = {one["id"]: one for one in self.told("/v1/measures", limit=MOST)["items"]}

    def told(self, path: str, **asked: Any) -> Any:
        answer = self.runner.run(self.client.get(path, params=asked or None))
        assert answer.status_code == 200, (answer.text, path, asked)
        return answer.json()


@pytest.fixture(scope="module")
def asked(templates: Templates) -> Iterator[Asked]:
    with ExitStack() as stack:
        yield Asked(templates.copy(seeded=False), stack)


# --------------------------------------------------------------------------- a plain walk, by hand


def chain_of(one: Whole) -> list[Whole]:
    return [hop for hop in one["attributions"] if "position" in hop]


def origins(one: Whole) -> list[str]:
    """Who speaks at the end of the chain; where nobody does, the claimant."""
    hops = chain_of(one)
    end = max(hop["position"] for hop in hops)
    found = {hop["source"] for hop in hops if hop["position"] == end and _speaks(hop)}
    return sorted(found or ({one["claimant"]} if "claimant" in one else ()))


def _speaks(hop: Whole) -> bool:
    return hop["role"] in ORIGIN_ROLES


def relayers(one: Whole) -> set[str]:
    """Who stands between the document and the first origin; all, where there is none."""
    hops = chain_of(one)
    end = max(hop["position"] for hop in hops)
    if any(hop["position"] == end and _speaks(hop) for hop in hops):
        first = end
    else:
        own = [hop["position"] for hop in hops[1:] if hop["source"] == one.get("claimant")]
        first = min(own, default=end + 1)
    return {hop["source"] for hop in hops if 0 < hop["position"] < first}


def root(id: str, sources: dict[str, Whole]) -> str | None:
    at: str | None = id
    while at is not None and not sources[at].get("is_root"):
        at = sources[at].get("affiliation")
    return at


def denies(one: Whole) -> bool:
    return one.get("polarity") == "negative" or one.get("speech_act") in DENIALS


def voice(one: Whole, names: Iterable[str]) -> Whole:
    """A group of who speaks: one, several together, or nobody in one document."""
    several = sorted(set(names))
    if len(several) > 1:
        return {"group": "+".join(several), "members": several}
    return {"group": several[0]} if several else {"group": None, "document": one["document"]}


def group(one: Whole, figure: Whole, by: str, sources: dict[str, Whole]) -> Whole:
    """The group of a figure, as a series tells it."""
    kind, dot, name = by.partition(".")
    if dot:
        value = figure.get({"dim": "dimensions", "attr": "attributes"}[kind], {}).get(name)
        return {"group": None if value is None else spelt(value)}
    if by in ("none", "document"):
        return {"group": None if by == "none" else one["document"]}
    known, claimant = origins(one), one.get("claimant")
    if by == "claimant" and claimant is not None and claimant not in known:
        return {"group": claimant}
    if by == "claimant" and claimant is not None and len(known) == 1:
        return {"group": claimant}
    if by == "origin_root":
        known = [root(id, sources) or id for id in known]
    return voice(one, known)


def spelt(value: Any) -> str:
    """The same of equal numbers; any other text as it is."""
    try:
        number = exact(str(value))
    except ValueError:
        return str(value)
    return format(number.normalize(), "f")


def place(figure: Whole) -> tuple[Any, ...]:
    return figure["slot"], figure["alternative"], figure["reading"]


class Walk:
    """The series of the figures that were found, worked out from their claims."""

    def __init__(self, world: Asked, found: list[Whole], by: str, strict: bool):
        self.world, self.by, self.strict = world, by, strict
        self.affirmed = [one for one in found if not denies(world.claims[one["claim"]])]
        self.against = [one for one in found if denies(world.claims[one["claim"]])]

    def time(self, figure: Whole) -> Interval:
        whole = self.world.claims[figure["claim"]]
        reading = oracle.READINGS[self.strict]
        span = oracle.reference(whole.get("period"), whole.get("stated"), reading)
        return Interval(span.lo, span.hi)

    def reach(self, figure: Whole) -> Interval:
        known = oracle.Known(self.world.claims[figure["claim"]], self.world.measures)
        dated = self.world.measures[figure["measure"]].get("statistic") == "date"
        read = oracle._days if dated else oracle._value
        return read(figure, known, self.strict)

    def ordered(self) -> list[Whole]:
        """By time, then by claim, then as the claim lists its figures."""

        def key(one: Whole) -> tuple[Any, ...]:
            listed = [place(other) for other in self.world.claims[one["claim"]]["quantities"]]
            return (*self.time(one), one["claim"], listed.index(place(one)))

        return sorted(self.affirmed, key=key)

    def groups(self, cumulative: bool) -> dict[str, list[tuple[Any, ...]]]:
        found: dict[str, list[tuple[Any, ...]]] = {}
        last: dict[tuple[Any, ...], TimedFigure] = {}
        nth: Counter[tuple[Any, ...]] = Counter()
        for one in self.ordered():
            name = json.dumps(group(self.world.claims[one["claim"]], one, self.by,
                                    self.world.sources), sort_keys=True)  # fmt: skip
            dims = tuple(sorted((n, spelt(v)) for n, v in one.get("dimensions", {}).items()))
            like = (name, one["unit"], dims, one["alternative"], one["reading"])
            dated = self.world.measures[one["measure"]].get("statistic") == "date"
            figure = TimedFigure(self.reach(one), self.time(one), numbers=said(one, dated))
            step = None
            if figure.reach.lo <= figure.reach.hi:
                nth[like, one["claim"]] += 1
                seat = (*like, nth[like, one["claim"]])
                step = series_step(last[seat], figure, cumulative) if seat in last else None
                last[seat] = figure
            found.setdefault(name, []).append((one["claim"], *place(one), step, days(figure.time)))
        return found


def said(figure: Whole, dated: bool) -> tuple[Any, ...]:
    """The numbers of a figure, or its number and the days that its date is taken for."""
    value, *ends = (float(figure[n]) if n in figure else None for n in NUMBERS)
    if not dated:
        return value, *ends
    date = None if "absence" in figure else figure.get("date")
    return value, edtf.EVER if date is None else edtf.span(date)


def days(time: Interval) -> tuple[str | None, str | None]:
    open_ends = (edtf.OPEN_PAST, edtf.OPEN_FUTURE)
    return tuple(None if end in open_ends else edtf.date_text(int(end)) for end in time)  # type: ignore[return-value]


# ------------------------------------------------------------------------------ SQL says the same


def question(dice: Random) -> dict[str, str]:
    """A few filters, and how the answers are judged."""
    made = {"readings": dice.choice(["preferred", "all"]),
            "policy": dice.choice(["convention", "strict"])}  # fmt: skip
    some = {
        "value__gte": dice.choice(["1", "5", "1000"]), "stated__gte": dice.choice(DAYS),
        "known_by": "2024-03-31", "document": "dated", "origin": dice.choice(SAID_BY),
        "origin_root": "ministry", "match": dice.choice(["certain", "possible"]),
        "via": dice.choice(SAID_BY), "modality": "plain",
    }  # fmt: skip
    made |= {name: some[name] for name in dice.sample(list(some), dice.choice([0, 0, 1, 1, 2]))}
    return made


@pytest.mark.parametrize("by", GROUPS)
def test_a_series_is_what_a_walk_through_its_claims_says(asked: Asked, by: str) -> None:
    dice = Random(f"{SEED} {by}")
    steps = set()
    for _ in range(QUESTIONS):
        how, measure = question(dice), dice.choice(["total", "total", "share", "made", "other"])
        if "value__gte" in how and measure == "made":
            del how["value__gte"]
        every = how | DENIED_TOO
        found = asked.told("/v1/quantities", measure=measure, limit=MOST, **every)["items"]
        walk = Walk(asked, found, by, how["policy"] == "strict")
        expected = walk.groups(asked.measures[measure].get("accumulation") == "cumulative")
        told = asked.told(f"/v1/measures/{measure}/series", group_by=by, limit=MOST, **how)
        answered = {
            json.dumps({n: v for n, v in one.items() if n != "points"}, sort_keys=True): [
                (p["claim"], *place(p), p["step"], (p["time"]["from"], p["time"]["to"]))
                for p in one["points"]
            ]
            for one in told["groups"]
        }
        assert answered == expected, (measure, how)
        assert {one["claim"] for one in told["against"]} == {one["claim"] for one in walk.against}
        steps |= {point[4] for points in answered.values() for point in points}
    assert len(steps) > 3


@pytest.mark.parametrize("measure", ["total", "made"])
@pytest.mark.parametrize("by", GROUPS)
def test_a_series_in_small_pages_is_the_one_in_a_large_page(
    asked: Asked, by: str, measure: str
) -> None:
    path = f"/v1/measures/{measure}/series"
    for policy, limit in (("convention", 7), ("strict", 40)):
        how = {"group_by": by, "policy": policy, "readings": "all"}
        whole = points(asked.told(path, **how, limit=MOST))
        page = asked.told(path, **how, limit=limit)
        seen = points(page)
        while page["next"]:
            page = asked.told(page["next"])
            seen += points(page)
        assert seen == whole, policy


def points(page: Whole) -> list[tuple[Any, Whole]]:
    """Each point of a page, with its group."""
    return [(one["group"], point) for one in page["groups"] for point in one["points"]]


def rests_on(one: Whole) -> list[str]:
    """What a claim is derived from."""
    relations = one.get("relations", ())
    return sorted({r["object"] for r in relations if r["predicate"] == "derived_from"})


def behind(some: list[Whole], sources: dict[str, Whole]) -> Whole:
    """What stands behind some claims; at least one origin for each root, at most each unknown."""
    standing = [one for one in some if not denies(one)]
    rests = {one["id"]: rests_on(one) for one in standing}
    ends = Counter(id for one in standing if not rests[one["id"]] for id in origins(one))
    roots = [root(id, sources) for id in ends]
    known = {one for one in roots if one}
    return {
        "claims": sorted(one["id"] for one in standing),
        "against": sorted(one["id"] for one in some if denies(one)),
        "documents": sorted({one["document"] for one in standing}),
        "relayers": sorted({id for one in standing for id in relayers(one)}),
        "origins": [
            {"source": id, "root": root(id, sources), "claims": count,
             "anonymous": bool(sources[id].get("anonymous"))}
            for id, count in sorted(ends.items())
        ],
        "derived_excluded": {id: others for id, others in rests.items() if others},
        "independent_origins": {
            "min": max(len(known), bool(ends)), "max": len(known) + roots.count(None)
        },
        "anonymous": sum(bool(sources[id].get("anonymous")) for id in ends),
    }  # fmt: skip


def test_corroboration_counts_what_a_walk_through_the_claims_finds(asked: Asked) -> None:
    dice = Random(f"{SEED} behind")
    counts = set()
    for _ in range(QUESTIONS * 3):
        how = question(dice) | {"measure": dice.choice(["total", "share", "made", "other"])}
        if how["measure"] == "made":
            how.pop("value__gte", None)
        found = asked.told("/v1/claims", limit=MOST, **how, **DENIED_TOO)["items"]
        told = asked.told("/v1/corroboration", **how)
        listed = {name: told[name]["items"]
                  for name in ("claims", "against", "documents", "relayers")}  # fmt: skip
        derived = {one["claim"]: one["derived_from"] for one in told["derived_excluded"]["items"]}
        answered = {
            **listed, "origins": told["origins"]["items"],
            "derived_excluded": derived, "independent_origins": told["independent_origins"],
            "anonymous": told["anonymous"],
        }  # fmt: skip
        assert answered == behind(found, asked.sources), how
        counted = {name: told[name]["count"] for name in listed}
        assert counted == {name: len(items) for name, items in listed.items()}
        counts.add(tuple(told["independent_origins"].values()))
    assert len(counts) > 4


FACETS = ("measure", "unit", "hedge", "flag", "dim.mm", "dim.kind", "attr.rank", "via", "origin",
          "origin_root", "claimant", "document", "modality", "polarity", "speech_act", "tag",
          "alternative_mode")  # fmt: skip


def test_what_a_facet_counts_is_what_its_filter_finds(asked: Asked) -> None:
    dice = Random(f"{SEED} facets")
    counted: Counter[str] = Counter()
    for _ in range(QUESTIONS * 4):
        how = question(dice)
        how.pop("match", None)  # one more condition may make a certain claim a possible one
        how |= {"measure": dice.choice(["total", "share"])} if dice.random() < 0.7 else {}
        fields = dice.sample([one for one in FACETS if one not in how], 4)
        facets = asked.told("/v1/facets", by=",".join(fields), **how)["facets"]
        for field, one in ((f, one) for f in fields for one in facets[f][:2]):
            found = asked.told("/v1/claims", **{field: one["value"]}, limit=MOST, **how)["items"]
            assert one["count"] == len(found), (field, one, how)
            counted[field] += 1
    assert len(counted) > 12


def test_strictly_no_more_figures_disagree_and_fewer_are_judged_alike(asked: Asked) -> None:
    verdicts = set()
    for measure in ("total", "share", "other", "made"):
        path = f"/v1/measures/{measure}/comparison"
        usual, strict = (verdicts_of(asked.told(path, limit=40, policy=policy))
                         for policy in ("convention", "strict"))  # fmt: skip
        shared = usual.keys() & strict.keys()
        assert {usual[pair] for pair in shared if strict[pair] == "true"} <= {"true"}
        for document in {asked.claims[id]["document"] for pair in usual for id, _ in pair}:
            fewer = verdicts_of(asked.told(path, limit=40, document=document))
            assert all(usual.get(pair, fewer[pair]) == fewer[pair] for pair in fewer), document
        verdicts |= {*usual.values()}
    assert verdicts >= {"false", "unclear"} | ({"true"} if SEED == 1 else set())


def verdicts_of(told: Whole) -> dict[tuple[tuple[str, int], ...], str]:
    """Whether each two figures disagree, by their claims and slots."""
    ends = [(one["claim"], one["slot"]) for one in told["figures"]]
    pairs = ((tuple(sorted((ends[p["one"]], ends[p["other"]]))), p) for p in told["pairs"])
    return {pair: one["disagreement"] for pair, one in pairs}
