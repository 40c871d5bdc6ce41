"""Wordings in the habits of news, budgets and reports: what is read, and what means another."""

from decimal import Decimal

import pytest

from app.rules.bounds import MeasureContext
from app.rules.figures import read_figure
from tests.rules.test_hedges import refused, says

ZERO = Decimal(0)
PEOPLE = MeasureContext("{person}", "people", domain_min=ZERO)
BRIGADES = MeasureContext("{brigade}", "brigades", domain_min=ZERO)
PLANES = MeasureContext("{aircraft}", "aircraft", domain_min=ZERO)
SHARE = MeasureContext("%", None, "share", ZERO, Decimal(100))
GROWTH = MeasureContext("%", None, "rate")
DOLLARS = MeasureContext("{USD}", "US dollars", "amount")
RAND = MeasureContext("{ZAR}", "rand", "amount")
POUNDS = MeasureContext("{GBP}", "pounds", "amount")
RUPEES = MeasureContext("{INR}", "rupees", "amount")
DEGREES = MeasureContext("Cel", "degrees Celsius", "amount")
KILOMETRES = MeasureContext("km", "kilometres", "amount")
DAYS = MeasureContext("d", "days", "amount")
PER_100_000 = MeasureContext("10*-5", None, "rate", ZERO)


@pytest.mark.parametrize("text", ["some of the 640", "at least some of the 640 people"])
def test_some_of_a_number_is_not_about_that_number(text: str) -> None:
    assert "part of it" in refused(text, PEOPLE).reason


@pytest.mark.parametrize("text", ["C-141", "C141", "C4", "A-12", "an A-12", "An-225", "2 B-12s"])
def test_a_number_in_the_name_of_a_thing_is_no_figure(text: str) -> None:
    assert refused(text, PLANES).words


@pytest.mark.parametrize("text", ["c. 640", "c640", "ca. 640", "1-in-5"])
def test_a_hedge_that_touches_its_figure_is_still_one(text: str) -> None:
    assert read_figure(text, SHARE if "in" in text else PEOPLE)


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("Brigade 51", BRIGADES),
        ("brigade 51", BRIGADES),
        ("person 6", PEOPLE),
        ("day 310", DAYS),
        ("Day five", DAYS),
        ("kilometre 32", KILOMETRES),
    ],
)
def test_a_number_behind_one_things_name_says_which_one_it_is(
    text: str, context: MeasureContext
) -> None:
    assert "which one" in refused(text, context).reason


@pytest.mark.parametrize(("text", "context"), [("brigades 51", BRIGADES), ("R 51", RAND)])
def test_a_number_behind_several_or_behind_a_currency_is_a_figure(
    text: str, context: MeasureContext
) -> None:
    assert says(text, context) == "none 51 [51, 51]"


@pytest.mark.parametrize(
    "text", ["nearly 640 to 700", "just over 640-700", "almost 3 to 4 million"]
)
def test_near_to_a_range_may_be_near_to_either_end(text: str) -> None:
    assert "Near to a range" in refused(text, PEOPLE).reason


@pytest.mark.parametrize(
    "text",
    [
        *("rose 4% to 6%", "rose from 4% to 6%", "up from 4% to 6%", "rose by 4 to 6.2"),
        *("increased from 4% to 6%", "rose by 4% to 6%"),
    ],
)
def test_the_second_figure_of_a_change_may_be_the_new_level(text: str) -> None:
    assert "level after it" in refused(text, GROWTH).reason


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("rose by 4-6%", "between - [4, 6]"),
        ("fell by 4 to 6%", "between - [-6, -4]"),
        ("rose between 4% and 6%", "between - [4, 6]"),
        ("grew 4%", "none 4 [4, 4]"),
        ("shrank 4%", "none -4 [-4, -4]"),
        ("declined 4%", "none -4 [-4, -4]"),
    ],
)
def test_a_change_by_a_range_is_one(text: str, figure: str) -> None:
    assert says(text, GROWTH) == figure


def test_a_plus_before_a_percentage_is_a_change_where_shares_are_totals() -> None:
    assert "change" in refused("+6%", SHARE).reason
    assert says("+6%", GROWTH) == "none 6 [6, 6]"


@pytest.mark.parametrize("text", ["nearly a majority", "less than a majority", "almost most"])
def test_most_takes_no_further_hedge(text: str) -> None:
    assert "no further hedge" in refused(text, SHARE).reason


def test_an_ordinal_before_a_scale_is_no_part_of_it() -> None:
    assert "after the second" in refused("a third million", PEOPLE).reason
    assert says("a quarter million", PEOPLE) == "none 250000 [250000, 250000]"
    assert says("Quarter of a million people", PEOPLE) == "none 250000 [250000, 250000]"


def test_a_sign_in_words_may_be_said_once_for_both_ends() -> None:
    assert "10 or at -10" in refused("minus 5 to 10", DEGREES).reason
    assert says("-5 to 10", DEGREES) == "between - [-5, 10]"
    assert says("between minus 5 and 10", DEGREES) == "between - [-5, 10]"


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("–8°C", "none -8 [-8, -8]"),
        ("–8 to –3 °C", "between - [-8, -3]"),
    ],
)
def test_an_en_dash_that_touches_its_figure_is_a_minus(text: str, figure: str) -> None:
    assert says(text, DEGREES) == figure
    assert refused("—8", DEGREES)
    assert refused("– 8", DEGREES)


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("did not exceed 640", "up_to 640 [0, 640]"),
        ("not to exceed 640", "up_to 640 [0, 640]"),
        ("shall not exceed 640", "up_to 640 [0, 640]"),
        ("not greater than 640", "up_to 640 [0, 640]"),
        ("max. 640", "up_to 640 [0, 640]"),
        ("min. 640", "at_least 640 [640, ∞)"),
        ("no lower than 640", "at_least 640 [640, ∞)"),
        ("well in excess of 640", "more_than 640 (640, ∞)"),
        ("far above 640", "more_than 640 (640, ∞)"),
        ("far below 640", "less_than 640 [0, 640)"),
        ("well short of 640", "less_than 640 [0, 640)"),
        ("a bit below 640", "nearly 640 [620, 640)"),
        ("slightly higher than 640", "just_over 640 (640, 660]"),
        ("640 (est.)", "approximate 640 [620, 660]"),
        ("640 (or more)", "at_least 640 [640, ∞)"),
        ("between 640 & 700", "between - [640, 700]"),
        ("ranging between 640 and 700", "between - [640, 700]"),
        ("some hundreds", "vague - [200, ∞)"),
        ("in their thousands", "vague - [2000, ∞)"),
        ("a 640-strong", "none 640 [640, 640]"),
        ("6\u200b,400\ufeff people", "none 6400 [6400, 6400]"),
        ("2m-3m", "between - [2000000, 3000000]"),
        ("2 million-3 million", "between - [2000000, 3000000]"),
        ("6.4 M people", "none 6400000 [6400000, 6400000]"),
    ],
)
def test_hedges_ranges_and_scales_of_the_news_are_read(text: str, figure: str) -> None:
    assert says(text, PEOPLE) == figure


@pytest.mark.parametrize(
    "text", ["not 640", "not about 640", "not only 640", "never over 640", "6.4 m", "2 B-12"]
)
def test_a_word_that_changes_a_hedge_is_never_dropped(text: str) -> None:
    assert refused(text, PEOPLE).words


@pytest.mark.parametrize(
    ("text", "context", "figure"),
    [
        ("-$6 million", DOLLARS, "none -6000000 [-6000000, -6000000]"),
        ("$6 m", DOLLARS, "none 6000000 [6000000, 6000000]"),
        ("a $6 million", DOLLARS, "none 6000000 [6000000, 6000000]"),
        ("R6bn", RAND, "none 6000000000 [6000000000, 6000000000]"),
        ("6 million pounds sterling", POUNDS, "none 6000000 [6000000, 6000000]"),
        ("Rs 6,000 cr", RUPEES, "none 60000000000 [60000000000, 60000000000]"),
        ("300km-400km", KILOMETRES, "between - [300, 400]"),
        ("a 300-kilometre", KILOMETRES, "none 300 [300, 300]"),
        ("35pc", SHARE, "none 35 [35, 35]"),
        ("half of all", SHARE, "none 50 [50, 50]"),
        ("the overwhelming majority", SHARE, "vague - (50, 100]"),
        ("6 per million", PER_100_000, "none 0.6 [0.6, 0.6]"),
        ("6 per 100k", PER_100_000, "none 6 [6, 6]"),
    ],
)
def test_money_lengths_shares_and_rates_are_read_as_they_are_printed(
    text: str, context: MeasureContext, figure: str
) -> None:
    assert says(text, context) == figure


@pytest.mark.parametrize("mark", ["\u200d", "\u200b", "\xad", "\u2060\u200f"])
def test_an_invisible_character_between_two_digits_is_one_number_or_two(mark: str) -> None:
    assert "between two digits" in refused(f"7{mark}000", PEOPLE).reason
