"""The chart of a measure as a Vega-Lite spec: who put it at what, when, how firmly.

The data stand in the spec, one row for each figure; nothing of a claim is ever part of an
expression: texts are data.
"""

from collections.abc import Mapping

from app.render import label_placement, plot_rows, style, units
from app.render.plain_text import one_line
from app.render.plot_rows import MAX_COLOURED, MAX_DRAWN, MAX_LABELLED, PlottedFigure
from app.render.scales import ARROW, HEIGHT, WAYS, figures_axis, time_axis
from app.render.style import Layer, layer

WIDTH = 760
MAX_LISTED = 4
"""How many figures without a number are named."""
CROSS = "M-.7,-.7L.7,.7M-.7,.7L.7,-.7"
POINT = {"type": "point", "size": 110, "opacity": 1, "strokeWidth": 2}
DASHED = {"condition": {"test": "datum.against", "value": [5, 3]}, "value": [1, 0]}
_BOUNDS = ("Hedged words are read by convention", "Bounds only as stated or entailed")
_READINGS = ("of ambiguous words, the preferred reading", "every reading of ambiguous words")


def spec(
    measure: Layer,
    series: Layer,
    names: dict[str, str],
    width: int = WIDTH,
    theme: style.Theme = "light",
    source: str = "",
) -> Layer:
    """The chart of a series by claimant; ``source`` is where it can be asked for again."""
    found = plot_rows.of_series(series, names)
    marked = [figure for figure in found if figure.marks]
    unit, alike, others = plot_rows.of_one_unit(marked, measure.get("unit", ""))
    chosen = plot_rows.latest(alike)
    why = "No figure has a number that could be drawn." if found else "There is no figure."
    texts = plot_rows.labels(chosen)
    drawn = _drawn(measure, chosen, texts, width) if chosen else style.empty(why, width)
    labelled = len(drawn["datasets"]["labels"]) if chosen else 0
    total = series.get("total") or len(found)
    caption = _caption(chosen, found, others, sum(map(bool, texts)) - labelled, total)
    title = one_line(measure.get("name") or measure["id"], 160)
    subtitle = ". ".join(_told(measure, unit, series["assumptions"])) + "."
    heading = style.title(title, subtitle, width, 4)
    told = f"{' '.join(heading['text'])}. {' '.join(heading['subtitle'])} {caption}"
    spec = {"width": width, "title": heading, "description": told, **drawn}
    lines = [*style.wrapped(caption, width, style.SIZE, 9), *style.source(source, width)]
    return style.finished(spec, lines, drawn["height"] + 54, theme)


def _drawn(measure: Layer, chosen: list[PlottedFigure], texts: list[str], width: int) -> Layer:
    keys = plot_rows.legend_keys(chosen)
    many = len(chosen) > MAX_LABELLED
    room = (
        min(max(map(style.width, texts)) + 3 * plot_rows.MARK_SPACING_PX, width / 2) if many else 0
    )
    x, strip = time_axis(chosen, width, room)
    y = figures_axis(chosen, measure)
    rows = plot_rows.tables(chosen, keys, x["scale"]["domain"], strip, width)
    place = label_placement.at_the_end if many else label_placement.beside_each
    rows |= place(texts, rows, label_placement.Plane(x["scale"], y["scale"], width))
    who, others = list(dict.fromkeys(keys.values())), len(set(keys)) > MAX_COLOURED
    colours = _nominal(who, others, list(style.COLOURS), style.OTHERS, width)
    shapes = _nominal(who, others, list(style.SHAPES), "circle", width)
    drawn = [*_strip(strip, x), *_layers(rows, x, y, colours, shapes)]
    return {"height": HEIGHT, "datasets": rows, "layer": drawn}


def _told(measure: Layer, unit: str, assumed: Layer) -> list[str]:
    """What the chart shows, and on which assumptions."""
    own = measure.get("unit_label") if unit == measure.get("unit", "") else None
    label = one_line(own or units.spoken(unit), 60)
    counts = label and measure.get("statistic", "count") == "count"
    told = [f"Number of {label}" if counts else label[:1].upper() + label[1:]]
    strict, every = assumed.get("policy") == "strict", assumed.get("readings") == "all"
    told.append(f"{_BOUNDS[strict]}; {_READINGS[every]}")
    if assumed.get("known_by"):
        told.append(f"As known by {one_line(str(assumed['known_by']), 24)}")
    if assumed.get("as_of"):
        told.append(f"As recorded by {one_line(str(assumed['as_of']), 30)}")
    if assumed.get("match", "any") != "any":
        told.append(f"Only {assumed['match']} answers")
    asked = [f"{name}: {' or '.join(sent)}" for name, sent in assumed.get("filters", {}).items()]
    if asked:
        told.append(f"Only {one_line(', '.join(asked), 120)}")
    return [part for part in told if part]


def _caption(
    chosen: list[PlottedFigure],
    found: list[PlottedFigure],
    others: list[PlottedFigure],
    unlabelled: int,
    total: int,
) -> str:
    """What the signs mean, how much is shown, and what is not."""
    claims = len({figure.point["claim"] for figure in found})
    of = f" of {_many(claims, 'claim')}" if total == len(found) else ""
    signs = (
        ("A mark stands at the figure named, within the time it is about (thin line).",
         any(not one.is_range for one in chosen)),
        ("Bar: what the words allow.", any(not one.is_range and len(one.much.ends) == 2
                                           and one.much.low != one.much.high for one in chosen)),
        ("Box: a range, over the time it is about.", any(one.is_range for one in chosen)),
        ("Arrow: no bound on that side.", any(
            one.open_above or one.open_below or len(one.when.ends) == 1 for one in chosen)),
        ("Hollow: the figure itself is excluded.", any(
            excluded for one in chosen for _, excluded in one.marks)),
        ("Crossed and dashed: denied.", any(one.against for one in chosen)),
        ("Alternatives: the source says one of them or another.", any(
            one.is_alternative for one in chosen)),
        (f"Labelled: the latest of each claimant, as there are more than {MAX_LABELLED} figures.",
         len(chosen) > MAX_LABELLED),
        (f"{_many(unlabelled, 'label')} left out for want of room.", unlabelled > 0),
    )  # fmt: skip
    told = [f"{_many(total, 'figure')}{of}.", *(text for text, true in signs if true)]
    return " ".join(told + _missing(chosen, found, others, total))


def _missing(
    chosen: list[PlottedFigure],
    found: list[PlottedFigure],
    others: list[PlottedFigure],
    total: int,
) -> list[str]:
    """What the chart does not show."""
    numberless = [figure for figure in found if not figure.marks]
    told = [
        f"{why}: {_first(some)}."
        for why, some in (("Without a number", numberless), ("In another unit", others))
        if some
    ]
    rest = total - len(numberless) - len(others) - len(chosen)
    if rest > 0:
        held = f"the latest {MAX_DRAWN}" if total == len(found) else f"{len(chosen)} of them"
        told.append(f"Not shown: {_many(rest, 'figure')}; the chart holds {held}.")
    return told


def _first(figures: list[PlottedFigure]) -> str:
    """The first of them, and how many more there are."""
    named = ", ".join(_named(figure) for figure in figures[:MAX_LISTED])
    more = len(figures) - MAX_LISTED
    return f"{named} and {more:,} more" if more > 0 else named


def _named(figure: PlottedFigure) -> str:
    when = next((end for end in plot_rows.dated(figure.point) if end), "undated")
    return f"{figure.words} ({one_line(figure.who, 30)}, {when})"


def _many(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def _layers(
    rows: Mapping[str, list[Layer]], x: Layer, y: Layer, colour: Layer, shape: Layer
) -> list[Layer]:
    """Everything, from what lies beneath to what is read."""
    both = {"x": x, "y": y, "color": colour}
    to = {"x2": {"field": "x2"}, "y2": {"field": "y2"}}
    span = {**both, "x2": to["x2"], "strokeDash": DASHED}
    bar = {**both, "y2": to["y2"], "strokeDash": DASHED}
    cap = {"type": "tick", "orient": "horizontal", "size": 13, "thickness": 2.4, "opacity": 1}
    box = {"type": "rect", "fillOpacity": 0.16, "strokeWidth": 1.6, "cornerRadius": 2}
    words = {"x": x, "y": y, "text": {"field": "text"}}
    return [
        layer("ranges", box, {**both, "stroke": colour, "strokeDash": DASHED, **to}),
        layer("steps", _rule(1, 0.55), {**both, **to}),
        layer("leads", _rule(0.8, 0.5), {**both, **to}),
        layer("spans", _rule(1.6, 0.8), span),
        layer("bars", _rule(2.4), bar),
        *(layer("bars", cap, {**both, "y": {**y, "field": end}}) for end in ("y", "y2")),
        *_arrows(rows, both),
        *_points(both, shape),
        layer("labels", {"type": "text", "align": "left", "baseline": "middle"}, words),
    ]


def _rule(width: float, opacity: float | None = None) -> Layer:
    mark: Layer = {"type": "rule", "strokeWidth": width}
    return mark if opacity is None else {**mark, "opacity": opacity}


def _arrows(rows: Mapping[str, list[Layer]], both: Layer) -> list[Layer]:
    """Where a bound is open: a line outward, and its head."""
    used = {row["way"] for row in rows["arrows"]}
    found = []
    for way, (across, down) in WAYS.items():
        if way not in used:
            continue
        end, size = ("y", down) if down else ("x", across)
        line = {**_rule(2.4), f"{end}2Offset": size * (ARROW - 6)}
        tip = {"type": "point", "filled": True, "size": 90, "opacity": 1}
        tip |= {"shape": f"triangle-{way}", f"{end}Offset": size * (ARROW - 5)}
        to = {**both, f"{end}2": {"field": end}, "strokeDash": DASHED}
        only = f"datum.way == '{way}'"
        found += [layer("arrows", line, to, only), layer("arrows", tip, both, only)]
    return found


def _points(both: Layer, shape: Layer) -> list[Layer]:
    """The figures: filled, or hollow where the figure named is excluded; crossed where denied."""
    hollow = {"test": "datum.hollow || datum.against", "value": style.PAPER}
    told = {"shape": shape, "description": {"field": "told"}, "tooltip": {"field": "told"}}
    filled = {**both["color"], "legend": None, "condition": hollow}
    seen = {"condition": {"test": "datum.range", "value": 0}, "value": 1}
    crossed = {**POINT, "shape": CROSS, "size": 260, "color": style.INK, "strokeWidth": 1.6}
    stroke = {"stroke": both["color"], "fill": filled, "opacity": seen}
    places = {"x": both["x"], "y": both["y"]}
    return [
        layer("figures", POINT, places | stroke | told),
        layer("figures", crossed, places, "datum.against"),
    ]


def _nominal(keys: list[str], others: bool, looks: list[str], other: str, width: int) -> Layer:
    """One look for each claimant, and one for the many ``others``, whom the last key stands for.

    The legend stands above the plot, in as many columns as there is room for.
    """
    chosen = [looks[n % len(looks)] for n in range(len(keys))]
    if others:
        chosen[-1] = other
    widest = max(style.width(key, 12.5) for key in keys) + 34
    legend = {
        "orient": "top", "direction": "horizontal",
        "columns": max(1, min(len(keys), int(width // widest))),
        "labelLimit": width - 40, "symbolSize": 110, "symbolOpacity": 1,
        "symbolStrokeWidth": 2, "offset": 34, "columnPadding": 18, "rowPadding": 5,
        "symbolType": "circle", "symbolLimit": 100,
    }  # fmt: skip
    scale = {"domain": keys, "range": chosen}
    return {"field": "key", "type": "nominal", "scale": scale, "legend": legend}


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
