"""Mappings: how the rows of a file become sources, measures and claims, as TOML or JSON says it."""

import re
import tomllib
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model, field_validator

from app.errors import Fault, Invalid, Malformed
from app.mapping.cells import CalendarDate, NumberCell
from app.mapping.dates import EXCEL, pattern
from app.mapping.numerals import CellFault, shift_of
from app.models.claim import ClaimSent
from app.models.measure import MeasureIn
from app.models.quantity import Figure, QuantityIn
from app.models.source import SourceIn
from app.models.strict_json import invalid, parse_json

MAX_BYTES = 1_000_000
Missing = Literal["skip", "unknown", "withheld", "not_applicable"]
NOT_MAPPED = {"quantities", "included", "flags", "lexicon_version"}
BESIDE = ("evidence", "occasion", "recipient")


class Rules(BaseModel):
    """A table of a mapping: an unknown key is refused."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class FileOptions(Rules):
    """How the file is written, where that is not sure."""

    encoding: str | None = Field(None, max_length=40, description="such as windows-1252")
    delimiter: str | None = Field(None, min_length=1, max_length=1, description="between cells")
    decimal: Literal[".", ","] | None = Field(None, description="the decimal mark")
    thousands: Literal[".", ",", " ", "'"] | None = Field(None, description="the grouping mark")
    dates: list[str] = Field([], max_length=20, description="their forms: %d.%m.%Y, or excel")
    months: list[str] = Field([], description="the names of the twelve months, if not English")
    missing: dict[str, Missing] = Field(
        {}, max_length=100, description="words for no figure: skip, or why there is none"
    )
    header: int | list[int] | None = Field(
        None, description="the line that names the columns, or the lines; 0: there is none"
    )
    columns: list[str] = Field([], max_length=16_384, description="names, in place of the header's")
    sheet: str | None = Field(None, max_length=200, description="of a workbook")
    at: str | None = Field(None, max_length=500, description="where in JSON the list is: data.rows")
    fill: list[str] = Field([], max_length=100, description="columns whose cells hold on downwards")
    only: dict[str, list[str]] = Field({}, description="rows with one of these words in a column")
    not_: dict[str, list[str]] = Field({}, alias="not", description="and rows without them")
    skip_lines: list[int] = Field([], max_length=1000, description="lines that are left out")

    @field_validator("dates")
    @classmethod
    def forms_can_be_read(cls, forms: list[str]) -> list[str]:
        for form in forms:
            if form != EXCEL:
                pattern(form)
        return forms

    @field_validator("months")
    @classmethod
    def twelve_months(cls, months: list[str]) -> list[str]:
        if months and len(months) != 12:
            raise ValueError("name all twelve months")
        return months


class LookUp(Rules):
    """A value by the word in a column; a word that is not listed is a fault unless ``else``."""

    of: str = Field("", max_length=1000)
    words: dict[str, Any] = Field(max_length=5000)
    else_: Any = Field(None, alias="else")


def _rules(name: str, doc: str, base: type[Rules], fields: list[str]) -> Any:
    """A table with a key for each of these fields of the product."""
    keys: Any = dict.fromkeys(fields, (Any, None))
    return create_model(name, __base__=base, __doc__=doc, __module__=__name__, **keys)


class FigureRows(Rules):
    """Where a figure stands, beside its own fields."""

    columns: list[str] = Field([], max_length=16_384, description="a figure in each of these")
    columns_not: list[str] = Field([], max_length=16_384, description="a figure in each but these")
    only: dict[str, list[str]] = {}
    not_: dict[str, list[str]] = Field({}, alias="not")
    scale: Any = Field(None, description="billion, percent, or places to move the point by")
    claim: dict[str, Any] = {}

    @field_validator("scale")
    @classmethod
    def scale_is_known(cls, scale: Any) -> Any:
        if scale is not None and not isinstance(scale, dict):
            try:
                shift_of(scale)
            except CellFault as fault:
                raise ValueError(str(fault)) from None
        return scale


CLAIM_FIELDS = [
    name
    for name in ClaimSent.model_fields
    if name not in NOT_MAPPED | Figure.model_fields.keys() | {"measure"}
]
FIGURE_FIELDS = [name for name in QuantityIn.model_fields if name not in NOT_MAPPED]
CLAIM_KEYS = [*CLAIM_FIELDS, *BESIDE]

if TYPE_CHECKING:
    ClaimRule = Rules
    FigureRule = FigureRows
else:
    ClaimRule = _rules("ClaimRule", "The fields of every claim.", Rules, CLAIM_KEYS)
    FigureRule = _rules("FigureRule", "A figure of each row.", FigureRows, FIGURE_FIELDS)


class Mapping(Rules):
    """A whole mapping."""

    file: FileOptions = FileOptions()
    source: list[SourceIn] = Field([], max_length=5000)
    measure: list[MeasureIn] = Field([], max_length=5000)
    one_claim: Literal["row"] | None = Field(
        None, description="row: its figures are those of one claim; else each is a claim"
    )
    claim: ClaimRule = ClaimRule()
    figure: list[FigureRule] = Field([], max_length=200)


def parse_toml(raw: bytes) -> Any:
    """A mapping's TOML as plain values; raises ``Malformed``."""
    if len(raw) > MAX_BYTES:
        raise Malformed(f"A mapping has at most {MAX_BYTES} bytes.")
    try:
        found = tomllib.loads(raw.decode("utf-8-sig"), parse_float=NumberCell)
    except UnicodeDecodeError:
        raise Malformed("A mapping is UTF-8.") from None
    except RecursionError:
        raise Malformed("The mapping is nested too deep.") from None
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line ([0-9]+)", str(error))
        line = int(at[1]) if at else None
        fault = Fault("this is no TOML", pointer="", code="toml", line=line)
        raise Malformed(
            f"The mapping is no TOML{f', at line {line}' if line else ''}.", (fault,)
        ) from None
    return _plain(found)


def _plain(value: Any) -> Any:
    """TOML's dates as text, as a field of ours takes them."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return CalendarDate(value.isoformat()) if hasattr(value, "isoformat") else value


def mapping_of(value: Any) -> Mapping:
    """Plain values as a mapping; raises ``Invalid`` with a pointer for every rule it breaks."""
    if not isinstance(value, dict):
        raise Invalid(faults=(Fault("send an object", pointer="", code="not_an_object"),))
    try:
        return Mapping.model_validate(value)
    except ValidationError as error:
        raise invalid(error, value, Mapping) from None  # type: ignore[arg-type]  # as strict


def read_mapping(raw: bytes) -> Mapping:
    """A mapping as it is written: TOML, or JSON where it begins with a brace."""
    if raw.lstrip()[:1] == b"{":
        return mapping_of(parse_json(raw))
    return mapping_of(parse_toml(raw))
