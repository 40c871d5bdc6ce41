"""Dates in words: EDTF as a reader would say it, and as bibliographies take it."""

import re

from app.rules import edtf
from app.rules.intervals import Interval
from app.rules.json_types import JsonObject

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_SEASONS = ("spring", "summer", "autumn", "winter")
_PARTS = {
    **{code: f"{name} {{}}" for code, name in enumerate(_SEASONS, 21)},
    **{code: f"{name} {{}} (northern hemisphere)" for code, name in enumerate(_SEASONS, 25)},
    **{code: f"{name} {{}} (southern hemisphere)" for code, name in enumerate(_SEASONS, 29)},
    **{33 + n: f"the {nth} quarter of {{}}"
       for n, nth in enumerate(("first", "second", "third", "last"))},
    **{37 + n: f"the {nth} third of {{}}" for n, nth in enumerate(("first", "second", "last"))},
    **{40 + n: f"the {nth} half of {{}}" for n, nth in enumerate(("first", "second"))},
}  # fmt: skip
"""What stands in a month's place from 21 on: seasons, quarters, thirds, halves (EDTF level 2)."""

PLAIN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?([?~%]?)")
_DATE = re.compile(r"(-?[0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_MOMENT = re.compile(r"(-?[0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9:]+)(?:\.([0-9]+))?(.*)")
_LONG = re.compile(r"Y(-?[0-9]+)")
_DECADE = re.compile(r"[0-9]{2}[1-9]X")
_SOME_YEAR = re.compile(r"(-?[0-9X]{4})-([0-9]{2}(?:-[0-9]{2})?)")
_QUALIFIERS = re.compile("[?~%]")
QUALIFIED = {"": "{}", "?": "{} (uncertain)", "~": "about {}", "%": "about {} (uncertain)"}
IN_PART = {"?": "{} (uncertain in part)", "~": "{} (in part about then)",
           "%": "{} (uncertain, and in part about then)"}  # fmt: skip

_ONE = r"-?[0-9]{4}(?:-(?:0[1-9]|1[0-2]|2[1-4])(?:-[0-9]{2})?)?[?~%]?|Y-?[0-9]{5,}"
_UNSPECIFIED = r"[0-9]{3}X|[0-9]{2}XX|[0-9]{4}-XX|[0-9]{4}-[0-9]{2}-XX|[0-9]{4}-XX-XX"
_BIBLATEX = re.compile(
    rf"(?:{_ONE}|{_UNSPECIFIED})|(?:{_ONE})/(?:{_ONE}|\.\.)?|(?:\.\.)?/(?:{_ONE})"
)
"""What biblatex reads of EDTF: levels 0 and 1."""


def spoken(text: str) -> str:
    """`2024-02-26` is “26 February 2024”, `[..2024-05-12]` “by 12 May 2024”.

    What has no words of its own (`2024-1X`) is told by the first and the last day it can be.
    """
    if "/" in text:
        start, _, end = text.partition("/")
        return _interval(start, end)
    if text[:1] in ("[", "{"):
        return _set(text)
    if ".." in text:
        return _member(text, True)
    moment = _MOMENT.fullmatch(text)
    return _moment(moment) if moment else _qualified(text)


def _moment(found: re.Match[str]) -> str:
    zone = {"": "", "Z": " (UTC)"}.get(found[4], f" (UTC{found[4]})")
    return f"{_unqualified(found[1])}, {found[2]}{zone}"


def _qualified(text: str) -> str:
    """A date and how sure it is: of the whole of it, or of some part."""
    marks = "".join(sorted({*_QUALIFIERS.findall(text)}))
    bare = _QUALIFIERS.sub("", text)
    forms = QUALIFIED if text == f"{bare}{marks}" else IN_PART
    return forms["%" if len(marks) > 1 else marks].format(_unqualified(bare))


def _unqualified(text: str) -> str:
    if found := _DATE.fullmatch(text):
        return _plain(_year(int(found[1])), int(found[2] or 0), int(found[3] or 0))
    if found := _LONG.fullmatch(text):
        return _year(int(found[1]))
    if _DECADE.fullmatch(text):
        return f"the {text[:3]}0s"
    if text.strip("-") == "XXXX":
        return f"an unknown year{' BCE' if text[0] == '-' else ''}"
    if (found := _SOME_YEAR.fullmatch(text)) and int(found[2][:2]) < 13:
        month, day = int(found[2][:2]), int(found[2][3:] or 0)
        unknown = found[1] == "XXXX"
        return _plain("an unknown year" if unknown else spoken(found[1]), month, day, " in ")
    return _between(text)


def _plain(year: str, month: int, day: int, within: str = " ") -> str:
    if month > 12:
        return _PARTS[month].format(year)
    name = f"{f'{day} ' if day else ''}{MONTHS[month - 1]}{within}" if month else ""
    return f"{name}{year}"


def _year(number: int) -> str:
    """Astronomical years: 0 is 1 BCE."""
    if number <= 0:
        return f"{_grouped(1 - number)} BCE"
    return f"the year {_grouped(number)}" if number > 9999 else str(number)


def _grouped(number: int) -> str:
    return f"{number:,}" if number > 9999 else str(number)


def _between(text: str) -> str:
    known = covered(text)
    first, slash, last = known.partition("/")
    if not slash or ".." in (first, last):
        return spoken(known)
    return f"between {spoken(first)} and {spoken(last)}"


def _interval(start: str, end: str) -> str:
    if end == "..":
        return f"{spoken(start)} or later" if start not in ("", "..") else "at any time"
    if start == "..":
        return f"{spoken(end)} or earlier" if end else "at any time"
    if not start or not end:
        known = f"from {spoken(start)}" if start else f"until {spoken(end)}"
        return f"{known} ({'end' if start else 'start'} unknown)"
    return f"{spoken(start)} to {spoken(end)}"


def _set(text: str) -> str:
    members = [member.strip() for member in text[1:-1].split(",")]
    word = " or " if text[0] == "[" else " and "
    return word.join(_member(member, text[0] == "[") for member in members)


def _member(text: str, one_of: bool) -> str:
    first, dots, last = text.partition("..")
    if not dots:
        return spoken(text)
    if first and last:
        form = "between {} and {}" if one_of else "{} to {}"
        return form.format(spoken(first), spoken(last))
    return f"{spoken(first)} or later" if first else f"by {spoken(last)}"


def lasting(period: str) -> str:
    """A period in words: an open one goes on, where a moment is some time of it."""
    start, slash, end = period.partition("/")
    if slash and end == ".." and start not in ("", ".."):
        return f"from {spoken(start)} on"
    if slash and start == ".." and end not in ("", ".."):
        return f"until {spoken(end)}"
    return spoken(period)


def about(told: JsonObject) -> str:
    """The time that a figure is about, in words: its period, else when it was stated."""
    if period := told.get("period"):
        return lasting(period)
    return spoken(told["stated"]) if told.get("stated") else "undated"


def days_in_words(days: Interval) -> str:
    """Days in words: a whole year or month by its name."""
    first, last = (edtf.date_text(int(end)) for end in days)
    if first == last == "..":
        return "the same time"
    if first == "..":
        return f"a time up to {_day(last)}"
    if last == "..":
        return f"a time from {_day(first)} on"
    plainest = _plainest(edtf.DaySpan(int(days.lo), int(days.hi)))
    return f"{_day(first)} to {_day(last)}" if "/" in plainest else spoken(plainest)


def _day(text: str) -> str:
    return spoken(_cut(text, 0))


def short(text: str | None) -> str:
    """A date as a table has it: a range in words, a day by its numbers."""
    if text is None:
        return "undated"
    for form, told in _SHORT:
        if found := form.fullmatch(text):
            return told.format(*found.groups())
    return text


_SHORT = (
    (re.compile(r"\[\.\.([^].,]+)\]"), "by {}"),
    (re.compile(r"\[([^].,]+)\.\.([^].,]+)\]"), "{} or up to {}"),
    (re.compile(r"([^/.]+)/([^/.]+)"), "{} to {}"),
)


def covered(text: str) -> str:
    """The days that a date can mean as the plainest EDTF: whole years, else months, else days."""
    return _plainest(_span(text))


def _plainest(span: edtf.DaySpan) -> str:
    first, last = edtf.date_text(span.lo), edtf.date_text(span.hi)
    starts = first if first != ".." else "0000-01-01"
    after = edtf.date_text(span.hi + 1) if last != ".." else "0000-01-01"
    cut = 6 if starts.endswith("-01-01") and after.endswith("-01-01") else 3
    cut = cut if starts.endswith("-01") and after.endswith("-01") else 0
    ends = [_cut(end, cut) for end in (first, last)]
    return ends[0] if ends[0] == ends[1] != ".." else "/".join(ends)


def _span(text: str) -> edtf.DaySpan:
    """The days that a date names: what it says of its own doubt is told beside it."""
    return edtf.span(_QUALIFIERS.sub("", text))


def _cut(day: str, by: int) -> str:
    """Without its day (3), or its month and day (6); long years as EDTF writes them."""
    if day == "..":
        return day
    year, rest = day[:-6], day[-6:]
    if len(year.lstrip("+-")) > 4:
        return f"Y{year.lstrip('+')}"
    return f"{year}{rest[: 6 - by]}"


def bibliographic(text: str) -> str | None:
    """A date for biblatex: itself where levels 0 and 1 of EDTF have it, else the time it covers.

    None where it bounds nothing. Words beside it have to say what a range cannot: one of, or all.
    """
    if moment := _MOMENT.fullmatch(text):
        return f"{moment[1]}T{moment[2]}{moment[4]}"
    found = text if _BIBLATEX.fullmatch(text) else covered(text)
    return None if found == "../.." else found


def parts(text: str) -> list[list[int]] | None:
    """The date (or the two ends) as numbers, where it is a plain year, month or day."""
    found = [PLAIN.fullmatch(end) for end in text.split("/")]
    numbers = [[int(part) for part in one.groups()[:3] if part] for one in found if one]
    plain = all(one[0] > 0 and one[1:2] <= [12] for one in numbers)
    return numbers if plain and len(numbers) == len(found) else None


def doubtful(text: str) -> bool:
    """Whether the date itself says that it is not certain."""
    return any(mark in text for mark in "?~%X[")


def year(text: str) -> str | None:
    """The year, where there is only one that it can be in."""
    span = _span(text)
    first, last = (edtf.date_text(day)[:-6] for day in (span.lo, span.hi))
    return str(int(first)) if first == last and first.isdigit() and int(first) else None
