"""Totals: every figure of a measure that a question finds, and which of them were corrected."""

import json
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, select

from app.db import Reader
from app.errors import Fault, Invalid
from app.models import RELATION
from app.models.question import QueryShape, Question
from app.rules.edtf import OPEN_PAST
from app.rules.intervals import Interval
from app.rules.totals import CountedSlot
from app.store import analysis, groups
from app.store.list_query import base_of, joined, judged, wanted

MOST = 50_000
"""Figures that are added up; a sum of only some of them would be wrong."""


class Found(NamedTuple):
    """The figures to add, the claims that deny, and of each corrected claim, what corrects it."""

    figures: list[CountedSlot]
    against: list[str]
    corrected: dict[str, str]


async def counted(reader: Reader, question: Question) -> Found:
    """All figures of a question; raises ``Invalid`` where there are too many."""
    shape, binds = question.shape, question.binds()
    rows = await reader.rows(_figures(shape), {**binds, "size": MOST + 1})
    if len(rows) > MOST:
        detail = f"more than {MOST:,} figures; narrow the question, by period or by dimension"
        raise Invalid("Too many figures to add up.", (Fault(detail, code="too_many"),))
    denied = await reader.rows(_against(shape), binds)
    ids = {row[0] for row in rows} | {row[0] for row in denied}
    edges = await reader.rows(_corrections(shape), binds)
    corrected = {other: claim for claim, other in edges if other in ids and claim in ids}
    each = groupby(rows, key=lambda row: (row[0], row[1]))
    return Found([_read(list(some)) for _, some in each], [row[0] for row in denied], corrected)


def _read(rows: list[Any]) -> CountedSlot:
    claim, slot, voice, document, start, since, until, _ = rows[0]
    lo = since if start is None else min(start, since)
    return CountedSlot(
        claim, slot, voice, document, Interval(lo, until), [json.loads(row[-1]) for row in rows]
    )


@lru_cache(maxsize=256)
def _figures(shape: QueryShape) -> Select[Any]:
    base = base_of(shape)
    row, claim = base.row.c, base.table.c
    voice = groups.key(base, shape, "claimant")
    since, until = analysis.reference(base, shape)
    return (
        select(row.claim_id, row.slot, voice, claim.document, _start(base), since, until, row.doc)
        .select_from(joined(base, shape))
        .where(*base.where, *wanted(judged(base, shape), shape), analysis.in_favour(base))
        .order_by(row.claim_id, row.slot, row.n)
        .limit(bindparam("size"))
    )


def _start(base: Any) -> Any:
    """The first day of the period; of none, null."""

    return func.nullif(base.table.c.period_start_lo, OPEN_PAST)


@lru_cache(maxsize=256)
def _against(shape: QueryShape) -> Select[Any]:
    base = base_of(shape)
    own = base.row.c.claim_id
    return (
        select(own)
        .select_from(joined(base, shape))
        .where(*base.where, *wanted(judged(base, shape), shape), analysis.against(base))
        .distinct()
        .order_by(own)
    )


@lru_cache(maxsize=256)
def _corrections(shape: QueryShape) -> Select[Any]:
    """What the claims found correct."""
    base, edge = base_of(shape), RELATION.alias()
    same = analysis.of_claim_and_version(edge, base.table)
    return (
        select(edge.c.claim_id, edge.c.object)
        .select_from(joined(base, shape).join(edge, same))
        .where(*base.where, *wanted(judged(base, shape), shape))
        .where(*analysis.corrects(edge, shape.past))
        .distinct()
        .order_by(edge.c.object, edge.c.claim_id)
    )
