"""A row is a version: the one way anything is written, whatever the resource."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Table,
    bindparam,
    insert,
    select,
    update,
)

from app.errors import Conflict, NotFound, PreconditionFailed, PreconditionRequired
from app.models import FOREVER, RESOURCES
from app.render.documents import canonical
from app.store.log import Turn


class Stored(NamedTuple):
    """One version as it is stored, in the order that answers are spliced from."""

    id: str
    version: int
    recorded_at: int
    status: str
    reason: str | None
    content_hash: str
    doc: str


def stored_columns(table: FromClause) -> list[ColumnElement[Any]]:
    """The columns of ``Stored``, in its order."""
    return [table.c[name] for name in Stored._fields]


@dataclass
class Draft:
    """A version about to be written: its columns, and the rows beside it."""

    resource: str
    id: str
    content_hash: str
    doc: str
    columns: dict[str, Any]
    parts: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)


@lru_cache
def _current(resource: str) -> Select[Any]:
    table = RESOURCES[resource].table
    wanted = (table.c.id == bindparam("id"), table.c.recorded_to == FOREVER)
    return select(*stored_columns(table)).where(*wanted)


def current(connection: Connection, resource: str, id: str) -> Stored | None:
    """The current version of one id, or None."""
    row = connection.execute(_current(resource), {"id": id}).one_or_none()
    return None if row is None else Stored(*row)


def existing(connection: Connection, resource: str, id: str) -> Stored:
    """The current version of one id; raises ``NotFound``."""
    found = current(connection, resource, id)
    if found is None:
        raise NotFound()
    return found


def expect(found: Stored, if_match: str | None) -> None:
    """Compare If-Match with the current version (RFC 9110); a weak tag is taken as strong."""
    if if_match is None:
        raise PreconditionRequired("Send If-Match with the ETag of the version you change.")
    tags = [tag.strip().removeprefix("W/") for tag in if_match.split(",")]
    if "*" not in tags and f'"{found.version}"' not in tags:
        raise PreconditionFailed(f"The current version is {found.version}.")


def add(turn: Turn, draft: Draft) -> tuple[Stored, bool]:
    """Store a new id, and say so; the same content again is the same row; raises ``Conflict``."""
    found = current(turn.connection, draft.resource, draft.id)
    if found is None:
        return _write(turn, draft, 1, "create"), True
    same = found.doc == draft.doc or found.content_hash == draft.content_hash
    if same and found.status == "active":
        return found, False
    raise Conflict(
        "This id is stored with other content; change it with PUT or PATCH and If-Match."
    )


def change(turn: Turn, draft: Draft, found: Stored) -> Stored:
    """The next version of a stored id; a write equal to the current version makes none."""
    if found.doc == draft.doc and found.status == "active":
        return found
    _close(turn, draft.resource, found)
    return _write(turn, draft, found.version + 1, "change")


def withdraw(turn: Turn, draft: Draft, found: Stored, status: str, reason: str) -> Stored:
    """The next version of a stored id: what it was, no longer held, and why."""
    if found.status == status and found.reason == reason:
        return found
    _close(turn, draft.resource, found)
    draft.columns |= {"status": status, "reason": reason}
    return _write(turn, draft, found.version + 1, "withdraw")


def append(
    turn: Turn, draft: Draft, found: Stored | None, version: int, status: str, reason: str | None
) -> Stored:
    """A version with its number and state, as an export told them."""
    if found is not None:
        _close(turn, draft.resource, found)
    draft.columns |= {"status": status, "reason": reason}
    operation = "withdraw" if reason else ("create" if found is None else "change")
    return _write(turn, draft, version, operation)


def _write(turn: Turn, draft: Draft, version: int, operation: str) -> Stored:
    life = {"version": version, "recorded_at": turn.now, "recorded_to": FOREVER}
    state = {"status": "active", "reason": None} | draft.columns
    whole = {"id": draft.id, "content_hash": draft.content_hash, "doc": draft.doc, **life, **state}
    parts = {
        table: [{"claim_id": draft.id, "n": n, **life, **row} for n, row in enumerate(rows)]
        for table, rows in draft.parts.items()
        if rows
    }
    turn.connection.execute(insert(RESOURCES[draft.resource].table), [whole])
    for table, rows in parts.items():
        turn.connection.execute(insert(table), rows)
    turn.record(draft.resource, whole, operation, digest([whole], *parts.values()))
    return Stored(*(whole[name] for name in Stored._fields))


def digest(*tables: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 of a version: its row and the rows beside it, but for when they ended.

    Nor is there in it what older versions were written without, and can be worked out at any time.
    """
    kept = [[_lasting(row) for row in rows] for rows in tables]
    return hashlib.sha256(canonical(kept)).hexdigest()


def _lasting(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: v for name, v in row.items() if v is not None and name not in LEFT_OUT}


LEFT_OUT = frozenset({"recorded_to", "grams"})


def _close(turn: Turn, resource: str, found: Stored) -> None:
    """End the current version at this moment, with all its parts."""
    if found.recorded_at >= turn.now:
        turn.now = found.recorded_at + 1  # two versions in one turn: the later is later
    kind = RESOURCES[resource]
    ended = {"recorded_to": turn.now}
    key = {"version": found.version}
    turn.connection.execute(update(kind.table).filter_by(id=found.id, **key).values(**ended))
    for part in kind.parts:
        turn.connection.execute(update(part).filter_by(claim_id=found.id, **key).values(**ended))
