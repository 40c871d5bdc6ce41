"""Readers of a PostgreSQL server: one statement by a short way, or a snapshot of several."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import psycopg
from anyio import CancelScope
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import URL, Select

from app.config import Settings
from app.db.engines import address
from app.db.patience import GRACE, PING, AsyncPatient
from app.db.readers import PATIENCE, Reader, Row, Use, compiled, positional
from app.db.wire import Wire

T = TypeVar("T")
BEGIN = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class PostgresReader:
    """A snapshot of a PostgreSQL database, asked without a thread."""

    dialect = "postgresql"

    def __init__(self, connection: AsyncPatient):
        self.connection = connection

    async def rows(self, statement: Select[Any], binds: Mapping[str, Any]) -> list[Row]:
        text, fixed = compiled(statement, self.dialect)
        return await self.asked(text, {**fixed, **binds})

    async def many(self, statement: Select[Any], binds: Mapping[str, Any]) -> list[Row]:
        """The same in PostgreSQL's binary form, in which bytes are not spelt out."""
        text, fixed = compiled(statement, self.dialect)
        cursor = await self.connection.execute(text.encode(), {**fixed, **binds}, binary=True)
        return await cursor.fetchall()

    async def asked(self, text: str, binds: dict[str, Any]) -> list[Row]:
        """The rows of a statement as PostgreSQL takes it."""
        cursor = await self.connection.execute(text.encode(), binds)
        return await cursor.fetchall()


class PostgresReaders:
    """A pool of connections; one that is lost is replaced."""

    def __init__(self, url: URL, settings: Settings):
        limit = int(settings.query_seconds * 1000)
        self.patience = settings.query_seconds + GRACE
        self.pool: AsyncConnectionPool[Wire] = AsyncConnectionPool(
            address(url, statement_timeout=limit),
            connection_class=Wire,
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
        async with self.pool:
            yield

    async def rows(self, statement: Select[Any], binds: Mapping[str, Any]) -> list[Row]:
        """One statement, which is a snapshot by itself."""
        text, names, fixed = positional(statement)
        given = {**fixed, **binds}
        values = [given[name] for name in names]
        connection, found = await self._first(lambda one: one.asked(text, values))
        await self._back(connection)
        return found

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Reader]:
        """A connection, given back also where the caller is cancelled, however often."""
        connection, _ = await self._first(_begun)
        try:
            yield PostgresReader(connection)
        finally:
            await self._back(connection)

    async def _first(self, ask: Callable[[Wire], Awaitable[T]]) -> tuple[Wire, T]:
        """A connection, and its first answer; one whose server has gone meanwhile is replaced."""
        until = time.monotonic() + PATIENCE
        while True:
            connection = await self.pool.getconn()
            try:
                return connection, await ask(connection)
            except BaseException as error:
                await self._back(connection)
                lost = isinstance(error, psycopg.OperationalError) and connection.closed
                if not lost or time.monotonic() > until:
                    raise

    async def _back(self, connection: Wire) -> None:
        if connection.idle():
            await self.pool.putconn(connection)
            return
        with CancelScope(shield=True):
            with suppress(psycopg.Error):
                await connection.rollback()
            await self.pool.putconn(connection)

    async def _patient(self, connection: Wire) -> None:
        connection.patience = self.patience


async def _begun(connection: Wire) -> None:
    """Begin a snapshot; a server that is there does so soon."""
    usual, connection.patience = connection.patience, PING
    try:
        await connection.execute(BEGIN)
    finally:
        connection.patience = usual
