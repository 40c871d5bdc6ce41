"""Mappings in the database: each text that was ever stored under a name, in versions."""

from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, literal, select

from app.db import Database, Reader
from app.errors import NotFound, PreconditionFailed, PreconditionRequired
from app.models import MAPPING
from app.rules import etags, instants
from app.store.snapshot import read_snapshot
from app.store.write_transaction import WriteTransaction

UNKNOWN = "There is no mapping of this id. PUT /v1/mappings/{id} stores one."
SEND = "Send If-Match to change, or If-None-Match: * to create."


class MappingVersion(NamedTuple):
    """One version of a mapping."""

    id: str
    version: int
    recorded_at: int
    recorded_by: str | None
    text: str

    def document(self) -> dict[str, Any]:
        """As it is answered."""
        told = {**self._asdict(), "recorded_at": instants.text(self.recorded_at)}
        return {name: value for name, value in told.items() if value is not None}


_columns = [MAPPING.c[name] for name in MappingVersion._fields]
_versions = select(*_columns).where(MAPPING.c.id == bindparam("id")).order_by(MAPPING.c.version)
_newest = _versions.order_by(None).order_by(MAPPING.c.version.desc()).limit(1)
_last = select(MAPPING.c.id, func.max(MAPPING.c.version).label("version")).group_by(MAPPING.c.id)
_last_versions = _last.subquery()
_listed = (
    select(*_columns[:-1], literal("").label("text"))
    .join(
        _last_versions,
        (_last_versions.c.id == MAPPING.c.id) & (_last_versions.c.version == MAPPING.c.version),
    )
    .order_by(MAPPING.c.id)
)


async def listed(reader: Reader) -> list[dict[str, Any]]:
    """The newest version of each mapping, without its text."""
    rows = await reader.rows(_listed, {})
    found = [MappingVersion(*row).document() for row in rows]
    return [{name: value for name, value in one.items() if name != "text"} for one in found]


async def versions(reader: Reader, id: str) -> list[MappingVersion]:
    """Every version of a mapping, oldest first; raises ``NotFound``."""
    rows = await reader.rows(_versions, {"id": id})
    if not rows:
        raise NotFound(UNKNOWN)
    return [MappingVersion(*row) for row in rows]


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
    before = _current(tx.connection, id)
    if before is None and not create:
        raise NotFound(UNKNOWN) if if_match is not None else PreconditionRequired(SEND)
    if before is not None:
        if create:
            raise PreconditionFailed("There is a mapping of this id. Send If-Match to change it.")
        if if_match is None:
            raise PreconditionRequired(SEND)
        if (wrong := etags.if_match_fault(if_match, before.version)) is not None:
            raise PreconditionFailed(wrong)
        if before.text == text:
            return before, False
    version = before.version + 1 if before else 1
    made = MappingVersion(id, version, tx.now, tx.actor.recorded_by, text)
    tx.connection.execute(insert(MAPPING), made._asdict())
    return made, before is None
