"""Analysis: what a measure's figures are, and the parts of SQL that every analysis is made of.

The figures themselves are found by every filter of /quantities, at one moment.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    String,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
)

from app.db import Reader, joined_texts
from app.errors import Fault, Invalid, NotFound
from app.models import ATTRIBUTION, MEASURE, QUANTITY, RELATION, TRAIT
from app.models.question import QueryShape, Question
from app.rules.agreement import CORRECTING, DENIALS
from app.rules.edtf import OPEN_FUTURE, OPEN_PAST
from app.rules.group_keys import NOBODY, PART, TOGETHER, TRAIT_FIELDS
from app.store import reads
from app.store.as_of import current, last_change
from app.store.filters_sql import (
    Tables,
    Truth,
    belongs_to_figure,
    bounds,
    same_version,
    under_roots,
)
from app.store.selection import Selection, selection


class Measured(NamedTuple):
    """What a measure says of its figures."""

    id: str
    doc: dict[str, Any]

    @property
    def cumulative(self) -> bool:
        """Does it grow or stay?"""
        return bool(self.doc.get("accumulation") == "cumulative")

    @property
    def dated(self) -> bool:
        """Are its figures dates?"""
        return bool(self.doc.get("statistic") == "date")


@lru_cache
def _measure(past: bool) -> Select[Any]:
    return select(MEASURE.c.doc).where(MEASURE.c.id == bindparam("id"), current(MEASURE, past))


@lru_cache
def _any_figure(past: bool, part: bool = False) -> Select[Any]:
    """Has a measure any figure; or any that has such a dimension or attribute?"""
    some = and_(QUANTITY.c.measure == bindparam("id"), current(QUANTITY, past))
    if part:
        some = and_(some, exists().where(*_named(QUANTITY)[1]))
    return select(exists().where(some))


async def measured(
    reader: Reader, id: str, moment: int | None, parameter: str = "", may_be_empty: bool = False
) -> Measured:
    """A measure that has figures; raises ``NotFound``, or ``Invalid`` where it has none.

    Where its id came as a parameter, an unknown one is ``Invalid`` too.
    """
    binds, past = reads.at_moment(moment, id=id), moment is not None
    found = await reader.rows(_measure(past), binds)
    if not found and parameter:
        raise Invalid(faults=(await reads.lacks(reader, "measures", id, parameter),))
    if not found:
        raise NotFound()
    if not may_be_empty and not (await reader.rows(_any_figure(past), binds))[0][0]:
        fault = Fault("this measure has no figures", parameter=parameter or None, code="no_figures")
        raise Invalid("There is nothing to analyse.", (fault,))
    return Measured(id, json.loads(found[0][0]))


async def require_parts(
    reader: Reader, measure: Measured, moment: int | None, **asked: Iterable[str]
) -> None:
    """Raise ``Invalid`` for ``dim.NAME`` or ``attr.NAME`` that no figure of a measure has."""
    for parameter, names in asked.items():
        for name in (one for one in names if "." in one):
            binds = {"id": measure.id, "named": name, "moment": moment}
            if not (await reader.rows(_any_figure(moment is not None, True), binds))[0][0]:
                detail = f"no figure of this measure has any {name}; its "
                detail += f"{TRAIT_FIELDS[name.partition('.')[0]]} stand in "
                detail += f"/v1/quantities?measure={measure.id}"
                fault = Fault(detail, parameter=parameter, code="unknown_reference")
                raise Invalid(faults=(fault,))


async def moment_of(reader: Reader, question: Question) -> int:
    """The moment of the answer: the one asked about, else the last change."""
    return await last_change(reader) if question.moment is None else question.moment


def reference_time(tables: Tables) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """The days of a figure's reference time: the end of ``period``, else ``stated``.

    A period that is still open names no end: its figure stands for when it was stated, but never
    before the period began.
    """
    claim = tables.table.c
    missing = [claim[f"period_{side}_lo"] == OPEN_PAST for side in ("start", "end")]
    missing += [claim[f"period_{side}_hi"] == OPEN_FUTURE for side in ("start", "end")]
    said, start, end = (
        bounds(tables.table, axis, tables.strict)
        for axis in ("stated", "period_start", "period_end")
    )
    going_on, before = claim.period_end_lo == OPEN_FUTURE, said[1] < start[0]
    since = case((start[0] > said[0], start[0]), else_=said[0])
    until = case((before, OPEN_FUTURE), else_=said[1])
    return (
        case((and_(*missing), said[0]), (going_on, since), else_=end[0]),
        case((and_(*missing), said[1]), (going_on, until), else_=end[1]),
    )


def denies(claim: FromClause) -> Truth:
    """Is the claim a denial: the figure is what is denied, or taken back?"""
    acts = [func.coalesce(claim.c.speech_act, "") == act for act in DENIALS]
    return or_(claim.c.polarity == "negative", *acts)


def denied(shape: QueryShape) -> Selection:
    """The rows that a question finds whose claims are denials."""
    found = selection(shape, denials=True)
    return found._replace(where=[*found.where, denies(found.tables.table)])


def affirmed(shape: QueryShape) -> Selection:
    """All others that it finds: what an analysis is of."""
    found = selection(shape, denials=True)
    return found._replace(where=[*found.where, not_(denies(found.tables.table))])


async def deniers(reader: Reader, question: Question) -> list[str]:
    """The claims that deny or take back what is asked about."""
    return [row[0] for row in await reader.rows(_deniers(question.shape), question.binds)]


@lru_cache(maxsize=256)
def _deniers(shape: QueryShape) -> Select[Any]:
    found = denied(shape)
    own = found.tables.row.c.claim_id
    return found.select(own).distinct().order_by(own)


def corrects(relation: FromClause, past: bool) -> list[Truth]:
    """The relations that take the place of what they point to, at one moment."""
    some = [literal(predicate, String) for predicate in CORRECTING]
    return [relation.c.predicate.in_(some), current(relation, past)]


def correcting(claims: Any, past: bool) -> Select[Any]:
    """What these claims correct, what that corrects, and so on, in order."""
    first, further, edge = (RELATION.alias() for _ in range(3))
    start = select(first.c.claim_id.label("id")).where(first.c.claim_id.in_(claims))
    found = start.where(*corrects(first, past)).cte(recursive=True)
    onward = select(further.c.object).join(found, further.c.claim_id == found.c.id)
    every = found.union(onward.where(*corrects(further, past)))
    return (
        select(edge.c.claim_id, edge.c.predicate, edge.c.object)
        .where(edge.c.claim_id.in_(select(every.c.id)), *corrects(edge, past))
        .order_by(edge.c.claim_id, edge.c.n)
    )


def group_key(tables: Tables, by: str) -> Any:
    """The key of a row's group: who said it (together), their root, a dimension, nothing.

    A key is text, so that a page can start behind it: ``rules/group_keys`` says what it stands for.
    Who is named by nobody is somebody else in every document; who speaks together is another voice
    than each alone. Of ``dim.NAME`` and ``attr.NAME``, all of it is bound as ``named``.
    """
    claim = tables.table.c
    if by == "none":
        return literal("", String)
    if by in TRAIT_FIELDS:
        trait, own = _named(tables.row)
        value = select(PART + trait.c.word).where(*own).correlate(tables.row).scalar_subquery()
        return func.coalesce(value, "")
    if by == "document":
        return claim.document
    nobody = NOBODY + claim.document
    if by == "origin_root":
        return func.coalesce(_roots(tables), nobody)
    one, joint = _only_origin(tables), _joint_origins(tables, by == "claimant")
    named = (one,) if by == "origin" else (claim.claimant, one)
    return func.coalesce(joint, *named, nobody)


def _named(figure: FromClause) -> tuple[FromClause, list[Truth]]:
    """The dimension or attribute of a figure that is bound as ``named``."""
    trait, name = TRAIT.alias(), bindparam("named", type_=String)
    return trait, [belongs_to_figure(trait, figure), trait.c.name == name]


def _origins(tables: Tables) -> tuple[FromClause, Truth]:
    """The sources at the end of a row's chain."""
    hop = ATTRIBUTION.alias()
    return hop, and_(same_version(hop, tables.table), hop.c.is_origin)


def _only_origin(tables: Tables) -> Any:
    hop, own = _origins(tables)
    return select(func.max(hop.c.source)).where(own).correlate(tables.table).scalar_subquery()


def _joint_origins(tables: Tables, claimants: bool) -> Any:
    """All of several origins; null of one or none, which is told without putting them in order.

    As claimants they are one voice where the claimant is one of them, or nobody.
    """
    hop, own = _origins(tables)
    several = func.min(hop.c.source) < func.max(hop.c.source)
    if claimants:
        claimant = func.coalesce(tables.table.c.claimant, hop.c.source)
        several = and_(several, func.max(case((hop.c.source == claimant, 1), else_=0)) == 1)
    together = select(several).where(own).correlate(tables.table).scalar_subquery()
    joint, those = _origins(tables)
    listed = _joined(tables, select(joint.c.source.label("source")).where(those))
    return case((together, listed), else_=None)


def _roots(tables: Tables) -> Any:
    """The roots of a row's origins; an origin whose root is unknown stands for itself."""
    hop, own = _origins(tables)
    known = under_roots(tables.past)
    root = func.coalesce(known.c.root, hop.c.source).label("source")
    joined = hop.outerjoin(known, known.c.id == hop.c.source)
    return _joined(tables, select(root).select_from(joined).where(own))


def _joined(tables: Tables, sources: Select[Any]) -> Any:
    """Sources as one text, each once, in order."""
    every = sources.distinct().order_by(sources.selected_columns[0])
    each = every.correlate(tables.table).subquery()
    return select(joined_texts(each.c.source, literal(TOGETHER, String))).scalar_subquery()
