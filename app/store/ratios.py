"""Ratios: pairs of figures of two measures that belong together, and by what."""

import json
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import FromClause, Select, and_, bindparam, exists, func, not_, or_

from app.db import Reader
from app.models import CLAIM, QUANTITY, RELATION, TRAIT
from app.models.question import LinkedBy, QueryShape, Question
from app.store.analysis import affirmed, denies
from app.store.as_of import current
from app.store.filters_sql import Truth, belongs_to_figure, same_version
from app.store.selection import Selection, considered

LINKS: dict[LinkedBy, tuple[str, ...]] = {
    "derivation": ("derived_from", "origin_of"),
    "utterance": ("utterance", "claim"),
    "document": ("document",),
}


class PairedFigure(NamedTuple):
    """One figure of a pair: its claim, the claim's version, and the figure as it is stored."""

    claim: str
    version: int
    figure: dict[str, Any]


class FigurePair(NamedTuple):
    """Two figures, and what links them."""

    over: PairedFigure
    under: PairedFigure
    by: list[LinkedBy]


async def figure_pairs(
    reader: Reader, question: Question, denominator: str, by: tuple[LinkedBy, ...]
) -> tuple[list[FigurePair], bool]:
    """The pairs, each once with all that links it; and whether there are more."""
    binds = {**question.binds, "denominator": denominator, "size": question.limit + 1}
    found: dict[tuple[Any, ...], FigurePair] = {}
    for basis in by:
        for link in LINKS[basis]:
            for row in await reader.rows(_linked(question.shape, link), binds):
                _add(found, row, basis)
    every = [found[key] for key in sorted(found)]
    return every[: question.limit], len(every) > question.limit


def _add(found: dict[tuple[Any, ...], FigurePair], row: tuple[Any, ...], basis: LinkedBy) -> None:
    claim, n, version, doc, other, m, other_version, other_doc = row
    over = PairedFigure(claim, version, json.loads(doc))
    under = PairedFigure(other, other_version, json.loads(other_doc))
    pair = found.setdefault((claim, n, other, m), FigurePair(over, under, []))
    if basis not in pair.by:
        pair.by.append(basis)


@lru_cache(maxsize=512)
def _linked(shape: QueryShape, link: str) -> Select[Any]:
    """The conditions are put to the numerator; the denominator is active, and of its own claim."""
    found, figure, claim = affirmed(shape), QUANTITY.alias(), CLAIM.alias()
    over, under = found.tables.row.c, figure.c
    joined = _link(found, claim, link).join(figure, same_version(figure, claim))
    sides = [[side.claim_id, side.n, side.version, side.doc] for side in (over, under)]
    return (
        found.select(*sides[0], *sides[1], joined=joined)
        .where(
            not_(denies(claim)), claim.c.status == "active",
            current(claim, shape.past), current(figure, shape.past), considered(figure, shape),
            # Not by the measure's index: from each numerator to its few claims is the short way.
            func.coalesce(under.measure, "") == bindparam("denominator"),
            or_(under.claim_id != over.claim_id, under.slot != over.slot),
            not_(_unlike(found.tables.row, figure)),
        )
        .order_by(over.claim_id, over.n, under.claim_id, under.n)
        .limit(bindparam("size"))
    )  # fmt: skip


def _unlike(over: FromClause, under: FromClause) -> Truth:
    """Do two figures differ in a dimension that both have? Then they count different things."""
    one, other = TRAIT.alias(), TRAIT.alias()
    return exists().where(
        belongs_to_figure(one, over), one.c.name.like("dim.%"),
        belongs_to_figure(other, under), other.c.name == one.c.name,
        other.c.word != one.c.word,
    )  # fmt: skip


def _link(found: Selection, claim: FromClause, link: str) -> FromClause:
    """The numerator's rows, joined with the claims that belong to them."""
    own, other, relation = found.tables.table, claim.c, RELATION.alias()
    derives = relation.c.predicate == "derived_from"
    if link == "derived_from":
        joined = found.joined.join(relation, and_(same_version(relation, own), derives))
        return joined.join(claim, other.id == relation.c.object)
    if link == "origin_of":
        of_own = and_(relation.c.object == own.c.id, current(relation, found.tables.past))
        joined = found.joined.join(relation, and_(of_own, derives))
        return joined.join(claim, same_version(claim, relation))
    if link == "claim":
        return found.joined.join(claim, other.id == own.c.id)
    return found.joined.join(claim, other[link] == own.c[link])
