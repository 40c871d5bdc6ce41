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
from app.store.analysis import denies
from app.store.filters_sql import same_version
from app.store.reads import Sources, upward
from app.store.selection import selection

LISTED = 1000
EDGES = 20_000
RESTING = ("derived_from", "relays")
COUNTED = ("claims", "documents", "relayers", "against", "derived")
TAGS = (*COUNTED, "origins", "hops", "derived_from", "relations")


class CountedIds(NamedTuple):
    """How many there are, and the first of them."""

    total: int
    items: list[str]


class OriginCount(NamedTuple):
    """One origin: its root if it is known, whether it is anonymous, and how many claims."""

    source: str
    root: str | None
    anonymous: bool
    claims: int


class Corroboration(NamedTuple):
    """What stands behind some claims."""

    claims: CountedIds
    documents: CountedIds
    relayers: CountedIds
    against: CountedIds
    derived: CountedIds
    derived_from: dict[str, list[str]]
    ends: list[OriginCount]
    cycles: list[list[str]]
    cycles_complete: bool
    """Are these all? Of very many edges, and of many cycles, only the first are looked at."""


async def load_corroboration(reader: Reader, question: Question) -> Corroboration:
    """Everything that corroborates (or not) the claims of a question: one pass over them."""
    binds = {**question.binds, "listed": LISTED, "edges": EDGES}
    rows: dict[str, list[Any]] = {tag: [] for tag in TAGS}
    for tag, *row in await reader.rows(_statement(question.shape), binds):
        rows[tag].append(row)
    ids = {tag: _listed(rows[tag]) for tag in COUNTED}
    rests: dict[str, list[str]] = {}
    for claim, other, _ in sorted(rows["derived_from"]):
        rests.setdefault(claim, []).append(other)
    edges = [[(one, other) for one, other, _ in rows[tag]] for tag in ("hops", "relations")]
    rings = [chain.cycles(some) for some in edges]
    return Corroboration(
        **ids,
        derived_from={id: rests[id] for id in ids["derived"].items if id in rests},
        ends=await _ends(reader, rows["origins"], question.moment),
        cycles=[ring for some in rings for ring in some],
        cycles_complete=all(len(some) < EDGES for some in edges)
        and all(len(some) < chain.MAX_CYCLES for some in rings),
    )


def _listed(rows: list[Any]) -> CountedIds:
    return CountedIds(rows[0][2] if rows else 0, sorted(row[0] for row in rows))


async def _ends(reader: Reader, rows: list[Any], moment: int | None) -> list[OriginCount]:
    sources = await upward(reader, {source for source, *_ in rows}, moment)
    above = affiliations(sources)
    return [
        OriginCount(id, chain.root_of(id, above), bool(sources[id].get("anonymous")), claims)
        for id, _, claims in sorted(rows)
    ]


def affiliations(sources: Sources) -> chain.Affiliations:
    """For each source, its affiliation and whether it is a root."""
    return {
        id: (source.get("affiliation"), bool(source.get("is_root")))
        for id, source in sources.items()
    }


@lru_cache(maxsize=512)
def _statement(shape: QueryShape) -> Any:
    """Rows of (tag, id, another id, a number), of all that is asked, over the claims found."""
    found = _claims(shape)
    one, stands, hop = found.c, found.c.denied == 0, ATTRIBUTION.c
    hops = found.join(ATTRIBUTION, same_version(ATTRIBUTION, found))
    documents = select(one.document.label("id")).where(stands).distinct()
    relayers = select(hop.source.label("id")).select_from(hops).where(stands, hop.is_via).distinct()
    own = one.id.label("id")
    parts = [
        _counted("claims", select(own).where(stands)),
        _counted("documents", documents),
        _counted("relayers", relayers),
        _counted("against", select(own).where(one.denied == 1)),
        _counted("derived", select(own).where(stands, one.derived == 1)),
        _tagged("origins", hop.source, null(), func.count(one.id.distinct()))
        .select_from(hops)
        .where(stands, hop.is_origin, one.derived == 0)
        .group_by(hop.source),
        _hops(found),
        _resting(found, "derived_from", ("derived_from",)),
        _resting(found, "relations", RESTING),
    ]
    return union_all(*(select(part.subquery()) for part in parts))


def _claims(shape: QueryShape) -> CTE:
    """The claims of the question, and of each: is it a denial, and does it rest on another?

    Of a question about figures they are those whose figures it finds, each once.
    """
    found = selection(shape, denials=True)
    claim = found.tables.table
    derives = RELATION.c.predicate == "derived_from"
    rests = exists().where(same_version(RELATION, claim), derives)
    rows = found.select(
        claim.c.id, claim.c.version, claim.c.document,
        case((denies(claim), 1), else_=0).label("denied"),
        case((rests, 1), else_=0).label("derived"),
    )  # fmt: skip
    return (rows.distinct() if shape.resource == "quantities" else rows).cte("found")


def _tagged(tag: str, one: Any, other: Any, number: Any) -> Select[Any]:
    return select(
        literal_column(f"'{tag}'").label("tag"), one.label("one"),
        cast(other, TEXT).label("other"), cast(number, BigInteger).label("number"),
    )  # fmt: skip


def _counted(tag: str, some: Select[Any]) -> Select[Any]:
    """The first ids in order, each with how many there are in all."""
    every = some.subquery()
    rows = _tagged(tag, every.c.id, null(), func.count().over())
    return rows.order_by(every.c.id).limit(bindparam("listed"))


def _hops(found: CTE) -> Select[Any]:
    """Who has it from whom, hop by hop; who says it in a work of their own has it from nobody."""
    near, far = ATTRIBUTION.alias(), ATTRIBUTION.alias()
    onward = and_(far.c.position == near.c.position + 1, far.c.source != near.c.source)
    beyond = and_(same_version(far, found), onward)
    joined = found.join(near, same_version(near, found)).join(far, beyond)
    return _edges(_tagged("hops", near.c.source, far.c.source, null()).select_from(joined))


def _resting(found: CTE, tag: str, predicates: tuple[str, ...]) -> Select[Any]:
    """Which claim rests on which."""
    kinds = or_(*(RELATION.c.predicate == kind for kind in predicates))
    joined = found.join(RELATION, same_version(RELATION, found))
    rows = _tagged(tag, found.c.id, RELATION.c.object, null())
    return _edges(rows.select_from(joined).where(kinds))


def _edges(rows: Select[Any]) -> Select[Any]:
    """Each once, the first of them in order: those of the ids that are listed among them."""
    _, one, other, _ = rows.selected_columns
    return rows.distinct().order_by(one, other).limit(bindparam("edges"))
