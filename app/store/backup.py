"""Backups of a SQLite file: taken while it is written to, checked, and put back whole or not."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, inspect, select, text
from sqlalchemy.exc import DBAPIError

from app.config import Settings
from app.db import Database, migration_lock, translated
from app.errors import Damaged, Problem
from app.models import CHANGE
from app.store import schema
from app.store.atomic_file import draft_file, publish
from app.store.snapshot import (
    LogPosition,
    Unfit,
    log_position,
    read_snapshot,
    revision,
)

SIDE_FILES = ("-wal", "-shm")
OURS = {"alembic_version", "change", "log_head"}


class Restored(NamedTuple):
    """What was put back, and where that which it replaced is kept."""

    head: LogPosition
    kept: Path | None


def take_backup(db: Database, file: Path) -> LogPosition:
    """Everything committed before this was called, as one SQLite file; writers go on meanwhile."""
    _absent(file)
    with read_snapshot(db) as connection:
        before = log_position(connection)
    with draft_file(file) as copy:
        copy.chmod(0o600)  # it holds all that the database does, what keys are hashed with too
        _copy(db, copy)
        found = checked(copy, file)
        if found.seq < before.seq:  # pragma: no cover - SQLite would have to copy wrongly
            raise Unfit("The backup is not complete.")
        _absent(file)
        publish(copy, file)
    return found


def _absent(file: Path) -> None:
    if file.exists():
        raise Unfit(f"{file} is there already, and a backup is never written over.")


def _copy(db: Database, file: Path) -> None:
    """One read transaction (VACUUM INTO): what is committed meanwhile is left for the next."""
    with _cursor(db.snapshot_engine) as cursor:
        cursor.execute("PRAGMA query_only=OFF")
        cursor.execute("VACUUM INTO ?", (str(file),))


@contextmanager
def _cursor(engine: Engine) -> Iterator[Any]:
    """For what cannot be done in a transaction."""
    with translated(), closing(engine.raw_connection()) as connection:
        yield connection.cursor()


def checked(file: Path, name: Path) -> LogPosition:
    """The head of the log in a file; raises ``Unfit``, of ``name``, where that is not sound."""
    query = {"mode": "ro", "immutable": "1", "uri": "true"}
    name_in_uri = f"file:{quote(str(file.resolve()))}"
    engine = create_engine(URL.create("sqlite", database=name_in_uri, query=query))
    try:
        with engine.connect() as connection:
            return _sound(connection, name)
    except DBAPIError as error:
        raise Unfit(f"{name} is not a sound SQLite database: {error.orig}.") from error
    finally:
        engine.dispose()


def _sound(connection: Connection, name: Path) -> LogPosition:
    told = connection.execute(text("PRAGMA integrity_check(3)")).scalars().all()
    if list(told) != ["ok"]:
        raise Unfit(f"{name} is damaged: {'; '.join(told)}.")
    if not set(inspect(connection).get_table_names()) >= OURS:
        raise Unfit(f"{name} is a SQLite database, but not one of Sayso's.")
    _known(connection, name)
    newest = select(CHANGE.c.seq, CHANGE.c.hash).order_by(CHANGE.c.seq.desc()).limit(1)
    last, found = connection.execute(newest).one_or_none(), log_position(connection)
    if last is not None and tuple(last) != found:
        raise Unfit(f"{name} is not whole: the head of its log is not the last line.")
    return found


def _known(connection: Connection, name: Path) -> None:
    """Is its shape one that this version can read, or bring up to its own?"""
    found = revision(connection)
    older = found is not None and found.number in schema.revisions()
    if not older and (found is None or schema.misfit(found) is not None):
        raise Unfit(f"{name} was written by a later version of Sayso: restore it with that one.")


def restore_backup(settings: Settings, file: Path, replace: bool) -> Restored:
    """Make a checked, migrated copy of a backup the database; until then nothing is changed."""
    target = Path(Database(settings).url.database or "")
    if target.exists() and not replace:
        raise Unfit(f"{target} is there already; --replace keeps it beside the restored one.")
    if target.exists() and file.exists() and target.samefile(file):
        raise Unfit(f"{file} is the database itself.")
    with draft_file(target) as copy:
        found = _brought(settings, file, copy)
        with migration_lock(target):  # whoever starts to serve migrates first
            if target.exists() and not replace:
                raise Unfit(f"{target} is there already.")
            kept = _set_aside(target)
            publish(copy, target)
    return Restored(found, kept)


def _brought(settings: Settings, file: Path, copy: Path) -> LogPosition:
    """The backup as it will be served: copied, checked, and in the shape of this version."""
    if not file.is_file():
        raise Unfit(f"There is no file {file}.")
    wal = Path(f"{file}-wal")
    if wal.exists() and wal.stat().st_size:
        raise Unfit(f"{file} is in use, or was copied while it was: take it with `sayso backup`.")
    shutil.copyfile(file, copy)
    shutil.copymode(file, copy)
    found = checked(copy, file)
    url = URL.create("sqlite", database=str(copy)).render_as_string()
    schema.migrate(settings.model_copy(update={"database_url": url}))
    return found


def _set_aside(target: Path) -> Path | None:
    """Keep the old database under another name; a log of writes left by none must go."""
    if not target.exists():
        for tail in SIDE_FILES:
            Path(f"{target}{tail}").unlink(missing_ok=True)
        return None
    _unused(target)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    kept = target.with_name(f"{target.name}.before-restore-{stamp}")
    os.link(target, kept)
    for tail in SIDE_FILES:
        with suppress(FileNotFoundError):
            Path(f"{target}{tail}").rename(f"{kept}{tail}")
    return kept


def _unused(target: Path) -> None:
    """Leaving WAL mode takes everyone else being gone, and puts all of it into the one file."""
    try:
        with _cursor(create_engine(URL.create("sqlite", database=str(target)))) as cursor:
            cursor.execute("PRAGMA busy_timeout=1000")
            cursor.execute("PRAGMA journal_mode=DELETE").fetchall()
    except Damaged:
        pass  # no reason to keep a sound one out
    except Problem as problem:
        raise Unfit(f"{target} is in use: stop `sayso serve` first.") from problem
