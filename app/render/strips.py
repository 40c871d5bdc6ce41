"""Interval strips: where the bars of a table of figures begin and end, in percent of its width."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.render.figure_views import SaidFigure
from app.render.plain_text import grouped
from app.render.scales import LARGE, round_step

LEAST = 1.4
"""Percent of the width: a single number is drawn this wide, so that it can be seen."""


class Strip(NamedTuple):
    """One bar, with an arrow where it has no end."""

    x: float
    width: float
    open_below: bool
    open_above: bool


class Scale(NamedTuple):
    """A linear axis from `low` to `high`, its ticks, and the numbers that were asked about.

    ``other_unit`` is that of all figures on it, where it is not their measure's.
    """

    low: float
    high: float
    ticks: tuple[str, ...]
    asked: tuple[float, ...]
    other_unit: str

    def at(self, number: float) -> float:
        """The place of a number, in percent."""
        return round(min(100.0, max(0.0, (number - self.low) / (self.high - self.low) * 100)), 1)

    def strip(self, figure: SaidFigure) -> Strip | None:
        """The bar of a figure; None where its words allow no number, or one in another unit."""
        if figure.other_unit != self.other_unit:
            return None
        lower, upper = _number(figure.lower), _number(figure.upper)
        if lower is None and upper is None:
            return None
        start = 0.0 if lower is None else self.at(lower)
        end = 97.0 if upper is None else self.at(upper)
        if end - start < LEAST:
            start, end = max(0.0, start - LEAST / 2), min(100.0, start + LEAST / 2)
        return Strip(start, round(end - start, 1), lower is None, upper is None)


def _number(text: str | None) -> float | None:
    if text is None:
        return None
    number = float(text)
    return number if math.isfinite(number) and abs(number) < 1e200 else None


def scale(figures: Iterable[SaidFigure], asked: Sequence[str] = ()) -> Scale | None:
    """A scale that all figures of one unit fit on; None where fewer than one number is known.

    That is the unit of their measure, where any has it, else the one that all of them have.
    """
    found = list(figures)
    units = {one.other_unit for one in found}
    unit = units.pop() if len(units) == 1 else ""
    alike = [one for one in found if one.other_unit == unit]
    ends = [_number(end) for one in alike for end in (one.lower, one.upper, one.value)]
    numbers = [one for one in ends if one is not None]
    wanted = () if unit else tuple(one for one in map(_number, asked) if one is not None)
    if not numbers:
        return None
    low, high = min([0.0, *numbers, *wanted]), max([0.0, *numbers, *wanted])
    if low == high:
        return None
    step = round_step((high - low) * 1.08 / 3)
    first, last = math.floor(low / step), math.ceil((high + (high - low) * 0.02) / step)
    ticks = tuple(_tick(n * step) for n in range(first, last + 1))
    return Scale(first * step, last * step, ticks, tuple(wanted), unit)


def _tick(number: float) -> str:
    for power, word in LARGE:
        if abs(number) >= float(power):
            return f"{number / float(power):g} {word}"
    return grouped(f"{number:.0f}") if number == int(number) else f"{number:g}"
