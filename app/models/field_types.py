"""Field types: what one value may be, in JSON and in a column."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from jiter import LosslessFloat
from pydantic import AfterValidator, BeforeValidator, StringConstraints, WithJsonSchema
from pydantic_core import core_schema
from sqlalchemy import BigInteger, Double, String
from sqlalchemy.ext.compiler import compiles

from app.rules import edtf, numbers

SAFE_INTEGER = 2**53 - 1
"""The largest integer every JSON reader keeps exactly (RFC 7493, I-JSON)."""


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
    "mappings": "an id such as harbour-statistics; /v1/mappings lists them",
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
