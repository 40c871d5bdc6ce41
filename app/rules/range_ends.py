"""Range ends: what is hardly a range, or whose ends read two ways, is refused with both named."""

import re
from fractions import Fraction

from app.rules import numbers
from app.rules.lexicon import Lexicon
from app.rules.numerals import Numeral
from app.rules.tokenizer import Token, Unreadable, as_written, kind_at, text_at

TWO_BEGINNINGS = "The range may begin at"
"""So begins what is said of a range whose first end may lack the scale of the second."""

PHONE = re.compile(r"\d{3}-\d{3}[1-9]")
"""An end of a range is rounder than this."""


def refuse_shortened(
    lex: Lexicon,
    tokens: list[Token],
    start: int,
    first: tuple[Numeral, int],
    second: tuple[Numeral, int],
) -> None:
    """Refuse what is hardly a range, or one whose first end may lack its thousands."""
    inflection, last = lex.inflection, tokens[second[1] - 1]
    bare = first[0].amount < 100 and first[0].step == 1
    if inflection and bare and inflection.ends_in_scale(last.text):
        raise Unreadable("The first end may lack its scale.", as_written(tokens, start))
    _refuse_mixed(tokens, start, first)
    if last.kind == "number":
        _refuse_score(tokens, start, first, second)
        _refuse_lacking_thousands(tokens, start, first, second)


def _refuse_score(
    tokens: list[Token], start: int, first: tuple[Numeral, int], second: tuple[Numeral, int]
) -> None:
    """Refuse "5-5" and "555-1234", two numbers that a sign joins without a space."""
    low, high = tokens[first[1] - 1], tokens[second[1] - 1]
    alone = first[1] == start + 1 and low.kind == "number"
    joined = alone and high.glued and tokens[second[1] - 2].glued
    if joined and (_alike(low, high) or PHONE.fullmatch(f"{low.text}-{high.text}")):
        raise Unreadable(
            "This may be a score, parts of a whole or a number to call.", as_written(tokens, start)
        )


def _refuse_lacking_thousands(
    tokens: list[Token], start: int, first: tuple[Numeral, int], second: tuple[Numeral, int]
) -> None:
    """Refuse "5 to 10,000" and "a hundred to 200,000", but not "5 dozen to 90,000"."""
    numeral, end = first
    least, most = numeral.amount, second[0].amount
    bare = numeral.kind == "number" and numeral.step in (1, 100)
    if not bare or not 0 < least < 1000 or "." in tokens[end - 1].text or least.denominator != 1:
        return
    for scale in (1_000_000, 1000):
        if least * scale < most:
            raise two_beginnings(least, scale, as_written(tokens, start))


def two_beginnings(least: Fraction, scale: int, written: tuple[str, ...]) -> Unreadable:
    """What is said of a range whose first end may lack this scale."""
    ends = (numbers.plain(numbers.decimals(end)[0]) for end in (least, least * scale))
    return Unreadable(f"{TWO_BEGINNINGS} {' or, shortened, at '.join(ends)}.", written)


def _refuse_mixed(tokens: list[Token], start: int, first: tuple[Numeral, int]) -> None:
    """Refuse "1 - 1/2 million", which is rather one and a half than from one to half a million."""
    dash = text_at(tokens, first[1]) in ("-", "–")
    fraction = kind_at(tokens, first[1] + 1) in ("fraction", "vulgar")
    if dash and fraction and first[0].step == 1 and first[0].amount >= 1:
        raise Unreadable("This may be one mixed number or a range.", as_written(tokens, start))


def refuse_one_sign(tokens: list[Token], start: int, low: Numeral, high: Numeral) -> None:
    """Refuse "minus 5 to 10" and "-5–10", whose sign may be said once for both ends."""
    dash = any(token.text in ("-", "–") and token.glued for token in tokens[start + 1 :])
    if low.amount < 0 < high.amount and (dash or tokens[start].text.isalpha()):
        end = numbers.plain(numbers.decimals(high.amount)[0])
        reason = f"The range may end at {end} or at -{end}."
        raise Unreadable(reason, as_written(tokens, start))


def _alike(low: Token, high: Token) -> bool:
    return numbers.parse_grouped(low.text) == numbers.parse_grouped(high.text)
