"""What the digits of one EDTF date allow, and how far its signs say that it may be off."""

import re
from calendar import isleap
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from app.rules.date_refusals import not_read

MARKS = frozenset("?~%")

# First month and length of a year, a month and an EDTF season: 21 to 24 and 25 to 28 northern,
# 29 to 32 southern, then quarters, thirds and halves of a year.
_QUARTERLY = (3, 6, 9, 12) * 2 + (9, 12, 3, 6) + (1, 4, 7, 10)
MONTHS: dict[int | None, tuple[int, int]] = {
    None: (1, 12),
    **{month: (month, 1) for month in range(1, 13)},
    **{code: (month, 3) for code, month in enumerate(_QUARTERLY, start=21)},
    **dict(enumerate([(1, 4), (5, 4), (9, 4), (1, 6), (7, 6)], start=37)),
}
SEASONS = range(21, 33)
_Q, _XX = "([?~%]?)", "[0-9X]{2}"
_DATE = re.compile(rf"{_Q}(-?)({_XX}{_XX}){_Q}(?:-{_Q}({_XX}){_Q}(?:-{_Q}({_XX}){_Q})?)?")
_LONG_YEAR = re.compile(rf"Y(-?[1-9][0-9]*)(?:E([0-9]{{1,2}}))?(?:S([1-9][0-9]?))?{_Q}")
_ROUND_YEAR = re.compile(rf"(-?[0-9]{{4}})()S([1-4]){_Q}")


class Form(NamedTuple):
    """What the digits of one date allow, in order of time, and the unit that it may be off by."""

    years: list[int]
    months: list[int | None]
    days: list[int | None]
    unit: tuple[int, int] | None  # months and days
    exact_day: bool


def form_of(text: str) -> Form:
    """What one date allows; raises ValueError for what is none."""
    long = _LONG_YEAR.fullmatch(text) or _ROUND_YEAR.fullmatch(text)
    if long:
        return _long_year(text, long)
    parts = _DATE.fullmatch(text)
    if parts is None:
        raise ValueError(not_read(text))
    years = _years(parts[2], parts[3])
    unit = _unit_of(parts) if not MARKS.isdisjoint(text) else None
    exact = parts[9] is not None and "X" not in parts[9]
    return Form(years, _fitting(parts[6], 12), _fitting(parts[9], 31), unit, exact)


def _long_year(text: str, found: re.Match[str]) -> Form:
    """A year beyond four digits, or one of which only the first digits are significant."""
    year = int(found[1]) * 10 ** int(found[2] or 0)
    digits = len(str(abs(year)))
    significant = int(found[3] or digits)
    if abs(year) >= 10**13:  # days beyond would come near the open ends
        raise ValueError("A year has at most 13 digits. Write fewer.")
    if significant > digits or (text[0] == "Y" and abs(year) <= 9999) or found[1] == "-0000":
        raise ValueError(not_read(text))
    step = 10 ** (digits - significant)
    first = abs(year) // step * step
    years = sorted({first, first + step - 1}) if year >= 0 else [-first - step + 1, -first]
    off_by = step if found[3] else 10 ** int(found[2] or 0)
    return Form(years, [None], [None], (12 * off_by, 0) if found[4] else None, False)


def _unit_of(parts: re.Match[str]) -> tuple[int, int]:
    """How far the qualified parts may be off, together, in months and days: each by one unit.

    A sign after a part is about it and those before it, and so about a time of that precision; one
    before a part is about it alone. Where its digits are unknown, the unit is the next one up.
    """
    mask, month, day = parts[3], parts[6], parts[9]
    years = 12 * 10 ** (4 - mask.index("X")) if "X" in mask else 12
    months = years if month is None or "X" in month else MONTHS.get(int(month), (0, 1))[1]
    units = {(years, 0)} if parts[1] or parts[4] else set()
    if parts[5] or parts[7]:
        units.add((months, 0))
    if parts[8] or parts[10]:
        units.add((months, 0) if "X" in day else (0, 1))
    return sum(unit[0] for unit in units), sum(unit[1] for unit in units)


@lru_cache(maxsize=1024)
def _years(sign: str, mask: str) -> list[int]:
    """The first and last years that fit, and the first and last with a 29 February."""
    years = [year for year in _fitting(mask, 9999) if year is not None]
    if sign:  # counted back from zero, and -0000 is no year
        years = [-year for year in reversed(years) if year]
    leap = [year for year in years if isleap(year)]
    return sorted({*years[:1], *leap[:1], *leap[-1:], *years[-1:]})


def _fitting(mask: str | None, highest: int) -> list[int | None]:
    if mask is None or "X" not in mask:
        return [int(mask) if mask else None]
    digits = product(*("0123456789" if char == "X" else char for char in mask))
    return [number for chosen in digits if (number := int("".join(chosen))) <= highest]
