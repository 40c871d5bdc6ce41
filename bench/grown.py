"""Ten times the data without an import: the claims of a smaller database, copied under other ids.

For a size whose import would take hours; on SQLite. The rows and their indexes are those that an
import makes; the log and the index of texts know nothing of the copies, so what can be measured is
single claims, lists and filters.
"""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

TIMES = 10
TABLES = {"claim": "id", "quantity": "claim_id", "attribution": "claim_id"}
FAST = ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-1000000")


def one_of(claims: int, n: int) -> str:
    """The id of a claim of the larger database: its number in the smaller, and of which copy."""
    copy, number = divmod(n, claims // TIMES)
    return f"claim-{number}-{copy}" if copy else f"claim-{number}"


def grow(small: Path, large: Path, step: Callable[[str], None]) -> None:
    """Make the larger database; its indexes are taken away first, and made again in the end."""
    step("copying the smaller database")
    shutil.copy(small, large)
    with closing(sqlite3.connect(large, isolation_level=None)) as connection:
        for pragma in FAST:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("DROP TRIGGER claim_is_found")
        indexes = _taken_away(connection)
        for table, own in TABLES.items():
            for n in range(1, TIMES):
                step(f"{table}: copy {n} of {TIMES - 1}")
                connection.execute(_copied(connection, table, own, n))
        for n, index in enumerate(indexes, 1):
            step(f"index {n} of {len(indexes)}")
            connection.execute(index)
        connection.execute("PRAGMA journal_mode=WAL")


def _taken_away(connection: sqlite3.Connection) -> list[str]:
    """Drop every index that can be made again, and say how."""
    found = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        f" AND tbl_name IN ({', '.join('?' * len(TABLES))})",
        [*TABLES],
    ).fetchall()
    for name, _ in found:
        connection.execute(f'DROP INDEX "{name}"')
    return [sql for _, sql in found]


def _copied(connection: sqlite3.Connection, table: str, own: str, n: int) -> str:
    """One copy of every row that was there, in order of the id, so that pages fill in order."""
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    taken = [f"{own} || '-{n}'" if name == own else f'"{name}"' for name in names]
    listed = ", ".join(f'"{name}"' for name in names)
    was = f"instr(substr({own}, 7), '-') = 0"  # claim-17, but not its copies
    return (
        f"INSERT INTO {table} ({listed}) SELECT {', '.join(taken)} FROM {table}"
        f" WHERE {was} ORDER BY {own}"
    )
