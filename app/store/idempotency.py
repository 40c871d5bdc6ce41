"""Idempotency keys, in the transaction of the write they stand for.

Writers are serial, so of two requests with one key the second waits for the first, and then
finds its answer: no other lock is needed.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from app.errors import Fault, Invalid
from app.models import IDEMPOTENCY_KEY as TABLE
from app.store.log import Turn

KEPT = 48 * 3600 * 1_000_000


@dataclass(frozen=True)
class Attempt:
    """A request that may be a retry: whose, under which key, and what it sends."""

    caller: str
    key: str
    fingerprint: str


@dataclass(frozen=True)
class Answer:
    """What a request was answered: its status, headers and body."""

    status: int
    headers: str
    body: str


def answered(connection: Connection, attempt: Attempt) -> Answer | None:
    """The answer that this request had before; raises ``Invalid`` if it sent something else."""
    own = (TABLE.c.caller == attempt.caller, TABLE.c.key == attempt.key)
    columns = (TABLE.c.fingerprint, TABLE.c.status, TABLE.c.headers, TABLE.c.body)
    row = connection.execute(select(*columns).where(*own)).one_or_none()
    if row is None:
        return None
    if row.fingerprint != attempt.fingerprint:
        detail = "this key was used with another request"
        raise Invalid(faults=(Fault(detail, parameter="Idempotency-Key", code="key_reused"),))
    return Answer(row.status, row.headers, row.body)


def keep(turn: Turn, attempt: Attempt, answer: Answer) -> None:
    """Remember an answer for 48 hours, and forget the ones that are older."""
    turn.connection.execute(delete(TABLE).where(TABLE.c.recorded_at < turn.now - KEPT))
    turn.connection.execute(
        insert(TABLE).values(
            caller=attempt.caller,
            key=attempt.key,
            fingerprint=attempt.fingerprint,
            recorded_at=turn.now,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
        )
    )
