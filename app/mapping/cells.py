"""Cells and tables: what every kind of file is read into."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from app.errors import Fault, Invalid, Malformed
from app.rules.api_keys import redacted

MAX_COLUMNS = 16_384
"""As many as a spreadsheet can have."""
MAX_CELL = 2_000_000
"""Characters of one cell, and of one line of text."""
DOCS = "docs/files.md"


class NumberCell(str):
    """A cell that its file keeps as a number, not as text: digits with a decimal point.

    How the file writes the numbers in its texts (1.234,5) plays no part.
    """

    __slots__ = ()


class CalendarDate(str):
    """A cell that its file keeps as a date, not as text: ISO 8601.

    In what order the file writes the dates in its texts (31/12/2024) plays no part.
    """

    __slots__ = ()


NumberedRow = tuple[int, list[str]]
"""The line that a row begins in, and its cells."""


class Table(NamedTuple):
    """The names of columns, and the rows below them, read one by one.

    ``notices`` are what is to be told of the rows, once all are read.
    """

    columns: list[str]
    rows: Iterator[NumberedRow]
    header: int = 1
    notices: Callable[[], Iterable[tuple[str, str]]] = tuple


def unreadable_file(detail: str, line: int | None = None, code: str = "file") -> Malformed:
    """The refusal of a file that cannot be read; ``detail`` says why, and what to do."""
    fault = Fault(detail, pointer="", code=code, line=line)
    if code == "header":  # names of columns are input, and are told in one place
        return Malformed(f"The columns of line {line or 1} are not as they have to be.", (fault,))
    told = f"Line {line}: {detail}" if line else detail[:1].upper() + detail[1:]
    return Malformed(f"{told}.", (fault,))


def refused(detail: str, pointer: str = "", code: str = "invalid") -> Invalid:
    """The refusal of an item that can be read and not taken; ``detail`` says why."""
    return Invalid(faults=(Fault(detail, pointer, code=code),))


def unfit_row(cells: Sequence[str], width: int) -> str | None:
    """Why a row does not fit below a header of this width; None: it does."""
    if not cells:
        return "a cell of it holds on from a row above that is not read: write out what it has"
    if len(cells) != width:
        return f"this row has {len(cells)} cells, and the header {width}"
    return None


def shown(names: list[str], most: int = 30) -> str:
    """Names of columns for a person: printable, not too long, not too many."""
    some = ", ".join(f"“{printed(name)}”" for name in names[:most])
    return f"{some} and {len(names) - most} more" if len(names) > most else some or "none"


def printed(name: str) -> str:
    """A name from a file as it can be told: one line, at most 60 characters."""
    line = "".join(one if one.isprintable() else " " for one in redacted(name)[:61]).strip()
    return line if len(name) <= 60 else f"{line[:59]}…"
