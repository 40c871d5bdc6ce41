"""The change log and its head: what makes writers serial, and every read repeatable."""

import hashlib
import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from app.db import insert_rows
from app.models import CHANGE, LOG_HEAD
from app.render.documents import canonical

_head = select(LOG_HEAD.c.seq, LOG_HEAD.c.recorded_at, LOG_HEAD.c.hash).with_for_update()
_move = update(LOG_HEAD)
_NAMES = [column.name for column in CHANGE.columns]


def chained(before: str, line: Mapping[str, Any]) -> str:
    """The hash of a line of the log, which holds the hash of everything before it."""
    return hashlib.sha256(before.encode() + canonical(line)).hexdigest()


class Turn:
    """One writer's turn at the log: a moment later than every moment before it, and its lines.

    Taking it locks the head row, so that commits, moments and sequence numbers all have one
    order; a wall clock that was set back changes nothing.
    """

    def __init__(self, connection: Connection):
        self.connection = connection
        self.seq, last, self.hash = connection.execute(_head).one()
        self.before, self.now = self.seq, max(time.time_ns() // 1000, last + 1)
        self.lines: list[list[Any]] = []

    def record(self, resource: str, id: str, version: int, operation: str, digest: str) -> None:
        """One line: this version was written, and what it was."""
        self.seq += 1
        line = {
            "seq": self.seq,
            "recorded_at": self.now,
            "resource": resource,
            "id": id,
            "version": version,
            "operation": operation,
            "digest": digest,
        }
        self.hash = line["hash"] = chained(self.hash, line)
        self.lines.append([line[name] for name in _NAMES])

    def flush(self) -> None:
        """Write the lines so far, so that a long turn does not keep them in memory."""
        if self.lines:
            insert_rows(self.connection, CHANGE, self.lines)
            self.lines = []

    def close(self) -> None:
        """Write the lines and move the head; the last step before the commit."""
        self.flush()
        if self.seq > self.before:
            head = {"seq": self.seq, "recorded_at": self.now, "hash": self.hash}
            self.connection.execute(_move, head)
