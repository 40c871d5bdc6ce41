"""The figures that an analysis rests on: found by every filter of /quantities, at one moment."""

import json
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, not_, or_, select

from app.db import Reader
from app.errors import Fault, Invalid, NotFound
from app.models import MEASURE, QUANTITY
from app.models.question import Question, Shape
from app.rules.dates import OPEN_FUTURE, OPEN_PAST
from app.store.finality import reached
from app.store.moments import head, held
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
    return select(MEASURE.c.doc).where(MEASURE.c.id == bindparam("id"), held(MEASURE, past))


@lru_cache
def _counted(past: bool) -> Select[Any]:
    some = and_(QUANTITY.c.measure == bindparam("id"), held(QUANTITY, past))
    return select(exists().where(some))


async def measure(reader: Reader, id: str, moment: int | None, parameter: str = "") -> Measured:
    """A measure that has figures; raises ``NotFound``, or ``Invalid`` where it has none.

    Where its id came as a parameter, an unknown one is ``Invalid`` too.
    """
    await reached(reader, moment)
    binds = {"id": id} if moment is None else {"id": id, "moment": moment}
    past = moment is not None
    found = await reader.rows(_measure(past), binds)
    if not found and parameter:
        fault = Fault("no such measure", parameter=parameter, code="unknown_reference")
        raise Invalid(faults=(fault,))
    if not found:
        raise NotFound()
    if not (await reader.rows(_counted(past), binds))[0][0]:
        fault = Fault("this measure has no figures", parameter=parameter or None, code="no_figures")
        raise Invalid("There is nothing to analyse.", (fault,))
    return Measured(id, json.loads(found[0][0]))


async def moment_of(reader: Reader, question: Question) -> int:
    """The moment of the answer: the one asked about, else the last change."""
    if question.moment is not None:
        return question.moment
    last: int = (await reader.rows(head, {}))[0][0]
    return last


def reference(base: Base) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """The days of a figure's reference time: the end of ``period``, else ``stated`` (design 4)."""
    claim = base.table.c
    open_end = and_(claim.period_end_lo == OPEN_PAST, claim.period_end_hi == OPEN_FUTURE)
    return (
        case((open_end, claim.stated_lo), else_=claim.period_end_lo),
        case((open_end, claim.stated_hi), else_=claim.period_end_hi),
    )


def reach(base: Base, shape: Shape, dated: bool) -> tuple[Any, Any]:
    """How far a figure reaches, in doubles or, for a date, in days."""
    row = base.row.c
    if dated:
        return row.date_lo, row.date_hi
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
