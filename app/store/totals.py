"""Totals: every figure of a measure that a question finds, and which of them were corrected."""

import json
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam

from app.db import Reader
from app.errors import Fault, Invalid
from app.models.question import QueryShape, Question
from app.rules import agreement
from app.rules.intervals import Interval
from app.rules.totals import CountedSlot
from app.store.analysis import affirmed, correcting, deniers, group_key, reference_time
from app.store.filters_sql import bounds
from app.store.selection import selection, slot_size

MAX_FIGURES = 50_000
"""Figures that are added up; a sum of only some of them would be wrong."""


class FiguresToAdd(NamedTuple):
    """The figures to add, the claims that deny, and of each corrected claim, what corrects it."""

    figures: list[CountedSlot]
    against: list[str]
    corrected: dict[str, str]


async def figures_to_add(reader: Reader, question: Question) -> FiguresToAdd:
    """All figures of a question; raises ``Invalid`` where there are too many."""
    shape, binds = question.shape, question.binds
    rows = await reader.rows(_figures(shape), {**binds, "size": MAX_FIGURES + 1})
    if len(rows) > MAX_FIGURES:
        detail = (
            f"more than {MAX_FIGURES:,} figures; narrow the question, by period or by dimension"
        )
        raise Invalid("Too many figures to add up.", (Fault(detail, code="too_many"),))
    against = await deniers(reader, question)
    ids = {row[0] for row in rows} | {*against}
    edges = await reader.rows(_corrections(shape), binds)
    pairs = [(claim, other) for claim, _, other in edges]
    corrected = {other: claim for claim, other in sorted(agreement.replacements(pairs, ids))}
    corrected |= {other: claim for claim, other in sorted(pairs) if {claim, other} <= ids}
    slots = groupby(rows, key=lambda row: (row[0], row[1]))
    return FiguresToAdd([_read(list(some)) for _, some in slots], against, corrected)


def _read(rows: list[Any]) -> CountedSlot:
    """A slot, and the days that it counts: from the start of its period, wherever that may be."""
    claim, slot, voice, document, start, since, until, size, _ = rows[0]
    figures = [json.loads(row[-1]) for row in rows]
    time = Interval(min(start, since) if "period" in figures[0] else since, until)
    return CountedSlot(claim, slot, voice, document, time, figures, size > len(rows))


@lru_cache(maxsize=256)
def _figures(shape: QueryShape) -> Select[Any]:
    found = affirmed(shape)
    tables, row, claim = found.tables, found.tables.row.c, found.tables.table.c
    voice, size = group_key(tables, "claimant"), slot_size(tables.row, shape)
    times = (bounds(tables.table, "period_start", tables.strict)[0], *reference_time(tables))
    return (
        found.select(row.claim_id, row.slot, voice, claim.document, *times, size, row.doc)
        .order_by(row.claim_id, row.slot, row.n)
        .limit(bindparam("size"))
    )


@lru_cache(maxsize=256)
def _corrections(shape: QueryShape) -> Select[Any]:
    """What the claims found correct, and what those correct, though it is not found."""
    found = selection(shape, denials=True)
    return correcting(found.select(found.tables.row.c.claim_id), shape.past)
