"""The engines: every difference between SQLite and PostgreSQL, readers, and the one writer."""

import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import lru_cache
from pathlib import Path
from queue import LifoQueue
from typing import Any, Protocol

import psycopg
from anyio import to_thread
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from sqlalchemy import Boolean, Connection, Engine, Select, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.config import Settings
from app.errors import Problem, StorageFull, Unavailable

Row = tuple[Any, ...]


class contains(FunctionElement[bool]):
    """``contains(text, part)``: does it occur in it, byte for byte, in any script?"""

    inherit_cache = True
    type = Boolean()


@compiles(contains, "sqlite")
def _instr(element: contains, compiler: Any, **kw: Any) -> str:
    return f"instr({compiler.process(element.clauses, **kw)}) > 0"


@compiles(contains, "postgresql")
def _strpos(element: contains, compiler: Any, **kw: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **kw)}) > 0"


DIALECTS = {
    "sqlite": sqlite.dialect(paramstyle="named"),
    "postgresql": postgresql.dialect(paramstyle="pyformat"),  # type: ignore[no-untyped-call]
}


class Reader(Protocol):
    """One snapshot of the database: every statement asked of it sees the same moment."""

    dialect: str

    async def rows(self, statement: Select[Any], binds: Mapping[str, Any]) -> list[Row]: ...


@lru_cache(maxsize=4096)
def compiled(statement: Select[Any], dialect: str) -> tuple[str, dict[str, Any]]:
    """A statement's text and fixed parameters; statements are built once per shape of question."""
    built = statement.compile(dialect=DIALECTS[dialect])
    return str(built), dict(built.params)


class SqliteReader:
    """A snapshot of a SQLite file, asked in a worker thread."""

    dialect = "sqlite"

    def __init__(self, connection: sqlite3.Connection, seconds: float):
        self.connection, self.seconds = connection, seconds

    async def rows(self, statement: Select[Any], binds: Mapping[str, Any]) -> list[Row]:
        text, fixed = compiled(statement, self.dialect)
        return await to_thread.run_sync(self._ask, text, {**fixed, **binds})

    def _ask(self, text: str, binds: dict[str, Any]) -> list[Row]:
        deadline = time.monotonic() + self.seconds
        self.connection.set_progress_handler(lambda: time.monotonic() > deadline, 10_000)
        return self.connection.execute(text, binds).fetchall()


class PostgresReader:
    """A snapshot of a PostgreSQL database, asked without a thread."""

    dialect = "postgresql"

    def __init__(self, connection: psycopg.AsyncConnection[Row]):
        self.connection = connection

    async def rows(self, statement: Select[Any], binds: Mapping[str, Any]) -> list[Row]:
        text, fixed = compiled(statement, self.dialect)
        cursor = await self.connection.execute(text.encode(), {**fixed, **binds})
        return await cursor.fetchall()


class Database:
    """The two ways in: ``snapshot()`` to read, ``transaction()`` to write."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.url = make_url(settings.sqlalchemy_url)
        self.dialect = self.url.get_backend_name()
        self.engine = writer_engine(settings)
        self._turn = threading.Lock()
        self._idle: LifoQueue[sqlite3.Connection] = LifoQueue()
        self._pool: AsyncConnectionPool[psycopg.AsyncConnection[Row]] | None = None

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Database"]:
        """Open for readers; close every connection in the end."""
        async with AsyncExitStack() as stack:
            if self.dialect == "postgresql":
                self._pool = await stack.enter_async_context(self._open_pool())
            yield self
        while not self._idle.empty():
            self._idle.get().close()
        self.engine.dispose()

    def _open_pool(self) -> AsyncConnectionPool[psycopg.AsyncConnection[Row]]:
        dsn = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        milliseconds = int(self.settings.query_seconds * 1000)
        return AsyncConnectionPool(
            dsn,
            min_size=1,
            max_size=self.settings.readers,
            timeout=3,
            open=False,
            check=AsyncConnectionPool.check_connection,
            kwargs={"options": f"-c statement_timeout={milliseconds} -c timezone=UTC"},
            configure=_read_only,
        )

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Reader]:
        """A read-only transaction: all its answers are of one moment."""
        with translated():
            if self._pool is not None:
                async with self._pool.connection() as connection:
                    yield PostgresReader(connection)
            else:
                with self._sqlite_snapshot() as reader:
                    yield reader

    @contextmanager
    def _sqlite_snapshot(self) -> Iterator[SqliteReader]:
        connection = self._idle.get() if not self._idle.empty() else self._open_sqlite()
        connection.execute("BEGIN")
        try:
            yield SqliteReader(connection, self.settings.query_seconds)
        finally:
            connection.set_progress_handler(None, 0)
            connection.execute("ROLLBACK")
            self._idle.put(connection)

    def _open_sqlite(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.url.database or "", isolation_level=None, check_same_thread=False
        )
        for pragma in ("query_only=ON", "busy_timeout=5000", "trusted_schema=OFF"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A write: all of it is committed when this ends, or none of it. One at a time."""
        if not self._turn.acquire(timeout=self.settings.write_wait_seconds):
            raise Unavailable("Other writes are going on.", retry_after=1)
        try:
            with translated(), self.engine.begin() as connection:
                yield connection
        finally:
            self._turn.release()


async def _read_only(connection: psycopg.AsyncConnection[Row]) -> None:
    await connection.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
    await connection.set_read_only(True)


def writer_engine(settings: Settings) -> Engine:
    """The engine for writes and migrations: durable, foreign keys on, errors without values."""
    url = make_url(settings.sqlalchemy_url)
    if url.get_backend_name() == "postgresql":
        wait = int(settings.write_wait_seconds * 1000)
        return create_engine(
            url,
            pool_pre_ping=True,
            pool_timeout=3,
            hide_parameters=True,
            connect_args={
                "connect_timeout": 3,
                "options": f"-c lock_timeout={wait} -c timezone=UTC",
            },
        )
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy emits BEGIN itself, below
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=5000",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    # A deferred BEGIN would fail at its first write whenever another writer came between.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def translated() -> Iterator[None]:
    """Errors of either engine, as the problems they are to a caller."""
    try:
        yield
    except DBAPIError as error:
        raise _problem(error.orig) or error from error
    except (sqlite3.Error, psycopg.Error, PoolTimeout) as error:
        raise _problem(error) or error from error


def _problem(error: BaseException | None) -> Problem | None:
    text = str(error)
    if isinstance(error, sqlite3.OperationalError | sqlite3.DatabaseError):
        if "full" in text:
            return StorageFull()
        if "locked" in text or "interrupted" in text or "unable to open" in text:
            return Unavailable("The database is busy.", retry_after=1)
    if isinstance(error, psycopg.errors.DiskFull):
        return StorageFull()
    if isinstance(error, psycopg.OperationalError | PoolTimeout):
        return Unavailable("The database is busy or away.", retry_after=1)
    return None
