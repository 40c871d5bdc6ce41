"""What the columns of a table seem to be: figures, dates, words; measured over many rows."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from app.mapping import vocabulary
from app.mapping.cells import CalendarDate, NumberCell, NumberedRow
from app.mapping.dates import (
    EXCEL,
    USUAL,
    DateForms,
    edtf_date,
    is_next_year,
    is_year_span,
    pattern,
)
from app.mapping.numerals import MARKED, SCALES, CellFault, figure
from app.mapping.schema import Missing
from app.rules.bounds import BoundedFigure, MeasureContext
from app.rules.figures import read_figure
from app.rules.lexicon import LANGUAGES
from app.rules.tokenizer import Unreadable

Seems = Literal[
    "empty", "figure", "worded", "date", "year", "month", "quarter", "hedge", "low", "best",
    "high", "source", "via", "notes", "link", "id", "text", "code", "beside",
]  # fmt: skip
_WORDS = vocabulary("column_words")
NO_FIGURE: dict[str, Missing] = {
    word: why for why, words in _WORDS["no_figure"].items() for word in words
}


def any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    """What each of these patterns fits, in capitals or not."""
    return re.compile("|".join(patterns), re.I)


def _named_patterns(table: str) -> dict[str, re.Pattern[str]]:
    return {name: any_of(patterns) for name, patterns in _WORDS[table].items()}


NAMES, HOLDS = _named_patterns("names"), _named_patterns("holds")
UNITS, SCALE_WORDS = _named_patterns("units"), _named_patterns("scales")
SURE = ("%Y-%m-%d", "%Y-%m", "%Y")
"""Dates that need no declaration."""
MIDNIGHTS = tuple(
    f"%Y-%m-%d{mark}00:00:00{rest}"
    for mark in " T"
    for rest in ("", ".000", "Z", ".000Z", "+00:00")
)
"""How programs write a day that they keep as a moment."""
SAMPLE = 100
"""Cells of a column that every lexicon reads."""
_YEAR = re.compile("(1[5-9]|20|21)[0-9]{2}")
_MONTH = re.compile("0?[1-9]|1[0-2]")
_QUARTER = re.compile("Q?[1-4]")
_DAY_NUMBER = re.compile("[2-6][0-9]{4}")


@dataclass
class ColumnFacts:
    """One column: its name, what it seems to be, and what stands in it."""

    name: str
    cells: list[str]
    seems: Seems = "text"
    forms: list[str] = field(default_factory=list)
    missing: dict[str, Missing] = field(default_factory=dict)
    percent: bool = False
    figured: bool = False
    """Whether some of its words are figures: what may be corrected tells no rows apart."""

    @property
    def of_percent(self) -> bool:
        """Whether its name says that its figures are percentages."""
        return bool(HOLDS["percent"].search(self.name))

    @property
    def bare_percent(self) -> bool:
        """Whether that is said in its name alone, and its figures are worded: about 12."""
        return (
            self.seems == "worded"
            and self.of_percent
            and not any(HOLDS["percent"].search(cell) for cell in self.cells)
        )

    @property
    def scale(self) -> str | None:
        """The scale that its cells or its name are sure of.

        A workbook holds 12.5 % as 0.125, so that under a name with a percent sign only texts that
        no part of 1 can be are sure, and numbers beside texts with the sign are not.
        """
        if self.percent or self.of_percent:
            numbers = any(isinstance(cell, NumberCell) for cell in self.cells)
            sure = not numbers and (self.percent or any(map(_is_over_one, self.cells)))
            return "percent" if sure else None
        return _scale_in(self.name)

    def unit(self, table: str) -> str | None:
        """The unit of its figures, as its name or that of the whole table says it."""
        if self.percent or self.bare_percent:
            return "1" if self.percent else "%"
        return _unit_in(self.name) or _unit_in(table)

    @property
    def power(self) -> str:
        """What its unit begins with where its figures are worded: no scale moves words."""
        scale = self.scale if self.seems == "worded" and not self.of_percent else None
        return f"10*{SCALES[scale]}." if scale else ""

    def label_of(self, unit: str) -> dict[str, str]:
        """How such a unit is printed, so that “3 million” in it is no million millions."""
        bare = re.sub("[{}]", "", unit.removeprefix(self.power))
        return {"unit_label": f"{self.scale} {bare}".strip("? ")} if self.power else {}

    @property
    def distinct(self) -> int:
        """How many different cells it has."""
        return len(set(self.cells))


@dataclass
class TableFacts:
    """All columns, and what decides how their figures are written."""

    columns: list[ColumnFacts]
    decimal: str | None = None
    unsure: str | None = None
    """A cell that is two figures, where no cell says by which mark."""
    languages: tuple[str, ...] = ()
    """Those in which the worded figures are read; several where they are read differently."""

    def of(self, *seems: Seems) -> list[ColumnFacts]:
        """The columns that seem to be one of these."""
        return [one for one in self.columns if one.seems in seems]


def braced(column: ColumnFacts) -> str:
    """A column as a template has it."""
    return f"{{{{{column.name}}}}}"


def facts_of(names: Sequence[str], rows: Iterable[NumberedRow]) -> TableFacts:
    """What a table's columns seem to be, by their names and cells."""
    cells: list[list[str]] = [[] for _ in names]
    for _, row in rows:
        if len(row) == len(names):
            for place, cell in enumerate(row):
                if cell.strip():
                    cells[place].append(cell)
    table = TableFacts([_column(name, some) for name, some in zip(names, cells, strict=True)])
    _settle_parts(table)
    _settle_decimal(table)
    table.languages = _languages([cell for one in table.of("worded") for cell in one.cells])
    _settle_sides(table)
    return table


def _column(name: str, cells: list[str]) -> ColumnFacts:
    kept = [cell if isinstance(cell, NumberCell | CalendarDate) else cell.strip() for cell in cells]
    why = {cell: NO_FIGURE.get(cell) or NO_FIGURE.get(cell.lower()) for cell in kept}
    missing = {cell: reason for cell, reason in why.items() if reason}
    column = ColumnFacts(name, [cell for cell in kept if cell not in missing], missing=missing)
    column.seems = _seems(column)
    if column.seems in ("text", "source", "via", "notes", "code", "beside"):
        column.cells = kept  # a word is no lack of one there
    if column.seems == "code":
        column.seems = "text"
    return column


def _unit_in(name: str) -> str | None:
    """The unit that a name says; None where it says none that is known."""
    return next((unit for unit, words in UNITS.items() if words.search(name)), None)


def _scale_in(name: str) -> str | None:
    """The scale that a name says."""
    for scale, words in SCALE_WORDS.items():
        for found in words.finditer(name):
            if not HOLDS["per"].search(name[: found.start()]):
                return scale
    return None


def _named(name: str, *kinds: Seems) -> Seems | None:
    """The first of these kinds that the name of a column says it is."""
    return next((kind for kind in kinds if NAMES[kind].fullmatch(name.strip())), None)


def _seems(column: ColumnFacts) -> Seems:
    cells, name = column.cells, column.name
    if not cells:
        return "empty"
    if _named(name, "year") and all(map(_YEAR.fullmatch, cells)):
        return "year"
    if _named(name, "month") and all(map(_MONTH.fullmatch, cells)):
        return "month"
    if _is_date(column):
        return "date"
    figures = all(map(_decimals, cells))
    unique = column.distinct == len(cells) and all(cell.isdecimal() for cell in cells)
    if figures and unique and _named(name, "id"):
        return "id"
    if aside := _named(name, "code", "beside"):
        return aside  # numbers that name a thing or a place, and count nothing
    if figures:
        column.percent = any(cell.endswith("%") for cell in cells)
        return _named(name, "low", "best", "high") or "figure"
    return _of_words(column)


def _of_words(column: ColumnFacts) -> Seems:
    cells, name = column.cells, column.name
    if all(cell.startswith(("http://", "https://")) for cell in cells):
        return "link"
    if sum(hedge_of(cell) is not None for cell in set(cells)) >= 0.8 * column.distinct:
        return "hedge"
    numbered = [cell for cell in cells if any(map(str.isdigit, cell))]
    if numbered and (best := max(map(len, _readings(numbered).values()))):
        column.figured = True
        if best >= 0.8 * len(_sample(numbered)) and len(numbered) >= 0.5 * len(cells):
            return "worded"
    return _named(name, "source", "via", "notes", "id") or "text"


def _is_over_one(cell: str) -> bool:
    """Whether a text is a figure beyond 1, by whatever decimal mark."""
    read = [abs(Decimal(figure(cell, mark, None))) for mark in _decimals(cell)]
    return bool(read) and min(read) > 1


def _decimals(cell: str) -> set[str]:
    """The decimal marks by which a cell is a figure."""
    if isinstance(cell, CalendarDate):
        return set()
    found = set()
    for mark in (".", ","):
        try:
            figure(cell, mark, None, -2)
        except CellFault:
            continue
        found.add(mark)
    return found


def _sample(cells: list[str]) -> list[str]:
    """So many different cells, those first whose marks tell languages apart, however late."""
    return sorted(dict.fromkeys(cells), key=lambda cell: not MARKED.search(cell))[:SAMPLE]


def _readings(cells: list[str]) -> dict[str, dict[str, BoundedFigure]]:
    """What each lexicon reads of the cells as figures."""
    found: dict[str, dict[str, BoundedFigure]] = {language: {} for language in LANGUAGES}
    for cell in _sample(cells):
        for language, read in found.items():
            with suppress(Unreadable):
                read[cell] = read_figure(cell, MeasureContext(language=language))
    return found


def _languages(cells: list[str]) -> tuple[str, ...]:
    """The languages that read most of the cells: one, or those that differ in what they read."""
    found = _readings(cells)
    most = max(map(len, found.values()))
    best = [language for language in LANGUAGES if most and len(found[language]) == most]
    differ = [one for one in best if found[one] != found[best[0]]]
    return (*best[:1], *differ)


def hedge_of(word: str) -> str | None:
    """The hedge that a word before a figure is, as the lexicon has it."""
    if not word or any(map(str.isdigit, word)) or len(word) > 40:
        return None
    for phrase in (f"{word} 1000", f"1000 {word}"):
        try:
            hedge = read_figure(phrase).hedge
        except (Unreadable, ValueError):
            continue
        return None if hedge == "none" else hedge
    return None


def _is_date(column: ColumnFacts) -> bool:
    cells = column.cells
    if all(isinstance(cell, CalendarDate) for cell in cells):
        if column.distinct > 1:  # the first day of each is how a workbook keeps a month
            column.forms = [form for form in SURE if all(_fits_day(cell, form) for cell in cells)]
        return True
    dated = bool(HOLDS["date"].search(column.name))
    if dated and all(_DAY_NUMBER.fullmatch(cell) for cell in cells):
        column.forms = [EXCEL]
        return True
    digits = all(
        isinstance(cell, NumberCell) or cell.replace(".", "").isdecimal() for cell in cells
    )
    if digits and not dated and not all(_written_as_date(cell) for cell in cells):
        return False
    if all(map(is_year_span, cells)) or (column.distinct > 1 and all(map(is_next_year, cells))):
        return False  # no month, or not surely: whoever looks the mapping over says what it is
    column.forms = forms_of(cells)
    return bool(column.forms)


def forms_of(cells: Sequence[str]) -> list[str]:
    """The forms of a date that fit all cells; where each is a midnight, it is the day."""
    for form in MIDNIGHTS:
        if all(_fits(cell, form) for cell in cells):
            return [form]
    return [form for form in USUAL if all(_fits(cell, form) for cell in cells)]


def _written_as_date(cell: str) -> bool:
    """Digits with two points, as in 1.3.2024."""
    return cell.count(".") == 2 and not isinstance(cell, NumberCell)


def _fits(cell: str, form: str) -> bool:
    # A date in ISO is read whatever form is declared, and fits its own alone.
    return bool(pattern(form).fullmatch(" ".join(cell.split()))) and _fits_day(cell, form)


def _fits_day(cell: str, form: str) -> bool:
    try:
        return bool(edtf_date(cell, DateForms((form,))))
    except CellFault:
        return False


def _settle_parts(table: TableFacts) -> None:
    """Months by their names, and quarters, are parts of a date where a year stands beside them."""
    for column in table.of("text", "figure", "id", "worded") if table.of("year") else ():
        if _named(column.name, "month") and all(map(_is_month, column.cells)):
            column.seems = "month"
        elif _named(column.name, "quarter") and all(map(_QUARTER.fullmatch, column.cells)):
            column.seems = "quarter"


def _is_month(cell: str) -> bool:
    return _fits(f"{cell} 2000", "%B %Y")


def _settle_decimal(table: TableFacts) -> None:
    """The decimal mark, where a cell is a figure by one mark alone; unsure where none decides."""
    marks: Counter[str] = Counter()
    unsure = None
    for column in table.of("figure", "low", "best", "high"):
        for cell in column.cells:
            if isinstance(cell, NumberCell):
                continue
            found = _decimals(cell)
            if len(found) == 1:
                marks.update(found)
            elif figure(cell, ".", None, -2) != figure(cell, ",", None, -2):
                unsure = unsure or cell
    sure = list(marks)
    table.decimal = sure[0] if len(sure) == 1 else None
    table.unsure = unsure if table.decimal is None else None


def _settle_sides(table: TableFacts) -> None:
    """Low, best and high are such where two of them are there; alone each is a figure."""
    sides = table.of("low", "best", "high")
    kinds = [one.seems for one in sides]
    if len(set(kinds)) < 2 or len(set(kinds)) != len(kinds) or "low" not in kinds + ["high"]:
        for one in sides:
            one.seems = "figure"
