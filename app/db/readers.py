"""Readers: so many at once and no more; the others wait, and not for long."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import psycopg
from anyio import CancelScope
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import URL, Select

from app.config import Settings
from app.db.engines import DIALECTS, address, open_sqlite
from app.db.patience import GRACE, AsyncPatient, answers
from app.errors import Unavailable

Row = tuple[Any, ...]
PATIENCE = 3.0
"""Seconds that a read waits for a connection before it is answered 503."""


class Use(NamedTuple):
    """Readers that there may be, those at work, and those who wait for one."""

    most: int
    busy: int
    waiting: int


class Reader(Protocol):
    """One snapshot of the database: every statement asked of it sees the same moment."""

    dialect: str

    async def rows(self, statement: Select[Any], binds: Mapping[str, Any]) -> list[Row]: ...


@lru_cache(maxsize=4096)
def compiled(statement: Select[Any], dialect: str) -> tuple[str, dict[str, Any]]:
    """A statement's text and fixed parameters; statements are built once per shape of question."""
    built = statement.compile(dialect=DIALECTS[dialect])
    return str(built), dict(built.params)


async def placed(places: asyncio.Semaphore, seconds: float, detail: str) -> None:
    """Take one of so many places; raises ``Unavailable`` where none is free in time."""
    try:
        async with asyncio.timeout(seconds):
            await places.acquire()
    except TimeoutError:
        raise Unavailable(detail, retry_after=1) from None


class SqliteReader:
    """A snapshot of a SQLite file, asked in a worker thread."""

    dialect = "sqlite"

    def __init__(self, connection: sqlite3.Connection, threads: ThreadPoolExecutor, seconds: float):
        self.connection, self.threads, self.seconds = connection, threads, seconds
        self.running: asyncio.Future[list[Row]] | None = None
        self.ended = False

    async def rows(self, statement: Select[Any], binds: Mapping[str, Any]) -> list[Row]:
        text, fixed = compiled(statement, self.dialect)
        return await self.asked(text, {**fixed, **binds})

    async def asked(self, text: str, binds: dict[str, Any]) -> list[Row]:
        """A caller that is cancelled goes; the thread does not, and keeps the connection."""
        loop = asyncio.get_running_loop()
        self.running = loop.run_in_executor(self.threads, self._ask, text, binds)
        return await asyncio.shield(self.running)

    def _ask(self, text: str, binds: dict[str, Any]) -> list[Row]:
        deadline = time.monotonic() + self.seconds

        def over() -> bool:
            return self.ended or time.monotonic() > deadline

        self.connection.set_progress_handler(over, 10_000)
        return self.connection.execute(text, binds).fetchall()

    def end(self, then: Callable[[sqlite3.Connection], None]) -> None:
        """Give the connection back, as soon as no thread is at work on it."""
        self.ended = True
        if self.running is None or self.running.done():
            then(self.connection)
        else:
            self.running.add_done_callback(lambda _: then(self.connection))


class SqliteReaders:
    """Connections to a SQLite file, each with a thread for the time it is asked."""

    def __init__(self, url: URL, settings: Settings):
        self.path, self.settings = url.database or "", settings
        self.places = asyncio.Semaphore(settings.readers)
        self.threads = ThreadPoolExecutor(settings.readers, "reader")
        self.idle: list[sqlite3.Connection] = []
        self.busy = self.waiting = 0

    def use(self) -> Use:
        """How busy they are."""
        return Use(self.settings.readers, self.busy, self.waiting)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Reader]:
        """A place, kept until the connection is back."""
        self.waiting += 1
        try:
            await placed(self.places, PATIENCE, "Too many reads are going on.")
        finally:
            self.waiting -= 1
        try:
            reader = self._begun()
        except BaseException:
            self.places.release()
            raise
        self.busy += 1
        try:
            yield reader
        finally:
            reader.end(self._back)

    def _begun(self) -> SqliteReader:
        connection = self.idle.pop() if self.idle else open_sqlite(self.path)
        connection.execute("BEGIN")
        return SqliteReader(connection, self.threads, self.settings.query_seconds)

    def _back(self, connection: sqlite3.Connection) -> None:
        self.busy -= 1
        self.places.release()
        try:
            connection.set_progress_handler(None, 0)
            connection.execute("ROLLBACK")
            self.idle.append(connection)
        except sqlite3.Error:
            connection.close()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Close every connection in the end; one at work closes with its thread."""
        yield
        self.threads.shutdown(wait=False, cancel_futures=True)
        while self.idle:
            self.idle.pop().close()


class PostgresReader:
    """A snapshot of a PostgreSQL database, asked without a thread."""

    dialect = "postgresql"

    def __init__(self, connection: AsyncPatient):
        self.connection = connection

    async def rows(self, statement: Select[Any], binds: Mapping[str, Any]) -> list[Row]:
        text, fixed = compiled(statement, self.dialect)
        return await self.asked(text, {**fixed, **binds})

    async def asked(self, text: str, binds: dict[str, Any]) -> list[Row]:
        """The rows of a statement as PostgreSQL takes it."""
        cursor = await self.connection.execute(text.encode(), binds)
        return await cursor.fetchall()


class PostgresReaders:
    """A pool of connections; one that is lost is replaced."""

    def __init__(self, url: URL, settings: Settings):
        limit = int(settings.query_seconds * 1000)
        self.patience = settings.query_seconds + GRACE
        self.pool: AsyncConnectionPool[AsyncPatient] = AsyncConnectionPool(
            address(url, statement_timeout=limit),
            connection_class=AsyncPatient,
            min_size=1,
            max_size=settings.readers,
            timeout=PATIENCE,
            # Short, for it waits twice as long after each failure: the server may be back by then.
            reconnect_timeout=1,
            open=False,
            check=answers,
            configure=self._read_only,
        )

    def use(self) -> Use:
        """How busy they are."""
        told = self.pool.get_stats()
        busy = told["pool_size"] - told["pool_available"]
        return Use(self.pool.max_size, busy, told.get("requests_waiting", 0))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Have connections, and close them in the end."""
        async with self.pool:
            yield

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Reader]:
        """A connection, given back also where the caller is cancelled, however often."""
        connection = await self.pool.getconn()
        try:
            yield PostgresReader(connection)
        finally:
            with CancelScope(shield=True):
                with suppress(psycopg.Error):
                    await connection.rollback()
                await self.pool.putconn(connection)

    async def _read_only(self, connection: AsyncPatient) -> None:
        connection.patience = self.patience
        await connection.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
        await connection.set_read_only(True)
