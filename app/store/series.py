"""Series: the figures of a measure by reference time, each with the point before it."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import FromClause, Select, bindparam, case, func, select, tuple_

from app.db import Reader
from app.models.question import QueryShape, Question
from app.rules.agreement import SeriesStep, TimedFigure, series_step
from app.rules.intervals import Interval
from app.store import analysis, groups
from app.store.analysis import Measured
from app.store.filters_sql import Answers
from app.store.list_query import base_of, joined, judged, wanted
from app.store.orders import Base

KEYS = ("group", "since", "until", "claim", "n")
LIKE = ("unit", "dims", "alternative", "reading")
"""Only figures that have these in common follow one another."""

AGAINST = 200
"""Denials are listed beside a series, up to so many."""


class Point(NamedTuple):
    """One figure of a series, and what it needs to be drawn."""

    group: str
    row: tuple[Any, ...]
    figure: TimedFigure
    plain: tuple[float | None, float | None, float | None]
    step: SeriesStep | None


class Series(NamedTuple):
    """A page of points in order of group and time; the denials; where the next page starts."""

    points: list[Point]
    against: list[Point]
    moment: int
    after: tuple[Any, ...] | None


async def series(reader: Reader, measure: Measured, question: Question, group_by: str) -> Series:
    """One page of a measure's series, grouped by one of ``rules.voices``, or ``dim.NAME``."""
    by, _, named = group_by.partition(".")
    kind, binds = (question.shape, by, measure.dated), question.binds() | {"named": named}
    moment = await analysis.moment_of(reader, question)
    last = {f"k{n}": value for n, value in enumerate(question.after or ())}
    size = {"size": question.limit + 1}
    found = await reader.rows(_points(*kind, False), {**binds, **last, **size})
    before: list[Any] = []
    denied: list[Any] = []
    if question.after is not None:
        before = await reader.rows(_before(*kind), {**binds, **last})
    else:
        denied = await reader.rows(_points(*kind, True), {**binds, "size": AGAINST})
    rows, more = found[: question.limit], len(found) > question.limit
    after = tuple(rows[-1][: len(KEYS)]) if more else None
    points = list(_read(rows, before, measure.cumulative))
    against = [one._replace(step=None) for one in _read(denied, [], False)]
    return Series(points, against, moment, after)


def _read(rows: list[Any], before: list[Any], cumulative: bool) -> Iterator[Point]:
    """The points, each with what it is to the last one like it."""
    last = {_like(row): _figure(row) for row in before}
    for row in rows:
        like, figure, label = _like(row), _figure(row), None
        earlier, last[like] = last.get(like), figure
        if earlier is not None and earlier.reach.lo is not None:
            label = series_step(earlier, figure, cumulative)
        yield Point(row[0], (row[3], *row[14:]), figure, row[11:14], label)


def _like(row: Any) -> tuple[Any, ...]:
    return row[0], *row[7:11]


def _figure(row: Any) -> TimedFigure:
    return TimedFigure(Interval(row[5], row[6]), Interval(row[1], row[2]))


@lru_cache(maxsize=512)
def _points(shape: QueryShape, by: str, dated: bool, denied: bool) -> Select[Any]:
    """One page."""
    every = _every(shape, by, dated, denied)
    row = every.base.row.c
    when = func.coalesce(every.base.table.c.published, every.base.document.c.date)
    match = case((every.answers.certain, "certain"), else_="possible")
    told = (row.nominal, row.lower, row.upper, row.version, row.recorded_at, when, row.doc, match)
    page = select(*every.place, *told).select_from(every.tables).where(*every.where)
    if shape.after and not denied:
        page = page.where(tuple_(*every.place[: len(KEYS)]) > _last(0))
    return page.order_by(*every.place[: len(KEYS)]).limit(bindparam("size"))


@lru_cache(maxsize=512)
def _before(shape: QueryShape, by: str, dated: bool) -> Select[Any]:
    """The last figures of each kind on the pages before, in the group that goes on."""
    every = _every(shape, by, dated, False)
    group, *key = every.place[: len(KEYS)]
    like = every.place[-len(LIKE) :]
    rank = func.row_number().over(partition_by=like, order_by=[one.desc() for one in key])
    gone = (group == bindparam("k0"), tuple_(*key) <= _last(1))
    ranked = (
        select(*every.place, rank.label("rank"))
        .select_from(every.tables)
        .where(*every.where, *gone)
        .subquery()
    )
    return select(*[one for one in ranked.c if one is not ranked.c.rank]).where(ranked.c.rank == 1)


def _last(start: int) -> Any:
    return tuple_(*(bindparam(f"k{n}") for n in range(start, len(KEYS))))


class Every(NamedTuple):
    """The figures that a series is of: where each stands in it, and what makes it like others."""

    base: Base
    answers: Answers
    tables: FromClause
    where: list[Any]
    place: list[Any]


def _every(shape: QueryShape, by: str, dated: bool, denied: bool) -> Every:
    base = base_of(shape)
    answers = judged(base, shape)
    since, until = analysis.reference(base, shape)
    row = base.row.c
    key = [groups.key(base, shape, by), since, until, row.claim_id, row.n]
    place = [one.label(name) for one, name in zip(key, KEYS, strict=True)]
    place += [*analysis.reach(base, shape, dated), *(row[name] for name in LIKE)]
    side = analysis.against(base) if denied else analysis.in_favour(base)
    where = [*base.where, *wanted(answers, shape), side]
    return Every(base, answers, joined(base, shape), where, place)
