"""Claims: one statement attributed to a claimant, as found in one document.

With its attributions (through whom it came) and its relations (what it says of other claims).
"""

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, StringConstraints, model_validator
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import Field

from app.models.base import (
    ChildRow,
    FaultOut,
    Recorded,
    Searchable,
    StrictModel,
    lifetime,
    slug_check,
    strict_days_check,
    versioned,
    vocabulary_check,
)
from app.models.field_types import Edtf, EmptyList, Int, Int64, Line, Prose, Slug, Text
from app.models.measure import MeasureIn
from app.models.quantity import Figure, QuantityIn, QuantityOut
from app.models.source import SourceIn

Predicate = Literal[
    "same_utterance", "relays", "updates", "revises", "corrects", "retracts", "supersedes",
    "derived_from", "supports", "confirms", "disputes", "refutes", "qualifies", "denies",
    "compares_with", "responds_to", "elaborates",
]  # fmt: skip
ChainRole = Literal[
    "document", "publisher", "author", "relayer", "speaker", "originator", "translator"
]
BesideRole = Literal["evidence", "occasion", "recipient"]
Role = Literal[ChainRole, BesideRole]
AttributionBasis = Literal["stated", "inferred", "ambiguous"]
RelationBasis = Literal["stated", "inferred", "computed"]


class AttributionFields(StrictModel):
    """The fields of a hop that claims can be filtered by; each is a column too."""

    source: Slug = Field(sa_type=Text)
    position: Annotated[Int, Field(ge=0, le=1000)] | None = Field(
        default=None, sa_type=Int64,
        description="0 is the document in hand, the last is the origin; joint sources share one",
    )  # fmt: skip
    role: Role = Field(sa_type=Text)
    name_as_given: Line | None = Field(
        default=None, sa_type=Text, description="the name as printed, where it is another"
    )
    basis: AttributionBasis = Field(default="stated", sa_type=Text)


class Attribution(AttributionFields):
    """One hop of the chain from the document to the origin, or a source beside the chain."""

    cue: Line | None = Field(default=None, description="the words that attribute")
    wording: Line | None = Field(default=None, description="the figure as this hop worded it")


class RelationFields(StrictModel):
    """What one claim says of another; each field is a column too."""

    predicate: Predicate = Field(sa_type=Text)
    object: Slug = Field(sa_type=Text, description="a claim")
    basis: RelationBasis = Field(default="stated", sa_type=Text)


class Relation(RelationFields):
    """An outgoing relation of a claim."""

    note: Prose | None = None


class ClaimAttribution(AttributionFields, ChildRow, table=True):
    """One hop of one version of a claim."""

    __tablename__ = "attribution"

    is_via: bool = Field(description="strictly between the document and the origin")
    is_origin: bool

    __table_args__ = (
        *lifetime(),
        ForeignKeyConstraint(["claim_id", "version"], ["claim.id", "claim.version"]),
        vocabulary_check("role", Role),
        vocabulary_check("basis", AttributionBasis),
        slug_check("source"),
        CheckConstraint("position >= 0", name="position_counts"),
        CheckConstraint(
            f"(position IS NULL) = (role IN {get_args(BesideRole)!r})", name="beside_the_chain"
        ),
        CheckConstraint("NOT (is_via AND is_origin)", name="via_is_not_origin"),
        CheckConstraint("length(name_as_given) BETWEEN 1 AND 500", name="name_as_given_length"),
        Index(None, "source", "recorded_to", "claim_id"),
    )


class ClaimRelation(RelationFields, ChildRow, table=True):
    """One outgoing relation of one version of a claim."""

    __tablename__ = "relation"

    __table_args__ = (
        *lifetime(),
        ForeignKeyConstraint(["claim_id", "version"], ["claim.id", "claim.version"]),
        vocabulary_check("predicate", Predicate),
        vocabulary_check("basis", RelationBasis),
        slug_check("object"),
        CheckConstraint("object <> claim_id", name="of_another_claim"),
        Index(None, "object", "recorded_to", "claim_id"),
    )


Modality = Literal["plain", "probable", "possible"]
SpeechAct = Literal[
    "assert", "estimate", "suspect", "report", "confirm", "deny", "correct", "retract"
]
Polarity = Literal["positive", "negative"]
AlternativeMode = Literal["single", "or", "xor", "mix"]
Tag = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]{1,200}$")]
CodePoint = Annotated[Int, Field(ge=0, le=2**31)]


class Quote(StrictModel):
    """Where the words stand (W3C Web Annotation selectors, counted in code points)."""

    exact: Prose | None = None
    prefix: Line | None = None
    suffix: Line | None = None
    start: CodePoint | None = None
    end: CodePoint | None = None
    type: Literal["direct", "indirect", "mixed"] | None = None

    @model_validator(mode="after")
    def end_after_start(self) -> "Quote":
        if (self.start is None) != (self.end is None):
            raise ValueError("send `start` and `end` together")
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise ValueError("`end` is not after `start`")
        return self


def _said(quote: Quote | None) -> Quote | None:
    """A quote that says nothing is none."""
    return None if quote is None or quote == Quote() else quote


class ClaimFields(StrictModel):
    """The fields of a claim that lists can be filtered by; each is a column too."""

    claimant: Slug | None = Field(
        default=None, sa_type=Text, description="who is said to have said it; a source"
    )
    document: Slug = Field(sa_type=Text, description="the work it was found in; a source")
    utterance: Slug | None = Field(
        default=None, sa_type=Text, description="shared by the attestations of one speech act"
    )
    speech_act: SpeechAct | None = Field(default=None, sa_type=Text)
    modality: Modality = Field(default="plain", sa_type=Text)
    polarity: Polarity = Field(
        default="positive", sa_type=Text, description="negative: the figures are what is denied"
    )
    alternative_mode: AlternativeMode = Field(
        default="single", sa_type=Text, description="how the alternatives go together"
    )
    published: Edtf | None = Field(
        default=None, sa_type=Text,
        description="EDTF: when a reader could know it; the document's date unless sent",
    )  # fmt: skip


class ClaimBody(ClaimFields):
    """A claim but for its id and its lists of parts."""

    statement: Prose | None = Field(default=None, description="the recorder's own words")
    quote: Annotated[Quote | None, AfterValidator(_said)] = None
    locator: Line | None = None
    cue: Line | None = Field(default=None, description="the reporting verb")
    modal_cue: Line | None = None
    stated: Edtf | None = Field(default=None, description="EDTF: when the claimant said it")
    period: Edtf | None = Field(default=None, description="EDTF: the time the figures describe")
    tags: list[Tag] = Field(default=EmptyList(), max_length=100)
    inferred: list[Line] = Field(
        default=EmptyList(), max_length=100, description="names of fields the recorder inferred"
    )
    notes: Prose | None = None
    attributions: list[Attribution] = Field(default=EmptyList(), max_length=100)
    relations: list[Relation] = Field(default=EmptyList(), max_length=200)


class ClaimIn(ClaimBody):
    """A claim in full form, as it is stored: the aggregate with all its parts."""

    id: Slug | None = None
    quantities: list[QuantityIn] = Field(default=EmptyList(), max_length=200)

    @model_validator(mode="after")
    def alternatives_have_a_mode(self) -> "ClaimIn":
        several = any((q.alternative or 1) > 1 for q in self.quantities)
        if several and self.alternative_mode == "single":
            raise ValueError("alternatives need `alternative_mode`: or, xor, or mix")
        return self


class Included(StrictModel):
    """What a claim refers to and may not be stored yet; what is stored already stays as it is."""

    __hash__ = object.__hash__  # a default that is shared, as ``EmptyList`` is

    sources: list[SourceIn] = Field(default=EmptyList(), max_length=200)
    measures: list[MeasureIn] = Field(default=EmptyList(), max_length=200)


class ClaimSent(ClaimIn, Figure):
    """A claim as it is sent: in full, or flat where it has one figure."""

    measure: Slug | None = Field(default=None, description="of a figure that is sent flat")
    via: list[Slug] = Field(
        default=EmptyList(),
        max_length=98,
        description="relayers, from the document to the claimant",
    )
    included: Included = Included()


class ClaimOut(ClaimBody, Recorded):
    """A claim as it is answered, with its derived chain, hedges and bounds."""

    quantities: list[QuantityOut] = []


class ClaimMade(ClaimOut):
    """A claim as whoever sent it is answered."""

    notices: list[FaultOut] = Field(
        default=[],
        description="what it newly refers to and is withdrawn; what it `included` and is stored "
        "otherwise, which stays",
    )
    similar: list[Slug] = Field(
        default=[], max_length=10,
        description="others that say the same: of this claimant, document, measure, unit and "
        "time, in this wording (or with this value, where there is none); at most 10",
    )  # fmt: skip


class Claim(ClaimFields, Searchable, table=True):
    """One version of a claim: the columns to filter by, and the document to answer with.

    ``strict_*`` days are null where they are the others: only a qualified date, or a season, is
    wider when nothing may rest on convention.
    """

    stated_lo: int = Field(sa_type=Int64)
    stated_hi: int = Field(sa_type=Int64)
    stated_asc: int = Field(sa_type=Int64)
    published_lo: int | None = Field(default=None, sa_type=Int64)
    published_hi: int | None = Field(default=None, sa_type=Int64)
    period_start_lo: int = Field(sa_type=Int64)
    period_start_hi: int = Field(sa_type=Int64)
    period_end_lo: int = Field(sa_type=Int64)
    period_end_hi: int = Field(sa_type=Int64)
    stated_strict_lo: int | None = Field(default=None, sa_type=Int64)
    stated_strict_hi: int | None = Field(default=None, sa_type=Int64)
    published_strict_lo: int | None = Field(default=None, sa_type=Int64)
    published_strict_hi: int | None = Field(default=None, sa_type=Int64)
    period_start_strict_lo: int | None = Field(default=None, sa_type=Int64)
    period_start_strict_hi: int | None = Field(default=None, sa_type=Int64)
    period_end_strict_lo: int | None = Field(default=None, sa_type=Int64)
    period_end_strict_hi: int | None = Field(default=None, sa_type=Int64)
    tags: str = Field(default="", sa_type=Text)
    grams: str = Field(default="", sa_type=Text)
    likeness: int | None = Field(default=None, sa_type=Int64)

    __table_args__ = versioned(
        vocabulary_check("speech_act", SpeechAct),
        vocabulary_check("modality", Modality),
        vocabulary_check("polarity", Polarity),
        vocabulary_check("alternative_mode", AlternativeMode),
        slug_check("claimant"),
        slug_check("document"),
        slug_check("utterance"),
        CheckConstraint("stated_lo <= stated_hi", name="stated_order"),
        CheckConstraint("published_lo <= published_hi", name="published_order"),
        CheckConstraint("(published_lo IS NULL) = (published_hi IS NULL)", name="published_whole"),
        CheckConstraint("period_start_lo <= period_start_hi", name="period_start_order"),
        CheckConstraint("period_end_lo <= period_end_hi", name="period_end_order"),
        *strict_days_check("stated", "published", "period_start", "period_end"),
        Index(None, "recorded_to", "id"),
        Index(None, "recorded_to", "recorded_at", "id"),
        Index(None, "recorded_to", "stated_lo", "id"),
        Index(None, "recorded_to", "stated_asc", "id"),
        Index(None, "claimant", "recorded_to", "id"),
        Index(None, "document", "recorded_to", "id"),
        Index(None, "utterance", "recorded_to", "id"),
        Index(None, "likeness", "recorded_to", "id"),
    )
