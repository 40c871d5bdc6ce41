"""What SQLite and PostgreSQL are told when they are opened, and how they say what they cannot."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import PoolTimeout
from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Engine,
    LargeBinary,
    create_engine,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.config import Settings
from app.db.patience import GRACE, patient
from app.db.sessions import adapt_waiting, address, limits
from app.errors import Problem, StorageFull, Unavailable

PRAGMAS = ("busy_timeout=5000", "trusted_schema=OFF")
READING = ("query_only=ON", "mmap_size=2147418112", "cache_size=-8000")
"""Readers look at the file where the system has it in memory, as far as SQLite goes (2 GB): they
copy nothing, and nothing that they know is lost when somebody writes. Of what lies beyond, each
keeps 8 MB."""

WRITING = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "wal_autocheckpoint=4000",  # 16 MB: a page that changes often is put in its place less often
    "cache_size=-4000",  # 4 MB, so that a long import does not write a page again and again
    "foreign_keys=ON",
    "trusted_schema=ON",  # a trigger keeps the index of texts, and not every SQLite trusts FTS5
)

DIALECTS = {
    "sqlite": sqlite.dialect(paramstyle="named"),
    "postgresql": postgresql.dialect(paramstyle="pyformat"),  # type: ignore[no-untyped-call]
    "wire": postgresql.dialect(paramstyle="numeric_dollar"),  # type: ignore[no-untyped-call]
}


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


class server_clock(FunctionElement[int]):
    """``server_clock()``: microseconds since 1970 on the one clock that all writers share.

    SQLite has no server: its processes are on one machine, and use that machine's clock (NULL).
    """

    inherit_cache = True
    type = BigInteger()


@compiles(server_clock, "sqlite")
def _no_server(element: server_clock, compiler: Any, **kw: Any) -> str:
    return "NULL"


@compiles(server_clock, "postgresql")
def _clock_timestamp(element: server_clock, compiler: Any, **kw: Any) -> str:
    return "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"


class utf8(FunctionElement[bytes]):
    """``utf8(text)``: its bytes, for what is passed on and not looked at."""

    inherit_cache = True
    type = LargeBinary()


@compiles(utf8, "sqlite")
def _blob(element: utf8, compiler: Any, **kw: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **kw)} AS BLOB)"


@compiles(utf8, "postgresql")
def _bytea(element: utf8, compiler: Any, **kw: Any) -> str:
    return f"convert_to({compiler.process(element.clauses, **kw)}, 'UTF8')"


class indexed(FunctionElement[bool]):
    """``indexed(claim.grams, sought)``: does the index of claims' texts hold all these grams?"""

    inherit_cache = True
    type = Boolean()

    def self_group(self, against: Any = None) -> Any:
        return self  # and not "(…) = 1", for which SQLite would not use its index


@compiles(indexed, "sqlite")
def _match(element: indexed, compiler: Any, **kw: Any) -> str:
    column, sought = (compiler.process(clause, **kw) for clause in element.clauses)
    row = f"{column.rpartition('.')[0]}.rowid"
    return f"{row} IN (SELECT rowid FROM claim_grams WHERE claim_grams MATCH {quoted(sought)})"


def quoted(sought: str) -> str:
    """Grams in an expression of SQL, as FTS5 wants them: each a phrase of its own."""
    return f"""'"' || replace(replace({sought}, '"', '""'), ' ', '" "') || '"'"""


@compiles(indexed, "postgresql")
def _overlap(element: indexed, compiler: Any, **kw: Any) -> str:
    column, sought = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"string_to_array({column}, ' ') @> string_to_array({sought}, ' ')"


class among(FunctionElement[bool]):
    """``among(column, bindparam("ids"))``: is it one of a list? The list is one parameter."""

    inherit_cache = True
    type = Boolean()

    def self_group(self, against: Any = None) -> Any:
        return self  # as above


@compiles(among, "sqlite")
def _in_json(element: among, compiler: Any, **kw: Any) -> str:
    column, listed = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({listed}))"


@compiles(among, "postgresql")
def _any(element: among, compiler: Any, **kw: Any) -> str:
    column, listed = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} = ANY({listed})"


def writer_engine(settings: Settings, bounded: bool = False) -> Engine:
    """The engine for writes and migrations: durable, foreign keys on, errors without values.

    ``bounded`` is for all but migrations: no statement of it may take longer than a query.
    """
    if settings.on_postgres:
        most = {"lock_timeout": int(settings.write_wait_seconds * 1000)}
        if bounded:
            most["statement_timeout"] = int(settings.query_seconds * 1000)
            most["idle_in_transaction_session_timeout"] = 60_000
        engine = postgres_engine(settings, pool_pre_ping=True, pool_timeout=3)
        patient(engine, settings.query_seconds + GRACE if bounded else None)
        event.listen(engine, "begin", lambda opened: opened.exec_driver_sql(limits(**most)))
        return engine
    url = make_url(settings.sqlalchemy_url)
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False})
    busy = f"busy_timeout={int(settings.write_wait_seconds * 1000)}"
    event.listen(engine, "connect", lambda connection, _record: _prepare_sqlite(connection, busy))
    event.listen(engine, "begin", _begin_immediate)
    return engine


def postgres_engine(settings: Settings, **more: Any) -> Engine:
    """An engine whose connections libpq makes, by the URL as it is."""
    server = conninfo_to_dict(address(settings.database_url))
    engine = create_engine(
        "postgresql+psycopg://", hide_parameters=True, connect_args=server, **more
    )
    # First of all, for what SQLAlchemy asks of a new connection needs a transaction.
    event.listen(engine, "connect", lambda opened, _record: adapt_waiting(opened), insert=True)
    return engine


def _prepare_sqlite(connection: Any, busy: str) -> None:
    connection.isolation_level = None  # SQLAlchemy emits BEGIN itself, below
    for pragma in (*PRAGMAS, *WRITING, busy):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    # A deferred BEGIN would fail at its first write whenever another writer came between.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def open_sqlite(path: str) -> sqlite3.Connection:
    """A connection that only reads, for whichever thread has it."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in (*READING, *PRAGMAS):
        connection.execute(f"PRAGMA {pragma}")
    return connection


@contextmanager
def translated() -> Iterator[None]:
    """Errors of either engine, as the problems they are to a caller."""
    try:
        yield
    except DBAPIError as error:
        raise _problem(error.orig) or error from error
    except (sqlite3.Error, psycopg.Error, PoolTimeout, NoConnection) as error:
        raise _problem(error) or error from error


TOO_LONG = "This takes longer than is allowed; ask for less."
NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE)
"""SQLite calls a disk full only where the system says so; over a quota or a limit it says this."""

SQLITE: dict[str, Callable[[], Problem]] = {
    "full": StorageFull,
    "interrupted": lambda: Unavailable(TOO_LONG, retry_after=5),
    "locked": lambda: Unavailable("The database is busy.", retry_after=1),
    "disk I/O error": lambda: Unavailable("The disk does not do what it should.", retry_after=5),
    "unable to open": lambda: Unavailable("The database is away.", retry_after=1),
}


def _problem(error: BaseException | None) -> Problem | None:
    if isinstance(error, sqlite3.DatabaseError):
        said = str(error)
        if getattr(error, "sqlite_errorcode", None) in NO_ROOM:
            return StorageFull()
        return next((made() for words, made in SQLITE.items() if words in said), None)
    if isinstance(error, psycopg.errors.DiskFull):
        return StorageFull()
    if isinstance(error, psycopg.errors.QueryCanceled):
        return Unavailable(TOO_LONG, retry_after=5)
    if isinstance(error, psycopg.OperationalError | PoolTimeout | NoConnection):
        return Unavailable("The database is busy or away.", retry_after=1)
    return None
