"""Numerals: one figure as worded, in whatever language, and what all languages share of it.

Amounts are exact fractions here ("a third of a million"); they become decimals when the measure's
unit is known.
"""

import unicodedata
from fractions import Fraction
from math import prod
from typing import NamedTuple, TypeVar

from app.rules import numbers
from app.rules.lexicon import Lexicon
from app.rules.tokenizer import Token, Unreadable, as_written, kind_at, text_at

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


def bare_part(lex: Lexicon, tokens: list[Token], at: int) -> Parsed[Fraction]:
    """The part named here, in signs or words: ½, 2/3, half, three quarters."""
    if kind_at(tokens, at) in ("fraction", "vulgar"):
        return part_in_digits(tokens, at)
    if alone := lex.alone.match(tokens, at):
        return alone
    numerator = _numerator(lex, tokens, at)
    parts = lex.counted.match(tokens, numerator[1]) if numerator else None
    if not numerator or not parts:
        return None
    share = numerator[0] * parts[0]
    return (share, parts[1]) if 0 < share < 1 else None


def _numerator(lex: Lexicon, tokens: list[Token], at: int) -> Parsed[int]:
    text = text_at(tokens, at)
    if kind_at(tokens, at) == "number":
        return (int(text), at + 1) if text.isdecimal() and len(text) < 3 else None
    if lex.inflection:
        return lex.inflection.small.match(tokens, at)
    return (1 if text in lex.articles else lex.units.get(text, 0)), at + 1


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
