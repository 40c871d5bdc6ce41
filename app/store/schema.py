"""Migrations: bringing a database to the shape this code expects, and knowing whether it is."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from app.config import Settings
from app.db import Database
from app.store.steady import revision, steady

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def alembic_config(settings: Settings) -> Config:
    """Alembic's configuration, without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(year)d-%%(month).2d-%%(day).2d_%%(slug)s")
    config.attributes["settings"] = settings
    return config


def migrate(settings: Settings, revision: str = "head") -> None:
    """Bring the database up to a revision; safe for several processes at once."""
    command.upgrade(alembic_config(settings), revision)


def expected(settings: Settings) -> str | None:
    """The revision this code is written for."""
    return ScriptDirectory.from_config(alembic_config(settings)).get_current_head()


def present(db: Database) -> str | None:
    """The revision the database is at; None where it was never migrated."""
    with steady(db) as connection:
        return revision(connection)
