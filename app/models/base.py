"""Base classes of response models and of tables, the constraints that tables share, and faults."""

import typing
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from app.models.field_types import SLUG_LETTERS, Int64, Sha256, Slug, Status, Text
from app.rules.json_types import JsonObject

FOREVER = 2**63 - 1
"""``recorded_to`` of a current row: no later version has closed it."""

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class StrictModel(SQLModel):
    """A strict schema: unknown fields and silent conversions are refused."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        from_attributes=False,
        validate_by_name=False,
        validate_by_alias=True,
        serialize_by_alias=True,
    )  # type: ignore[assignment]


LATER: Any = ConfigDict(defer_build=True)
"""For what nothing is checked against: /docs asks for its schema, a start need not wait for it."""


class ResponseModel(BaseModel):
    """A response model: built only where its schema is asked for."""

    model_config = LATER


class Recorded(StrictModel):
    """What the database adds to every answer; never sent by a writer."""

    model_config = LATER

    id: Slug
    version: int = Field(ge=1, description="Counts from 1; the ETag of the bare item.")
    recorded_at: str = Field(
        description="When this version entered this database (RFC 3339, UTC, microseconds)."
    )
    status: Status = Field(description="Listed only while active, unless `status` asks.")
    reason: str | None = Field(default=None, description="Why it was withdrawn.")
    content_hash: Sha256 = Field(description="SHA-256 of what the writer sent, as canonical JSON.")


class TableRow(SQLModel):
    """A row of a table; statements are made of the table, and no object ever is."""

    model_config = LATER


class Versioned(TableRow):
    """A row is a version: closed by ``recorded_to``, never changed otherwise, never deleted."""

    id: str = Field(primary_key=True, sa_type=Text)
    version: int = Field(primary_key=True, sa_type=Int64)
    recorded_at: int = Field(sa_type=Int64)
    recorded_to: int = Field(default=FOREVER, sa_type=Int64)
    status: Status = Field(default="active", sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    content_hash: str = Field(sa_type=Text)
    doc: str = Field(sa_type=Text)


class Searchable(Versioned):
    """A version that is found by its texts too: ``search`` holds them, folded."""

    search: str = Field(default="", sa_type=Text)


class ChildRow(TableRow):
    """A row beside its claim's row, with the same lifetime; ``n`` is its place in the document."""

    claim_id: str = Field(primary_key=True, sa_type=Text)
    version: int = Field(primary_key=True, sa_type=Int64)
    n: int = Field(primary_key=True, sa_type=Int64)
    recorded_at: int = Field(sa_type=Int64)
    recorded_to: int = Field(default=FOREVER, sa_type=Int64)


def vocabulary_check(column: str, kind: Any) -> CheckConstraint:
    """A check that a column holds a word of a closed vocabulary (null passes, as in SQL)."""
    listed = ", ".join(f"'{word}'" for word in typing.get_args(kind))
    return CheckConstraint(f'"{column}" IN ({listed})', name=f"{column}_word")


def slug_check(column: str) -> CheckConstraint:
    """A check that a column holds an id: ltrim strips what is allowed, and leaves nothing."""
    return CheckConstraint(
        f"length({column}) BETWEEN 1 AND 128"
        f" AND ltrim({column}, '{SLUG_LETTERS}._:-') = ''"
        f" AND ltrim(substr({column}, 1, 1), '{SLUG_LETTERS}') = ''",
        name=f"{column}_slug",
    )


def strict_days_check(*axes: str) -> tuple[CheckConstraint, ...]:
    """Checks that the strict days of an axis lie further out than the others, or are null."""
    return tuple(
        CheckConstraint(f"{axis}_strict_{side} {sign} {axis}_{side}", name=f"{axis}_strict_{side}")
        for axis in axes
        for side, sign in (("lo", "<"), ("hi", ">"))
    )


def lifetime() -> tuple[CheckConstraint, ...]:
    """Versions count from 1 and end after they begin."""
    return (
        CheckConstraint("version >= 1", name="version_counts"),
        CheckConstraint("recorded_to > recorded_at", name="ends_after_start"),
    )


def versioned(*more: Any) -> tuple[Any, ...]:
    """The constraints of every versioned table: withdrawal has a reason, activity has none."""
    return (
        *lifetime(),
        slug_check("id"),
        vocabulary_check("status", Status),
        CheckConstraint("(status = 'active') = (reason IS NULL)", name="withdrawal_has_reason"),
        CheckConstraint("length(content_hash) = 64", name="content_hash_length"),
        *more,
    )


class FaultOut(ResponseModel):
    """One broken rule."""

    pointer: str | None = Field(None, description="Where in the body (JSON Pointer, RFC 6901).")
    parameter: str | None = Field(None, description="Which query parameter or header.")
    line: int | None = Field(None, description="Which line of an import, from 1.")
    column: str | None = Field(None, description="Which column of a mapped table.")
    code: str = Field(description="What kind of rule.")
    detail: str = Field(description="In what way it is broken.")


def stored_otherwise(kind: type[StrictModel], content: JsonObject, stored: JsonObject) -> list[str]:
    """The fields of a source or measure that were sent and are stored otherwise, or not at all.

    A document leaves defaults out: what is not in it is its default, and not what was sent.
    """
    sent, usual = _read(kind, content), _defaults(kind)
    named = (name for name in content if name != "id")
    return [name for name in named if stored.get(name, usual.get(name)) != sent.get(name)]


def _read(kind: type[StrictModel], content: JsonObject) -> JsonObject:
    """Content as it would be stored, digits as text; as it is, where it could not be stored."""
    try:
        return kind.model_validate(dict(content)).model_dump()
    except ValidationError:
        return content


@lru_cache
def _defaults(kind: type[StrictModel]) -> dict[str, Any]:
    fields = kind.model_fields.items()
    return {one.alias or name: one.get_default() for name, one in fields if not one.is_required()}
