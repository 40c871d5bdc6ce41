"""An import beside the engine's own bulk load of the very same rows: `python -m bench.imports`.

Each engine imports a seeded file into an empty database; then the rows that this made go into
another, by executemany or COPY in one transaction, with the same tables, indexes and constraints.
PostgreSQL takes part where its URL is given: a database in which schemas can be made and dropped.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, text

from app.config import Settings
from app.db import Database, insert_rows
from app.models import CHANGE, LOG_HEAD, RESOURCES
from app.store import schema
from app.store.import_.job import Import
from app.store.import_.result import ImportOptions
from bench.claims import MEASURES, SOURCES, write

TABLES = [table for kind in RESOURCES.values() for table in (kind.table, *kind.parts)] + [CHANGE]


class Timed(Database):
    """A database that says how long its write lock was held."""

    held = 0.0

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with super().transaction() as connection:
            start = time.perf_counter()
            yield connection
        self.held = time.perf_counter() - start


def spent(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds on the wall, and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def emptied(url: str) -> Timed:
    """A database with the tables and nothing in them."""
    db = Timed(Settings(database_url=url, query_seconds=600))
    if db.dialect == "postgresql":
        with db.transaction() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    schema.migrate(db.settings)
    return db


def raw(db: Database, rows: dict[str, list[Any]]) -> None:
    """The same rows, and nothing else, in one transaction."""
    with db.transaction() as connection:
        for table in TABLES:
            if rows[table.name]:
                insert_rows(connection, table, rows[table.name])


def compare(name: str, urls: tuple[str, str], file: Path, claims: int) -> None:
    """One engine: the import, then its rows by themselves."""
    lines = claims + SOURCES + MEASURES
    first = emptied(urls[0])
    with file.open("rb") as content:
        wall, cpu = spent(lambda: Import(first, ImportOptions()).run(content, "jsonl"))
    with first.transaction() as connection:
        assert connection.execute(select(LOG_HEAD.c.seq)).scalar_one() == lines
        rows = {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in TABLES
        }
        held = first.held
    first.engine.dispose()
    second = emptied(urls[1])
    raw_wall, raw_cpu = spent(lambda: raw(second, rows))
    second.engine.dispose()
    print(
        f"{name}: import {lines / wall:,.0f} lines/s ({lines / cpu:,.0f} per CPU second), "
        f"lock held {held:.1f} of {wall:.1f} s; raw rows {lines / raw_wall:,.0f} lines/s; "
        f"ratio {raw_wall / wall:.2f}, of CPU {raw_cpu / cpu:.2f}"
    )


def main() -> None:
    """Measure, and print a line for each engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=20_000)
    parser.add_argument("--postgres", help="postgresql://USER@HOST/NAME; all in it is dropped")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "claims.jsonl"
        with file.open("wb") as target:
            write(target, asked.claims)
        urls = (f"sqlite:///{folder}/one.db", f"sqlite:///{folder}/two.db")
        compare("SQLite", urls, file, asked.claims)
        if asked.postgres:
            compare("PostgreSQL", (asked.postgres, asked.postgres), file, asked.claims)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"peak resident memory of this process: {peak} MB (it holds the raw rows)")


if __name__ == "__main__":
    main()
