"""Clauses of English: two bounds, changes, lots, parts, intervals behind a value, bounded dates."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.bounds import MeasureContext
from app.rules.figures import complete, read_figure
from app.rules.lexicon import HEDGES, VOCABULARY
from app.rules.tokenizer import Unreadable

PEOPLE = MeasureContext("{person}", "people", domain_min=Decimal(0))
KILLED = PEOPLE._replace(accumulation="incident")
SHARE = MeasureContext("1", None, "share", Decimal(0), Decimal(1))
PERCENT = MeasureContext("%", None, "share", Decimal(0), Decimal(100))
GROWTH = MeasureContext("%", None, "rate")
DATE = MeasureContext("1", None, "date")


def ends(text: str, context: MeasureContext = PEOPLE) -> tuple[str, str, str, str, str]:
    """The hedge, the value and the bounds, "(" or ")" where an end is itself excluded."""
    read = read_figure(text, context)
    low = f"{'[' if read.lower_inclusive else '('}{read.lower}" if read.lower is not None else ""
    high = f"{read.upper}{']' if read.upper_inclusive else ')'}" if read.upper is not None else ""
    return read.hedge, str(read.value), low, high, read.unit


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("at least 1,000, possibly as many as 3,000", "[1000", "3000]"),
        ("at least 1,000 people but fewer than 3,000", "[1000", "3000)"),
        ("more than 100 but less than 200", "(100", "200)"),
        ("no fewer than 500 and no more than 700", "[500", "700]"),
        ("as few as 500 and as many as 900", "[500", "900]"),
        ("up to 900 but at least 500", "[500", "900]"),
        ("at least 1 million and perhaps as many as 3 million people", "[1000000", "3000000]"),
    ],
)
def test_two_hedges_that_face_each_other_are_the_two_ends_of_one_figure(
    text: str, low: str, high: str
) -> None:
    assert ends(text) == ("between", "None", low, high, "{person}")


@pytest.mark.parametrize(
    "text",
    [
        "at least 5 people under 18",
        "at least 5, under 18",
        "more than 3,000 but less than 100",
        "at least 1 and as many as 3 million",
        "at least several and at most 30",
        "at least 10 a day and at most 3,000",
        "at least about 10 and at most 30",
        "at least 10 to 20 and at most 30",
    ],
)
def test_ends_that_may_not_belong_together_are_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_figure(text, PEOPLE)


def test_a_hedge_within_a_range_softens_it_and_never_makes_it_narrower() -> None:
    read = read_figure("between 5,000 and roughly 6,000", PEOPLE)
    assert read.lower is not None
    assert read.upper is not None
    assert read.hedge == "between"
    assert read.lower <= 5000
    assert read.upper > 6000
    assert (read.lower_basis, read.upper_basis) == ("convention", "convention")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("down 9.2%", ("none", "-9.2", "[-9.2", "-9.2]", "%")),
        ("fell by 3%", ("none", "-3", "[-3", "-3]", "%")),
        ("a 3% drop", ("none", "-3", "[-3", "-3]", "%")),
        ("rose by 3%", ("none", "3", "[3", "3]", "%")),
        ("a 3% increase", ("none", "3", "[3", "3]", "%")),
        ("fell by more than 3%", ("less_than", "-3", "", "-3)", "%")),
        ("fell by at least 3%", ("up_to", "-3", "", "-3]", "%")),
        ("rose by more than 3%", ("more_than", "3", "(3", "", "%")),
        ("fell by 3 to 5%", ("between", "None", "[-5", "-3]", "%")),
        ("up to 3%", ("up_to", "3", "", "3]", "%")),
    ],
)
def test_a_change_has_a_sign_where_the_measure_may_be_negative(
    text: str, expected: tuple[str, ...]
) -> None:
    assert ends(text, GROWTH) == expected


@pytest.mark.parametrize(
    "text", ["rose by 13,000", "down by 17,000", "an increase of 13.6 million"]
)
def test_a_change_is_refused_where_figures_are_totals(text: str) -> None:
    with pytest.raises(Unreadable, match="change, or the total"):
        read_figure(text, PEOPLE)


@pytest.mark.parametrize("text", ["fell by up to 3%", "rose by less than 3%", "down -3%"])
def test_a_change_that_may_be_none_or_the_other_way_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_figure(text, GROWTH)


def test_another_lot_is_a_figure_where_lots_are_counted_and_refused_elsewhere() -> None:
    assert ends("another 500", KILLED)[:2] == ("none", "500")
    assert ends("about another 500 people", KILLED)[:2] == ("approximate", "500")
    assert ends("an additional 3 million to 5 million", KILLED)[2:4] == ("[3000000", "5000000]")
    for accumulation in ("none", "cumulative", "stock"):
        with pytest.raises(Unreadable, match="added to an earlier figure, or stand by itself"):
            read_figure("another 500", PEOPLE._replace(accumulation=accumulation))


@pytest.mark.parametrize(
    ("text", "context", "value"),
    [
        ("one in five", SHARE, "0.2"),
        ("two in three", SHARE, "0.666666666667"),
        ("1 in 200", PERCENT, "0.5"),
        ("three out of four", PERCENT, "75"),
        ("20 per 100,000", SHARE, "0.0002"),
        ("3 per 1,000", PERCENT, "0.3"),
        ("20 per 100,000", MeasureContext("10*-5", None, "share", Decimal(0)), "20"),
        ("0.3 %", MeasureContext("[ppth]", None, "share", Decimal(0)), "3"),
    ],
)
def test_a_part_of_so_many_is_a_share(text: str, context: MeasureContext, value: str) -> None:
    assert ends(text, context)[1] == value


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("one in five", PEOPLE),
        ("20 per 100,000", PEOPLE),
        ("2 in 2023", SHARE),
        ("five in one", SHARE),
        ("20 per 300", SHARE),
        ("1 in 200 voters", SHARE),
    ],
)
def test_a_part_that_may_be_something_else_is_refused(text: str, context: MeasureContext) -> None:
    with pytest.raises(Unreadable):
        read_figure(text, context)


def test_an_interval_of_confidence_stands_behind_its_value_and_rests_on_convention() -> None:
    read = complete({"raw_text": "500 (95% CI 400–600)"}, PEOPLE)
    assert read["value"] == "500"
    assert (read["lower"], read["upper"]) == ("400", "600")
    assert (read["hedge"], read["lower_basis"], read["upper_basis"]) == (
        *("between", "convention", "convention"),
    )
    assert (read["interval_type"], read["interval_level"]) == ("confidence", "0.95")
    assert complete({**read, "flags": []}, PEOPLE) == read


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2.8 million (uncertainty range: 1.4–4.3)", "1400000", "4300000"),
        ("91 000 people (uncertainty range: 28 000 to 142 000)", "28000", "142000"),
        ("500 people, 90% confidence interval 400 to 600", "400", "600"),
        ("500 [95% UI: 400-600]", "400", "600"),
    ],
)
def test_the_ends_of_an_interval_are_in_the_scale_of_its_value(
    text: str, low: str, high: str
) -> None:
    read = complete({"raw_text": text}, PEOPLE)
    assert (read["lower"], read["upper"], read["interval_type"]) == (low, high, "confidence")


@pytest.mark.parametrize(
    "text",
    [
        "500 (95% CI 600-700)",
        "about 500 (95% CI 400-600)",
        "500 (95% CI)",
        "500 (1.2.3% CI 400-600)",
        "500 (1,2% CI 400-600)",
        "500 (500% CI 400-600)",
        "500 (1e5% CI 400-600)",
        "500 (0% CI 400-600)",
        "500 (95% CI 400)",
        "500 [400-600]",
        "500 (400-600)",
        "(95% CI 400-600)",
        "20 (66-foot)",
    ],
)
def test_brackets_that_may_hold_something_else_are_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_figure(text, PEOPLE)


def test_a_sent_interval_type_wins_over_the_one_read_and_is_flagged() -> None:
    sent = {"raw_text": "500 (95% CI 400-600)", "interval_type": "standard_deviation"}
    read = complete(sent, PEOPLE)
    assert read["interval_type"] == "standard_deviation"
    assert read["flags"] == ["differs_from_lexicon"]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("reportedly 500", "modality"),
        ("probably 500", "modality"),
        ("on average 160", "attributes"),
        ("an average of 160", "attributes"),
    ],
)
def test_what_another_field_says_is_refused_with_that_field(text: str, field: str) -> None:
    with pytest.raises(Unreadable, match=f"`{field}`"):
        read_figure(text, PEOPLE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("exceeded 500", ("more_than", "500")),
        ("as low as 500", ("at_least", "500")),
        ("more than or equal to 500", ("at_least", "500")),
        ("500 tops", ("up_to", "500")),
        ("within 500", ("up_to", "500")),
        ("not even 500", ("less_than", "500")),
        ("500-odd", ("approximate", "500")),
        ("500ish", ("approximate", "500")),
        ("80,000, plus or minus", ("approximate", "80000")),
        ("500 plus or minus 20", ("plus_minus", "500")),
        ("two point five million", ("none", "2500000")),
        ("a million and a half", ("none", "1500000")),
        ("1 million 250 thousand", ("none", "1250000")),
    ],
)
def test_wordings_that_people_often_write_are_read(text: str, expected: tuple[str, str]) -> None:
    assert ends(text)[:2] == expected


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("in the hundreds", "200"),
        ("well into the thousands", "2000"),
        ("in the tens of thousands", "20000"),
        ("thousands upon thousands", "2000"),
    ],
)
def test_a_plural_scale_has_a_preposition_before_it(text: str, least: str) -> None:
    assert ends(text)[0] == "vague"
    assert ends(text)[2] == f"[{least}"


def test_a_range_may_be_announced_by_ranging_from_or_within() -> None:
    days = MeasureContext("d", "days", "amount", Decimal(0))
    assert ends("ranging from 10 to 15 days", days)[2:4] == ("[10", "15]")
    assert ends("within 10 to 15 days", days)[2:4] == ("[10", "15]")
    assert ends("320- to 640-day", days)[2:4] == (*("[320", "640]"),)


WORDS = sorted(VOCABULARY) + [
    "5",
    "95%",
    "1.2.3",
    "1,2",
    "(",
    ")",
    "[",
    "]",
    "CI",
    "2022",
    "%",
    "x",
]


@given(
    st.lists(st.sampled_from(WORDS), max_size=12), st.sampled_from([PEOPLE, SHARE, GROWTH, DATE])
)
def test_whatever_words_are_strung_together_are_read_or_refused(
    strung: list[str], context: MeasureContext
) -> None:
    with suppress(Unreadable):
        assert read_figure(" ".join(strung), context).hedge in HEDGES
