"""Short reads: asked in one turn of the loop, answered in one batch, or handed back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import literal_column, select, text

from app.config import Settings
from app.db import Database, Query, Row
from app.db.postgres import PostgresReaders
from app.store import reads
from tests.conftest import Templates
from tests.patience import NEVER

LONG = {
    "sqlite": "(WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 600000)"
    " SELECT max(i) FROM n)",
    "postgresql": "(SELECT 1 FROM pg_sleep(0.5))",
}
Rows = list[Row] | None


@asynccontextmanager
async def open(url: str) -> AsyncIterator[Database]:
    """A database that has a reader at hand."""
    async with Database(Settings(database_url=url)).serving() as db:
        await db.rows(*reads.one("sources", "ap"))
        await answered(db, reads.one("sources", "ap"))
        yield db


async def asked(db: Database, *queries: Query) -> list[Rows]:
    """What each was given, all of them asked in one turn."""
    return await asyncio.gather(*[db.query_nowait(query) for query in queries])


async def answered(db: Database, *queries: Query) -> list[list[Row]]:
    """The same, in a turn in which none was handed back: a busy machine makes any take long."""
    async with asyncio.timeout(NEVER):
        while None in (found := await asked(db, *queries)):
            await asyncio.sleep(0.01)
    return [rows for rows in found if rows is not None]


def running(templates: Templates, what: Callable[[Database], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with open(templates.copy(True)) as db:
            return await what(db)

    return asyncio.run(run())


def test_what_is_asked_in_one_turn_is_answered_each_with_its_own(templates: Templates) -> None:
    ids = ["ap", "no-such-source", "reuters", "ap", "shin-won-sik"] * 20
    found = running(templates, lambda db: answered(db, *(reads.one("sources", id) for id in ids)))
    assert [rows and rows[0][0] for rows in found] == [
        [] if id == "no-such-source" else id.encode() for id in ids
    ]


def test_what_takes_longer_than_a_moment_is_handed_back_and_the_next_turn_goes_on(
    templates: Templates, engine: str
) -> None:
    long, short = Query(select(literal_column(LONG[engine])), {}), reads.one("sources", "ap")

    async def what(db: Database) -> None:
        assert await asked(db, long) == [None]
        assert await answered(db, short)
        (row,) = await db.rows(*long)  # where nobody waits behind it
        assert row[0] is not None

    running(templates, what)


def test_a_statement_that_is_refused_is_handed_back_and_may_be_asked_again(
    templates: Templates,
) -> None:
    wrong = Query(select(text("nothing FROM nowhere")), {})
    short = reads.one("measures", "containers.prk-rus")

    async def what(db: Database) -> None:
        for _ in range(2):
            assert (await asked(db, wrong)) == [None]
            assert await answered(db, short)

    running(templates, what)


def test_a_connection_that_is_lost_hands_back_and_comes_again(
    templates: Templates, engine: str
) -> None:
    if engine != "postgresql":
        pytest.skip("a file has no connection to lose")
    url, ask = templates.copy(True), reads.one("sources", "ap")

    async def run() -> None:
        async with open(url) as db:
            readers = db._readers
            assert isinstance(readers, PostgresReaders)
            with psycopg.connect(url, autocommit=True) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            async with asyncio.timeout(NEVER):
                while await asked(db, ask) != [None]:
                    await asyncio.sleep(0.01)
            assert (await db.rows(*ask))[0][0] == "ap"
            await answered(db, ask)

    asyncio.run(run())
