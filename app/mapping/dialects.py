"""Text to rows: the mark between cells is declared, or the only one that makes a table."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from typing import NamedTuple

from app.mapping.cells import MAX_CELL, NumberedRow, unreadable_file

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
LOOKED_AT = 200
"""Lines that are looked at for their delimiter."""
REGULAR = 0.9
NO_DELIMITER = re.compile(r'["\r\n\0]|[^\W_]')
"""A quotation mark opens a cell, a line end closes a row, and letters and digits are in cells."""
UNFIT_DELIMITER = "the mark between cells is no quotation mark, line end, letter or digit"
_SEP = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)


def rows_of(lines: Iterator[str], declared: str | None) -> Iterator[NumberedRow]:
    """The rows of a text table, each with its line; raises ``Malformed``."""
    head = list(islice(lines, LOOKED_AT))
    before = 0
    if head and (found := _SEP.fullmatch(head[0].removeprefix("\ufeff"))):
        declared, before, head = declared or found[1], 1, head[1:]
        if NO_DELIMITER.fullmatch(declared):
            raise unreadable_file(f"{UNFIT_DELIMITER}, and “sep=” says it", 1, "csv")
    mark = declared or delimiter_of(head)
    csv.field_size_limit(MAX_CELL)
    table = csv.reader(chain(head, lines), strict=True, delimiter=mark)
    while True:
        number = before + table.line_num + 1  # the line that a row begins in
        try:
            row = next(table)
        except StopIteration:
            return
        except csv.Error as error:
            raise unreadable_file(_broken(str(error)), number, "csv") from None
        yield number, row


def _broken(error: str) -> str:
    """What is wrong with a row, in words that say what to do."""
    if error == "unexpected end of data":
        return "a quotation mark is opened in the row that begins here, and never closed"
    if error.startswith("field larger"):
        return f"a cell is longer than {MAX_CELL} characters; is a quotation mark never closed?"
    return (
        "a closing quotation mark is followed by something else than the mark between cells;"
        ' write "" for a quotation mark inside a cell'
    )


def delimiter_of(head: list[str]) -> str:
    """The only delimiter that makes a table of these lines; raises ``Malformed`` if two do."""
    shapes = {mark: _shape(head, mark) for mark in DELIMITERS}
    fits = [mark for mark, shape in shapes.items() if shape.width > 1 and shape.fits]
    if (
        "\t" in fits
    ):  # cells have commas in them, hardly ever tabs: Eurostat's first column has three
        return "\t"
    whole = [mark for mark in fits if shapes[mark].whole]
    if len(fits) > 1 and len(whole) != 1:
        named = " and ".join(DELIMITERS[mark] for mark in fits)
        detail = f"both {named} part these lines into columns; say which in the mapping"
        raise unreadable_file(f'{detail}: file.delimiter = ";"', code="csv")
    if fits:
        return (whole or fits)[0]
    widest = max(shapes, key=lambda mark: shapes[mark].width)
    return widest if shapes[widest].width > 1 else ","


class _Shape(NamedTuple):
    """What a delimiter makes of lines: the usual width, and whether that is a table.

    ``whole``: every row has that width, the first as well.
    """

    width: int = 0
    fits: bool = False
    whole: bool = False


def _shape(head: list[str], mark: str) -> _Shape:
    try:
        found = [row for row in csv.reader(iter(head), delimiter=mark) if any(map(str.strip, row))]
    except csv.Error:
        return _Shape()
    if not found:
        return _Shape()
    usual, rows = max(Counter(map(len, found)).items(), key=lambda one: (one[1], one[0]))
    # A mark inside figures parts rows as regularly, but then a name has digits at its side.
    header = next(row for row in found if len(row) == usual)
    named = any(cell.strip() and not re.search("[0-9]", cell) for cell in header)
    return _Shape(usual, rows >= REGULAR * len(found) and named, rows == len(found))
