"""Long imports are good neighbours: who is refused meanwhile is told for how long, and who reads
afterwards finds statistics that know of what came."""

import io
import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import psycopg
import pytest

from app.config import Settings
from app.db import BUSY, Database
from app.errors import Unavailable
from app.store import statistics
from app.store.import_ import write
from app.store.import_.job import Import
from app.store.import_.result import ImportOptions
from app.store.import_.write import Progress
from tests.api.test_transfer import CLAIM, jsonl, send
from tests.conftest import Serve, Templates
from tests.patience import NEVER

PARTS, EACH, BEGUN = 12, 10, 20.0
LEFT = BEGUN * (PARTS - 1)
"""Seconds that are left where the first part took so many."""


class Paused(Import):
    """An import that stops after its first part, with the lock in its hand, for ``BEGUN`` seconds
    as it takes them."""

    def __init__(self, db: Database, options: ImportOptions):
        super().__init__(db, options)
        self.there, self.on = threading.Event(), threading.Event()

    def _store(self, turn: Any, plan: Any, is_last: bool, progress: Progress) -> Any:
        vars(progress)["begun"] -= BEGUN

        def pausing(done: int, whole: int) -> None:
            progress(done, whole)
            self.there.set()
            assert self.on.wait(NEVER)

        return super()._store(turn, plan, is_last, pausing)


def sources(count: int) -> str:
    return jsonl(*({"type": "source", "id": f"s-{n}", "name": f"S {n}"} for n in range(count)))


@contextmanager
def paused(db: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """While an import holds the lock and has one part of twelve behind it."""
    monkeypatch.setattr(write, "STEP", EACH)
    job = Paused(db, ImportOptions())
    given = (io.BytesIO(sources(PARTS * EACH).encode()), "jsonl")
    thread = threading.Thread(target=job.run, args=given, daemon=True)
    thread.start()
    assert job.there.wait(NEVER)
    try:
        yield
    finally:
        job.on.set()
        thread.join(NEVER)


def refused(client: httpx.Client, id: str) -> int:
    answer = client.post("/v1/sources", json={"id": id, "name": "N"})
    assert (answer.status_code, answer.json()["detail"]) == (503, BUSY)
    return int(answer.headers["retry-after"])


@pytest.mark.parametrize("own", [True, False], ids=["its own process", "another process"])
def test_who_is_refused_during_an_import_is_told_how_long_it_will_take(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, own: bool
) -> None:
    client = serve(write_wait_seconds=0.05)
    server: Any = client.server  # type: ignore[attr-defined]
    other = Database(server.settings)
    with paused(server.app.state.db if own else other, monkeypatch):
        for n in range(3):
            assert LEFT / 2 < refused(client, f"mine-{n}") <= LEFT + 5
        moment = client.get("/v1/sources/ap?as_of=2026-01-01T00:00:00Z")
        assert moment.status_code < 500
    assert client.post("/v1/sources", json={"id": "mine", "name": "N"}).status_code == 201
    assert client.get(f"/v1/sources/s-{PARTS * EACH - 1}").status_code == 200
    assert other.left() == 1, "what an import that is over said is not said any more"
    other.close()


def test_an_import_that_waits_for_another_is_told_too(
    templates: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = templates.copy(True)
    first, second = (Database(Settings(database_url=url, write_wait_seconds=0.05)) for _ in "ab")
    with paused(first, monkeypatch), pytest.raises(Unavailable) as caught:
        Import(second, ImportOptions()).run(io.BytesIO(sources(1).encode()), "jsonl")
    assert LEFT / 2 < caught.value.retry_after <= LEFT + 5
    first.close()
    second.close()


def test_an_import_that_works_under_the_lock_tells_of_both_halves() -> None:
    told: list[tuple[int, int]] = []
    job = Import(Database(Settings(database_url="sqlite://")), ImportOptions())
    job.result.lines = 100
    plan: Any = type("Plan", (), {})()
    writing = job._progress_of_both(plan, lambda done, whole: told.append((done, whole)))
    plan.step(40)
    plan.step(60)
    writing(30, 90)
    assert told == [(40, 200), (100, 200), (130, 190)]


def test_what_a_killed_import_said_is_gone_with_the_next_writer(templates: Templates) -> None:
    db = Database(Settings(database_url=templates.copy(True)))
    if db.file_lock is None:
        pytest.skip("PostgreSQL ends what a session said with the session")
    db.file_lock.tell(9e9)  # its process ends here, and withdraws nothing
    assert db.left() == 3600, "nobody is sent away for longer"
    with db.transaction():
        assert db.left() == 1
    db.close()


# -------------------------------------------------------------------------- statistics


@contextmanager
def observed(client: httpx.Client) -> Iterator[psycopg.Connection[Any]]:
    """The database of a server, in which nobody but an import renews statistics."""
    server: Any = client.server  # type: ignore[attr-defined]
    if not server.settings.database_url.startswith("postgresql"):
        pytest.skip("SQLite plans by its indexes")
    with psycopg.connect(server.settings.database_url, autocommit=True) as found:
        tables = "SELECT relname FROM pg_stat_user_tables"
        for (name,) in found.execute(tables).fetchall():
            found.execute(f'ALTER TABLE "{name}" SET (autovacuum_enabled = off)')
        yield found


def known(connection: psycopg.Connection[Any]) -> set[str]:
    """The tables that there are statistics of."""
    return {name for (name,) in connection.execute("SELECT DISTINCT tablename FROM pg_stats"
                                                   " WHERE schemaname = 'public'")}  # fmt: skip


def claims(count: int) -> str:
    return jsonl(*({**CLAIM, "id": f"c{n}", "notes": str(n)} for n in range(count)))


def test_statistics_are_renewed_by_an_import_that_changes_much(fresh: httpx.Client) -> None:
    with observed(fresh) as connection:
        before = known(connection)
        assert not before & {"claim", "quantity", "attribution", "change"}
        assert send(fresh, claims(20))["created"] == 20
        assert known(connection) == before, "twenty rows are not much"
        assert send(fresh, claims(120))["created"] == 100
        assert known(connection) >= {"claim", "quantity", "attribution", "change"}
        rows = "SELECT reltuples FROM pg_class WHERE oid = 'claim'::regclass"
        assert connection.execute(rows).fetchall() == [(138,)]
        plan = "EXPLAIN (FORMAT json) SELECT * FROM claim WHERE id LIKE 'c%' AND version = 1"
        told = connection.execute(plan).fetchone()
        assert told is not None
        assert told[0][0]["Plan"]["Plan Rows"] > 100


def test_in_steps_too(fresh: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "STEP", 20)
    with observed(fresh) as connection:
        assert send(fresh, claims(100), 207, mode="partial")["created"] == 100
        assert "claim" in known(connection), "what each step adds is not much; all of them are"


def test_a_table_that_is_vacuumed_meanwhile_is_not_waited_for(fresh: httpx.Client) -> None:
    with observed(fresh) as connection, connection.transaction():
        connection.execute("LOCK TABLE claim IN SHARE UPDATE EXCLUSIVE MODE")
        assert send(fresh, claims(100))["created"] == 100
        assert known(connection) & {"claim", "quantity"} == {"quantity"}


def test_an_import_stands_where_statistics_cannot_be_renewed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    away = Database(Settings(database_url="postgresql://127.0.0.1:1/nothing"))
    statistics.renew(away, {"claim": 1000})
    assert "the statistics were not renewed" in caplog.text
    assert json.dumps(caplog.text).count("Traceback") == 0
    away.close()
