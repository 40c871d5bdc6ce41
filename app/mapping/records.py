"""JSON of plain objects as rows: an array, the list at a path, or an object a line."""

from collections.abc import Iterator
from typing import IO, Any

from app.errors import Malformed
from app.mapping.cells import MAX_COLUMNS, NumberCell, Table, printed, shown, unreadable_file
from app.models.strict_json import MAX_DEPTH, items, lossless, lossless_json, parse_json

MAX_ARRAY = 500_000_000
MAX_OBJECT = 50_000_000
MAX_LINE = 2_000_000
BOM = b"\xef\xbb\xbf"
SPACES = b" \t\r\n"


def is_json(head: bytes) -> bool:
    """Does a text begin as JSON does?"""
    return head.removeprefix(BOM).lstrip(SPACES)[:1] in (b"[", b"{")


def record_table(file: IO[bytes], at: str | None) -> Table:
    """Objects as rows; their keys, in the order they first come, are the columns."""
    columns: dict[str, None] = {}
    for _, cells in _records(file, at):
        columns.update(dict.fromkeys(cells))
        if len(columns) > MAX_COLUMNS:
            raise unreadable_file(f"the objects have more than {MAX_COLUMNS} keys")
    names = list(columns)
    rows = (
        (number, [cells.get(name, "") for name in names]) for number, cells in _records(file, at)
    )
    return Table(names, rows, 0)


def _records(file: IO[bytes], at: str | None) -> Iterator[tuple[int, dict[str, str]]]:
    """The cells of the objects one by one, with the place of each, from 1."""
    for number, raw in _objects(file, at):
        yield number, _cells(number, raw)


def _objects(file: IO[bytes], at: str | None) -> Iterator[tuple[int, bytes]]:
    file.seek(0)
    first = file.read(1000).removeprefix(BOM).lstrip(SPACES)[:1]
    file.seek(0)
    if first == b"[":
        if at is not None:
            raise unreadable_file(
                "file.at names a list in an object, and the file is an array itself"
            )
        if file.seek(0, 2) > MAX_ARRAY:
            raise unreadable_file(
                f"a JSON array has at most {MAX_ARRAY} bytes; send an object a line"
            )
        file.seek(0)
        yield from enumerate(items(file.read().removeprefix(BOM)) or (), 1)
        return
    line = next((one for one in iter(lambda: file.readline(MAX_LINE), b"") if one.strip()), b"")
    rest = file.read(MAX_LINE).lstrip()
    file.seek(0)
    if at is None and rest.startswith(b"{") and line.rstrip().endswith(b"}"):
        yield from _lines(file)
        return
    yield from enumerate(_listed(file, at), 1)


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := file.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            raise unreadable_file(f"a line is longer than {MAX_LINE} bytes", number)
        if line.strip():
            yield number, line.removeprefix(BOM)


def _listed(file: IO[bytes], at: str | None) -> Iterator[bytes]:
    """The list in an object: at the declared path, or the only one that there is."""
    if file.seek(0, 2) > MAX_OBJECT:
        raise unreadable_file(f"a JSON object has at most {MAX_OBJECT} bytes; send its list alone")
    file.seek(0)
    try:
        whole = lossless(file.read().removeprefix(BOM))
    except Malformed as problem:
        raise unreadable_file(
            f"the file is no JSON that can be read: {_why(problem)}", code="json"
        ) from None
    found = list(_lists(whole))
    places = dict(found)
    if len(places) < len(found):
        doubled = [path for path in places if [one for one, _ in found].count(path) > 1]
        raise unreadable_file(
            f"two lists are at {shown(doubled)}; give one another name", code="at"
        )
    if at is None and len(places) == 1:
        at = next(iter(places))
    if at is None and not places and isinstance(whole, dict):
        yield _written(whole)
        return
    if at not in places:
        raise unreadable_file(
            f"{'no' if at else 'more than one'} list of objects is where the mapping says: "
            f"file.at is one of {shown(list(places))}",
            code="at",
        )
    yield from map(_written, places[at])


def _lists(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, list[Any]]]:
    """Every list of objects, by its path, that is in no other."""
    if isinstance(value, list):
        if value and all(isinstance(one, dict) for one in value):
            yield path, value
    elif isinstance(value, dict) and depth < MAX_DEPTH:
        for name, one in value.items():
            yield from _lists(one, f"{path}.{name}" if path else name, depth + 1)


def _written(value: Any) -> bytes:
    return lossless_json(value).encode()


def _why(problem: Malformed) -> str:
    return "; ".join(one.detail for one in problem.faults) or problem.detail.rstrip(".")


def _object(number: int, raw: bytes) -> dict[str, Any]:
    try:
        found = parse_json(raw)
    except Malformed as problem:
        raise unreadable_file(f"item {number}: {_why(problem)}", number, "json") from None
    if not isinstance(found, dict):
        raise unreadable_file("an item of the list is no object", number, "json")
    return found


def _cells(number: int, raw: bytes) -> dict[str, str]:
    """The cells of an object by their columns; raises ``Malformed`` where two have one column."""
    cells: dict[str, str] = {}
    keys: dict[str, tuple[str, ...]] = {}
    for path, cell in _flat(_object(number, raw)):
        name = ".".join(path).strip()
        if name in keys:
            raise unreadable_file(
                f"item {number}: the keys {_told(keys[name])} and {_told(path)} are both the column"
                f" “{printed(name)}”; give one of them another name",
                number,
                "json",
            )
        keys[name], cells[name] = path, cell
    return cells


def _told(path: tuple[str, ...]) -> str:
    """A key as it is sent, spaces and all, and the keys that it is in."""
    return " in ".join(f"“{name[:60]}”" for name in reversed(path))


def _flat(
    value: dict[str, Any], before: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], str]]:
    """The values of an object as cells; those of an object in it by both keys."""
    for name, one in value.items():
        if isinstance(one, dict):
            yield from _flat(one, (*before, name))
        else:
            yield (*before, name), _cell(one)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        deep = any(isinstance(one, dict | list) for one in value)
        return lossless_json(value) if deep else "; ".join(map(_cell, value))
    return value if isinstance(value, str) else NumberCell(value)
