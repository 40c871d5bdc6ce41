"""Many writers at once: nothing lost, nothing twice, and every walk and feed whole.

Short by default; ``SAYSO_TEST_CROWD=1`` runs the full figures (64 writers of 100 changes, 200
walks under 8 writers), which take long.
"""

import json
import os
import threading
from base64 import urlsafe_b64decode
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from app.rules import instants
from tests.conftest import ADMIN, Serve, bearer

FULL = os.environ.get("SAYSO_TEST_CROWD") == "1"
WRITERS, CHANGES = (64, 100) if FULL else (8, 10)
WALKS, CROWD, STEP = (200, 8, 15) if FULL else (6, 4, 4)
CLAIM: dict[str, Any] = {
    "claimant": "shin-won-sik", "document": "daily-digest-article", "stated": "2024-03",
    "measure": "containers.prk-rus", "raw_text": "upwards of 7,000",
}  # fmt: skip


def own(client: httpx.Client) -> httpx.Client:
    """A connection of one's own to the same server."""
    return httpx.Client(base_url=client.base_url, headers=bearer(ADMIN), timeout=60)


def count_one(client: httpx.Client, path: str) -> None:
    """Read, add one, write; and again wherever another was faster."""
    while True:
        read = client.get(path)
        more = str(int(read.json()["notes"]) + 1)
        tag = {"If-Match": read.headers["etag"]}
        answer = client.patch(path, json={"notes": more}, headers=tag)
        if answer.status_code == 200:
            return
        assert answer.status_code in (412, 503), answer.text


def test_no_acknowledged_change_is_lost(serve: Serve) -> None:
    client = serve()
    path = "/v1/measures/shells.prk-rus"
    client.patch(path, json={"notes": "0"}, headers={"If-Match": "*"})

    def write(_: int) -> None:
        with own(client) as mine:
            for _n in range(CHANGES):
                count_one(mine, path)

    with ThreadPoolExecutor(WRITERS) as crowd:
        list(crowd.map(write, range(WRITERS)))
    last = client.get(path).json()
    assert last["notes"] == str(WRITERS * CHANGES)
    assert last["version"] == 2 + WRITERS * CHANGES


class Traffic:
    """Writers that add, change and withdraw claims until they are told to stop."""

    def __init__(self, client: httpx.Client):
        self.client, self.over = client, threading.Event()
        self.threads = [threading.Thread(target=self.write, args=(n,)) for n in range(CROWD)]

    def __enter__(self) -> None:
        for thread in self.threads:
            thread.start()

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def write(self, writer: int) -> None:
        any_tag = {"If-Match": "*"}
        with own(self.client) as mine:
            n = 0
            while not self.over.is_set():
                id = f"{'az'[n % 2]}-{writer}-{n}"
                mine.post("/v1/claims", json={**CLAIM, "id": id})
                mine.patch(f"/v1/claims/{id}", json={"notes": "changed"}, headers=any_tag)
                if n % 3 == 0:
                    mine.delete(f"/v1/claims/{id}?reason=x", headers=any_tag)
                n += 1
                self.over.wait(0.05)  # or the walks would never end


def moment(cursor: str) -> str:
    """When the walk that a cursor belongs to began."""
    return instants.text(json.loads(urlsafe_b64decode(cursor + "=="))[1])


def walked(client: httpx.Client, page: dict[str, Any]) -> list[str]:
    """The ids of a page and of all after it."""
    seen = [row["id"] for row in page["items"]]
    while page["next"]:
        page = client.get(page["next"]).json()
        seen += [row["id"] for row in page["items"]]
    return seen


def test_a_walk_under_writers_sees_each_row_of_its_start_once(serve: Serve) -> None:
    client = serve()
    with Traffic(client):
        for n in range(WALKS):
            sort = ("id", "-id", "stated", "-recorded_at")[n % 4]
            page = client.get(f"/v1/claims?limit={STEP}&sort={sort}").json()
            began = moment(page["next_cursor"])
            seen = walked(client, page)
            then = client.get(f"/v1/claims?limit=1000&sort={sort}&as_of={began}").json()
            assert seen == walked(client, then)


def test_the_feed_under_writers_has_no_gap_and_no_repeat(serve: Serve) -> None:
    client = serve()
    seen: list[int] = []
    since = 0
    with Traffic(client):
        for _ in range(WALKS * 10):
            answer = client.get("/v1/changes", params={"since": since, "limit": 50}).json()
            seen += [row["seq"] for row in answer["items"]]
            since = answer["next_since"]
    while rows := client.get("/v1/changes", params={"since": since, "limit": 1000}).json()["items"]:
        seen += [row["seq"] for row in rows]
        since = rows[-1]["seq"]
    assert seen == list(range(1, len(seen) + 1))
    assert len(seen) > 55
