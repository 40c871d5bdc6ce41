"""What was answered is answered again, and never once something else is true."""

import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest
from fastapi import Response

from app.api.response_cache import MAX_ASKED, OVERHEAD, CachedResponse, ResponseCache
from app.config import Settings
from tests.conftest import ADMIN, AT_LENGTH, NO_TLS, Serve, Server, Templates, bearer
from tests.patience import until

SEED = int(os.environ.get("SAYSO_TEST_SEED", "1"))
ROUNDS = 400 if AT_LENGTH else 10
CLAIM: dict[str, Any] = {
    "claimant": "shin-won-sik", "document": "daily-digest-article", "stated": "2024-03",
    "measure": "containers.prk-rus", "raw_text": "upwards of 7,000",
}  # fmt: skip
ID = "shin-2024-03-containers"
ONE = f"/v1/claims/{ID}"
OF_ONE = [ONE, "/v1/sources/reuters"]
"""To look one row up takes less than to see whether it has changed: it is not kept."""
LISTED = "/v1/claims?claimant=shin-won-sik"
ASKED = [
    LISTED, "/v1/claims?limit=3&sort=-recorded_at",
    "/v1/claims?measure=containers.prk-rus&value__gte=7000&match=certain",
    "/v1/quantities?measure=containers.prk-rus", "/v1/measures",
    "/v1/measures/containers.prk-rus/series", "/v1/measures/containers.prk-rus/corroboration",
    "/v1/measures/containers.prk-rus/chart.json", "/v1/facets?by=measure",
    "/v1/claims?q=containers&count=exact", "/v1/claims?limit=2&expand=sources",
    f"{ONE}/revisions",
]  # fmt: skip
PUBLIC = "https://sayso.example"
"""Pictures name where they come from: of every replica the same."""


def cache(client: httpx.Client) -> ResponseCache:
    """What the server of a client has kept."""
    found: ResponseCache = client.server.app.state.response_cache  # type: ignore[attr-defined]
    return found


def kept(client: httpx.Client, path: str, **more: Any) -> httpx.Response:
    """The answer to a question that had been answered before."""

    answers: list[httpx.Response] = []

    def again() -> bool:
        before = cache(client).hits
        answers.append(client.get(path, **more))
        return cache(client).hits > before

    until(again)
    return answers[-1]


@contextmanager
def replicas(url: str) -> Iterator[tuple[list[httpx.Client], httpx.Client]]:
    """Two servers on one database, and one that keeps nothing."""
    with ExitStack() as stack:
        clients = []
        for most in (10**6, 10**6, 0):
            server = stack.enter_context(
                Server(Settings(database_url=url, response_cache_bytes=most, public_url=PUBLIC))
            )
            clients.append(stack.enter_context(server.client()))
            clients[-1].server = server  # type: ignore[attr-defined]
        yield clients[:2], clients[2]


@pytest.fixture(scope="module")
def unasked(templates: Templates) -> Iterator[httpx.Client]:
    """A server that each question is new to."""
    with Server(Settings(database_url=templates.copy(True))) as server, server.client() as client:
        client.server = server  # type: ignore[attr-defined]
        yield client


@pytest.mark.parametrize("path", ASKED)
def test_what_is_asked_again_is_answered_alike(unasked: httpx.Client, path: str) -> None:
    first = unasked.get(path)
    again = kept(unasked, path)
    changing = {"date": "", "ratelimit": ""}
    assert again.content == first.content
    assert {**again.headers, **changing} == {**first.headers, **changing}


def test_what_is_of_one_row_is_read_each_time(serve: Serve) -> None:
    client = serve()
    for path in OF_ONE * 2:
        assert client.get(path).status_code == 200
    assert not cache(client).entries


def test_a_page_of_a_list_is_kept_from_the_second_time_on(serve: Serve) -> None:
    client = serve()
    for entries in (0, 1, 1):
        assert client.get(LISTED).status_code == 200
        assert len(cache(client).entries) == entries
    assert cache(client).hits == 1


class InterruptedCache(ResponseCache):
    """The cache of a server that the machine interrupts just before it keeps anything."""

    def keep(self, *given: Any) -> None:
        time.sleep(0.05)
        super().keep(*given)


def test_what_a_client_was_answered_is_kept_by_the_time_that_it_has_it(serve: Serve) -> None:
    client = serve()
    cache(client).__class__ = InterruptedCache
    for n in range(1, 6):
        for _ in range(2):
            assert client.get(f"{LISTED}&limit={n}").status_code == 200
        assert len(cache(client).entries) == n


def test_a_write_on_any_replica_is_seen_by_whoever_asks_after_it(templates: Templates) -> None:
    chance = random.Random(SEED)
    with replicas(templates.copy(seeded=True)) as (servers, plain):
        for n in range(ROUNDS):
            write(chance.choice(servers), n, chance)
            for path in chance.sample([*ASKED, *OF_ONE], 3):
                truth = plain.get(path).content
                for _ in range(3):
                    assert chance.choice(servers).get(path).content == truth
        assert all(cache(server).hits for server in servers), "nothing was ever kept"
        assert cache(plain).hits == 0
        assert not cache(plain).entries


def write(client: httpx.Client, n: int, chance: random.Random) -> None:
    """One of the ways in which something changes."""
    any_tag = {"If-Match": "*"}
    line = b'{"type":"source","id":"source-%d","kind":"person","name":"Some %d"}\n' % (n, n)
    ways = [
        lambda: client.post("/v1/claims", json={**CLAIM, "id": f"new-{n}"}),
        lambda: client.patch(ONE, json={"notes": f"as of {n}"}, headers=any_tag),
        lambda: client.post(
            "/v1/imports", content=line, headers={"Content-Type": "application/x-ndjson"}
        ),
        lambda: client.patch("/v1/sources/reuters", json={"name": f"R {n}"}, headers=any_tag),
    ]
    assert chance.choice(ways)().is_success


def test_nobody_reads_less_than_was_acknowledged_before_they_asked(serve: Serve) -> None:
    client = serve()
    client.patch(ONE, json={"notes": "0"}, headers={"If-Match": "*"})
    acknowledged, over = [0], [False]

    def read(_: int) -> int:
        count = 0
        with httpx.Client(
            base_url=client.base_url, headers=bearer(ADMIN), timeout=60, verify=NO_TLS
        ) as mine:
            while not over[0]:
                least = acknowledged[0]
                [found] = (one for one in mine.get(LISTED).json()["items"] if one["id"] == ID)
                assert int(found["notes"]) >= least
                count += 1
        return count

    with ThreadPoolExecutor(4) as crowd:
        reading = [crowd.submit(read, n) for n in range(4)]
        for n in range(1, ROUNDS):
            tag = {"If-Match": "*"}
            assert client.patch(ONE, json={"notes": str(n)}, headers=tag).status_code == 200
            acknowledged[0] = n
        until(lambda: cache(client).hits)
        over[0] = True
        assert all(one.result() for one in reading)


def test_who_has_it_is_told_so_and_who_has_not_is_given_it(serve: Serve) -> None:
    client = serve()
    path = f"{ONE}/revisions/1"
    tag = client.get(path).headers["etag"]
    assert kept(client, path).status_code == 200
    assert kept(client, path, headers={"If-None-Match": tag}).status_code == 304
    assert kept(client, path, headers={"If-None-Match": '"77"'}).status_code == 200


def test_a_kept_answer_is_counted_and_charged_to_whoever_asks(serve: Serve) -> None:
    client = serve(rate_per_minute=100)
    policy = [kept(client, LISTED).headers["ratelimit"] for _ in range(3)]
    rest = [int(one.split(";r=")[1].split(";")[0]) for one in policy]
    assert rest == sorted(rest, reverse=True)
    assert rest[0] > rest[-1]
    told = client.get("/metrics").text
    assert f"sayso_answers_kept_total {cache(client).hits:.1f}" in told


@pytest.mark.parametrize("path", [LISTED, "/v1/measures/containers.prk-rus/series"])
def test_a_kept_answer_is_for_those_who_may_read(serve: Serve, path: str) -> None:
    client = serve(open_reads=False)
    kept(client, path)
    with client.server.client(key=None) as stranger:  # type: ignore[attr-defined]
        assert stranger.get(path).status_code == 401
    many = serve(anonymous_rate_per_minute=3)
    with many.server.client(key=None) as hasty:  # type: ignore[attr-defined]
        assert [hasty.get(path).status_code for _ in range(5)] == [200, 200, 200, 429, 429]


def test_a_response_names_only_the_host_and_origin_it_was_asked_by(serve: Serve) -> None:
    client = serve(cors_origins="https://a.example, https://b.example")
    path, allowed = "/v1/measures/containers.prk-rus/chart.json", "access-control-allow-origin"
    for name in ("a", "b") * 2:
        origin = f"https://{name}.example"
        answer = kept(client, path, headers={"host": f"{name}.example", "origin": origin})
        assert f"http://{name}.example/v1/" in answer.text
        assert answer.headers.get_list(allowed) == [origin]
    assert allowed not in kept(client, path).headers


def test_the_setting_has_its_old_name_for_one_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYSO_MEMORY_BYTES", "7")
    assert Settings().response_cache_bytes == 7
    monkeypatch.setenv("SAYSO_RESPONSE_CACHE_BYTES", "8")
    assert Settings().response_cache_bytes == 8


def response(body: bytes) -> CachedResponse:
    """A response to be kept."""
    return CachedResponse(None, Response(body))


def test_no_more_is_kept_than_may_be_and_the_oldest_goes_first() -> None:
    cache = ResponseCache(10 * (OVERHEAD + 100))
    cache.set_head(b"one")
    for n in range(25):
        cache.keep((n,), b"one", response(b"x" * 100))
    assert [key for (key,) in cache.entries] == list(range(15, 25))
    assert cache.size == cache.max_bytes
    cache.keep(("large",), b"one", response(b"x" * cache.max_bytes))
    assert ("large",) not in cache.entries


def test_no_more_questions_are_remembered_than_may_be() -> None:
    cache = ResponseCache(10_000)
    assert [cache.is_new((1,)), cache.is_new((1,)), cache.is_new((2,))] == [True, False, True]
    for n in range(MAX_ASKED + 10):
        cache.is_new((n, "another"))
    assert len(cache.asked) <= MAX_ASKED
    assert cache.is_new((1,)), "it was forgotten, and is read once more"


def test_nothing_is_kept_from_before_the_log_moved() -> None:
    cache = ResponseCache(10_000)
    cache.keep((1,), None, response(b"no one knows when"))
    cache.set_head(b"one")
    cache.keep((1,), b"none", response(b"of before"))
    assert not cache.entries
    cache.keep((1,), b"one", response(b"of now"))
    assert cache.entries
    assert cache.size
    cache.set_head(b"two")
    assert not cache.entries
    assert not cache.size
    cache.keep((1,), b"one", response(b"it took long"))
    cache.set_head(None)
    assert not cache.entries
    assert cache.head is None
