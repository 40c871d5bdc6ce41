"""The database: readers, the one writer, and a look at whether it is there."""

import asyncio
import math
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import (
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
    nullcontext,
    suppress,
)
from contextvars import ContextVar
from functools import cached_property
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread
from prometheus_client import Histogram
from sqlalchemy import Connection, Engine, Select, text
from sqlalchemy.engine import make_url

from app.config import Settings
from app.db.engine_errors import translated
from app.db.health_check import Health, HealthCheck
from app.db.pg_sessions import postgres_snapshot_engine, postgres_writer_engine, shown
from app.db.postgres import PostgresReaders
from app.db.sqlite import (
    SqliteReaders,
    is_read_only,
    sqlite_snapshot_engine,
    sqlite_writer_engine,
)
from app.db.sqlite_file import BUSY, SqliteFile, WriterLock
from app.db.statements import Query, Reader, Row, Use, acquire_slot
from app.errors import Damaged, Problem, ReadOnly, Unavailable

T = TypeVar("T")
WRITERS = 4
"""Writes that wait for their turn in a thread; one is at work, and all others wait without."""

_until: ContextVar[float] = ContextVar("_until", default=float("inf"))

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds: the upper ends of the buckets; one more takes what is beyond."""


def write_waits() -> Histogram:
    """How long the writes of one database waited for their turn; it is told at /metrics."""
    about = "How long writes waited for their turn."
    return Histogram("sayso_write_wait_seconds", about, registry=None, buckets=BOUNDS)


async def in_thread(
    work: Callable[..., T], *args: Any, limiter: CapacityLimiter | None = None
) -> T:
    """Work done in a thread, a few at a time.

    anyio's frame holds the future that holds what was raised. With the traceback that leads back to
    the frame this is a reference cycle, in which a body of megabytes stays until the garbage
    collector runs. Where a problem was raised is of no interest: it is an answer.
    """
    try:
        return await to_thread.run_sync(work, *args, limiter=limiter)
    except Problem as problem:
        raise problem.with_traceback(None)  # noqa: B904  (it is the same one)


PREFIX = "sayso import until "
MAX_ESTIMATE_S = 3600
"""Nobody is sent away for longer than an hour, whatever the estimate says."""
EVERY = 0.25
"""Seconds between two tellings, which cost PostgreSQL a round trip."""

_TELL = text(
    f"SELECT set_config('application_name', '{PREFIX}' ||"
    " round(extract(epoch FROM clock_timestamp()) + :seconds), true)"
)
_ASK = text(
    "SELECT max(substr(application_name, :after)::numeric"
    " - extract(epoch FROM clock_timestamp()))::float FROM pg_stat_activity"
    f" WHERE datname = current_database() AND application_name ~ '^{PREFIX}[0-9]+$'"
)


class Estimate:
    """Estimated time to completion of the write at work: what Retry-After says to the refused.

    Linear: what is left takes as long for each row as what is done took. ``tell`` is told when it
    is expected to end (monotonic clock). Other processes see it too: of a SQLite file in the file
    of its lock, of PostgreSQL as the session's application_name.
    """

    def __init__(self, tell: Callable[[float], None]):
        self.tell, self.begun = tell, time.monotonic()
        self.told = float("-inf")

    def __call__(self, done: int, total: int) -> None:
        """So much is done, of so much."""
        now = time.monotonic()
        if 0 < done < total and now - self.told >= EVERY:
            self.told = now
            self.tell(now + (now - self.begun) / done * (total - done))


def tell_server(connection: Connection, ends: float) -> None:
    """Tell other processes, by the server: until this transaction ends."""
    connection.execute(_TELL, {"seconds": ends - time.monotonic()})


def ask_server(connection: Connection) -> float | None:
    """When another process's write is expected to end, if it says so."""
    seconds = connection.execute(_ASK, {"after": len(PREFIX) + 1}).scalar()
    return None if seconds is None else time.monotonic() + seconds


class Database:
    """The ways in: ``rows()`` and ``snapshot()`` to read, ``transaction()`` to write."""

    def __init__(self, settings: Settings):
        self.settings = settings
        url = settings.database_url
        self.url = shown(url) if settings.on_postgres else make_url(url)
        self.dialect = self.url.get_backend_name()
        named = self.url.database if self.dialect == "sqlite" else None
        path = "" if named in (None, ":memory:") else str(named)
        self.file = SqliteFile(path, self._renew)
        self.engine = writer_engine(settings, bounded=True, file=self.file)
        self._write_lock = threading.Lock()
        self.read_only = is_read_only(self.url)
        self._generation = 0
        self.file_lock = WriterLock(path) if path and not self.read_only else None
        self._write_slots = asyncio.Semaphore(WRITERS)
        self._write_threads = CapacityLimiter(WRITERS)
        self.waits, self.refused, self.writes = write_waits(), 0, 0
        self._ends: float | None = None
        """When the write at work is expected to end, where it is long and tells."""
        self._asked = (float("-inf"), 0.0)
        """When the server was asked that of another process's, and its answer."""
        self.final = -(2**63)
        """The newest moment known to be final: reads of it, or before it, need ask no writer."""
        self._health = HealthCheck(settings.database_url, self.file)
        self._readers: PostgresReaders | SqliteReaders = (
            PostgresReaders(settings)
            if settings.on_postgres
            else SqliteReaders(self.url, self.file, settings)
        )

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Database"]:
        """Open for readers; close every connection in the end."""
        async with self._readers.open():
            yield self
        self._health.close()
        self.close()

    async def rows(self, statement: Select[Any], binds: Mapping[str, Any]) -> list[Row]:
        """The rows of one statement: as a reader, the database is of the moment of each."""
        with self.reported():
            return await self._readers.rows(Query(statement, binds))

    def query_nowait(self, query: Query) -> asyncio.Future[list[Row] | None]:
        """The rows of a short statement; None where it takes longer, or cannot be asked now.

        All that are asked in one turn of the event loop are one batch, which costs less. Nobody's
        slot is taken, and nothing is raised. Texts are bytes.
        """
        return self._readers.query_nowait(query)

    async def many(self, statement: Select[Any], binds: Mapping[str, Any]) -> list[Row]:
        """The rows of one statement that is known to take its time."""
        async with self.snapshot() as reader:
            return await reader.many(statement, binds)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Reader]:
        """A read-only transaction: all its answers are of one moment."""
        with self.reported():
            async with self._readers.snapshot() as reader:
                yield reader

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A write: all of it is committed when this ends, or none of it. One at a time."""
        if self.read_only:
            raise ReadOnly()
        most, now = self.settings.write_wait_seconds, time.monotonic()
        until = min(_until.get(), now + most)
        try:
            if not self._write_lock.acquire(timeout=max(until - now, 0)):
                raise Unavailable(BUSY, retry_after=1)
            self.waits.observe(time.monotonic() - until + most)
            try:
                with self.reported(), self._file_locked(until):
                    self._drop_outdated()
                    with self.engine.begin() as connection:
                        self.file.check_beside()
                        yield connection
                    self.file.check_beside()  # what was committed to a file that is gone is lost
            finally:
                self._ends = None
                self._drop_outdated()
                self._write_lock.release()
        except Unavailable as busy:
            if busy.detail == BUSY:
                busy.retry_after = self.left()
            raise

    @cached_property
    def snapshot_engine(self) -> Engine:
        """The engine for jobs that read all of it: it writes nothing and keeps no connection.

        It is made once, for with it SQLAlchemy keeps the text of each statement.
        """
        if self.settings.on_postgres:
            return postgres_snapshot_engine(self.settings)
        return sqlite_snapshot_engine(self.url, self.file)

    def _file_locked(self, until: float) -> AbstractContextManager[None]:
        """No other process writes to the same file meanwhile."""
        if self.file_lock is None:
            return nullcontext()
        return self.file_lock.held(max(until - time.monotonic(), 0))

    def estimate(self, connection: Connection) -> Estimate:
        """For a long write: how far it has come is told to those who wait, in any process."""

        def tell(ends: float) -> None:
            self._ends = ends
            if self.file_lock is not None:
                self.file_lock.tell(ends)
            elif self.dialect == "postgresql":
                tell_server(connection, ends)

        return Estimate(tell)

    def left(self) -> int:
        """Seconds until the write at work is expected to end; 1 where it does not say."""
        ends = self._ends
        if ends is None and self.file_lock is not None:
            ends = self.file_lock.told()
        elif ends is None and self.dialect == "postgresql":
            ends = self._told_by_server()
        return min(MAX_ESTIMATE_S, max(1, math.ceil((ends or 0) - time.monotonic())))

    def _told_by_server(self) -> float:
        """Asked once a second at most, however many are refused."""
        at, ends = self._asked
        if time.monotonic() - at > 1:
            ends = 0.0
            with suppress(Exception), self.engine.connect() as connection:
                ends = ask_server(connection) or ends
            self._asked = time.monotonic(), ends
        return ends

    def _renew(self) -> None:
        """Close what writers have open, unless one is at work: then it is closed after it."""
        if self._write_lock.acquire(blocking=False):
            try:
                self._drop_outdated()
            finally:
                self._write_lock.release()

    def _drop_outdated(self) -> None:
        """Under the lock of writers: keep no connection of an earlier generation of the file."""
        if self._generation != self.file.generation:
            self._generation = self.file.generation
            self.engine.dispose()

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
        until = until or time.monotonic() + self.settings.write_wait_seconds
        self.writes += alone
        try:
            await acquire_slot(self._write_slots, max(until - time.monotonic(), 0), BUSY)
            waiting = _until.set(until)
            try:
                return await in_thread(work, limiter=self._write_threads)
            finally:
                _until.reset(waiting)
                self._write_slots.release()
        except Unavailable as busy:
            if busy.detail == BUSY:
                self.refused += alone
                busy.retry_after = await to_thread.run_sync(self.left)
            raise
        finally:
            self.writes -= alone

    def use(self) -> Use:
        """How busy its readers are."""
        return self._readers.use()

    async def health(self) -> Health:
        """Whether the database is there and sound; raises ``Unavailable`` where it is not there."""
        self._readers.close_outdated()
        return await self._health.ask()

    @contextmanager
    def reported(self) -> Iterator[None]:
        """Errors of the engine as problems; of damage, the health check is told."""
        try:
            with translated():
                yield
        except Damaged as damage:
            self._health.met(damage)
            raise


def writer_engine(
    settings: Settings, bounded: bool = False, file: SqliteFile | None = None
) -> Engine:
    """The engine for writes and migrations: durable, foreign keys on, errors without values.

    ``bounded`` is for all but migrations: no statement of it may take longer than a query.
    """
    if settings.on_postgres:
        return postgres_writer_engine(settings, bounded)
    return sqlite_writer_engine(settings, file)
