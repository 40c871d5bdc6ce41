"""Access to the database, on either engine: what other rooms use of it."""

from app.db.bulk import executed, insert_rows
from app.db.database import Database, writer_engine
from app.db.dialect import (
    among,
    contains,
    indexed,
    joined_texts,
    listed_in,
    part_of_json,
    quoted,
    server_clock,
    utf8,
)
from app.db.engine_errors import translated
from app.db.estimate import Estimate
from app.db.health_check import REVISION, Health, SchemaRevision
from app.db.pg_sessions import postgres_engine
from app.db.readers import Ask, Reader, Row, Then, Use
from app.db.sqlite import opened_as, tracking
from app.db.sqlite_file import BUSY, FileLock
from app.db.temp_table import TempTable

__all__ = [
    "BUSY", "REVISION", "Ask", "Database", "Estimate", "FileLock", "Health", "Reader", "Row",
    "SchemaRevision", "TempTable", "Then", "Use", "among", "contains", "executed", "indexed",
    "insert_rows", "joined_texts", "listed_in", "opened_as", "part_of_json", "postgres_engine",
    "quoted", "server_clock", "tracking", "translated", "utf8", "writer_engine",
]  # fmt: skip
