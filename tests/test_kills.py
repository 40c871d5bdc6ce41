"""A process that is killed (SIGKILL) loses nothing that it acknowledged, and keeps no half import.

``SAYSO_TEST_KILLS=200`` kills so many imports of the shell, and a quarter of that many servers;
``SAYSO_TEST_SEED`` at other moments.
"""

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from sqlalchemy import func, select

from app.config import Settings
from app.db import Database
from app.models import CLAIM as TABLE
from app.store.snapshot import read_snapshot
from tests.commands import CONTEXT, environment, forked_in, main
from tests.conftest import ADMIN, NO_TLS, Templates, bearer
from tests.patience import NEVER
from tests.processes import Running, process, serving
from tests.test_backup import claims
from tests.test_cli import CLAIM, jsonl

KILLS = int(os.environ.get("SAYSO_TEST_KILLS", "2"))
SERVERS = max(1, KILLS // 4)
SEED = int(os.environ.get("SAYSO_TEST_SEED", "1"))
LINES = 400 if KILLS > 2 else 100
LONG = "n" * (100_000 // LINES)
"""So much that no pipe holds it: once it is sent, the import has read it and is at work."""


def test_an_import_that_is_killed_leaves_all_of_it_or_nothing(templates: Templates) -> None:
    url, chance = templates.copy(seeded=True), random.Random(SEED)
    code, whole = cut_off(url, round_of(0), seconds=NEVER)
    assert code == 0
    known, killed = {0: True}, 0
    for n in range(1, KILLS + 1):
        code, took = cut_off(url, round_of(n), chance.uniform(0, 1) * whole)
        whole = whole if code else min(whole, took)
        killed += code == -signal.SIGKILL
        found = stored(url, n)
        assert found in (0, LINES), f"round {n}: {found} of {LINES}"
        assert found == LINES or code == -signal.SIGKILL, f"round {n}: acknowledged, and lost"
        known[n] = found == LINES
    everything = claims(url)
    for n, there in known.items():
        assert sum(id.startswith(f"round-{n}-") for id in everything) == there * LINES
    print(f"{killed} of {KILLS} killed at work, {sum(known.values()) - 1} stored")  # noqa: T201
    assert killed


def sent_in_turn(client: httpx.Client, id: str) -> Iterator[httpx.Response]:
    """Every kind of write, one after the other: what is made, changed, replaced and withdrawn."""
    sent = {name: value for name, value in CLAIM.items() if name != "type"}
    source = {"id": id, "name": id, "kind": "report"}
    opinion = {"id": id, "target": f"claims/{id}", "assessor": "shin-won-sik", "comment": id}
    always = {"If-Match": "*"}
    yield client.put(f"/v1/sources/{id}", json=source, headers={"If-None-Match": "*"})
    yield client.put(f"/v1/sources/{id}", json=source | {"name": "again"}, headers=always)
    yield client.post("/v1/claims", json=sent | {"id": id, "via": [id]})
    yield client.patch(f"/v1/claims/{id}", json={"notes": id}, headers=always)
    yield client.post("/v1/assessments", json=opinion)
    yield client.delete(f"/v1/claims/{id}", params={"reason": id}, headers=always)


class Traffic:
    """A server that takes writes of every kind, one by one and in an import, until it is killed."""

    def __init__(self, port: int, n: int):
        self.port, self.n = port, n
        self.acknowledged: list[tuple[str, dict[str, Any]]] = []
        self.began, self.status = threading.Event(), 0
        self.written = threading.Semaphore(0)
        work = (self.write, self.write, self.bring)
        self.threads = [threading.Thread(target=one, args=(k,)) for k, one in enumerate(work)]

    def until(self, seconds: float, server: Running) -> None:
        """All at once, up to so long after the import was sent; returns when the server is gone."""
        for thread in self.threads:
            thread.start()
        assert self.began.wait(NEVER)
        time.sleep(seconds)
        server.kill()
        for thread in self.threads:
            thread.join()

    def client(self) -> httpx.Client:
        base = f"http://127.0.0.1:{self.port}"
        return httpx.Client(base_url=base, headers=bearer(ADMIN), timeout=NEVER, verify=NO_TLS)

    def write(self, who: int) -> None:
        with self.client() as client, suppress(httpx.TransportError):
            for k in count():
                for answer in sent_in_turn(client, f"single-{self.n}-{who}-{k}"):
                    if answer.is_success:
                        resource = answer.request.url.path.split("/")[2]
                        self.acknowledged.append((resource, answer.json()))
                self.written.release()

    def bring(self, _: int) -> None:
        def lines() -> Iterator[bytes]:
            # Not before there is something that could be lost, whenever the end comes.
            assert self.written.acquire(timeout=NEVER)
            yield round_of(self.n)
            self.began.set()

        kind = {"Content-Type": "application/jsonl"}
        with self.client() as client, suppress(httpx.ReadError, httpx.RemoteProtocolError):
            answer = client.post("/v1/imports", content=lines(), headers=kind)
            self.status = answer.status_code


def test_a_server_that_is_killed_keeps_every_version_that_it_acknowledged(
    templates: Templates,
) -> None:
    url, chance = templates.copy(seeded=True), random.Random(SEED)
    acknowledged: list[tuple[str, dict[str, Any]]] = []
    counts: list[int] = []
    longest = 1.5
    for n in range(SERVERS):
        with process(url) as (server, port), serving(port):
            traffic = Traffic(port, n)
            traffic.until(chance.uniform(0, longest), server)
        counts.append(stored(url, n))
        assert counts[n] in (0, LINES), f"round {n}: {counts[n]} of {LINES}"
        assert counts[n] == LINES or traffic.status != 201, f"round {n}: acknowledged, and lost"
        # Whatever the machine, about as many kills before the commit as after it.
        longest *= 0.8 if counts[n] else 1.25
        acknowledged += traffic.acknowledged
    whole, everything = counts.count(LINES), claims(url)
    assert sum(id.startswith("round-") for id in everything) == whole * LINES
    with process(url) as (_, port), serving(port) as client:
        lost = [one for one in acknowledged if not kept(client, *one)]
    print(f"{SERVERS} killed, {whole} imports stored, {len(acknowledged)} versions compared")  # noqa: T201
    assert lost == []
    assert len(acknowledged) >= 6 * SERVERS, "each kind of write, before each kill"


def kept(client: httpx.Client, resource: str, told: dict[str, Any]) -> bool:
    """Whether a version is as it was acknowledged, in every field."""
    found: dict[str, Any] = client.get(
        f"/v1/{resource}/{told['id']}/revisions/{told['version']}"
    ).json()
    # What else is alike was told once, to who added it.
    return found == {name: value for name, value in told.items() if name != "similar"}


def round_of(n: int) -> bytes:
    return jsonl(
        *({**CLAIM, "id": f"round-{n}-{line}", "notes": LONG} for line in range(LINES))
    ).encode()


def cut_off(url: str, lines: bytes, seconds: float) -> tuple[int, float]:
    """Import lines, and kill it (SIGKILL) so long after it has read them; its exit code, its time.

    It reads all before it stores anything, so what is counted is the import, not Python's start.
    """
    forked_in()
    with TemporaryDirectory(prefix="sayso-kill-") as folder:
        os.mkfifo(pipe := Path(folder, "lines"))
        ends = [pipe, os.devnull, os.devnull]
        words = ["sayso", "import", "-"]
        running = CONTEXT.Process(target=main, args=(words, environment(url), ends))
        running.start()
        pipe.write_bytes(lines)
        began = time.monotonic()
        running.join(seconds)
        running.kill()
        running.join()
    assert running.exitcode is not None
    return running.exitcode, time.monotonic() - began


def stored(url: str, n: int) -> int:
    """How many claims of a round there are, once what was killed has let go."""
    db = Database(Settings(database_url=url))
    try:
        with db.transaction():
            pass
        with read_snapshot(db) as connection:
            asked = select(func.count()).where(TABLE.c.id.like(f"round-{n}-%"))
            return int(connection.execute(asked).scalar_one())
    finally:
        db.engine.dispose()
