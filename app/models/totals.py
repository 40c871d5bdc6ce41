"""The shape of totals: sums as intervals, and what may be wrong with them."""

from pydantic import Field

from app.models.analysis import Analysis, Bounds, Listed
from app.models.base import ResponseModel


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
