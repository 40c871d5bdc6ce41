"""Everything in: one line of an import against what is stored, in a writer's turn."""

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select

from app.errors import Conflict, Fault, Invalid
from app.models import CLAIM, FOREVER, RELATION, RESOURCES
from app.store import versions
from app.store.claims import draft_claim
from app.store.drafts import draft_assessment, draft_measure, draft_source
from app.store.log import Turn
from app.store.versions import Draft, Stored, stored_columns
from app.store.writes import take_back


class Line(NamedTuple):
    """One line: what it sends, and for a line of an export, which version that was."""

    resource: str
    sent: Any
    version: int | None = None
    status: str = "active"
    reason: str | None = None
    content_hash: str | None = None


def put(turn: Turn, line: Line, coming: frozenset[str], related: bool) -> tuple[str, str]:
    """Store a line; what became of it (created, changed, withdrawn, unchanged), and its id.

    With ``related=False`` the claims that it relates to may be yet to come.
    """
    draft = drafted(turn, line, coming, related)
    if line.content_hash is not None and line.version is not None:
        draft.content_hash = line.content_hash
    found = versions.current(turn.connection, line.resource, draft.id)
    if line.version is None:
        return _unnumbered(turn, draft, found), draft.id
    return _numbered(turn, line, draft, found), draft.id


def drafted(turn: Turn, line: Line, coming: frozenset[str], related: bool) -> Draft:
    """The version that a line would be."""
    if line.resource == "claims":
        return draft_claim(turn, line.sent, related)
    if line.resource == "sources":
        return draft_source(turn, line.sent, coming)
    draft = draft_measure if line.resource == "measures" else draft_assessment
    return draft(turn, line.sent)


def _unnumbered(turn: Turn, draft: Draft, found: Stored | None) -> str:
    if found is None:
        versions.add(turn, draft)
        return "created"
    for stored in _stored(turn, draft):
        if draft.doc == stored.doc or draft.content_hash == stored.content_hash:
            return "unchanged"
    versions.change(turn, draft, found)
    return "changed"


def _numbered(turn: Turn, line: Line, draft: Draft, found: Stored | None) -> str:
    wanted = (line.status, line.reason, draft.content_hash, draft.doc)
    for stored in _stored(turn, draft):
        if stored.version == line.version and stored[3:] == wanted:
            return "unchanged"
    if found is not None and line.version != found.version + 1:
        detail = f"version {line.version} is neither stored like this nor the next"
        raise Conflict(detail, (Fault(detail, pointer="/version", code="version_conflict"),))
    versions.append(turn, draft, found, line.version or 1, line.status, line.reason)
    return "withdrawn" if line.reason else ("created" if found is None else "changed")


@lru_cache
def _all(resource: str) -> Select[Any]:
    table = RESOURCES[resource].table
    return select(*stored_columns(table)).where(table.c.id == bindparam("id"))


def _stored(turn: Turn, draft: Draft) -> list[Stored]:
    found = turn.connection.execute(_all(draft.resource), {"id": draft.id})
    return [Stored(*row) for row in found]


_claims_of = select(*stored_columns(CLAIM)).where(
    CLAIM.c.document == bindparam("document"),
    CLAIM.c.recorded_to == FOREVER,
    CLAIM.c.status == "active",
)


def withdraw_absent(turn: Turn, document: str, present: set[str]) -> int:
    """Withdraw a document's claims that an import of it no longer has; says how many."""
    absent = [
        row
        for row in turn.connection.execute(_claims_of, {"document": document}).all()
        if row.id not in present
    ]
    for row in absent:
        take_back(turn, "claims", Stored(*row), "withdrawn", "absent from the new import")
    return len(absent)


_dangling = select(RELATION.c.claim_id, RELATION.c.n).where(
    RELATION.c.claim_id.in_(bindparam("ids", expanding=True)),
    RELATION.c.recorded_to == FOREVER,
    ~select(CLAIM.c.id).where(CLAIM.c.id == RELATION.c.object).exists(),
)


def unrelated(turn: Turn, ids: list[str]) -> list[tuple[str, int]]:
    """The relations of these claims whose object is no claim, as (claim, place)."""
    found: list[tuple[str, int]] = []
    for start in range(0, len(ids), 1000):
        rows = turn.connection.execute(_dangling, {"ids": ids[start : start + 1000]})
        found += [(row.claim_id, row.n) for row in rows]
    return found


def dangling(place: int) -> Invalid:
    """A relation that leads nowhere."""
    detail = "no such claim, stored or in this import"
    pointer = f"/relations/{place}/object"
    return Invalid(faults=(Fault(detail, pointer=pointer, code="unknown_reference"),))
