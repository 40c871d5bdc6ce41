"""Figures for the eye: numbers in groups of three, intervals in signs, intervals as strokes."""

import re
from collections.abc import Iterable
from decimal import Decimal

from rich.text import Text

from app.cli.context import plain
from app.rules.json_types import JsonObject

LONG = 24
"""Digits that are shown; a longer number is told in powers of ten."""


def said(text: object, style: str = "") -> Text:
    """Text of unknown origin: it cannot colour anything, or move the cursor."""
    return Text(plain(str(text)), style)


def number(text: str) -> str:
    """``4800000`` as ``4,800,000``; what is no number stays as it is."""
    if not re.fullmatch(r"-?\d+(\.\d+)?", text):
        return text
    if len(text) > LONG:
        return f"≈{Decimal(text):.6e}".replace("e+", "e")
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}{point}{rest}" if whole != "-0" else text


def interval(bounds: JsonObject) -> str:
    """``6,500 – 6,900``, ``> 7,000``, ``≤ 13,000``; both where an end does not belong to it."""
    lower, upper = bounds.get("lower"), bounds.get("upper")
    if lower is None and upper is None:
        return "anything"
    above = bounds.get("lower_inclusive", True)
    below = bounds.get("upper_inclusive", True)
    if lower is not None and upper is not None and above and below:
        told = number(lower)
        return told if lower == upper else f"{told} – {number(upper)}"
    parts = [] if lower is None else [f"{'≥' if above else '>'} {number(lower)}"]
    parts += [] if upper is None else [f"{'≤' if below else '<'} {number(upper)}"]
    return ", ".join(parts)


def when(date: str | None) -> str:
    """A date (EDTF) as it is read aloud, where it is one of the simple kinds."""
    if date is None:
        return "undated"
    for form, told in WHEN:
        if found := re.fullmatch(form, date):
            return told.format(*found.groups())
    return date


WHEN = (
    (r"\[\.\.([^].,]+)\]", "by {}"),
    (r"\[([^].,]+)\.\.([^].,]+)\]", "{} or up to {}"),
    (r"([^/.]+)/([^/.]+)", "{} to {}"),
)


def reach(figure: JsonObject) -> str:
    """How far a figure reaches; of a date, the date."""
    if "date" in figure:
        return when(figure["date"])
    return f"({figure['absence']})" if "absence" in figure else interval(figure)


class Strokes:
    """Intervals on one scale: ``●`` a number, ``├──●──┤`` an interval, an arrow where it is open.

    Drawn only where there are at least two different numbers to draw.
    """

    def __init__(self, plots: Iterable[JsonObject], width: int):
        self.width = width
        known = [x for plot in plots for x in numbers(plot)]
        self.lo, self.hi = (min(known), max(known)) if known else (0.0, 0.0)
        self.drawn = self.lo < self.hi and width >= 8

    def of(self, plot: JsonObject) -> str:
        """One interval."""
        last = self.width - 1
        cells = [" "] * self.width
        lower, upper = plot["lower"], plot["upper"]
        start = 0 if lower is None else self._at(lower)
        end = last if upper is None else self._at(upper)
        for cell in range(start, end + 1):
            cells[cell] = "─"
        cells[start] = "◀" if plot["open_below"] else "├"
        cells[end] = "▶" if plot["open_above"] else "┤"
        if plot["value"] is not None:
            cells[self._at(plot["value"])] = "●"
        elif start == end:
            cells[start] = "●"
        return "".join(cells).rstrip()

    def _at(self, x: float) -> int:
        """The cell of a number; the outer two on each side are kept for arrows."""
        return 2 + round((x - self.lo) / (self.hi - self.lo) * (self.width - 5))


def numbers(plot: JsonObject) -> list[float]:
    """The numbers that a plot shows; of dates none."""
    sides = (plot[side] for side in ("lower", "value", "upper"))
    return [float(x) for x in sides if isinstance(x, int | float) and abs(x) < 1e200]
