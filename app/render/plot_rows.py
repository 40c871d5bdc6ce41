"""Plot rows: the figures of a series as they are drawn: when, how much, and in what words.

Times are milliseconds since 1970, as JavaScript counts them.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.render import figure_words, style
from app.render.plain_text import one_line, shortened
from app.render.style import Layer
from app.rules import group_keys
from app.rules.edtf import day_number
from app.rules.hedge_words import english
from app.rules.json_types import JsonObject
from app.rules.numbers import canonical_values

NOBODY = "(no claimant named)"
DAY = 86_400_000
FARTHEST = 10**8
"""JavaScript knows no day farther than this from 1970; a bound beyond is drawn as open."""
_DATE = re.compile(r"([+-]?\d{4,12})-(\d\d)-(\d\d)")
MAX_DRAWN, MAX_COLOURED, MAX_LABELLED = 300, len(style.COLOURS) + 1, 30
"""How many figures are drawn, claimants told apart, and figures labelled each; of more, the latest
of each claimant is, with its name."""
MARK_SPACING_PX = 11
"""Pixels between figures of one time."""


class PlotExtent(NamedTuple):
    """From where to where; None: no bound is known on that side."""

    low: float | None
    high: float | None

    @property
    def ends(self) -> list[float]:
        """The bounds that are known."""
        return [end for end in self if end is not None]

    @property
    def middle(self) -> float | None:
        """Half-way, or the only end there is: a place on the paper, nothing that was said."""
        return sum(self.ends) / len(self.ends) if self.ends else None


@dataclass(frozen=True)
class PlottedFigure:
    """One figure: whose, when, how much, in which words."""

    point: JsonObject
    who: str
    against: bool
    is_alternative: bool
    """Does its source say this or something else?"""
    when: PlotExtent
    much: PlotExtent
    value: float | None
    open_below: bool
    open_above: bool

    @property
    def is_range(self) -> bool:
        """Two bounds and no figure between them."""
        return self.value is None and len(self.much.ends) == 2

    @property
    def marks(self) -> list[tuple[float, bool]]:
        """Where its marks stand, and whether the figure itself is excluded there.

        At the figure that was named; where only bounds were, at each of them.
        """
        low, high = (self.point.get(f"{side}_inclusive", True) for side in ("lower", "upper"))
        ends = [(self.much.low, not low), (self.much.high, not high)]
        if self.value is not None:
            return [(self.value, any(end == self.value and out for end, out in ends))]
        return [(end, out) for end, out in ends if end is not None]

    @property
    def words(self) -> str:
        """The label: the figure as printed, and what sets it apart."""
        point = self.point
        first = f"“{one_line(point['raw_text'], 40)}”" if point.get("raw_text") else said(point)
        apart = [
            f"{name.replace('_', ' ')}: {value}"
            for name, value in sorted(point.get("dimensions", {}).items())
        ]
        if self.is_alternative:
            apart.append(f"alternative {point['alternative']}")
        if point.get("reading", "A") != "A":
            apart.append(f"reading {point['reading']}")
        return f"{first} {one_line(', '.join(apart), 60)}" if apart else first

    @property
    def description(self) -> str:
        """The figure in a sentence, for those who hear the picture."""
        side = "against: " if self.against else ""
        at = " to ".join(dict.fromkeys(end or "open" for end in dated(self.point))) or "undated"
        return f"{side}{self.who}, {at}: {self.words}; claim {self.point['claim']}"


def dated(point: JsonObject) -> tuple[str, ...]:
    """The ends of a figure's time as they are written; none where neither is known."""
    when = point["plot"]
    ends = (when.get("from"), when.get("to"))
    return ends if any(ends) else ()


def said(point: JsonObject) -> str:
    """The words of a figure that came without any."""
    if "absence" in point:
        return figure_words.ABSENT[point["absence"]]
    hedge = point.get("hedge", "none")
    known = point.get("value") or point.get("date")
    if known is None:
        known = "–".join(shortened(point[end]) for end in ("lower", "upper") if point.get(end))
    else:
        known = shortened(str(known))
    if hedge in ("none", "exact", "between"):
        return known
    return f"{english(hedge)} {known}{figure_words.usually(point)}".strip()


def moment(date: str | None, after: int = 0) -> float | None:
    """The start of a day, or of one after; None: there is none, or it cannot be drawn."""
    found = _DATE.match(date or "")
    if not found:
        return None
    day = day_number(*(int(part) for part in found.groups())) + after
    return None if abs(day) > FARTHEST else float(day * DAY)


def of_series(series: JsonObject, names: dict[str, str]) -> list[PlottedFigure]:
    """Every figure of a series, group by group, then what stands against."""
    called = _names(series, names)
    places: dict[str, set[tuple[int, int]]] = {}
    for point, _ in _points(series):
        places.setdefault(point["claim"], set()).add(figure_words.place(point))
    return [
        _figure(
            point, called[point.get("claimant")], against,
            _is_alternative(point, places[point["claim"]]),
        )
        for point, against in _points(series)
    ]  # fmt: skip


def _is_alternative(point: JsonObject, places: set[tuple[int, int]]) -> bool:
    """Whether it is one of several figures of its slot, of which a filter may have left one."""
    slot, alternative = figure_words.place(point)
    others = sum(one[0] == slot for one in places) > 1 or all(one[0] == slot for one in places)
    return point.get("alternative_mode", "single") != "single" and (others or alternative > 1)


def _points(series: JsonObject) -> Iterator[tuple[JsonObject, bool]]:
    for side in ("groups", "against"):
        for group in series.get(side, ()):
            for point in group["points"]:
                yield {**point, "claimant": group["group"]}, side == "against"


def _names(series: JsonObject, names: dict[str, str]) -> dict[str | None, str]:
    """What to call each claimant; two of one name are told apart by their ids."""
    ids = dict.fromkeys(point.get("claimant") for point, _ in _points(series))
    found = {id: NOBODY if id is None else _named(id, names) for id in ids}
    taken = list(found.values())
    return {
        id: f"{name} ({one_line(id, 30)})" if id is not None and taken.count(name) > 1 else name
        for id, name in found.items()
    }


def _named(id: str, names: dict[str, str]) -> str:
    """A claimant's name; of those who speak together, all."""
    return " and ".join(style.named(one, names) for one in group_keys.read(id).sources)


def _figure(point: JsonObject, who: str, against: bool, is_alternative: bool) -> PlottedFigure:
    plot = point["plot"]
    when = PlotExtent(moment(plot.get("from")), moment(plot.get("to"), 1))
    value = plot.get("value")
    if isinstance(plot.get("lower") or plot.get("upper"), str):
        much = PlotExtent(moment(plot["lower"]), moment(plot["upper"], 1))
        value = much.low if plot["lower"] == plot["upper"] else None
    else:
        much = PlotExtent(plot.get("lower"), plot.get("upper"))
    if "absence" in point:  # it may be anything that its measure can be: there is nothing to draw
        much, value = PlotExtent(None, None), None
    below = bool(plot.get("open_below")) and (much.high is not None or value is not None)
    above = bool(plot.get("open_above")) and (much.low is not None or value is not None)
    return PlottedFigure(point, who, against, is_alternative, when, much, value, below, above)


def of_one_unit(
    figures: Sequence[PlottedFigure], usual: str
) -> tuple[str, list[PlottedFigure], list[PlottedFigure]]:
    """The unit of the axis, the figures in it, and the others.

    That of the measure, ``usual``, where any figure is in it; else the first there is.
    """
    found = [one.point.get("unit", usual) for one in figures]
    unit = found[0] if found and usual not in found else usual
    of = list(zip(figures, found, strict=True))
    return unit, [one for one, own in of if own == unit], [one for one, own in of if own != unit]


def latest(figures: list[PlottedFigure]) -> list[PlottedFigure]:
    """The latest, in the order they came; the undated are not late."""
    if len(figures) <= MAX_DRAWN:
        return figures
    times = [_time(figure) for figure in figures]
    least = sorted(times, reverse=True)[MAX_DRAWN - 1]
    return [f for f, at in zip(figures, times, strict=True) if at >= least][:MAX_DRAWN]


def _time(figure: PlottedFigure, unknown: float = -math.inf) -> float:
    middle = figure.when.middle
    return unknown if middle is None else middle


def legend_keys(figures: Sequence[PlottedFigure]) -> dict[str, str]:
    """Each claimant's key, who spoke first first: itself, or one of many others."""
    who = list(
        dict.fromkeys(one.who for one in sorted(figures, key=lambda one: _time(one, math.inf)))
    )
    if len(who) <= MAX_COLOURED:
        return {one: one for one in who}
    others = f"{len(who) - MAX_COLOURED + 1:,} others"
    return {one: one if n < MAX_COLOURED - 1 else others for n, one in enumerate(who)}


def labels(figures: Sequence[PlottedFigure]) -> list[str]:
    """The words of each figure; of many, those of the latest of each claimant, with its name."""
    if len(figures) <= MAX_LABELLED:
        return [figure.words for figure in figures]
    in_time = sorted(range(len(figures)), key=lambda n: _time(figures[n]))
    last = {figures[n].who: n for n in in_time}
    shown = {last[who] for who, key in legend_keys(figures).items() if who == key}
    return [
        one_line(f"{figure.who}: {figure.words}", 44) if n in shown else ""
        for n, figure in enumerate(figures)
    ]


def tables(
    figures: Sequence[PlottedFigure],
    who: Mapping[str, str],
    domain: Sequence[float],
    strip: float | None,
    width: int,
) -> dict[str, list[Layer]]:
    """Everything that the layers show, each kind a table."""
    places = _places(figures, domain, strip, width)
    tables: dict[str, list[Layer]] = {
        name: [] for name in ("figures", "bars", "ranges", "spans", "arrows", "steps")
    }
    for figure, x in zip(figures, places, strict=True):
        own = {"who": figure.who, "key": who[figure.who], "claim": figure.point["claim"],
               "against": figure.against}  # fmt: skip
        for name, row in _mark_rows(figure, x, domain, width):
            tables[name].append({**own, **row})
        y, excluded = figure.marks[-1]
        told = {"hollow": excluded, "range": figure.is_range, "told": figure.description}
        tables["figures"].append({**own, "x": x, "y": y, **told})
    tables["steps"] = _steps(figures, places, who)
    return tables


def _places(
    figures: Sequence[PlottedFigure], domain: Sequence[float], strip: float | None, width: int
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
        cell = round(middle / pixel / MARK_SPACING_PX)
        n, taken[cell] = taken[cell], taken[cell] + 1
        aside = (n + 1) // 2 * (1 if n % 2 else -1) * MARK_SPACING_PX * pixel
        found.append(round(min(max(middle + aside, domain[0]), domain[1])))
    return found


def _mark_rows(
    figure: PlottedFigure, x: float, domain: Sequence[float], width: int
) -> list[tuple[str, Layer]]:
    """A figure's bounds, the time it is about, and its open ends."""
    parts: list[tuple[str, Layer]] = []
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


def _steps(
    figures: Sequence[PlottedFigure], places: Sequence[float], who: Mapping[str, str]
) -> list[Layer]:
    """From each figure to the one it updates, revises or repeats; never through a middle of a
    range, which nobody said."""
    before: dict[Any, tuple[float, float]] = {}
    rows = []
    for figure, x in zip(figures, places, strict=True):
        if figure.against or not figure.when.ends:
            continue
        point, step = figure.point, figure.point.get("step")
        alike = (point.get(name) for name in ("unit", "alternative", "reading"))
        own = (figure.who, *alike, str(canonical_values(point.get("dimensions", {}))))
        if figure.is_range:
            before.pop(own, None)
            continue
        here = (x, figure.marks[0][0])
        if step is not None and own in before:
            ends = dict(zip(("x", "y", "x2", "y2"), (*before[own], *here), strict=True))
            rows.append({"who": figure.who, "key": who[figure.who], **ends, "step": step})
        before[own] = here
    return rows
