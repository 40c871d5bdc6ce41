"""Totals: the sum of what was counted in each period, as an exact interval [Σ lower, Σ upper].

Only what happened in a period adds up, and only if nobody counts it twice: a total is of one voice,
what was corrected is left out, and figures whose periods overlap are named.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import reduce
from typing import Any, NamedTuple

from app.rules import ratios
from app.rules.intervals import Interval
from app.rules.json_types import JsonObject
from app.rules.numbers import canonical_values, decimals, exact, plain, plus
from app.rules.ratios import ExactBound, ExactInterval

GroupKey = tuple[str | None, ...]


class CountedSlot(NamedTuple):
    """One slot of a claim: whose it is, the days it counts, and its considered candidates."""

    claim: str
    slot: int
    voice: str
    document: str
    time: Interval
    figures: list[JsonObject]
    in_part: bool = False
    """Has the source named alternatives that are not among the candidates?"""

    @property
    def missing(self) -> bool:
        """Is there no figure to add?"""
        return all("absence" in one for one in self.figures)


class IntervalSum(NamedTuple):
    """The sum of some figures; an end at None is open."""

    lower: tuple[str, bool] | None
    upper: tuple[str, bool] | None
    nominal: str | None
    without_nominal: int


def summed(some: Sequence[CountedSlot], strict: bool, domain: ExactInterval) -> IntervalSum:
    """All of them together; of a slot with several candidates, the hull."""
    reaches = [_hull([_clipped(f, strict, domain) for f in one.figures]) for one in some]
    named = [value for one in some if (value := nominal(one)) is not None]
    return IntervalSum(
        _side([reach.lo for reach in reaches]),
        _side([reach.hi for reach in reaches]),
        plain(reduce(plus, named, Decimal(0))) if named else None,
        len(some) - len(named),
    )


def _clipped(figure: JsonObject, strict: bool, domain: ExactInterval) -> ExactInterval:
    """The exact interval of a figure; where it has no bound, that of the measure's domain."""
    found = ratios.reach(figure, strict)
    lo = domain.lo if found.lo.at is None else found.lo
    return ExactInterval(lo, domain.hi if found.hi.at is None else found.hi)


def _hull(some: list[ExactInterval]) -> ExactInterval:
    """From the lowest to the highest of them; an end that one of them has inclusive is so."""
    lows, highs = [one.lo for one in some], [one.hi for one in some]
    return ExactInterval(_furthest(lows, -1), _furthest(highs, 1))


def _furthest(ends: list[ExactBound], sign: int) -> ExactBound:
    known = [(sign * end.at, end.inclusive, end) for end in ends if end.at is not None]
    return max(known)[2] if len(known) == len(ends) else ratios.OPEN


def _side(ends: list[ExactBound]) -> tuple[str, bool] | None:
    known = [decimals(end.at)[0] for end in ends if end.at is not None]
    if len(known) < len(ends):
        return None
    return plain(reduce(plus, known, Decimal(0))), all(end.inclusive for end in ends)


def nominal(one: CountedSlot) -> Decimal | None:
    """The value that was named, where all candidates name the same, and none says why not."""
    named = {
        exact(f["value"]) if "value" in f and "absence" not in f else None for f in one.figures
    }
    return named.pop() if len(named) == 1 else None


def voices(some: Iterable[CountedSlot]) -> tuple[list[str], list[str]]:
    """Who speaks, and in which documents."""
    every = list(some)
    return sorted({one.voice for one in every}), sorted({one.document for one in every})


def overlapping(some: Iterable[CountedSlot]) -> list[tuple[CountedSlot, CountedSlot]]:
    """Each figure whose period shares days with that of one before it, and may count the same.

    Those that differ in a dimension count different things. Linear but for the sorting: each is
    held against the one that reaches furthest.
    """
    found: list[tuple[CountedSlot, CountedSlot]] = []
    furthest: dict[tuple[Any, ...], CountedSlot] = {}
    for one in sorted(some, key=lambda one: (one.time.lo, one.time.hi, one.claim, one.slot)):
        kinds = list(dict.fromkeys(map(_kind, one.figures)))
        near = {id(before): before for kind in kinds if (before := furthest.get(kind))}
        found += [(before, one) for before in near.values() if one.time.lo <= before.time.hi]
        for kind in kinds:
            if kind not in furthest or one.time.hi > furthest[kind].time.hi:
                furthest[kind] = one
    return found


def _kind(figure: JsonObject) -> tuple[Any, ...]:
    return tuple(canonical_values(figure.get("dimensions", {})).items())


def parts_and_whole(some: Iterable[CountedSlot]) -> bool:
    """Have only some of them a dimension? Then one may be the whole of which others are parts."""
    return len({frozenset(one.figures[0].get("dimensions", {})) for one in some}) > 1
