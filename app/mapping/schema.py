"""Mappings: how the rows of a file become sources, measures and claims, as TOML or JSON says it."""

import re
import tomllib
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
    field_validator,
    model_validator,
)

from app.errors import Fault, Invalid, Malformed
from app.mapping.cells import CalendarDate, NumberCell
from app.mapping.dates import EXCEL, DateForms, pattern
from app.mapping.dialects import NO_DELIMITER, UNFIT_DELIMITER
from app.mapping.numerals import CellFault, shift_of
from app.models.claim import ClaimSent
from app.models.measure import MeasureIn
from app.models.quantity import Figure, QuantityIn
from app.models.source import SourceIn
from app.models.strict_json import MAX_DEPTH, escaped, invalid, parse_json
from app.rules.chain import BESIDE_ROLES

MAX_BYTES = 1_000_000
LONGEST_WORD = 1000
"""Characters of a number or a bare name: what is longer is none that a mapping has."""
LARGEST_INTEGER = 2**63 - 1
"""As TOML has it."""
Missing = Literal["skip", "unknown", "withheld", "not_applicable"]
NOT_MAPPED = {"quantities", "included", "flags", "lexicon_version"}


DEEP = f"it is nested deeper than {MAX_DEPTH} levels"
TOML_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)|\'\'\'.*?(?:\'\'\'|\Z)|"(?:\\.|[^"\\\n])*"?|\'[^\'\n]*\'?|#[^\n]*'
    rf"|(?P<long>[\w.+-]{{{LONGEST_WORD + 1},}})|(?P<open>[\[{{])|(?P<close>[\]}}])",
    re.DOTALL,
)
"""Strings and comments, passed over, and what bounds a mapping."""


LEFT_OPEN = re.compile(r"\{\{\s*\?\s*\}\}")


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

    @property
    def date_forms(self) -> DateForms:
        """How the file writes its dates."""
        months = tuple(self.months)
        return DateForms(tuple(self.dates), *([months] if months else []))

    @field_validator("delimiter")
    @classmethod
    def delimiter_can_part(cls, delimiter: str | None) -> str | None:
        if delimiter and NO_DELIMITER.fullmatch(delimiter):
            raise ValueError(UNFIT_DELIMITER)
        return delimiter

    @model_validator(mode="after")
    def marks_differ(self) -> Self:
        if self.decimal and self.decimal == self.thousands:
            raise ValueError("`decimal` and `thousands` are two marks, and these are one")
        return self

    @model_validator(mode="after")
    def columns_are_named(self) -> Self:
        if self.header == 0 and not self.columns:
            raise ValueError("`header = 0` says that no line names the columns: say `columns`")
        return self

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
CLAIM_KEYS = [*CLAIM_FIELDS, *BESIDE_ROLES]

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
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Malformed("A mapping is UTF-8.") from None
    require_bounded(text)
    require_filled(text)
    try:
        found = tomllib.loads(text, parse_float=NumberCell)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line ([0-9]+)", str(error))
        line = int(at[1]) if at else None
        fault = Fault("this is no TOML", pointer="", code="toml", line=line)
        raise Malformed(
            f"The mapping is no TOML{f', at line {line}' if line else ''}.", (fault,)
        ) from None
    return _plain(found)


def require_bounded(text: str) -> None:
    """Raise ``Malformed`` at what would break the reader of TOML: endless numbers, deep nesting."""
    depth = 0
    for found in TOML_TOKEN.finditer(text):
        depth += {"open": 1, "close": -1}.get(found.lastgroup or "", 0)
        if depth > MAX_DEPTH or found.lastgroup == "long":
            line = text.count("\n", 0, found.start()) + 1
            what = (
                DEEP if depth > MAX_DEPTH else f"a number or name has over {LONGEST_WORD} letters"
            )
            fault = Fault(f"{what}: shorten it", pointer="", code="toml", line=line)
            raise Malformed(f"The mapping is too large at line {line}: {what}.", (fault,))


def require_filled(text: str) -> None:
    """Raise ``Invalid`` with each line that a first mapping has left to be filled in."""
    lines = text.split("\n")
    left = {
        text.count("\n", 0, found.start() + place.start()): None
        for found in TOML_TOKEN.finditer(text)
        for place in LEFT_OPEN.finditer(found[0] if found[0][0] in "\"'" else "")
    }
    if left:
        told = {n + 1: f"fill in {{{{?}}}}: {lines[n].strip()[:200]}" for n in left}
        faults = tuple(Fault(one, pointer="", code="open", line=n) for n, one in told.items())
        first = "; ".join(f"line {n}: {one}" for n, one in [*told.items()][:5])
        raise Invalid(f"The mapping is not complete. In its {first}.", faults[:100])


def _plain(value: Any, at: str = "", depth: int = 0) -> Any:
    """TOML's values as JSON has them: dates as text; raises ``Malformed`` for what it has not."""
    if depth > MAX_DEPTH:
        raise _unfit(DEEP, at)
    if isinstance(value, dict):
        for name in value:
            _plain(name, f"{at}/{escaped(name)}", depth)
        return {
            name: _plain(one, f"{at}/{escaped(name)}", depth + 1) for name, one in value.items()
        }
    if isinstance(value, list):
        return [_plain(one, f"{at}/{n}", depth + 1) for n, one in enumerate(value)]
    if isinstance(value, str) and "\0" in value:
        raise _unfit("U+0000 stands for nothing that was printed", at)
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        raise _unfit("an integer of TOML has 64 bits: send it as text", at)
    return CalendarDate(value.isoformat()) if hasattr(value, "isoformat") else value


def _unfit(detail: str, at: str) -> Malformed:
    place = at if len(at) <= 80 else f"{at[:80]}…"
    return Malformed(f"{place}: {detail}.".replace("\0", "␀"), (Fault(detail, at, code="toml"),))


def _mapping_of(value: Any) -> Mapping:
    """Plain values as a mapping; raises ``Invalid`` with a pointer for every rule it breaks."""
    try:
        return Mapping.model_validate(value)
    except ValidationError as error:
        raise invalid(error, value, Mapping) from None  # type: ignore[arg-type]  # as strict


def read_mapping(raw: bytes) -> Mapping:
    """A mapping as it is written: TOML, or JSON where it begins with a brace."""
    if raw.lstrip()[:1] == b"{":
        return _mapping_of(parse_json(raw))
    return _mapping_of(parse_toml(raw))
