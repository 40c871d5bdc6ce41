"""PostgreSQL sessions: where the server is, and what of a session outlives a transaction.

A connection pooler in transaction mode (PgBouncer) gives a client another server session for every
transaction: what was set or prepared in one is not there in the next, or is somebody else's. So
limits are set for each transaction, never for a session; and statements are prepared only where
the session is the client's own. A pooler shows itself: it answers a new connection before it has a
server for it, and so with a process id of its own making (the key to cancel a query with).
"""

from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from app.config import Settings
from app.errors import Misconfigured

GRACE_TIMEOUT_S = 2.0
"""Over the limit of a statement, in which the server may say that it has reached it."""

PING_TIMEOUT_S = 2.0
"""In this time a server that is there says so."""

WaitTimeout = psycopg.errors._WaitTimeout


class TimedConnection(psycopg.Connection[Any]):
    """A connection for threads; ``timeout_s`` is how many seconds one answer may take.

    A server that is gone is noticed by the kernel; one that is frozen (its machine is paused, its
    disk hangs) keeps the connection and says nothing, and its own limits do not run out. So each
    wait has a limit here as well, a little over what the server is told; the connection is then
    given up.
    """

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


NOTICED: dict[str, Any] = {"connect_timeout": 3, "tcp_user_timeout": 10_000}
"""A server that is gone is noticed within seconds, also where nothing says so."""

PROCESS = b"SELECT pg_backend_pid()"
FOR_WRITES = ("read-write", "primary")
SEVERAL = (
    "The hosts of SAYSO_DATABASE_URL may be copies of different age. "
    "Have one chosen that takes writes, by target_session_attrs=read-write, or name one host."
)
UNREADABLE = (
    "SAYSO_DATABASE_URL is no URL of PostgreSQL's. Write postgresql://USER:PASSWORD@HOST/NAME, "
    "with %2F for a / in the password, and so on."
)
NO_PORT = (
    "A port in SAYSO_DATABASE_URL is no number from 1 to 65535. Write "
    "postgresql://USER:PASSWORD@HOST:5432/NAME, with %3A for a : in the password."
)
NO_TRANSACTIONS = (
    "The connection pooler before the database keeps no transaction together. "
    "Set pool_mode = transaction (or session) in PgBouncer, or name the server itself."
)


def address(url: str) -> str:
    """How libpq finds the server: one host, or the one of several that takes writes.

    Whoever writes reads what was written, so readers and the writer have to be on one server.
    """
    found = parsed(url)
    several = any("," in str(found.get(name, "")) for name in ("host", "hostaddr"))
    if several and found.setdefault("target_session_attrs", "read-write") not in FOR_WRITES:
        raise Misconfigured(SEVERAL)
    return make_conninfo(**{**found, **NOTICED})


def parsed(url: str) -> dict[str, Any]:
    """The parameters in a URL of libpq's, which may name a driver as SQLAlchemy's do."""
    rest = url.partition("://")[2]
    if "@" in rest.partition("/")[2].partition("?")[0]:  # libpq takes the user for a host
        raise Misconfigured(UNREADABLE)
    try:
        found = dict(conninfo_to_dict(f"postgresql://{rest}"))
    except psycopg.ProgrammingError:  # its message may quote the password
        raise Misconfigured(UNREADABLE) from None
    ports = str(found.get("port", "")).split(",")
    if not all(port == "" or port.isdecimal() and 0 < int(port) < 65536 for port in ports):
        raise Misconfigured(NO_PORT)
    return found


def shown(url: str) -> URL:
    """The same to be shown, which SQLAlchemy cannot read where a second host has a port."""
    found = parsed(url)
    user, password, host = (found.get(name) for name in ("user", "password", "host"))
    return URL.create("postgresql+psycopg", user, password, host, database=found.get("dbname"))


def refusal(url: str) -> str | None:
    """Why the server takes no connection, in its own words or the system's; None: it does."""
    try:
        psycopg.connect(address(url)).close()
    except psycopg.OperationalError as error:
        return str(error).strip().splitlines()[0]
    return None


def limits(**settings: int) -> str:
    """Parameters for the length of a transaction, in one message."""
    return "; ".join(f"SET LOCAL {name} = {value}" for name, value in settings.items())


async def is_own(connection: psycopg.AsyncConnection[Any]) -> bool:
    """Whether no pooler stands between us and the server."""
    (process,) = (await (await connection.execute(PROCESS)).fetchall())[0]
    return bool(process == connection.info.backend_pid)


def adapt_waiting(connection: TimedConnection) -> None:
    """Prepare nothing in a session of somebody else's; refuse a pooler of statements."""
    try:
        (process,) = connection.execute(PROCESS).fetchall()[0]
        connection.rollback()
    except psycopg.errors.ProtocolViolation:
        raise Misconfigured(NO_TRANSACTIONS) from None
    if process != connection.info.backend_pid:
        connection.prepare_threshold = None


def postgres_engine(settings: Settings, **more: Any) -> Engine:
    """An engine whose connections libpq makes, by the URL as it is."""
    server = conninfo_to_dict(address(settings.database_url))
    engine = create_engine(
        "postgresql+psycopg://", hide_parameters=True, connect_args=server, **more
    )
    # First of all, for what SQLAlchemy asks of a new connection needs a transaction.
    event.listen(engine, "connect", lambda opened, _record: adapt_waiting(opened), insert=True)
    return engine


def postgres_snapshot_engine(settings: Settings) -> Engine:
    """The engine for jobs that read all of it: each connection is used once."""
    only = {"postgresql_readonly": True}
    level = "REPEATABLE READ"
    return postgres_engine(
        settings, poolclass=NullPool, isolation_level=level, execution_options=only
    )


def postgres_writer_engine(settings: Settings, bounded: bool) -> Engine:
    """The engine for writes and migrations; ``bounded`` gives each statement a query's time."""
    most = {"lock_timeout": int(settings.write_wait_seconds * 1000)}
    if bounded:
        most["statement_timeout"] = int(settings.query_seconds * 1000)
        most["idle_in_transaction_session_timeout"] = 60_000
    engine = postgres_engine(settings, pool_pre_ping=True, pool_timeout=3)
    limit_waits(engine, settings.query_seconds + GRACE_TIMEOUT_S if bounded else None)
    event.listen(engine, "begin", lambda opened: opened.exec_driver_sql(limits(**most)))
    return engine


class Watch:
    """A connection kept to look whether the database is there.

    To make one may take longer than a look: a host that is named first may be away for hours.
    """

    def __init__(self, url: str, seconds: float):
        self.url, self.seconds = url, seconds
        self.kept: TimedConnection | None = None

    def rows(self, statement: str) -> list[Any]:
        """The rows of a statement, on a new connection where the kept one was lost."""
        if self.kept is not None:
            try:
                return self._asked(self.kept, statement)
            except psycopg.OperationalError:
                if not self.kept.closed:
                    raise
        self.kept = TimedConnection.connect(address(self.url), prepare_threshold=None)
        self.kept.timeout_s = self.seconds + GRACE_TIMEOUT_S
        return self._asked(self.kept, statement)

    def _asked(self, connection: TimedConnection, statement: str) -> list[Any]:
        with connection.transaction():
            connection.execute(limits(statement_timeout=int(self.seconds * 1000)).encode())
            return connection.execute(statement.encode()).fetchall()

    def close(self) -> None:
        """Close it, if there is one."""
        if self.kept is not None:
            self.kept.close()
