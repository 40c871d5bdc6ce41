"""One line of an import against what is stored: what would become of it, and its version."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, select

from app.db import packed
from app.errors import Conflict, Fault, Invalid, Problem
from app.models import CLAIM, FOREVER, RESOURCES
from app.store.claims import draft_claim
from app.store.known import CHUNK, Known
from app.store.versions import Draft, Stored, stored_columns, worked_out
from app.store.writes import DRAFTS


class Line(NamedTuple):
    """One line: what it sends, and for a line of an export, which version that was."""

    number: int
    resource: str
    sent: dict[str, Any]
    version: int | None = None
    status: str = "active"
    reason: str | None = None
    content_hash: str | None = None


class Becomes(NamedTuple):
    """What a line comes to: how it is counted, and the version that it makes, if it makes one."""

    counted: str
    version: int = 0
    operation: str = ""


UNCHANGED = Becomes("unchanged")
Others = Callable[[], Iterable[Stored]]


class Asked(NamedTuple):
    """Lines to be worked out, and what is known of all that they refer to."""

    known: Known
    lines: list[Line]
    related: bool


class Made(NamedTuple):
    """A line worked out, as if nothing of its id were there: its id, and its version, packed."""

    id: str
    version: bytes


def make(asked: Asked) -> list[Made | Problem]:
    """Lines worked out, or why one cannot be."""
    return [_made(asked.known, line, asked.related) for line in asked.lines]


def _made(known: Known, line: Line, related: bool) -> Made | Problem:
    try:
        draft = drafted(known, line, related)
    except Problem as problem:
        return problem
    known.add(line.resource, draft.id, draft.columns, draft.doc)
    first = anew(line)
    return Made(draft.id, packed(tuple(worked_out(draft, first.version, first.operation))))


def drafted(known: Known, line: Line, related: bool) -> Draft:
    """The version that a line would be; without ``related`` what it relates to may yet come."""
    if line.resource == "claims":
        draft = draft_claim(known, line.sent, related)
    else:
        draft = DRAFTS[line.resource](known, line.sent)
    if line.content_hash is not None:
        _check_hash(line.content_hash, draft)
        draft.content_hash = line.content_hash
    draft.columns |= {"status": line.status, "reason": line.reason}
    return draft


def _check_hash(told: str, draft: Draft) -> None:
    """Only of figures an export has more than was sent, so that their hash cannot be made again."""
    if told != draft.content_hash and not draft.content.get("quantities"):
        detail = "this is not the hash of what the line says; leave it out to have it made"
        raise Invalid(faults=(Fault(detail, pointer="/content_hash", code="wrong_hash"),))


def becomes(line: Line, draft: Draft, found: Stored, others: Others) -> Becomes:
    """What a line comes to; ``others`` are all versions of its id. Raises ``Conflict``."""
    if line.version is not None:
        return _numbered(line, line.version, draft, found, others)
    if draft.same(found) or any(draft.same(stored) for stored in others()):
        return UNCHANGED
    return Becomes("changed", found.version + 1, "change")


def anew(line: Line) -> Becomes:
    """What a line comes to where nothing of its id is there."""
    if line.reason:
        return Becomes("withdrawn", line.version or 1, "withdraw")
    return Becomes("created", line.version or 1, "create")


def _numbered(line: Line, version: int, draft: Draft, found: Stored, others: Others) -> Becomes:
    if version != found.version + 1:
        wanted = (version, line.status, line.reason, draft.content_hash, draft.doc)
        if any((stored.version, *stored[3:]) == wanted for stored in (found, *others())):
            return UNCHANGED
        detail = f"version {version} is neither stored like this nor the next"
        raise Conflict(detail, (Fault(detail, pointer="/version", code="version_conflict"),))
    if line.reason:
        return Becomes("withdrawn", version, "withdraw")
    return Becomes("changed", version, "change")


@lru_cache
def _newest(resource: str) -> Select[Any]:
    table = RESOURCES[resource].table
    listed = table.c.id.in_(bindparam("ids", expanding=True))
    return select(*stored_columns(table)).where(listed, table.c.recorded_to == FOREVER)


def newest(connection: Connection, resource: str, ids: Iterable[str]) -> dict[str, Stored]:
    """The current versions of these ids, for those that are stored."""
    wanted = sorted(set(ids))
    found: dict[str, Stored] = {}
    for start in range(0, len(wanted), CHUNK):
        rows = connection.execute(_newest(resource), {"ids": wanted[start : start + CHUNK]})
        found |= {row.id: Stored(*row) for row in rows}
    return found


@lru_cache
def _all(resource: str) -> Select[Any]:
    table = RESOURCES[resource].table
    return select(*stored_columns(table)).where(table.c.id == bindparam("id"))


def every(connection: Connection, resource: str, id: str) -> list[Stored]:
    """All versions of one id."""
    return [Stored(*row) for row in connection.execute(_all(resource), {"id": id})]


_claims_of = (
    select(*stored_columns(CLAIM))
    .where(
        CLAIM.c.document == bindparam("document"),
        CLAIM.c.recorded_to == FOREVER,
        CLAIM.c.status == "active",
        CLAIM.c.id > bindparam("beyond"),
    )
    .order_by(CLAIM.c.id)
    .limit(CHUNK)
)


def claims_of(connection: Connection, document: str) -> Iterator[list[Stored]]:
    """The active claims of a document, a part at a time."""
    beyond = ""
    while rows := connection.execute(_claims_of, {"document": document, "beyond": beyond}).all():
        yield [Stored(*row) for row in rows]
        beyond = rows[-1].id


def dangling(place: int) -> Invalid:
    """A relation that leads nowhere."""
    detail = "no such claim, stored or in this import"
    pointer = f"/relations/{place}/object"
    return Invalid(faults=(Fault(detail, pointer=pointer, code="unknown_reference"),))
