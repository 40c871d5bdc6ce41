"""Files that appear whole or not at all, and what a killed command left of them."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from uuid import uuid4

LOCK = ".lock"
LEFT_BY_WORK = ("-journal", "-wal", "-shm", ".migrate-lock", ".write-lock")


@contextmanager
def draft_file(file: Path) -> Iterator[Path]:
    """A new file beside the one that is meant, to be renamed when it is whole; else it goes.

    As long as it is worked at, its process holds a lock on a file beside it; the kernel lets go of
    that lock however the process ends, and so the next draft knows what nobody works at any more.
    """
    _clear(file)
    beside, lock = _own(file)
    try:
        beside.touch(exist_ok=False)
        yield beside
    finally:
        _remove(beside)
        lock.close()


def _own(file: Path) -> tuple[Path, IO[bytes]]:
    """A name that is not taken, and the lock that says so."""
    while True:
        beside = file.with_name(f".{file.name}.{uuid4().hex[:12]}.part")
        lock = open(f"{beside}{LOCK}", "xb")  # noqa: SIM115
        if _locked(lock):
            return beside, lock
        lock.close()  # pragma: no cover - another draft cleared it between open and lock


def _locked(lock: IO[bytes]) -> bool:
    """Whether it is ours; not so where it was cleared away between its making and its locking."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass  # a file system without locks, where nobody takes it for left over either
    return os.fstat(lock.fileno()).st_nlink > 0


def _clear(file: Path) -> None:
    """Remove the drafts of this file that a killed process left; those of a running one stay."""
    ours = re.compile(rf"[.]{re.escape(file.name)}[.][0-9a-f]{{12}}[.]part{re.escape(LOCK)}")
    left: list[Path] = []
    with suppress(OSError):
        left = [path for path in file.parent.iterdir() if ours.fullmatch(path.name)]
    for lock in left:
        with suppress(OSError), open(lock, "rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(lock.with_name(lock.name.removesuffix(LOCK)))


def _remove(beside: Path) -> None:
    """A draft and what work at it leaves; its lock last, so that nothing is forgotten."""
    for tail in ("", *LEFT_BY_WORK, LOCK):
        Path(f"{beside}{tail}").unlink(missing_ok=True)


def publish(whole: Path, file: Path) -> None:
    """Give a finished draft its name, in one step that survives a power cut."""
    _flush(whole)
    whole.replace(file)
    _flush(file.parent)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
