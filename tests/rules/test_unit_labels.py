"""Unit labels: which words of a wording name what its figure is of, and which are a part of it."""

from decimal import Decimal

import pytest

from app.rules.bounds import MeasureContext
from app.rules.tokenizer import forms
from tests.rules.test_hedges import refused, says


def of(unit: str, label: str | None = None, language: str | None = None) -> MeasureContext:
    return MeasureContext(unit, label, "count", Decimal(0), language=language)


@pytest.mark.parametrize(
    ("text", "yardstick", "figure"),
    [
        # Each noun of a label is a name, also one with a number in it, and the longest is taken.
        ("18 155 mm rockets", of("{x}", "105 mm shells or 155 mm rockets"), "none 18 [18, 18]"),
        ("18 155 shells", of("{x}", "155 shells"), "none 18 [18, 18]"),
        ("~18 155 mm shells", of("{x}", "155 mm shells"), "approximate 18 [16.2, 19.8]"),
        ("300 drones of war", of("{x}", "drones, drones of war"), "none 300 [300, 300]"),
        ("300 drones", of("{x}", "drones of war, drones"), "none 300 [300, 300]"),
        ("1 drone of war", of("{x}", "drones, drone of war"), "none 1 [1, 1]"),
        ("300 أشخاص", of("{x}", "أشخاص", "ar"), "none 300 [300, 300]"),
        ("8 guns 155 mm", of("{x}", "guns, guns 155 mm"), "none 8 [8, 8]"),
        ("1 gun 155 mm", of("{x}", "guns, gun 155 mm"), "none 1 [1, 1]"),
        ("300 boxes", of("{x}", "box"), "none 300 [300, 300]"),
        ("1 company", of("{x}", "companies"), "none 1 [1, 1]"),
        ("5k-6k boats", of("{x}", "boats"), "between - [5000, 6000]"),
        ("300,", of("{x}"), "none 300 [300, 300]"),
        ("300:", of("{x}"), "none 300 [300, 300]"),
        ("300;", of("{x}"), "none 300 [300, 300]"),
        # A rate's unit, how it is printed, and the thing itself.
        ("80 kph", of("km/h"), "none 80 [80, 80]"),
        ("80 kilometres", of("km/h"), "none 80 [80, 80]"),
        ("80 kilograms", of("kg/m2/d"), "none 80 [80, 80]"),
    ],
)
def test_a_figure_is_of_what_the_label_and_the_code_of_its_unit_name(
    text: str, yardstick: MeasureContext, figure: str
) -> None:
    assert says(text, yardstick) == figure


@pytest.mark.parametrize(
    ("text", "yardstick", "words"),
    [
        ("about brigade 47", of("{brigade}"), ("brigade", "47")),
        ("about brigade 47 there", of("{brigade}"), ("brigade", "47")),
        ("5 ga", of("{x}", "gas"), ("ga",)),
        ("a K boats", of("{x}", "boats"), ("a", "K", "boats")),
        ("5 M-16 boats", of("{x}", "boats"), ("M-16",)),
        ("300 shipping containers 400", of("{x}", "shipping containers"), ("400",)),
        ("2 of 5 shipping containers", of("{x}", "shipping containers"),
         ("5", "shipping containers")),
        ("8 155 rockets", of("{x}", "155 mm shells"), ("155",)),
        ("not 8 155 mm shells", of("{x}", "155 mm shells"), ("not", "8", "155 mm shells")),
        ("80 grams", of("kg/m2/d"), ("grams",)),
    ],
)  # fmt: skip
def test_the_words_that_are_to_blame_are_told_as_they_were_written(
    text: str, yardstick: MeasureContext, words: tuple[str, ...]
) -> None:
    assert refused(text, yardstick).words == words


LETTER = "The letter may be a scale (k thousand, m million) or a unit (m metre, K kelvin)."
GLUED = "A number that is glued to a word belongs to a name."
NUMBERED = "Behind the name of one thing a number says which one it is."


@pytest.mark.parametrize(
    ("text", "yardstick", "reason", "words"),
    [
        ("about 500k", of("m"), LETTER, ("k",)),
        ("about brigade 47", of("{brigade}"), NUMBERED, ("brigade", "47")),
        ("5 M-16 boats", of("{x}", "boats"), GLUED, ("M-16",)),
        ("over T-72 boats", of("{x}", "boats"), GLUED, ("T-72",)),
    ],
)
def test_a_letter_or_a_name_that_reads_two_ways_is_refused_with_the_reason(
    text: str, yardstick: MeasureContext, reason: str, words: tuple[str, ...]
) -> None:
    found = refused(text, yardstick)
    assert found.reason.startswith(reason + " Send")
    assert found.words == words


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("5 M", "{x}", 5_000_000), ("5 k", "{USD}", 5000), ("5 T", "{USD}", 5 * 10**12),
        ("5k km", "km", 5000),
    ],
)  # fmt: skip
def test_a_letter_is_a_scale_where_it_can_be_no_unit(text: str, unit: str, value: int) -> None:
    assert says(text, of(unit)) == f"none {value} [{value}, {value}]"


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("boats", {"boat"}),
        ("boxes", {"boxe", "box"}),
        ("companies", {"companie", "compani", "company"}),
        ("gas", set()),
        ("mass", {"mas"}),
        ("boat", set()),
    ],
)
def test_a_word_has_the_forms_that_it_may_be_the_plural_of(word: str, others: set[str]) -> None:
    assert forms(word) == others | {word}
