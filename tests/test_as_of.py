"""An `as_of` that was answered answers the same for ever, while others write and import.

Short by default; ``SAYSO_TEST_CROWD=1`` asks the full thousand moments.
"""

import json
import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import text, update
from sqlalchemy.engine import make_url

from app.config import Settings
from app.db import Database, writer_engine
from app.models import LOG_HEAD
from tests.conftest import (
    ADMIN,
    AT_LENGTH,
    ENGINES,
    NO_TLS,
    Serve,
    Templates,
    bearer,
    document,
    path_of,
)
from tests.patience import NEVER
from tests.processes import process, serving

MOMENTS, LINES, PAUSE = (1000, 40, 0.02) if AT_LENGTH else (7, 10, 0.1)
"""Asked for in flight; lines of an import of each writer; and how long it rests between writes."""
SEED = int(os.environ.get("SAYSO_TEST_SEED", "1"))
CLAIM: dict[str, Any] = {
    "claimant": "shin-won-sik", "document": "daily-digest-article", "stated": "2024-03",
    "measure": "containers.prk-rus", "raw_text": "upwards of 7,000",
}  # fmt: skip
MATCH = {"If-Match": "*"}
KIND = {"Content-Type": "application/jsonl"}
PATHS = (
    "/v1/claims?limit=1000", "/v1/claims?limit=3&sort=-recorded_at", "/v1/claims/often",
    "/v1/quantities?measure=containers.prk-rus&value__gte=1000&limit=1000&fields=claim",
    "/v1/facets?by=claimant", "/v1/measures/containers.prk-rus/corroboration",
    "/v1/export",
)  # fmt: skip
"""A read of each kind: by the fast way, through the framework, and streamed."""


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


@contextmanager
def writers(clients: list[httpx.Client], names: str = "w") -> Iterator[None]:
    """Single writes and whole imports, one after the other, on every server."""
    over, begun = threading.Event(), threading.Semaphore(0)

    def write(n: int, client: httpx.Client) -> None:
        base, key = client.base_url, bearer(ADMIN)
        with httpx.Client(base_url=base, headers=key, timeout=NEVER, verify=NO_TLS) as mine:
            for step in count():
                id = f"{names}-{n}-{step}"
                if step % 5 == 4:
                    lines = [
                        {**CLAIM, "id": f"{names}-{n}-of-{m}", "notes": id} for m in range(LINES)
                    ]
                    kind = {"Content-Type": "application/jsonl"}
                    mine.post(
                        "/v1/imports", content="\n".join(map(json.dumps, lines)), headers=kind
                    )
                else:
                    mine.post("/v1/claims", json={**CLAIM, "id": id})
                    mine.patch("/v1/claims/often", json={"notes": id}, headers=MATCH)
                    # However long it goes on, an answer is no longer than after a while.
                    mine.delete(f"/v1/claims/{names}-{n}-{step - 20}?reason=old", headers=MATCH)
                if step == 1:
                    begun.release()
                if over.wait(PAUSE):
                    return

    some = clients * 2 if AT_LENGTH or len(clients) == 1 else clients
    threads = [threading.Thread(target=write, args=one) for one in enumerate(some)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert begun.acquire(timeout=NEVER)
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def at(client: httpx.Client, path: str, moment: str) -> str:
    """The answer of a moment, as often asked for as the server is busy."""
    mark = "&" if "?" in path else "?"
    while True:
        answer = client.get(f"{path}{mark}as_of={moment}")
        if answer.status_code != 503:
            assert answer.status_code in (200, 404), answer.text
            return f"{answer.status_code} {kept(answer)}"
        assert int(answer.headers["retry-after"]) >= 1
        time.sleep(0.05)


def kept(answer: httpx.Response) -> str:
    """What of an answer is about the database; the name of a request is about the request."""
    try:
        told = answer.json()
    except ValueError:
        return answer.text
    if told.get("next"):
        told["next"] = path_of(told["next"])  # each server has an address of its own
    return json.dumps({name: value for name, value in told.items() if name != "request_id"})


def asked_in_flight(clients: list[httpx.Client], moments: int) -> list[tuple[str, str, str]]:
    """Moments a few milliseconds old, while writes are under way: path, moment and answer."""
    chance, told = random.Random(SEED), []
    for n in range(moments):
        path = PATHS[n % len(PATHS)]
        moment = iso(datetime.now(UTC) - timedelta(milliseconds=chance.uniform(0, 60)))
        told.append((path, moment, at(chance.choice(clients), path, moment)))
    return told


def changed(clients: list[httpx.Client], told: list[tuple[str, str, str]]) -> list[str]:
    """The moments that any server answers otherwise now."""
    return [
        f"{path} at {moment}"
        for n, (path, moment, before) in enumerate(told)
        if at(clients[n % len(clients)], path, moment) != before
    ]


def test_a_moment_asked_while_others_write_is_answered_the_same_for_ever(serve: Serve) -> None:
    client = serve()
    client.post("/v1/claims", json={**CLAIM, "id": "often"})
    with writers([client]):
        told = asked_in_flight([client], MOMENTS)
    print(f"{len(told)} moments asked in flight, and again")  # noqa: T201
    assert changed([client], told) == []


# Two of the three have one clock in any case.
@pytest.mark.parametrize("hour_behind", [True, False] if AT_LENGTH else [True])
def test_three_processes_answer_a_moment_the_same_for_ever(
    templates: Templates, hour_behind: bool
) -> None:
    """The clock of one of them goes an hour behind; it writes as much as the others."""
    url = templates.copy(seeded=True)
    with ExitStack() as stack:
        behind = [False, False, hour_behind]
        started = [stack.enter_context(process(url, hour_behind=one)) for one in behind]
        clients = [stack.enter_context(serving(port)) for _, port in started]
        clients[0].post("/v1/claims", json={**CLAIM, "id": "often"})
        with writers(clients):
            told = asked_in_flight(clients[:2], MOMENTS)
        assert changed(clients[:2], told) == []


def test_moments_are_answered_the_same_after_the_clock_was_set_back_an_hour(
    templates: Templates,
) -> None:
    url = templates.copy(seeded=True)
    with process(url) as (_, port), serving(port) as client:
        client.post("/v1/claims", json={**CLAIM, "id": "often"})
        with writers([client], "before"):
            told = asked_in_flight([client], MOMENTS)
        moment = max(moment for _, moment, _ in told)
    set_back(templates, url)
    with process(url, hour_behind=True) as (_, port), serving(port) as client:
        made = client.post("/v1/claims", json={**CLAIM, "id": "later"}).json()
        assert made["recorded_at"] > moment
        with writers([client], "after"):
            assert changed([client], told) == []


def set_back(templates: Templates, url: str) -> None:
    """PostgreSQL has a clock of its own: here it is one that is an hour behind."""
    if templates.engine == "postgresql":
        name = make_url(url).database
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE SCHEMA behind")
            connection.execute(
                "CREATE FUNCTION behind.clock_timestamp() RETURNS timestamptz LANGUAGE sql"
                " AS $$ SELECT pg_catalog.clock_timestamp() - interval '1 hour' $$"
            )
            path = "behind, pg_catalog, public"
            connection.execute(f"ALTER DATABASE {name} SET search_path = {path}")


def test_a_moment_that_a_write_in_flight_may_still_be_of_is_not_answered(serve: Serve) -> None:
    client = serve(write_wait_seconds=0.2)
    settings: Settings = client.server.settings  # type: ignore[attr-defined]
    engine = writer_engine(settings)
    known = client.get("/v1/changes?limit=1000").json()["items"][-1]["recorded_at"]
    with engine.begin() as other:
        # Another process is in the middle of a write.
        other.execute(update(LOG_HEAD).values(seq=LOG_HEAD.c.seq))
        moment = iso(datetime.now(UTC))
        for path in PATHS:
            mark = "&" if "?" in path else "?"
            refused = client.get(f"{path}{mark}as_of={moment}")
            assert refused.status_code == 503, path
            assert int(refused.headers["retry-after"]) >= 1
            # What was committed before is final, whoever writes.
            assert client.get(f"{path}{mark}as_of={known}").status_code in (200, 404)
        other.rollback()
    engine.dispose()
    assert at(client, PATHS[0], moment) == at(client, PATHS[0], known)


def test_who_may_not_read_has_no_moment_promised(serve: Serve) -> None:
    client = serve(open_reads=False)
    db = Database(client.server.settings)  # type: ignore[attr-defined]
    asked = f"/v1/claims?as_of={iso(datetime.now(UTC))}"
    try:
        assert httpx.get(f"{client.base_url}{asked}").status_code == 401
        with db.transaction() as connection:
            assert connection.execute(text("SELECT promised FROM log_head")).scalar_one() is None
        assert client.get(asked).status_code == 200
        with db.transaction() as connection:
            assert connection.execute(text("SELECT promised FROM log_head")).scalar_one()
    finally:
        db.engine.dispose()


def test_a_replica_that_lags_behind_refuses_what_it_does_not_hold_yet(serve: Serve) -> None:
    """A read-only copy cannot promise; what it has not come to is a 503, and not less."""
    client = serve()
    page = client.get("/v1/claims?limit=3").json()
    db = Database(client.server.settings)  # type: ignore[attr-defined]
    with db.transaction() as connection:
        connection.execute(update(LOG_HEAD).values(recorded_at=1, promised=None, seal=None))
    db.engine.dispose()
    client.server.app.state.db.final = 1  # type: ignore[attr-defined]  # a process just begun
    behind = client.get(page["next"])
    assert behind.status_code == 503
    assert "as far as" in behind.json()["detail"]


def asks_of(moment: str) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """Every operation that takes a moment, asked of it: method, path, parameters and body."""
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            sent = operation.get("parameters", [])
            if not any(one["name"] == "as_of" for one in sent):
                continue
            asked, at = {"as_of": moment}, path
            for one in sent:
                if one["in"] == "path":
                    at = at.replace(f"{{{one['name']}}}", str(one["example"]))
                elif one.get("required"):
                    asked[one["name"]] = one["example"]
            yield method, at, asked, {"json": {"text": "x"}} if method == "post" else {}


def test_every_read_of_a_moment_makes_it_final_first(serve: Serve, templates: Templates) -> None:
    client = serve()
    engine = writer_engine(client.server.settings)  # type: ignore[attr-defined]
    asks = list(asks_of(""))
    if templates.engine != ENGINES[0]:  # a picture is drawn of what its table is read with
        asks = [ask for ask in asks if not ask[1].endswith((".svg", ".png"))]
    assert len(asks) > 20
    for method, path, asked, body in asks:
        time.sleep(0.001)
        moment = time.time_ns() // 1000
        asked["as_of"] = iso(datetime.fromtimestamp(moment / 1e6, UTC))
        client.request(method, path, params=asked, **body)
        with engine.connect() as connection:
            final = connection.execute(text("SELECT promised FROM log_head")).scalar_one()
        assert final is not None, path
        assert final >= moment - 1, path
    engine.dispose()


def test_every_read_looks_whether_its_own_snapshot_has_come_to_the_moment(serve: Serve) -> None:
    """One connection may be to a replica that lags behind what this process has seen on another."""
    client = serve()
    page = client.get("/v1/claims?limit=3").json()
    moment = client.get("/v1/changes?limit=1000").json()["items"][-1]["recorded_at"]
    db = Database(client.server.settings)  # type: ignore[attr-defined]
    with db.transaction() as connection:
        connection.execute(update(LOG_HEAD).values(recorded_at=1, promised=None, seal=None))
    db.engine.dispose()
    client.server.app.state.db.final = 2**62  # type: ignore[attr-defined]  # as seen elsewhere
    assert client.get(page["next"]).status_code == 503
    wrong = []
    for method, path, asked, body in asks_of(moment):
        answer = client.request(method, path, params=asked, **body)
        if answer.status_code != 503:
            wrong.append((method, path, answer.status_code))
    assert wrong == []
