"""Tampering with a database behind its back, as whoever owns it can."""

from sqlalchemy import Connection, text


def unprotected(connection: Connection) -> None:
    """Take away the triggers that keep the change log as it is."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE change DISABLE TRIGGER USER"))
        return
    named = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'change'"
    for name in connection.execute(text(named)).scalars().all():
        connection.execute(text(f"DROP TRIGGER {name}"))
