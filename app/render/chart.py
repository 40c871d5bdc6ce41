"""The chart of a measure as a Vega-Lite spec: who put it at what, when, how firmly (design 6).

The data stand in the spec, one row for each figure; nothing of a claim is ever part of an
expression: texts are data.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.render import style
from app.render.chart_layers import WAYS, Legend, layers
from app.render.label_placement import Box, place, spread
from app.render.plain_text import one_line
from app.render.plot_rows import DAY, Figure, dated, of_series
from app.render.scales import ARROW, HEIGHT, figures_axis, position, time_axis, value_at

WIDTH = 760
DRAWN, COLOURED, LISTED, LABELLED = 300, len(style.COLOURS) + 1, 4, 30
"""How many figures are drawn, claimants told apart, figures without a number named, and figures
labelled each; of more, the latest of each claimant is, with its name."""
BESIDE = 11
"""Pixels between figures of one time."""
Row = dict[str, Any]


def spec(
    measure: Row,
    series: Row,
    names: dict[str, str],
    width: int = WIDTH,
    theme: style.Theme = "light",
    source: str = "",
) -> Row:
    """The chart of a series by claimant; ``source`` is where it can be asked for again."""
    found = of_series(series, names)
    chosen = _latest([figure for figure in found if figure.marks])
    title = _title(measure, series["assumptions"], width)
    why = "No figure has a number that could be drawn." if found else "There is no figure."
    texts = _texts(chosen)
    drawn = _drawn(measure, chosen, texts, width) if chosen else style.empty(why, width)
    labels = drawn["datasets"]["labels"] if chosen else []
    unlabelled = sum(map(bool, texts)) - len(labels)
    caption = _caption(chosen, found, unlabelled, series.get("total") or len(found))
    lines = style.wrapped(caption, width, style.SIZE, 9)
    lines += style.wrapped(source, width, style.SIZE, 3) if source else []
    made = {
        "$schema": style.SCHEMA, "width": width, "title": title,
        "description": f"{' '.join(title['text'])}. {' '.join(title['subtitle'])} {caption}",
        **drawn, "config": style.config(),
    }  # fmt: skip
    made["layer"] = [*drawn["layer"], _below(lines, drawn["height"])]
    return dict(style.themed(made, theme))


def _drawn(measure: Row, chosen: list[Figure], texts: list[str], width: int) -> Row:
    who = _called(chosen)
    many = len(chosen) > LABELLED
    room = min(max(map(style.width, texts)) + 3 * BESIDE, width / 2) if many else 0
    x, strip = time_axis(chosen, width, room)
    y = figures_axis(chosen, measure)
    rows = _tables(chosen, who, x["scale"]["domain"], strip, width)
    name = _names_at_the_end if many else _labels
    rows |= name(texts, rows, x["scale"], y["scale"], width)
    legend = Legend(list(dict.fromkeys(who.values())), len(set(who)) > COLOURED, width)
    return {"height": HEIGHT, "datasets": rows, "layer": layers(rows, x, y, strip, legend)}


def _latest(figures: list[Figure]) -> list[Figure]:
    """The latest, in the order they came; the undated are not late."""
    if len(figures) <= DRAWN:
        return figures
    times = [_time(figure) for figure in figures]
    least = sorted(times, reverse=True)[DRAWN - 1]
    return [f for f, at in zip(figures, times, strict=True) if at >= least][:DRAWN]


def _time(figure: Figure, unknown: float = -math.inf) -> float:
    middle = figure.when.middle
    return unknown if middle is None else middle


def _called(figures: Sequence[Figure]) -> dict[str, str]:
    """Each claimant's key, who spoke first first: itself, or one of many others."""
    who = list(
        dict.fromkeys(one.who for one in sorted(figures, key=lambda one: _time(one, math.inf)))
    )
    if len(who) <= COLOURED:
        return {one: one for one in who}
    others = f"{len(who) - COLOURED + 1:,} others"
    return {one: one if n < COLOURED - 1 else others for n, one in enumerate(who)}


def _tables(
    figures: Sequence[Figure],
    who: Mapping[str, str],
    domain: Sequence[float],
    strip: float | None,
    width: int,
) -> dict[str, list[Row]]:
    """Everything that the layers show, each kind a table."""
    places = _places(figures, domain, strip, width)
    tables: dict[str, list[Row]] = {
        name: [] for name in ("figures", "bars", "ranges", "spans", "arrows", "steps")
    }
    for figure, x in zip(figures, places, strict=True):
        own = {"who": figure.who, "key": who[figure.who], "claim": figure.point["claim"],
               "against": figure.against}  # fmt: skip
        for name, row in _parts(figure, x, domain, width):
            tables[name].append({**own, **row})
        y, excluded = figure.marks[-1]
        told = {"hollow": excluded, "range": figure.is_range, "told": figure.told}
        tables["figures"].append({**own, "x": x, "y": y, **told})
    tables["steps"] = _steps(figures, places, who)
    return tables


def _places(
    figures: Sequence[Figure], domain: Sequence[float], strip: float | None, width: int
) -> list[float]:
    """When each figure is drawn: in the middle of its time, beside who is there already."""
    pixel = (domain[1] - domain[0]) / width
    undated = sum(not figure.when.ends for figure in figures)
    start = domain[0] if strip is None else strip
    free = (start + (domain[1] - start) * (n + 0.5) / undated for n in range(undated))
    taken: Counter[int] = Counter()
    found: list[float] = []
    for figure in figures:
        middle = figure.when.middle
        if middle is None:
            found.append(round(next(free)))
            continue
        cell = round(middle / pixel / BESIDE)
        n, taken[cell] = taken[cell], taken[cell] + 1
        aside = (n + 1) // 2 * (1 if n % 2 else -1) * BESIDE * pixel
        found.append(round(min(max(middle + aside, domain[0]), domain[1])))
    return found


def _names_at_the_end(
    texts: Sequence[str], rows: Mapping[str, list[Row]], x: Row, y: Row, width: int
) -> dict[str, list[Row]]:
    """The latest words of each claimant in a column behind the figures, each led to by a line."""
    named = [(text, row) for text, row in zip(texts, rows["figures"], strict=True) if text]
    points = [_point(row, x, y, width) for _, row in named]
    left = width - max(style.width(text) for text, _ in named) - BESIDE
    middles = spread([down for _, down in points], HEIGHT)
    ends = [
        {"x2": value_at(x, left - 3, width), "y2": value_at(y, HEIGHT - middle, HEIGHT)}
        for middle in middles
    ]
    labels = [
        {"x": value_at(x, left, width), "y": end["y2"], "text": text, "claim": row["claim"]}
        for (text, row), end in zip(named, ends, strict=True)
    ]
    leads = [
        {**{name: row[name] for name in ("who", "key", "x", "y")}, **end}
        for (_, row), end in zip(named, ends, strict=True)
    ]
    return {"labels": labels, "leads": leads}


def _labels(
    texts: Sequence[str], rows: Mapping[str, list[Row]], x: Row, y: Row, width: int
) -> dict[str, list[Row]]:
    """The words of every figure beside it, where there is room."""
    points = [_point(row, x, y, width) for row in rows["figures"]]
    marks = [Box(left - 7, top - 7, left + 7, top + 7) for left, top in points]
    wanted = [(mark, style.width(text)) for mark, text in zip(marks, texts, strict=True)]
    taken = [*marks, *_bounds(rows, x, y, width)]
    thin = [
        box
        for name in ("steps", "spans", "ranges")
        for row in rows[name]
        for box in _along(row, x, y, width)
    ]
    found = place(wanted, taken, thin, width, HEIGHT)
    labels = [
        {
            "x": value_at(x, box.left, width),
            "y": value_at(y, HEIGHT - (box.top + box.bottom) / 2, HEIGHT),
            "text": text,
            "claim": row["claim"],
        }
        for text, row, box in zip(texts, rows["figures"], found, strict=True)
        if box is not None
    ]
    return {"labels": labels, "leads": []}


def _bounds(rows: Mapping[str, list[Row]], x: Row, y: Row, width: int) -> Iterator[Box]:
    """What bars and arrows take up."""
    for row in rows["bars"]:
        left, low = _point(row, x, y, width)
        high = HEIGHT - position(y, row["y2"], HEIGHT)
        yield Box(left - 7, high - 3, left + 7, low + 3)
    for row in rows["arrows"]:
        left, top = _point(row, x, y, width)
        across, down = (ARROW * part for part in WAYS[row["way"]])
        yield Box(
            min(left, left + across) - 5, min(top, top + down) - 5,
            max(left, left + across) + 5, max(top, top + down) + 5,
        )  # fmt: skip


def _along(row: Row, x: Row, y: Row, width: int) -> Iterator[Box]:
    """A line in small boxes, the sides of a range among them."""
    (left, top), ends = _point(row, x, y, width), ("x2", "y2")
    end = row | {name[0]: row[name] for name in ends if name in row}
    right, bottom = _point(end, x, y, width)
    if "step" not in row and "y2" in row:
        yield Box(left, min(top, bottom), right, max(top, bottom))
        return
    parts = int(max(abs(right - left), abs(bottom - top)) // 8) + 1
    for n in range(parts + 1):
        at, down = left + (right - left) * n / parts, top + (bottom - top) * n / parts
        yield Box(at - 3, down - 3, at + 3, down + 3)


def _point(row: Row, x: Row, y: Row, width: int) -> tuple[float, float]:
    return position(x, row["x"], width), HEIGHT - position(y, row["y"], HEIGHT)


def _texts(figures: Sequence[Figure]) -> list[str]:
    if len(figures) <= LABELLED:
        return [figure.words for figure in figures]
    in_time = sorted(range(len(figures)), key=lambda n: _time(figures[n]))
    last = {figures[n].who: n for n in in_time}
    shown = {last[who] for who, key in _called(figures).items() if who == key}
    return [
        one_line(f"{figure.who}: {figure.words}", 44) if n in shown else ""
        for n, figure in enumerate(figures)
    ]


def _parts(figure: Figure, x: float, domain: Sequence[float], width: int) -> list[tuple[str, Row]]:
    """A figure's bounds, the time it is about, and its open ends."""
    parts: list[tuple[str, Row]] = []
    (low, high), (start, end) = figure.much, figure.when
    pixel = (domain[1] - domain[0]) / width
    first, last = x if start is None else start, x if end is None else end
    if low is not None and high is not None and high > low:
        if figure.is_range:
            least = max(4 * pixel - (last - first) / 2, 0)
            ends = {"x": round(first - least), "x2": round(last + least)}
            parts.append(("ranges", {**ends, "y": low, "y2": high}))
        else:
            parts.append(("bars", {"x": x, "y": low, "y2": high}))
    y = figure.marks[-1][0]
    if last - first > DAY and not figure.is_range:
        parts.append(("spans", {"x": first, "x2": last, "y": y}))
    below, above = figure.marks[0][0], y
    ways = (("up", figure.open_above, x, above), ("down", figure.open_below, x, below),
            ("left", start is None and end is not None, x, y),
            ("right", end is None and start is not None, x, y))  # fmt: skip
    parts += [("arrows", {"x": at, "y": to, "way": way}) for way, open_, at, to in ways if open_]
    return parts


def _steps(figures: Sequence[Figure], places: Sequence[float], who: Mapping[str, str]) -> list[Row]:
    """From each figure to the one it updates, revises or repeats; never through a middle of a
    range, which nobody said."""
    before: dict[Any, tuple[float, float]] = {}
    rows = []
    for figure, x in zip(figures, places, strict=True):
        if figure.against or not figure.when.ends:
            continue
        own = (figure.who, str(sorted(figure.point.get("dimensions", {}).items())))
        step = figure.point.get("step")
        if figure.is_range:
            before.pop(own, None)
            continue
        here = (x, figure.marks[0][0])
        if step is not None and own in before:
            ends = dict(zip(("x", "y", "x2", "y2"), (*before[own], *here), strict=True))
            rows.append({"who": figure.who, "key": who[figure.who], **ends, "step": step})
        before[own] = here
    return rows


def _title(measure: Row, assumed: Row, width: int) -> Row:
    name = one_line(measure.get("name") or measure["id"], 160)
    told = ". ".join(_told(measure, assumed)) + "."
    return {
        "text": style.wrapped(name, width, 18),
        "subtitle": style.wrapped(told, width, 12.5, 4),
    }


def _told(measure: Row, assumed: Row) -> list[str]:
    """What the chart shows, and on which assumptions."""
    unit = one_line(measure.get("unit_label") or "", 60)
    counts = unit and measure.get("statistic", "count") == "count"
    told = [f"Number of {unit}" if counts else unit[:1].upper() + unit[1:]]
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


_BOUNDS = ("Hedged words are read by convention", "Bounds only as stated or entailed")
_READINGS = ("of ambiguous words, the preferred reading", "every reading of ambiguous words")


def _caption(chosen: list[Figure], found: list[Figure], unlabelled: int, total: int) -> str:
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
        (f"Labelled: the latest of each claimant, as there are more than {LABELLED} figures.",
         len(chosen) > LABELLED),
        (f"{_many(unlabelled, 'label')} left out for want of room.", unlabelled > 0),
    )  # fmt: skip
    told = [f"{_many(total, 'figure')}{of}.", *(text for text, true in signs if true)]
    return " ".join(told + _missing(chosen, found, total))


def _missing(chosen: list[Figure], found: list[Figure], total: int) -> list[str]:
    """What the chart does not show."""
    told = []
    numberless = [figure for figure in found if not figure.marks]
    if numberless:
        named = [_named(figure) for figure in numberless[:LISTED]]
        more = len(numberless) - LISTED
        tail = f" and {more:,} more" if more > 0 else ""
        told.append(f"Without a number: {', '.join(named)}{tail}.")
    rest = total - len(numberless) - len(chosen)
    if rest > 0:
        held = f"the latest {DRAWN}" if total == len(found) else f"{len(chosen)} of them"
        told.append(f"Not shown: {_many(rest, 'figure')}; the chart holds {held}.")
    return told


def _named(figure: Figure) -> str:
    when = next((end for end in dated(figure.point) if end), "undated")
    return f"{figure.words} ({one_line(figure.who, 30)}, {when})"


def _many(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def _below(lines: list[str], height: float) -> Row:
    """What is written under the picture."""
    mark = {"type": "text", "align": "left", "baseline": "top", "color": style.SOFT}
    where = {"x": {"value": 0}, "y": {"value": height + 54}, "text": {"value": lines}}
    return {"data": {"values": [{}]}, "mark": {**mark, "lineHeight": 16}, "encoding": where}
