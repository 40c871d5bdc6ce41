"""Corroboration: who stands behind the claims that a question finds, counted in the database."""

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, Select, bindparam, exists, func, not_, or_, select

from app.db import Reader
from app.models import ATTRIBUTION, RELATION
from app.models.question import Question, Shape
from app.rules import origins
from app.store import evidence
from app.store.affiliations import above, upward
from app.store.pages import base_of, joined, judged, wanted

LISTED = 1000
EDGES = 20_000
RESTING = ("derived_from", "relays")


class Ids(NamedTuple):
    """How many there are, and the first of them."""

    total: int
    items: list[str]


class End(NamedTuple):
    """One origin: its root if it is known, whether it is anonymous, and how many claims."""

    source: str
    root: str | None
    anonymous: bool
    claims: int


class Behind(NamedTuple):
    """What stands behind some claims."""

    claims: Ids
    documents: Ids
    relayers: Ids
    against: Ids
    derived: Ids
    derived_from: dict[str, list[str]]
    ends: list[End]
    cycles: list[list[str]]


async def behind(reader: Reader, question: Question) -> Behind:
    """Everything that corroborates (or not) the claims of a question."""
    shape, binds = question.shape, question.binds()

    async def rows(statement: Select[Any], size: int = LISTED) -> list[Any]:
        return await reader.rows(statement, {**binds, "size": size})

    ids = {what: _listed(await rows(_ids(shape, what))) for what in WHAT}
    rests = _gathered(await rows(_edges(shape, "derived_from"), EDGES))
    hops = await rows(_edges(shape, "hops"), EDGES)
    between = await rows(_edges(shape, "relations"), EDGES)
    return Behind(
        **ids,
        derived_from={id: rests[id] for id in ids["derived"].items if id in rests},
        ends=await _ends(reader, await reader.rows(_origins(shape), binds), question.moment),
        cycles=origins.cycles(hops) + origins.cycles(between),
    )


def _listed(rows: list[Any]) -> Ids:
    return Ids(rows[0][1] if rows else 0, [row[0] for row in rows])


def _gathered(rows: list[Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for claim, other in rows:
        found.setdefault(claim, []).append(other)
    return found


async def _ends(reader: Reader, rows: list[Any], moment: int | None) -> list[End]:
    sources = await upward(reader, {source for source, _ in rows}, moment)
    higher = above(sources)
    return [
        End(id, origins.root(id, higher), bool(sources[id].get("anonymous")), claims)
        for id, claims in rows
    ]


def _found(shape: Shape, denied: bool = False) -> CTE:
    """The claims of the question; ``denied``: those that deny or take back."""
    base = base_of(shape)
    side = evidence.against(base) if denied else evidence.in_favour(base)
    claim = base.table.c
    found = (
        select(claim.id, claim.version, claim.document)
        .select_from(joined(base, shape))
        .where(*base.where, *wanted(judged(base, shape), shape), side)
    )
    return found.cte("found")


def _rests(found: CTE) -> ColumnElement[bool]:
    """Is the claim derived from another?"""
    same = evidence.of_claim_and_version(RELATION, found)
    return exists().where(same, RELATION.c.predicate == "derived_from")


WHAT = ("claims", "documents", "relayers", "against", "derived")


@lru_cache(maxsize=512)
def _ids(shape: Shape, what: str) -> Select[Any]:
    """The ids of one kind, in order, each with how many there are in all."""
    found = _found(shape, what == "against")
    some = select(found.c.id.label("id"))
    if what == "documents":
        some = select(found.c.document.label("id")).distinct()
    elif what == "relayers":
        hop = evidence.of_claim_and_version(ATTRIBUTION, found)
        some = select(ATTRIBUTION.c.source.label("id")).join(found, hop)
        some = some.where(ATTRIBUTION.c.is_via).distinct()
    elif what == "derived":
        some = some.where(_rests(found))
    every = some.subquery()
    count = func.count().over()
    return select(every.c.id, count).order_by(every.c.id).limit(bindparam("size"))


@lru_cache(maxsize=512)
def _origins(shape: Shape) -> Select[Any]:
    """The origins of the claims that are not derived, and of how many each is."""
    found = _found(shape)
    hop = ATTRIBUTION.c
    return (
        select(hop.source, func.count(found.c.id.distinct()))
        .select_from(found.join(ATTRIBUTION, evidence.of_claim_and_version(ATTRIBUTION, found)))
        .where(hop.is_origin, not_(_rests(found)))
        .group_by(hop.source)
        .order_by(hop.source)
    )


@lru_cache(maxsize=512)
def _edges(shape: Shape, of: str) -> Select[Any]:
    """Who has it from whom: hop by hop, or claim by claim."""
    found = _found(shape)
    if of == "hops":
        near, far = ATTRIBUTION.alias(), ATTRIBUTION.alias()
        on = evidence.of_claim_and_version(near, found)
        beyond = evidence.of_claim_and_version(far, found) & (far.c.position == near.c.position + 1)
        tables: Any = found.join(near, on).join(far, beyond)
        pair: tuple[Any, Any] = (near.c.source, far.c.source)
        where = []
    else:
        tables = found.join(RELATION, evidence.of_claim_and_version(RELATION, found))
        pair = (found.c.id, RELATION.c.object)
        kinds = ("derived_from",) if of == "derived_from" else RESTING
        where = [or_(*(RELATION.c.predicate == kind for kind in kinds))]
    some = select(*pair).select_from(tables).where(*where)
    return some.distinct().order_by(*pair).limit(bindparam("size"))
