"""Facets: how many of the claims that a question finds have each value of a field."""

from collections import Counter
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import FromClause, Select, and_, bindparam, func, true

from app.db import Reader, listed_in
from app.models import ATTRIBUTION, QUANTITY, SOURCE, TRAIT
from app.models.filters import CLAIMS
from app.models.question import QueryShape, Question
from app.rules import edtf
from app.store import reads
from app.store.as_of import current
from app.store.filters_sql import (
    Truth,
    belongs_to_figure,
    bounds,
    published,
    same_version,
    under_roots,
)
from app.store.list_query import planned_search
from app.store.selection import Selection, considered, figure_fits, selection

OF_FIGURES = frozenset(one.name for one in CLAIMS if one.place == "quantity")
YEARS = ("year", "published_year")
OF_HOPS = {"via": "is_via", "origin": "is_origin", "origin_root": "is_origin"}
OF_DOCUMENTS = ("language", "published_year")


class FacetRows(NamedTuple):
    """What is counted: columns, what they are selected from, and of which rows."""

    columns: list[Any]
    joined: FromClause
    where: list[Truth]


async def facet_counts(reader: Reader, question: Question) -> dict[str, Any]:
    """The counts of each field asked for, the most frequent value first."""
    shape, binds = await planned_search(reader, question)
    found: dict[str, Any] = {}
    for field in question.by:
        # The statement of all dimensions is one.
        statement = _counts(shape, "trait" if "." in field else field)
        rows = await reader.rows(statement, {**binds, "trait": field} if "." in field else binds)
        counts = _by_year(rows) if field in YEARS else rows
        found[field] = [{"value": value, "count": count} for value, count in counts]
    await reads.require_stored(reader, question, any(found.values()))
    await reads.require_traits(reader, [field for field in question.by if not found[field]])
    return found


def _by_year(rows: list[Any]) -> list[tuple[str, int]]:
    """Days counted as years; where they may be of several, as the interval of them."""
    found: Counter[str] = Counter()
    for lo, hi, count in rows:
        years = [_year(lo), _year(hi)]
        found[years[0] if years[0] == years[1] else "/".join(years)] += count
    del found[".."]  # at any time: it is not given
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))


def _year(day: int) -> str:
    """The year of a day, as EDTF writes it."""
    if day in (edtf.OPEN_PAST, edtf.OPEN_FUTURE):
        return ".."
    text = edtf.date_text(day)[:-6]
    return text if len(text.lstrip("+-")) == 4 else f"Y{text.lstrip('+')}"


@lru_cache(maxsize=2048)
def _counts(shape: QueryShape, field: str) -> Select[Any]:
    found = selection(shape, whole=True)
    columns, joined, where = _facet_rows(found, field)
    one_each = field in YEARS or field in found.tables.table.c
    claims = func.count() if one_each else func.count(found.tables.table.c.id.distinct())
    return (
        found.select(*columns, claims, joined=joined)
        .where(*where, *(column.is_not(None) for column in columns))
        .group_by(*columns)
        .order_by(claims.desc(), *columns)
    )


def _facet_rows(found: Selection, field: str) -> FacetRows:
    claim, joined, past = found.tables.table, found.joined, found.tables.past
    if field in OF_HOPS:
        hop = ATTRIBUTION.alias()
        joined = joined.join(hop, same_version(hop, claim))
        if field != "origin_root":
            return FacetRows([hop.c.source], joined, [hop.c[OF_HOPS[field]]])
        below = under_roots(past)
        joined = joined.join(below, below.c.id == hop.c.source)
        return FacetRows([below.c.root], joined, [hop.c[OF_HOPS[field]]])
    if field == "tag":
        tag = listed_in(claim.c.doc, "tags")
        return FacetRows([tag.c.value], joined.join(tag, true()), [])
    if field == "year":
        return FacetRows([*bounds(claim, "stated", found.tables.strict)], joined, [])
    if field in OF_DOCUMENTS:
        work = SOURCE.alias()
        joined = joined.join(work, and_(work.c.id == claim.c.document, current(work, past)))
        days = published(found.tables._replace(document=work), found.tables.strict)
        return FacetRows([work.c.language] if field == "language" else [*days], joined, [])
    if field in OF_FIGURES or field == "trait":
        return _figure_rows(found, field)
    return FacetRows([claim.c[field]], joined, [])


def _figure_rows(found: Selection, field: str) -> FacetRows:
    """What is of the figures beside a claim, of those by which it fits."""
    figure, claim = QUANTITY.alias(), found.tables.table
    joined = found.joined.join(figure, same_version(figure, claim))
    shape, past = found.tables.shape, found.tables.past
    where = [considered(figure, shape), current(figure, past), figure_fits(figure, shape)]
    if field == "flag":
        flag = listed_in(figure.c.doc, "flags")
        return FacetRows([flag.c.value], joined.join(flag, true()), where)
    if field == "trait":
        trait = TRAIT.alias()
        joined = joined.join(trait, belongs_to_figure(trait, figure))
        return FacetRows([trait.c.word], joined, [*where, trait.c.name == bindparam("trait")])
    # A measure of dates has no unit: there is nothing that one could ask for.
    named = [figure.c.unit != ""] if field == "unit" else []
    return FacetRows([figure.c[field]], joined, [*where, *named])
