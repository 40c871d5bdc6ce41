"""PgBouncer before the PostgreSQL of the tests: a real one, where it is installed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.patience import until
from tests.processes import free_port

PROGRAM = shutil.which("pgbouncer")
needs_pgbouncer = pytest.mark.skipif(PROGRAM is None, reason="there is no `pgbouncer` on PATH")
SETTINGS = """
[databases]
* = {server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
default_pool_size = {size}
max_client_conn = 500
server_round_robin = 1
"""
"""The next transaction is on the session that was not used for longest: as unlike as can be."""


class Pooler:
    """One that runs; ``behind`` is how to get to a database through it."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]):
        self.port, self.process = port, process

    def behind(self, url: str) -> str:
        """The URL of the same database, through the pooler."""
        return f"postgresql://tests@127.0.0.1:{self.port}/{conninfo_to_dict(url)['dbname']}"


@contextmanager
def pooler(url: str, mode: str = "transaction", size: int = 4, **more: str) -> Iterator[Pooler]:
    """Start one before a server, and end it; it comes in as who the URL says, or ``user``."""
    told = {name: value for name, value in conninfo_to_dict(url).items() if name != "dbname"}
    server = " ".join(f"{name}={value}" for name, value in {**told, **more}.items() if value)
    with tempfile.TemporaryDirectory(prefix="sayso-pgbouncer-", dir="/tmp") as folder:
        file, port = Path(folder, "pgbouncer.ini"), free_port()
        file.write_text(SETTINGS.format(server=server, port=port, mode=mode, size=size))
        os.chmod(folder, 0o755)
        process = subprocess.Popen(
            [PROGRAM or "", "-q", str(file)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **unprivileged(str(told.get("host", ""))),
        )
        try:
            started = Pooler(port, process)
            until(lambda: listens(started.behind(url)))
            yield started
        finally:
            process.kill()
            process.wait()


def unprivileged(host: str) -> dict[str, Any]:
    """As root it does not run: as who owns the server's socket then, which nobody else may use."""
    if os.geteuid() != 0:
        return {}
    owner = os.stat(host) if host.startswith("/") else None
    user, group = (owner.st_uid, owner.st_gid) if owner else (65534, 65534)
    return {"user": user, "group": group, "extra_groups": []}


def listens(url: str) -> bool:
    """Whether it takes connections; what it makes of their statements is another thing."""
    with suppress(psycopg.OperationalError), psycopg.connect(url):
        return True
    return False
