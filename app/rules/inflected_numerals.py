"""Inflected numerals: one figure in a language whose number words have many forms.

    number := term (joiner term)*, each smaller than the scale before it
    term := small scale*, or a scale that means one by itself ("mil", "ألف")
    small := digits, or words below a thousand (in German: one word below a million)

The words are the language's (``lexicon.inflection``), and so is what binds them; whatever does not
fit is left for the phrase to refuse.
"""

from fractions import Fraction
from math import prod

from app.rules.lexicon import Lexicon
from app.rules.lexicon.inflection import Inflection
from app.rules.numerals import Numeral, Parsed, bare_part, in_digits, part_in_digits, refuse_elided
from app.rules.tokenizer import Token, Unreadable, as_written, kind_at, text_at
from app.rules.unit_labels import UNIT


def read_inflected(
    lex: Lexicon, tokens: list[Token], start: int, joined: bool = True
) -> Parsed[Numeral]:
    """One figure with its sign, scale and percent sign.

    ``joined`` lets "and" be part of it, which the first figure of "between a and b" must be able to
    do without. Raises Unreadable for digits in no known grouping.
    """
    forms = lex.inflection
    if forms is None or start >= len(tokens):
        return None
    negative = _is_sign(lex, tokens, start)
    at = start + negative
    vague = None if negative or kind_at(tokens, at) == "number" else _vague(lex, forms, tokens, at)
    found = vague or _part(lex, forms, tokens, at) or _number(forms, tokens, at, joined)
    if not found:
        return None
    numeral, end = found
    if negative:
        numeral = numeral._replace(amount=-numeral.amount)
    percent = lex.percents.match(tokens, end) if numeral.kind in ("number", "least") else None
    if not percent:
        return numeral, end
    return numeral._replace(percent=percent[0], part=False), percent[1]


def _is_sign(lex: Lexicon, tokens: list[Token], at: int) -> bool:
    """A minus, or a hyphen or dash that touches the digits."""
    if kind_at(tokens, at + 1) != "number":
        return tokens[at].text in lex.signs and at + 1 < len(tokens)
    return tokens[at].text in lex.signs or (tokens[at].text in "-–" and tokens[at + 1].glued)


# ---------------------------------------------------------------------------------- numbers


def _number(forms: Inflection, tokens: list[Token], start: int, joined: bool) -> Parsed[Numeral]:
    """Two million five hundred thousand and twelve: ever smaller terms."""
    found = _term(forms, tokens, start, joined)
    while found and (more := _further(forms, tokens, found, joined)):
        numeral, end = more
        total = found[0].amount + numeral.amount
        found = numeral._replace(amount=total, shareable=(), about=False, part=False), end
    return found


def _further(
    forms: Inflection, tokens: list[Token], before: tuple[Numeral, int], joined: bool
) -> Parsed[Numeral]:
    """A further term of the same number: whole, and smaller than the scale before it."""
    numeral, at = before
    step = numeral.step
    if step < 1000 or numeral.amount.denominator != 1 or numeral.place or numeral.about:
        return None
    if forms.term_joiners:
        if not joined or text_at(tokens, at) not in forms.term_joiners:
            return None
        at += 1
    found = _term(forms, tokens, at, joined)
    if not found or found[0].place or found[0].about or not 0 < found[0].amount < step:
        return None
    # "1 million 500" is 1,500,000 in speech and 1,000,500 by rule.
    digits = kind_at(tokens, at) == "number" and found[0].step == 1
    if digits and step > 1000 and found[0].amount < 1000:
        return None
    refuse_elided(numeral.amount, found[0].amount, step, tokens[before[1] - 1 : found[1]])
    return found if found[0].amount.denominator == 1 else None


def _term(forms: Inflection, tokens: list[Token], start: int, joined: bool) -> Parsed[Numeral]:
    """Two hundred and fifty thousand; five thousand five hundred million; a bare thousand."""
    if dual := _dual(forms, tokens, start):
        return dual
    small = _small(forms, tokens, start, joined)
    if small:
        first, at = small
        _refuse_coins(forms, tokens, start, first, at)
    elif _is_bare(forms, tokens, start):
        first, at = Numeral(Fraction(1)), start
    else:
        return None
    scales, end = _scales(forms, tokens, at)
    if scales == [1000] and first.amount.denominator == 1:
        rest = _small(forms, tokens, end, joined) if not forms.term_joiners else None
        if rest and rest[0].amount < 1000 and rest[0].place is None:
            more, stop = _scales(forms, tokens, rest[1])
            if more and more[0] >= 1_000_000:
                whole = first.amount * 1000 + rest[0].amount
                return Numeral(whole).scaled_by(more), stop
    about = any(token.text in forms.about for token in tokens[at:end])
    numeral = first.scaled_by(scales)
    if first.place is None and scales and (half := _half_of(forms, tokens, end, scales[-1])):
        numeral = numeral._replace(amount=numeral.amount + half[0] * prod(scales), step=1)
        end = half[1]
    elif not scales and first.place is None:
        of_unit = kind_at(tokens, end) == UNIT  # trois ans et demi
        if half := forms.behind.match(tokens, end + of_unit):
            numeral, end = numeral._replace(amount=numeral.amount + half[0]), half[1]
    return numeral._replace(about=about), end


def _refuse_coins(
    forms: Inflection, tokens: list[Token], start: int, small: Numeral, at: int
) -> None:
    """Refuse "50 cents", "vingt cents" and "un cent": coins, since such hundreds are not said."""
    behind = text_at(tokens, at) in forms.coins
    said = tokens[start].kind != "number" and 11 <= small.amount <= 19  # quinze cents
    one = small.amount == 100 and at > start + 1 and tokens[at - 1].text in forms.coins
    if one or (behind and not said):
        raise Unreadable("This may count hundreds, or coins.", as_written(tokens[start : at + 1]))


def _half_of(forms: Inflection, tokens: list[Token], at: int, scale: int) -> Parsed[Fraction]:
    """The half behind a scale, which may be named again: "مليون ونصف المليون"."""
    half = forms.behind.match(tokens, at)
    again = forms.scales.get(text_at(tokens, half[1])) if half else None
    if not half or again not in (None, scale):
        return None
    return half[0], half[1] + (again is not None)


def _is_bare(forms: Inflection, tokens: list[Token], at: int) -> bool:
    """A scale that is one by itself: mil; "около тысячи", where alone it would be thousands."""
    text = text_at(tokens, at)
    return text in forms.bare or _is_governed(forms, tokens, at)


def _is_governed(forms: Inflection, tokens: list[Token], at: int) -> bool:
    return text_at(tokens, at) in forms.governed and (
        at > 0 and tokens[at - 1].text in forms.governing
    )


def _dual(forms: Inflection, tokens: list[Token], at: int) -> Parsed[Numeral]:
    """Two thousand, two million as one word; some only before the noun they count."""
    text = text_at(tokens, at)
    scale = forms.duals.get(text)
    if scale is None and kind_at(tokens, at + 1) == UNIT:
        scale = forms.before_noun.get(text)
    if scale is None:
        return None
    more, end = _scales(forms, tokens, at + 1)
    numeral = Numeral(Fraction(2)).scaled_by([scale, *more])
    if half := _half_of(forms, tokens, end, scale):
        return numeral._replace(amount=numeral.amount + half[0] * scale, step=1), half[1]
    return numeral, end


def _small(forms: Inflection, tokens: list[Token], at: int, joined: bool) -> Parsed[Numeral]:
    """What stands before a scale: digits or words, and a half."""
    digits = kind_at(tokens, at) == "number"
    found = (in_digits(tokens[at]), at + 1) if digits else _words(forms, tokens, at, joined)
    if not found or found[0].place is not None:
        return found
    small, end = found
    if digits and kind_at(tokens, end) in ("vulgar", "fraction"):
        more = part_in_digits(tokens, end)
        if not more:
            return None
    else:
        more = forms.inside.match(tokens, end)
    return (small._replace(amount=small.amount + more[0]), more[1]) if more else found


def _words(forms: Inflection, tokens: list[Token], at: int, joined: bool) -> Parsed[Numeral]:
    """Number words below a thousand; of compound ones, a word below a million."""
    if text_at(tokens, at) in forms.unclear and _may_be_a_part(forms, tokens, at):
        raise Unreadable("This may be the number or the part.", (tokens[at].written,))
    if mixed := forms.mixed.match(tokens, at):
        return Numeral(mixed[0]), mixed[1]
    found = forms.small.match(tokens, at)
    if not found and forms.compounds:
        compound = forms.compounds.value(text_at(tokens, at))
        return None if compound is None else (Numeral(compound), at + 1)
    if not found:
        return None
    total, end = found
    total, end, room = _hundred(forms, tokens, total, end)
    while room and (more := _next(forms, tokens, end, joined, room)):
        added, end = more
        total += added
        room = _room(forms, added)
    return Numeral(Fraction(total)), end


def _of_the(tokens: list[Token], at: int) -> bool:
    """Whether what is counted has the article, as in a tenth of the people."""
    following = " " + tokens[at + 1].written if at + 1 < len(tokens) else ""
    return not following or " ال" in following


def _may_be_a_part(forms: Inflection, tokens: list[Token], at: int) -> bool:
    """Whether no longer number goes on from here: a fifth of them, rather than five."""
    if tokens[at].text in forms.unclear_of_the:
        return _of_the(tokens, at)
    found = forms.small.match(tokens, at)
    following = text_at(tokens, at + 1)
    more = following in forms.joiners or following in forms.scales or following in forms.hundreds
    return not more and (found is None or found[1] == at + 1)


def _hundred(forms: Inflection, tokens: list[Token], total: int, end: int) -> tuple[int, int, int]:
    """Deux cents: a unit, times a hundred."""
    if 1 <= total <= 9 and text_at(tokens, end) in forms.hundreds:
        return total * 100, end + 1, 100
    return total, end, _room(forms, total)


def _room(forms: Inflection, added: int) -> int:
    """What a word leaves below it: a hundred 100, twenty 10, "soixante" 20, five nothing."""
    if added >= 100:
        return 100
    if forms.units_first:
        return -1 if added < 10 else 0
    return forms.wide.get(added, 10 if added >= 20 and added % 10 == 0 else 0)


def _next(forms: Inflection, tokens: list[Token], at: int, joined: bool, room: int) -> Parsed[int]:
    """The next word of the same number; where units come first, the tens."""
    joiner = joined and text_at(tokens, at) in forms.joiners
    if forms.units_first and not joiner:
        return None
    found = forms.small.match(tokens, at + joiner)
    if not found or text_at(tokens, found[1]) in forms.hundreds:
        return None
    value = found[0]
    fits = value >= 20 and value % 10 == 0 and value < 100 if room < 0 else 0 < value < room
    return found if fits else None


def _scales(
    forms: Inflection, tokens: list[Token], at: int, vague: bool = False
) -> tuple[list[int], int]:
    """Scales that rise: mil millones; with "of" between them only where they are vague."""
    scales: list[int] = []
    while scale := forms.scales.get(text_at(tokens, at), 0):
        if scale <= max(scales, default=0):
            break
        scales.append(scale)
        of = vague or tokens[at].text in forms.about
        at += 1
        if of and text_at(tokens, at) in forms.of and text_at(tokens, at + 1) in forms.scales:
            at += 1
    return scales, at


# ------------------------------------------------------------------------------ parts, vague words


def _part(lex: Lexicon, forms: Inflection, tokens: list[Token], at: int) -> Parsed[Numeral]:
    """A half; two thirds; half a million; a third of a million."""
    bare = bare_part(lex, tokens, at)
    if not bare:
        return _scaled_part(forms, tokens, at)
    of = text_at(tokens, bare[1]) in forms.of
    after = bare[1] + of
    after += of and forms.small.match(tokens, after) == (1, after + 1)
    found = _of_scale(forms, tokens, bare[0], after) or _of_unit(tokens, *bare)
    return found or (Numeral(bare[0], part=True), bare[1])


def _scaled_part(forms: Inflection, tokens: list[Token], at: int) -> Parsed[Numeral]:
    """Half a million, an hour, where the half is an adjective: un demi-million, media hora."""
    one = forms.small.match(tokens, at)
    part = forms.scaled.match(tokens, one[1] if one and one[0] == 1 else at)
    if not part:
        return None
    return _of_scale(forms, tokens, *part) or _of_unit(tokens, *part)


def _of_scale(forms: Inflection, tokens: list[Token], part: Fraction, at: int) -> Parsed[Numeral]:
    """A part of the scale that begins here; half of about a hundred is about fifty."""
    scales, end = _scales(forms, tokens, at)
    about = any(token.text in forms.about for token in tokens[at:end])
    return (Numeral(part).scaled_by(scales)._replace(about=about), end) if scales else None


def _of_unit(tokens: list[Token], part: Fraction, at: int) -> Parsed[Numeral]:
    """A part of the unit that stands here: half an hour."""
    return (Numeral(part, part=True, of_unit=True), at) if kind_at(tokens, at) == UNIT else None


def _vague(lex: Lexicon, forms: Inflection, tokens: list[Token], start: int) -> Parsed[Numeral]:
    """Several, a few dozen, hundreds of thousands, most, many."""
    if share := lex.shares.match(tokens, start):
        return Numeral(share[0], kind="above", part=True), share[1]
    if least := lex.least.match(tokens, start):
        scales, end = _scales(forms, tokens, least[1], vague=True)
        return Numeral(Fraction(least[0]), kind="least").scaled_by(scales), end
    if text_at(tokens, start) in forms.plurals and not _is_governed(forms, tokens, start):
        hedged = start > 0 and tokens[start - 1].text in lex.before.vocabulary
        if hedged and tokens[start].text in forms.governed:
            raise Unreadable("This may be one or several.", (tokens[start].written,))
        scales, end = _scales(forms, tokens, start, vague=True)
        return Numeral(Fraction(lex.plural_scale), kind="least").scaled_by(scales), end
    boundless = lex.boundless.match(tokens, start)
    return (Numeral(Fraction(0), kind="boundless"), boundless[1]) if boundless else None
