"""View models of a measure: what is known of it, ready to be shown, without any markup.

Made of the API's answers alone, so the terminal and pages show the same, asked here or far away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.render import figure_words
from app.render.figure_views import (
    DateView,
    FigureView,
    Names,
    SourceView,
    figure,
    folded,
    together,
)
from app.rules.agreement import ThreeValued
from app.rules.intervals import opened
from app.rules.json_types import JsonObject

BY_VOICE = ("claimant", "origin", "origin_root", "document")


@dataclass(frozen=True)
class GroupView:
    """Who or what has these points, and what tells it apart."""

    name: str
    detail: str
    points: list[FigureView]


@dataclass(frozen=True)
class ComparedView:
    """A figure of a comparison, and what it says of the time asked about."""

    worded: str
    claimant: SourceView
    time: DateView
    says: str | None


@dataclass(frozen=True)
class PairView:
    """Two figures, whether they disagree (true, false, unclear), in what way, and why."""

    disagreement: ThreeValued
    kind: str
    reason: str


@dataclass(frozen=True)
class ComparisonView:
    """Whether the figures agree at a time, with the reasons."""

    at: str
    figures: list[ComparedView]
    pairs: list[PairView]
    common: str | None
    spread: str | None
    left_out: int

    @property
    def agreed(self) -> int:
        """How many pairs do not disagree."""
        return sum(pair.disagreement == "false" for pair in self.pairs)


@dataclass(frozen=True)
class OriginView:
    """An origin, the root above it (None: not known), and its claims."""

    source: SourceView
    root: SourceView | None
    anonymous: bool
    claims: int


@dataclass(frozen=True)
class CorroborationView:
    """Who stands behind the claims, and who and what adds no origin; lists are of the first."""

    low: int
    high: int
    origins: list[OriginView]
    origin_count: int
    claims: int
    documents: int
    relayers: list[SourceView]
    relayer_count: int
    derived: list[str]
    derived_count: int
    cycles: list[list[str]]
    cycles_complete: bool


@dataclass(frozen=True)
class AssumptionsView:
    """What the answers take for granted, each sentence once."""

    as_of: str
    notes: list[str]


@dataclass(frozen=True)
class MeasureView:
    """Everything about one measure, from its figures to what is assumed."""

    id: str
    name: str
    unit: str
    kind: str
    figures: list[FigureView]
    more_figures: bool
    other_units: int
    """Figures in another unit than the measure's, which were not held against a question."""
    group_by: str
    groups: list[GroupView]
    more_points: bool
    against: list[FigureView]
    against_left_out: int
    comparison: ComparisonView | None
    corroboration: CorroborationView
    assumptions: AssumptionsView

    def count(self, match: str) -> int:
        """How many figures fit so firmly: certainly, possibly."""
        return sum(one.match == match for one in self.figures)


def measure(answers: JsonObject, claims: Mapping[str, JsonObject], names: Names) -> MeasureView:
    """A measure of its answers by name: measure, figures, series, comparison, corroboration."""
    about, series, figures = (answers[name] for name in ("measure", "series", "figures"))
    compared = answers.get("comparison")
    strict = series["assumptions"]["policy"] == "strict"
    readings, more = series["assumptions"]["readings"], bool(figures["next_cursor"])
    names.units[series["measure"]] = series["unit"]
    kind = "running total" if series["accumulation"] == "cumulative" else about.get("statistic")

    def shown(one: JsonObject) -> FigureView:
        return figure(opened(one) if strict else one, claims.get(one["claim"], {}), names)

    return MeasureView(
        id=series["measure"],
        name=about.get("name", series["measure"]),
        unit=series["unit"],
        kind=kind or "count",
        figures=[shown(one) for one in folded(figures["items"], claims, readings, more)],
        more_figures=more,
        other_units=answers.get("other_units", {}).get("count", 0),
        group_by=series["group_by"],
        groups=[
            GroupView(*_group(one, series["group_by"], names), [shown(p) for p in one["points"]])
            for one in series["groups"]
        ],
        more_points=bool(series["next_cursor"]),
        against=[shown(one) for one in series["against"]],
        against_left_out=series["against_left_out"],
        comparison=compared and comparison(compared, names),
        corroboration=corroboration(answers["corroboration"], names),
        assumptions=assumptions([series, *([compared] if compared else []),
                                 answers["corroboration"]]),
    )  # fmt: skip


def _group(group: JsonObject, by: str, names: Names) -> tuple[str, str]:
    id = group["group"]
    if id is None and by not in BY_VOICE:
        return "all of them" if by == "none" else f"without {by}", ""
    name = " and ".join(names.source(one).name for one in group.get("members", [id]))
    return name, group.get("document") or (id if id and id != name else "")


def comparison(told: JsonObject, names: Names) -> ComparisonView:
    """Whether figures agree, of the answer of `/measures/{id}/comparison`."""

    def in_unit(one: JsonObject) -> str:
        return figure_words.in_unit(figure_words.other_unit(one, told["unit"]))

    common, spread = (
        told[name] and figure_words.interval(told[name]) + in_unit(told["figures"][0])
        for name in ("common", "spread")
    )  # of one unit, else there is none
    return ComparisonView(
        at=told["at"],
        figures=[
            ComparedView(
                (
                    " / ".join(f"“{text}”" for text in one["raw_text"])
                    or figure_words.ABSENT.get(one.get("absence", ""))
                    or figure_words.interval(one["bounds"])
                )
                + in_unit(one),
                together([names.source(id) for id in one["said_by"]]),
                DateView(one.get("period") or one.get("stated"), lasts="period" in one),
                figure_words.interval(one["at"]) + in_unit(one) if one["at"] else None,
            )
            for one in told["figures"]
        ],
        pairs=[PairView(one["disagreement"], one["kind"], one["reason"]) for one in told["pairs"]],
        common=common,
        spread=spread,
        left_out=told["left_out"],
    )


def corroboration(told: JsonObject, names: Names) -> CorroborationView:
    """Who stands behind claims, of the answer of `/measures/{id}/corroboration`."""
    return CorroborationView(
        low=told["independent_origins"]["min"],
        high=told["independent_origins"]["max"],
        origins=[
            OriginView(
                names.source(one["source"]),
                names.source(one["root"]) if one["root"] else None,
                one["anonymous"],
                one["claims"],
            )
            for one in told["origins"]["items"]
        ],
        origin_count=told["origins"]["count"],
        claims=told["claims"]["count"],
        documents=told["documents"]["count"],
        relayers=[names.source(id) for id in told["relayers"]["items"]],
        relayer_count=told["relayers"]["count"],
        derived=[one["claim"] for one in told["derived_excluded"]["items"]],
        derived_count=told["derived_excluded"]["count"],
        cycles=told["cycles"],
        cycles_complete=told["cycles_complete"],
    )


def assumptions(answers: Iterable[JsonObject]) -> AssumptionsView:
    """What some answers take for granted."""
    every = [one["assumptions"] for one in answers]
    notes = dict.fromkeys(note for one in every for note in one["notes"])
    return AssumptionsView(every[0]["as_of"], list(notes))
