"""The lines of an import: JSONL, a JSON array, or CSV of flat claims, each held to its shape."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import IO, Any, Literal, NamedTuple

from pydantic import Field

from app.db import packed
from app.errors import Fault, Invalid, Malformed, Problem
from app.models import RESOURCES
from app.models.base import Sha256, Shape, Status
from app.models.claim import ClaimSent
from app.models.scanned import items
from app.models.strict import parsed, shaped
from app.render.csv import cells
from app.render.jsonl import TYPES
from app.store.drafts import fields
from app.store.imports import Line

Format = Literal["jsonl", "json", "csv"]
RESOURCE_OF = {kind: resource for resource, kind in TYPES.items()}
BATCH = 200
MAX_LINE = 2_000_000
WHOLE = re.compile("-?(0|[1-9][0-9]{0,14})")
SEVERAL = frozenset({"via", "tags", "inferred"})
NUMBERS = frozenset({"slot", "alternative"})
SWITCHES = frozenset({"preferred", "lower_inclusive", "upper_inclusive"})


class Raw(NamedTuple):
    """A line as it stands in the file: its number, and its bytes."""

    number: int
    content: bytes


class Kept(NamedTuple):
    """A line as it is kept, with its resource and the id that it sends."""

    resource: str
    id: str
    line: bytes


END = Kept("", "", b"")
"""The last line of an export, which says nothing."""


class State(Shape):
    """What a line of an export says beside its resource."""

    version: int = Field(ge=1, le=2**53 - 1)
    status: Status = "active"
    reason: str | None = Field(None, min_length=1, max_length=2000)
    content_hash: Sha256 | None = None


def raw_lines(file: IO[bytes], form: Format) -> Iterator[Raw]:
    """The lines of a file, one at a time; a JSON array gives one for each of its items."""
    file.seek(0)
    if form == "jsonl":
        yield from _jsonl(file)
    elif form == "csv":
        yield from _csv(file)
    else:
        yield from _array(file)


def parts(file: IO[bytes], form: Format) -> Iterator[list[Raw]]:
    """The same, so many at a time, or so much."""
    part, size = [], 0
    for raw in raw_lines(file, form):
        part.append(raw)
        size += len(raw.content)
        if len(part) == BATCH or size > MAX_LINE:
            yield part
            part, size = [], 0
    if part:
        yield part


def _array(file: IO[bytes]) -> Iterator[Raw]:
    """The items of a JSON array as lines, as they were sent."""
    found = items(file.read())
    if found is None:
        raise Malformed("A JSON import is an array of resources.")
    for number, content in enumerate(found, 1):
        if len(content) > MAX_LINE:
            raise Malformed(f"Item {number} is longer than {MAX_LINE} bytes.")
        yield Raw(number, content)


def _jsonl(file: IO[bytes]) -> Iterator[Raw]:
    number = 0
    while content := file.readline(MAX_LINE + 1):
        number += 1
        if len(content) > MAX_LINE:
            raise Malformed(f"Line {number} is longer than {MAX_LINE} bytes.")
        if content.strip():
            yield Raw(number, content)


def _csv(file: IO[bytes]) -> Iterator[Raw]:
    try:
        rows = cells(io.TextIOWrapper(file, "utf-8-sig", newline=""))
        names = next(rows, (1, []))[1]
        needed = {"document", "measure"} <= set(names)
        if len(names) != len(set(names)) or not needed or "dimensions" in names:
            raise Malformed(
                "The first line names the columns, once each: document, measure, …, dim.NAME."
            )
        for number, row in rows:
            if row:
                yield Raw(number, json.dumps(_claim(names, row)).encode())
    except (UnicodeDecodeError, csv.Error):
        raise Malformed("The file is not CSV in UTF-8.") from None


def _claim(names: list[str], row: list[str]) -> dict[str, Any]:
    """A row as a flat claim; an empty cell is a field that is not sent."""
    if len(row) != len(names):
        return {"type": "claim", "": "this row has another number of cells than the first"}
    sent: dict[str, Any] = {"type": "claim"}
    for name, cell in zip(names, row, strict=True):
        if cell == "":
            continue
        if name.startswith("dim."):
            sent.setdefault("dimensions", {})[name[4:]] = _whole(cell)
        else:
            sent[name] = _cell(name, cell)
    return sent


def _whole(cell: str) -> int | str:
    """An integer where the cell is one and nothing else."""
    return int(cell) if WHOLE.fullmatch(cell) else cell


def _cell(name: str, cell: str) -> Any:
    if name in SEVERAL:
        return [one.strip() for one in cell.split(";") if one.strip()]
    if name in NUMBERS:
        return _whole(cell)
    return {"true": True, "false": False}.get(cell, cell) if name in SWITCHES else cell


def read(raw: Raw) -> Line | None:
    """A line held to its shape; None for the line that ends an export. Raises ``Invalid``."""
    value = parsed(raw.content)
    if not isinstance(value, dict):
        raise Invalid(faults=(Fault("a line is an object", pointer="", code="not_an_object"),))
    kind = value.pop("type", "claim" if "document" in value else None)
    if kind == "end":
        return None
    if not isinstance(kind, str) or kind not in RESOURCE_OF:
        detail = f"send one of {', '.join(RESOURCE_OF)}"
        raise Invalid(faults=(Fault(detail, pointer="/type", code="unknown_type"),))
    state = {name: value.pop(name) for name in State.model_fields if name in value}
    resource = RESOURCE_OF[kind]
    sent = shaped(RESOURCES[resource].sent, value)
    told = _state(state) if state else {}
    return Line(raw.number, resource, fields(_own(sent)), **told)


def read_all(part: list[Raw]) -> list[Kept | Problem]:
    """Lines as they are kept, or why one is broken."""
    return [_kept(raw) for raw in part]


def _kept(raw: Raw) -> Kept | Problem:
    try:
        line = read(raw)
    except Problem as problem:
        return problem
    if line is None:
        return END
    return Kept(line.resource, line.sent.get("id", ""), packed(tuple(line)))


def _state(sent: dict[str, Any]) -> dict[str, Any]:
    told: Any = shaped(State, sent)
    if (told.status == "active") != (told.reason is None):
        fault = Fault("a withdrawal has a reason, and nothing else has", pointer="/reason")
        raise Invalid(faults=(fault,))
    return {name: getattr(told, name) for name in State.model_fields}


def _own(sent: Shape) -> Shape:
    """A claim of an import includes nothing: what it refers to has lines of its own."""
    if isinstance(sent, ClaimSent) and (sent.included.sources or sent.included.measures):
        fault = Fault("in an import, sources and measures have lines of their own", "/included")
        raise Invalid(faults=(fault,))
    return sent
