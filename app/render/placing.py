"""Where there is room on the paper: labels beside what they name, over nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

CELL = 2
"""The paper is kept in cells of so many pixels."""


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels, from the upper left."""

    left: float
    top: float
    right: float
    bottom: float


class Paper:
    """What is taken: wholly, by marks and other labels, or crossed by a thin line."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.taken = [0] * (int(height // CELL) + 1)
        self.crossed = list(self.taken)

    def take(self, box: Box) -> None:
        """Nothing else may stand here."""
        for row, mask in self._rows(box):
            self.taken[row] |= mask

    def cross(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """A thin line runs here: better not written over."""
        (x, y), (to_x, to_y) = start, end
        steps = int(max(abs(to_x - x), abs(to_y - y)) // CELL) + 1
        for n in range(steps + 1):
            at_x, at_y = x + (to_x - x) * n / steps, y + (to_y - y) * n / steps
            for row, mask in self._rows(Box(at_x - 1, at_y - 1, at_x + 1, at_y + 1)):
                self.crossed[row] |= mask

    def cost(self, box: Box) -> float | None:
        """None where it does not fit; else how much of a thin line it would cover."""
        if box.left < 0 or box.top < 0 or box.right > self.width or box.bottom > self.height:
            return None
        covered = 0
        for row, mask in self._rows(box):
            if self.taken[row] & mask:
                return None
            covered += (self.crossed[row] & mask).bit_count()
        return float(covered)

    def _rows(self, box: Box) -> Iterator[tuple[int, int]]:
        left, right = max(int(box.left // CELL), 0), int(box.right // CELL)
        mask = (1 << max(right + 1, left)) - (1 << left) if right >= left else 0
        top, bottom = max(int(box.top // CELL), 0), int(box.bottom // CELL)
        for row in range(top, min(bottom, len(self.taken) - 1) + 1):
            yield row, mask


@dataclass(frozen=True)
class Label:
    """Where a text stands: its left edge and the middle of its height."""

    left: float
    middle: float
    led: bool
    """Whether it is so far off that a line should lead to it."""


def label(
    paper: Paper, at: tuple[float, float], size: tuple[float, float], reach: Sequence[float]
) -> Label | None:
    """The best free place near a mark, taken; None if there is none."""
    wide, high = size
    best: tuple[float, Label, Box] | None = None
    for left, middle, penalty in _places(at, wide, high, reach):
        box = Box(left - 2, middle - high / 2, left + wide + 2, middle + high / 2)
        found = paper.cost(box)
        if found is not None and (best is None or penalty + 3 * found < best[0]):
            led = penalty >= 40
            best = (penalty + 3 * found, Label(left, middle, led), box)
    if best is None:
        return None
    paper.take(best[2])
    return best[1]


def _places(
    at: tuple[float, float], wide: float, high: float, reach: Sequence[float]
) -> Iterator[tuple[float, float, float]]:
    """Beside the mark, above and below it, then farther off; each with what it costs."""
    x, y = at
    right, left, middle = x + 11, x - 11 - wide, x - wide / 2
    yield right, y, 0
    yield left, y, 4
    for far in reach:
        for n, start in enumerate((right, middle, left)):
            yield start, y - far, 6 + far / 1.5 + 2 * n
            yield start, y + far, 8 + far / 1.5 + 2 * n
