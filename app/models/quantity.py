"""Quantities: figures as worded, with their hedge, bounds, alternatives and readings."""

from typing import Annotated, Any, Literal

from jiter import LosslessFloat
from pydantic import BeforeValidator, StringConstraints, WithJsonSchema
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field

from app.models.base import (
    ChildRow,
    StrictModel,
    lifetime,
    slug_check,
    strict_days_check,
    vocabulary_check,
)
from app.models.field_types import (
    EXACT_PATTERN,
    SAFE_INTEGER,
    Edtf,
    EmptyList,
    Exact,
    Float64,
    Int,
    Int64,
    Line,
    Prose,
    Slug,
    Text,
)
from app.models.measure import Unit
from app.rules import numbers

Hedge = Literal[
    "none", "exact", "approximate", "more_than", "at_least", "up_to", "less_than",
    "nearly", "just_over", "between", "order_of", "vague", "plus_minus",
]  # fmt: skip
Basis = Literal["stated", "entailed", "convention", "domain"]
IntervalType = Literal["bounds", "confidence", "standard_deviation"]
Absence = Literal["unknown", "withheld", "not_applicable"]
Flag = Literal[
    "lower_above_value", "upper_below_value", "lower_above_upper", "outside_domain", "other_kind",
    "differs_from_lexicon", "not_read",
]  # fmt: skip
Reading = Annotated[str, StringConstraints(pattern=r"^[A-Z]$")]
Ordinal = Annotated[Int, Field(ge=1, le=1000)]
TRAIT_NAME = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*_?$"
"""No two underscores side by side: in a filter an operator begins there."""

PRINTED = r"^[^\x00-\x1f]{1,500}$"
TraitName = Annotated[str, StringConstraints(pattern=TRAIT_NAME, max_length=64)]


def _as_sent(value: object) -> object:
    """A number that no JSON reader is sure to keep goes on as its digits, never as a float."""
    if isinstance(value, LosslessFloat) or (type(value) is int and abs(value) > SAFE_INTEGER):
        numbers.exact(str(value))
        return str(value)
    return value


_TEXT: dict[str, Any] = {"type": "string", "pattern": PRINTED}
TraitValue = Annotated[
    int | Annotated[str, StringConstraints(pattern=rf"{PRINTED}|{EXACT_PATTERN}", max_length=1000)],
    BeforeValidator(_as_sent),
    WithJsonSchema({"anyOf": [{"type": "number"}, _TEXT]}, mode="validation"),
    WithJsonSchema(
        {"anyOf": [{"type": "integer"}, {**_TEXT, "pattern": rf"{PRINTED}|{EXACT_PATTERN}"}]},
        mode="serialization",
    ),
]
"""Text, or an exact decimal: a whole number comes back as one, any other as its digits, as text."""


class FigureFields(StrictModel):
    """The fields of a figure that lists can be filtered by; each is a column too."""

    hedge: Hedge | None = Field(default=None, sa_type=Text, description="how firmly it was put")
    unit: Unit | None = Field(default=None, sa_type=Text, description="the measure's, unless sent")
    slot: Ordinal | None = Field(
        default=None,
        sa_type=Int64,
        description="X *and* Y are two; its index unless sent; A *or* B share it",
    )
    alternative: Ordinal | None = Field(
        default=None, sa_type=Int64, description="the source itself says A *or* B; 1 unless sent"
    )
    reading: Reading | None = Field(
        default=None, sa_type=Text,
        description="the wording is ambiguous and is read as A, B …; A unless sent",
    )  # fmt: skip
    preferred: bool = Field(
        default=False, description="the recorder's preferred reading of this alternative"
    )


class Figure(FigureFields):
    """A figure but for its measure, as it is sent flat with a claim or as one of `quantities`."""

    reading_note: Prose | None = None
    dimensions: dict[TraitName, TraitValue] = Field(
        default={}, max_length=50,
        description="what narrows the measure: `calibre_mm: 152`; text, or a decimal, which is "
        "read digit for digit (but for whole numbers it comes back as text)",
    )  # fmt: skip
    attributes: dict[TraitName, TraitValue] = Field(
        default={}, max_length=50,
        description="what describes the figure without narrowing it: `edition: 2`, `rank: best`",
    )  # fmt: skip
    raw_text: Line | None = Field(default=None, description="as printed")
    value: Exact | None = Field(default=None, description="nominal; null if there is none")
    date: Edtf | None = Field(
        default=None, description="EDTF, for a measure whose statistic is date: `197X`"
    )
    lower: Exact | None = Field(default=None, description="null: unbounded")
    upper: Exact | None = Field(default=None, description="null: unbounded")
    lower_inclusive: bool | None = None
    upper_inclusive: bool | None = None
    lower_basis: Basis | None = Field(default=None, description="where the bound comes from")
    upper_basis: Basis | None = Field(default=None, description="where the bound comes from")
    interval_type: IntervalType = "bounds"
    interval_level: Exact | None = None
    absence: Absence | None = Field(default=None, description="why there is no figure")
    lexicon_version: Line | None = Field(
        default=None, description="with an older one nothing is derived or flagged again"
    )
    flags: list[Flag] = Field(
        default=EmptyList(), max_length=20, description="derived by the server"
    )


class QuantityIn(Figure):
    """One figure of a claim as it is sent: its measure, and at least what was printed."""

    measure: Slug


class QuantityOut(QuantityIn):
    """One figure of a claim as it is answered, with hedge, bounds and their basis."""


class Quantity(FigureFields, ChildRow, table=True):
    """One figure of one version of a claim, indexed for three-valued filters.

    ``lo`` and ``hi`` are the closed interval in double precision (an open bound is the next
    double), ``strict_*`` the same with every bound of convention taken away; nothing matches
    an interval from +∞ to −∞.
    """

    measure: str = Field(sa_type=Text)
    considered: bool
    sole: bool
    sole_considered: bool
    mix: bool
    lo: float = Field(sa_type=Float64)
    hi: float = Field(sa_type=Float64)
    lo_asc: float = Field(sa_type=Float64)
    strict_lo: float = Field(sa_type=Float64)
    strict_hi: float = Field(sa_type=Float64)
    date_lo: int = Field(sa_type=Int64)
    date_hi: int = Field(sa_type=Int64)
    date_strict_lo: int | None = Field(default=None, sa_type=Int64)
    date_strict_hi: int | None = Field(default=None, sa_type=Int64)
    nominal: float | None = Field(default=None, sa_type=Float64)
    lower: float | None = Field(default=None, sa_type=Float64)
    upper: float | None = Field(default=None, sa_type=Float64)
    dims: str = Field(default="", sa_type=Text)
    flags: str = Field(default="", sa_type=Text)
    doc: str = Field(sa_type=Text)

    __table_args__ = (
        *lifetime(),
        ForeignKeyConstraint(["claim_id", "version"], ["claim.id", "claim.version"]),
        vocabulary_check("hedge", Hedge),
        CheckConstraint("hedge IS NOT NULL AND unit IS NOT NULL", name="hedge_and_unit_known"),
        CheckConstraint(
            "slot IS NOT NULL AND alternative IS NOT NULL AND reading IS NOT NULL",
            name="place_known",
        ),
        CheckConstraint("length(unit) <= 100", name="unit_length"),
        CheckConstraint("slot BETWEEN 1 AND 1000", name="slot_counts"),
        CheckConstraint("alternative BETWEEN 1 AND 1000", name="alternative_counts"),
        CheckConstraint("reading BETWEEN 'A' AND 'Z'", name="reading_letter"),
        CheckConstraint("length(reading) = 1", name="reading_length"),
        CheckConstraint("NOT preferred OR considered", name="preferred_is_considered"),
        CheckConstraint("sole_considered OR NOT (sole AND considered)", name="sole_considered"),
        slug_check("measure"),
        *strict_days_check("date"),
        Index(
            "ix_quantity_of_measure", "measure", "recorded_to", "claim_id", "version",
            # What a question about the interval looks at, so that it reads only rows that fit.
            "n", "slot", "considered", "sole_considered", "lo", "hi",
        ),
        Index(
            "uq_quantity_place", "claim_id", "version", "slot", "alternative", "reading",
            unique=True,
        ),
        Index(
            "uq_quantity_preferred", "claim_id", "version", "slot", "alternative", unique=True,
            sqlite_where=text("preferred"), postgresql_where=text("preferred"),
        ),
    )  # fmt: skip


QUANTITY_KEY = ["quantity.claim_id", "quantity.version", "quantity.n"]


class Trait(ChildRow, table=True):
    """A dimension or an attribute of a figure, for filters: worked out from the figure's document.

    ``n`` is the figure's; ``name`` is the parameter that asks for it (``dim.calibre_mm``), ``word``
    the one spelling of its value, ``number`` the same where it is one.
    """

    name: str = Field(primary_key=True, sa_type=Text)
    word: str = Field(sa_type=Text)
    number: float | None = Field(default=None, sa_type=Float64)

    __table_args__ = (
        *lifetime(),
        ForeignKeyConstraint(["claim_id", "version", "n"], QUANTITY_KEY),
        CheckConstraint("name LIKE 'dim._%' OR name LIKE 'attr._%'", name="name_kind"),
        Index(None, "name", "word"),
    )
