"""Several hosts in the URL, as libpq takes them: the one that takes writes is used.

And a host that does not answer yet, as when everything starts at once.
"""

import asyncio
import socket
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

import httpx
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy.engine import make_url

from app.cli import start
from app.config import Settings
from app.db import Database
from app.db.pg_pipeline import Pipeline
from app.db.pg_sessions import Watch, address
from app.errors import Misconfigured
from app.store.snapshot import log_position, read_snapshot
from tests.conftest import Server, Templates
from tests.patience import NEVER, until
from tests.poolers import needs_pgbouncer, pooler
from tests.processes import process, serving

on_postgres = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


@pytest.mark.parametrize(
    ("url", "sought"),
    [
        ("postgresql://one/d", None),
        ("postgresql://one/d?target_session_attrs=any", "any"),
        ("postgresql://one,two/d", "read-write"),
        ("postgres://u:p@one:5432,two:5433/d", "read-write"),
        ("postgresql+psycopg:///d?host=one,two&port=1,2", "read-write"),
        ("postgresql://one,two/d?target_session_attrs=primary", "primary"),
    ],
)
def test_one_that_takes_writes_is_meant_where_there_are_several(
    url: str, sought: str | None
) -> None:
    Database(Settings(database_url=url))
    assert conninfo_to_dict(address(url)).get("target_session_attrs") == sought


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://one,two/d?target_session_attrs=any", "copies of different age"),
        ("postgresql://one,two/d?target_session_attrs=prefer-standby", "copies of different age"),
        ("postgresql://u:geheim@one/d?colour=red", "no URL of PostgreSQL's"),
        ("postgresql://u:ge/heim@one/d", "no URL of PostgreSQL's"),
        ("postgresql://one:geheim/d", "A port in SAYSO_DATABASE_URL is no number"),
        ("postgresql://one:5432,two:65536/d", "A port in SAYSO_DATABASE_URL is no number"),
    ],
)
def test_what_cannot_be_right_is_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(Misconfigured, match=reason) as refused:
        Database(Settings(database_url=url))
    assert "heim" not in refused.value.detail


def behind(host: str, port: int, url: str) -> str:
    """The URL of a database, with a host named before its own."""
    own = conninfo_to_dict(url)
    more = {"host": f"{host},{own['host']}", "port": f"{port},{own.get('port', 5432)}"}
    return f"postgresql:///?{urlencode({**own, **more})}"


@on_postgres
def test_a_host_that_is_away_is_passed_over_by_readers_writer_and_commands(
    templates: Templates,
) -> None:
    url = behind("/nowhere", 1, templates.copy(seeded=True))
    with Server(Settings(database_url=url)) as server, server.client() as client:
        assert client.post("/v1/sources", json={"id": "desk", "name": "A"}).status_code == 201
        assert client.get("/v1/sources/desk").json()["name"] == "A"
        assert client.get("/v1/facets?by=claimant").status_code == 200
        assert client.get("/readyz").status_code == 200
    db = Database(Settings(database_url=url))
    with read_snapshot(db) as connection:  # as commands read
        assert log_position(connection).seq > 1


@on_postgres
def test_a_look_seeks_no_host_anew_until_the_one_it_found_is_lost(templates: Templates) -> None:
    direct = templates.copy(seeded=False)
    with socket.create_server(("127.0.0.1", 0)) as away, ThreadPoolExecutor(1) as other:
        away.settimeout(NEVER)  # whatever fails, nobody waits for ever
        watch = Watch(behind("127.0.0.1", away.getsockname()[1], direct), NEVER)
        for _ in range(2):
            tried = other.submit(lambda: away.accept()[0].close())
            found = [watch.rows("SELECT pg_backend_pid()")[0][0] for _ in range(8)]
            tried.result(NEVER)
            assert len(set(found)) == 1
            with psycopg.connect(direct) as connection:
                connection.execute("SELECT pg_terminate_backend(%s, 60000)", found[:1])
        watch.close()


@pytest.fixture
def reader(postgres: str) -> Iterator[str]:
    """A role whose every transaction is read-only, as on a standby."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE ROLE only_reading SUPERUSER LOGIN")
        connection.execute("ALTER ROLE only_reading SET default_transaction_read_only = on")
        yield "only_reading"
        connection.execute("DROP ROLE only_reading")


@needs_pgbouncer
@on_postgres
def test_one_that_takes_no_writes_is_passed_over_and_so_is_one_that_ends(
    templates: Templates, postgres: str, reader: str
) -> None:
    with ExitStack() as stack:
        standby = stack.enter_context(pooler(postgres, user=reader))
        first, second = (stack.enter_context(pooler(postgres)) for _ in range(2))
        hosts = ",".join(f"127.0.0.1:{one.port}" for one in (standby, first, second))
        name = conninfo_to_dict(templates.copy(seeded=True))["dbname"]
        server = stack.enter_context(Server(Settings(database_url=f"postgresql://{hosts}/{name}")))
        client = stack.enter_context(server.client())
        assert created(client, "before") == 201
        first.process.kill()
        until(lambda: created(client, "after") == 201)
        until(lambda: client.get("/readyz").status_code == 200)
        found = client.get("/v1/sources?sort=-recorded_at&limit=2").json()["items"]
        assert [one["id"] for one in found] == ["after", "before"]


def created(client: httpx.Client, id: str) -> int:
    """What a new source is answered with."""
    return client.post("/v1/sources", json={"id": id, "name": "A"}).status_code


@on_postgres
def test_a_server_that_starts_before_its_database_waits_for_it_and_says_why(
    templates: Templates, tmp_path: Path
) -> None:
    there, name = templates.nothing(), f"later_{uuid.uuid4().hex[:12]}"
    later = make_url(there).set(database=name).render_as_string(hide_password=False)
    said = tmp_path / "said"
    with open(said, "wb") as log, process(later, said=log) as (running, port):
        until(lambda: "waiting up to 30 s for the database" in said.read_text())
        assert f'database "{name}" does not exist' in said.read_text()
        assert running.poll() is None
        with psycopg.connect(there, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        with serving(port):
            assert said.read_text().count("waiting") == 1, "the same reason is told once"


def test_a_server_whose_database_stays_away_ends_in_time(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "WAIT_S", 1.0)
    began = time.monotonic()
    start._await_database(Settings(database_url="postgresql://u:geheim@127.0.0.1:1/d"))
    assert 1 <= time.monotonic() - began < NEVER
    told = capsys.readouterr().err
    assert "Connection refused" in told
    assert "geheim" not in told


def test_a_connection_that_cannot_be_set_up_is_not_left_open(postgres: str) -> None:
    pipeline = Pipeline(make_conninfo(postgres, application_name="set_up"), "no_such_mode")
    with pytest.raises(psycopg.errors.InvalidParameterValue) as refused:
        asyncio.run(pipeline._connect())
    assert refused.traceback, "which holds what was left, so that nothing else closes it"
    with psycopg.connect(postgres, autocommit=True) as watch:
        mine = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'set_up'"
        until(lambda: watch.execute(mine).fetchone() == (0,))
