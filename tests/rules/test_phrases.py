"""What stands around a figure and between two, and why the rest is refused."""

import pytest

from app.rules.bounds import MeasureContext
from tests.rules.test_hedges import CONTAINERS, SHARE, refused, says

HEAT = MeasureContext("Cel", None, "amount")
RUSSIAN = CONTAINERS._replace(language="ru")
FRENCH = CONTAINERS._replace(language="fr")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("500 to 500", "500", "500"),
        ("between one hundred and one thousand", "100", "1000"),
        ("between a hundred and two hundred and fifty", "100", "250"),
        ("between two hundred and fifty and three hundred", "250", "300"),
        ("between one and a half and two million", "1500000", "2000000"),
        ("320- to 640-container", "320", "640"),
        ("320 - to 640 containers", "320", "640"),
        ("from 500 containers to 600 containers", "500", "600"),
        ("500 containers to 600 containers", "500", "600"),
        ("500 to 600 containers", "500", "600"),
        # The first figure borrows a scale only where it stays below the second.
        ("99 to 100 thousand", "99000", "100000"),
        ("100 to 100 thousand", "100", "100000"),
        ("20 to 20 million", "20", "20000000"),
        ("a hundred to two hundred thousand", "100000", "200000"),
        ("one thousand to two million", "1000", "2000000"),
        ("two hundred to three hundred thousand", "200000", "300000"),
        ("3 dozen to 5 hundred", "36", "500"),
        # Nothing is left out of a first end that is no short whole number, or would not be less.
        ("0-5,000", "0", "5000"),
        ("5 to 5,000", "5", "5000"),
        ("1.0 to 2,000", "1", "2000"),
        ("1.5 to 2,000", "1.5", "2000"),
        ("1000 to 2,000,000", "1000", "2000000"),
        ("60- 60", "60", "60"),
    ],
)
def test_the_ends_of_a_range_are_what_each_of_them_says(text: str, low: str, high: str) -> None:
    assert says(text) == f"between - [{low}, {high}]"


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("-5 to 10", "-5", "10"),
        ("-5 - 10", "-5", "10"),
        ("between -5 and 10", "-5", "10"),
        ("between minus 10 and minus 5", "-10", "-5"),
        ("-10--5", "-10", "-5"),
        ("−10–−5", "-10", "-5"),
        ("0-10", "0", "10"),
        ("-5-0", "-5", "0"),
    ],
)
def test_an_end_below_zero_has_a_sign_of_its_own(text: str, low: str, high: str) -> None:
    assert says(text, HEAT) == f"between - [{low}, {high}]"


@pytest.mark.parametrize("text", ["-5-10", "−5–10", "-5–10 or so", "minus 5 to 10", "-5°C–10°C"])
def test_a_sign_that_may_be_said_for_both_ends_is_refused(text: str) -> None:
    assert refused(text, HEAT).reason.startswith("The range may end at 10 or at -10. Send")


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("3 to 5%", "between - [0.03, 0.05]"),
        ("3% to 5%", "between - [0.03, 0.05]"),
        ("3 ± 2%", "plus_minus 0.03 [0.01, 0.05]"),
        ("3% ± 2%", "plus_minus 0.03 [0.01, 0.05]"),
        ("5 ± half a percent", "plus_minus 0.05 [0.045, 0.055]"),
        ("half, give or take a tenth", "plus_minus 0.5 [0.4, 0.6]"),
        ("half ± 0.1", None),
        ("half ± 5%", None),
        ("5% ± 0.01", None),
        ("3% to 5", None),
        ("3% to 5‰", None),
        ("3% ± 2‰", None),
        ("half to 60%", None),
        ("a third to 0.5", None),
        ("between a third and a half", "between - [0.333333333333, 0.5]"),
        ("half to two thirds", "between - [0.5, 0.666666666667]"),
    ],
)
def test_two_numbers_are_both_percentages_or_both_parts(text: str, figure: str | None) -> None:
    if figure is None:
        assert refused(text, SHARE)
    else:
        assert says(text, SHARE) == figure


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("an about 500", "approximate 500 [450, 550]"),
        ("about the 500", "approximate 500 [450, 550]"),
        ("the roughly 500 containers in total", "approximate 500 [450, 550]"),
        ("a total of a roughly 500", "approximate 500 [450, 550]"),
        ("500 (est.)", "approximate 500 [450, 550]"),
        ("500 (est.) containers", "approximate 500 [450, 550]"),
        ("500 (est.) or more", "at_least 500 [450, ∞)"),
        ("500 (or more) containers", "at_least 500 [500, ∞)"),
        ("some of the shipping containers", "vague - (-∞, ∞)"),
        ("10 to about 20", "between - [9, 22]"),
        ("at least dozens more", "vague - [24, ∞)"),
    ],
)
def test_what_changes_nothing_is_passed_over(text: str, figure: str) -> None:
    assert says(text) == figure


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("de l'ordre de 500", "approximate 500 [450, 550]"),
        ("de l'ordre de 500 à 600", "between - [450, 660]"),
        ("containers 100", "none 100 [100, 100]"),
        ("de 500 à 600", "between - [500, 600]"),
    ],
)
def test_a_hedge_may_begin_as_a_range_does(text: str, figure: str) -> None:
    assert says(text, FRENCH) == figure


KNOWN = "The words are known, but they make no figure in this order."
UNKNOWN = "Some words are neither in the lexicon nor in the measure's unit label."
MORE_THAN_ONE = "One wording holds more than one figure"
TWO_ENDS = "A range has two ends."
TWO_NUMBERS = "A range has two numbers as its ends."
OTHER_WAY = ": send what the source itself says as 'A or B' as alternatives."
PARTS = "One end of the range is a percentage or a part, the other is not."


@pytest.mark.parametrize(
    ("text", "yardstick", "reason", "words"),
    [
        ("20 or 30", CONTAINERS, MORE_THAN_ONE + OTHER_WAY, "or 30"),
        ("20 or 30 and 40", CONTAINERS, MORE_THAN_ONE + OTHER_WAY, "or 30 and 40"),
        ("20 and 30", CONTAINERS, f"{MORE_THAN_ONE}: send 'A and B' as slots.", "and 30"),
        ("20 and or 30", CONTAINERS,
         *(f"{MORE_THAN_ONE}: send 'A or B' as alternatives, and 'A and B' as slots.",
           "and or 30")),
        ("20 30", CONTAINERS, f"{MORE_THAN_ONE}, and only one is meant here.", "30"),
        ("containers", CONTAINERS, KNOWN, "containers"),
        ("about containers", CONTAINERS, KNOWN, "about containers"),
        ("500 to about", CONTAINERS, KNOWN, "to about"),
        ("a the 500", CONTAINERS, KNOWN, "a the 500"),
        ("500 per day per week", CONTAINERS, KNOWN, "per week"),
        ("500 ! containers", CONTAINERS, UNKNOWN, "!"),
        ("blorps 500 of zwurps", CONTAINERS, UNKNOWN, "blorps zwurps"),
        ("between 500 and blorps", CONTAINERS, UNKNOWN, "blorps"),
        ("500 containers (est.", CONTAINERS, UNKNOWN, "("),
        ("500 est.)", CONTAINERS, UNKNOWN, ")"),
        ("500 containers est.)", CONTAINERS, UNKNOWN, ")"),
        ("320 - - 640", CONTAINERS, f"{MORE_THAN_ONE}, and only one is meant here.", "- - 640"),
        ("between containers and 500", CONTAINERS, TWO_NUMBERS, "and 500"),
        ("between 7 containers and 9 thousand containers", CONTAINERS,
         *("The range may begin at 7 or at 7000.",
           "between 7 containers and 9 thousand containers")),
        ("about from 500", CONTAINERS, TWO_ENDS, "500"),
        ("about between 500 and", CONTAINERS, TWO_NUMBERS, "500 and"),
        ("several to many", CONTAINERS,
         *("The ends of a range are numbers, not vague words.", "several to many")),
        ("600 to 500", CONTAINERS, "The range runs downwards.", "600 to 500"),
        ("7 containers to 9 thousand containers", CONTAINERS,
         *("The range may begin at 7 or at 7000.", "7 containers to 9 thousand containers")),
        ("about 60-90,000", CONTAINERS,
         *("The range may begin at 60 or, shortened, at 60000.", "60 - 90,000")),
        ("about 1-2,000", CONTAINERS,
         *("The range may begin at 1 or, shortened, at 1000.", "1 - 2,000")),
        ("about 2-3,000,000", CONTAINERS,
         *("The range may begin at 2 or, shortened, at 2000000.", "2 - 3,000,000")),
        ("about 500-1,000,000", CONTAINERS,
         *("The range may begin at 500 or, shortened, at 500000.", "500 - 1,000,000")),
        ("about 60-60", CONTAINERS,
         *("This may be a score, parts of a whole or a number to call.", "60 - 60")),
        ("about 1 - 1/2 million", CONTAINERS,
         *("This may be one mixed number or a range.", "1 - 1/2 million")),
        ("about -5-10", HEAT, "The range may end at 10 or at -10.", "- 5 - 10"),
        ("etwa zwei bis dreihundert", CONTAINERS._replace(language="de"),
         *("The first end may lack its scale.", "zwei bis dreihundert")),
        ("3% to 5", SHARE, PARTS, "3 % to 5"),
        ("5% ± 0.01", SHARE,
         *("The figure and its margin are not both percentages, or both parts.", "5 % ± 0.01")),
        ("some of the 500", CONTAINERS,
         *("Some of a number are a part of it, and how large a part is not said.",
           "some of the 500")),
        ("shipping 100", RUSSIAN,
         *("A noun before its figure may mean about it.", "shipping 100")),
        ("containers 100", RUSSIAN,
         *("A noun before its figure may mean about it.", "containers 100")),
        ("около containers 100", RUSSIAN,
         *("A noun before its figure may mean about it.", "около containers 100")),
    ],
)  # fmt: skip
def test_what_makes_no_figure_is_refused_with_the_reason_and_its_words(
    text: str, yardstick: MeasureContext, reason: str, words: str
) -> None:
    found = refused(text, yardstick)
    assert found.reason.startswith(reason + " Send 'hedge'")
    assert " ".join(found.words) == words
