"""Everything out, as it was at one moment: each resource in order of id, and figures as a table.

No transaction stays open: what was recorded at a moment never changes, so parts that are read one
after the other still belong together.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, func, select, tuple_

from app.db import Database, Reader, utf8
from app.mapping.wikidata_items import ItemWriter
from app.models import VERSIONED
from app.models.csv_columns import COLUMNS
from app.models.question import Question
from app.models.strict_json import lossless_json
from app.render import csv, documents, jsonl
from app.render.figure_table import TabledFigure
from app.rules.json_types import JsonObject
from app.store import reads
from app.store.as_of import current, reached
from app.store.list_query import page

CHUNK = 1000
PAGE = 250
"""Figures that are read, and made ready, at a time."""
REMEMBERED = 5000
"""Sources and measures whose names are kept from page to page."""


class ExportedVersion(NamedTuple):
    """One version as it goes out: its document as bytes, which nothing here reads."""

    id: str
    version: int
    status: str
    reason: str | None
    content_hash: str
    doc: bytes


def _then(table: Table, history: bool) -> ColumnElement[bool]:
    """The versions that were current at a moment, or all up to it."""
    return table.c.recorded_at <= bindparam("moment") if history else current(table, True)


@lru_cache
def _part(resource: str, history: bool) -> Select[Any]:
    table = VERSIONED[resource].table
    key = tuple_(table.c.id, table.c.version)
    beyond = key > tuple_(bindparam("id"), bindparam("version"))
    columns = [table.c[name] for name in ExportedVersion._fields[:-1]]
    rows = select(*columns, utf8(table.c.doc)).where(_then(table, history), beyond)
    return rows.order_by(table.c.id, table.c.version).limit(CHUNK)


def count_versions(connection: Connection, history: bool, moment: int) -> int:
    """How many versions an export has: those current at a moment, or all up to it."""
    total = 0
    for kind in VERSIONED.values():
        counted = select(func.count()).select_from(kind.table).where(_then(kind.table, history))
        total += connection.execute(counted, {"moment": moment}).scalar_one()
    return total


async def rows(
    db: Database, history: bool, moment: int, resources: Iterable[str] = VERSIONED
) -> AsyncIterator[tuple[str, list[Any]]]:
    """Every resource of a moment, a part at a time; ``history`` adds the versions before."""
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


class ReferenceCache:
    """Sources and measures as they were at one moment, each read once."""

    def __init__(self, moment: int):
        self.moment = moment
        self.known: dict[str, dict[str, JsonObject]] = {"sources": {}, "measures": {}}

    async def several(
        self, reader: Reader, resource: str, ids: Iterable[str]
    ) -> dict[str, JsonObject]:
        """These and those that were asked for before, by id."""
        known = self.known[resource]
        if len(known) > REMEMBERED:
            known = self.known[resource] = {}
        missing = set(ids) - known.keys()
        for one in await reads.several(reader, resource, missing, self.moment):
            known[one.id] = json.loads(one.doc)
        return known


async def figure_pages(
    db: Database, question: Question, base: str
) -> AsyncIterator[list[TabledFigure]]:
    """Every figure of a question, in its order, a page at a time; its moment is settled."""
    assert question.moment is not None
    references = ReferenceCache(question.moment)
    while True:
        async with db.snapshot() as reader:
            await reached(reader, question.moment)  # each page may come from another replica
            found = await page(reader, replace(question, limit=PAGE))
            rows = await _rows(reader, question, found.rows, references, base)
        yield rows
        if found.after is None:
            return
        question = replace(question, after=found.after)


async def _rows(
    reader: Reader, question: Question, found: list[Any], references: ReferenceCache, base: str
) -> list[TabledFigure]:
    stored = await reads.several(reader, "claims", {row[0] for row in found}, references.moment)
    claims = {one.id: {**json.loads(one.doc), "status": one.status} for one in stored}
    hops = [hop["source"] for one in claims.values() for hop in one.get("attributions", ())]
    named = [one[name] for one in claims.values() for name in ("claimant", "document")
             if name in one]  # fmt: skip
    counted = {q["measure"] for one in claims.values() for q in one.get("quantities", ())}
    sources = await references.several(reader, "sources", [*hops, *named])
    measures = await references.several(reader, "measures", counted)
    growing = {id for id, one in measures.items() if one.get("accumulation") == "cumulative"}
    strict = question.policy == "strict"
    tabled = []
    for row in found:
        claim, figure = claims[row[0]], json.loads(documents.quantity(*documents.raw(row)))
        grows = any(one["measure"] in growing for one in claim["quantities"])
        measure = measures[figure["measure"]]
        tabled.append(TabledFigure(figure, claim, sources, measure, grows, strict, base))
    return tabled
