"""Scan neighbours: what stands beside a number of a text, and tells that it is no count.

It may be a difference ("5,000 more than in 2023"), a part of a whole ("3 of 10"), the number of a
house, an age, or no whole number of the things that it would count.
"""

import re

from app.rules.bounds import BoundedFigure
from app.rules.scanned_text import Scan

DIFFERENCE = "This may be how many more or fewer, not how many."
PART = "This may be a part of a whole, not how many."
WHICH_ONE = "This may say which one it is, not how many."
AGE = "This may be an age."
NO_WHOLE = "Things are counted in whole numbers: ask with the measure that it is of."

_PARTS = frozenset({"2", "3", "4", "5", "6", "7", "8", "9", "10", "100", "1000"})
"""What a part is told of, where it is a share and no count: 3 of 10, but 31 of 36 drones."""
_BETWEEN = 3
"""Words that may stand between a part and its whole: 3 Français sur 10."""
_STREET = 4
"""Words of the name of a street, before its number."""
_ALONE = re.compile(r"(?<![^\W_])[A-Z][ \u00a0]$")
_SMALL = re.compile(r"1?\d{1,2}")
_APPOSED = re.compile(r"[^\W\d_]{2,}, $")


def beside(looked: Scan, first: int, last: int, noun: str) -> str:
    """Why what is read from the pieces first to last may be no figure, or ""."""
    if _is_difference(looked, last, noun):
        return DIFFERENCE
    if not looked.pieces[first][0][0].isdigit():
        return ""
    if _is_part(looked, first, last):
        return PART
    if _is_of_a_road(looked, first) or _is_of_a_house(looked, first, noun):
        return WHICH_ONE
    return AGE if _is_age(looked, first, last, noun) else ""


def is_broken(reading: BoundedFigure) -> bool:
    """Whether a figure of things is none: 0.4 points, 2.5 children."""
    lower = reading.lower if reading.lower_basis == "stated" else None
    upper = reading.upper if reading.upper_basis == "stated" else None
    said = (one for one in (reading.value, lower, upper) if one is not None)
    return "/" not in reading.unit and any(one != one.to_integral_value() for one in said)


def _is_difference(looked: Scan, last: int, noun: str) -> bool:
    """Whether words behind a figure or its noun say that there are so many more: "500 more"."""
    for at in range(last + 1, last + 2 + len(noun.split())):
        if at >= len(looked.pieces) or looked.ends_clause(at):
            return False
        behind = looked.tokens(at, min(at + 1, len(looked.pieces) - 1))
        if looked.lex.added_behind.match(behind, 0):
            return True
    return False


def _is_part(looked: Scan, first: int, last: int) -> bool:
    """Whether a number is the 3 or the 10 of "3 of 10", "3 de cada 10", "3 Français sur 10"."""
    pieces = looked.pieces
    if first != last:
        return False
    for at in range(last + 1, min(last + 2 + _BETWEEN, len(pieces))):
        if looked.ends_clause(at) or pieces[at][0][0].isdigit():
            break
        if looked.word(at) in looked.lex.scan["parts_of"] and (whole := _number_at(looked, at + 1)):
            return _is_less(pieces[first][0], whole)
    joined = False
    for at in range(first - 1, max(-1, first - 3 - _BETWEEN), -1):
        if looked.ends_clause(at):
            break
        if pieces[at][0][0].isdigit():
            return joined and _is_less(pieces[at][0], pieces[first][0])
        joined = joined or (looked.word(at) in looked.lex.scan["parts_of"] and at > first - 3)
    return False


def _number_at(looked: Scan, at: int) -> str:
    """The number here, or behind one more word: de cada 10, من كل 10."""
    at += looked.word(at) in looked.lex.scan["parts_of"]
    piece = looked.pieces[at][0] if at < len(looked.pieces) else ""
    return piece if piece[:1].isdigit() else ""


def _is_less(part: str, whole: str) -> bool:
    return whole in _PARTS and part.isdigit() and int(part) < int(whole)


def _is_of_a_road(looked: Scan, first: int) -> bool:
    """Whether a capital letter alone stands before: the A 8, and no article or preposition."""
    lex, before = looked.lex, looked.text[: looked.pieces[first].start()]
    joiners = frozenset().union(*lex.range_joiners.values())
    other = lex.articles | lex.fillers.vocabulary | lex.before.vocabulary | joiners
    return _ALONE.search(before) is not None and looked.folded(before[-2:-1]) not in other


def _is_of_a_house(looked: Scan, first: int, noun: str) -> bool:
    """Whether a street is named beside: 221B Baker Street, 12 rue de la Paix, Hauptstraße 12."""
    lex, named = looked.lex, noun.split(" ")
    behind = [
        one for one in named[1:] if one[0].isupper() and looked.folded(one) in lex.scan["streets"]
    ]
    if behind or looked.folded(named[0]) in lex.scan["roads"]:
        return True
    for at in range(first - 1, max(-1, first - 1 - _STREET), -1):
        if looked.ends_clause(at) or looked.pieces[at][0][0].isdigit():
            break
        if looked.word(at) in lex.scan["roads_before"]:
            return True
    return bool(first) and looked.word(first - 1).endswith(lex.road_endings)


def _is_age(looked: Scan, first: int, last: int, noun: str) -> bool:
    """Whether it is told of somebody: "the driver, 64, survived", "she is 64"."""
    if first != last or not _SMALL.fullmatch(looked.pieces[first][0]):
        return False
    before = looked.text[: looked.pieces[first].start()]
    closed = looked.text.startswith(", ", looked.pieces[last].end())
    if closed and _APPOSED.search(before) and looked.word(first - 2) not in looked.lex.months:
        return True
    two = [looked.word(at) for at in range(max(0, first - 2), first)]
    return not noun and not looked.lex.scan["ages_said"].isdisjoint((" ".join(two), *two[-1:]))
