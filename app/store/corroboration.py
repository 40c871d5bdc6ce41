"""Corroboration: who stands behind the claims that a question finds, counted in the database."""

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    TEXT,
    BigInteger,
    Select,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from app.db import Reader
from app.models import ATTRIBUTION, RELATION
from app.models.question import QueryShape, Question
from app.rules import chain
from app.store import analysis
from app.store.affiliations import above, upward
from app.store.list_query import base_of, joined, judged, wanted

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
    """Everything that corroborates (or not) the claims of a question: one pass over them."""
    binds = {**question.binds(), "listed": LISTED, "edges": EDGES}
    rows: dict[str, list[Any]] = {tag: [] for tag in TAGS}
    for tag, *row in await reader.rows(_pass(question.shape), binds):
        rows[tag].append(row)
    ids = {what: _listed(rows[what]) for what in WHAT}
    rests = _gathered(rows["derived_from"])
    between = [(one, other) for one, other, _ in rows["relations"]]
    hops = [(one, other) for one, other, _ in rows["hops"]]
    return Behind(
        **ids,
        derived_from={id: rests[id] for id in ids["derived"].items if id in rests},
        ends=await _ends(reader, rows["origins"], question.moment),
        cycles=chain.cycles(hops) + chain.cycles(between),
    )


def _listed(rows: list[Any]) -> Ids:
    return Ids(rows[0][2] if rows else 0, sorted(row[0] for row in rows))


def _gathered(rows: list[Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for claim, other, _ in sorted(rows):
        found.setdefault(claim, []).append(other)
    return found


async def _ends(reader: Reader, rows: list[Any], moment: int | None) -> list[End]:
    sources = await upward(reader, {source for source, *_ in rows}, moment)
    higher = above(sources)
    return [
        End(id, chain.root_of(id, higher), bool(sources[id].get("anonymous")), claims)
        for id, _, claims in sorted(rows)
    ]


def _found(shape: QueryShape) -> CTE:
    """The claims of the question, and of each: is it a denial, and does it rest on another?"""
    base = base_of(shape)
    claim = base.table.c
    rests = exists().where(
        analysis.of_claim_and_version(RELATION, base.table),
        RELATION.c.predicate == "derived_from",
    )
    found = (
        select(
            claim.id, claim.version, claim.document,
            case((analysis.against(base), 1), else_=0).label("denied"),
            case((rests, 1), else_=0).label("derived"),
        )
        .select_from(joined(base, shape))
        .where(*base.where, *wanted(judged(base, shape), shape))
    )  # fmt: skip
    return found.cte("found")


WHAT = ("claims", "documents", "relayers", "against", "derived")
TAGS = (*WHAT, "origins", "hops", "derived_from", "relations")


@lru_cache(maxsize=512)
def _pass(shape: QueryShape) -> Any:
    """Rows of (what, id, another id, a number), of all that is asked, over the claims found."""
    found = _found(shape)
    one, stands = found.c, found.c.denied == 0
    hop = ATTRIBUTION.c
    edges: Any = bindparam("edges")
    hops = found.join(ATTRIBUTION, analysis.of_claim_and_version(ATTRIBUTION, found))
    documents = select(one.document.label("id")).where(stands).distinct()
    relayers = select(hop.source.label("id")).select_from(hops).where(stands, hop.is_via).distinct()
    own = one.id.label("id")
    parts = [
        _counted("claims", select(own).where(stands)),
        _counted("documents", documents),
        _counted("relayers", relayers),
        _counted("against", select(own).where(one.denied == 1)),
        _counted("derived", select(own).where(stands, one.derived == 1)),
        _row("origins", hop.source, null(), func.count(one.id.distinct()))
        .select_from(hops)
        .where(stands, hop.is_origin, one.derived == 0)
        .group_by(hop.source),
        _hops(found).limit(edges),
        _resting(found, "derived_from", ("derived_from",)).limit(edges),
        _resting(found, "relations", RESTING).limit(edges),
    ]
    tables = [part.subquery() for part in parts]
    return union_all(*(select(table) for table in tables))


def _row(tag: str, one: Any, other: Any, number: Any) -> Select[Any]:
    return select(
        literal_column(f"'{tag}'").label("tag"), one.label("one"),
        cast(other, TEXT).label("other"), cast(number, BigInteger).label("number"),
    )  # fmt: skip


def _counted(tag: str, some: Select[Any]) -> Select[Any]:
    """The first ids in order, each with how many there are in all."""
    every = some.subquery()
    rows = _row(tag, every.c.id, null(), func.count().over())
    return rows.order_by(every.c.id).limit(bindparam("listed"))


def _hops(found: CTE) -> Select[Any]:
    """Who has it from whom, hop by hop."""
    near, far = ATTRIBUTION.alias(), ATTRIBUTION.alias()
    on = analysis.of_claim_and_version(near, found)
    beyond = and_(analysis.of_claim_and_version(far, found), far.c.position == near.c.position + 1)
    pairs = _row("hops", near.c.source, far.c.source, null())
    return pairs.select_from(found.join(near, on).join(far, beyond)).distinct()


def _resting(found: CTE, tag: str, predicates: tuple[str, ...]) -> Select[Any]:
    """Which claim rests on which."""
    on = analysis.of_claim_and_version(RELATION, found)
    kinds = or_(*(RELATION.c.predicate == kind for kind in predicates))
    rows = _row(tag, found.c.id, RELATION.c.object, null())
    return rows.select_from(found.join(RELATION, on)).where(kinds).distinct()
