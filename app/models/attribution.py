"""Attributions and relations: through whom a claim came, and what it says of other claims."""

from typing import Annotated, Literal, get_args

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import Field

from app.models.base import ChildRow, StrictModel, lifetime, slug_check, vocabulary_check
from app.models.field_types import Int, Int64, Line, Prose, Slug, Text

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
