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

from tests.commands import environment
from tests.patience import NEVER, until
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
    arguments = [sys.executable, "-m", "app.cli", command, "--port", "0"]
    told = {"url": f"sqlite:///{tmp_path}/a.db", "SAYSO_LOG": "json", "SAYSO_HOST": host}
    with started(*arguments, **told) as process:
        assert process.stderr is not None
        base = next(
            found[1].decode()
            for line in process.stderr
            if (found := re.match(rb"serving on (http://127[.]0[.]0[.]1:\d+)$", line))
        )
        assert not base.endswith(":0")
        assert httpx.get(f"{base}/readyz", timeout=NEVER).status_code == 200
        assert httpx.get(f"{base}/nowhere?q=x", timeout=NEVER).status_code == 404
        process.send_signal(signal.SIGINT)
        printed, log = process.communicate(timeout=NEVER)
    # What was asked for last is in the log, though the process ends at once.
    assert [json.loads(line)["path"] for line in log.splitlines() if line[:1] == b"{"] == [
        "/nowhere"
    ]
    assert printed.decode().count(base) == (4 if command == "demo" else 0)


def test_a_port_that_is_taken_costs_no_first_key(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    command = [sys.executable, "-m", "app.cli"]
    with started(*command, "serve", "--port", "0", url=f"sqlite:///{tmp_path}/b.db") as other:
        assert other.stderr is not None
        port = next(line.rsplit(b":")[-1] for line in other.stderr if b"serving on" in line)
        with started(*command, "demo", "--port", port.decode().strip(), url=url) as process:
            printed, told = process.communicate(timeout=NEVER)
    assert process.returncode != 0
    assert b"in use" in told
    assert b"Sayso is ready" not in printed
    assert b"sayso_" not in printed
