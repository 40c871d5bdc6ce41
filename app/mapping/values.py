"""Values of a mapping: templates and look-ups, compiled once and filled in for each row."""

import re
from collections.abc import Callable, Sequence, Set
from collections.abc import Mapping as Row
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from app.errors import Fault, Invalid
from app.mapping.cells import CalendarDate, NumberCell, printed
from app.mapping.dates import edtf_date
from app.mapping.numerals import CellFault, figure
from app.mapping.schema import FileOptions, LookUp, Missing
from app.mapping.slugs import name_key, shortened, slug
from app.models.csv_columns import COLUMNS
from app.models.strict_json import invalid
from app.render import csv

REFERENCE = re.compile(r"\{\{\s*(.+?)\s*\}\}")
RESERVED = ("@column", "@cell", "@line")
DATES = frozenset({"stated", "published", "period", "date"})
NUMBERS = frozenset({"value", "lower", "upper", "interval_level", "domain_min", "domain_max"})
SCALED = frozenset({"value", "lower", "upper"})
SLUGS = frozenset({"id", "document", "claimant", "utterance", "measure", "source", "object",
                   "affiliation", "author", "publisher"})  # fmt: skip
KINDS = {column.name: column.kind for column in COLUMNS}
FREE = frozenset({"dimensions", "attributes"})
"""What is in them has names of the file's own, and is text whatever it is called."""
OF_FREE = ""


@dataclass
class RowContext:
    """One row, and of a figure that stands in one of several columns, which."""

    number: int
    cells: Row[str, str]
    file: FileOptions
    dates: Set[str]
    scale: int = 0
    column: str | None = None
    faults: list[Fault] = field(default_factory=list)

    def cell(self, name: str) -> str:
        """What stands in a column, without the spaces around it."""
        if name == "@line":
            return str(self.number)
        if name == "@column":
            return self.column or ""
        cell = self.cells[self.column or "" if name == "@cell" else name]
        text = cell.strip()
        return type(cell)(text) if isinstance(cell, NumberCell | CalendarDate) else text

    def real(self, name: str) -> str:
        """The column that a reference is to."""
        return str(self.column or name) if name == "@cell" else name

    def missing(self, text: str) -> Missing | None:
        """What a word for no figure stands for; an empty cell is skipped unless declared."""
        return self.file.missing.get(text, "skip" if not text else None)

    def fault(self, detail: str, name: str, *columns: Sequence[str]) -> None:
        """One more thing that is wrong with this row, and where: the first column there is."""
        column = next((self.real(one) for some in columns for one in some), None)
        self.faults.append(Fault(detail, f"/{name}", code="cell", line=self.number, column=column))

    def tell(
        self, error: "Absent | CellFault", name: str, columns: Sequence[str], empty: str = ""
    ) -> None:
        """The same of a value; that its cell is empty is a fault where ``empty`` says why."""
        detail = empty if isinstance(error, Absent) else str(error)
        if detail:
            self.fault(detail, name, error.at, columns)


FillIn = Callable[[str, str], str]
"""What becomes of a cell, by its column, where a template has it."""


class Absent(Exception):
    """A value is left out: its cell is empty, or has a word for no figure."""

    def __init__(self, why: Missing = "skip", at: Sequence[str] = ()):
        super().__init__(why)
        self.why, self.at = why, at


@dataclass(frozen=True)
class Template:
    """Text with cells in it: literal parts and names of columns, in turn."""

    parts: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Template":
        """The template that a text is."""
        return cls(tuple(REFERENCE.split(text)))

    @property
    def columns(self) -> list[str]:
        """The columns that it refers to."""
        return list(self.parts[1::2])

    @property
    def is_cell(self) -> bool:
        """Whether it is one cell and nothing else."""
        return len(self.parts) == 3 and not self.parts[0] and not self.parts[2]

    def text(self, row: RowContext, plain: bool = False) -> str:
        """Filled in; raises ``Absent`` where a cell is missing.

        ``plain``: a word for no figure is a word like others here, as NA is a country's code.
        """
        return self._filled(row, plain=plain)

    def slug(self, row: RowContext, plain: bool = False) -> str:
        """Filled in as an id: each cell a part of one, dates as dates."""

        def part(cell: str, name: str) -> str:
            if row.real(name) in row.dates:
                cell = _dated(cell, row, [name]).replace("/", "-")
            return slug(cell)

        whole = self._filled(row, part, plain)
        return shortened(whole) if self.columns else whole

    def date(self, row: RowContext) -> str:
        """Filled in as a date, or as a pair of dates with a slash between."""
        whole = self._filled(row, self._day_in(row))
        if not self.columns:
            return whole
        try:
            return edtf_date(whole, row.file.date_forms)
        except CellFault:
            sides = self._sides()
            if len(sides) != 2:
                raise
            return "/".join(_dated(side.text(row), row, side.columns) for side in sides)

    def _day_in(self, row: RowContext) -> FillIn:
        """A workbook's day among other text, as precise as its form is; alone it is read as it is.

        In text nothing would tell any more that March 2024 is what its first day stands for.
        """

        def part(cell: str, name: str) -> str:
            alone = self.is_cell or not isinstance(cell, CalendarDate)
            return cell if alone else _dated(cell, row, [name])

        return part

    def _sides(self) -> list["Template"]:
        slashes = [n for n in range(2, len(self.parts) - 1, 2) if self.parts[n].strip() == "/"]
        if len(slashes) != 1:
            return []
        at = slashes[0]
        return [Template((*self.parts[:at], "")), Template(("", *self.parts[at + 1 :]))]

    def _filled(self, row: RowContext, made: FillIn | None = None, plain: bool = False) -> str:
        parts = list(self.parts)
        for n in range(1, len(parts), 2):
            name, cell = parts[n], row.cell(parts[n])
            if (why := row.missing(cell)) is not None and not (plain and cell):
                raise Absent(why, (name,))
            parts[n] = made(cell, name) if made else cell
        return parts[1] if self.is_cell else "".join(parts)  # alone it stays what its file has


def _dated(text: str, row: RowContext, columns: list[str]) -> str:
    """One of several dates in a value; a fault of it has its own column."""
    try:
        return edtf_date(text, row.file.date_forms)
    except CellFault as fault:
        fault.at = columns
        raise


@dataclass(frozen=True)
class LookedUp:
    """A value by a word; ``others`` are words that other look-ups of the same text list."""

    of: Template
    words: dict[str, Any]
    otherwise: Any
    others: set[str]

    @property
    def columns(self) -> list[str]:
        """The columns that it refers to."""
        return self.of.columns

    def found(self, row: RowContext, text: str | None = None) -> Any:
        """The listed value; raises ``Absent``, or ``CellFault`` for a word that is not listed.

        A word that is listed is taken, also where it stands for no figure elsewhere.
        """
        word = name_key(self.of.text(row, plain=True) if text is None else text)
        if word in self.words:
            return self.words[word]
        if text is None:
            self.of.text(row)
        if self.otherwise is not None:
            return self.otherwise
        if word in self.others:
            raise Absent
        raise CellFault("this word is not in `words`; list it, or say `else` for all others")


class Compiler:
    """Makes values of a mapping's plain ones; tells every fault with its pointer."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.columns: dict[str, None] = {}
        self.words: dict[Template, set[str]] = {}

    def value(self, raw: Any, at: str) -> Any:
        """A value: constant, template, look-up, list, or an object of such."""
        if isinstance(raw, str):
            return self.template(raw, at)
        if isinstance(raw, list):
            return [self.value(one, f"{at}/{n}") for n, one in enumerate(raw)]
        if isinstance(raw, dict):
            if "of" in raw or "words" in raw:
                return self.look_up(raw, at)
            return {name: self.value(one, f"{at}/{name}") for name, one in raw.items()}
        return raw

    def template(self, text: str, at: str) -> Template:
        """A template; what is in its braces is a column, or one of three words."""
        found = Template.of(text)
        for name in found.columns:
            if name == "?":
                self.faults.append(Fault("fill this in", at, code="open"))
            elif name.startswith("@") and name not in RESERVED:
                detail = f"there are {', '.join(RESERVED)}, and columns by their names"
                self.faults.append(Fault(detail, at, code="template"))
            elif not name.startswith("@"):
                self.columns[name] = None
        return found

    def look_up(self, raw: dict[str, Any], at: str) -> LookedUp | None:
        """A look-up, which knows the words of the others of the same text."""
        try:
            read = LookUp.model_validate(raw)
        except ValidationError as error:
            self.faults += [
                Fault(one.detail, at + (one.pointer or ""), code=one.code)
                for one in invalid(error, raw, LookUp).faults  # type: ignore[arg-type]  # strict
            ]
            return None
        of = self.template(read.of, f"{at}/of")
        self._tell_apart(read.words, f"{at}/words")
        others = self.words.setdefault(of, set())
        words = {name_key(word): self.value(one, f"{at}/words") for word, one in read.words.items()}
        others.update(words)
        otherwise = None if read.else_ is None else self.value(read.else_, f"{at}/else")
        return LookedUp(of, words, otherwise, others)

    def _tell_apart(self, words: dict[str, Any], at: str) -> None:
        """A fault where one word is listed in two spellings, for two values."""
        first: dict[str, str] = {}
        for word, value in words.items():
            other = first.setdefault(name_key(word), word)
            if words[other] != value:
                detail = (
                    f"“{printed(other)}” and “{printed(word)}” are one word here, where case, width"
                    " and spaces do not count, and have two values"
                )
                self.faults.append(Fault(detail, at, code="template"))

    def done(self) -> None:
        """Raise ``Invalid`` with every fault that was found."""
        if self.faults:
            raise Invalid("The mapping breaks rules.", tuple(self.faults[:100]))


def columns_of(value: Any) -> list[str]:
    """The columns that a value refers to, at any depth."""
    if isinstance(value, Template | LookedUp):
        return value.columns
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [name for one in inner for name in columns_of(one)]


def rendered(value: Any, name: str, row: RowContext) -> Any:
    """A value filled in for a row, as its field takes it; raises ``Absent`` or ``CellFault``."""
    if isinstance(value, LookedUp):
        return rendered(value.found(row), name, row)
    if isinstance(value, Template):
        return _of_text(value, name, row)
    if isinstance(value, list):
        return [one for item in value for one in _present(item, name, row)]
    if isinstance(value, dict):
        pairs = ((key, _present(one, _field(name, key), row)) for key, one in value.items())
        found = {key: some[0] for key, some in pairs if some}
        if value and not found:
            raise Absent
        return found
    return value


def _field(name: str, key: str) -> str:
    """The field that a key of another is; empty where it is none of ours."""
    inner = f"{name}.{key}"
    return OF_FREE if name in FREE else inner if inner in KINDS else key


def _present(value: Any, name: str, row: RowContext) -> list[Any]:
    try:
        return [rendered(value, name, row)]
    except Absent:
        return []


def _of_text(template: Template, name: str, row: RowContext) -> Any:
    if name in SLUGS:
        return template.slug(row, plain=name == "id")
    if name in DATES:
        return template.date(row)
    text = template.text(row, plain=name == OF_FREE)
    if name in NUMBERS:
        return _number(template, text, row, name) if template.columns else text
    kind = KINDS.get(name, "text")
    if kind == "switch" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind == "whole":
        return csv.whole(text)
    return text


def _number(template: Template, text: str, row: RowContext, name: str) -> str:
    """A figure; alone in its template it may be one that the file has as a number."""
    if all(isinstance(row.cell(column), NumberCell) for column in template.columns):
        text = NumberCell(text)  # also with a sign before it: its point is the decimal mark
    shift = row.scale if name in SCALED else 0
    return figure(text, row.file.decimal, row.file.thousands, shift)
