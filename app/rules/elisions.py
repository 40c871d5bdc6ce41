"""Elisions: a short number behind a large scale, which speech means otherwise than the rule does.

"A million two" is 1,200,000 to most who say it, and 1,000,002 by the rule of number words.
"""

from fractions import Fraction

from app.rules.tokenizer import Token, Unreadable, as_written

_BELOW_IN_INDIA = {100_000: 1000, 10_000_000: 100_000}
"""The scale that "two lakh fifty" and "two crore fifty" leave out."""


def refuse_elided(whole: Fraction, rest: Fraction, scale: int, tokens: list[Token]) -> None:
    """Refuse "un millón doscientos", in speech 1,200,000; in full it is 1,000,200."""
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
