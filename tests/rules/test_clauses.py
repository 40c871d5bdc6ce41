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


def test_two_ends_that_face_each_other_are_per_the_time_that_is_said_last() -> None:
    assert ends("at least 10 people and at most 30 people a day")[2:] == (
        *("[10", "30]", "{person}/d"),
    )
    assert ends("at least 10 a day and at most 30 a day")[2:] == ("[10", "30]", "{person}/d")
    assert ends("at least 3 and at most 3")[2:4] == ("[3", "3]")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("at least 500 and up to 700 or more", "Each end of the range is one number"),
        ("more than 500 or more but less than 900", "Each end of the range is one number"),
        ("at least 500 and up to 700 or so", "Each end of the range is one number"),
        ("at least 10 a day and at most 30 a month", "Each end of the range is one number"),
        ("more than 3 and fewer than 3", "Nothing lies between the two ends."),
        ("at least 3 but less than 3", "Nothing lies between the two ends."),
        ("more than 3 and at most 3", "Nothing lies between the two ends."),
        ("over 5 but under 10 thousand", "The range may begin at 5 or at 5000."),
        ("at least 500 and more than 700", "One wording holds more than one figure"),
        ("up to 500 and less than 900", "One wording holds more than one figure"),
        ("about 500 and up to 700", "One wording holds more than one figure"),
    ],
)
def test_two_hedges_that_make_no_two_ends_are_refused(text: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=f"^{reason}"):
        read_figure(text, PEOPLE)


def test_a_word_of_the_label_may_stand_in_each_clause() -> None:
    crates = MeasureContext("{crate}", "ammunition crates", accumulation="incident")
    assert ends("another 500 ammunition", crates)[:2] == ("none", "500")
    assert ends("at least 5 ammunition and at most 7 ammunition", crates)[2:4] == ("[5", "7]")
    assert ends("6 ammunition (95% CI 5-7 ammunition)", crates)[2:4] == ("[5", "7]")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fell by about 3%", ("approximate", "-3", "[-3.3", "-2.7]", "%")),
        ("fell by exactly 3%", ("exact", "-3", "[-3", "-3]", "%")),
        ("fell by nearly 3%", ("nearly", "-3", "(-3", "-2.7]", "%")),
        ("fell by 3 ± 1%", ("plus_minus", "-3", "[-4", "-2]", "%")),
        ("fell by 0%", ("none", "0", "[0", "0]", "%")),
        ("fell by 0.5%", ("none", "-0.5", "[-0.5", "-0.5]", "%")),
        ("fell by half a percent", ("none", "-0.5", "[-0.5", "-0.5]", "%")),
        ("a half percent drop", ("none", "-0.5", "[-0.5", "-0.5]", "%")),
        ("a hundred percent increase", ("none", "100", "[100", "100]", "%")),
        ("an 8% fall", ("none", "-8", "[-8", "-8]", "%")),
        ("8% growth", ("none", "8", "[8", "8]", "%")),
        ("a roughly 3% drop", ("approximate", "-3", "[-3.3", "-2.7]", "%")),
        ("a more than 3% drop", ("less_than", "-3", "", "-3)", "%")),
        ("fell by 3-5%", ("between", "None", "[-5", "-3]", "%")),
    ],
)
def test_a_change_keeps_its_hedge_and_its_number(text: str, expected: tuple[str, ...]) -> None:
    assert ends(text, GROWTH) == expected


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("fell by 3–5 million", "[-5000000", "-3000000]"),
        ("fell by 3-5 million dollars", "[-5000000", "-3000000]"),
        ("a 3 million dollar drop", "[-3000000", "-3000000]"),
        ("a $3 million gain", "[3000000", "3000000]"),
    ],
)
def test_a_change_of_an_amount_is_read_to_its_last_word(text: str, low: str, high: str) -> None:
    assert ends(text, MeasureContext("USD", "dollars", "amount"))[2:4] == (low, high)


@pytest.mark.parametrize(
    ("text", "reason", "words"),
    [
        ("rose from 3 to 5%", "The second figure may be the other end", "from 3 to 5 %"),
        ("rose 300 to 4,200", "The second figure may be the other end", "300 to 4,200"),
        ("fell by up to 3%", "A change with this hedge may be none", "fell by up to 3 %"),
        ("fell by several percent", "How much a change is is a number", "fell by several percent"),
        ("fell by -3%", "How much a change is is a number", "fell by - 3 %"),
        ("a drop", "The words are known, but they make no figure", "a"),
        ("rise", "The words are known, but they make no figure", "rise"),
    ],
)
def test_a_change_is_refused_with_its_words(text: str, reason: str, words: str) -> None:
    with pytest.raises(Unreadable, match=f"^{reason}") as refused:
        read_figure(text, GROWTH)
    assert " ".join(refused.value.words) == words


@pytest.mark.parametrize("text", ["500 another", "500 people, another 300", "500 additional"])
def test_another_lot_is_told_before_its_number(text: str) -> None:
    with pytest.raises(Unreadable):
        read_figure(text, KILLED)


@pytest.mark.parametrize(
    ("text", "context", "value", "low", "high", "unit", "level"),
    [
        ("500 CI 400-600", PEOPLE, "500", "400", "600", "{person}", None),
        ("500 people (CI 400-600)", PEOPLE, "500", "400", "600", "{person}", None),
        ("500 95% CI 400-600", PEOPLE, "500", "400", "600", "{person}", "0.95"),
        ("500 (99.9% CI 400-600)", PEOPLE, "500", "400", "600", "{person}", "0.999"),
        ("500 (95% CI 400-500)", PEOPLE, "500", "400", "500", "{person}", "0.95"),
        ("500 (95% CI 500-600)", PEOPLE, "500", "500", "600", "{person}", "0.95"),
        ("500 a day (95% CI 400-600)", PEOPLE, "500", "400", "600", "{person}/d", "0.95"),
        ("500 (95% CI 400-600 a day)", PEOPLE, "500", "400", "600", "{person}/d", "0.95"),
        ("500 a day (95% CI 400-600 a day)", PEOPLE, "500", "400", "600", "{person}/d", "0.95"),
        ("3 (95% CI 2-4%)", SHARE, "0.03", "0.02", "0.04", "1", "0.95"),
        ("3% (95% CI 2-4)", SHARE, "0.03", "0.02", "0.04", "1", "0.95"),
        ("3% (95% CI 2%-4%)", SHARE, "0.03", "0.02", "0.04", "1", "0.95"),
        ("3‰ (95% CI 2-4)", SHARE, "0.003", "0.002", "0.004", "1", "0.95"),
        ("one in five (95% CI one in ten to one in four)",
         *(SHARE, "0.2", "0.1", "0.25", "1", "0.95")),
        ("-3% (95% CI -4 to 1)", GROWTH, "-3", "-4", "1", "%", "0.95"),
        ("2.8 million (95% CI 2,700-2,900 thousand)",
         *(PEOPLE, "2800000", "2700000", "2900000", "{person}", "0.95")),
    ],
)  # fmt: skip
def test_an_interval_has_the_time_and_the_percent_sign_of_its_value(
    text: str,
    context: MeasureContext,
    value: str,
    low: str,
    high: str,
    unit: str,
    level: str | None,
) -> None:
    read = complete({"raw_text": text}, context)
    assert (read["value"], read["lower"], read["upper"], read["unit"]) == (value, low, high, unit)
    assert (read["interval_type"], read.get("interval_level")) == ("confidence", level)


NOT_AN_INTERVAL = "An interval of confidence is one number and two ends, without a hedge."
NOT_AROUND = "The interval does not lie around its value in one way alone."
TWO_KINDS = "The value and its interval are not all percentages, or all parts."
TWO_TIMES = "The interval is per another time than its value."
NO_LEVEL = "How sure an interval is said to be lies between 0 and 100 percent."
IN_BRACKETS = "The brackets may hold a range, an interval of confidence or another unit."
NO_VALUE = "An interval of confidence has a value before it and two ends."


@pytest.mark.parametrize(
    ("text", "context", "reason", "words"),
    [
        ("500 (95% CI about 400-600)", PEOPLE, NOT_AN_INTERVAL, None),
        ("about 500 (95% CI 400-600)", PEOPLE, NOT_AN_INTERVAL, None),
        ("400-500 (95% CI 300-600)", PEOPLE, NOT_AN_INTERVAL, None),
        ("500 ± 20 (95% CI 400-600)", PEOPLE, NOT_AN_INTERVAL, None),
        ("500 (95% CI 400 ± 20)", PEOPLE, NOT_AN_INTERVAL, None),
        ("2.8 million (95% CI 3-4)", PEOPLE, NOT_AROUND, None),
        ("500 (95% CI 501-600)", PEOPLE, NOT_AROUND, None),
        ("500 (95% CI 400-499)", PEOPLE, NOT_AROUND, None),
        ("3% (95% CI 2-4‰)", SHARE, TWO_KINDS, None),
        ("half (95% CI 0.4-0.6)", PERCENT, TWO_KINDS, None),
        ("1 in 5 (95% CI 0.1-0.3)", PERCENT, TWO_KINDS, None),
        ("half (95% CI 40-60%)", PERCENT, TWO_KINDS, None),
        ("500 per year (95% CI 400-600 per day)", PEOPLE, TWO_TIMES, None),
        ("95% CI 90-99%", SHARE, NO_VALUE, None),
        ("500 (95% CI)", PEOPLE, NO_VALUE, None),
        ("500 (0% CI 400-600)", PEOPLE, NO_LEVEL, "0"),
        ("500 (500% CI 400-600)", PEOPLE, NO_LEVEL, "500"),
        ("500 (400-600)", PEOPLE, IN_BRACKETS, "( 400 - 600 )"),
        ("20 people (66-foot)", PEOPLE, IN_BRACKETS, "( 66 foot )"),
    ],
)
def test_what_is_no_interval_of_its_value_is_refused_with_the_reason(
    text: str, context: MeasureContext, reason: str, words: str | None
) -> None:
    with pytest.raises(Unreadable) as refused:
        read_figure(text, context)
    assert refused.value.reason.startswith(reason + " ")
    if words:
        assert " ".join(refused.value.words) == words


@pytest.mark.parametrize(
    ("text", "says", "words"),
    [
        ("reportedly 500", "how sure the claim is: send it as `modality` with `modal_cue`",
         ("reportedly",)),
        ("on average 160 blorps", "which statistic it is: send it in `attributes`",
         ("average", "blorps")),
    ],
)  # fmt: skip
def test_a_word_of_another_field_is_named_with_those_that_nothing_reads(
    text: str, says: str, words: tuple[str, ...]
) -> None:
    with pytest.raises(Unreadable) as refused:
        read_figure(text, PEOPLE)
    told = f"This word says {says}, and the figure without it."
    assert refused.value.reason.startswith(told + " ")
    assert refused.value.words == words
