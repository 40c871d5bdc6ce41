"""Lists: a page is one SELECT, in keyset order, of rows that are finished answers."""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    not_,
    select,
    true,
    tuple_,
)

from app.db import Query, Reader, Row, indexed
from app.models import CLAIM, QUANTITY, RESOURCES, SOURCE
from app.models.question import QueryShape, Question
from app.rules.edtf import OPEN_FUTURE, OPEN_PAST
from app.store import references
from app.store.as_of import current, final, head, last_change
from app.store.filters_sql import (
    ELSEWHERE,
    BoundFilter,
    SqlPredicate,
    Tables,
    Truth,
    is_or_not,
    published,
    row_predicate,
    same_version,
)
from app.store.fold import (
    certain_from_driving,
    claim_predicate,
    considered,
    driving_figures,
    figure_predicate,
    fits,
)
from app.store.reads import stored_columns
from app.store.search import planned_search

ANSWERS = ("certain", "possible", "impossible")
INDEXED = frozenset({"claimant", "document", "utterance", "measure", "target", "affiliation"})
"""What there is an index of, in order of id."""


class ListPage(NamedTuple):
    """Rows in order, as their answers are spliced; their moment; where the next page starts."""

    rows: list[Any]
    moment: int
    after: tuple[Any, ...] | None
    total: int | None
    matches: dict[str, int] | None = None
    """How many rows there are of each answer, where all are listed and counted."""


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


async def page(reader: Reader, question: Question) -> ListPage:
    """One page of a list; a walk along its cursors sees every row of its first moment once."""
    shape, binds = await planned_search(reader, question)
    found = to_page(question, await reader.rows(*page_query(question, shape, binds)))
    await references.require(reader, question, bool(found.rows or question.after))
    if question.count:
        found = await _counted(reader, shape, binds, found)
    return found if found.moment else found._replace(moment=await last_change(reader))


async def _counted(
    reader: Reader, shape: QueryShape, binds: Mapping[str, Any], found: ListPage
) -> ListPage:
    if shape.match != "all":
        (total,), *_ = await reader.rows(count_statement(shape), binds)
        return found._replace(total=total)
    rows = await reader.rows(_matches_statement(shape), binds)
    matches: dict[str, int] = {**dict.fromkeys(ANSWERS, 0), **dict(rows)}
    return found._replace(total=sum(matches.values()), matches=matches)


def page_query(question: Question, shape: QueryShape, binds: Mapping[str, Any]) -> Query:
    """What the database is asked for one page."""
    return Query(list_statement(shape), {**binds, "size": question.limit + 1})


def is_conclusive(question: Question, found: list[Row]) -> bool:
    """Whether the answer is complete as it is, or it has to be seen what the question is about.

    No row says whether this database has come as far as the moment that is asked about.
    """
    if question.moment is not None and not (found and found[0][-1]):
        return False
    return bool(found or question.after) or not any(one.refers for one in question.conditions)


def to_page(question: Question, found: list[Row]) -> ListPage:
    """The page that it answered with; where nothing is on it, no moment is needed."""
    rows, keys = found[: question.limit], 3 if question.resource == "quantities" else 2
    last = rows[-1][-keys - 1 : -1] if len(found) > question.limit else None
    after = last and tuple(key.decode() if isinstance(key, bytes) else key for key in last)
    moment = question.moment or (rows[0][-1] if rows else 0)
    return ListPage([row[: -keys - 1] for row in rows], moment, after, None)


@lru_cache(maxsize=2048)
def list_statement(shape: QueryShape) -> Select[Any]:
    """The statement of a page; its last columns are the keys of the order, and the moment."""
    found = selection(shape)
    keys, descending = _order(found.tables)
    by = list(enumerate(keys))
    if shape.sort.lstrip("-") == "id":
        del by[1]  # the same id again, which SQLite would sort by for itself
    statement = (
        found.select(*_columns(found.tables), found.match, *keys, _moment(shape))
        .order_by(*(key.desc() if descending else key for _, key in by))
        .limit(bindparam("size"))
        .execution_options(values_decide=not _one_way(shape))
    )
    if not shape.after:
        return statement
    own, last = tuple_(*(key for _, key in by)), tuple_(*(bindparam(f"k{n}") for n, _ in by))
    return statement.where(own < last if descending else own > last)


def _one_way(shape: QueryShape) -> bool:
    """Whether the rows lie in order in one index, however many there are of each value."""
    leading = [n for one, op, n in shape.conditions if one.name in INDEXED and op == "eq"]
    beside = any(f.place in ELSEWHERE or f.kind == "trait" for f, _, _ in shape.conditions)
    in_order = shape.sort.lstrip("-") == "id" and shape.search != "leads"
    return in_order and leading in ([], [1]) and not beside


def _moment(shape: QueryShape) -> Any:
    """What the rows are of: the moment asked about, or the last change that the statement sees.

    NULL where this database has not come as far as the moment, as a replica may not have.
    """
    if not shape.past:
        return head.scalar_subquery()
    moment = bindparam("moment", type_=BigInteger)
    return case((moment <= final.scalar_subquery(), moment))


@lru_cache(maxsize=2048)
def count_statement(shape: QueryShape) -> Select[Any]:
    """How many rows there are on all pages."""
    return selection(shape, whole=True).select(func.count())


@lru_cache(maxsize=2048)
def _matches_statement(shape: QueryShape) -> Select[Any]:
    """How many rows there are of each answer."""
    found = selection(shape)
    told = found.select(found.match.label("match")).subquery()
    return select(told.c.match, func.count()).group_by(told.c.match)


@lru_cache(maxsize=512)
def bounded_count(shape: QueryShape) -> Select[Any]:
    """The same, counted no further than so many."""
    some = selection(shape).select(literal(1).label("one")).limit(bindparam("most"))
    return select(func.count()).select_from(some.subquery())


def selection(shape: QueryShape, whole: bool = False, denials: bool = False) -> Selection:
    """The rows of a question, at its moment; every list and analysis starts from them.

    ``whole``: all of them are read at once, and in no order. ``denials``: what is denied is told
    apart, so it is found as well, though it has no value.
    """
    tables, where = _tables(shape, by_walk=whole and not shape.conditions)
    answer = _predicate(tables, denials)
    if shape.match == "all":
        where.append(_narrowing(tables))
    elif shape.match == "certain":
        where.append(answer.certain)
    elif shape.match == "possible":
        where += [answer.possible, not_(answer.certain)]
    else:
        where.append(answer.possible)
    return Selection(tables, _joined(tables), where, answer)


def every_version(shape: QueryShape) -> Selection:
    """The versions of claims that a question finds, whenever each was the current one."""
    table = CLAIM.alias()
    tables = Tables(shape, table, table, SOURCE.alias())
    answer = _predicate(tables)
    fits = answer.certain if shape.match == "certain" else answer.possible
    unsure = [not_(answer.certain)] if shape.match == "possible" else []
    return Selection(tables, _joined(tables), [fits, *unsure], answer)


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
    figures = _choosing_figures(shape)
    if not any(one.filter.name == "measure" and one.op == "eq" for one in figures):
        return tables, where
    driving = QUANTITY.alias()
    return tables._replace(driving=driving), where + driving_figures(driving, figures, shape)


def _narrowed(tables: Tables) -> list[Truth]:
    """The claims that a search may be about, by the index; the text itself is looked at then."""
    if tables.shape.search == "text":
        return []
    return [indexed(tables.table.c.grams, bindparam("sought"))]


def _filters(shape: QueryShape) -> list[BoundFilter]:
    return [BoundFilter(n, *one) for n, one in enumerate(shape.conditions)]


def _figure_filters(shape: QueryShape) -> list[BoundFilter]:
    """The conditions that are judged together on each figure, by their numbers."""
    return [one for one in _filters(shape) if one.filter.place == "quantity"]


def _narrowing_figures(shape: QueryShape) -> list[BoundFilter]:
    """Those of them that are plainly met or not."""
    return [one for one in _figure_filters(shape) if not one.filter.judges(one.op)]


def _choosing_figures(shape: QueryShape) -> list[BoundFilter]:
    """Those of them that choose the rows of an answer."""
    return _narrowing_figures(shape) if shape.match == "all" else _figure_filters(shape)


def figure_fits(figure: FromClause, shape: QueryShape) -> Truth:
    """Is this one of the figures by which its claim is in the answer?"""
    some = _choosing_figures(shape)
    return fits(figure, some, shape) if some else true()


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
    names = {filter.name for filter, _, _ in shape.conditions} | {shape.sort.lstrip("-")}
    asked = shape.resource == "claims" and bool(names & {"published", "known_by"})
    return asked or shape.resource == "quantities"


def _columns(tables: Tables) -> list[Any]:
    """What an answer is spliced from."""
    if tables.shape.resource == "quantities":
        row = tables.row.c
        return [row.claim_id, row.version, row.recorded_at, printed(tables), row.doc]
    return stored_columns(tables.row)


def printed(tables: Tables) -> Any:
    """When a figure's claim was printed, as it is written: else when its document was."""
    return func.coalesce(tables.table.c.published, tables.document.c.date)


def _predicate(tables: Tables, denials: bool = False) -> SqlPredicate:
    """All conditions together: independent ones combine as the weakest."""
    shape, figures = tables.shape, _figure_filters(tables.shape)
    others = (one for one in _filters(shape) if one.filter.place != "quantity")
    found = [row_predicate(tables, one) for one in others]
    if figures and shape.resource == "quantities":
        found.append(figure_predicate(tables.row, figures, shape))
    elif tables.driving is not None and shape.match != "all":
        # It led here, so it may fit; and is sure, if that was asked.
        sure = shape.match == "certain"
        folded = true() if sure else certain_from_driving(tables.driving, figures, shape)
        found.append(SqlPredicate(true(), folded))
    elif figures:
        found.append(claim_predicate(tables.row, figures, shape))
    unasked = _status_unless_asked(tables) if denials else _unless_asked(tables)
    found += [is_or_not(one) for one in unasked]
    return SqlPredicate(
        and_(true(), *(one.possible for one in found)),
        and_(true(), *(one.certain for one in found)),
    )


def _narrowing(tables: Tables) -> Truth:
    """What chooses the rows that are judged: every condition that has no three answers."""
    shape, figures = tables.shape, _narrowing_figures(tables.shape)
    found = [
        row_predicate(tables, one).possible
        for one in _filters(shape)
        if one.filter.place != "quantity" and not one.filter.judges(one.op)
    ]
    if figures and shape.resource == "quantities":
        found.append(figure_predicate(tables.row, figures, shape).possible)
    elif figures and tables.driving is None:
        found.append(claim_predicate(tables.row, figures, shape).possible)
    return and_(true(), *found, *_status_unless_asked(tables))


def _unless_asked(tables: Tables) -> list[Truth]:
    """Only what is active; what is denied is no number and no date, unless it is asked for."""
    names = {filter.name for filter, _, _ in tables.shape.conditions}
    found = _status_unless_asked(tables)
    judged = any(one.filter.judges(one.op) for one in _figure_filters(tables.shape))
    if judged and "polarity" not in names:
        found.append(tables.table.c.polarity == "positive")
    return found


def _status_unless_asked(tables: Tables) -> list[Truth]:
    names = {filter.name for filter, _, _ in tables.shape.conditions}
    return [] if "status" in names else [tables.table.c.status == "active"]


def _order(tables: Tables) -> tuple[list[Any], bool]:
    """The keys of the order: lower bounds, unknown ones last in both directions, then the id."""
    sort, row, driving = tables.shape.sort, tables.row.c, tables.driving
    descending, name = sort.startswith("-"), sort.lstrip("-")
    tie = [row.claim_id, row.n] if tables.shape.resource == "quantities" else [row.id]
    if name == "id":
        return [tie[0] if driving is None else driving.c.claim_id, *tie], descending
    return [SORT_KEYS[name](tables, descending), *tie], descending


def _unknown_last(day: Any, descending: bool) -> Any:
    return day if descending else case((day == OPEN_PAST, OPEN_FUTURE), else_=day)


def _lowest(row: FromClause) -> Any:
    """A figure's lower bound; one that is nowhere has none (its ``lo`` is +∞)."""
    return case((row.c.lo > row.c.hi, -math.inf), else_=row.c.lo)


def _number(name: str) -> Callable[[Tables, bool], Any]:
    """A stored number; one that is not known is beyond all that are."""
    return lambda of, down: func.coalesce(of.row.c[name], -math.inf if down else math.inf)


SORT_KEYS: dict[str, Callable[[Tables, bool], Any]] = {
    "stated": lambda of, down: of.table.c.stated_lo if down else of.table.c.stated_asc,
    "published": lambda of, down: _unknown_last(published(of)[0], down),
    "period": lambda of, down: _unknown_last(of.table.c.period_start_lo, down),
    "recorded_at": lambda of, _: of.row.c.recorded_at,
    "value": lambda of, down: _lowest(of.row) if down else of.row.c.lo_asc,
    "nominal": _number("nominal"),
    "upper": _number("upper"),
}
