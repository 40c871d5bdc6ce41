"""Korean, Chinese and Japanese figures: hedges on both sides, myriads, counters, "and some".

    wording := around* numeral name* [joiner numeral name*] around*

A name is a word of the measure's unit, or a counter that counts such things. What does not fit is
refused and named; nothing is skipped. 여, 余 and 余り mean more than x and less than x + u, where u
is the place of the last digit named.
"""

import re
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from math import prod
from typing import NamedTuple

from app.rules import lexicon, range_ends, unit_labels
from app.rules.bounds import BoundedFigure, MeasureContext
from app.rules.cjk_bounds import WordedFigure, bounded
from app.rules.cjk_numerals import MyriadNumeral, MyriadReader, Read
from app.rules.cjk_words import (
    Around,
    Dictionary,
    MyriadLexicon,
    Passage,
    cjk_lexicon,
    folded,
    is_east_asian,
    passage,
)
from app.rules.tokenizer import Unreadable

_BETWEEN_NAMES = re.compile(r"\s*[,;|/、，；]\s*")
_SCRIPT = re.compile(
    "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]|\\d[%％]?\\s*[~〜～∼]\\s*\\d"
)
"""Kana, Han, Hangul and their range: a wording without any of them is read in English."""
_TIMES = ("s", "min", "h", "d", "wk", "mo", "a")
_NO_YARDSTICK = MeasureContext()


def read_cjk(
    text: str, yardstick: MeasureContext = _NO_YARDSTICK, language: str = ""
) -> BoundedFigure:
    """What a figure's wording says, in the measure's unit.

    ``language`` is that of the wording (``ko``, ``zh``, ``ja``, also with a region), otherwise the
    yardstick's. Raises Unreadable, and nothing else; whoever calls adds the way out, as
    ``figures.read_figure`` does.
    """
    tag = language or yardstick.language or ""
    words = cjk_lexicon(tag)
    wording = passage(text)
    try:
        return bounded(_Parser(wording, words, yardstick).parse(), yardstick)
    except Unreadable as refused:
        raise Unreadable(refused.reason, refused.words or wording.words(0)) from None


def in_myriads(text: str, language: str | None) -> bool:
    """Whether a wording is Korean, Chinese or Japanese, by its document and by its letters."""
    return is_east_asian(language) and _SCRIPT.search(text) is not None


# ----------------------------------------------------------------------------- the unit's names


class _Unit(NamedTuple):
    names: Dictionary[str]
    numbers: frozenset[str]  # that stand in the names


@lru_cache(maxsize=1024)
def _unit(language: str, unit: str, label: str) -> _Unit:
    """The words by which the measure's unit may be called, and those that count such things."""
    words = cjk_lexicon(language)
    within = unit_labels.BRACES.findall(unit)
    called = {*_BETWEEN_NAMES.split(label), *label.split(), label, *within}
    called |= {*_printed(unit, words), *_counted(within, words)}
    named = {folded(name) for name in called} - {""}
    named = {name for name in named if not name.isdigit()}
    numbers = frozenset(digits for name in named for digits in re.findall(r"\d+", name))
    return _Unit(Dictionary({name: name for name in named}), numbers)


def _printed(unit: str, words: MyriadLexicon) -> Iterable[str]:
    """The unit's code, and how it is printed in this language; of a rate the thing itself is."""
    code = unit_labels.currency(unit)
    if code:
        return {code, *words.units.get(code, ()), *lexicon.PRINTED_UNITS["money"].get(code, ())}
    if not unit_labels.is_physical(unit):
        return ()
    return {unit, *words.units.get(unit.partition("/")[0], ())}


def _counted(within: list[str], words: MyriadLexicon) -> Iterable[str]:
    """Counters of the things in braces; those of other things would be another figure."""
    things = {thing.lower() for thing in within}
    return {
        word for counters in words.counters if things & counters.units for word in counters.words
    }


# ----------------------------------------------------------------------------------- the grammar


class _Parser:
    """One wording, read from its beginning to its end."""

    def __init__(self, wording: Passage, words: MyriadLexicon, yardstick: MeasureContext):
        self.passage, self.text, self.words = wording, wording.text, words
        self.unit = _unit(words.language, yardstick.unit, yardstick.unit_label or "")
        self.numerals = MyriadReader(self.text, words, self.unit.names)
        self.times = yardstick.unit in _TIMES
        self.shares = yardstick.unit in ("1", "%") and yardstick.statistic == "share"
        self.hedges: list[str] = []
        self.rate: str | None = None
        self.over = self.half = self.ranged = False

    def parse(self) -> WordedFigure:
        """The parts of the wording. Raises Unreadable for the words that do not fit."""
        at = self._leading(0)
        if majority := self.words.majority.match(self.text, at):
            half = MyriadNumeral(Fraction(1, 2), None, part=True)
            self.hedges.append("more_than")
            return self._finished(half, None, majority[1])
        if (sign := self.words.signs.match(self.text, at)) and self._is_sign(sign[1], at):
            return self._negative(sign[1])
        low, start = self._numeral(at), at
        at = self._names(low[1])
        self._refuse_dates(low, at)
        if part := self._part(low[0], at):
            return self._finished(*part)
        joiner = self.words.joiners.match(self.text, at)
        if self.ranged and not joiner:
            joiner = self.words.between_joiners.match(self.text, at)
        longer = self.words.trailing.match(self.text, at)
        if not joiner or (longer and longer[1] > joiner[1]):
            return self._finished(low[0], None, at)
        if self.over or self.half or low[0].over:
            raise Unreadable("Only one end of the range is hedged.", self.passage.words(start))
        high = self._numeral(joiner[1])
        most = _of_denominator(low[0], high[0])
        least = _ends(low[0], most, at > low[1], self.passage.words(start, high[1]))
        return self._finished(least, most, self._names(high[1]))

    def _leading(self, at: int) -> int:
        """Past hedges, rates, fillers and names before the figure."""
        while at < len(self.text) and not self.words.majority.match(self.text, at):
            named = self.unit.names.match(self.text, at)
            word = self.words.leading.match(self.text, at)
            each = self.words.each.match(self.text, at)
            if named and (not word or named[1] >= word[1]):
                at = named[1]
            elif word:
                self._take(word[0])
                at = word[1]
            elif each and self.shares:
                at = each[1]
            else:
                break
        return at

    def _take(self, sense: Around) -> None:
        if sense.kind == "hedge":
            self.hedges.append(sense.name)
        elif sense.kind == "range":
            self.ranged = True
        elif sense.kind == "rate":
            if self.rate:
                raise Unreadable("A figure is per one length of time.")
            self.rate = sense.name

    def _numeral(self, at: int) -> Read:
        found = self.numerals.read(at)
        if not found:
            raise self._refusal(at)
        if self.text[at : found[1]] in self.unit.numbers:
            raise Unreadable(
                "This number is a part of the unit's label, or the figure.",
                self.passage.words(at, found[1]),
            )
        self._refuse_other_words(found[0], at, found[1])
        return found

    def _refuse_other_words(self, numeral: MyriadNumeral, at: int, end: int) -> None:
        """Refuse 만 3년, three full years or 10,003, and 이 천 명, these thousand or 2,000."""
        written = self.passage.words(at, end)
        if self.times and self.text[at] in self.words.full and 10_000 < numeral.amount < 11_000:
            reason = (
                "The word before this number may be ten thousand, or say that it is a full one."
            )
            raise Unreadable(reason, written)
        origin = self.passage.origin
        spaced = end > at + 1 and origin[at + 1] > origin[at] + 1
        if spaced and self.text[at] in self.words.own_words:
            reason = "The word before this number may be a part of it, or a word of its own."
            raise Unreadable(reason, written)

    def _is_sign(self, behind: int, at: int) -> bool:
        """Whether a hyphen is a minus: it begins the wording, and touches the digits."""
        if self.text[at] != "-":
            return True
        origin = self.passage.origin
        touches = behind < len(origin) and origin[behind] == origin[at] + 1
        return at == 0 and touches and self.text[behind].isdigit()

    def _negative(self, at: int) -> WordedFigure:
        """A figure below zero: 零下5度, マイナス0.3%."""
        numeral, end = self._numeral(at)
        worded = self._finished(numeral._replace(amount=-numeral.amount), None, self._names(end))
        plain = numeral.kind == "number" and not (worded.over or worded.half or worded.high)
        if not plain or not worded.hedges <= {"approximate", "exact"}:
            raise Unreadable("Below zero this hedge may mean further from it, or nearer to it.")
        return worded

    def _names(self, at: int) -> int:
        """Past the unit's names and counters, with what stands among them: 余り, 半."""
        start = at
        while at < len(self.text):
            named = self.unit.names.match(self.text, at)
            over = self.words.over.match(self.text, at)
            half = self.words.halves.match(self.text, at)
            if named and (not over or named[1] >= over[1]):
                at = named[1]
            elif over and not self.over:
                self.over, at = True, over[1]
            elif half and at > start and not self.half:
                self.half, at = True, half[1]
            else:
                break
        return at

    def _part(self, whole: MyriadNumeral, at: int) -> tuple[MyriadNumeral, None, int] | None:
        """Four in ten: 10명 중 4명, 10人に4人, 十人中有四人."""
        if not self.shares:
            return None
        at = self._counter(at)
        of = self.words.of.match(self.text, at)
        longer = self.words.trailing.match(self.text, at)
        if not of or (longer and longer[1] > of[1]):
            return None
        part, end = self._numeral(of[1])
        sound = whole.kind == part.kind == "number" and not (whole.over or part.over or self.over)
        if not sound or whole.part or part.part or not 0 < part.amount < whole.amount:
            raise Unreadable("One number of another is a part of a whole.")
        share = MyriadNumeral(part.amount / whole.amount, None, part=True)
        return share, None, self._names(self._counter(end))

    def _counter(self, at: int) -> int:
        """Past whatever counter stands in both halves of a share."""
        counter = self.words.any_counter.match(self.text, at)
        return counter[1] if counter else at

    def _finished(self, low: MyriadNumeral, high: MyriadNumeral | None, at: int) -> WordedFigure:
        """Past what stands behind the figure, to the end."""
        while at < len(self.text):
            word = self.words.trailing.match(self.text, at)
            named = self._names(at)
            if named > at and (not word or named >= word[1]):
                at = named
            elif word:
                self._take(word[0])
                at = word[1]
            else:
                raise self._refusal(at)
        if self.ranged and not high:
            raise Unreadable("A range has two ends.")
        some = self.over or low.over or bool(high and high.over)
        over = self.words.over_hedge if some else None
        return WordedFigure(frozenset(self.hedges), low, high, over, self.half, self.rate)

    def _refuse_dates(self, low: Read, at: int) -> None:
        """3日 and 十日 may be a day of the month, 2022年 a year; 2千年 are so many."""
        numeral, end = low
        named, amount = self.text[end:at], numeral.amount
        if self.hedges or self.over or numeral.over or amount.denominator > 1:
            return
        year = numeral.plain and named in self.words.years and 1000 <= amount < 3000
        if year or (named in self.words.days and amount <= 59):
            raise Unreadable("This may be a date, or a length of time.", self.passage.words(0, at))

    def _refusal(self, at: int) -> Unreadable:
        if at >= len(self.text):
            return Unreadable("The wording has no figure where one is expected.")
        if self.text[at].isdigit():
            reason = "One wording holds more than one figure, and only one is meant here."
        else:
            reason = "Some words are neither in the lexicon nor in the measure's unit label."
        return Unreadable(reason, self.passage.words(at))


# --------------------------------------------------------------------------- the ends of a range


def _of_denominator(low: MyriadNumeral, high: MyriadNumeral) -> MyriadNumeral:
    """The higher end of a range of percents, said before the lower one alone: 百分之五至十."""
    if low.denominator and not high.part and high.amount <= low.denominator:
        return high.times(1 / low.denominator)._replace(worth=None)
    return high


def _ends(
    low: MyriadNumeral, high: MyriadNumeral, named: bool, written: tuple[str, ...]
) -> MyriadNumeral:
    """The lower end of a range, which may lack the scale or the percent sign of the higher one."""
    if low.kind != "number" or high.kind != "number":
        raise Unreadable("The ends of a range are numbers, not vague words.", written)
    if not low.part and high.part:
        # Tenths and percent signs stand behind the higher end alone: 3~4割, 50~100%.
        low = low.times(high.worth) if low.plain and not named and high.worth else low
    if low.part != high.part:
        raise Unreadable("One end of the range is a part of a whole, the other is not.", written)
    low = _scaled(low, high, named, written)
    if low.amount >= high.amount:
        raise Unreadable("The range runs downwards.", written)
    return low


def _scaled(
    low: MyriadNumeral, high: MyriadNumeral, named: bool, written: tuple[str, ...]
) -> MyriadNumeral:
    """The 16 of 16~17만 is 160,000; where it may be 16 as well, both are named."""
    if low.part:
        return low
    suffixes = [prod(high.scales[n:]) for n in range(len(high.scales))] or [high.last]
    fitting = [scale for scale in suffixes if scale > low.last and low.amount * scale < high.amount]
    if fitting:
        borrows = low.plain and not named and high.scales and fitting[0] == suffixes[0]
        if borrows:
            return low.scaled(fitting[0])
        raise range_ends.two_beginnings(low.amount, fitting[0], written)
    shortened = 0 < low.amount < 1000 <= high.amount and low.amount * 1000 < high.amount
    if low.plain and not named and shortened:
        raise range_ends.two_beginnings(low.amount, 1000, written)
    if len(written) == 1 and range_ends.PHONE.fullmatch(written[0]):
        raise Unreadable("This may be a range, or a number to call.", written)
    return low
