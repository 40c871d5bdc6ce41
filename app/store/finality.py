"""Finality of as-of reads: a moment is answered once no write can land at it or before it.

Moments up to the newest committed change are final, for writers are serial and each takes a later
one. A later moment is *promised* before it is answered: under the writers' lock, so that no write
is in flight, the head of the log takes it as the moment that every write from now on comes after.
The promise is a committed row, so it binds all processes and outlives them, and no clock is trusted
for it: one that is set back moves nothing, as in a hybrid logical clock (Kulkarni et al., 2014).
"""

from app.db import Database, Reader
from app.errors import Fault, Invalid, Unavailable
from app.store.log import locked, move
from app.store.moments import final

NOT_YET = "this moment has not come yet: ask for one that is past"
BEHIND = "This database has not come as far as the moment that is asked for."


async def settle(db: Database, moment: int) -> None:
    """Make a moment final. Raises ``Invalid`` where it has not come yet.

    Waits for the writes that may still land before it as long as a write may wait for its turn;
    then raises ``Unavailable``.
    """
    if moment <= db.final:
        return
    newest: int = (await db.rows(final, {}))[0][0]
    if moment > newest:
        newest = await db.write(lambda: promise(db, moment))
    db.final = max(db.final, newest)


async def seen(db: Database, moment: int) -> None:
    """Look whether a moment that some answer told is final here too; a replica may lag behind."""
    if moment > db.final:
        db.final = max(db.final, (await db.rows(final, {}))[0][0])


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
