"""View models of figures: who said what, when, through whom; wherever one is shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

from app.render import date_words, figure_words
from app.render.field_words import (
    MODALITIES,
    ROLES,
    UNSURE,
    capital,
    counted,
    listed,
    small,
    when,
)
from app.rules import edtf
from app.rules.chain import BESIDE_ROLES, ORIGIN_ROLES
from app.rules.hedge_words import HedgeWords, hedge_words
from app.rules.json_types import JsonObject
from app.rules.normalise import considered

NOBODY = "nobody named"


@dataclass(frozen=True)
class DateView:
    """A date: as tables have it, and as it is said."""

    edtf: str | None
    lasts: bool = False
    """Is it a period, all of which is meant?"""

    @property
    def short(self) -> str:
        """By its numbers, ranges in words."""
        return date_words.short(self.edtf)

    @property
    def words(self) -> str:
        """As it is said."""
        return date_words.lasting(self.edtf) if self.lasts and self.edtf else when(self.edtf)

    @property
    def begins(self) -> bool:
        """Whether it says which day it is not before."""
        return self.edtf is not None and edtf.span(self.edtf).lo > edtf.OPEN_PAST


@dataclass(frozen=True)
class SourceView:
    """A source by its id and its name."""

    id: str | None
    name: str


@dataclass(frozen=True)
class MeasureName:
    """A measure by its id and its name."""

    id: str
    name: str


@dataclass(eq=False)
class Names:
    """The names of the sources and the measures in the answers, and the measures' units (UCUM)."""

    sources: dict[str, str]
    measures: dict[str, str] = field(default_factory=dict)
    languages: dict[str, str] = field(default_factory=dict)
    """Of documents (BCP 47), where they are known."""
    units: dict[str, str] = field(default_factory=dict)

    @classmethod
    def included(cls, *answers: JsonObject) -> "Names":
        """Those that answers brought with them (`expand=sources,measures`)."""
        found = cls({})
        for answer in answers:
            for kind, many in answer.get("included", {}).items():
                names = {"sources": found.sources, "measures": found.measures}[kind]
                names |= {one["id"]: one.get("name", one["id"]) for one in many}
                spoken = {one["id"]: one["language"] for one in many if one.get("language")}
                found.languages.update(spoken)
                found.units.update({one["id"]: one["unit"] for one in many if "unit" in one})
        return found

    def with_measures(self, measures: Mapping[str, JsonObject]) -> "Names":
        """The same, with those of some measures."""
        named = {id: one.get("name", id) for id, one in measures.items()}
        counted = {id: one["unit"] for id, one in measures.items()}
        return Names(self.sources, self.measures | named, self.languages, self.units | counted)

    def source(self, id: str | None) -> SourceView:
        """A source; nobody, where none is named."""
        return SourceView(id, NOBODY if id is None else self.sources.get(id, id))

    def measure(self, id: str) -> MeasureName:
        """A measure."""
        return MeasureName(id, self.measures.get(id, id))

    def other_unit(self, figure: JsonObject) -> str:
        """The unit of a figure in words; empty, where it is the unit of its measure."""
        return figure_words.other_unit(figure, self.units.get(figure["measure"]))


@dataclass(frozen=True)
class HopView:
    """One who passed it on or said it: in what role and words, and how that is known."""

    source: SourceView
    role: str
    basis: str
    cue: str | None
    wording: str | None
    name_as_given: str | None

    @property
    def did(self) -> str:
        """What it did, with the verb that was used of it."""
        return ROLES[self.role] + (f" (“{self.cue}”)" if self.cue else "")

    @property
    def unsure(self) -> str:
        """How it is known, where the text does not say it."""
        return UNSURE.get(self.basis, "")

    @property
    def beside(self) -> str:
        """The name and the words that it was given."""
        called = [f"called “{self.name_as_given}”"] if self.name_as_given else []
        worded = [f"worded “{self.wording}”"] if self.wording else []
        return capital("; ".join([*called, *worded]))


Steps = list[list[HopView]]


@dataclass(frozen=True)
class SaidFigure:
    """A figure: as printed, and what it reaches, in signs, in words and in numbers."""

    quoted: str | None
    hedged: HedgeWords | None
    reach: str
    allows: str
    lower: str | None
    value: str | None
    upper: str | None
    other_unit: str
    """In words, where it is not the unit of its measure; else empty."""

    @property
    def worded(self) -> str:
        """As printed, else what it reaches."""
        return self.reach if self.quoted is None else self._as_printed

    @property
    def told(self) -> str:
        """As printed, else what it allows."""
        return self.allows if self.quoted is None else self._as_printed

    @property
    def _as_printed(self) -> str:
        return f"“{self.quoted}”{figure_words.in_unit(self.other_unit)}"

    @property
    def allows_in_parts(self) -> tuple[str, str, str]:
        """What it allows: up to a word of another language, that word, and the rest."""
        if self.hedged and self.hedged.language != "en":
            for mark in "“(":
                before, found, after = self.allows.partition(f"{mark}{self.hedged.words}")
                if found:
                    return before + mark, self.hedged.words, after
        return self.allows, "", ""


@dataclass(frozen=True)
class FigureView(SaidFigure):
    """A figure of a list or a series: whose it is, and through whom it came."""

    claim: str
    match: str
    dimensions: Mapping[str, Any]
    among: str
    """`one of two alternatives`, or readings; empty, where it alone is what was said."""
    put: str
    """`put as possible`; empty, where it was put plainly."""
    denial: str
    """`denied` or `taken back`; empty, where its claimant stands by it."""
    claimants: list[SourceView]
    """More than one, where they said it together; empty where nobody is named."""
    stated: DateView
    time: DateView
    through: Steps
    """From the origin, unless that is who said it, to the document in hand."""
    language: str = ""
    """Of the document (BCP 47); empty, where it is not known."""
    step: str | None = None
    plot: JsonObject | None = None

    @property
    def claimant(self) -> SourceView:
        """Who said it, as one."""
        return together(self.claimants)

    @property
    def in_short(self) -> str:
        """As printed, else what it allows; and that its claimant does not stand by it."""
        return f"{self.denial}: {self.told}" if self.denial else self.told

    @property
    def relays(self) -> str:
        """Who passed it on, in words."""
        return relays(self.through)


def figure(one: JsonObject, claim: JsonObject, names: Names) -> FigureView:
    """A figure of a list or a series; the chain of its claim tells through whom it came."""
    stated, said = one.get("stated"), {**claim, **one}
    people = claimants(said, names)
    return FigureView(
        **in_words(one, names),
        claim=one["claim"],
        match=one["match"],
        dimensions=one.get("dimensions", {}),
        among=_among(one, said),
        put="" if (put := said.get("modality", "plain")) == "plain" else small(MODALITIES[put]),
        denial=figure_words.denial(said),
        claimants=people,
        stated=DateView(stated),
        time=DateView(one.get("period") or stated, lasts="period" in one),
        through=_through(claim.get("attributions", []), people, names),
        language=names.languages.get(said.get("document", ""), ""),
        step=one.get("step"),
        plot=one.get("plot"),
    )


def folded(
    rows: Sequence[JsonObject], claims: Mapping[str, JsonObject], readings: str, more: bool = False
) -> list[JsonObject]:
    """Rows of `/quantities`, none more certain than its slot: of "5 or 10", 10 is not surely meant.

    That list judges each row alone. Of the last claim, where there are ``more`` rows, its other
    figures may be yet to come.
    """
    sure = {place_of(one) for one in rows if one["match"] == "certain"}
    last = rows[-1]["claim"] if rows and more else None

    def holds(one: JsonObject) -> bool:
        every = claims.get(one["claim"], {}).get("quantities", [])
        kept = every if readings == "all" else compress(every, considered(every))
        slot = [other for other in kept if other["slot"] == one.get("slot", 1)]
        return all(place_of({**other, "claim": one["claim"]}) in sure for other in slot)

    return [
        one if one["match"] != "certain" or one["claim"] == last or holds(one)
        else {**one, "match": "possible"}
        for one in rows
    ]  # fmt: skip


def place_of(figure: JsonObject) -> tuple[str, int, int, str]:
    """What tells one figure from all others of a list."""
    return (figure["claim"], *figure_words.place(figure), figure.get("reading", "A"))


def _among(one: JsonObject, claim: JsonObject) -> str:
    """Of what a figure is one, as far as its claim came with all of its figures.

    A reading that is preferred is what the figure is taken to say, and nothing more is told of it.
    """
    number, alternative = figure_words.place(one)
    slot = [other for other in claim.get("quantities", []) if other["slot"] == number]
    alternatives = {other["alternative"] for other in slot}
    own = [other for other in slot if other["alternative"] == alternative]
    doubtful = len(own) > 1 and not one.get("preferred")
    told = [f"one of {counted(len(own), 'reading')}"] if doubtful else []
    if len(alternatives) > 1:
        mixed = ", or a mix" if claim.get("alternative_mode") == "mix" else ""
        told.append(f"one of {counted(len(alternatives), 'alternative')}{mixed}")
    return " of ".join(told)


def in_words(one: JsonObject, names: Names) -> dict[str, Any]:
    """A figure as a ``SaidFigure`` has it."""
    unit, reaching = names.other_unit(one), figure_words.reaching(one)
    return {
        "quoted": one.get("raw_text"), "hedged": hedge_words(one), "other_unit": unit,
        "reach": figure_words.reach(one) + figure_words.in_unit(unit),
        "allows": figure_words.allows(one) + figure_words.in_unit(unit),
        **{name: reaching.get(name) for name in ("lower", "value", "upper")},
    }  # fmt: skip


def hop(one: JsonObject, names: Names) -> HopView:
    """A hop of a chain, of a claim or of its provenance."""
    more = (one.get(name) for name in ("cue", "wording", "name_as_given"))
    return HopView(names.source(one["source"]), one["role"], one.get("basis", "stated"), *more)


def steps(hops: Iterable[JsonObject], names: Names) -> dict[int, list[HopView]]:
    """A chain by position, from the document in hand."""
    found: dict[int, list[HopView]] = {}
    for one in sorted(hops, key=lambda one: one.get("position", 0)):
        if one["role"] not in BESIDE_ROLES:
            found.setdefault(one["position"], []).append(hop(one, names))
    return found


def claimants(claim: JsonObject, names: Names) -> list[SourceView]:
    """Who said it: the claimant, with those at the end of its chain who said it together."""
    chain = steps(claim.get("attributions", []), names)
    last = chain[max(chain)] if chain else []
    together = [one.source for one in last if one.role in ORIGIN_ROLES]
    if "claimant" not in claim:
        return together
    claimant = names.source(claim["claimant"])
    if claimant not in together:
        return [claimant]
    return [claimant, *(one for one in together if one != claimant)]


def together(people: list[SourceView]) -> SourceView:
    """Several as one; nobody, where there is none."""
    if len(people) == 1:
        return people[0]
    return SourceView(None, listed([one.name for one in people]) or NOBODY)


def relays(chain: Steps) -> str:
    """Who passed it on, nearest to the document first, and how sure that is."""
    hops = [one for step in reversed(chain) for one in step]
    told = [
        one.source.name + (f" ({one.unsure})" if one.unsure else "")
        for one in hops if one.role in ("relayer", "translator")
    ]  # fmt: skip
    return f"through {listed(told)}" if told else "no relay named"


def _through(hops: Iterable[JsonObject], people: list[SourceView], names: Names) -> Steps:
    found = steps(hops, names)
    ranked = [found[position] for position in sorted(found, reverse=True)]
    alone = ranked and [one.source for one in ranked[0]] == people
    return ranked[1:] if alone else ranked
