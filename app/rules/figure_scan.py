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
from app.rules.lexicon import PRINTED_UNITS, lexicon_of
from app.rules.tokenizer import Unreadable, words

MOST_FIGURES = 200
"""The most figures that one answer lists."""

MOST_READINGS = 4000
"""The most wordings that are tried for one text: about a second's work."""

_WORDS_BEFORE = 6
_WORDS_AFTER = 12
_NOUN = 3
_HALF = 2
_PIECE = re.compile(
    r"\d+(?:[.,'’  ]\d+)*(?:e[+-]?\d+)?|[^\W\d_]+(?:['’][^\W\d_]+)*|[^\s\w]", re.IGNORECASE
)
_ENDS_A_CLAUSE = re.compile(r"[.;:!?(){}\[\]“”\"«»]")
_HYPHENS = "-–/"
_MEASURED_IN = frozenset(
    name for names in PRINTED_UNITS["measures"].values() for name in names
) | frozenset(PRINTED_UNITS["measures"])
_DAY = re.compile(r"([1-9]|[12]\d|3[01])(?!\d)")
_WORD_BEFORE = re.compile(r"([^\W\d_]{1,20})[ \u00a0]$")
_FIRST_WORD = re.compile(r"([^\W\d_]+)")
_MONTH_BEHIND = re.compile(r"(?:\.[ \u00a0]|[ \u00a0]([^\W\d_]{1,9})[ \u00a0])([^\W\d_]{1,20})")
"""What may stand between a day and its month: 5. Mai, 5 de mayo."""
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


class Scan:
    """One text that is looked through, with its language and how much work is left for it."""

    def __init__(self, text: str, context: MeasureContext):
        self.text, self.context = text, context
        self.lex = lexicon_of(context.language)
        self.pieces = list(_PIECE.finditer(text))
        self.left = MOST_READINGS

    def reading(self, first: int, last: int, context: MeasureContext) -> BoundedFigure | None:
        """How the pieces from first to last are read together; None where they are not."""
        self.left -= 1
        try:
            return read_figure(self.wording(first, last), context)
        except Unreadable:
            return None

    def wording(self, first: int, last: int) -> str:
        """The text from one piece to another."""
        return self.text[self.pieces[first].start() : self.pieces[last].end()]

    def word(self, at: int) -> str:
        """A piece as the lexicon has it, or "" beyond the last."""
        return "".join(words(self.pieces[at][0])) if at < len(self.pieces) else ""


def scan(text: str, context: MeasureContext) -> tuple[list[ScannedFigure], int]:
    """The figures of a text in order, and where the looking ended: before the end of the text after
    ``MOST_FIGURES``, or where a text holds so many words of figures that it would take too long.
    """
    found: list[ScannedFigure] = []
    looked = Scan(text, context)
    at = 0
    while at < len(looked.pieces):
        if len(found) == MOST_FIGURES or looked.left <= 0:
            return found, looked.pieces[at].start()
        if _begins_figure(looked, at):
            figure, at = _figure(looked, at, found[-1].end if found else 0)
            found.append(figure)
        else:
            at += 1
    return found, len(text)


def _begins_figure(looked: Scan, at: int) -> bool:
    """Digits, a number word, or a word that is a quantity: but no mere article, "no" or "one"."""
    piece, lex = looked.pieces[at][0], looked.lex
    if piece[0].isdigit():
        return True
    folded = looked.word(at) if piece[0].isalpha() else ""
    following = looked.word(at + 1)
    if lex.units.get(folded, 0) == 1:
        return following in lex.scales or following in lex.part_in.vocabulary
    known = (
        lex.fractions.get(folded) == _HALF
        or folded in lex.scales
        or folded in lex.tens
        or lex.units.get(folded, 0) > 1
    )
    return known or folded in lex.quantity_words


def _figure(looked: Scan, at: int, after: int) -> tuple[ScannedFigure, int]:
    """The longest wording around a number that can be read, and the piece to go on with."""
    start, run = _glued_before(looked, at), _run(looked, at)
    for last in _lasts(looked, at, run):
        contexts = _contexts(looked.context, _noun(looked, last + 1))
        for first in _firsts(looked, start, after):
            for known in contexts:
                if reading := looked.reading(first, last, known):
                    first, last = _tight(looked, first, start, run, last, known, reading)
                    return _judged(looked, first, last, known), last + 1
    return _refused(looked, start, run), run + 1


def _glued_before(looked: Scan, at: int) -> int:
    """Where what a number is glued to begins: the T of "T-72", of which it is a part."""
    pieces = looked.pieces
    while at and pieces[at - 1].end() == pieces[at].start():
        before = pieces[at - 1][0]
        if not (before[0].isalnum() or before in _HYPHENS):
            break
        at -= 1
    return at


def _contexts(context: MeasureContext, noun: str) -> tuple[MeasureContext, ...]:
    """The measure asked with; without one, things called as the text does, or a share."""
    if context != MeasureContext(language=context.language):
        return (context,)
    things = context._replace(unit="{thing}", unit_label=noun or None)
    return things, context._replace(statistic="share")


def _lasts(looked: Scan, at: int, run: int) -> Iterator[int]:
    """Where the wording may end, the farthest first: within its clause, and not within the run of
    what is written together ("70-100,000" is no 70). Words that the lexicon does not know end it.
    """
    last, known = at, looked.lex.vocabulary
    strict = looked.lex.inflection is None and looked.context.unit_label is None
    while last + 1 < len(looked.pieces) and last - at < _WORDS_AFTER:
        following = looked.pieces[last + 1][0]
        if _ENDS_A_CLAUSE.match(following):
            break
        if strict and last >= run and following[0].isalpha() and looked.word(last + 1) not in known:
            break
        last += 1
    yield from range(last, run - 1, -1)


def _firsts(looked: Scan, start: int, after: int) -> Iterator[int]:
    first, pieces = start, looked.pieces
    while first and start - first < _WORDS_BEFORE and pieces[first - 1].start() >= after:
        if _ENDS_A_CLAUSE.match(pieces[first - 1][0]):
            break
        first -= 1
    yield from range(first, start + 1)


def _tight(
    looked: Scan,
    first: int,
    start: int,
    run: int,
    last: int,
    context: MeasureContext,
    reading: BoundedFigure,
) -> tuple[int, int]:
    """The same reading without the function words at either end of its wording."""
    while first < start and looked.reading(first + 1, last, context) == reading:
        first += 1
    while last > run and looked.reading(first, last - 1, context) == reading:
        last -= 1
    return first, last


def _noun(looked: Scan, at: int) -> str:
    """The words behind a figure, as printed, up to one that the lexicon knows; at most three."""
    last = at
    while last < len(looked.pieces) and last - at < _NOUN:
        folded = looked.word(last)
        if not looked.pieces[last][0][0].isalpha() or folded in looked.lex.vocabulary:
            break
        if folded in looked.lex.after_nouns:
            break
        last += 1
    return looked.wording(at, last - 1) if last > at else ""


def _run(looked: Scan, at: int) -> int:
    """The end of what is written together with a number: "70-100,000", "1,23 million"."""
    pieces, last = looked.pieces, at
    while last + 1 < len(pieces):
        glued = pieces[last + 1].start() == pieces[last].end()
        scale = looked.word(last + 1) in looked.lex.scales
        if _ENDS_A_CLAUSE.match(pieces[last + 1][0]) or not (glued or scale):
            break
        last += 1
    return last if last == at or pieces[last][0] != "," else last - 1


def _judged(looked: Scan, first: int, last: int, context: MeasureContext) -> ScannedFigure:
    """A figure that can be read, unless it may be a date, is money, or has a unit of its own."""
    start, end = looked.pieces[first].start(), looked.pieces[last].end()
    noun, wording = _noun(looked, last + 1), looked.wording(first, last)
    money = start > 0 and unicodedata.category(looked.text[start - 1]) == "Sc"
    reason = ""
    beside = _is_beside_month(looked, start, noun) or _is_before_month(looked, end)
    if _YEAR.fullmatch(wording) or (beside and _DAY.match(wording)):
        reason = "This may be a date."
    elif money:
        reason = "This is money: ask with the measure that it is of."
    elif noun.partition(" ")[0] in _MEASURED_IN and context.unit == "{thing}":
        reason = "This is measured in a unit: ask with the measure that it is of."
    if reason:
        return ScannedFigure(start - money, end, noun, None, reason)
    return ScannedFigure(start, end, noun, context)


def _is_beside_month(looked: Scan, start: int, noun: str) -> bool:
    beside = _WORD_BEFORE.search(looked.text[:start]), _FIRST_WORD.match(noun)
    return any("".join(words(word[1])) in looked.lex.months for word in beside if word)


def _is_before_month(looked: Scan, end: int) -> bool:
    behind, lex = _MONTH_BEHIND.match(looked.text, end), looked.lex
    if behind is None or (behind[1] and behind[1].casefold() not in lex.date_fillers):
        return False
    return behind[2].casefold() in lex.months


def _refused(looked: Scan, first: int, last: int) -> ScannedFigure:
    start, end = looked.pieces[first].start(), looked.pieces[last].end()
    noun = _noun(looked, last + 1)
    try:
        read_figure(looked.wording(first, last), looked.context)
    except Unreadable as refused:
        return ScannedFigure(start, end, noun, None, refused.reason, refused.words)
    return ScannedFigure(start, end, noun, looked.context)
