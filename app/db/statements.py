"""SQL statements: compiled once per shape, and given to either engine the shortest way it has."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import psycopg
from sqlalchemy import ClauseElement, Connection, Select, Table

from app.db.dialect import DIALECTS
from app.errors import Unavailable

Row = tuple[Any, ...]
ACQUIRE_TIMEOUT_S = 3.0
"""Seconds that a read waits for a connection before it is answered 503."""


class Query(NamedTuple):
    """One statement and its values: a read that is a snapshot by itself."""

    statement: Select[Any]
    binds: Mapping[str, Any]


Callback = Callable[[list[Row] | None], None]
"""Is given the rows of a short query (texts as bytes, for they are sent as they are stored), or
None where it takes longer."""


ONCE, EACH_TIME = "force_generic_plan", "auto"
"""A prepared statement is planned once, for any values; or, where they decide what is the short way
to the rows, as often as PostgreSQL thinks fit. Planning takes longer than most statements do."""


class Use(NamedTuple):
    """Readers that there may be, those at work, and those who wait for one."""

    most: int
    busy: int
    waiting: int


class Reader(Protocol):
    """What statements are asked of; of a snapshot, all of them see the same moment."""

    dialect: str

    async def rows(self, statement: Select[Any], binds: Mapping[str, Any]) -> list[Row]: ...

    async def many(self, statement: Select[Any], binds: Mapping[str, Any]) -> list[Row]: ...


@lru_cache(maxsize=4096)
def compiled(statement: ClauseElement, dialect: str) -> tuple[str, dict[str, Any]]:
    """A statement's text and fixed parameters; statements are built once per shape of question."""
    built = statement.compile(dialect=DIALECTS[dialect])
    return str(built), dict(built.params)


def spelled(
    statement: ClauseElement, binds: Mapping[str, Any], dialect: str
) -> tuple[str, dict[str, Any]]:
    """A statement's text, and every value in it."""
    text, fixed = compiled(statement, dialect)
    return text, {**fixed, **binds}


@lru_cache(maxsize=4096)
def positional(statement: Select[Any]) -> tuple[str, list[str], dict[str, Any], str]:
    """The same for the wire of PostgreSQL: the names of ``$1``, ``$2`` … in their order.

    The last is when to plan it: a statement says if its values decide the way to its rows.
    """
    built = statement.compile(dialect=DIALECTS["wire"])
    planned = EACH_TIME if statement.get_execution_options().get("values_decide") else ONCE
    return str(built), list(built.positiontup or ()), dict(built.params), planned


async def acquire_slot(slots: asyncio.Semaphore, seconds: float, detail: str) -> None:
    """Take one of so many slots; raises ``Unavailable`` where none is free in time."""
    if not slots.locked():
        await slots.acquire()  # at once: a limit costs more than a read does
        return
    try:
        async with asyncio.timeout(seconds):
            await slots.acquire()
    except TimeoutError:
        raise Unavailable(detail, retry_after=1) from None


def settle(answer: asyncio.Future[Any], rows: list[Row] | None) -> None:
    """Give the rows to whoever waits, unless they have gone."""
    if not answer.done():
        answer.set_result(rows)


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
