"""A database as it stood at one moment, for jobs that read all of it; no writer waits for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, create_engine, event, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from app.db import REVISION, Database, SchemaRevision, opened_as, postgres_engine, tracking
from app.models import LOG_HEAD, VERSIONED
from app.store.as_of import current


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
    engine = read_only_engine(db)
    try:
        with db.reported(), engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        raise Unfit(f"The database cannot be read: {error.orig}.") from error
    finally:
        engine.dispose()


def read_only_engine(db: Database) -> Engine:
    """An engine that only reads: unlike the writers', its BEGIN takes no lock."""
    if db.dialect == "postgresql":
        only = {"postgresql_readonly": True}
        level = "REPEATABLE READ"
        return postgres_engine(db.settings, isolation_level=level, execution_options=only)
    named = opened_as(db.url)
    engine = create_engine(named, hide_parameters=True, connect_args=tracking(db.file))
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy emits BEGIN itself, below
    connection.text_factory = _text
    for pragma in ("query_only=ON", "busy_timeout=5000", "trusted_schema=OFF"):
        connection.execute(f"PRAGMA {pragma}")


def _text(value: bytes) -> str:
    """A text; of one that is none, which we never write, as much as can be told."""
    return value.decode(errors="surrogateescape")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


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


def count_versions(connection: Connection, history: bool, moment: int) -> int:
    """How many versions an export has: those current at a moment, or all up to it."""
    total = 0
    for kind in VERSIONED.values():
        past = kind.table.c.recorded_at <= moment if history else current(kind.table, True)
        counted = select(func.count()).select_from(kind.table).where(past)
        total += connection.execute(counted, {"moment": moment} if not history else {}).scalar_one()
    return total


def sqlite_version(db: Database) -> str | None:
    """The version of the SQLite library in this process; None where another engine is used."""
    found: str | None = getattr(db.engine.dialect.dbapi, "sqlite_version", None)
    return found
