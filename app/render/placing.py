"""Where there is room on the paper: labels beside what they name, over nothing else."""

from collections.abc import Iterator
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
        self.crossed, self.written = list(self.taken), list(self.taken)

    def take(self, box: Box) -> None:
        """Nothing else may stand here."""
        for row, mask in self._rows(box):
            self.taken[row] |= mask

    def cross(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """A thin line runs here: better not written over."""
        for box in _along(start, end):
            for row, mask in self._rows(box):
                self.crossed[row] |= mask

    def clear(self, start: tuple[float, float], end: tuple[float, float]) -> bool:
        """Whether a line from a mark to its label crosses no other label."""
        return not any(
            self.written[row] & mask for box in _along(start, end) for row, mask in self._rows(box)
        )

    def write(self, box: Box) -> None:
        """A label stands here."""
        self.take(box)
        for row, mask in self._rows(box):
            self.written[row] |= mask

    def lead(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """A line from a mark to its label: nothing is written over it."""
        for box in _along(start, end):
            self.take(box)

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


def _along(start: tuple[float, float], end: tuple[float, float]) -> Iterator[Box]:
    (x, y), (to_x, to_y) = start, end
    steps = int(max(abs(to_x - x), abs(to_y - y)) // CELL) + 1
    for n in range(steps + 1):
        at_x, at_y = x + (to_x - x) * n / steps, y + (to_y - y) * n / steps
        yield Box(at_x - 1, at_y - 1, at_x + 1, at_y + 1)


@dataclass(frozen=True)
class Label:
    """Where a text stands: its left edge, the middle of its height, and what leads to it."""

    left: float
    middle: float
    led_from: tuple[float, float] | None


NEAR = 22
"""A label whose middle is farther than this above or below its mark is led to by a line."""


def label(paper: Paper, at: tuple[float, float], size: tuple[float, float]) -> Label | None:
    """The best free place near a mark, taken; None if there is none."""
    wide, high = size
    best: tuple[float, Label, Box] | None = None
    for left, middle, penalty in _places(at, wide, high):
        box = Box(left - 2, middle - high / 2, left + wide + 2, middle + high / 2)
        found = paper.cost(box)
        if found is None or (best is not None and penalty + 3 * found >= best[0]):
            continue
        led = _led(at, box) if abs(middle - at[1]) > NEAR + high / 2 else None
        if led is None or paper.clear(at, led):
            best = (penalty + 3 * found, Label(left, middle, led), box)
    if best is None:
        return None
    paper.write(best[2])
    if best[1].led_from is not None:
        paper.lead(at, best[1].led_from)
    return best[1]


def _led(at: tuple[float, float], box: Box) -> tuple[float, float]:
    """Where on a label's edge the line from its mark ends."""
    x = min(max(at[0], box.left + 4), box.right - 4)
    return x, box.bottom + 1 if box.bottom < at[1] else box.top - 1


def _places(
    at: tuple[float, float], wide: float, high: float
) -> Iterator[tuple[float, float, float]]:
    """Beside the mark, above and below it, then farther off; each with what it costs."""
    x, y = at
    right, left, middle = x + 11, x - 11 - wide, x - wide / 2
    yield right, y, 0
    yield left, y, 4
    for far in range(8, 76, 8):
        for n, start in enumerate((right, middle, left)):
            if start == middle and far < 8 + high / 2:
                continue
            yield start, y - far, 6 + far / 1.5 + 2 * n
            yield start, y + far, 8 + far / 1.5 + 2 * n
