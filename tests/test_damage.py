"""A database that is damaged, or not there: 503 on every way, said by /readyz, and over with it."""

import os
import random
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import psycopg
import pytest

from app.config import Settings
from tests.commands import sayso
from tests.conftest import Serve, Server, Templates
from tests.patience import until
from tests.processes import process, serving
from tests.test_faults import FREE, own_postgres, restart, restartable  # noqa: F401  (fixtures)

PAGE = 4096
ABOUT = "/v1/measures/containers.prk-rus"
READS = [
    "/v1/sources", "/v1/sources/reuters", "/v1/claims?measure=containers.prk-rus&value__gte=7000",
    "/v1/claims?q=containers", "/v1/quantities", "/v1/facets?by=claimant", f"{ABOUT}/series",
    f"{ABOUT}/comparison?at=2024", f"{ABOUT}/corroboration", f"{ABOUT}/chart.json", "/v1/changes",
    "/v1/export", "/v1/export?format=csv", "/v1/keys", "/metrics",
]  # fmt: skip


def truncated(file: Path) -> None:
    os.truncate(file, 10 * PAGE)


def emptied(file: Path) -> None:
    os.truncate(file, 0)


def garbled(file: Path) -> None:
    with open(file, "r+b") as content:
        content.seek(PAGE)
        content.write(random.Random(1).randbytes(file.stat().st_size - PAGE))


def no_database(file: Path) -> None:
    with open(file, "r+b") as content:
        content.write(b"words ".ljust(2 * PAGE, b"."))


def removed(file: Path) -> None:
    file.rename(f"{file}.away")


Damage = Callable[[Path], None]
DAMAGES = (truncated, emptied, garbled, no_database, removed)


def put_right(file: Path, sound: bytes) -> None:
    """The same bytes in the same file; or the file itself, where it was moved."""
    away = Path(f"{file}.away")
    if away.exists():
        away.rename(file)
    else:
        file.write_bytes(sound)


def answers(client: httpx.Client) -> dict[str, httpx.Response]:
    """One of every way."""
    line = '{"type": "source", "id": "brought", "name": "Somebody"}'
    kind = {"content-type": "application/jsonl"}
    found = {path: client.get(path) for path in READS}
    found["POST"] = client.post("/v1/sources", json={"id": "written", "name": "Somebody"})
    found["import"] = client.post("/v1/imports", content=line, headers=kind)
    return found


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_503_on_every_way_until_it_is_put_right(
    serve: Serve, engine: str, damage: Damage
) -> None:
    client, file = of_file(serve, engine)
    sound = file.read_bytes()
    damage(file)
    for path, answer in answers(client).items():
        assert answer.status_code == 503, path
        assert answer.json()["code"] == "unavailable"
        assert int(answer.headers["retry-after"]) > 0
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
    put_right(file, sound)
    until(lambda: client.get("/readyz").status_code == 200)
    assert {path: one.status_code for path, one in answers(client).items()} == {
        **dict.fromkeys(READS, 200), "POST": 201, "import": 201,
    }  # fmt: skip


def of_file(serve: Serve, engine: str) -> tuple[httpx.Client, Path]:
    """A server of a file, and that file."""
    if engine != "sqlite":
        pytest.skip("PostgreSQL keeps its files to itself")
    client = serve(**FREE)
    url: str = client.server.settings.database_url  # type: ignore[attr-defined]
    return client, Path(url.removeprefix("sqlite:///"))


def test_damage_that_a_request_met_is_told_by_readyz_though_a_quick_look_does_not_meet_it(
    serve: Serve, engine: str
) -> None:
    client, file = of_file(serve, engine)
    sound = file.read_bytes()
    with closing(sqlite3.connect(file)) as connection:
        first = "SELECT rootpage FROM sqlite_master WHERE name = 'source'"
        (page,) = connection.execute(first).fetchone()
    with open(file, "r+b") as content:
        content.seek((page - 1) * PAGE)
        content.write(b"\xff" * PAGE)
    assert client.get("/readyz").status_code == 200
    assert client.get("/v1/measures").status_code == 200
    assert client.get("/v1/sources").status_code == 503
    assert client.get("/readyz").status_code == 503
    put_right(file, sound)
    until(lambda: client.get("/readyz").status_code == 200)
    assert client.get("/v1/sources").status_code == 200


def test_another_file_in_its_place_is_served_and_nothing_is_written_to_the_one_before(
    serve: Serve, engine: str, tmp_path: Path
) -> None:
    client, file = of_file(serve, engine)
    shutil.copy(file, tmp_path / "backup.db")
    source = {"id": "written", "name": "Somebody"}
    assert client.post("/v1/sources", json=source).status_code == 201
    for tail in ("", "-wal", "-shm"):
        os.unlink(f"{file}{tail}")
    assert client.post("/v1/sources", json={"id": "lost", "name": "Somebody"}).status_code == 503
    assert client.get("/v1/sources/written").status_code == 503
    shutil.copy(tmp_path / "backup.db", file)
    until(lambda: client.get("/readyz").status_code == 200)
    assert client.get("/v1/sources/written").status_code == 404
    assert client.post("/v1/sources", json=source).status_code == 201
    assert client.get("/v1/sources/written").status_code == 200


def test_writes_outlive_the_loss_of_the_write_ahead_log_of_a_running_server(
    templates: Templates, engine: str
) -> None:
    if engine != "sqlite":
        pytest.skip("PostgreSQL keeps its files to itself")
    url = templates.copy(True)
    with (
        process(url, rate_per_minute="0") as (started, port),
        serving(port) as client,
    ):
        assert stored(client, "before")
        for tail in ("-wal", "-shm"):
            os.unlink(url.removeprefix("sqlite:///") + tail)
        until(lambda: stored(client, "after"))
        started.send_signal(signal.SIGKILL)
        started.wait()
    with Server(Settings(database_url=url, **FREE)) as server, server.client() as client:
        for id in ("before", "after"):
            assert client.get(f"/v1/sources/{id}").status_code == 200


def stored(client: httpx.Client, id: str) -> bool:
    answer = client.post("/v1/sources", json={"id": id, "name": "Somebody"})
    assert answer.status_code in (201, 503)
    return answer.status_code == 201


def test_an_export_that_meets_a_missing_table_is_cut_and_all_goes_on_once_it_is_back(
    serve: Serve, templates: Templates
) -> None:
    client = serve(**FREE)
    url: str = client.server.settings.database_url  # type: ignore[attr-defined]
    altered(url, "ALTER TABLE assessment RENAME TO away")
    assert client.get("/readyz").status_code == 503
    assert client.get("/v1/assessments").status_code == 503
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/v1/export")
    assert client.get("/v1/sources").status_code == 200
    altered(url, "ALTER TABLE away RENAME TO assessment")
    until(lambda: client.get("/readyz").status_code == 200)
    assert client.get("/v1/assessments").status_code == 200
    assert client.get("/v1/export").text.endswith("}\n")


def altered(url: str, statement: str) -> None:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
            file.execute(statement)
    else:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement.encode())


def test_a_page_of_postgresql_that_is_garbage_is_a_503_where_it_is_met(
    restartable: str,  # noqa: F811
) -> None:
    with psycopg.connect(restartable, autocommit=True) as connection:
        (folder,) = connection.execute("SHOW data_directory").fetchone() or ("",)
        (path,) = connection.execute("SELECT pg_relation_filepath('change')").fetchone() or ("",)
    settings = Settings(database_url=restartable, **FREE)
    with Server(settings) as server, server.client() as client:
        assert stored(client, "before")
        with psycopg.connect(restartable, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
        with open(Path(folder) / path, "r+b") as content:
            content.write(b"\xff" * 8192)
        restart(folder)
        until(lambda: client.get("/v1/sources").status_code == 200)
        assert client.get("/v1/changes").status_code == 503
        assert client.get("/readyz").status_code == 503


COMMANDS = {
    "verify": ["verify"], "ask": ["ask", "containers.prk-rus"], "export": ["export"],
    "import": ["import", "-"], "backup": ["backup", "{}"], "keys": ["keys", "list"],
    "migrate": ["migrate"],
}  # fmt: skip


def test_a_command_on_a_damaged_file_says_one_sentence_and_what_to_do(
    templates: Templates, engine: str, tmp_path: Path
) -> None:
    if engine != "sqlite":
        pytest.skip("PostgreSQL keeps its files to itself")
    url = templates.copy(True)
    truncated(Path(url.removeprefix("sqlite:///")))
    for words in COMMANDS.values():
        done = sayso(url, *(word.format(tmp_path / "copy.db") for word in words), stdin="")
        assert (done.returncode, done.stdout) == (1, ""), words
        assert done.stderr.startswith("The database is damaged. Whoever runs this has to put")
        assert done.stderr.count("\n") == 1
    assert not (tmp_path / "copy.db").exists()


def test_a_server_is_started_on_no_damaged_file(templates: Templates, engine: str) -> None:
    if engine != "sqlite":
        pytest.skip("PostgreSQL keeps its files to itself")
    url = templates.copy(True)
    no_database(Path(url.removeprefix("sqlite:///")))
    done = sayso(url, "serve", "--port", "0")
    assert done.returncode == 1
    assert done.stderr.startswith("The database is damaged.")
