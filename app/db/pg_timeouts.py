"""PostgreSQL connections with a timeout of our own for each answer.

A server that is gone is noticed by the kernel; one that is frozen (its machine is paused, its disk
hangs) keeps the connection and says nothing, and its own limits do not run out. So each wait has a
limit here as well, a little over what the server is told; the connection is then given up.
"""

from typing import Any

import psycopg
from sqlalchemy import Engine, event

GRACE_TIMEOUT_S = 2.0
"""Over the limit of a statement, in which the server may say that it has reached it."""

PING_TIMEOUT_S = 2.0
"""In this time a server that is there says so."""

WaitTimeout = psycopg.errors._WaitTimeout


class TimedConnection(psycopg.Connection[Any]):
    """A connection for threads; ``timeout_s`` is how many seconds one answer may take."""

    timeout_s: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, interval, self.timeout_s if timeout is None else timeout)
        except WaitTimeout as late:
            if timeout is not None:
                raise  # whoever set a limit of his own knows what to do
            raise given_up(self) from late


class AsyncTimedConnection(psycopg.AsyncConnection[Any]):
    """The same without threads."""

    timeout_s: float | None = None

    async def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return await super().wait(gen, interval, self.timeout_s if timeout is None else timeout)
        except WaitTimeout as late:
            if timeout is not None:
                raise  # whoever set a limit of his own knows what to do
            raise given_up(self) from late


def given_up(connection: TimedConnection | AsyncTimedConnection) -> psycopg.OperationalError:
    """Whoever asked on would read the answer to an earlier question: nothing more is asked."""
    connection.pgconn.finish()
    return psycopg.OperationalError("the server does not answer")


def limit_waits(engine: Engine, seconds: float | None) -> None:
    """Have an engine's connections wait for so long and no longer; for a ping, less."""

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, args: Any, more: Any) -> TimedConnection:
        connection = TimedConnection.connect(*args, **more)
        connection.timeout_s = seconds
        return connection

    ping = engine.dialect.do_ping

    def timed_ping(dbapi_connection: Any) -> bool:
        connection = dbapi_connection
        usual, connection.timeout_s = connection.timeout_s, PING_TIMEOUT_S
        try:
            return ping(connection)
        finally:
            connection.timeout_s = usual

    engine.dialect.do_ping = timed_ping  # type: ignore[method-assign]
