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
from app.rules.numerals import (
    Numeral,
    NumeralReader,
    Parsed,
    in_digits,
    part_in_digits,
    refuse_elided,
)
from app.rules.tokenizer import Token, Unreadable, as_written
from app.rules.unit_labels import UNIT


class InflectedNumerals(NumeralReader):
    """The reader of one language's numerals, by the forms of its words."""

    def __init__(self, lex: Lexicon, forms: Inflection, tokens: list[Token]):
        super().__init__(lex, tokens)
        self.forms = forms

    def _behind_sign(self, at: int) -> int:
        """A minus, or a hyphen or dash that touches the digits."""
        token, digits = self.tokens[at], self.kind(at + 1) == "number"
        dash = token.text in "-–" and digits and self.tokens[at + 1].glued
        sign = token.text in self.lex.signs and at + 1 < len(self.tokens)
        return at + (sign or dash)

    # ------------------------------------------------------------ numbers

    def _number(self, start: int, joined: bool) -> Parsed[Numeral]:
        """Two million five hundred thousand and twelve: ever smaller terms."""
        found = self._term(start, joined)
        while found and (more := self._further(found, joined)):
            numeral, end = more
            total = found[0].amount + numeral.amount
            found = numeral._replace(amount=total, shareable=(), about=False, part=False), end
        return found

    def _further(self, before: tuple[Numeral, int], joined: bool) -> Parsed[Numeral]:
        """A further term of the same number: whole, and smaller than the scale before it."""
        numeral, at = before
        step = numeral.step
        if step < 1000 or numeral.amount.denominator != 1 or numeral.place or numeral.about:
            return None
        if self.forms.term_joiners:
            if not joined or self.text(at) not in self.forms.term_joiners:
                return None
            at += 1
        found = self._term(at, joined)
        if not found or found[0].place or found[0].about or not 0 < found[0].amount < step:
            return None
        # "1 million 500" is 1,500,000 in speech and 1,000,500 by rule.
        digits = self.kind(at) == "number" and found[0].step == 1
        if digits and step > 1000 and found[0].amount < 1000:
            return None
        refuse_elided(numeral.amount, found[0].amount, step, self.tokens[before[1] - 1 : found[1]])
        return found if found[0].amount.denominator == 1 else None

    def _term(self, start: int, joined: bool) -> Parsed[Numeral]:
        """Two hundred and fifty thousand; five thousand five hundred million; a bare thousand."""
        if dual := self._dual(start):
            return dual
        small = self._small(start, joined)
        if small:
            first, at = small
            self._refuse_coins(start, first, at)
        elif self._is_bare(start):
            first, at = Numeral(Fraction(1)), start
        else:
            return None
        scales, end = self._scales(at)
        if scales == [1000] and first.amount.denominator == 1:
            rest = self._small(end, joined) if not self.forms.term_joiners else None
            if rest and rest[0].amount < 1000 and rest[0].place is None:
                more, stop = self._scales(rest[1])
                if more and more[0] >= 1_000_000:
                    whole = first.amount * 1000 + rest[0].amount
                    return Numeral(whole).scaled_by(more), stop
        about = any(token.text in self.forms.about for token in self.tokens[at:end])
        numeral = first.scaled_by(scales)
        if first.place is None and scales and (half := self._half_of(end, scales[-1])):
            numeral = numeral._replace(amount=numeral.amount + half[0] * prod(scales), step=1)
            end = half[1]
        elif not scales and first.place is None:
            of_unit = self.kind(end) == UNIT  # trois ans et demi
            if half := self.forms.behind.match(self.tokens, end + of_unit):
                numeral, end = numeral._replace(amount=numeral.amount + half[0]), half[1]
        return (numeral._replace(about=True) if about else numeral), end

    def _refuse_coins(self, start: int, small: Numeral, at: int) -> None:
        """Refuse "50 cents", "vingt cents" and "un cent": coins, for such hundreds are not said."""
        behind = self.text(at) in self.forms.coins
        said = self.tokens[start].kind != "number" and 11 <= small.amount <= 19  # quinze cents
        one = small.amount == 100 and at > start + 1 and self.text(at - 1) in self.forms.coins
        if one or (behind and not said):
            written = as_written(self.tokens[start : at + 1])
            raise Unreadable("This may count hundreds, or coins.", written)

    def _half_of(self, at: int, scale: int) -> Parsed[Fraction]:
        """The half behind a scale, which may be named again: "مليون ونصف المليون"."""
        half = self.forms.behind.match(self.tokens, at)
        again = self.forms.scales.get(self.text(half[1])) if half else None
        if not half or again not in (None, scale):
            return None
        return half[0], half[1] + (again is not None)

    def _is_bare(self, at: int) -> bool:
        """A scale that is one by itself: mil; "около тысячи", where alone it would be thousands."""
        text = self.text(at)
        return text in self.forms.bare or self._is_governed(at)

    def _is_governed(self, at: int) -> bool:
        governing = at > 0 and self.tokens[at - 1].text in self.forms.governing
        return governing and self.text(at) in self.forms.governed

    def _dual(self, at: int) -> Parsed[Numeral]:
        """Two thousand, two million as one word; some only before the noun they count."""
        text = self.text(at)
        scale = self.forms.duals.get(text)
        if scale is None and self.kind(at + 1) == UNIT:
            scale = self.forms.before_noun.get(text)
        if scale is None:
            return None
        more, end = self._scales(at + 1)
        numeral = Numeral(Fraction(2)).scaled_by([scale, *more])
        if half := self._half_of(end, scale):
            return numeral._replace(amount=numeral.amount + half[0] * scale, step=1), half[1]
        return numeral, end

    def _small(self, at: int, joined: bool) -> Parsed[Numeral]:
        """What stands before a scale: digits or words, and a half."""
        digits = self.kind(at) == "number"
        found = (in_digits(self.tokens[at]), at + 1) if digits else self._words(at, joined)
        if not found or found[0].place is not None:
            return found
        small, end = found
        if digits and self.kind(end) in ("vulgar", "fraction"):
            more = part_in_digits(self.tokens, end)
            if not more:
                return None
        else:
            more = self.forms.inside.match(self.tokens, end)
        return (small._replace(amount=small.amount + more[0]), more[1]) if more else found

    def _words(self, at: int, joined: bool) -> Parsed[Numeral]:
        """Number words below a thousand; of compound ones, a word below a million."""
        if self.text(at) in self.forms.unclear and self._may_be_a_part(at):
            raise Unreadable("This may be the number or the part.", (self.tokens[at].written,))
        if mixed := self.forms.mixed.match(self.tokens, at):
            return Numeral(mixed[0]), mixed[1]
        found = self.forms.small.match(self.tokens, at)
        if not found and self.forms.compounds:
            compound = self.forms.compounds.value(self.text(at))
            return None if compound is None else (Numeral(compound), at + 1)
        if not found:
            return None
        total, end = found
        total, end, room = self._hundred(total, end)
        while room and (more := self._next(end, joined, room)):
            added, end = more
            total += added
            room = self._room(added)
        return Numeral(Fraction(total)), end

    def _of_the(self, at: int) -> bool:
        """Whether what is counted has the article, as in a tenth of the people."""
        following = " " + self.tokens[at + 1].written if at + 1 < len(self.tokens) else ""
        return not following or " ال" in following

    def _may_be_a_part(self, at: int) -> bool:
        """Whether no longer number goes on from here: a fifth of them, rather than five."""
        if self.tokens[at].text in self.forms.unclear_of_the:
            return self._of_the(at)
        found = self.forms.small.match(self.tokens, at)
        following = self.text(at + 1)
        forms = self.forms
        more = (
            following in forms.joiners or following in forms.scales or following in forms.hundreds
        )
        return not more and (found is None or found[1] == at + 1)

    def _hundred(self, total: int, end: int) -> tuple[int, int, int]:
        """Deux cents: a unit, times a hundred."""
        if 1 <= total <= 9 and self.text(end) in self.forms.hundreds:
            return total * 100, end + 1, 100
        return total, end, self._room(total)

    def _room(self, added: int) -> int:
        """What a word leaves below it: a hundred 100, twenty 10, "soixante" 20, five nothing."""
        if added >= 100:
            return 100
        if self.forms.units_first:
            return -1 if added < 10 else 0
        return self.forms.wide.get(added, 10 if added >= 20 and added % 10 == 0 else 0)

    def _next(self, at: int, joined: bool, room: int) -> Parsed[int]:
        """The next word of the same number; where units come first, the tens."""
        joiner = joined and self.text(at) in self.forms.joiners
        if self.forms.units_first and not joiner:
            return None
        found = self.forms.small.match(self.tokens, at + joiner)
        if not found or self.text(found[1]) in self.forms.hundreds:
            return None
        value = found[0]
        fits = value >= 20 and value % 10 == 0 and value < 100 if room < 0 else 0 < value < room
        return found if fits else None

    def _scales(self, at: int, vague: bool = False) -> tuple[list[int], int]:
        """Scales that rise: mil millones; with "of" between them only where they are vague."""
        scales: list[int] = []
        while scale := self.forms.scales.get(self.text(at), 0):
            if scale <= max(scales, default=0):
                break
            scales.append(scale)
            of = vague or self.tokens[at].text in self.forms.about
            at += 1
            if of and self.text(at) in self.forms.of and self.text(at + 1) in self.forms.scales:
                at += 1
        return scales, at

    # ------------------------------------------------------------ parts, vague words

    def _part(self, at: int) -> Parsed[Numeral]:
        bare = self._bare_part(at)
        if not bare:
            return self._scaled_part(at)
        of = self.text(bare[1]) in self.forms.of
        after = bare[1] + of
        after += of and self.forms.small.match(self.tokens, after) == (1, after + 1)
        found = self._of_scale(bare[0], after) or self._of_unit(*bare)
        return found or (Numeral(bare[0], part=True), bare[1])

    def _scaled_part(self, at: int) -> Parsed[Numeral]:
        """Half a million, an hour, where the half is an adjective: un demi-million, media hora."""
        one = self.forms.small.match(self.tokens, at)
        part = self.forms.scaled.match(self.tokens, one[1] if one and one[0] == 1 else at)
        return (self._of_scale(*part) or self._of_unit(*part)) if part else None

    def _of_scale(self, part: Fraction, at: int) -> Parsed[Numeral]:
        """A part of the scale that begins here; half of about a hundred is about fifty."""
        scales, end = self._scales(at)
        about = any(token.text in self.forms.about for token in self.tokens[at:end])
        return (Numeral(part).scaled_by(scales)._replace(about=about), end) if scales else None

    def _numerator(self, at: int) -> Parsed[int]:
        return self.forms.small.match(self.tokens, at)

    def _plural(self, at: int) -> Parsed[Numeral]:
        """Thousands; refused where it may be one."""
        if self.text(at) not in self.forms.plurals or self._is_governed(at):
            return None
        hedged = at > 0 and self.tokens[at - 1].text in self.lex.before.vocabulary
        if hedged and self.text(at) in self.forms.governed:
            raise Unreadable("This may be one or several.", (self.tokens[at].written,))
        return self._at_least(self.lex.plural_scale, at)

    def _chain(self, at: int) -> tuple[list[int], int]:
        return self._scales(at, vague=True)
