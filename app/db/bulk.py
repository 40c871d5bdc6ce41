"""What writers ask for most, by the shortest way that each engine has; every constraint holds."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import psycopg
from sqlalchemy import ClauseElement, Connection, Table

from app.db.readers import spelled


def executed(connection: Connection, statement: ClauseElement, binds: Mapping[str, Any]) -> Any:
    """A statement, in a writer's transaction: the driver's cursor, with its rows if it has any."""
    text, given = spelled(statement, binds, connection.dialect.name)
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        given = {n: json.dumps(v) if isinstance(v, list) else v for n, v in given.items()}
    return driver.execute(text, given)


def insert_rows(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Store rows; each has a value for every column of the table, in the table's order."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        driver.executemany(_insert(table), rows)
        return
    try:
        with driver.cursor() as cursor, cursor.copy(_copy(table)) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        # Its message quotes the row, and what is claimed is nothing for a log.
        raise type(error)(error.diag.message_primary or "COPY failed") from None


@lru_cache
def _insert(table: Table) -> str:
    marks = ", ".join("?" * len(table.columns))
    return f"INSERT INTO {_named(table)} VALUES ({marks})"


@lru_cache
def _copy(table: Table) -> str:
    return f"COPY {_named(table)} FROM STDIN"


def _named(table: Table) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    return f'"{table.name}" ({names})'
