"""Series as JSON: stored figures with what places them in time and on a plot."""

import math
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from typing import Any

from app.render import documents
from app.render.documents import text
from app.rules import edtf, group_keys
from app.rules.edtf import OPEN_FUTURE, OPEN_PAST
from app.rules.intervals import Interval

Plain = tuple[float | None, float | None, float | None]


def points(found: Iterable[Any], dated: bool) -> str:
    """A JSON array of points."""
    return f"[{','.join(point(one, dated) for one in found)}]"


def groups(found: Iterable[Any], dated: bool, by: str = "claimant") -> str:
    """The points by group, in the order in which they come."""
    parts = (
        f'{text(group_keys.group_fields(by, group))[:-1]},"points":{points(some, dated)}}}'
        for group, some in groupby(found, key=lambda one: one.group)
    )
    return f"[{','.join(parts)}]"


def point(one: Any, dated: bool) -> str:
    """One figure, spliced: as the list of quantities answers it, and its place."""
    step = "null" if one.step is None else f'"{one.step}"'
    time = _ends(one.figure.time)
    place = _dates(one.figure.reach) if dated else _numbers(one.figure.reach, one.plain)
    row = documents.quantity(*documents.raw(one.row))[:-1].decode()
    return f'{row},"step":{step},"time":{{{time}}},"plot":{{{time},{place}}}}}'


def days(time: Interval) -> dict[str, str | None]:
    """The reference time as ISO dates; null where a side is open."""
    return {"from": day(time.lo), "to": day(time.hi)}


@lru_cache(maxsize=4096)
def _ends(time: Interval) -> str:
    """The same as text, without its braces: figures of a series share their days."""
    return text(days(time))[1:-1]


def day(number: float) -> str | None:
    """A day number as an ISO date; None for an open end."""
    return None if number in (OPEN_PAST, OPEN_FUTURE) else edtf.date_text(int(number))


def _dates(reach: Interval) -> str:
    """What there is to draw of dates."""
    inside = reach.lo <= reach.hi
    lower, upper = (day(end) if inside else None for end in reach)
    return _drawn("null", text(lower), text(upper), inside)


def _numbers(reach: Interval, plain: Plain) -> str:
    """What there is to draw of numbers: an open end has no number, and says so."""
    value, lower, upper = plain
    lo, hi = _end(reach.lo, lower, math.inf), _end(reach.hi, upper, -math.inf)
    return _drawn(number(value), lo, hi, reach.lo <= reach.hi)


def _drawn(value: str, lower: str, upper: str, inside: bool) -> str:
    below, above = (JSON_BOOLEANS[inside and end == "null"] for end in (lower, upper))
    return (
        f'"value":{value},"lower":{lower},"upper":{upper},"open_below":{below},"open_above":{above}'
    )


JSON_BOOLEANS = {True: "true", False: "false"}


def _end(reached: float, stored: float | None, inward: float) -> str:
    """A bound as it was stored, where the interval does not reach further than that."""
    if math.isinf(reached):
        return "null"
    if stored is not None and reached in (stored, math.nextafter(stored, inward)):
        return number(stored)
    return number(reached)


@lru_cache(maxsize=4096)
def number(x: float | None) -> str:
    """A double as JSON writes it best: whole numbers without a point."""
    if x is None:
        return "null"
    return str(int(x)) if float(x).is_integer() and abs(x) < 2**53 else text(x)
