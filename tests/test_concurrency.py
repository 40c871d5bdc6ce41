"""Many writers at once: nothing lost, nothing twice, and every walk and feed whole.

Short by default; ``SAYSO_TEST_CROWD=1`` runs the full figures (64 writers of 100 changes, 200
walks under 8 writers), which take long.
"""

import json
import os
import random
import threading
import time
from base64 import urlsafe_b64decode
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from app.rules import instants
from tests.conftest import ADMIN, AT_LENGTH, NO_TLS, Serve, bearer

SEED = int(os.environ.get("SAYSO_TEST_SEED", "1"))
WRITERS, CHANGES = (64, 100) if AT_LENGTH else (8, 5)
WALKS, EDITORS, STEP = (200, 8, 15) if AT_LENGTH else (4, 4, 4)
KEPT = 6 if AT_LENGTH else 2
"""How many claims each of the crowd keeps before it withdraws the oldest."""
CLAIM: dict[str, Any] = {
    "claimant": "shin-won-sik", "document": "daily-digest-article", "stated": "2024-03",
    "measure": "containers.prk-rus", "raw_text": "upwards of 7,000",
}  # fmt: skip


def own(client: httpx.Client) -> httpx.Client:
    """A connection of one's own to the same server."""
    return httpx.Client(base_url=client.base_url, headers=bearer(ADMIN), timeout=60, verify=NO_TLS)


def count_one(client: httpx.Client, path: str, chance: random.Random) -> int:
    """Read, add one, write; and again wherever another was faster. How often it took."""
    for tries in range(1, 100_000):
        read = client.get(path)
        if read.status_code == 200:
            more = str(int(read.json()["notes"]) + 1)
            tag = {"If-Match": read.headers["etag"]}
            answer = client.patch(path, json={"notes": more}, headers=tag)
            if answer.status_code == 200:
                return tries
            assert answer.status_code in (412, 503), answer.text
        # Whoever lost waits a while, the longer the more often: else all lose to each other.
        time.sleep(chance.uniform(0, 0.01 * WRITERS * min(tries, 5)))
    raise AssertionError("never its turn")


def test_no_acknowledged_change_of_a_claim_is_lost(serve: Serve) -> None:
    client = serve()
    path = "/v1/claims/shin-2024-03-containers"
    first = client.patch(path, json={"notes": "0"}, headers={"If-Match": "*"}).json()["version"]

    def write(n: int) -> int:
        chance = random.Random(SEED * 1000 + n)
        with own(client) as mine:
            return sum(count_one(mine, path, chance) for _ in range(CHANGES))

    with ThreadPoolExecutor(WRITERS) as crowd:
        tries = sum(crowd.map(write, range(WRITERS)))
    last = client.get(path).json()
    print(f"{WRITERS * CHANGES} changes acknowledged, of {tries} tried")  # noqa: T201
    assert last["notes"] == str(WRITERS * CHANGES)
    assert last["version"] == first + WRITERS * CHANGES
    assert len(client.get(f"{path}/revisions").json()["items"]) == last["version"]


class Traffic:
    """Writers that add, change and withdraw claims until they are told to stop.

    Each withdraws what it added a while before, so that a list is as long in the end as it was
    soon after the start, and a walk takes no longer.
    """

    def __init__(self, client: httpx.Client):
        self.client, self.over, self.written = client, threading.Event(), 0
        self.threads = [threading.Thread(target=self.write, args=(n,)) for n in range(EDITORS)]

    def __enter__(self) -> "Traffic":
        for thread in self.threads:
            thread.start()
        while self.written < EDITORS * (KEPT + 1):
            assert all(thread.is_alive() for thread in self.threads)
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def write(self, writer: int) -> None:
        any_tag = {"If-Match": "*"}
        with own(self.client) as mine:
            n = 0
            while not self.over.is_set():
                new, old = (f"{'az'[one % 2]}-{writer}-{one}" for one in (n, n - KEPT))
                mine.post("/v1/claims", json={**CLAIM, "id": new})
                mine.patch(f"/v1/claims/{new}", json={"notes": "changed"}, headers=any_tag)
                if n >= KEPT:
                    mine.delete(f"/v1/claims/{old}?reason=x", headers=any_tag)
                self.written += 1
                n += 1
                self.over.wait(0.05)  # or the walks would never end


def moment(cursor: str) -> str:
    """When the walk that a cursor belongs to began."""
    return instants.text(json.loads(urlsafe_b64decode(cursor + "=="))[1])


def walked(client: httpx.Client, page: dict[str, Any]) -> list[tuple[str, int]]:
    """The ids and versions of a page and of all after it."""
    seen = [(row["id"], row["version"]) for row in page["items"]]
    while page["next"]:
        page = client.get(page["next"]).json()
        seen += [(row["id"], row["version"]) for row in page["items"]]
    return seen


def test_a_walk_under_writers_sees_each_row_of_its_start_once(serve: Serve) -> None:
    client, overtaken = serve(), 0
    with Traffic(client):
        for n in range(WALKS):
            sort = ("id", "-id", "stated", "-recorded_at")[n % 4]
            page = client.get(f"/v1/claims?limit={STEP}&sort={sort}").json()
            began = moment(page["next_cursor"])
            seen = walked(client, page)
            then = client.get(f"/v1/claims?limit=1000&sort={sort}&as_of={began}").json()
            assert seen == walked(client, then)
            assert len({id for id, _ in seen}) == len(seen)
            now = client.get(f"/v1/claims?limit=1000&sort={sort}").json()
            overtaken += seen != walked(client, now)
    print(f"{WALKS} walks, {overtaken} of them while something was written")  # noqa: T201
    assert overtaken


def test_the_feed_under_writers_has_no_gap_and_no_repeat(serve: Serve) -> None:
    client = serve()
    seen: list[dict[str, Any]] = []
    with Traffic(client) as traffic:
        for _ in range(WALKS):
            now = fed(client)
            assert now[: len(seen)] == seen, "what was told before is told otherwise"
            seen = now
    seen = fed(client)
    print(f"{WALKS} walks of the feed, {len(seen)} lines in the end")  # noqa: T201
    moments = [row["recorded_at"] for row in seen]
    assert moments == sorted(moments)
    written = {(row["resource"], row["id"], row["version"]) for row in seen}
    assert len(written) == len(seen) >= 55 + 2 * traffic.written


def fed(client: httpx.Client) -> list[dict[str, Any]]:
    """The feed, page by page, up to a page that is not full; without a gap or a repeat."""
    seen: list[dict[str, Any]] = []
    while len(seen) % (4 * STEP) == 0:
        page = client.get("/v1/changes", params={"since": len(seen), "limit": 4 * STEP}).json()
        if not page["items"]:
            break
        seen += page["items"]
        assert [row["seq"] for row in seen] == list(range(1, page["next_since"] + 1))
    return seen
