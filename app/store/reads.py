"""Single resources, their versions, and what they refer to."""

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, select

from app.db import Query, Reader, Row
from app.errors import NotFound
from app.models import CHANGE, CLAIM, RELATION, RESOURCES, SOURCE
from app.store.as_of import current
from app.store.versions import StoredVersion, stored_columns


@lru_cache
def _one(resource: str, past: bool) -> Select[Any]:
    table = RESOURCES[resource].table
    return select(*stored_columns(table)).where(table.c.id == bindparam("id"), current(table, past))


class Revision(NamedTuple):
    """One version, and who wrote it, as the change log has it; None in lines of before."""

    stored: StoredVersion
    recorded_by: str | None


@lru_cache
def _versions(resource: str) -> Select[Any]:
    table = RESOURCES[resource].table
    line = (
        CHANGE.c.resource == resource,
        CHANGE.c.id == table.c.id,
        CHANGE.c.version == table.c.version,
    )
    whole = select(*stored_columns(table), CHANGE.c.recorded_by).outerjoin(CHANGE, and_(*line))
    return whole.where(table.c.id == bindparam("id")).order_by(table.c.version)


@lru_cache
def _version(resource: str) -> Select[Any]:
    table = RESOURCES[resource].table
    wanted = (table.c.id == bindparam("id"), table.c.version == bindparam("version"))
    return select(*stored_columns(table)).where(*wanted)


@lru_cache(maxsize=256)
def _several(resource: str, past: bool, count: int) -> Select[Any]:
    table = RESOURCES[resource].table
    ids: list[Any] = [bindparam(f"id{n}") for n in range(count)]
    found = select(*stored_columns(table)).where(table.c.id.in_(ids), current(table, past))
    return found.order_by(table.c.id)


async def get(reader: Reader, resource: str, id: str, moment: int | None = None) -> StoredVersion:
    """One resource, as it is or as it was at a moment; raises ``NotFound``."""
    return found(await reader.rows(*one(resource, id, moment)))


def one(resource: str, id: str, moment: int | None = None) -> Query:
    """What the database is asked for one resource."""
    binds = {"id": id} if moment is None else {"id": id, "moment": moment}
    return Query(_one(resource, moment is not None), binds)


def found(rows: list[Row]) -> StoredVersion:
    """The resource that it answered with; raises ``NotFound``."""
    if not rows:
        raise NotFound()
    return StoredVersion(*rows[0])


async def revisions(reader: Reader, resource: str, id: str) -> list[Revision]:
    """Every version of one id, oldest first; raises ``NotFound``."""
    rows = await reader.rows(_versions(resource), {"id": id})
    if not rows:
        raise NotFound()
    return [Revision(StoredVersion(*row[:-1]), row[-1]) for row in rows]


async def revision(reader: Reader, resource: str, id: str, version: int) -> StoredVersion:
    """One version of one id, for ever the same; raises ``NotFound``."""
    return found(await reader.rows(_version(resource), {"id": id, "version": version}))


def _parts(ids: Iterable[str], moment: int | None) -> Iterator[tuple[int, dict[str, Any]]]:
    """Many ids as what a few sizes of statement take: the last id fills the empty places."""
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        size = next(n for n in (1, 5, 20, 100, 500) if n >= len(part))
        binds: dict[str, Any] = {f"id{n}": part[min(n, len(part) - 1)] for n in range(size)}
        yield size, binds if moment is None else {**binds, "moment": moment}


async def several(
    reader: Reader, resource: str, ids: Iterable[str], moment: int | None
) -> list[StoredVersion]:
    """The resources with these ids, in order of id, at one moment."""
    whole: list[StoredVersion] = []
    for size, binds in _parts(ids, moment):
        rows = await reader.rows(_several(resource, moment is not None, size), binds)
        whole += [StoredVersion(*row) for row in rows]
    return whole


async def names(reader: Reader, ids: Iterable[str], moment: int | None) -> dict[str, str]:
    """The names of sources, by id, at one moment."""
    rows = await several(reader, "sources", ids, moment)
    return {row.id: json.loads(row.doc)["name"] for row in rows}


@lru_cache(maxsize=16)
def _with_above(past: bool, count: int) -> Select[Any]:
    first, next_up, row = SOURCE.alias(), SOURCE.alias(), SOURCE.alias()
    ids: list[Any] = [bindparam(f"id{n}") for n in range(count)]
    named = select(first.c.id, first.c.affiliation).where(first.c.id.in_(ids), current(first, past))
    found = named.cte(recursive=True)
    above = select(next_up.c.id, next_up.c.affiliation).join(
        found, next_up.c.id == found.c.affiliation
    )
    # A union, which keeps each once, so that a circle of affiliations ends.
    whole = found.union(above.where(current(next_up, past)))
    of_those = select(*stored_columns(row)).where(row.c.id.in_(select(whole.c.id)))
    return of_those.where(current(row, past)).order_by(row.c.id)


async def with_above(
    reader: Reader, ids: Iterable[str], moment: int | None
) -> dict[str, StoredVersion]:
    """The sources with these ids, and everyone above them, however many that are."""
    whole: dict[str, StoredVersion] = {}
    for size, binds in _parts(ids, moment):
        rows = await reader.rows(_with_above(moment is not None, size), binds)
        whole |= {row[0]: StoredVersion(*row) for row in rows}
    return whole


@lru_cache
def _incoming(past: bool) -> Select[Any]:
    hit = select(RELATION.c.claim_id).where(
        RELATION.c.object == bindparam("id"), current(RELATION, past)
    )
    active = (CLAIM.c.id.in_(hit), current(CLAIM, past), CLAIM.c.status == "active")
    return select(*stored_columns(CLAIM)).where(*active).order_by(CLAIM.c.id)


async def incoming(reader: Reader, id: str, moment: int | None) -> list[StoredVersion]:
    """The active claims that say something of this one."""
    binds = {"id": id} if moment is None else {"id": id, "moment": moment}
    rows = await reader.rows(_incoming(moment is not None), binds)
    return [StoredVersion(*row) for row in rows]


@lru_cache
def _assessments(past: bool) -> Select[Any]:
    table = RESOURCES["assessments"].table
    of_target = (table.c.target == bindparam("target"), current(table, past))
    active = select(*stored_columns(table)).where(*of_target, table.c.status == "active")
    return active.order_by(table.c.id).limit(bindparam("size"))


async def assessments(
    reader: Reader, target: str, moment: int | None, size: int
) -> list[StoredVersion]:
    """The active assessments of one target, in order of id, and no more than so many."""
    binds: dict[str, Any] = {"target": target, "size": size}
    if moment is not None:
        binds["moment"] = moment
    return [
        StoredVersion(*row) for row in await reader.rows(_assessments(moment is not None), binds)
    ]
