"""Selection: the rows that a question finds, from the answers of single figures to a claim's."""

from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    not_,
    or_,
    select,
    true,
)

from app.db import indexed
from app.models import CLAIM, QUANTITY, RESOURCES, SOURCE
from app.models.filters import INTERVALS
from app.models.question import QueryShape
from app.store.as_of import current
from app.store.filters_sql import (
    BoundFilter,
    SqlPredicate,
    Tables,
    Truth,
    bounds,
    compared,
    is_or_not,
    row_predicate,
    same_version,
    trait_predicate,
    within,
)

Filters = list[BoundFilter]


class Selection(NamedTuple):
    """The rows that a question finds: tables, their join, its conditions, and each row's answer."""

    tables: Tables
    joined: FromClause
    where: list[Truth]
    answer: SqlPredicate

    @property
    def match(self) -> ColumnElement[str]:
        """What a row is told to be."""
        if self.tables.shape.match != "all":
            return case((self.answer.certain, "certain"), else_="possible")
        answers = ((self.answer.certain, "certain"), (self.answer.possible, "possible"))
        return case(*answers, else_="impossible")

    def select(self, *columns: Any, joined: FromClause | None = None) -> Select[Any]:
        """These columns of the rows, which may be joined with more."""
        tables = self.joined if joined is None else joined
        return select(*columns).select_from(tables).where(*self.where)


def selection(shape: QueryShape, whole: bool = False, denials: bool = False) -> Selection:
    """The rows of a question, at its moment; every list and analysis starts from them.

    ``whole``: all of them are read at once, and in no order. ``denials``: what is denied is told
    apart, so it is found as well, though it has no value.
    """
    tables, where = _tables(shape, by_walk=whole and not shape.conditions)
    led = tables.driving is not None
    if shape.match == "all":
        answer = _predicate(tables, _asked(shape), denials)
        where.append(_predicate(tables, _choosing(shape), led=led).possible)
    else:
        answer = _predicate(tables, _asked(shape), denials, led)
        where += _matching(answer, shape)
    return Selection(tables, _joined(tables), where, answer)


def every_version(shape: QueryShape) -> Selection:
    """The versions of claims that a question finds, whenever each was the current one."""
    table = CLAIM.alias()
    tables = Tables(shape, table, table, SOURCE.alias())
    answer = _predicate(tables, _asked(shape))
    return Selection(tables, _joined(tables), _matching(answer, shape), answer)


def _matching(answer: SqlPredicate, shape: QueryShape) -> list[Truth]:
    """Which rows an answer has."""
    if shape.match == "certain":
        return [answer.certain]
    return [answer.possible, *([not_(answer.certain)] if shape.match == "possible" else [])]


def _tables(shape: QueryShape, by_walk: bool) -> tuple[Tables, list[Truth]]:
    """The tables of a list, and which of their rows it is of before anything is asked of them."""
    if shape.resource == "quantities":
        tables = Tables(shape, CLAIM.alias(), QUANTITY.alias(), SOURCE.alias())
        where = [current(tables.row, shape.past), considered(tables.row, shape)]
        return tables, where + _narrowed(tables)
    table = RESOURCES[shape.resource].table.alias()
    tables = Tables(shape, table, table, SOURCE.alias())
    found = current(table, shape.past, by_index=shape.search != "leads", by_walk=by_walk)
    where = [found, *_narrowed(tables)]
    figures = _of_figures(_choosing(shape))
    if not any(one.filter.name == "measure" and one.op == "eq" for one in figures):
        return tables, where
    driving = QUANTITY.alias()
    return tables._replace(driving=driving), where + _driving_figures(driving, figures, shape)


def _narrowed(tables: Tables) -> list[Truth]:
    """The claims that a search may be about, by the index; the text itself is looked at then."""
    if tables.shape.search == "text":
        return []
    return [indexed(tables.table.c.grams, bindparam("sought"))]


def _asked(shape: QueryShape) -> Filters:
    return [BoundFilter(n, *one) for n, one in enumerate(shape.conditions)]


def _choosing(shape: QueryShape) -> Filters:
    """Those that choose the rows: where all are told, what is plainly met or not."""
    asked = _asked(shape)
    return [one for one in asked if not one.judges] if shape.match == "all" else asked


def _of_figures(filters: Filters) -> Filters:
    """The conditions that are judged together on each figure, by their numbers."""
    return [one for one in filters if one.filter.place == "quantity"]


def figure_fits(figure: FromClause, shape: QueryShape) -> Truth:
    """Is this one of the figures by which its claim is in the answer?"""
    some = _of_figures(_choosing(shape))
    return _fits(figure, some, shape) if some else true()


def _joined(tables: Tables) -> FromClause:
    """The rows with what belongs to them; the document only where it is needed."""
    start, driving, table, document = tables.row, tables.driving, tables.table, tables.document
    if driving is not None:
        start = driving.join(start, same_version(driving, start))
    if table is not tables.row:
        start = start.join(table, same_version(table, tables.row))
    if _needs_document(tables.shape):
        work = and_(document.c.id == table.c.document, current(document, tables.past))
        start = start.outerjoin(document, work)
    return start


def _needs_document(shape: QueryShape) -> bool:
    names = _names(shape) | {shape.sort.lstrip("-")}
    asked = shape.resource == "claims" and bool(names & {"published", "known_by"})
    return asked or shape.resource == "quantities"


def _names(shape: QueryShape) -> set[str]:
    return {filter.name for filter, _, _ in shape.conditions}


def printed(tables: Tables) -> Any:
    """When a figure's claim was printed, as it is written: else when its document was."""
    return func.coalesce(tables.table.c.published, tables.document.c.date)


def _predicate(
    tables: Tables, asked: Filters, denials: bool = False, led: bool = False
) -> SqlPredicate:
    """All conditions together: independent ones combine as the weakest."""
    shape, figures = tables.shape, _of_figures(asked)
    found = [row_predicate(tables, one) for one in asked if one.filter.place != "quantity"]
    if figures and shape.resource == "quantities":
        found.append(_figure_predicate(tables.row, figures, shape))
    elif led and tables.driving is not None:
        # It led here, so it may fit; and is sure, if that was asked.
        sure = shape.match == "certain"
        folded = true() if sure else _certain_from_driving(tables.driving, figures, shape)
        found.append(SqlPredicate(true(), folded))
    elif figures:
        found.append(_claim_predicate(tables.row, figures, shape))
    names, claim = _names(shape), tables.table.c
    if "status" not in names:
        found.append(is_or_not(claim.status == "active"))
    # What is denied is no number and no date, unless it is asked for.
    if "polarity" not in names and not denials and any(one.judges for one in figures):
        found.append(is_or_not(claim.polarity == "positive"))
    return SqlPredicate(
        and_(true(), *(one.possible for one in found)),
        and_(true(), *(one.certain for one in found)),
    )


def considered(row: FromClause, shape: QueryShape) -> Truth:
    """Is the row one of the readings that are asked about?"""
    return row.c.considered if shape.readings == "preferred" else true()


def _figure_predicate(
    row: FromClause, filters: Filters, shape: QueryShape, plain: list[Truth] | None = None
) -> SqlPredicate:
    """All conditions on a figure, judged together on this row alone."""
    plain = _plain(row, filters) if plain is None else plain
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


def _claim_predicate(claim: FromClause, filters: Filters, shape: QueryShape) -> SqlPredicate:
    """The fold over a claim's slots: its best slot answers."""
    possible, certain = QUANTITY.alias(), QUANTITY.alias()
    return SqlPredicate(
        exists().where(*_beside(possible, claim, shape), _possible(possible, filters, shape)),
        exists().where(*_beside(certain, claim, shape), _certain(certain, filters, shape)),
    )


def _beside(row: FromClause, of: FromClause, shape: QueryShape, *more: Any) -> list[Truth]:
    """A figure of a claim, or another one of its claim."""
    return [same_version(row, of), *more, considered(row, shape)]


def _certain_from_driving(driving: FromClause, filters: Filters, shape: QueryShape) -> Truth:
    """Is a claim certain, by the first of its figures that may fit, or else by a later one?"""
    row = QUANTITY.alias()
    later = _beside(row, driving, shape, row.c.n > driving.c.n)
    others = exists().where(*later, _certain(row, filters, shape))
    return or_(_certain(driving, filters, shape), others)


def _driving_figures(driving: FromClause, filters: Filters, shape: QueryShape) -> list[Truth]:
    """One row for each claim that fits: the first of its figures by which it does.

    A list of claims is led by these rows, so that an index that starts at the measure finds
    them in the order of the claims' ids.
    """
    row = QUANTITY.alias()
    earlier = _beside(row, driving, shape, row.c.n < driving.c.n)
    before = exists().where(*earlier, _fits(row, filters, shape))
    fits = _fits(driving, filters, shape)
    first = or_(driving.c.n == 0, not_(before))
    return [current(driving, shape.past), considered(driving, shape), fits, first]


def _fits(row: FromClause, filters: Filters, shape: QueryShape) -> Truth:
    """Is this one of the figures by which its claim fits?"""
    judged = _certain if shape.match == "certain" else _possible
    return judged(row, filters, shape)


def _certain(row: FromClause, filters: Filters, shape: QueryShape) -> Truth:
    """The row fits for certain, and so does every other candidate of its slot."""
    other = QUANTITY.alias()
    fails = exists().where(
        *_same_slot(row, other, shape),
        other.c.n != row.c.n,
        case((_figure_predicate(other, filters, shape).certain, 0), else_=1) == 1,
    )
    sure = _figure_predicate(row, filters, shape).certain
    return and_(sure, or_(_alone(row, shape), not_(fails)))


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
    alone = _figure_predicate(row, filters, shape, plain).possible
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
