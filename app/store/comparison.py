"""Comparison: the figures of a measure that are nearest to a time, ready to be held together."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, case, func, literal, select

from app.db import Reader
from app.models.question import QueryShape, Question
from app.rules import agreement
from app.rules.edtf import OPEN_FUTURE, DaySpan
from app.rules.intervals import Interval
from app.store.analysis import (
    Measured,
    affirmed,
    correcting,
    deniers,
    group_key,
    reference_time,
)
from app.store.reads import filled, places
from app.store.selection import figure_ends, slot_size

MAX_SLOTS = 100


class Candidate(NamedTuple):
    """One candidate of a slot: where it may lie, when, and how it was told."""

    claim: str
    version: int
    slot: int
    reach: Interval
    time: Interval
    key: str
    size: int
    """How many candidates its slot has, those that were not found among them."""
    mix: bool
    """May anything between its slot's alternatives be meant?"""
    told: dict[str, Any]


class NearestSlots(NamedTuple):
    """The candidates to compare, how many figures are left out, and the claims that deny.

    ``relations`` tell of which claims the one takes the place of the other, and by which predicate.
    """

    candidates: list[Candidate]
    left_out: int
    against: list[str]
    relations: dict[tuple[str, str], str]


async def nearest_slots(
    reader: Reader, measure: Measured, question: Question, at: DaySpan | None
) -> NearestSlots:
    """The slots nearest to ``at`` (the latest, where no time is asked about), up to the limit."""
    shape, binds = question.shape, question.binds
    near = {} if at is None else {"at_lo": at.lo, "at_hi": at.hi}
    slots = await reader.rows(_slots(shape, bool(near)), {**binds, **near, "size": question.limit})
    (count,) = (await reader.rows(_count(shape), binds))[0]
    candidates: list[Candidate] = []
    relations: dict[tuple[str, str], str] = {}
    if slots:
        ids = filled("id", [claim for claim, _ in slots], MAX_SLOTS)
        rows = await reader.rows(_candidates(shape, measure.dated), {**binds, **ids})
        kept = {(claim, slot) for claim, slot, *_ in slots}
        candidates = [_read(row) for row in rows if (row[0], row[2]) in kept]
        edges = await reader.rows(_correcting_these(shape.past), {**binds, **ids})
        relations = _replaced(edges, set(ids.values()))
    return NearestSlots(candidates, count - len(slots), await deniers(reader, question), relations)


def _replaced(edges: Sequence[Any], among: set[str]) -> dict[tuple[str, str], str]:
    """Which of these claims takes the place of which: by one relation, or by way of others."""
    pairs = [(claim, other) for claim, _, other in edges]
    direct = {(claim, other): predicate for claim, predicate, other in edges}
    return {pair: direct.get(pair, "") for pair in sorted(agreement.replacements(pairs, among))}


def _read(row: tuple[Any, ...]) -> Candidate:
    claim, version, slot, lo, hi, since, until, key, size, mix, doc = row
    reach, time = Interval(lo, hi), Interval(since, until)
    return Candidate(claim, version, slot, reach, time, key, size, bool(mix), json.loads(doc))


@lru_cache
def _correcting_these(past: bool) -> Select[Any]:
    return correcting(places("id", MAX_SLOTS), past)


@lru_cache(maxsize=256)
def _slots(shape: QueryShape, timed: bool) -> Select[Any]:
    found = affirmed(shape)
    since, until = reference_time(found.tables)
    last = case((until < OPEN_FUTURE, until), else_=since)  # the undated are not late
    far: list[Any] = [-func.max(last)]
    if timed:
        lo: Any = bindparam("at_lo")
        hi: Any = bindparam("at_hi")
        apart = case((since > hi, since - hi), (until < lo, lo - until), else_=literal(0))
        # The undated may be of that time, but those that surely are come first.
        far = [func.min(apart), func.min(until - since)]
    key = (found.tables.row.c.claim_id, found.tables.row.c.slot)
    return found.select(*key).group_by(*key).order_by(*far, *key).limit(bindparam("size"))


@lru_cache(maxsize=256)
def _count(shape: QueryShape) -> Select[Any]:
    found = affirmed(shape)
    slots = found.select(found.tables.row.c.claim_id, found.tables.row.c.slot).distinct()
    return select(func.count()).select_from(slots.subquery())


@lru_cache(maxsize=256)
def _candidates(shape: QueryShape, dated: bool) -> Select[Any]:
    found = affirmed(shape)
    tables, row = found.tables, found.tables.row.c
    ends, time = figure_ends(tables.row, dated, tables.strict), reference_time(tables)
    who, size = group_key(tables, "claimant"), slot_size(tables.row, shape)
    return (
        found.select(row.claim_id, row.version, row.slot, *ends, *time, who, size, row.mix, row.doc)
        .where(row.claim_id.in_(places("id", MAX_SLOTS)))
        .order_by(*time, row.claim_id, row.n)
    )
