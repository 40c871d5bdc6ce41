"""`sayso serve --workers 3`: whichever worker answers, it is one server.

Each client below speaks to a worker of its own: which one has its connection, the system says.
"""

import json
import os
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from app.cli import workers
from tests.commands import environment, sayso
from tests.conftest import ADMIN, AT_LENGTH, NO_TLS, ONE_ENGINE, Templates, bearer
from tests.patience import NEVER, until
from tests.processes import Forked, Running, process, serving

if sys.platform != "linux":
    pytest.skip("which process has a connection is asked of /proc", allow_module_level=True)

WORKERS = 3
ROUNDS = 24 if AT_LENGTH else 6
"""Of writing by one worker and reading from all: each has written before another reads."""
RATE = 60
CLAIM: dict[str, Any] = {
    "claimant": "shin-won-sik", "document": "daily-digest-article", "stated": "2024-03",
    "measure": "containers.prk-rus", "raw_text": "upwards of 7,000",
}  # fmt: skip


class Fleet(NamedTuple):
    """A server, and a client for each of its workers."""

    url: str
    parent: Running
    clients: dict[int, httpx.Client]
    said: Path


def children(pid: int) -> set[int]:
    """The processes that a process has started."""
    with suppress(OSError):
        return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
    return set()


def served_by(client: httpx.Client, workers: set[int]) -> int:
    """The worker that has the other end of a client's connection."""
    stream = client.get("/healthz").extensions["network_stream"]
    ours, theirs = stream.get_extra_info("client_addr"), stream.get_extra_info("server_addr")
    ends = f"0100007F:{theirs[1]:04X} 0100007F:{ours[1]:04X}"
    [row] = [line for line in Path("/proc/net/tcp").read_text().splitlines() if ends in line]
    wanted = f"socket:[{row.split()[9]}]"
    [found] = {pid for pid in workers if wanted in open_files(pid)}
    return found


def open_files(pid: int) -> set[str]:
    found = set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            found.add(os.readlink(file))
    return found


@contextmanager
def fleet(url: str, said: Path, **settings: Any) -> Iterator[Fleet]:
    """A server of three workers, each with a client that speaks to it alone."""
    with ExitStack() as stack:
        log = stack.enter_context(open(said, "wb"))
        parent, port = stack.enter_context(
            process(url, said=log, workers=str(WORKERS), drain_seconds="0", **settings)
        )
        stack.enter_context(serving(port))
        until(lambda: len(children(parent.pid)) == WORKERS)
        yield Fleet(url, parent, each(stack, port, children(parent.pid)), said)


def each(stack: ExitStack, port: int, workers: set[int]) -> dict[int, httpx.Client]:
    """A client for each worker; connections that others took already are closed again."""
    found: dict[int, httpx.Client] = {}
    end = time.monotonic() + NEVER
    while set(found) != workers:
        assert time.monotonic() < end, "a worker takes no connections"
        client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers=bearer(ADMIN),
            timeout=NEVER, verify=NO_TLS,
            limits=httpx.Limits(max_connections=1, keepalive_expiry=None),
        )  # fmt: skip
        if (worker := served_by(client, workers)) in found:
            client.close()
        else:
            stack.callback(client.close)
            found[worker] = client
    return found


@pytest.fixture(scope="module")
def three(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Shared by the tests that only add to it."""
    said = tmp_path_factory.mktemp("workers") / "said"
    with fleet(templates.copy(seeded=True), said, rate_per_minute="0") as found:
        yield found


def test_what_one_worker_has_written_every_worker_tells_at_once(three: Fleet) -> None:
    clients = [*three.clients.values()]
    assert (
        clients[0]
        .put("/v1/sources/moving", json={"name": "0"}, headers={"If-None-Match": "*"})
        .is_success
    )
    for n in range(1, ROUNDS + 1):
        for client in clients:  # now each has this answer in its cache
            assert client.get("/v1/sources/moving").json()["name"] == str(n - 1)
        writer = clients[n % WORKERS]
        sent = writer.put("/v1/sources/moving", json={"name": str(n)}, headers={"If-Match": "*"})
        assert sent.status_code == 200, sent.text
        told = [client.get("/v1/sources/moving") for client in clients]
        assert [one.json()["name"] for one in told] == [str(n)] * WORKERS
        assert {one.headers["etag"] for one in told} == {sent.headers["etag"]}
        listed = [client.get("/v1/sources?sort=-recorded_at&limit=1").json() for client in clients]
        assert [page["items"][0]["name"] for page in listed] == [str(n)] * WORKERS


def test_a_key_that_one_worker_revokes_is_refused_by_all_within_a_second(three: Fleet) -> None:
    first, second, third = three.clients.values()
    made = first.post("/v1/keys", json={"name": "desk", "scopes": ["read"]}).json()
    own = bearer(made["token"])
    assert [one.get("/v1/sources/ap", headers=own).status_code for one in (second, third)] == [
        200
    ] * 2
    assert second.delete(f"/v1/keys/{made['id']}").status_code == 200
    time.sleep(1)
    for client in (first, second, third):
        assert client.get("/v1/sources/ap", headers=own).status_code == 401


def test_a_crowd_under_a_few_keys_has_one_effect_of_each_whichever_worker_is_asked(
    three: Fleet,
) -> None:
    clients = [*three.clients.values()]

    def send(n: int) -> tuple[int, int, str]:
        key, client = n % 5, clients[n % WORKERS]
        sent = {**CLAIM, "id": f"idempotent-{key}"}
        answer = client.post("/v1/claims", json=sent, headers={"Idempotency-Key": f"key-{key}"})
        return key, answer.status_code, answer.text

    with ThreadPoolExecutor(WORKERS) as crowd:
        answers = Counter(crowd.map(send, range(60)))
    assert len(answers) == 5, "a key had more than one answer"
    assert {status for _, status, _ in answers} == {201}


def test_all_workers_write_and_import_at_once_and_nothing_is_refused_or_lost(three: Fleet) -> None:
    clients = [*three.clients.values()]
    before = clients[0].get("/v1/changes?limit=1000").json()["next_since"]

    def write(worker: int) -> set[str]:
        made = {f"by-{worker}-{n}" for n in range(40)}
        for id in made:
            answer = clients[worker].post("/v1/sources", json={"id": id, "name": id})
            assert answer.status_code == 201, answer.text
        ids = {f"brought-{worker}-{n}" for n in range(200)}
        lines = "\n".join(json.dumps({"type": "source", "id": id, "name": id}) for id in ids)
        form = {"Content-Type": "application/jsonl"}
        answer = clients[worker].post("/v1/imports", content=lines, headers=form)
        assert answer.status_code == 201, answer.text
        return made | ids

    with ThreadPoolExecutor(WORKERS) as crowd:
        written = set().union(*crowd.map(write, range(WORKERS)))
    feed = clients[1].get("/v1/changes", params={"since": before, "limit": 1000}).json()["items"]
    assert Counter(row["id"] for row in feed) == Counter(written)
    assert [row["seq"] for row in feed] == list(range(before + 1, before + 1 + len(written)))
    assert sayso(three.url, "verify").returncode == 0


def counted(client: httpx.Client, line: str) -> float:
    """One figure of /metrics."""
    text = client.get("/metrics").text
    found = [row.rsplit(" ", 1) for row in text.splitlines() if row.startswith(line + " ")]
    return float(found[0][1]) if found else 0.0


def test_metrics_are_the_sum_of_all_workers_and_outlive_one(
    templates: Templates, tmp_path: Path
) -> None:
    route = 'sayso_requests_total{method="GET",route="/v1/measures/{id}",status="2xx"}'
    waits = "sayso_write_wait_seconds_count"
    with fleet(templates.copy(seeded=True), tmp_path / "said", rate_per_minute="0") as three:
        first, second, third = three.clients.values()
        before = counted(first, waits)
        for n, client in enumerate((first, second, third), start=1):
            for _ in range(n):
                client.get("/v1/measures/containers.prk-rus")
            client.post("/v1/sources", json={"id": f"metrics-{n}", "name": "X"})
        for client in (first, second, third):
            assert counted(client, route) == 6
            # One more of each worker at most: at a key's first use of a day, that day is written.
            assert before + 3 <= counted(client, waits) <= before + 3 + WORKERS
            assert counted(client, "sayso_readers_most") == 8 * WORKERS
            until(lambda one=client: counted(one, "sayso_requests_under_way") == 1)  # type: ignore[misc]
        os.kill([*three.clients][2], signal.SIGKILL)
        until(lambda: "is replaced" in three.said.read_text())
        assert counted(first, route) == 6, "what it has done stays counted"
        until(lambda: counted(first, "sayso_readers_most") == 8 * WORKERS)


@ONE_ENGINE
def test_a_limit_is_that_of_all_workers_together(templates: Templates, tmp_path: Path) -> None:
    url, began = templates.copy(seeded=True), time.monotonic()
    with fleet(url, tmp_path / "said", rate_per_minute=str(RATE)) as three:
        clients = [*three.clients.values()]
        with ThreadPoolExecutor(WORKERS) as crowd:
            asked = crowd.map(lambda one: [one.get("/v1/sources/ap") for _ in range(RATE)], clients)
            answers = [answer for answered in asked for answer in answered]
        come_in = (time.monotonic() - began) * RATE / 60
        statuses = Counter(answer.status_code for answer in answers)
        assert set(statuses) == {200, 429}
        assert RATE <= statuses[200] <= RATE + come_in + 1
        for client in clients:
            refused = client.get("/v1/sources/ap")
            assert f'"key";q={RATE};w=60' == refused.headers["ratelimit-policy"]
            assert '"key";r=0' in refused.headers["ratelimit"]


@ONE_ENGINE
def test_a_worker_that_is_killed_is_replaced_and_the_log_says_so(
    templates: Templates, tmp_path: Path
) -> None:
    with fleet(templates.copy(seeded=True), tmp_path / "said") as three:
        before = set(three.clients)
        victim = [*before][0]
        os.kill(victim, signal.SIGKILL)
        until(lambda: len(now := children(three.parent.pid)) == WORKERS and victim not in now)
        [new] = children(three.parent.pid) - before
        for pid, client in three.clients.items():
            if pid != victim:
                assert client.get("/v1/sources/ap").status_code == 200
        with ExitStack() as stack:
            port = [*three.clients.values()][0].base_url.port
            assert port is not None
            again = each(stack, port, children(three.parent.pid))
            assert (
                again[new].post("/v1/sources", json={"id": "new", "name": "N"}).status_code == 201
            )
        assert "a worker ended and is replaced worker=" in three.said.read_text()
        assert f"pid={victim} signal=9" in three.said.read_text()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
@ONE_ENGINE
def test_a_stop_lets_every_worker_end_what_it_has_begun(
    templates: Templates, tmp_path: Path, told: signal.Signals
) -> None:
    with fleet(templates.copy(seeded=True), tmp_path / "said") as three:
        workers = children(three.parent.pid)
        sending = [Slow() for _ in three.clients]
        pairs = [*zip(three.clients.values(), sending, strict=True)]
        with ThreadPoolExecutor(WORKERS) as crowd:
            answers = [
                crowd.submit(client.post, "/v1/sources", content=slow.parts(n),
                             headers={"Content-Type": "application/json"})
                for n, (client, slow) in enumerate(pairs)
            ]  # fmt: skip
            until(lambda: all(slow.begun for slow in sending))
            time.sleep(0.2)
            os.kill(three.parent.pid, told)
            time.sleep(0.2)
            for slow in sending:
                slow.go_on = True
            assert [answer.result().status_code for answer in answers] == [201] * WORKERS
        assert three.parent.wait(NEVER) == 0
        assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]


class Slow:
    """A body whose end waits for a word."""

    def __init__(self) -> None:
        self.begun = self.go_on = False

    def parts(self, n: int) -> Iterator[bytes]:
        yield b'{"id": "slow-%d", ' % n
        self.begun = True
        until(lambda: self.go_on)
        yield b'"name": "Slow"}'


@ONE_ENGINE
def test_workers_end_with_the_process_that_started_them(
    templates: Templates, tmp_path: Path
) -> None:
    with fleet(templates.copy(seeded=True), tmp_path / "said") as three:
        workers = children(three.parent.pid)
        three.parent.kill()
        until(lambda: not [pid for pid in workers if alive(pid)])


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended may still wait to be asked about."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def test_several_workers_on_a_database_in_memory_are_refused() -> None:
    done = sayso("sqlite://", *TWO)
    assert done.returncode == 1
    assert "name a file, or 1 worker" in done.stderr


TWO = ("serve", "--port", "0", "--workers", "2")


def test_a_worker_that_cannot_begin_ends_the_server_and_not_in_a_circle(tmp_path: Path) -> None:
    broken = (
        "import app.main, app.cli\n"
        "class Broken(app.main.GroupCommitQueue):\n"
        "    def __init__(self, db): raise SystemExit(3)\n"
        "app.main.GroupCommitQueue = Broken\n"
        "app.cli.main()\n"
    )
    done = sayso(f"sqlite:///{tmp_path}/a.db", *TWO, program=broken)
    assert done.returncode not in (0, None)
    assert "a worker ended before it could serve" in done.stderr
    assert "serving on" not in done.stderr


def test_a_worker_that_keeps_ending_is_replaced_later_each_time_and_a_steady_one_at_once() -> None:
    backoff = workers.Backoff()
    assert [backoff.pause(1, True, 0.2) for _ in range(8)] == [0, 1, 2, 4, 8, 16, 32, 32]
    assert backoff.pause(2, True, 0.2) == 0, "each has its own"
    assert [backoff.pause(1, True, workers.STEADY_S), backoff.pause(1, True, 0.2)] == [0, 1]
    assert backoff.pause(2, False, workers.STEADY_S) == 1, "it never answered"


def test_a_worker_that_ends_as_soon_as_it_serves_is_not_started_in_a_circle(tmp_path: Path) -> None:
    broken = (
        "import app.main, app.cli, os, threading\n"
        "queue = app.main.GroupCommitQueue\n"
        "def brief(db):\n"
        "    threading.Timer(0.5, os._exit, [3]).start()\n"
        "    return queue(db)\n"
        "app.main.GroupCommitQueue = brief\n"
        "app.cli.main()\n"
    )
    said, url = tmp_path / "said", f"sqlite:///{tmp_path}/a.db"
    running = Forked(["sayso", *TWO], environment(url), str(said), program=broken)
    try:
        until(lambda: paused(said).count("1.0") == 2 or running.poll() is not None)
        assert running.poll() is None, said.read_text()
    finally:
        running.kill()
        running.wait()
    pauses = paused(said)
    assert pauses[0] == "0.0"
    assert pauses.count("0.0") == 2, "after that, none at once"


def paused(said: Path) -> list[str]:
    """The pauses before each start of a worker, as they are told."""
    return re.findall(r"exit_status=3 pause_s=(\S+)", said.read_text()) if said.exists() else []
