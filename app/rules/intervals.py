"""Closed intervals in double precision: where a hedged figure can lie.

A predicate over an interval is *certain* if it holds on all of it, *impossible* if on none, else
*possible* (Kleene's strong three-valued logic). An open bound is the next double, so that every
comparison is a plain ≤, in Python and in SQL alike.
"""

import math
from collections.abc import Iterable
from typing import NamedTuple

from app.rules.edtf import MARKS, OPEN_FUTURE, OPEN_PAST, DaySpan, span
from app.rules.json_types import JsonObject


class Interval(NamedTuple):
    """A closed interval of doubles, or of day numbers; ``lo > hi`` holds nothing."""

    lo: float
    hi: float


ANYTHING = Interval(-math.inf, math.inf)
NOTHING = Interval(math.inf, -math.inf)
SIDES = ("lower", "upper")
SPREADS = frozenset({"confidence", "standard_deviation"})
"""Interval types whose ends the figure may well lie beyond: where they are drawn is convention."""


def hull(intervals: Iterable[Interval]) -> Interval:
    """The smallest interval that holds all of them, as for any mix of alternatives."""
    some = [one for one in intervals if one.lo <= one.hi]
    if not some:
        return NOTHING
    return Interval(min(one.lo for one in some), max(one.hi for one in some))


def wanted(conditions: Iterable[tuple[str, str]]) -> Interval:
    """The interval that a set of conditions such as ``("gte", "7000")`` asks for, in doubles."""
    lo, hi = ANYTHING
    for op, text in conditions:
        one = _condition(op, float(text))
        lo, hi = max(lo, one.lo), min(hi, one.hi)
    return Interval(lo, hi)


def _condition(op: str, x: float) -> Interval:
    return {
        "eq": Interval(x, x),
        "gte": Interval(x, math.inf),
        "gt": Interval(math.nextafter(x, math.inf), math.inf),
        "lte": Interval(-math.inf, x),
        "lt": Interval(-math.inf, math.nextafter(x, -math.inf)),
    }[op]


def question_days(text: str) -> DaySpan:
    """The days that a question's date means: as written, a season by the northern convention.

    A qualifier is refused: whether the question is to be widened too could be read both ways.
    """
    days = span(text, "written")
    if not MARKS.isdisjoint(text):
        raise ValueError(
            "A date in a question stands as it is, or for a range: it has no ~, ? or %. Leave the "
            "sign out, or write the range that is meant, as in 2024-01/2024-03."
        )
    return days


def filter_days(op: str, text: str) -> DaySpan:
    """The days that a date filter asks for; a partial date is its whole span.

    eq and overlaps: its days; gte: from its first day, gt: after its last, lte: up to its last,
    lt: before its first. Raises ValueError for no date, no operator, or a bound that is open.
    """
    days = question_days(text)
    if op in ("eq", "overlaps"):
        return days
    edges = {"gte": days.lo, "gt": days.hi + 1, "lte": days.hi, "lt": days.lo - 1}
    if op not in edges:
        raise ValueError("Dates are compared by eq, gt, gte, lt, lte or overlaps.")
    if abs(edges[op]) > OPEN_FUTURE:
        raise ValueError("Nothing lies beyond an open end: give gt and lt a date with an end.")
    return DaySpan(edges[op], OPEN_FUTURE) if op in ("gte", "gt") else DaySpan(OPEN_PAST, edges[op])


def soft(figure: JsonObject, side: str) -> bool:
    """Whether a figure's bound rests on convention, so that ``strict`` opens it."""
    basis = figure.get(f"{side}_basis")
    return basis == "convention" or (figure.get("interval_type") in SPREADS and basis != "domain")


def opened(figure: JsonObject) -> JsonObject:
    """A figure as ``strict`` has it: without the ends that rest on convention."""
    gone = {
        f"{side}{more}"
        for side in SIDES
        if soft(figure, side)
        for more in ("", "_inclusive", "_basis")
    }
    return {name: value for name, value in figure.items() if name not in gone}


def of_figure(figure: JsonObject, strict: bool = False, domain: Interval = ANYTHING) -> Interval:
    """The interval of a stored figure (exact decimals as text).

    Without bounds it is the measure's ``domain``; where a figure does not apply, or is a date,
    nothing; incoherent numbers give their hull. ``strict`` takes away every bound that rests on
    convention, and so never makes an interval narrower.
    """
    if figure.get("absence") == "not_applicable" or figure.get("date") is not None:
        return NOTHING
    if figure.get("absence"):
        return domain
    stated = [figure[name] for name in ("lower", "value", "upper") if figure.get(name) is not None]
    numbers = [float(str(number)) for number in stated]
    unbounded = figure.get("lower") is None and figure.get("upper") is None
    lo, hi = domain if unbounded else (bound(figure, "lower"), bound(figure, "upper"))
    if lo > hi or numbers != sorted(numbers):
        lo, hi = min([lo, *numbers]), max([hi, *numbers])
    if unbounded:
        return Interval(min([lo, *numbers]), max([hi, *numbers]))
    soft_lo, soft_hi = (strict and soft(figure, side) for side in SIDES)
    return Interval(-math.inf if soft_lo else lo, math.inf if soft_hi else hi)


def bound(figure: JsonObject, side: str) -> float:
    """A stored bound in double precision; infinite where there is none."""
    outward = -math.inf if side == "lower" else math.inf
    if figure.get(side) is None:
        return outward
    x = float(str(figure[side]))
    return x if figure.get(f"{side}_inclusive", True) else math.nextafter(x, -outward)
