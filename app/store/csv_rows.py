"""The rows of a CSV import: those of one id are the figures of one claim, wherever they stand."""

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import IO, Any, NamedTuple

from app.db import Spool
from app.errors import Fault, Invalid, Malformed, Problem
from app.models.csv_columns import COLUMNS, LEFT_OUT
from app.models.strict_json import escaped, parse_json
from app.render import csv

LONGEST = 2_000_000
"""Characters of a cell."""
MANY = 200
"""Figures of a claim."""
NEEDED = frozenset({"document", "measure"})
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
BY_NAME = {column.name: column for column in COLUMNS}
KNOWN = frozenset({"id", "version", "status", "reason", *BY_NAME})
FIGURE = frozenset(column.name for column in COLUMNS if column.of_figure)


class Row(NamedTuple):
    """A row: the line it begins in, and its cells."""

    number: int
    cells: list[str]


class Rows:
    """The rows of one claim, each once."""

    def __init__(self, names: list[str], rows: Iterable[Row]):
        self.names = names
        seen: dict[tuple[str, ...], int] = {}
        repeats = []
        for row in rows:
            first = seen.setdefault(tuple(row.cells), row.number)
            if first != row.number:
                repeats.append((row.number, first))
            if len(seen) > MANY:
                break
        self.rows = [Row(number, list(cells)) for cells, number in seen.items()]
        self.repeats = tuple(repeats)
        self.lines = tuple(seen.values())

    @property
    def of_figures(self) -> tuple[int, ...]:
        """The line of each figure, where they are several."""
        return self.lines if len(self.lines) > 1 else ()

    def claim(self) -> dict[str, Any]:
        """The claim that they say; raises ``Invalid``."""
        if len(self.rows) > MANY:
            detail = f"a claim has at most {MANY} figures, and this id has more rows"
            raise Invalid(faults=(Fault(detail, pointer="/id", code="too_many"),))
        several = [_read(self.names, row) for row in self.rows]
        if faults := [fault for one in several for fault in one.faults]:
            raise Invalid(faults=tuple(faults))
        first = several[0]
        if len(several) == 1:
            return first.claim | first.figure
        if faults := [fault for one in several[1:] for fault in _disagreements(first, one)]:
            raise Invalid(faults=tuple(faults))
        return first.claim | {"quantities": [one.figure for one in several]}


class Read(NamedTuple):
    """A row as what it says: fields of the claim, fields of the figure, and what is wrong."""

    number: int
    claim: dict[str, Any]
    figure: dict[str, Any]
    faults: list[Fault]


def _disagreements(first: Read, other: Read) -> Iterator[Fault]:
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


def _read(names: list[str], row: Row) -> Read:
    found = Read(row.number, {}, {}, [])
    if len(row.cells) != len(names):
        detail = f"this row has {len(row.cells)} cells, and the first line {len(names)}"
        found.faults.append(Fault(detail, pointer="", code="cells", line=row.number))
        return found
    for name, cell in zip(names, row.cells, strict=True):
        if cell != "":
            try:
                _put(found, name, cell)
            except (ValueError, Problem) as error:
                detail = error.detail if isinstance(error, Problem) else str(error)
                pointer = f"/{escaped(name)}"
                found.faults.append(Fault(detail, pointer, code="cell", line=row.number))
    _one_chain(found)
    return found


def _one_chain(row: Read) -> None:
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


def _put(row: Read, name: str, cell: str) -> None:
    """A cell where it belongs; an empty one is a field that is not sent."""
    for field, prefix in csv.PREFIXES.items():
        if name.startswith(prefix):
            _named(row.figure, field)[name.removeprefix(prefix)] = csv.scalar(cell)
            return
    column = BY_NAME.get(name)
    if column is None:
        row.claim[name] = csv.value_of(cell, "whole" if name == "version" else "text")
        return
    fields = row.figure if column.of_figure else row.claim
    value = csv.value_of(cell, column.kind)
    if column.kind == "named":
        _named(fields, name).update(_object(value))
        return
    for step in column.path[:-1]:
        fields = fields.setdefault(step, {})
    fields[column.path[-1]] = _json(value) if column.kind == "json" else value


def _named(fields: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = fields.setdefault(name, {})
    return found


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


# ------------------------------------------------------------------------------------- the file


def rows_of_ids(file: IO[bytes]) -> Iterator[Rows]:
    """The claims of a CSV, in the order of their first rows; raises ``Malformed``."""
    lines = io.TextIOWrapper(file, "utf-8-sig", newline="")
    try:
        table = csv.cells(lines, LONGEST)
        number, names = next(table, (1, []))
        _check(number, names)
        rows = (Row(*row) for row in table if any(cell.strip() for cell in row[1]))
        yield from _grouped(names, rows)
    except UnicodeDecodeError:
        lines.detach()
        raise _malformed(_undecodable(file), WRONG_ENCODING) from None
    except csv.BrokenCsv as error:
        raise _malformed(error.line, error.detail) from None
    finally:
        _let_go(lines.detach)


WRONG_ENCODING = "the file is not in UTF-8; save it as “CSV UTF-8” and send it again"


def _let_go(detach: Callable[[], object]) -> None:
    """The file is not closed with the reader of its text."""
    with suppress(ValueError):  # done already
        detach()


def _grouped(names: list[str], rows: Iterator[Row]) -> Iterator[Rows]:
    """Rows by their id, on disk; one without an id stands for itself."""
    if "id" not in names:
        yield from (Rows(names, [row]) for row in rows)
        return
    place = names.index("id")
    with Spool() as spool:
        while part := list(islice(rows, MANY)):
            spool.extend((_key(row, place), tuple(row)) for row in part)
        for _, group in spool.groups():
            yield Rows(names, (Row(*row) for _, row in group))


def _key(row: Row, place: int) -> str:
    id = row.cells[place] if place < len(row.cells) else ""
    return f"id {id}" if id else f"line {row.number}"


def _check(number: int, names: list[str]) -> None:
    """Does the first line name columns? If not, what is it?"""
    doubled = [(n, names.index(name)) for n, name in enumerate(names) if name in names[:n]]
    if doubled:
        later, earlier = doubled[0]
        name = f", `{names[later]}`" if names[later] in KNOWN else ""
        detail = f"columns {earlier + 1} and {later + 1} have the same name{name}"
        raise _malformed(number, f"{detail}; name each once")
    if unfit := sorted(LEFT_OUT.keys() & set(names)):
        raise _malformed(number, f"`{unfit[0]}` is no column: {LEFT_OUT[unfit[0]]}")
    if set(names) >= NEEDED:
        return
    for separator, told in SEPARATORS.items():
        if any(separator in name for name in names):
            raise _malformed(
                number, f"{told} seem to part the columns; save the file with commas between them"
            )
    missing = " and ".join(f"`{name}`" for name in sorted(NEEDED - set(names)))
    raise _malformed(
        number, f"the first line names the columns: document, measure, …; {missing} is not there"
    )


def _malformed(line: int, detail: str) -> Malformed:
    fault = Fault(detail, pointer="", code="csv", line=line)
    return Malformed(f"Line {line}: {detail}.", (fault,))


def _undecodable(file: IO[bytes]) -> int:
    """The first line that is not UTF-8."""
    file.seek(0)
    number = 0
    while content := file.readline(LONGEST):
        number += content.endswith(b"\n")
        try:
            content.decode()
        except UnicodeDecodeError:
            return number + (not content.endswith(b"\n"))
    return number
