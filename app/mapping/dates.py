"""Dates in cells: of a declared form, or of the only one that fits; the form says how precise."""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from app.mapping.cells import CalendarDate, NumberCell
from app.mapping.numerals import CellFault
from app.render.date_words import MONTHS, spoken
from app.rules import edtf

USUAL = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%m.%d.%Y",
    "%d-%m-%Y", "%m-%d-%Y", "%d/%m/%y", "%m/%d/%y", "%y/%m/%d", "%d.%m.%y", "%m.%d.%y", "%y.%m.%d",
    "%d-%m-%y", "%m-%d-%y", "%y-%m-%d", "%Y-%m", "%Y/%m", "%m/%Y", "%m.%Y", "%m-%Y", "%Y",
    "%d %B %Y", "%d. %B %Y", "%B %d, %Y", "%B %d %Y", "%B %Y", "%B, %Y", "%d-%B-%Y", "%B-%Y",
    "%Y %B", "%Y-Q%q", "%Y Q%q", "Q%q %Y", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S",
)  # fmt: skip
"""Forms that are tried where none is declared; a cell is taken if all that fit mean the same."""
EXCEL = "excel"
LETTERS = {
    "d": r"(?P<d>[0-9]{1,2})", "m": r"(?P<m>[0-9]{1,2})", "Y": r"(?P<Y>[0-9]{4})",
    "y": r"(?P<y>[0-9]{2})", "B": r"(?P<B>[^\W\d_]+\.?)", "b": r"(?P<B>[^\W\d_]+\.?)",
    "H": r"(?P<H>[01]?[0-9]|2[0-3])", "M": r"(?P<M>[0-5][0-9])", "S": r"(?P<S>[0-5][0-9])",
    "q": r"(?P<q>[1-4])", "j": r"(?P<j>[0-9]{1,3})", "%": "%",
}  # fmt: skip
DIGITS = frozenset("dmYyHMSqj")
ENGLISH = tuple(MONTHS)
_SPANS = (
    "this is {read}, or the year that begins in {year}; say which in the mapping:"
    ' file.dates = ["%Y/%m"], or words = {{"{text}" = "{year}-07/…"}}'
)
_SEASON = (
    "this is {read}, as EDTF has it, or the year that begins in {year}; say which in the mapping:"
    ' words = {{"{text}" = "{text}"}}, or words = {{"{text}" = "{year}-07/…"}}'
)
_ONE = "the number {number} may be January, or October: {number}0 is the same; make its cell text"
UNSURE = 2030
"""From here on a year of two digits may as well be of the century before."""
_CENTURY = (
    "this may be of {other}, or of {year}: write its year with four digits, or say"
    ' file.dates = ["{form}"], which takes it for {year}'
)
QUARTER = 32
"""In EDTF quarters stand in a month's place, from 33 on."""
SEASONS = (21, 41)
"""What stands there too: seasons, quarters, halves."""
_DAY_NUMBER = re.compile(r"[0-9]{5}(\.[0-9]+)?")
_ISO = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_SPAN = re.compile(r"[0-9]{2}([0-9]{2})[/-]([0-9]{2})")
_IN_A_ROW = (("{1,2}", "{2}"), ("{1,3}", "{3}"), ("[01]?", "[01]"))
"""Of parts with no mark between them each has all its digits, or nobody knows where one ends."""


class DateForms(NamedTuple):
    """What a file declares of its dates."""

    forms: tuple[str, ...] = ()
    months: tuple[str, ...] = ENGLISH


def edtf_date(cell: str, declared: DateForms) -> str:
    """The date that a cell says, as EDTF and as precise as its form; raises ``CellFault``."""
    text = " ".join(cell.split())
    if isinstance(cell, CalendarDate):
        return _as_precise(text, declared.forms)
    found = {
        form: read
        for form in declared.forms or USUAL
        if (read := _read(text, form, declared.months, isinstance(cell, NumberCell)))
    }
    if len(set(found.values())) > 1:
        raise _two_ways(found)
    if not declared.forms and is_year_span(text) and found:
        raise CellFault(_SPANS.format(read=spoken(found["%Y/%m"]), year=text[:4], text=text))
    if found:
        form, read = next(iter(found.items()))
        if not declared.forms and "%y" in form and int(read[:4]) >= UNSURE:
            raise CellFault(_CENTURY.format(year=read[:4], other=f"19{read[2:4]}", form=form))
        return read
    if not (declared.forms and EXCEL in declared.forms and isinstance(cell, NumberCell)):
        try:
            edtf.extent(text)
        except ValueError:
            pass
        else:
            if is_year_span(text):
                raise CellFault(_SEASON.format(read=spoken(text), year=text[:4], text=text))
            return text
    raise CellFault(_not_read(text, declared.forms))


def _as_precise(day: str, forms: tuple[str, ...]) -> str:
    """A workbook's day: it keeps a month as its first day, which the declared forms tell apart."""
    if not forms or any(form == EXCEL or re.search("%[djq]", form) for form in forms):
        return day
    month = any(re.search("%[mBb]", form) for form in forms)
    first = day[:7] if month else day[:4]
    if day != f"{first}-01" and day != f"{first}-01-01":
        whole = "month" if month else "year"
        raise CellFault(
            f"this is a day in the middle of a {whole}, and the form that the mapping declares"
            f' is of a {whole}: say both, as in file.dates = ["{forms[0]}", "%Y-%m-%d"]'
        )
    return first


def is_year_span(text: str) -> bool:
    """Whether a month may be a year and the next, as a budget is of: 2004/05; or a season: 2021-22.

    After a hyphen a month is one: that is how ISO writes it.
    """
    low, high = (1, 12) if "/" in text else SEASONS
    return is_next_year(text) and low <= int(text[-2:]) <= high


def is_next_year(text: str) -> bool:
    """Whether the last two digits are those of the year after: 2004/05, 2019-20."""
    years = _SPAN.fullmatch(text)
    return years is not None and int(years[2]) == (int(years[1]) + 1) % 100


def _two_ways(found: dict[str, str]) -> CellFault:
    (one, first), *others = found.items()
    two, second = next((form, read) for form, read in others if read != first)
    return CellFault(
        f"this is {spoken(first)} by {one} and {spoken(second)} by {two};"
        f' say which in the mapping: file.dates = ["{one}"]'
    )


def _not_read(text: str, forms: tuple[str, ...]) -> str:
    if _DAY_NUMBER.fullmatch(text) and EXCEL not in forms:
        return 'this looks like a spreadsheet\'s day number; if it is, say file.dates = ["excel"]'
    what = f"of {' or '.join(forms)}" if forms else "that can be read"
    return f'this is no date {what}; say its form in the mapping, as in file.dates = ["%d.%m.%Y"]'


def _read(text: str, form: str, months: tuple[str, ...], numeral: bool) -> str | None:
    if form == EXCEL:
        return _of_day_number(text) if _DAY_NUMBER.fullmatch(text) or numeral else None
    found = pattern(form).fullmatch(text)
    if found and numeral and form.endswith(".%m") and text.endswith(".1"):
        raise CellFault(_ONE.format(number=text))
    return None if found is None else _dated(found.groupdict(), months)


@lru_cache(maxsize=256)
def pattern(form: str) -> re.Pattern[str]:
    """What a form stands for; raises ``ValueError`` for one with other letters."""
    parts = re.split("%(.)", form)
    found = ""
    for n, part in enumerate(parts):
        if n % 2 and part not in LETTERS:
            raise ValueError(f"%{part} is none of %{', %'.join(LETTERS)}")
        follows = n > 2 and not parts[n - 1] and parts[n - 2] in DIGITS
        found += _digits(part, follows) if n % 2 else re.escape(part)
    try:
        return re.compile(found)
    except re.error:
        raise ValueError("each part of a date stands in its form once") from None


def _digits(part: str, follows: bool) -> str:
    """What a part stands for; one that follows another without a mark between has all its digits.

    The first may lack its zero: a number has none.
    """
    found = LETTERS[part]
    for some, whole in _IN_A_ROW if follows else ():
        found = found.replace(some, whole)
    return found


def _dated(parts: dict[str, str | None], months: tuple[str, ...]) -> str | None:
    """The parts of a date as EDTF; None where there is no such day."""
    year = int(parts.get("Y") or 0)
    if short := parts.get("y"):
        year = 2000 + int(short) if int(short) < 69 else 1900 + int(short)
    month = _month(parts, months)
    if not year or month is None:
        return None
    if of_year := parts.get("j"):
        return _valid(year, 1, 1, int(of_year) - 1)
    if parts.get("d"):
        day = _valid(year, month, int(parts["d"] or 0))
        return day and day + _clock(parts)
    return f"{year:04}-{month:02}" if month else f"{year:04}"


def _month(parts: dict[str, str | None], months: tuple[str, ...]) -> int | None:
    """1 to 12, a quarter's number, 0 where the form has none; None where there is no such month."""
    if quarter := parts.get("q"):
        return QUARTER + int(quarter)
    if name := parts.get("B"):
        word = name.rstrip(".").casefold()
        hits = [n for n, one in enumerate(months, 1) if _is_month(word, one.casefold())]
        return hits[0] if len(hits) == 1 else None
    if (number := parts.get("m")) is None:
        return 0
    return int(number) if 1 <= int(number) <= 12 else None


def _is_month(word: str, name: str) -> bool:
    return word == name or (len(word) >= 3 and name.startswith(word))


def _valid(year: int, month: int, day: int, more: int = 0) -> str | None:
    try:
        found = date(year, month, day) + timedelta(days=more)
    except ValueError:
        return None
    return found.isoformat() if found.year == year else None


def _clock(parts: dict[str, str | None]) -> str:
    if parts.get("H") is None:
        return ""
    return f"T{int(parts['H'] or 0):02}:{parts.get('M') or '00'}:{parts.get('S') or '00'}"


def _of_day_number(text: str) -> str | None:
    """A spreadsheet's day: 1 is 1900-01-01, and 60 is a day that there was not."""
    try:
        days = int(text.partition(".")[0])
    except ValueError:
        return None
    if not 1 <= days <= 2_958_465 or days == 60:
        return None
    return (date(1899, 12, 31 if days < 60 else 30) + timedelta(days=days)).isoformat()
