"""Access to the database, on either engine: what other packages use of it."""

from app.db.database import Database, Estimate, in_thread, writer_engine
from app.db.dialect import (
    among,
    contains,
    indexed,
    joined_texts,
    listed_in,
    quoted,
    server_clock,
    utf8,
    walked,
)
from app.db.engine_errors import translated
from app.db.health_check import REVISION, Health, SchemaRevision
from app.db.sqlite_file import BUSY, WriterLock, migration_lock
from app.db.statements import Query, Reader, Row, Use, executed, insert_rows

__all__ = [
    "BUSY", "REVISION", "Database", "Estimate", "WriterLock", "Health", "Query", "Reader", "Row",
    "SchemaRevision", "Use", "among", "contains", "executed", "in_thread",
    "indexed", "insert_rows", "joined_texts", "listed_in", "migration_lock",
    "quoted", "server_clock", "translated", "utf8", "walked", "writer_engine",
]  # fmt: skip
