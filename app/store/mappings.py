"""Mappings in the database: each text that was ever stored under a name, in versions."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, bindparam, case, func, literal, select

from app.db import Database, Reader
from app.errors import NotFound, PreconditionFailed, PreconditionRequired
from app.models import CHANGE, FOREVER, MAPPING
from app.rules import etags, instants
from app.store.drafts import make_draft
from app.store.reference_lookup import Known
from app.store.snapshot import read_snapshot
from app.store.versions import change_version, create_version, current
from app.store.write_transaction import WriteTransaction

UNKNOWN = "There is no mapping of this id. PUT /v1/mappings/{id} stores one."
SEND = "Send If-Match to change, or If-None-Match: * to create."
LOGGED = "mappings"
"""What mappings are called in the change log."""


class MappingVersion(NamedTuple):
    """One version of a mapping, and who stored it, as the change log has it."""

    id: str
    version: int
    recorded_at: int
    recorded_by: str | None
    doc: str

    @property
    def text(self) -> str:
        """As it was sent."""
        found: str = json.loads(self.doc)["text"]
        return found

    def named(self) -> dict[str, Any]:
        """As it is listed, without its text."""
        told = {**self._asdict(), "recorded_at": instants.text(self.recorded_at)}
        return {name: value for name, value in told.items() if name != "doc" and value is not None}

    def document(self) -> dict[str, Any]:
        """As it is answered."""
        return {**self.named(), "text": self.text}


_line = and_(
    CHANGE.c.resource == LOGGED, CHANGE.c.id == MAPPING.c.id, CHANGE.c.version == MAPPING.c.version
)
_told = (
    MAPPING.c.id,
    MAPPING.c.version,
    func.coalesce(MAPPING.c.stored_at, MAPPING.c.recorded_at),
    case((MAPPING.c.stored_at.is_(None), CHANGE.c.recorded_by), else_=MAPPING.c.stored_by),
)


def _select(*columns: Any) -> Select[Any]:
    return select(*columns).select_from(MAPPING).outerjoin(CHANGE, _line)


_versions = (
    _select(*_told, MAPPING.c.doc)
    .where(MAPPING.c.id == bindparam("id"))
    .order_by(MAPPING.c.version)
)
_newest = _versions.where(MAPPING.c.recorded_to == FOREVER)
_listed = (
    _select(*_told, literal(""))
    .where(MAPPING.c.recorded_to == FOREVER)
    .order_by(MAPPING.c.id)
)  # fmt: skip
_written = (
    _select(CHANGE.c.seq, *_told, MAPPING.c.doc)
    .where(CHANGE.c.seq.between(bindparam("first"), bindparam("last")))
)  # fmt: skip


async def listed(reader: Reader) -> list[dict[str, Any]]:
    """The newest version of each mapping, without its text."""
    return [MappingVersion(*row).named() for row in await reader.rows(_listed, {})]


async def versions(reader: Reader, id: str) -> list[MappingVersion]:
    """Every version of a mapping, oldest first; raises ``NotFound``."""
    rows = await reader.rows(_versions, {"id": id})
    if not rows:
        raise NotFound(UNKNOWN)
    return [MappingVersion(*row) for row in rows]


async def written(reader: Reader, lines: Iterable[dict[str, Any]]) -> dict[int, MappingVersion]:
    """The versions that these lines of the log wrote, by the number of the line."""
    own = [line["seq"] for line in lines if line["resource"] == LOGGED]
    if not own:
        return {}
    rows = await reader.rows(_written, {"first": min(own), "last": max(own)})
    return {row[0]: MappingVersion(*row[1:]) for row in rows}


def stored_mapping(db: Database, id: str) -> str:
    """The newest text of a mapping; raises ``NotFound``."""
    with read_snapshot(db) as connection:
        found = _current(connection, id)
    if found is None:
        raise NotFound(UNKNOWN)
    return found.text


def _current(connection: Connection, id: str) -> MappingVersion | None:
    row = connection.execute(_newest, {"id": id}).first()
    return None if row is None else MappingVersion(*row)


def put(
    tx: WriteTransaction, id: str, text: str, if_match: str | None, create: bool
) -> tuple[MappingVersion, bool]:
    """Store a mapping, or its next version, and say whether it is new; equal text makes none."""
    before = current(tx, LOGGED, id)
    if before is None and not create:
        raise NotFound(UNKNOWN) if if_match is not None else PreconditionRequired(SEND)
    draft = make_draft(Known(), LOGGED, {"id": id, "text": text})
    if before is None:
        create_version(tx, draft)
    else:
        if create:
            raise PreconditionFailed("There is a mapping of this id. Send If-Match to change it.")
        if if_match is None:
            raise PreconditionRequired(SEND)
        if (wrong := etags.if_match_fault(if_match, before.version)) is not None:
            raise PreconditionFailed(wrong)
        change_version(tx, draft, before)
    tx.flush()  # what is answered is what is stored
    made = _current(tx.connection, id)
    assert made is not None
    return made, before is None
