"""A file of any kind as a table: unpacked, decoded, taken apart, its header found."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import IO

from app.mapping.cells import (
    MAX_COLUMNS,
    CalendarDate,
    NumberedRow,
    Table,
    printed,
    shown,
    unreadable_file,
)
from app.mapping.dates import edtf_date
from app.mapping.dialects import rows_of
from app.mapping.encodings import encoding_of, lines_of
from app.mapping.numerals import CellFault, figure
from app.mapping.records import is_json, record_table
from app.mapping.schema import FileOptions
from app.mapping.slugs import name_key
from app.mapping.values import DATES, NUMBERS
from app.mapping.workbook import is_workbook, workbook_rows


def read_table(whole: IO[bytes], options: FileOptions) -> Table:
    """The table that an unpacked file holds, its rows without those that are left out.

    Raises ``Malformed`` where it cannot be read, or could be read in two ways.
    """
    if _holds_records(whole, options):
        found = record_table(whole, options.at)
    else:
        found = _with_header(raw_rows(whole, options), options)
    passes = RowFilter(options.only, options.not_)
    return found._replace(rows=_kept(found, options, passes), notices=passes.notices)


def raw_rows(whole: IO[bytes], options: FileOptions) -> Iterator[NumberedRow]:
    """Every row of a file as it stands, those above the header too; none of JSON."""
    if is_workbook(whole):
        return workbook_rows(whole, options.sheet)
    if _holds_records(whole, options):
        return iter(())
    return rows_of(lines_of(whole, encoding_of(whole, options.encoding)), options.delimiter)


def _holds_records(whole: IO[bytes], options: FileOptions) -> bool:
    if is_workbook(whole) or not encoding_of(whole, options.encoding).startswith("utf-8"):
        return False
    whole.seek(0)
    return is_json(whole.read(1000))


def _is_blank(cells: Iterable[str]) -> bool:
    return not any(cell.strip() for cell in cells)


def _with_header(rows: Iterator[NumberedRow], options: FileOptions) -> Table:
    """The rows below the header, and the names in it."""
    wanted = options.header
    if wanted == 0:
        return Table(_named(options.columns, 1), rows, 0)
    lines = sorted(wanted if isinstance(wanted, list) else [wanted] if wanted else [])
    header, at = _header(rows, lines)
    if len(header) < max(len(lines), 1):
        raise unreadable_file("there is no row that names the columns", code="header")
    return Table(_named(options.columns or _joined(header), at), rows, at)


def _header(rows: Iterator[NumberedRow], lines: list[int]) -> tuple[list[list[str]], int]:
    """The rows that name the columns, and the line of the last: without lines, the first row."""
    header: list[list[str]] = []
    at = 0
    for number, cells in rows:
        if (not lines and not _is_blank(cells)) or number in lines:
            header.append([_name(cell) for cell in cells])
            at = number
        if header and (not lines or number >= lines[-1]):
            break
    return header, at


def header_names(rows: Iterator[NumberedRow], lines: list[int]) -> list[str]:
    """The names in the header, though several be equal; none where there is no row."""
    header, _ = _header(rows, lines)
    return _each_named(_joined(header)) if header else []


def _name(cell: str) -> str:
    """A cell of the header as a name; a workbook's day stays one, for it may be that of a month."""
    return cell if isinstance(cell, CalendarDate) else " ".join(cell.split())


def _joined(header: list[list[str]]) -> list[str]:
    """Names in several rows: one above several columns (a merged cell) is part of each's name."""
    width = max(map(len, header))
    parts: list[list[str]] = [[] for _ in range(width)]
    for level, row in enumerate(header):
        above = ""
        for column in range(width):
            cell = row[column] if column < len(row) else ""
            holds_on = level < len(header) - 1
            above = cell or (above if holds_on else "")
            if above and above not in parts[column][-1:]:
                parts[column].append(above)
    return [some[0] if len(some) == 1 else " ".join(some) for some in parts]


def _named(names: list[str], line: int) -> list[str]:
    """Names once each; a column without one has its place as name, at the end none."""
    found = _each_named(names)
    if len(found) > MAX_COLUMNS:
        raise unreadable_file(f"a table has at most {MAX_COLUMNS} columns", line, "header")
    doubled = [name for name, count in Counter(found).items() if count > 1]
    if doubled:
        raise unreadable_file(
            f"{shown(doubled)} is the name of several columns; name each in file.columns",
            line,
            "header",
        )
    return found


def _each_named(names: list[str]) -> list[str]:
    while names and not names[-1]:
        names = names[:-1]
    return [name or f"column {place}" for place, name in enumerate(names, 1)]


class RowFilter:
    """Whether a row counts: its cells have these words, and not those, spelt as in a look-up.

    It remembers which words no row has had: whoever misspelt one lost all rows, or kept too many.
    """

    def __init__(self, only: Mapping[str, list[str]], without: Mapping[str, list[str]]):
        self.parts = [
            (name, frozenset(map(name_key, words)), wanted)
            for some, wanted in ((only, True), (without, False))
            for name, words in some.items()
        ]
        self.unmet = {
            (name, name_key(word)): word
            for some in (only, without)
            for name, words in some.items()
            for word in words
        }

    def __call__(self, cells: Iterable[tuple[str, str]]) -> bool:
        if not self.parts:
            return True
        row, counts = dict(cells), True
        for name, words, wanted in self.parts:
            word = name_key(row.get(name, ""))
            self.unmet.pop((name, word), None)
            counts = counts and (word in words) == wanted
        return counts

    def notices(self) -> Iterator[tuple[str, str]]:
        """The words that no row had, column by column."""
        for column in dict.fromkeys(name for name, _ in self.unmet):
            words = [word for (name, _), word in self.unmet.items() if name == column]
            yield (
                "no_such_word",
                f"no row has {shown(words)} in the column “{printed(column)}”, as `only` or `not`"
                " says it",
            )


def _kept(table: Table, options: FileOptions, passes: RowFilter) -> Iterator[NumberedRow]:
    """The rows that count: filled, of full width, and not left out by the mapping."""
    width, skipped = len(table.columns), set(options.skip_lines)
    _require_columns(table, [*options.fill, *options.only, *options.not_])
    above = _Above([table.columns.index(name) for name in options.fill])
    for number, cells in table.rows:
        if _is_blank(cells):
            continue
        if number in skipped:
            above.lose(cells)
            continue
        if len(cells) > width and _is_blank(cells[width:]):
            cells = cells[:width]
        if len(cells) != width:
            above.lose()
        elif not above.fill(cells):
            cells = []
        elif not passes(zip(table.columns, cells, strict=True)):
            continue
        yield number, cells


class _Above:
    """What stands above in the columns whose cells hold on downwards, and where nobody knows it."""

    def __init__(self, places: list[int]):
        self.held = dict.fromkeys(places, "")
        self.lost: set[int] = set()

    def lose(self, cells: list[str] | None = None) -> None:
        """A row that is not read: what holds on from it is not known; where it is blank, it is."""
        self.lost |= {
            place for place in self.held if cells is None or any(map(str.strip, cells[place:][:1]))
        }

    def fill(self, cells: list[str]) -> bool:
        """The blank cells filled in; False where what they hold on from was not read."""
        for place in self.held:
            if cells[place].strip():
                self.held[place] = cells[place]
                self.lost.discard(place)
            cells[place] = self.held[place]
        return not any(place in self.lost for place in self.held)


def _require_columns(table: Table, named: list[str]) -> None:
    """Raise ``Malformed`` where there is no such column: it would leave out all rows, or none."""
    if missing := [name for name in named if name not in table.columns]:
        raise unreadable_file(
            f"[file] names {shown(missing)}, and the table has the columns {shown(table.columns)}",
            max(table.header, 1),
            "header",
        )


def as_own_columns(table: Table, options: FileOptions) -> Iterator[NumberedRow]:
    """The header and the rows of a table whose columns are our own, put as we put them.

    A cell that is not as declared stays as it is, and is told later. Of numbers only those that are
    taken as wording are told from text any longer.
    """
    yield max(table.header, 1), table.columns
    marks, forms = (options.decimal, options.thousands), options.date_forms
    put: dict[int, Callable[[str], str]] = {}
    for n, name in enumerate(table.columns):
        if name in NUMBERS and any(marks):
            put[n] = lambda cell: figure(cell, *marks)
        elif name in DATES and options.dates:
            put[n] = lambda cell: edtf_date(cell, forms)
    worded = [n for n, name in enumerate(table.columns) if name == "raw_text"]
    for number, cells in table.rows:
        for n, read in put.items() if len(cells) == len(table.columns) else ():
            with suppress(CellFault):
                cells[n] = read(cells[n]) if cells[n].strip() else cells[n]
        yield number, [cell if n in worded else str(cell) for n, cell in enumerate(cells)]
