"""The front: reads that it runs itself are answered as the framework would answer them."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.api.front import Front
from app.config import Settings
from app.db import Database
from app.main import create_app
from tests.conftest import ADMIN, Serve, Server, Templates
from tests.patience import until

ASKED = [
    "/v1/claims", "/v1/claims?limit=3", "/v1/claims?limit=2&count=exact&expand=sources",
    "/v1/claims?measure=containers.prk-rus&value__gte=10000&match=certain",
    "/v1/claims?colour=red", "/v1/claims/shin-2024-03-containers", "/v1/claims/nothing",
    "/v1/claims/Not%20An%20Id", "/v1/claims/ap%00", "/v1/claims/a/b", "/v1/claims/",
    "/v1/sources/reuters?as_of=2100-01-01T00:00:00Z", "/v1/sources/reuters?x=1",
    "/v1/sources/reuters/revisions", "/v1/sources/reuters/revisions/1",
    "/v1/measures", "/v1/assessments", "/v1/quantities?limit=2", "/v1/facets?by=measure",
]  # fmt: skip
MINUTE = {"rate_per_minute": 0, "anonymous_rate_per_minute": 1000}


@pytest.fixture(scope="module")
def both(templates: Templates) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """The same data behind the front, and behind the framework alone."""
    settings = Settings(database_url=templates.copy(True), **MINUTE)
    near, far = Server(settings), Server(settings)
    far.app.state.front.routes.clear()
    far.app.state.front.fixed.clear()
    with near, far, near.client(key=None) as one, far.client(key=None) as other:
        yield one, other


@pytest.mark.parametrize("path", ASKED)
@pytest.mark.parametrize("headers", [{}, {"If-None-Match": '"1"'}, {"Authorization": "Bearer x"}])
def test_the_front_answers_as_the_framework_does(
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


PLAIN = [
    "/v1/claims", "/v1/claims?measure=containers.prk-rus&value__gte=10000&match=certain",
    "/v1/claims?limit=2&fields=claimant", "/v1/quantities?limit=2", "/v1/sources/reuters",
    "/v1/measures?sort=-recorded_at", "/v1/assessments", "/v1/claims/shin-2024-03-containers",
]  # fmt: skip


@pytest.mark.parametrize("headers", [{}, {"If-None-Match": '"1"'}])
def test_a_plain_read_never_gets_to_the_framework(serve: Serve, headers: dict[str, str]) -> None:
    server: Server = serve().server  # type: ignore[attr-defined]
    reached: list[str] = []
    stack = server.app.middleware_stack

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope["path"])
        assert stack is not None
        await stack(scope, receive, send)

    server.app.middleware_stack = watched
    for key in (None, ADMIN):
        with server.client(key, headers=headers) as client:
            # A reader may be still to come, and a key be unknown yet: then it is the framework's.
            until(lambda client=client: not gone_past(client, reached))  # type: ignore[misc]


def gone_past(client: httpx.Client, reached: list[str]) -> list[str]:
    """Ask for all of them: which got to the framework?"""
    reached.clear()
    for path in PLAIN:
        assert client.get(path).status_code in (200, 304)
    return reached


def test_a_route_that_is_run_in_front_declares_a_scope() -> None:
    front: Front = create_app(Settings(database_url="sqlite://")).state.front
    assert len(front.routes) == 9  # a list and one of each of four resources; figures
    assert {near.needs.scope for near in front.routes.values()} == {"read"}


def test_a_long_statement_does_not_hold_the_event_loop(tmp_path: Path) -> None:
    long = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"

    async def run() -> None:
        settings = Settings(database_url=f"sqlite:///{tmp_path}/a.db", query_seconds=20)
        async with Database(settings).serving() as db, db.snapshot() as reader:
            asked = asyncio.create_task(reader.asked(long, {}))  # type: ignore[attr-defined]
            for _ in range(50):
                await asyncio.sleep(0.001)
                assert not asked.done(), "nobody else had a turn until it was over"
            asked.cancel()

    asyncio.run(run())
