"""Scales that one word may lend to another: of a margin, and of a number that speech shortens."""

import pytest

from tests.rules.test_hedges import CONTAINERS, refused, says


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        # The figure is greater than its margin: each is what it says.
        ("500, give or take a hundred", "500 [400, 600]"),
        ("500 give or take 100", "500 [400, 600]"),
        ("500 plus or minus one hundred", "500 [400, 600]"),
        ("500 plus or minus two hundred", "500 [300, 700]"),
        ("500, give or take a dozen", "500 [488, 512]"),
        ("100 ± 1 dozen", "100 [88, 112]"),
        ("15, give or take a dozen", "15 [3, 27]"),
        ("five hundred give or take a hundred", "500 [400, 600]"),
        ("1,500, give or take a hundred", "1500 [1400, 1600]"),
        ("100 ± 1 hundred", "100 [0, 200]"),
        # It is less: the margin's scale is meant for both.
        ("4.8 ± 0.2 million", "4800000 [4600000, 5000000]"),
        ("5 ± 1 million", "5000000 [4000000, 6000000]"),
        ("5 ± 6 million", "5000000 [0, 11000000]"),
        ("500 ± 2 thousand", "500000 [498000, 502000]"),
        ("999 ± 1 thousand", "999000 [998000, 1000000]"),
        ("10 ± 1 dozen", "120 [108, 132]"),
        ("two hundred and five ± two thousand", "205000 [203000, 207000]"),
        # A figure that has a scale needs none.
        ("5 thousand ± 1 million", "5000 [0, 1005000]"),
        ("2 million ± 300 thousand", "2000000 [1700000, 2300000]"),
        ("500 ± 0", "500 [500, 500]"),
        ("500 ± 0.5", "500 [499.5, 500.5]"),
    ],
)
def test_a_figure_has_the_scale_of_its_margin_only_where_it_is_less_than_that(
    text: str, figure: str
) -> None:
    assert says(text) == f"plus_minus {figure}"


@pytest.mark.parametrize(
    ("text", "language", "figure"),
    [
        ("500 plus ou moins cent", "fr", "500 [400, 600]"),
        ("500 ± 2 mille", "fr", "500000 [498000, 502000]"),
        ("5000 ± mil", "es", "5000 [4000, 6000]"),
        ("5000 плюс-минус тысяча", "ru", "5000 [4000, 6000]"),
        ("5 ± 1 Million", "de", "5000000 [4000000, 6000000]"),
    ],
)
def test_so_it_is_in_the_other_languages(text: str, language: str, figure: str) -> None:
    assert says(text, CONTAINERS._replace(language=language)) == f"plus_minus {figure}"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("500, give or take a thousand", None),
        ("500 plus or minus one thousand", None),
        ("5 plus or minus half a million", None),
        ("5 ± 1 million 200 thousand", None),
        ("10, give or take a dozen", None),
        ("15 ± 1 dozen", None),
        ("12 ± 1 dozen", None),
        ("99 ± 2 dozen", None),
        ("1,200 ± 50 million", None),
        ("1,000 ± 2 thousand", None),
        ("500 plus ou moins mille", "fr"),
        ("500 ± mil", "es"),
        ("500 плюс-минус тысяча", "ru"),
        ("500 ± ألف", "ar"),
    ],
)
def test_a_margin_whose_scale_may_be_the_figures_is_refused(
    text: str, language: str | None
) -> None:
    reason = refused(text, CONTAINERS._replace(language=language)).reason
    assert reason.startswith("The figure may be in the scale of its margin, or be less than that.")


@pytest.mark.parametrize("text", ["several ± 5", "500 ± several", "500 ± -5", "several ± many"])
def test_a_margin_is_a_number_that_is_not_negative(text: str) -> None:
    reason = "A figure with a margin is two numbers, the second not negative."
    assert refused(text).reason.startswith(reason)


@pytest.mark.parametrize(
    ("text", "language", "meant", "short"),
    [
        ("a million one", None, 1_000_001, 1_100_000),
        ("a million two", None, 1_000_002, 1_200_000),
        ("two million five", None, 2_000_005, 2_500_000),
        ("a million nine", None, 1_000_009, 1_900_000),
        ("two million five hundred", None, 2_000_500, 2_500_000),
        ("a million nine hundred", None, 1_000_900, 1_900_000),
        ("a billion two", None, 1_000_000_002, 1_200_000_000),
        ("two billion five hundred", None, 2_000_000_500, 2_500_000_000),
        ("two trillion five", None, 2_000_000_000_005, 2_500_000_000_000),
        ("two lakh fifty", None, 200_050, 250_000),
        ("two lakh ninety-nine", None, 200_099, 299_000),
        ("two crore fifty", None, 20_000_050, 25_000_000),
        ("миллиард двести", "ru", 1_000_000_200, 1_200_000_000),
        ("мільярд двісті", "uk", 1_000_000_200, 1_200_000_000),
        ("un milliard deux cents", "fr", 1_000_000_200, 1_200_000_000),
        ("un million deux", "fr", 1_000_002, 1_200_000),
        ("un millón doscientos", "es", 1_000_200, 1_200_000),
        ("eine Milliarde zweihundert", "de", 1_000_000_200, 1_200_000_000),
        ("مليون ومئتان", "ar", 1_000_200, 1_200_000),
    ],
)
def test_what_speech_shortens_is_refused_with_both_numbers(
    text: str, language: str | None, meant: int, short: int
) -> None:
    reason = refused(text, CONTAINERS._replace(language=language)).reason
    assert reason.startswith(f"This may be {meant} or, shortened, {short}. Send")


def test_the_words_that_may_be_shortened_are_named_from_the_first_to_the_last() -> None:
    assert refused("about a million two").words == ("a", "million", "two")


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("a million and two", None, 1_000_002),
        ("two billion and five hundred", None, 2_000_000_500),
        ("a million ten", None, 1_000_010),
        ("a million fifty", None, 1_000_050),
        ("one million two hundred and fifty", None, 1_000_250),
        ("one million two hundred thousand", None, 1_200_000),
        ("one million two thousand", None, 1_002_000),
        ("a thousand two", None, 1002),
        ("five thousand five hundred", None, 5500),
        ("two lakh one hundred", None, 200_100),
        ("two lakh fifty thousand", None, 250_000),
        ("two crore fifty lakh", None, 25_000_000),
        ("миллиард двести миллионов", "ru", 1_200_000_000),
        ("тысяча двести", "ru", 1200),
        ("un millón doscientos mil", "es", 1_200_000),
    ],
)
def test_what_is_said_in_full_is_read(text: str, language: str | None, number: int) -> None:
    told = says(text, CONTAINERS._replace(language=language))
    assert told == f"none {number} [{number}, {number}]"
