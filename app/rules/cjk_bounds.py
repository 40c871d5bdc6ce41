"""From the parts of an East Asian wording to a figure with bounds, in the measure's unit.

The rules are those of ``bounds``, and one more: with 여, 余 or 余り the figure lies above x and
below x + u, u being the place of its last digit named (1万6500棟余: up to 16,600).
"""

from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction
from typing import NamedTuple

from app.rules import numbers, unit_labels
from app.rules.bounds import (
    BoundedFigure,
    MeasureContext,
    MeasuredNumber,
    in_decimals,
    in_unit,
    is_counted,
    spread,
    tolerance,
)
from app.rules.cjk_numerals import MyriadNumeral
from app.rules.tokenizer import Unreadable

_UPWARDS = frozenset({"more_than", "at_least"})
_AGAINST_OVER = frozenset({"nearly", "less_than", "up_to", "exact"})


class WordedFigure(NamedTuple):
    """The parts of a wording: hedges, a figure or a range, "and some", "and a half", a rate.

    ``over`` is the hedge that the word for "and some" is in this language.
    """

    hedges: frozenset[str]
    low: MyriadNumeral
    high: MyriadNumeral | None
    over: str | None
    half: bool
    rate: str | None


def bounded(worded: WordedFigure, yardstick: MeasureContext) -> BoundedFigure:
    """The figure with its bounds. Raises Unreadable for hedges that contradict each other."""
    if worded.rate:
        yardstick = in_unit(yardstick, unit_labels.per(yardstick.unit, worded.rate))
    numeral, hedges = _with_half(worded, yardstick), worded.hedges
    low = _measured(numeral, yardstick)
    if numeral.kind == "least":
        if worded.high or hedges - _UPWARDS:
            raise Unreadable("A vague word takes no hedge but one that points upwards.")
        found = spread(low.vague, hedges, yardstick)
    elif worded.high:
        if worded.over:
            raise Unreadable("Only one end of the range is hedged.")
        if hedges & {"nearly", "less_than"}:
            reason = "A range and this hedge together read two ways: of one end, or of both."
            raise Unreadable(reason)
        found = spread(low.to(_measured(worded.high, yardstick)), hedges, yardstick)
    elif worded.over:
        found = _over(hedges, worded.over, low, yardstick)
    else:
        found = spread(low.point, hedges, yardstick)
    _refuse_nothing(found, yardstick)
    return found


def _with_half(worded: WordedFigure, yardstick: MeasureContext) -> MyriadNumeral:
    """1年半, of what can be halved."""
    low = worded.low
    if not worded.half:
        return low
    divisible = unit_labels.is_physical(yardstick.unit) or yardstick.statistic == "amount"
    if worded.high or not low.plain or low.amount.denominator > 1 or not divisible:
        raise Unreadable("A half stands behind a whole number of what can be halved.")
    return low._replace(amount=low.amount + Fraction(1, 2), place=Fraction(1, 2))


def _measured(numeral: MyriadNumeral, yardstick: MeasureContext) -> MeasuredNumber:
    whole = {"1": 1, "%": 100}.get(unit_labels.without_rate(yardstick.unit), 0)
    if numeral.part and not whole:
        raise Unreadable("A part of a whole can only be read for a measure in '1' or '%'.")
    numeral = numeral.scaled(whole) if numeral.part else numeral
    value, least, most = in_decimals(numeral.amount)
    place = None if numeral.place is None else numbers.decimals(numeral.place)[0]
    return MeasuredNumber(value, least, most, place, tolerance(value, place, yardstick))


def _over(
    hedges: frozenset[str], over: str, low: MeasuredNumber, yardstick: MeasureContext
) -> BoundedFigure:
    """Above x and below x + u; beside another hedge the wider bounds."""
    if hedges & _AGAINST_OVER:
        raise Unreadable("The hedges contradict each other: one says above, the other below.")
    if low.place is None or not low.value or (is_counted(yardstick) and low.place <= 1):
        raise Unreadable("'And some' is less than one more here, and there is nothing between.")
    around = "approximate" in hedges
    reach = max(low.reach, low.place) if around else low.place
    core = low.point._replace(high_tolerance=reach)
    found = spread(core, hedges - {"just_over"} or frozenset({"just_over"}), yardstick)
    if found.hedge == "just_over" and found.upper == numbers.plus(low.value, low.place):
        found = found._replace(upper_inclusive=False)
    return found._replace(hedge=over) if found.hedge == "just_over" else found


def _refuse_nothing(figure: BoundedFigure, yardstick: MeasureContext) -> None:
    """Refuse an interval without anything that the measure has: 0명 미만, half a person."""
    if figure.hedge == "less_than" and figure.value == yardstick.domain_min:
        raise Unreadable("The measure has nothing below this figure.")
    if not is_counted(yardstick) or figure.lower is None or figure.upper is None:
        return
    least = figure.lower.to_integral_value(ROUND_CEILING)
    most = figure.upper.to_integral_value(ROUND_FLOOR)
    least += least == figure.lower and not figure.lower_inclusive
    most -= most == figure.upper and not figure.upper_inclusive
    if least > most:
        raise Unreadable("The measure counts things, and no whole number lies there.")
