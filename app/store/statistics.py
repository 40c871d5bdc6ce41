"""Planner statistics (ANALYZE): renewed by an import that changes much of a table.

PostgreSQL's autovacuum does the same, but up to a minute later, and by then readers have asked.
SQLite plans by the indexes there are and needs none.
"""

import logging
from collections.abc import Mapping

from sqlalchemy import Connection, text

from app.db import Database

log = logging.getLogger("sayso")
_stale = text(
    "SELECT current_setting('autovacuum_analyze_threshold')::float"
    " + current_setting('autovacuum_analyze_scale_factor')::float * greatest(reltuples, 0)"
    " < :changed FROM pg_class WHERE oid = to_regclass(:name)"
)


def renew(db: Database, changed: Mapping[str, int]) -> None:
    """Renew the statistics of tables that so many rows of were written, where that is much.

    Much is what autovacuum calls much: a share of the table. No lock of writers is held, and where
    it cannot be done nothing is lost but time: autovacuum comes later.
    """
    if db.dialect != "postgresql":
        return
    try:
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for name, rows in changed.items():
                _analyze(connection, name, rows)
    except Exception as error:
        log.warning("the statistics were not renewed after an import: %s", type(error).__name__)


def _analyze(connection: Connection, name: str, rows: int) -> None:
    if connection.execute(_stale, {"changed": rows, "name": name}).scalar():
        # Who is at it already, or vacuums, is not waited for.
        connection.exec_driver_sql(f'ANALYZE (SKIP_LOCKED) "{name}"')
