"""Told to stop from the first moment on, also as process 1; and where it listens, told first."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.commands import environment, sayso
from tests.patience import NEVER, until
from tests.processes import Forked
from tests.test_faults import child

ROOT = Path(__file__).parents[1]
FIRST = ("unshare", "--pid", "--fork", "--kill-child")
"""As process 1: there the kernel ignores what nobody handles."""

HEARD = 1 << (signal.SIGTERM - 1)


@contextmanager
def started(*command: str, **more: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A command at work."""
    told = {**environment(more.pop("url", "sqlite://")), **more}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(command, cwd=ROOT, env=told, **pipes)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def hears(pid: int) -> bool:
    """Whether a process handles SIGTERM."""
    told = Path(f"/proc/{pid}/status").read_text()
    return bool(int(re.findall(r"SigCgt:\s*(\w+)", told)[0], 16) & HEARD)


def sayso_of(process: "subprocess.Popen[bytes]", first: bool) -> int:
    """The process that is Python; 0 where there is none yet."""
    with suppress(IndexError):
        return child(process.pid) if first else process.pid
    return 0


@pytest.mark.parametrize("first", [False, True], ids=["anybody", "process 1"])
@pytest.mark.parametrize("entry", ["module", "command"])
def test_a_stop_is_heard_before_anything_that_takes_time_is_imported(
    first: bool, entry: str, tmp_path: Path
) -> None:
    if first and os.geteuid() != 0:
        pytest.skip("only root makes a process 1 here")
    command = {
        "module": (sys.executable, "-m", "app.cli"),
        "command": (sys.executable, "-c", "from app.cli import main; main()"),
    }[entry]
    endless, data = tmp_path / "endless", tmp_path / "data"
    endless.mkdir()
    data.mkdir()
    for slow in ("fastapi", "pydantic", "rich", "sqlalchemy", "typer", "uvicorn"):
        (endless / f"{slow}.py").write_text("import time; time.sleep(3600)")
    told = {"url": f"sqlite:///{data}/a.db", "PYTHONPATH": str(endless)}
    with started(*(FIRST if first else ()), *command, "serve", "--port", "0", **told) as process:
        until(lambda: (pid := sayso_of(process, first)) and hears(pid))
        os.kill(sayso_of(process, first), signal.SIGTERM)
        assert process.wait(NEVER) == 128 + signal.SIGTERM
        assert list(data.iterdir()) == []


# What listens everywhere, as in a container, is told by the address it has on this machine.
@pytest.mark.parametrize(("command", "host"), [("serve", "0.0.0.0"), ("demo", "127.0.0.1")])
def test_a_free_port_is_taken_and_told_once_it_answers(
    command: str, host: str, tmp_path: Path
) -> None:
    told = {"SAYSO_LOG": "json", "SAYSO_HOST": host}
    with listening(tmp_path, command, **told) as (process, base):
        assert not base.endswith(":0")
        assert httpx.get(f"{base}/readyz", timeout=NEVER).status_code == 200
        assert httpx.get(f"{base}/nowhere?q=x", timeout=NEVER).status_code == 404
        process.send_signal(signal.SIGINT)
        process.wait(NEVER)
    log = (tmp_path / "err").read_text().splitlines()
    # What was asked for last is in the log, though the process ends at once.
    assert [json.loads(line)["path"] for line in log if line[:1] == "{"] == ["/nowhere"]
    printed = (tmp_path / "out").read_text()
    assert printed.count(base) == (4 if command == "demo" else 0)


@contextmanager
def listening(folder: Path, command: str, **more: str) -> Iterator[tuple[Forked, str]]:
    """A server on a free port, with a database of its own, and the address that it tells."""
    out, err = folder / "out", folder / "err"
    told = {**environment(f"sqlite:///{folder}/a.db"), **more}
    process = Forked(["sayso", command, "--port", "0"], told, str(err), out=str(out))
    serving = re.compile(r"^serving on (http://127[.]0[.]0[.]1:\d+)$", re.MULTILINE)
    try:
        until(lambda: err.exists() and serving.search(err.read_text()))
        yield process, serving.findall(err.read_text())[0]
    finally:
        process.kill()
        process.wait()


def test_a_port_that_is_taken_costs_no_first_key(tmp_path: Path) -> None:
    with listening(tmp_path, "serve") as (_, base):
        port = base.rpartition(":")[-1]
        done = sayso(f"sqlite:///{tmp_path}/b.db", "demo", "--port", port)
    assert done.returncode != 0
    assert "in use" in done.stderr
    assert "Sayso is ready" not in done.stdout
    assert "sayso_" not in done.stdout
