"""Series as JSON: stored figures with what places them in time and on a plot."""

import math
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from app.render import documents
from app.render.documents import text
from app.rules import dates
from app.rules.agreement import Figure
from app.rules.dates import OPEN_FUTURE, OPEN_PAST

Plain = tuple[float | None, float | None, float | None]


def points(found: Iterable[Any], dated: bool) -> str:
    """A JSON array of points."""
    return f"[{','.join(point(one, dated) for one in found)}]"


def groups(found: Iterable[Any], dated: bool) -> str:
    """The points by group, in the order in which they come."""
    parts = (
        f'{{"group":{text(group or None)},"points":{points(some, dated)}}}'
        for group, some in groupby(found, key=lambda one: one.group)
    )
    return f"[{','.join(parts)}]"


def point(one: Any, dated: bool) -> str:
    """One figure, spliced: as the list of quantities answers it, and its place."""
    more = {"step": one.step, "time": days(one.figure), "plot": plot(one.figure, one.plain, dated)}
    row = documents.quantity(*documents.raw(one.row))
    return f"{row[:-1].decode()},{text(more)[1:]}"


def days(figure: Figure) -> dict[str, str | None]:
    """The reference time as ISO dates; null where a side is open."""
    return {"from": day(figure.time.lo), "to": day(figure.time.hi)}


def day(number: float) -> str | None:
    """A day number as an ISO date; None for an open end."""
    return None if number in (OPEN_PAST, OPEN_FUTURE) else dates.date_text(int(number))


def plot(figure: Figure, plain: Plain, dated: bool) -> dict[str, Any]:
    """Plain numbers (or dates) to draw with: an open end has no number, and says so."""
    lo, hi = figure.reach
    value, lower, upper = plain
    ends: tuple[Any, Any] = (None, None)
    if not dated:
        ends = (_end(lo, lower, math.inf), _end(hi, upper, -math.inf))
    elif lo <= hi:
        ends = (day(lo), day(hi))
    inside = lo <= hi
    return {
        **days(figure),
        "value": None if dated else number(value),
        "lower": ends[0],
        "upper": ends[1],
        "open_below": inside and ends[0] is None,
        "open_above": inside and ends[1] is None,
    }


def _end(reached: float, stored: float | None, inward: float) -> int | float | None:
    """A bound as it was stored, where the interval does not reach further than that."""
    if math.isinf(reached):
        return None
    same = stored is not None and reached in (stored, math.nextafter(stored, inward))
    return number(stored if same else reached)


def number(x: float | None) -> int | float | None:
    """A double as JSON writes it best: whole numbers without a point."""
    if x is None:
        return None
    return int(x) if float(x).is_integer() and abs(x) < 2**53 else x
