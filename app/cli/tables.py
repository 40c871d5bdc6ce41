"""Tables and strokes of all answers in the terminal."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.render.figure_views import FigureView
from app.render.plain_text import printable
from app.render.views import AssumptionsView
from app.rules.json_types import JsonObject

THROUGH, WIDE = "through", 20
"""Chains are made of long words, which are hard to read when broken."""
MATCH = {"certain": ("●", "green"), "possible": ("◐", "yellow")}


def safe(text: object, style: str = "") -> Text:
    """Text of unknown origin: it cannot colour anything, or move the cursor."""
    return Text(printable(str(text)), style)


def table(*headings: str, right: Iterable[int] = (), whole: Iterable[int] = ()) -> Table:
    """A table as all of ours are; nothing in it is cut off, and some columns are never broken."""
    made = Table(
        box=box.SIMPLE_HEAD, header_style="dim", pad_edge=False, show_edge=False,
        collapse_padding=True,
    )  # fmt: skip
    for n, heading in enumerate(headings):
        side: Literal["left", "right"] = "right" if n in right else "left"
        least = WIDE if heading == THROUGH else None
        made.add_column(heading, justify=side, overflow="fold", no_wrap=n in whole, min_width=least)
    return made


def counted(n: int, one: str, several: str) -> str:
    """``1 claim``, ``2 claims``."""
    return f"{n} {one if n == 1 else several}"


def headed(title: str, note: Text, *parts: RenderableType) -> Group:
    """A part of the answer under its heading."""
    heading = Text.assemble(("\n" + title, "bold cyan"), "   ", note)
    return Group(heading, *(Padding(part, (0, 0, 0, 2)) for part in parts))


def row(one: FigureView) -> list[Text]:
    """A figure in a table: as worded, who said it, when, and through whom it came."""
    through = " → ".join(" + ".join(str(hop.source.id) for hop in step) for step in one.through)
    who = safe(one.claimant.name)
    return [_in_full(one), who, safe(one.stated.short, "dim"), safe(through, "dim")]


def worded(one: FigureView) -> Text:
    """A figure as printed, else what it reaches; its dimensions below it."""
    return _above(safe(one.worded), dimensions(one.dimensions))


def _in_full(one: FigureView) -> Text:
    """The same with all that it counts, of what it is one, and whether it is denied."""
    beside = [*dimensions(one.dimensions), one.among, one.put, one.denial]
    return _above(safe(one.worded), filter(None, beside))


def dimensions(of: Mapping[str, Any]) -> list[str]:
    """What a figure counts, a line for each."""
    return [f"{name}: {value}" for name, value in of.items()]


def _above(found: Text, lines: Iterable[str]) -> Text:
    for line in lines:
        found.append("\n").append_text(safe(line, "dim"))
    return found


def assumed(told: AssumptionsView) -> Group:
    """What the answers take for granted."""
    made = Table.grid(padding=(0, 1))
    for note in told.notes:
        made.add_row(Text("·", "dim"), safe(note, "dim"))
    heading = f"\nTaken for granted, as the database stood at {told.as_of}:"
    return Group(Text(heading, "dim"), Padding(made, (0, 0, 0, 2)))


class Strokes:
    """Intervals on one scale: ``●`` a number, ``├──●──┤`` an interval, an arrow where it is open.

    Drawn only where there are at least two different numbers to draw.
    """

    def __init__(self, plots: Iterable[JsonObject], width: int):
        self.width = width
        known = [x for plot in plots for x in _numbers(plot)]
        self.lo, self.hi = (min(known), max(known)) if known else (0.0, 0.0)
        self.drawn = self.lo < self.hi and width >= 8

    def of(self, plot: JsonObject) -> str:
        """One interval."""
        last = self.width - 1
        cells = [" "] * self.width
        lower, upper = plot["lower"], plot["upper"]
        start = 0 if lower is None else self._cell(lower)
        end = last if upper is None else self._cell(upper)
        for cell in range(start, end + 1):
            cells[cell] = "─"
        cells[start] = "◀" if plot["open_below"] else "├"
        cells[end] = "▶" if plot["open_above"] else "┤"
        if plot["value"] is not None:
            cells[self._cell(plot["value"])] = "●"
        elif start == end:
            cells[start] = "●"
        return "".join(cells).rstrip()

    def _cell(self, x: float) -> int:
        """The cell of a number; the outer two on each side are kept for arrows."""
        return 2 + round((x - self.lo) / (self.hi - self.lo) * (self.width - 5))


def _numbers(plot: JsonObject) -> list[float]:
    """The numbers that a plot shows; of dates none."""
    sides = (plot[side] for side in ("lower", "value", "upper"))
    return [float(x) for x in sides if isinstance(x, int | float) and abs(x) < 1e200]
