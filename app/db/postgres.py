"""Readers of a PostgreSQL server: one statement by a short way, or a snapshot of several."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext, suppress
from typing import Any

import psycopg
from anyio import CancelScope
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import Select

from app.config import Settings
from app.db.patience import GRACE, PING, AsyncPatient
from app.db.pg_sessions import adapt, address, limits
from app.db.pipeline import Asked, Pipeline
from app.db.readers import (
    EACH_TIME,
    ONCE,
    PATIENCE,
    Ask,
    Reader,
    Row,
    Then,
    Use,
    positional,
    spelled,
)

BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class PostgresReader:
    """A snapshot of a PostgreSQL database, asked without a thread."""

    dialect = "postgresql"

    def __init__(self, connection: AsyncPatient):
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
        self.patience = settings.query_seconds + GRACE
        self.pipelines = {plans: Pipeline(server, plans) for plans in (ONCE, EACH_TIME)}
        self.pool: AsyncConnectionPool[AsyncPatient] = AsyncConnectionPool(
            server,
            connection_class=AsyncPatient,
            kwargs={"autocommit": True},
            min_size=1,
            max_size=settings.readers,
            timeout=PATIENCE,
            # Short, for it waits twice as long after each failure: the server may be back by then.
            reconnect_timeout=1,
            open=False,
            configure=self._patient,
        )

    def use(self) -> Use:
        """How busy they are."""
        told = self.pool.get_stats()
        busy = told["pool_size"] - told["pool_available"]
        return Use(self.pool.max_size, busy, told.get("requests_waiting", 0))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Have connections, and close them in the end."""
        keeping = [asyncio.create_task(one.keep()) for one in self.pipelines.values()]
        try:
            async with self.pool:
                yield
        finally:
            for one in keeping:
                one.cancel()

    def soon(self, ask: Ask, then: Then) -> None:
        """The rows of one statement, with those of all that are asked in this turn."""
        text, names, fixed, plans = positional(ask.statement)
        given = {**fixed, **ask.binds}
        self.pipelines[plans].ask(Asked(text, [given[name] for name in names], then))

    def close_outdated(self) -> None:
        """A server that was away has closed them itself."""

    def together(self) -> AbstractContextManager[None]:
        """What is asked in one turn goes out together anyway."""
        return nullcontext()

    async def rows(self, ask: Ask) -> list[Row]:
        """One statement, on a connection of its own."""
        async with self.snapshot() as reader:
            return await reader.rows(*ask)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Reader]:
        """A connection, given back also where the caller is cancelled, however often."""
        connection = await self._begun()
        try:
            yield PostgresReader(connection)
        finally:
            await self._back(connection)

    async def _begun(self) -> AsyncPatient:
        """A connection in a snapshot; one whose server has gone meanwhile is replaced."""
        until = time.monotonic() + PATIENCE
        while True:
            connection = await self.pool.getconn()
            try:
                await self._begin(connection)
                return connection
            except BaseException as error:
                await self._back(connection)
                lost = isinstance(error, psycopg.OperationalError) and connection.closed
                if not lost or time.monotonic() > until:
                    raise

    async def _back(self, connection: AsyncPatient) -> None:
        with CancelScope(shield=True):
            with suppress(psycopg.Error):
                await connection.rollback()
            await self.pool.putconn(connection)

    async def _patient(self, connection: AsyncPatient) -> None:
        connection.patience = self.patience
        await adapt(connection)

    async def _begin(self, connection: AsyncPatient) -> None:
        """Begin a snapshot; a server that is there does so soon."""
        usual, connection.patience = connection.patience, PING
        try:
            await connection.execute(self.begin)
        finally:
            connection.patience = usual
