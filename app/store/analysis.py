"""The figures that an analysis rests on: found by every filter of /quantities, at one moment."""

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

from app.db import Reader, part_of_json
from app.errors import Fault, Invalid, NotFound
from app.models import MEASURE, QUANTITY
from app.models.question import QueryShape, Question
from app.rules.agreement import CORRECTING
from app.rules.edtf import OPEN_FUTURE, OPEN_PAST
from app.store import references
from app.store.as_of import current, head
from app.store.days import bounds
from app.store.orders import Base

DENIALS = ("deny", "retract")


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
def _counted(past: bool) -> Select[Any]:
    some = and_(QUANTITY.c.measure == bindparam("id"), current(QUANTITY, past))
    return select(exists().where(some))


async def measure(
    reader: Reader, id: str, moment: int | None, parameter: str = "", may_be_empty: bool = False
) -> Measured:
    """A measure that has figures; raises ``NotFound``, or ``Invalid`` where it has none.

    Where its id came as a parameter, an unknown one is ``Invalid`` too.
    """
    binds = {"id": id} if moment is None else {"id": id, "moment": moment}
    past = moment is not None
    found = await reader.rows(_measure(past), binds)
    if not found and parameter:
        raise Invalid(faults=(await references.lacks(reader, "measures", id, parameter),))
    if not found:
        raise NotFound()
    if not may_be_empty and not (await reader.rows(_counted(past), binds))[0][0]:
        fault = Fault("this measure has no figures", parameter=parameter or None, code="no_figures")
        raise Invalid("There is nothing to analyse.", (fault,))
    return Measured(id, json.loads(found[0][0]))


@lru_cache
def _has_part(kind: str, past: bool) -> Select[Any]:
    of = literal(PARTS[kind], String)
    has = part_of_json(QUANTITY.c.doc, of, bindparam("named", type_=String)).is_not(None)
    some = and_(QUANTITY.c.measure == bindparam("id"), current(QUANTITY, past), has)
    return select(exists().where(some))


PARTS = {"dim": "dimensions", "attr": "attributes"}


async def parts_known(
    reader: Reader, measure: Measured, moment: int | None, **asked: Iterable[str]
) -> None:
    """Raise ``Invalid`` for ``dim.NAME`` or ``attr.NAME`` that no figure of a measure has."""
    for parameter, names in asked.items():
        for kind, dot, name in (one.partition(".") for one in names):
            if not dot:
                continue
            binds = {"id": measure.id, "named": name, "moment": moment}
            if not (await reader.rows(_has_part(kind, moment is not None), binds))[0][0]:
                detail = f"no figure of this measure has any {kind}.{name}; "
                detail += f"its {PARTS[kind]} stand in /v1/quantities?measure={measure.id}"
                fault = Fault(detail, parameter=parameter, code="unknown_reference")
                raise Invalid(faults=(fault,))


async def moment_of(reader: Reader, question: Question) -> int:
    """The moment of the answer: the one asked about, else the last change."""
    if question.moment is not None:
        return question.moment
    last: int = (await reader.rows(head, {}))[0][0]
    return last


def reference(base: Base, shape: QueryShape) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """The days of a figure's reference time: the end of ``period``, else ``stated`` (design 4).

    A period that is still open names no end: its figure stands for when it was stated, but never
    before the period began.
    """
    claim, strict = base.table.c, shape.policy == "strict"
    missing = [claim[f"period_{side}_lo"] == OPEN_PAST for side in ("start", "end")]
    missing += [claim[f"period_{side}_hi"] == OPEN_FUTURE for side in ("start", "end")]
    said, start, end = (
        bounds(base.table, axis, strict) for axis in ("stated", "period_start", "period_end")
    )
    going_on, before = claim.period_end_lo == OPEN_FUTURE, said[1] < start[0]
    since = case((or_(before, start[0] > said[0]), start[0]), else_=said[0])
    until = case((before, OPEN_FUTURE), else_=said[1])
    return (
        case((and_(*missing), said[0]), (going_on, since), else_=end[0]),
        case((and_(*missing), said[1]), (going_on, until), else_=end[1]),
    )


def reach(base: Base, shape: QueryShape, dated: bool) -> tuple[Any, Any]:
    """How far a figure reaches, in doubles or, for a date, in days."""
    row = base.row.c
    if dated:
        return bounds(base.row, "date", shape.policy == "strict")
    return (row.strict_lo, row.strict_hi) if shape.policy == "strict" else (row.lo, row.hi)


def against(base: Base) -> ColumnElement[bool]:
    """Is the claim a denial: the figure is what is denied, or taken back?"""
    claim = base.table.c
    acts = [func.coalesce(claim.speech_act, "") == act for act in DENIALS]
    return or_(claim.polarity == "negative", *acts)


def in_favour(base: Base) -> ColumnElement[bool]:
    """The opposite of ``against``."""
    return not_(against(base))


def of_claim_and_version(table: Any, claim: Any) -> ColumnElement[bool]:
    """The rows beside a claim, of the same version."""
    return and_(table.c.claim_id == claim.c.id, table.c.version == claim.c.version)


def corrects(relation: FromClause, past: bool) -> list[ColumnElement[bool]]:
    """The relations that take the place of what they point to, at one moment."""
    some = [literal(predicate, String) for predicate in CORRECTING]
    return [relation.c.predicate.in_(some), current(relation, past)]
