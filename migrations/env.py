"""Run by Alembic: one migrator at a time, whole or not at all, on either engine."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from alembic.operations.ops import MigrationScript
from sqlalchemy import Connection, Engine, inspect, text
from sqlmodel import SQLModel

import app.models  # noqa: F401  (fills the metadata)
from app.config import Settings, settings
from app.db import WriterLock, migration_lock, writer_engine
from app.models.field_types import Text

COMPATIBLE = "compatible_back_to"
ADVISORY_LOCK = 7_203_114
WRITERS_S = 60.0
"""Seconds that a migration waits for a write that is under way."""


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Replicas that start together migrate one after the other; the later ones find it done."""
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:  # a lock of the session would be lost in a pooler's
            connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
            connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
            yield
    else:
        file = engine.url.database
        if not file or file == ":memory:":  # nobody else has it
            yield
            return
        # Nobody writes meanwhile: a server of the version before may still be at work.
        with migration_lock(file), WriterLock(file).held(WRITERS_S):
            yield


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our text type in SQLAlchemy's words: an old migration needs none of our code."""
    if kind == "type" and isinstance(item, Text):
        return "sa.String().with_variant(sa.String(collation='C'), 'postgresql')"
    return False


def include_name(name: str | None, _kind: str, _parents: object) -> bool:
    """Leave out the index of texts, and the tables FTS5 keeps it in: no model can describe them."""
    return not (name or "").startswith("claim_grams")


def numbered(_context: object, _head: object, written: list[MigrationScript]) -> None:
    """A new migration gets the next number: the order of versions is read from it."""
    for one in written:
        one.rev_id = f"{int(context.script.get_current_head() or 0) + 1:04}"


def migrate(connection: Connection) -> bool:
    """Every migration in a transaction of its own; says whether there was one."""
    steps: list[object] = []

    def applied(step: object, heads: set[str], **_: object) -> None:
        steps.append(step)
        tell_older_programs(connection, *heads)

    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_item=render_item,
        process_revision_directives=numbered,
        include_name=include_name,
        transactional_ddl=True,
        transaction_per_migration=True,
        on_version_apply=applied,
    )
    with context.begin_transaction():
        context.run_migrations()
    return bool(steps)


def tell_older_programs(connection: Connection, revision: str | None = None) -> None:
    """Leave word of what they do not have: how old a program may be that can live with it all."""
    columns = inspect(connection).get_columns("alembic_version")
    if revision is None or COMPATIBLE not in {column["name"] for column in columns}:
        return
    until = context.script.walk_revisions("base", revision)
    oldest = max(getattr(one.module, COMPATIBLE, one.revision) for one in until)
    connection.execute(text(f"UPDATE alembic_version SET {COMPATIBLE} = :it"), {"it": oldest})


def unchecked(connection: Connection) -> None:
    """A table that is rebuilt must not take its children with it (SQLite)."""
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")


def sound(connection: Connection) -> None:
    """Nothing was orphaned by the rebuilding."""
    if connection.dialect.name == "sqlite":
        orphans = connection.connection.driver_connection.execute("PRAGMA foreign_key_check")
        if orphans.fetchall():
            raise RuntimeError("a migration left rows without their parents; restore the backup")


def main(chosen: Settings) -> None:
    """Bring one database to the revision that Alembic was asked for."""
    engine = writer_engine(chosen)
    try:
        with alone(engine), engine.connect() as connection:
            unchecked(connection)
            if migrate(connection):  # a start that migrates nothing does not read all there is
                sound(connection)
    finally:
        engine.dispose()


main(context.config.attributes.get("settings") or settings())
