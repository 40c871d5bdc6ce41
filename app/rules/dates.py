"""Fuzzy dates: what days an EDTF text (ISO 8601-2:2019) can mean, as closed spans of day numbers.

Day 0 is 1970-01-01 in the proleptic Gregorian calendar, with astronomical years (0 is 1 BCE).

The reader is our own: the `edtf` library (5.0.2) takes 2 to 40 ms a date where this takes 20 µs,
reads an unknown end as "within ten years", accepts 2023-02-29 and 2024/2023, ends a winter on
31 December, and meets `2024-1X` with a debug print and an AttributeError. Levels 0 and 1 are read
whole; of level 2 sets, digits unknown anywhere, qualified parts, exponents, seasons 25 to 41.
"""

import re
from calendar import isleap
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product, starmap
from typing import Literal

# The widest integers that survive a JSON reader made of doubles; SQL BIGINT is wider.
OPEN_PAST = -(2**53 - 1)
OPEN_FUTURE = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Span:
    """The days lo to hi, both included; OPEN_PAST and OPEN_FUTURE where there is no bound."""

    lo: int
    hi: int

    def __post_init__(self) -> None:
        if self.lo > self.hi:
            raise ValueError("The end lies before the start: write the earlier date first.")


Extent = tuple[Span, Span]
EVER = Span(OPEN_PAST, OPEN_FUTURE)
_PAST = Span(OPEN_PAST, OPEN_PAST)
_FUTURE = Span(OPEN_FUTURE, OPEN_FUTURE)

# The Gregorian calendar repeats after 400 years of this many days, so `date` serves any year.
_CYCLE = date(401, 1, 1).toordinal() - 1
_EPOCH = date(1970, 1, 1).toordinal()
_EXAMPLES = "Write EDTF, as in 2024, 2024-02-26, 197X, [..2024-05-12], 2022-02-24/2024 or -0044"

# First month and length of a year, a month and an EDTF season: 21 to 24 and 25 to 28 northern,
# 29 to 32 southern, then quarters, thirds and halves of a year.
_QUARTERLY = (3, 6, 9, 12) * 2 + (9, 12, 3, 6) + (1, 4, 7, 10)
_MONTHS: dict[int | None, tuple[int, int]] = {
    None: (1, 12),
    **{month: (month, 1) for month in range(1, 13)},
    **{code: (month, 3) for code, month in enumerate(_QUARTERLY, start=21)},
    **dict(enumerate([(1, 4), (5, 4), (9, 4), (1, 6), (7, 6)], start=37)),
}
_Q, _XX = "[?~%]?", "[0-9X]{2}"
_DATE = re.compile(rf"{_Q}(-?)({_XX}{_XX}){_Q}(?:-{_Q}({_XX}){_Q}(?:-{_Q}({_XX}){_Q})?)?")
_LONG_YEAR = re.compile(rf"Y(-?[1-9][0-9]*)(?:E([0-9]{{1,2}}))?{_Q}")
_HOUR = "(?:[01][0-9]|2[0-3])"
_TIME = rf"T{_HOUR}:[0-5][0-9]:(?:[0-5][0-9]|60)(?:Z|[+-]{_HOUR}(?::[0-5][0-9])?)?"
_DATE_TIME = re.compile(f"(-?[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}){_TIME}")


def day_number(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to this day of any year; months past 12 run into the next year."""
    years, month_before = divmod(month - 1, 12)
    cycles, year_of_cycle = divmod(year + years, 400)
    # `date` has no year 0, so it counts in the years 400 to 799, one cycle late.
    day_of_cycle = date(year_of_cycle + 400, month_before + 1, day).toordinal()
    return day_of_cycle + (cycles - 1) * _CYCLE - _EPOCH


def date_text(day: int) -> str:
    """The ISO 8601 date of a day number, for plots and reasons; an open end is `..`.

    Years past four digits take ISO's expanded form (`+170000002-01-01`), which EDTF cannot read.
    """
    if day in (OPEN_PAST, OPEN_FUTURE):
        return ".."
    cycles, day_of_cycle = divmod(day + _EPOCH - 1, _CYCLE)
    shown = date.fromordinal(day_of_cycle + 1)
    year = shown.year + cycles * 400
    sign = "-" if year < 0 else "+" if year > 9999 else ""
    return f"{sign}{abs(year):04}-{shown:%m-%d}"


def span(text: str) -> Span:
    """The days that an EDTF text can mean, from the first possible to the last.

    Qualifiers (? ~ %) do not widen: the standard gives them no measure, so the bounds are those of
    the plain date. Seasons 21 to 24 are the northern meteorological ones (winter 2024-24 is
    December 2024 to February 2025). A date-time is its day as written, whatever its offset.
    Unknown and open ends are unbounded. Raises ValueError, whose message never repeats the text.
    """
    start, end = extent(text)
    return Span(start.lo, end.hi)


@lru_cache(maxsize=4096)
def extent(text: str) -> Extent:
    """When the period of this text starts and when it ends, each as the days it can be.

    A plain date is the whole of itself: 2023 starts on 1 January and ends on 31 December. The
    ends of an interval are as wide as they are written. `..` lies before or after every day;
    an end left out is unknown, so it can be any day from the start on. `197X` and `[a..b]` are
    one unit that is not known, `{a..b}` all of them. Raises ValueError like `span`.
    """
    if len(text) > 100:
        raise ValueError(f"A date has at most 100 characters. {_EXAMPLES}.")
    if "/" in text:
        return _interval(text)
    if text[:1] + text[-1:] in ("[]", "{}"):
        return _set(text)
    moment = _DATE_TIME.fullmatch(text)
    return _date(moment[1] if moment else text)


def wanted(op: str, text: str) -> Span:
    """The days that a date filter asks for; a partial date is its whole span.

    eq and overlaps: its days; gte: from its first day, gt: after its last, lte: up to its last,
    lt: before its first. Raises ValueError for no date, no operator, or a bound that is open.
    """
    days = span(text)
    if op in ("eq", "overlaps"):
        return days
    edges = {"gte": days.lo, "gt": days.hi + 1, "lte": days.hi, "lt": days.lo - 1}
    if op not in edges:
        raise ValueError("Dates are compared by eq, gt, gte, lt, lte or overlaps.")
    if abs(edges[op]) > OPEN_FUTURE:
        raise ValueError("Nothing lies beyond an open end: give gt and lt a date with an end.")
    return Span(edges[op], OPEN_FUTURE) if op in ("gte", "gt") else Span(OPEN_PAST, edges[op])


def both(a: Span, b: Span) -> Span | None:
    """The days that two spans share, or None."""
    lo, hi = max(a.lo, b.lo), min(a.hi, b.hi)
    return Span(lo, hi) if lo <= hi else None


def reference(period: str | None, stated: str | None) -> Span:
    """The time that a figure describes: the end of its period, else when it was stated, else EVER.

    A period written as one date ends with its last day. A period that is still open (`2024-10/..`)
    names no end, so its figure stands for when it was stated, but never before the period began.
    """
    said = EVER if stated is None else span(stated)
    if period is None:
        return said
    start, end = extent(period)
    if end != _FUTURE:
        return end
    since = Span(start.lo, OPEN_FUTURE)
    return both(since, said) or since


def order(a: Span, b: Span) -> Literal["same", "later", "earlier", "unclear"]:
    """How reference time a stands to b; spans that overlap without being equal cannot tell."""
    if a == b and a.lo > OPEN_PAST and a.hi < OPEN_FUTURE:
        return "same"
    if a.lo > b.hi:
        return "later"
    return "earlier" if a.hi < b.lo else "unclear"


def _interval(text: str) -> Extent:
    first, _, last = text.partition("/")
    if not first and not last:
        raise ValueError(f"An interval needs a start or an end. {_EXAMPLES}.")
    end = _side(last, _FUTURE)
    start = _side(first, _PAST) or Span(OPEN_PAST, end.hi if end else OPEN_FUTURE)
    end = end or Span(start.lo, OPEN_FUTURE)
    # No end lies before its start, which narrows what overlaps; refuses an end before the start.
    return Span(start.lo, min(start.hi, end.hi)), Span(max(start.lo, end.lo), end.hi)


def _side(text: str, beyond: Span) -> Span | None:
    if text in ("", ".."):
        return beyond if text else None
    start, end = _date(text)
    return Span(start.lo, end.hi)


def _set(text: str) -> Extent:
    members = [extent for member in text[1:-1].split(",") for extent in _member(member)]
    starts, ends = zip(*members, strict=True)
    # One of them may start with any and end with any; all of them start with the first.
    inner_start, inner_end = (max, min) if text[0] == "[" else (min, max)
    start = Span(min(s.lo for s in starts), inner_start(s.hi for s in starts))
    end = Span(inner_end(e.lo for e in ends), max(e.hi for e in ends))
    return start, end


def _member(text: str) -> list[Extent]:
    first, dots, last = text.partition("..")
    if not dots or not (first or last):
        return [_date(text)]
    start = _date(first) if first else (_PAST, _PAST)
    end = _date(last) if last else (_FUTURE, _FUTURE)
    Span(start[0].lo, end[1].hi)  # refuses an end before the start
    return [start, end]


def _date(text: str) -> Extent:
    choices = _choices(text)
    first = next(filter(None, starmap(_unit, product(*choices))), None)
    last = next(filter(None, starmap(_unit, product(*(c[::-1] for c in choices)))), None)
    if first is None or last is None:
        raise ValueError("The calendar has no such date: check the month and the day.")
    return Span(first.lo, last.lo), Span(first.hi, last.hi)


def _choices(text: str) -> tuple[list[int], list[int | None], list[int | None]]:
    """The years, months and days that fit the digits given, in order of time."""
    long = _LONG_YEAR.fullmatch(text)
    year = int(long[1]) * 10 ** int(long[2] or 0) if long else 0
    if 9999 < abs(year) < 10**13:  # days beyond would come near the open ends
        return [year], [None], [None]
    parts = _DATE.fullmatch(text)
    if parts is None:
        raise ValueError(f"This is not a date that can be read. {_EXAMPLES}.")
    return _years(parts[1], parts[2]), _fitting(parts[3], 12), _fitting(parts[4], 31)


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


def _unit(year: int, month: int | None, day: int | None) -> Span | None:
    """A year, a month or season, or a day; None where the calendar has none."""
    start, months = _MONTHS.get(month, (0, 0))
    if not start or (day is not None and months > 1):
        return None
    lo, hi = day_number(year, start, 1), day_number(year, start + months, 1) - 1
    if day is None:
        return Span(lo, hi)
    return Span(lo + day - 1, lo + day - 1) if 1 <= day <= hi - lo + 1 else None
