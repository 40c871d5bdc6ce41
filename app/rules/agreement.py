"""Agreement of two figures: interval relations, reference times, what growth explains.

A figure that differs is not yet a contradiction: a running total grows, a month's count is not
the next month's, and a hedge may cover both. Only at the same reference time, or where a total
falls, do two figures exclude each other; where the times cannot be told apart, neither can this.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from app.rules.edtf import EVER, OPEN_FUTURE, OPEN_PAST
from app.rules.intervals import ANYTHING, Interval, hull
from app.rules.json_types import JsonObject

IntervalRelation = Literal[
    "equal", "overlaps", "contains", "within", "below", "above", "incomparable"
]
TimeOrder = Literal["earlier", "same", "later"]
SeriesStep = Literal["update", "revision", "repeat", "decrease", "unclear"]
ThreeValued = Literal["true", "false", "unclear"]
PairKind = Literal[
    "agreement", "growth", "other_time", "revision", "disagreement", "unclear", "incomparable"
]
CORRECTING = ("corrects", "revises", "supersedes", "retracts")
"""Relations that take the place of what they point to."""
DENIALS = ("deny", "retract")
"""Speech acts that say a figure is not so."""
NO_DIMENSIONS: Mapping[str, str] = MappingProxyType({})


class TimedFigure(NamedTuple):
    """What is compared: how far the figure reaches, and the days of its reference time."""

    reach: Interval
    time: Interval
    unit: str = ""
    dimensions: Mapping[str, str] = NO_DIMENSIONS
    numbers: tuple[Any, ...] = ()
    """What it was put in (value, lower, upper; or days), whether that counts as a bound or not."""


class Judgement(NamedTuple):
    """Do two figures disagree, and in which orders of their reference times would they?"""

    verdict: ThreeValued
    possible: frozenset[TimeOrder]
    excluding: frozenset[TimeOrder]


def relation(one: Interval, other: Interval) -> IntervalRelation:
    """How one interval lies to another; ``below`` and ``above`` where they share nothing."""
    if one.lo > one.hi or other.lo > other.hi:
        return "incomparable"
    if one == other:
        return "equal"
    if one.hi < other.lo:
        return "below"
    if one.lo > other.hi:
        return "above"
    if one.lo <= other.lo and one.hi >= other.hi:
        return "contains"
    if one.lo >= other.lo and one.hi <= other.hi:
        return "within"
    return "overlaps"


def common(figures: Iterable[Sequence[Interval]]) -> Interval | None:
    """From the lowest to the highest number that fits all figures; None where none does.

    A number fits a figure if it fits one of its candidates: between “100 or 200” there is nothing.
    """
    left: list[Interval] | None = None
    for candidates in figures:
        own = _apart(candidates)
        left = own if left is None else _overlaps(left, own)
    return hull(left) if left else None


def _overlaps(some: Iterable[Interval], others: Sequence[Interval]) -> list[Interval]:
    both = (Interval(max(a.lo, b.lo), min(a.hi, b.hi)) for a in some for b in others)
    return [one for one in both if one.lo <= one.hi]


def _apart(some: Iterable[Interval]) -> list[Interval]:
    """The same numbers in intervals that share none."""
    found: list[Interval] = []
    for one in sorted(one for one in some if one.lo <= one.hi):
        if found and one.lo <= found[-1].hi:
            found[-1] = hull([found[-1], one])
        else:
            found.append(one)
    return found


def same_figure(one: TimedFigure, other: TimedFigure) -> bool:
    """Do both say the same? Figures that reach alike may still name other numbers.

    Where no bound counts, as strictly of “about 5”, the numbers are all there is.
    """
    if one.reach != other.reach or one.reach in (ANYTHING, EVER):
        return one.reach == other.reach and one.numbers == other.numbers
    named = zip(one.numbers, other.numbers, strict=True)
    return all(a is None or b is None or a == b for a, b in named)


def unlike(one: TimedFigure, other: TimedFigure) -> list[str]:
    """What makes two figures incomparable: the dimensions in which both differ, or the unit."""
    found = ["unit"] if one.unit != other.unit else []
    both = one.dimensions.keys() & other.dimensions.keys()
    return found + sorted(n for n in both if one.dimensions[n] != other.dimensions[n])


def one_sided(one: TimedFigure, other: TimedFigure) -> list[str]:
    """The dimensions that only one of two figures has: they are compared all the same."""
    return sorted(one.dimensions.keys() ^ other.dimensions.keys())


def orders(one: Interval, other: Interval) -> frozenset[TimeOrder]:
    """How the first reference time may lie to the second.

    The same iff the bounds are equal, and known; later iff it starts after the other ends; where
    they overlap, all that the days allow.
    """
    if one == other and one.lo > OPEN_PAST and one.hi < OPEN_FUTURE:
        return frozenset({"same"})
    found: set[TimeOrder] = set()
    if one.lo < other.hi:
        found.add("earlier")
    if other.lo < one.hi:
        found.add("later")
    if one.lo <= other.hi and other.lo <= one.hi:
        found.add("same")
    return frozenset(found)


def judged(one: TimedFigure, other: TimedFigure, cumulative: bool) -> Judgement:
    """Whether two comparable figures disagree: in every order of their times, in none, or some."""
    possible = orders(one.time, other.time)
    excluding = frozenset(order for order in possible if _exclude(one, other, order, cumulative))
    verdict: ThreeValued = "unclear"
    if excluding == possible:
        verdict = "true"
    elif not excluding:
        verdict = "false"
    return Judgement(verdict, possible, excluding)


def _exclude(one: TimedFigure, other: TimedFigure, order: TimeOrder, cumulative: bool) -> bool:
    """Do they exclude each other if their times lie like this?"""
    if order == "same":
        return one.reach.hi < other.reach.lo or other.reach.hi < one.reach.lo
    if not cumulative:
        return False
    before, after = (one, other) if order == "earlier" else (other, one)
    return before.reach.lo > after.reach.hi


def denies(claim: JsonObject) -> bool:
    """Is the claim a denial: the figure is what is denied, or taken back?"""
    return claim.get("polarity") == "negative" or claim.get("speech_act") in DENIALS


def excused(judgement: Judgement) -> Judgement:
    """The same of a figure and what takes its place: to revise a figure is not to contradict it."""
    return judgement._replace(verdict="false")


def kind(
    one: TimedFigure, other: TimedFigure, judgement: Judgement, cumulative: bool, own: bool
) -> PairKind:
    """What two comparable figures are to each other; ``own``: of one claimant, or one relation."""
    if one.reach.hi >= other.reach.lo and other.reach.hi >= one.reach.lo:
        return "agreement"
    if not judgement.excluding:
        return "growth" if cumulative else "other_time"
    if judgement.excluding != judgement.possible:
        return "unclear"
    return "revision" if own else "disagreement"


RANKED: tuple[PairKind, ...] = (
    "unclear", "disagreement", "revision", "growth", "other_time", "agreement", "incomparable",
)  # fmt: skip


def folded_kind(kinds: Iterable[PairKind], verdict: ThreeValued) -> PairKind:
    """One name for all pairs of candidates: the one that is furthest from agreement."""
    seen = set(kinds)
    return "unclear" if verdict == "unclear" else min(seen, key=RANKED.index)


def replacements(edges: Iterable[tuple[str, str]], among: Iterable[str]) -> set[tuple[str, str]]:
    """Each claim with each that it takes the place of, directly or by way of others."""
    objects: dict[str, list[str]] = {}
    for claim, other in edges:
        objects.setdefault(claim, []).append(other)
    wanted = set(among)
    found: set[tuple[str, str]] = set()
    for start in wanted & objects.keys():
        seen, left = {start}, [start]
        while left:
            new = [one for one in objects.get(left.pop(), ()) if one not in seen]
            seen.update(new)
            left += new
        found |= {(start, one) for one in seen & wanted if one != start}
    return found


def folded(verdicts: Iterable[ThreeValued]) -> ThreeValued:
    """One verdict of all pairs of candidates: true iff all are, false iff all are."""
    seen = set(verdicts)
    return seen.pop() if len(seen) == 1 else "unclear"


def carried(figure: TimedFigure, at: Interval, cumulative: bool) -> Interval | None:
    """What a figure says of another time; None where it says nothing.

    About that time itself, all it says. A total that was surely counted before carries its lower
    bound forward, one surely counted later its upper bound backward.
    """
    if at.lo <= figure.time.lo and figure.time.hi <= at.hi:
        return figure.reach
    if not cumulative or figure.reach.lo > figure.reach.hi:
        return None
    if figure.time.hi < at.lo:
        return figure.reach._replace(hi=math.inf)
    if figure.time.lo > at.hi:
        return figure.reach._replace(lo=-math.inf)
    return None


def series_step(before: TimedFigure, after: TimedFigure, cumulative: bool) -> SeriesStep:
    """What a point of a series is to the point before it."""
    if same_figure(before, after):
        return "repeat"
    possible = orders(before.time, after.time)
    if possible == {"same"}:
        return "revision"
    if possible != {"earlier"}:
        return "unclear"
    return "decrease" if cumulative and before.reach.lo > after.reach.hi else "update"
