"""Figure extraction: the figures of a text, with where they stand and how each would be read.

A grammar, no model: what begins at a number or a number word is read as the longest wording that
the lexicon reads whole. What it cannot read is listed with the reason, for a person to judge.
Offsets are code points, as in the selectors of the W3C's Web Annotations.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from app.rules.bounds import BoundedFigure, MeasureContext
from app.rules.figures import read_figure
from app.rules.range_ends import TWO_BEGINNINGS
from app.rules.scan_doubts import IN_A_UNIT, MEASURED_IN, NOUN, begins_figure, doubt, priced_from
from app.rules.scan_neighbours import NO_WHOLE
from app.rules.scanned_text import Scan
from app.rules.tokenizer import Unreadable, tokenise

MOST_FIGURES = 200
"""The most figures that one answer lists."""

_WORDS_BEFORE = 6
_WORDS_AFTER = 12
_HYPHENS = "-–/"
_GLUED = "What is written right behind the number may change it: send the figure by itself."
_FROM = ("from", 1)
_UNIT_BEHIND = re.compile(r"[-−–]?[\d.,]+[- ]?([^\d\s-]+)")


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
    looked = _FigureScan(text, context)
    at = 0
    while at < len(looked.pieces):
        if len(found) == MOST_FIGURES or looked.left <= 0:
            return found, looked.pieces[at].start()
        if begins_figure(looked, at):
            figure, at = looked.figure(at, found[-1].end if found else 0)
            found.append(figure)
        else:
            at += 1
    return found, len(text)


class _FigureScan(Scan):
    """A text whose figures are looked for."""

    def figure(self, at: int, after: int) -> tuple[ScannedFigure, int]:
        """The longest wording around a number that can be read, and the piece to go on with."""
        start, run = self._glued(at, -1), self._run(at)
        for last in self._lasts(at, run):
            contexts = _contexts(self.context, self._noun(last + 1))
            for first in self._firsts(start, after):
                for n, known in enumerate(contexts):
                    found = self.attempt(first, last, known)
                    if isinstance(found, Unreadable):
                        if found.reason.startswith(TWO_BEGINNINGS):
                            # Refused whole: neither end of such a range is a figure.
                            two = self._has_two_beginnings
                            first, last = _tight(first, start, run, last, two)
                            return self._refused(first, last), last + 1
                    elif n == 0 or self._is_share(first, last, found):
                        same = partial(self._reads_as, found, known)
                        closed = self.pieces[last][0] in (")", "]")
                        first, last = _tight(first, start, last if closed else run, last, same)
                        return self._read(first, last, known, after)
        return self._refused(start, run), run + 1

    def _read(
        self, first: int, last: int, context: MeasureContext, after: int
    ) -> tuple[ScannedFigure, int]:
        """A wording that can be read, with what else is said of it before and behind its noun."""
        figure = self._judged(first, last, context, after)
        alone = figure.context or figure.reason == NO_WHOLE
        if alone and (end := self._said_behind(first, last, context)):
            last, figure = end, self._judged(first, end, context, after)
        return self._whole(last, self._with_words_before(first, last, figure))

    def _has_two_beginnings(self, first: int, last: int) -> bool:
        found = self.attempt(first, last, _contexts(self.context, self._noun(last + 1))[0])
        return isinstance(found, Unreadable) and found.reason.startswith(TWO_BEGINNINGS)

    def _reads_as(
        self, reading: BoundedFigure, context: MeasureContext, first: int, last: int
    ) -> bool:
        return self.reading(first, last, context) == reading

    def _is_share(self, first: int, last: int, reading: BoundedFigure) -> bool:
        """Whether what counts no things is a part of a whole: 2.125 and no percent is none."""
        ends = (reading.value, reading.lower, reading.upper)
        if all(end is None or end <= 1 for end in ends):
            return True
        percents = self.lex.percents.vocabulary
        return any(self.word(at) in percents for at in range(first, last + 1))

    def _glued(self, at: int, step: int) -> int:
        """Where what a number is glued to begins (-1) or ends (1): the T of "T-72", "F-16s"."""
        pieces = self.pieces
        while 0 <= at + step < len(pieces):
            before, beside = pieces[min(at, at + step)], pieces[at + step][0]
            apart = before.end() != pieces[max(at, at + step)].start()
            if apart or not (beside[0].isalnum() or beside in _HYPHENS):
                break
            at += step
        return at

    def _lasts(self, at: int, run: int) -> Iterator[int]:
        """Where the wording may end, the farthest first.

        Within its clause, and not within the run of what is written together ("70-100,000" is no
        70). Words that the lexicon does not know end it.
        """
        if interval := self._interval_behind(run):
            yield interval
        last, known = at, self.lex.vocabulary
        strict = self.lex.inflection is None and self.context.unit_label is None
        while last + 1 < len(self.pieces) and last - at < _WORDS_AFTER:
            following = self.pieces[last + 1][0]
            unknown = following[0].isalpha() and self.word(last + 1) not in known
            if self.ends_clause(last + 1) or (strict and last >= run and unknown):
                break
            last += 1
        yield from (at for at in range(last, run - 1, -1) if not self._is_moment(at))

    def _is_moment(self, last: int) -> bool:
        """Whether a wording would end with the beginning of "a year ago": 1,200 a year ago."""
        moment = self.word(last + 1) in self.lex.scan["moments"]
        return moment and self.word(last - 1) in self.lex.articles

    def _interval_behind(self, run: int) -> int | None:
        """Where "(95% CI 400-600)" ends behind a number."""
        behind = range(run + 1, min(run + 1 + _WORDS_AFTER, len(self.pieces)))
        if not behind or self.pieces[run + 1][0] not in ("(", "["):
            return None
        named = False
        for at in behind:
            named = named or self.word(at) in self.lex.intervals.starts
            if self.pieces[at][0] in (")", "]"):
                return at if named else None
        return None

    def _firsts(self, start: int, after: int) -> Iterator[int]:
        first, pieces = start, self.pieces
        while first and start - first < _WORDS_BEFORE and pieces[first - 1].start() >= after:
            if self.ends_clause(first - 1):
                break
            first -= 1
        yield from range(first, start + 1)

    def _said_behind(self, first: int, last: int, context: MeasureContext) -> int | None:
        """Where "500 trucks a day" ends, and "500 people or more": without them another figure.

        None where nothing of it is behind the noun, or it may be a time: "300 dead a day after",
        "in a year", or said of the next figure: "300 boats at least 20 of them new".
        """
        noun, lex, found = self._noun(last + 1), self.lex, None
        if not noun or context.unit_label != noun:
            return None
        for end in range(last + 2, min(last + 2 + 2 * NOUN, len(self.pieces))):
            within = self.pieces[end][0] == "," or self.word(end) in lex.part_in.vocabulary
            if self.ends_clause(end) or within:
                break
            reading = self.reading(first, end, context)
            if reading and (self._is_rate(end, reading) or self._is_hedge(last, end)):
                found = end
        return found

    def _is_rate(self, end: int, reading: BoundedFigure) -> bool:
        timed = self._is_moment(end) or self.word(end + 1) in self.lex.date_bounds.starts
        return "/" in reading.unit and self.word(end) in self.lex.rates.vocabulary and not timed

    def _is_hedge(self, last: int, end: int) -> bool:
        """Whether words that hedge a figure end here, and no other figure is right behind them."""
        if end + 1 < len(self.pieces) and begins_figure(self, end + 1):
            return False
        for at in range(last + 2, end + 1):
            tokens = self.tokens(at, end)
            if (said := self.lex.after.match(tokens, 0)) and said[1] == len(tokens):
                return True
        return False

    def _noun(self, at: int) -> str:
        """The words behind a figure, as printed, up to one the lexicon knows; at most three."""
        at += self._is_stop_of_short(at)
        last = at
        while last < len(self.pieces) and last - at < NOUN:
            folded = self.word(last)
            if not self.pieces[last][0][0].isalpha() or folded in self.lex.vocabulary:
                break
            if folded in self.lex.scan["after_nouns"]:
                break
            last += 1
        if last == at:
            return ""
        return self.wording(at, self._glued(last - 1, 1))

    def _is_stop_of_short(self, at: int) -> bool:
        """Whether a piece is the stop of an abbreviation: "1,2 Mio. Euro"."""
        return at < len(self.pieces) and self.pieces[at][0] == "." and not self.ends_clause(at)

    def _run(self, at: int) -> int:
        """The end of what is written together with a number: "70-100,000", "1,23 million"."""
        pieces, last = self.pieces, at
        while last + 1 < len(pieces):
            glued = pieces[last + 1].start() == pieces[last].end()
            scale = self.word(last + 1) in self.lex.scales
            if self.ends_clause(last + 1) or not (glued or scale):
                break
            last += 1
        return last if last == at or pieces[last][0] != "," else last - 1

    def _judged(self, first: int, last: int, context: MeasureContext, after: int) -> ScannedFigure:
        """A figure that can be read, unless it may be a date, is money, or has its own unit."""
        start, end = self.pieces[first].start(), self.pieces[last].end()
        noun = self._noun(last + 1)
        if reason := doubt(self, first, last, noun, context, after):
            sign = priced_from(self, first)
            return ScannedFigure(start if sign is None else sign, end, noun, None, reason)
        return ScannedFigure(start, end, noun, context)

    def _whole(self, last: int, read: ScannedFigure) -> tuple[ScannedFigure, int]:
        """The figure and the piece to go on with: behind all that its end is written together with.

        "5 to 10B2" is no 5 to 10; the "F-16s" of a measure of F-16 are a name.
        """
        first, behind = self._glued(last, -1), self._glued(last, 1)
        name = self.pieces[first][0].isalpha() and self.pieces[last][0][0].isdigit()
        numbers = any(begins_figure(self, at) for at in range(first, behind + 1))
        if behind == last or name or not numbers:
            return read, behind + 1
        end, noun = self.pieces[behind].end(), self._noun(behind + 1)
        return ScannedFigure(
            read.start, end, noun, None, read.reason or _GLUED, read.words
        ), behind + 1

    def _with_words_before(self, first: int, last: int, read: ScannedFigure) -> ScannedFigure:
        """The figure, unless a word of the lexicon right before it says more than was read.

        "Another 500" is no 500, and "rose from 31 to 43" no range.
        """
        if read.context is None:
            return read
        while (before := self._phrase_before(first)) is not None:
            try:
                read_figure(self.wording(before, last), read.context)
            except Unreadable as refused:
                if self.lex.range_openers.match(tokenise(self.wording(before, last)), 0) == _FROM:
                    return read  # "from 88 countries", "up from 700"
                start = self.pieces[before].start()
                return ScannedFigure(
                    start, read.end, read.noun, None, refused.reason, refused.words
                )
            first = before
        return read

    def _phrase_before(self, first: int) -> int | None:
        """Where a phrase of the lexicon begins that ends right before a piece; the longest."""
        lex, least = self.lex, max(0, first - _WORDS_BEFORE)
        if not first or self.ends_clause(first - 1):
            return None
        if self.word(first - 1) in lex.scan["negations"] | lex.qualifiers.keys():
            return first - 1
        families = (lex.before, lex.changes, lex.increments, lex.range_openers, lex.fillers)
        if not any(self.word(first - 1) in family.vocabulary for family in families):
            return None
        for at in range(least, first):
            if any(map(self.ends_clause, range(at, first))):
                continue
            tokens = self.tokens(at, first - 1)
            ends = (found[1] for family in families if (found := family.match(tokens, 0)))
            if len(tokens) in ends and not (at and self.word(at - 1) in lex.scan["phrasal"]):
                return at
        return None

    def _refused(self, first: int, last: int) -> ScannedFigure:
        start, end = self.pieces[first].start(), self.pieces[last].end()
        noun, unit = self._noun(last + 1), _UNIT_BEHIND.fullmatch(self.wording(first, last))
        if unit and unit[1] in MEASURED_IN and not self.context.unit_label:
            return ScannedFigure(start, end, noun, None, IN_A_UNIT)
        refused = self.read(first, last, _contexts(self.context, noun)[0])
        assert isinstance(refused, Unreadable)  # else it would have been found
        return ScannedFigure(start, end, noun, None, refused.reason, refused.words)


def _contexts(context: MeasureContext, noun: str) -> tuple[MeasureContext, ...]:
    """The measure asked with; without one, things called as the text does, or a share."""
    if context != MeasureContext(language=context.language):
        return (context,)
    things = context._replace(unit="{thing}", unit_label=noun or None, domain_min=Decimal(0))
    return things, context._replace(statistic="share", domain_min=Decimal(0))


def _tight(
    first: int, start: int, run: int, last: int, is_same: Callable[[int, int], bool]
) -> tuple[int, int]:
    """A wording without the function words at either end, which is read the same."""
    while first < start and is_same(first + 1, last):
        first += 1
    while last > run and is_same(first, last - 1):
        last -= 1
    return first, last
