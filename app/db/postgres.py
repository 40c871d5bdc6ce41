"""Readers of a PostgreSQL server: one statement by a short way, or a snapshot of several."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import psycopg
from anyio import CancelScope
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import Select

from app.config import Settings
from app.db.pg_pipeline import Pipeline, PipelineQuery
from app.db.pg_sessions import (
    GRACE_TIMEOUT_S,
    PING_TIMEOUT_S,
    AsyncTimedConnection,
    address,
    is_own,
    limits,
)
from app.db.statements import (
    ACQUIRE_TIMEOUT_S,
    EACH_TIME,
    ONCE,
    Query,
    Reader,
    Row,
    Use,
    positional,
    settle,
    spelled,
)

BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class PostgresReader:
    """A snapshot of a PostgreSQL database, asked without a thread."""

    dialect = "postgresql"

    def __init__(self, connection: AsyncTimedConnection):
        self.connection = connection

    async def rows(self, statement: Select[Any], binds: Mapping[str, Any]) -> list[Row]:
        return await self.asked(*spelled(statement, binds, self.dialect))

    async def many(self, statement: Select[Any], binds: Mapping[str, Any]) -> list[Row]:
        """The same in PostgreSQL's binary form, in which bytes are not spelt out."""
        return await self.asked(*spelled(statement, binds, self.dialect), binary=True)

    async def asked(self, text: str, binds: dict[str, Any], binary: bool = False) -> list[Row]:
        """The rows of a statement as PostgreSQL takes it."""
        cursor = await self.connection.execute(text.encode(), binds, binary=binary)
        return await cursor.fetchall()


class PostgresReaders:
    """A pool of connections; one that is lost is replaced."""

    def __init__(self, settings: Settings):
        server, limit = address(settings.database_url), int(settings.query_seconds * 1000)
        self.begin = f"{BEGIN}; {limits(statement_timeout=limit)}".encode()
        self.setup = f"SET statement_timeout = {limit}; SET default_transaction_read_only = on"
        self.own_sessions = False
        self.timeout_s = settings.query_seconds + GRACE_TIMEOUT_S
        self.pipelines = {plans: Pipeline(server, plans) for plans in (ONCE, EACH_TIME)}
        self.pool: AsyncConnectionPool[AsyncTimedConnection] = AsyncConnectionPool(
            server,
            connection_class=AsyncTimedConnection,
            kwargs={"autocommit": True},
            min_size=1,
            max_size=settings.readers,
            timeout=ACQUIRE_TIMEOUT_S,
            # Short, for it waits twice as long after each failure: the server may be back by then.
            reconnect_timeout=1,
            open=False,
            configure=self._configure,
        )

    def use(self) -> Use:
        """How busy they are."""
        told = self.pool.get_stats()
        busy = told["pool_size"] - told["pool_available"]
        return Use(self.pool.max_size, busy, told.get("requests_waiting", 0))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Have connections, and close them in the end."""
        keeping = [asyncio.create_task(one.stay_connected()) for one in self.pipelines.values()]
        try:
            async with self.pool:
                yield
        finally:
            for one in keeping:
                one.cancel()

    def query_nowait(self, query: Query) -> asyncio.Future[list[Row] | None]:
        """The rows of a short statement, through the pipeline."""
        text, names, fixed, plans = positional(query.statement)
        given = {**fixed, **query.binds}
        answer: asyncio.Future[list[Row] | None] = asyncio.get_running_loop().create_future()
        values = [given[name] for name in names]
        self.pipelines[plans].query(PipelineQuery(text, values, partial(settle, answer)))
        return answer

    def close_outdated(self) -> None:
        """A server that was away has closed them itself."""

    async def rows(self, query: Query) -> list[Row]:
        """One statement, which is a snapshot by itself: where sessions are ours, without BEGIN."""
        if not self.own_sessions:
            async with self.snapshot() as reader:
                return await reader.rows(*query)
        text, binds = spelled(*query, "postgresql")
        connection, cursor = await self._first(text.encode(), binds)
        try:
            return await cursor.fetchall()
        finally:
            await self._back(connection)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Reader]:
        """A connection, given back also where the caller is cancelled, however often."""
        connection, _ = await self._first(self.begin, timeout_s=PING_TIMEOUT_S)
        try:
            yield PostgresReader(connection)
        finally:
            await self._back(connection)

    async def _first(
        self, text: bytes, binds: dict[str, Any] | None = None, timeout_s: float | None = None
    ) -> tuple[AsyncTimedConnection, psycopg.AsyncCursor[Any]]:
        """A first statement, and its connection; one whose server has gone is replaced."""
        until = time.monotonic() + ACQUIRE_TIMEOUT_S
        while True:
            connection = await self.pool.getconn()
            connection.timeout_s = timeout_s or self.timeout_s
            try:
                cursor = await connection.execute(text, binds)
                connection.timeout_s = self.timeout_s
                return connection, cursor
            except BaseException as error:
                await self._back(connection)
                lost = isinstance(error, psycopg.OperationalError) and connection.closed
                if not lost or time.monotonic() > until:
                    raise

    async def _back(self, connection: AsyncTimedConnection) -> None:
        with CancelScope(shield=True):
            with suppress(psycopg.Error):
                await connection.rollback()
            await self.pool.putconn(connection)

    async def _configure(self, connection: AsyncTimedConnection) -> None:
        """Set limits for the session where it is our own; else prepare nothing in it."""
        connection.timeout_s = self.timeout_s
        self.own_sessions = await is_own(connection)
        if self.own_sessions:
            await connection.execute(self.setup.encode())
        else:
            connection.prepare_threshold = None
