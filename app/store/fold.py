"""The fold: from the answers of single figures to the answer of a claim (design 3)."""

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import FromClause, and_, case, exists, not_, or_, true

from app.models import QUANTITY
from app.models.filters import INTERVALS
from app.models.question import QueryShape
from app.store.as_of import current
from app.store.days import bounds
from app.store.filters_sql import Answers, Asked, Truth, compared, of_trait, values_of, within

Fits = Callable[[FromClause, list[Asked], QueryShape], Truth]


class Fit(NamedTuple):
    """All conditions on a quantity, judged together on one candidate."""

    plain: list[Truth]
    intervals: list[tuple[Any, Any, Asked]]

    def possible(self) -> Truth:
        """It may hold of this row alone."""
        return and_(true(), *self.plain, *(within(*one).possible for one in self.intervals))

    def certain(self) -> Truth:
        """It holds of this row alone, whatever the true figure is."""
        return and_(true(), *self.plain, *(within(*one).certain for one in self.intervals))


def fit(row: FromClause, asked: list[Asked], shape: QueryShape) -> Fit:
    """The conditions on a quantity, on one row of the table."""
    found = Fit([], [])
    for one in asked:
        _, filter, op, _ = one
        if filter.kind == "figure":
            side = "strict_" if shape.policy == "strict" else ""
            found.intervals.append((row.c[f"{side}lo"], row.c[f"{side}hi"], one))
        elif filter.kind == "date":
            found.intervals.append((*bounds(row, "date", shape.policy == "strict"), one))
        elif filter.kind == "trait":
            found.plain.append(of_trait(row, one))
        else:
            found.plain.append(compared(row.c[filter.key], op, values_of(one), filter))
    return found


def considered(row: FromClause, shape: QueryShape) -> Truth:
    """Is the row one of the readings that are asked about?"""
    return row.c.considered if shape.readings == "preferred" else true()


def of_claim(claim: FromClause, asked: list[Asked], shape: QueryShape) -> Answers:
    """The fold over a claim's slots: its best slot answers."""
    return Answers(
        _some(claim, _may, asked, shape),
        _some(claim, _sure, asked, shape),
    )


def _some(claim: FromClause, fits: Fits, asked: list[Asked], shape: QueryShape) -> Truth:
    row = QUANTITY.alias()
    same = and_(row.c.claim_id == claim.c.id, row.c.version == claim.c.version)
    return exists().where(same, considered(row, shape), fits(row, asked, shape))


def sure_by(row: FromClause, asked: list[Asked], shape: QueryShape) -> Truth:
    """Is a claim sure, by the first of its figures that may fit, or else by a later one?"""
    later = QUANTITY.alias()
    others = exists().where(
        later.c.claim_id == row.c.claim_id,
        later.c.version == row.c.version,
        later.c.n > row.c.n,
        considered(later, shape),
        _sure(later, asked, shape),
    )
    return or_(_sure(row, asked, shape), others)


def driving(row: FromClause, asked: list[Asked], shape: QueryShape) -> list[Truth]:
    """One row for each claim that fits: the first of its figures by which it does.

    A list of claims is led by these rows, so that an index that starts at the measure finds
    them in the order of the claims' ids.
    """
    fits = _sure if shape.match == "certain" else _may
    earlier = QUANTITY.alias()
    before = exists().where(
        earlier.c.claim_id == row.c.claim_id,
        earlier.c.version == row.c.version,
        earlier.c.n < row.c.n,
        considered(earlier, shape),
        fits(earlier, asked, shape),
    )
    first = or_(row.c.n == 0, not_(before))
    return [current(row, shape.past), considered(row, shape), fits(row, asked, shape), first]


def _sure(row: FromClause, asked: list[Asked], shape: QueryShape) -> Truth:
    """The row fits for certain, and so does every other candidate of its slot."""
    sibling = QUANTITY.alias()
    alone = row.c.sole_considered if shape.readings == "preferred" else row.c.sole
    fails = exists().where(
        *_beside(row, sibling, shape),
        sibling.c.n != row.c.n,
        case((fit(sibling, asked, shape).certain(), 0), else_=1) == 1,
    )
    return and_(fit(row, asked, shape).certain(), or_(alone, not_(fails)))


def _beside(row: FromClause, sibling: FromClause, shape: QueryShape) -> list[Truth]:
    return [
        sibling.c.claim_id == row.c.claim_id,
        sibling.c.version == row.c.version,
        sibling.c.slot == row.c.slot,
        considered(sibling, shape),
    ]


def _may(row: FromClause, asked: list[Asked], shape: QueryShape) -> Truth:
    """It may hold of the row, or, in a mix, of something between the alternatives."""
    fits = fit(row, asked, shape)
    between = [_between(row, one, shape) for one in asked if one[1].kind in INTERVALS]
    if not between:
        return fits.possible()
    return or_(fits.possible(), and_(row.c.mix, *fits.plain, *between))


def _between(row: FromClause, one: Asked, shape: QueryShape) -> Truth:
    """The hull of the slot's figures of one measure and unit overlaps what is wanted."""
    values = values_of(one)
    low, high = QUANTITY.alias(), QUANTITY.alias()
    (low_lo, low_hi, _), (high_lo, high_hi, _) = (
        fit(low, [one], shape).intervals[0],
        fit(high, [one], shape).intervals[0],
    )
    own_lo, own_hi, _ = fit(row, [one], shape).intervals[0]
    starts = exists().where(
        *_beside(row, low, shape),
        low.c.measure == row.c.measure,
        low.c.unit == row.c.unit,
        low_lo <= low_hi,
        low_lo <= values[1],
    )
    ends = exists().where(
        *_beside(row, high, shape),
        high.c.measure == row.c.measure,
        high.c.unit == row.c.unit,
        high_lo <= high_hi,
        high_hi >= values[0],
    )
    return and_(own_lo <= own_hi, starts, ends, values[0] <= values[1])
