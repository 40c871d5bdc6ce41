"""Write transaction: what is written at one moment, as rows and as lines of the hash chain."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, Update, bindparam, update

from app.db import insert_rows
from app.models import CHANGE, VERSIONED
from app.render.documents import canonical
from app.store.as_of import LockedHead, lock_head, move_head
from app.store.reference_lookup import Known, look

LINE = tuple(CHANGE.c.keys())
"""The fields of a line of the log, in order."""


def chained(before: str, line: Mapping[str, Any]) -> str:
    """The hash of a line of the log, which holds the hash of everything before it.

    What is null is left out, so lines of before it was kept who wrote them have the hash they had.
    """
    told = {name: one for name, one in line.items() if one is not None and name != "hash"}
    return hashlib.sha256(before.encode() + canonical(told)).hexdigest()


class Actor(NamedTuple):
    """Who writes: a key's name and id with the request, or a command; it stands in the log."""

    recorded_by: str
    key_id: str | None = None
    request_id: str | None = None


PROGRAM = Actor("sayso")
"""A program that calls these functions by itself: no request, and no command of ours."""


class WriteTransaction:
    """Write transaction: a moment later than every moment before it, its rows, and its log lines.

    Beginning it locks the head row, so that commits, moments and sequence numbers all have one
    order; a wall clock that was set back changes nothing, for a moment is always later than the
    newest one that is final. On PostgreSQL the clock is the server's, one for all replicas. Rows
    are held until the end, for all of a table together take little longer than one; so whoever
    wants to know what is stored asks here, where both that and what is held is known.
    """

    def __init__(self, connection: Connection, actor: Actor):
        self.connection, self.actor = connection, actor
        head = lock_head(connection)
        self.seq, self.hash = head.seq, head.hash
        self.before, self.now = self.seq, max(head.clock, head.final + 1)
        self.rows: dict[Table, list[list[Any]]] = defaultdict(list)
        self.ended: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.known = Known()
        self.newest: dict[tuple[str, str], Any] = {}

    def look(self, ids: dict[str, set[str]]) -> Known:
        """What there is of these, and of all that was looked for here or written before."""
        return look(self.connection, ids, self.known)

    def hold(self, table: Table, rows: Iterable[list[Any]]) -> None:
        """Rows to be written; those that they refer to are held before them."""
        self.rows[table].extend(rows)

    def end(self, resource: str, id: str, version: int) -> None:
        """A version that ends now, with all its parts; one that began here, too."""
        self.ended[resource].append({"of": id, "which": version, "moment": self.now})

    def record(self, resource: str, id: str, version: int, operation: str, digest: str) -> None:
        """One line: this version was written, what it was, and by whom."""
        self.seq += 1
        line = {
            "seq": self.seq,
            "recorded_at": self.now,
            "resource": resource,
            "id": id,
            "version": version,
            "operation": operation,
            "digest": digest,
            **self.actor._asdict(),
        }
        self.hash = line["hash"] = chained(self.hash, line)
        self.hold(CHANGE, [[line[name] for name in LINE]])

    def flush(self) -> None:
        """Write what is held, so that a long import does not keep it in memory."""
        for table, rows in self.rows.items():
            if rows:
                insert_rows(self.connection, table, rows)
        for resource, ends in self.ended.items():
            for table in tables(resource):
                self.connection.execute(_ending(table), ends)
        self.rows.clear()
        self.ended.clear()

    def close(self) -> None:
        """Write what is held and move the head; the last step before the commit."""
        self.flush()
        if self.seq > self.before:
            move_head(self.connection, LockedHead(self.seq, self.now, self.hash, None, self.now))


@lru_cache
def tables(resource: str) -> tuple[Table, ...]:
    """The tables that a version of a resource has rows in, its own first."""
    kind = VERSIONED[resource]
    return kind.table, *kind.parts


@lru_cache
def _ending(table: Table) -> Update:
    own = table.c.id if "id" in table.c else table.c.claim_id
    ended = (own == bindparam("of"), table.c.version == bindparam("which"))
    return update(table).where(*ended).values(recorded_to=bindparam("moment"))
