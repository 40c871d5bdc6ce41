"""Conditions as SQL with three answers: what may hold, and what holds for certain."""

from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    and_,
    bindparam,
    case,
    exists,
    func,
    not_,
    or_,
    select,
)

from app.db import contains
from app.models import ATTRIBUTION, SOURCE, TRAIT
from app.models.filters import INTERVALS, Filter
from app.models.question import QueryShape
from app.rules.edtf import OPEN_FUTURE, OPEN_PAST
from app.store.as_of import current
from app.store.days import bounds

Truth = ColumnElement[bool]
Asked = tuple[int, Filter, str, int]
"""A condition by its number, with the count of its values (binds are named c<number>_<value>)."""


class Answers(NamedTuple):
    """One condition's two expressions; where they are equal the condition is plain."""

    possible: Truth
    certain: Truth


class Rows(NamedTuple):
    """What conditions are put to: the row's table, and the document's, where it is joined."""

    table: FromClause
    document: FromClause
    shape: QueryShape

    @property
    def strict(self) -> bool:
        """Is nothing to rest on convention?"""
        return self.shape.policy == "strict"


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
        return _shares_days(rows, values_of(asked))
    if filter.kind in INTERVALS:
        return within(*_interval(rows, filter, op), asked)
    if filter.place in PLACES:
        return plain(_beside(rows, asked))
    return plain(compared(column_of(rows.table, filter), op, values_of(asked), filter))


def _beside(rows: Rows, asked: Asked) -> Truth:
    """What stands in another table: one of several words does, or none of them, or nothing."""
    _, filter, op, _ = asked
    place, values = PLACES[filter.place], values_of(asked)
    if op == "is_null":
        return _is_null(not_(place(rows, filter, None)), values[0])
    return not_(place(rows, filter, values)) if op == "ne" else place(rows, filter, values)


def _is_null(missing: Truth, wanted: Any) -> Truth:
    found: Truth = case((missing, 1), else_=0) == wanted
    return found


def column_of(table: FromClause, filter: Filter) -> Any:
    """The column a field is kept in."""
    return table.c[filter.key]


def compared(column: Any, op: str, values: list[Any], filter: Filter) -> Truth:
    """A plain comparison of a column."""
    packed = filter.key in PACKED
    if op == "is_null":
        return _is_null(column == "" if packed else column.is_(None), values[0])
    if filter.kind == "search":
        return and_(*(contains(column, term) for term in values))
    if op in ("eq", "ne"):
        same = (contains(column, one) if packed else column == one for one in values)
        return or_(*same) if op == "eq" else or_(column.is_(None), not_(or_(*same)))
    compare: Truth = getattr(column, f"__{PYTHON[op]}__")(values[0])
    return compare


def of_trait(row: FromClause, asked: Asked) -> Truth:
    """A condition on one dimension or attribute of a figure; its name is the first value."""
    op, (name, *values) = asked[2], values_of(asked)
    one = TRAIT.alias()
    own = (one.c.claim_id == row.c.claim_id, one.c.version == row.c.version, one.c.n == row.c.n)
    some = exists().where(*own, one.c.name == name)
    if op == "is_null":
        return _is_null(not_(some), values[0])
    if op in ("eq", "ne"):
        among = some.where(one.c.word.in_(values))
        return among if op == "eq" else not_(among)
    compare: Truth = getattr(one.c.number, f"__{PYTHON[op]}__")(values[0])
    return some.where(compare)


PACKED = frozenset({"tags", "flags"})
PYTHON = {"gt": "gt", "gte": "ge", "lt": "lt", "lte": "le"}


def within(lo: Any, hi: Any, asked: Asked) -> Answers:
    """An interval against the wanted one: it may overlap, or lie inside it."""
    values = values_of(asked)
    if asked[2] == "is_null":
        missing = and_(lo == OPEN_PAST, hi == OPEN_FUTURE)
        return plain(case((missing, 1), else_=0) == values[0])
    overlap = and_(lo <= values[1], hi >= values[0], values[0] <= values[1])
    return Answers(overlap, and_(overlap, lo >= values[0], hi <= values[1]))


def _interval(rows: Rows, filter: Filter, op: str) -> tuple[Any, Any]:
    strict = rows.strict and op != "is_null"  # a date without bounds is there all the same
    if filter.name == "published":
        return published(rows.table, rows.document, strict)
    return bounds(rows.table, filter.key, strict)


def published(claim: FromClause, document: FromClause, strict: bool = False) -> tuple[Any, Any]:
    """When a claim was printed: its own date, else its document's, else unknown."""
    own, its = bounds(claim, "published", strict), bounds(document, "date", strict)
    return func.coalesce(own[0], its[0], OPEN_PAST), func.coalesce(own[1], its[1], OPEN_FUTURE)


def _known(rows: Rows, day: Any) -> Answers:
    """Certain if published by then, impossible if stated after it."""
    possible = bounds(rows.table, "stated", rows.strict)[0] <= day
    until = published(rows.table, rows.document, rows.strict)[1]
    return Answers(possible, and_(possible, until <= day))


def _shares_days(rows: Rows, values: list[Any]) -> Answers:
    first, last = values
    start, end = (bounds(rows.table, f"period_{side}", rows.strict) for side in ("start", "end"))
    possible = and_(start[0] <= last, end[1] >= first, first <= last)
    sure = and_(start[1] <= last, end[0] >= first, first <= last)
    return Answers(possible, sure)


def _hop(rows: Rows, *more: Any) -> Truth:
    hop, claim = ATTRIBUTION.c, rows.table.c
    return exists().where(hop.claim_id == claim.id, hop.version == claim.version, *more)


Values = list[Any] | None
"""The words that a condition asks for; None: whether there is any."""


def _one_of(column: Any, values: Values) -> Truth:
    found: Truth = column.is_not(None) if values is None else column.in_(values)
    return found


def _via(rows: Rows, _: Filter, values: Values) -> Truth:
    return _hop(rows, ATTRIBUTION.c.is_via, _one_of(ATTRIBUTION.c.source, values))


def _origin(rows: Rows, _: Filter, values: Values) -> Truth:
    return _hop(rows, ATTRIBUTION.c.is_origin, _one_of(ATTRIBUTION.c.source, values))


def _role(rows: Rows, filter: Filter, values: Values) -> Truth:
    """A hop of this role; or, as far as a work has one itself, the document's."""
    hop = _hop(rows, ATTRIBUTION.c.role == filter.key, _one_of(ATTRIBUTION.c.source, values))
    return or_(hop, _document(rows, filter, values)) if filter.key in SOURCE.c else hop


def _given(rows: Rows, _: Filter, values: Values) -> Truth:
    return _hop(rows, _one_of(ATTRIBUTION.c.name_as_given, values))


def _origin_tree(rows: Rows, _: Filter, values: Values) -> Truth:
    below = ATTRIBUTION.c.source.in_(_under(rows, values or []))
    return _hop(rows, ATTRIBUTION.c.is_origin, below)


def _tree(rows: Rows, filter: Filter, values: Values) -> Truth:
    column = rows.table.c[filter.key]
    return and_(column.is_not(None), column.in_(_under(rows, values or [])))


def _under(rows: Rows, roots: list[Any]) -> Any:
    """Every source that stands under one of these roots, by affiliation, at the moment asked."""
    past = rows.shape.past
    top, below = SOURCE.alias(), SOURCE.alias()
    found = (
        select(top.c.id)
        .where(current(top, past), top.c.is_root, top.c.id.in_(roots))
        .cte(recursive=True)
    )
    joined = (
        select(below.c.id)
        .join(found, below.c.affiliation == found.c.id)
        .where(current(below, past))
    )
    return select(found.union(joined).c.id)


def _document(rows: Rows, filter: Filter, values: Values) -> Truth:
    work = SOURCE.alias()
    fits = _one_of(work.c[filter.key], values)
    found = select(work.c.id).where(current(work, rows.shape.past), fits)
    in_found: Truth = rows.table.c.document.in_(found)
    return in_found


PLACES = {
    "via": _via,
    "origin": _origin,
    "hop": _given,
    "tree": _tree,
    "origin_tree": _origin_tree,
    "role": _role,
    "document": _document,
}
