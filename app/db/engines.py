"""What SQLite and PostgreSQL are told when they are opened, and how they say what they cannot."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import PoolTimeout
from sqlalchemy import (
    URL,
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
from app.db.file_lock import BUSY
from app.db.pg_timeouts import GRACE_TIMEOUT_S, limit_waits
from app.db.sessions import adapt_waiting, address, limits
from app.db.sqlite_file import SqliteFile, Tracked
from app.errors import Damaged, Problem, ReadOnly, StorageFull, Unavailable

PRAGMAS = ("busy_timeout=5000", "trusted_schema=OFF")
READING = ("query_only=ON", "mmap_size=0", "cache_size=-8000")
"""Readers map nothing of the file: where a mapped file is truncated, or its disk fails, the system
ends the process (SIGBUS), and with a cache of their own it is an error."""

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


UNWRITTEN = {"mode": "ro", "immutable": "1"}
"""What the URL of a SQLite file may say: that it is only read here, or that nobody writes to it."""

IN_USE = (
    "This database cannot be read as immutable: writes lie beside it in its -wal file. "
    "Use mode=ro, or a copy made by `sayso backup`."
)


def is_read_only(url: URL) -> bool:
    """Whether a URL says that its SQLite file is not to be written to."""
    said = any(url.query.get(name) == value for name, value in UNWRITTEN.items())
    return said and url.get_backend_name() == "sqlite"


def opened_as(url: URL) -> URL:
    """A URL as SQLAlchemy takes it: SQLite hears what it says in a URI of its own."""
    if not is_read_only(url):
        return url
    path = Path(url.database or "").absolute()
    if "immutable" in url.query and has_content(Path(f"{path}-wal")):
        raise Unavailable(IN_USE, retry_after=30)
    said = {name: url.query[name] for name in UNWRITTEN if name in url.query}
    return url.set(database=f"file:{quote(str(path))}", query={**said, "uri": "true"})


def has_content(file: Path) -> bool:
    """Is it there, with something in it?"""
    return file.exists() and file.stat().st_size > 0


def writer_engine(
    settings: Settings, bounded: bool = False, file: SqliteFile | None = None
) -> Engine:
    """The engine for writes and migrations: durable, foreign keys on, errors without values.

    ``bounded`` is for all but migrations: no statement of it may take longer than a query.
    """
    if settings.on_postgres:
        most = {"lock_timeout": int(settings.write_wait_seconds * 1000)}
        if bounded:
            most["statement_timeout"] = int(settings.query_seconds * 1000)
            most["idle_in_transaction_session_timeout"] = 60_000
        engine = postgres_engine(settings, pool_pre_ping=True, pool_timeout=3)
        limit_waits(engine, settings.query_seconds + GRACE_TIMEOUT_S if bounded else None)
        event.listen(engine, "begin", lambda opened: opened.exec_driver_sql(limits(**most)))
        return engine
    url = make_url(settings.sqlalchemy_url)
    if url.database and not is_read_only(url):
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        opened_as(url), hide_parameters=True, connect_args=tracking(file or SqliteFile(""))
    )
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


def open_sqlite(url: URL, file: SqliteFile) -> Tracked:
    """A connection that only reads, for whichever thread has it."""
    named = opened_as(url)
    said = [f"{name}={value}" for name, value in named.query.items() if name in UNWRITTEN]
    path = "?".join(filter(None, (named.database or "", "&".join(said))))
    more = {**tracking(file), "uri": bool(said)}
    connection: Tracked = sqlite3.connect(path, isolation_level=None, **more)
    try:
        for pragma in (*READING, *PRAGMAS):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA schema_version")  # opens the -wal, too
        file.check_beside()
    except BaseException:
        connection.close()
        raise
    return connection


def tracking(file: SqliteFile) -> dict[str, Any]:
    """How a connection is opened that the file knows of."""
    return {"check_same_thread": False, "factory": partial(Tracked, file=file)}


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

UNTIDY = (
    sqlite3.SQLITE_READONLY_CANTINIT,
    sqlite3.SQLITE_READONLY_CANTLOCK,
    sqlite3.SQLITE_READONLY_RECOVERY,
)
NOT_TIDIED = (
    "The database cannot be read: somebody who may write to its folder has to open it once, for "
    "its last writes are not in place."
)

SQLITE: dict[str, Callable[[], Problem]] = {
    "full": StorageFull,
    "readonly database": ReadOnly,
    "interrupted": lambda: Unavailable(TOO_LONG, retry_after=5),
    "locked": lambda: Unavailable("The database is busy.", retry_after=1),
    "disk I/O error": lambda: Damaged(UNREADABLE),
    "unable to open": lambda: Damaged(UNOPENED),
    "malformed": Damaged,
    "not a database": Damaged,
    "Could not decode": Damaged,
    "no such table": lambda: Damaged(INCOMPLETE),
    "no such column": lambda: Damaged(INCOMPLETE),
}

UNREADABLE = (
    "The disk of the database does not do what it should. Look at the system's log, and put a "
    "sound copy of the database on a sound disk: docs/backup.md tells how."
)
UNOPENED = (
    "The file of the database cannot be opened. Look whether its folder is there, and whether "
    "this program may write to it."
)
INCOMPLETE = (
    "The database has lost a table or a column. Whoever runs this has to put a sound copy in its "
    "place: docs/backup.md tells how."
)
BROKEN_STATES = {"42P01": INCOMPLETE, "42703": INCOMPLETE, "58030": UNREADABLE, "58P01": UNREADABLE}
"""What PostgreSQL says (SQLSTATE) of tables that are not there, and of files."""


def _problem(error: BaseException | None) -> Problem | None:
    if isinstance(error, sqlite3.DatabaseError):
        said, code = str(error), getattr(error, "sqlite_errorcode", None)
        if code in NO_ROOM:
            return StorageFull()
        if code in UNTIDY:
            return Unavailable(NOT_TIDIED, retry_after=30)
        return next((made() for words, made in SQLITE.items() if words in said), None)
    state = getattr(error, "sqlstate", None) or ""
    if state in BROKEN_STATES or state.startswith("XX"):
        return Damaged(BROKEN_STATES.get(state, ""))
    if isinstance(error, psycopg.errors.DiskFull):
        return StorageFull()
    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
        return ReadOnly()
    if isinstance(error, psycopg.errors.QueryCanceled):
        return Unavailable(TOO_LONG, retry_after=5)
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return Unavailable(BUSY, retry_after=1)
    if isinstance(error, psycopg.OperationalError | PoolTimeout | NoConnection):
        return Unavailable("The database is busy or away.", retry_after=1)
    return None
