"""Which claims are alike: a new one is stored all the same, and whoever sent it is told."""

from typing import Any

from sqlalchemy import bindparam, select

from app.db import executed
from app.models import CLAIM, FOREVER
from app.store.versions import Draft, names
from app.store.write_transaction import WriteTransaction

MOST = 10
"""Claims that are told of."""

_alike = (
    select(CLAIM.c.id)
    .where(
        CLAIM.c.likeness == bindparam("likeness"),
        CLAIM.c.recorded_to == FOREVER,
        CLAIM.c.status == "active",
        CLAIM.c.id != bindparam("own"),
    )
    .order_by(CLAIM.c.id)
    .limit(bindparam("size"))
)


def similar(turn: WriteTransaction, draft: Draft) -> list[str]:
    """Active claims of other ids that a claim is alike to, stored or of this turn, in order."""
    likeness = draft.columns.get("likeness")
    if likeness is None:
        return []
    binds = {"likeness": likeness, "own": draft.id, "size": MOST}
    stored = {row[0] for row in executed(turn.connection, _alike, binds).fetchall()}
    ended = {id for id, *_ in turn.ended.get(CLAIM, ())}
    held = {id for id in _held(turn, likeness) if id != draft.id}
    return sorted((stored - ended) | held)[:MOST]


def _held(turn: WriteTransaction, likeness: int) -> set[Any]:
    """What this turn has not written yet, in the newest version of each."""
    place = {name: names(CLAIM).index(name) for name in ("id", "version", "status", "likeness")}
    rows = [
        [row[at] for at in place.values()]
        for row in turn.rows.get(CLAIM, ())
        if row[place["likeness"]] == likeness
    ]
    return {
        id
        for id, version, status, _ in rows
        if status == "active" and turn.newest["claims", id].version == version
    }
