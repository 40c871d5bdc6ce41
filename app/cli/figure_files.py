"""Files of figures: the table of /quantities.csv as Parquet and as XLSX, with typed cells.

A number has its digits beside it (`value_exact`), for a double may not hold them all.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any, Literal, Protocol

from app.models.csv_columns import FIGURE_COLUMNS
from app.render.figure_table import (
    KIND_WORDS,
    CellKind,
    TableColumn,
    TabledFigure,
    csv_header,
    csv_lines,
    plain,
)
from app.rules import edtf
from app.store.snapshot import Unfit

FigureFormat = Literal["quantities.csv", "parquet", "xlsx"]
LICENCE = (
    "What is quoted belongs to those who wrote it: look at the licence of each source before you "
    "publish its words. Cite a figure by its permalink."
)
XLSX_ROWS, XLSX_CELL = 1_048_575, 32_767
"""What a sheet holds below its header, and characters in a cell; Excel takes no more."""
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that no cell of XLSX can hold."""
FIRST_DAY = date(1900, 3, 1)
"""Excel counts days before this one wrongly, so they are written as text."""
FAR = "days before year 1 or after 9999, which are empty here; each claim's own page has them"


@dataclass(frozen=True)
class FileNotes:
    """What a file says of itself: the question, its moment, and what to keep in mind."""

    question: str
    as_of: str
    rows: int

    def lines(self) -> list[tuple[str, str]]:
        """Each as a heading and what stands beside it."""
        return [
            ("Question", self.question or "every figure"),
            ("As of", self.as_of),
            ("Figures", str(self.rows)),
            ("Licence", LICENCE),
        ]


class FigureWriter(Protocol):
    """Writes rows as they come; what it could not write as it is, it counts."""

    def add(self, rows: Sequence[TabledFigure]) -> None: ...

    def close(self) -> dict[str, int]: ...


def typed_columns() -> list[TableColumn]:
    """The columns, with the digits of each number beside it."""
    found = []
    for one in FIGURE_COLUMNS:
        found.append(one)
        if one.kind == "decimal":
            about = f"`{one.name}` digit for digit"
            found.append(TableColumn(f"{one.name}_exact", "text", about, one.read))
    return found


class CsvWriter:
    """The same bytes as /quantities.csv."""

    def __init__(self, target: IO[bytes], notes: FileNotes):
        self.target = target
        target.write(csv_header(FIGURE_COLUMNS).encode())

    def add(self, rows: Sequence[TabledFigure]) -> None:
        """Some rows."""
        self.target.write(csv_lines(FIGURE_COLUMNS, rows).encode())

    def close(self) -> dict[str, int]:
        """Nothing is left out."""
        return {}


def required(package: str, extra: str) -> Unfit:
    """What to install where a library is missing."""
    return Unfit(f"This format needs {package}. Install it: pip install 'sayso[{extra}]'")


class ParquetWriter:
    """Apache Parquet: days as dates, numbers as doubles, ids as lists."""

    def __init__(self, target: IO[bytes], notes: FileNotes):
        try:
            import pyarrow
            from pyarrow import parquet
        except ImportError:
            raise required("pyarrow", "parquet") from None
        self.arrow, self.columns, self.far = pyarrow, typed_columns(), 0
        types: dict[CellKind, Any] = {
            "text": pyarrow.string(), "decimal": pyarrow.float64(), "whole": pyarrow.int64(),
            "switch": pyarrow.bool_(), "day": pyarrow.date32(), "json": pyarrow.string(),
            "ids": pyarrow.list_(pyarrow.string()),
        }  # fmt: skip
        fields = [
            pyarrow.field(one.name, types[one.kind], metadata={"description": one.about})
            for one in self.columns
        ]
        self.schema = pyarrow.schema(fields, metadata={"sayso": json.dumps(dict(notes.lines()))})
        self.writer = parquet.ParquetWriter(target, self.schema, compression="zstd")

    def add(self, rows: Sequence[TabledFigure]) -> None:
        """Some rows, as a group."""
        table = [
            self.arrow.array([self._cell(one.read(row), one.kind) for row in rows], field.type)
            for one, field in zip(self.columns, self.schema, strict=True)
        ]
        self.writer.write_batch(self.arrow.record_batch(table, schema=self.schema))

    def _cell(self, value: Any, kind: CellKind) -> Any:
        if value is None or kind in ("text", "whole", "switch"):
            return value
        if kind == "day":
            found = calendar_date(value)
            self.far += found is None
            return found
        if kind == "decimal":
            return float(value)
        return list(value) if kind == "ids" else plain(value, kind)

    def close(self) -> dict[str, int]:
        """The end of the file."""
        self.writer.close()
        return {FAR: self.far} if self.far else {}


def calendar_date(day: int) -> date | None:
    """A day as Python, pandas and Excel have it; None beyond the years 1 to 9999."""
    year, month, of_month = edtf.calendar_day(day)
    return date(year, month, of_month) if 1 <= year <= 9999 else None


class XlsxWriter:
    """An Excel workbook: the figures under a header that stays, and a sheet about the file."""

    def __init__(self, target: IO[bytes], notes: FileNotes):
        try:
            import openpyxl
            from openpyxl.cell import WriteOnlyCell
        except ImportError:
            raise required("openpyxl", "xlsx") from None
        if notes.rows > XLSX_ROWS:
            raise Unfit(
                f"A sheet holds {XLSX_ROWS:,} rows, and these are {notes.rows:,}. Ask for less with"
                " --where, or take --format parquet."
            )
        self.target, self.columns, self.odd = target, typed_columns(), Counter[str]()
        self.book, self.cell = openpyxl.Workbook(write_only=True), WriteOnlyCell
        self.sheet = self.book.create_sheet("figures")
        self.sheet.freeze_panes = "B2"
        self.sheet.append([self._header(one.name) for one in self.columns])
        self._about(self.book.create_sheet("about"), notes)

    def _header(self, text: str) -> Any:
        from openpyxl.styles import Font

        found = self.cell(self.sheet, text)
        found.font = Font(bold=True)
        return found

    def _about(self, sheet: Any, notes: FileNotes) -> None:
        sheet.column_dimensions["A"].width, sheet.column_dimensions["C"].width = 24, 90
        for heading, told in notes.lines():
            sheet.append([self._header(heading), self._text(told)])
        sheet.append([])
        sheet.append([self._header(one) for one in ("column", "cells", "what it tells")])
        for one in self.columns:
            sheet.append([one.name, KIND_WORDS[one.kind].replace("`", ""), self._text(one.about)])

    def add(self, rows: Sequence[TabledFigure]) -> None:
        """Some rows."""
        for row in rows:
            self.sheet.append([self._cell(one.read(row), one.kind) for one in self.columns])

    def _cell(self, value: Any, kind: CellKind) -> Any:
        if value is None or value == []:
            return None
        if kind == "day":
            found = calendar_date(value)
            return found if found and found >= FIRST_DAY else self._text(plain(value, kind))
        if kind in ("switch", "whole"):
            return value
        return float(value) if kind == "decimal" else self._text(plain(value, kind))

    def _text(self, text: str) -> Any:
        """A cell that is text whatever it begins with; what none can hold is counted."""
        if len(text) > XLSX_CELL:
            text = "(too long for a cell)"
            self.odd["cells that are too long; their permalink has the text"] += 1
        if ILLEGAL.search(text):
            text = ILLEGAL.sub("\ufffd", text)
            self.odd["cells with characters that no cell can hold"] += 1
        found = self.cell(self.sheet, text)
        found.data_type = "s"
        return found

    def close(self) -> dict[str, int]:
        """The workbook, written."""
        self.book.save(self.target)
        return self.odd


WRITERS: dict[FigureFormat, Callable[[IO[bytes], FileNotes], FigureWriter]] = {
    "quantities.csv": CsvWriter,
    "parquet": ParquetWriter,
    "xlsx": XlsxWriter,
}
