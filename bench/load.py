"""In bulk: the product's own import and export, beside the engines' own ways with the same rows."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from bench import plain
from bench.engines import Place
from bench.machine import Watch, cpu_of_all

Step = Callable[[str], None]
BATCH = 10_000


class Clock:
    """Seconds, and seconds of CPU: of this thread, of commands that ended, of the database."""

    def __init__(self, backends: int | None):
        self.backends, self.seconds, self.cpu = backends, 0.0, 0.0

    def _now(self) -> tuple[float, float]:
        database = cpu_of_all(self.backends) if self.backends else 0.0
        return time.perf_counter(), time.thread_time() + sum(os.times()[2:4]) + database

    def __enter__(self) -> "Clock":
        self.began = self._now()
        return self

    def __exit__(self, *_: Any) -> None:
        seconds, cpu = self._now()
        self.seconds += seconds - self.began[0]
        self.cpu += cpu - self.began[1]

    @property
    def told(self) -> dict[str, float]:
        """Both."""
        return {"seconds": self.seconds, "cpu": self.cpu}


def sayso(place: Place, *words: str, backends: int | None = None) -> dict[str, float]:
    """A command of the product: the seconds it took, and the most memory it had."""
    command = [sys.executable, "-m", "app.cli", *words]
    environment = {**os.environ, "SAYSO_DATABASE_URL": place.url}
    with Clock(backends) as clock:
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        with process, Watch(process.pid) as watch:
            _, errors = process.communicate()
    if process.returncode:
        raise RuntimeError(f"sayso {words[0]}: {errors.decode()[-500:]}")
    return {**clock.told, "memory": watch.peak}


def measured(
    place: Place, raw: Place, backends: int | None, folder: Path, step: Step
) -> dict[str, Any]:
    """Import and export of one engine, each beside its raw form."""
    found: dict[str, Any] = {}
    exported = folder / "export.jsonl"
    step("import")
    sayso(place.anew(), "migrate")
    found["import"] = sayso(place, "import", str(folder / "claims.jsonl"), backends=backends)
    place.settled()
    found["megabytes"] = place.megabytes()
    step("raw import of the same rows")
    sayso(raw.anew(), "migrate")
    found["raw_import"] = RAW[place.engine](place, raw, folder / "rows.copy", Clock(backends))
    raw.drop()
    step("export")
    found["export"] = sayso(place, "export", str(exported), backends=backends)
    found["export"]["megabytes"] = exported.stat().st_size / 1e6
    return found


def _sqlite_raw(place: Place, raw: Place, _: Path, clock: Clock) -> dict[str, float]:
    """executemany of every row, in one transaction, by a connection like the product's."""
    with (
        closing(sqlite3.connect(place.path)) as source,
        closing(sqlite3.connect(raw.path)) as target,
    ):
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            target.execute(f"PRAGMA {pragma}")
        target.execute("BEGIN")
        for table in _sqlite_tables(source):
            if table != LOG:
                target.execute(f"DELETE FROM {table}")
            for some in _read(source, table):
                marks = ", ".join("?" * len(some[0]))
                with clock:
                    target.executemany(f"INSERT INTO {table} VALUES ({marks})", some)
        with clock:
            target.commit()
    return clock.told


LOG = "change"
"""It is empty in a new database, and nobody may delete from it."""

FIRST = ("source", "measure", "claim")
"""What others refer to."""


def _ordered(names: list[str]) -> list[str]:
    return sorted(names, key=lambda name: (name not in FIRST, name))


def _sqlite_tables(connection: sqlite3.Connection) -> list[str]:
    listed = connection.execute("PRAGMA table_list").fetchall()
    ours = [row[1] for row in listed if row[2] == "table" and not row[1].startswith("sqlite_")]
    return _ordered([name for name in ours if name != "alembic_version"])


def _read(connection: sqlite3.Connection, table: str) -> Iterator[list[Any]]:
    cursor = connection.execute(f"SELECT * FROM {table}")
    while some := cursor.fetchmany(BATCH):
        yield some


def _postgresql_raw(place: Place, raw: Place, file: Path, clock: Clock) -> dict[str, float]:
    """COPY of every row from text that PostgreSQL wrote itself, in one transaction."""
    with psycopg.connect(place.url) as source, psycopg.connect(raw.url) as target:
        listed = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
        names = [row[0] for row in source.execute(listed) if row[0] != "alembic_version"]
        for table in _ordered(names):
            with file.open("wb") as text, source.cursor().copy(f"COPY {table} TO STDOUT") as copy:
                for part in copy:
                    text.write(part)
            if table != LOG:
                target.execute(f"DELETE FROM {table}".encode())
            with clock, file.open("rb") as text, _into(target, table) as copy:
                while part := text.read(1 << 18):
                    copy.write(part)
        with clock:
            target.commit()
    file.unlink()
    return clock.told


def _into(target: psycopg.Connection[Any], table: str) -> Any:
    return target.cursor().copy(f"COPY {table} FROM STDIN")


RAW = {"sqlite": _sqlite_raw, "postgresql": _postgresql_raw}


def dumped(place: Place, file: Path, backends: int | None) -> dict[str, float] | None:
    """The engine's own command line writes the same nested JSON from plain tables."""
    ask = plain.nested(place.engine)
    if place.engine == "sqlite":
        command = ["sqlite3", "-readonly", str(place.path), f"{ask};"]
    else:
        command = ["psql", "-qX", place.url, "-c", f"\\copy ({ask}) TO STDOUT"]
    if shutil.which(command[0]) is None:
        return None
    with file.open("wb") as target, Clock(backends) as clock:
        subprocess.run(command, stdout=target, check=True)
    size = file.stat().st_size / 1e6
    file.unlink()
    return {**clock.told, "megabytes": size}
