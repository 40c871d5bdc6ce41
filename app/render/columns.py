"""Where the nodes and edges of a graph of columns stand: few crossings, no edge under a box.

An edge that passes a column takes a place in it, as a node would (Sugiyama's layers); the order
within columns follows the neighbours' average.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WIDE, GAP, SPACE = 176, 74, 16
"""Of a box; between columns; between the boxes of one."""
PASSAGE = 6
"""How high the place of an edge is that only passes."""
Place = tuple[float, float]
STUB = 7
"""How far an edge runs straight at its ends, so that its arrow points along it."""
SWEEPS = 6


@dataclass
class Laid:
    """Nodes by their upper left corner, edges by the corners of their way, and the whole size."""

    nodes: dict[str, Place]
    edges: list[list[Place]]
    backward: list[bool]
    width: float
    height: float


def laid(
    columns: dict[str, int], heights: dict[str, float], edges: Sequence[tuple[str, str]]
) -> Laid:
    """Every node and edge in its place."""
    used = sorted(set(columns.values()))
    at = {name: used.index(column) for name, column in columns.items()}
    rows: list[list[Any]] = [[] for _ in used]
    for name, column in at.items():
        rows[column].append(name)
    ways = [_way(n, edge, at, rows) for n, edge in enumerate(edges)]
    _ordered(rows, ways)
    middles, tall = _middles(rows, heights)
    left = {name: float(at[name] * (WIDE + GAP)) for name in at}
    nodes = {name: (left[name], middles[name] - heights[name] / 2) for name in at}
    back = [at[start] >= at[end] for start, end in edges]
    drawn = [_path(way, middles, at, left) for way in ways]
    return Laid(nodes, drawn, back, len(used) * (WIDE + GAP) - GAP, tall)


def _way(n: int, edge: tuple[str, str], at: dict[str, int], rows: list[list[Any]]) -> list[Any]:
    """The stations of an edge; in each column it passes, one of its own."""
    start, end = edge
    passed = [(n, column) for column in range(at[start] + 1, at[end])]
    for station in passed:
        rows[station[1]].append(station)
    return [start, *passed, end]


def _ordered(rows: list[list[Any]], ways: list[list[Any]]) -> None:
    """Each column by the average place of its neighbours in the one before, then in the next."""
    beside: dict[Any, list[Any]] = {}
    for way in ways:
        for one, other in zip(way, way[1:], strict=False):
            beside.setdefault(one, []).append(other)
            beside.setdefault(other, []).append(one)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        order = range(1, len(rows)) if forward else range(len(rows) - 2, -1, -1)
        for column in order:
            near = rows[column - 1 if forward else column + 1]
            where = {name: (n + 0.5) / len(near) for n, name in enumerate(near)}
            own = {name: (n + 0.5) / len(rows[column]) for n, name in enumerate(rows[column])}

            def average(name: Any, where: dict[Any, float] = where, own: Any = own) -> float:
                found = [where[one] for one in beside.get(name, ()) if one in where]
                return float(sum(found) / len(found) if found else own[name])

            rows[column].sort(key=average)


def _middles(rows: list[list[Any]], heights: dict[str, float]) -> tuple[dict[Any, float], float]:
    """The middle of each place, its column centred; and the height of the tallest column."""
    size = {name: heights.get(name, PASSAGE) for row in rows for name in row}
    totals = [sum(size[name] for name in row) + SPACE * (len(row) - 1) for row in rows]
    tall = max(totals)
    found: dict[Any, float] = {}
    for row, total in zip(rows, totals, strict=True):
        y = (tall - total) / 2
        for name in row:
            found[name] = y + size[name] / 2
            y += size[name] + SPACE
    return found, tall


def _path(
    way: list[Any], middles: dict[Any, float], at: dict[str, int], left: dict[str, float]
) -> list[Place]:
    """From box to box; back to its own column or an earlier one around the right side."""
    start, end = way[0], way[-1]
    out = (left[start] + WIDE, middles[start])
    if at[start] >= at[end]:
        corner = max(left[start], left[end]) + WIDE + GAP * 0.3
        into = (left[end] + WIDE, middles[end])
        return [out, (corner, middles[start]), (corner, middles[end]), into]
    found = [out, (out[0] + STUB, out[1])]
    for n, column in way[1:-1]:
        x = column * (WIDE + GAP)
        found += [(x, middles[n, column]), (x + WIDE, middles[n, column])]
    return [*found, (left[end] - 2 * STUB, middles[end]), (left[end], middles[end])]
