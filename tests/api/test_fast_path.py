"""The fast path: what it calls itself is answered as FastAPI would answer it."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.config import Settings
from app.db import Database
from app.main import create_app
from tests.conftest import ADMIN, ENGINES, Serve, Server, Templates
from tests.patience import until

ASKED = [
    "/v1/claims", "/v1/claims?limit=3", "/v1/claims?limit=2&count=exact&expand=sources",
    "/v1/claims?measure=containers.prk-rus&value__gte=10000&match=certain",
    "/v1/claims?colour=red", "/v1/claims/shin-2024-03-containers", "/v1/claims/nothing",
    "/v1/claims/Not%20An%20Id", "/v1/claims/%7Bid%7D", "/v1/claims/ap%00", "/v1/claims/a/b",
    "/v1/claims/",
    "/v1/sources/reuters?as_of=2100-01-01T00:00:00Z", "/v1/sources/reuters?x=1",
    "/v1/sources/reuters/revisions", "/v1/sources/reuters/revisions/1",
    "/v1/measures", "/v1/assessments", "/v1/quantities?limit=2", "/v1/facets?by=measure",
]  # fmt: skip
MINUTE: dict[str, Any] = {
    "rate_per_minute": 0, "anonymous_rate_per_minute": 1000,
    "public_url": "http://sayso.example",  # both answer as one server
}  # fmt: skip


@contextmanager
def pair(templates: Templates, key: str | None) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """The same data behind the fast path, and behind the framework alone."""
    near, far = (Server(Settings(database_url=templates.copy(True), **MINUTE)) for _ in range(2))
    far.app.state.fast_routes.clear()
    with near, far, near.client(key) as one, far.client(key) as other:
        yield one, other


@pytest.fixture(scope="module")
def both(templates: Templates) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """Both, for those who send no key."""
    with pair(templates, None) as servers:
        yield servers


@pytest.mark.parametrize("path", ASKED)
@pytest.mark.parametrize(
    ("engine", "headers"),
    [
        (ENGINES[0], {}), (ENGINES[0], {"If-None-Match": '"1"'}),
        (ENGINES[0], {"Authorization": "Bearer x"}), (ENGINES[1], {}),
    ],
    indirect=["engine"], scope="session",
)  # fmt: skip
def test_the_fast_path_answers_as_the_framework_does(
    both: tuple[httpx.Client, httpx.Client], path: str, headers: dict[str, str]
) -> None:
    one, other = (client.get(path, headers=headers) for client in both)
    assert one.status_code == other.status_code
    assert told(one) == told(other)
    assert {**one.headers, **CHANGING} == {**other.headers, **CHANGING}


CHANGING = dict.fromkeys(("date", "ratelimit"), "")


def told(answer: httpx.Response) -> object:
    """The body; a problem's without the id of its request."""
    if answer.is_success or answer.status_code == 304:
        return answer.content
    return {name: value for name, value in answer.json().items() if name != "request_id"}


CLAIM: dict[str, Any] = {
    "claimant": "shin-won-sik", "document": "daily-digest-article", "stated": "2024-03",
    "measure": "containers.prk-rus", "raw_text": "upwards of 7,000",
}  # fmt: skip
SENT: list[tuple[str, bytes | dict[str, Any]]] = [
    ("/v1/claims", {**CLAIM, "id": "x-1"}), ("/v1/claims", {**CLAIM, "id": "x-1"}),
    ("/v1/claims", {**CLAIM, "id": "x-1", "stated": "2024-04"}), ("/v1/claims?x=1", CLAIM),
    ("/v1/claims", {**CLAIM, "raw_text": "a good many"}), ("/v1/claims", {**CLAIM, "colour": 1}),
    ("/v1/claims", {**CLAIM, "claimant": "nobody"}), ("/v1/claims", b"{"), ("/v1/claims", b""),
    ("/v1/claims", {**CLAIM, "notes": "long " * 20_000}), ("/v1/claims", b"[1]"),
    ("/v1/sources", {"id": "x", "kind": "person", "name": "X"}), ("/v1/sources", {"id": "x"}),
    ("/v1/measures", {"id": "m", "name": "M", "unit": "one", "kind": "count"}),
    ("/v1/assessments", {"target": "claims/x-1", "status": "unknown"}),
]  # fmt: skip


# Headers are read before a database is asked; the key of a retry is stored.
@pytest.mark.parametrize(
    ("engine", "headers"),
    [
        (ENGINES[0], {}), (ENGINES[0], {"Idempotency-Key": "one"}),
        (ENGINES[0], {"Content-Type": "text/plain"}), (ENGINES[0], {"Authorization": "Bearer x"}),
        (ENGINES[1], {"Idempotency-Key": "one"}),
    ],
    indirect=["engine"],
)  # fmt: skip
def test_what_is_sent_is_answered_as_by_the_framework(
    templates: Templates, headers: dict[str, str]
) -> None:
    with pair(templates, ADMIN) as (one, other):
        for _ in range(2):  # of the second time, every key is known
            for path, body in SENT:
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                given = {"Content-Type": "application/json", **headers}
                near, far = (
                    client.post(path, content=content, headers=given) for client in (one, other)
                )
                assert near.status_code == far.status_code
                assert {**near.headers, **CHANGING} == {**far.headers, **CHANGING}
                assert without_moment(told(near)) == without_moment(told(far))


def without_moment(answer: object) -> object:
    """An answer but for when it was recorded."""
    found: Any = json.loads(answer) if isinstance(answer, bytes) else answer
    return {name: value for name, value in found.items() if name != "recorded_at"}


PLAIN = [
    "/v1/claims", "/v1/claims?measure=containers.prk-rus&value__gte=10000&match=certain",
    "/v1/claims?limit=2&fields=claimant", "/v1/quantities?limit=2", "/v1/sources/reuters",
    "/v1/measures?sort=-recorded_at", "/v1/assessments", "/v1/claims/shin-2024-03-containers",
]  # fmt: skip


@pytest.mark.parametrize("headers", [{}, {"If-None-Match": '"1"'}])
def test_a_plain_read_never_gets_to_the_framework(serve: Serve, headers: dict[str, str]) -> None:
    server, reached = watched(serve)
    for key in (None, ADMIN):
        with server.client(key, headers=headers) as client:
            # A reader may be still to come, and a key be unknown yet: then it is the framework's.
            until(lambda client=client: not gone_past(client, reached))  # type: ignore[misc]


def test_a_plain_write_never_gets_to_the_framework(serve: Serve) -> None:
    server, reached = watched(serve)
    with server.client(ADMIN) as client:

        def straight() -> bool:
            reached.clear()
            sent = [
                client.post("/v1/claims", json={**CLAIM, "notes": f"{n}"}).status_code
                for n in range(3)
            ]
            assert set(sent) <= {200, 201}
            return not reached

        until(straight)


def watched(serve: Serve) -> tuple[Server, list[str]]:
    """A server, and the paths that get to its framework."""
    server: Server = serve().server  # type: ignore[attr-defined]
    reached: list[str] = []
    stack = server.app.router.middleware_stack

    async def seen(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope["path"])
        await stack(scope, receive, send)

    server.app.router.middleware_stack = seen
    return server, reached


def gone_past(client: httpx.Client, reached: list[str]) -> list[str]:
    """Ask for all of them: which got to the framework?"""
    reached.clear()
    for path in PLAIN:
        assert client.get(path).status_code in (200, 304)
    return reached


def test_a_route_of_the_fast_path_declares_a_scope() -> None:
    routes = create_app(Settings(database_url="sqlite://")).state.fast_routes
    # A list and one of each of four resources, and figures; creating one of each of four.
    scopes = Counter((method, fast.require_scope.scope) for (method, *_), fast in routes.items())
    assert scopes == {("GET", "read"): 9, ("POST", "write"): 4}


def test_a_long_statement_does_not_hold_the_event_loop(tmp_path: Path) -> None:
    long = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"

    (tmp_path / "a.db").touch()

    async def run() -> None:
        settings = Settings(database_url=f"sqlite:///{tmp_path}/a.db", query_seconds=20)
        async with Database(settings).serving() as db, db.snapshot() as reader:
            asked = asyncio.create_task(reader.asked(long, {}))  # type: ignore[attr-defined]
            for _ in range(50):
                await asyncio.sleep(0.001)
                assert not asked.done(), "nobody else had a turn until it was over"
            asked.cancel()

    asyncio.run(run())
