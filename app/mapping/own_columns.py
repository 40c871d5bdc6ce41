"""Tables whose columns are our own: figures and dates as the file writes them, put as we do."""

from collections.abc import Iterator
from itertools import chain

from app.mapping.cells import NumberedRow, Table
from app.mapping.dates import DateForms, edtf_date
from app.mapping.numerals import CellFault, figure
from app.mapping.schema import FileOptions
from app.mapping.values import DATES, NUMBERS


def as_own_columns(table: Table, options: FileOptions) -> Iterator[NumberedRow]:
    """The header and the rows; a cell that is not as declared stays as it is, and is told later.

    Of numbers only those that are taken as wording are told from text any longer.
    """
    return chain([(max(table.header, 1), table.columns)], _converted(table, options))


def _converted(table: Table, options: FileOptions) -> Iterator[NumberedRow]:
    figures = [n for n, name in enumerate(table.columns) if name in NUMBERS]
    dates = [n for n, name in enumerate(table.columns) if name in DATES]
    forms = DateForms(tuple(options.dates), *([tuple(options.months)] if options.months else []))
    marked = bool(options.decimal or options.thousands)
    worded = [n for n, name in enumerate(table.columns) if name == "raw_text"]
    for number, cells in table.rows:
        if len(cells) == len(table.columns):
            for n in figures if marked else ():
                cells[n] = _figure(cells[n], options)
            for n in dates if options.dates else ():
                cells[n] = _date(cells[n], forms)
        yield number, [cell if n in worded else str(cell) for n, cell in enumerate(cells)]


def _figure(cell: str, options: FileOptions) -> str:
    try:
        return figure(cell, options.decimal, options.thousands) if cell.strip() else cell
    except CellFault:
        return cell


def _date(cell: str, forms: DateForms) -> str:
    try:
        return edtf_date(cell, forms) if cell.strip() else cell
    except CellFault:
        return cell
