"""Identity of an open SQLite file (device and inode), and every connection that has it open.

SQLite does not notice in WAL mode that its file was removed, or another put in its place: reads go
on from what no path leads to any more, and writes are committed there and lost with the process.
So it is looked at here, before each read and around each write. What was replaced is opened anew
only once nobody has the old one open: a connection that came between would truncate the index of
the write-ahead log (-shm) under the others, which kills the process (SIGBUS).
"""

import os
import sqlite3
import threading
from collections.abc import Callable
from typing import Any, NamedTuple
from weakref import WeakSet

from app.errors import Damaged

BESIDE = ("-wal", "-shm")
GONE = "The file of the database is not there. Put it back, or restore a backup: docs/backup.md."
RENEWED = "The file of the database was replaced, and is being opened anew. Try again in a moment."
STALE = (
    "The file of the database was replaced, but its -wal is the one of the file before. Stop the "
    "server, put a backup in place with `sayso restore`, and start it again."
)


class Inode(NamedTuple):
    """Which file it is, whatever path leads to it."""

    device: int
    number: int


def inode(path: str) -> Inode | None:
    """The file at a path; None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return Inode(found.st_dev, found.st_ino)


class SqliteFile:
    """One database file in this process; nothing is looked at where the database is in memory."""

    def __init__(self, path: str, stale: Callable[[], None] = lambda: None):
        self.path, self.stale = path, stale
        self.generation = 0
        """Counts up when connections have to be opened anew; each knows of which it is."""
        self.size = 0
        self._open: WeakSet[Tracked] = WeakSet()
        self._lock = threading.RLock()
        self._main: Inode | None = None
        self._beside: tuple[Inode, ...] | None = None
        self._lost: tuple[Inode | None, Inode | None] | None = None
        """The file that was replaced, and its -wal, until all who had it open have closed it."""

    def check(self) -> None:
        """Look whether the file is still the one that is open; raises ``Damaged`` where not."""
        if not self.path:
            return
        try:
            found = os.stat(self.path)
        except OSError as error:
            raise Damaged(GONE) from error
        if self._main is None and self._lost is None:
            return
        if self._lost is not None or self._main != (found.st_dev, found.st_ino):
            self._replaced()
        if found.st_size < self.size:
            self.renew()  # truncated, or compacted: what is remembered of it may not be so any more
        self.size = found.st_size

    def check_beside(self) -> None:
        """The same of its -wal and -shm, on behalf of a connection that has read or may write."""
        self.check()
        if not self.path:
            return
        found = tuple(filter(None, map(inode, self._names())))
        with self._lock:
            if self._beside is None and len(found) == len(BESIDE):
                self._beside = found
            if self._beside is not None and self._beside != found:
                self._replaced()

    def renew(self) -> None:
        """Have every connection opened anew: those not in use at once, others when they are."""
        with self._lock:
            self.generation += 1
        self.stale()

    def _names(self) -> list[str]:
        return [self.path + tail for tail in BESIDE]

    def _replaced(self) -> None:
        with self._lock:
            if self._lost is None:
                self._lost = self._main, (self._beside or (None,))[0]
                self.generation += 1
            self.stale()
            if self._open:
                raise Damaged(RENEWED, retry_after=1)
            main, wal = inode(self.path), self.path + BESIDE[0]
            if main != self._lost[0] and inode(wal) == self._lost[1] and os.path.getsize(wal):
                raise Damaged(STALE)
            self._main = self._beside = self._lost = None
            self.size = 0

    def opening(self, connection: "Tracked") -> None:
        """Before a connection is opened; raises ``Damaged`` where it must not be."""
        if not self.path:
            return
        with self._lock:
            self.check()  # SQLite would make a file that is not there
            if self._beside is not None:
                self.check_beside()
            self._main = self._main or inode(self.path)
            connection.generation = self.generation
            self._open.add(connection)

    def closed(self, connection: "Tracked") -> None:
        """A connection is closed."""
        with self._lock:
            self._open.discard(connection)
            if not self._open and self._lost is None:
                # Whoever closes last removes the -wal, or another process may from now on.
                self._main = self._beside = None
                self.size = 0


class Tracked(sqlite3.Connection):
    """A connection whose file is looked at."""

    generation = 0
    file: SqliteFile

    def __init__(self, *args: Any, file: SqliteFile, **more: Any) -> None:
        self.file = file
        file.opening(self)
        super().__init__(*args, **more)

    def close(self) -> None:
        super().close()
        self.file.closed(self)
