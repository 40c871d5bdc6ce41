"""Comparison: the figures of a measure that are nearest to a time, ready to be held together."""

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, case, func, literal, select

from app.db import Reader
from app.models import RELATION
from app.models.question import QueryShape, Question
from app.rules import agreement
from app.rules.edtf import DaySpan
from app.rules.intervals import Interval
from app.store import analysis, groups
from app.store.analysis import Measured
from app.store.list_query import base_of, joined, judged, wanted
from app.store.orders import Base

MOST = 100


class Candidate(NamedTuple):
    """One candidate of a slot: where it may lie, when, and how it was told."""

    claim: str
    version: int
    slot: int
    reach: Interval
    time: Interval
    key: str
    told: dict[str, Any]


class Found(NamedTuple):
    """The candidates to compare, how many figures are left out, and the claims that deny.

    ``relations`` tell of which claims the one takes the place of the other, and by which predicate.
    """

    candidates: list[Candidate]
    left_out: int
    against: list[str]
    relations: dict[tuple[str, str], str]


async def nearest(
    reader: Reader, measure: Measured, question: Question, at: DaySpan | None
) -> Found:
    """The slots nearest to ``at`` (the latest, where no time is asked about), up to the limit."""
    shape, binds = question.shape, question.binds()
    if at is not None:
        binds |= {"at_lo": at.lo, "at_hi": at.hi}
    near = _slots(shape, at is not None)
    slots = await reader.rows(near, {**binds, "size": question.limit})
    (count,) = (await reader.rows(_count(shape), binds))[0]
    denied = await reader.rows(_denied(shape), {**binds, "size": 1000})
    candidates: list[Candidate] = []
    relations: dict[tuple[str, str], str] = {}
    if slots:
        ids = {f"id{n}": slots[min(n, len(slots) - 1)][0] for n in range(MOST)}
        rows = await reader.rows(_candidates(shape, measure.dated), {**binds, **ids})
        kept = {(claim, slot) for claim, slot, *_ in slots}
        candidates = [_read(row) for row in rows if (row[0], row[2]) in kept]
        edges = await reader.rows(_correcting(shape.past), {**binds, **ids})
        relations = _replaced(edges, set(ids.values()))
    return Found(candidates, count - len(slots), [row[0] for row in denied], relations)


def _replaced(edges: Sequence[Any], among: set[str]) -> dict[tuple[str, str], str]:
    """Which of these claims takes the place of which: by one relation, or by way of others."""
    pairs = [(claim, other) for claim, _, other in edges]
    direct = {(claim, other): predicate for claim, predicate, other in edges}
    return {pair: direct.get(pair, "") for pair in sorted(agreement.replaced(pairs, among))}


@lru_cache
def _correcting(past: bool) -> Select[Any]:
    """What these claims correct, what that corrects, and so on, in order."""
    first, further, edge = (RELATION.alias() for _ in range(3))
    ids: list[Any] = [bindparam(f"id{n}") for n in range(MOST)]
    start = select(first.c.claim_id.label("id")).where(first.c.claim_id.in_(ids))
    found = start.where(*analysis.corrects(first, past)).cte(recursive=True)
    onward = select(further.c.object).join(found, further.c.claim_id == found.c.id)
    whole = found.union(onward.where(*analysis.corrects(further, past)))
    return (
        select(edge.c.claim_id, edge.c.predicate, edge.c.object)
        .where(edge.c.claim_id.in_(select(whole.c.id)), *analysis.corrects(edge, past))
        .order_by(edge.c.claim_id, edge.c.n)
    )


def _read(row: tuple[Any, ...]) -> Candidate:
    claim, version, slot, lo, hi, since, until, key, doc = row
    reach, time = Interval(lo, hi), Interval(since, until)
    return Candidate(claim, version, slot, reach, time, key, json.loads(doc))


def _selected(
    shape: QueryShape, columns: Callable[[Base], Sequence[Any]], against: bool = False
) -> tuple[Base, Select[Any]]:
    base = base_of(shape)
    side = analysis.against(base) if against else analysis.in_favour(base)
    return base, (
        select(*columns(base))
        .select_from(joined(base, shape))
        .where(*base.where, *wanted(judged(base, shape), shape), side)
    )


def _slot(base: Base) -> list[Any]:
    return [base.row.c.claim_id, base.row.c.slot]


@lru_cache(maxsize=256)
def _slots(shape: QueryShape, timed: bool) -> Select[Any]:
    base, found = _selected(shape, _slot)
    since, until = analysis.reference(base, shape)
    key = _slot(base)
    far: Any = -func.max(until)
    if timed:
        lo: Any = bindparam("at_lo")
        hi: Any = bindparam("at_hi")
        far = func.min(case((since > hi, since - hi), (until < lo, lo - until), else_=literal(0)))
    return found.group_by(*key).order_by(far, *key).limit(bindparam("size"))


@lru_cache(maxsize=256)
def _count(shape: QueryShape) -> Select[Any]:
    slots = _selected(shape, _slot)[1]
    return select(func.count()).select_from(slots.distinct().subquery())


@lru_cache(maxsize=256)
def _denied(shape: QueryShape) -> Select[Any]:
    base, found = _selected(shape, lambda base: [base.row.c.claim_id], against=True)
    return found.distinct().order_by(base.row.c.claim_id).limit(bindparam("size"))


@lru_cache(maxsize=256)
def _candidates(shape: QueryShape, dated: bool) -> Select[Any]:
    def columns(base: Base) -> list[Any]:
        row = base.row.c
        reach, time = analysis.reach(base, shape, dated), analysis.reference(base, shape)
        who = groups.key(base, shape, "claimant")
        return [row.claim_id, row.version, row.slot, *reach, *time, who, row.doc]

    base, found = _selected(shape, columns)
    ids: list[Any] = [bindparam(f"id{n}") for n in range(MOST)]
    order = (*analysis.reference(base, shape), base.row.c.claim_id, base.row.c.n)
    return found.where(base.row.c.claim_id.in_(ids)).order_by(*order)
