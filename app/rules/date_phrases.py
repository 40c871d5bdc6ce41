"""Date phrases: a date in words as EDTF, for a measure of dates: "in the 1970s" -> "197X".

What could mean two spans is refused: "the 1900s" may be ten
years or a hundred.
"""

import calendar
import re

from app.rules.lexicon import lexicon_of
from app.rules.tokenizer import Token, Unreadable, as_written

_LEXICON = lexicon_of("en")
"""Dates are read in English alone."""

_MONTH = r"(?P<month>[a-z]+)"
_NTH = f"(?:{'|'.join(_LEXICON.ordinals)})"
_DAY = rf"(?P<day>\d{{1,2}}){_NTH}?"
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


def read_date(tokens: list[Token]) -> tuple[str, str]:
    """The hedge (none or approximate) and the EDTF date. Raises Unreadable."""
    hedge, start = _hedge(tokens)
    words = [token for token in tokens[start:] if token.text not in _LEXICON.date_fillers | {","}]
    text = "".join(token.text if token.glued else " " + token.text for token in words).strip()
    if hedge == "none" and (span := _decade_or_century(text)):
        return hedge, span
    date = next(filter(None, (_date(form.fullmatch(text)) for form in _FORMS)), None)
    if date is None:
        raise Unreadable(
            "This is not a year, a month, a day, a decade or a century that can be read.",
            as_written(tokens),
        )
    return hedge, date + ("~" if hedge == "approximate" else "")


def _hedge(tokens: list[Token]) -> tuple[str, int]:
    found = _LEXICON.before.match(tokens, 0)
    return found if found and found[0] == "approximate" else ("none", 0)


def _decade_or_century(text: str) -> str | None:
    if decade := _DECADE.fullmatch(text):
        return f"{decade[1]}X"
    century = _CENTURY.fullmatch(text)
    return f"{int(century[1]) - 1:02}XX" if century else None


def _date(found: re.Match[str] | None) -> str | None:
    """The parts as EDTF, if the calendar has such a day."""
    if not found:
        return None
    parts = found.groupdict()
    year, day = int(parts["year"]), int(parts.get("day") or 0)
    if not parts.get("month") and not parts.get("number"):
        return f"{year:04}"
    month = int(parts.get("number") or _LEXICON.months.get(parts.get("month") or "", 0))
    if not 1 <= month <= 12:
        return None
    if not parts.get("day"):
        return f"{year:04}-{month:02}"
    # The Gregorian calendar repeats after 400 years, and the calendar module starts at year 1.
    last = calendar.monthrange(year % 400 + 400, month)[1]
    return f"{year:04}-{month:02}-{day:02}" if 1 <= day <= last else None
