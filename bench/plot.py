"""The plot: how near to the ceiling each workload is, and what a request costs as data grows."""

from typing import Any

from bench.workloads import TABLE

VEGA_LITE = "5.21"
COLOURS = {"sqlite": "#2a6f97", "postgresql": "#e07a5f"}


def svg(found: list[dict[str, Any]]) -> str:
    """Both panels, of what was measured."""
    import vl_convert

    engine = {
        "field": "engine",
        "type": "nominal",
        "title": None,
        "scale": {"domain": list(COLOURS), "range": list(COLOURS.values())},
    }
    panels = [_ratios(found, engine)]
    if sum(1 for one in found if one.get("http")) > 1:
        panels.append(_growth(found, engine))
    spec = {"background": "white", "hconcat": panels, "config": {"font": "sans-serif"}}
    return str(vl_convert.vegalite_to_svg(spec, VEGA_LITE, allowed_base_urls=[]))


def _ratios(found: list[dict[str, Any]], engine: dict[str, Any]) -> dict[str, Any]:
    asked = [one for one in found if one.get("http")]
    whole = [one for one in asked if not one.get("grown")]  # a copy has not all there is
    largest = [*whole, *asked, {"http": {}, "claims": 0}][0]
    rows = []
    for workload in TABLE:
        told = largest["http"].get(workload.name, {"servers": {}})["servers"]
        for name, goal in workload.goals.items():
            for kind, again in (("sayso", ""), ("anew", ": anew")):
                if one := told.get(f"{kind}/{name}"):
                    rows.append({"what": f"{workload.title}{again}", "engine": name,
                                 "ratio": one["ratio"], "goal": goal})  # fmt: skip
    y = {"field": "what", "type": "nominal", "title": None, "sort": None,
         "axis": {"labelLimit": 260}}  # fmt: skip
    place = {"y": y, "yOffset": {"field": "engine"}}
    return {
        "title": f"req/s beside the raw app, {largest['claims']:,} claims (black: the goal)",
        "width": 320, "height": {"step": 16}, "data": {"values": rows},
        "layer": [
            {"mark": "bar", "encoding": {
                **place, "color": engine,
                "x": {"field": "ratio", "type": "quantitative", "title": "ratio",
                      "scale": {"domain": [0, 1]}}}},
            {"mark": {"type": "tick", "color": "black", "thickness": 2}, "encoding": {
                **place, "x": {"field": "goal", "type": "quantitative"}}},
        ],
    }  # fmt: skip


def _growth(found: list[dict[str, Any]], engine: dict[str, Any]) -> dict[str, Any]:
    rows = [
        {"claims": one["claims"], "engine": name.partition("/")[2], "what": workload.title,
         "cpu": told["cpu"] + told["database_cpu"]}
        for one in found
        for workload in TABLE if workload.name in ("get", "list", "deep", "interval")
        for name, told in one.get("http", {}).get(workload.name, {"servers": {}})["servers"].items()
        if name.startswith("anew/")
    ]  # fmt: skip
    return {
        "title": "CPU by request as data grows (server and database)",
        "width": 320, "height": 220, "data": {"values": rows},
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": {"field": "claims", "type": "quantitative", "scale": {"type": "log"},
                  "axis": {"values": [one["claims"] for one in found], "format": "~s"}},
            "y": {"field": "cpu", "type": "quantitative", "title": "µs",
                  "scale": {"type": "log", "domain": [30, 3000]}},
            "color": engine,
            "strokeDash": {"field": "what", "type": "nominal", "title": None,
                           "legend": None},
            "shape": {"field": "what", "type": "nominal", "title": None,
                      "legend": {"labelLimit": 320}},
        },
    }  # fmt: skip
