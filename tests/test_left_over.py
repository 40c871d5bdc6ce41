"""What a killed command leaves: nothing under a name that counts, and nothing for long."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, IncompleteRead
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, insert, select, text

from app.config import Settings
from app.db import Database
from app.models import CLAIM as TABLE
from app.models.claim import ClaimSent
from app.store import writes
from tests.commands import environment, sayso
from tests.conftest import Templates
from tests.patience import NEVER, until
from tests.processes import Forked, process, serving
from tests.test_backup import SENT
from tests.test_cli import good


@pytest.fixture
def lite(sqlite_templates: Templates) -> str:
    """A database of some megabytes, so that copying it takes a moment."""
    url = sqlite_templates.copy(seeded=True)
    with create_engine(url).begin() as connection:
        connection.execute(text("CREATE TABLE ballast (content)"))
        many = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 30)"
        connection.execute(text(f"INSERT INTO ballast {many} SELECT randomblob(1000000) FROM n"))
    return url


def hidden(folder: Path) -> set[str]:
    """The names of what is left over."""
    return {path.name for path in folder.iterdir()}


@contextmanager
def at_work(url: str, file: Path) -> Iterator[Forked]:
    """A backup, stopped in the middle: its draft is there, and what it is for is not."""
    before = hidden(file.parent)
    while True:
        running = Forked(["sayso", "backup", str(file)], environment(url))
        try:
            if caught(running, file.parent, before):
                yield running
                return
        finally:
            running.kill()
            running.wait()
        file.unlink()


def caught(running: Forked, folder: Path, before: set[str]) -> bool:
    """Whether it could be stopped in the middle; on a busy machine it is done before we look."""

    def begun() -> bool:
        return any(name.endswith("-journal") for name in hidden(folder) - before)

    while running.poll() is None:
        if begun():
            running.send_signal(signal.SIGSTOP)
            until(lambda: stopped(running))
            if begun():
                return True
            running.send_signal(signal.SIGCONT)
        time.sleep(0.001)
    return False


def stopped(running: Forked) -> bool:
    """Whether a signal has stopped it, or it is over."""
    with suppress(FileNotFoundError):
        state = Path(f"/proc/{running.pid}/stat").read_text().rpartition(") ")[2][0]
        return state in "TZX"
    return True


def test_the_next_backup_removes_what_a_killed_one_left_and_not_what_a_running_one_has(
    lite: str, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    file, strangers = folder / "it", {".it.0123456789ab.part", ".other.0123456789ab.part.lock"}
    for stranger in strangers:
        (folder / stranger).touch()
    with at_work(lite, file) as killed:
        pass
    assert killed.poll() == -signal.SIGKILL
    left = hidden(folder) - strangers
    assert {name.rpartition(".")[-1] for name in left} >= {"part", "lock"}
    with at_work(lite, file):
        mine = hidden(folder) - strangers
        assert not mine & left
        good(sayso(lite, "backup", file))
        assert hidden(folder) == {"it", *mine, *strangers}
    file.unlink()
    good(sayso(lite, "backup", file))
    assert hidden(folder) == {"it", *strangers}


# Exports that are cut off


@contextmanager
def held(url: str) -> Iterator[psycopg.Connection[tuple[int]]]:
    """Nobody can read claims: an export that has written the sources waits for them."""
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE claim IN ACCESS EXCLUSIVE MODE")
        yield other
        other.rollback()


@contextmanager
def exporting(url: str, file: Path, form: str, said: str = os.devnull) -> Iterator[Forked]:
    """An export in the middle; what it says goes to a file."""
    running = Forked(["sayso", "export", str(file), "--format", form], environment(url), said)
    try:
        while not waiting(url):
            assert running.poll() is None
            time.sleep(0.01)
        yield running
    finally:
        running.kill()
        running.wait()


def waiting(url: str) -> set[int]:
    """Who waits for a lock."""
    asked = (
        "SELECT pid FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with psycopg.connect(url) as look:
        return {int(pid) for (pid,) in look.execute(asked)}


def cut(url: str) -> None:
    """The connection is gone."""
    with psycopg.connect(url) as look:
        for pid in waiting(url):
            look.execute("SELECT pg_terminate_backend(%s)", [pid])


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_an_export_that_is_cut_off_says_so_and_leaves_no_file(
    templates: Templates, tmp_path: Path, form: str
) -> None:
    if templates.engine == "sqlite":
        pytest.skip("a file is not cut off; what kills the export itself is tried on both")
    url, file = templates.copy(seeded=True), tmp_path / "out" / f"all.{form}"
    file.parent.mkdir()
    said = tmp_path / "said"
    with held(url), exporting(url, file, form, str(said)) as running:
        cut(url)
        assert running.wait(NEVER) == 1
        told = said.read_bytes()
        assert b"Temporarily unavailable" in told
        assert b"Traceback" not in told
        assert hidden(file.parent) == set()
    with held(url), exporting(url, file, form) as running:
        running.send_signal(signal.SIGTERM)
        assert running.wait(NEVER) == 128 + signal.SIGTERM
        assert hidden(file.parent) == set()
    with held(url), exporting(url, file, form) as running:
        running.kill()
        running.wait()
        assert len(hidden(file.parent)) == 2
    good(sayso(url, "export", file, "--format", form))
    assert hidden(file.parent) == {file.name}


@pytest.fixture
def large(templates: Templates) -> str:
    """More claims than fit into the buffers between two processes: an export of 12 MB."""
    url = templates.copy(seeded=True)
    db = Database(Settings(database_url=url))
    sent = ClaimSent.model_validate({**SENT, "id": "often", "notes": "n" * 19_000})
    writes.write(db, writes.create, "claims", sent)
    with db.transaction() as connection:
        row = connection.execute(select(TABLE).where(TABLE.c.id == "often")).mappings().one()
        connection.execute(insert(TABLE), [{**row, "id": f"c-{n}"} for n in range(640)])
    db.engine.dispose()
    return url


def test_a_reader_is_told_when_the_server_dies_in_the_middle_of_an_export(large: str) -> None:
    for form in ("jsonl", "csv"):
        with process(large) as (server, port), serving(port):
            connection = HTTPConnection("127.0.0.1", port, timeout=NEVER)
            connection.request("GET", f"/v1/export?format={form}")
            answer = connection.getresponse()
            got = answer.read(1000)
            server.kill()
            server.wait()
            with pytest.raises((IncompleteRead, ConnectionResetError)) as ended:
                answer.read()
            if isinstance(ended.value, IncompleteRead):
                got += ended.value.partial
            connection.close()
        assert answer.status == 200
        assert len(got) < 12_000_000
        assert b'"type":"end"' not in got
