"""The database: readers, the one writer, and a look at whether it is there."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import (
    AbstractContextManager,
    asynccontextmanager,
    closing,
    contextmanager,
    nullcontext,
)
from contextvars import ContextVar
from typing import Any, TypeVar

import psycopg
from anyio import CapacityLimiter, to_thread
from sqlalchemy import Connection, Select
from sqlalchemy.engine import make_url

from app.config import Settings
from app.db.bulk import executed, insert_rows
from app.db.engines import (
    among,
    contains,
    indexed,
    open_sqlite,
    postgres_engine,
    quoted,
    server_clock,
    translated,
    utf8,
    writer_engine,
)
from app.db.file_lock import BUSY, FileLock
from app.db.functions import joined_texts, part_of_json
from app.db.lists import listed_in
from app.db.postgres import PostgresReaders
from app.db.readers import Ask, Reader, Row, Then, Use, placed
from app.db.sessions import Watch, shown
from app.db.spool import Spool, packed, unpacked
from app.db.sqlite import SqliteReaders
from app.db.waits import Waits
from app.errors import Unavailable

__all__ = [
    "BUSY", "REVISION", "Ask", "Database", "FileLock", "Reader", "Row", "Spool", "Then", "Use",
    "among", "contains", "executed", "indexed", "insert_rows", "joined_texts", "listed_in",
    "packed", "part_of_json", "postgres_engine", "quoted", "server_clock", "translated", "unpacked",
    "utf8", "writer_engine",
]  # fmt: skip

T = TypeVar("T")
WRITERS = 4
"""Writes that wait for their turn in a thread; one is at work, and all others wait without."""

GLANCE = 2.0
"""Seconds in which a database that is there says so."""

REVISION = "SELECT version_num FROM alembic_version"
_until: ContextVar[float] = ContextVar("_until", default=float("inf"))


class Database:
    """The ways in: ``rows()`` and ``snapshot()`` to read, ``transaction()`` to write."""

    def __init__(self, settings: Settings):
        self.settings = settings
        url = settings.database_url
        self.url = shown(url) if settings.on_postgres else make_url(url)
        self.dialect = self.url.get_backend_name()
        self.engine = writer_engine(settings, bounded=True)
        self._turn = threading.Lock()
        file = self.url.database if self.dialect == "sqlite" else None
        self.file_lock = FileLock(file) if file not in (None, "", ":memory:") else None
        self._writers = asyncio.Semaphore(WRITERS)
        self._writing = CapacityLimiter(WRITERS)
        self.waits, self.refused, self.writes = Waits(), 0, 0
        self.final = -(2**63)
        """The newest moment known to be final: reads of it, or before it, need ask no writer."""
        self._watch = ThreadPoolExecutor(1, "watch")
        self._watched = Watch(settings.database_url, GLANCE)
        self._look: asyncio.Future[str | None] | None = None
        self._readers = (
            PostgresReaders(settings) if settings.on_postgres else SqliteReaders(self.url, settings)
        )

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Database"]:
        """Open for readers; close every connection in the end."""
        async with self._readers.open():
            yield self
        self._watch.submit(self._watched.close)
        self._watch.shutdown(wait=False)
        self.close()

    async def rows(self, statement: Select[Any], binds: Mapping[str, Any]) -> list[Row]:
        """The rows of one statement: as a reader, the database is of the moment of each."""
        with translated():
            return await self._readers.rows(Ask(statement, binds))

    def soon(self, ask: Ask, then: Then) -> None:
        """Give ``then`` the rows of one statement, now or soon; None where it takes longer.

        For reads that have no task to wait in. Nobody's place is taken, and nothing is raised.
        """
        self._readers.soon(ask, then)

    def together(self) -> AbstractContextManager[None]:
        """What is asked ``soon`` in here costs less; nothing may be waited for in here."""
        return self._readers.together()

    async def many(self, statement: Select[Any], binds: Mapping[str, Any]) -> list[Row]:
        """The rows of one statement that is known to take its time."""
        async with self.snapshot() as reader:
            return await reader.many(statement, binds)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Reader]:
        """A read-only transaction: all its answers are of one moment."""
        with translated():
            async with self._readers.snapshot() as reader:
                yield reader

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A write: all of it is committed when this ends, or none of it. One at a time."""
        most, now = self.settings.write_wait_seconds, time.monotonic()
        until = min(_until.get(), now + most)
        if not self._turn.acquire(timeout=max(until - now, 0)):
            raise Unavailable(BUSY, retry_after=1)
        self.waits.add(time.monotonic() - until + most)
        try:
            with translated(), self._alone(until), self.engine.begin() as connection:
                yield connection
        finally:
            self._turn.release()

    def _alone(self, until: float) -> AbstractContextManager[None]:
        """No other process writes to the same file meanwhile."""
        if self.file_lock is None:
            return nullcontext()
        return self.file_lock.held(max(until - time.monotonic(), 0))

    def close(self) -> None:
        """Close what writers use."""
        self.engine.dispose()
        if self.file_lock is not None:
            self.file_lock.close()

    async def write(self, work: Callable[[], T], until: float | None = None) -> T:
        """Work with a transaction in it, in a thread; it waits no longer than a write may.

        With ``until`` it is the work of several, who are counted already, and waits no longer.
        """
        alone = until is None
        wait = self.settings.write_wait_seconds if until is None else until - time.monotonic()
        until = time.monotonic() + wait
        self.writes += alone
        try:
            await placed(self._writers, max(wait, 0), BUSY)
            waiting = _until.set(until)
            try:
                return await to_thread.run_sync(work, limiter=self._writing)
            finally:
                _until.reset(waiting)
                self._writers.release()
        except Unavailable as busy:
            self.refused += alone and busy.detail == BUSY
            raise
        finally:
            self.writes -= alone

    def use(self) -> Use:
        """How busy its readers are."""
        return self._readers.use()

    async def revision(self) -> str | None:
        """The revision the database is at; None where it was never migrated.

        Asked on a thread and a connection kept for this, by one caller for all: neither a crowd of
        readers nor a database that hangs makes anybody wait for long.
        """
        if self._look is None or self._look.done():
            loop = asyncio.get_running_loop()
            self._look = loop.run_in_executor(self._watch, self._revision)
        try:
            async with asyncio.timeout(GLANCE):
                return await asyncio.shield(self._look)
        except TimeoutError:
            raise Unavailable("The database does not answer.", retry_after=1) from None

    def _revision(self) -> str | None:
        with translated():
            row = self._revision_row()
        return str(row[0]) if row else None

    def _revision_row(self) -> Any:
        if self.dialect == "postgresql":
            try:
                return self._watched.row(REVISION)
            except psycopg.errors.UndefinedTable:
                return None
        with closing(open_sqlite(self.url.database or "")) as file:
            known = "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
            return file.execute(REVISION).fetchone() if file.execute(known).fetchone() else None
