"""More than there is room for, and a database that is slow, full or gone: nobody waits for long."""

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import anyio
import httpx
import psycopg
import pytest
from fastapi import Request
from sqlalchemy import func, literal, select
from sqlalchemy.engine import make_url

from app.api.ways import Snapshot
from app.config import Settings
from app.db import Database
from app.errors import Unavailable
from tests.conftest import Serve, Server, Templates

FREE = {"rate_per_minute": 0, "anonymous_rate_per_minute": 0}
SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) "
    "SELECT max(i) FROM n",
    "postgresql": "SELECT pg_sleep(60)",
}
COUNT = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
SHAPES = ["native", "scope"]


def slow(client: httpx.Client, engine: str) -> None:
    """Give this server a question that takes for ever."""
    server: Server = client.server  # type: ignore[attr-defined]

    @server.app.get("/slow")
    async def endless(request: Request, reader: Snapshot) -> None:
        await reader.asked(SLOW[engine], {})  # type: ignore[attr-defined]


def timed(ask: Callable[[], httpx.Response]) -> tuple[httpx.Response, float]:
    began = time.monotonic()
    return ask(), time.monotonic() - began


def told_to_come_back(answer: httpx.Response) -> bool:
    return answer.status_code == 503 and answer.json()["code"] == "unavailable"


# Reads


def test_more_slow_questions_than_there_is_room_for(serve: Serve, engine: str) -> None:
    client = serve(readers=2, query_seconds=1.0, **FREE)
    slow(client, engine)
    with ThreadPoolExecutor(30) as crowd:
        asked = [crowd.submit(timed, lambda: client.get("/slow")) for _ in range(30)]
        time.sleep(0.3)
        while not all(one.done() for one in asked):
            for path in ("/healthz", "/readyz"):
                answer, took = timed(lambda path=path: client.get(path))  # type: ignore[misc]
                assert answer.status_code == 200
                assert took < 0.5, path
            assert connections(client, engine) <= 2 + 1 + 1  # readers, the writer, this look
            time.sleep(0.05)
        answers = [one.result() for one in asked]
    assert all(told_to_come_back(answer) for answer, _ in answers)
    assert all(int(answer.headers["retry-after"]) > 0 for answer, _ in answers)
    assert max(took for _, took in answers) < 5.5
    answer, took = timed(lambda: client.get("/v1/sources/ap"))
    assert answer.status_code == 200
    assert took < 1


def connections(client: httpx.Client, engine: str) -> int:
    """How many connections there are to the database of a server."""
    url = client.server.settings.database_url  # type: ignore[attr-defined]
    if engine == "postgresql":
        with psycopg.connect(url, autocommit=True) as connection:
            [(found,)] = connection.execute(f"{COUNT} backend_type = 'client backend'".encode())
            return int(found) - 1
    file, found = make_url(url).database, 0
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            found += os.readlink(f"/proc/self/fd/{name}") == file
    return found


def test_no_read_is_stopped_because_the_one_before_it_took_long(templates: Templates) -> None:
    one = select(literal(1).label("i")).cte(recursive=True)
    every = one.union_all(select(one.c.i + 1).where(one.c.i < 9000))
    counted = select(func.count()).select_from(every)

    async def run() -> None:
        async with Database(Settings(database_url=templates.copy(False))).serving() as db:
            for _ in range(700):
                assert await db.rows(counted, {}) == [(9000,)]

    asyncio.run(run())


@pytest.mark.parametrize("shape", SHAPES)
def test_a_read_that_is_cancelled_leaves_nothing_behind(
    templates: Templates, engine: str, shape: str
) -> None:
    url = templates.copy(True)

    async def run() -> None:
        async with Database(Settings(database_url=url, readers=2)).serving() as db:
            for n in range(12):
                await (cancelled if shape == "native" else given_up)(db, engine, 0.02 * (n % 4))
            async with asyncio.timeout(6), db.snapshot() as one, db.snapshot() as two:
                for reader in (one, two):
                    assert await reader.asked("SELECT 1", {}) == [(1,)]  # type: ignore[attr-defined]
            await no_open_transaction(url, engine)

    asyncio.run(run())


async def ask(db: Database, engine: str) -> None:
    async with db.snapshot() as reader:
        await reader.asked("SELECT count(*) FROM source", {})  # type: ignore[attr-defined]
        await reader.asked(SLOW[engine], {})  # type: ignore[attr-defined]


async def cancelled(db: Database, engine: str, seconds: float) -> None:
    """As uvicorn does it when it has to stop."""
    task = asyncio.create_task(ask(db, engine))
    await asyncio.sleep(seconds)
    task.cancel()
    with suppress(asyncio.CancelledError, Unavailable):
        await task


async def given_up(db: Database, engine: str, seconds: float) -> None:
    """As Starlette does it when the reader of a stream has gone."""
    with suppress(Unavailable), anyio.move_on_after(seconds):
        await ask(db, engine)


async def no_open_transaction(url: str, engine: str) -> None:
    await asyncio.sleep(0.1)
    if engine == "postgresql":
        left = f"{COUNT} state <> 'idle' AND pid <> pg_backend_pid()"
        with psycopg.connect(url, autocommit=True) as connection:
            for _ in range(50):  # on a busy machine the server hears of a cancellation late
                found = connection.execute(left.encode()).fetchone()
                if found == (0,):
                    break
                await asyncio.sleep(0.1)
            assert found == (0,)
    else:
        with sqlite3.connect(make_url(url).database or "", isolation_level=None) as connection:
            connection.execute("UPDATE source SET name = name")
            assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        connection.close()


# Writes


def test_writes_that_wait_too_long_are_told_to_come_back_and_reads_go_on(
    serve: Serve, engine: str
) -> None:
    client = serve(write_wait_seconds=1.0, **FREE)
    url = client.server.settings.database_url  # type: ignore[attr-defined]
    with locked(url, engine), ThreadPoolExecutor(60) as crowd:
        sent = [crowd.submit(timed, lambda n=n: write(client, n)) for n in range(60)]  # type: ignore[misc]
        time.sleep(0.2)
        while not all(one.done() for one in sent):
            for path in ("/v1/sources/ap", "/readyz", "/docs"):
                answer, took = timed(lambda path=path: client.get(path))  # type: ignore[misc]
                assert answer.status_code == 200
                assert took < 0.7, path
        answers = [one.result() for one in sent]
    assert all(told_to_come_back(answer) for answer, _ in answers)
    assert all(int(answer.headers["retry-after"]) > 0 for answer, _ in answers)
    assert max(took for _, took in answers) < 3
    assert write(client, 1).status_code == 201


def write(client: httpx.Client, n: int) -> httpx.Response:
    return client.post("/v1/sources", json={"id": f"source-{n}", "name": "Somebody"})


@contextmanager
def locked(url: str, engine: str) -> Iterator[None]:
    """Somebody else writes, and does not come to an end."""
    if engine == "postgresql":
        with psycopg.connect(url) as other:
            other.execute("SELECT * FROM log_head FOR UPDATE")
            yield
            other.rollback()
    else:
        file = sqlite3.connect(make_url(url).database or "", isolation_level=None)
        file.execute("BEGIN IMMEDIATE")
        yield
        file.execute("ROLLBACK")
        file.close()
