"""Health check of the database: is it there, at which revision, and is it sound?

What is damaged in one place may be sound in all that a quick look reads; so damage that a request
met is remembered here, and told until a look at all of the file finds none (SQLite), or until none
was met for a while (PostgreSQL, which has no such look).
"""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any, NamedTuple

from sqlalchemy import URL
from sqlalchemy.engine import make_url

from app.db.engine_errors import INCOMPLETE, translated
from app.db.pg_sessions import Watch
from app.db.sqlite import open_sqlite
from app.db.sqlite_file import SqliteFile
from app.errors import Damaged, Unavailable
from app.models import CLAIM

log = logging.getLogger("sayso.database")

TIMEOUT_S = 2.0
"""Seconds in which a database that is there says so."""

REMEMBERED_S = 30.0
"""Seconds for which damage of a PostgreSQL database is told after it was last met."""

REVISION = "SELECT * FROM alembic_version"
"""All of its columns: there was one, before programs left word for older ones in the second."""
SQLITE_COLUMNS = """SELECT made.name, col.name
FROM sqlite_master AS made, pragma_table_info(made.name) AS col WHERE made.type = 'table'"""
POSTGRES_COLUMNS = """SELECT made.relname, col.attname
FROM pg_class AS made JOIN pg_attribute AS col ON col.attrelid = made.oid
WHERE made.relkind IN ('r', 'p') AND col.attnum > 0 AND NOT col.attisdropped
AND pg_table_is_visible(made.oid)"""
VERSION = ("alembic_version", "version_num")
SEARCH_INDEX = ("claim_grams", "grams")
"""The index of texts of SQLite, which is a table; that of PostgreSQL is an index like others."""


class SchemaRevision(NamedTuple):
    """The revision of a database's schema, and the oldest of a program that can live with it."""

    number: str
    compatible_back_to: str | None = None


class Health(NamedTuple):
    """What a look found: the revision (None: never migrated), and what is wrong, if anything."""

    revision: SchemaRevision | None
    fault: str | None


class Met(NamedTuple):
    """Damage that a request met, and when."""

    detail: str
    at: float


class HealthCheck:
    """Asks on a thread and a connection kept for this, by one caller for all: neither a crowd of
    readers nor a database that hangs makes anybody wait for long."""

    def __init__(self, url: str, file: SqliteFile):
        self.sqlite_url = make_url(url) if url.startswith("sqlite") else None
        self.file = file
        self._watch = Watch(url, TIMEOUT_S)
        self.damage: Met | None = None
        self._told: str | None = None
        self._thread = ThreadPoolExecutor(1, "watch")
        self._look: asyncio.Future[Health] | None = None

    def met(self, damage: Damaged) -> None:
        """Tell the log, once, and remember what the engine met.

        Whatever was read of a damaged file may be remembered as it should not be, so it is opened
        anew: once it is put right, nothing else has to be done.
        """
        if self._told != damage.detail:
            self._told = damage.detail
            cause = damage.__cause__
            log.error("%s (%s)", damage.detail, getattr(cause, "orig", cause) or "not opened")
        if damage.engine_said:
            self.file.renew()
            if damage.detail != INCOMPLETE or self.file.path:  # that, every look sees
                self.damage = Met(damage.detail, time.monotonic())

    async def ask(self) -> Health:
        """How it is; raises ``Unavailable`` where the database does not say."""
        if self._look is None or self._look.done():
            self._look = asyncio.get_running_loop().run_in_executor(self._thread, self._found)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await asyncio.shield(self._look)
        except TimeoutError:
            fault = self.damage and Damaged(self.damage.detail)
            raise fault or Unavailable("The database does not answer.", retry_after=1) from None

    def close(self) -> None:
        """Look no more."""
        self._thread.submit(self._watch.close)
        self._thread.shutdown(wait=False)

    def _found(self) -> Health:
        try:
            with translated():
                found = self._sqlite(self.sqlite_url) if self.sqlite_url else self._postgres()
        except Damaged as damage:
            self.met(damage)
            raise
        if found.fault is None and self.damage is None and self._told is not None:
            self._told = None
            log.warning("The database is in order again.")
        return found

    def _sqlite(self, url: URL) -> Health:
        self.file.check()
        with closing(open_sqlite(url, self.file)) as connection:
            found = _health(lambda asked: connection.execute(asked).fetchall(), SQLITE_COLUMNS)
            if (before := self.damage) is not None:
                if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                    raise Damaged(before.detail)
                self._over(before, found)
        return found

    def _postgres(self) -> Health:
        found = _health(self._watch.rows, POSTGRES_COLUMNS)
        if (before := self.damage) is not None:
            if time.monotonic() - before.at < REMEMBERED_S:
                raise Damaged(before.detail)
            self._over(before, found)
        return found

    def _over(self, before: Met, found: Health) -> None:
        """A look found nothing; a table that is not there is found, and damage all the same."""
        if found.fault is not None:
            raise Damaged(before.detail)
        if self.damage == before:  # and none was met meanwhile
            self.damage = None


def _health(rows: Callable[[str], list[Any]], asked: str) -> Health:
    columns = set(map(tuple, rows(asked)))
    found = rows(REVISION) if VERSION in columns else []
    ours = {(made.name, one.name) for made in CLAIM.metadata.tables.values() for one in made.c}
    more = {SEARCH_INDEX} if asked is SQLITE_COLUMNS else set()
    missing = (ours | more) - columns
    return Health(SchemaRevision(*found[0]) if found else None, INCOMPLETE if missing else None)
