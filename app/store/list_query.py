"""Lists: a page is one SELECT, in keyset order, of rows that are finished answers."""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Float,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
    text,
    tuple_,
)

from app.db import Query, Reader, Row, contains, quoted
from app.models import CLAIM
from app.models.question import QueryShape, Question
from app.rules import text_search
from app.rules.edtf import OPEN_FUTURE, OPEN_PAST
from app.store import reads
from app.store.as_of import final, head, last_change
from app.store.filters_sql import ELSEWHERE, Tables, published
from app.store.reads import stored_columns
from app.store.selection import printed, selection

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


async def page(reader: Reader, question: Question) -> ListPage:
    """One page of a list; a walk along its cursors sees every row of its first moment once."""
    shape, binds = await planned_search(reader, question)
    found = to_page(question, await reader.rows(*page_query(question, shape, binds)))
    await reads.require_stored(reader, question, bool(found.rows or question.after))
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


async def count_up_to(reader: Reader, question: Question, most: int) -> int:
    """How many rows a question finds; counted no further than one more than ``most``."""
    shape, binds = await planned_search(reader, question)
    ((found,),) = await reader.rows(_bounded_count(shape), {**binds, "most": most + 1})
    return int(found)


@lru_cache(maxsize=512)
def _bounded_count(shape: QueryShape) -> Select[Any]:
    some = selection(shape).select(literal(1).label("one")).limit(bindparam("most"))
    return select(func.count()).select_from(some.subquery())


def _columns(tables: Tables) -> list[Any]:
    """What an answer is spliced from."""
    if tables.shape.resource == "quantities":
        row = tables.row.c
        return [row.claim_id, row.version, row.recorded_at, printed(tables), row.doc]
    return stored_columns(tables.row)


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


LOOKED_UP = {"sqlite": 3, "postgresql": 20}
"""To look up a claim by its words and put it in its place takes as long as to pass so many."""

SEEN = 500
"""Up to so many are counted (SQLite): where they end tells how many there are in all."""


async def planned_search(
    reader: Reader, question: Question
) -> tuple[QueryShape, Mapping[str, Any]]:
    """A question's shape and values, which say whether the index of texts leads to its claims.

    The index narrows, and the text itself decides, so both ways give the same rows. A rare word is
    looked up, and what is found is put in order. A frequent one is not: a walk in order comes soon
    upon as many as a page needs.
    """
    shape, binds = question.shape, question.binds
    search = [n for n, one in enumerate(question.conditions) if one.filter.kind == "search"]
    if not search or shape.resource not in ("claims", "quantities"):
        return shape, binds
    terms = question.conditions[search[0]].values
    names = tuple(f"c{search[0]}_{n}" for n in range(len(terms)))
    sqlite = reader.dialect == "sqlite"
    for some in text_search.narrowing(terms) if sqlite else [terms]:
        sought = {**binds, "sought": text_search.index_query(some)}
        about, every = (await reader.rows(_indexed if sqlite else _sampled(names), sought))[0]
        if _rare(about, every, reader.dialect, question):
            return shape._replace(search="leads"), sought
    return shape, binds


def _rare(about: float, every: float, dialect: str, question: Question) -> bool:
    """Is it less to look up so many claims than to pass as many as a walk in order would?"""
    wanted = math.inf if question.count or question.by else question.limit + 1
    passed = every * min(1.0, wanted / about) if about else every
    return LOOKED_UP[dialect] * about <= passed


_found = text(
    "(SELECT rowid FROM claim_grams"
    f" WHERE claim_grams MATCH {quoted(':sought')} LIMIT {SEEN + 1}) AS found"
)
_every = select(func.max(text("claim.rowid"))).select_from(CLAIM).scalar_subquery()
_part = func.max(text("found.rowid")) / cast(_every, Float)
_indexed = select(
    case((func.count() > SEEN, func.count() / _part), else_=func.count()), func.coalesce(_every, 0)
).select_from(_found)
"""SQLite answers from its index one by one, in the order they were written, and stops when told."""


@lru_cache
def _sampled(terms: tuple[str, ...]) -> Select[Any]:
    """PostgreSQL looks up all before it answers with one, so it is asked about a sample.

    Of so many pages that a word which is just rare enough stands in two or three of its texts.
    """
    pages = cast(func.greatest(func.pg_relation_size(CLAIM.name) / 8192, 1), Float)
    part = 1.0 / func.sqrt(pages, type_=Float)
    some = CLAIM.tablesample(func.system(100 * part), seed=text("1"))  # always the same pages
    holds = and_(*(contains(some.c.search, bindparam(term)) for term in terms))
    found: list[Any] = [func.count().filter(holds) / part, func.count() / part]
    return select(*found).select_from(some)
