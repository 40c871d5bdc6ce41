"""Stored mappings: how a file is read, by name, so that its next version is one request."""

from typing import Annotated, Any

from pydantic import StringConstraints
from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from app.models.base import ResponseModel, StrictModel, Versioned, versioned
from app.models.field_types import Int64, Slug, Text

MAX_TEXT = 1_000_000
"""Characters of a mapping."""


class MappingIn(StrictModel):
    """A mapping as a line of an import has it."""

    id: Slug
    text: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT)]


class MappingOut(ResponseModel):
    """One version of a stored mapping."""

    id: Slug
    version: int = Field(ge=1, description="Counts from 1; the ETag.")
    recorded_at: str = Field(description="When it was stored (RFC 3339, UTC, microseconds).")
    recorded_by: str | None = Field(
        default=None, description="Who stored it: a key's name, or a command."
    )
    text: str = Field(description="As it was sent: TOML, or JSON.")


class MappingName(ResponseModel):
    """A stored mapping as it is listed, without its text."""

    id: Slug
    version: int
    recorded_at: str
    recorded_by: str | None = None


class MappingNames(ResponseModel):
    """Every stored mapping, by id."""

    items: list[MappingName]


class MappingVersions(ResponseModel):
    """Every version of a mapping, oldest first."""

    items: list[MappingOut]


class ColumnSample(ResponseModel):
    """A column of a file: what it seems to hold, and its first cell that is not empty."""

    name: str
    seems: str
    example: str | None = None


class SuggestedMapping(ResponseModel):
    """A first mapping for a file, and what is left to a person."""

    text: str = Field(description="TOML with comments, to be looked over and stored.")
    questions: list[str] = Field(description="What the file does not say; each has a line in it.")
    columns: list[ColumnSample] = Field(description="The columns of the file, in their order.")


class PreviewOut(ResponseModel):
    """A claim as a dry run read it."""

    line: int
    words: str = Field(description="the claim in a sentence")
    claim: dict[str, Any]
    columns: dict[str, str] = Field(
        description="the column that each field is from, by the field's pointer into its line"
    )


class StoredMapping(Versioned, table=True):
    """One version of a mapping; its document has the text alone."""

    __tablename__ = "mapping"

    stored_at: int | None = Field(
        default=None, sa_type=Int64, description="when, where that was before the log knew of it"
    )
    stored_by: str | None = Field(default=None, sa_type=Text, description="by whom, likewise")

    __table_args__ = versioned(
        CheckConstraint("stored_at < recorded_at", name="stored_before"),
        Index(None, "recorded_to", "id"),
    )
