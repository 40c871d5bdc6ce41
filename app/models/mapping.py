"""Stored mappings: how a file is read, by name, so that its next version is one request."""

from typing import Any

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from app.models.base import ResponseModel, TableRow, slug_check
from app.models.field_types import Int64, Slug, Text

MAX_TEXT = 1_000_000


class MappingOut(ResponseModel):
    """One version of a stored mapping."""

    id: Slug
    version: int = Field(ge=1, description="Counts from 1; the ETag.")
    recorded_at: str = Field(description="When it was stored (RFC 3339, UTC, microseconds).")
    recorded_by: str | None = Field(default=None, description="The name of the key that stored it.")
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


class StoredMapping(TableRow, table=True):
    """One version of a mapping; versions are added, and never altered."""

    __tablename__ = "mapping"

    id: str = Field(primary_key=True, sa_type=Text)
    version: int = Field(primary_key=True, sa_type=Int64)
    recorded_at: int = Field(sa_type=Int64)
    recorded_by: str | None = Field(default=None, sa_type=Text)
    text: str = Field(sa_type=Text)

    __table_args__ = (
        slug_check("id"),
        CheckConstraint("version >= 1", name="version_counts"),
        CheckConstraint(f"length(text) BETWEEN 1 AND {MAX_TEXT}", name="text_length"),
    )
