"""Conditions as SQL with three answers: what may hold, and what holds for certain."""

from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.db import contains
from app.models.claim import ClaimAttribution
from app.models.filters import INTERVALS, Filter
from app.models.question import Shape
from app.models.source import Source
from app.rules.dates import OPEN_FUTURE, OPEN_PAST
from app.store.moments import held

Truth = ColumnElement[bool]
Asked = tuple[int, Filter, str, int]
"""A condition by its number, with the count of its values (binds are named c<number>_<value>)."""


class Answers(NamedTuple):
    """One condition's two expressions; where they are equal the condition is plain."""

    possible: Truth
    certain: Truth


class Rows(NamedTuple):
    """What conditions are put to: the row's table, and the document's, where it is joined."""

    table: Any
    document: Any
    shape: Shape


def values_of(asked: Asked) -> list[ColumnElement[Any]]:
    """The parameters of one condition."""
    number, _, _, count = asked
    return [bindparam(f"c{number}_{n}") for n in range(count)]


def plain(truth: Truth) -> Answers:
    """A condition that holds or does not."""
    return Answers(truth, truth)


def of_row(rows: Rows, asked: Asked) -> Answers:
    """One condition on a source, measure, assessment or claim."""
    filter, op = asked[1], asked[2]
    if filter.kind == "known":
        return _known(rows, values_of(asked)[0])
    if filter.kind == "extent":
        return _shares_days(rows.table, values_of(asked))
    if filter.kind in INTERVALS:
        return within(*_interval(rows, filter), asked)
    if filter.place in PLACES:
        return plain(PLACES[filter.place](rows, filter, values_of(asked)))
    return plain(compared(column_of(rows.table, filter), op, values_of(asked), filter))


def column_of(table: Any, filter: Filter) -> Any:
    """The column a field is kept in (``class`` is a word of Python's own)."""
    return getattr(table, "class_" if filter.key == "class" else filter.key)


def compared(column: Any, op: str, values: list[Any], filter: Filter) -> Truth:
    """A plain comparison of a column."""
    if op == "is_null":
        return case((column.is_(None), 1), else_=0) == values[0]
    if filter.kind == "search":
        return and_(*(contains(column, term) for term in values))
    if filter.key in PACKED:
        return or_(*(contains(column, value) for value in values))
    if op == "eq":
        return or_(*(column == value for value in values))
    compare: Truth = getattr(column, f"__{PYTHON[op]}__")(values[0])
    return compare


PACKED = frozenset({"tags", "flags", "dims"})
PYTHON = {"gt": "gt", "gte": "ge", "lt": "lt", "lte": "le"}


def within(lo: Any, hi: Any, asked: Asked) -> Answers:
    """An interval against the wanted one: it may overlap, or lie inside it."""
    values = values_of(asked)
    if asked[2] == "is_null":
        missing = and_(lo == OPEN_PAST, hi == OPEN_FUTURE)
        return plain(case((missing, 1), else_=0) == values[0])
    overlap = and_(lo <= values[1], hi >= values[0], values[0] <= values[1])
    return Answers(overlap, and_(overlap, lo >= values[0], hi <= values[1]))


def _interval(rows: Rows, filter: Filter) -> tuple[Any, Any]:
    if filter.name == "published":
        return published(rows.table, rows.document)
    return getattr(rows.table, f"{filter.key}_lo"), getattr(rows.table, f"{filter.key}_hi")


def published(claim: Any, document: Any) -> tuple[Any, Any]:
    """When a claim was printed: its own date, else its document's, else unknown."""
    return (
        func.coalesce(claim.published_lo, document.date_lo, OPEN_PAST),
        func.coalesce(claim.published_hi, document.date_hi, OPEN_FUTURE),
    )


def _known(rows: Rows, day: Any) -> Answers:
    """Certain if published by then, impossible if stated after it."""
    possible = rows.table.stated_lo <= day
    return Answers(possible, and_(possible, published(rows.table, rows.document)[1] <= day))


def _shares_days(claim: Any, values: list[Any]) -> Answers:
    first, last = values
    possible = and_(claim.period_start_lo <= last, claim.period_end_hi >= first, first <= last)
    sure = and_(claim.period_start_hi <= last, claim.period_end_lo >= first, first <= last)
    return Answers(possible, sure)


def _hop(rows: Rows, *more: Any) -> Truth:
    hop, claim = ClaimAttribution, rows.table
    return exists().where(hop.claim_id == claim.id, hop.version == claim.version, *more)


def _via(rows: Rows, _: Filter, values: list[Any]) -> Truth:
    return _hop(rows, ClaimAttribution.is_via, ClaimAttribution.source.in_(values))  # type: ignore[attr-defined]


def _origin(rows: Rows, _: Filter, values: list[Any]) -> Truth:
    return _hop(rows, ClaimAttribution.is_origin, ClaimAttribution.source.in_(values))  # type: ignore[attr-defined]


def _given(rows: Rows, _: Filter, values: list[Any]) -> Truth:
    return _hop(rows, ClaimAttribution.name_as_given.in_(values))  # type: ignore[union-attr]


def _origin_tree(rows: Rows, _: Filter, values: list[Any]) -> Truth:
    below = ClaimAttribution.source.in_(_under(rows, values))  # type: ignore[attr-defined]
    return _hop(rows, ClaimAttribution.is_origin, below)


def _tree(rows: Rows, filter: Filter, values: list[Any]) -> Truth:
    column: Truth = getattr(rows.table, filter.key).in_(_under(rows, values))
    return column


def _under(rows: Rows, roots: list[Any]) -> Any:
    """Every source that stands under one of these roots, by affiliation, at the moment asked."""
    past = rows.shape.past
    top, below = aliased(Source), aliased(Source)
    found = (
        select(top.id)
        .where(held(top, past), top.is_root, top.id.in_(roots))  # type: ignore[attr-defined]
        .cte(recursive=True)
    )
    joined = select(below.id).join(found, below.affiliation == found.c.id).where(held(below, past))
    return select(found.union(joined).c.id)


def _document(rows: Rows, filter: Filter, values: list[Any]) -> Truth:
    work = aliased(Source)
    found = select(work.id).where(
        held(work, rows.shape.past), getattr(work, filter.key).in_(values)
    )
    in_found: Truth = rows.table.document.in_(found)
    return in_found


PLACES = {
    "via": _via,
    "origin": _origin,
    "hop": _given,
    "tree": _tree,
    "origin_tree": _origin_tree,
    "document": _document,
}
