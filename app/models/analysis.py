"""Response models of analysis: answers with the claims they rest on and their assumptions."""

from typing import Any

from pydantic import Field

from app.models.base import ResponseModel
from app.models.page import NEXT, Origin, QuantityRow
from app.models.quantity import Absence
from app.models.question import LinkedBy, Match, Policy, Readings
from app.rules.agreement import IntervalRelation, PairKind, SeriesStep, ThreeValued
from app.rules.drift import Drift


class Span(ResponseModel):
    """Days, from the first to the last; null where a side is open."""

    from_: str | None = Field(alias="from")
    to: str | None


class Plot(Span):
    """Plain numbers to draw a figure with (dates, for a measure of dates)."""

    value: float | None
    lower: float | str | None
    upper: float | str | None
    open_below: bool = Field(description="no lower bound: draw an arrow downwards")
    open_above: bool = Field(description="no upper bound: draw an arrow upwards")


class PointOut(QuantityRow):
    """One figure of a series, exact as it was said, and as it can be drawn."""

    step: SeriesStep | None = Field(
        description="what it is to the point before it; null for the first"
    )
    time: Span = Field(description="the reference time: the end of `period`, else `stated`")
    plot: Plot


class Assumptions(ResponseModel):
    """What an answer takes for granted."""

    policy: Policy
    readings: Readings
    match: Match
    as_of: str = Field(description="the moment of the database that was asked")
    filters: dict[str, list[str]] = Field(description="the conditions, as they were sent")
    notes: list[str] = Field(description="in words")


class Analysis(ResponseModel):
    """What every analysis says beside its answer."""

    assumptions: Assumptions


class Group(ResponseModel):
    """The points of one claimant, origin, document or value, in order of reference time."""

    group: str | None = Field(
        description="null where nobody is named, where the figure has no such dimension or "
        "attribute, or where nothing is grouped; joint sources with + between them"
    )
    members: list[str] = Field(default=[], description="the sources of a joint group")
    document: str | None = Field(
        default=None, description="where nobody is named: the document that has it"
    )
    points: list[PointOut]


class SeriesOut(Analysis):
    """A measure's figures by reference time."""

    measure: str
    unit: str
    accumulation: str
    group_by: str
    groups: list[Group]
    against: list[PointOut] = Field(description="denials and retractions; on the first page")
    against_left_out: int = Field(description="denials over 200, not listed")
    next_cursor: str | None
    next: str | None = Field(description=NEXT)


class Bounds(ResponseModel):
    """An interval as exact decimals (or dates); a bound that is null is open."""

    lower: str | None
    upper: str | None
    lower_inclusive: bool | None = None
    upper_inclusive: bool | None = None


class Compared(ResponseModel):
    """One claim's figure (a slot, with all its alternatives and considered readings)."""

    claim: str
    version: int
    slot: int
    claimant: str | None
    said_by: list[str] = Field(description="the claimant, and who said it too; else the origins")
    document: str
    stated: str | None = None
    period: str | None = None
    time: Span
    raw_text: list[str]
    absence: Absence | None = Field(default=None, description="why there is no figure")
    unit: str
    dimensions: list[dict[str, Any]]
    bounds: Bounds = Field(description="the hull of its alternatives and readings")
    at: Bounds | None = Field(default=None, description="what it says of the time asked about")


class Pair(ResponseModel):
    """Two figures, and whether they exclude each other."""

    one: int = Field(description="place in `figures`, from 0")
    other: int
    kind: PairKind = Field(
        description="agreement: some number fits both; growth, other_time: their times explain it; "
        "revision: of one claimant, or by a relation such as corrects"
    )
    relation: IntervalRelation
    common: Bounds | None = Field(description="the intersection; null where there is none")
    spread: Bounds | None = Field(description="the smallest interval that holds both")
    disagreement: ThreeValued = Field(
        description="do they exclude each other? A word, not a boolean: `unclear` is one too"
    )
    same_claimant: bool
    reason: str


class ComparisonOut(Analysis):
    """Every pair of claims on a measure."""

    measure: str
    unit: str = Field(description="the measure's")
    at: str | None
    figures: list[Compared]
    pairs: list[Pair]
    common: Bounds | None = Field(
        description="what all of them allow at the time asked about, or at their own if it is one"
    )
    spread: Bounds | None = Field(description="from the lowest to the highest of them")
    left_out: int = Field(description="figures that were found and not compared: over `limit`")
    against: list[str] = Field(description="claims that deny or take back a figure")


class Independent(ResponseModel):
    """At least and at most so many independent origins."""

    min: int
    max: int


class OriginOut(Origin):
    """Who stands at the end of a chain, under whom, and by how many claims."""

    anonymous: bool
    claims: int


class Listed(ResponseModel):
    """A count, and what was counted (up to 1,000)."""

    count: int
    items: list[str]


class Derived(ResponseModel):
    """A claim that rests on another, and so adds no origin."""

    claim: str
    derived_from: list[str]


class DerivedClaims(ResponseModel):
    """The claims that add no origin."""

    count: int
    items: list[Derived]


class Origins(ResponseModel):
    """Who stands at the ends of the chains."""

    count: int
    items: list[OriginOut]


class CorroborationOut(Analysis):
    """What stands behind some claims: how much of it is independent."""

    claims: Listed
    documents: Listed
    relayers: Listed
    origins: Origins
    independent_origins: Independent
    anonymous: int
    derived_excluded: DerivedClaims
    cycles: list[list[str]] = Field(description="chains that lead back to where they began")
    cycles_complete: bool = Field(description="false: there may be more")
    against: Listed


class ChangeOut(ResponseModel):
    """One way in which a wording differs from the one before it."""

    drift: Drift
    of: str
    before: str | None
    after: str | None


class Wording(ResponseModel):
    """One attestation of an utterance, or one hop of a chain, against the baseline."""

    claims: list[str] = Field(default=[], description="of one document, counting different things")
    document: str | None = None
    source: str | None = Field(default=None, description="the hop, along one chain")
    distance: int = Field(description="steps from the origin")
    wording: list[str]
    drift: list[Drift]
    changes: list[ChangeOut]


class DriftOut(Analysis):
    """How the wording changed on its way."""

    utterance: str | None = None
    claim: str | None = None
    baseline: str | None = Field(description="a claim, or a source of the chain")
    items: list[Wording]
    left_out: int


class RatioSide(ResponseModel):
    """One of the two figures of a ratio."""

    claim: str
    version: int
    slot: int
    alternative: int
    reading: str
    raw_text: str | None = None
    claimant: str | None = None
    stated: str | None = None
    dimensions: dict[str, Any] = {}


class Ratio(ResponseModel):
    """What two figures imply: twelve digits, with bounds that hold the exact ratio."""

    by: list[LinkedBy]
    numerator: RatioSide
    denominator: RatioSide
    unit: str = Field(description="of these two figures, which may be sent in another")
    value: str | None
    bounds: Bounds
    basis: str


class RatiosOut(Analysis):
    """The ratios implied between two measures."""

    numerator: str
    denominator: str
    unit: str = Field(description="that of the measures; each ratio tells its own")
    by: list[LinkedBy]
    items: list[Ratio]
    truncated: bool


class Sum(ResponseModel):
    """A sum of figures, as far as their hedges allow."""

    bounds: Bounds = Field(description="[Σ lower, Σ upper]; null where one of them is open")
    nominal: str | None = Field(description="the sum of the values named")
    without_nominal: int = Field(description="figures in the bounds that name no single value")
    claims: int
    figures: int
    without_figure: Listed = Field(description="claims that give no figure; they add nothing")


class GroupSum(Sum):
    """The sum of one group."""

    group: dict[str, str | None] = Field(description="by each name asked for; null: it has none")


class Overlap(ResponseModel):
    """Two claims whose periods share days."""

    one: str
    other: str
    reason: str


class Overlaps(ResponseModel):
    """Figures that may count the same thing twice."""

    count: int
    items: list[Overlap]


class LeftOut(ResponseModel):
    """A claim that was found and not added."""

    claim: str
    reason: str
    by: str | None = Field(default=None, description="the claim that takes its place")


class TotalsOut(Analysis):
    """What the figures of a measure come to."""

    measure: str
    unit: str
    by: list[str]
    total: Sum | None = Field(description="all of it; null where the groups are several voices'")
    groups: list[GroupSum]
    overlaps: Overlaps
    warnings: list[str] = Field(description="what may be in a sum twice, in words")
    left_out: list[LeftOut]
    against: list[str] = Field(description="claims that deny or take back a figure")
