"""Measures: the definitions that make figures comparable."""

from typing import Annotated, Literal

from pydantic import StringConstraints, model_validator
from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from app.models.base import Recorded, Searchable, StrictModel, versioned, vocabulary_check
from app.models.field_types import Exact, Line, Prose, Slug, Text
from app.rules.numbers import exact

Statistic = Literal["count", "capacity", "share", "rate", "amount", "date", "other"]
Accumulation = Literal["cumulative", "incident", "stock", "none"]
Unit = Annotated[str, StringConstraints(max_length=100)]


class MeasureFields(StrictModel):
    """The fields of a measure that lists can be filtered by; each is a column too."""

    unit: Unit = Field(
        sa_type=Text, description="UCUM; counted things as `{container}`, rates as `{shell}/a`"
    )
    statistic: Statistic = Field(default="count", sa_type=Text, description="the kind of number")
    accumulation: Accumulation = Field(
        default="none", sa_type=Text,
        description="a cumulative measure grows or stays; an incident one counts a period",
    )  # fmt: skip


class MeasureBody(MeasureFields):
    """A measure as it is sent, but for its id."""

    name: Line | None = None
    definition: Prose | None = None
    unit_label: Line | None = Field(
        default=None, description="the unit in words; they may follow a figure in `raw_text`"
    )
    domain_min: Exact | None = Field(
        default=None, description="no figure can be lower; 0 for counts, capacities and shares"
    )
    domain_max: Exact | None = Field(
        default=None, description="no figure can be higher; 1 for shares"
    )
    notes: Prose | None = None

    @model_validator(mode="after")
    def domain_follows_statistic(self) -> "MeasureBody":
        whole = {"1": "1", "%": "100"}.get(self.unit)
        if self.domain_min is None and self.statistic in ("count", "capacity", "share"):
            object.__setattr__(self, "domain_min", "0")
        if self.domain_max is None and self.statistic == "share" and whole:
            object.__setattr__(self, "domain_max", whole)
        return self

    @model_validator(mode="after")
    def domain_in_order(self) -> "MeasureBody":
        low, high = self.domain_min, self.domain_max
        if low is not None and high is not None and exact(low) > exact(high):
            raise ValueError("`domain_min` is above `domain_max`")
        return self


class MeasureIn(MeasureBody):
    """A measure as it is sent."""

    id: Slug


class MeasureOut(MeasureBody, Recorded):
    """A measure as it is answered."""


class Measure(MeasureFields, Searchable, table=True):
    """One version of a measure."""

    __table_args__ = versioned(
        vocabulary_check("statistic", Statistic),
        vocabulary_check("accumulation", Accumulation),
        CheckConstraint("length(unit) <= 100", name="unit_length"),
        Index(None, "recorded_to", "id"),
    )
