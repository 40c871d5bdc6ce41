"""English numerals: one figure, in digits or words, from the tokens of a wording.

Every reader takes the tokens and a start and returns what it read and where that ends, or None.
"""

import re
from fractions import Fraction
from math import prod

from app.rules.lexicon import Lexicon
from app.rules.numerals import Numeral, Parsed, bare_part, in_digits, refuse_elided
from app.rules.tokenizer import Token, Unreadable, kind_at, text_at
from app.rules.unit_labels import UNIT

_POWER = re.compile("100+")
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")


def read_english(
    lex: Lexicon, tokens: list[Token], start: int, joined: bool = True
) -> Parsed[Numeral]:
    """One figure with its sign, scale and percent sign.

    ``joined`` lets "and" be part of it ("two hundred and fifty"), which the first figure of
    "between a and b" must be able to do without. Raises Unreadable for digits in no known grouping.
    """
    if text_at(tokens, start) == "+" and kind_at(tokens, start + 1) == "number":
        return _with_plus(lex, tokens, start, joined)
    if _is_sign(lex, tokens, start):
        at = start + 1 + (kind_at(tokens, start + 1) == UNIT)  # "-$5 million"
        found = _fraction(lex, tokens, at) or _number(lex, tokens, at, joined)
        sign = -1
    else:
        vague = None if kind_at(tokens, start) == "number" else _vague(lex, tokens, start)
        found = vague or _fraction(lex, tokens, start) or _number(lex, tokens, start, joined)
        sign = 1
    if not found:
        return None
    numeral, end = found
    if sign < 0:
        numeral = numeral._replace(amount=-numeral.amount)
    if percent := _percent(lex, tokens, end, numeral) or _per_many(lex, tokens, end):
        return numeral._replace(percent=percent[0], part=False), percent[1]
    return _out_of(lex, tokens, start, numeral, end) or (numeral, end)


def _per_many(lex: Lexicon, tokens: list[Token], at: int) -> Parsed[Fraction]:
    """The 100,000 of "20 per 100,000": a power of ten, of which the figure counts parts."""
    per = lex.part_per.match(tokens, at)
    found = _number(lex, tokens, per[1], False) or _bare_scale(lex, tokens, per[1]) if per else None
    if not found or found[0].amount.denominator != 1:
        return None
    whole = found[0].amount.numerator
    return (Fraction(1, whole), found[1]) if _POWER.fullmatch(str(whole)) else None


def _bare_scale(lex: Lexicon, tokens: list[Token], at: int) -> Parsed[Numeral]:
    """The million of "20 per million"."""
    scales, end = _scales(lex, tokens, at)
    return (Numeral(Fraction(1)).scaled_by(scales), end) if scales else None


def _out_of(
    lex: Lexicon, tokens: list[Token], start: int, numeral: Numeral, at: int
) -> Parsed[Numeral]:
    """One in five, 3 out of 10: a part of a whole."""
    into = lex.part_in.match(tokens, at)
    found = _number(lex, tokens, into[1], False) if into else None
    if not into or not found or numeral.kind != "number" or numeral.part:
        return None
    part, whole = numeral.amount, found[0].amount
    if any(each.denominator != 1 for each in (part, whole)) or not 0 < part < whole:
        return None
    if _YEAR.fullmatch(tokens[into[1]].text):
        raise Unreadable("This may be a part of a whole, or a figure of a year.")
    return Numeral(part / whole, part=True), found[1]


def _with_plus(lex: Lexicon, tokens: list[Token], start: int, joined: bool) -> Parsed[Numeral]:
    """+2.3%: a sign before a percentage; "+500" may be an increase, or more than 500."""
    found = read_english(lex, tokens, start + 1, joined)
    if found and not found[0].percent:
        written = tokens[start].written + tokens[start + 1].written
        raise Unreadable("A leading plus may be an increase, or mean more than this.", (written,))
    return found


def _is_sign(lex: Lexicon, tokens: list[Token], at: int) -> bool:
    following = tokens[at + 1 : at + 2]
    if not following:
        return False
    # A hyphen is a minus only where it touches the digits; elsewhere it may be a bullet. An en
    # dash is set as one ("–10 °C"), an em dash is not.
    if tokens[at].text in lex.signs:
        return True
    dash = tokens[at].text == "-" or tokens[at].written in ("\u2013", "\u2012")
    return dash and following[0].glued


def _percent(lex: Lexicon, tokens: list[Token], at: int, numeral: Numeral) -> Parsed[Fraction]:
    """35 %, a few percent; half a percent."""
    if numeral.kind not in ("number", "least"):
        return None
    article = numeral.part and text_at(tokens, at) in lex.articles
    return lex.percents.match(tokens, at + 1 if article else at)


# ------------------------------------------------------------------------- digits, words, scales


def _number(lex: Lexicon, tokens: list[Token], start: int, joined: bool) -> Parsed[Numeral]:
    if kind_at(tokens, start) != "number":
        return _in_words(lex, tokens, start, joined)
    scaled = _with_scale(lex, tokens, start + 1, in_digits(tokens[start]), joined)
    return _in_smaller_scales(lex, tokens, *scaled)


def _in_smaller_scales(
    lex: Lexicon, tokens: list[Token], numeral: Numeral, at: int
) -> tuple[Numeral, int]:
    """1 million 250 thousand: each further term has a scale of its own, and a smaller one."""
    while numeral.step > 100 and kind_at(tokens, at) == "number" and not tokens[at].glued:
        scales, end = _scales(lex, tokens, at + 1)
        digits = tokens[at].text
        if not scales or prod(scales) >= numeral.step or not digits.isdecimal():
            break
        amount = int(digits) * prod(scales)
        if amount >= numeral.step:
            break
        numeral = numeral._replace(
            amount=numeral.amount + amount, step=prod(scales), place=None, shareable=()
        )
        at = end
    return numeral, at


def _with_scale(
    lex: Lexicon, tokens: list[Token], at: int, numeral: Numeral, joined: bool
) -> tuple[Numeral, int]:
    """2½, two and a half, and then the scale: million."""
    if mixed := _mixed(lex, tokens, at, joined):
        numeral, at = Numeral(numeral.amount + mixed[0]), mixed[1]
    scales, end = _scales(lex, tokens, at)
    return numeral.scaled_by(scales), end


def _scales(lex: Lexicon, tokens: list[Token], at: int) -> tuple[list[int], int]:
    """Scales that rise: hundred thousand, thousand million; "million thousand" is none."""
    scales: list[int] = []
    while (
        at < len(tokens) and (scale := _scale(lex, tokens[at])) and scale >= max(scales, default=0)
    ):
        scales.append(scale)
        at += 1
    return scales, at


def _scale(lex: Lexicon, token: Token) -> int | None:
    attached = lex.attached.get(token.text) if token.glued else None
    return lex.scales.get(token.text, attached)


def _in_words(lex: Lexicon, tokens: list[Token], start: int, joined: bool) -> Parsed[Numeral]:
    """Two million five hundred thousand and twelve: ever smaller terms."""
    found = _term(lex, tokens, start, joined)
    if not found:
        return None
    numeral, end = found
    while numeral.step >= 100 and (more := _below(lex, tokens, end, numeral.step, joined)):
        if text_at(tokens, end) not in lex.joiners:  # "a million and two" is said in full
            refuse_elided(numeral.amount, more[0].amount, numeral.step, tokens[start : more[1]])
        numeral = more[0]._replace(amount=numeral.amount + more[0].amount, shareable=())
        end = more[1]
    halved = joined and numeral.step >= 1000 and text_at(tokens, end) in lex.joiners
    if halved and (part := bare_part(lex, tokens, end + 1)):
        # "A million and a half" has half of its last scale.
        numeral = numeral._replace(amount=numeral.amount + part[0] * numeral.step)
        return numeral._replace(place=None, shareable=()), part[1]
    return numeral, end


def _below(lex: Lexicon, tokens: list[Token], at: int, step: int, joined: bool) -> Parsed[Numeral]:
    """A further term of the same number: it must be smaller than the scale before it."""
    at += joined and text_at(tokens, at) in lex.joiners
    found = _term(lex, tokens, at, joined) if _below_hundred(lex, tokens, at) else None
    return found if found and 0 < found[0].amount < step else None


def _term(lex: Lexicon, tokens: list[Token], start: int, joined: bool) -> Parsed[Numeral]:
    """Two hundred and fifty thousand; a million; one and a half million."""
    first = _below_hundred(lex, tokens, start) or _article(lex, tokens, start)
    if not first:
        return None
    if decimals := _decimals(lex, tokens, first[1]):
        part, end = decimals
        place = Fraction(1, 10 ** (end - first[1] - 1))
        return _with_scale(lex, tokens, end, Numeral(first[0] + part, place=place), joined)
    scales, end = _scales(lex, tokens, first[1])
    if scales == [100] and (group := _hundreds(lex, tokens, end, first[0], joined)):
        return group
    return _with_scale(lex, tokens, first[1], Numeral(Fraction(first[0])), joined)


def _decimals(lex: Lexicon, tokens: list[Token], at: int) -> Parsed[Fraction]:
    """The "point five" of two point five: a word for each digit."""
    if text_at(tokens, at) not in lex.decimal_points:
        return None
    at += 1
    digits = ""
    while (digit := lex.units.get(text_at(tokens, at), 10)) < 10:
        digits += str(digit)
        at += 1
    return (Fraction(int(digits), 10 ** len(digits)), at) if digits else None


def _hundreds(
    lex: Lexicon, tokens: list[Token], at: int, hundreds: int, joined: bool
) -> Parsed[Numeral]:
    at += joined and text_at(tokens, at) in lex.joiners
    rest = _below_hundred(lex, tokens, at)
    if not rest or not rest[0]:
        return None
    scales, end = _scales(lex, tokens, rest[1])
    # "One hundred and two hundred" is two figures, not 102 hundred.
    if 100 in scales:
        return None
    return Numeral(Fraction(100 * hundreds + rest[0])).scaled_by(scales), end


def _below_hundred(lex: Lexicon, tokens: list[Token], at: int) -> Parsed[int]:
    word, following = text_at(tokens, at), text_at(tokens, at + 1)
    if word in lex.units:
        return lex.units[word], at + 1
    if word not in lex.tens:
        return None
    unit = lex.units.get(following, 0)
    return (lex.tens[word] + unit, at + 2) if 0 < unit < 10 else (lex.tens[word], at + 1)


def _article(lex: Lexicon, tokens: list[Token], at: int) -> Parsed[int]:
    """The "a" of "a hundred"; before anything else it is no number."""
    if text_at(tokens, at) in lex.articles and text_at(tokens, at + 1) in lex.scales:
        return 1, at + 1
    return None


# ----------------------------------------------------------------------------------- fractions


def _mixed(lex: Lexicon, tokens: list[Token], at: int, joined: bool) -> Parsed[Fraction]:
    """The half of 2½, 2 1/2, or two and a half."""
    if text_at(tokens, at) == "-" and tokens[at].glued and kind_at(tokens, at + 1) == "fraction":
        at += 1  # 1-1/2, as it is set where there is no ½
    if kind_at(tokens, at) in ("fraction", "vulgar"):
        return bare_part(lex, tokens, at)
    if joined and text_at(tokens, at) in lex.joiners:
        return bare_part(lex, tokens, at + 1)
    return None


def _fraction(lex: Lexicon, tokens: list[Token], start: int) -> Parsed[Numeral]:
    """Half; three quarters; half a million; a third of a million."""
    bare = bare_part(lex, tokens, start)
    if not bare:
        return None
    at = bare[1] + (text_at(tokens, bare[1]) in lex.of)
    at += text_at(tokens, at) in lex.articles
    scales, end = _scales(lex, tokens, at)
    if scales:
        _refuse_ordinal(lex, tokens, start, at)
        return Numeral(bare[0], part=True).scaled_by(scales), end
    if kind_at(tokens, at) == UNIT:
        return Numeral(bare[0], part=True, of_unit=True), at
    return Numeral(bare[0], part=True), bare[1]


def _refuse_ordinal(lex: Lexicon, tokens: list[Token], start: int, scale: int) -> None:
    """Refuse "a third million", which may be the one after the second."""
    ordinals = lex.fractions.keys() - lex.fraction_alone
    alone = tokens[start].text in lex.articles and scale == start + 2
    if alone and text_at(tokens, start + 1) in ordinals:
        reason = "This may be a part of the scale, or count the one after the second."
        raise Unreadable(reason, tuple(each.written for each in tokens[start : scale + 1]))


# ------------------------------------------------------------------------------- vague numerals


def _vague(lex: Lexicon, tokens: list[Token], start: int) -> Parsed[Numeral]:
    """Several, a few dozen, hundreds of thousands, most, many."""
    if share := lex.shares.match(tokens, start):
        return Numeral(share[0], kind="above", part=True), share[1]
    if least := lex.least.match(tokens, start):
        scales, end = _chain(lex, tokens, least[1])
        return Numeral(Fraction(least[0]), kind="least").scaled_by(scales), end
    boundless = lex.boundless.match(tokens, start)
    at = boundless[1] if boundless else start
    if text_at(tokens, at) in lex.plurals:
        scales, end = _chain(lex, tokens, at)
        if text_at(tokens, end) in lex.repeats and text_at(tokens, end + 1) == tokens[at].text:
            end += 2  # "thousands upon thousands"
        return Numeral(Fraction(lex.plural_scale), kind="least").scaled_by(scales), end
    return (Numeral(Fraction(0), kind="boundless"), at) if boundless else None


def _chain(lex: Lexicon, tokens: list[Token], at: int) -> tuple[list[int], int]:
    """The scales of "tens of thousands" and "several hundred thousand"."""
    scales, end = _scales(lex, tokens, at)
    while scales and text_at(tokens, end) in lex.of and text_at(tokens, end + 1) in lex.scales:
        more, end = _scales(lex, tokens, end + 1)
        scales += more
    return scales, end
