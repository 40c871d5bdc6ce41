"""Write: planned versions get their moments and lines in the log; only this needs the lock."""

from collections import Counter
from collections.abc import Callable

from app.db.temp_table import TempTable
from app.models import CHANGE
from app.store.versions import VersionRows, with_recorded_at
from app.store.write_transaction import WriteTransaction

STEP = 1000
Progress = Callable[[int, int], None]
"""Is told how much is done, and of how much."""


def write_versions(tx: WriteTransaction, planned: TempTable, progress: Progress) -> Counter[str]:
    """Write versions, many at a time; says how many rows each table has of them."""
    first, done = 1, 0
    written: Counter[str] = Counter()
    for batch in planned.batches(STEP):
        for place, (found, ends, after) in batch:
            version = VersionRows(*found)
            if after >= first:
                tx.now += 1  # two versions of one id: the later is later
                first = place
            if ends:
                tx.end(version.resource, version.id, ends)
            for table, rows in with_recorded_at(version, tx.now):
                tx.hold(table, rows)
                written[table.name] += len(rows)
            tx.record(*version[:5])
        tx.flush()
        done += len(batch)
        progress(done, planned.count)
    return written + Counter({CHANGE.name: done})
