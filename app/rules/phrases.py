"""Phrase parser: a wording as hedges, a figure or a range or a figure with a margin, a rate.

    wording := around* [between | from] around* numeral [joiner numeral | margin numeral] trailing*

Whatever does not fit is refused and named; nothing is skipped.
"""

from collections.abc import Collection
from decimal import Decimal
from itertools import takewhile
from typing import NamedTuple

from app.rules.english_numerals import EnglishNumerals
from app.rules.inflected_numerals import InflectedNumerals
from app.rules.lexicon import Lexicon
from app.rules.numerals import Numeral, NumeralReader, Parsed, TokenReader
from app.rules.range_ends import TWO_BEGINNINGS, RangeEnds
from app.rules.tokenizer import (
    Token,
    Unreadable,
    as_written,
    same_word,
    word_with_number,
)
from app.rules.unit_labels import UNIT


class ConfidenceInterval(NamedTuple):
    """The ends that stand behind a value, and how sure they are said to be (95 of "95% CI")."""

    low: Numeral
    high: Numeral
    level: Decimal | None


class ParsedPhrase(NamedTuple):
    """The parts of a figure's wording; ``high`` only for a range, ``margin`` only after a ±.

    ``rate`` is the UCUM unit of time that the figure is per. An end that is ``open`` is itself
    excluded. ``change`` is the sign of a change, or 0; an ``increment`` is one more lot.
    """

    hedges: frozenset[str]
    low: Numeral
    high: Numeral | None = None
    margin: Numeral | None = None
    rate: str | None = None
    open_low: bool = False
    open_high: bool = False
    change: int = 0
    increment: bool = False
    interval: ConfidenceInterval | None = None


def parse_phrase(lex: Lexicon, tokens: list[Token], label: Collection[str]) -> ParsedPhrase:
    """Take a phrase into its parts; ``label`` holds the words of the measure's unit.

    Raises Unreadable, naming the words that mean nothing here.
    """
    return _PhraseParser(lex, tokens, label).parse()


class _PhraseParser(TokenReader):
    """One wording, read from its beginning to its end."""

    def __init__(self, lex: Lexicon, tokens: list[Token], label: Collection[str]):
        super().__init__(lex, tokens)
        self.label = label
        if lex.inflection:
            self.numerals: NumeralReader = InflectedNumerals(lex, lex.inflection, tokens)
        else:
            self.numerals = EnglishNumerals(lex, tokens)

    def parse(self) -> ParsedPhrase:
        hedges, opener, start = self._leading()
        core, end = self._core(start, opener)
        # "Dozens more" are dozens; "500 more" may be a change.
        end += core.low.kind == "least" and self.text(end) in self.lex.more
        more, rate, stop = self._trailing(end)
        if stop < len(self.tokens):
            raise self._refusal(stop)
        if self.lex.inflection:
            self._refuse_inverted(start)
            if self.lex.inflection.governed and core.low.kind == "least" and "just_over" in more:
                raise Unreadable("This may be one or several.", as_written(self.tokens))
            return core._replace(hedges=_hedges(core, frozenset(hedges + more)), rate=rate)
        softened = ["approximate"] if core.high is not None and core.high.about else []
        return core._replace(hedges=core.hedges.union(hedges, more, softened), rate=rate)

    def _refuse_inverted(self, start: int) -> None:
        """Refuse "человек 100": the noun before the figure makes it an approximate one."""
        inverted = self.lex.inflection and self.lex.inflection.inverted
        if inverted and start and self.kind(start - 1) in (UNIT, "word"):
            before = self.tokens[start - 1]
            sign = before.kind == UNIT and not before.written[-1].isalpha()  # $100
            if not sign and (before.kind == UNIT or before.text not in self.lex.vocabulary):
                raise Unreadable(
                    "A noun before its figure may mean about it.", as_written(self.tokens)
                )

    def _leading(self) -> tuple[list[str], str | None, int]:
        """The hedges before the figure, and whether it is announced as a range."""
        hedges: list[str] = []
        opener = None
        lex, tokens, at = self.lex, self.tokens, 0
        while at < len(tokens):
            if not opener and (opened := self._opener(at)):
                opener, at = opened
            elif (vague := lex.vague_openers.match(tokens, at)) and self._is_plural(vague[1]):
                at = vague[1]
            elif (hedge := lex.before.match(tokens, at)) and not self._ends_in_some(at):
                hedges.append(hedge[0])
                at = hedge[1]
            elif lex.shares.match(tokens, at):
                break
            elif tokens[at].text in lex.articles and self._is_before_figure(at + 1):
                at += 1  # "a roughly 300-metre fence", "a 300-metre fence", "a $5 million plan"
            elif tokens[at].kind != "number" and (filler := self._filler(at)):
                at = filler
            elif lex.inflection and lex.inflection.is_article(tokens, at):
                at += 1
            else:
                break
        return hedges, opener, at

    def _is_plural(self, at: int) -> bool:
        return self.text(at) in self.lex.plurals

    def _opener(self, at: int) -> Parsed[str]:
        """What announces a range, unless it only begins a hedge: "de l'ordre de"."""
        opened = self.lex.range_openers.match(self.tokens, at)
        hedge = self.lex.before.match(self.tokens, at) if opened and self.lex.inflection else None
        return None if opened and hedge and hedge[1] > opened[1] else opened

    def _is_before_figure(self, at: int) -> bool:
        """Whether a hedge or digits follow an article that therefore says nothing."""
        if self.lex.before.match(self.tokens, at):
            return True
        at += self.kind(at) == UNIT
        return not self.lex.inflection and self.kind(at) == "number"

    def _ends_in_some(self, at: int) -> bool:
        """Whether "some" is the figure itself: "some of the shells", not "of the 500"."""
        if not self.lex.boundless.match(self.tokens, at):
            return False
        at += 1
        if self._is_plural(at):
            return True
        part = self.text(at) in self.lex.of
        while at < len(self.tokens) and (filler := self._filler(at)):
            at = filler
        if part and at < len(self.tokens):
            raise Unreadable("Some of a number are a part of it, and how large a part is not said.")
        return at == len(self.tokens)

    def _filler(self, at: int) -> int | None:
        """Where a word that changes nothing ends: a function word, or one of the measure's unit."""
        if filler := self.lex.fillers.match(self.tokens, at):
            return filler[1]
        unit = self.tokens[at].kind == UNIT or same_word(self.tokens[at].text, self.label)
        return at + 1 if unit else None

    def _trailing(self, at: int) -> tuple[list[str], str | None, int]:
        """The hedges and the rate after the figure, and where the words that can be read end."""
        hedges: list[str] = []
        rate: str | None = None
        lex, tokens = self.lex, self.tokens
        while at < len(tokens):
            if hedge := lex.after.match(tokens, at) or self._in_brackets(at):
                hedges.append(hedge[0])
                at = hedge[1]
            elif not rate and (per := lex.rates.match(tokens, at)):
                rate, at = per
            elif filler := self._filler(at):
                at = filler
            else:
                break
        return hedges, rate, at

    def _in_brackets(self, at: int) -> Parsed[str]:
        """The hedge of "500 (est.)"."""
        hedge = self.lex.after.match(self.tokens, at + 1) if self.text(at) == "(" else None
        return (hedge[0], hedge[1] + 1) if hedge and self.text(hedge[1]) == ")" else None

    # ------------------------------------------------------------ one figure, or a range

    def _core(self, start: int, opener: str | None) -> tuple[ParsedPhrase, int]:
        if opener == "between":
            return self._between(start)
        first = self.numerals.read(start)
        if not first:
            raise self._refusal(start)
        numeral, end = first
        if second := self._second(end, opener):
            ends = RangeEnds(self.tokens, start, *first, *second)
            ends.refuse_shortened(self.lex)
            ends.refuse_one_sign()
            return range_between(numeral, second[0], self._names_unit(end)), second[1]
        if opener == "within":
            return ParsedPhrase(frozenset({"up_to"}), numeral), end
        if opener:
            raise Unreadable("A range has two ends.", as_written(self.tokens, start))
        if margin := self._margin(end):
            return _with_margin(numeral, margin[0]), margin[1]
        return ParsedPhrase(frozenset(), numeral), end

    def _between(self, start: int) -> tuple[ParsedPhrase, int]:
        """Between one hundred and two hundred: first without "and" inside the first figure."""
        for joined in (False, True):
            first = self.numerals.read(start, joined)
            second = self._second(first[1], "between") if first else None
            if first and second and self._trailing(second[1])[2] == len(self.tokens):
                RangeEnds(self.tokens, start, *first, *second).refuse_shortened(self.lex)
                return range_between(first[0], second[0], self._names_unit(first[1])), second[1]
        reason = "A range has two numbers as its ends."
        raise self._unknown() or Unreadable(reason, as_written(self.tokens, start))

    def _second(self, at: int, opener: str | None) -> Parsed[Numeral]:
        """The other end of a range: "44 mg to 50 mg", "$2m-$3m"."""
        at = self._past_units(at)
        joiners = self.lex.range_joiners[opener]
        if self.text(at) == "-" and self.text(at + 1) in joiners - {"-"}:
            at += 1  # "a 320- to 640-inch pipe"
        if self.text(at) not in joiners:
            return None
        at = self._past_units(at + 1)
        at += self.lex.inflection is not None and self.lex.inflection.has_article(self.tokens, at)
        hedge = self.lex.before.match(self.tokens, at)
        if hedge and hedge[0] == "approximate" and not self.lex.inflection:
            found = self.numerals.read(hedge[1])
            return (found[0]._replace(about=True), found[1]) if found else None
        return self.numerals.read(at)

    def _names_unit(self, at: int) -> bool:
        """Whether each end of a range has the unit with it, before or after it."""
        return UNIT in (self.kind(at), self.kind(at + 1))

    def _past_units(self, at: int) -> int:
        while self.kind(at) == UNIT:
            at += 1
        return at

    def _margin(self, at: int) -> Parsed[Numeral]:
        at = self._past_units(at)
        at += self.text(at) == ","
        margin = self.lex.margins.match(self.tokens, at)
        found = self.numerals.read(margin[1]) if margin else None
        if not margin or not found:
            return None
        numeral, end = found
        counted = self.kind(margin[1]) == "number" or numeral.amount > numeral.step
        # "A hundred" has no number of its own, beside which the figure could be another.
        return (numeral if counted else numeral._replace(shareable=())), end

    # ------------------------------------------------------------ what is refused

    def _way_out(self, stop: int) -> str:
        rest = takewhile(lambda token: token.kind != "number", self.tokens[stop:])
        words = {token.text for token in rest}
        alternative, slot = words & self.lex.alternatives, words & self.lex.slots
        if alternative and slot:
            return ": send 'A or B' as alternatives, and 'A and B' as slots."
        if alternative:
            return ": send what the source itself says as 'A or B' as alternatives."
        return ": send 'A and B' as slots." if slot else ", and only one is meant here."

    def _refusal(self, stop: int) -> Unreadable:
        """Name the words that mean nothing; where all mean something, those that do not fit."""
        if unknown := self._unknown():
            return unknown
        reason = "The words are known, but they make no figure in this order."
        if self._is_second_figure(stop):
            reason = f"One wording holds more than one figure{self._way_out(stop)}"
        return Unreadable(reason, as_written(self.tokens, stop if stop < len(self.tokens) else 0))

    def _unknown(self) -> Unreadable | None:
        known = self.lex.vocabulary
        unknown = tuple(
            word_with_number(self.tokens, at)
            for at, token in enumerate(self.tokens)
            if token.kind in ("word", "symbol")
            and token.text not in known
            and not same_word(token.text, self.label)
        )
        reason = "Some words are neither in the lexicon nor in the measure's unit label."
        return Unreadable(reason, unknown) if unknown else None

    def _is_second_figure(self, stop: int) -> bool:
        return self.text(stop) in self.lex.connectives or (
            stop > 0 and any(token.kind == "number" for token in self.tokens[stop:])
        )


def _hedges(core: ParsedPhrase, hedges: frozenset[str]) -> frozenset[str]:
    """With what the figure's own noun says: "une dizaine" is about ten."""
    if core.low.kind == "least":
        return hedges - {"approximate"}
    about = core.low.about or (core.high is not None and core.high.about)
    return hedges | {"approximate"} if about and not hedges else hedges


def range_between(low: Numeral, high: Numeral, named: bool) -> ParsedPhrase:
    """A range; the first figure borrows the scale and the percent sign of the second.

    One whose unit is ``named`` may be whole by itself: "2 tonnes to 3 million tonnes" reads two
    ways.
    """
    if low.kind != "number" or high.kind != "number":
        raise Unreadable("The ends of a range are numbers, not vague words.")
    borrowed = _borrow(low, high)
    if named and borrowed.amount != low.amount:
        raise Unreadable(
            f"{TWO_BEGINNINGS} {float(low.amount):g} or at {float(borrowed.amount):g}."
        )
    low = borrowed
    reason = "One end of the range is a percentage or a part, the other is not."
    low = _of_one_kind(low, high, reason)
    if low.amount > high.amount:
        raise Unreadable("The range runs downwards.")
    return ParsedPhrase(frozenset(), low, high=high)


def _borrow(low: Numeral, high: Numeral) -> Numeral:
    """The 3 of "3 to 4 million" is 3 million; the 500 of "500 to 4 million" is 500."""
    if low.step > 100:
        return low
    for scale in high.shareable:
        if low.amount * scale < high.amount:
            return low.scaled_by([scale])
    return low


def _with_margin(value: Numeral, margin: Numeral) -> ParsedPhrase:
    if value.kind != "number" or margin.kind != "number" or margin.amount < 0:
        raise Unreadable("A figure with a margin is two numbers, the second not negative.")
    if value.step == 1 and margin.step > 1:
        value = _in_scale_of(value, margin)
    reason = "The figure and its margin are not both percentages, or both parts."
    return ParsedPhrase(frozenset(), _of_one_kind(value, margin, reason), margin=margin)


def _of_one_kind(first: Numeral, second: Numeral, reason: str) -> Numeral:
    """The first number with the percent sign of the second, which may stand for both."""
    if second.percent and not first.percent and not first.part:
        first = first._replace(percent=second.percent)
    if (first.percent, first.part) != (second.percent, second.part):
        raise Unreadable(reason)
    return first


def _in_scale_of(value: Numeral, margin: Numeral) -> Numeral:
    """The 4.8 of "4.8 ± 0.2 million" is 4.8 million; "500, give or take a hundred" has 500."""
    size, scale = abs(value.amount), max(margin.shareable, default=0)
    either = 0 < scale < 100 and size < 100  # 15 ± 1 dozen
    if size >= margin.amount and not either:
        return value
    if not scale or size >= 1000 or size >= margin.amount:
        raise Unreadable("The figure may be in the scale of its margin, or be less than that.")
    return value.scaled_by([scale])
