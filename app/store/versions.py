"""A row is a version: the one way anything is written, whatever the resource."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, Table, bindparam, select

from app.db import executed
from app.errors import Conflict, Fault, NotFound, PreconditionFailed, PreconditionRequired
from app.models import FOREVER, VERSIONED
from app.render.documents import canonical, canonical_row
from app.rules import etags
from app.rules.bounds import FIELDS
from app.rules.normalise import LEXICON_FIELDS
from app.store.days import STRICT, as_written
from app.store.reads import StoredVersion, stored_columns
from app.store.write_transaction import WriteTransaction, tables


@dataclass
class Draft:
    """A version about to be written: its columns, and the rows beside it."""

    resource: str
    id: str
    content: dict[str, Any]
    doc: str
    columns: dict[str, Any]
    parts: tuple[list[dict[str, Any]], ...] = ()
    content_hash: str = ""

    def __post_init__(self) -> None:
        self.content_hash = self.content_hash or hashed(self.content)

    def same(self, stored: StoredVersion) -> bool:
        """Is this what is stored, or was it sent as this is, when other rules filled it in?

        A hash may have come with an import, so it alone proves nothing: what is stored has to say
        all that this says, and beyond it only what rules fill in.
        """
        if self.doc == stored.doc:
            return True
        whole = json.loads(stored.doc)
        if whole == json.loads(self.doc):
            return True  # dimensions in another order
        alike = self.content_hash == stored.content_hash
        return alike and covers(whole, self.content) and not exceeds(whole, self.content)


def hashed(content: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON of what was sent: the same content, the same hash, anywhere."""
    return hashlib.sha256(canonical(content)).hexdigest()


def covers(whole: Any, part: Any) -> bool:
    """Does a document say everything that another one does, and perhaps more?"""
    if isinstance(part, dict):
        kept = ((name, value) for name, value in part.items() if name not in LEXICON_FIELDS)
        return all(
            covers(whole[name], value) if name in whole else value == [] for name, value in kept
        )
    if isinstance(part, list):
        same_length = isinstance(whole, list) and len(whole) == len(part)
        return same_length and all(map(covers, whole, part))
    return bool(whole == part)


WORDED_FIELDS = frozenset(FIELDS) - {"raw_text"}
"""What rules fill in of a figure, which else is as it was sent."""


def exceeds(whole: Any, part: Any, filled: Iterable[str] = LEXICON_FIELDS) -> bool:
    """Does a document say more than one of which it says everything, and no rule filled that in?"""
    if isinstance(whole, list):
        return any(exceeds(one, other, filled) for one, other in zip(whole, part, strict=True))
    if not isinstance(whole, dict):
        return False
    more = any(whole[name] != [] for name in whole.keys() - part.keys() - {*filled})
    return more or any(
        exceeds(whole[name], part[name], WORDED_FIELDS if name == "quantities" else LEXICON_FIELDS)
        for name in (whole.keys() & part.keys()) - {*LEXICON_FIELDS}
    )


@lru_cache
def _current(resource: str) -> Select[Any]:
    table = VERSIONED[resource].table
    wanted = (table.c.id == bindparam("id"), table.c.recorded_to == FOREVER)
    return select(*stored_columns(table)).where(*wanted)


def current(tx: WriteTransaction, resource: str, id: str) -> StoredVersion | None:
    """The current version of one id, or None; no other writer makes one as long as this lasts."""
    if (resource, id) not in tx.newest:
        row = executed(tx.connection, _current(resource), {"id": id}).fetchone()
        tx.newest[resource, id] = None if row is None else StoredVersion(*row)
    found: StoredVersion | None = tx.newest[resource, id]
    return found


def existing(tx: WriteTransaction, resource: str, id: str) -> StoredVersion:
    """The current version of one id; raises ``NotFound``."""
    found = current(tx, resource, id)
    if found is None:
        raise NotFound()
    return found


def require_if_match(found: StoredVersion, if_match: str | None) -> None:
    """Compare If-Match with the current version, strongly (RFC 9110)."""
    if if_match is None:
        raise PreconditionRequired("Send If-Match with the ETag of the version you change.")
    if fault := etags.if_match_fault(if_match, found.version):
        raise PreconditionFailed(fault)


def create_version(tx: WriteTransaction, draft: Draft) -> tuple[StoredVersion, bool]:
    """Store a new id, and say so; the same content again is the same row; raises ``Conflict``."""
    found = current(tx, draft.resource, draft.id)
    if found is None:
        return _write(tx, draft, 1, "create"), True
    if draft.same(found) and found.status == "active":
        return found, False
    if found.status != "active":
        detail = (
            f"This id is withdrawn ({found.reason}); to bring it back, PUT it with"
            f' If-Match: "{found.version}".'
        )
        raise Conflict(detail, (Fault(detail, pointer="/id", code="withdrawn"),))
    raise Conflict(
        "This id is stored with other content; change it with PUT or PATCH and If-Match."
    )


def change_version(tx: WriteTransaction, draft: Draft, found: StoredVersion) -> StoredVersion:
    """The next version of a stored id; a write equal to the current version makes none."""
    if found.doc == draft.doc and found.status == "active":
        return found
    _end(tx, draft.resource, found)
    return _write(tx, draft, found.version + 1, "change")


def withdraw_version(
    tx: WriteTransaction, draft: Draft, found: StoredVersion, status: str, reason: str
) -> StoredVersion:
    """The next version of a stored id: what it was, no longer held, and why."""
    if found.status == status and found.reason == reason:
        return found
    _end(tx, draft.resource, found)
    draft.columns |= {"status": status, "reason": reason}
    return _write(tx, draft, found.version + 1, "withdraw")


_Rows = Sequence[Mapping[str, Any]]


class VersionRows(NamedTuple):
    """A version worked out but for its moment: its rows are values in the order of the columns."""

    resource: str
    id: str
    version: int
    operation: str
    digest: str
    tables: list[list[list[Any]]]


@lru_cache
def names(table: Table) -> list[str]:
    """The columns of a table, in its order."""
    return [column.name for column in table.columns]


def build_version_rows(draft: Draft, version: int, operation: str) -> VersionRows:
    """Everything about a version that does not depend on when it is written."""
    life = {"version": version, "recorded_at": None, "recorded_to": FOREVER}
    state = {"status": "active", "reason": None} | draft.columns
    whole = {"id": draft.id, "content_hash": draft.content_hash, "doc": draft.doc, **life, **state}
    parts = [
        [{"claim_id": draft.id, "n": n, **life, **row} for n, row in enumerate(rows)]
        for rows in draft.parts
    ]
    rows = [
        [[row[name] for name in names(table)] for row in found]
        for table, found in zip(tables(draft.resource), ([whole], *parts), strict=False)
    ]
    made = version_digest(draft.resource, [whole], parts)
    return VersionRows(draft.resource, draft.id, version, operation, made, rows)


def with_recorded_at(version: VersionRows, moment: int) -> Iterator[tuple[Table, list[list[Any]]]]:
    """The rows of a version, as recorded at a moment."""
    for table, rows in zip(tables(version.resource), version.tables, strict=False):
        place = names(table).index("recorded_at")
        for row in rows:
            row[place] = moment
        yield table, rows


def _write(tx: WriteTransaction, draft: Draft, version: int, operation: str) -> StoredVersion:
    made = build_version_rows(draft, version, operation)
    for table, rows in with_recorded_at(made, tx.now):
        tx.hold(table, rows)
    tx.record(*made[:5])
    tx.known.add(draft.resource, draft.id, draft.columns, draft.doc)
    whole = dict(zip(names(VERSIONED[draft.resource].table), made.tables[0][0], strict=True))
    stored = StoredVersion(*(whole[name] for name in StoredVersion._fields))
    tx.newest[draft.resource, draft.id] = stored
    return stored


def version_digest(resource: str, own: _Rows, parts: Iterable[_Rows]) -> str:
    """The digest of a version, of all its tables that do not only repeat what others say."""
    told = zip(parts, VERSIONED[resource].parts, strict=False)
    return digest(own, *(rows for rows, table in told if rows and table.name not in LEFT_OUT))


def digest(*tables: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 of a version: its row and the rows beside it.

    Not of when they began and ended, nor of what older versions were written without and can be
    worked out at any time; and of the days of its dates as they are written.
    """
    kept = [
        b",".join(canonical_row(row, _lasting(tuple(row))) for row in map(as_written, rows))
        for rows in tables
    ]
    return hashlib.sha256(b"[[%b]]" % b"],[".join(kept)).hexdigest()


@lru_cache
def _lasting(names: tuple[str, ...]) -> list[str]:
    return sorted(set(names) - LEFT_OUT)


WORKED_OUT = frozenset({"grams", "likeness", "url", "author", "publisher", "trait"}) | STRICT
"""Columns, and a table, that only repeat what the document says, where a question can see it."""

LEFT_OUT = WORKED_OUT | {"recorded_at", "recorded_to"}
"""When a version was recorded stands in its line of the log; when it ended, in the next one's."""


def _end(tx: WriteTransaction, resource: str, found: StoredVersion) -> None:
    """End the current version at this moment, with all its parts."""
    if found.recorded_at >= tx.now:
        tx.now = found.recorded_at + 1  # two versions in one transaction: the later is later
    tx.end(resource, found.id, found.version)
