"""The lines of an import: JSONL, a JSON array, or CSV of claims, each held to its shape."""

import json
from collections.abc import Iterator
from typing import IO, Any, Literal, NamedTuple

from jiter import LosslessFloat
from pydantic import Field

from app.db import packed
from app.errors import Fault, Invalid, Malformed, Problem
from app.models import RESOURCES
from app.models.base import StrictModel
from app.models.claim import ClaimSent
from app.models.field_types import Sha256, Status
from app.models.strict_json import items, parse_json, validated
from app.render.jsonl import TYPES
from app.store.claims import check_quote
from app.store.csv_rows import Rows, rows_of_ids
from app.store.drafts import fields
from app.store.imports import Line, identified

Format = Literal["jsonl", "json", "csv"]
RESOURCE_OF = {kind: resource for resource, kind in TYPES.items()}
BATCH = 200
MAX_LINE = 2_000_000
BOM = b"\xef\xbb\xbf"


class Raw(NamedTuple):
    """A line as it stands in the file: its number, and its bytes, or why it has none.

    Of a CSV it may be several rows, and some may be there twice, as (row, the one it repeats).
    """

    number: int
    content: bytes
    problem: Problem | None = None
    rows: tuple[int, ...] = ()
    repeats: tuple[tuple[int, int], ...] = ()


class Kept(NamedTuple):
    """A line as it is kept, with its resource and the id that it sends."""

    resource: str
    id: str
    line: bytes
    document: str = ""


END = Kept("", "", b"")
"""The last line of an export, which says nothing."""


class State(StrictModel):
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
        for rows in rows_of_ids(file):
            yield _claim(rows)
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
    found = items(file.read().removeprefix(BOM))
    if found is None:
        raise Malformed("A JSON import is an array of resources.")
    for number, content in enumerate(found, 1):
        if len(content) > MAX_LINE:
            raise Malformed(f"Item {number} is longer than {MAX_LINE} bytes.")
        yield Raw(number, content)


def spelled(value: Any) -> str:
    """JSON as it was read, digit for digit."""
    if isinstance(value, LosslessFloat):
        return str(value)
    if isinstance(value, dict):
        pairs = (f"{json.dumps(name)}:{spelled(one)}" for name, one in value.items())
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(spelled, value)) + "]"
    return json.dumps(value)


def _jsonl(file: IO[bytes]) -> Iterator[Raw]:
    number = 0
    while content := file.readline(MAX_LINE + 1):
        number += 1
        if len(content) > MAX_LINE:
            raise Malformed(f"Line {number} is longer than {MAX_LINE} bytes.")
        content = content.removeprefix(BOM) if number == 1 else content
        if content.strip():
            yield Raw(number, content)


def _claim(rows: Rows) -> Raw:
    """The rows of one id as one claim; one row is a flat claim, as it may be sent."""
    number = rows.lines[0]
    try:
        content = spelled({"type": "claim"} | rows.claim()).encode()
    except Problem as problem:
        return Raw(number, b"", problem, repeats=rows.repeats)
    return Raw(number, content, rows=rows.of_figures, repeats=rows.repeats)


def read(raw: Raw) -> Line | None:
    """A line held to its shape; None for the line that ends an export. Raises ``Invalid``."""
    value = parse_json(raw.content)
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
    sent = validated(RESOURCES[resource].sent, value)
    told = _state(state) if state else {}
    if "version" not in state:  # a line of an export is taken as it was stored
        check_quote(getattr(sent, "quote", None))
    return Line(raw.number, resource, fields(_own(sent)), **told)


def read_all(part: list[Raw]) -> list[Kept | Problem]:
    """Lines as they are kept, or why one is broken."""
    return [_kept(raw) for raw in part]


def _kept(raw: Raw) -> Kept | Problem:
    if raw.problem is not None:
        return raw.problem
    try:
        line = read(raw)
    except Problem as problem:
        return problem
    if line is None:
        return END
    line = identified(line._replace(rows=raw.rows))
    document = line.sent.get("document", "") if line.resource == "claims" else ""
    return Kept(line.resource, line.sent["id"], packed(tuple(line)), document)


def _state(sent: dict[str, Any]) -> dict[str, Any]:
    told: Any = validated(State, sent)
    if (told.status == "active") != (told.reason is None):
        fault = Fault("a withdrawal has a reason, and nothing else has", pointer="/reason")
        raise Invalid(faults=(fault,))
    return {name: getattr(told, name) for name in State.model_fields}


def _own(sent: StrictModel) -> StrictModel:
    """A claim of an import includes nothing: what it refers to has lines of its own."""
    if isinstance(sent, ClaimSent) and (sent.included.sources or sent.included.measures):
        fault = Fault("in an import, sources and measures have lines of their own", "/included")
        raise Invalid(faults=(fault,))
    return sent
