"""Idempotency keys: the transaction of a write keeps its answer, for when it is sent again.

Writers are serial, so of two requests with one key the second waits for the first, and then
finds its answer: no other lock is needed.
"""

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, bindparam, delete, insert, select

from app.db import executed
from app.errors import Fault, Invalid
from app.models import IDEMPOTENCY_KEY
from app.store.write_transaction import WriteTransaction

RETENTION_US = 48 * 3600 * 1_000_000


@dataclass(frozen=True)
class IdempotentRequest:
    """A request that may be a retry: whose, under which key, and what it sends."""

    caller: str
    key: str
    fingerprint: str


@dataclass(frozen=True)
class StoredAnswer:
    """What a request was answered: its status, headers and body."""

    status: int
    headers: str
    body: str


_own = IDEMPOTENCY_KEY.c
_answered = select(_own.fingerprint, _own.status, _own.headers, _own.body).where(
    _own.caller == bindparam("caller"), _own.key == bindparam("key")
)
_forget = delete(IDEMPOTENCY_KEY).where(_own.recorded_at < bindparam("moment"))
_keep = insert(IDEMPOTENCY_KEY)


def answered(connection: Connection, attempt: IdempotentRequest) -> StoredAnswer | None:
    """The answer that this request had before; raises ``Invalid`` if it sent something else."""
    own = {"caller": attempt.caller, "key": attempt.key}
    row = executed(connection, _answered, own).fetchone()
    if row is None:
        return None
    fingerprint, *answer = row
    if fingerprint != attempt.fingerprint:
        detail = "this key was used with another request"
        raise Invalid(faults=(Fault(detail, parameter="Idempotency-Key", code="key_reused"),))
    return StoredAnswer(*answer)


def keep(tx: WriteTransaction, attempt: IdempotentRequest, answer: StoredAnswer) -> None:
    """Remember an answer for 48 hours, and forget the ones that are older."""
    executed(tx.connection, _forget, {"moment": tx.now - RETENTION_US})
    executed(
        tx.connection,
        _keep,
        asdict(attempt) | asdict(answer) | {"recorded_at": tx.now},
    )
