"""Range ends: what is hardly a range, or whose ends read two ways, is refused with both named."""

import re
from fractions import Fraction
from typing import NamedTuple

from app.rules import numbers
from app.rules.lexicon import Lexicon
from app.rules.numerals import Numeral
from app.rules.tokenizer import Token, Unreadable, as_written, kind_at, text_at

TWO_BEGINNINGS = "The range may begin at"
"""So begins what is said of a range whose first end may lack the scale of the second."""

PHONE = re.compile(r"\d{3}-\d{3}[1-9]")
"""An end of a range is rounder than this."""


class RangeEnds(NamedTuple):
    """The ends of a range as worded: where it begins, and behind which token each of them stops."""

    tokens: list[Token]
    start: int
    low: Numeral
    low_stop: int
    high: Numeral
    high_stop: int

    def refuse_shortened(self, lex: Lexicon) -> None:
        """Refuse what is hardly a range, or one whose first end may lack its thousands."""
        inflection, last = lex.inflection, self.tokens[self.high_stop - 1]
        bare = self.low.amount < 100 and self.low.step == 1
        if inflection and bare and inflection.ends_in_scale(last.text):
            raise self._refusal("The first end may lack its scale.")
        self._refuse_mixed()
        if last.kind == "number":
            self._refuse_score(self.tokens[self.low_stop - 1], last)
            self._refuse_lacking_thousands()

    def refuse_one_sign(self) -> None:
        """Refuse "minus 5 to 10" and "-5–10", whose sign may be said once for both ends."""
        behind = self.tokens[self.start + 1 :]
        dash = any(token.text in ("-", "–") and token.glued for token in behind)
        said_once = dash or self.tokens[self.start].text.isalpha()
        if said_once and self.low.amount < 0 < self.high.amount:
            end = numbers.plain(numbers.decimals(self.high.amount)[0])
            raise self._refusal(f"The range may end at {end} or at -{end}.")

    def _refusal(self, reason: str) -> Unreadable:
        return Unreadable(reason, as_written(self.tokens, self.start))

    def _refuse_score(self, low: Token, high: Token) -> None:
        """Refuse "5-5" and "555-1234", two numbers that a sign joins without a space."""
        alone = self.low_stop == self.start + 1 and low.kind == "number"
        if not alone or not high.glued or not self.tokens[self.high_stop - 2].glued:
            return
        alike = numbers.parse_grouped(low.text) == numbers.parse_grouped(high.text)
        if alike or PHONE.fullmatch(f"{low.text}-{high.text}"):
            raise self._refusal("This may be a score, parts of a whole or a number to call.")

    def _refuse_lacking_thousands(self) -> None:
        """Refuse "5 to 10,000" and "a hundred to 200,000", but not "5 dozen to 90,000"."""
        least, written = self.low.amount, self.tokens[self.low_stop - 1].text
        bare = self.low.kind == "number" and self.low.step in (1, 100)
        if not bare or not 0 < least < 1000 or "." in written or least.denominator != 1:
            return
        for scale in (1_000_000, 1000):
            if least * scale < self.high.amount:
                raise two_beginnings(least, scale, as_written(self.tokens, self.start))

    def _refuse_mixed(self) -> None:
        """Refuse "1 - 1/2 million", rather one and a half than from one to half a million."""
        dash = text_at(self.tokens, self.low_stop) in ("-", "–")
        fraction = kind_at(self.tokens, self.low_stop + 1) in ("fraction", "vulgar")
        if dash and fraction and self.low.step == 1 and self.low.amount >= 1:
            raise self._refusal("This may be one mixed number or a range.")


def two_beginnings(least: Fraction, scale: int, written: tuple[str, ...]) -> Unreadable:
    """What is said of a range whose first end may lack this scale."""
    ends = (numbers.plain(numbers.decimals(end)[0]) for end in (least, least * scale))
    return Unreadable(f"{TWO_BEGINNINGS} {' or, shortened, at '.join(ends)}.", written)
