"""Numerals by ten thousands: 6천700, 3조8,000억, 十九萬三千, 1万5689, 수십만, 三成八, 3分の2.

Of each the place of the last digit named is kept, since 여, 余 and 余り reach one of it further.
Amounts are exact fractions here. What may be two numbers is refused with both.
"""

import re
from decimal import Decimal
from fractions import Fraction
from math import prod
from typing import NamedTuple

from app.rules import numbers
from app.rules.cjk_words import Dictionary, MyriadLexicon
from app.rules.tokenizer import Unreadable

_DIGITS = re.compile(r"(?:[1-9]\d{0,2}(?:,\d{3})+|0|[1-9]\d*)(?:\.\d+)?")
_SLASH = re.compile(r"(\d{1,2})/(\d{1,2})(?![\d/])")
_MORE_DIGITS = re.compile(r"[.,]?\d")
_SCALES = ("ten", "myriad")


class MyriadNumeral(NamedTuple):
    """A figure as worded; ``place`` is that of its last digit named (None of a third).

    ``kind`` is number or least (a vague word). ``scales`` are those that stand behind its only
    digits, ``last`` is its last one; ``over`` that the sign for "and some" stands inside or behind.
    ``part`` marks a part of a whole.
    """

    amount: Fraction
    place: Fraction | None
    kind: str = "number"
    scales: tuple[int, ...] = ()
    last: int = 1
    over: bool = False
    part: bool = False
    plain: bool = False  # digits alone
    worth: Fraction | None = None  # of one percent or tenth, where that sign stands behind
    denominator: Fraction | None = None  # of a hundredth, which stands before: 百分之五

    def scaled(self, scale: Fraction | int) -> "MyriadNumeral":
        """The same figure so many times over."""
        place = None if self.place is None else self.place * scale
        return self._replace(amount=self.amount * scale, place=place)

    def times(self, worth: Fraction) -> "MyriadNumeral":
        """The figure as percent or tenths, which are parts of a whole."""
        return self.scaled(worth)._replace(part=True, worth=worth)


Read = tuple[MyriadNumeral, int]
"""A figure, and where it ends."""


class Mark(NamedTuple):
    """One sign of a numeral: digits, a digit word, zero, a ten, a myriad, over, or vague."""

    kind: str  # digits | digit | zero | ten | myriad | over | vague
    amount: Fraction
    place: Fraction
    end: int


_NO_NUMBER = "These signs are known, but they make no one number in this order."


class _Total(NamedTuple):
    """A number so far: with the place of its last digit named, and of its last scale (or 0)."""

    amount: Fraction = Fraction(0)
    place: Fraction = Fraction(1)
    floor: int = 0

    def plus(self, part: "_Total", scale: int) -> "_Total":
        """With a further term, which must be smaller than the scale before it."""
        if self.floor and part.amount * scale >= self.floor:
            raise Unreadable(_NO_NUMBER)
        return _Total(self.amount + part.amount * scale, part.place * scale, scale)


_ONE = _Total(Fraction(1))


class MyriadReader:
    """The reader of one wording's numerals; ``names`` are those of the unit and its counters."""

    def __init__(self, text: str, words: MyriadLexicon, names: Dictionary[str]):
        self.text, self.words, self.names = text, words, names

    def read(self, at: int) -> Read | None:
        """One figure: a part of a whole, a vague word, or a number with its percent sign."""
        if part := self.words.parts.match(self.text, at):
            return MyriadNumeral(part[0], None, part=True), part[1]
        if (sign := _SLASH.match(self.text, at)) and int(sign[1]) < int(sign[2]):
            return MyriadNumeral(Fraction(int(sign[1]), int(sign[2])), None, part=True), sign.end()
        found = self._vague(at) or self._number(at)
        if not found:
            return None
        numeral, end = self._share(*found)
        if self.words.native_alone and end == at + 1 and self.text[at] in self.words.digits:
            return None  # 이 사람, 사망자: another word begins so
        return numeral, end

    # ------------------------------------------------------------------- parts of a whole

    def _share(self, numeral: MyriadNumeral, at: int) -> Read:
        """A percentage, tenths, or a fraction, whose denominator stands first."""
        if percent := self.words.percents.match(self.text, at):
            return numeral.times(percent[0]), percent[1]
        if tenths := self.words.tenths.match(self.text, at):
            return self._tenths(numeral, tenths[1])
        if (of := self.words.fraction.match(self.text, at)) and numeral.kind == "number":
            above = self._number(of[1], of_fraction=True)
            if not above or not numeral.amount or numeral.over:
                raise Unreadable("A fraction is two numbers.")
            return self._fraction(numeral.amount, *above)
        return numeral, at

    def _fraction(self, below: Fraction, above: MyriadNumeral, end: int) -> Read:
        if below in (100, 1000):
            return above.times(1 / below)._replace(worth=None, denominator=below), end
        if above.amount >= below:
            raise Unreadable("This fraction is no part of a whole.")
        return MyriadNumeral(above.amount / below, None, over=above.over, part=True), end

    def _tenths(self, numeral: MyriadNumeral, at: int) -> Read:
        """三成八, 兩成半, 7割5分."""
        share = numeral.times(Fraction(1, 10))
        if share.amount > 1 or numeral.kind != "number":
            raise Unreadable("Tenths of a whole are ten at most.")
        if half := self.words.halves.match(self.text, at):
            hundredths, end = MyriadNumeral(Fraction(5, 100), Fraction(5, 100)), half[1]
        elif (more := self._number(at)) and not more[0].over and 0 < more[0].amount < 10:
            unit = self.words.hundredths.match(self.text, more[1])
            if not unit and not self.words.elided:
                raise Unreadable("After tenths of a whole the next word is that for hundredths.")
            hundredths, end = more[0].times(Fraction(1, 100)), (unit or more)[1]
        else:
            return share, at
        amount = share.amount + hundredths.amount
        return share._replace(amount=amount, place=hundredths.place, worth=None), end

    # ----------------------------------------------------------------------- vague words

    def _vague(self, at: int) -> Read | None:
        """수십만, 數百: twice the scale; 上千: the scale; 數以萬計."""
        for first, last in self.words.counted_by:
            scale = self._scales(at + len(first)) if self.text.startswith(first, at) else None
            if scale and self.text.startswith(last, scale[1]):
                return _least(2 * scale[0], scale[0]), scale[1] + len(last)
        word = self.text[at : at + 1]
        if word not in self.words.vague | self.words.rising:
            return None
        scale = self._scales(at + 1)
        times = 1 if word in self.words.rising else 2
        return (_least(times * scale[0], scale[0]), scale[1]) if scale else None

    def _scales(self, at: int) -> tuple[int, int] | None:
        """Ten, hundred or thousand, and myriads: 십만; "and some" changes nothing there."""
        found = self._marks(at)
        marks = [mark for mark in found if mark.kind != "over"]
        kinds = [mark.kind for mark in marks]
        if not marks or set(kinds) - {"ten", "myriad"} or "ten" in kinds[1:] or len(kinds) > 2:
            return None
        return prod(int(mark.amount) for mark in marks), found[-1].end

    # --------------------------------------------------------------------------- numbers

    def _number(self, at: int, of_fraction: bool = False) -> Read | None:
        native = self.words.native.match(self.text, at)
        marks = self._marks(at)
        if native and (not marks or marks[-1].end < native[1]):
            return MyriadNumeral(Fraction(native[0]), Fraction(1), plain=True), native[1]
        if not marks:
            return None
        end = marks[-1].end
        try:
            numeral = self._evaluated(marks)
        except Unreadable as refused:
            raise Unreadable(refused.reason, (self.text[at:end],)) from None
        if self.text[end : end + 1] in self.words.decimal_words:
            return self._worded_decimals(numeral, end, of_fraction) or (numeral, end)
        return numeral, end

    def _worded_decimals(self, whole: MyriadNumeral, dot: int, of_fraction: bool) -> Read | None:
        """三点五万多, 百分之五点五; 三点五 alone may be a time of day."""
        if whole.amount >= 10_000:
            return None
        end, digits = dot + 1, ""
        while (digit := self.words.digits.get(self.text[end : end + 1])) is not None:
            end, digits = end + 1, digits + str(digit)
        scales = self._scales(end) if self.text[end : end + 1] not in self.words.tens else None
        if not digits or not (scales or of_fraction):
            return None
        place = Fraction(1, 10 ** len(digits))
        numeral = MyriadNumeral(whole.amount + int(digits) * place, place)
        if not scales:
            return numeral, end
        some = any(mark.kind == "over" for mark in self._marks(end))
        return numeral.scaled(scales[0])._replace(over=some), scales[1]

    def _marks(self, at: int) -> list[Mark]:
        """The signs of the numeral that begins here; it ends where another word begins."""
        marks: list[Mark] = []
        while mark := self._mark(at, marks):
            self._refuse_names(at, mark, marks)
            marks.append(mark)
            at = mark.end
        return marks

    def _mark(self, at: int, before: list[Mark]) -> Mark | None:
        if not self.text[at : at + 1]:
            return None
        if before:
            named, over = self.names.match(self.text, at), self.words.over.match(self.text, at)
            if over and not (named and named[1] > over[1]):
                return Mark("over", Fraction(0), Fraction(0), over[1])
            longer = self.words.trailing.match(self.text, at)
            if longer and longer[1] > at + 1:
                return None
        return self._digits(at, before) or self._word(at, before)

    def _digits(self, at: int, before: list[Mark]) -> Mark | None:
        if not self.text[at].isdigit():
            return None
        found = _DIGITS.match(self.text, at)
        if not found or _MORE_DIGITS.match(self.text, found.end()):
            raise Unreadable("These digits are not grouped as one number.")
        written, end = found[0].replace(",", ""), found.end()
        if not before and self.text[end : end + 1] in self.words.dots and "." not in written:
            written, end = self._dotted(written, end)
        number = Decimal(written)
        place = numbers.last_place(number) if number else Decimal(1)
        return Mark("digits", Fraction(number), Fraction(place), end)

    def _dotted(self, whole: str, dot: int) -> tuple[str, int]:
        """38・8 before a percent sign or a scale; 7・8 may be seven or eight."""
        decimals = re.compile(r"\d{1,2}(?!\d)").match(self.text, dot + 1)
        end = decimals.end() if decimals else dot + 1
        scales = self.words.tens.keys() | self.words.myriads.keys()
        scaled = self.words.percents.match(self.text, end) or self.text[end : end + 1] in scales
        if not decimals or not scaled or int(decimals[0]) == int(whole) + 1:
            raise Unreadable(
                "The dot between these digits may be a decimal point, or part two figures."
            )
        return f"{whole}.{decimals[0]}", end

    def _word(self, at: int, before: list[Mark]) -> Mark | None:
        character, words = self.text[at], self.words
        if character in words.refused:
            if self.names.match(self.text, at):
                return None
            raise Unreadable(words.refused[character], (character,))
        for kind, known in (("ten", words.tens), ("myriad", words.myriads)):
            if character in known:
                return Mark(kind, Fraction(known[character]), Fraction(known[character]), at + 1)
        if any(mark.kind == "digits" for mark in before):
            return None
        if character in words.digits:
            return Mark("digit", Fraction(words.digits[character]), Fraction(1), at + 1)
        if character in words.zeros:
            return Mark("zero", Fraction(0), Fraction(1), at + 1)
        return None

    def _refuse_names(self, at: int, mark: Mark, before: list[Mark]) -> None:
        """Refuse a scale or a digit word that may be the beginning of the unit's name."""
        if not before or mark.kind in ("digits", "over"):
            return
        if named := self.names.match(self.text, at):
            reason = "This may be a part of the number, or of the unit's name."
            raise Unreadable(reason, (self.text[at : named[1]],))

    # ------------------------------------------------------------------------ evaluation

    def _evaluated(self, marks: list[Mark]) -> MyriadNumeral:
        over = next((n for n, mark in enumerate(marks) if mark.kind == "over"), None)
        if over is not None and any(mark.kind != "myriad" for mark in marks[over + 1 :]):
            raise Unreadable(_NO_NUMBER)
        signs = [mark for mark in marks if mark.kind != "over"]
        _refuse_mixtures(signs)
        total, first, last = self._sum(signs), signs[0], signs[-1]
        scales = [int(mark.amount) for mark in signs[1:] if mark.kind in _SCALES]
        simple = first.kind in ("digits", "digit") and len(scales) == len(signs) - 1
        return MyriadNumeral(
            total.amount,
            total.place,
            scales=tuple(scales) if simple else (),
            last=int(last.amount) if last.kind in _SCALES else 1,
            over=over is not None,
            plain=all(mark.kind in ("digits", "digit", "zero") for mark in signs),
        )

    def _sum(self, signs: list[Mark]) -> _Total:
        """The chunks and their myriads, ever smaller; 万億 stands for one where it is read."""
        total, chunk, seen = _Total(), list[Mark](), 0
        for sign in signs:
            if sign.kind == "myriad":
                part = self._chunk(chunk, total.floor, last=False) if chunk else None
                total = self._in_myriads(total, part, int(sign.amount), seen)
                chunk, seen = [], seen + 1
            else:
                chunk.append(sign)
        if not chunk:
            return total
        part = self._chunk(chunk, total.floor, last=True)
        shortened = len(chunk) > 1 and chunk[-1].kind == "digit" and part.place > 1
        if total.floor >= 10**8 and (chunk[-1].kind == "ten" or shortened):
            # 1억 5천 is in speech 150,000,000, in full 100,005,000; and so 一亿三千五.
            short = total.amount + part.amount * (total.floor // 10**4)
            full = total.amount + part.amount
            raise Unreadable(f"This may be {full} or, with its unit left out, {short}.")
        return _Total(total.amount + part.amount, part.place)

    def _in_myriads(self, total: _Total, part: _Total | None, scale: int, seen: int) -> _Total:
        """With a further myriad, and with what is counted in it, if anything is."""
        stacks = self.words.stacked and total.floor < scale
        if not part and total.amount and not stacks:
            raise Unreadable(_NO_NUMBER)
        if not total.floor or scale <= total.floor:
            return total.plus(part or _ONE, scale)
        if not stacks or seen > 1 or scale // total.floor != 10**4:
            raise Unreadable(_NO_NUMBER)
        if part:
            return _Total((total.amount + part.amount) * scale, part.place * scale, scale)
        return _Total(total.amount * scale, total.place * scale, total.floor * scale)

    def _chunk(self, signs: list[Mark], above: int, last: bool) -> _Total:
        """Digits with thousands, hundreds and tens: ``above`` is the myriad before them, or 0."""
        total = _Total(floor=above)
        run: list[Mark] = []
        skipped = False
        for n, sign in enumerate(signs):
            if sign.kind == "zero" and not run and (n or above):
                skipped = True
            elif sign.kind == "ten":
                part = self._coefficient(run, int(sign.amount), bool(n or above))
                total = total.plus(part, int(sign.amount))
                run, skipped = [], False
            else:
                run.append(sign)
        if run:
            return total.plus(_run(run), self._elided(run, total.floor, skipped, last))
        if skipped:
            raise Unreadable(_NO_NUMBER)
        return total

    def _coefficient(self, run: list[Mark], ten: int, within: bool) -> _Total:
        """How many tens, hundreds or thousands; none said is one."""
        if not run:
            if within and ten > 10 and self.words.elided:
                raise Unreadable(_NO_NUMBER)
            return _ONE
        part = _run(run)
        if not 0 < part.amount < 10:
            raise Unreadable(_NO_NUMBER)
        return part

    def _elided(self, run: list[Mark], floor: int, skipped: bool, last: bool) -> int:
        """Of 一千三 the 三 is three hundred; of 一千零三 it is three."""
        if not self.words.elided or skipped or floor < 100 or len(run) > 1:
            return 1
        if run[0].amount >= 10 or not run[0].amount:
            return 1
        if run[0].kind == "digits" or not last:
            raise Unreadable(
                f"The last digit may be {int(run[0].amount)}, or, with its unit left out, "
                f"{int(run[0].amount * floor // 10)}."
            )
        return floor // 10


def _least(amount: int, scale: int) -> MyriadNumeral:
    return MyriadNumeral(Fraction(amount), Fraction(scale), "least")


def _run(run: list[Mark]) -> _Total:
    """Digits, one digit word, or digit words place by place: 二五〇."""
    if len(run) == 1:
        return _Total(run[0].amount, run[0].place)
    if run[0].kind != "digit" or all(mark.kind == "digit" for mark in run):
        raise Unreadable("Two digits side by side may be a number, or one figure or the other.")
    digits = "".join(str(int(mark.amount)) for mark in run)
    return _Total(Fraction(int(digits)), Fraction(numbers.last_place(Decimal(digits))))


def _refuse_mixtures(signs: list[Mark]) -> None:
    """Refuse digits among digit words, and decimals that are not at the end."""
    kinds = {sign.kind for sign in signs}
    mixed = "digits" in kinds and kinds & {"digit", "zero"}
    decimal = any(sign.place < 1 for sign in signs)
    behind = {sign.kind for sign in signs[1:]} - {*_SCALES}
    if mixed or (decimal and (signs[0].kind != "digits" or behind)):
        raise Unreadable(_NO_NUMBER)
