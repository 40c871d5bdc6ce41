"""Series: the figures of a measure by reference time, each with the point before it."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from sqlalchemy import FromClause, Select, and_, bindparam, case, func, select, tuple_

from app.db import Reader
from app.models import ATTRIBUTION, QUANTITY
from app.models.question import Question, Shape
from app.rules.agreement import Figure, Step, step
from app.rules.intervals import Interval
from app.store import evidence
from app.store.evidence import Measured
from app.store.pages import Base, base_of, joined, judged, wanted

GroupBy = Literal["claimant", "origin", "document"]
KEYS = ("group", "since", "until", "claim", "n")
NARROW = ("lo", "hi", "before_lo", "before_hi", "before_since", "before_until")
AGAINST = 200
"""Denials are listed beside a series, up to so many."""


class Point(NamedTuple):
    """One figure of a series, and what it needs to be drawn."""

    group: str
    row: tuple[Any, ...]
    figure: Figure
    plain: tuple[float | None, float | None, float | None]
    step: Step | None


class Series(NamedTuple):
    """A page of points in order of group and time; the denials; where the next page starts."""

    points: list[Point]
    against: list[Point]
    moment: int
    after: tuple[Any, ...] | None


async def series(
    reader: Reader, measure: Measured, question: Question, group_by: GroupBy
) -> Series:
    """One page of a measure's series."""
    shape, binds = question.shape, question.binds()
    moment = await evidence.moment_of(reader, question)
    last = {f"k{n}": value for n, value in enumerate(question.after or ())}
    size = {"size": question.limit + 1}
    statement = _points(shape, group_by, measure.dated, False)
    found = await reader.rows(statement, {**binds, **last, **size})
    denied: list[Any] = []
    if question.after is None:
        denials = _points(shape, group_by, measure.dated, True)
        denied = await reader.rows(denials, {**binds, "size": AGAINST})
    rows, more = found[: question.limit], len(found) > question.limit
    after = tuple(rows[-1][: len(KEYS)]) if more else None
    points = list(_read(rows, measure.cumulative))
    return Series(points, [p._replace(step=None) for p in _read(denied, False)], moment, after)


def _read(rows: list[Any], cumulative: bool) -> Iterator[Point]:
    for group, since, until, claim, _, lo, hi, *rest in rows:
        before, plain, row = rest[:4], tuple(rest[4:7]), tuple(rest[7:])
        figure = Figure(Interval(lo, hi), Interval(since, until))
        label = None
        if before[0] is not None:
            earlier = Figure(Interval(*before[:2]), Interval(*before[2:]))
            label = step(earlier, figure, cumulative)
        yield Point(group, (claim, *row), figure, plain, label)


@lru_cache(maxsize=512)
def _points(shape: Shape, group_by: GroupBy, dated: bool, denied: bool) -> Select[Any]:
    """One page; the point before is looked for among all of the group, on whatever page.

    What is sorted is narrow: the figures themselves are fetched for the page alone.
    """
    every = _every(shape, group_by, dated, denied).subquery()
    key = [every.c[name] for name in KEYS]
    page = select(every).order_by(*key).limit(bindparam("size"))
    if shape.after and not denied:
        last = tuple_(*(bindparam(f"k{n}") for n in range(len(KEYS))))
        page = page.where(tuple_(*key) > last)
    few, figure = page.subquery(), QUANTITY.alias()
    here = and_(
        figure.c.claim_id == few.c.claim,
        figure.c.version == few.c.version,
        figure.c.n == few.c.n,
    )
    of_figure = figure.c
    return (
        select(
            *(few.c[name] for name in (*KEYS, *NARROW)),
            of_figure.nominal, of_figure.lower, of_figure.upper, few.c.version,
            of_figure.recorded_at, few.c.published, of_figure.doc, few.c.match,
        )
        .select_from(few.join(figure, here))
        .order_by(*(few.c[name] for name in KEYS))
    )  # fmt: skip


def _every(shape: Shape, group_by: GroupBy, dated: bool, denied: bool) -> Select[Any]:
    base = base_of(shape)
    answers = judged(base, shape)
    group, tables = grouped(base, shape, group_by)
    since, until = evidence.reference(base)
    lo, hi = evidence.reach(base, shape, dated)
    row = base.row.c
    like = [group, row.unit, row.dims, row.alternative, row.reading]
    order = [since, until, row.claim_id, row.n]
    before = [
        func.lag(value).over(partition_by=like, order_by=order).label(f"before_{name}")
        for name, value in (("lo", lo), ("hi", hi), ("since", since), ("until", until))
    ]
    place = [
        group.label("group"), since.label("since"), until.label("until"),
        row.claim_id.label("claim"), row.n.label("n"), lo.label("lo"), hi.label("hi"),
    ]  # fmt: skip
    match = case((answers.certain, "certain"), else_="possible").label("match")
    when = func.coalesce(base.table.c.published, base.document.c.date).label("published")
    side = evidence.against(base) if denied else evidence.in_favour(base)
    return (
        select(*place, *before, row.version.label("version"), when, match)
        .select_from(tables)
        .where(*base.where, *wanted(answers, shape), side)
    )


def grouped(base: Base, shape: Shape, group_by: GroupBy) -> tuple[Any, FromClause]:
    """What points are grouped by; a claim of joint origins stands with each of them."""
    tables = joined(base, shape)
    if group_by == "origin":
        hop = ATTRIBUTION.alias()
        same = evidence.of_claim_and_version(hop, base.table) & hop.c.is_origin
        return func.coalesce(hop.c.source, ""), tables.outerjoin(hop, same)
    return func.coalesce(base.table.c[group_by], ""), tables
