"""Dimensions and attributes: when two values of one are the same, and which are numbers.

A number is the same however it was sent (152, "152", 152.0, 1.52e2); any other text is compared as
it stands. Nothing goes through a float but the comparison with greater and less.
"""

from functools import lru_cache

from app.rules import numbers

LONG = 500
"""Digits; a longer number is spelled with an exponent, which is one spelling too."""


@lru_cache(maxsize=4096)
def canonical(value: int | str) -> str:
    """The one spelling of a value: the same for equal numbers, and the text for all else."""
    try:
        number = numbers.exact(str(value))
    except ValueError:
        return str(value)
    digits = numbers.plain(number)
    return digits if len(digits) <= LONG else f"{numbers.reduced(number):E}"


def as_number(value: int | str) -> float | None:
    """The value in double precision, where it is a number: what above and below are asked of."""
    try:
        return float(numbers.exact(str(value)))
    except ValueError:
        return None
