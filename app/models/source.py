"""Sources: anyone or anything a claim can come from or through."""

from typing import Annotated, Literal, get_args

from pydantic import StringConstraints, model_validator
from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from app.models.base import (
    Recorded,
    Searchable,
    StrictModel,
    slug_check,
    strict_days_check,
    versioned,
    vocabulary_check,
)
from app.models.field_types import (
    Edtf,
    EmptyList,
    Int64,
    Line,
    Link,
    Prose,
    Sha256,
    Slug,
    Text,
    Uri,
)

SourceClass = Literal["agent", "work", "occasion"]
WorkKind = Literal["article", "report", "press_release", "dataset", "image", "video", "social_post"]
OccasionKind = Literal["briefing", "interview", "press_conference", "statement"]
AgentKind = Literal[
    "person", "official", "journalist", "expert", "eyewitness",
    "government", "ministry", "intelligence_agency", "armed_forces", "international_org",
    "ngo", "think_tank", "company", "political_party",
    "news_agency", "newspaper", "magazine", "broadcaster", "news_website",
    "other_org", "other",
]  # fmt: skip
SourceKind = Literal[AgentKind, WorkKind, OccasionKind]
Reliability = Literal["A", "B", "C", "D", "E", "F"]
COUNTRY = r"^[A-Z]{2}$"
Country = Annotated[str, StringConstraints(pattern=COUNTRY)]
Language = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length=35)
]

# A statement may be the occasion or the text of it; "other" may be anything.
EITHER = {"other", "statement"}


def class_of(kind: str) -> SourceClass:
    """The PROV class (agent, entity, activity) that a kind of source belongs to."""
    if kind in get_args(WorkKind):
        return "work"
    return "occasion" if kind in get_args(OccasionKind) else "agent"


class SourceFields(StrictModel):
    """The fields of a source that lists can be filtered by; each is a column too."""

    class_: SourceClass | None = Field(
        default=None, alias="class", sa_type=Text, sa_column_kwargs={"name": "class"},
        description="agent, work or occasion (PROV); follows `kind` unless sent",
    )  # fmt: skip
    kind: SourceKind = Field(default="other", sa_type=Text, description="what it is")
    name: Line = Field(sa_type=Text, description="the usual name, in any script")
    affiliation: Slug | None = Field(
        default=None, sa_type=Text, description="the source this one belongs to or speaks for"
    )
    is_root: bool = Field(default=False, description="nobody stands above it")
    anonymous: bool = Field(default=False, description="named nowhere")
    country: Country | None = Field(default=None, sa_type=Text, description="ISO 3166-1 alpha-2")
    language: Language | None = Field(default=None, sa_type=Text, description="BCP 47")
    date: Edtf | None = Field(
        default=None, sa_type=Text,
        description="EDTF: when a work appeared or an occasion took place",
    )  # fmt: skip


class SourceBody(SourceFields):
    """A source as it is sent, but for its id."""

    aliases: list[Line] = Field(
        default=EmptyList(), max_length=100, description="other names, any script"
    )
    collective: bool = Field(default=False, description="several who are named as one")
    job_title: Line | None = None
    same_as: list[Uri] = Field(
        default=EmptyList(), max_length=100, description="the same thing elsewhere"
    )
    title: Line | None = Field(default=None, description="of a work")
    url: Link | None = None
    archived_url: Link | None = None
    author: Slug | None = Field(default=None, description="of a work: a source")
    publisher: Slug | None = Field(default=None, description="of a work: a source")
    accessed: bool | None = Field(default=None, description="did the recorder see the work?")
    content_sha256: Sha256 | None = Field(default=None, description="of the work's text")
    reliability: Reliability | None = Field(
        default=None, description="Admiralty code; a default that assessments refine"
    )
    notes: Prose | None = None

    @model_validator(mode="after")
    def class_follows_kind(self) -> "SourceBody":
        follows = class_of(self.kind)
        if self.class_ is None:
            object.__setattr__(self, "class_", follows)
        elif self.class_ != follows and self.kind not in EITHER:
            raise ValueError("`class` does not go with `kind`; leave it out, it follows `kind`")
        return self

    @model_validator(mode="after")
    def a_root_stands_alone(self) -> "SourceBody":
        if self.is_root and self.affiliation is not None:
            raise ValueError("a root has nobody above it: send `affiliation` or `is_root`")
        return self


class SourceIn(SourceBody):
    """A source as it is sent."""

    id: Slug


class SourceOut(SourceBody, Recorded):
    """A source as it is answered."""


class Source(SourceFields, Searchable, table=True):
    """One version of a source."""

    date_lo: int = Field(sa_type=Int64)
    date_hi: int = Field(sa_type=Int64)
    date_strict_lo: int | None = Field(default=None, sa_type=Int64)
    date_strict_hi: int | None = Field(default=None, sa_type=Int64)
    url: str | None = Field(default=None, sa_type=Text)
    author: str | None = Field(default=None, sa_type=Text)
    publisher: str | None = Field(default=None, sa_type=Text)

    __table_args__ = versioned(
        vocabulary_check("class", SourceClass),
        CheckConstraint("class IS NOT NULL", name="class_known"),
        vocabulary_check("kind", SourceKind),
        CheckConstraint("length(name) BETWEEN 1 AND 500", name="name_length"),
        CheckConstraint("length(country) = 2", name="country_length"),
        CheckConstraint("NOT (is_root AND affiliation IS NOT NULL)", name="root_stands_alone"),
        CheckConstraint("date_lo <= date_hi", name="date_order"),
        *strict_days_check("date"),
        slug_check("affiliation"),
        Index(None, "affiliation", "recorded_to"),
        Index(None, "author", "recorded_to"),
        Index(None, "publisher", "recorded_to"),
        Index(None, "recorded_to", "id"),
    )
