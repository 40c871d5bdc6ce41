"""Temporary table on disk: values in order, found again by key, for a job larger than memory.

A private database of SQLite's own, whichever engine serves: no name, and gone when it is closed.
Values are plain (dicts, lists, strings, numbers) and only ever read by the process that wrote them.
"""

import json
import marshal
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

BATCH = 200
MOST_HELD = 2**20
"""Bytes of values that memory may hold before they go to the disk."""
PRAGMAS = ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000")
_LAST = (
    "SELECT key, n, value FROM item WHERE n IN"
    " (SELECT max(n) FROM item WHERE key IN (SELECT value FROM json_each(?)) GROUP BY key)"
)
_GROUPS = (
    "SELECT key, n, value FROM item JOIN"
    " (SELECT key, min(n) AS first FROM item GROUP BY key HAVING count(*) >= ?) USING (key)"
    " ORDER BY first, n"
)


class TempTable:
    """Values in the order of their numbers; a key may have several."""

    def __init__(self) -> None:
        self.count = 0
        self._rows: list[tuple[int, str, bytes]] = []
        self._held = 0
        self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for pragma in PRAGMAS:
            self._file.execute(f"PRAGMA {pragma}")
        self._file.execute("CREATE TABLE item (n INTEGER PRIMARY KEY, key TEXT, value BLOB)")
        self._file.execute("CREATE INDEX item_key ON item (key, n)")
        self._file.execute("BEGIN")

    def __enter__(self) -> "TempTable":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def extend(self, items: Iterable[tuple[str, Any]]) -> None:
        """Add values, each with its key; the first ever has number 1, and so on."""
        for key, value in items:
            self.add(key, value)

    def add(self, key: str, value: Any) -> None:
        """Add one value; a batch of them goes to the disk at a time, or before a question."""
        self.count += 1
        spelt = marshal.dumps(value)
        self._rows.append((self.count, key, spelt))
        self._held += len(spelt)
        if len(self._rows) >= BATCH or self._held >= MOST_HELD:
            self._flush()

    def _flush(self) -> None:
        self._file.executemany("INSERT INTO item VALUES (?, ?, ?)", self._rows)
        self._rows.clear()
        self._held = 0

    def _asked(self, question: str, *values: Any) -> sqlite3.Cursor:
        if self._rows:
            self._flush()
        return self._file.execute(question, values)

    def last(self, keys: Iterable[str]) -> dict[str, tuple[int, Any]]:
        """The newest value of each key that has one, with its number."""
        if not self.count:
            return {}
        rows = self._asked(_LAST, json.dumps(list(keys)))
        return {key: (n, marshal.loads(value)) for key, n, value in rows}

    def all(self, key: str) -> list[Any]:
        """Every value of a key."""
        rows = self._asked("SELECT value FROM item WHERE key = ? ORDER BY n", key)
        return [marshal.loads(value) for (value,) in rows]

    def groups(self, least: int = 1) -> Iterator[tuple[str, Iterator[tuple[int, Any]]]]:
        """Every key that has so many values, in the order of their first, with all of them."""
        rows = self._asked(_GROUPS, least)
        for key, group in groupby(rows, lambda row: row[0]):
            yield key, ((n, marshal.loads(value)) for _, n, value in group)

    def drop(self, numbers: Iterable[int]) -> None:
        """Forget some values; the others keep their numbers."""
        self._flush()
        self._file.executemany("DELETE FROM item WHERE n = ?", ((n,) for n in numbers))

    def batches(self, size: int = BATCH, start: int = 0) -> Iterator[list[tuple[int, Any]]]:
        """The values after a number, with theirs, in order, so many at a time; none added since."""
        end = self.count
        for begin in range(start, end, size):
            rows = self._asked(
                "SELECT n, value FROM item WHERE n > ? AND n <= ? ORDER BY n",
                *(begin, min(begin + size, end)),
            )
            yield [(n, marshal.loads(value)) for n, value in rows]
