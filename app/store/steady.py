"""A database as it stood at one moment, for jobs that read all of it; no writer waits for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, create_engine, event, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from app.db import Database, postgres_engine, translated
from app.models import CHANGE, LOG_HEAD, RESOURCES
from app.store.changes import START
from app.store.moments import held


class Unfit(Exception):
    """A database, or a file, that cannot be used for what was asked; says why."""


class Head(NamedTuple):
    """The newest line of the log: with it, everything before is pinned down."""

    seq: int
    hash: str


@contextmanager
def steady(db: Database) -> Iterator[Connection]:
    """One read-only transaction over everything; raises ``Unfit`` where it cannot be read."""
    engine = reading(db)
    try:
        with translated(), engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        raise Unfit(f"The database cannot be read: {error.orig}.") from error
    finally:
        engine.dispose()


def reading(db: Database) -> Engine:
    """An engine that only reads: unlike the writers', its BEGIN takes no lock."""
    if db.dialect == "postgresql":
        only = {"postgresql_readonly": True}
        level = "REPEATABLE READ"
        return postgres_engine(db.settings, isolation_level=level, execution_options=only)
    engine = create_engine(db.url, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy emits BEGIN itself, below
    for pragma in ("query_only=ON", "busy_timeout=5000", "trusted_schema=OFF"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def revision(connection: Connection) -> str | None:
    """The revision the database is at; None where it was never migrated."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars()
    return found.first()


def head(connection: Connection) -> Head:
    """The head as it is stored; raises ``Unfit`` where there is none."""
    found = connection.execute(select(LOG_HEAD.c.seq, LOG_HEAD.c.hash)).one_or_none()
    if found is None:
        raise Unfit("The log has no head.")
    return Head(*found)


def seq_of(connection: Connection, hash: str) -> int | None:
    """The line of the log with this hash, if there is one; 0 is the start, before any line."""
    if hash == START:
        return 0
    found = connection.execute(select(CHANGE.c.seq).where(CHANGE.c.hash == hash)).scalars()
    return found.first()


def count(connection: Connection, history: bool, moment: int) -> int:
    """How many versions an export has: those current at a moment, or all up to it."""
    total = 0
    for kind in RESOURCES.values():
        past = kind.table.c.recorded_at <= moment if history else held(kind.table, True)
        counted = select(func.count()).select_from(kind.table).where(past)
        total += connection.execute(counted, {"moment": moment} if not history else {}).scalar_one()
    return total


def sqlite_version(db: Database) -> str | None:
    """The version of the SQLite library in this process; None where another engine is used."""
    found: str | None = getattr(db.engine.dialect.dbapi, "sqlite_version", None)
    return found
