"""A graph of chains as a Vega-Lite spec: who has it from whom, and who stands above the origins."""

from collections.abc import Mapping
from typing import Any

from app.render import date_words, style
from app.render.chain_graph import BELONGS, UNKNOWN, fewer, of_claim
from app.render.columns import WIDE, Laid, laid

MOST = 60
"""How many nodes are drawn."""
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
Layer = dict[str, Any]


def spec(
    graph: Mapping[str, Any],
    names: dict[str, str],
    title: str = "",
    theme: style.Theme = "light",
    source: str = "",
) -> dict[str, Any]:
    """The picture of a graph (``chain_graph``), or of one claim's provenance."""
    heading = style.shown(title or "Where the figure comes from", 160)
    found = of_claim(graph) if "chain" in graph else dict(graph)
    shown, missing = fewer(found, MOST)
    width, height, drawn = _drawn(shown, names)
    room = max(width, 420)
    caption = _below(found, names, missing, room)
    caption += style.wrapped(source, room, style.SIZE, 3) if source else []
    spec = {
        "$schema": style.SCHEMA,
        "description": f"{heading}. {_counted(graph)} {' '.join(caption)}",
        "title": {
            "text": style.wrapped(heading, room, 18),
            "subtitle": style.wrapped(_counted(graph), room, 12.5),
        },
        **drawn,
        "config": style.config(),
    }
    spec["layer"] = [*drawn["layer"], _under(caption, height)]
    return dict(style.themed(spec, theme))


def _drawn(shown: Mapping[str, Any], names: dict[str, str]) -> tuple[float, float, Layer]:
    """The boxes and edges, and how much room they take."""
    if not shown["nodes"]:
        return 0, 60, style.empty("No claim stands behind it.", 420)
    lines = {node["source"]: _lines(node, names) for node in shown["nodes"]}
    heights = {id: LINE * len(text) + 2.0 * EDGE for id, text in lines.items()}
    columns = {node["source"]: node["column"] for node in shown["nodes"]}
    made = laid(columns, heights, [(edge["from"], edge["to"]) for edge in shown["edges"]])
    tables, height = _tables(shown, made, lines, heights), made.height + TOP
    spec = {"width": made.width, "height": height, "datasets": tables, "layer": _layers(made)}
    return made.width, height, spec


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
    why = style.shown(str(graph["reason"] or ""), 160).rstrip(".")
    return f"{how} on {date_words.spoken(graph['recorded_at'][:10])}{f': {why}' if why else ''}. "


def _tables(
    graph: Mapping[str, Any], made: Laid, lines: dict[str, list[str]], heights: dict[str, float]
) -> dict[str, list[Layer]]:
    """What the layers show."""
    boxes, texts, ways, heads = [], [], [], []
    for node in graph["nodes"]:
        id = node["source"]
        x, y = made.nodes[id]
        known = {"role": UNKNOWN if node["name"] == UNKNOWN else node["role"]}
        ends = {"x": x, "x2": x + WIDE, "y": y, "y2": y + heights[id]}
        told = f"{HEADS[node['role']]}: {' '.join(lines[id])}"
        boxes.append({**ends, **known, "source": id, "told": told})
        texts.append({"x": x + WIDE / 2, "y": y + EDGE + 1, "text": lines[id]})
    for n, (edge, way) in enumerate(zip(graph["edges"], made.edges, strict=True)):
        basis = edge.get("basis", "stated")
        ways += [
            {"edge": n, "n": m, "x": x, "y": y, "basis": basis} for m, (x, y) in enumerate(way)
        ]
        if basis != BELONGS:
            back = made.backward[n]
            x, y = way[-1]
            shape = "triangle-left" if back else "triangle-right"
            heads.append({"x": x + (5 if back else -5), "y": y, "shape": shape})
    return {
        "boxes": boxes,
        "texts": texts,
        "ways": ways,
        "heads": heads,
        "titles": _titles(graph, made),
    }


def _titles(graph: Mapping[str, Any], made: Laid) -> list[Layer]:
    """What stands in each column, said above the first of its kind."""
    first: dict[str, float] = {}
    for node in graph["nodes"]:
        x = made.nodes[node["source"]][0]
        first[node["role"]] = min(x, first.get(node["role"], x))
    taken: dict[float, str] = {}
    for role, x in first.items():
        taken[x] = f"{taken[x]}, {HEADS[role].lower()}" if x in taken else HEADS[role]
    return [{"x": x, "y": -TOP, "text": text} for x, text in taken.items()]


def _layers(made: Laid) -> list[Layer]:
    """Edges beneath, boxes over them, texts over all."""
    x, y = _axis("x", 0, made.width), _axis("y", -TOP, made.height)
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
        _layer("ways", line, {**both, **order}),
        _layer("heads", head, {**both, **shape}),
        _layer("boxes", box, {**both, **ends, "fill": fill, "description": {"field": "told"}}),
        _layer("texts", {**text, "align": "center"}, words),
        _layer("titles", left, words),
    ]


def _under(caption: list[str], height: float) -> Layer:
    """What is written under the picture."""
    place = {"x": {"value": 0}, "y": {"value": height + 18}, "text": {"value": caption}}
    mark = {"type": "text", "baseline": "top", "align": "left", "lineHeight": 16}
    one: Layer = {"data": {"values": [{}]}}
    return {**one, "mark": {**mark, "color": style.SOFT}, "encoding": place}


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


def _layer(name: str, mark: Layer, encoding: Layer) -> Layer:
    silent = {} if "description" in encoding else {"aria": False}
    return {"data": {"name": name}, "mark": {**mark, **silent}, "encoding": encoding}


def _below(graph: Mapping[str, Any], names: dict[str, str], missing: int, room: float) -> list[str]:
    """What the lines mean, what stands beside the chain, and what is not shown."""
    told = ["Arrow: has it from."]
    if any(edge.get("basis") not in (None, BELONGS) for edge in graph["edges"]):
        told.append("Dashed: inferred, or the wording leaves it open.")
    if any(edge.get("basis") == BELONGS for edge in graph["edges"]):
        told.append("Dotted: belongs to.")
    if beside := graph.get("beside"):
        named = [f"{one['role']}: {style.named(one['source'], names)}" for one in beside[:6]]
        told.append(f"Beside the chain: {'; '.join(named)}.")
    if graph.get("derived"):
        told.append(f"Claims derived from others ({graph['derived']:,}) add no origin.")
    if graph.get("left_out", 0) > 0:
        told.append(f"Without the chains of {graph['left_out']:,} more claims.")
    if missing:
        told.append(f"Not shown: {missing:,} sources, the least connected.")
    return style.wrapped(" ".join(told).replace("….", "…"), room, style.SIZE, 8)
