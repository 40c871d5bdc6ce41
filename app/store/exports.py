"""Everything out: each resource in order of id and version, as it was at one moment."""

import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select, tuple_

from app.db import Database, utf8
from app.mapping.wikidata_items import ItemWriter
from app.models import VERSIONED
from app.models.csv_columns import COLUMNS
from app.models.strict_json import lossless_json
from app.render import csv, jsonl
from app.store.as_of import current, reached

CHUNK = 1000


class ExportedVersion(NamedTuple):
    """One version as it goes out: its document as bytes, which nothing here reads."""

    id: str
    version: int
    status: str
    reason: str | None
    content_hash: str
    doc: bytes


@lru_cache
def _part(resource: str, history: bool) -> Select[Any]:
    table = VERSIONED[resource].table
    key = tuple_(table.c.id, table.c.version)
    beyond = key > tuple_(bindparam("id"), bindparam("version"))
    moment = (table.c.recorded_at <= bindparam("moment")) if history else current(table, True)
    columns = [table.c[name] for name in ExportedVersion._fields[:-1]]
    rows = select(*columns, utf8(table.c.doc)).where(moment, beyond)
    return rows.order_by(table.c.id, table.c.version).limit(CHUNK)


async def rows(
    db: Database, history: bool, moment: int, resources: Iterable[str] = VERSIONED
) -> AsyncIterator[tuple[str, list[Any]]]:
    """Every resource of a moment, a part at a time; ``history`` adds the versions before.

    No transaction stays open: what was recorded at a moment never changes, so parts read one
    after the other still belong together.
    """
    for resource in resources:
        last: dict[str, Any] = {"id": "", "version": 0}
        while True:
            async with db.snapshot() as reader:
                await reached(reader, moment)  # each part may come from another replica
                found = await reader.many(_part(resource, history), {**last, "moment": moment})
            if found:
                yield resource, found
            if len(found) < CHUNK:
                break
            last = {"id": found[-1][0], "version": found[-1][1]}


async def as_jsonl(db: Database, history: bool, moment: int) -> AsyncIterator[bytes]:
    """The lines of an export, many at a time, and its trailer."""
    count, digest = 0, hashlib.sha256()
    async for resource, found in rows(db, history, moment):
        part = b"".join(piece for row in found for piece in jsonl.line(resource, *row))
        count += len(found)
        digest.update(part)
        yield part
    yield jsonl.trailer(count, digest.hexdigest()).encode()


async def as_csv(db: Database, moment: int) -> AsyncIterator[bytes]:
    """The figures of the active claims, a row each."""
    sheet = csv.Sheet(COLUMNS, await _names(db, moment))
    yield sheet.header().encode()
    async for active in _active(db, moment):
        yield sheet.rows((row.id, row.version, json.loads(row.doc)) for row in active).encode()


async def as_wikidata(db: Database, moment: int, writer: ItemWriter) -> AsyncIterator[bytes]:
    """The claims that came from Wikidata, as a dump of one item a line."""
    yield b"["
    between = "\n"
    async for active in _active(db, moment):
        for entity in writer.entities((row.id, json.loads(row.doc)) for row in active):
            yield f"{between}{lossless_json(entity)}".encode()
            between = ",\n"
    for entity in writer.rest():
        yield f"{between}{lossless_json(entity)}".encode()
        between = ",\n"
    yield b"\n]\n"


async def _active(db: Database, moment: int) -> AsyncIterator[list[ExportedVersion]]:
    async for _, found in rows(db, False, moment, ("claims",)):
        yield [row for row in map(ExportedVersion._make, found) if row.status == "active"]


async def _names(db: Database, moment: int) -> Mapping[str, list[str]]:
    """The dimensions and attributes that figures have; each is a column, which comes first."""
    found: dict[str, dict[str, None]] = {field: {} for field in csv.PREFIXES}
    async for active in _active(db, moment):
        named = [row.doc for row in active if any(mark in row.doc for mark in NAMED)]
        for figure in (one for doc in named for one in json.loads(doc).get("quantities", ())):
            for field, names in found.items():
                names |= dict.fromkeys(figure.get(field, ()))
                while len(names) > csv.MAX_NAMES + 1:
                    names.popitem()
    return {field: sorted(names) for field, names in found.items()}


NAMED = [b'"%b":{' % field.encode() for field in csv.PREFIXES]
