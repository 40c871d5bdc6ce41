"""The ground every table and shape stands on: types, constraints, and what a version is."""

import typing
from decimal import Decimal
from typing import Annotated, Any, Literal

from jiter import LosslessFloat
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import core_schema
from sqlalchemy import BigInteger, CheckConstraint, Double, String
from sqlalchemy.ext.compiler import compiles
from sqlmodel import Field, SQLModel

from app.rules import edtf, numbers

FOREVER = 2**63 - 1
"""``recorded_to`` of a current row: no later version has closed it."""

SAFE_INTEGER = 2**53 - 1
"""The largest integer every JSON reader keeps exactly (RFC 7493, I-JSON)."""

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Text(String):
    """Text that compares as bytes on both engines: SQLite does by itself, PostgreSQL when told."""


@compiles(Text, "postgresql")
def _bytewise(_type: Text, _compiler: Any, **_: Any) -> str:
    return 'VARCHAR COLLATE "C"'


Int64 = BigInteger
Float64 = Double

SLUG = r"^[a-z0-9][a-z0-9._:-]{0,127}$"
FIND = {
    "sources": "an id such as shin-won-sik; find it with /v1/sources?q=Shin",
    "measures": "an id such as containers.prk-rus; find it with /v1/measures?q=containers",
    "claims": "an id such as shin-2024-03-containers; find it with /v1/claims?q=containers",
    "utterances": "an id such as shin-2024-02-26-briefing; claims have it as `utterance`",
}
"""What an id looks like, and where it is to be found, in words."""

SLUG_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def _digits(value: object) -> object:
    """Keep a JSON number as the digits that were sent, never through a float."""
    if isinstance(value, bool) or not isinstance(value, int | LosslessFloat | str):
        raise ValueError("send a decimal as a string, or as a JSON number")
    text = str(value)
    numbers.exact(text)
    return text


def _integral(value: object) -> object:
    """JSON Schema calls 3.0 an integer, so it is taken as one."""
    if isinstance(value, LosslessFloat) and len(str(value)) < 100:
        whole = Decimal(str(value))
        if whole.adjusted() < 20 and whole == whole.to_integral_value():
            return int(whole)
    return value


def _edtf(text: str) -> str:
    edtf.extent(text)
    return text


EXACT_PATTERN = r"^-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?$"
_EXACT_OUT = {"type": "string", "pattern": EXACT_PATTERN, "maxLength": 1000}
_EXACT_IN = {"anyOf": [_EXACT_OUT, {"type": "number"}]}

Slug = Annotated[str, StringConstraints(pattern=SLUG)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Link = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=2000)]
Uri = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$", max_length=2000)
]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Int = Annotated[int, BeforeValidator(_integral)]
Exact = Annotated[
    str,
    BeforeValidator(_digits),
    WithJsonSchema(_EXACT_IN, mode="validation"),
    WithJsonSchema(_EXACT_OUT, mode="serialization"),
]
"""An exact decimal: a JSON string (a number is read digit for digit), |x| at most 1e300."""

Edtf = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_edtf)]
"""A date as precise as it is known (EDTF, ISO 8601-2), kept as written."""

Status = Literal["active", "withdrawn", "entered_in_error"]


class EmptyList(list[Any]):
    """An empty list as a default: hashable, so that pydantic shares it where it would copy it."""

    __hash__ = object.__hash__  # type: ignore[assignment]  # which of them it is

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: Any) -> core_schema.CoreSchema:
        return core_schema.list_schema()


class StrictModel(SQLModel):
    """What comes in or goes out: unknown fields and silent conversions are refused."""

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
    """A shape of answers alone."""

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
    search: str = Field(default="", sa_type=Text)


class ChildRow(TableRow):
    """A row beside its claim's row, with the same lifetime; ``n`` is its place in the document."""

    claim_id: str = Field(primary_key=True, sa_type=Text)
    version: int = Field(primary_key=True, sa_type=Int64)
    n: int = Field(primary_key=True, sa_type=Int64)
    recorded_at: int = Field(sa_type=Int64)
    recorded_to: int = Field(default=FOREVER, sa_type=Int64)


def vocabulary_check(column: str, kind: Any) -> CheckConstraint:
    """The database's own wall behind a closed vocabulary (null passes, as in SQL)."""
    listed = ", ".join(f"'{word}'" for word in typing.get_args(kind))
    return CheckConstraint(f'"{column}" IN ({listed})', name=f"{column}_word")


def slug_check(column: str) -> CheckConstraint:
    """The same wall for ids: ltrim strips what is allowed (on both engines) and leaves nothing."""
    return CheckConstraint(
        f"length({column}) BETWEEN 1 AND 128"
        f" AND ltrim({column}, '{SLUG_LETTERS}._:-') = ''"
        f" AND ltrim(substr({column}, 1, 1), '{SLUG_LETTERS}') = ''",
        name=f"{column}_slug",
    )


def strict_days_check(*axes: str) -> tuple[CheckConstraint, ...]:
    """Days that rest on no convention lie further out than those that do, or are null."""
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
