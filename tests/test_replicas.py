"""Several servers on one database: one effect of each key, and one order whatever their clocks.

``SAYSO_TEST_CROWD=1`` sends the full thousand; ``SAYSO_TEST_SEED`` other chances.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.conftest import AT_LENGTH, Templates, path_of
from tests.patience import refused_within_a_second
from tests.processes import process, serving

REQUESTS, KEYS, THREADS = (1000, 50, 32) if AT_LENGTH else (80, 8, 16)
SEED = int(os.environ.get("SAYSO_TEST_SEED", "1"))
CLAIM: dict[str, Any] = {
    "claimant": "shin-won-sik", "document": "daily-digest-article", "stated": "2024-03",
    "measure": "containers.prk-rus", "raw_text": "upwards of 7,000",
}  # fmt: skip
ANY = {"If-Match": "*"}


@contextmanager
def replicas(url: str, hour_behind: bool = False) -> Iterator[list[httpx.Client]]:
    """Two servers on one database, each a process of its own; the clock of one may be behind."""
    with ExitStack() as stack:
        started = [
            stack.enter_context(process(url)),
            stack.enter_context(process(url, hour_behind=hour_behind)),
        ]
        yield [stack.enter_context(serving(port)) for _, port in started]


def test_a_crowd_under_a_few_keys_on_two_servers_has_one_effect_of_each(
    templates: Templates,
) -> None:
    chance = random.Random(SEED)
    keys = [n % KEYS for n in range(REQUESTS)]
    chance.shuffle(keys)
    with replicas(templates.copy(seeded=True)) as servers:
        before = servers[0].get("/v1/changes?limit=1000").json()["next_since"]
        sent = [(chance.choice(servers), key) for key in keys]
        with ThreadPoolExecutor(THREADS) as crowd:
            answers = Counter(crowd.map(lambda one: created(*one), sent))
        feed = servers[1].get("/v1/changes", params={"since": before, "limit": 1000}).json()
    assert sum(answers.values()) == REQUESTS
    assert len(answers) == KEYS, "a key had more than one answer"
    assert {status for _, status, _ in answers} == {201}
    effects = Counter(row["id"] for row in feed["items"])
    assert effects == Counter(f"of-key-{key}" for key in range(KEYS))


def created(server: httpx.Client, key: int) -> tuple[int, int, str]:
    """The answer to a claim that is sent under a key, once the server has room."""
    claim = {**CLAIM, "id": f"of-key-{key}"}
    while True:
        answer = server.post("/v1/claims", json=claim, headers={"Idempotency-Key": f"key-{key}"})
        if answer.status_code != 503:
            return key, answer.status_code, answer.text + answer.headers.get("etag", "")
        time.sleep(0.1)


def every(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    """All items from a page on."""
    page = client.get(path).json()
    items: list[dict[str, Any]] = page["items"]
    return items + (every(client, page["next"]) if page["next"] else [])


def feed(client: httpx.Client) -> list[dict[str, Any]]:
    """Every change there was."""
    found: list[dict[str, Any]] = client.get("/v1/changes?limit=1000").json()["items"]
    return found


def test_a_clock_that_is_set_back_an_hour_changes_nothing(templates: Templates) -> None:
    with replicas(templates.copy(seeded=True), hour_behind=True) as (true, behind):
        first = true.post("/v1/claims", json={**CLAIM, "id": "clock"})
        path, tag = "/v1/claims/clock", first.headers["etag"]
        begun = true.get("/v1/claims?limit=5&sort=-recorded_at").json()
        then, known = feed(true)[-1]["recorded_at"], [row["seq"] for row in feed(true)]
        assert behind.get(path, headers={"If-None-Match": tag}).status_code == 304
        for n in range(20):
            server = (behind, true)[n % 3 == 2]
            answer = server.patch(path, json={"notes": str(n)}, headers={"If-Match": tag})
            assert answer.status_code == 200, answer.text
            tag = answer.headers["etag"]
            stale = server.patch(path, json={"notes": "x"}, headers={"If-Match": f'"{n + 1}"'})
            assert stale.status_code == 412
        assert tag == '"21"'
        assert behind.delete("/v1/claims/shin-2024-03-containers?reason=x", headers=ANY).is_success
        lists = [in_order(server, path, then, begun) for server in (true, behind)]
        assert lists[0] == lists[1]
        assert [row["seq"] for row in feed(behind)] == [*known, *range(len(known) + 1, 1000)][
            : len(known) + 21
        ]
        assert datetime.fromisoformat(then) > datetime.now(UTC) - timedelta(minutes=5)


def in_order(
    server: httpx.Client, path: str, then: str, begun: dict[str, Any]
) -> tuple[list[Any], ...]:
    """What a server answers after the clock went back; checked, and to be compared."""
    moments = [row["recorded_at"] for row in feed(server)]
    assert moments == sorted(moments)
    versions = server.get(f"{path}/revisions").json()["items"]
    assert [row["version"] for row in versions] == list(range(1, 22))
    assert len({row["recorded_at"] for row in versions}) == 21
    assert [row["recorded_at"] for row in versions] == sorted(
        row["recorded_at"] for row in versions
    )
    for row in versions:
        at = server.get(path, params={"as_of": row["recorded_at"]}).json()
        assert at["version"] == row["version"]
    walked = begun["items"] + every(server, path_of(begun["next"]))
    was = every(server, f"/v1/claims?limit=1000&sort=-recorded_at&as_of={then}")
    assert walked == was
    assert len(was) == 19
    newest = every(server, "/v1/claims?limit=7&sort=-recorded_at")
    assert newest[0]["id"] == "clock"
    return moments, versions, walked, newest


def test_keys_and_retries_outlive_a_clock_that_is_set_back(templates: Templates) -> None:
    with replicas(templates.copy(seeded=True), hour_behind=True) as (true, behind):
        sent: dict[str, Any] = {
            "json": {**CLAIM, "id": "once"},
            "headers": {"Idempotency-Key": "once"},
        }
        first = true.post("/v1/claims", **sent)
        again = behind.post("/v1/claims", **sent)
        assert (
            (again.status_code, again.text) == (first.status_code, first.text) == (201, again.text)
        )
        assert again.headers["idempotency-replayed"] == "true"
        made = true.post("/v1/keys", json={"name": "desk", "scopes": ["write"]}).json()
        own = {"Authorization": f"Bearer {made['token']}"}
        source = {"id": "by-desk", "name": "X"}
        assert behind.post("/v1/sources", json=source, headers=own).status_code == 201
        assert behind.delete(f"/v1/keys/{made['id']}").status_code == 200
        sent = {"json": source, "headers": own}
        refused_within_a_second(
            lambda: min(one.post("/v1/sources", **sent).status_code for one in (true, behind))
        )
