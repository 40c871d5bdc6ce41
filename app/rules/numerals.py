"""Numeral parser: one figure, in digits or words, from the tokens of a wording.

Amounts are exact fractions here ("a third of a million"); they become decimals when the measure's
unit is known. Every reader takes the tokens and a start and returns what it read and where that
ends, or None.
"""

import unicodedata
from fractions import Fraction
from math import prod
from typing import NamedTuple, TypeVar

from app.rules import lexicon, numbers
from app.rules.tokenizer import Token, Unreadable, kind_at, text_at
from app.rules.unit_labels import UNIT

Parsed = TypeVar("Parsed")
Maybe = tuple[Parsed, int] | None


class Numeral(NamedTuple):
    """A figure as worded.

    ``kind`` is number, least (a vague word: no less than the amount), above (most: more than the
    amount) or boundless (many). ``place`` is the last decimal written, if any was. ``shareable``
    are the scales that the first figure of a range may borrow ("3 to 4 million"), the largest
    first; ``step`` is the scale of its last word, or 1. ``part`` marks a bare fraction, which is a
    part of a whole, or ``of_unit`` ("half an hour"); ``percent`` is what one percent (or per
    mille) is worth.
    """

    amount: Fraction
    kind: str = "number"
    place: Fraction | None = None
    shareable: tuple[int, ...] = ()
    step: int = 1
    part: bool = False
    of_unit: bool = False
    percent: Fraction | None = None

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


def read_numeral(tokens: list[Token], start: int, joined: bool = True) -> Maybe[Numeral]:
    """One figure with its sign, scale and percent sign.

    ``joined`` lets "and" be part of it ("two hundred and fifty"), which the first figure of
    "between a and b" must be able to do without. Raises Unreadable for digits in no known grouping.
    """
    if text_at(tokens, start) == "+" and kind_at(tokens, start + 1) == "number":
        return _with_plus(tokens, start, joined)
    if _is_sign(tokens, start):
        found = _fraction(tokens, start + 1) or _number(tokens, start + 1, joined)
        sign = -1
    else:
        vague = None if kind_at(tokens, start) == "number" else _vague(tokens, start)
        found = vague or _fraction(tokens, start) or _number(tokens, start, joined)
        sign = 1
    if not found:
        return None
    numeral, end = found
    if sign < 0:
        numeral = numeral._replace(amount=-numeral.amount)
    percent = _percent(tokens, end, numeral)
    return (
        (numeral._replace(percent=percent[0], part=False), percent[1])
        if percent
        else (numeral, end)
    )


def _with_plus(tokens: list[Token], start: int, joined: bool) -> Maybe[Numeral]:
    """+2.3%: a sign before a percentage; "+500" may be an increase, or more than 500."""
    found = read_numeral(tokens, start + 1, joined)
    if found and not found[0].percent:
        written = tokens[start].written + tokens[start + 1].written
        raise Unreadable("A leading plus may be an increase, or mean more than this.", (written,))
    return found


def _is_sign(tokens: list[Token], at: int) -> bool:
    following = tokens[at + 1 : at + 2]
    if not following:
        return False
    # A hyphen is a minus only where it touches the digits; elsewhere it may be a bullet.
    return tokens[at].text in lexicon.SIGNS or (tokens[at].text == "-" and following[0].glued)


def _percent(tokens: list[Token], at: int, numeral: Numeral) -> Maybe[Fraction]:
    """35 %, a few percent; half a percent."""
    if numeral.kind not in ("number", "least"):
        return None
    article = numeral.part and text_at(tokens, at) in lexicon.ARTICLES
    return lexicon.PERCENTS.match(tokens, at + 1 if article else at)


# ------------------------------------------------------------------------- digits, words, scales


def _number(tokens: list[Token], start: int, joined: bool) -> Maybe[Numeral]:
    if kind_at(tokens, start) == "number":
        return _in_digits(tokens, start, joined)
    return _in_words(tokens, start, joined)


def _in_digits(tokens: list[Token], start: int, joined: bool) -> Maybe[Numeral]:
    text = tokens[start].text
    try:
        number = numbers.parse_grouped(text)
    except ValueError as unreadable:
        raise Unreadable(str(unreadable), (tokens[start].written,)) from None
    numeral = Numeral(
        Fraction(number), place=Fraction(numbers.last_place(number)) if "." in text else None
    )
    return _with_scale(tokens, start + 1, numeral, joined)


def _with_scale(tokens: list[Token], at: int, numeral: Numeral, joined: bool) -> Maybe[Numeral]:
    """2½, two and a half, and then the scale: million."""
    if mixed := _mixed(tokens, at, joined):
        numeral, at = Numeral(numeral.amount + mixed[0]), mixed[1]
    scales, end = _scales(tokens, at)
    return numeral.scaled_by(scales), end


def _scales(tokens: list[Token], at: int) -> tuple[list[int], int]:
    """Scales that rise: hundred thousand, thousand million; "million thousand" is none."""
    scales: list[int] = []
    while at < len(tokens) and (scale := _scale(tokens[at])) and scale >= max(scales, default=0):
        scales.append(scale)
        at += 1
    return scales, at


def _scale(token: Token) -> int | None:
    attached = lexicon.ATTACHED.get(token.text) if token.glued else None
    return lexicon.SCALES.get(token.text, attached)


def _in_words(tokens: list[Token], start: int, joined: bool) -> Maybe[Numeral]:
    """Two million five hundred thousand and twelve: ever smaller terms."""
    found = _term(tokens, start, joined)
    if not found:
        return None
    numeral, end = found
    while numeral.step >= 100 and (more := _below(tokens, end, numeral.step, joined)):
        numeral = more[0]._replace(amount=numeral.amount + more[0].amount, shareable=())
        end = more[1]
    return numeral, end


def _below(tokens: list[Token], at: int, step: int, joined: bool) -> Maybe[Numeral]:
    """A further term of the same number: it must be smaller than the scale before it."""
    at += joined and text_at(tokens, at) in lexicon.JOINERS
    found = _term(tokens, at, joined) if _below_hundred(tokens, at) else None
    return found if found and found[0].amount < step else None


def _term(tokens: list[Token], start: int, joined: bool) -> Maybe[Numeral]:
    """Two hundred and fifty thousand; a million; one and a half million."""
    first = _below_hundred(tokens, start) or _article(tokens, start)
    if not first:
        return None
    scales, end = _scales(tokens, first[1])
    if scales == [100] and (group := _hundreds(tokens, end, first[0], joined)):
        return group
    return _with_scale(tokens, first[1], Numeral(Fraction(first[0])), joined)


def _hundreds(tokens: list[Token], at: int, hundreds: int, joined: bool) -> Maybe[Numeral]:
    at += joined and text_at(tokens, at) in lexicon.JOINERS
    rest = _below_hundred(tokens, at)
    if not rest:
        return None
    scales, end = _scales(tokens, rest[1])
    # "One hundred and two hundred" is two figures, not 102 hundred.
    if 100 in scales:
        return None
    return Numeral(Fraction(100 * hundreds + rest[0])).scaled_by(scales), end


def _below_hundred(tokens: list[Token], at: int) -> Maybe[int]:
    word, following = text_at(tokens, at), text_at(tokens, at + 1)
    if word in lexicon.UNITS:
        return lexicon.UNITS[word], at + 1
    if word not in lexicon.TENS:
        return None
    unit = lexicon.UNITS.get(following, 0)
    return (lexicon.TENS[word] + unit, at + 2) if 0 < unit < 10 else (lexicon.TENS[word], at + 1)


def _article(tokens: list[Token], at: int) -> Maybe[int]:
    """The "a" of "a hundred"; before anything else it is no number."""
    if text_at(tokens, at) in lexicon.ARTICLES and text_at(tokens, at + 1) in lexicon.SCALES:
        return 1, at + 1
    return None


# ----------------------------------------------------------------------------------- fractions


def _mixed(tokens: list[Token], at: int, joined: bool) -> Maybe[Fraction]:
    """The half of 2½, 2 1/2, or two and a half."""
    if text_at(tokens, at) == "-" and tokens[at].glued and kind_at(tokens, at + 1) == "fraction":
        at += 1  # 1-1/2, as it is set where there is no ½
    if kind_at(tokens, at) in ("fraction", "vulgar"):
        return read_part(tokens, at)
    if joined and text_at(tokens, at) in lexicon.JOINERS:
        return read_part(tokens, at + 1)
    return None


def _fraction(tokens: list[Token], start: int) -> Maybe[Numeral]:
    """Half; three quarters; half a million; a third of a million."""
    bare = read_part(tokens, start)
    if not bare:
        return None
    at = bare[1] + (text_at(tokens, bare[1]) in lexicon.OF)
    at += text_at(tokens, at) in lexicon.ARTICLES
    scales, end = _scales(tokens, at)
    if scales:
        return Numeral(bare[0], part=True).scaled_by(scales), end
    if kind_at(tokens, at) == UNIT:
        return Numeral(bare[0], part=True, of_unit=True), at
    return Numeral(bare[0], part=True), bare[1]


# ------------------------------------------------------------------------------- vague numerals


def _vague(tokens: list[Token], start: int) -> Maybe[Numeral]:
    """Several, a few dozen, hundreds of thousands, most, many."""
    if share := lexicon.SHARES.match(tokens, start):
        return Numeral(share[0], kind="above", part=True), share[1]
    if least := lexicon.LEAST.match(tokens, start):
        scales, end = _chain(tokens, least[1])
        return Numeral(Fraction(least[0]), kind="least").scaled_by(scales), end
    boundless = lexicon.BOUNDLESS.match(tokens, start)
    at = boundless[1] if boundless else start
    if text_at(tokens, at) in lexicon.PLURALS:
        scales, end = _chain(tokens, at)
        return Numeral(Fraction(lexicon.PLURAL_SCALE), kind="least").scaled_by(scales), end
    return (Numeral(Fraction(0), kind="boundless"), at) if boundless else None


def _chain(tokens: list[Token], at: int) -> tuple[list[int], int]:
    """The scales of "tens of thousands" and "several hundred thousand"."""
    scales, end = _scales(tokens, at)
    while (
        scales and text_at(tokens, end) in lexicon.OF and text_at(tokens, end + 1) in lexicon.SCALES
    ):
        more, end = _scales(tokens, end + 1)
        scales += more
    return scales, end


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
    if tokens[at].text in lexicon.FRACTION_ALONE:
        return Fraction(1, lexicon.FRACTIONS[tokens[at].text]), at + 1
    numerator = _numerator(tokens, at)
    parts = lexicon.FRACTIONS.get(text_at(tokens, at + 1), 0)
    return (Fraction(numerator, parts), at + 2) if 0 < numerator < parts else None


def _numerator(tokens: list[Token], at: int) -> int:
    text = tokens[at].text
    if text in lexicon.ARTICLES:
        return 1
    return int(text) if text.isdecimal() and len(text) < 3 else lexicon.UNITS.get(text, 0)
