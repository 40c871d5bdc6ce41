"""EDTF (ISO 8601-2:2019): what days a date can mean, as closed spans of day numbers.

Day 0 is 1970-01-01 in the proleptic Gregorian calendar, with astronomical years (0 is 1 BCE).

The reader is our own: the `edtf` library (5.0.2) takes 2 to 40 ms a date where this takes 20 µs,
reads an unknown end as "within ten years", accepts 2023-02-29 and 2024/2023, ends a winter on
31 December, and meets `2024-1X` with a debug print and an AttributeError. Levels 0, 1 and 2 are
read whole; so is an interval's end that is itself before or after a date (`..2004-06-01/2004-07`).

What a date can mean has three readings. As *written* it is its plain days. By *convention* a part
qualified by ? ~ or % lies up to one unit of itself further each way (2024-02~ is January to March),
and a season is its three months, spring in March. *Strict* takes these conventions away: what is
qualified has no bounds, and a season is any time of its year. Each holds the one before it.
"""

import re
from calendar import isleap
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product, starmap
from typing import Literal, NamedTuple

# The widest integers that survive a JSON reader made of doubles; SQL BIGINT is wider.
OPEN_PAST = -(2**53 - 1)
OPEN_FUTURE = 2**53 - 1


@dataclass(frozen=True, slots=True)
class DaySpan:
    """The days lo to hi, both included; OPEN_PAST and OPEN_FUTURE where there is no bound."""

    lo: int
    hi: int

    def __post_init__(self) -> None:
        if self.lo > self.hi:
            raise ValueError("The end lies before the start: write the earlier date first.")


DateExtent = tuple[DaySpan, DaySpan]
DateReading = Literal["written", "convention", "strict"]
EVER = DaySpan(OPEN_PAST, OPEN_FUTURE)
_PAST = DaySpan(OPEN_PAST, OPEN_PAST)
_FUTURE = DaySpan(OPEN_FUTURE, OPEN_FUTURE)

# -------------------------------------------------------------------------------- day numbers

# The Gregorian calendar repeats after 400 years of this many days, so `date` serves any year.
_CYCLE = date(401, 1, 1).toordinal() - 1
_EPOCH = date(1970, 1, 1).toordinal()


def day_number(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to this day of any year; months past 12 run into the next year."""
    years, month_before = divmod(month - 1, 12)
    cycles, year_of_cycle = divmod(year + years, 400)
    # `date` has no year 0, so it counts in the years 400 to 799, one cycle late.
    day_of_cycle = date(year_of_cycle + 400, month_before + 1, day).toordinal()
    return day_of_cycle + (cycles - 1) * _CYCLE - _EPOCH


def calendar_day(day: int) -> tuple[int, int, int]:
    """The year, month and day of the month that a day number is."""
    cycles, day_of_cycle = divmod(day + _EPOCH - 1, _CYCLE)
    shown = date.fromordinal(day_of_cycle + 1)
    return shown.year + cycles * 400, shown.month, shown.day


def date_text(day: int) -> str:
    """The ISO 8601 date of a day number, for plots and reasons; an open end is `..`.

    Years past four digits take ISO's expanded form (`+170000002-01-01`), which EDTF cannot read.
    """
    if day in (OPEN_PAST, OPEN_FUTURE):
        return ".."
    year, month, of_month = calendar_day(day)
    sign = "-" if year < 0 else "+" if year > 9999 else ""
    return f"{sign}{abs(year):04}-{month:02}-{of_month:02}"


# ------------------------------------------------------------- what the digits of a date allow

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
_HOUR = "(?:[01][0-9]|2[0-3])"
_TIME = (
    rf"T{_HOUR}:[0-5][0-9]:(?:[0-5][0-9]|60)(?:[.][0-9]{{1,12}})?(?:Z|[+-]{_HOUR}(?::[0-5][0-9])?)?"
)
_DATE_TIME = re.compile(f"(-?[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}){_TIME}")
_DATE = re.compile(rf"{_Q}(-?)({_XX}{_XX}){_Q}(?:-{_Q}({_XX}){_Q}(?:-{_Q}({_XX}){_Q})?)?")
_LONG_YEAR = re.compile(rf"Y(-?[1-9][0-9]*)(?:E([0-9]{{1,2}}))?(?:S([1-9][0-9]?))?{_Q}")
_ROUND_YEAR = re.compile(rf"(-?[0-9]{{4}})()S([1-4]){_Q}")


class _Form(NamedTuple):
    """What the digits of one date allow, in order of time, and the unit that it may be off by."""

    years: list[int]
    months: list[int | None]
    days: list[int | None]
    unit: tuple[int, int] | None  # months and days


def _form_of(text: str) -> _Form:
    """What one date allows; raises ValueError for what is none."""
    long = _LONG_YEAR.fullmatch(text) or _ROUND_YEAR.fullmatch(text)
    if long:
        return _long_year(text, long)
    parts = _DATE.fullmatch(text)
    if parts is None:
        raise ValueError(not_read(text))
    years = _years(parts[2], parts[3])
    unit = _unit_of(parts) if not MARKS.isdisjoint(text) else None
    return _Form(years, _fitting(parts[6], 12), _fitting(parts[9], 31), unit)


def _long_year(text: str, found: re.Match[str]) -> _Form:
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
    return _Form(years, [None], [None], (12 * off_by, 0) if found[4] else None)


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


# ---------------------------------------------- what is often written in place of a date

EXAMPLES = "Write EDTF, as in 2024, 2024-02-26, 197X, [..2024-05-12], 2022-02-24/2024 or -0044"
_Y = "-?[0-9]{4,}"
_SLIPS = {
    r"[0-9]{5}(?:[.][0-9]+)?": (
        "This looks like a spreadsheet's day number. Show the column as a date there, and send "
        "that as text such as 2024-02-26."
    ),
    "[0-9]{8}": "A date is written with hyphens. Write 2024-02-26 for a day.",
    rf"(?:[.][.]{_Y}.*|{_Y}[^/]*[.][.])": (
        "Before or after a date is a set of days, or an interval. Write [..2024] for some day "
        "up to then, [2024..] for some day from then on, ../2024 for all the time up to then."
    ),
    rf"{_Y}-?W.*|{_Y}-[0-9]{{3}}": (
        "Weeks and days counted through the year are no part of EDTF. Write the month and the "
        "day, as in 2024-02-26."
    ),
    r"-?[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9].*": (
        "A time of day is written as T10:00:00, T10:00:00Z or T10:00:00.5+09:00, and follows a "
        "whole date that stands alone, not in an interval or a set. Write it so, or leave it "
        "out."
    ),
    "Y-?[0-9]{1,4}[?~%]?": (
        "Only a year of more than four digits has a Y before it. Write 2024, or -0044."
    ),
    rf"Y?{_Y}(?:E[0-9]+)?S[0-9]*[?~%]?": (
        "A year has at least one significant digit and no more than it has digits. Write 1950S2"
        " for some year from 1900 to 1999, thought to be 1950."
    ),
    "R[0-9]*/.*|P[0-9].*|.*/P[0-9].*": (
        "A length of time is no date. Write when it begins and when it ends, as in 2022-02-24/2024."
    ),
    ".*(?:[0-9][ux]|[ux][0-9ux]|unknown|open).*": (
        "Digits that are not known are written as X, an open end as two dots, an unknown one as"
        " nothing. Write 197X, 2024/.. or 2024/."
    ),
}
"""What is often written in place of a date, and what to write instead."""


def not_read(text: str) -> str:
    """What is wrong with a text that is no date, and what to write instead; it is not repeated."""
    said = (said for slip, said in _SLIPS.items() if re.fullmatch(slip, text))
    return next(said, f"This is not a date that can be read. {EXAMPLES}.")


# ------------------------------------------------------------- what the whole text can mean


def span(text: str, reading: DateReading = "convention") -> DaySpan:
    """The days that an EDTF text can mean, from the first possible to the last.

    A date-time is its day as written, whatever its offset. Unknown and open ends are unbounded.
    Raises ValueError, whose message never repeats the text.
    """
    start, end = extent(text, reading)
    return DaySpan(start.lo, end.hi)


_MARK_OR_SEASON = re.compile("[?~%]|(?<!-[0-9X]{2})-[2-4X][0-9X]")


def has_readings(text: str) -> bool:
    """Whether convention may make of a date what is not written: it has a qualifier or a season.

    Of every other date, which is nearly all of them, the three readings are one.
    """
    return _MARK_OR_SEASON.search(text) is not None


@lru_cache(maxsize=8192)
def extent(text: str, reading: DateReading = "convention") -> DateExtent:
    """When the period of this text starts and when it ends, each as the days it can be.

    A plain date is the whole of itself: 2023 starts on 1 January and ends on 31 December. The
    ends of an interval are as wide as they are written. `..` lies before or after every day;
    an end left out is unknown, so it can be any day from the start on. `197X` and `[a..b]` are
    one unit that is not known, `{a..b}` all of them. Raises ValueError like `span`.
    """
    if reading != "written":
        # This also refuses an end before the start, which a wider one would hide.
        written = extent(text, "written")
        if not has_readings(text):
            return written
    if len(text) > 100:
        raise ValueError(f"A date has at most 100 characters. {EXAMPLES}.")
    if "/" in text:
        return _interval(text, reading)
    if text[:1] + text[-1:] in ("[]", "{}"):
        return _set(text, reading)
    moment = _DATE_TIME.fullmatch(text)
    return _date(moment[1] if moment else text, reading)


def _interval(text: str, reading: DateReading) -> DateExtent:
    first, _, last = text.partition("/")
    if not first and not last:
        raise ValueError(f"An interval needs a start or an end. {EXAMPLES}.")
    return _in_order(_side(first, _PAST, reading), _side(last, _FUTURE, reading))


def _in_order(start: DaySpan, end: DaySpan) -> DateExtent:
    """No end lies before its start, which narrows what overlaps; refuses one that does."""
    return DaySpan(start.lo, min(start.hi, end.hi)), DaySpan(max(start.lo, end.lo), end.hi)


def _side(text: str, beyond: DaySpan, reading: DateReading) -> DaySpan:
    """An end of an interval: `..` alone is beyond all days, before or after a date up to it."""
    if text in ("", ".."):
        return beyond if text else EVER
    before, after = text.startswith(".."), text.endswith("..")
    if before and after:
        raise ValueError(not_read(""))
    start, end = _date(text.removeprefix("..").removesuffix(".."), reading)
    return DaySpan(OPEN_PAST if before else start.lo, OPEN_FUTURE if after else end.hi)


def _set(text: str, reading: DateReading) -> DateExtent:
    one_of = text[0] == "["
    members = [one for part in text[1:-1].split(",") for one in _member(part, one_of, reading)]
    starts, ends = zip(*members, strict=True)
    # One of them may start with any and end with any; all of them start with the first.
    inner_start, inner_end = (max, min) if one_of else (min, max)
    start = DaySpan(min(s.lo for s in starts), inner_start(s.hi for s in starts))
    end = DaySpan(inner_end(e.lo for e in ends), max(e.hi for e in ends))
    return start, end


def _member(text: str, one_of: bool, reading: DateReading) -> list[DateExtent]:
    first, dots, last = text.partition("..")
    if not dots or not (first or last):
        return [_date(text, reading)]
    one = _date(first, reading) if first else (_PAST, _PAST)
    other = _date(last, reading) if last else (_FUTURE, _FUTURE)
    start, end = _in_order(one[0], other[1])
    if not one_of:
        return [(start, end)]
    if first and last and _precision(first) != _precision(last):
        # [2022-02-24..2022] is some time of these, of either precision.
        whole = DaySpan(start.lo, end.hi)
        return [(whole, whole)]
    ended = DaySpan(min(one[1].lo, end.lo), min(one[1].hi, end.hi))
    begun = DaySpan(max(other[0].lo, start.lo), max(other[0].hi, start.hi))
    return [(start, ended), (begun, end)]


def _precision(text: str) -> tuple[bool, int]:
    """Whether a date is a day, and else its months."""
    form = _form_of(text)
    return form.days != [None], MONTHS[form.months[-1]][1]


def _date(text: str, reading: DateReading) -> DateExtent:
    form = _form_of(text)
    choices = form[:3]
    first = last = next(filter(None, starmap(_unit, product(*choices))), None)
    if any(len(some) > 1 for some in choices):
        last = next(filter(None, starmap(_unit, product(*(c[::-1] for c in choices)))), None)
    if first is None or last is None:
        raise ValueError("The calendar has no such date: check the month and the day.")
    plain = DaySpan(first.lo, last.lo), DaySpan(first.hi, last.hi)
    if reading == "written":
        return plain
    if form.unit is not None:
        return _widened(plain, form.days, form.unit) if reading == "convention" else (EVER, EVER)
    if reading == "strict" and form.months[0] in SEASONS:
        since, until = (day_number(year, 1, 1) for year in (form.years[0], form.years[-1] + 1))
        whole = DaySpan(since, max(until - 1, last.hi))  # a winter runs into the next year
        return whole, whole
    return plain


def _widened(plain: DateExtent, days: list[int | None], unit: tuple[int, int]) -> DateExtent:
    """Each bound further by one unit, either way; in another month its day keeps its number.

    Where that month has no such day it is the last; whole months reach from the first to the last.
    """

    def moved(bound: int, of_month: int, way: int) -> int:
        year, month, _ = calendar_day(bound)
        ahead = month + way * unit[0]
        length = day_number(year, ahead + 1, 1) - day_number(year, ahead, 1)
        return day_number(year, ahead, min(of_month, length)) + way * unit[1]

    start, end = plain
    first, last = next(filter(None, days), None), days[-1]
    return (
        DaySpan(moved(start.lo, first or 1, -1), moved(start.hi, last or 1, 1)),
        DaySpan(moved(end.lo, first or 31, -1), moved(end.hi, last or 31, 1)),
    )


def _unit(year: int, month: int | None, day: int | None) -> DaySpan | None:
    """A year, a month or season, or a day; None where the calendar has none."""
    start, months = MONTHS.get(month, (0, 0))
    if not start or (day is not None and months > 1):
        return None
    lo, hi = day_number(year, start, 1), day_number(year, start + months, 1) - 1
    if day is None:
        return DaySpan(lo, hi)
    return DaySpan(lo + day - 1, lo + day - 1) if 1 <= day <= hi - lo + 1 else None
