"""Label placement: texts beside what they name, over nothing else (greedy, by fixed positions).

The eight positions around a point, nearest first, are those of maps (Imhof, 1975). Vega has a label
transform of its own, but not without a canvas, which the renderer of the server lacks.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

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
