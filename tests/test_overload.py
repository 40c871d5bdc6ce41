"""More than there is room for, and a database that is slow, full or gone: nobody waits for long."""

import asyncio
import gc
import os
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from typing import Any

import anyio
import httpx
import psycopg
import pytest
from fastapi import Request
from sqlalchemy import func, literal, select
from sqlalchemy.engine import make_url

from app.api.dependencies import Snapshot
from app.config import Settings
from app.db import Database
from app.db.engine_errors import TOO_LONG
from app.errors import Unavailable
from tests.conftest import AT_LENGTH, Serve, Server, Templates
from tests.patience import NEVER, again_and_again, until

FREE: dict[str, Any] = {"rate_per_minute": 0, "anonymous_rate_per_minute": 0}
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


def told_to_come_back(answer: httpx.Response) -> bool:
    return answer.status_code == 503 and answer.json()["code"] == "unavailable"


# Reads


def test_more_slow_questions_than_there_is_room_for(serve: Serve, engine: str) -> None:
    client = serve(readers=2, query_seconds=1.0, **FREE)
    slow(client, engine)
    db: Database = client.server.app.state.db  # type: ignore[attr-defined]
    with again_and_again(30, lambda: patiently(client)) as answers:
        for path in ("/healthz", "/readyz") * (10 if AT_LENGTH else 3):
            # Whoever stood in line behind so many would be told to come back, too.
            until(lambda: db.use().waiting > 15)
            assert client.get(path).status_code == 200, path
            assert connections(client, engine) <= 2 + 2 + 1  # readers, two short ways, the look
            time.sleep(0.05)
    assert all(told_to_come_back(answer) for answer in answers)
    assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)
    stopped = [answer for answer in answers if answer.json()["detail"] == TOO_LONG]
    assert 0 < len(stopped) < len(answers), "most had no turn, and did not wait for one"
    assert min(answer.elapsed.total_seconds() for answer in stopped) > 0.9
    assert max(answer.elapsed.total_seconds() for answer in answers) < NEVER / 4
    assert client.get("/v1/sources/ap").status_code == 200


def patiently(client: httpx.Client) -> httpx.Response:
    """Ask; whoever had no turn waits a moment before the next try."""
    answer = client.get("/slow")
    time.sleep(0.1)
    return answer


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
            for _ in range(700 if AT_LENGTH else 100):
                assert await db.rows(counted, {}) == [(9000,)]

    asyncio.run(run())


@pytest.mark.parametrize("shape", SHAPES)
def test_a_read_that_is_cancelled_leaves_nothing_behind(
    templates: Templates, engine: str, shape: str
) -> None:
    url = templates.copy(True)
    logged: list[str] = []

    async def run() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: logged.append(context["message"]))
        async with Database(Settings(database_url=url, readers=2)).serving() as db:
            for n in range(12):
                await (cancelled if shape == "native" else given_up)(db, engine, 0.02 * (n % 4))
            async with asyncio.timeout(NEVER), db.snapshot() as one, db.snapshot() as two:
                for reader in (one, two):
                    assert await reader.asked("SELECT 1", {}) == [(1,)]  # type: ignore[attr-defined]
            await no_open_transaction(url, engine)
        gc.collect()

    asyncio.run(run())
    assert logged == []


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
    """Soon, for a server hears of a cancellation late."""
    if engine == "postgresql":
        left = f"{COUNT} state <> 'idle' AND pid <> pg_backend_pid()".encode()
        with psycopg.connect(url, autocommit=True) as connection:
            until(lambda: connection.execute(left).fetchone() == (0,))
    else:
        with closing(sqlite3.connect(make_url(url).database or "", NEVER)) as connection:
            connection.isolation_level = None
            connection.execute("UPDATE source SET name = name")
            assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0


# Writes


PATIENT = {"write_wait_seconds": 600.0, "query_seconds": 600.0}


def test_writes_that_wait_too_long_are_told_to_come_back_and_reads_go_on(
    serve: Serve, engine: str
) -> None:
    client = serve(**PATIENT, **FREE)
    server: Server = client.server  # type: ignore[attr-defined]
    db, url = server.app.state.db, server.settings.database_url
    with (
        Server(Settings(database_url=url, write_wait_seconds=1.0, **FREE)) as other,
        other.client() as hasty,
        ThreadPoolExecutor(120) as crowd,
    ):
        with locked(url, engine):
            waiting = [crowd.submit(write, client, n) for n in range(60)]
            until(lambda: db.writes == 60)
            for path in ("/v1/sources/ap", "/readyz", "/docs"):
                assert client.get(path).status_code == 200, path
            answers = list(crowd.map(lambda n: write(hasty, n), range(60, 120)))
            assert not any(one.done() for one in waiting), "nobody came to an end meanwhile"
        assert [one.result().status_code for one in waiting] == [201] * 60
        assert write(hasty, 60).status_code == 201
    assert all(told_to_come_back(answer) for answer in answers)
    assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)
    took = [answer.elapsed.total_seconds() for answer in answers]
    assert min(took) > 0.9
    assert max(took) < 20, "each waited for itself, and not for those before it"


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
        with closing(file):
            file.execute("BEGIN IMMEDIATE")
            yield
            file.execute("ROLLBACK")
