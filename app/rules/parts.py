"""Reading a part of a whole: half, a third, three quarters, 1/3, ½."""

import unicodedata
from fractions import Fraction

from app.rules import lexicon
from app.rules.tokenizer import Token, text_at


def read_part(tokens: list[Token], at: int) -> tuple[Fraction, int] | None:
    """The part named here, and where its words end."""
    if at >= len(tokens):
        return None
    if tokens[at].kind in ("fraction", "vulgar"):
        top, bottom = (
            unicodedata.normalize("NFKC", tokens[at].text).replace("\u2044", "/").split("/")
        )
        # Improper ones look like dates ("12/5"), and nothing is divided by zero.
        return (Fraction(int(top), int(bottom)), at + 1) if 0 < int(top) < int(bottom) else None
    return _fraction_in_words(tokens, at)


def _fraction_in_words(tokens: list[Token], at: int) -> tuple[Fraction, int] | None:
    if tokens[at].text in ("half", "all"):
        return Fraction(1, lexicon.FRACTIONS[tokens[at].text]), at + 1
    numerator = _numerator(tokens, at)
    parts = lexicon.FRACTIONS.get(text_at(tokens, at + 1), 0)
    return (Fraction(numerator, parts), at + 2) if 0 < numerator < parts else None


def _numerator(tokens: list[Token], at: int) -> int:
    text = tokens[at].text
    if text in lexicon.ARTICLES:
        return 1
    return int(text) if text.isdecimal() and len(text) < 3 else lexicon.UNITS.get(text, 0)
