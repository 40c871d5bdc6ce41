"""Estimated time to completion of the write at work: what Retry-After says to those it refuses.

Linear: what is left takes as long for each row as what is done took. Other processes see it too:
of a SQLite file in the file of its lock, of PostgreSQL as the session's application_name.
"""

import time
from collections.abc import Callable

from sqlalchemy import Connection, text

PREFIX = "sayso import until "
MAX_ESTIMATE_S = 3600
"""Nobody is sent away for longer than an hour, whatever the estimate says."""
EVERY = 0.25
"""Seconds between two tellings, which cost PostgreSQL a round trip."""

_TELL = text(
    f"SELECT set_config('application_name', '{PREFIX}' ||"
    " round(extract(epoch FROM clock_timestamp()) + :seconds), true)"
)
_ASK = text(
    "SELECT max(substr(application_name, :after)::numeric"
    " - extract(epoch FROM clock_timestamp()))::float FROM pg_stat_activity"
    f" WHERE datname = current_database() AND application_name ~ '^{PREFIX}[0-9]+$'"
)


class Estimate:
    """How far a write has come; ``tell`` is told when it is expected to end (monotonic clock)."""

    def __init__(self, tell: Callable[[float], None]):
        self.tell, self.begun = tell, time.monotonic()
        self.told = float("-inf")

    def __call__(self, done: int, total: int) -> None:
        """So much is done, of so much."""
        now = time.monotonic()
        if 0 < done < total and now - self.told >= EVERY:
            self.told = now
            self.tell(now + (now - self.begun) / done * (total - done))


def tell_server(connection: Connection, ends: float) -> None:
    """Tell other processes, by the server: until this transaction ends."""
    connection.execute(_TELL, {"seconds": ends - time.monotonic()})


def ask_server(connection: Connection) -> float | None:
    """When another process's write is expected to end, if it says so."""
    seconds = connection.execute(_ASK, {"after": len(PREFIX) + 1}).scalar()
    return None if seconds is None else time.monotonic() + seconds
