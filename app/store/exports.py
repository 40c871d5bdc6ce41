"""Everything out: each resource in order of id and version, as it was at one moment."""

import hashlib
import json
from collections.abc import AsyncIterator
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select, tuple_

from app.db import Database, Reader
from app.models import RESOURCES
from app.render import csv, jsonl
from app.store.moments import head, held
from app.store.versions import Stored, stored_columns

CHUNK = 500


@lru_cache
def _part(resource: str, history: bool) -> Select[Any]:
    table = RESOURCES[resource].table
    key = tuple_(table.c.id, table.c.version)
    beyond = key > tuple_(bindparam("id"), bindparam("version"))
    moment = (table.c.recorded_at <= bindparam("moment")) if history else held(table, True)
    rows = select(*stored_columns(table)).where(moment, beyond)
    return rows.order_by(table.c.id, table.c.version).limit(CHUNK)


async def newest(reader: Reader) -> int:
    """The moment of the last committed write."""
    found: int = (await reader.rows(head, {}))[0][0]
    return found


async def rows(db: Database, history: bool, moment: int) -> AsyncIterator[tuple[str, list[Stored]]]:
    """Every resource of a moment, a part at a time; ``history`` adds the versions before.

    No transaction stays open: what was recorded at a moment never changes, so parts read one
    after the other still belong together.
    """
    for resource in RESOURCES:
        last: dict[str, Any] = {"id": "", "version": 0}
        while True:
            async with db.snapshot() as reader:
                found = await reader.rows(_part(resource, history), {**last, "moment": moment})
            if not found:
                break
            yield resource, [Stored(*row) for row in found]
            last = {"id": found[-1][0], "version": found[-1][1]}


async def as_jsonl(db: Database, history: bool, moment: int) -> AsyncIterator[bytes]:
    """The lines of an export, many at a time, and its trailer."""
    count, digest = 0, hashlib.sha256()
    async for resource, found in rows(db, history, moment):
        lines = (jsonl.line(resource, row.id, row.version, *row[3:]) for row in found)
        part = "".join(lines).encode()
        count += len(found)
        digest.update(part)
        yield part
    yield jsonl.trailer(count, digest.hexdigest()).encode()


async def as_csv(db: Database, moment: int) -> AsyncIterator[bytes]:
    """The figures of the active claims, a row each."""
    yield csv.header().encode()
    async for resource, found in rows(db, False, moment):
        if resource == "claims":
            active = [row for row in found if row.status == "active"]
            yield csv.rows((row.id, row.version, json.loads(row.doc)) for row in active).encode()
