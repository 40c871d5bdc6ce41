"""View models of a claim and of its chain, without any markup."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.render import figure_words
from app.render.views import DateView, Names, SourceView
from app.rules.json_types import JsonObject


@dataclass(frozen=True)
class HopView:
    """One who passed it on or said it: in what role and words, and how that is known."""

    source: SourceView
    role: str
    basis: str
    cue: str | None
    wording: str | None
    name_as_given: str | None


@dataclass(frozen=True)
class ChainView:
    """From the document in hand to the origin, what stands beside, and who is independent."""

    steps: list[list[HopView]]
    beside: list[HopView]
    origins: list[tuple[SourceView, SourceView | None]]
    low: int
    high: int


def chain(told: JsonObject, known: Mapping[str, str]) -> ChainView:
    """A chain of the answer of `/claims/{id}/provenance`; ``known`` has names of roots."""
    named = {hop["source"]: hop["name"] for hop in (*told["chain"], *told["beside"])}
    names = Names({**known, **named})
    steps: dict[int, list[HopView]] = {}
    for hop in told["chain"]:
        steps.setdefault(hop["position"], []).append(_hop(hop, names))
    return ChainView(
        steps=[steps[position] for position in sorted(steps)],
        beside=[_hop(hop, names) for hop in told["beside"]],
        origins=[
            (names.source(one["source"]), names.source(one["root"]) if one["root"] else None)
            for one in told["origins"]
        ],
        low=told["independent_origins"]["min"],
        high=told["independent_origins"]["max"],
    )


def _hop(hop: JsonObject, names: Names) -> HopView:
    more = (hop.get(name) for name in ("cue", "wording", "name_as_given"))
    return HopView(names.source(hop["source"]), hop["role"], hop.get("basis", "stated"), *more)


@dataclass(frozen=True)
class ReadingView:
    """One way to read a figure of a claim: what it allows, and what that rests on."""

    measure: str
    label: str
    preferred: bool
    quoted: str | None
    reach: str
    allows: str
    note: str | None


@dataclass(frozen=True)
class RelationView:
    """Another claim, and what this one says of it, or it of this one."""

    words: str
    outgoing: bool
    claim: str
    basis: str
    note: str | None


@dataclass(frozen=True)
class ClaimView:
    """A claim: its readings, its chain, its dates, and what it is to other claims."""

    id: str
    version: int
    status: str
    reason: str | None
    claimant: SourceView
    readings: list[ReadingView]
    chain: ChainView
    said: DateView
    about: DateView
    printed: DateView
    relations: list[RelationView]
    inferred: list[str]


def claim(
    found: JsonObject,
    provenance: JsonObject,
    relations: Iterable[JsonObject],
    known: Mapping[str, str],
) -> ClaimView:
    """A claim of its answer, its provenance and its relations."""
    shown = chain(provenance, known)
    names = Names({**known, **{hop["source"]: hop["name"] for hop in provenance["chain"]}})
    return ClaimView(
        id=found["id"],
        version=found["version"],
        status=found["status"],
        reason=found.get("reason"),
        claimant=names.source(found.get("claimant")),
        readings=[_reading(one) for one in found.get("quantities", [])],
        chain=shown,
        said=DateView(found.get("stated")),
        about=DateView(found.get("period")),
        printed=DateView(found.get("published")),
        relations=[_relation(one) for one in relations],
        inferred=list(found.get("inferred", [])),
    )


def _reading(one: JsonObject) -> ReadingView:
    return ReadingView(
        measure=one["measure"],
        label=one.get("reading", "A"),
        preferred=bool(one.get("preferred")),
        quoted=one.get("raw_text"),
        reach=figure_words.reach(one),
        allows=figure_words.allows(one),
        note=one.get("reading_note"),
    )


def _relation(one: JsonObject) -> RelationView:
    outgoing, words = one["direction"] == "outgoing", one["predicate"].replace("_", " ")
    other = one["object" if outgoing else "subject"]
    return RelationView(words, outgoing, other, one.get("basis", "stated"), one.get("note"))
