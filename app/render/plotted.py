"""Figures of a series as they are to be drawn: where, how far, and in what words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.render import look
from app.render.axes import DAY, moment
from app.rules import voices

NOBODY = "(no claimant named)"
Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Extent:
    """From where to where; None: no bound is known on that side."""

    low: float | None
    high: float | None

    @property
    def middle(self) -> float | None:
        """Half-way, or the only end there is."""
        ends = [end for end in (self.low, self.high) if end is not None]
        return sum(ends) / len(ends) if ends else None


@dataclass(frozen=True)
class Figure:
    """One figure: whose, when, how much, in which words."""

    point: Fields
    who: str
    against: bool
    when: Extent
    much: Extent
    value: float | None
    open_below: bool
    open_above: bool

    @property
    def marks(self) -> list[tuple[float, bool]]:
        """Where its mark stands, and whether the figure itself is excluded there.

        At the figure that was named; where only bounds were, at each of them.
        """
        low, high = (self.point.get(f"{side}_inclusive", True) for side in ("lower", "upper"))
        ends = [(self.much.low, not low), (self.much.high, not high)]
        if self.value is not None:
            return [(self.value, any(end == self.value and out for end, out in ends))]
        return [(end, out) for end, out in ends if end is not None]

    @property
    def height(self) -> float | None:
        """Where lines and labels meet it."""
        return self.value if self.value is not None else self.much.middle

    @property
    def words(self) -> list[str]:
        """The label: the figure as printed; below it what sets it apart."""
        point = self.point
        first = f"“{look.shown(point['raw_text'], 40)}”" if point.get("raw_text") else spoken(point)
        apart = [
            f"{name.replace('_', ' ')}: {value}"
            for name, value in sorted(point.get("dimensions", {}).items())
        ]
        if point.get("reading", "A") != "A":
            apart.append(f"reading {point['reading']}")
        return [first, *look.wrapped(look.shown(", ".join(apart), 80), 190)] if apart else [first]

    @property
    def told(self) -> str:
        """The figure in a sentence, for those who hear the picture."""
        side = "against: " if self.against else ""
        at = " to ".join(dict.fromkeys(end or "open" for end in dated(self.point))) or "undated"
        return f"{side}{self.who}, {at}: {', '.join(self.words)}; claim {self.point['claim']}"


def dated(point: Fields) -> tuple[str, ...]:
    """The ends of a figure's time as they are written; none where neither is known."""
    when = point["plot"]
    ends = (when.get("from"), when.get("to"))
    return ends if any(ends) else ()


def spoken(point: Fields) -> str:
    """The words of a figure that came without any."""
    hedge = point.get("hedge", "none").replace("_", " ")
    named = point.get("value") or point.get("date")
    if named is None:
        named = "–".join(grouped(point[end]) for end in ("lower", "upper") if point.get(end))
    known = grouped(str(named))
    return known if hedge in ("none", "exact", "between") else f"{hedge} {known}".strip()


def grouped(figure: str) -> str:
    """An exact decimal with separators between thousands."""
    sign, digits = ("-", figure[1:]) if figure.startswith("-") else ("", figure)
    whole, dot, rest = digits.partition(".")
    if not whole.isdecimal() or len(digits) > 24:
        return look.shown(figure, 24)
    return f"{sign}{int(whole):,}{dot}{rest}"


def of_series(series: Fields, names: dict[str, str]) -> list[Figure]:
    """Every figure of a series, group by group, then what stands against."""
    called = _called(series, names)
    return [
        _figure(point, called[point.get("claimant")], against) for point, against in _points(series)
    ]


def _points(series: Fields) -> Iterator[tuple[Fields, bool]]:
    for group in series["groups"]:
        for point in group["points"]:
            yield {**point, "claimant": group["group"]}, False
    for point in series.get("against", ()):
        yield point, True


def _called(series: Fields, names: dict[str, str]) -> dict[str | None, str]:
    """What to call each claimant; two of one name are told apart by their ids."""
    ids = dict.fromkeys(point.get("claimant") for point, _ in _points(series))
    found = {id: NOBODY if id is None else _named(id, names) for id in ids}
    taken = list(found.values())
    return {
        id: f"{name} ({look.shown(id, 30)})" if id is not None and taken.count(name) > 1 else name
        for id, name in found.items()
    }


def _named(id: str, names: dict[str, str]) -> str:
    """A claimant's name; of those who speak together, all."""
    return " and ".join(look.named(one, names) for one in voices.read(id).sources)


def _figure(point: Fields, who: str, against: bool) -> Figure:
    plot = point["plot"]
    when = Extent(moment(plot.get("from")), _end(plot.get("to")))
    if isinstance(plot.get("lower") or plot.get("upper"), str):
        much = Extent(moment(plot["lower"]), _end(plot["upper"]))
        value = much.middle if None not in (much.low, much.high) else None
    else:
        much, value = Extent(plot.get("lower"), plot.get("upper")), plot.get("value")
    below = bool(plot.get("open_below")) and (much.high is not None or value is not None)
    above = bool(plot.get("open_above")) and (much.low is not None or value is not None)
    return Figure(point, who, against, when, much, value, below, above)


def _end(date: str | None) -> float | None:
    """The end of a day."""
    start = moment(date)
    return None if start is None else start + DAY
