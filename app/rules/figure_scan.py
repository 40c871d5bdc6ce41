"""Figure extraction: the figures of a text, with where they stand and how each would be read.

A grammar, no model: what begins at a number or a number word is read as the longest wording that
the lexicon reads whole. What it cannot read is listed with the reason, for a person to judge.
Offsets are code points, as in the selectors of the W3C's Web Annotations.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from app.rules.bounds import BoundedFigure, MeasureContext
from app.rules.figures import read_figure
from app.rules.lexicon import Lexicon, lexicon_of
from app.rules.tokenizer import Unreadable, words

MOST_FIGURES = 200
"""The most figures that one answer lists."""

_WORDS_BEFORE = 6
_WORDS_AFTER = 12
_NOUN = 3
_HALF = 2
_PIECE = re.compile(
    r"\d+(?:[.,'’  ]\d+)*(?:e[+-]?\d+)?|[^\W\d_]+(?:['’][^\W\d_]+)*|[^\s\w]", re.IGNORECASE
)
_ENDS_A_CLAUSE = re.compile(r"[.;:!?(){}\[\]“”\"«»]")
_DAY = re.compile(r"[1-9]|[12]\d|3[01]")
_WORD_BEFORE = re.compile(r"([^\W\d_]+) $")
_FIRST_WORD = re.compile(r"([^\W\d_]+)")
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")


class ScannedFigure(NamedTuple):
    """One figure of a text: ``text[start:end]``, the words behind it, and how it is read.

    ``context`` is that of its reading; without one ``reason`` says why, and ``words`` which words
    the lexicon did not know.
    """

    start: int
    end: int
    noun: str
    context: MeasureContext | None
    reason: str = ""
    words: tuple[str, ...] = ()


def scan(text: str, context: MeasureContext) -> list[ScannedFigure]:
    """Every figure of a text in order, at most ``MOST_FIGURES`` and one more."""
    found: list[ScannedFigure] = []
    lex = lexicon_of(context.language)
    pieces = list(_PIECE.finditer(text))
    at = 0
    while at < len(pieces) and len(found) <= MOST_FIGURES:
        if not _begins_figure(lex, pieces, at):
            at += 1
            continue
        figure, following = _figure(lex, text, pieces, at, found[-1].end if found else 0, context)
        found.append(figure)
        at = following
    return found


def _begins_figure(lex: Lexicon, pieces: list[re.Match[str]], at: int) -> bool:
    """Digits, a number word, or a word that is a quantity: but no mere article, "no" or "one"."""
    piece = pieces[at][0]
    if piece[0].isdigit():
        return True
    folded = "".join(words(piece)) if piece[0].isalpha() else ""
    following = "".join(words(pieces[at + 1][0])) if at + 1 < len(pieces) else ""
    if lex.units.get(folded, 0) == 1:
        return following in lex.scales or following in lex.part_in.vocabulary
    known = (
        lex.fractions.get(folded) == _HALF
        or folded in lex.scales
        or folded in lex.tens
        or lex.units.get(folded, 0) > 1
    )
    return known or folded in lex.quantity_words


def _figure(
    lex: Lexicon,
    text: str,
    pieces: list[re.Match[str]],
    at: int,
    after: int,
    context: MeasureContext,
) -> tuple[ScannedFigure, int]:
    """The longest wording around a number that can be read, and the piece to go on with."""
    run = _run(lex, pieces, at)
    for last in _lasts(pieces, at):
        if last < run:
            break  # "70-100,000" is no 70
        noun = _noun(lex, text, pieces, last + 1)
        for first in _firsts(pieces, at, after):
            start, end = pieces[first].start(), pieces[last].end()
            for known in _contexts(context, noun):
                reading = _reading(text[start:end], known)
                if reading is None:
                    continue
                first, last = _tight(text, pieces, first, at, last, known, reading)
                start, end = pieces[first].start(), pieces[last].end()
                noun = _noun(lex, text, pieces, last + 1)
                return _judged(lex, text, start, end, noun, known), last + 1
    noun = _noun(lex, text, pieces, run + 1)
    start, end = pieces[at].start(), pieces[run].end()
    return _refused(text, start, end, noun, context), run + 1


def _contexts(context: MeasureContext, noun: str) -> tuple[MeasureContext, ...]:
    """The measure asked with; without one, things called as the text does, or a share."""
    if context != MeasureContext(language=context.language):
        return (context,)
    things = context._replace(unit="{thing}", unit_label=noun or None)
    return things, context._replace(statistic="share")


def _lasts(pieces: list[re.Match[str]], at: int) -> Iterator[int]:
    """Where the wording may end, the farthest first: within its clause."""
    last = at
    while last + 1 < len(pieces) and last - at < _WORDS_AFTER:
        if _ENDS_A_CLAUSE.match(pieces[last + 1][0]):
            break
        last += 1
    yield from range(last, at - 1, -1)


def _firsts(pieces: list[re.Match[str]], at: int, after: int) -> Iterator[int]:
    first = at
    while first and at - first < _WORDS_BEFORE and pieces[first - 1].start() >= after:
        if _ENDS_A_CLAUSE.match(pieces[first - 1][0]):
            break
        first -= 1
    yield from range(first, at + 1)


def _reading(wording: str, context: MeasureContext) -> BoundedFigure | None:
    try:
        return read_figure(wording, context)
    except Unreadable:
        return None


def _tight(
    text: str,
    pieces: list[re.Match[str]],
    first: int,
    at: int,
    last: int,
    context: MeasureContext,
    reading: BoundedFigure,
) -> tuple[int, int]:
    """The same reading without the function words at either end of its wording."""
    while first < at and _same(text, pieces, first + 1, last, context, reading):
        first += 1
    while last > at and _same(text, pieces, first, last - 1, context, reading):
        last -= 1
    return first, last


def _same(
    text: str,
    pieces: list[re.Match[str]],
    first: int,
    last: int,
    context: MeasureContext,
    reading: BoundedFigure,
) -> bool:
    return _reading(text[pieces[first].start() : pieces[last].end()], context) == reading


def _noun(lex: Lexicon, text: str, pieces: list[re.Match[str]], at: int) -> str:
    """The words behind a figure, as printed, up to one that the lexicon knows; at most three."""
    first = last = at
    while last < len(pieces) and last - first < _NOUN:
        folded = "".join(words(pieces[last][0]))
        ends = not pieces[last][0][0].isalpha() or folded in lex.vocabulary
        if ends or folded in lex.after_nouns:
            break
        last += 1
    if first == last:
        return ""
    return text[pieces[first].start() : pieces[last - 1].end()]


def _run(lex: Lexicon, pieces: list[re.Match[str]], at: int) -> int:
    """The end of what is written together with a number: "70-100,000", "1,23 million"."""
    last = at
    while last + 1 < len(pieces):
        glued = pieces[last + 1].start() == pieces[last].end()
        scale = "".join(words(pieces[last + 1][0])) in lex.scales
        if _ENDS_A_CLAUSE.match(pieces[last + 1][0]) or not (glued or scale):
            break
        last += 1
    return last if pieces[last][0] != "," else last - 1


def _judged(
    lex: Lexicon, text: str, start: int, end: int, noun: str, context: MeasureContext
) -> ScannedFigure:
    beside = _WORD_BEFORE.search(text[:start]), _FIRST_WORD.match(noun)
    in_month = any("".join(words(word[1])) in lex.months for word in beside if word)
    if _YEAR.fullmatch(text[start:end]) or (in_month and _DAY.fullmatch(text[start:end])):
        return ScannedFigure(start, end, noun, None, "This may be a date.")
    if start and unicodedata.category(text[start - 1]) == "Sc":
        reason = "This is money: ask with the measure that it is of."
        return ScannedFigure(start - 1, end, noun, None, reason)
    return ScannedFigure(start, end, noun, context)


def _refused(text: str, start: int, end: int, noun: str, context: MeasureContext) -> ScannedFigure:
    try:
        read_figure(text[start:end], context)
    except Unreadable as refused:
        return ScannedFigure(start, end, noun, None, refused.reason, refused.words)
    return ScannedFigure(start, end, noun, context)
