"""Migrations: bringing a database to the shape this code expects, and knowing whether it is."""

import re
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from app.config import Settings
from app.db import REVISION, Database, translated, writer_engine
from app.store.steady import revision, steady

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


def migrate(settings: Settings) -> None:
    """Bring the database up to this code's revision; safe for several processes at once."""
    if _there(settings) == expected():
        return
    from alembic import command  # see above

    with translated():
        command.upgrade(alembic_config(settings), "head")


def _there(settings: Settings) -> str | None:
    """The revision, asked as a writer connects, but without a lock; None where there is none."""
    engine = writer_engine(settings)
    try:
        with suppress(DBAPIError, engine.dialect.loaded_dbapi.Error), engine.connect() as opened:
            driver: Any = opened.connection.driver_connection
            row = driver.execute(REVISION).fetchone()
            return str(row[0]) if row else None
        return None
    finally:
        engine.dispose()


@lru_cache
def revisions() -> frozenset[str]:
    """Those that this code knows; they are numbered, and read without running any."""
    files = (MIGRATIONS / "versions").glob("*.py")
    named = r'^revision = "([0-9]+)"$'
    return frozenset(one for file in files for one in re.findall(named, file.read_text(), re.M))


def expected() -> str:
    """The revision this code is written for: the last."""
    return max(revisions())


def present(db: Database) -> str | None:
    """The revision the database is at; None where it was never migrated."""
    with steady(db) as connection:
        return revision(connection)
