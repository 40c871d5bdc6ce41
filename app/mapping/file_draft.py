"""How a file is written, for a first mapping: what it says of itself, and what two readings fit."""

import json
import re
from collections.abc import Iterator, Sequence
from itertools import count, islice
from typing import IO, NamedTuple

from app.errors import Malformed
from app.mapping import vocabulary
from app.mapping.cells import CalendarDate, NumberCell, NumberedRow, printed
from app.mapping.columns import SURE, ColumnFacts, TableFacts, any_of, braced, facts_of, forms_of
from app.mapping.dates import UNSURE, DateForms, edtf_date
from app.mapping.encodings import encoding_of, likely_encoding, lines_of
from app.mapping.numerals import SCALES, figure
from app.mapping.reading import header_names, raw_rows, read_table
from app.mapping.schema import FileOptions
from app.mapping.workbook import is_workbook
from app.render.date_words import spoken

LOOKED_AT = 20_000
"""Rows that are looked at."""
TOP = 40
"""Rows in which the header is looked for."""
WESTERN = ("cp1250", "cp1252", "latin_1", "iso8859_1", "cp1257", "mac_roman")
"""What a detector takes Western text for, which is windows-1252 far more often."""
BEGIN, END = map(any_of, vocabulary("column_words")["spans"].values())


class OpenQuestion(NamedTuple):
    """What a file does not say: under which key the answer goes, and what it may be."""

    key: str
    asked: str
    choices: tuple[str, ...] = ()


class FileDraft:
    """The `[file]` of a mapping that is being written, and the columns that it is of."""

    def __init__(self, file: IO[bytes], answers: dict[str, str]):
        self.file, self.answers = file, answers
        self.open: list[OpenQuestion] = []
        self.options: dict[str, object] = {}
        self.notes: dict[str, str] = {}
        self.choices: dict[str, list[tuple[object, str]]] = {}
        """Options of the file that two readings fit, each with what it would mean."""
        self._settle_encoding()
        self._settle_header()
        table = read_table(file, FileOptions.model_validate(self.options))
        self.columns, width = table.columns, len(table.columns)
        self.rows = [row for row in islice(table.rows, LOOKED_AT) if len(row[1]) == width]
        self.facts = facts_of(self.columns, self.rows)
        across = [one.name for one in self.facts.of("figure")]
        self.years, self.days = years_across(across), days_across(across)
        """Where each column of figures is of a time: the years, or the days, in their names."""

    def ask(self, key: str, asked: str, *choices: str) -> None:
        """One more question, unless it is answered."""
        if key not in self.answers and all(one.key != key for one in self.open):
            self.open.append(OpenQuestion(key, asked, choices))

    def _settle_encoding(self) -> None:
        if is_workbook(self.file):
            return
        try:
            for _ in lines_of(self.file, encoding_of(self.file, None)):
                pass
        except Malformed:
            guess = self.answers.get("encoding") or likely_encoding(self.file) or "cp1252"
            guess = "windows-1252" if guess in WESTERN else guess
            self.options["encoding"] = guess
            if "encoding" not in self.answers:
                self.choices["encoding"] = [(guess, "a guess: look at the words with accents")]
            self.ask("encoding", f"In which encoding is the file? {guess} is a guess.", guess)

    def _settle_header(self) -> None:
        options = FileOptions.model_validate(self.options)
        top = islice(raw_rows(self.file, options), TOP)
        rows = [(number, cells) for number, cells in top if any(map(str.strip, cells))]
        found = header_lines(rows)
        if found:
            self.options["header"] = found if len(found) > 1 else found[0]
        names = header_names(raw_rows(self.file, options), found)
        if len(set(names)) < len(names):
            self.options["columns"] = told_apart(names)
            self.notes["columns"] = "some have one name in the file: which is which?"
        self._settle_tags(rows)

    def _settle_tags(self, filled: list[NumberedRow]) -> None:
        """The row of hashtags below the header, as the Humanitarian Exchange Language has it."""
        for number, cells in filled[1:]:
            if all(cell.startswith("#") for cell in map(str.strip, cells) if cell):
                self.options["skip_lines"] = [number]
                self.notes["skip_lines"] = "its hashtags (HXL)"
                return

    def _settle_marks(self) -> None:
        facts = self.facts
        mark = facts.decimal or self.answers.get("decimal")
        if mark:
            self.options["decimal"] = mark
        elif cell := facts.unsure:
            shift = SCALES["percent"] if cell.endswith("%") else 0
            read = [(one, figure(cell, one, None, shift)) for one in (".", ",")]
            self.choices["decimal"] = [(one, f"{printed(cell)} is {said}") for one, said in read]
            asked = " or ".join(f"{said} (by “{one}” as decimal mark)" for one, said in read)
            self.ask("decimal", f"Is {printed(cell)} in this file {asked}?", ".", ",")
        dated = [*facts.of("date"), *([self.days] if self.days else [])]
        forms = [form for column in dated for form in self._form(column)]
        forms += part_of_year(facts)[1] if facts.of("year") else []
        if unsure := self.choices.get("dates"):
            self.choices["dates"] = [
                (list(dict.fromkeys([*forms, one])), said) for one, said in unsure
            ]
        elif forms:
            self.options["dates"] = list(dict.fromkeys(forms))
        told = facts.of("figure", "worded", "low", "best", "high", "date", "year")
        missing = {word: why for one in told for word, why in one.missing.items()}
        if missing:
            self.options["missing"] = missing
            self.notes["missing"] = "why there is none: unknown, withheld, not_applicable; or skip"

    def _form(self, column: ColumnFacts) -> list[str]:
        """The form of a column's dates; where several fit, a question."""
        if not column.forms or (len(column.forms) == 1 and column.forms[0] in SURE):
            return []
        cells = list(dict.fromkeys(column.cells))
        read = {
            form: [edtf_date(cell, DateForms((form,))) for cell in cells] for form in column.forms
        }
        first = column.forms[0]
        others = [form for form in column.forms if read[form] != read[first]]
        if "%y" in first and (last := max(read[first])[:4]) >= str(UNSURE):
            self.notes["dates"] = f"takes some for {last}: is it so?"
        if not others:
            return [first]
        n = next(n for n, one in enumerate(read[first]) if one != read[others[0]][n])
        one, two = (spoken(read[form][n]) for form in (first, others[0]))
        cell = printed(cells[n])
        self.ask("dates", f"The dates of “{column.name}”: is {cell} {one} ({first}), or {two}"
                 f" ({others[0]})?", first, *others)  # fmt: skip
        if "dates" in self.answers:
            return [self.answers["dates"]]
        told = ((form, f"{cell} is {spoken(read[form][n])}") for form in (first, *others))
        self.choices.setdefault("dates", list(told))
        return []

    def told_options(self) -> Iterator[str]:
        if self.options or self.choices:
            yield "[file]  # how it is written"
            for key, value in self.options.items():
                if key not in self.choices:
                    note = f"  # {self.notes[key]}" if key in self.notes else ""
                    yield f"{key} = {toml(value)}{note}"
            for key, choices in self.choices.items():
                yield f"# {key}: not sure; take the # from the line that is right"
                for value, note in choices:
                    yield f"# {key} = {toml(value)}  # {note}"
            yield ""


def header_lines(rows: list[tuple[int, list[str]]]) -> list[int]:
    """The lines that name the columns, where it is not simply the first: below titles, or two."""
    if len(rows) < 2:
        return []
    filled = [sum(bool(cell.strip()) for cell in cells) for _, cells in rows]
    usual = max(filled[len(filled) // 2 :])
    named = [n for n, some in enumerate(filled) if some > 1 and _is_names(rows[n][1])]
    for at in named:
        below = rows[at + 1][1] if at + 1 < len(rows) else []
        if filled[at] < usual and _is_names(below, years=True) and filled[at + 1] >= usual / 2:
            return [rows[at][0], rows[at + 1][0]]
        if filled[at] >= usual / 2:
            return [rows[at][0]] if at else []
    return [rows[named[0]][0]] if named and named[0] else []


def told_apart(names: list[str]) -> list[str]:
    """Names once each: of equal ones the second is told as such, as in “Share (2)”."""
    found: list[str] = []
    for name in names:
        numbered = (name if n == 1 else f"{name} ({n})" for n in count(1))
        found.append(next(one for one in numbered if one not in found))
    return found


def _is_names(cells: list[str], years: bool = False) -> bool:
    """Does a row hold names? Texts, with years among them (or alone); not figures, not dates."""
    words = [cell for cell in cells if cell.strip()]
    as_years = [cell for cell in words if re.fullmatch("(19|20)[0-9]{2}", cell)]
    others = [cell for cell in words if cell not in as_years]
    figures = re.compile(r"[-+0-9.,%' /]+")
    plain = not any(
        isinstance(cell, NumberCell | CalendarDate) or figures.fullmatch(cell) for cell in others
    )
    return plain and bool(others or (years and as_years))


def part_of_year(facts: TableFacts) -> tuple[str, list[str]]:
    """A template of the time that columns say part by part, and its form; one of them is a year."""
    years = facts.of("year")
    if span := span_of(years):
        return span, []
    year = braced(years[0])
    months, quarters = facts.of("month"), facts.of("quarter")
    if months:
        month, named = braced(months[0]), not months[0].cells[0].isdecimal()
        return (f"{month}, {year}", ["%B, %Y"]) if named else (f"{year}-{month}", ["%Y-%m"])
    if quarters:
        sign = "" if quarters[0].cells[0].startswith("Q") else "Q"
        return f"{year}-{sign}{braced(quarters[0])}", ["%Y-Q%q"]
    return year, []


def span_of(columns: list[ColumnFacts]) -> str | None:
    """A template of the time that begins in one of two columns and ends in the other, if so."""
    for first, last in (columns, columns[::-1]) if len(columns) == 2 else ():
        if BEGIN.fullmatch(first.name.strip()) and END.fullmatch(last.name.strip()):
            return f"{braced(first)}/{braced(last)}"
    return None


def years_across(names: Sequence[str]) -> dict[str, str]:
    """The year that each of several columns is of, where their names differ in nothing else."""
    found = [re.fullmatch(r"(.*?)\b((?:19|20)[0-9]{2})\b(.*)", name) for name in names]
    rests = {(one[1], one[3]) for one in found if one}
    if len(names) < 2 or None in found or len(rests) != 1:
        return {}
    return {name: one[2] for name, one in zip(names, found, strict=True) if one}


def days_across(names: Sequence[str]) -> ColumnFacts | None:
    """The names of several columns as dates that are all of one form; None where they are not."""
    dates = ColumnFacts("the names of the columns", list(names), "date", forms_of(names))
    return dates if len(names) > 1 and dates.forms else None


def toml(value: object) -> str:
    """A value as TOML writes it, on one line."""
    if isinstance(value, dict):
        pairs = (f"{_key(key)} = {toml(one)}" for key, one in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    text = json.dumps(str(value) if isinstance(value, str) else value, ensure_ascii=False)
    return text.replace("\x7f", "\\u007F")


def _key(key: str) -> str:
    return key if re.fullmatch("[A-Za-z0-9_-]+", key) else toml(key)
