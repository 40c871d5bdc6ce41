"""One line of an import against what is stored: what would become of it, and its version."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, select

from app.db import packed
from app.errors import Conflict, Fault, Invalid, Problem
from app.models import CLAIM, FOREVER, RESOURCES
from app.rules.normalise import full_form
from app.store.claims import draft_claim
from app.store.drafts import content, id_of
from app.store.outcome import OnExisting
from app.store.reference_lookup import CHUNK, Known
from app.store.versions import Draft, StoredVersion, hashed, stored_columns, worked_out
from app.store.writes import DRAFTS


class Line(NamedTuple):
    """One line: what it sends, and for a line of an export, which version that was.

    ``rows`` are the lines of a CSV that a claim's figures stand in, where it has several.
    """

    number: int
    resource: str
    sent: dict[str, Any]
    version: int | None = None
    status: str = "active"
    reason: str | None = None
    content_hash: str | None = None
    rows: tuple[int, ...] = ()


class Becomes(NamedTuple):
    """What a line comes to: how it is counted, and the version that it makes, if it makes one."""

    counted: str
    version: int = 0
    operation: str = ""


class Beside(NamedTuple):
    """What decides about a line of an id that is stored, beside what both of them say."""

    versions: Callable[[], Iterable[StoredVersion]]
    """All versions of the id: those stored, and those of this import."""
    is_last: Callable[[], bool]
    """Is this the last line of its id in the import?"""
    on_existing: OnExisting
    restore: bool
    """What was withdrawn comes back; so it does where the import replaces its document."""
    exactly: bool
    """The import replaces the document: the last line of an id is what the claim becomes."""


UNCHANGED = Becomes("unchanged")
KEPT_WITHDRAWN = Becomes("withdrawn")


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


def becomes(line: Line, draft: Draft, found: StoredVersion, beside: Beside) -> Becomes:
    """What a line of an id comes to whose current version is ``found``; raises ``Conflict``."""
    if line.version is None:
        return _next(draft, found, beside)
    if line.version == found.version + 1:
        return Becomes(_counted(line, found), line.version, _operation(line))
    _require_stored(line, line.version, draft, found, beside)
    if line.version == found.version or not beside.is_last():
        return UNCHANGED
    return _older(line, draft, found, beside)


def _next(draft: Draft, found: StoredVersion, beside: Beside) -> Becomes:
    """A line that counts no versions is held against the current one."""
    same, active = draft.same(found), found.status == "active"
    if not same and beside.on_existing == "fail":
        detail = "this id is stored with other content; on_existing=update makes this the next one"
        raise Conflict(detail, (Fault(detail, pointer="/id", code="exists"),))
    if same and active:
        return UNCHANGED
    if not active and (not beside.restore or (not same and beside.on_existing == "skip")):
        return KEPT_WITHDRAWN
    if not same and beside.on_existing == "skip":
        return Becomes("skipped")
    return Becomes("changed" if active else "restored", found.version + 1, "change")


def _older(line: Line, draft: Draft, found: StoredVersion, beside: Beside) -> Becomes:
    """An older version, stored as it is here, and all that the import has of its id."""
    if line.reason:
        return UNCHANGED  # where the import replaces the document, the claim is absent from it
    active = found.status == "active"
    if beside.exactly and not (active and draft.same(found)):
        return Becomes("changed" if active else "restored", found.version + 1, "change")
    if active:
        return UNCHANGED
    return Becomes("restored", found.version + 1, "change") if beside.restore else KEPT_WITHDRAWN


def _counted(line: Line, found: StoredVersion) -> str:
    if line.reason:
        return "withdrawn"
    return "changed" if found.status == "active" else "restored"


def _operation(line: Line) -> str:
    return "withdraw" if line.reason else "change"


def _require_stored(
    line: Line, version: int, draft: Draft, found: StoredVersion, beside: Beside
) -> None:
    """Is that version stored, and does it say the same?"""
    if version > found.version:
        detail = (
            f"version {version} does not follow the newest, which is {found.version};"
            " send the versions between, or leave `version` out"
        )
    else:
        stored = [found] if version == found.version else beside.versions()
        wanted = (version, line.status, line.reason)
        if any((one.version, *one[3:5]) == wanted and draft.same(one) for one in stored):
            return
        detail = (
            f"version {version} is stored and says something else;"
            " leave `version` out to make this the next one"
        )
    raise Conflict(detail, (Fault(detail, pointer="/version", code="version_conflict"),))


def anew(line: Line) -> Becomes:
    """What a line comes to where nothing of its id is there."""
    if line.reason:
        return Becomes("withdrawn", line.version or 1, "withdraw")
    return Becomes("created", line.version or 1, "create")


def fingerprint(line: Line) -> tuple[str, str | None]:
    """What tells whether two lines say the same: the hash of their content, and why withdrawn."""
    whole = content(line.sent)
    if line.resource == "claims":
        with suppress(Invalid):  # to be told when it is worked out
            whole = full_form(line.sent)
    return hashed(whole), line.reason


def identified(line: Line) -> Line:
    """The line with the id that its content gives it, where it sent none."""
    if "id" in line.sent or line.resource not in PREFIXES:
        return line
    id = id_of(PREFIXES[line.resource], fingerprint(line)[0])
    return line._replace(sent={**line.sent, "id": id})


PREFIXES = {"claims": "c-", "assessments": "a-"}


@lru_cache
def _newest(resource: str) -> Select[Any]:
    table = RESOURCES[resource].table
    listed = table.c.id.in_(bindparam("ids", expanding=True))
    return select(*stored_columns(table)).where(listed, table.c.recorded_to == FOREVER)


def newest(connection: Connection, resource: str, ids: Iterable[str]) -> dict[str, StoredVersion]:
    """The current versions of these ids, for those that are stored."""
    wanted = sorted(set(ids))
    found: dict[str, StoredVersion] = {}
    for start in range(0, len(wanted), CHUNK):
        rows = connection.execute(_newest(resource), {"ids": wanted[start : start + CHUNK]})
        found |= {row.id: StoredVersion(*row) for row in rows}
    return found


@lru_cache
def _all(resource: str) -> Select[Any]:
    table = RESOURCES[resource].table
    return select(*stored_columns(table)).where(table.c.id == bindparam("id"))


def every(connection: Connection, resource: str, id: str) -> list[StoredVersion]:
    """All versions of one id."""
    return [StoredVersion(*row) for row in connection.execute(_all(resource), {"id": id})]


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


_of_document = select(CLAIM.c.id).where(CLAIM.c.document == bindparam("document")).limit(1)


def has_claims(connection: Connection, document: str) -> bool:
    """Has there ever been a claim of this document?"""
    return connection.execute(_of_document, {"document": document}).first() is not None


def claims_of(connection: Connection, document: str) -> Iterator[list[StoredVersion]]:
    """The active claims of a document, a part at a time."""
    beyond = ""
    while rows := connection.execute(_claims_of, {"document": document, "beyond": beyond}).all():
        yield [StoredVersion(*row) for row in rows]
        beyond = rows[-1].id


def dangling(place: int) -> Invalid:
    """A relation that leads nowhere."""
    detail = "no such claim, stored or in this import"
    pointer = f"/relations/{place}/object"
    return Invalid(faults=(Fault(detail, pointer=pointer, code="unknown_reference"),))
