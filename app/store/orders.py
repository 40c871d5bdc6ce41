"""What a list selects from, and the keys of its order."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import FromClause, case, func

from app.models.question import QueryShape
from app.rules.edtf import OPEN_FUTURE, OPEN_PAST
from app.store.filters_sql import Truth, published


class Base(NamedTuple):
    """What a list selects from: its rows, their claims (for quantities), and the document."""

    table: FromClause
    row: FromClause
    document: FromClause
    where: list[Truth]
    lead: FromClause | None = None


def order(base: Base, shape: QueryShape) -> tuple[list[Any], bool]:
    """The keys of the order: lower bounds, unknown ones last in both directions, then the id."""
    descending, name = shape.sort.startswith("-"), shape.sort.lstrip("-")
    of_quantity = shape.resource == "quantities"
    tie = [base.row.c.claim_id, base.row.c.n] if of_quantity else [base.row.c.id]
    if name == "id":
        first = tie[0] if base.lead is None else base.lead.c.claim_id
        return [first, *tie], descending
    return [SORT_KEYS[name](base, descending), *tie], descending


def _published(base: Base, descending: bool) -> Any:
    first = published(base.table, base.document)[0]
    return first if descending else case((first == OPEN_PAST, OPEN_FUTURE), else_=first)


def _lowest(row: FromClause) -> Any:
    """A figure's lower bound; one that is nowhere has none (its ``lo`` is +∞)."""
    return case((row.c.lo > row.c.hi, -math.inf), else_=row.c.lo)


def _number(name: str) -> Callable[[Base, bool], Any]:
    """A stored number; one that is not known is beyond all that are."""
    return lambda base, down: func.coalesce(base.row.c[name], -math.inf if down else math.inf)


def _period(base: Base, descending: bool) -> Any:
    first = base.table.c.period_start_lo
    return first if descending else case((first == OPEN_PAST, OPEN_FUTURE), else_=first)


SORT_KEYS: dict[str, Callable[[Base, bool], Any]] = {
    "stated": lambda base, down: base.table.c.stated_lo if down else base.table.c.stated_asc,
    "published": _published,
    "period": _period,
    "recorded_at": lambda base, _: base.row.c.recorded_at,
    "value": lambda base, down: _lowest(base.row) if down else base.row.c.lo_asc,
    "nominal": _number("nominal"),
    "upper": _number("upper"),
}
