"""`sayso serve` as it is run: a process of its own, and a client for it."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import httpx

from tests.conftest import ADMIN, bearer
from tests.patience import NEVER, until

ROOT = Path(__file__).parents[1]
BEHIND = """
import time
true = time.time_ns
time.time_ns = lambda: true() - 3_600_000_000_000
time.time = lambda: time.time_ns() / 1e9
from app.cli import main
main()
"""
"""`sayso`, on a machine whose clock was set back an hour."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def process(
    url: str,
    *before: str,
    said: IO[bytes] | int = subprocess.PIPE,
    hour_behind: bool = False,
    **settings: str,
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The process, and its port; all that it says goes to ``said``."""
    port = free_port()
    program = ["-c", BEHIND] if hour_behind else ["-m", "app.cli"]
    command = [*before, sys.executable, *program, "serve", "--port", str(port)]
    given = {f"SAYSO_{name.upper()}": value for name, value in settings.items()}
    quiet = {"SAYSO_LOG_LEVEL": "warning"}  # nobody reads that pipe
    environment = {**os.environ, "SAYSO_DATABASE_URL": url, **quiet, **given}
    started = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT
    )
    try:
        yield started, port
    finally:
        started.kill()
        started.communicate()


@contextmanager
def serving(port: int) -> Iterator[httpx.Client]:
    """A client, once the server is up."""
    base = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=base, headers=bearer(ADMIN), timeout=NEVER) as client:
        until(lambda: ready(client))
        yield client


def ready(client: httpx.Client) -> bool:
    """Whether it is there, and says that it is ready."""
    with suppress(httpx.TransportError):
        return client.get("/readyz").status_code == 200
    return False
