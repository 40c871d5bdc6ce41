"""A graph of chains as a Vega-Lite spec: who has it from whom, and who stands above the origins.

The nodes stand in columns, so laid that few edges cross and none runs under a box: an edge that
passes a column takes a place in it, as a node would (Sugiyama's layers), and the order within
columns follows the neighbours' average.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.render import date_words, style
from app.render.plain_text import one_line
from app.render.provenance import BELONGS, UNKNOWN, as_graph, most_connected
from app.render.style import Layer, layer

MAX_NODES = 60
"""How many nodes are drawn."""
MOST_BESIDE = 6
LINE, EDGE = 15, 9
TOP = 34
"""Room for the headings of the columns."""
TINTS = {
    "document": "#eef2f7", "relayer": "#ffffff", "origin": "#fdeee0", "root": "#e4f3ec",
    UNKNOWN: "#ffffff",
}  # fmt: skip
HEADS = {
    "document": "Document",
    "relayer": "Through",
    "origin": "Origin",
    "root": "Stands above it",
}
WIDE, GAP, SPACE = 176, 74, 16
"""Of a box; between columns; between the boxes of one."""
PASSAGE = 6
"""How high the place of an edge is that only passes."""
Position = tuple[float, float]
STUB = 7
"""How far an edge runs straight at its ends, so that its arrow points along it."""
SWEEPS = 6


@dataclass
class GraphLayout:
    """Nodes by their upper left corner, edges by the corners of their way, and the whole size."""

    nodes: dict[str, Position]
    edges: list[list[Position]]
    width: float
    height: float


def spec(
    graph: Mapping[str, Any],
    names: dict[str, str],
    title: str = "",
    theme: style.Theme = "light",
    source: str = "",
) -> dict[str, Any]:
    """The picture of a graph (``provenance.merged``), or of one claim's provenance."""
    heading = one_line(title or "Where the figure comes from", 160)
    found = as_graph(graph) if "chain" in graph else dict(graph)
    shown, missing = most_connected(found, MAX_NODES)
    width, height, drawn = _drawn(shown, names)
    room = max(width, 420)
    counted = _counted(graph)
    lines = [*_below(found, names, missing, room), *style.source(source, room)]
    told = f"{heading}. {counted} {' '.join(lines)}"
    spec = {"description": told, "title": style.title(heading, counted, room), **drawn}
    return style.finished(spec, lines, height + 18, theme)


def _drawn(shown: Mapping[str, Any], names: dict[str, str]) -> tuple[float, float, Layer]:
    """The boxes and edges, and how much room they take."""
    if not shown["nodes"]:
        return 0, 60, style.empty("No claim stands behind it.", 420)
    lines = {node["source"]: _lines(node, names) for node in shown["nodes"]}
    heights = {id: LINE * len(text) + 2.0 * EDGE for id, text in lines.items()}
    columns = {node["source"]: node["column"] for node in shown["nodes"]}
    placed = layout(columns, heights, [(edge["from"], edge["to"]) for edge in shown["edges"]])
    tables, height = _tables(shown, placed, lines, heights), placed.height + TOP
    spec = {"width": placed.width, "height": height, "datasets": tables, "layer": _layers(placed)}
    return placed.width, height, spec


def _lines(node: Mapping[str, Any], names: dict[str, str]) -> list[str]:
    if node["name"] == UNKNOWN:
        return [f"{UNKNOWN} (root unknown)"]
    return style.wrapped(style.named(node["source"], names, 90), WIDE - 20)


def _counted(graph: Mapping[str, Any]) -> str:
    low, high = graph["independent_origins"]["min"], graph["independent_origins"]["max"]
    many = f"{low}" if low == high else f"at least {low}, at most {high}"
    of = f"Claim {graph['claim']}, version {graph['version']}. " if "claim" in graph else ""
    if counts := graph.get("counts"):
        named = [f"{n:,} {what[:-1] if n == 1 else what}" for what, n in counts.items()]
        of = f"{', '.join(named)}. "
    return f"{of}{_ended(graph)}Independent origins: {many}."


def _ended(graph: Mapping[str, Any]) -> str:
    """That the claim does not stand any more, since when, and why."""
    if "status" not in graph:
        return ""
    how = graph["status"].replace("_", " ").capitalize()
    why = one_line(str(graph["reason"] or ""), 160).rstrip(".")
    return f"{how} on {date_words.spoken(graph['recorded_at'][:10])}{f': {why}' if why else ''}. "


def _tables(
    graph: Mapping[str, Any],
    placed: GraphLayout,
    lines: dict[str, list[str]],
    heights: dict[str, float],
) -> dict[str, list[Layer]]:
    """What the layers show."""
    boxes, texts, ways, heads = [], [], [], []
    for node in graph["nodes"]:
        id = node["source"]
        x, y = placed.nodes[id]
        known = {"role": UNKNOWN if node["name"] == UNKNOWN else node["role"]}
        ends = {"x": x, "x2": x + WIDE, "y": y, "y2": y + heights[id]}
        told = f"{HEADS[node['role']]}: {' '.join(lines[id])}"
        boxes.append({**ends, **known, "source": id, "told": told})
        texts.append({"x": x + WIDE / 2, "y": y + EDGE + 1, "text": lines[id]})
    for n, (edge, way) in enumerate(zip(graph["edges"], placed.edges, strict=True)):
        basis = edge.get("basis", "stated")
        ways += [
            {"edge": n, "n": m, "x": x, "y": y, "basis": basis} for m, (x, y) in enumerate(way)
        ]
        if basis != BELONGS:
            (before, _), (x, y) = way[-2:]
            side, aside = ("left", 5) if x < before else ("right", -5)
            heads.append({"x": x + aside, "y": y, "shape": f"triangle-{side}"})
    return {
        "boxes": boxes,
        "texts": texts,
        "ways": ways,
        "heads": heads,
        "titles": _titles(graph, placed),
    }


def _titles(graph: Mapping[str, Any], placed: GraphLayout) -> list[Layer]:
    """What stands in each column, said above the first of its kind."""
    first: dict[str, float] = {}
    for node in graph["nodes"]:
        x = placed.nodes[node["source"]][0]
        first[node["role"]] = min(x, first.get(node["role"], x))
    taken: dict[float, str] = {}
    for role, x in first.items():
        taken[x] = f"{taken[x]}, {HEADS[role].lower()}" if x in taken else HEADS[role]
    return [{"x": x, "y": -TOP, "text": text} for x, text in taken.items()]


def _layers(placed: GraphLayout) -> list[Layer]:
    """Edges beneath, boxes over them, texts over all."""
    x, y = _axis("x", 0, placed.width), _axis("y", -TOP, placed.height)
    both, ends = {"x": x, "y": y}, {"x2": {"field": "x2"}, "y2": {"field": "y2"}}
    line = {"type": "line", "interpolate": "monotone", "color": style.SOFT, "strokeWidth": 1.4}
    order = {"detail": {"field": "edge"}, "order": {"field": "n"}, "strokeDash": _DASHED}
    head = {"type": "point", "filled": True, "size": 70, "color": style.SOFT, "opacity": 1}
    shape = {"shape": {"field": "shape", "type": "nominal", "scale": None}}
    box = {"type": "rect", "cornerRadius": 4, "stroke": style.SOFT, "strokeWidth": 1}
    tints = {"domain": list(TINTS), "range": list(TINTS.values())}
    fill = {"field": "role", "type": "nominal", "legend": None, "scale": tints}
    text = {"type": "text", "baseline": "top", "lineHeight": LINE}
    left = {**text, "align": "left", "color": style.SOFT}
    words = {**both, "text": {"field": "text"}}
    return [
        layer("ways", line, {**both, **order}),
        layer("heads", head, {**both, **shape}),
        layer("boxes", box, {**both, **ends, "fill": fill, "description": {"field": "told"}}),
        layer("texts", {**text, "align": "center"}, words),
        layer("titles", left, words),
    ]


_DASHED = {
    "condition": [
        {"test": f"datum.basis == '{BELONGS}'", "value": [1, 4]},
        {"test": "datum.basis != 'stated'", "value": [6, 4]},
    ],
    "value": [1, 0],
}


def _axis(name: str, low: float, high: float) -> Layer:
    """Pixels, downwards as on a screen."""
    scale = {"domain": [low, high], "nice": False, "zero": False, "reverse": name == "y"}
    return {"field": name, "type": "quantitative", "scale": scale, "axis": None}


def _below(graph: Mapping[str, Any], names: dict[str, str], missing: int, room: float) -> list[str]:
    """What the lines mean, what stands beside the chain, and what is not shown."""
    told = ["Arrow: has it from."]
    if any(edge.get("basis") not in (None, BELONGS) for edge in graph["edges"]):
        told.append("Dashed: inferred, or the wording leaves it open.")
    if any(edge.get("basis") == BELONGS for edge in graph["edges"]):
        told.append("Dotted: belongs to.")
    if beside := graph.get("beside"):
        named = [f"{one['role']}: {style.named(one['source'], names)}" for one in beside]
        more = [f"{len(named) - MOST_BESIDE:,} more"] if len(named) > MOST_BESIDE else []
        told.append(f"Beside the chain: {'; '.join([*named[:MOST_BESIDE], *more])}.")
    if graph.get("derived"):
        told.append(f"Claims derived from others ({graph['derived']:,}) add no origin.")
    if graph.get("left_out", 0) > 0:
        told.append(f"Without the chains of {graph['left_out']:,} more claims.")
    if missing:
        told.append(f"Not shown: {missing:,} sources, the least connected.")
    return style.wrapped(" ".join(told).replace("….", "…"), room, style.SIZE, 8)


def layout(
    columns: dict[str, int], heights: dict[str, float], edges: Sequence[tuple[str, str]]
) -> GraphLayout:
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
    drawn = [_path(way, middles, left) for way in ways]
    return GraphLayout(nodes, drawn, len(used) * (WIDE + GAP) - GAP, tall)


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


def _path(way: list[Any], middles: dict[Any, float], left: dict[str, float]) -> list[Position]:
    """From box to box; back to its own column or an earlier one around the right side."""
    start, end = way[0], way[-1]
    out = (left[start] + WIDE, middles[start])
    if left[start] >= left[end]:
        corner = max(left[start], left[end]) + WIDE + GAP * 0.3
        into = (left[end] + WIDE, middles[end])
        return [out, (corner, middles[start]), (corner, middles[end]), into]
    found = [out, (out[0] + STUB, out[1])]
    for n, column in way[1:-1]:
        x = column * (WIDE + GAP)
        found += [(x, middles[n, column]), (x + WIDE, middles[n, column])]
    return [*found, (left[end] - 2 * STUB, middles[end]), (left[end], middles[end])]
