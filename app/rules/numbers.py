"""Exact decimals: reading them, printing them, and how far an approximate one may reach.

Figures are exact (design, section 1): no float, and no rounding to 28 digits on the way.
"""

import re
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, Inexact
from fractions import Fraction
from functools import lru_cache

LONGEST = 1000
"""The most characters a figure may have."""
LARGEST = Decimal("1e300")
SMALLEST = Decimal("1e-300")
"""Figures lie within ±LARGEST, and a figure that is not zero is no nearer to it than SMALLEST."""

# 1000 digits at 1e300 beside 1000 digits at 1e-300 are 1600 places; the rest is room.
_EXACT = Context(prec=2500, Emax=999_999, Emin=-999_999)
_REPEATING_DIGITS = 12
_LONGEST_PLAIN = 500  # digits; a longer number is spelled with an exponent, one spelling too
_ROUNDED_DIGITS = 600

_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:[.][0-9]+)?(?:[eE]([+-]?[0-9]+))?")
_GROUPED = re.compile(
    r"(?:\d+|[1-9]\d{0,2}([,'_ ])\d{3}(?:\1\d{3})*|[1-9]\d?(?:,\d{2})+,\d{3}|(?=\.))"
    r"(?:\.\d+)?(?:e([+-]?\d+))?"
)


@lru_cache(maxsize=4096)
def exact(text: str) -> Decimal:
    """The figure that a JSON number's text stands for, digit for digit.

    Raises ValueError, with a sentence for a person, for anything that is no JSON number, is longer
    than 1000 characters, or lies beyond 1e±300.
    """
    if len(text) > LONGEST:
        raise ValueError(f"A figure has at most {LONGEST} characters.")
    found = _JSON_NUMBER.fullmatch(text)
    if not found:
        raise ValueError(
            "A figure is a decimal number such as 6700, -0.5 or 6.67430e-11, without a plus sign."
        )
    return _in_range(text, found[1])


def parse_grouped(text: str) -> Decimal:
    """The figure printed in digits: "6,700", "7 000", "12,34,567", "1'000.5", ".5", "1e6".

    "." is the decimal point; a grouping mark counts only where a group may end, and one figure has
    one kind of mark. Raises ValueError otherwise: "1,23" could be anything.
    """
    found = _GROUPED.fullmatch(text)
    if not found:
        raise ValueError(
            "These digits are not grouped as one number. The `language` of the document's source, "
            'as in "de", decides how its figures are written.'
        )
    return _in_range(re.sub("[,'_ ]", "", text), found[2])


def _in_range(text: str, exponent: str | None) -> Decimal:
    mantissa = text.lower().partition("e")[0]
    if not mantissa.strip("-0."):
        return Decimal(0)
    # The exponent is looked at first: Decimal itself refuses one of twenty digits.
    if abs(int(exponent or 0)) > 3 * LONGEST or not storable(number := Decimal(text)):
        raise ValueError("A figure lies within 1e300, and no nearer to zero than 1e-300.")
    return number


def storable(number: Decimal) -> bool:
    """Whether a figure is small enough, and far enough from zero, to be kept."""
    return not number or SMALLEST <= number.copy_abs() <= LARGEST


def plain(number: Decimal) -> str:
    """The digits without exponent and without trailing zeros: "4800000", "0.5"."""
    if not number:
        return "0"
    digits = format(number, "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def last_place(number: Decimal) -> Decimal:
    """The place value of the last significant digit (the design's u).

    With digits written after a decimal point that is the last one written (4.80 -> 0.01), otherwise
    the last that is not zero (6700 -> 100; zero -> 0).
    """
    if not number:
        return Decimal(0)
    exponent = int(number.as_tuple().exponent)
    if exponent == 0:
        exponent = int(reduced(number).as_tuple().exponent)
    return Decimal((0, (1,), exponent))


def reduced(number: Decimal) -> Decimal:
    """The same number without trailing zeros, as a product of exact factors may have them."""
    return _EXACT.normalize(number)


def tolerance(number: Decimal, last_place: Decimal | None) -> Decimal:
    """How far "about" reaches to each side: min(2u, 10 % of the figure).

    2u is Ferson et al. 2015 for "about"; on round numbers it explodes ("about 3 million" would be 1
    to 5 million), so it is capped at the 10 % of FHIR's ``ap``. Without a last place (a third has
    no last digit) the cap alone decides.
    """
    tenth = _EXACT.scaleb(number.copy_abs(), -1)
    return tenth if last_place is None else min(_EXACT.multiply(last_place, 2), tenth)


def moved(number: Decimal, places: int) -> Decimal:
    """The number with its point moved so many places to the right, digit for digit."""
    return _EXACT.scaleb(number, places)


def plus(first: Decimal, second: Decimal) -> Decimal:
    """The exact sum."""
    return _EXACT.add(first, second)


def times(first: Decimal, second: Decimal) -> Decimal:
    """The exact product."""
    return _EXACT.multiply(first, second)


def decimals(fraction: Fraction) -> tuple[Decimal, Decimal, Decimal]:
    """A fraction as (value, lower, upper): thrice the same where it has finite decimals.

    Otherwise (a third) the value has 12 digits, and lower and upper bracket it.
    """
    top, bottom = Decimal(fraction.numerator), Decimal(fraction.denominator)
    if bottom == 1:
        return top, top, top
    context = _EXACT.copy()
    context.clear_flags()
    finite = context.divide(top, bottom)
    if not context.flags[Inexact]:
        return finite, finite, finite
    nearest = Context(prec=_REPEATING_DIGITS).divide(top, bottom)
    below = Context(prec=_REPEATING_DIGITS, rounding=ROUND_FLOOR).divide(top, bottom)
    above = Context(prec=_REPEATING_DIGITS, rounding=ROUND_CEILING).divide(top, bottom)
    return nearest, below, above


def outward(number: Decimal, upwards: bool) -> Decimal | None:
    """A derived bound in a form that can be stored, never tighter than it was.

    Beyond the largest figure there is no bound (None); nearer to zero than the smallest it is zero,
    or the smallest where zero would cut into the interval; one with too many characters loses its
    last digits.
    """
    positive = number > 0
    if number.copy_abs() > LARGEST:
        limit = LARGEST if positive else LARGEST.copy_negate()
        return limit if positive is not upwards else None
    if not storable(number):
        limit = SMALLEST if positive else SMALLEST.copy_negate()
        return limit if positive is upwards else Decimal(0)
    if len(plain(number)) <= LONGEST:
        return number
    rounding = ROUND_CEILING if upwards else ROUND_FLOOR
    return Context(prec=_ROUNDED_DIGITS, rounding=rounding).plus(number)


@lru_cache(maxsize=4096)
def canonical_value(value: int | str) -> str:
    """The one spelling of a value: the same for equal numbers, and the text for all else."""
    try:
        number = exact(str(value))
    except ValueError:
        return str(value)
    digits = plain(number)
    return digits if len(digits) <= _LONGEST_PLAIN else f"{reduced(number):E}"


def canonical_values(values: Mapping[str, int | str]) -> dict[str, str]:
    """Dimensions in the order of their names, each value in its one spelling: for comparison."""
    return {name: canonical_value(value) for name, value in sorted(values.items())}


def as_number(value: int | str) -> float | None:
    """The value in double precision, where it is a number: what above and below are asked of."""
    try:
        return float(exact(str(value)))
    except ValueError:
        return None
