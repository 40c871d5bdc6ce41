"""Tampering with a database behind its back, as whoever owns it can."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, text


def unprotected(connection: Connection) -> None:
    """Take away the triggers that keep the change log as it is."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE change DISABLE TRIGGER USER"))
        return
    named = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'change'"
    for name in connection.execute(text(named)).scalars().all():
        connection.execute(text(f"DROP TRIGGER {name}"))


def forget_index(file: Path) -> None:
    """Take an index out of the list of all that a SQLite file has: its pages belong to nothing."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("DELETE FROM sqlite_master WHERE name = 'ix_claim_recorded_to_id'")
        connection.commit()
