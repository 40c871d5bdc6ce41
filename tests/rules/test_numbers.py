"""Exact decimals: what is accepted, how it is printed, how far "about" reaches."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import numbers

figures = st.decimals(
    min_value=Decimal("-1e300"), max_value=Decimal("1e300"), allow_nan=False, allow_infinity=False
).filter(numbers.storable)


@pytest.mark.parametrize(
    "text",
    [
        *("6700", "-0.5", "6.67430e-11", "0", "1E+3", "9" * 300),
        *("1e300", "-1e300", "1e-300", "-1e-300"),
    ],
)
def test_a_json_number_is_read_digit_for_digit(text: str) -> None:
    assert numbers.exact(text) == Decimal(text)


def test_a_thousand_digits_stay_exact() -> None:
    text = "0." + "123456789" * 110
    assert numbers.plain(numbers.exact(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "007", "+1", "1.", ".5", "1e", "NaN", "Infinity", "1_000", " 1", "1\n", "１", "0x1", "-"],
)
def test_what_is_no_json_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="decimal number"):
        numbers.exact(text)


@pytest.mark.parametrize(
    "text", ["1e301", "-1e301", "1e-301", "1e999999999", "1e-999999999", "1e" + "9" * 900]
)
def test_what_lies_beyond_the_range_is_refused(text: str) -> None:
    why = "^A figure lies within 1e300, and no nearer to zero than 1e-300[.]$"
    for reads in (numbers.exact, numbers.parse_grouped):
        with pytest.raises(ValueError, match=why):
            reads(text.removeprefix("-"))
    with pytest.raises(ValueError, match=why):
        numbers.exact(text)


def test_more_than_a_thousand_characters_are_refused() -> None:
    with pytest.raises(ValueError, match="1000 characters"):
        numbers.exact("0." + "1" * 999)


def test_zero_with_a_huge_exponent_is_zero() -> None:
    assert numbers.plain(numbers.exact("-0e999999999")) == "0"


@pytest.mark.parametrize(
    ("number", "text"), [("4.8e6", "4800000"), ("0.50", "0.5"), ("-0", "0"), ("1e-3", "0.001")]
)
def test_figures_are_printed_without_exponent(number: str, text: str) -> None:
    assert numbers.plain(Decimal(number)) == text


@given(figures)
def test_printing_never_changes_a_number(number: Decimal) -> None:
    assert Decimal(numbers.plain(number)) == number


@pytest.mark.parametrize(
    ("number", "place"),
    [
        ("6700", "100"),
        ("10000", "10000"),
        ("4.80", "0.01"),
        ("4.80e6", "1e4"),
        ("35", "1"),
        ("0", "0"),
        ("0.00", "0"),
        ("-6700", "100"),
        ("100.0", "0.1"),
        ("1e3", "1000"),
    ],
)
def test_the_last_significant_place(number: str, place: str) -> None:
    assert numbers.last_place(Decimal(number)) == Decimal(place)


@given(figures)
def test_about_never_reaches_further_than_ten_percent(number: Decimal) -> None:
    reach = numbers.tolerance(number, numbers.last_place(number))
    assert 0 <= numbers.times(reach, Decimal(10)) <= number.copy_abs()


@pytest.mark.parametrize("text", ["1,23", "1.234.567,8", "0,123", "1,234 567", "12,34", "1,2345"])
def test_digits_in_no_known_grouping_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="grouped") as refused:
        numbers.parse_grouped(text)
    assert str(refused.value) == (
        "These digits are not grouped as one number. The `language` of the document's source, as "
        'in "de", decides how its figures are written.'
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("6,700", "6700"), ("7 000", "7000"), ("12,34,567", "1234567"), ("1,23,456", "123456"),
        ("1'000.5", "1000.5"), (".5", "0.5"), ("1e6", "1000000"), ("1,000.5e-3", "1.0005"),
        ("1_000_000", "1000000"), ("007", "7"), ("1234567", "1234567"), ("0.0", "0"),
    ],
)  # fmt: skip
def test_digits_in_groups_are_one_number(text: str, number: str) -> None:
    assert numbers.parse_grouped(text) == Decimal(number)


def test_a_third_is_bracketed() -> None:
    value, lower, upper = numbers.decimals(Fraction(1, 3))
    assert (str(value), str(lower), str(upper)) == (
        *("0.333333333333", "0.333333333333", "0.333333333334"),
    )


@given(st.fractions(min_value=-1000, max_value=1000, max_denominator=1000))
def test_every_fraction_lies_within_what_brackets_it(fraction: Fraction) -> None:
    value, lower, upper = numbers.decimals(fraction)
    assert Fraction(lower) <= fraction <= Fraction(upper)
    assert lower <= value <= upper


@given(st.decimals(allow_nan=False, allow_infinity=False), st.booleans())
def test_a_derived_bound_can_be_stored_and_is_never_tighter(number: Decimal, up: bool) -> None:
    bound = numbers.outward(number, up)
    if bound is not None:
        assert numbers.exact(numbers.plain(bound)) == bound
        assert bound >= number if up else bound <= number


@pytest.mark.parametrize(
    ("number", "down", "up"),
    [
        ("2e300", numbers.LARGEST, None),
        ("-2e300", None, -numbers.LARGEST),
        ("1e-301", 0, numbers.SMALLEST),
        ("-1e-301", -numbers.SMALLEST, 0),
        # What can be stored stays as it is.
        ("1e300", numbers.LARGEST, numbers.LARGEST),
        ("-1e300", -numbers.LARGEST, -numbers.LARGEST),
        ("1e-300", numbers.SMALLEST, numbers.SMALLEST),
        ("0", 0, 0),
        ("0." + "3" * 998, Decimal("0." + "3" * 998), Decimal("0." + "3" * 998)),
    ],
)
def test_a_bound_beyond_what_can_be_stored_goes_outward_or_is_none(
    number: str, down: Decimal | None, up: Decimal | None
) -> None:
    assert numbers.outward(Decimal(number), upwards=False) == down
    assert numbers.outward(Decimal(number), upwards=True) == up


def test_a_bound_of_too_many_digits_loses_the_last_of_them_outward() -> None:
    long = Decimal("0." + "3" * 1200)
    low, high = (numbers.outward(long, upwards) for upwards in (False, True))
    assert low is not None
    assert high is not None
    assert low < long < high
    assert numbers.plain(low) == "0." + "3" * 600
    assert numbers.plain(high) == "0." + "3" * 599 + "4"


@pytest.mark.parametrize(
    ("value", "text", "number"),
    [
        ("2.50", "2.5", 2.5), (7, "7", 7.0), ("-0.0", "0", 0.0), ("1E+3", "1000", 1000.0),
        ("9" * 500, "9" * 500, None), ("1e300", "1" + "0" * 300, 1e300), ("1,5", "1,5", None),
        ("0." + "3" * 498, "0." + "3" * 498, 1 / 3), ("north", "north", None),
        ("0." + "3" * 499, "3." + "3" * 498 + "E-1", 1 / 3), ("1e301", "1e301", None),
    ],
)  # fmt: skip
def test_equal_numbers_have_one_spelling_and_all_else_is_its_own(
    value: int | str, text: str, number: float | None
) -> None:
    assert numbers.canonical_value(value) == text
    assert numbers.as_number(value) == number


def test_dimensions_are_in_the_order_of_their_names_each_in_one_spelling() -> None:
    told = numbers.canonical_values({"side": "north", "age": "2.50", "week": 7})
    assert list(told.items()) == [("age", "2.5"), ("side", "north"), ("week", "7")]


@pytest.mark.parametrize(
    ("number", "places", "moved"), [("1.25", 3, "1250"), ("1.25", -2, "0.0125"), ("0", 5, "0")]
)
def test_a_point_is_moved_to_the_right_or_to_the_left(number: str, places: int, moved: str) -> None:
    assert numbers.moved(Decimal(number), places) == Decimal(moved)
