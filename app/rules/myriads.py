"""Myriad numerals: a figure by ten thousands as it was worded, before it is bounded."""

from fractions import Fraction
from typing import NamedTuple


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

    def lends_denominator(self, high: "MyriadNumeral") -> "MyriadNumeral":
        """The higher end of a range of percents, said before the lower one alone: 百分之五至十."""
        if self.denominator and not high.part and high.amount <= self.denominator:
            return high.times(1 / self.denominator)._replace(worth=None)
        return high
