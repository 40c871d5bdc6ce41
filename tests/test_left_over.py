"""What a killed command leaves: nothing under a name that counts, and nothing for long."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, IncompleteRead
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.commands import environment, sayso
from tests.conftest import Templates
from tests.patience import NEVER
from tests.processes import process, serving
from tests.test_cli import CLAIM, good, jsonl


@pytest.fixture
def lite(tmp_path: Path) -> str:
    """A database of some megabytes, so that copying it takes a moment."""
    url = Templates("sqlite", tmp_path, None).copy(seeded=True)
    with create_engine(url).begin() as connection:
        connection.execute(text("CREATE TABLE ballast (content)"))
        many = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 30)"
        connection.execute(text(f"INSERT INTO ballast {many} SELECT randomblob(1000000) FROM n"))
    return url


def hidden(folder: Path) -> set[str]:
    """The names of what is left over."""
    return {path.name for path in folder.iterdir()}


@contextmanager
def at_work(url: str, file: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A backup, stopped in the middle: its draft is there, and what it is for is not."""
    command = [sys.executable, "-m", "app.cli", "backup", str(file)]
    before = hidden(file.parent)
    while True:
        with subprocess.Popen(command, env=environment(url), stderr=subprocess.DEVNULL) as running:
            try:
                if caught(running, file.parent, before):
                    yield running
                    return
            finally:
                running.kill()
        file.unlink()


def caught(running: "subprocess.Popen[bytes]", folder: Path, before: set[str]) -> bool:
    """Whether it could be stopped in the middle; on a busy machine it is done before we look."""

    def begun() -> bool:
        return any(name.endswith("-journal") for name in hidden(folder) - before)

    while running.poll() is None:
        if begun():
            running.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, running.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            if begun():
                return True
            running.send_signal(signal.SIGCONT)
        time.sleep(0.001)
    return False


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
    assert killed.returncode == -signal.SIGKILL
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
def exporting(url: str, file: Path, form: str) -> Iterator["subprocess.Popen[bytes]"]:
    """An export in the middle."""
    command = [sys.executable, "-m", "app.cli", "export", str(file), "--format", form]
    with subprocess.Popen(command, env=environment(url), stderr=subprocess.PIPE) as running:
        while not waiting(url):
            assert running.poll() is None
            time.sleep(0.01)
        try:
            yield running
        finally:
            running.kill()


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
    with held(url), exporting(url, file, form) as running:
        cut(url)
        _, told = running.communicate(timeout=NEVER)
        assert running.returncode == 1
        assert b"Temporarily unavailable" in told
        assert b"Traceback" not in told
        assert hidden(file.parent) == set()
    with held(url), exporting(url, file, form) as running:
        running.terminate()
        assert running.wait(NEVER) == 128 + signal.SIGTERM
        assert hidden(file.parent) == set()
    with held(url), exporting(url, file, form) as running:
        running.kill()
        running.wait()
        assert len(hidden(file.parent)) == 2
    good(sayso(url, "export", file, "--format", form))
    assert hidden(file.parent) == {file.name}


@pytest.fixture
def large(templates: Templates, tmp_path: Path) -> str:
    """More claims than fit into the buffers between two processes: an export of 12 MB."""
    url, file = templates.copy(seeded=True), tmp_path / "import.jsonl"
    file.write_text(jsonl(*({**CLAIM, "id": f"c-{n}", "notes": "n" * 19_000} for n in range(640))))
    good(sayso(url, "import", file))
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
