"""Errors of SQLite and PostgreSQL, as the problems they are to a caller."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from app.db.sqlite_file import BUSY
from app.errors import Damaged, Problem, ReadOnly, StorageFull, Unavailable


@contextmanager
def translated() -> Iterator[None]:
    """Errors of either engine, as the problems they are to a caller."""
    try:
        yield
    except DBAPIError as error:
        raise _problem(error.orig) or error from error
    except (sqlite3.Error, psycopg.Error, PoolTimeout, NoConnection) as error:
        raise _problem(error) or error from error


TOO_LONG = "This takes longer than is allowed; ask for less."
NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE)
"""SQLite calls a disk full only where the system says so; over a quota or a limit it says this."""

UNTIDY = (
    sqlite3.SQLITE_READONLY_CANTINIT,
    sqlite3.SQLITE_READONLY_CANTLOCK,
    sqlite3.SQLITE_READONLY_RECOVERY,
)
NOT_TIDIED = (
    "The database cannot be read: somebody who may write to its folder has to open it once, for "
    "its last writes are not in place."
)

SQLITE: dict[str, Callable[[], Problem]] = {
    "full": StorageFull,
    "readonly database": ReadOnly,
    "interrupted": lambda: Unavailable(TOO_LONG, retry_after=5),
    "locked": lambda: Unavailable("The database is busy.", retry_after=1),
    "disk I/O error": lambda: Damaged(UNREADABLE),
    "unable to open": lambda: Damaged(UNOPENED),
    "malformed": Damaged,
    "not a database": Damaged,
    "Could not decode": Damaged,
    "no such table": lambda: Damaged(INCOMPLETE),
    "no such column": lambda: Damaged(INCOMPLETE),
}

UNREADABLE = (
    "The disk of the database does not do what it should. Look at the system's log, and put a "
    "sound copy of the database on a sound disk: docs/backup.md tells how."
)
UNOPENED = (
    "The file of the database cannot be opened. Look whether its folder is there, and whether "
    "this program may write to it."
)
INCOMPLETE = (
    "The database has lost a table or a column. Whoever runs this has to put a sound copy in its "
    "place: docs/backup.md tells how."
)
BROKEN_STATES = {"42P01": INCOMPLETE, "42703": INCOMPLETE, "58030": UNREADABLE, "58P01": UNREADABLE}
"""What PostgreSQL says (SQLSTATE) of tables that are not there, and of files."""


def _problem(error: BaseException | None) -> Problem | None:
    if isinstance(error, sqlite3.DatabaseError):
        said, code = str(error), getattr(error, "sqlite_errorcode", None)
        if code in NO_ROOM:
            return StorageFull()
        if code in UNTIDY:
            return Unavailable(NOT_TIDIED, retry_after=30)
        return next((made() for words, made in SQLITE.items() if words in said), None)
    state = getattr(error, "sqlstate", None) or ""
    if state in BROKEN_STATES or state.startswith("XX"):
        return Damaged(BROKEN_STATES.get(state, ""))
    if isinstance(error, psycopg.errors.DiskFull):
        return StorageFull()
    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
        return ReadOnly()
    if isinstance(error, psycopg.errors.QueryCanceled):
        return Unavailable(TOO_LONG, retry_after=5)
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return Unavailable(BUSY, retry_after=1)
    if isinstance(error, psycopg.OperationalError | PoolTimeout | NoConnection):
        return Unavailable("The database is busy or away.", retry_after=1)
    return None
