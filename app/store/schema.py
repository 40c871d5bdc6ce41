"""Migrations: bringing a database to the shape this code expects, and knowing whether it is."""

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.config import Settings
from app.db import Database, SchemaRevision, translated
from app.errors import ReadOnly
from app.store.snapshot import Unfit, read_snapshot, revision

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def alembic_config(settings: Settings) -> "Config":
    """Alembic's configuration, without a file of its own."""
    from alembic.config import Config  # as much as all of our own code, and seldom needed

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(year)d-%%(month).2d-%%(day).2d_%%(slug)s")
    config.attributes["settings"] = settings
    return config


def migrate(settings: Settings) -> str:
    """Bring the database up to this code's revision; several may do so at once. Says which it has.

    One of a newer version that this one can live with stays as it is. Raises ``Unfit`` where the
    newer one is none such, or where an older one cannot be written to.
    """
    db = Database(settings)
    found = present(db) if _is_there(db) else None
    wrong = misfit(found)
    if found is not None and wrong is None:
        return found.number
    if found is not None and found.number > expected():
        raise Unfit(wrong)
    from alembic import command  # see above

    try:
        if db.read_only:
            raise ReadOnly()
        with translated():
            command.upgrade(alembic_config(settings), "head")
    except ReadOnly as refused:
        raise Unfit(f"{wrong} {ELSEWHERE}") from refused
    return expected()


def _is_there(db: Database) -> bool:
    """A file that is not would be made by looking."""
    return db.dialect != "sqlite" or Path(db.url.database or "").is_file()


@lru_cache
def revisions() -> frozenset[str]:
    """Those that this code knows; they are numbered, and read without running any."""
    files = (MIGRATIONS / "versions").glob("*.py")
    named = r'^revision = "([0-9]+)"$'
    return frozenset(one for file in files for one in re.findall(named, file.read_text(), re.M))


@lru_cache
def expected() -> str:
    """The revision this code is written for: the last."""
    return max(revisions())


NOT_MIGRATED = "The database is not migrated to this version: run `sayso migrate`."
ELSEWHERE = "It is read-only here; run that where it can be written to, as on the primary."
NEWER = (
    "The database is of a newer version of Sayso, which this one cannot live with: its schema is "
    "at revision {0}, and this version has {1}. Run the newer version."
)


def misfit(found: SchemaRevision | None) -> str | None:
    """Why this code cannot use a database of that revision, in a sentence; None where it can.

    Of a migration that it does not have it knows what was left in the database by the program that
    has it: how old the code may be that can live with what was changed.
    """
    if found is None or found.number < expected():
        return NOT_MIGRATED
    oldest = found.compatible_back_to or found.number
    if found.number == expected() or oldest <= expected():
        return None
    return NEWER.format(found.number, expected())


def present(db: Database) -> SchemaRevision | None:
    """The revision the database is at; None where it was never migrated."""
    with read_snapshot(db) as connection:
        return revision(connection)
