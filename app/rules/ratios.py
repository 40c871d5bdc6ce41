"""Exact interval arithmetic, and the ratios implied by two figures (Moore, 1966)."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from app.rules.intervals import SIDES, soft
from app.rules.json_types import JsonObject
from app.rules.numbers import exact, plain

DIGITS = 12
"""A ratio is told in so many digits; its bounds are rounded outwards and hold the exact one."""


class ExactBound(NamedTuple):
    """One end of an exact interval; ``at`` is None where it is open to infinity."""

    at: Fraction | None
    inclusive: bool = False


class ExactInterval(NamedTuple):
    """An exact interval."""

    lo: ExactBound
    hi: ExactBound


OPEN = ExactBound(None)
ANYTHING = ExactInterval(OPEN, OPEN)


def reach(figure: JsonObject, strict: bool = False) -> ExactInterval:
    """The exact interval of a stored figure; incoherent numbers give their hull.

    ``strict`` takes away the bounds that rest on convention.
    """
    if figure.get("absence"):
        return ANYTHING
    found = [_end(figure, side) for side in SIDES]
    stated = [Fraction(exact(figure[n])) for n in ("lower", "value", "upper") if n in figure]
    if stated != sorted(stated):
        lo, hi = ExactBound(min(stated), True), ExactBound(max(stated), True)
        found = [lo if found[0].at is not None else OPEN, hi if found[1].at is not None else OPEN]
    opened = [strict and soft(figure, side) for side in SIDES]
    lower, upper = (OPEN if gone else end for gone, end in zip(opened, found, strict=True))
    return ExactInterval(lower, upper)


def _end(figure: JsonObject, side: str) -> ExactBound:
    if figure.get(side) is None:
        return OPEN
    return ExactBound(Fraction(exact(figure[side])), bool(figure.get(f"{side}_inclusive", True)))


def divided(over: ExactInterval, under: ExactInterval) -> ExactInterval:
    """Every ratio of a number of the one and a number (but 0) of the other."""
    low, high = under.lo.at, under.hi.at
    if high is not None and high <= 0:
        return divided(_mirrored(over), _mirrored(under)) if low != 0 else ANYTHING
    if low is None or low < 0 or high == 0:
        return ANYTHING
    least = ExactBound(Fraction(0)) if high is None else ExactBound(1 / high, under.hi.inclusive)
    most = OPEN if low == 0 else ExactBound(1 / low, under.lo.inclusive)
    return ExactInterval(_times(over.lo, least, most), _times(over.hi, most, least))


def _mirrored(one: ExactInterval) -> ExactInterval:
    lo, hi = (end._replace(at=None if end.at is None else -end.at) for end in one)
    return ExactInterval(hi, lo)


def _times(end: ExactBound, positive: ExactBound, negative: ExactBound) -> ExactBound:
    """An end times the outward factor for its sign; factors are never negative."""
    if end.at is None:
        return OPEN
    if end.at == 0:
        return end
    factor = positive if end.at > 0 else negative
    if factor.at is None:
        return OPEN
    return ExactBound(end.at * factor.at, end.inclusive and factor.inclusive)


def nominal(over: JsonObject, under: JsonObject) -> str | None:
    """The ratio of the nominal values, where both have one, and not why there is none."""
    if any("value" not in one or "absence" in one for one in (over, under)):
        return None
    above, below = (Fraction(exact(one["value"])) for one in (over, under))
    return rounded_decimal(above / below, ROUND_HALF_EVEN) if below else None


def bounds(one: ExactInterval) -> dict[str, Any]:
    """An exact interval as bounds in ``DIGITS`` digits."""
    found: dict[str, Any] = {"lower": None, "upper": None}
    sides = (("lower", one.lo, ROUND_FLOOR), ("upper", one.hi, ROUND_CEILING))
    for side, end, rounding in sides:
        if end.at is not None:
            found |= {side: rounded_decimal(end.at, rounding), f"{side}_inclusive": end.inclusive}
    return found


def rounded_decimal(ratio: Fraction, rounding: str) -> str:
    """A fraction as a decimal of at most ``DIGITS`` digits, rounded this way."""
    context = Context(prec=DIGITS, rounding=rounding)
    return plain(context.divide(Decimal(ratio.numerator), Decimal(ratio.denominator)))
