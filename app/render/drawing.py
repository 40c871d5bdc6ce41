"""The figures on paper: each with its place, its arrows, and a label where there is room."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.render import axes, look
from app.render.axes import Axis
from app.render.placing import Box, Paper, label
from app.render.plotted import Figure

WIDTH, HEIGHT = 760, 400
LINE = 15
ARROW = 0.11
"""How much of the axis an arrow takes up: as nobody said how far, it means no length."""
MARK = 6
Row = dict[str, Any]


@dataclass
class Drawing:
    """What the layers of the chart show, each a table."""

    across: Axis
    up: Axis
    strip: float | None
    """From which part of the width on the undated stand."""
    marks: list[Row] = field(default_factory=list)
    bars: list[Row] = field(default_factory=list)
    spans: list[Row] = field(default_factory=list)
    arrows: list[Row] = field(default_factory=list)
    steps: list[Row] = field(default_factory=list)
    labels: list[Row] = field(default_factory=list)
    leads: list[Row] = field(default_factory=list)
    unlabelled: int = 0


def drawn(figures: Sequence[Figure], of_dates: bool) -> Drawing:
    """Everything in its place."""
    up = _up(figures, of_dates)
    across, strip = _across(figures)
    made = Drawing(across, up, strip)
    paper = Paper(WIDTH, HEIGHT)
    if strip:
        paper.take(Box(strip * WIDTH - 1, 0, strip * WIDTH + 1, HEIGHT))
    undated = [figure for figure in figures if figure.when.middle is None]
    spread = _spread(len(undated), strip)
    places = [
        next(spread) if figure.when.middle is None else _standing(made, paper, figure)
        for figure in figures
    ]
    for figure, x in zip(figures, places, strict=True):
        _draw(made, paper, figure, x)
    _steps(made, paper, figures, places)
    for figure, x in zip(figures, places, strict=True):
        _label(made, paper, figure, x)
    return made


def _up(figures: Sequence[Figure], of_dates: bool) -> Axis:
    """The axis of the figures, with room for arrows that leave them."""
    ends = [end for figure in figures for end in (figure.much.low, figure.much.high, figure.value)]
    known = [end for end in ends if end is not None]
    make = axes.of_moments if of_dates else axes.of_values
    first = make(known)
    below = [first.part(f.marks[0][0]) for f in figures if f.open_below]
    above = [first.part(f.marks[-1][0]) for f in figures if f.open_above]
    tips = [min(below) - ARROW] if below else []
    tips += [max(above) + ARROW] if above else []
    # Where there is no room for it below zero, an arrow is cut at the axis.
    return make(known + [first.at(tip) for tip in tips if not 0 <= tip <= 1])


def _across(figures: Sequence[Figure]) -> tuple[Axis, float | None]:
    """The axis of time, and where on it the strip of the undated begins."""
    ends = [end for figure in figures for end in (figure.when.low, figure.when.high)]
    known = [end for end in ends if end is not None]
    undated = sum(figure.when.middle is None for figure in figures)
    if not known:
        return Axis(0, axes.DAY, (), "time", "day"), 0.0
    first = axes.of_moments(known)
    past = any(f.when.low is None and f.when.high is not None for f in figures)
    future = any(f.when.high is None and f.when.low is not None for f in figures)
    tips = [first.at(-ARROW)] if past else []
    tips += [first.at(1 + ARROW)] if future else []
    dated = axes.of_moments(known + tips)
    if not undated:
        return dated, None
    room = min(0.18 + 0.03 * undated, 0.4)
    wider = dated.low + (dated.high - dated.low) / (1 - room)
    return Axis(dated.low, wider, dated.ticks, "time", dated.step), 1 - room


def _spread(many: int, strip: float | None) -> Any:
    """Places for the undated, evenly over their strip."""
    start = (strip or 0) * WIDTH
    return (start + (WIDTH - start) * (n + 0.5) / many for n in range(many))


def _standing(made: Drawing, paper: Paper, figure: Figure) -> float:
    """Where in the time it is about a figure stands: in the middle, or beside who is there."""
    middle = made.across.part(figure.when.middle or 0) * WIDTH
    ends = [made.across.part(end) * WIDTH for end in _ends(figure)]
    free = [middle]
    free += [x for n in range(1, 8) for x in (middle + 11 * n, middle - 11 * n)]
    for x in (x for x in free if x == middle or min(ends) + 4 <= x <= max(ends) - 4):
        box = _box(made, figure, x)
        if paper.cost(box) is not None:
            paper.take(box)
            return x
    return middle


def _ends(figure: Figure) -> list[float]:
    return [end for end in (figure.when.low, figure.when.high) if end is not None]


def _box(made: Drawing, figure: Figure, x: float) -> Box:
    """What a figure takes up where it stands."""
    ends = [mark for mark, _ in figure.marks] + [figure.much.low, figure.much.high]
    heights = [_y(made, end) for end in ends if end is not None]
    top, bottom = min(heights), max(heights)
    top = max(top - ARROW * HEIGHT, 0) if figure.open_above else top
    bottom = min(bottom + ARROW * HEIGHT, HEIGHT) if figure.open_below else bottom
    return Box(x - 4, max(top - 4, 0), min(x + 4, WIDTH), min(bottom + 4, HEIGHT))


def _y(made: Drawing, value: float) -> float:
    return HEIGHT * (1 - made.up.part(value))


def _at(made: Drawing, x: float, y: float) -> Row:
    """A place on the paper in the measures of its axes."""
    across, up = made.across.at(x / WIDTH), made.up.at(1 - y / HEIGHT)
    return {"x": round(across), "y": round(up) if made.up.kind == "time" else float(f"{up:.9g}")}


def _draw(made: Drawing, paper: Paper, figure: Figure, x: float) -> None:
    """A figure's marks, the bar of its bounds, the span of its time, its arrows."""
    own: Row = {"who": figure.who, "against": figure.against, "claim": figure.point["claim"]}
    at = round(made.across.at(x / WIDTH))
    for value, excluded in figure.marks:
        y = _y(made, value)
        made.marks.append({**own, "x": at, "y": value, "hollow": excluded, "told": figure.told})
        paper.take(Box(x - MARK, y - MARK, x + MARK, y + MARK))
    low, high = figure.much.low, figure.much.high
    if low is not None and high is not None and high > low:
        made.bars.append({**own, "x": at, "y": low, "y2": high})
    for open_, sign, shape in (
        (figure.open_above, -1, "triangle-up"),
        (figure.open_below, 1, "triangle-down"),
    ):
        if open_:
            start = figure.marks[-1 if sign < 0 else 0][0]
            tip = min(max(_y(made, start) + sign * ARROW * HEIGHT, 4), HEIGHT - 4)
            ends = {"x2": at, "y2": _at(made, x, tip)["y"], "shape": shape}
            made.arrows.append({**own, "x": at, "y": start, **ends})
    paper.take(_box(made, figure, x))
    if figure.when.middle is not None:
        _span(made, paper, figure, own)


def _span(made: Drawing, paper: Paper, figure: Figure, own: Row) -> None:
    """The time a figure is about, as a line through it; an end that is open as an arrow."""
    low, high = figure.when.low, figure.when.high
    height = figure.height
    assert height is not None
    y = _y(made, height)
    ends = [made.across.part(end) * WIDTH if end is not None else None for end in (low, high)]
    left, right = ends
    left = left if left is not None else max((right or 0) - ARROW * WIDTH, 0)
    right = right if right is not None else min(left + ARROW * WIDTH, WIDTH)
    made.spans.append(
        {**own, "x": _at(made, left, y)["x"], "x2": _at(made, right, y)["x"], "y": height}
    )
    paper.take(Box(max(left, 0), y - 2, right, y + 2))
    for end, x, shape in ((low, left, "triangle-left"), (high, right, "triangle-right")):
        if end is None:
            start = _at(made, right if shape == "triangle-left" else left, y)["x"]
            ends_at = {"x2": _at(made, x, y)["x"], "y2": height, "shape": shape}
            made.arrows.append({**own, "x": start, "y": height, **ends_at})


def _steps(made: Drawing, paper: Paper, figures: Sequence[Figure], places: list[float]) -> None:
    """A thin line from each figure to the one it updates, revises or repeats."""
    before: dict[Any, tuple[float, float]] = {}
    for figure, x in zip(figures, places, strict=True):
        if figure.against or figure.when.middle is None or figure.height is None:
            continue
        own = (figure.who, str(sorted(figure.point.get("dimensions", {}).items())))
        here = (x, _y(made, figure.height))
        step = figure.point.get("step")
        if step is not None and own in before:
            start, end = _at(made, *before[own]), _at(made, *here)
            made.steps.append(
                {"who": figure.who, **start, "x2": end["x"], "y2": end["y"], "step": step}
            )
            paper.cross(before[own], here)
        before[own] = here


def _label(made: Drawing, paper: Paper, figure: Figure, x: float) -> None:
    """A figure's words beside it, if there is room."""
    words = figure.words
    size = (max(look.width(line) for line in words), LINE * len(words))
    y = _y(made, figure.marks[0][0])
    found = label(paper, (x, y), size)
    if found is None:
        made.unlabelled += 1
        return
    top = found.middle - size[1] / 2
    made.labels.append({**_at(made, found.left, top + 2), "text": words, "who": figure.who})
    if found.led_from is not None:
        end = _at(made, *found.led_from)
        made.leads.append({**_at(made, x, y), "x2": end["x"], "y2": end["y"]})
