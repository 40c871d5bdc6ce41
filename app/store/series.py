"""Series: the figures of a measure by reference time, each with the point before it."""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, select, tuple_

from app.db import Reader
from app.models.question import QueryShape, Question
from app.rules.agreement import SeriesStep, TimedFigure, series_step
from app.rules.intervals import Interval
from app.store.analysis import (
    Measured,
    affirmed,
    denied,
    group_key,
    moment_of,
    reference_time,
)
from app.store.selection import Selection, figure_ends, printed

KEYS = ("group", "since", "until", "claim", "n")
LIKE = ("unit", "dims", "alternative", "reading")
"""Only figures that have these in common follow one another."""

MAX_DENIALS = 200
"""Denials are listed beside a series, up to so many; how many more there are is told."""


class SeriesPoint(NamedTuple):
    """One figure of a series, and what it needs to be drawn."""

    group: str
    row: tuple[Any, ...]
    figure: TimedFigure
    plain: tuple[float | None, float | None, float | None]
    step: SeriesStep | None


class SeriesPage(NamedTuple):
    """Points in order of group and time; the denials; where the next page starts."""

    points: list[SeriesPoint]
    against: list[SeriesPoint]
    against_left_out: int
    moment: int
    after: tuple[Any, ...] | None


async def series_page(
    reader: Reader, measure: Measured, question: Question, group_by: str
) -> SeriesPage:
    """One page of a measure's series, grouped by a voice (``rules.group_keys``) or ``dim.NAME``."""
    kind = (question.shape, group_by.partition(".")[0], measure.dated)
    binds = {**question.binds, "named": group_by}
    moment = await moment_of(reader, question)
    found = await reader.rows(_points(*kind, False), {**binds, "size": question.limit + 1})
    before: list[Any] = []
    against: list[Any] = []
    if question.after is not None:
        before = await reader.rows(_before(*kind), binds)
    else:
        against = await reader.rows(_points(*kind, True), {**binds, "size": MAX_DENIALS})
    rows, more = found[: question.limit], len(found) > question.limit
    after = tuple(rows[-1][: len(KEYS)]) if more else None
    points = list(_read(rows, before, measure.cumulative))
    denials = [one._replace(step=None) for one in _read(against, [], False)]
    rest = await _not_listed(reader, question) if len(denials) == MAX_DENIALS else 0
    return SeriesPage(points, denials, rest, moment, after)


async def _not_listed(reader: Reader, question: Question) -> int:
    """How many denials there are beside those that are listed."""
    ((count,),) = await reader.rows(_denials(question.shape), question.binds)
    return int(count) - MAX_DENIALS


def _read(rows: list[Any], before: list[Any], cumulative: bool) -> Iterator[SeriesPoint]:
    """The points, each with what it is to the last one like it, of a claim before.

    What one claim says at once are no steps: its first figure of a kind follows the first of the
    claim before, its second the second. What does not apply is no figure to step from or to.
    """
    last = {(*_like(row), row[-1]): _figure(row) for row in before}
    nth = Counter((_like(row), row[3]) for row in before)
    for row in rows:
        figure, label = _figure(row), None
        if figure.reach.lo <= figure.reach.hi:
            nth[_like(row), row[3]] += 1
            place = (*_like(row), nth[_like(row), row[3]])
            earlier, last[place] = last.get(place), figure
            label = earlier and series_step(earlier, figure, cumulative)
        yield SeriesPoint(row[0], (row[3], *row[14:]), figure, row[11:14], label)


def _like(row: Any) -> tuple[Any, ...]:
    return row[0], *row[7:11]


def _figure(row: Any) -> TimedFigure:
    return TimedFigure(Interval(row[5], row[6]), Interval(row[1], row[2]), numbers=row[11:14])


@lru_cache(maxsize=512)
def _points(shape: QueryShape, by: str, dated: bool, against: bool) -> Select[Any]:
    """One page: the columns of ``_place``, and what is told of each figure."""
    found = denied(shape) if against else affirmed(shape)
    row, place = found.tables.row.c, _place(found, by, dated)
    told = (row.version, row.recorded_at)
    page = found.select(
        *place, *_plain(row, dated), *told, printed(found.tables), row.doc, found.match
    )
    if shape.after and not against:
        page = page.where(tuple_(*place[: len(KEYS)]) > _last(0))
    return page.order_by(*place[: len(KEYS)]).limit(bindparam("size"))


@lru_cache(maxsize=256)
def _denials(shape: QueryShape) -> Select[Any]:
    return denied(shape).select(func.count())


@lru_cache(maxsize=512)
def _before(shape: QueryShape, by: str, dated: bool) -> Select[Any]:
    """The last figures of each kind on the pages before, in the group that goes on.

    Last of its columns is how many of the kind its claim has up to it.
    """
    found = affirmed(shape)
    place = _place(found, by, dated)
    (group, *key), (lo, hi), like = place[:5], place[5:7], place[7:]
    nth = func.row_number().over(partition_by=[key[2], *like], order_by=key[3])
    columns = (*place, *_plain(found.tables.row.c, dated), nth.label("nth"))
    gone = (group == bindparam("k0"), tuple_(*key) <= _last(1), lo <= hi)
    each = found.select(*columns).where(*gone).subquery()
    own = [each.c[name] for name in (*LIKE, "nth")]
    latest = [each.c[name].desc() for name in KEYS[1:]]
    rank = func.row_number().over(partition_by=own, order_by=latest)
    ranked = select(*each.c, rank.label("rank")).subquery()
    return select(*list(ranked.c)[:-1]).where(ranked.c.rank == 1)


def _plain(row: Any, dated: bool) -> tuple[Any, ...]:
    """What a figure was put in: its numbers, or the days of its date as convention has them."""
    return (row.nominal, *((row.date_lo, row.date_hi) if dated else (row.lower, row.upper)))


def _last(start: int) -> Any:
    return tuple_(*(bindparam(f"k{n}") for n in range(start, len(KEYS))))


def _place(found: Selection, by: str, dated: bool) -> list[Any]:
    """Where each figure stands in its series, how far it reaches, and what makes it like others."""
    tables, row = found.tables, found.tables.row.c
    key = [group_key(tables, by), *reference_time(tables), row.claim_id, row.n]
    place = [one.label(name) for one, name in zip(key, KEYS, strict=True)]
    ends = figure_ends(tables.row, dated, tables.strict)
    return [*place, *ends, *(row[name] for name in LIKE)]
