"""Label placement: texts beside what they name, over nothing else (greedy, by fixed positions).

The eight positions around a point, nearest first, are those of maps (Imhof, 1975). Vega has a label
transform of its own, but not without a canvas, which the renderer of the server lacks.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from app.render import style
from app.render.plot_rows import MARK_SPACING_PX
from app.render.scales import ARROW, HEIGHT, WAYS, position, value_at
from app.render.style import Layer

LINE = 15
"""How high a line of text is."""


class Box(NamedTuple):
    """A rectangle in pixels, from the upper left."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Whether the two have a point in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


class Plane(NamedTuple):
    """The plot: which pixels, from its upper left, stand for which values."""

    x: Layer
    y: Layer
    width: int

    def pixels(self, x: float, y: float) -> tuple[float, float]:
        """Where two values stand."""
        return position(self.x, x, self.width), HEIGHT - position(self.y, y, HEIGHT)

    def values(self, left: float, down: float) -> tuple[float, float]:
        """Which values stand there."""
        return value_at(self.x, left, self.width), value_at(self.y, HEIGHT - down, HEIGHT)


def beside_each(
    texts: Sequence[str], rows: Mapping[str, list[Layer]], plane: Plane
) -> dict[str, list[Layer]]:
    """The words of every figure beside it, where there is room."""
    points = [plane.pixels(row["x"], row["y"]) for row in rows["figures"]]
    marks = [Box(left - 7, top - 7, left + 7, top + 7) for left, top in points]
    wanted = [(mark, style.width(text)) for mark, text in zip(marks, texts, strict=True)]
    lines = [row for name in ("steps", "spans", "ranges") for row in rows[name]]
    thin = [box for row in lines for box in _along(row, plane)]
    found = place(wanted, [*marks, *_bounds(rows, plane)], thin, plane.width, HEIGHT)
    labels = []
    for text, row, box in zip(texts, rows["figures"], found, strict=True):
        if box is not None:
            x, y = plane.values(box.left, (box.top + box.bottom) / 2)
            labels.append({"x": x, "y": y, "text": text, "claim": row["claim"]})
    return {"labels": labels, "leads": []}


def at_the_end(
    texts: Sequence[str], rows: Mapping[str, list[Layer]], plane: Plane
) -> dict[str, list[Layer]]:
    """The latest words of each claimant in a column behind the figures, each led to by a line."""
    named = [(text, row) for text, row in zip(texts, rows["figures"], strict=True) if text]
    left = plane.width - max(style.width(text) for text, _ in named) - MARK_SPACING_PX
    middles = spread([plane.pixels(row["x"], row["y"])[1] for _, row in named], HEIGHT)
    labels, leads = [], []
    for (text, row), middle in zip(named, middles, strict=True):
        (x, y), (end, _) = plane.values(left, middle), plane.values(left - 3, middle)
        labels.append({"x": x, "y": y, "text": text, "claim": row["claim"]})
        start = {name: row[name] for name in ("who", "key", "x", "y")}
        leads.append({**start, "x2": end, "y2": y})
    return {"labels": labels, "leads": leads}


def _bounds(rows: Mapping[str, list[Layer]], plane: Plane) -> Iterator[Box]:
    """What bars and arrows take up."""
    for row in rows["bars"]:
        left, low = plane.pixels(row["x"], row["y"])
        _, high = plane.pixels(row["x"], row["y2"])
        yield Box(left - 7, high - 3, left + 7, low + 3)
    for row in rows["arrows"]:
        left, top = plane.pixels(row["x"], row["y"])
        across, down = (ARROW * part for part in WAYS[row["way"]])
        yield Box(
            min(left, left + across) - 5, min(top, top + down) - 5,
            max(left, left + across) + 5, max(top, top + down) + 5,
        )  # fmt: skip


def _along(row: Layer, plane: Plane) -> Iterator[Box]:
    """A line in small boxes, the sides of a range among them."""
    left, top = plane.pixels(row["x"], row["y"])
    end = {"x2": row["x"], "y2": row["y"], **row}
    right, bottom = plane.pixels(end["x2"], end["y2"])
    if "step" not in row and "y2" in row:
        yield Box(left, min(top, bottom), right, max(top, bottom))
        return
    parts = int(max(abs(right - left), abs(bottom - top)) // 8) + 1
    for n in range(parts + 1):
        at, down = left + (right - left) * n / parts, top + (bottom - top) * n / parts
        yield Box(at - 3, down - 3, at + 3, down + 3)


def place(
    wanted: Sequence[tuple[Box, float]],
    taken: Sequence[Box],
    crossed: Sequence[Box],
    width: float,
    height: float,
) -> list[Box | None]:
    """Where each text stands, beside the box it names and as wide as given; None: no room.

    What is ``taken`` is never written over; what is ``crossed`` by a thin line only if need be.
    """
    occupied = list(taken)
    found: list[Box | None] = []
    for mark, wide in wanted:
        free = [box for box in _around(mark, wide) if _is_free(box, occupied, width, height)]
        clear = (box for box in free if not any(box.meets(other) for other in crossed))
        chosen = next(clear, free[0] if free else None)
        found.append(chosen)
        if chosen is not None:
            occupied.append(chosen)
    return found


def spread(middles: Sequence[float], height: float) -> list[float]:
    """Places for the lines of a column, each near its own, none over another, in their order."""
    order = sorted(range(len(middles)), key=lambda n: middles[n])
    places = [0.0] * len(middles)
    below = LINE / 2
    for n in order:
        places[n] = below = max(middles[n], below)
        below += LINE
    above = height - LINE / 2
    for n in reversed(order):
        places[n] = above = min(places[n], above)
        above -= LINE
    return places


def _is_free(box: Box, occupied: Sequence[Box], width: float, height: float) -> bool:
    inside = box.left >= 0 and box.right <= width and box.top >= 0 and box.bottom <= height
    return inside and not any(box.meets(other) for other in occupied)


def _around(mark: Box, wide: float) -> Iterator[Box]:
    """Right, left, above, below, and the corners; then farther off."""
    middle = (mark.top + mark.bottom - LINE) / 2
    lefts = (mark.right + 4, mark.left - 4 - wide, (mark.left + mark.right - wide) / 2)
    for left in lefts[:2]:
        yield Box(left, middle, left + wide, middle + LINE)
    for far in (2, 10, 20, 32):
        for top in (mark.top - LINE - far, mark.bottom + far):
            for left in lefts:
                yield Box(left, top, left + wide, top + LINE)
