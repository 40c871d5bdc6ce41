"""Laws of ratios: bounds hold every exact ratio of two numbers that the figures allow."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.rules import ratios
from app.rules.ratios import ANYTHING, OPEN, ExactBound, ExactInterval

always = settings(derandomize=True, database=None, deadline=None)

WHOLE = st.integers(-6, 6)
DECIMALS = st.decimals("-1e6", "1e6", places=3, allow_nan=False)
TEXTS = WHOLE.map(str) | DECIMALS.map(str) | st.sampled_from(["1e-300", "1e300", "-1e300"])
PARTS = st.fractions(0, 1, max_denominator=7)


def figures() -> st.SearchStrategy[dict[str, Any]]:
    """Coherent figures as they are stored: bounds that may be open, exclusive, or convention."""
    return st.builds(
        figure,
        st.lists(TEXTS, min_size=3, max_size=3).map(lambda some: sorted(some, key=Fraction)),
        st.tuples(*[st.booleans()] * 5),
        st.tuples(*[st.sampled_from(["stated", "convention"])] * 2),
    )


def figure(ends: list[str], kept: tuple[bool, ...], basis: tuple[str, str]) -> dict[str, Any]:
    lower, value, upper = ends
    made: dict[str, Any] = {"value": value} if kept[0] else {}
    if kept[1]:
        made |= {"lower": lower, "lower_inclusive": kept[2] or lower == value}
        made["lower_basis"] = basis[0]
    if kept[3]:
        made |= {"upper": upper, "upper_inclusive": kept[4] or upper == value}
        made["upper_basis"] = basis[1]
    return made


def inside(x: Fraction, reach: ExactInterval) -> bool:
    """Whether a number lies in an exact interval."""
    lo, hi = reach
    above = lo.at is None or x > lo.at or (lo.inclusive and x == lo.at)
    below = hi.at is None or x < hi.at or (hi.inclusive and x == hi.at)
    return above and below


def sample(reach: ExactInterval, part: Fraction) -> Fraction:
    """A number of an interval: at this part of it, or so far beyond its one end."""
    lo, hi = reach.lo.at, reach.hi.at
    if lo is not None and hi is not None:
        return lo + (hi - lo) * part
    if lo is not None:
        return lo + part * 1000
    return part * 2000 - 1000 if hi is None else hi - part * 1000


@always
@given(figures(), figures(), PARTS, PARTS)
def test_every_ratio_of_two_allowed_numbers_lies_in_the_bounds(
    over: dict[str, Any], under: dict[str, Any], p: Fraction, q: Fraction
) -> None:
    sides = ratios.reach(over), ratios.reach(under)
    x, y = sample(sides[0], p), sample(sides[1], q)
    assume(y != 0 and inside(x, sides[0]) and inside(y, sides[1]))
    found = ratios.divided(*sides)
    assert inside(x / y, found)
    told = ratios.bounds(found)
    assert told["lower"] is None or Fraction(told["lower"]) <= x / y
    assert told["upper"] is None or Fraction(told["upper"]) >= x / y


@always
@given(figures(), figures())
def test_bounds_are_rounded_outwards_and_by_little(
    over: dict[str, Any], under: dict[str, Any]
) -> None:
    found = ratios.divided(ratios.reach(over), ratios.reach(under))
    told = ratios.bounds(found)
    for end, text, sign in ((found.lo, told["lower"], 1), (found.hi, told["upper"], -1)):
        assert (end.at is None) == (text is None)
        if end.at is not None:
            off = (end.at - Fraction(text)) * sign
            assert 0 <= off <= abs(end.at) / 10 ** (ratios.DIGITS - 1)
            assert len(Decimal(text).normalize().as_tuple().digits) <= ratios.DIGITS


@always
@given(figures(), figures())
def test_the_ratio_of_the_plain_numbers_lies_in_the_bounds(
    over: dict[str, Any], under: dict[str, Any]
) -> None:
    nominal = ratios.nominal(over, under)
    whole = "value" in over and "value" in under and Fraction(under["value"]) != 0
    assert (nominal is not None) == whole
    if nominal is not None:
        told = ratios.bounds(ratios.divided(ratios.reach(over), ratios.reach(under)))
        assert told["lower"] is None or Fraction(told["lower"]) <= Fraction(nominal)
        assert told["upper"] is None or Fraction(told["upper"]) >= Fraction(nominal)


@always
@given(figures(), PARTS)
def test_strict_is_never_narrower(one: dict[str, Any], part: Fraction) -> None:
    plain, strict = ratios.reach(one), ratios.reach(one, strict=True)
    x = sample(plain, part)
    assert inside(x, strict) or not inside(x, plain)
    for side, end in zip(("lower", "upper"), strict, strict=True):
        assert one.get(f"{side}_basis") != "convention" or end == OPEN


@always
@given(figures(), figures(), PARTS)
def test_strict_ratios_are_never_narrower(
    over: dict[str, Any], under: dict[str, Any], part: Fraction
) -> None:
    plain = ratios.divided(ratios.reach(over), ratios.reach(under))
    strict = ratios.divided(ratios.reach(over, True), ratios.reach(under, True))
    x = sample(plain, part)
    assert inside(x, strict) or not inside(x, plain)


ENDS = st.builds(lambda at: ExactBound(Fraction(at), True), WHOLE)


@always
@given(ENDS, ENDS, ENDS, ENDS)
def test_closed_bounds_are_reached(
    a: ExactBound, b: ExactBound, c: ExactBound, d: ExactBound
) -> None:
    over, under = ExactInterval(*sorted((a, b))), ExactInterval(*sorted((c, d)))
    low, high = under.lo.at, under.hi.at
    assert low is not None
    assert high is not None
    found = ratios.divided(over, under)
    if low <= 0 <= high:
        return
    corners = [x.at / y for x in over for y in (low, high) if x.at is not None]
    assert found == ExactInterval(ExactBound(min(corners), True), ExactBound(max(corners), True))


@always
@given(figures())
def test_nothing_is_known_of_a_ratio_to_what_may_be_zero_on_both_sides(one: dict[str, Any]) -> None:
    both = ExactInterval(ExactBound(Fraction(-1), True), ExactBound(Fraction(1), True))
    assert ratios.divided(ratios.reach(one), both) == ANYTHING
    assert ratios.reach({"absence": "unknown", "value": "1"}) == ANYTHING


def test_a_figure_reaches_as_far_as_its_bounds_say_and_open_where_it_has_none() -> None:
    soft = {"lower": "1", "upper": "5", "lower_basis": "convention", "upper_inclusive": False}
    one, five = ExactBound(Fraction(1), True), ExactBound(Fraction(5), False)
    assert ratios.reach(soft) == ExactInterval(one, five)
    assert ratios.reach(soft, strict=True) == ExactInterval(OPEN, five)
    assert ratios.reach({**soft, "absence": "withheld"}) == ANYTHING


def test_incoherent_numbers_give_their_hull() -> None:
    nine = ExactBound(Fraction(9), True)
    beyond = ratios.reach({"lower": "5", "value": "7", "upper": "6"})
    assert beyond == ExactInterval(ExactBound(Fraction(5), True), ExactBound(Fraction(7), True))
    assert ratios.reach({"value": "9", "upper": "5"}) == ExactInterval(OPEN, nine)
    below = ratios.reach({"value": "5", "lower": "9"})
    assert below == ExactInterval(ExactBound(Fraction(5), True), OPEN)
    odd = {"lower": "5", "value": "3", "upper": "9", "lower_inclusive": False}
    assert ratios.reach(odd) == ExactInterval(
        ExactBound(Fraction(3), True), ExactBound(Fraction(9), True)
    )


def test_the_ratio_of_nominal_values_is_one_divided_by_the_other() -> None:
    assert ratios.nominal({"value": "4800000"}, {"value": "10000"}) == "480"
    assert ratios.nominal({"value": "2"}, {"value": "3"}) == "0.666666666667"
    assert ratios.nominal({"value": "1"}, {"value": "0"}) is None
    assert ratios.nominal({"lower": "1"}, {"value": "2"}) is None
    assert ratios.nominal({"value": "1"}, {"upper": "2"}) is None


@pytest.mark.parametrize("absence", ["unknown", "withheld", "not_applicable"])
def test_a_number_beside_why_there_is_no_figure_has_no_ratio(absence: str) -> None:
    kept = {"value": "6", "absence": absence}
    assert ratios.nominal(kept, {"value": "3"}) is None
    assert ratios.nominal({"value": "3"}, kept) is None


def test_an_end_of_a_ratio_is_reached_only_where_both_ends_that_make_it_are() -> None:
    def between(low: int, low_in: bool, high: int, high_in: bool) -> ExactInterval:
        return ExactInterval(ExactBound(Fraction(low), low_in), ExactBound(Fraction(high), high_in))

    found = ratios.divided(between(2, True, 6, True), between(1, True, 2, False))
    assert found == between(1, False, 6, True)
    found = ratios.divided(between(2, True, 6, False), between(1, True, 2, True))
    assert found == between(1, True, 6, False)
    found = ratios.divided(between(0, True, 6, False), between(1, False, 2, True))
    assert found == between(0, True, 6, False)


def test_what_reaches_to_zero_or_without_end_leaves_an_end_open() -> None:
    def held(low: str | None, high: str | None) -> ExactInterval:
        ends = (None if at is None else Fraction(at) for at in (low, high))
        return ExactInterval(*(OPEN if at is None else ExactBound(at, True) for at in ends))

    two_to_six = held("2", "6")
    assert ratios.divided(two_to_six, held("0", "2")) == held("1", None)
    assert ratios.divided(two_to_six, held("-2", "0")) == held(None, "-1")
    assert ratios.divided(two_to_six, held("1/2", "1")) == held("2", "12")
    without_end = ratios.divided(two_to_six, held("1", None))
    assert without_end == ExactInterval(ExactBound(Fraction(0)), ExactBound(Fraction(6), True))


def test_a_repeating_decimal_is_rounded_down_below_and_up_above() -> None:
    one, two = ExactBound(Fraction(1, 3)), ExactBound(Fraction(2, 3))
    low, high = "0.333333333333", "0.666666666667"
    assert ratios.bounds(ExactInterval(two, two)) == {
        "lower": "0.666666666666", "lower_inclusive": False,
        "upper": high, "upper_inclusive": False,
    }  # fmt: skip
    assert ratios.bounds(ExactInterval(one, OPEN)) == {
        "lower": low, "lower_inclusive": False, "upper": None,
    }  # fmt: skip
    assert ratios.bounds(ExactInterval(OPEN, one))["upper"] == "0.333333333334"


def test_a_figure_without_an_end_over_one_below_zero_is_open_on_the_other_side() -> None:
    below = ExactInterval(ExactBound(Fraction(-2)), ExactBound(Fraction(-1)))
    found = ratios.divided(ExactInterval(OPEN, ExactBound(Fraction(4))), below)
    assert found == ExactInterval(ExactBound(Fraction(-4)), OPEN)
