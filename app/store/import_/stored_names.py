"""Stored sources and measures by name, for a mapping: looked up while a file is read."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from app.db import Database
from app.db.temp_table import TempTable
from app.mapping.names import Named
from app.mapping.slugs import name_key
from app.models import FOREVER, RESOURCES
from app.rules.json_types import JsonObject
from app.store.snapshot import read_snapshot

BATCH = 1000


class StoredNames:
    """What was stored when it was first asked; names lie on disk, however many there are."""

    def __init__(self, db: Database):
        self.db = db
        self._open = ExitStack()
        self._connection: Connection | None = None
        self._names: dict[Named, TempTable] = {}
        self.named = lru_cache(maxsize=10_000)(self._named)

    def __enter__(self) -> "StoredNames":
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def _reader(self) -> Connection:
        if self._connection is None:
            self._connection = self._open.enter_context(read_snapshot(self.db))
        return self._connection

    def stored(self, resource: Named, id: str) -> JsonObject | None:
        """The current document of an id, where it is stored."""
        row = self._reader().execute(_one(resource), {"id": id}).first()
        return None if row is None else json.loads(row.doc)

    def _named(self, resource: Named, key: str) -> dict[str, str]:
        """The active ids that have this name or alias, each with its name."""
        if resource not in self._names:
            table = self._names[resource] = self._open.enter_context(TempTable())
            every = self._every(resource)
            while batch := list(islice(every, BATCH)):
                table.extend(batch)
        return dict(self._names[resource].all(key))

    def _every(self, resource: Named) -> Iterator[tuple[str, Any]]:
        rows = self._reader().execution_options(yield_per=BATCH).execute(_all(resource))
        for row in rows:
            whole = json.loads(row.doc)
            usual = whole.get("name")
            for name in {usual, *whole.get("aliases", ())} - {None}:
                yield name_key(name), (row.id, usual)


@lru_cache
def _one(resource: Named) -> Select[Any]:
    table = RESOURCES[resource].table
    return select(table.c.doc).where(table.c.id == bindparam("id"), table.c.recorded_to == FOREVER)


@lru_cache
def _all(resource: Named) -> Select[Any]:
    table = RESOURCES[resource].table
    current = (table.c.recorded_to == FOREVER, table.c.status == "active")
    return select(table.c.id, table.c.doc).where(*current).order_by(table.c.id)
