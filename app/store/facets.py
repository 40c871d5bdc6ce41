"""Facets: how many of the claims that a question finds have each value of a field."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, func, select

from app.db import Reader
from app.models import ATTRIBUTION, QUANTITY
from app.models.question import Question, Shape
from app.store.finality import reached
from app.store.folds import considered
from app.store.orders import Base
from app.store.pages import base_of, joined, judged, wanted
from app.store.searching import searched

OF_FIGURES = frozenset({"measure", "unit", "hedge"})
OF_HOPS = {"via": "is_via", "origin": "is_origin"}


async def facets(reader: Reader, question: Question) -> dict[str, Any]:
    """The counts of each field asked for, the most frequent value first."""
    await reached(reader, question.moment)
    shape, binds = await searched(reader, question)
    found: dict[str, Any] = {}
    for field in question.by:
        rows = await reader.rows(_counts(shape, field), binds)
        found[field] = [{"value": value, "count": count} for value, count in rows]
    return found


@lru_cache(maxsize=2048)
def _counts(shape: Shape, field: str) -> Select[Any]:
    base = base_of(shape)
    column, tables, where = _counted(base, shape, field)
    claims = func.count(base.table.c.id.distinct())
    return (
        select(column, claims)
        .select_from(tables)
        .where(*base.where, *wanted(judged(base, shape), shape), *where, column.is_not(None))
        .group_by(column)
        .order_by(claims.desc(), column)
    )


def _counted(base: Base, shape: Shape, field: str) -> tuple[Any, Any, list[Any]]:
    """The column that is counted, what it is selected from, and of which rows."""
    tables = joined(base, shape)
    if field in OF_FIGURES:
        figure = QUANTITY.alias()
        beside = tables.join(figure, _of(figure, base.table))
        return figure.c[field], beside, [considered(figure, shape)]
    if field in OF_HOPS:
        hop = ATTRIBUTION.alias()
        beside = tables.join(hop, _of(hop, base.table))
        return hop.c.source, beside, [hop.c[OF_HOPS[field]]]
    return base.table.c[field], tables, []


def _of(part: FromClause, claim: FromClause) -> ColumnElement[bool]:
    return and_(part.c.claim_id == claim.c.id, part.c.version == claim.c.version)
