"""English numerals: one figure, in digits or words, from the tokens of a wording."""

import re
from fractions import Fraction
from math import prod

from app.rules.numerals import Numeral, NumeralReader, Parsed, in_digits, refuse_elided
from app.rules.tokenizer import Unreadable
from app.rules.unit_labels import UNIT

_POWER = re.compile("100+")
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")


class EnglishNumerals(NumeralReader):
    """The reader of English numerals, in digits or words."""

    def read(self, start: int, joined: bool = True) -> Parsed[Numeral]:
        """One figure; after a plus (+2.3%) a percentage: else it may be a change, or a least."""
        if self.text(start) != "+" or self.kind(start + 1) != "number":
            return super().read(start, joined)
        found = super().read(start + 1, joined)
        if found and not found[0].percent:
            reason = "A leading plus may be an increase, or mean more than this."
            written = self.tokens[start].written + self.tokens[start + 1].written
            raise Unreadable(reason, (written,))
        return found

    def _behind_sign(self, at: int) -> int:
        """A hyphen is a minus only where it touches the digits; elsewhere it may be a bullet.

        An en dash is set as one ("–10 °C"), an em dash is not.
        """
        token, following = self.tokens[at], self.tokens[at + 1 : at + 2]
        dash = token.text == "-" or token.written in ("\u2013", "\u2012")
        if not following or not (token.text in self.lex.signs or (dash and following[0].glued)):
            return at
        return at + 1 + (following[0].kind == UNIT)  # "-$5 million"

    def _share(self, numeral: Numeral, at: int) -> Parsed[Numeral]:
        return super()._share(numeral, at) or self._per_many(numeral, at) or self._of(numeral, at)

    def _per_many(self, numeral: Numeral, at: int) -> Parsed[Numeral]:
        """The 100,000 of "20 per 100,000": a power of ten, of which the figure counts parts."""
        per = self.lex.part_per.match(self.tokens, at)
        found = self._number(per[1], False) or self._bare_scale(per[1]) if per else None
        if not found or not _POWER.fullmatch(str(found[0].amount)):
            return None
        return numeral._replace(percent=1 / found[0].amount, part=False), found[1]

    def _bare_scale(self, at: int) -> Parsed[Numeral]:
        """The million of "20 per million"."""
        scales, end = self._scales(at)
        return (Numeral(Fraction(1)).scaled_by(scales), end) if scales else None

    def _of(self, numeral: Numeral, at: int) -> Parsed[Numeral]:
        """One in five, 3 out of 10: a part of a whole."""
        into = self.lex.part_in.match(self.tokens, at)
        found = self._number(into[1], False) if into else None
        if not into or not found or numeral.kind != "number" or numeral.part:
            return None
        part, whole = numeral.amount, found[0].amount
        if any(each.denominator != 1 for each in (part, whole)) or not 0 < part < whole:
            return None
        if _YEAR.fullmatch(self.text(into[1])):
            raise Unreadable("This may be a part of a whole, or a figure of a year.")
        return Numeral(part / whole, part=True), found[1]

    # ------------------------------------------------------------ digits, words, scales

    def _number(self, start: int, joined: bool) -> Parsed[Numeral]:
        if self.kind(start) != "number":
            return self._in_words(start, joined)
        scaled = self._with_scale(start + 1, in_digits(self.tokens[start]), joined)
        return self._in_smaller_scales(*scaled)

    def _in_smaller_scales(self, numeral: Numeral, at: int) -> tuple[Numeral, int]:
        """1 million 250 thousand: each further term has a scale of its own, and a smaller one."""
        while numeral.step > 100 and self.kind(at) == "number" and not self.tokens[at].glued:
            scales, end = self._scales(at + 1)
            digits = self.tokens[at].text
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

    def _with_scale(self, at: int, numeral: Numeral, joined: bool) -> tuple[Numeral, int]:
        """2½, two and a half, and then the scale: million."""
        if mixed := self._mixed(at, joined):
            numeral, at = Numeral(numeral.amount + mixed[0]), mixed[1]
        scales, end = self._scales(at)
        return numeral.scaled_by(scales), end

    def _scales(self, at: int) -> tuple[list[int], int]:
        """Scales that rise: hundred thousand, thousand million; "million thousand" is none."""
        scales: list[int] = []
        while (scale := self._scale(at)) and scale >= max(scales, default=0):
            scales.append(scale)
            at += 1
        return scales, at

    def _scale(self, at: int) -> int | None:
        text = self.text(at)
        attached = self.lex.attached.get(text) if text and self.tokens[at].glued else None
        return self.lex.scales.get(text, attached)

    def _in_words(self, start: int, joined: bool) -> Parsed[Numeral]:
        """Two million five hundred thousand and twelve: ever smaller terms."""
        found = self._term(start, joined)
        if not found:
            return None
        numeral, end = found
        while numeral.step >= 100 and (more := self._below(end, numeral.step, joined)):
            if self.text(end) not in self.lex.joiners:  # "a million and two" is said in full
                refuse_elided(
                    numeral.amount, more[0].amount, numeral.step, self.tokens[start : more[1]]
                )
            numeral = more[0]._replace(amount=numeral.amount + more[0].amount, shareable=())
            end = more[1]
        halved = joined and numeral.step >= 1000 and self.text(end) in self.lex.joiners
        if halved and (part := self._bare_part(end + 1)):
            # "A million and a half" has half of its last scale.
            numeral = numeral._replace(amount=numeral.amount + part[0] * numeral.step)
            return numeral._replace(place=None, shareable=()), part[1]
        return numeral, end

    def _below(self, at: int, step: int, joined: bool) -> Parsed[Numeral]:
        """A further term of the same number: it must be smaller than the scale before it."""
        at += joined and self.text(at) in self.lex.joiners
        found = self._term(at, joined) if self._below_hundred(at) else None
        return found if found and 0 < found[0].amount < step else None

    def _term(self, start: int, joined: bool) -> Parsed[Numeral]:
        """Two hundred and fifty thousand; a million; one and a half million."""
        first = self._below_hundred(start) or self._article(start)
        if not first:
            return None
        if decimals := self._decimals(first[1]):
            part, end = decimals
            place = Fraction(1, 10 ** (end - first[1] - 1))
            return self._with_scale(end, Numeral(first[0] + part, place=place), joined)
        scales, end = self._scales(first[1])
        if scales == [100] and (group := self._hundreds(end, first[0], joined)):
            return group
        return self._with_scale(first[1], Numeral(Fraction(first[0])), joined)

    def _decimals(self, at: int) -> Parsed[Fraction]:
        """The "point five" of two point five: a word for each digit."""
        if self.text(at) not in self.lex.decimal_points:
            return None
        at += 1
        digits = ""
        while (digit := self.lex.units.get(self.text(at), 10)) < 10:
            digits += str(digit)
            at += 1
        return (Fraction(int(digits), 10 ** len(digits)), at) if digits else None

    def _hundreds(self, at: int, hundreds: int, joined: bool) -> Parsed[Numeral]:
        at += joined and self.text(at) in self.lex.joiners
        rest = self._below_hundred(at)
        if not rest or not rest[0]:
            return None
        scales, end = self._scales(rest[1])
        # "One hundred and two hundred" is two figures, not 102 hundred.
        if 100 in scales:
            return None
        return Numeral(Fraction(100 * hundreds + rest[0])).scaled_by(scales), end

    def _below_hundred(self, at: int) -> Parsed[int]:
        word, following = self.text(at), self.text(at + 1)
        if word in self.lex.units:
            return self.lex.units[word], at + 1
        if word not in self.lex.tens:
            return None
        ten, unit = self.lex.tens[word], self.lex.units.get(following, 0)
        return (ten + unit, at + 2) if 0 < unit < 10 else (ten, at + 1)

    def _article(self, at: int) -> Parsed[int]:
        """The "a" of "a hundred"; before anything else it is no number."""
        if self.text(at) in self.lex.articles and self.text(at + 1) in self.lex.scales:
            return 1, at + 1
        return None

    # ------------------------------------------------------------ fractions

    def _mixed(self, at: int, joined: bool) -> Parsed[Fraction]:
        """The half of 2½, 2 1/2, or two and a half."""
        if self.text(at) == "-" and self.tokens[at].glued and self.kind(at + 1) == "fraction":
            at += 1  # 1-1/2, as it is set where there is no ½
        if self.kind(at) in ("fraction", "vulgar"):
            return self._bare_part(at)
        if joined and self.text(at) in self.lex.joiners:
            return self._bare_part(at + 1)
        return None

    def _part(self, start: int) -> Parsed[Numeral]:
        bare = self._bare_part(start)
        if not bare:
            return None
        at = bare[1] + (self.text(bare[1]) in self.lex.of)
        at += self.text(at) in self.lex.articles
        scales, end = self._scales(at)
        if scales:
            self._refuse_ordinal(start, at)
            return Numeral(bare[0], part=True).scaled_by(scales), end
        return self._of_unit(bare[0], at) or (Numeral(bare[0], part=True), bare[1])

    def _numerator(self, at: int) -> Parsed[int]:
        text = self.text(at)
        return (1 if text in self.lex.articles else self.lex.units.get(text, 0)), at + 1

    def _refuse_ordinal(self, start: int, scale: int) -> None:
        """Refuse "a third million", which may be the one after the second."""
        ordinals = self.lex.fractions.keys() - self.lex.fraction_alone
        alone = self.tokens[start].text in self.lex.articles and scale == start + 2
        if alone and self.text(start + 1) in ordinals:
            reason = "This may be a part of the scale, or count the one after the second."
            raise Unreadable(reason, tuple(each.written for each in self.tokens[start : scale + 1]))

    # ------------------------------------------------------------ vague numerals

    def _plural(self, at: int) -> Parsed[Numeral]:
        """Thousands, many thousands, thousands upon thousands."""
        boundless = self.lex.boundless.match(self.tokens, at)
        at = boundless[1] if boundless else at
        if self.text(at) not in self.lex.plurals:
            return None
        numeral, end = self._at_least(self.lex.plural_scale, at)
        again = self.text(end) in self.lex.repeats and self.text(end + 1) == self.text(at)
        return numeral, end + 2 if again else end

    def _chain(self, at: int) -> tuple[list[int], int]:
        scales, end = self._scales(at)
        while scales and self.text(end) in self.lex.of and self.text(end + 1) in self.lex.scales:
            more, end = self._scales(end + 1)
            scales += more
        return scales, end
