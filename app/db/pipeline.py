"""A PostgreSQL connection for reads that take but a moment: those of one turn go out together.

Each is a prepared statement and a snapshot by itself; all that are asked in one turn of the event
loop are one message to the server, and one back (libpq's pipeline mode). What takes longer than
a moment is stopped and handed back, and has to be asked where nobody waits behind it. Through a
connection pooler nothing is prepared, and each turn says its limit.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any, NamedTuple

import psycopg
from psycopg import pq
from psycopg.adapt import PyFormat, Transformer

from app.db.patience import AsyncPatient
from app.db.pg_sessions import is_own
from app.db.readers import Row, Then

MOMENT = 100
"""Milliseconds that a statement may take here."""

PATIENCE = 1.0
"""Seconds in which a server that is there has answered a turn; else the connection is given up."""

AGAIN = 0.5
"""Seconds between looks at whether there is a connection."""

BYTES = "SQL_ASCII"
"""No encoding: psycopg gives texts as the bytes that they are, which the database has as UTF-8."""

MOST = 256
"""Statements that are kept prepared; later ones are planned each time."""

Key = tuple[str, tuple[int, ...]]
GOOD = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


class Asked(NamedTuple):
    """A statement with ``$1``, ``$2`` …, its values, and who is to be told."""

    text: str
    values: Sequence[Any]
    then: Then


LIMITS = f"SET statement_timeout = {MOMENT}"
LIMITED = Asked(f"SELECT set_config('statement_timeout', '{MOMENT}', true)", (), lambda _: None)
"""The limit where the session is not our own: a turn is a transaction, which is what it is for."""


class Pipeline:
    """One connection, kept open; while there is none, everything is handed back at once."""

    def __init__(self, address: str, plans: str):
        self.address = address
        self.plans = plans
        self.connection: AsyncPatient | None = None
        self.own = False
        self.prepared: dict[Key, bytes] = {}
        self.names = count()
        self.turn: list[Asked] = []
        self.sent: deque[Then] = deque()
        self.late: asyncio.TimerHandle | None = None

    async def keep(self) -> None:
        """Connect, and again whenever the connection is lost; ends by being cancelled."""
        try:
            while True:
                if self.connection is None:
                    with suppress(psycopg.Error, OSError):
                        await self._connect()
                await asyncio.sleep(AGAIN)
        finally:
            self.lose()

    async def _connect(self) -> None:
        found = await AsyncPatient.connect(self.address, autocommit=True, client_encoding=BYTES)
        found.patience = PATIENCE
        self.own = await is_own(found)
        if self.own:
            await found.execute(f"SET plan_cache_mode = {self.plans}; {LIMITS}".encode())
        self.loop, self.wire = asyncio.get_running_loop(), found.pgconn
        self.adapts = Transformer(found)
        self.wire.nonblocking = 1
        self.wire.enter_pipeline_mode()
        self.socket = self.wire.socket
        self.loop.add_reader(self.socket, self._hear)
        self.connection = found

    def lose(self) -> None:
        """Give the connection up, and hand back what was asked of it."""
        if self.connection is None:
            return
        self.loop.remove_reader(self.socket)
        self.wire.finish()
        self.connection = None
        self.prepared.clear()
        self._turned()
        left = [*self.sent, *(asked.then for asked in self.turn)]
        self.sent.clear()
        self.turn.clear()
        for then in left:
            then(None)

    def ask(self, asked: Asked) -> None:
        """Ask with what else is asked in this turn, once the turn before is answered."""
        if self.connection is None:
            asked.then(None)
            return
        self.turn.append(asked)
        if len(self.turn) == 1 and self.late is None:
            self.loop.call_soon(self._send)

    def _send(self) -> None:
        if self.late is not None or not self.turn:
            return
        turn, self.turn = self.turn, []
        self.late = self.loop.call_later(PATIENCE, self.lose)
        try:
            if not self.own:
                self._put(LIMITED)
            for asked in turn:
                self._put(asked)
            self.wire.pipeline_sync()
        except psycopg.Error:
            self.lose()
        self._flush()

    def _flush(self) -> None:
        """Send what is to be sent, and the rest soon; nothing, if the connection was lost."""
        try:
            if self.connection is not None and self.wire.flush():  # the kernel takes no more now
                self.loop.call_later(0.001, self._flush)
        except psycopg.Error:
            self.lose()

    def _put(self, asked: Asked) -> None:
        """Into what is sent; a new statement is prepared first, which has an answer too."""
        given = self.adapts.dump_sequence(asked.values, [PyFormat.TEXT] * len(asked.values))
        types = self.adapts.types or ()
        key = asked.text, types
        name = self.prepared.get(key)
        if name is None and self.own and len(self.prepared) < MOST:
            name = self.prepared[key] = b"sayso%d" % next(self.names)
            self.wire.send_prepare(name, asked.text.encode(), types)
            self.sent.append(partial(self._prepared, key))
        if name is None:
            self.wire.send_query_params(asked.text.encode(), given, types)
        else:
            self.wire.send_query_prepared(name, given)
        self.sent.append(asked.then)

    def _prepared(self, key: Key, rows: list[Row] | None) -> None:
        if rows is None:  # it was refused, or passed over because another one was
            self.prepared.pop(key, None)

    def _hear(self) -> None:
        """Take what has come: each statement's results end with None, the turn's with a sync."""
        try:
            self.wire.consume_input()
            ended = False
            while self.connection is not None and not self.wire.is_busy():
                result = self.wire.get_result()
                if result is None and ended:
                    return
                ended = result is None
                if result is not None:
                    self._heard(result)
        except psycopg.Error:
            self.lose()

    def _heard(self, result: Any) -> None:
        if result.status == pq.ExecStatus.PIPELINE_SYNC:
            self._turned()
            self.loop.call_soon(self._send)
        else:
            self.sent.popleft()(self._rows(result))

    def _rows(self, result: Any) -> list[Row] | None:
        if result.status not in GOOD:
            return None
        self.adapts.set_pgresult(result)
        return self.adapts.load_rows(0, result.ntuples, tuple)

    def _turned(self) -> None:
        if self.late is not None:
            self.late.cancel()
            self.late = None
