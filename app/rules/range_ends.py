"""Range ends: what is hardly a range, or whose ends read two ways, is refused with both named."""

import re

from app.rules import numbers
from app.rules.lexicon import Lexicon
from app.rules.numerals import Numeral
from app.rules.tokenizer import Token, Unreadable, as_written, kind_at, text_at

_PHONE = re.compile(r"\d{3}-\d{3}[1-9]")
"""An end of a range is rounder than this."""


def refuse_shortened(
    lex: Lexicon,
    tokens: list[Token],
    start: int,
    first: tuple[Numeral, int],
    second: tuple[Numeral, int],
) -> None:
    """Refuse what is hardly a range, or one whose first end may lack its thousands."""
    bare = lex.inflection and first[0].amount < 100 and first[0].step == 1
    if bare and lex.inflection and lex.inflection.ends_in_scale(tokens[second[1] - 1].text):
        raise Unreadable("The first end may lack its scale.", as_written(tokens, start))
    _refuse_mixed(tokens, start, first)
    low, high = tokens[first[1] - 1], tokens[second[1] - 1]
    if first[1] != start + 1 or high.kind != "number":
        return
    both = as_written(tokens, start)
    joined = low.kind == "number" and high.glued and tokens[second[1] - 2].glued
    if joined and (_alike(low, high) or _PHONE.fullmatch(f"{low.text}-{high.text}")):
        raise Unreadable("This may be a score, parts of a whole or a number to call.", both)
    least, most = first[0].amount, second[0].amount
    whole = first[0].kind == "number" and least.denominator == 1 and "." not in low.text
    for scale in (1_000_000, 1000):
        if whole and 0 < least < 1000 and most >= scale and least * scale < most:
            raise Unreadable(
                f"The range may begin at {least} or, shortened, at {least * scale}.", both
            )


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
        reason = f"The range may end at {float(high.amount):g} or at {-float(high.amount):g}."
        raise Unreadable(reason, as_written(tokens, start))


def _alike(low: Token, high: Token) -> bool:
    return numbers.parse_grouped(low.text) == numbers.parse_grouped(high.text)
