"""Everything out: each resource in order of id and version, as it was at one moment."""

from collections.abc import AsyncIterator
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select, tuple_

from app.db import Database
from app.models import RESOURCES
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


async def newest(db: Database) -> int:
    """The moment of the last committed write."""
    async with db.snapshot() as reader:
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
