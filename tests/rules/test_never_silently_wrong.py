"""What reads two ways is refused with both named, and what names its own unit is read."""

from decimal import Decimal

import pytest

from app.rules.bounds import MeasureContext
from tests.rules.test_hedges import CONTAINERS, refused, says

ZERO = Decimal(0)
MORTARS = MeasureContext("{mortar}", "120mm mortars", domain_min=ZERO)
DOLLARS = MeasureContext("{USD}", None, "amount")


def of(unit: str, label: str | None = None) -> MeasureContext:
    return MeasureContext(unit, label, "amount")


@pytest.mark.parametrize("text", ["14.000", "3.250 containers", "about 14.000"])
def test_a_dot_before_three_digits_of_things_counted_names_both_readings(text: str) -> None:
    assert "groups thousands" in refused(text).reason
    assert "decimal mark" in refused(text).reason


@pytest.mark.parametrize(
    ("text", "language", "figure"),
    [
        ("14.000", "de", "none 14000 [14000, 14000]"),
        ("1.250.000", "fr", "none 1250000 [1250000, 1250000]"),
        ("2,5 millones", "es", "none 2500000 [2500000, 2500000]"),
        ("14'000", "de-CH", "none 14000 [14000, 14000]"),
        ("14,000", "es-MX", "none 14000 [14000, 14000]"),
        ("1.250 million", None, "none 1250000 [1250000, 1250000]"),
    ],
)
def test_the_language_decides_what_a_dot_means(
    text: str, language: str | None, figure: str
) -> None:
    assert says(text, CONTAINERS._replace(language=language)) == figure


@pytest.mark.parametrize(
    ("text", "language"), [("14,000", "es"), ("14,000", "de"), ("14.000", "en")]
)
def test_the_other_mark_stays_unsure(text: str, language: str) -> None:
    assert "decimal mark" in refused(text, CONTAINERS._replace(language=language)).reason


@pytest.mark.parametrize(
    "text", ["60-90,000", "8 to 12,000", "between 8 and 12,000", "$3 to $4 million"]
)
def test_a_shortened_range_names_both_beginnings(text: str) -> None:
    assert "may begin at" in refused(text, DOLLARS if "$" in text else CONTAINERS).reason


@pytest.mark.parametrize("text", ["60-60", "555-7213"])
def test_what_is_hardly_a_range_is_refused(text: str) -> None:
    assert refused(text).words


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("16 120mm mortars", "16"),
        ("16 120-mm mortars", "16"),
        ("16 120 mm mortars", "16"),
        ("2,000 120mm mortars", "2000"),
    ],
)
def test_a_number_in_the_label_is_not_glued_to_the_figure(text: str, value: str) -> None:
    assert says(text, MORTARS) == f"none {value} [{value}, {value}]"


@pytest.mark.parametrize("text", ["120mm mortars", "120", "120-mm"])
def test_a_number_in_the_label_is_never_the_figure(text: str) -> None:
    assert refused(text, MORTARS).words


@pytest.mark.parametrize(
    ("text", "yardstick", "figure"),
    [
        ("700 m", of("m"), "none 700 [700, 700]"),
        ("700m", of("m"), "none 700 [700, 700]"),
        ("about 300 K", of("K"), "approximate 300 [270, 330]"),
        ("5 tn tonnes", of("t"), "none 5000000000000 [5000000000000, 5000000000000]"),
        ("$5 tn", DOLLARS, "none 5000000000000 [5000000000000, 5000000000000]"),
        ("9 km", of("km"), "none 9 [9, 9]"),
        ("9 km/s2", of("km/s2", "km/s2"), "none 9 [9, 9]"),
        ("20 mg to 30 mg", of("mg"), "between - [20, 30]"),
        ("$40,000 to $2.5 million", DOLLARS, "between - [40000, 2500000]"),
        ("US$2bn", DOLLARS, "none 2000000000 [2000000000, 2000000000]"),
        ("2.5 ± 0.5%", of("%"), "plus_minus 2.5 [2, 3]"),
        ("30 crates", of("{box}", "boxes, crates"), "none 30 [30, 30]"),
    ],
)
def test_a_figure_may_name_its_own_unit(text: str, yardstick: MeasureContext, figure: str) -> None:
    assert says(text, yardstick) == figure


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("700m", "km"), ("7M", "m"), ("3k", "K"), ("5 tn", "t"), ("5tn", "t"), ("5 mn", "min"),
    ],
)  # fmt: skip
def test_a_letter_that_may_be_another_unit_is_no_scale(text: str, unit: str) -> None:
    assert "unit" in refused(text, of(unit)).reason


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("almost none", "nearly 0 [0, 1]"),
        ("about zero", "approximate 0 [0, 1]"),
        ("nearly 2", "nearly 2 [1, 2)"),
        ("about 1", "approximate 1 [0, 2]"),
        ("just over 1", "just_over 1 (1, 2]"),
        ("about half a dozen", "approximate 6 [5, 7]"),
        ("2-1/2 million", "none 2500000 [2500000, 2500000]"),
    ],
)
def test_small_counts_reach_the_next_whole_number(text: str, figure: str) -> None:
    assert says(text) == figure


@pytest.mark.parametrize(
    ("text", "yardstick", "figure"),
    [
        ("nearly −8", of("Cel"), "nearly -8 (-8, -7.2]"),
        ("close to 0", of("Cel"), "nearly 0 [-2, 2]"),
        ("half an hour", of("h"), "none 0.5 [0.5, 0.5]"),
        ("+1.7%", of("%"), "none 1.7 [1.7, 1.7]"),
        ("the majority", MeasureContext("1", None, "share"), "vague - (0.5, ∞)"),
    ],
)
def test_what_was_refused_or_on_the_wrong_side_is_read(
    text: str, yardstick: MeasureContext, figure: str
) -> None:
    assert says(text, yardstick) == figure


@pytest.mark.parametrize(
    ("text", "yardstick"),
    [
        ("just under −8", of("Cel")),
        ("fewer than 0", CONTAINERS),
        ("+41", CONTAINERS),
        ("VIRUS-21 cases", MeasureContext("{case}", "virus cases", domain_min=ZERO)),
        ("R7", CONTAINERS),
    ],
)
def test_what_may_be_something_else_is_no_figure(text: str, yardstick: MeasureContext) -> None:
    assert refused(text, yardstick).words


@pytest.mark.parametrize(
    "text", ["umpteen", "14.000", "60-90,000", "half", "7 or 8", "over under 5"]
)
def test_every_refusal_says_the_way_out(text: str) -> None:
    assert "Send 'hedge' with 'value' or bounds" in refused(text).reason


def test_alternatives_and_slots_are_named_only_where_there_are_some() -> None:
    assert "alternatives" in refused("7 or 8").reason
    assert "slots" not in refused("7 or 8").reason
    assert "slots" in refused("7 and 8").reason
    assert "alternatives" not in refused("7 (8)").reason


@pytest.mark.parametrize(
    ("text", "yardstick", "figure"),
    [
        ("sub-40", CONTAINERS, "less_than 40 [0, 40)"),
        ("minus-2.5 °C", of("Cel"), "none -2.5 [-2.5, -2.5]"),
        ("a roughly 70-metre", of("m"), "approximate 70 [63, 77]"),
        ("dozens more", CONTAINERS, "vague - [24, ∞)"),
        ("3,200*", CONTAINERS, "none 3200 [3200, 3200]"),
        ("$1.375T", DOLLARS, "none 1375000000000 [1375000000000, 1375000000000]"),
    ],
)
def test_more_is_read_by_general_rules(text: str, yardstick: MeasureContext, figure: str) -> None:
    assert says(text, yardstick) == figure


@pytest.mark.parametrize("label", [None, "brigade", "brigades", "formations"])
def test_a_number_behind_the_name_of_one_thing_says_which_one_whatever_the_label(
    label: str | None,
) -> None:
    brigades = MeasureContext("{brigade}", label, domain_min=ZERO)
    assert refused("Brigade 47", brigades).words == ("Brigade", "47")
    assert says("47 brigade" if label == "brigade" else "47 brigades", brigades) == (
        "none 47 [47, 47]"
    )
    assert says("troops 500", MeasureContext("{troops}", label)) == "none 500 [500, 500]"


@pytest.mark.parametrize(
    ("text", "unit", "figure"),
    [
        # A currency or a measure whose printed names are not known has its code.
        ("5 million", "{XDR}", "none 5000000 [5000000, 5000000]"),
        ("XDR 5 million", "{XDR}", "none 5000000 [5000000, 5000000]"),
        ("5", "[fur_i]/h", "none 5 [5, 5]"),
        # Of a rate the thing itself has its names, and the rate those of its own.
        ("90 kilometres an hour", "km/h", "none 90 [90, 90]"),
        ("90 km/h", "km/h", "none 90 [90, 90]"),
        ("€5 an hour", "{EUR}/h", "none 5 [5, 5]"),
        ("5 euros", "{EUR}/h", "none 5 [5, 5]"),
    ],
)
def test_a_unit_is_named_as_it_is_printed(text: str, unit: str, figure: str) -> None:
    assert says(text, of(unit)) == figure


@pytest.mark.parametrize(
    ("text", "yardstick", "figure"),
    [
        # The longest name of the unit counts, with each of its words in either number.
        ("5 sea mines", MeasureContext("{vessel}", "sea, sea mine"), "none 5 [5, 5]"),
        ("5 sea cows", MeasureContext("{vessel}", "sea, sea mine"), None),
        ("5 land mines", MeasureContext("{vessel}", "sea mine"), None),
        # A letter is a unit behind a figure; before one it is money.
        ("m 5", of("m"), None),
        ("K 300", of("K"), None),
        ("R 500", of("{ZAR}"), "none 500 [500, 500]"),
        ("5 T", of("{USD}"), "none 5000000000000 [5000000000000, 5000000000000]"),
        ("5 T", CONTAINERS, None),
        # Of digits in groups only the last is the size in the label.
        ("1 016 120mm mortars", MORTARS, "none 1016 [1016, 1016]"),
        ("1 016 120 mm mortars", MORTARS, "none 1016 [1016, 1016]"),
    ],
)
def test_a_unit_is_found_whole_and_where_it_may_stand(
    text: str, yardstick: MeasureContext, figure: str | None
) -> None:
    if figure is None:
        assert refused(text, yardstick).words
    else:
        assert says(text, yardstick) == figure
