"""Answers that are still true: between two commits nothing that is asked again is worked out again.

Every write moves the head of the log, in the transaction of what it writes, and the head's hash
stands for all that was ever written. So an answer is true for as long as the head is where it was;
the database is asked for that once for all requests of a turn of the event loop, after they came.
What a write has changed, on whichever replica, is seen by every request that comes after it.
(Validation before use, as RFC 9111 has it, where the validator is the whole database's.)
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import Response

from app.api.visits import Key, Reading
from app.db import Database, Row
from app.store.as_of import log_hash

BESIDE = 1000
"""Bytes that an answer takes in memory, apart from its body."""


class Memory:
    """Answers by what was asked, all of one head of the log; the oldest go first."""

    def __init__(self, most: int):
        self.most, self.size, self.again = most, 0, 0
        self.stands: bytes | None = None
        self.kept: dict[Key, Response] = {}

    def heard(self, rows: list[Row] | None) -> None:
        """The database has said where it stands, or nothing."""
        stood, self.stands = self.stands, rows[0][0] if rows else None
        if self.stands is None or self.stands != stood:
            self.kept.clear()
            self.size = 0

    def known(self, key: Key) -> Response | None:
        """What was answered to this, and still is to be."""
        found = self.kept.get(key)
        self.again += found is not None
        return found

    def keep(self, key: Key, stood: bytes | None, answer: Response) -> None:
        """Keep what the database answered when the log had stood there, unless it has moved."""
        size = len(answer.body) + BESIDE
        if stood is None or stood != self.stands or key in self.kept or size > self.most:
            return
        self.kept[key] = answer
        self.size += size
        while self.size > self.most:
            self.size -= len(self.kept.pop(next(iter(self.kept))).body) + BESIDE


def _told(said: asyncio.Future[Any], rows: list[Row] | None) -> None:
    if not said.done():  # whoever asked may have gone
        said.set_result(rows)


class Turn:
    """The requests of one turn of the loop, which are answered together at its end."""

    def __init__(self, memory: Memory, soon: Callable[[Callable[[], None]], Any], db: Database):
        self.memory, self.soon, self.db = memory, soon, db
        self.come: list[Reading] = []

    def add(self, one: Reading) -> None:
        """One more; the first has the end of the turn wait for it."""
        if not self.come:
            self.soon(self._end)
        self.come.append(one)

    async def stands(self) -> Memory:
        """The memory, once the database has said where it stands."""
        said: asyncio.Future[list[Row] | None] = asyncio.Future()
        self.db.soon(log_hash, partial(_told, said))
        self.memory.heard(await said)
        return self.memory

    def _end(self) -> None:
        come, self.come = self.come, []
        with self.db.together():
            if self.memory.most:
                known, come = self._known(come)
                self.db.soon(log_hash, partial(self._tell, known))
            for one in come:
                self._ask(one)

    def _known(self, come: list[Reading]) -> tuple[list[Reading], list[Reading]]:
        """Those that may have been answered already, and the others."""
        known = [one for one in come if one.key in self.memory.kept]
        return known, [one for one in come if one.key not in self.memory.kept]

    def _tell(self, known: list[Reading], rows: list[Row] | None) -> None:
        """Those whose answers were kept have them, if nothing was written meanwhile."""
        self.memory.heard(rows)
        for one in known:
            answer = self.memory.known(one.key)
            if answer is None:
                self._ask(one)
            else:
                one.answered(answer)

    def _ask(self, one: Reading) -> None:
        one.ask(partial(self.memory.keep, one.key, self.memory.stands))
