"""The bounds of East Asian figures: "and some" beside other hedges, halves, rates and tenths."""

from decimal import Decimal

import pytest

from app.rules.bounds import MeasureContext
from app.rules.figures import read_figure
from tests.rules.test_cjk import PEOPLE, PERCENT, SHARE, YEARS
from tests.rules.test_hedges import refused, says

TONNES = MeasureContext("t", None, "amount", Decimal(0))
MONEY = MeasureContext("{CNY}", None, "amount", Decimal(0))
AGE = MeasureContext("a", None, "level", Decimal(0))
A_YEAR = MeasureContext("{person}/a", "人", "rate", Decimal(0))
A_DAY = MeasureContext("g/m2/d", None, "rate", Decimal(0))


@pytest.mark.parametrize(
    ("language", "text", "yardstick", "figure"),
    [
        # Above x and below x + u, u being the place of the last digit named.
        ("ja", "1万6500人余り", PEOPLE, "just_over 16500 (16500, 16600)"),
        ("ja", "1万人余り", PEOPLE, "just_over 10000 (10000, 20000)"),
        ("ja", "10人余り", PEOPLE, "just_over 10 (10, 20)"),
        ("zh", "一万余人", PEOPLE, "more_than 10000 (10000, 20000)"),
        ("ja", "2.5トン余り", TONNES, "just_over 2.5 (2.5, 2.6)"),
        ("ja", "2トン余り", TONNES, "just_over 2 (2, 3)"),
        ("ja", "3割余り", SHARE, "just_over 0.3 (0.3, 0.4)"),
        ("ja", "3割余り", PERCENT, "just_over 30 (30, 40)"),
        # Beside "about" the wider of the two, whose end is included.
        ("ja", "約1万人余り", PEOPLE, "approximate 10000 [9000, 20000]"),
        ("ko", "약 1만여 명 남짓", PEOPLE, "approximate 10000 [9000, 20000]"),
        ("ko", "1만여 명 남짓", PEOPLE, "just_over 10000 (10000, 20000)"),
        ("ja", "約1万6500人余り", PEOPLE, "approximate 16500 [16300, 16700]"),
        ("ja", "100人余り以上", PEOPLE, "at_least 100 [100, ∞)"),
        ("ja", "約100~200人", PEOPLE, "between - [90, 220]"),
        ("ja", "100~200人以上", PEOPLE, "at_least - [100, ∞)"),
        ("ja", "100~200人以下", PEOPLE, "up_to - [0, 200]"),
        ("ja", "数千人以上", PEOPLE, "vague - [2000, ∞)"),
        ("ja", "約3割5分", PERCENT, "approximate 35 [33, 37]"),
        ("ja", "約3割5分", SHARE, "approximate 0.35 [0.33, 0.37]"),
        ("ja", "約0.4人", PEOPLE, "approximate 0.4 [0, 1.4]"),
        ("ja", "1人未満", PEOPLE, "less_than 1 [0, 1)"),
        # A half of what can be halved: of time and tonnes, and of money.
        ("ja", "1年半", YEARS, "none 1.5 [1.5, 1.5]"),
        ("ja", "約1年半", YEARS, "approximate 1.5 [1.35, 1.65]"),
        ("ja", "1年半", AGE, "none 1.5 [1.5, 1.5]"),
        ("ja", "3トン半", TONNES, "none 3.5 [3.5, 3.5]"),
        ("zh", "三元半", MONEY, "none 3.5 [3.5, 3.5]"),
    ],
)
def test_an_east_asian_figure_lies_between_its_bounds(
    language: str, text: str, yardstick: MeasureContext, figure: str
) -> None:
    assert says(text, yardstick._replace(language=language)) == figure


@pytest.mark.parametrize(
    ("language", "text", "yardstick", "unit"),
    [
        ("zh", "每天100人", PEOPLE, "{person}/d"),
        ("zh", "每天100人", A_YEAR, "{person}/d"),
        ("ja", "年間100人", A_YEAR, "{person}/a"),
        ("ko", "하루 100명", A_YEAR, "{person}/d"),
        ("zh", "每年100", A_DAY, "g/m2/a"),
        ("zh", "每年100", A_DAY._replace(unit="g/m2"), "g/m2/a"),
        ("ja", "年間3割", PERCENT, "%/a"),
    ],
)
def test_a_rate_takes_the_place_of_the_one_that_the_unit_has(
    language: str, text: str, yardstick: MeasureContext, unit: str
) -> None:
    assert read_figure(text, yardstick._replace(language=language)).unit == unit


CONTRADICTION = "The hedges contradict each other: one says above, the other below."
NOTHING_MORE = "'And some' is less than one more here, and there is nothing between."
OF_BOTH = "A range and this hedge together read two ways: of one end, or of both."
VAGUE = "A vague word takes no hedge but one that points upwards."
HALF = "A half stands behind a whole number of what can be halved."
NO_WHOLE = "The measure counts things, and no whole number lies there."
PART = "A part of a whole can only be read for a measure in '1' or '%'."


@pytest.mark.parametrize(
    ("language", "text", "yardstick", "reason"),
    [
        ("zh", "近一万余人", PEOPLE, CONTRADICTION),
        ("ko", "거의 100여 명", PEOPLE, CONTRADICTION),
        ("ja", "3人余り", PEOPLE, NOTHING_MORE),
        ("ja", "0人余り", PEOPLE, NOTHING_MORE),
        ("ja", "0トン余り", TONNES, NOTHING_MORE),
        ("ja", "3分の1余り", SHARE, NOTHING_MORE),
        ("ja", "100~200人未満", PEOPLE, OF_BOTH),
        ("ja", "100~200人近く", PEOPLE, OF_BOTH),
        ("ja", "100~200人余り", PEOPLE, "Only one end of the range is hedged."),
        ("ja", "約数千人", PEOPLE, VAGUE),
        ("ja", "数千人未満", PEOPLE, VAGUE),
        ("ja", "3人半", PEOPLE, HALF),
        ("ja", "1.5年半", YEARS, HALF),
        ("ja", "0人未満", PEOPLE, "The measure has nothing below this figure."),
        ("ja", "0.5人", PEOPLE, NO_WHOLE),
        ("ja", "2.5人", PEOPLE, NO_WHOLE),
        ("ja", "3.2~3.8人", PEOPLE, NO_WHOLE),
        ("ja", "3割", PEOPLE, PART),
        ("ja", "3割", TONNES, PART),
    ],
)
def test_an_east_asian_figure_is_refused_with_the_reason(
    language: str, text: str, yardstick: MeasureContext, reason: str
) -> None:
    found = refused(text, yardstick._replace(language=language))
    assert found.reason.startswith(reason + " Send")
