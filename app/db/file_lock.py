"""Advisory lock of the file system (flock) on the right to write to a SQLite file.

SQLite serialises writers by itself, but before 3.51.3 two processes that write, or move what was
written into its place, at the same instant can corrupt the file (https://sqlite.org/wal.html, "the
WAL-reset bug"). Every process of ours that writes holds this lock for the length of a transaction,
so that no two ever do, with any version; the kernel lets go of it however a process ends.
"""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from app.errors import ReadOnly, Unavailable

BUSY = "Other writes are going on."
READ_ONLY = "The folder of the database cannot be written to; reads go on."
NOT_OURS = (errno.EROFS, errno.EACCES, errno.EPERM)
POLL_S = (0.001, 0.05)
"""How soon another process's lock is tried again: at first, and at most."""

UNSUPPORTED = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL)


class FileLock:
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


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
