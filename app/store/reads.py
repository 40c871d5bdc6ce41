"""Reads by id: a resource, its versions, what it refers to; and which stored ids are like one.

What a question refers to is looked for only where nothing was found, or where a name that nobody
has would widen the answer in silence: of `__ne`, and of whether a dimension is there at all.
"""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    union_all,
)

from app.db import Query, Reader, Row
from app.errors import Fault, Invalid, NotFound
from app.models import CHANGE, CLAIM, MEASURE, RELATION, RESOURCES, SOURCE, TRAIT
from app.models.field_types import FIND, SLUG
from app.models.question import Condition, Question
from app.store.as_of import current

Sources = dict[str, dict[str, Any]]


class StoredVersion(NamedTuple):
    """One version as it is stored, in the order that answers are spliced from."""

    id: str
    version: int
    recorded_at: int
    status: str
    reason: str | None
    content_hash: str
    doc: str


class RevisionRow(NamedTuple):
    """One version, and who wrote it, as the change log has it; None in lines of before."""

    stored: StoredVersion
    recorded_by: str | None


def stored_columns(table: FromClause) -> list[ColumnElement[Any]]:
    """The columns of ``StoredVersion``, in its order."""
    return [table.c[name] for name in StoredVersion._fields]


def at_moment(moment: int | None, **binds: Any) -> dict[str, Any]:
    """Values of a statement, with the moment that it is about, if it is of one that is past."""
    return binds if moment is None else {**binds, "moment": moment}


@lru_cache
def _one(resource: str, past: bool) -> Select[Any]:
    table = RESOURCES[resource].table
    return select(*stored_columns(table)).where(table.c.id == bindparam("id"), current(table, past))


def one(resource: str, id: str, moment: int | None = None) -> Query:
    """What the database is asked for one resource."""
    return Query(_one(resource, moment is not None), at_moment(moment, id=id))


def found(rows: list[Row]) -> StoredVersion:
    """The resource that it answered with; raises ``NotFound``."""
    if not rows:
        raise NotFound()
    return StoredVersion(*rows[0])


async def get(reader: Reader, resource: str, id: str, moment: int | None = None) -> StoredVersion:
    """One resource, as it is or as it was at a moment; raises ``NotFound``."""
    return found(await reader.rows(*one(resource, id, moment)))


@lru_cache
def _revisions(resource: str) -> Select[Any]:
    return _with_writer(resource, stored_columns(RESOURCES[resource].table))


def _with_writer(resource: str, columns: Iterable[Any]) -> Select[Any]:
    """Every version of an id, oldest first, with who recorded it."""
    table = RESOURCES[resource].table
    line = (
        CHANGE.c.resource == resource,
        CHANGE.c.id == table.c.id,
        CHANGE.c.version == table.c.version,
    )
    every = select(*columns, CHANGE.c.recorded_by).outerjoin(CHANGE, and_(*line))
    return every.where(table.c.id == bindparam("id")).order_by(table.c.version)


async def revisions(reader: Reader, resource: str, id: str) -> list[RevisionRow]:
    """Every version of one id, oldest first; raises ``NotFound``."""
    rows = _with_writers(await reader.rows(_revisions(resource), {"id": id}))
    if not rows:
        raise NotFound()
    return rows


def _with_writers(rows: list[Row]) -> list[RevisionRow]:
    return [RevisionRow(StoredVersion(*row[:-1]), row[-1]) for row in rows]


@lru_cache
def _revision(resource: str) -> Select[Any]:
    table = RESOURCES[resource].table
    wanted = (table.c.id == bindparam("id"), table.c.version == bindparam("version"))
    return select(*stored_columns(table)).where(*wanted)


async def revision(reader: Reader, resource: str, id: str, version: int) -> StoredVersion:
    """One version of one id, for ever the same; raises ``NotFound``."""
    return found(await reader.rows(_revision(resource), {"id": id, "version": version}))


MAX_VERSIONS = 1000
"""Versions of one id that are told of at once."""


@lru_cache
def _newest(resource: str) -> Select[Any]:
    table = RESOURCES[resource].table
    return select(func.max(table.c.version)).where(table.c.id == bindparam("id"))


async def newest_version(reader: Reader, resource: str, id: str) -> int:
    """The number of the newest version of an id; raises ``NotFound``."""
    found: int | None = (await reader.rows(_newest(resource), {"id": id}))[0][0]
    if found is None:
        raise NotFound()
    return found


@lru_cache
def _versions(resource: str) -> Select[Any]:
    table = RESOURCES[resource].table
    bare = [literal_column("''") if one.name == "doc" else one for one in stored_columns(table)]
    among = table.c.version.between(bindparam("first"), bindparam("last"))
    return _with_writer(resource, bare).where(among)


async def versions(
    reader: Reader, resource: str, id: str, first: int, last: int
) -> list[RevisionRow]:
    """Who wrote which of these versions, oldest first, without their documents."""
    binds = {"id": id, "first": first, "last": last}
    return _with_writers(await reader.rows(_versions(resource), binds))


def places(name: str, count: int) -> list[Any]:
    """Places of a statement for so many values."""
    return [bindparam(f"{name}{n}") for n in range(count)]


def filled(name: str, values: Sequence[Any], count: int) -> dict[str, Any]:
    """These values in so many places: the last one fills those that would be empty."""
    return {f"{name}{n}": values[min(n, len(values) - 1)] for n in range(count)}


def _parts(ids: Iterable[str], moment: int | None) -> Iterator[tuple[int, dict[str, Any]]]:
    """Many ids as what a few sizes of statement take."""
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        size = next(n for n in (1, 5, 20, 100, 500) if n >= len(part))
        yield size, at_moment(moment, **filled("id", part, size))


@lru_cache(maxsize=256)
def _several(resource: str, past: bool, count: int) -> Select[Any]:
    table = RESOURCES[resource].table
    wanted = select(*stored_columns(table)).where(table.c.id.in_(places("id", count)))
    return wanted.where(current(table, past)).order_by(table.c.id)


async def several(
    reader: Reader, resource: str, ids: Iterable[str], moment: int | None
) -> list[StoredVersion]:
    """The resources with these ids, in order of id, at one moment."""
    rows: list[Row] = []
    for size, binds in _parts(ids, moment):
        rows += await reader.rows(_several(resource, moment is not None, size), binds)
    return [StoredVersion(*row) for row in rows]


async def names(reader: Reader, ids: Iterable[str], moment: int | None) -> dict[str, str]:
    """The names of sources, by id, at one moment."""
    rows = await several(reader, "sources", ids, moment)
    return {row.id: json.loads(row.doc)["name"] for row in rows}


@lru_cache(maxsize=16)
def _upward(past: bool, count: int) -> Select[Any]:
    first, next_up, row = SOURCE.alias(), SOURCE.alias(), SOURCE.alias()
    named = select(first.c.id, first.c.affiliation).where(first.c.id.in_(places("id", count)))
    found = named.where(current(first, past)).cte(recursive=True)
    above = select(next_up.c.id, next_up.c.affiliation).join(
        found, next_up.c.id == found.c.affiliation
    )
    # A union, which keeps each once, so that a circle of affiliations ends.
    every = found.union(above.where(current(next_up, past)))
    of_those = select(row.c.id, row.c.doc).where(row.c.id.in_(select(every.c.id)))
    return of_those.where(current(row, past)).order_by(row.c.id)


async def upward(reader: Reader, ids: Iterable[str], moment: int | None) -> Sources:
    """The sources with these ids, and everyone above them, however many that are, by id."""
    sources: Sources = {}
    for size, binds in _parts(ids, moment):
        rows = await reader.rows(_upward(moment is not None, size), binds)
        sources |= {id: json.loads(doc) for id, doc in rows}
    return sources


@lru_cache
def _incoming(past: bool) -> Select[Any]:
    relation = (RELATION.c.object == bindparam("id"), current(RELATION, past))
    active = (CLAIM.c.id.in_(select(RELATION.c.claim_id).where(*relation)), current(CLAIM, past))
    rows = select(*stored_columns(CLAIM)).where(*active, CLAIM.c.status == "active")
    return rows.order_by(CLAIM.c.id)


async def incoming(reader: Reader, id: str, moment: int | None) -> list[StoredVersion]:
    """The active claims that say something of this one."""
    rows = await reader.rows(_incoming(moment is not None), at_moment(moment, id=id))
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
    binds = at_moment(moment, target=target, size=size)
    return [
        StoredVersion(*row) for row in await reader.rows(_assessments(moment is not None), binds)
    ]


ID_COLUMNS = {
    "sources": SOURCE.c.id, "measures": MEASURE.c.id, "claims": CLAIM.c.id,
    "utterances": CLAIM.c.utterance, "traits": TRAIT.c.name,
}  # fmt: skip
AROUND = 300
"""So many ids before and behind, in their order, are looked at for one that is near."""

MAX_LISTED = 3


async def require_stored(reader: Reader, question: Question, found: bool) -> None:
    """Raise ``Invalid`` for all that is asked about and was never stored, in whatever version."""
    faults: list[Fault] = []
    for one in question.conditions:
        if not found or one.widening:
            faults += await _faults(reader, one)
    if faults:
        raise Invalid("What this asks about is not stored.", tuple(faults))


async def require_traits(reader: Reader, names: Iterable[str]) -> None:
    """The same of dimensions and attributes to count by."""
    faults = [fault for one in names if "." in one for fault in await _trait(reader, one, "by")]
    if faults:
        raise Invalid("What this counts by is not stored.", tuple(faults))


async def _faults(reader: Reader, condition: Condition) -> list[Fault]:
    filter, op, values = condition
    ending = "" if op == "eq" else f"__{op}"
    if filter.kind == "trait":
        return await _trait(reader, values[0], f"{values[0]}{ending}")
    if not filter.refers or op not in ("eq", "ne"):
        return []
    lacking = [one for one in values if not await is_stored(reader, *_place(filter.refers, one))]
    name = f"{filter.name}{ending}"
    return [await lacks(reader, *_place(filter.refers, one), name) for one in lacking[:MAX_LISTED]]


def _place(refers: str, value: str) -> tuple[str, str]:
    """Where an id would be, and the id: a target names both."""
    kind, _, id = value.partition("/")
    return (kind, id) if refers == "targets" else (refers, value)


async def _trait(reader: Reader, name: str, parameter: str) -> list[Fault]:
    if await is_stored(reader, "traits", name):
        return []
    kind, _, own = name.partition(".")
    names = [row[0] for row in await reader.rows(_names, {})]
    what = {"dim": "dimension", "attr": "attribute"}[kind]
    of_kind = [one.partition(".")[2] for one in names if one.startswith(f"{kind}.")]
    near = [f"{kind}.{one}" for one in _nearest(own, of_kind)]
    beside = [one for one in names if one.partition(".")[2] == own]
    hint = _meant(beside or near) or f"; see `{kind}` in what /v1/quantities lists"
    detail = f"no figure has a {what} of this name{hint}".replace("a att", "an att")
    return [Fault(detail, parameter=parameter, code="unknown_parameter")]


async def is_stored(reader: Reader, kind: str, id: str) -> bool:
    """Is there, or was there ever, something with this id?"""
    return kind in ID_COLUMNS and bool(await reader.rows(_stored(kind), {"id": id}))


async def ids_near(reader: Reader, kind: str, id: str) -> list[str]:
    """Stored ids that are spelt alike, or go on as this begins."""
    if kind not in ID_COLUMNS:
        return []
    sought = re.sub("[^a-z0-9._:]+", "-", id[:128].casefold()).strip("-._:")
    around = await reader.rows(_around(kind), {"id": sought})
    return _nearest(sought, list(dict.fromkeys(row[0] for row in around if row[0])))


async def lacks(reader: Reader, kind: str, id: str, parameter: str) -> Fault:
    """Says which id was probably meant, and where ids are to be found."""
    if kind not in ID_COLUMNS:
        return Fault("send sources/ID or claims/ID", parameter=parameter, code="unknown_reference")
    alike = await ids_near(reader, kind, id)
    said = "nothing stored has this id" if re.fullmatch(SLUG, id) else "this is no id"
    hint = _meant(alike) or f"; send {FIND[kind]}"
    return Fault(f"{said}{hint}", parameter=parameter, code="unknown_reference")


def _meant(near: list[str]) -> str:
    named = [f"`{one}`" for one in near]
    return f"; did you mean {' or '.join(named)}?" if named else ""


def _nearest(sought: str, known: list[str]) -> list[str]:
    """Those that go on as this begins, and those that are spelt alike."""
    longer = [one for one in known if sought and one.startswith(sought)]
    alike = difflib.get_close_matches(sought, known, MAX_LISTED, 0.6)
    return list(dict.fromkeys([*longer[:MAX_LISTED], *alike]))[:MAX_LISTED]


@lru_cache
def _stored(kind: str) -> Select[Any]:
    column = ID_COLUMNS[kind]
    return select(column).where(column == bindparam("id")).limit(1)


@lru_cache
def _around(kind: str) -> Any:
    """The ids that lie nearest in their order, which an index knows, however many there are."""
    column = ID_COLUMNS[kind]
    behind = select(column).where(column >= bindparam("id")).order_by(column).limit(AROUND)
    before = select(column).where(column < bindparam("id")).order_by(column.desc()).limit(AROUND)
    return union_all(select(behind.subquery()), select(before.subquery()))


def _every_name() -> Select[Any]:
    """Each name once: from one to the next, not row by row."""
    first = select(func.min(TRAIT.c.name).label("name")).cte("names", recursive=True)
    later = TRAIT.alias()
    following = select(func.min(later.c.name)).where(later.c.name > first.c.name).scalar_subquery()
    every = first.union_all(select(following).where(first.c.name.is_not(None)))
    return select(every.c.name).where(every.c.name.is_not(None)).limit(1000)


_names = _every_name()
