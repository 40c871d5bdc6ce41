"""Laws of totals: sums are exact, and the strict policy is never more certain."""

import math
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules.intervals import Interval
from app.rules.ratios import ExactBound, ExactInterval
from app.rules.totals import (
    CountedSlot,
    IntervalSum,
    nominal,
    overlapping,
    parts_and_whole,
    summed,
    voices,
)

always = settings(derandomize=True, database=None, deadline=None)
NUMBERS = st.decimals(0, 10**6, places=3).map(str)
COUNTS = ExactInterval(ExactBound(Fraction(0), True), ExactBound(None))
BASES = st.sampled_from(["stated", "convention"])


@st.composite
def figures(draw: st.DrawFn) -> dict[str, Any]:
    """One figure, with its bounds in order, and each perhaps missing."""
    lower, value, upper = sorted(draw(st.tuples(NUMBERS, NUMBERS, NUMBERS)), key=Fraction)
    whole = {"lower": lower, "value": value, "upper": upper}
    kept = draw(st.sets(st.sampled_from(sorted(whole)), min_size=1))
    bases = {"lower_basis": draw(BASES), "upper_basis": draw(BASES)}
    return {name: whole[name] for name in whole if name in kept} | bases


DAYS = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda pair: Interval(*sorted(pair)))
COUNTED = st.builds(
    CountedSlot,
    st.uuids().map(str), st.just(1), st.sampled_from("ab"), st.just("doc"), DAYS,
    st.lists(figures(), min_size=1, max_size=2),
)  # fmt: skip


def reach(found: Any) -> tuple[float, float]:
    """A sum's ends as numbers."""
    lower, upper = found.lower, found.upper
    return (
        -math.inf if lower is None else float(Fraction(lower[0])),
        math.inf if upper is None else float(Fraction(upper[0])),
    )


@always
@given(st.lists(COUNTED, max_size=6))
def test_the_strict_policy_is_never_more_certain(some: list[CountedSlot]) -> None:
    (low, high), (least, most) = (reach(summed(some, s, COUNTS)) for s in (False, True))
    assert least <= low <= high <= most


@always
@given(st.lists(NUMBERS, min_size=1))
def test_sums_are_exact(numbers: list[str]) -> None:
    some = [
        CountedSlot(str(n), 1, "a", "doc", Interval(0, 0), [{"value": x, "lower": x, "upper": x}])
        for n, x in enumerate(numbers)
    ]
    found = summed(some, False, COUNTS)
    total = sum(map(Fraction, numbers))
    assert found.nominal is not None
    assert found.lower is not None
    assert Fraction(found.nominal) == Fraction(found.lower[0]) == total


@always
@given(st.lists(COUNTED, max_size=6))
def test_where_periods_share_days_some_pair_is_named(some: list[CountedSlot]) -> None:
    """And where those of two voices do, a pair of two voices is."""
    shared = [
        (a, b)
        for n, a in enumerate(some)
        for b in some[:n]
        if a.time.lo <= b.time.hi and b.time.lo <= a.time.hi
    ]
    found = overlapping(some)
    assert bool(found) == bool(shared)
    two = [pair for pair in shared if pair[0].voice != pair[1].voice]
    assert bool(two) == any(a.voice != b.voice for a, b in found)


def counted(voice: str, *figures: dict[str, Any]) -> CountedSlot:
    return CountedSlot(f"c-{voice}", 1, voice, "paper", Interval(0, 9), list(figures))


SOFT = {"lower": "2", "value": "3", "upper": "5", "lower_basis": "stated",
        "upper_basis": "convention"}  # fmt: skip
CANDIDATES = ({"value": "4", "lower": "4", "upper": "4"}, {"value": "6", "lower": "6"} | {
    "upper": "6", "upper_inclusive": False,
})  # fmt: skip
LIMITED = ExactInterval(ExactBound(Fraction(0), True), ExactBound(Fraction(100), True))


def test_a_sum_reaches_from_the_lowest_to_the_highest_of_each_slot() -> None:
    soft, either = counted("ann", SOFT), counted("bo", *CANDIDATES)
    assert summed([soft, either], False, COUNTS) == IntervalSum(("6", True), ("11", False), "3", 1)
    assert summed([either], False, COUNTS) == IntervalSum(("4", True), ("6", False), None, 1)
    swapped = counted("bo", *reversed(CANDIDATES))
    assert summed([soft, swapped], False, COUNTS) == summed([soft, either], False, COUNTS)
    beside = [
        {"lower": "4", "upper": "6", f"{side}_inclusive": False} for side in ("lower", "upper")
    ]
    found = summed([counted("ann", *beside)], False, COUNTS)
    assert found == IntervalSum(("4", True), ("6", True), None, 1)


def test_an_end_that_a_figure_has_not_is_that_of_the_domain() -> None:
    least, most = counted("ann", {"lower": "1"}), counted("bo", {"upper": "9", "value": "8"})
    assert summed([least, most], False, COUNTS) == IntervalSum(("1", True), None, "8", 1)
    found = summed([least, most], False, LIMITED)
    assert found == IntervalSum(("1", True), ("109", True), "8", 1)
    strict = summed([counted("ann", SOFT)], True, LIMITED)
    assert strict == IntervalSum(("2", True), ("100", True), "3", 0)


def test_periods_are_held_against_each_other_in_the_order_of_their_days() -> None:
    late = counted("ann", {"value": "1"})._replace(claim="a", time=Interval(5, 9))
    early = counted("bo", {"value": "1"})._replace(claim="b", time=Interval(0, 6))
    after = counted("bo", {"value": "1"})._replace(claim="c", time=Interval(10, 12))
    assert overlapping([late, after, early]) == [(early, late)]
    # Each is held against the first of those that reach furthest.
    again, last = late._replace(claim="d"), late._replace(claim="e")
    assert overlapping([last, again, late]) == [(late, again), (late, last)]
    of_another_kind = early._replace(figures=[{"value": "1", "dimensions": {"mm": "152"}}])
    assert overlapping([late, after, of_another_kind]) == []


def test_periods_are_of_one_kind_where_dimensions_are_equal_however_they_are_written() -> None:
    def of_size(claim: str, mm: int | str) -> CountedSlot:
        return counted("ann", {"value": "1", "dimensions": {"mm": mm, "kind": "he"}})._replace(
            claim=claim
        )

    sizes = [of_size("a", 152), of_size("b", "152.0"), of_size("c", "1.52e2"), of_size("d", 122)]
    one, other, third, _ = sizes
    assert overlapping(sizes) == [(one, other), (one, third)]


def test_a_slot_without_a_figure_has_nothing_to_add() -> None:
    assert counted("ann", {"absence": "withheld"}).missing
    assert not counted("ann", {"absence": "withheld"}, {"value": "1"}).missing


def test_a_value_was_named_where_all_candidates_name_the_same() -> None:
    assert nominal(counted("ann", {"value": "2.50"})) == Fraction(5, 2)
    assert nominal(counted("ann", {"value": "2.50"}, {"value": "2.5"})) == Fraction(5, 2)
    assert nominal(counted("ann", {"value": "2"}, {"value": "3"})) is None
    assert nominal(counted("ann", {"value": "2"}, {"lower": "2"})) is None
    assert nominal(counted("ann", {"lower": "2"})) is None
    assert nominal(counted("ann", {"value": "2"}, {"value": "2", "absence": "withheld"})) is None


def test_who_speaks_and_where_is_told_once_each() -> None:
    some = [counted(voice, {"value": "1"}) for voice in ("bo", "ann", "bo")]
    assert voices(some) == (["ann", "bo"], ["paper"])


def test_a_part_beside_a_whole_is_seen_by_its_dimensions() -> None:
    part = counted("ann", {"value": "1", "dimensions": {"mm": "152"}})
    whole = counted("bo", {"value": "2"})
    assert parts_and_whole([part, whole])
    assert not parts_and_whole([part, part])


def test_one_of_two_alternatives_may_count_what_either_of_them_counts() -> None:
    """And is named once with each that it shares days with."""
    small, large = ({"dimensions": {"mm": mm}} for mm in (122, 152))
    either, other, plain = counted("a", large, small), counted("b", small), counted("c", large)
    assert overlapping([either, other]) == [(either, other)]
    assert overlapping([other, plain]) == []
    both = counted("d", large, small, {"dimensions": {"mm": "152.0"}})
    assert overlapping([other, plain, both]) == [(plain, both), (other, both)]
    assert overlapping([either, both]) == [(either, both)]
