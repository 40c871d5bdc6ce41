"""Fuzzy dates: what days an EDTF text (ISO 8601-2:2019) can mean, as closed spans of day numbers.

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
from dataclasses import dataclass
from functools import lru_cache
from itertools import product, starmap
from typing import Literal

from app.rules.date_forms import MARKS, MONTHS, SEASONS, Form, form_of
from app.rules.date_refusals import EXAMPLES, not_read
from app.rules.day_numbers import calendar_day, day_number

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


_HOUR = "(?:[01][0-9]|2[0-3])"
_TIME = (
    rf"T{_HOUR}:[0-5][0-9]:(?:[0-5][0-9]|60)(?:[.][0-9]{{1,12}})?(?:Z|[+-]{_HOUR}(?::[0-5][0-9])?)?"
)
_DATE_TIME = re.compile(f"(-?[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}){_TIME}")


def date_text(day: int) -> str:
    """The ISO 8601 date of a day number, for plots and reasons; an open end is `..`.

    Years past four digits take ISO's expanded form (`+170000002-01-01`), which EDTF cannot read.
    """
    if day in (OPEN_PAST, OPEN_FUTURE):
        return ".."
    year, month, of_month = calendar_day(day)
    sign = "-" if year < 0 else "+" if year > 9999 else ""
    return f"{sign}{abs(year):04}-{month:02}-{of_month:02}"


def span(text: str, reading: DateReading = "convention") -> DaySpan:
    """The days that an EDTF text can mean, from the first possible to the last.

    A date-time is its day as written, whatever its offset. Unknown and open ends are unbounded.
    Raises ValueError, whose message never repeats the text.
    """
    start, end = extent(text, reading)
    return DaySpan(start.lo, end.hi)


@lru_cache(maxsize=8192)
def extent(text: str, reading: DateReading = "convention") -> DateExtent:
    """When the period of this text starts and when it ends, each as the days it can be.

    A plain date is the whole of itself: 2023 starts on 1 January and ends on 31 December. The
    ends of an interval are as wide as they are written. `..` lies before or after every day;
    an end left out is unknown, so it can be any day from the start on. `197X` and `[a..b]` are
    one unit that is not known, `{a..b}` all of them. Raises ValueError like `span`.
    """
    if reading != "written":
        extent(text, "written")  # refuses an end before the start, which a wider one would hide
    if len(text) > 100:
        raise ValueError(f"A date has at most 100 characters. {EXAMPLES}.")
    if "/" in text:
        return _interval(text, reading)
    if text[:1] + text[-1:] in ("[]", "{}"):
        return _set(text, reading)
    moment = _DATE_TIME.fullmatch(text)
    return _date(moment[1] if moment else text, reading)


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


def shared_days(a: DaySpan, b: DaySpan) -> DaySpan | None:
    """The days that two spans share, or None."""
    lo, hi = max(a.lo, b.lo), min(a.hi, b.hi)
    return DaySpan(lo, hi) if lo <= hi else None


def reference(
    period: str | None, stated: str | None, reading: DateReading = "convention"
) -> DaySpan:
    """The time that a figure describes: the end of its period, else when it was stated, else EVER.

    A period written as one date ends with its last day. A period that is still open (`2024-10/..`)
    names no end, so its figure stands for when it was stated, but never before the period began.
    """
    said = EVER if stated is None else span(stated, reading)
    if period is None:
        return said
    start, end = extent(period, reading)
    if end != _FUTURE:
        return end
    since = DaySpan(start.lo, OPEN_FUTURE)
    return shared_days(since, said) or since


def order(a: DaySpan, b: DaySpan) -> Literal["same", "later", "earlier", "unclear"]:
    """How reference time a stands to b; spans that overlap without being equal cannot tell."""
    if a == b and a.lo > OPEN_PAST and a.hi < OPEN_FUTURE:
        return "same"
    if a.lo > b.hi:
        return "later"
    return "earlier" if a.hi < b.lo else "unclear"


def _interval(text: str, reading: DateReading) -> DateExtent:
    first, _, last = text.partition("/")
    if not first and not last:
        raise ValueError(f"An interval needs a start or an end. {EXAMPLES}.")
    end = _side(last, _FUTURE, reading)
    start = _side(first, _PAST, reading) or DaySpan(OPEN_PAST, end.hi if end else OPEN_FUTURE)
    end = end or DaySpan(start.lo, OPEN_FUTURE)
    # No end lies before its start, which narrows what overlaps; refuses an end before the start.
    return DaySpan(start.lo, min(start.hi, end.hi)), DaySpan(max(start.lo, end.lo), end.hi)


def _side(text: str, beyond: DaySpan, reading: DateReading) -> DaySpan | None:
    """An end of an interval: `..` alone is beyond all days, before or after a date up to it."""
    if text in ("", ".."):
        return beyond if text else None
    before, after = text.startswith(".."), text.endswith("..")
    if before and after:
        raise ValueError(not_read(""))
    start, end = _date(text.removeprefix("..").removesuffix(".."), reading)
    return DaySpan(OPEN_PAST if before else start.lo, OPEN_FUTURE if after else end.hi)


def _set(text: str, reading: DateReading) -> DateExtent:
    members = [one for member in text[1:-1].split(",") for one in _member(member, reading)]
    starts, ends = zip(*members, strict=True)
    # One of them may start with any and end with any; all of them start with the first.
    inner_start, inner_end = (max, min) if text[0] == "[" else (min, max)
    start = DaySpan(min(s.lo for s in starts), inner_start(s.hi for s in starts))
    end = DaySpan(inner_end(e.lo for e in ends), max(e.hi for e in ends))
    return start, end


def _member(text: str, reading: DateReading) -> list[DateExtent]:
    first, dots, last = text.partition("..")
    if not dots or not (first or last):
        return [_date(text, reading)]
    start = _date(first, reading) if first else (_PAST, _PAST)
    end = _date(last, reading) if last else (_FUTURE, _FUTURE)
    DaySpan(start[0].lo, end[1].hi)  # refuses an end before the start
    return [start, end]


def _date(text: str, reading: DateReading) -> DateExtent:
    form = form_of(text)
    choices = form[:3]
    first = next(filter(None, starmap(_unit, product(*choices))), None)
    last = next(filter(None, starmap(_unit, product(*(c[::-1] for c in choices)))), None)
    if first is None or last is None:
        raise ValueError("The calendar has no such date: check the month and the day.")
    plain = DaySpan(first.lo, last.lo), DaySpan(first.hi, last.hi)
    if reading == "written":
        return plain
    if form.unit is not None:
        return _widened(plain, form) if reading == "convention" else (EVER, EVER)
    if reading == "strict" and form.months[0] in SEASONS:
        since, until = (day_number(year, 1, 1) for year in (form.years[0], form.years[-1] + 1))
        whole = DaySpan(since, max(until - 1, last.hi))  # a winter runs into the next year
        return whole, whole
    return plain


def _widened(plain: DateExtent, form: Form) -> DateExtent:
    """Each bound further by one unit, either way."""
    months, days = form.unit or (0, 0)
    # The last day of a month is a day before a first one, whatever its number.
    beside = 0 if form.exact_day else 1

    def moved(day: int, way: int) -> int:
        year, month, of_month = calendar_day(day + beside)
        ahead = month + way * months
        length = day_number(year, ahead + 1, 1) - day_number(year, ahead, 1)
        return day_number(year, ahead, min(of_month, length)) - beside + way * days

    start, end = plain
    return (
        DaySpan(moved(start.lo, -1), moved(start.hi, 1)),
        DaySpan(moved(end.lo, -1), moved(end.hi, 1)),
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
