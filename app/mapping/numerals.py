"""Figures in cells: which mark is the decimal mark is declared, or sure, or asked for."""

import re
from collections.abc import Sequence
from decimal import Decimal

from app.mapping.cells import NumberCell
from app.rules import numbers
from app.rules.number_formats import format_of

SCALES = {
    "percent": -2, "permille": -3, "hundred": 2, "thousand": 3, "lakh": 5, "million": 6,
    "crore": 7, "billion": 9, "trillion": 12,
}  # fmt: skip
MAX_SHIFT = 30
MARKS = {".": "a point", ",": "a comma", " ": "a space", "'": "an apostrophe"}
MARKED = re.compile(r"[0-9][.,][0-9]")
"""Digits with a mark that languages take for one or the other."""
_SPACES = re.compile("[\u00a0\u2007\u2009\u202f]")
_MINUS = re.compile("^[\u2212\u2010\u2011\u2012\u2013-] ?(?=[0-9.,])")
_PLUS = re.compile("^[+](?=[0-9.,])")
_SWAPPED = str.maketrans(".,", ",.")


class CellFault(ValueError):
    """A cell that cannot be read, or reads two ways: in what way, and what to do.

    ``at`` is its column, where the value has several.
    """

    at: Sequence[str] = ()


def figure(cell: str, decimal: str | None, thousands: str | None, scale: int = 0) -> str:
    """The exact decimal that a cell says, its point moved by ``scale``; raises ``CellFault``."""
    text = _SPACES.sub(" ", cell).replace("’", "'").strip()
    if text.endswith("%"):
        if scale != SCALES["percent"]:
            raise CellFault(
                'a figure in percent: say `scale = "percent"`, or take it as `raw_text`'
            )
        text = text[:-1].strip()
    text = _PLUS.sub("", _MINUS.sub("-", text))
    found = (
        {_canonical(text)} if isinstance(cell, NumberCell) else _readings(text, decimal, thousands)
    )
    if not found:
        raise CellFault(_not_read(decimal, thousands))
    if len(found) > 1:
        one, two = sorted(found, key=lambda one: "." in one)
        raise CellFault(
            f"this is {one} if the mark groups thousands, and {two} if it is the decimal mark; "
            'say which in the mapping: file.decimal = "." or ","'
        )
    return moved(found.pop(), scale)


def _not_read(decimal: str | None, thousands: str | None) -> str:
    declared = [
        f"{MARKS.get(mark, mark)} as {what}"
        for mark, what in ((decimal, "decimal mark"), (thousands, "mark of thousands"))
        if mark
    ]
    marks = f" with {' and '.join(declared)}" if declared else ""
    return (
        f"this is no figure{marks}; list words that stand for none in `file.missing`,"
        " or take the cell as `raw_text`"
    )


def _readings(text: str, decimal: str | None, thousands: str | None) -> set[str]:
    """Every figure that the digits can be, as far as the marks are declared."""
    decimal = decimal_mark(decimal, thousands)
    found = set()
    for mark in (decimal,) if decimal else (".", ","):
        swapped = text.translate(_SWAPPED) if mark == "," else text
        grouping = {one for one in ",' " if one in swapped}
        if thousands is not None:
            declared = thousands.translate(_SWAPPED) if mark == "," else thousands
            if grouping - {declared}:
                continue
        sign = "-" if swapped.startswith("-") else ""
        try:
            numbers.parse_grouped(swapped.removeprefix("-").lower())
        except ValueError:
            continue
        found.add(_canonical(sign + re.sub("[,' ]", "", swapped.removeprefix("-"))))
    return found


def decimal_mark(decimal: str | None, thousands: str | None) -> str | None:
    """The decimal mark as it is declared, or as the mark of thousands leaves but one."""
    if decimal is None and thousands in (".", ","):
        return "," if thousands == "." else "."
    return decimal


def _canonical(digits: str) -> str:
    """The same figure as JSON writes it: no zero before others, and one before a point."""
    sign = "-" if digits.startswith("-") else ""
    whole = digits.removeprefix("-").lower()
    lead = whole.lstrip("0")
    whole = lead if lead[:1].isdigit() else f"0{lead}"
    try:
        numbers.exact(sign + whole)
    except ValueError as error:
        raise CellFault(str(error)) from None
    return sign + whole if whole.strip("0.e") else whole


def moved(figure: str, scale: int) -> str:
    """A figure with its point moved, digit for digit."""
    if not scale:
        return figure
    shifted = format(numbers.moved(Decimal(figure), scale), "f")
    return numbers.plain(Decimal(shifted)) if "." in shifted and "." not in figure else shifted


def shift_of(scale: str | int) -> int:
    """How far a scale moves the point; raises ``CellFault``."""
    if type(scale) is int and abs(scale) <= MAX_SHIFT:
        return scale
    if isinstance(scale, str) and scale.strip().lower() in SCALES:
        return SCALES[scale.strip().lower()]
    raise CellFault(f"a scale is one of {', '.join(SCALES)}, or a number of places")


def read_alike(one: str | None, other: str | None) -> bool:
    """Whether two languages are one, and write their figures alike; without any it is English."""
    first, second = (str(tag or "en").lower().partition("-")[0] for tag in (one, other))
    return first == second and format_of(one) == format_of(other)
