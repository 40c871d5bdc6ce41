"""Facets: how many of the claims that a question finds have each value of a field."""

from collections import Counter
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, func, select, true

from app.db import Reader, listed_in
from app.models import ATTRIBUTION, QUANTITY, SOURCE, TRAIT
from app.models.filters import CLAIMS
from app.models.question import QueryShape, Question
from app.rules import edtf
from app.store import references
from app.store.as_of import current
from app.store.fold import considered
from app.store.list_query import base_of, joined, judged, wanted
from app.store.orders import Base
from app.store.search import searched

OF_FIGURES = frozenset(one.name for one in CLAIMS if one.place == "quantity")
OF_HOPS = {"via": "is_via", "origin": "is_origin"}


async def facets(reader: Reader, question: Question) -> dict[str, Any]:
    """The counts of each field asked for, the most frequent value first."""
    shape, binds = await searched(reader, question)
    found: dict[str, Any] = {}
    for field in question.by:
        rows = await reader.rows(*_asked(shape, field, binds))
        found[field] = _by_year(rows) if field == "year" else _told(rows)
    await references.require(reader, question, any(found.values()))
    await references.require_traits(reader, [field for field in question.by if not found[field]])
    return found


def _told(rows: list[Any]) -> list[dict[str, Any]]:
    return [{"value": value, "count": count} for value, count in rows]


def _by_year(rows: list[Any]) -> list[dict[str, Any]]:
    """Days counted as years; where they may be of several, as the interval of them."""
    found: Counter[str] = Counter()
    for lo, hi, count in rows:
        years = [_year(lo), _year(hi)]
        found[years[0] if years[0] == years[1] else "/".join(years)] += count
    del found[".."]  # at any time: it is not given
    return _told(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def _year(day: int) -> str:
    """The year of a day, as EDTF writes it."""
    if day in (edtf.OPEN_PAST, edtf.OPEN_FUTURE):
        return ".."
    text = edtf.date_text(day)[:-6]
    return text if len(text.lstrip("+-")) == 4 else f"Y{text.lstrip('+')}"


def _asked(
    shape: QueryShape, field: str, binds: dict[str, Any]
) -> tuple[Select[Any], dict[str, Any]]:
    """The statement of one field; those of all dimensions are one."""
    if "." in field:
        return _counts(shape, "trait"), {**binds, "trait": field}
    return _counts(shape, field), binds


class Counted(NamedTuple):
    """What is counted: columns, what they are selected from, and of which rows."""

    columns: list[Any]
    tables: Any
    where: list[Any]


@lru_cache(maxsize=2048)
def _counts(shape: QueryShape, field: str) -> Select[Any]:
    base = base_of(shape)
    columns, tables, where = _counted(base, shape, field)
    claims = func.count(base.table.c.id.distinct())
    return (
        select(*columns, claims)
        .select_from(tables)
        .where(*base.where, *wanted(judged(base, shape), shape), *where)
        .where(*(column.is_not(None) for column in columns))
        .group_by(*columns)
        .order_by(claims.desc(), *columns)
    )


def _counted(base: Base, shape: QueryShape, field: str) -> Counted:
    tables, claim = joined(base, shape), base.table
    if field in COUNTED:
        return COUNTED[field](tables, claim, shape)
    if field in OF_FIGURES:
        figure, beside = _figures(tables, claim)
        return Counted([figure.c[field]], beside, [considered(figure, shape)])
    if field in OF_HOPS:
        hop = ATTRIBUTION.alias()
        beside = tables.join(hop, _of(hop, claim))
        return Counted([hop.c.source], beside, [hop.c[OF_HOPS[field]]])
    return Counted([claim.c[field]], tables, [])


def _figures(tables: FromClause, claim: FromClause) -> tuple[FromClause, FromClause]:
    figure = QUANTITY.alias()
    return figure, tables.join(figure, _of(figure, claim))


def _traits(tables: FromClause, claim: FromClause, shape: QueryShape) -> Counted:
    figure, beside = _figures(tables, claim)
    one = TRAIT.alias()
    beside = beside.join(one, and_(_of(one, claim), one.c.n == figure.c.n))
    named = one.c.name == bindparam("trait")
    return Counted([one.c.word], beside, [considered(figure, shape), named])


def _tags(tables: FromClause, claim: FromClause, _: QueryShape) -> Counted:
    one = listed_in(claim.c.doc, "tags")
    return Counted([one.c.value], tables.join(one, true()), [])


def _flags(tables: FromClause, claim: FromClause, shape: QueryShape) -> Counted:
    figure, beside = _figures(tables, claim)
    one = listed_in(figure.c.doc, "flags")
    return Counted([one.c.value], beside.join(one, true()), [considered(figure, shape)])


def _languages(tables: FromClause, claim: FromClause, shape: QueryShape) -> Counted:
    work = SOURCE.alias()
    same = and_(work.c.id == claim.c.document, current(work, shape.past))
    return Counted([work.c.language], tables.join(work, same), [])


def _years(tables: FromClause, claim: FromClause, _: QueryShape) -> Counted:
    return Counted([claim.c.stated_lo, claim.c.stated_hi], tables, [])


COUNTED = {
    "trait": _traits, "tag": _tags, "flag": _flags, "language": _languages, "year": _years,
}  # fmt: skip


def _of(part: FromClause, claim: FromClause) -> ColumnElement[bool]:
    return and_(part.c.claim_id == claim.c.id, part.c.version == claim.c.version)
