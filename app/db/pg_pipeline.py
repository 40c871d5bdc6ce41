"""PostgreSQL pipeline mode: the short reads of one turn of the event loop are one message.

Each is a prepared statement and a snapshot by itself. What takes longer than the statement timeout
is stopped and handed back, and has to be asked where nobody waits behind it. Through a connection
pooler nothing is prepared, and each batch sets its own timeout.
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

from app.db.pg_sessions import AsyncTimedConnection, is_own
from app.db.statements import Callback, Row

STATEMENT_TIMEOUT_MS = 100
"""How long a statement may take here."""

BATCH_TIMEOUT_S = 1.0
"""In this time a server that is there has answered a batch; else the connection is given up."""

RECONNECT_S = 0.5
"""Between looks at whether there is a connection."""

ENCODING = "SQL_ASCII"
"""No encoding: psycopg gives texts as the bytes that they are, which the database has as UTF-8."""

MAX_PREPARED = 256
"""Statements that are kept prepared; later ones are planned each time."""

GOOD = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


class PipelineQuery(NamedTuple):
    """A statement with ``$1``, ``$2`` …, its values, and who is given its rows."""

    text: str
    values: Sequence[Any]
    callback: Callback


SET_TIMEOUT = f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}"
SET_LOCAL_TIMEOUT = PipelineQuery(
    f"SELECT set_config('statement_timeout', '{STATEMENT_TIMEOUT_MS}', true)", (), lambda _: None
)
"""The same where the session is not our own: a batch is a transaction, which is what it is for."""


class Pipeline:
    """One connection, kept open; while there is none, everything is handed back at once."""

    def __init__(self, address: str, plans: str):
        self.address = address
        self.plans = plans
        self.connection: AsyncTimedConnection | None = None
        self.own = False
        self.prepared: dict[tuple[str, tuple[int, ...]], bytes] = {}
        self.names = count()
        self.batch: list[PipelineQuery] = []
        self.callbacks: deque[Callback] = deque()
        self.timeout: asyncio.TimerHandle | None = None

    async def stay_connected(self) -> None:
        """Connect, and again whenever the connection is lost; ends by being cancelled."""
        try:
            while True:
                if self.connection is None:
                    with suppress(psycopg.Error, OSError):
                        await self._connect()
                await asyncio.sleep(RECONNECT_S)
        finally:
            self.disconnect()

    async def _connect(self) -> None:
        connection = await AsyncTimedConnection.connect(
            self.address, autocommit=True, client_encoding=ENCODING
        )
        try:
            await self._set_up(connection)
        except BaseException:  # a stop cancels this, too
            connection.pgconn.finish()
            raise
        self.loop, self.wire = asyncio.get_running_loop(), connection.pgconn
        self.adapters = Transformer(connection)
        self.wire.nonblocking = 1
        self.wire.enter_pipeline_mode()
        self.loop.add_reader(self.wire.socket, self._on_readable)
        self.socket = self.wire.socket
        self.connection = connection

    async def _set_up(self, connection: AsyncTimedConnection) -> None:
        connection.timeout_s = BATCH_TIMEOUT_S
        self.own = await is_own(connection)
        if self.own:
            setup = f"SET plan_cache_mode = {self.plans}; {SET_TIMEOUT}"
            await connection.execute(setup.encode())

    def disconnect(self) -> None:
        """Give the connection up, and hand back what was asked of it."""
        if self.connection is None:
            return
        self.loop.remove_reader(self.socket)
        self.wire.finish()
        self.connection = None
        self.prepared.clear()
        self._cancel_timeout()
        unanswered = [*self.callbacks, *(query.callback for query in self.batch)]
        self.callbacks.clear()
        self.batch.clear()
        for callback in unanswered:
            callback(None)

    def query(self, query: PipelineQuery) -> None:
        """Send it with the batch of this turn, once the batch before is answered."""
        if self.connection is None:
            query.callback(None)
            return
        self.batch.append(query)
        if len(self.batch) == 1 and self.timeout is None:
            self.loop.call_soon(self._send_batch)

    def _send_batch(self) -> None:
        if self.timeout is not None or not self.batch:
            return
        batch, self.batch = self.batch, []
        self.timeout = self.loop.call_later(BATCH_TIMEOUT_S, self.disconnect)
        try:
            if not self.own:
                self._send(SET_LOCAL_TIMEOUT)
            for query in batch:
                self._send(query)
            self.wire.pipeline_sync()
        except psycopg.Error:
            self.disconnect()
        self._flush()

    def _flush(self) -> None:
        """Send what is to be sent, and the rest soon; nothing, if the connection was lost."""
        try:
            if self.connection is not None and self.wire.flush():  # the kernel takes no more now
                self.loop.call_later(0.001, self._flush)
        except psycopg.Error:
            self.disconnect()

    def _send(self, query: PipelineQuery) -> None:
        """Into what is sent; a new statement is prepared first, which has an answer too."""
        values = self.adapters.dump_sequence(query.values, [PyFormat.TEXT] * len(query.values))
        types = self.adapters.types or ()
        key = query.text, types
        name = self.prepared.get(key)
        if name is None and self.own and len(self.prepared) < MAX_PREPARED:
            name = self.prepared[key] = b"sayso%d" % next(self.names)
            self.wire.send_prepare(name, query.text.encode(), types)
            self.callbacks.append(partial(self._on_prepared, key))
        if name is None:
            self.wire.send_query_params(query.text.encode(), values, types)
        else:
            self.wire.send_query_prepared(name, values)
        self.callbacks.append(query.callback)

    def _on_prepared(self, key: tuple[str, tuple[int, ...]], rows: list[Row] | None) -> None:
        if rows is None:  # it was refused, or passed over because another one was
            self.prepared.pop(key, None)

    def _on_readable(self) -> None:
        """Take what has come: each statement's results end with None, the batch's with a sync."""
        try:
            self.wire.consume_input()
            ended = False
            while self.connection is not None and not self.wire.is_busy():
                result = self.wire.get_result()
                if result is None and ended:
                    return
                ended = result is None
                if result is not None:
                    self._on_result(result)
        except psycopg.Error:
            self.disconnect()

    def _on_result(self, result: Any) -> None:
        if result.status == pq.ExecStatus.PIPELINE_SYNC:
            self._cancel_timeout()
            self.loop.call_soon(self._send_batch)
        else:
            self.callbacks.popleft()(self._rows(result))

    def _rows(self, result: Any) -> list[Row] | None:
        if result.status not in GOOD:
            return None
        self.adapters.set_pgresult(result)
        return self.adapters.load_rows(0, result.ntuples, tuple)

    def _cancel_timeout(self) -> None:
        if self.timeout is not None:
            self.timeout.cancel()
            self.timeout = None
