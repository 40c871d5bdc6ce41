"""The rule of each hedge, without a wording: where a figure begins and ends, and why there."""

from decimal import Decimal
from typing import Any

import pytest

from app.rules.bounds import BoundedFigure, MeasureContext, bounds, in_unit
from app.rules.figures import complete, read_figure
from app.rules.numbers import plain
from tests.rules.test_hedges import CONTAINERS, SHARE, refused, says

CELSIUS = MeasureContext("Cel", None, "amount")
KELVIN = MeasureContext("K", None, "amount", Decimal(0))


BEDS = MeasureContext("{bed}", None, "capacity", Decimal(0))
SHELLS_A_YEAR = MeasureContext("{shell}/a", None, "rate", Decimal(0))
DOLLARS = MeasureContext("{USD}", None, "amount")
TONNES = MeasureContext("t")
HOURS = MeasureContext("h")
BARRELS = MeasureContext("{barrel}", "barrels", "amount")
GROWTH = MeasureContext("1/a", None, "rate")


def ends(figure: BoundedFigure) -> tuple[str, str]:
    """Each end with what it rests on: "(7000 entailed", "" where there is none."""
    lower, upper = figure.lower, figure.upper
    left, right = "[" if figure.lower_inclusive else "(", "]" if figure.upper_inclusive else ")"
    return (
        "" if lower is None else f"{left}{plain(lower)} {figure.lower_basis}",
        "" if upper is None else f"{plain(upper)}{right} {figure.upper_basis}",
    )


@pytest.mark.parametrize(
    ("hedge", "value", "yardstick", "expected"),
    [
        ("none", "7", CONTAINERS, ("[7 entailed", "7] entailed")),
        ("exact", "7", CONTAINERS, ("[7 stated", "7] stated")),
        ("approximate", "6700", CONTAINERS, ("[6500 convention", "6900] convention")),
        ("more_than", "7000", CONTAINERS, ("(7000 entailed", "")),
        ("at_least", "7000", CONTAINERS, ("[7000 entailed", "")),
        ("up_to", "13000", CONTAINERS, ("[0 domain", "13000] entailed")),
        ("less_than", "300", CONTAINERS, ("[0 domain", "300) entailed")),
        ("nearly", "5000", CONTAINERS, ("[4500 convention", "5000) entailed")),
        ("just_over", "5000", CONTAINERS, ("(5000 entailed", "5500] convention")),
        ("order_of", "1000", CONTAINERS, ("[500 convention", "5000] convention")),
        # The ends of the domain, and beyond them.
        ("nearly", "0", CONTAINERS, ("[0 domain", "1] convention")),
        ("less_than", "0", CONTAINERS, ("", "0) entailed")),
        ("at_least", "0", CONTAINERS, ("[0 entailed", "")),
        ("up_to", "1", SHARE, ("[0 domain", "1] entailed")),
        ("up_to", "0", CONTAINERS, ("[0 domain", "0] entailed")),
        ("approximate", "0.99", SHARE, ("[0.97 convention", "1] domain")),
        ("more_than", "0.5", SHARE, ("(0.5 entailed", "1] domain")),
        ("at_least", "1", SHARE, ("[1 entailed", "1] domain")),
        ("more_than", "1", SHARE, ("(1 entailed", "")),
        ("just_over", "1", SHARE, ("(1 entailed", "1.1] convention")),
        # Below zero.
        ("approximate", "-8", CELSIUS, ("[-8.8 convention", "-7.2] convention")),
        ("nearly", "-8", CELSIUS, ("(-8 entailed", "-7.2] convention")),
        ("just_over", "-8", CELSIUS, ("(-8 entailed", "-7.2] convention")),
        ("order_of", "-1000", CELSIUS, ("[-5000 convention", "-500] convention")),
        ("up_to", "-8", CELSIUS, ("", "-8] entailed")),
        # Of zero a tenth is nothing: two of its last place, two percent of a share.
        ("approximate", "0", CELSIUS, ("[-2 convention", "2] convention")),
        ("nearly", "0", CELSIUS, ("[-2 convention", "2] convention")),
        ("just_over", "0", CELSIUS, ("(0 entailed", "2] convention")),
        ("just_over", "0", SHARE, ("(0 entailed", "0.02] convention")),
        ("approximate", "0", GROWTH, ("[-0.02 convention", "0.02] convention")),
        ("approximate", "0", GROWTH._replace(unit="%/a"), ("[-2 convention", "2] convention")),
        # To the next whole number where things are counted, and only there.
        ("approximate", "2", CONTAINERS, ("[1 convention", "3] convention")),
        ("approximate", "2", BEDS, ("[1 convention", "3] convention")),
        ("approximate", "2", SHELLS_A_YEAR, ("[1.8 convention", "2.2] convention")),
        ("approximate", "2", DOLLARS, ("[1.8 convention", "2.2] convention")),
        ("approximate", "2", TONNES, ("[1.8 convention", "2.2] convention")),
        # These say nothing of where the ends lie.
        ("between", "5", CONTAINERS, ("", "")),
        ("plus_minus", "5", CONTAINERS, ("", "")),
        ("vague", "5", CONTAINERS, ("", "")),
    ],
)
def test_each_hedge_says_how_far_a_figure_reaches_and_what_that_rests_on(
    hedge: str, value: str, yardstick: MeasureContext, expected: tuple[str, str]
) -> None:
    found = bounds(hedge, Decimal(value), yardstick)
    assert (found.hedge, found.value, found.unit) == (hedge, Decimal(value), yardstick.unit)
    assert ends(found) == expected


@pytest.mark.parametrize(
    ("value", "lower", "upper"),
    [
        ("1e300", "5e299", None),
        ("-1e300", None, "-5e299"),
        ("1e-300", "0", "5e-300"),
        ("-1e-300", "-5e-300", "0"),
    ],
)
def test_a_bound_that_cannot_be_stored_moves_outwards_and_never_cuts_anything_off(
    value: str, lower: str | None, upper: str | None
) -> None:
    found = bounds("order_of", Decimal(value), CELSIUS)
    expected = [None if end is None else Decimal(end) for end in (lower, upper)]
    assert [found.lower, found.upper] == expected
    details = (found.lower_inclusive, found.lower_basis, found.upper_inclusive, found.upper_basis)
    low = (None, None) if lower is None else (True, "convention")
    high = (None, None) if upper is None else (True, "convention")
    assert details == (*low, *high)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("at least at most 5",
         "The hedges contradict each other: one says above, the other below."),
        ("exactly about 5",
         "The hedges contradict each other: one of them says that it is exact."),
        ("exactly at least 5",
         "The hedges contradict each other: one of them says that it is exact."),
        ("exactly 3 to 5",
         "The hedges contradict each other: one of them says that it is exact."),
        ("nearly 3 to 5", "Near to a range may be near to its lower end, or to its upper one."),
        ("just over 3 to 5", "Near to a range may be near to its lower end, or to its upper one."),
        ("more than 61,000 ± 12,000",
         "A figure with a margin takes no further hedge that points one way."),
        ("on the order of 61,000 ± 12,000",
         "A figure with a margin takes no further hedge that points one way."),
    ],
)  # fmt: skip
def test_hedges_that_do_not_go_together_are_refused_with_the_reason(text: str, reason: str) -> None:
    assert refused(text).reason.startswith(f"{reason} Send ")


@pytest.mark.parametrize(
    ("text", "yardstick", "expected"),
    [
        ("several thousand", CONTAINERS, ("[3000 convention", "")),
        ("more than several thousand", CONTAINERS, ("(3000 convention", "")),
        ("just over several thousand", CONTAINERS, ("(3000 convention", "")),
        ("nearly several thousand", CONTAINERS, ("[2700 convention", "")),
        ("up to several thousand", CONTAINERS, ("[0 domain", "")),
        ("nearly on the order of 1,000", CONTAINERS, ("[500 convention", "5000) convention")),
        ("just over on the order of 1,000", CONTAINERS, ("(500 convention", "5000] convention")),
        ("nearly about 5,000", CONTAINERS, ("[4500 convention", "5500) convention")),
        ("up to about 3,000", CONTAINERS, ("[0 domain", "3300] convention")),
        ("at least about 5,000", CONTAINERS, ("[4500 convention", "")),
        ("at least about 0", CONTAINERS, ("[0 domain", "")),
        ("up to about 100%", SHARE, ("[0 domain", "1] domain")),
        ("about at least 5,000", CONTAINERS, ("[4500 convention", "")),
        ("at least 3 to 5", CONTAINERS, ("[3 entailed", "")),
        ("less than 3 to 5", CONTAINERS, ("[0 domain", "5) entailed")),
        ("on the order of 3 to 5", CONTAINERS, ("[1.5 convention", "25] convention")),
        ("up to on the order of 1,000", CONTAINERS, ("[0 domain", "5000] convention")),
        ("about 50 ± 1", CONTAINERS, ("[45 convention", "55] convention")),
        ("about 50 ± 20", CONTAINERS, ("[30 convention", "70] convention")),
    ],
)
def test_hedges_that_go_together_are_as_soft_as_the_softest(
    text: str, yardstick: MeasureContext, expected: tuple[str, str]
) -> None:
    assert ends(read_figure(text, yardstick)) == expected


@pytest.mark.parametrize(
    ("text", "yardstick", "figure"),
    [
        # A range that the source ends beyond the whole is not cut to the whole.
        ("about 90 to 110%", SHARE, "between - [0.81, 1.21]"),
        ("up to 90 to 110%", SHARE, "up_to - [0, 1.1]"),
        ("at least 90 to 110%", SHARE, "at_least - [0.9, ∞)"),
        ("about -5% to 3%", SHARE, "between - [-0.055, 0.033]"),
        ("about -5 to 3", CONTAINERS, "between - [-6, 4]"),
        # What only "about" reaches beyond it is.
        ("about 90 to 100%", SHARE, "between - [0.81, 1]"),
        ("about 0 to 5%", SHARE, "between - [0, 0.055]"),
        ("95% ± 10%", SHARE, "plus_minus 0.95 [0.85, 1]"),
        ("about 1 to 3", CONTAINERS, "between - [0, 4]"),
        ("about 110%", SHARE, "approximate 1.1 [0.99, 1.21]"),
        ("up to 150%", SHARE, "up_to 1.5 [0, 1.5]"),
    ],
)
def test_the_domain_cuts_off_what_a_hedge_reaches_and_not_what_the_source_named(
    text: str, yardstick: MeasureContext, figure: str
) -> None:
    assert says(text, yardstick) == figure


def test_about_nothing_with_a_margin_of_nothing_reaches_to_both_sides() -> None:
    assert says("about 0 ± 0", CELSIUS) == "plus_minus 0 [-2, 2]"


@pytest.mark.parametrize(
    ("measured", "unit", "domain"),
    [
        (("1", "0", "1"), "%", ("0", "100")),
        (("%", "0", "100"), "1", ("0", "1")),
        (("{shell}", "0", "50"), "{shell}/a", ("0", None)),
        (("m", "2", "50"), "km", (None, None)),
        (("K", "0", "500"), "K", ("0", "500")),
        # 0 K is no 0 °C, and 0 °C no 0 °F.
        (("K", "0", None), "Cel", (None, None)),
        (("Cel", None, "0"), "K", (None, None)),
        (("Cel", "0", "0"), "[degF]", (None, None)),
        (("dB", "0", None), "W", (None, None)),
    ],
)
def test_in_another_unit_only_the_ends_of_the_domain_stay_that_are_sure(
    measured: tuple[str, str | None, str | None], unit: str, domain: tuple[str | None, str | None]
) -> None:
    code, *known = measured
    least, most = (None if end is None else Decimal(end) for end in known)
    found = in_unit(MeasureContext(code, "what it is called", "other", least, most), unit)
    assert (found.unit, found.unit_label, found.statistic) == (unit, "what it is called", "other")
    shown = tuple(None if e is None else plain(e) for e in (found.domain_min, found.domain_max))
    assert shown == domain


def test_a_temperature_in_degrees_may_be_below_zero_where_the_measure_has_kelvins() -> None:
    assert "flags" not in complete({"value": "-10", "unit": "Cel"}, KELVIN)
    assert "lower" not in complete({"upper": "20", "unit": "Cel"}, KELVIN)
    assert complete({"raw_text": "5 ± 10 °C", "unit": "Cel"}, KELVIN)["lower"] == "-5"


@pytest.mark.parametrize(
    ("sent", "hedge", "lower", "upper"),
    [
        # The hedge says where the figure begins or ends, not the domain.
        ({"hedge": "more_than", "value": "7000", "upper": "8000"}, "more_than",
         ("7000", False, "entailed"), ("8000", True, "stated")),
        ({"hedge": "at_least", "value": "7.0e3", "upper": "8000"}, "at_least",
         ("7.0e3", True, "entailed"), ("8000", True, "stated")),
        ({"hedge": "just_over", "value": "7000", "upper": "7100"}, "just_over",
         ("7000", False, "entailed"), ("7100", True, "stated")),
        ({"hedge": "up_to", "value": "13000", "lower": "9000"}, "up_to",
         ("9000", True, "stated"), ("13000", True, "entailed")),
        ({"hedge": "nearly", "value": "500", "lower": "480"}, "nearly",
         ("480", True, "stated"), ("500", False, "entailed")),
        ({"hedge": "less_than", "value": "500", "lower": "480"}, "less_than",
         ("480", True, "stated"), ("500", False, "entailed")),
        # Others do not say it: a bare value beside one bound, and what is about it.
        ({"value": "500", "lower": "400"}, "none", ("400", True, "stated"), None),
        ({"hedge": "exact", "value": "500", "upper": "600"}, "exact",
         ("0", True, "domain"), ("600", True, "stated")),
        ({"hedge": "approximate", "value": "500", "upper": "600"}, "approximate",
         ("0", True, "domain"), ("600", True, "stated")),
        ({"hedge": "just_over", "value": "500", "lower": "500"}, "just_over",
         ("500", False, "stated"), None),
        # Nothing would be left: it stays as sent.
        ({"hedge": "more_than", "value": "7000", "upper": "7000"}, "more_than",
         ("0", True, "domain"), ("7000", True, "stated")),
        ({"hedge": "less_than", "upper": "0"}, "less_than", None, ("0", False, "stated")),
        ({"value": "-5", "upper": "0"}, "none", None, ("0", True, "stated")),
        # The value is the domain's end, and something is left.
        ({"hedge": "less_than", "value": "0", "upper": "5"}, "less_than",
         ("0", True, "domain"), ("5", False, "stated")),
        # Without a hedge the bound says by itself whether it is excluded.
        ({"lower": "2", "lower_inclusive": False}, "more_than", ("2", False, "stated"), None),
        ({"lower": "2", "lower_inclusive": True}, "at_least", ("2", True, "stated"), None),
        ({"upper": "2", "upper_inclusive": False}, "less_than",
         ("0", True, "domain"), ("2", False, "stated")),
        ({"upper": "2", "upper_inclusive": True}, "up_to",
         ("0", True, "domain"), ("2", True, "stated")),
    ],
)  # fmt: skip
def test_a_bound_that_was_not_sent_is_where_the_hedge_says_else_the_end_of_the_domain(
    sent: dict[str, Any], hedge: str, lower: tuple[Any, ...] | None, upper: tuple[Any, ...] | None
) -> None:
    done = complete(sent, CONTAINERS)
    sides = (
        tuple(done.get(f"{side}{what}") for what in ("", "_inclusive", "_basis"))
        for side in ("lower", "upper")
    )
    assert (done["hedge"], *sides) == (hedge, lower or (None,) * 3, upper or (None,) * 3)


def test_beyond_the_whole_only_the_end_that_lies_there_stays_open() -> None:
    found = complete({"upper": "1.5"}, SHARE)
    assert (found["lower"], found["lower_basis"], found["flags"]) == (
        *("0", "domain", ["outside_domain"]),
    )
    assert "upper" not in complete({"lower": "1.5"}, SHARE)
    assert "upper" not in complete({"value": "1.5", "lower": "0.5"}, SHARE)
    assert complete({"value": "1", "lower": "0.5"}, SHARE)["upper"] == "1"
    assert "lower" not in complete({"upper": "-0.5"}, SHARE)


@pytest.mark.parametrize("value", ["0", "1", "0.5"])
def test_the_ends_of_the_domain_lie_in_it(value: str) -> None:
    assert "flags" not in complete({"value": value}, SHARE)
    assert complete({"value": "1.01"}, SHARE)["flags"] == ["outside_domain"]
    assert complete({"value": "-0.01"}, SHARE)["flags"] == ["outside_domain"]


@pytest.mark.parametrize("text", ["just under 0", "just below zero", "slightly less than 0"])
def test_just_under_zero_is_below_it_and_refused_where_nothing_is(text: str) -> None:
    assert ends(read_figure(text, CELSIUS)) == ("[-2 convention", "0) entailed")
    assert refused(text).reason.startswith("The measure has nothing below this figure. ")
    assert refused(text, SHARE).reason.startswith("The measure has nothing below this figure. ")


@pytest.mark.parametrize(
    ("text", "yardstick", "reason"),
    [
        ("just under -5", CELSIUS, "Below a negative figure: further from zero, or nearer to it?"),
        ("less than 0", CONTAINERS, "The measure has nothing below this figure."),
        ("about many", CONTAINERS, "A word that is no single figure takes no further hedge."),
        ("nearly most", SHARE, "A word that is no single figure takes no further hedge."),
        ("+5%", SHARE,
         "This is a change, or the total after it; the measure takes no negative figures, so it is "
         "one of totals."),
        ("about +5%", SHARE,
         "This is a change, or the total after it; the measure takes no negative figures, so it is "
         "one of totals."),
        ("another 500", CONTAINERS,
         "This may be added to an earlier figure, or stand by itself, as it does for an incident "
         "measure alone."),
        ("5%", CONTAINERS, "A percentage can only be read for a measure in '1' or '%'."),
        ("half", CONTAINERS, "A part of a whole can only be read for a share."),
        # Half of one thing is a number only where the unit can be parted.
        ("half", HOURS, "A part of a whole can only be read for a share."),
        ("half a barrel", BARRELS._replace(statistic="count"),
         "A part of a whole can only be read for a share."),
        ("1e299 million", CONTAINERS,
         "A figure lies within 1e300, and no nearer to zero than 1e-300."),
    ],
)  # fmt: skip
def test_what_a_wording_does_not_say_of_its_measure_is_refused_with_the_reason(
    text: str, yardstick: MeasureContext, reason: str
) -> None:
    assert refused(text, yardstick).reason.startswith(f"{reason} Send ")


@pytest.mark.parametrize(
    ("text", "yardstick", "figure", "unit"),
    [
        ("half an hour", HOURS, "none 0.5 [0.5, 0.5]", "h"),
        ("half a barrel", BARRELS, "none 0.5 [0.5, 0.5]", "{barrel}"),
        ("half", BARRELS._replace(statistic="share"), "none 0.5 [0.5, 0.5]", "{barrel}"),
        ("half", MeasureContext("%", None, "rate"), "none 50 [50, 50]", "%"),
        ("0.3%", MeasureContext("[ppm]", None, "share"), "none 3000 [3000, 3000]", "[ppm]"),
        ("50%+ of votes", SHARE._replace(unit_label="votes"), "at_least 0.5 [0.5, 1]", "1"),
        ("5%+", SHARE, "at_least 0.05 [0.05, 1]", "1"),
        ("+5%", GROWTH, "none 0.05 [0.05, 0.05]", "1/a"),
        ("many", CONTAINERS, "vague - (-∞, ∞)", "{container}"),
        ("3 per month", MeasureContext("t/ha/a"), "none 3 [3, 3]", "t/ha/mo"),
        ("3 per month", HOURS, "none 3 [3, 3]", "h/mo"),
        ("3 per month", MeasureContext("{shell}/a"), "none 3 [3, 3]", "{shell}/mo"),
        # A third has no last digit: a tenth of it, from what brackets it.
        ("about a third", SHARE,
         "approximate 0.333333333333 [0.2999999999997, 0.3666666666673]", "1"),
        ("about 35%", SHARE, "approximate 0.35 [0.33, 0.37]", "1"),
        ("about 0.5%", SHARE, "approximate 0.005 [0.0045, 0.0055]", "1"),
        ("about 99.5%", SHARE, "approximate 0.995 [0.993, 0.997]", "1"),
        ("about 99.5%", MeasureContext("%"), "approximate 99.5 [99.3, 99.7]", "%"),
        # The ends of an interval bracket what has no last digit.
        ("1/2 (95% CI 1/6 to 2/3)", SHARE, "between 0.5 [0.166666666666, 0.666666666667]", "1"),
        ("1/2 (95% CI 1/3 to 5/9)", SHARE, "between 0.5 [0.333333333333, 0.555555555556]", "1"),
    ],
)  # fmt: skip
def test_a_figure_is_read_in_the_unit_of_its_measure(
    text: str, yardstick: MeasureContext, figure: str, unit: str
) -> None:
    assert says(text, yardstick) == figure
    assert read_figure(text, yardstick).unit == unit


def test_a_bound_at_the_end_of_the_domain_leaves_something_only_where_it_is_included() -> None:
    assert complete({"upper": "0"}, CONTAINERS)["lower"] == "0"
    assert complete({"lower": "1"}, SHARE)["upper"] == "1"
    assert "lower" not in complete({"upper": "0", "upper_inclusive": False}, CONTAINERS)
    assert "upper" not in complete({"lower": "1", "lower_inclusive": False}, SHARE)
