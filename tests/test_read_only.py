"""A database that may only be read: reads go on, and every write is refused in one line."""

import os
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy.engine import make_url

from app.config import Settings
from app.store import as_of
from tests.commands import sayso
from tests.conftest import Serve, Server, Templates

CLAIM: dict[str, Any] = {
    "claimant": "shin-won-sik", "document": "daily-digest-article", "stated": "2024-03",
    "measure": "containers.prk-rus", "raw_text": "upwards of 7,000",
}  # fmt: skip
ANY = {"If-Match": "*"}
STORED = "/v1/claims/shin-2024-03-containers"
LINES: dict[str, Any] = {"headers": {"Content-Type": "application/jsonl"}}
WRITES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("POST", "/v1/claims", {"json": CLAIM}),
    ("POST", "/v1/claims", {"json": CLAIM, "headers": {"Idempotency-Key": "once"}}),
    ("POST", "/v1/sources", {"json": {"id": "x", "name": "X"}, "headers": {"Origin": "http://x"}}),
    ("PUT", "/v1/sources/x", {"json": {"id": "x", "name": "X"}, "headers": {"If-None-Match": "*"}}),
    ("PATCH", STORED, {"json": {"notes": "x"}, "headers": ANY}),
    ("DELETE", f"{STORED}?reason=x", {"headers": ANY}),
    ("POST", "/v1/imports", {"content": '{"type": "source", "id": "x", "name": "X"}', **LINES}),
    ("POST", "/v1/keys", {"json": {"name": "desk", "scopes": ["read"]}}),
    ("DELETE", "/v1/keys/ofadmins", {}),
)
"""A write of each kind: by the fast way, through the framework, in bulk, of keys."""


def assert_no_write_is_taken(client: httpx.Client) -> None:
    """Every one is refused as what it is, and when it may be tried again."""
    for method, path, sent in WRITES:
        answer = client.request(method, path, **sent)
        assert (answer.status_code, answer.json()["code"]) == (503, "read_only"), (method, path)
        assert int(answer.headers["retry-after"]) >= 1
    dry = client.post("/v1/imports?dry_run=true", content=WRITES[6][2]["content"], **LINES)
    assert dry.json()["created"] == 1


def assert_commands_say_so(url: str) -> None:
    """Nothing is printed but what cannot be done."""
    for command in (("seed",), ("keys", "create", "desk", "--scope", "read")):
        done = sayso(url, *command)
        assert (done.returncode, done.stdout) == (1, "")
        assert "takes no writes" in done.stderr
        assert "Traceback" not in done.stderr
    assert sayso(url, "migrate").returncode == 0  # which there is nothing to do for


def read_only(templates: Templates) -> str:
    """The URL of a seeded database that is not to be written to."""
    url = templates.copy(seeded=True)
    if templates.engine == "sqlite":
        return f"{url}?mode=ro"
    with psycopg.connect(url, autocommit=True) as connection:
        name = make_url(url).database
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    return url


def test_a_database_that_is_read_only_answers_reads_and_refuses_writes_in_one_line(
    templates: Templates, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(as_of, "LAG_S", 0.0)
    url = read_only(templates)
    with Server(Settings(database_url=url)) as server, server.client() as client:
        assert client.get("/readyz").json()["status"] == "ready"
        assert len(client.get("/v1/claims?limit=1000").json()["items"]) == 18
        assert client.get(STORED).status_code == 200
        last = client.get("/v1/changes?limit=1000").json()["items"][-1]["recorded_at"]
        assert client.get(STORED, params={"as_of": last}).status_code == 200
        assert client.get(f"{STORED}/citation").status_code == 200
        assert client.get("/v1/export").status_code == 200
        assert client.get("/metrics").status_code == 200
        assert_no_write_is_taken(client)
        assert client.get("/v1/claims?as_of=2999-01-01T00:00:00Z").status_code == 422
    assert [one for one in caplog.records if one.name != "sayso.access"] == []


def test_commands_on_it_say_in_a_sentence_what_they_cannot(templates: Templates) -> None:
    assert_commands_say_so(read_only(templates))


def test_a_file_that_may_not_be_written_is_read(tmp_path: Path, serve: Serve) -> None:
    client = serve()
    settings: Settings = client.server.settings  # type: ignore[attr-defined]
    if settings.sqlalchemy_url.startswith("postgresql"):
        pytest.skip("files are SQLite's")
    if os.geteuid() == 0:
        pytest.skip("root may write to every file")
    file = Path(make_url(settings.database_url).database or "")
    file.chmod(0o444)
    assert_no_write_is_taken(client)


def test_a_file_that_nobody_writes_to_is_read_where_nothing_can_be_written(
    templates: Templates, tmp_path: Path
) -> None:
    """As on a disk that is read-only; and not, where writes lie beside it that would be missing."""
    url = templates.copy(seeded=True)
    if templates.engine != "sqlite":
        pytest.skip("files are SQLite's")
    file = Path(make_url(url).database or "")
    frozen = f"{url}?immutable=1"
    with Server(Settings(database_url=frozen)) as server, server.client() as client:
        assert len(client.get("/v1/claims?limit=1000").json()["items"]) == 18
        assert_no_write_is_taken(client)
    assert not list(file.parent.glob(f"{file.name}-*"))
    with Server(Settings(database_url=url)) as server, server.client() as client:
        client.post("/v1/claims", json=CLAIM)
        done = sayso(frozen, "export")
        assert done.returncode == 1
        assert "-wal" in done.stderr
