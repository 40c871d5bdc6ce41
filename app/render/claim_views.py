"""View models of a claim and of its chain, without any markup."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from app.render import figure_views, figure_words
from app.render.field_words import (
    BASES,
    MODALITIES,
    PREDICATES,
    STATUSES,
    capital,
    listed,
)
from app.render.figure_views import (
    DateView,
    HopView,
    MeasureName,
    Names,
    SaidFigure,
    SourceView,
    Steps,
)
from app.rules.json_types import JsonObject
from app.rules.normalise import considered

OTHERWISE = "or, read otherwise,"
"""What stands between two readings of the same words."""


@dataclass(frozen=True)
class ChainView:
    """From the document in hand to the origin, what stands beside, and who is independent."""

    steps: Steps
    beside: list[HopView]
    origins: list[tuple[SourceView, SourceView | None]]
    low: int
    high: int

    @property
    def hops(self) -> list[HopView]:
        """Every step, one after the other."""
        return [hop for step in self.steps for hop in step]

    @property
    def rootless(self) -> set[str | None]:
        """Origins of which it is not known whether anybody stands above them."""
        return {origin.id for origin, root in self.origins if root is None}


def chain(told: JsonObject, known: Names) -> ChainView:
    """A chain of the answer of `/claims/{id}/provenance`; ``known`` has names of roots."""
    named = {hop["source"]: hop["name"] for hop in (*told["chain"], *told["beside"])}
    names = Names({**known.sources, **named})
    return ChainView(
        steps=list(figure_views.steps(told["chain"], names).values()),
        beside=[figure_views.hop(one, names) for one in told["beside"]],
        origins=[
            (names.source(one["source"]), names.source(one["root"]) if one["root"] else None)
            for one in told["origins"]
        ],
        low=told["independent_origins"]["min"],
        high=told["independent_origins"]["max"],
    )


@dataclass(frozen=True)
class ReadingView(SaidFigure):
    """One way to read a figure of a claim: what it allows, and what that rests on."""

    measure: MeasureName
    place: tuple[int, int]
    """Its slot and its alternative."""
    label: str
    """Empty, where it is the only figure, alternative and reading."""
    dimensions: Mapping[str, Any]
    attributes: Mapping[str, Any]
    preferred: bool
    considered: bool
    rests: str
    note: str | None

    @property
    def beside(self) -> list[tuple[str, Any]]:
        """What it counts, as far as its words do not say."""
        return [*self.dimensions.items(), *self.attributes.items()]


@dataclass(frozen=True)
class RelationView:
    """Another claim, and what this one says of it, or it of this one."""

    predicate: str
    words: str
    """What it is to this claim."""
    claim: str
    basis: str
    note: str | None


@dataclass(frozen=True)
class ClaimLine:
    """A claim as a list shows it."""

    id: str
    status: str
    inferred: list[str]
    statement: str
    modality: str
    denial: str
    """`denied` or `taken back`; empty, where its claimant stands by its figures."""
    mode: str
    """How its alternatives go together."""
    readings: list[ReadingView]
    claimants: list[SourceView]
    said: DateView
    relays: str
    language: str
    """Of the document (BCP 47); empty, where it is not known."""
    match: str
    """Whether it fits what was asked."""

    @property
    def title(self) -> str:
        """Its figures in one line: `“more than 3 million” or “500,000”`."""
        slots = [_in_line(one, self.mode) for one in _by_slot(self.readings)]
        bare = self.holds == "and"
        told = listed(list(dict.fromkeys(slots))) if bare else "; and ".join(slots)
        return told or "No figure"

    @property
    def holds(self) -> Literal["and", "or", "both"]:
        """`and`: all of its figures; `or`: one of them; `both`: of each slot one."""
        sizes = [len(one) for one in _by_slot(self.readings)]
        if all(size == 1 for size in sizes):
            return "and"
        return "or" if len(sizes) == 1 else "both"

    @property
    def worded(self) -> list[tuple[str, ReadingView]]:
        """Its figures with the words before them; of one slot what is worded alike once."""
        found: dict[tuple[int, str], ReadingView] = {}
        for one in self.readings:
            found.setdefault((one.place[0], one.told), one)
        return joined([*found.values()])

    @property
    def sentence(self) -> str:
        """In one line: its figures, who, when."""
        denied = f"{self.denial}: " if self.denial else ""
        who = figure_views.together(self.claimants).name
        return f"{denied}{self.title}, {who}, {self.said.words}"

    @property
    def measures(self) -> list[MeasureName]:
        """What its figures are figures of, each once."""
        return list(dict.fromkeys(one.measure for one in self.readings))

    @property
    def considered(self) -> list[tuple[str, ReadingView]]:
        """Of each figure and alternative the preferred reading, else all; what stands before."""
        return joined([one for one in self.readings if one.considered])

    @property
    def firmness(self) -> str:
        """How firmly it is put, and whether it is denied; empty, where it is plainly said."""
        put = [] if self.modality == "plain" else [MODALITIES[self.modality].lower()]
        return ", ".join([*put, self.denial] if self.denial else put)

    @property
    def state(self) -> str:
        """Its status in words; empty, where it is in force."""
        return "" if self.status == "active" else STATUSES[self.status]


@dataclass(frozen=True)
class ClaimView(ClaimLine):
    """A claim: its readings, its chain, its dates, and what it is to other claims."""

    version: int
    reason: str | None
    chain: ChainView
    about: DateView
    printed: DateView
    relations: list[RelationView]

    @property
    def claimant(self) -> SourceView:
        """Who said it, as one."""
        return figure_views.together(self.claimants)


def claim(
    found: JsonObject, provenance: JsonObject, relations: Iterable[JsonObject], known: Names
) -> ClaimView:
    """A claim of its answer, its provenance and its relations."""
    named = {hop["source"]: hop["name"] for hop in provenance["chain"]}
    names = Names({**known.sources, **named}, known.measures, known.languages, known.units)
    return ClaimView(
        **line(found, names).__dict__,
        version=found["version"],
        reason=found.get("status_reason", found.get("reason")),
        chain=chain(provenance, known),
        about=DateView(found.get("period"), lasts=True),
        printed=DateView(found.get("published")),
        relations=[_relation(one) for one in relations],
    )


def line(found: JsonObject, names: Names) -> ClaimLine:
    """A claim of a list that was asked with `expand=sources,measures`."""
    figures = found.get("quantities", [])
    steps = list(figure_views.steps(found.get("attributions", []), names).values())
    return ClaimLine(
        id=found["id"],
        status=found.get("status", "active"),
        inferred=list(found.get("inferred", [])),
        statement=found.get("statement", ""),
        modality=found.get("modality", "plain"),
        denial=figure_words.denial(found),
        mode=found.get("alternative_mode", "single"),
        readings=[
            _reading(one, figures, names, kept)
            for one, kept in zip(figures, considered(figures), strict=True)
        ],
        claimants=figure_views.claimants(found, names),
        said=DateView(found.get("stated")),
        relays=figure_views.relays(steps[::-1]),
        language=names.languages.get(found.get("document", ""), ""),
        match=found.get("match", "certain"),
    )


def joined(readings: Sequence[ReadingView]) -> list[tuple[str, ReadingView]]:
    """Each with the words before it: `and` another figure, `or` another alternative of it."""
    ranked = sorted(readings, key=lambda one: one.place)
    return [("", one) for one in ranked[:1]] + [
        ("and" if one.place[0] != last.place[0] else "or" if one.place != last.place else OTHERWISE,
         one)
        for last, one in zip(ranked, ranked[1:], strict=False)
    ]  # fmt: skip


def _by_slot(readings: Sequence[ReadingView]) -> list[list[ReadingView]]:
    ranked = sorted(readings, key=lambda one: one.place)
    return [[*some] for _, some in groupby(ranked, key=lambda one: one.place[0])]


def _in_line(slot: Sequence[ReadingView], mode: str) -> str:
    """The wordings of one slot, each once: its alternatives, and readings that are other words."""
    several = [
        f" {OTHERWISE} ".join(dict.fromkeys(one.told for one in some))
        for _, some in groupby(slot, key=lambda one: one.place)
    ]
    told = listed(list(dict.fromkeys(several)), "or")
    return figure_words.JOINED.get(mode, "{}").format(told) if len(several) > 1 else told


def lines(answer: JsonObject) -> list[ClaimLine]:
    """The claims of a list."""
    names = Names.included(answer)
    return [line(one, names) for one in answer["items"]]


def _reading(one: JsonObject, figures: list[JsonObject], names: Names, kept: bool) -> ReadingView:
    return ReadingView(
        **figure_views.in_words(one, names),
        measure=names.measure(one["measure"]),
        considered=kept,
        place=figure_words.place(one),
        label=_label(one, figures),
        dimensions=one.get("dimensions", {}),
        attributes=one.get("attributes", {}),
        preferred=bool(one.get("preferred")),
        rests=_rests(one),
        note=one.get("reading_note"),
    )


def _label(figure: JsonObject, figures: list[JsonObject]) -> str:
    """`Reading A`; of several alternatives or figures, their numbers before."""
    slot, alternative = figure_words.place(figure)
    places = [figure_words.place(one) for one in figures]
    parts = [f"figure {slot}"] if len({one[0] for one in places}) > 1 else []
    parts += [f"alternative {alternative}"] if len({one[1] for one in places}) > 1 else []
    parts += (
        [f"reading {figure.get('reading', 'A')}"]
        if places.count(figure_words.place(figure)) > 1
        else []
    )
    return capital(", ".join(parts))


def _rests(figure: JsonObject) -> str:
    """What the ends of a figure rest on."""
    bases = {
        side: BASES[figure[f"{side}_basis"]]
        for side in ("lower", "upper")
        if f"{side}_basis" in figure
    }
    if len(bases) == 2 and len(set(bases.values())) == 1:
        return capital(bases["lower"])
    return "; ".join(f"{capital(side)} end: {told}" for side, told in bases.items())


def _relation(one: JsonObject) -> RelationView:
    incoming = one["direction"] == "incoming"
    words, other = PREDICATES[one["predicate"]][incoming], one["subject" if incoming else "object"]
    return RelationView(one["predicate"], words, other, one.get("basis", "stated"), one.get("note"))
