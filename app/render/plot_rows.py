"""Plot rows: the figures of a series as they are drawn: when, how much, and in what words.

Times are milliseconds since 1970, as JavaScript counts them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from app.render import style
from app.rules import group_keys
from app.rules.edtf import day_number
from app.rules.json_types import JsonObject

NOBODY = "(no claimant named)"
DAY = 86_400_000
FARTHEST = 10**8
"""JavaScript knows no day farther than this from 1970; a bound beyond is drawn as open."""
_DATE = re.compile(r"([+-]?\d{4,12})-(\d\d)-(\d\d)")


class Extent(NamedTuple):
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
class Figure:
    """One figure: whose, when, how much, in which words."""

    point: JsonObject
    who: str
    against: bool
    when: Extent
    much: Extent
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
        first = f"“{style.shown(point['raw_text'], 40)}”" if point.get("raw_text") else said(point)
        apart = [
            f"{name.replace('_', ' ')}: {value}"
            for name, value in sorted(point.get("dimensions", {}).items())
        ]
        if point.get("reading", "A") != "A":
            apart.append(f"reading {point['reading']}")
        return f"{first} {style.shown(', '.join(apart), 60)}" if apart else first

    @property
    def told(self) -> str:
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
    hedge = point.get("hedge", "none").replace("_", " ")
    known = point.get("value") or point.get("date")
    if known is None:
        known = "–".join(grouped(point[end]) for end in ("lower", "upper") if point.get(end))
    else:
        known = grouped(str(known))
    return known if hedge in ("none", "exact", "between") else f"{hedge} {known}".strip()


def grouped(figure: str) -> str:
    """An exact decimal with separators between thousands."""
    sign, digits = ("-", figure[1:]) if figure.startswith("-") else ("", figure)
    whole, dot, rest = digits.partition(".")
    if not whole.isdecimal() or len(digits) > 24:
        return style.shown(figure, 24)
    return f"{sign}{int(whole):,}{dot}{rest}"


def moment(date: str | None, after: int = 0) -> float | None:
    """The start of a day, or of one after; None: there is none, or it cannot be drawn."""
    found = _DATE.match(date or "")
    if not found:
        return None
    day = day_number(*(int(part) for part in found.groups())) + after
    return None if abs(day) > FARTHEST else float(day * DAY)


def of_series(series: JsonObject, names: dict[str, str]) -> list[Figure]:
    """Every figure of a series, group by group, then what stands against."""
    called = _called(series, names)
    return [
        _figure(point, called[point.get("claimant")], against) for point, against in _points(series)
    ]


def _points(series: JsonObject) -> Iterator[tuple[JsonObject, bool]]:
    for group in series["groups"]:
        for point in group["points"]:
            yield {**point, "claimant": group["group"]}, False
    for point in series.get("against", ()):
        yield point, True


def _called(series: JsonObject, names: dict[str, str]) -> dict[str | None, str]:
    """What to call each claimant; two of one name are told apart by their ids."""
    ids = dict.fromkeys(point.get("claimant") for point, _ in _points(series))
    found = {id: NOBODY if id is None else _named(id, names) for id in ids}
    taken = list(found.values())
    return {
        id: f"{name} ({style.shown(id, 30)})" if id is not None and taken.count(name) > 1 else name
        for id, name in found.items()
    }


def _named(id: str, names: dict[str, str]) -> str:
    """A claimant's name; of those who speak together, all."""
    return " and ".join(style.named(one, names) for one in group_keys.read(id).sources)


def _figure(point: JsonObject, who: str, against: bool) -> Figure:
    plot = point["plot"]
    when = Extent(moment(plot.get("from")), moment(plot.get("to"), 1))
    value = plot.get("value")
    if isinstance(plot.get("lower") or plot.get("upper"), str):
        much = Extent(moment(plot["lower"]), moment(plot["upper"], 1))
        value = much.low if plot["lower"] == plot["upper"] else None
    else:
        much = Extent(plot.get("lower"), plot.get("upper"))
    below = bool(plot.get("open_below")) and (much.high is not None or value is not None)
    above = bool(plot.get("open_above")) and (much.low is not None or value is not None)
    return Figure(point, who, against, when, much, value, below, above)
