"""PostgreSQL connections that do not wait for ever for a server that has stopped to answer.

A server that is gone is noticed by the kernel; one that is frozen (its machine is paused, its disk
hangs) keeps the connection and says nothing, and its own limits do not run out. So each wait has a
limit here as well, a little over what the server is told; the connection is then given up.
"""

from typing import Any

import psycopg
from sqlalchemy import Engine, event

GRACE = 2.0
"""Seconds over the limit of a statement in which the server may say that it has reached it."""

PING = 2.0
"""Seconds in which a server that is there says so."""

Late = psycopg.errors._WaitTimeout


class Patient(psycopg.Connection[Any]):
    """A connection for threads; ``patience`` is how many seconds one answer may take."""

    patience: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except Late as late:
            if timeout is not None:
                raise  # whoever set a limit of his own knows what to do
            raise given_up(self) from late


class AsyncPatient(psycopg.AsyncConnection[Any]):
    """The same without threads."""

    patience: float | None = None

    async def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return await super().wait(gen, interval, self.patience if timeout is None else timeout)
        except Late as late:
            if timeout is not None:
                raise  # whoever set a limit of his own knows what to do
            raise given_up(self) from late


def given_up(connection: Patient | AsyncPatient) -> psycopg.OperationalError:
    """Whoever asked on would read the answer to an earlier question: nothing more is asked."""
    connection.pgconn.finish()
    return psycopg.OperationalError("the server does not answer")


def patient(engine: Engine, seconds: float | None) -> None:
    """Have an engine's connections wait for so long and no longer; for a sign of life, less."""

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, args: Any, more: Any) -> Patient:
        connection = Patient.connect(*args, **more)
        connection.patience = seconds
        return connection

    ping = engine.dialect.do_ping

    def glance(dbapi_connection: Any) -> bool:
        connection = dbapi_connection
        usual, connection.patience = connection.patience, PING
        try:
            return ping(connection)
        finally:
            connection.patience = usual

    engine.dialect.do_ping = glance  # type: ignore[method-assign]
