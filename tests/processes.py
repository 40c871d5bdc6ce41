"""`sayso serve` as it is run: a process of its own, and a client for it.

Like other commands it is forked from one that has imported what it needs: Python's start takes
longer than most tests do. What has to do with that start, or with memory, starts from nothing.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import httpx

from tests.commands import CONTEXT, forked_in, serve
from tests.conftest import ADMIN, KEPT, NO_TLS, bearer
from tests.patience import NEVER, until

ROOT = Path(__file__).parents[1]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class Forked:
    """A forked process, with what a started one can be asked."""

    def __init__(
        self,
        words: list[str],
        told: dict[str, str],
        said: str = os.devnull,
        hour_behind: bool = False,
        out: str = "",
        program: str = "",
    ):
        forked_in()
        ends = [os.devnull, out or said, said]
        arguments = (words, told, ends, hour_behind, program)
        self.process = CONTEXT.Process(target=serve, args=arguments)
        self.process.start()
        self.pid: int = self.process.pid  # type: ignore[assignment]

    def poll(self) -> int | None:
        return self.process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        self.process.join(timeout)
        return self.process.exitcode

    def send_signal(self, signal: int) -> None:
        os.kill(self.pid, signal)

    def kill(self) -> None:
        self.process.kill()


Running = Forked | subprocess.Popen[bytes]


@contextmanager
def process(
    url: str,
    *before: str,
    said: IO[bytes] | None = None,
    hour_behind: bool = False,
    from_nothing: bool = False,
    **settings: str,
) -> Iterator[tuple[Running, int]]:
    """The process, and its port; all that it says goes to the file ``said``."""
    port = free_port()
    command = ["serve", "--port", str(port)]
    given = {f"SAYSO_{name.upper()}": value for name, value in settings.items()}
    quiet = {"SAYSO_LOG_LEVEL": "warning"}
    told = {**os.environ, "SAYSO_DATABASE_URL": url, **quiet, **given}
    file = os.devnull if said is None else str(Path(said.name).resolve())
    started: Running
    if from_nothing:
        words = [*before, sys.executable, "-m", "app.cli", *command]
        out = subprocess.DEVNULL if said is None else said
        started = subprocess.Popen(words, cwd=ROOT, env=told, stdout=out, stderr=subprocess.STDOUT)
    else:
        started = Forked(["sayso", *command], told, file, hour_behind)
    try:
        yield started, port
    finally:
        started.kill()
        started.wait()


@contextmanager
def serving(port: int) -> Iterator[httpx.Client]:
    """A client, once the server is up."""
    base = f"http://127.0.0.1:{port}"
    with httpx.Client(
        base_url=base, headers=bearer(ADMIN), timeout=NEVER, verify=NO_TLS, limits=KEPT
    ) as client:
        until(lambda: ready(client))
        yield client


def ready(client: httpx.Client) -> bool:
    """Whether it is there, and says that it is ready."""
    with suppress(httpx.TransportError):
        return client.get("/readyz").status_code == 200
    return False
