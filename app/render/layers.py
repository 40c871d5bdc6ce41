"""The layers of a measure's chart in Vega-Lite: what each table of a drawing looks like."""

from typing import Any

from app.render import axes, look
from app.render.drawing import HEIGHT, WIDTH, Drawing

Layer = dict[str, Any]
OTHERS = "#8a8a8a"
CROSS = "M-.7,-.7L.7,.7M-.7,.7L.7,-.7"
THIN, THICK = {"type": "rule", "strokeWidth": 1.6}, {"type": "rule", "strokeWidth": 2.4}
POINT = {"type": "point", "size": 110, "opacity": 1, "strokeWidth": 2}


def layers(
    made: Drawing, measure: dict[str, Any], keys: list[str], others: str | None
) -> list[Layer]:
    """Everything, from what lies beneath to what is read."""
    x, y = _axes(made, measure)
    both = {"x": x, "y": y, "color": _by_claimant(keys, others)}
    return [
        *_strip(made),
        *_lines(both),
        *_arrows(both),
        *_marks(both, keys, others),
        _layer(
            "labels",
            {"type": "text", "align": "left", "baseline": "top", "lineHeight": 15},
            {"x": x, "y": y, "text": {"field": "text"}},
        ),
    ]


def _layer(table: str, mark: Layer, encoding: Layer, only: str | None = None) -> Layer:
    """Rows of one table, as one kind of mark; those who hear it hear of the figures only."""
    heard = {} if "description" in encoding else {"aria": False}
    found = {"data": {"name": table}, "mark": {**mark, **heard}, "encoding": encoding}
    return found if only is None else {**found, "transform": [{"filter": only}]}


def _lines(both: Layer) -> list[Layer]:
    """From figure to figure, from label to mark, along the time, along the bounds."""
    dashed = {"strokeDash": _dashed()}
    to = {"x2": {"field": "x2"}, "y2": {"field": "y2"}}
    places = {"x": both["x"], "y": both["y"]}
    ends = ({**both["y"], "field": end} for end in ("y", "y2"))
    cap = {"type": "tick", "orient": "horizontal", "size": 13, "thickness": 2.4, "opacity": 1}
    return [
        _layer("steps", {"type": "rule", "strokeWidth": 1, "opacity": 0.55}, {**both, **to}),
        _layer("leads", {"type": "rule", "strokeWidth": 0.7, "color": look.SOFT}, places | to),
        _layer("spans", {**THIN, "opacity": 0.8}, {**both, "x2": to["x2"], **dashed}),
        _layer("bars", THICK, {**both, "y2": to["y2"], **dashed}),
        *(_layer("bars", cap, {**both, "y": end}) for end in ends),
    ]


def _dashed() -> Layer:
    return {"condition": {"test": "datum.against", "value": [5, 3]}, "value": [1, 0]}


def _arrows(both: Layer) -> list[Layer]:
    """Where a bound is open: a line outward, and its head."""
    to = {"x2": {"field": "x2"}, "y2": {"field": "y2"}, "strokeDash": _dashed()}
    tip = {name: {**both[name], "field": f"{name}2"} for name in ("x", "y")}
    shape = {"field": "shape", "type": "nominal", "scale": None}
    head = {"type": "point", "filled": True, "size": 90, "opacity": 1}
    return [
        _layer("arrows", THICK, {**both, **to}),
        _layer("arrows", head, {**tip, "color": both["color"], "shape": shape}),
    ]


def _marks(both: Layer, keys: list[str], others: str | None) -> list[Layer]:
    """The figures: filled, or hollow where the figure named is excluded; crossed where denied."""
    shapes = [look.SHAPES[n % len(look.SHAPES)] for n in range(len(keys))]
    if others:
        shapes[-1] = "circle"
    scale = {"domain": keys, "range": shapes}
    shape = {"field": "key", "type": "nominal", "scale": scale, "legend": _legend(keys)}
    encoding = {**both, "shape": shape, "description": {"field": "told"}}
    hollow = "datum.hollow || datum.against"
    crossed = {**POINT, "shape": CROSS, "size": 260, "color": look.INK, "strokeWidth": 1.6}
    return [
        _layer("marks", {**POINT, "filled": True}, encoding, f"!({hollow})"),
        _layer("marks", {**POINT, "fill": look.PAPER}, encoding, hollow),
        _layer("marks", crossed, {"x": both["x"], "y": both["y"]}, "datum.against"),
    ]


def _by_claimant(keys: list[str], others: str | None) -> Layer:
    colours = [look.COLOURS[n % len(look.COLOURS)] for n in range(len(keys))]
    if others:
        colours[-1] = OTHERS
    scale = {"domain": keys, "range": colours}
    return {"field": "key", "type": "nominal", "scale": scale, "legend": _legend(keys)}


def _legend(keys: list[str]) -> Layer:
    """Above the plot, in as many columns as there is room for."""
    widest = max(look.width(key, 12.5) for key in keys) + 34
    columns = max(1, min(len(keys), int(WIDTH // widest)))
    return {
        "orient": "top", "direction": "horizontal", "columns": columns, "labelLimit": WIDTH - 40,
        "symbolSize": 110, "symbolOpacity": 1, "symbolStrokeWidth": 2, "offset": 34,
        "columnPadding": 18, "rowPadding": 5, "symbolType": "circle", "symbolLimit": 100,
    }  # fmt: skip


def _axes(made: Drawing, measure: dict[str, Any]) -> tuple[Layer, Layer]:
    """Time from left to right; the figures upwards, in their unit."""
    share = measure.get("statistic") == "share" and measure.get("unit") == "1"
    across = {
        "title": None, "grid": False, "domainColor": look.SOFT, "tickColor": look.SOFT,
        "labelOverlap": False, **axes.written(made.across),
    }  # fmt: skip
    unit = look.shown(measure.get("unit_label") or "", 60)
    powers = " (logarithmic)" if made.up.kind == "log" else ""
    up = {
        "title": (unit + powers).strip() or None, "titleAngle": 0, "titleAnchor": "end",
        "titleAlign": "left", "titleBaseline": "bottom", "titleX": 0, "titleY": -10,
        "domain": False, "ticks": False, "labelOverlap": False,
        **axes.written(made.up, share),
    }  # fmt: skip
    kind = "temporal" if made.up.kind == "time" else "quantitative"
    return (
        {"field": "x", "type": "temporal", "scale": made.across.scale(), "axis": across},
        {"field": "y", "type": kind, "scale": made.up.scale(), "axis": up},
    )


def _strip(made: Drawing) -> list[Layer]:
    """Where those stand whose time nobody gave."""
    if made.strip is None:
        return []
    start = {"value": made.strip * WIDTH}
    area = {"x": start, "x2": {"value": WIDTH}, "y": {"value": 0}, "y2": {"value": HEIGHT}}
    place = {"x": {"value": (1 + made.strip) / 2 * WIDTH}, "y": {"value": HEIGHT + 8}}
    one: Layer = {"data": {"values": [{}]}}
    text = {"type": "text", "baseline": "top", "text": "undated", "color": look.SOFT}
    return [
        {**one, "mark": {"type": "rect", "color": "#f1f1ee", "aria": False}, "encoding": area},
        {**one, "mark": text, "encoding": place},
    ]


def below(lines: list[str]) -> Layer:
    """What is written under the picture."""
    mark = {"type": "text", "align": "left", "baseline": "top", "color": look.SOFT}
    where = {"x": {"value": 0}, "y": {"value": HEIGHT + 54}, "text": {"value": lines}}
    return {"data": {"values": [{}]}, "mark": {**mark, "lineHeight": 16}, "encoding": where}
