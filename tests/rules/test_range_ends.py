"""Ranges whose ends read two ways, and what is hardly one, are refused with their words."""

from decimal import Decimal

import pytest

from app.rules.bounds import MeasureContext
from app.rules.figures import read_figure
from app.rules.tokenizer import Unreadable

BOATS = MeasureContext("{boat}", "boats, Boote, bateaux", "count", Decimal(0))
MONEY = MeasureContext("{USD}", "dollars", "amount", Decimal(0))
DEGREES = MeasureContext("Cel", None, "amount")

SCORE = "This may be a score, parts of a whole or a number to call."
LACKS_SCALE = "The first end may lack its scale."


def shortened(least: str, scaled: str) -> str:
    return f"The range may begin at {least} or, shortened, at {scaled}."


def signed(end: str) -> str:
    return f"The range may end at {end} or at -{end}."


@pytest.mark.parametrize(
    ("text", "of", "why", "words"),
    [
        ("5 to 10,000 boats", BOATS, shortened("5", "5000"), "5 to 10,000 boats"),
        ("around 5 to 10,000", BOATS, shortened("5", "5000"), "5 to 10,000"),
        ("from 5 to 10,000", BOATS, shortened("5", "5000"), "5 to 10,000"),
        ("between 5 and 10,000", BOATS, shortened("5", "5000"), "5 and 10,000"),
        ("1 to 1,001", BOATS, shortened("1", "1000"), "1 to 1,001"),
        ("999 to 999,001", BOATS, shortened("999", "999000"), "999 to 999,001"),
        ("$5-10,000", MONEY, shortened("5", "5000"), "5 - 10,000"),
        ("3 to 4,000,000", BOATS, shortened("3", "3000000"), "3 to 4,000,000"),
        ("3 to 3,000,001", BOATS, shortened("3", "3000000"), "3 to 3,000,001"),
        ("4 to 4,000,000", BOATS, shortened("4", "4000"), "4 to 4,000,000"),
        ("500 to 4,000,000", BOATS, shortened("500", "500000"), "500 to 4,000,000"),
        ("twenty to 30,000", BOATS, shortened("20", "20000"), "twenty to 30,000"),
        ("twenty-five to 30,000", BOATS, shortened("25", "25000"), "twenty five to 30,000"),
        ("a hundred to 200,000", BOATS, shortened("100", "100000"), "a hundred to 200,000"),
        ("5-5", BOATS, SCORE, "5 - 5"),
        ("about 5-05", BOATS, SCORE, "5 - 05"),
        ("5–5", BOATS, SCORE, "5 – 5"),
        ("555-1234", BOATS, SCORE, "555 - 1234"),
        ("minus 5 to 10", DEGREES, signed("10"), "minus 5 to 10"),
        ("about minus 5 to 10", DEGREES, signed("10"), "minus 5 to 10"),
        ("minus five to 1,234,567", DEGREES, signed("1234567"), "minus five to 1,234,567"),
        ("minus 0.5 to 0.25", DEGREES, signed("0.25"), "minus 0.5 to 0.25"),
    ],
)
def test_an_end_that_reads_two_ways_is_refused_with_both(
    text: str, of: MeasureContext, why: str, words: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        read_figure(text, of)
    assert refused.value.reason.startswith(f"{why} Send 'hedge' ")
    assert " ".join(refused.value.words) == words


@pytest.mark.parametrize(
    ("text", "of", "low", "high"),
    [
        ("0 to 5,000", BOATS, "0", "5000"),
        ("1 to 1,000", BOATS, "1", "1000"),
        ("9 to 9,000", BOATS, "9", "9000"),
        ("12 to 9,000", BOATS, "12", "9000"),
        ("1000 to 2,000,000", BOATS, "1000", "2000000"),
        ("2.5 to 5,000", DEGREES, "2.5", "5000"),
        ("2.0 to 5,000", DEGREES, "2", "5000"),
        ("5 dozen to 90,000", BOATS, "60", "90000"),
        ("$5k to 10,000", MONEY, "5000", "10000"),
        ("5 to ten thousand", BOATS, "5000", "10000"),
        ("5 - 6", BOATS, "5", "6"),
        ("5 - 5", BOATS, "5", "5"),
        ("5 -5", BOATS, "5", "5"),
        ("two hundred to 100,000", BOATS, "200", "100000"),
        ("555-1230", BOATS, "555", "1230"),
        ("555 - 1234", BOATS, "555", "1234"),
        ("-5 - 5", DEGREES, "-5", "5"),
        ("-5 to 10", DEGREES, "-5", "10"),
        ("minus 5 to 0", DEGREES, "-5", "0"),
        ("minus 0 to 10", DEGREES, "0", "10"),
        ("minus 5 to -2", DEGREES, "-5", "-2"),
        ("between minus 5 and 10", DEGREES, "-5", "10"),
    ],
)
def test_a_range_whose_ends_are_plain_reaches_from_one_to_the_other(
    text: str, of: MeasureContext, low: str, high: str
) -> None:
    figure = read_figure(text, of)
    assert (figure.hedge, figure.lower, figure.upper) == ("between", Decimal(low), Decimal(high))
    assert (figure.lower_inclusive, figure.upper_inclusive) == (True, True)


def test_a_first_end_in_words_below_a_hundred_may_lack_the_scale_of_the_second() -> None:
    german = BOATS._replace(language="de")
    for text in ("zwei bis zweihundert", "99 bis zweihundert", "um die 99 bis zweihundert"):
        with pytest.raises(Unreadable) as refused:
            read_figure(text, german)
        assert refused.value.reason.startswith(f"{LACKS_SCALE} Send 'hedge' ")
        assert refused.value.words == tuple(text.removeprefix("um die ").split())
    for text, low, high in (
        ("100 bis zweihundert", 100, 200),
        ("zweihundert bis dreihundert", 200, 300),
        ("zwei bis zwanzig", 2, 20),
    ):
        figure = read_figure(text, german)
        assert (figure.lower, figure.upper) == (Decimal(low), Decimal(high))
