"""Sanitizing and number grouping: texts of somebody else's on one line, figures in threes."""

import re
from decimal import Decimal

_BREAKS = re.compile("[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]+")
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
SHOWN_DIGITS = 24
"""Characters of a number that are shown; a longer one is told in powers of ten."""
_DECIMAL = re.compile(r"(-?)([0-9]{1,60})(\.[0-9]+)?")
_IN_THREES = re.compile(r"-?[0-9]{1,3}([, \u00a0\u202f])[0-9]{3}(\1[0-9]{3})*(\.[0-9]+)?")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def one_line(text: str, most: int | None = None) -> str:
    """A text on one line, cut to so many characters, with nothing that turns its neighbours."""
    flat = " ".join(_TURNS.sub("", _BREAKS.sub(" ", text)).split())
    return flat if most is None or len(flat) <= most else flat[: most - 1].rstrip() + "…"


def printable(text: str) -> str:
    """A text for a terminal: it cannot move the cursor, or colour what follows."""
    return "".join(char if char.isprintable() else "�" for char in text)


def grouped(number: str) -> str:
    """An exact decimal with its thousands set apart; one with an exponent as it stands."""
    found = _DECIMAL.fullmatch(number)
    return f"{found[1]}{int(found[2]):,}{found[3] or ''}" if found else number


def ungrouped(number: str) -> str:
    """A decimal without what sets its thousands apart; what is no such number as it stands.

    So "10,000" is ten thousand, and "2,5" is not twenty-five.
    """
    found = _IN_THREES.fullmatch(number)
    return number.replace(found[1], "") if found else number


def shortened(number: str) -> str:
    """The same, short enough for a table or a picture."""
    if len(number) <= SHOWN_DIGITS or not _NUMBER.fullmatch(number):
        return grouped(number)
    return f"≈{Decimal(number):.6e}".replace("e+", "e")
