"""Rows of a table as claims: those of one id are the figures of one claim, wherever they stand."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from app.db.temp_table import TempTable
from app.errors import Fault, Invalid, Malformed, Problem
from app.mapping.cells import (
    DOCS,
    NumberCell,
    NumberedRow,
    refused,
    shown,
    unfit_row,
    unreadable_file,
)
from app.mapping.values import SCALED
from app.models.csv_columns import COLUMNS, LEFT_OUT
from app.models.strict_json import escaped, lossless_json, parse_json
from app.render import csv
from app.store.import_.lines import RawLine

BATCH = 200
MAX_FIGURES = 200
"""Figures of a claim."""
NEEDED = frozenset({"document", "measure"})
STATE: dict[str, csv.Kind] = {"id": "text", "version": "whole", "status": "text", "reason": "text"}
"""Columns that are no field of a claim to be written, or not in a table that is written."""
BY_NAME = {name: csv.Column(name, (name,), kind, False) for name, kind in STATE.items()} | {
    column.name: column for column in COLUMNS
}
TRAITS = tuple(csv.PREFIXES.values())
KNOWN_COLUMNS = (
    *(name for name, one in BY_NAME.items() if one.kind != "named"),
    *(f"{prefix}NAME" for prefix in TRAITS),
)


def table_claims(table: Iterator[NumberedRow]) -> Iterator[RawLine]:
    """The claims of a table whose first row names the columns, in the order of their first rows."""
    number, names = next(table, (1, []))
    _check_header(number, names)
    rows = (row for row in table if any(cell.strip() for cell in row[1]))
    for group in _grouped(names, rows):
        yield _line(names, group)


def _check_header(number: int, names: list[str]) -> None:
    """Does the first line name our columns? One fault says all that is wrong with it."""
    missing = sorted(NEEDED - set(names))
    unfit = [f"`{name}` is no column: {LEFT_OUT[name]}" for name in names if name in LEFT_OUT]
    known = BY_NAME.keys() | LEFT_OUT.keys()
    unknown = [name for name in names if name not in known and not name.startswith(TRAITS)]
    if not missing and not unfit and not unknown:
        return
    told = [
        "other columns than ours are read by a mapping: sayso import FILE --suggest (or POST"
        f" /v1/mappings/suggest) writes a first one, {DOCS} explains it",
        f"the table has the columns {shown(names)}",
    ]
    needed = " and ".join(f"`{name}`" for name in missing)
    told += [f"{needed} {'are' if len(missing) > 1 else 'is'} needed"] if missing else []
    told += [f"not known: {shown(unknown)}"] if unknown else []
    told += [*unfit, f"known: {', '.join(KNOWN_COLUMNS)}"]
    raise unreadable_file("; ".join(told), number, "header")


def _grouped(names: list[str], rows: Iterator[NumberedRow]) -> Iterator[Iterable[NumberedRow]]:
    """Rows by their id, on disk; one without an id stands for itself."""
    if "id" not in names:
        yield from ([row] for row in rows)
        return
    place = names.index("id")
    with TempTable() as kept:
        while batch := list(islice(rows, BATCH)):
            kept.extend((_group_key(row, place), _packed(row)) for row in batch)
        for _, group in kept.groups():
            yield (_unpacked(row) for _, row in group)


def _packed(row: NumberedRow) -> tuple[int, list[Any]]:
    """A row of plain values: a number in a list of its own, a date as text."""
    number, cells = row
    return number, [[str(one)] if isinstance(one, NumberCell) else str(one) for one in cells]


def _unpacked(row: tuple[int, list[Any]]) -> NumberedRow:
    number, cells = row
    return number, [NumberCell(one[0]) if isinstance(one, list) else one for one in cells]


def _group_key(row: NumberedRow, place: int) -> str:
    number, cells = row
    id = cells[place] if place < len(cells) else ""
    return f"id {id}" if id else f"line {number}"


def _line(names: list[str], rows: Iterable[NumberedRow]) -> RawLine:
    """The rows of one id as one claim; one row is a flat claim, as it may be sent."""
    numbers: dict[tuple[str, ...], int] = {}
    repeats = []
    for number, cells in rows:
        first = numbers.setdefault(tuple(cells), number)
        if first != number:
            repeats.append((number, first))
        if len(numbers) > MAX_FIGURES:
            break
    lines = tuple(numbers.values())
    raw = RawLine(lines[0], b"", repeats=tuple(repeats))
    try:
        content = lossless_json({"type": "claim"} | _claim(names, numbers)).encode()
    except Problem as problem:
        return raw._replace(problem=problem)
    return raw._replace(content=content, rows=lines if len(lines) > 1 else ())


class ParsedRow(NamedTuple):
    """A row as what it says: fields of the claim, fields of the figure, and what is wrong."""

    number: int
    claim: dict[str, Any]
    figure: dict[str, Any]
    faults: list[Fault]


def _claim(names: list[str], numbers: Mapping[tuple[str, ...], int]) -> dict[str, Any]:
    """The claim that rows of one id say; raises ``Invalid``."""
    if len(numbers) > MAX_FIGURES:
        detail = f"a claim has at most {MAX_FIGURES} figures, and this id has more rows"
        raise refused(detail, "/id", "too_many")
    first, *others = (_parsed(names, number, cells) for cells, number in numbers.items())
    faults = [fault for row in (first, *others) for fault in row.faults] or [
        fault for row in others for fault in _disagreements(first, row)
    ]
    if faults:
        raise Invalid(faults=tuple(faults))
    if not others:
        return first.claim | first.figure
    return first.claim | {"quantities": [row.figure for row in (first, *others)]}


def _disagreements(first: ParsedRow, other: ParsedRow) -> Iterator[Fault]:
    for name in sorted(first.claim.keys() | other.claim.keys()):
        if first.claim.get(name) != other.claim.get(name):
            for one, two in ((first, other), (other, first)):
                detail = (
                    f"line {two.number} has the same `id`, so it is a figure of the same claim,"
                    " and says something else here; make them agree, or give each an `id`"
                )
                yield Fault(detail, f"/{escaped(name)}", code="rows_disagree", line=one.number)
    if not other.figure or not first.figure:
        line = first.number if not first.figure else other.number
        yield Fault("a row of several has a figure", "/measure", code="missing", line=line)


def _parsed(names: list[str], number: int, cells: tuple[str, ...]) -> ParsedRow:
    row = ParsedRow(number, {}, {}, [])
    if detail := unfit_row(cells, len(names)):
        row.faults.append(Fault(detail, pointer="", code="cells", line=number))
        return row
    for name, cell in zip(names, cells, strict=True):
        if cell != "":  # an empty one is a field that is not sent
            try:
                _put(row, name, cell)
            except (ValueError, Problem) as error:
                detail = error.detail if isinstance(error, Problem) else str(error)
                row.faults.append(Fault(detail, f"/{escaped(name)}", code="cell", line=number))
    _one_chain(row)
    _number_beside_words(row)
    if "unit" in names and "version" in row.claim and "hedge" in row.figure:
        row.figure.setdefault("unit", "")  # an export tells every figure's unit: this has none
    return row


def _number_beside_words(row: ParsedRow) -> None:
    """A number taken as wording has its value beside it: its point is one in every language."""
    cell = row.figure.get("raw_text")
    if isinstance(cell, NumberCell) and "." in cell and not row.figure.keys() & {*SCALED, "date"}:
        row.figure["value"] = str(cell)
        row.figure.setdefault("hedge", "none")


def _one_chain(row: ParsedRow) -> None:
    """An export has both: the chain, and its relayers for whoever reads the table."""
    via, hops = row.claim.get("via"), row.claim.get("attributions")
    if not via or not isinstance(hops, list):
        return
    relayers = [
        hop.get("source") for hop in hops if isinstance(hop, dict) and hop.get("role") == "relayer"
    ]
    if via == relayers:
        del row.claim["via"]
        return
    detail = "these are not the relayers of `attributions`; change both, or leave one empty"
    row.faults.append(Fault(detail, pointer="/via", code="ambiguous", line=row.number))


def _put(row: ParsedRow, name: str, cell: str) -> None:
    """A cell where it belongs in the claim or the figure."""
    for field, prefix in csv.PREFIXES.items():
        if name.startswith(prefix):
            _put_named(row, field, {name.removeprefix(prefix): csv.scalar(cell)})
            return
    column = BY_NAME[name]
    fields = row.figure if column.of_figure else row.claim
    value = csv.value_of(cell, column.kind)
    if column.kind == "named":
        _put_named(row, name, _object(value))
        return
    for step in column.path[:-1]:
        fields = fields.setdefault(step, {})
    fields[column.path[-1]] = _json(value) if column.kind == "json" else value


def _put_named(row: ParsedRow, field: str, values: dict[str, Any]) -> None:
    """Dimensions or attributes, which one cell may name beside columns of their own."""
    known = row.figure.setdefault(field, {})
    for name, value in values.items():
        if str(known.setdefault(name, value)) != str(value):
            both = f"`{field}` and `{csv.PREFIXES[field]}{name}`"
            raise ValueError(f"{both} say two things; leave one of them out")


def _json(cell: str) -> Any:
    try:
        return parse_json(cell.encode())
    except Malformed:
        raise ValueError("the cell is to be JSON, and is not") from None


def _object(cell: str) -> dict[str, Any]:
    found = _json(cell) if cell.startswith("{") else None
    if not isinstance(found, dict):
        raise ValueError("send a JSON object, or a column for each name: dim.NAME, attr.NAME")
    return found
