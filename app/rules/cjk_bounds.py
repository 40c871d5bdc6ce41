"""From the parts of an East Asian wording to a figure with bounds, in the measure's unit.

The rules are those of ``bounds``, and one more: with 여, 余 or 余り the figure lies above x and
below x + u, u being the place of its last digit named (1万6500棟余: up to 16,600).
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import NamedTuple

from app.rules import lexicon, numbers, unit_labels
from app.rules.bounds import (
    BoundedFigure,
    Core,
    MeasureContext,
    in_unit,
    is_counted,
    spread,
    tolerance,
)
from app.rules.myriads import MyriadNumeral
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


class _Measured(NamedTuple):
    value: Decimal
    least: Decimal
    most: Decimal
    place: Decimal | None
    reach: Decimal


def bounded(worded: WordedFigure, yardstick: MeasureContext) -> BoundedFigure:
    """The figure with its bounds. Raises Unreadable for hedges that contradict each other."""
    if worded.rate:
        yardstick = in_unit(yardstick, f"{_base(yardstick.unit)}/{worded.rate}")
    low = _measured(_with_half(worded, yardstick), yardstick)
    if worded.low.kind == "least":
        found = _vague(worded, low, yardstick)
    elif worded.high:
        found = _range(worded, low, _measured(worded.high, yardstick), yardstick)
    elif worded.over:
        found = _over(worded.hedges, worded.over, low, yardstick)
    else:
        core = Core(
            low.least, low.most, low.value, low_tolerance=low.reach, high_tolerance=low.reach
        )
        found = spread(core, worded.hedges, yardstick)
    _refuse_nothing(found, yardstick)
    return found


def _base(unit: str) -> str:
    stem, slash, last = unit.rpartition("/")
    return stem if slash and last in lexicon.lexicon_of(None).rate_units else unit


def _with_half(worded: WordedFigure, yardstick: MeasureContext) -> MyriadNumeral:
    """1年半, of what can be halved."""
    low = worded.low
    if not worded.half:
        return low
    divisible = unit_labels.is_physical(yardstick.unit) or yardstick.statistic == "amount"
    if worded.high or not low.plain or low.amount.denominator > 1 or not divisible:
        raise Unreadable("A half stands behind a whole number of what can be halved.")
    return low._replace(amount=low.amount + Fraction(1, 2), place=Fraction(1, 2))


def _measured(numeral: MyriadNumeral, yardstick: MeasureContext) -> _Measured:
    factor = Fraction(1)
    if numeral.part:
        if _base(yardstick.unit) not in ("1", "%"):
            raise Unreadable("A part of a whole can only be read for a measure in '1' or '%'.")
        factor = Fraction(100 if _base(yardstick.unit) == "%" else 1)
    value, least, most = numbers.decimals(numeral.amount * factor)
    if not all(map(numbers.storable, (value, least, most))):
        raise Unreadable("A figure lies within 1e300, and no nearer to zero than 1e-300.")
    place = None if numeral.place is None else numbers.decimals(numeral.place * factor)[0]
    return _Measured(value, least, most, place, tolerance(value, place, yardstick))


def _vague(worded: WordedFigure, low: _Measured, yardstick: MeasureContext) -> BoundedFigure:
    if worded.high or worded.hedges - _UPWARDS:
        raise Unreadable("A vague word takes no hedge but one that points upwards.")
    core = Core(low.least, None, None, "vague", low.reach, low.reach)
    return spread(core, worded.hedges, yardstick)


def _range(
    worded: WordedFigure, low: _Measured, high: _Measured, yardstick: MeasureContext
) -> BoundedFigure:
    if worded.over:
        raise Unreadable("Only one end of the range is hedged.")
    if worded.hedges & {"nearly", "less_than"}:
        raise Unreadable("A range and this hedge together read two ways: of one end, or of both.")
    core = Core(low.least, high.most, None, "between", low.reach, high.reach)
    return spread(core, worded.hedges, yardstick)


def _over(
    hedges: frozenset[str], over: str, low: _Measured, yardstick: MeasureContext
) -> BoundedFigure:
    """Above x and below x + u; beside another hedge the wider bounds."""
    if hedges & _AGAINST_OVER:
        raise Unreadable("The hedges contradict each other: one says above, the other below.")
    if low.place is None or not low.value or (is_counted(yardstick) and low.place <= 1):
        raise Unreadable("'And some' is less than one more here, and there is nothing between.")
    around = "approximate" in hedges
    reach = max(low.reach, low.place) if around else low.place
    core = Core(low.least, low.most, low.value, low_tolerance=low.reach, high_tolerance=reach)
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
