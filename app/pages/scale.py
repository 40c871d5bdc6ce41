"""Interval strips: where the bars of a table of figures begin and end, in percent of its width."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.render.plain_text import grouped
from app.rules.json_types import JsonObject

LEAST = 1.4
"""Percent of the width: a single number is drawn this wide, so that it can be seen."""


class Strip(NamedTuple):
    """One bar, with an arrow where it has no end."""

    x: float
    width: float
    open_below: bool
    open_above: bool


class Scale(NamedTuple):
    """A linear axis from `low` to `high`, its ticks, and the numbers that were asked about."""

    low: float
    high: float
    ticks: tuple[str, ...]
    asked: tuple[float, ...]

    def at(self, number: float) -> float:
        """The place of a number, in percent."""
        return round(min(100.0, max(0.0, (number - self.low) / (self.high - self.low) * 100)), 1)

    def strip(self, figure: JsonObject) -> Strip | None:
        """The bar of a figure; None where its words allow no number."""
        lower, upper = _number(figure.get("lower")), _number(figure.get("upper"))
        if lower is None and upper is None:
            return None
        start = 0.0 if lower is None else self.at(lower)
        end = 97.0 if upper is None else self.at(upper)
        if end - start < LEAST:
            start, end = max(0.0, start - LEAST / 2), min(100.0, start + LEAST / 2)
        return Strip(start, round(end - start, 1), lower is None, upper is None)


def _number(text: object) -> float | None:
    if text is None:
        return None
    number = float(str(text))
    return number if math.isfinite(number) and abs(number) < 1e200 else None


def scale(figures: Iterable[JsonObject], asked: Sequence[str] = ()) -> Scale | None:
    """A scale that all figures fit on; None where fewer than one number is known."""
    ends = [_number(figure.get(side)) for figure in figures for side in ("lower", "upper", "value")]
    numbers = [one for one in ends if one is not None]
    wanted = tuple(one for one in map(_number, asked) if one is not None)
    if not numbers:
        return None
    low, high = min([0.0, *numbers, *wanted]), max([0.0, *numbers, *wanted])
    if low == high:
        return None
    step = _step((high - low) * 1.08 / 3)
    first, last = math.floor(low / step), math.ceil((high + (high - low) * 0.02) / step)
    ticks = tuple(_tick(n * step) for n in range(first, last + 1))
    return Scale(first * step, last * step, ticks, tuple(wanted))


def _step(about: float) -> float:
    """The nearest of 1, 2, 5 × 10ⁿ that is not smaller."""
    power = 10.0 ** math.floor(math.log10(about))
    return next(power * n for n in (1, 2, 2.5, 5, 10) if power * n >= about * 0.999)


_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))


def _tick(number: float) -> str:
    for size, word in _SCALES:
        if abs(number) >= size:
            return f"{number / size:g} {word}"
    return grouped(f"{number:.0f}") if number == int(number) else f"{number:g}"
