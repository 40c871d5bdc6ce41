"""Scales and axes of a chart in Vega-Lite: where they begin and end, how their ticks are written.

Vega chooses the ticks of numbers; those of time are chosen here, as years before Christ have no
round numbers of their own (astronomical year 0 is 1 BC, ISO 8601).
"""

import math
from collections.abc import Iterator, Sequence

from app.render import style
from app.render.plain_text import one_line
from app.render.plot_rows import DAY, PlottedFigure
from app.render.style import Layer
from app.rules.edtf import calendar_day, day_number

HEIGHT = 400
ARROW, MARGIN = 44, 16
"""Pixels: an arrow (as nobody said how far, its length means nothing), and room to the edges."""
WAYS = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}
"""Where an arrow points, in pixels from its figure."""
LARGEST_RATIO = 200
"""Of the largest figure to the smallest, before the axis goes by powers of ten."""


def figures_axis(figures: Sequence[PlottedFigure], measure: Layer) -> Layer:
    """The encoding of the figures: their scale, and an axis in their unit."""
    kind, scale, axis = _figures_scale(*_extent(figures, measure), measure)
    unit = one_line(measure.get("unit_label") or "", 60)
    powers = " (logarithmic)" if scale["type"] == "log" else ""
    title = {
        "title": (unit + powers).strip() or None, "titleAngle": 0, "titleAnchor": "end",
        "titleAlign": "left", "titleBaseline": "bottom", "titleX": 0, "titleY": -10,
        "domain": False, "ticks": False,
    }  # fmt: skip
    return {"field": "y", "type": kind, "scale": scale, "axis": title | axis}


def _extent(figures: Sequence[PlottedFigure], measure: Layer) -> tuple[float, float, bool]:
    """From where to where the axis has to go, arrows and margins within; whether by powers."""
    ends = [end for one in figures for end in (*one.much.ends, one.value) if end is not None]
    low, high = min(ends), max(ends)
    powers = measure.get("statistic") != "date" and low > 0 and high / low > LARGEST_RATIO
    at = math.log10 if powers else float
    least = DAY if measure.get("statistic") == "date" else 1 if powers else abs(high) or 1
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        low, high = low - least / 2, high + least / 2
    pixel = (at(high) - at(low)) / (HEIGHT - 3 * MARGIN)
    tips = [at(one.marks[-1][0]) + ARROW * pixel for one in figures if one.open_above]
    tips += [at(one.marks[0][0]) - ARROW * pixel for one in figures if one.open_below]
    first, last = min([at(low), *tips]) - MARGIN * pixel, max([at(high), *tips]) + MARGIN * pixel
    if powers or measure.get("statistic") == "date":
        return first, last, powers
    first = 0 if 0 <= low < 0.4 * high else max(first, 0) if low >= 0 else first
    return first, min(last, 1) if _is_share(measure) and high <= 1 else last, False


def _is_share(measure: Layer) -> bool:
    return measure.get("statistic") == "share" and measure.get("unit") == "1"


def _figures_scale(
    low: float, high: float, powers: bool, measure: Layer
) -> tuple[str, Layer, Layer]:
    if measure.get("statistic") == "date":
        return "temporal", *_time(low, high)
    if powers:
        first, last = math.floor(low), math.ceil(high)
        ticks = [float(f"1e{n}") for n in range(first, last + 1, max(1, (last - first) // 8))]
        scale: Layer = {"type": "log", "domain": [ticks[0], float(f"1e{last}")], "nice": False}
        return "quantitative", scale, {"values": ticks, "labelExpr": NUMBER}
    share = _is_share(measure)
    step = round_step((high - low) / 5)
    ticks = [
        float(f"{n * step:.15g}") for n in range(math.floor(low / step), math.ceil(high / step) + 1)
    ]
    if share and high <= 1:
        ticks = [tick for tick in ticks if tick <= 1]
    scale = {
        "type": "linear",
        "domain": [ticks[0], max(ticks[-1], high)],
        "nice": False,
        "zero": False,
    }
    return "quantitative", scale, {"values": ticks, "labelExpr": SHARE if share else NUMBER}


def round_step(least: float) -> float:
    """The next of 1, 2, 5, 10 … that is not smaller."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(n * power for n in (1, 2, 5, 10) if n * power >= least * 0.999)


def position(scale: Layer, value: float, length: float) -> float:
    """How many pixels from its start a value stands on an axis of this length."""
    low, high = scale["domain"]
    if scale["type"] == "log":
        low, high, value = math.log10(low), math.log10(high), math.log10(value)
    return float((value - low) / (high - low) * length)


def value_at(scale: Layer, pixels: float, length: float) -> float:
    """Which value stands so many pixels from the start."""
    low, high = scale["domain"]
    if scale["type"] != "log":
        return float(low + pixels / length * (high - low))
    return float(low * (high / low) ** (pixels / length))


def time_axis(
    figures: Sequence[PlottedFigure], width: float, room: float = 0
) -> tuple[Layer, float | None]:
    """The encoding of time, and from when on the strip of the undated begins.

    At its end it leaves ``room`` for labels, in pixels.
    """
    ends = [end for one in figures for end in one.when.ends]
    undated = sum(not one.when.ends for one in figures)
    if not ends:
        nowhen: Layer = {"type": "utc", "domain": [0, DAY]}
        return {"field": "x", "type": "temporal", "scale": nowhen, "axis": None}, 0.0
    past = any(one.when.low is None and one.when.ends for one in figures)
    future = any(one.when.high is None and one.when.ends for one in figures)
    span = max(max(ends) - min(ends), DAY)
    low = min(ends) - span * (0.04 + 0.1 * past)
    high = max(ends) + span * (0.04 + 0.1 * future)
    scale, axis = _time(low, high, max(3, int((width - room) // 80)))
    high = scale["domain"][1] = low + (high - low) * width / (width - room)
    strip = high if undated else None
    if undated:
        share = min(0.18 + 0.03 * undated, 0.4)
        scale["domain"][1] = low + (high - low) / (1 - share)
    line = {"title": None, "grid": False, "domainColor": style.SOFT, "tickColor": style.SOFT}
    return {"field": "x", "type": "temporal", "scale": scale, "axis": line | axis}, strip


def _time(low: float, high: float, most: int = 9) -> tuple[Layer, Layer]:
    """A scale of time, its ticks at whole days, months or years."""
    step, ticks = next((s, t) for s, t in _calendars(low, high) if len(t) <= most)
    axis = {"values": ticks, "labelExpr": _LABELS[step], "labelOverlap": False}
    return {"type": "utc", "domain": [low, high], "nice": False}, axis


def _calendars(low: float, high: float) -> Iterator[tuple[str, list[float]]]:
    """Ticks in wider and wider steps."""
    first, last = math.ceil(low / DAY), math.floor(high / DAY)
    for size in (1, 2, 7, 14) if last - first < 200 else ():
        yield "day", [float(day * DAY) for day in range(first, last + 1) if (day + 3) % size == 0]
    start, end = calendar_day(first)[0], calendar_day(last)[0]
    for size in (1, 2, 3, 6) if end - start < 10 else ():
        months = ((year, m) for year in range(start, end + 1) for m in range(1, 13, size))
        yield "month", _within(low, high, months)
    for power in range(12):
        for size in (10**power, 2 * 10**power, 5 * 10**power):
            if (end - start) // size <= 40:
                rounds = range(start // size * size, end + size + 1, size)
                years = ((year if year > 0 else year + 1, 1) for year in rounds if year or size > 1)
                yield "year", _within(low, high, years)


def _within(low: float, high: float, months: Iterator[tuple[int, int]]) -> list[float]:
    found = [float(day_number(year, month, 1) * DAY) for year, month in months]
    return [at for at in found if low <= at <= high]


_AT = "utcyear(datum.value)"
_YEAR = f"({_AT} > 0 ? '' + {_AT} : (1 - {_AT}) + ' BC')"
_LABELS = {
    "day": f"[utcFormat(datum.value, '%-d %b'), datum.index == 0 ? {_YEAR} : '']",
    "month": f"[utcFormat(datum.value, '%b'),"
    f" datum.index == 0 || utcmonth(datum.value) == 0 ? {_YEAR} : '']",
    "year": _YEAR,
}
"""How ticks of time are written: the year where it begins, and at the first of them."""
LARGE = (("1e12", "trillion"), ("1e9", "billion"), ("1e6", "million"))
_LARGE = "".join(
    f"abs(datum.value) >= {power} ? format(datum.value / {power}, ',.9~g') + ' {word}' : "
    for power, word in LARGE
)
NUMBER = (
    "abs(datum.value) >= 1e18 || (datum.value != 0 && abs(datum.value) < 1e-6)"
    f" ? format(datum.value, '.4~e') : {_LARGE}format(datum.value, ',.9~f')"
)
SHARE = "format(datum.value, '.6~%')"
"""How ticks of numbers are written: in words where they are large."""
