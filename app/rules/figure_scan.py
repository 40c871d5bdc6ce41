"""Figure extraction: the figures of a text, with where they stand and how each would be read.

A grammar, no model: what begins at a number or a number word is read as the longest wording that
the lexicon reads whole. What it cannot read is listed with the reason, for a person to judge.
Offsets are code points, as in the selectors of the W3C's Web Annotations.
"""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from app.rules.bounds import BoundedFigure, MeasureContext
from app.rules.figures import read_figure
from app.rules.lexicon import PRINTED_UNITS
from app.rules.scanned_text import Scan
from app.rules.tokenizer import Unreadable, tokenise, words

MOST_FIGURES = 200
"""The most figures that one answer lists."""

_WORDS_BEFORE = 6
_WORDS_AFTER = 12
_NOUN = 3
_HALF = 2
_HYPHENS = "-–/"
_MEASURED_IN = frozenset(
    name for names in PRINTED_UNITS["measures"].values() for name in names
) | frozenset(PRINTED_UNITS["measures"])
_IN_A_UNIT = "This is measured in a unit: ask with the measure that it is of."
_GLUED = "What is written right behind the number may change it: send the figure by itself."
_MONEY = frozenset(name for names in PRINTED_UNITS["money"].values() for name in names)
_ADDRESS = re.compile(r"(?:://|www\.|@)\S*$")
_IN_A_TIME = re.compile(r"\d:$")
_TIME_BEHIND = re.compile(r":\d")
_WORD_BEFORE_NUMBER = re.compile(r"([^\W\d_]{1,20})\.?[ \u00a0]$")
_NAME_BEFORE = re.compile(r"[A-Z][^\W\d_]+, $")
_AGE = re.compile(r"1?\d{1,2}(?:[;)]|[,.](?!\d)|$)")
_FROM = ("from", 1)
_SLASHED = re.compile(r"\d+/\d+")
_SIGNS = "±+−-–—~≈<>≤≥=#§№@&×*/"
_DAY = re.compile(r"([1-9]|[12]\d|3[01])(?!\d)")
_WORD_BEFORE = re.compile(r"([^\W\d_]{1,20})[ \u00a0]$")
_WORD_BEHIND = re.compile(r"[ \u00a0]([^\W\d_]+)")
_UNIT_BEHIND = re.compile(r"[-−–]?[\d.,]+[- ]?([^\d\s-]+)")
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
                    figure = _judged(looked, first, last, known, after)
                    figure = _with_words_before(looked, first, last, figure)
                    return _whole(looked, last, figure)
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
    things = context._replace(unit="{thing}", unit_label=noun or None, domain_min=Decimal(0))
    return things, context._replace(statistic="share", domain_min=Decimal(0))


def _lasts(looked: Scan, at: int, run: int) -> Iterator[int]:
    """Where the wording may end, the farthest first: within its clause, and not within the run of
    what is written together ("70-100,000" is no 70). Words that the lexicon does not know end it.
    """
    if interval := _interval_behind(looked, run):
        yield interval
    last, known = at, looked.lex.vocabulary
    strict = looked.lex.inflection is None and looked.context.unit_label is None
    while last + 1 < len(looked.pieces) and last - at < _WORDS_AFTER:
        following = looked.pieces[last + 1][0]
        if looked.ends_clause(last + 1):
            break
        if strict and last >= run and following[0].isalpha() and looked.word(last + 1) not in known:
            break
        last += 1
    yield from range(last, run - 1, -1)


def _interval_behind(looked: Scan, run: int) -> int | None:
    """Where "(95% CI 400-600)" ends behind a number."""
    behind = range(run + 1, min(run + 1 + _WORDS_AFTER, len(looked.pieces)))
    if not behind or looked.pieces[run + 1][0] not in ("(", "["):
        return None
    named = False
    for at in behind:
        named = named or looked.word(at) in looked.lex.intervals.starts
        if looked.pieces[at][0] in (")", "]"):
            return at if named else None
    return None


def _firsts(looked: Scan, start: int, after: int) -> Iterator[int]:
    first, pieces = start, looked.pieces
    while first and start - first < _WORDS_BEFORE and pieces[first - 1].start() >= after:
        if looked.ends_clause(first - 1):
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
    brackets = looked.pieces[last][0] in (")", "]")
    while last > run and not brackets and looked.reading(first, last - 1, context) == reading:
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
    if last == at:
        return ""
    return looked.wording(at, _glued_behind(looked, last - 1))


def _glued_behind(looked: Scan, at: int) -> int:
    """Where a name ends that a number is glued to: "F-16s"."""
    pieces = looked.pieces
    while at + 1 < len(pieces) and pieces[at + 1].start() == pieces[at].end():
        if not (pieces[at + 1][0][0].isalnum() or pieces[at + 1][0] in _HYPHENS):
            break
        at += 1
    return at


def _run(looked: Scan, at: int) -> int:
    """The end of what is written together with a number: "70-100,000", "1,23 million"."""
    pieces, last = looked.pieces, at
    while last + 1 < len(pieces):
        glued = pieces[last + 1].start() == pieces[last].end()
        scale = looked.word(last + 1) in looked.lex.scales
        if looked.ends_clause(last + 1) or not (glued or scale):
            break
        last += 1
    return last if last == at or pieces[last][0] != "," else last - 1


def _judged(
    looked: Scan, first: int, last: int, context: MeasureContext, after: int
) -> ScannedFigure:
    """A figure that can be read, unless it may be a date, is money, or has a unit of its own."""
    start, end = looked.pieces[first].start(), looked.pieces[last].end()
    noun, wording = _noun(looked, last + 1), looked.wording(first, last)
    money = start > 0 and unicodedata.category(looked.text[start - 1]) == "Sc"
    reason = ""
    beside = _is_beside_month(looked, first, last) or _is_before_month(looked, end)
    if _YEAR.fullmatch(wording) or (beside and _DAY.match(wording)):
        reason = "This may be a date."
    elif money or (context.unit == "{thing}" and _begins_with(noun, _MONEY)):
        reason = "This is money: ask with the measure that it is of."
    elif context.unit == "{thing}" and _begins_with(noun, _MEASURED_IN):
        reason = _IN_A_UNIT
    else:
        reason = _no_figure(looked, first, last, after)
    if reason:
        return ScannedFigure(start - money, end, noun, None, reason)
    return ScannedFigure(start, end, noun, context)


def _begins_with(noun: str, names: frozenset[str]) -> bool:
    """Whether a noun's first words are the name of a unit: "tonnes", "square kilometres"."""
    parts = noun.split(" ")
    return parts[0] in names or " ".join(parts[:2]) in names


def _no_figure(looked: Scan, first: int, last: int, after: int) -> str:
    """Why a number that can be read may be none that counts or measures, or ""."""
    text, lex = looked.text, looked.lex
    start, end = looked.pieces[first].start(), looked.pieces[last].end()
    before, wording = text[:start], text[start:end]
    word = "".join(words(found[1])) if (found := _WORD_BEFORE_NUMBER.search(before)) else ""
    digits = wording[0].isdigit()
    if any((_ADDRESS.search(before), _IN_A_TIME.search(before), _TIME_BEHIND.match(text, end))):
        return "This is a part of an address, a time of day or a ratio."
    if digits and (word in lex.numbered or _is_heading(before, text[end : end + 2])):
        return "This may say which one it is, not how many."
    if word in lex.ages or (digits and _NAME_BEFORE.search(before) and _AGE.match(text, start)):
        return "This may be an age."
    if word in lex.halves and wording.lower() == "half":
        return "This may be a date."
    if _SLASHED.fullmatch(wording):
        return "This may be a date, a rating or a part of a whole."
    if looked.word(first) in lex.limits and _is_noun(text[after:start]):
        return "This may be an age, or a limit to what is counted before it."
    if _is_beside_other(looked, first, last):
        return "The text says one number or another: send them as alternatives."
    if before and before[-1] in _SIGNS:
        return "The sign before it may change what it means."
    return ""


def _is_beside_other(looked: Scan, first: int, last: int) -> bool:
    """Two or three: neither of them is the figure."""
    before = first > 1 and looked.word(first - 1) in looked.lex.alternatives
    behind = looked.word(last + 1) in looked.lex.alternatives and last + 2 < len(looked.pieces)
    return (before and _begins_figure(looked, first - 2)) or (
        behind and _begins_figure(looked, last + 2)
    )


def _is_heading(before: str, behind: str) -> bool:
    """Whether a number stands at the beginning of a line and ends with a stop: "1. Summary"."""
    return before.rpartition("\n")[2].strip() == "" and behind[:1] in (".", ")") and len(behind) > 1


def _is_noun(between: str) -> bool:
    return between.replace(" ", "").isalpha() and len(between.split()) <= _NOUN


def _whole(looked: Scan, last: int, read: ScannedFigure) -> tuple[ScannedFigure, int]:
    """The figure and the piece to go on with: behind all that its end is written together with.

    "5 to 10B2" is no 5 to 10; the "F-16s" of a measure of F-16 are a name.
    """
    first, behind = _glued_before(looked, last), _glued_behind(looked, last)
    name = looked.pieces[first][0].isalpha() and looked.pieces[last][0][0].isdigit()
    numbers = any(_begins_figure(looked, at) for at in range(first, behind + 1))
    if behind == last or name or not numbers:
        return read, behind + 1
    end, noun = looked.pieces[behind].end(), _noun(looked, behind + 1)
    return ScannedFigure(read.start, end, noun, None, read.reason or _GLUED, read.words), behind + 1


def _with_words_before(looked: Scan, first: int, last: int, read: ScannedFigure) -> ScannedFigure:
    """The figure, unless a word of the lexicon right before it says more than was read.

    "Another 500" is no 500, and "rose from 31 to 43" no range.
    """
    if read.context is None:
        return read
    while (before := _phrase_before(looked, first)) is not None:
        try:
            read_figure(looked.wording(before, last), read.context)
        except Unreadable as refused:
            if looked.lex.range_openers.match(tokenise(looked.wording(before, last)), 0) == _FROM:
                return read  # "from 88 countries", "up from 700"
            start = looked.pieces[before].start()
            return ScannedFigure(start, read.end, read.noun, None, refused.reason, refused.words)
        first = before
    return read


def _phrase_before(looked: Scan, first: int) -> int | None:
    """Where a phrase of the lexicon begins that ends right before a piece; the longest."""
    lex, least = looked.lex, max(0, first - _WORDS_BEFORE)
    if not first or looked.ends_clause(first - 1):
        return None
    if looked.word(first - 1) in lex.negations | lex.qualifiers.keys():
        return first - 1
    families = (lex.before, lex.changes, lex.increments, lex.range_openers, lex.fillers)
    if not any(looked.word(first - 1) in family.vocabulary for family in families):
        return None
    for at in range(least, first):
        phrase = looked.wording(at, first - 1)
        if any(map(looked.ends_clause, range(at, first))) or not phrase.isprintable():
            continue
        tokens = tokenise(phrase)
        ends = (found[1] for family in families if (found := family.match(tokens, 0)))
        if len(tokens) in ends and not (at and looked.word(at - 1) in lex.phrasal):
            return at
    return None


def _is_beside_month(looked: Scan, first: int, last: int) -> bool:
    """Whether the name of a month stands before or behind; "3 may" have a verb."""
    before = _WORD_BEFORE.search(looked.text[: looked.pieces[first].start()])
    behind = _WORD_BEHIND.match(looked.text, looked.pieces[last].end())
    beside = [word[1] for word in (before, behind) if word]
    return any("".join(words(word)) in looked.lex.months and word != "may" for word in beside)


def _is_before_month(looked: Scan, end: int) -> bool:
    behind, lex = _MONTH_BEHIND.match(looked.text, end), looked.lex
    if behind is None or (behind[1] and behind[1].casefold() not in lex.date_fillers):
        return False
    return behind[2].casefold() in lex.months


def _refused(looked: Scan, first: int, last: int) -> ScannedFigure:
    start, end = looked.pieces[first].start(), looked.pieces[last].end()
    noun, unit = _noun(looked, last + 1), _UNIT_BEHIND.fullmatch(looked.wording(first, last))
    if unit and unit[1] in _MEASURED_IN and not looked.context.unit_label:
        return ScannedFigure(start, end, noun, None, _IN_A_UNIT)
    refused = looked.read(first, last, _contexts(looked.context, noun)[0])
    assert isinstance(refused, Unreadable)  # else it would have been found
    return ScannedFigure(start, end, noun, None, refused.reason, refused.words)
