"""A third has no last digit, and a range of percents may name its denominator once."""

from decimal import Decimal
from fractions import Fraction

import pytest

from app.rules.bounds import MeasureContext
from app.rules.cjk_numerals import MyriadNumeral
from app.rules.figures import read_figure
from app.rules.tokenizer import Unreadable

SHARE = MeasureContext("1", None, "share", Decimal(0), Decimal(1))
RATE = MeasureContext("%", None, "rate")


def test_a_figure_so_many_times_over_has_its_last_digit_there_too_if_it_has_one() -> None:
    third, half = (
        MyriadNumeral(Fraction(1, 3), None),
        MyriadNumeral(Fraction("2.5"), Fraction("0.1")),
    )
    assert third.scaled(30) == MyriadNumeral(Fraction(10), None)
    assert half.scaled(1000) == MyriadNumeral(Fraction(2500), Fraction(100))


@pytest.mark.parametrize("language", ["ja", "zh", "ko"])
def test_a_third_of_a_percent_is_bracketed_by_twelve_digits(language: str) -> None:
    figure = read_figure("⅓%", SHARE._replace(language=language))
    assert (figure.lower, figure.upper) == (
        *(Decimal("0.00333333333333"), Decimal("0.00333333333334")),
    )


@pytest.mark.parametrize(
    ("language", "text", "low", "high"),
    [
        ("zh", "百分之五至十", "0.05", "0.1"),
        ("zh", "百分之五至一百", "0.05", "1"),
        ("zh", "百分之五至百分之十", "0.05", "0.1"),
        ("zh", "千分之五至十", "0.005", "0.01"),
        ("ko", "100분의 5에서 10", "0.05", "0.1"),
    ],
)
def test_both_ends_are_parts_of_the_denominator_that_is_named_once(
    language: str, text: str, low: str, high: str
) -> None:
    figure = read_figure(text, SHARE._replace(language=language))
    assert (figure.lower, figure.upper) == (Decimal(low), Decimal(high))


def test_more_than_the_denominator_is_no_part_of_it() -> None:
    with pytest.raises(Unreadable, match="One end of the range is a part of a whole"):
        read_figure("百分之五至一百二十", RATE._replace(language="zh"))
