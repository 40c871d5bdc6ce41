"""The fold: from the answers of single figures to the answer of a claim."""

from typing import Any

from sqlalchemy import FromClause, and_, case, exists, func, not_, or_, select, true

from app.models import QUANTITY
from app.models.filters import INTERVALS
from app.models.question import QueryShape
from app.store.as_of import current
from app.store.days import bounds
from app.store.filters_sql import (
    BoundFilter,
    SqlPredicate,
    Truth,
    compared,
    same_version,
    trait_predicate,
    within,
)

Filters = list[BoundFilter]


def considered(row: FromClause, shape: QueryShape) -> Truth:
    """Is the row one of the readings that are asked about?"""
    return row.c.considered if shape.readings == "preferred" else true()


def figure_predicate(row: FromClause, filters: Filters, shape: QueryShape) -> SqlPredicate:
    """All conditions on a figure, judged together on this row alone."""
    return _together(row, filters, shape, _plain(row, filters))


def _together(
    row: FromClause, filters: Filters, shape: QueryShape, plain: list[Truth]
) -> SqlPredicate:
    spans = [
        within(*_ends(row, one, shape), one) for one in filters if one.filter.kind in INTERVALS
    ]
    return SqlPredicate(
        and_(true(), *plain, *(one.possible for one in spans)),
        and_(true(), *plain, *(one.certain for one in spans)),
    )


def _plain(row: FromClause, filters: Filters) -> list[Truth]:
    return [
        trait_predicate(row, one) if one.filter.kind == "trait" else compared(row, one)
        for one in filters
        if one.filter.kind not in INTERVALS
    ]


def figure_ends(row: FromClause, dated: bool, strict: bool) -> tuple[Any, Any]:
    """How far a figure reaches, in doubles or, for a date, in days."""
    if dated:
        return bounds(row, "date", strict)
    return (row.c.strict_lo, row.c.strict_hi) if strict else (row.c.lo, row.c.hi)


def _ends(row: FromClause, one: BoundFilter, shape: QueryShape) -> tuple[Any, Any]:
    return figure_ends(row, one.filter.kind == "date", shape.policy == "strict")


def claim_predicate(claim: FromClause, filters: Filters, shape: QueryShape) -> SqlPredicate:
    """The fold over a claim's slots: its best slot answers."""
    possible, certain = QUANTITY.alias(), QUANTITY.alias()
    return SqlPredicate(
        exists().where(
            *_figure_conditions(possible, claim, shape), _possible(possible, filters, shape)
        ),
        exists().where(
            *_figure_conditions(certain, claim, shape), _certain(certain, filters, shape)
        ),
    )


def _figure_conditions(
    row: FromClause, of: FromClause, shape: QueryShape, *more: Any
) -> list[Truth]:
    return [same_version(row, of), *more, considered(row, shape)]


def certain_from_driving(driving: FromClause, filters: Filters, shape: QueryShape) -> Truth:
    """Is a claim certain, by the first of its figures that may fit, or else by a later one?"""
    row = QUANTITY.alias()
    later = _figure_conditions(row, driving, shape, row.c.n > driving.c.n)
    others = exists().where(*later, _certain(row, filters, shape))
    return or_(_certain(driving, filters, shape), others)


def driving_figures(driving: FromClause, filters: Filters, shape: QueryShape) -> list[Truth]:
    """One row for each claim that fits: the first of its figures by which it does.

    A list of claims is led by these rows, so that an index that starts at the measure finds
    them in the order of the claims' ids.
    """
    row = QUANTITY.alias()
    earlier = _figure_conditions(row, driving, shape, row.c.n < driving.c.n)
    before = exists().where(*earlier, fits(row, filters, shape))
    first = or_(driving.c.n == 0, not_(before))
    return [
        current(driving, shape.past),
        considered(driving, shape),
        fits(driving, filters, shape),
        first,
    ]


def fits(row: FromClause, filters: Filters, shape: QueryShape) -> Truth:
    """Is this one of the figures by which its claim fits?"""
    judged = _certain if shape.match == "certain" else _possible
    return judged(row, filters, shape)


def _certain(row: FromClause, filters: Filters, shape: QueryShape) -> Truth:
    """The row fits for certain, and so does every other candidate of its slot."""
    other = QUANTITY.alias()
    fails = exists().where(
        *_same_slot(row, other, shape),
        other.c.n != row.c.n,
        case((figure_predicate(other, filters, shape).certain, 0), else_=1) == 1,
    )
    return and_(figure_predicate(row, filters, shape).certain, or_(_alone(row, shape), not_(fails)))


def _same_slot(row: FromClause, other: FromClause, shape: QueryShape) -> list[Truth]:
    return [same_version(other, row), other.c.slot == row.c.slot, considered(other, shape)]


def slot_size(row: FromClause, shape: QueryShape) -> Any:
    """How many readings and alternatives a figure's slot has, whether a question finds them or not.

    Of a slot that is found in part, the figures do not say all that its source said.
    """
    other = QUANTITY.alias()
    count = select(func.count()).select_from(other).where(*_same_slot(row, other, shape))
    return case((_alone(row, shape), 1), else_=count.correlate(row).scalar_subquery())


def _alone(row: FromClause, shape: QueryShape) -> Truth:
    return row.c.sole_considered if shape.readings == "preferred" else row.c.sole


def _possible(row: FromClause, filters: Filters, shape: QueryShape) -> Truth:
    """It may hold of the row, or, in a mix, of something between the alternatives."""
    plain = _plain(row, filters)
    alone = _together(row, filters, shape, plain).possible
    between = [_between(row, one, shape) for one in filters if one.filter.kind in INTERVALS]
    return or_(alone, and_(row.c.mix, *plain, *between)) if between else alone


def _between(row: FromClause, one: BoundFilter, shape: QueryShape) -> Truth:
    """The hull of the slot's figures of one measure and unit overlaps what is wanted."""
    first, last = one.values
    low, high = QUANTITY.alias(), QUANTITY.alias()
    lo, hi = _ends(row, one, shape)
    starts = _in_slot(row, low, one, shape).where(_ends(low, one, shape)[0] <= last)
    ends = _in_slot(row, high, one, shape).where(_ends(high, one, shape)[1] >= first)
    return and_(lo <= hi, starts, ends, first <= last)


def _in_slot(row: FromClause, other: FromClause, one: BoundFilter, shape: QueryShape) -> Any:
    """Another figure of the slot that counts the same, and is somewhere."""
    lo, hi = _ends(other, one, shape)
    same = (other.c.measure == row.c.measure, other.c.unit == row.c.unit)
    return exists().where(*_same_slot(row, other, shape), *same, lo <= hi)
