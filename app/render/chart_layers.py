"""The layers of a measure's chart in Vega-Lite: what each table of it looks like."""

from typing import Any, NamedTuple

from app.render import style
from app.render.scales import ARROW, HEIGHT

Layer = dict[str, Any]
CROSS = "M-.7,-.7L.7,.7M-.7,.7L.7,-.7"
POINT = {"type": "point", "size": 110, "opacity": 1, "strokeWidth": 2}
DASHED = {"condition": {"test": "datum.against", "value": [5, 3]}, "value": [1, 0]}
WAYS = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}
"""Where an arrow points, in pixels from its figure."""


class Legend(NamedTuple):
    """Who is drawn, whether the last stands for many others, and how wide the chart is."""

    keys: list[str]
    others: bool
    width: int


def layers(
    rows: dict[str, list[Layer]], x: Layer, y: Layer, strip: float | None, legend: Legend
) -> list[Layer]:
    """Everything, from what lies beneath to what is read."""
    colour = _nominal(legend, list(style.COLOURS), style.OTHERS)
    both = {"x": x, "y": y, "color": colour}
    to = {"x2": {"field": "x2"}, "y2": {"field": "y2"}}
    rule = {"type": "rule", "strokeWidth": 2.4}
    cap = {"type": "tick", "orient": "horizontal", "size": 13, "thickness": 2.4, "opacity": 1}
    box = {"type": "rect", "fillOpacity": 0.16, "strokeWidth": 1.6, "cornerRadius": 2}
    filled = {**both, "stroke": colour, "strokeDash": DASHED, **to}
    return [
        *_strip(strip, x),
        _layer("ranges", box, filled),
        _layer("steps", {"type": "rule", "strokeWidth": 1, "opacity": 0.55}, {**both, **to}),
        _layer("leads", {"type": "rule", "strokeWidth": 0.8, "opacity": 0.5}, {**both, **to}),
        _layer(
            "spans",
            {"type": "rule", "strokeWidth": 1.6, "opacity": 0.8},
            {**both, "x2": to["x2"], "strokeDash": DASHED},
        ),
        _layer("bars", rule, {**both, "y2": to["y2"], "strokeDash": DASHED}),
        *(_layer("bars", cap, {**both, "y": {**y, "field": end}}) for end in ("y", "y2")),
        *_arrows(rows, both),
        *_points(both, legend),
        _layer(
            "labels",
            {"type": "text", "align": "left", "baseline": "middle"},
            {"x": x, "y": y, "text": {"field": "text"}},
        ),
    ]


def _layer(table: str, mark: Layer, encoding: Layer, only: str = "") -> Layer:
    """Rows of one table, as one kind of mark; those who hear it hear of the figures only."""
    heard = {} if "description" in encoding else {"aria": False}
    found = {"data": {"name": table}, "mark": {**mark, **heard}, "encoding": encoding}
    return found | ({"transform": [{"filter": only}]} if only else {})


def _arrows(rows: dict[str, list[Layer]], both: Layer) -> list[Layer]:
    """Where a bound is open: a line outward, and its head."""
    used = {row["way"] for row in rows["arrows"]}
    found = []
    for way, (across, down) in WAYS.items():
        if way not in used:
            continue
        end, size = ("y", down) if down else ("x", across)
        head = {"up": "triangle-up", "down": "triangle-down"}.get(way, f"triangle-{way}")
        line = {"type": "rule", "strokeWidth": 2.4, f"{end}2Offset": size * (ARROW - 6)}
        tip = {"type": "point", "filled": True, "size": 90, "opacity": 1, "shape": head}
        tip |= {f"{end}Offset": size * (ARROW - 5)}
        to = {**both, f"{end}2": {"field": end}, "strokeDash": DASHED}
        only = f"datum.way == '{way}'"
        found += [_layer("arrows", line, to, only), _layer("arrows", tip, both, only)]
    return found


def _points(both: Layer, legend: Legend) -> list[Layer]:
    """The figures: filled, or hollow where the figure named is excluded; crossed where denied."""
    shape = _nominal(legend, list(style.SHAPES), "circle")
    hollow = {"test": "datum.hollow || datum.against", "value": style.PAPER}
    told = {"shape": shape, "description": {"field": "told"}, "tooltip": {"field": "told"}}
    filled = {**both["color"], "legend": None, "condition": hollow}
    seen = {"condition": {"test": "datum.range", "value": 0}, "value": 1}
    crossed = {**POINT, "shape": CROSS, "size": 260, "color": style.INK, "strokeWidth": 1.6}
    stroke = {"stroke": both["color"], "fill": filled, "opacity": seen}
    places = {"x": both["x"], "y": both["y"]}
    return [
        _layer("figures", POINT, places | stroke | told),
        _layer("figures", crossed, places, "datum.against"),
    ]


def _nominal(legend: Legend, looks: list[str], other: str) -> Layer:
    """One look for each claimant."""
    chosen = [looks[n % len(looks)] for n in range(len(legend.keys))]
    if legend.others:
        chosen[-1] = other
    scale = {"domain": legend.keys, "range": chosen}
    return {"field": "key", "type": "nominal", "scale": scale, "legend": _legend(legend)}


def _legend(legend: Legend) -> Layer:
    """Above the plot, in as many columns as there is room for."""
    widest = max(style.width(key, 12.5) for key in legend.keys) + 34
    columns = max(1, min(len(legend.keys), int(legend.width // widest)))
    return {
        "orient": "top", "direction": "horizontal", "columns": columns,
        "labelLimit": legend.width - 40, "symbolSize": 110, "symbolOpacity": 1,
        "symbolStrokeWidth": 2, "offset": 34, "columnPadding": 18, "rowPadding": 5,
        "symbolType": "circle", "symbolLimit": 100,
    }  # fmt: skip


def _strip(start: float | None, x: Layer) -> list[Layer]:
    """Where those stand whose time nobody gave."""
    if start is None:
        return []
    end = x["scale"]["domain"][1]
    area = {"x": x, "x2": {"field": "x2"}, "y": {"value": 0}, "y2": {"value": HEIGHT}}
    place = {"x": {**x, "field": "middle"}, "y": {"value": HEIGHT + 8}}
    one = {"data": {"values": [{"x": start, "x2": end, "middle": (start + end) / 2}]}}
    text = {"type": "text", "baseline": "top", "text": "undated", "color": style.SOFT}
    return [
        {**one, "mark": {"type": "rect", "color": style.BAND, "aria": False}, "encoding": area},
        {**one, "mark": text, "encoding": place},
    ]
