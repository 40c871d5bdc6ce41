"""Finality of as-of reads: a moment is answered once no write can land at it or before it.

Moments up to the newest committed change are final, for writers are serial and each takes a later
one. A later moment is *promised* before it is answered: under the writers' lock, so that no write
is in flight, the head of the log takes it as the moment that every write from now on comes after.
The promise is a committed row, so it binds all processes and outlives them, and no clock is trusted
for it: one that is set back moves nothing, as in a hybrid logical clock (Kulkarni et al., 2014).

A standby cannot promise. It answers what its primary has promised or committed, once it has
replayed that; for the rest it waits a little, and then refuses.
"""

import asyncio
import time

from app.db import Database, Reader
from app.errors import Fault, Invalid, ReadOnly, Unavailable
from app.store.as_of import final
from app.store.write_transaction import locked, move

NOT_YET = "this moment has not come yet: ask for one that is past"
BEHIND = (
    "This database has not come as far as the moment that is asked for. Ask again, or ask the "
    "server of the primary, or without `as_of`."
)
DAY = 86_400_000_000
LAG_S, POLL_S = 1.0, 0.05
"""How long a read waits for what its primary has written, and how often it looks."""


async def settle(db: Database, moment: int) -> None:
    """Make a moment final. Raises ``Invalid`` where it has not come yet.

    Waits for the writes that may still land before it as long as a write may wait for its turn;
    then raises ``Unavailable``.
    """
    if moment <= db.final or moment <= await _newest(db):
        return
    try:
        newest = await db.write(lambda: promise(db, moment))
        db.final = max(db.final, newest)
    except ReadOnly:
        if moment > time.time_ns() // 1000 + DAY:  # whatever the clock of the primary says
            raise Invalid(faults=(Fault(NOT_YET, parameter="as_of"),)) from None
        await seen(db, moment)


async def seen(db: Database, moment: int) -> None:
    """Wait a little for a moment that was told elsewhere to be final here too.

    A replica may lag behind; raises ``Unavailable`` where it does for longer.
    """
    until = time.monotonic() + LAG_S
    while moment > db.final and moment > await _newest(db):
        if time.monotonic() > until:
            raise Unavailable(BEHIND, retry_after=1)
        await asyncio.sleep(POLL_S)


async def _newest(db: Database) -> int:
    found: int = (await db.rows(final, {}))[0][0]
    db.final = max(db.final, found)
    return found


def promise(db: Database, moment: int) -> int:
    """Have every later write come after a moment, and all until now; says which is final now."""
    with db.transaction() as connection:
        head = locked(connection)
        if moment <= head.last:
            return head.last
        if moment > head.clock:
            raise Invalid(faults=(Fault(NOT_YET, parameter="as_of"),))
        move(connection, head._replace(promised=head.clock))
        return head.clock


async def reached(reader: Reader, moment: int | None) -> None:
    """Refuse a moment that this snapshot does not hold yet, as of a replica that lags behind."""
    if moment is not None and moment > (await reader.rows(final, {}))[0][0]:
        raise Unavailable(BEHIND, retry_after=1)
