"""Ratios: pairs of figures of two measures that belong together, and by what."""

import json
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import FromClause, Select, and_, bindparam, func, or_, select

from app.db import Reader
from app.models import CLAIM, QUANTITY, RELATION
from app.models.question import LinkedBy, QueryShape, Question
from app.store import analysis
from app.store.as_of import current
from app.store.fold import considered
from app.store.list_query import base_of, joined, judged, wanted
from app.store.orders import Base

LINKS: dict[LinkedBy, tuple[str, ...]] = {
    "derivation": ("derived_from", "origin_of"),
    "utterance": ("utterance", "claim"),
    "document": ("document",),
}


class Side(NamedTuple):
    """One figure of a pair: its claim, the claim's version, and the figure as it is stored."""

    claim: str
    version: int
    figure: dict[str, Any]


class Pair(NamedTuple):
    """Two figures, and what links them."""

    over: Side
    under: Side
    by: list[LinkedBy]


async def pairs(
    reader: Reader, question: Question, denominator: str, by: tuple[LinkedBy, ...]
) -> tuple[list[Pair], bool]:
    """The pairs, each once with all that links it; and whether there are more."""
    binds = {**question.binds(), "denominator": denominator, "size": question.limit + 1}
    found: dict[tuple[Any, ...], Pair] = {}
    for kind in by:
        for link in LINKS[kind]:
            for row in await reader.rows(_linked(question.shape, link), binds):
                _add(found, row, kind)
    every = [found[key] for key in sorted(found)]
    return every[: question.limit], len(every) > question.limit


def _add(found: dict[tuple[Any, ...], Pair], row: tuple[Any, ...], kind: LinkedBy) -> None:
    claim, n, version, doc, other, m, other_version, other_doc = row
    pair = Pair(
        Side(claim, version, json.loads(doc)), Side(other, other_version, json.loads(other_doc)), []
    )
    kept = found.setdefault((claim, n, other, m), pair)
    if kind not in kept.by:
        kept.by.append(kind)


@lru_cache(maxsize=512)
def _linked(shape: QueryShape, link: str) -> Select[Any]:
    """The conditions are put to the numerator; the denominator is active, and of its own claim."""
    base, under, claim = base_of(shape), QUANTITY.alias(), CLAIM.alias()
    row = base.row.c
    order = (row.claim_id, row.n, under.c.claim_id, under.c.n)
    beside = Base(claim, under, base.document, [])
    return (
        select(row.claim_id, row.n, row.version, row.doc,
               under.c.claim_id, under.c.n, under.c.version, under.c.doc)
        .select_from(_link(base, claim, link, shape).join(
            under, analysis.of_claim_and_version(under, claim)
        ))
        .where(
            *base.where, *wanted(judged(base, shape), shape), analysis.in_favour(base),
            current(claim, shape.past), claim.c.status == "active", analysis.in_favour(beside),
            current(under, shape.past), considered(under, shape),
            # Not by the measure's index: from each numerator to its few claims is the short way.
            func.coalesce(under.c.measure, "") == bindparam("denominator"),
            or_(under.c.claim_id != row.claim_id, under.c.slot != row.slot),
        )
        .order_by(*order)
        .limit(bindparam("size"))
    )  # fmt: skip


def _link(base: Base, claim: FromClause, link: str, shape: QueryShape) -> FromClause:
    """The numerator's rows, joined with the claims that belong to them."""
    tables, own, other, rests = joined(base, shape), base.table.c, claim.c, RELATION.alias().c
    if link == "derived_from":
        same = and_(rests.claim_id == own.id, rests.version == own.version)
        return _by(tables, rests, same, claim, other.id == rests.object)
    if link == "origin_of":
        same = and_(rests.object == own.id, current(rests.claim_id.table, shape.past))
        later = and_(other.id == rests.claim_id, other.version == rests.version)
        return _by(tables, rests, same, claim, later)
    if link == "claim":
        return tables.join(claim, other.id == own.id)
    return tables.join(claim, other[link] == own[link])


def _by(tables: FromClause, rests: Any, same: Any, claim: FromClause, other: Any) -> FromClause:
    derives = and_(same, rests.predicate == "derived_from")
    return tables.join(rests.claim_id.table, derives).join(claim, other)
