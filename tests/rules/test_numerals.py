"""One figure in English digits and words: its number, its last place, and what is none."""

from decimal import Decimal

import pytest

from app.rules.bounds import MeasureContext
from tests.rules.test_hedges import CONTAINERS, SHARE, refused, says

GROWTH = MeasureContext("%", None, "rate")
HOURS = MeasureContext("h", "hours", "amount", Decimal(0))
WAY = MeasureContext("km", "km", "amount", Decimal(0))
MONEY = MeasureContext("USD", "dollars", "amount")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("twenty one", "21"),
        ("ninety-nine", "99"),
        ("twelve hundred and fifty", "1250"),
        ("one hundred one", "101"),
        ("two thousand thousand", "2000000"),
        ("a thousand million", "1000000000"),
        ("two point zero five", "2.05"),
        ("two point five five million", "2550000"),
        ("twenty two point five", "22.5"),
        ("two thousand and a half", "2500"),
        ("a thousand and a half", "1500"),
        ("a million and a half", "1500000"),
        ("two million and a quarter", "2250000"),
        ("two million and half", "2500000"),
        ("1-1/2 million", "1500000"),
        ("2 1/2 million", "2500000"),
        ("2½ million", "2500000"),
        ("2 and a half million", "2500000"),
        ("1/2 million", "500000"),
        ("two and three quarters million", "2750000"),
        ("one fifth million", "200000"),
        ("half a dozen", "6"),
        ("1.25 dozen", "15"),
        ("5 thousand 2 hundred", "5200"),
        ("1 million 250 thousand 2 hundred", "1250200"),
        ("2 crore 50 lakh 30 thousand", "25030000"),
        ("10k", "10000"),
        ("4.8m", "4800000"),
        ("2b", "2000000000"),
    ],
)
def test_a_number_is_read_to_its_last_word(text: str, number: str) -> None:
    assert says(text) == f"none {number} [{number}, {number}]"


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        # The last place said is twice the reach: a tenth of a million, a hundredth, ten thousand.
        ("about two point five million", "2500000 [2300000, 2700000]"),
        ("about two point two five million", "2250000 [2230000, 2270000]"),
        ("about two point zero zero million", "2000000 [1980000, 2020000]"),
        ("about 2.0 million 250 thousand", "2250000 [2230000, 2270000]"),
        ("about 1 million 250 thousand", "1250000 [1230000, 1270000]"),
        ("about 4.80 million", "4800000 [4780000, 4820000]"),
        # Of dozens there is no last place: 15 reaches ten percent, and 1.50 as far as 18.
        ("about 1.25 dozen", "15 [13.5, 16.5]"),
        ("about 1.50 dozen", "18 [16.2, 19.8]"),
        ("about 2.0 hundred", "200 [180, 220]"),
    ],
)
def test_about_reaches_as_far_as_the_last_place_that_was_said(text: str, figure: str) -> None:
    assert says(text) == f"approximate {figure}"


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("two thirds", "none 0.666666666667 [0.666666666666, 0.666666666667]"),
        ("2 thirds", "none 0.666666666667 [0.666666666666, 0.666666666667]"),
        ("10 percent", "none 0.1 [0.1, 0.1]"),
        ("a few percent", "vague - [0.02, 1]"),
        ("several per cent", "vague - [0.03, 1]"),
        ("half percent", "none 0.005 [0.005, 0.005]"),
        ("half a percent", "none 0.005 [0.005, 0.005]"),
        ("a quarter of the", "none 0.25 [0.25, 0.25]"),
        ("20 per million", "none 0.00002 [0.00002, 0.00002]"),
        ("five per hundred thousand", "none 0.00005 [0.00005, 0.00005]"),
        ("one in a hundred", "none 0.01 [0.01, 0.01]"),
        ("4 in 5", "none 0.8 [0.8, 0.8]"),
        ("between one in a hundred and one in fifty", "between - [0.01, 0.02]"),
    ],
)
def test_a_part_is_read_to_its_last_word(text: str, figure: str) -> None:
    assert says(text, SHARE) == figure


@pytest.mark.parametrize(
    ("text", "yardstick", "number"),
    [
        ("half an hour", HOURS, "0.5"),
        ("three quarters of an hour", HOURS, "0.75"),
        ("two and a half hours", HOURS, "2.5"),
        ("-$5 million", MONEY, "-5000000"),
        ("-5 million dollars", MONEY, "-5000000"),
        ("minus two hundred and five dollars", MONEY, "-205"),
        ("500k km", WAY, "500000"),
        ("4.8m km", WAY, "4800000"),
        ("–10%", GROWTH, "-10"),
        ("‒10%", GROWTH, "-10"),
        ("-1/2%", GROWTH, "-0.5"),
        ("minus half a percent", GROWTH, "-0.5"),
        ("+2.3%", GROWTH, "2.3"),
    ],
)
def test_a_unit_or_a_sign_may_stand_beside_the_number(
    text: str, yardstick: MeasureContext, number: str
) -> None:
    assert says(text, yardstick) == f"none {number} [{number}, {number}]"


def test_a_sign_stands_before_its_digits() -> None:
    assert says("about +2.3%", GROWTH) == "approximate 2.3 [2.1, 2.5]"
    assert refused("+1/2%", GROWTH)


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("dozens more", "[24, ∞)"),
        ("several hundred more", "[300, ∞)"),
        ("hundreds and hundreds", "[200, ∞)"),
        ("thousands upon thousands of containers", "[2000, ∞)"),
        ("tens of thousands of the containers", "[20000, ∞)"),
        ("a few hundred thousand", "[200000, ∞)"),
    ],
)
def test_a_vague_word_is_read_to_its_last_scale(text: str, figure: str) -> None:
    assert says(text) == f"vague - {figure}"


@pytest.mark.parametrize(
    "text",
    [
        "twenty ten",
        "twenty zero",
        "one hundred and zero",
        "one million zero",
        "one million a hundred",
        "one thousand a hundred",
        "two million and three quarters",
        "1 million 250 thousand 300 thousand",
        "one thousand one thousand",
        "one hundred two hundred",
        "1 hundred 2 dozen",
        "1 million 1 million",
        "1 million 1000 thousand",
        "1 million 2.5 thousand",
        "1 million 500",
        "million thousand",
        "thousand",
        "two point",
        "point five",
        "three hundred and a half",
        "thousands upon millions",
        "thousands upon thousands 500",
        "half a container",
        "three quarters of a container",
        "500 more",
        "1 - 1/2 million",
        "1 -1/2 million",
        "1–½ million",
        "5/4 million",
        "5/5 million",
        "0/5 million",
        "two halves of a million",
        "zero thirds of a million",
        "— 10",
    ],
)
def test_words_that_make_no_one_number_are_refused(text: str) -> None:
    assert refused(text)


@pytest.mark.parametrize(
    "text",
    [
        "several in ten",
        "one in many",
        "half in ten",
        "five in five",
        "zero in five",
        "six in five",
        "2.5 in 10",
        "one in a hundred and five",
        "20 per hundred and fifty",
        "20 per 250",
        "three thirds",
        "5/5",
        "0/5",
    ],
)
def test_parts_of_no_one_whole_are_refused(text: str) -> None:
    assert refused(text, SHARE)


@pytest.mark.parametrize(
    ("text", "yardstick", "reason", "words"),
    [
        ("+500", CONTAINERS, "A leading plus may be an increase, or mean more than this.",
         ("+500",)),
        ("+1,000 containers", CONTAINERS,
         *("A leading plus may be an increase, or mean more than this.", ("+1,000",))),
        ("about 1 in 2020", SHARE,
         *("This may be a part of a whole, or a figure of a year.", ("about", "1", "in", "2020"))),
        ("about a third million containers", CONTAINERS,
         *("This may be a part of the scale, or count the one after the second.",
           ("a", "third", "million"))),
        ("about 1,2,3", CONTAINERS, "These digits are not grouped as one number.", ("1,2,3",)),
    ],
)  # fmt: skip
def test_a_number_that_reads_two_ways_is_named_with_the_reason(
    text: str, yardstick: MeasureContext, reason: str, words: tuple[str, ...]
) -> None:
    found = refused(text, yardstick)
    assert found.words == words
    assert found.reason.startswith(reason + " ")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("1-1-1/2 million", 1_000_000, 1_500_000),
        ("1 – 1½ million", 1_000_000, 1_500_000),
        ("1/2 - 1 million", 500_000, 1_000_000),
        ("1/2 - 3/4 million", 500_000, 750_000),
        ("two thousand - ½ million", 2000, 500_000),
        ("500 to half a million", 500, 500_000),
        ("1 to a million and a half", 1, 1_500_000),
        ("two to two thousand five hundred", 2, 2500),
    ],
)
def test_a_range_may_have_a_fraction_as_its_end(text: str, low: int, high: int) -> None:
    assert says(text) == f"between - [{low}, {high}]"
