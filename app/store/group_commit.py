"""Group commit: writes that wait at the same time share one turn, one commit, one sync to disk.

Each is answered only once the commit is through. A write that is refused has, as a rule, written
nothing, so the others go on; where it has, or where one breaks, all of the group are undone and
done one by one. (Group commit: DeWitt et al., 1984, on main memory database systems.)
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from anyio import to_thread

from app.db import BUSY, Database, translated
from app.errors import Problem, Unavailable
from app.store import writes
from app.store.write_transaction import PROGRAM, Actor, WriteTransaction

WriteFunction = Callable[[WriteTransaction], Any]
GROUP_SIZE = 64
"""Writes in one group: it holds the lock for so long."""


class GroupUndone(Exception):
    """Not an error: this group has to be done one by one."""


@dataclass(eq=False, slots=True)
class PendingWrite:
    """One write, by whom, how long it may wait, and its answer; done, too, where nobody waits."""

    work: WriteFunction
    actor: Actor
    until: float
    answer: asyncio.Future[Any]

    def settle(self, outcome: Any) -> None:
        """Give the answer, or raise what it failed by, where somebody waits for it."""
        if self.answer.done():
            return
        if isinstance(outcome, Problem):
            outcome = outcome.with_traceback(None)  # it leads here: a cycle with the answer in it
        if isinstance(outcome, BaseException):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(outcome)


class GroupCommitQueue:
    """The queue of one process's writes."""

    def __init__(self, db: Database):
        self.db = db
        self.queue: deque[PendingWrite] = deque()
        self.worker: asyncio.Task[None] | None = None
        self.expiry: asyncio.TimerHandle | None = None
        self.refusing: set[asyncio.Task[None]] = set()

    def write(self, work: WriteFunction, actor: Actor = PROGRAM) -> asyncio.Future[Any]:
        """Do one write; when this is done it is committed. It waits no longer than a write may."""
        until = time.monotonic() + self.db.settings.write_wait_seconds
        one = PendingWrite(work, actor, until, asyncio.get_running_loop().create_future())
        one.answer.add_done_callback(self._count)
        self.queue.append(one)
        self.db.writes += 1
        if self.worker is None or self.worker.done():
            self.worker = asyncio.create_task(self._work())
        if self.expiry is None:
            self._expire()
        return one.answer

    def _count(self, answer: asyncio.Future[Any]) -> None:
        self.db.writes -= 1
        refusal = None if answer.cancelled() else answer.exception()
        self.db.refused += isinstance(refusal, Unavailable) and refusal.detail == BUSY

    def _expire(self) -> None:
        """Refuse what has waited too long; what is in a group already waits for that."""
        late = []
        while self.queue and self.queue[0].until <= time.monotonic():
            late.append(self.queue.popleft())
        if late:
            task = asyncio.create_task(self._refuse(late))
            self.refusing.add(task)
            task.add_done_callback(self.refusing.discard)
        self.expiry = None
        if self.queue:
            wait = self.queue[0].until - time.monotonic()
            self.expiry = asyncio.get_running_loop().call_later(max(wait, 0), self._expire)

    async def _refuse(self, late: list[PendingWrite]) -> None:
        """Say when to try again: another process may have to be asked how far it has come."""
        seconds = await to_thread.run_sync(self.db.left)
        for one in late:
            one.settle(Unavailable(BUSY, retry_after=seconds))

    async def _work(self) -> None:
        while group := self._taken():
            try:
                outcomes = await self._done(group)
            except Unavailable as busy:
                if busy.detail == BUSY:
                    self._put_back(group)
                    continue
                outcomes = [busy] * len(group)
            except BaseException as error:
                outcomes = [error] * len(group)
            for one, outcome in zip(group, outcomes, strict=True):
                one.settle(outcome)

    def _put_back(self, group: list[PendingWrite]) -> None:
        """Nothing was begun: whoever has time left waits on."""
        self.queue.extendleft(reversed(group))
        if self.expiry is not None:
            self.expiry.cancel()
        self._expire()

    def _taken(self) -> list[PendingWrite]:
        """The next group; whoever has gone is left out."""
        group: list[PendingWrite] = []
        while self.queue and len(group) < GROUP_SIZE:
            one = self.queue.popleft()
            if not one.answer.done():
                group.append(one)
        return group

    async def _done(self, group: list[PendingWrite]) -> Sequence[Any]:
        if len(group) == 1:
            return [await self._alone(group[0])]
        until = min(one.until for one in group)
        try:
            return await self.db.write(lambda: write_group(self.db, group), until)
        except GroupUndone:
            return await asyncio.gather(*map(self._alone, group), return_exceptions=True)

    async def _alone(self, one: PendingWrite) -> Any:
        return await self.db.write(
            lambda: writes.write(self.db, one.work, actor=one.actor), one.until
        )


def write_group(db: Database, group: Sequence[PendingWrite]) -> list[Any]:
    """Several writes in one transaction: of each what it answers, or the problem it is refused by.

    Raises ``GroupUndone`` where one of them has left something it should not have.
    """
    with db.transaction() as connection:
        tx = WriteTransaction(connection, PROGRAM)
        outcomes = [_tried(tx, one) for one in group]
        _flushed(tx)
        tx.close()
    return outcomes


def _flushed(tx: WriteTransaction) -> None:
    """What the engine cannot is told to all; a row that it does not take is the fault of one."""
    try:
        with translated():
            tx.flush()
    except Problem:
        raise
    except Exception as error:
        raise GroupUndone from error


def _tried(tx: WriteTransaction, one: PendingWrite) -> Any:
    tx.actor, before = one.actor, tx.seq
    try:
        return one.work(tx)
    except Problem as problem:
        if tx.seq != before:
            raise GroupUndone from None
        return problem
    except Exception as error:
        raise GroupUndone from error
