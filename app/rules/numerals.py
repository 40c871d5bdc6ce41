"""Numerals: one figure as worded, in whatever language, and what all languages share of it.

Amounts are exact fractions here ("a third of a million"); they become decimals when the measure's
unit is known.
"""

import unicodedata
from abc import ABC, abstractmethod
from fractions import Fraction
from math import prod
from typing import NamedTuple, TypeVar

from app.rules import numbers
from app.rules.lexicon import Lexicon
from app.rules.tokenizer import Token, Unreadable, as_written
from app.rules.unit_labels import UNIT

_BELOW_IN_INDIA = {100_000: 1000, 10_000_000: 100_000}
"""The scale that "two lakh fifty" and "two crore fifty" leave out."""

T = TypeVar("T")
Parsed = tuple[T, int] | None
"""What was read, and the token behind it; None where nothing was."""


class Numeral(NamedTuple):
    """A figure as worded.

    ``kind`` is number, least (a vague word: no less than the amount), above (most: more than the
    amount) or boundless (many). ``place`` is the last decimal written, if any was. ``shareable``
    are the scales that the first figure of a range may borrow ("3 to 4 million"), the largest
    first; ``step`` is the scale of its last word, or 1. ``part`` marks a bare fraction, which is a
    part of a whole, or ``of_unit`` ("half an hour"); ``percent`` is what one percent (or per
    mille) is worth. ``about`` is set by a noun that is itself no exact number ("une dizaine").
    """

    amount: Fraction
    kind: str = "number"
    place: Fraction | None = None
    shareable: tuple[int, ...] = ()
    step: int = 1
    part: bool = False
    of_unit: bool = False
    percent: Fraction | None = None
    about: bool = False

    def scaled_by(self, scales: list[int]) -> "Numeral":
        """The same figure in thousands, dozens and the like; with no scales it stays as it is."""
        if not scales:
            return self
        scale = prod(scales)
        written = self.place if str(scale).strip("0") == "1" else None
        return self._replace(
            amount=self.amount * scale,
            place=written and written * scale,
            # Of "two hundred thousand" a range may borrow "hundred thousand", or "thousand".
            shareable=(scale, prod(scales[1:])) if scales[1:] else (scale,),
            step=scales[-1],
            part=False,
        )


def in_digits(token: Token) -> Numeral:
    """A number in digits. Raises Unreadable for those in no known grouping."""
    try:
        number = numbers.parse_grouped(token.text)
    except ValueError as unreadable:
        raise Unreadable(str(unreadable), (token.written,)) from None
    place = Fraction(numbers.last_place(number)) if "." in token.text else None
    return Numeral(Fraction(number), place=place)


def part_in_digits(tokens: list[Token], at: int) -> tuple[Fraction, int] | None:
    """The part of ½ or 2/3; improper ones look like dates ("12/5"), nothing is divided by zero."""
    text = unicodedata.normalize("NFKC", tokens[at].text).replace("\u2044", "/")
    top, bottom = map(int, text.split("/"))
    return (Fraction(top, bottom), at + 1) if 0 < top < bottom else None


def refuse_elided(whole: Fraction, rest: Fraction, scale: int, tokens: list[Token]) -> None:
    """Refuse a short number behind a large scale, which speech means otherwise than the rule does.

    "A million two" is 1,200,000 to most who say it, and 1,000,002 by the rule of number words.
    """
    if times := _left_out(rest, scale):
        both = whole + rest, whole + rest * times
        raise Unreadable(f"This may be {both[0]} or, shortened, {both[1]}.", as_written(tokens))


def _left_out(rest: Fraction, scale: int) -> int:
    """What the rest is to be taken times, if a scale may be left out behind it; else 0."""
    if below := _BELOW_IN_INDIA.get(scale):
        return below if rest < 100 else 0
    if scale < 1_000_000 or not 0 < rest < 1000:
        return 0
    if rest < 10:
        return scale // 10
    return scale // 1000 if rest % 100 == 0 else 0


class TokenReader:
    """A reader of one wording's tokens with a language's lexicon.

    Most methods take the place of a token, and return what they read there and where that ends, or
    None.
    """

    def __init__(self, lex: Lexicon, tokens: list[Token]):
        self.lex, self.tokens = lex, tokens

    def text(self, at: int) -> str:
        """The folded text of a token, or "" beyond the last."""
        return self.tokens[at].text if at < len(self.tokens) else ""

    def kind(self, at: int) -> str:
        """What a token is, or "" beyond the last."""
        return self.tokens[at].kind if at < len(self.tokens) else ""


class NumeralReader(TokenReader, ABC):
    """The reader of one wording's numerals; each kind of language has its own grammar below it."""

    def read(self, start: int, joined: bool = True) -> Parsed[Numeral]:
        """One figure with its sign, scale and percent sign.

        ``joined`` lets "and" be part of it ("two hundred and fifty"), which the first figure of
        "between a and b" must be able to do without. Raises Unreadable for digits in no known
        grouping.
        """
        if start >= len(self.tokens):
            return None
        at = self._behind_sign(start)
        signed = at > start
        vague = None if signed or self.kind(at) == "number" else self._vague(at)
        found = vague or self._part(at) or self._number(at, joined)
        if not found:
            return None
        numeral, end = found
        numeral = numeral._replace(amount=-numeral.amount) if signed else numeral
        return self._share(numeral, end) or (numeral, end)

    @abstractmethod
    def _behind_sign(self, at: int) -> int:
        """Where a minus ends that begins here; the same place where there is none."""

    @abstractmethod
    def _number(self, at: int, joined: bool) -> Parsed[Numeral]:
        """Digits or number words, with their scales."""

    @abstractmethod
    def _part(self, at: int) -> Parsed[Numeral]:
        """Half; three quarters; half a million; a third of a million."""

    @abstractmethod
    def _numerator(self, at: int) -> Parsed[int]:
        """The three of three quarters."""

    @abstractmethod
    def _plural(self, at: int) -> Parsed[Numeral]:
        """Thousands, dozens: no number of them is said."""

    @abstractmethod
    def _chain(self, at: int) -> tuple[list[int], int]:
        """The scales of "tens of thousands" and "several hundred thousand"."""

    def _share(self, numeral: Numeral, at: int) -> Parsed[Numeral]:
        """35 %, a few percent; half a percent."""
        if numeral.kind not in ("number", "least"):
            return None
        article = numeral.part and self.text(at) in self.lex.articles
        percent = self.lex.percents.match(self.tokens, at + 1 if article else at)
        return (numeral._replace(percent=percent[0], part=False), percent[1]) if percent else None

    def _vague(self, at: int) -> Parsed[Numeral]:
        """Several, a few dozen, hundreds of thousands, most, many."""
        if share := self.lex.shares.match(self.tokens, at):
            return Numeral(share[0], kind="above", part=True), share[1]
        if least := self.lex.least.match(self.tokens, at):
            return self._at_least(*least)
        boundless = self.lex.boundless.match(self.tokens, at)
        many = (Numeral(Fraction(0), kind="boundless"), boundless[1]) if boundless else None
        return self._plural(at) or many

    def _at_least(self, times: int, at: int) -> tuple[Numeral, int]:
        scales, end = self._chain(at)
        return Numeral(Fraction(times), kind="least").scaled_by(scales), end

    def _bare_part(self, at: int) -> Parsed[Fraction]:
        """The part named here, in signs or words: ½, 2/3, half, three quarters."""
        if self.kind(at) in ("fraction", "vulgar"):
            return part_in_digits(self.tokens, at)
        if alone := self.lex.alone.match(self.tokens, at):
            return alone
        text = self.text(at)
        if self.kind(at) == "number":
            few = text.isdecimal() and len(text) < 3
            numerator: Parsed[int] = (int(text), at + 1) if few else None
        else:
            numerator = self._numerator(at)
        parts = self.lex.counted.match(self.tokens, numerator[1]) if numerator else None
        if not numerator or not parts:
            return None
        share = numerator[0] * parts[0]
        return (share, parts[1]) if 0 < share < 1 else None

    def _of_unit(self, part: Fraction, at: int) -> Parsed[Numeral]:
        """A part of the unit that stands here: half an hour."""
        return (Numeral(part, part=True, of_unit=True), at) if self.kind(at) == UNIT else None
