"""Date phrases: a date in words as EDTF, for a measure of dates: "in the 1970s" -> "197X".

What could mean two spans is refused: "the 1900s" may be ten years or a hundred, and nobody says
where "early" ends.
"""

import calendar
import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import starmap
from typing import NamedTuple

from app.rules import edtf
from app.rules.cjk_words import cjk_lexicon, is_east_asian
from app.rules.lexicon import CALENDARS, lexicon_of, primary
from app.rules.tokenizer import Token, Unreadable

_LEXICON = lexicon_of("en")
"""All but plain days, months and years is read in English alone."""

_MONTH = r"(?P<month>[a-z]+)"
_NTH = f"(?:{'|'.join(_LEXICON.ordinals)})"
_DAY_NUMBER = r"(?P<day>\d{1,2})"
_DAY = rf"{_DAY_NUMBER}{_NTH}?"
_YEAR = r"(?P<year>\d{4})"
_FORMS = tuple(
    re.compile(form)
    for form in (
        _YEAR,
        rf"{_MONTH} {_YEAR}",
        rf"{_DAY} {_MONTH} {_YEAR}",
        rf"{_MONTH} {_DAY} {_YEAR}",
        r"(?P<year>\d{4})-(?P<number>\d{2})(?:-(?P<day>\d{2}))?",
    )
)
_DECADE = re.compile(rf"(\d{{2}}[1-9])0(?:{'|'.join(_LEXICON.decades)})")
_CENTURY = re.compile(rf"([1-9]\d?){_NTH} (?:{'|'.join(_LEXICON.centuries)})")
_QUARTER = re.compile(r"(q[1-4]) (\d{4})|(\d{4}) (q[1-4])")
_SINCE_1000 = re.compile(r"[1-9]\d{3}(-\d\d){0,2}")
_FIRST_QUARTER = 33
_TWO_YEARS = re.compile(r"\d\d(\d\d)-(\d\d)")
_ERA = re.compile(r"(\d{1,4}) ?([a-z]+)")
_ERA_FIRST = re.compile(r"([a-z]+) ?(\d{1,4})")

_NO_DATE_TOLD = "This is no year, quarter, month, day, decade or century that can be read."
_FOUR_DIGITS = re.compile(r"(?<![\d-])\d{4}(?!\d)")
_TWO_YEARS_TOLD = "This may be a month, or a year that begins in one and ends in the next."


def read_date(tokens: list[Token], language: str | None = None) -> tuple[str, str]:
    """The hedge (none or approximate) and the EDTF date. Raises Unreadable."""
    hedge, found = _read_date(tokens, language)
    first, last = CALENDARS.get(primary(language), (1, 0))
    if any(first <= int(year) <= last for year in _FOUR_DIGITS.findall(found)):
        raise Unreadable(
            "This year may be one of another calendar, as is printed in this language."
        )
    return hedge, found


def _read_date(tokens: list[Token], language: str | None) -> tuple[str, str]:
    if plain := _in_own_words(tokens, calendar_words(language)):
        return "none", plain
    _refuse_parts(tokens)
    hedge, start = _LEXICON.before.match(tokens, 0) or ("none", 0)
    if hedge != "approximate":
        hedge, start = "none", 0
    words = [token for token in tokens[start:] if token.text not in _LEXICON.date_fillers | {","}]
    if hedge == "none" and (span := _bounded(words) or _decade_or_century(_text(words))):
        return hedge, span
    found = _day(_text(words))
    if found is None:
        reason = _TWO_YEARS_TOLD if _is_two_years(_text(words)) else _NO_DATE_TOLD
        raise Unreadable(reason)
    return hedge, found + ("~" if hedge == "approximate" else "")


def _refuse_parts(tokens: list[Token]) -> None:
    """Refuse "late 2022", which may be its last month, quarter or half."""
    for token in tokens:
        if token.text in _LEXICON.date_parts:
            raise Unreadable(
                "Nobody says where such a part of a time begins and ends. Send what it may be, "
                "such as 2022-10/2022-12 for late 2022 and 1974/1976 for the mid-1970s.",
                (token.written,),
            )


def _text(words: list[Token]) -> str:
    return "".join(token.text if token.glued else " " + token.text for token in words).strip()


# ------------------------------------------------------------------- in the document's language


class CalendarWords(NamedTuple):
    """How one language writes a day, a month or a year."""

    months: Mapping[str, int]
    fillers: frozenset[str]
    forms: tuple[re.Pattern[str], ...]

    def date(self, text: str) -> str | None:
        """The date of a text that has one of these forms."""
        found = (_date(form.fullmatch(text), self.months) for form in self.forms)
        return next(filter(None, found), None)


_ENGLISH = CalendarWords(_LEXICON.months, _LEXICON.date_fillers, _FORMS)


@lru_cache(maxsize=64)
def calendar_words(language: str | None) -> CalendarWords | None:
    """Those of a language (BCP 47) that has some; None for English, and for any other."""
    if is_east_asian(language):
        told = cjk_lexicon(language).document["dates"]
        year, month, day = ("|".join(told[name]) for name in ("years", "months", "days"))
        day = rf"(?: ?{_DAY_NUMBER} ?(?:{day}))?"
        month = rf"(?: ?(?P<number>\d{{1,2}}) ?(?:{month}){day})?"
        return CalendarWords({}, frozenset(), (re.compile(rf"{_YEAR} ?(?:{year}){month}"),))
    lex = lexicon_of(language)
    if lex.language == "en":
        return None
    month, nth = r"(?P<month>[^\W\d_]+)", "|".join(lex.ordinals)
    forms = (_YEAR, rf"{month} {_YEAR}", rf"{_DAY_NUMBER}(?:{nth})? {month} {_YEAR}")
    return CalendarWords(lex.months, lex.date_fillers, tuple(map(re.compile, forms)))


def _in_own_words(tokens: list[Token], own: CalendarWords | None) -> str | None:
    """A day, a month or a year; None for all else, which is left to be read in English."""
    if own is None:
        return None
    kept = [
        token
        for n, token in enumerate(tokens)
        if token.text not in own.fillers
        and not (token.text == "." and n and tokens[n - 1].kind == "number")
    ]
    text = _text(kept)
    return own.date(text)


# --------------------------------------------------------------------------------------- spans


def _bounded(words: list[Token]) -> str | None:
    """Before 1990; after Q1 2024; between 1975 and 1980; from 1975 to 1980."""
    if found := _LEXICON.date_bounds.match(words, 0):
        side, at = found
        end = _day(_text(words[at:]))
        if end is None or not _SINCE_1000.fullmatch(end) or end[:4] == "9999":
            return None
        return f"[..{_stepped(end, -1)}]" if side == "before" else f"[{_stepped(end, 1)}..]"
    if opened := _LEXICON.date_openers.match(words, 0):
        joiners = _LEXICON.date_joiners[opened[0]]
        ends = (
            (_day(_text(words[opened[1] : at])), _day(_text(words[at + 1 :])))
            for at in range(opened[1] + 1, len(words))
            if words[at].text in joiners
        )
        return next(filter(None, starmap(_span, ends)), None)  # 2022-02-24 has hyphens of its own
    return None


def _span(start: str | None, end: str | None) -> str | None:
    """From one date to a later one of the same precision; None where they are no such pair."""
    if not start or not end or not _SINCE_1000.fullmatch(start) or len(start) != len(end):
        return None
    return f"{start}/{end}" if edtf.span(start).hi < edtf.span(end).lo else None


def _stepped(text: str, step: int) -> str:
    """The year, quarter, month or day before or after."""
    year, month, day = (int(part) for part in (text.split("-") + ["0", "0"])[:3])
    if not month:
        return f"{year + step:04}"
    if not day:
        first, in_a_year = (_FIRST_QUARTER, 4) if month >= _FIRST_QUARTER else (1, 12)
        later, place = divmod(month - first + step, in_a_year)
        return f"{year + later:04}-{first + place:02}"
    return str(date.fromisoformat(text) + timedelta(days=step))


def _decade_or_century(text: str) -> str | None:
    if decade := _DECADE.fullmatch(text):
        return f"{decade[1]}X"
    century = _CENTURY.fullmatch(text)
    return f"{int(century[1]) - 1:02}XX" if century else None


# ------------------------------------------------------------------------ one date of a calendar


def _day(text: str) -> str | None:
    """A year, a quarter, a month or a day."""
    if _is_two_years(text):
        return None
    if quarter := _QUARTER.fullmatch(text):
        year, named = quarter[2] or quarter[3], quarter[1] or quarter[4]
        return f"{year}-{_FIRST_QUARTER - 1 + int(named[1])}"
    if era := _ERA.fullmatch(text):
        year, name = int(era[1]), era[2]
        if year and name in _LEXICON.eras_before:
            return f"-{year - 1:04}" if year > 1 else "0000"
        if year and name in _LEXICON.eras_since:
            return f"{year:04}"
    if (era := _ERA_FIRST.fullmatch(text)) and era[1] in _LEXICON.eras_since and int(era[2]):
        return f"{int(era[2]):04}"  # AD 79; before Christ the year comes first
    return _ENGLISH.date(text)


def _is_two_years(text: str) -> bool:
    """Whether 2010-11 may be a year of accounts or a season, as well as November 2010."""
    pair = _TWO_YEARS.fullmatch(text)
    return pair is not None and int(pair[2]) == int(pair[1]) + 1


def _date(found: re.Match[str] | None, months: Mapping[str, int]) -> str | None:
    """The parts as EDTF, if the calendar has such a day; it has no year 0, which EDTF has."""
    if not found or not int(found["year"]):
        return None
    parts = found.groupdict()
    year, day = int(parts["year"]), int(parts.get("day") or 0)
    if not parts.get("month") and not parts.get("number"):
        return f"{year:04}"
    month = int(parts.get("number") or months.get(parts.get("month") or "", 0))
    if not 1 <= month <= 12:
        return None
    if not parts.get("day"):
        return f"{year:04}-{month:02}"
    last = calendar.monthrange(year, month)[1]
    return f"{year:04}-{month:02}-{day:02}" if 1 <= day <= last else None
