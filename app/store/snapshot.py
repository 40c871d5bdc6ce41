"""A database as it stood at one moment, for jobs that read all of it; no writer waits for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import DBAPIError

from app.db import REVISION, Database, SchemaRevision
from app.models import LOG_HEAD


class Unfit(Exception):
    """A database, or a file, that cannot be used for what was asked; says why."""


class LogPosition(NamedTuple):
    """The newest line of the log: with it, everything before is pinned down."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


@contextmanager
def read_snapshot(db: Database) -> Iterator[Connection]:
    """One read-only transaction over everything; raises ``Unfit`` where it cannot be read."""
    try:
        with db.reported(), db.snapshot_engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        raise Unfit(f"The database cannot be read: {error.orig}.") from error


def revision(connection: Connection) -> SchemaRevision | None:
    """The revision the database is at; None where it was never migrated."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text(REVISION)).first()
    return None if found is None else SchemaRevision(*found)


def log_position(connection: Connection) -> LogPosition:
    """The head as it is stored; raises ``Unfit`` where there is none."""
    found = connection.execute(select(LOG_HEAD.c.seq, LOG_HEAD.c.hash)).first()
    if found is None:
        raise Unfit("The log has no head.")
    return LogPosition(*found)


def sqlite_version(db: Database) -> str | None:
    """The version of the SQLite library in this process; None where another engine is used."""
    found: str | None = getattr(db.engine.dialect.dbapi, "sqlite_version", None)
    return found
