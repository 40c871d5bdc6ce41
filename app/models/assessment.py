"""Assessments: signed opinions on a source or a claim, added to but never averaged."""

from typing import Annotated

from pydantic import StringConstraints
from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from app.models.base import (
    Recorded,
    Searchable,
    StrictModel,
    slug_check,
    versioned,
    vocabulary_check,
)
from app.models.field_types import Edtf, Int, Int64, Line, Link, Prose, Slug, Text
from app.models.source import Reliability

Target = Annotated[
    str, StringConstraints(pattern=r"^(sources|claims)/[a-z0-9][a-z0-9._:-]{0,127}$")
]
Credibility = Annotated[Int, Field(ge=1, le=6)]
Confidence = Annotated[Int, Field(ge=0, le=100)]


class AssessmentFields(StrictModel):
    """The fields of an assessment that lists can be filtered by; each is a column too."""

    target: Target = Field(sa_type=Text, description="`sources/ID` or `claims/ID`")
    assessor: Slug = Field(sa_type=Text, description="who judges; a slug, need not be a source")
    reliability: Reliability | None = Field(
        default=None, sa_type=Text, description="of the source: A–F (Admiralty)"
    )
    credibility: Credibility | None = Field(
        default=None, sa_type=Int64, description="of the information: 1–6 (Admiralty)"
    )
    confidence: Confidence | None = Field(
        default=None, sa_type=Int64, description="0–100, of the assessor in this assessment"
    )


class PublishedReview(StrictModel):
    """A review as its publisher has it (schema.org ClaimReview), on a scale of its own."""

    url: Link | None = None
    date: Edtf | None = Field(default=None, description="EDTF: when it was published")
    rating: Line | None = Field(default=None, description="the verdict in the publisher's words")
    value: Line | None = Field(default=None, description="the verdict on the publisher's scale")
    best: Line | None = None
    worst: Line | None = None


class AssessmentBody(AssessmentFields):
    """An assessment as it is sent, but for its id."""

    comment: Prose = Field(description="why; required")
    review: PublishedReview | None = Field(
        default=None,
        description="of one published elsewhere; its verdict is never made a grade of ours",
    )


class AssessmentIn(AssessmentBody):
    """An assessment as it is sent; without an id it gets one of its content."""

    id: Slug | None = None


class AssessmentOut(AssessmentBody, Recorded):
    """An assessment as it is answered."""


class Assessment(AssessmentFields, Searchable, table=True):
    """One version of an assessment: given, and possibly withdrawn."""

    __table_args__ = versioned(
        slug_check("assessor"),
        vocabulary_check("reliability", Reliability),
        CheckConstraint("credibility BETWEEN 1 AND 6", name="credibility_scale"),
        CheckConstraint("confidence BETWEEN 0 AND 100", name="confidence_scale"),
        CheckConstraint("target LIKE 'sources/_%' OR target LIKE 'claims/_%'", name="target_kind"),
        Index(None, "target", "recorded_to", "id"),
        Index(None, "recorded_to", "id"),
    )
