"""Identity of an open SQLite file (device and inode), and every connection that has it open.

SQLite does not notice in WAL mode that its file was removed, or another put in its place: reads go
on from what no path leads to any more, and writes are committed there and lost with the process.
So it is looked at here, before each read and around each write. What was replaced is opened anew
only once nobody has the old one open: a connection that came between would truncate the index of
the write-ahead log (-shm) under the others, which kills the process (SIGBUS).
"""

import errno
import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple
from weakref import WeakSet

from app.errors import Damaged, ReadOnly, Unavailable

SIDE_FILES = ("-wal", "-shm")
FILE_MISSING = (
    "The file of the database is not there. Put it back, or restore a backup: docs/backup.md."
)
FILE_REPLACED = (
    "The file of the database was replaced, and is being opened anew. Try again in a moment."
)
WAL_MISMATCHED = (
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
            raise Damaged(FILE_MISSING) from error
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
            if self._beside is None and len(found) == len(SIDE_FILES):
                self._beside = found
            if self._beside is not None and self._beside != found:
                self._replaced()

    def renew(self) -> None:
        """Have every connection opened anew: those not in use at once, others when they are."""
        with self._lock:
            self.generation += 1
        self.stale()

    def _names(self) -> list[str]:
        return [self.path + tail for tail in SIDE_FILES]

    def _replaced(self) -> None:
        with self._lock:
            if self._lost is None:
                self._lost = self._main, (self._beside or (None,))[0]
                self.generation += 1
            self.stale()
            if self._open:
                raise Damaged(FILE_REPLACED, retry_after=1)
            main, wal = inode(self.path), self.path + SIDE_FILES[0]
            if main != self._lost[0] and inode(wal) == self._lost[1] and os.path.getsize(wal):
                raise Damaged(WAL_MISMATCHED)
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


BUSY = "Other writes are going on."
READ_ONLY = "The folder of the database cannot be written to; reads go on."
NOT_OURS = (errno.EROFS, errno.EACCES, errno.EPERM)
POLL_S = (0.001, 0.05)
"""How soon another process's lock is tried again: at first, and at most."""

UNSUPPORTED = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL)


class WriterLock:
    """The lock of one database file; whoever uses it from several threads takes turns by itself."""

    def __init__(self, database: str):
        self.path = f"{database}.write-lock"
        self._file: int | None = None
        self._told = False
        self.supported = True

    def tried(self) -> bool:
        """Does this file system have such locks? Some of networks do not."""
        with suppress(Unavailable), self.held(0):
            pass
        return self.supported

    @contextmanager
    def held(self, seconds: float) -> Iterator[None]:
        """Hold it; raises ``Unavailable`` where another process does for longer than this."""
        file = self._opened()
        with self._unless_unsupported():
            self._acquire(file, time.monotonic() + seconds)
        self._told = os.fstat(file).st_size > 0  # by one who was killed
        self._withdraw(file)
        try:
            yield
        finally:
            self._withdraw(file)
            with self._unless_unsupported():
                fcntl.flock(file, fcntl.LOCK_UN)

    def _opened(self) -> int:
        if self._file is None:
            try:
                self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError as error:
                if error.errno in NOT_OURS:
                    raise ReadOnly(READ_ONLY) from error
                raise Unavailable("The folder of the database is away.", retry_after=30) from error
        return self._file

    @contextmanager
    def _unless_unsupported(self) -> Iterator[None]:
        """Where there are no locks, one process may write all the same; its start has said so."""
        try:
            yield
        except OSError as error:
            if error.errno not in UNSUPPORTED:
                raise
            self.supported = False

    def _acquire(self, file: int, until: float) -> None:
        wait, most = POLL_S
        while not _taken(file):
            if time.monotonic() >= until:
                raise Unavailable(BUSY, retry_after=1)
            time.sleep(wait)
            wait = min(wait * 2, most)

    def tell(self, ends: float) -> None:
        """While it is held: say when that is expected to end, on the machine's monotonic clock."""
        self._told = True
        os.pwrite(self._opened(), b"%-24.3f" % ends, 0)

    def told(self) -> float | None:
        """What its holder says of that, if it says anything; of interest to those it refuses."""
        with suppress(OSError, ValueError, Unavailable):
            return float(os.pread(self._opened(), 24, 0))
        return None

    def _withdraw(self, file: int) -> None:
        if self._told:
            self._told = False
            with suppress(OSError):
                os.ftruncate(file, 0)

    def close(self) -> None:
        """Have the file open no more."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


@contextmanager
def migration_lock(database: str | Path) -> Iterator[None]:
    """Alone among those who migrate a file, or put another in its place; waits for the others."""
    with open(f"{database}.migrate-lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
