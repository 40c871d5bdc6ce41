"""Servers under test: one process each, on a core of its own, started, asked, and stopped."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from bench.machine import SERVER_CORE, anonymous, cpu, cpu_of_all, pinned

# Nothing is refused, and what takes long is measured rather than stopped.
FREE = {
    "SAYSO_RATE_PER_MINUTE": "0",
    "SAYSO_ANONYMOUS_RATE_PER_MINUTE": "0",
    "SAYSO_WRITE_WAIT_SECONDS": "30",
    "SAYSO_QUERY_SECONDS": "60",
}
UVICORN = ("--no-access-log", "--log-level", "error", "--loop", "uvloop", "--http", "httptools")
READY_SECONDS = 60


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


class Server:
    """One server process, from its start to its end."""

    def __init__(
        self,
        name: str,
        command: list[str],
        environment: Mapping[str, str] | None = None,
        ready: str = "/",
        backends: int | None = None,
    ):
        self.name, self.backends, self.port = name, backends, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [part.replace("{port}", str(self.port)) for part in command]
        began = time.perf_counter()
        self.process = subprocess.Popen(
            pinned(SERVER_CORE) + command,
            env={**os.environ, **FREE, **(environment or {})},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait(ready)
        self.start_seconds = time.perf_counter() - began

    def _wait(self, ready: str) -> None:
        for _ in range(READY_SECONDS * 200):
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} did not start")
            try:
                if httpx.get(self.url + ready, timeout=5).status_code < 500:
                    return
            except httpx.TransportError:
                time.sleep(0.005)
        raise RuntimeError(f"{self.name} is not ready after {READY_SECONDS} s")

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: Any) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def cpu(self) -> float:
        """Seconds of CPU it has used."""
        return cpu(self.process.pid)

    @property
    def database_cpu(self) -> float:
        """Seconds of CPU that the database's own processes have used."""
        return cpu_of_all(self.backends) if self.backends else 0.0

    @property
    def memory(self) -> float:
        """Megabytes of its own."""
        return anonymous(self.process.pid)

    def quiet(self) -> None:
        """Wait until it has done what it was still asked to do by a load that is over."""
        for _ in range(100):
            before = self.cpu
            time.sleep(0.1)
            if self.cpu - before < 0.02:
                return


def sayso(
    url: str, backends: int | None = None, name: str = "sayso", memory: int | None = None
) -> Server:
    """The product, as its own command starts it; ``memory``: the size of its response cache."""
    command = [sys.executable, "-m", "app.cli", "serve", "--port", "{port}"]
    settings = {"SAYSO_DATABASE_URL": url}
    if memory is not None:
        settings["SAYSO_RESPONSE_CACHE_BYTES"] = str(memory)
    return Server(name, command, settings, "/readyz", backends)


def asgi(
    name: str, app: str, environment: Mapping[str, str], backends: int | None = None
) -> Server:
    """A module of ours, as uvicorn serves it."""
    command = [sys.executable, "-m", "uvicorn", app, "--port", "{port}", *UVICORN]
    return Server(name, command, environment, "/ready", backends)


def key(url: str) -> str:
    """A key to write with, as its own command makes it."""
    command = [sys.executable, "-m", "app.cli", "keys", "create", "bench", "--scope", "write"]
    environment = {**os.environ, "SAYSO_DATABASE_URL": url}
    made = subprocess.run(command, env=environment, capture_output=True, check=True, text=True)
    return made.stdout.split()[-1]


def datasette(folder: Path, file: Path, metadata: Path) -> Server:
    """Datasette over a file, with nothing on that it need not do."""
    command = [str(folder / "venv/bin/datasette"), str(file), "-m", str(metadata)]
    more = ["--setting", "suggest_facets", "off", "--port", "{port}"]
    return Server("datasette", [*command, *more], None, "/-/versions.json")


def soul(folder: Path, file: Path) -> Server:
    """soul over the same file."""
    command = [str(folder / "node_modules/.bin/soul"), "-d", str(file), "-p", "{port}"]
    return Server("soul", [*command, "--ratelimitenabled=false"], None, "/api/tables")
