"""Scales computed here, not by the renderer, so that we know where on the paper a thing will be.

An axis has a domain, its ticks, and the way from a value to its part of the axis (0 to 1) and back.
Times are milliseconds since 1970, as JavaScript counts them.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.rules.day_numbers import day_number

DAY = 86_400_000
FARTHEST = 10**8
"""JavaScript knows no day farther than this from 1970; a bound beyond is drawn as open."""
_DATE = re.compile(r"([+-]?\d{4,12})-(\d\d)-(\d\d)")
_TO_MONDAY = 3
_STEPS_OF_DAYS = (1, 2, 7, 14)
_STEPS_OF_MONTHS = (1, 2, 3, 6)


@dataclass(frozen=True)
class Axis:
    """One direction of a picture."""

    low: float
    high: float
    ticks: tuple[float, ...]
    kind: str = "linear"
    step: str = ""

    def part(self, value: float) -> float:
        """Where on the axis a value stands: 0 at its start, 1 at its end."""
        low, high = self._on(self.low), self._on(self.high)
        return (self._on(value) - low) / (high - low)

    def at(self, part: float) -> float:
        """Which value stands there."""
        low, high = self._on(self.low), self._on(self.high)
        found = low + part * (high - low)
        return float(10**found if self.kind == "log" else found)

    def _on(self, value: float) -> float:
        return math.log10(value) if self.kind == "log" else value

    def scale(self) -> dict[str, Any]:
        """The same for Vega-Lite."""
        kind = {"time": "utc"}.get(self.kind, self.kind)
        return {"type": kind, "domain": [self.low, self.high], "nice": False, "zero": False} | (
            {"clamp": False} if kind == "utc" else {}
        )


def moment(date: str | None) -> float | None:
    """The start of a day; None where there is none, or it is beyond what can be drawn."""
    found = _DATE.match(date or "")
    if not found:
        return None
    day = day_number(*(int(part) for part in found.groups()))
    return None if abs(day) > FARTHEST else float(day * DAY)


def of_values(values: list[float]) -> Axis:
    """An axis for numbers: from zero where that costs little, by powers where they differ much."""
    low, high = min(values), max(values)
    if low > 0 and high / low > 200:
        return _of_powers(low, high)
    span = high - low
    if span <= 1e-9 * max(abs(low), abs(high)):
        span = abs(high) or 1.0
    if 0 <= low < 0.4 * high:
        low = 0.0
    else:
        low = max(low - 0.06 * span, 0.0) if low >= 0 else low - 0.06 * span
    step = _nice(span / 5)
    first, last = math.floor(low / step + 1e-9), math.ceil((high + 0.03 * span) / step - 1e-9)
    ticks = tuple(_rounded(n * step) for n in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks)


def _of_powers(low: float, high: float) -> Axis:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high) + 0.1)
    every = max(1, (last - first) // 8)
    ticks = tuple(float(f"1e{n}") for n in range(first, last + 1, every))
    return Axis(ticks[0], float(f"1e{last}"), ticks, "log")


def _nice(step: float) -> float:
    """The next of 1, 2, 5, 10 … from this size."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(n * power for n in (1, 2, 5, 10) if n * power >= step * 0.999)


def _rounded(value: float) -> float:
    return float(f"{value:.15g}")


def of_moments(moments: list[float], many: int = 9) -> Axis:
    """An axis for times, its ticks at whole days, months or years."""
    low, high = min(moments), max(moments)
    margin = max((high - low) * 0.04, DAY)
    low, high = low - margin, high + margin
    for step, ticks in _calendars(low, high, many):
        if len(ticks) <= many:
            return Axis(low, high, tuple(ticks), "time", step)
    raise AssertionError("steps of years have no end")


def _calendars(low: float, high: float, many: int) -> Iterator[tuple[str, list[float]]]:
    """Ticks in wider and wider steps."""
    days = range(math.ceil(low / DAY), math.floor(high / DAY) + 1)
    for step in _STEPS_OF_DAYS if len(days) < 20 * many else ():
        yield "day", [float(day * DAY) for day in days if (day + _TO_MONDAY) % step == 0]
    first, last = (int(1970 + at / DAY / 365.2425) for at in (low, high))
    for step in _STEPS_OF_MONTHS if last - first < 10 else ():
        months = [(y, m) for y in range(first - 1, last + 2) for m in range(1, 13, step)]
        yield "month", _within(low, high, months)
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            start = first // step * step
            if (last - first) // step <= 2 * many:
                years = [(year, 1) for year in range(start, last + 2, step)]
                yield "year", _within(low, high, years)
        size *= 10


def _within(low: float, high: float, months: list[tuple[int, int]]) -> list[float]:
    found = [float(day_number(year, month, 1) * DAY) for year, month in months]
    return [at for at in found if low <= at <= high]


_AD = "utcyear(datum.value) > 0 ? '' + utcyear(datum.value) : (1 - utcyear(datum.value)) + ' BCE'"
_FIRST = "datum.index == 0 || utcmonth(datum.value) == 0"
LABELS = {
    "day": f"[utcFormat(datum.value, '%-d %b'), datum.index == 0 ? {_AD} : '']",
    "month": f"[utcFormat(datum.value, '%b'), {_FIRST} ? {_AD} : '']",
    "year": _AD,
}
"""How ticks of time are written: the year where it begins, and at the first of them."""


def written(axis: Axis, share: bool = False) -> dict[str, Any]:
    """How the ticks of an axis are written."""
    if axis.kind == "time":
        return {"values": list(axis.ticks), "labelExpr": LABELS[axis.step]}
    most = max(abs(axis.low), abs(axis.high))
    least = min((abs(tick) for tick in axis.ticks if tick), default=most)
    plain = most < 1e15 and least >= 1e-6
    return {
        "values": list(axis.ticks),
        "format": ".6~%" if share and plain else ",.9~f" if plain else ".4~e",
    }
