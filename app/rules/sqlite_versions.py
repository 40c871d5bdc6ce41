"""Which versions of SQLite have the WAL-reset bug (https://sqlite.org/wal.html#walresetbug)."""

BORN = (3, 7, 0)
FIXED = (3, 51, 3)
BACKPORTS = ((3, 44, 6), (3, 50, 7))


def affected(version: str) -> bool:
    """Can this version lose or corrupt data when two processes write at the same instant?"""
    numbers = tuple(int(part) for part in version.split("."))
    if any(numbers[:2] == fixed[:2] and numbers >= fixed for fixed in BACKPORTS):
        return False
    return BORN <= numbers < FIXED


def warning(version: str) -> str | None:
    """What to be told before serving with this version; None where nothing is wrong with it."""
    if not affected(version):
        return None
    return (
        f"SQLite {version} has the WAL-reset bug (fixed in 3.51.3, 3.50.7 and 3.44.6): two "
        "processes that write to one file at the same instant can, very rarely, corrupt it; and "
        "this file system has no locks by which they keep each other out. Do not start a second "
        "process that writes (serve, import, seed) while this one runs."
    )
