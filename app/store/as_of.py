"""As-of reads: the rows that were current at one moment, and when a moment's answer is final.

Every read is one. Moments up to the newest committed change are final, for writers are serial and
each takes a later one. A later moment is *promised* before it is answered: under the writers' lock,
so that no write is in flight, the head of the log takes it as the moment that every write from now
on comes after. The promise is a committed row, so it binds all processes and outlives them, and no
clock is trusted for it: one that is set back moves nothing, as in a hybrid logical clock (Kulkarni
et al., 2014).

A standby cannot promise. It answers what its primary has promised or committed, once it has
replayed that; for the rest it waits a little, and then refuses.
"""

import asyncio
import hashlib
import time
from typing import NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    and_,
    bindparam,
    func,
    select,
    update,
)

from app.db import Database, Query, Reader, executed, server_clock, walked
from app.errors import Fault, Invalid, ReadOnly, Unavailable
from app.models import FOREVER, LOG_HEAD

head = select(LOG_HEAD.c.recorded_at)
"""The newest committed change."""

final = select(func.coalesce(LOG_HEAD.c.promised, LOG_HEAD.c.recorded_at))
"""The newest moment at which, or before which, nothing will be recorded any more."""

log_hash = Query(select(LOG_HEAD.c.hash), {})
"""Where the log stands: while its hash is the same, so is everything that was ever written."""

NOT_YET = "this moment has not come yet: ask for one that is past"
BEHIND = (
    "This database has not come as far as the moment that is asked for. Ask again, or ask the "
    "server of the primary, or without `as_of`."
)
DAY = 86_400_000_000
LAG_S, POLL_S = 1.0, 0.05
"""How long a read waits for what its primary has written, and how often it looks."""

_COLUMNS = ("seq", "recorded_at", "hash", "promised", "seal")
_lock = select(*(LOG_HEAD.c[name] for name in _COLUMNS[:-1]), server_clock()).with_for_update()
_move = update(LOG_HEAD).values({name: bindparam(name) for name in _COLUMNS})


def current(
    table: FromClause, past: bool, by_index: bool = True, by_walk: bool = False
) -> ColumnElement[bool]:
    """The rows of a table that were current at ``:moment``, or are now.

    Where something else has led to them, no index is to be used for it, and ``+ 0`` says so; where
    all of them are wanted, they are walked.
    """
    until = table.c.recorded_to if by_index else table.c.recorded_to + 0
    until = walked(until) if by_walk else until
    if not past:
        return until == FOREVER
    moment: BindParameter[int] = bindparam("moment")
    return and_(table.c.recorded_at <= moment, until > moment)


async def last_change(reader: Reader) -> int:
    """The moment of the newest committed change."""
    found: int = (await reader.rows(head, {}))[0][0]
    return found


async def settle(db: Database, moment: int) -> None:
    """Make a moment final. Raises ``Invalid`` where it has not come yet.

    Waits for the writes that may still land before it as long as a write may wait for its turn;
    then raises ``Unavailable``.
    """
    if moment <= db.final or moment <= await _newest_final(db):
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
    while moment > db.final and moment > await _newest_final(db):
        if time.monotonic() > until:
            raise Unavailable(BEHIND, retry_after=1)
        await asyncio.sleep(POLL_S)


async def _newest_final(db: Database) -> int:
    found: int = (await db.rows(final, {}))[0][0]
    db.final = max(db.final, found)
    return found


async def reached(reader: Reader, moment: int | None) -> None:
    """Refuse a moment that this snapshot does not hold yet, as of a replica that lags behind."""
    if moment is not None and moment > (await reader.rows(final, {}))[0][0]:
        raise Unavailable(BEHIND, retry_after=1)


class LockedHead(NamedTuple):
    """The head of the log under the writers' lock, and what the clock says."""

    seq: int
    recorded_at: int
    hash: str
    promised: int | None
    clock: int

    @property
    def final(self) -> int:
        """The newest final moment: nothing will be recorded at it, or before it, any more."""
        return self.recorded_at if self.promised is None else self.promised


def lock_head(connection: Connection) -> LockedHead:
    """The head, kept from every other writer until this transaction ends."""
    head = LockedHead(*executed(connection, _lock, {}).fetchone())
    return head if head.clock else head._replace(clock=time.time_ns() // 1000)


def move_head(connection: Connection, head: LockedHead) -> None:
    """Write the head; a moment that is promised with it is sealed by the log's own hash."""
    promised = head.promised
    seal = None if promised is None else promise_seal(head.hash, promised)
    row = (head.seq, head.recorded_at, head.hash, promised, seal)
    executed(connection, _move, dict(zip(_COLUMNS, row, strict=True)))


def promise_seal(hash: str, promised: int) -> str:
    """What proves that a promise was made at this head, and of this moment."""
    return hashlib.sha256(f"{hash} {promised}".encode()).hexdigest()


def promise(db: Database, moment: int) -> int:
    """Have every later write come after a moment, and all until now; says which is final now."""
    with db.transaction() as connection:
        head = lock_head(connection)
        if moment <= head.final:
            return head.final
        if moment > head.clock:
            raise Invalid(faults=(Fault(NOT_YET, parameter="as_of"),))
        move_head(connection, head._replace(promised=head.clock))
        return head.clock
