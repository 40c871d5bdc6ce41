"""SQLite: how a file is opened, to write and to read, and its readers.

A short statement is answered at once, on the event loop; a long one in a thread.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, Select, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from app.config import Settings
from app.db.sqlite_file import SqliteFile, Tracked
from app.db.statements import ACQUIRE_TIMEOUT_S, Query, Row, Use, acquire_slot, settle, spelled
from app.errors import Problem, Unavailable

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


def sqlite_writer_engine(settings: Settings, file: SqliteFile | None = None) -> Engine:
    """The engine for writes and migrations: durable, foreign keys on, errors without values."""
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


def _prepare_sqlite(connection: Any, busy: str) -> None:
    connection.isolation_level = None  # SQLAlchemy emits BEGIN itself, below
    for pragma in (*PRAGMAS, *WRITING, busy):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    # A deferred BEGIN would fail at its first write whenever another writer came between.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def sqlite_snapshot_engine(url: URL, file: SqliteFile) -> Engine:
    """The engine for jobs that read all of it: unlike the writers', its BEGIN takes no lock."""
    named = opened_as(url)
    engine = create_engine(
        named, hide_parameters=True, poolclass=NullPool, connect_args=tracking(file)
    )
    event.listen(engine, "connect", _prepare_snapshot)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def _prepare_snapshot(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy emits BEGIN itself, above
    connection.text_factory = _text
    for pragma in ("query_only=ON", "busy_timeout=5000", "trusted_schema=OFF"):
        connection.execute(f"PRAGMA {pragma}")


def _text(value: bytes) -> str:
    """A text; of one that is none, which we never write, as much as can be told."""
    return value.decode(errors="surrogateescape")


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


STEPS, LOOKS = 1000, 50
"""What a statement may do on the event loop: so many steps of SQLite's machine, a millisecond."""

TRY_TIMEOUT_S = 0.1
"""After this time it goes to a thread all the same: then it is the disk that takes long."""


def try_now(
    connection: sqlite3.Connection, text: str, binds: Mapping[str, Any], texts: type = str
) -> list[Row]:
    """The rows of a statement, if it takes but a moment; else ``sqlite3.OperationalError``."""
    until, left = time.monotonic() + TRY_TIMEOUT_S, LOOKS

    def over() -> bool:
        nonlocal left
        left -= 1
        return left < 0 or time.monotonic() > until

    connection.set_progress_handler(over, STEPS)
    connection.text_factory = texts
    return connection.execute(text, binds).fetchall()


class SqliteReader:
    """A snapshot of a SQLite file."""

    dialect = "sqlite"

    def __init__(self, connection: Tracked, threads: ThreadPoolExecutor, seconds: float):
        self.connection, self.threads, self.seconds = connection, threads, seconds
        self.running: asyncio.Future[list[Row]] | None = None
        self.ended = False

    async def rows(self, statement: Select[Any], binds: Mapping[str, Any]) -> list[Row]:
        return await self.asked(*spelled(statement, binds, self.dialect))

    async def many(self, statement: Select[Any], binds: Mapping[str, Any]) -> list[Row]:
        """The rows of a statement that is known to take its time: in a thread."""
        return await self.waited(*spelled(statement, binds, self.dialect))

    async def asked(self, text: str, binds: dict[str, Any]) -> list[Row]:
        """The rows, at once if that is possible."""
        try:
            return try_now(self.connection, text, binds)
        except sqlite3.OperationalError:  # it takes long, or has to wait for somebody
            return await self.waited(text, binds)

    async def waited(self, text: str, binds: dict[str, Any]) -> list[Row]:
        """A caller that is cancelled goes; the thread does not, and keeps the connection."""
        loop = asyncio.get_running_loop()
        self.running = loop.run_in_executor(self.threads, self._ask, text, binds)
        # Whoever it is for may go, and asyncio would log an error that nobody asked for.
        self.running.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(self.running)

    def _ask(self, text: str, binds: dict[str, Any]) -> list[Row]:
        deadline = time.monotonic() + self.seconds

        def over() -> bool:
            return self.ended or time.monotonic() > deadline

        self.connection.set_progress_handler(over, 10_000)
        self.connection.execute("PRAGMA busy_timeout=5000")
        try:
            return self.connection.execute(text, binds).fetchall()
        finally:
            self.connection.execute("PRAGMA busy_timeout=0")

    def end(self, then: Callable[[Tracked], None]) -> None:
        """Give the connection back, as soon as no thread is at work on it."""
        self.ended = True
        if self.running is None or self.running.done():
            then(self.connection)
        else:
            self.running.add_done_callback(lambda _: then(self.connection))


class SqliteReaders:
    """Connections to a SQLite file; those at work for long have a thread each."""

    def __init__(self, url: URL, file: SqliteFile, settings: Settings):
        self.url, self.file, self.settings = url, file, settings
        self.slots = asyncio.Semaphore(settings.readers)
        self.threads = ThreadPoolExecutor(settings.readers, "reader")
        self.idle: list[Tracked] = []
        self.batch: list[tuple[str, dict[str, Any], asyncio.Future[list[Row] | None]]] = []
        self.busy = self.waiting = 0

    def use(self) -> Use:
        """How busy they are."""
        return Use(self.settings.readers, self.busy, self.waiting)

    def query_nowait(self, query: Query) -> asyncio.Future[list[Row] | None]:
        """The rows of a short statement, at the end of this turn of the event loop."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[Row] | None] = loop.create_future()
        self.batch.append((*spelled(*query, "sqlite"), answer))
        if len(self.batch) == 1:
            loop.call_soon(self._run_batch)
        return answer

    def _run_batch(self) -> None:
        """All of a batch is asked of one snapshot, which takes its locks once."""
        batch, self.batch = self.batch, []
        connection = self._at_hand()
        if connection is not None and len(batch) > 1:
            with suppress(sqlite3.Error):  # then each statement is a snapshot by itself
                connection.set_progress_handler(None, 0)  # of the statement before
                connection.execute("BEGIN")
        for text, values, answer in batch:
            settle(answer, self._tried(connection, text, values, bytes))
        if connection is not None and connection.in_transaction:
            self._commit(connection)

    def close_outdated(self) -> None:
        """Let go of what is out of date, also where nobody reads."""
        self._at_hand()

    def _at_hand(self) -> Tracked | None:
        """A connection for what takes but a moment; None where there is none in order."""
        with suppress(Problem):  # it is told to whoever asks where it may be waited for
            self._check()
            return self.idle[-1] if self.idle else None
        return None

    def _check(self) -> None:
        """Look whether the file is in its place, and let go of connections that are out of date."""
        try:
            self.file.check()
        finally:
            while self.idle and self.idle[-1].generation != self.file.generation:
                self.idle.pop().close()

    def _commit(self, connection: Tracked) -> None:
        """No snapshot is left open: later reads would not see what is written meanwhile."""
        try:
            connection.set_progress_handler(None, 0)
            connection.execute("COMMIT")
        except sqlite3.Error:
            self.idle.remove(connection)
            connection.close()

    async def rows(self, query: Query) -> list[Row]:
        """One statement, which is a snapshot by itself, and needs no slot if it is short."""
        text, given = spelled(*query, "sqlite")
        found = self._tried(self._at_hand(), text, given, str)
        if found is not None:
            return found
        async with self.snapshot() as reader:
            return await reader.waited(text, given)

    def _tried(
        self, connection: Tracked | None, text: str, given: dict[str, Any], texts: type
    ) -> list[Row] | None:
        if connection is None:
            return None
        try:
            return try_now(connection, text, given, texts)
        except sqlite3.Error:  # it takes long, has to wait for somebody, or cannot be read at all
            return None

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[SqliteReader]:
        """A slot, kept until the connection is back."""
        self.waiting += 1
        try:
            await acquire_slot(self.slots, ACQUIRE_TIMEOUT_S, "Too many reads are going on.")
        finally:
            self.waiting -= 1
        try:
            reader = self._begun()
        except BaseException:
            self.slots.release()
            raise
        self.busy += 1
        try:
            yield reader
        finally:
            reader.end(self._back)

    def _begun(self) -> SqliteReader:
        self._check()
        connection = self.idle.pop() if self.idle else self._opened()
        connection.text_factory = str
        connection.set_progress_handler(None, 0)  # of a statement that was over
        connection.execute("BEGIN")
        return SqliteReader(connection, self.threads, self.settings.query_seconds)

    def _opened(self) -> Tracked:
        connection = open_sqlite(self.url, self.file)
        connection.execute("PRAGMA busy_timeout=0")  # the event loop waits for nobody
        return connection

    def _back(self, connection: Tracked) -> None:
        self.busy -= 1
        self.slots.release()
        try:
            connection.set_progress_handler(None, 0)
            connection.execute("ROLLBACK")
        except sqlite3.Error:
            connection.close()
        else:
            self._kept(connection)

    def _kept(self, connection: Tracked) -> None:
        if connection.generation == self.file.generation:
            self.idle.append(connection)
        else:
            connection.close()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Close every connection in the end; one at work closes with its thread."""
        yield
        self.threads.shutdown(wait=False, cancel_futures=True)
        while self.idle:
            self.idle.pop().close()
