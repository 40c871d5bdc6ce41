"""Filters as SQL with three answers: what may hold, and what holds for certain."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
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

Truth = ColumnElement[bool]
PACKED = frozenset({"tags", "flags"})
COMPARISONS = {"gt": "__gt__", "gte": "__ge__", "lt": "__lt__", "lte": "__le__"}


class SqlPredicate(NamedTuple):
    """Two expressions; where they are one, it holds or it does not."""

    possible: Truth
    certain: Truth


class BoundFilter(NamedTuple):
    """A filter with its parameters, which are named c<number>_<value>."""

    number: int
    filter: Filter
    op: str
    size: int

    @property
    def judges(self) -> bool:
        """Has it three answers?"""
        return self.filter.judges(self.op)

    @property
    def values(self) -> list[ColumnElement[Any]]:
        """The parameters."""
        return [bindparam(f"c{self.number}_{n}") for n in range(self.size)]


class Tables(NamedTuple):
    """What a question is put to: the rows listed, what they belong to, and the document.

    ``table`` has the resource, of figures their claim; ``row`` is what is listed. ``driving``,
    where there is one, is the driving table of the join: figures, by which an index of measures
    leads to their claims.
    """

    shape: QueryShape
    table: FromClause
    row: FromClause
    document: FromClause
    driving: FromClause | None = None

    @property
    def strict(self) -> bool:
        """Is nothing to rest on convention?"""
        return self.shape.policy == "strict"

    @property
    def past(self) -> bool:
        """Is it a moment that is past which is asked about?"""
        return self.shape.past


def same_version(one: FromClause, other: FromClause) -> Truth:
    """The join of a claim's version with the rows beside it, or of those with each other."""
    return and_(_claim_id(one) == _claim_id(other), one.c.version == other.c.version)


def belongs_to_figure(trait: FromClause, figure: FromClause) -> Truth:
    """The join of a figure with its dimensions and attributes."""
    return and_(same_version(trait, figure), trait.c.n == figure.c.n)


def _claim_id(table: FromClause) -> ColumnElement[str]:
    return table.c.claim_id if "claim_id" in table.c else table.c.id


def bounds(row: FromClause, axis: str, strict: bool) -> tuple[Any, Any]:
    """The two columns of an axis of time; strictly, what convention narrows is as wide as it is."""
    lo, hi = row.c[f"{axis}_lo"], row.c[f"{axis}_hi"]
    if not strict:
        return lo, hi
    wide = row.c[f"{axis}_strict_lo"], row.c[f"{axis}_strict_hi"]
    return func.coalesce(wide[0], lo), func.coalesce(wide[1], hi)


def is_or_not(truth: Truth) -> SqlPredicate:
    """What holds or does not."""
    return SqlPredicate(truth, truth)


def row_predicate(tables: Tables, one: BoundFilter) -> SqlPredicate:
    """One condition on a source, measure, assessment or claim."""
    filter = one.filter
    if filter.kind == "known":
        return _known(tables, one.values[0])
    if filter.kind == "extent":
        return _shares_days(tables, *one.values)
    if filter.kind in INTERVALS:
        return within(*_interval(tables, one), one)
    if filter.place in ELSEWHERE:
        return is_or_not(_elsewhere(tables, one))
    return is_or_not(compared(tables.table, one))


def _elsewhere(tables: Tables, one: BoundFilter) -> Truth:
    """What stands in another table: one of several words does, or none of them, or nothing."""
    exists_in, values = ELSEWHERE[one.filter.place], one.values
    if one.op == "is_null":
        return _is_null(not_(exists_in(tables, one.filter, None)), values[0])
    found = exists_in(tables, one.filter, values)
    return not_(found) if one.op == "ne" else found


def _is_null(missing: Truth, wanted: Any) -> Truth:
    found: Truth = case((missing, 1), else_=0) == wanted
    return found


def compared(table: FromClause, one: BoundFilter) -> Truth:
    """A plain comparison of a column."""
    column, op, values = table.c[one.filter.key], one.op, one.values
    packed = one.filter.key in PACKED
    if op == "is_null":
        return _is_null(column == "" if packed else column.is_(None), values[0])
    if one.filter.kind == "search":
        return and_(*(contains(column, term) for term in values))
    if op in ("eq", "ne"):
        same = (contains(column, value) if packed else column == value for value in values)
        return or_(*same) if op == "eq" else or_(column.is_(None), not_(or_(*same)))
    return _ordered(column, op, values[0])


def _ordered(column: Any, op: str, value: Any) -> Truth:
    found: Truth = getattr(column, COMPARISONS[op])(value)
    return found


def trait_predicate(row: FromClause, one: BoundFilter) -> Truth:
    """A condition on one dimension or attribute of a figure; its name is the first value."""
    name, *values = one.values
    trait = TRAIT.alias()
    some = exists().where(belongs_to_figure(trait, row), trait.c.name == name)
    if one.op == "is_null":
        return _is_null(not_(some), values[0])
    if one.op in ("eq", "ne"):
        among = some.where(trait.c.word.in_(values))
        return among if one.op == "eq" else not_(among)
    return some.where(_ordered(trait.c.number, one.op, values[0]))


def within(lo: Any, hi: Any, one: BoundFilter) -> SqlPredicate:
    """An interval against the wanted one: it may overlap, or lie inside it."""
    values = one.values
    if one.op == "is_null":
        return is_or_not(_is_null(and_(lo == OPEN_PAST, hi == OPEN_FUTURE), values[0]))
    first, last = values
    overlap = and_(lo <= last, hi >= first, first <= last)
    return SqlPredicate(overlap, and_(overlap, lo >= first, hi <= last))


def _interval(tables: Tables, one: BoundFilter) -> tuple[Any, Any]:
    strict = tables.strict and one.op != "is_null"  # a date without bounds is there all the same
    if one.filter.name == "published":
        return published(tables, strict)
    return bounds(tables.table, one.filter.key, strict)


def published(tables: Tables, strict: bool = False) -> tuple[Any, Any]:
    """When a claim was printed: its own date, else its document's, else unknown."""
    own = bounds(tables.table, "published", strict)
    its = bounds(tables.document, "date", strict)
    return func.coalesce(own[0], its[0], OPEN_PAST), func.coalesce(own[1], its[1], OPEN_FUTURE)


def _known(tables: Tables, day: Any) -> SqlPredicate:
    """Certain if published by then, impossible if stated after it, possible if neither or both.

    Dates of which one must be wrong prove nothing, and ``strict`` makes them prove no more: what
    stands against an answer is read by convention under either policy.
    """
    stated, printed = partial(bounds, tables.table, "stated"), partial(published, tables)
    certain = and_(printed(tables.strict)[1] <= day, stated(False)[0] <= day)
    return SqlPredicate(or_(stated(tables.strict)[0] <= day, printed(False)[1] <= day), certain)


def _shares_days(tables: Tables, first: Any, last: Any) -> SqlPredicate:
    start, end = (
        bounds(tables.table, f"period_{side}", tables.strict) for side in ("start", "end")
    )
    possible = and_(start[0] <= last, end[1] >= first, first <= last)
    return SqlPredicate(possible, and_(start[1] <= last, end[0] >= first, first <= last))


Values = list[Any] | None
"""The words that a condition asks for; None: whether there is any."""


def _hop(tables: Tables, *conditions: Any) -> Truth:
    return exists().where(same_version(ATTRIBUTION, tables.table), *conditions)


def _one_of(column: Any, values: Values) -> Truth:
    found: Truth = column.is_not(None) if values is None else column.in_(values)
    return found


def _hop_of(kind: str, tables: Tables, _: Filter, values: Values) -> Truth:
    """A hop of one of these sources: by the index of hops to its claims, or all would be walked."""
    some = _hop(tables, ATTRIBUTION.c[kind], _one_of(ATTRIBUTION.c.source, values))
    if values is None:
        return some
    near = ATTRIBUTION.alias()
    led = select(near.c.claim_id).where(near.c.source.in_(values))
    return and_(_claim_id(tables.table).in_(led), some)


def _role(tables: Tables, filter: Filter, values: Values) -> Truth:
    """A hop of this role; or, as far as a work has one itself, the document's."""
    hop = _hop(tables, ATTRIBUTION.c.role == filter.key, _one_of(ATTRIBUTION.c.source, values))
    return or_(hop, _document(tables, filter, values)) if filter.key in SOURCE.c else hop


def _name_as_given(tables: Tables, _: Filter, values: Values) -> Truth:
    return _hop(tables, _one_of(ATTRIBUTION.c.name_as_given, values))


def _origin_tree(tables: Tables, _: Filter, values: Values) -> Truth:
    below = under_roots(tables.past, values)
    return _hop(tables, ATTRIBUTION.c.is_origin, ATTRIBUTION.c.source.in_(select(below.c.id)))


def _tree(tables: Tables, filter: Filter, values: Values) -> Truth:
    column, below = tables.table.c[filter.key], under_roots(tables.past, values)
    return and_(column.is_not(None), column.in_(select(below.c.id)))


def under_roots(past: bool, roots: Values = None) -> CTE:
    """Sources (``id``) and the ``root`` they stand under, by affiliation, at the moment asked.

    Nothing stands above a root, so each source has one at most. None: those of every root.
    """
    top, below = SOURCE.alias(), SOURCE.alias()
    first = select(top.c.id, top.c.id.label("root")).where(current(top, past), top.c.is_root)
    found = (first if roots is None else first.where(top.c.id.in_(roots))).cte(recursive=True)
    lower = select(below.c.id, found.c.root).join(found, below.c.affiliation == found.c.id)
    return found.union(lower.where(current(below, past)))


def _document(tables: Tables, filter: Filter, values: Values) -> Truth:
    work = SOURCE.alias()
    fits = _one_of(work.c[filter.key], values)
    found: Truth = tables.table.c.document.in_(
        select(work.c.id).where(current(work, tables.past), fits)
    )
    return found


ELSEWHERE: dict[str, Callable[[Tables, Filter, Values], Truth]] = {
    "via": partial(_hop_of, "is_via"), "origin": partial(_hop_of, "is_origin"),
    "hop": _name_as_given, "tree": _tree, "origin_tree": _origin_tree, "role": _role,
    "document": _document,
}  # fmt: skip
