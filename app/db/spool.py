"""What a long job has worked out, on disk: in order, found again by key, whatever there is of it.

A private database of SQLite's own, whichever engine serves: no name, and gone when it is closed.
Values are plain (dicts, lists, strings, numbers) and only ever read by the process that wrote them.
"""

import marshal
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

CHUNK = 200
PRAGMAS = ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000")


def packed(value: Any) -> bytes:
    """A plain value in the form in which it is kept, and handed from process to process."""
    return marshal.dumps(value)


def unpacked(value: bytes) -> Any:
    """What was packed, by this very program."""
    return marshal.loads(value)


class Spool:
    """Values in the order of their numbers; a key may have several."""

    def __init__(self) -> None:
        self.count = 0
        self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for pragma in PRAGMAS:
            self._file.execute(f"PRAGMA {pragma}")
        self._file.execute("CREATE TABLE item (n INTEGER PRIMARY KEY, key TEXT, value BLOB)")
        self._file.execute("CREATE INDEX item_key ON item (key, n)")
        self._file.execute("BEGIN")

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget everything."""
        self._file.close()

    def extend(self, items: Iterable[tuple[str, Any]]) -> None:
        """Add values, each with its key; the first ever has number 1, and so on."""
        rows = [
            (n, key, marshal.dumps(value)) for n, (key, value) in enumerate(items, self.count + 1)
        ]
        self._file.executemany("INSERT INTO item VALUES (?, ?, ?)", rows)
        self.count += len(rows)

    def last(self, keys: Iterable[str]) -> dict[str, tuple[int, Any]]:
        """The newest value of each key that has one, with its number."""
        wanted = list(keys)
        found: dict[str, tuple[int, Any]] = {}
        for start in range(0, len(wanted) if self.count else 0, CHUNK):
            part = wanted[start : start + CHUNK]
            rows = self._file.execute(
                "SELECT key, n, value FROM item WHERE n IN (SELECT max(n) FROM item"
                f" WHERE key IN ({','.join('?' * len(part))}) GROUP BY key)",
                part,
            )
            found |= {key: (n, marshal.loads(value)) for key, n, value in rows}
        return found

    def all(self, key: str) -> Iterator[Any]:
        """Every value of a key."""
        rows = self._file.execute("SELECT value FROM item WHERE key = ? ORDER BY n", (key,))
        return (marshal.loads(value) for (value,) in rows)

    def groups(self, least: int = 1) -> Iterator[tuple[str, Iterator[tuple[int, Any]]]]:
        """Every key that has so many values, in the order of their first, with all of them."""
        rows = self._file.execute(
            "SELECT key, n, value FROM item JOIN (SELECT key, min(n) AS first FROM item"
            " GROUP BY key HAVING count(*) >= ?) USING (key) ORDER BY first, n",
            (least,),
        )
        for key, group in groupby(rows, lambda row: row[0]):
            yield key, ((n, marshal.loads(value)) for _, n, value in group)

    def drop(self, numbers: Iterable[int]) -> None:
        """Forget some values; the others keep their numbers."""
        self._file.executemany("DELETE FROM item WHERE n = ?", ((n,) for n in numbers))

    def known(self, keys: Iterable[str]) -> set[str]:
        """Those of the keys that have a value."""
        wanted = list(keys)
        found: set[str] = set()
        for start in range(0, len(wanted) if self.count else 0, CHUNK):
            part = wanted[start : start + CHUNK]
            marks = ",".join("?" * len(part))
            rows = self._file.execute(f"SELECT key FROM item WHERE key IN ({marks})", part)
            found |= {key for (key,) in rows}
        return found

    def parts(self, size: int = CHUNK) -> Iterator[list[tuple[int, Any]]]:
        """Every value with its number, in order, so many at a time."""
        for start in range(0, self.count, size):
            rows = self._file.execute(
                "SELECT n, value FROM item WHERE n > ? AND n <= ? ORDER BY n",
                (start, start + size),
            )
            yield [(n, marshal.loads(value)) for n, value in rows]
