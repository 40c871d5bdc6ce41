"""What a wording says: a table of hedges, and everything that must be refused."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.rules import hedge_words, lexicon, numbers
from app.rules.bounds import BoundedFigure, MeasureContext, bounds
from app.rules.figures import read_figure
from app.rules.tokenizer import Unreadable, tokenise

CONTAINERS = MeasureContext("{container}", "shipping containers", domain_min=Decimal(0))
SHARE = MeasureContext("1", None, "share", Decimal(0), Decimal(1))
PER_YEAR = MeasureContext("{shell}/a", None, "rate", Decimal(0))
DATE = MeasureContext("", None, "date")


def shown(figure: BoundedFigure) -> str:
    """A figure in one line, as "more_than 7000 (7000, ∞)"."""

    def number(each: Decimal | None, absent: str) -> str:
        return absent if each is None else numbers.plain(each)

    left = "[" if figure.lower_inclusive else "("
    right = "]" if figure.upper_inclusive else ")"
    lower, upper = number(figure.lower, "-∞"), number(figure.upper, "∞")
    return f"{figure.hedge} {number(figure.value, '-')} {left}{lower}, {upper}{right}"


def says(text: str, yardstick: MeasureContext = CONTAINERS) -> str:
    return shown(read_figure(text, yardstick))


def refused(text: str, yardstick: MeasureContext = CONTAINERS) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read_figure(text, yardstick)
    return caught.value


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("10,000", "none 10000 [10000, 10000]"),
        ("exactly 10,000", "exact 10000 [10000, 10000]"),
        ("roughly 6,700", "approximate 6700 [6500, 6900]"),
        ("roughly 4.8 million", "approximate 4800000 [4600000, 5000000]"),
        ("about 4.80 million", "approximate 4800000 [4780000, 4820000]"),
        ("about 3 million", "approximate 3000000 [2700000, 3300000]"),
        ("ca. 5,000", "approximate 5000 [4500, 5500]"),
        ("5,000 or so", "approximate 5000 [4500, 5500]"),
        ("some 5,000", "approximate 5000 [4500, 5500]"),
        ("≈ −5,000", "approximate -5000 [-5500, -4500]"),
        ("upwards of 7,000", "more_than 7000 (7000, ∞)"),
        (">7,000", "more_than 7000 (7000, ∞)"),
        ("at least 9,000", "at_least 9000 [9000, ∞)"),
        ("10k+", "at_least 10000 [10000, ∞)"),
        ("7,000+ containers", "at_least 7000 [7000, ∞)"),
        ("9,000 containers or more", "at_least 9000 [9000, ∞)"),
        ("50-plus", "at_least 50 [50, ∞)"),
        ("up to 13,000", "up_to 13000 [0, 13000]"),
        ("300 or fewer", "up_to 300 [0, 300]"),
        ("≤ 300", "up_to 300 [0, 300]"),
        ("fewer than 300", "less_than 300 [0, 300)"),
        ("nearly 5,000", "nearly 5000 [4500, 5000)"),
        ("just over 5,000", "just_over 5000 (5000, 5500]"),
        ("nearly 0", "nearly 0 [0, 1]"),
        ("on the order of 1,000", "order_of 1000 [500, 5000]"),
        ("61,000 ± 12,000", "plus_minus 61000 [49000, 73000]"),
        ("4.8 ± 0.2 million", "plus_minus 4800000 [4600000, 5000000]"),
        ("5 ± 12", "plus_minus 5 [0, 17]"),
    ],
)
def test_each_hedge_has_the_bounds_of_the_table(text: str, figure: str) -> None:
    assert says(text) == figure


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("at least several million", "vague - [3000000, ∞)"),
        ("several dozen", "vague - [36, ∞)"),
        ("a few thousand", "vague - [2000, ∞)"),
        ("a couple of hundred", "vague - [200, ∞)"),
        ("dozens", "vague - [24, ∞)"),
        ("tens of thousands", "vague - [20000, ∞)"),
        ("hundreds of thousands of containers", "vague - [200000, ∞)"),
        ("many thousands", "vague - [2000, ∞)"),
        ("more than a few dozen", "vague - (24, ∞)"),
        ("many", "vague - (-∞, ∞)"),
        ("some of the containers", "vague - (-∞, ∞)"),
    ],
)
def test_vague_words_keep_only_the_least_they_mean(text: str, figure: str) -> None:
    assert says(text) == figure


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("as many as half", "up_to 0.5 [0, 0.5]"),
        ("more than half", "more_than 0.5 (0.5, 1]"),
        ("most", "vague - (0.5, 1]"),
        ("many", "vague - (-∞, ∞)"),
        ("nearly all", "nearly 1 [0.9, 1)"),
        ("35%", "none 0.35 [0.35, 0.35]"),
        ("about 35 percent", "approximate 0.35 [0.33, 0.37]"),
        ("about 99%", "approximate 0.99 [0.97, 1]"),
        ("30 to 40%", "between - [0.3, 0.4]"),
        ("half a percent", "none 0.005 [0.005, 0.005]"),
        ("½", "none 0.5 [0.5, 0.5]"),
        ("three quarters", "none 0.75 [0.75, 0.75]"),
        ("1/3", "none 0.333333333333 [0.333333333333, 0.333333333334]"),
        ("two thirds", "none 0.666666666667 [0.666666666666, 0.666666666667]"),
        ("150%", "none 1.5 [1.5, 1.5]"),
    ],
)
def test_shares_are_read_in_parts_of_one(text: str, figure: str) -> None:
    assert says(text, SHARE) == figure


def test_a_percentage_stays_as_it_is_in_percent() -> None:
    percent = MeasureContext("%", None, "share", Decimal(0), Decimal(100))
    assert says("35%", percent) == "none 35 [35, 35]"
    assert says("half", percent) == "none 50 [50, 50]"


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("between 3 and 4 million", "between - [3000000, 4000000]"),
        ("from 3 to 4 million", "between - [3000000, 4000000]"),
        ("3-4 million", "between - [3000000, 4000000]"),
        ("3–4 million", "between - [3000000, 4000000]"),
        ("500 to 4 million", "between - [500, 4000000]"),
        ("between 500,000 and 1 million", "between - [500000, 1000000]"),
        ("two to three hundred thousand", "between - [200000, 300000]"),
        ("a hundred to two hundred thousand", "between - [100000, 200000]"),
        ("between one hundred and two hundred", "between - [100, 200]"),
        ("between two hundred and fifty and three hundred", "between - [250, 300]"),
        ("-5 to -3", "between - [-5, -3]"),
        ("about 3 to 4 million", "between - [2700000, 4400000]"),
        ("up to 3-4 million", "up_to - [0, 4000000]"),
    ],
)
def test_ranges_share_their_scale(text: str, figure: str) -> None:
    assert says(text) == figure


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("up to approximately 3 million", "up_to 3000000 [0, 3300000]"),
        ("at least about 5,000", "at_least 5000 [4500, ∞)"),
        ("more than roughly 7,000", "more_than 7000 (6300, ∞)"),
        ("at least 5,000 or so", "at_least 5000 [4500, ∞)"),
        ("over 5,000 or more", "at_least 5000 [5000, ∞)"),
    ],
)
def test_two_hedges_give_the_wider_bounds(text: str, figure: str) -> None:
    assert says(text) == figure
    figure_read = read_figure(text, CONTAINERS)
    assert "convention" in (figure_read.lower_basis, figure_read.upper_basis) or "over" in text


@pytest.mark.parametrize(
    "text",
    ["as many as more than 5", "at least at most 5", "nearly 5,000 or more", "exactly about 5"],
)
def test_contradictory_hedges_are_refused(text: str) -> None:
    assert "contradict" in refused(text).reason


@pytest.mark.parametrize(
    "text", ["5,000 or 6,000", "5,000 and 6,000", "one hundred and two hundred", "5,000 6,0"]
)
def test_two_figures_in_one_text_are_sent_to_alternatives_and_slots(text: str) -> None:
    reason = refused(text).reason
    assert "more than one figure" in reason or "grouped" in reason


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7 000", 7000), ("7\u2009000", 7000), ("7\u202f000", 7000), ("7'000", 7000),
        ("7’000", 7000), ("7_000", 7000), ("12,34,567", 1234567), ("６，７００", 6700),
        ("٦٧٠٠", 6700), ("half a dozen", 6), ("half a million", 500000), ("a hundred", 100),
        ("three million", 3000000), ("twenty-five thousand", 25000), ("twelve hundred", 1200),
        ("one and a half million", 1500000), ("2½ million", 2500000), ("2 1/2 million", 2500000),
        ("two hundred and fifty thousand", 250000), ("a quarter of a million", 250000),
        ("two million five hundred thousand and twelve", 2500012), ("4.8bn", 4800000000),
        ("7k", 7000), ("3M", 3000000), ("hundred thousand million", None), ("12 dozen", 144),
        ("1e6", 1000000), ("no", 0), ("a total of 6,700", 6700), ("10,000.", 10000),
        ("6,700 Shipping Containers", 6700), ("6,700 of the containers", 6700),
    ],
)  # fmt: skip
def test_digits_and_words_are_read(text: str, value: int | None) -> None:
    if value is None:
        assert refused(text).words
    else:
        assert read_figure(text, CONTAINERS).value == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("6,700 containers of munitions", ("munitions",)),
        ("reportedly 6,700 or whatever", ("reportedly", "whatever")),
        ("1,23", ("1,23",)),
        ("10²", ("10²",)),
        ("$5", ("$",)),
        ("152-mm", ("mm",)),
        ("1970s", ("1970s",)),
        ("half", ("half",)),
        ("5%", ("5", "%")),
        ("Half as many", ("as", "many")),
        ("1 million 2 million", ("2", "million")),
        ("1 million 1000 thousand", ("1000", "thousand")),
        ("1 million 2.5 thousand", ("2.5", "thousand")),
    ],
)
def test_what_cannot_be_read_is_named_as_written(text: str, words: tuple[str, ...]) -> None:
    assert refused(text).words == words


@pytest.mark.parametrize(
    "text", ["", "  ", "5\x00", "5\n000", "\ud800", "x" * 501, "-", "between 5", "4 to 3", "1/0"]
)
def test_what_is_no_figure_is_refused(text: str) -> None:
    assert refused(text).reason.endswith(".")


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("about 3 million per year", "{shell}/a", "{shell}/a"),
        ("3 million shells annually", "{shell}", "{shell}/a"),
        ("250,000 a month", "{shell}/a", "{shell}/mo"),
        ("3 million/yr", "{shell}", "{shell}/a"),
        ("3 million", "{shell}/a", "{shell}/a"),
        ("5% a year", "1", "1/a"),
    ],
)
def test_a_rate_goes_into_the_unit(text: str, unit: str, expected: str) -> None:
    assert read_figure(text, MeasureContext(unit)).unit == expected


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("in the 1970s", "197X"), ("1970s", "197X"), ("1970's", "197X"), ("2023", "2023"),
        ("May 2024", "2024-05"), ("12 May 2024", "2024-05-12"), ("May 12th, 2024", "2024-05-12"),
        ("the 12th of May 2024", "2024-05-12"), ("2024-05-12", "2024-05-12"),
        ("29 Feb. 2024", "2024-02-29"), ("19th century", "18XX"), ("circa 1975", "1975~"),
    ],
)  # fmt: skip
def test_dates_are_read_as_edtf(text: str, date: str) -> None:
    assert read_figure(text, DATE).date == date


@pytest.mark.parametrize(
    "text", ["the 1900s", "30 February 2024", "early 1970s", "6,700", "May", "1970s or 1980s", "70"]
)
def test_a_date_that_is_none_or_two_is_refused(text: str) -> None:
    assert refused(text, DATE).words


@pytest.mark.parametrize("text", ["half to 5", "35% ± 2", "30% to 40"])
def test_ends_of_different_kinds_are_refused(text: str) -> None:
    assert "percentage" in refused(text, SHARE).reason


def test_without_a_domain_up_to_is_open_below() -> None:
    assert says("up to 5", MeasureContext()) == "up_to 5 (-∞, 5]"


def test_the_bounds_rule_works_without_a_text() -> None:
    assert shown(bounds("approximate", Decimal("4.80e6"), CONTAINERS)) == (
        "approximate 4800000 [4780000, 4820000]"
    )
    assert shown(bounds("between", None, CONTAINERS)) == "between - (-∞, ∞)"


def test_every_example_of_the_lexicon_reads_as_it_says() -> None:
    for hedge, entry in hedge_words.document_of("en")["hedges"].items():
        example = entry["example"]
        figure = read_figure(example["text"], CONTAINERS)
        assert figure.hedge == hedge
        for name in ("value", "lower", "upper"):
            number = getattr(figure, name)
            assert (number and numbers.plain(number)) in (example.get(name), Decimal(0))


def test_no_phrase_stands_for_two_hedges() -> None:
    for side in ("before", "after"):
        entries = hedge_words.document_of("en")["hedges"].values()
        phrases = sorted(phrase for entry in entries for phrase in entry[side])
        assert not [first for first, second in pairwise(phrases) if first == second]


# ------------------------------------------------------------------------------------ properties

YARDSTICKS = st.sampled_from(
    [CONTAINERS, SHARE, PER_YEAR, DATE, MeasureContext("%"), MeasureContext()]
)
_DOCUMENT = hedge_words.document_of("en")
_PHRASES = [
    phrase for entry in _DOCUMENT["hedges"].values() for phrase in entry["before"] + entry["after"]
]
LEXICAL = st.lists(
    st.sampled_from(
        [*_PHRASES, *sorted(lexicon.VOCABULARY), "5", "6,700", "4.80", "½", "1/3", "-", "1e300"]
    ),
    max_size=8,
).flatmap(lambda words: st.sampled_from([" ".join(words), "".join(words)]))


@given(st.text() | LEXICAL, YARDSTICKS)
def test_reading_raises_nothing_but_unreadable(text: str, yardstick: MeasureContext) -> None:
    try:
        read_figure(text, yardstick)
    except Unreadable as refusal:
        words, reason = refusal.words, refusal.reason
    else:
        return
    assert reason
    assert all(words)


@given(LEXICAL, YARDSTICKS)
def test_a_value_lies_within_its_bounds_and_they_are_not_empty(
    text: str, yardstick: MeasureContext
) -> None:
    try:
        figure = read_figure(text, yardstick)
    except Unreadable:
        return
    if figure.value is not None:
        assert figure.lower is None or figure.lower <= figure.value
        assert figure.upper is None or figure.value <= figure.upper
    if figure.lower is not None and figure.upper is not None:
        assert figure.lower <= figure.upper


HEDGES = st.sampled_from(lexicon.HEDGES)


@given(HEDGES, st.decimals(min_value=0, max_value=1, allow_nan=False, places=4))
def test_bounds_stay_within_the_domain(hedge: str, value: Decimal) -> None:
    assume(not (hedge == "just_over" and value == 1))  # beyond the domain: kept, and flagged
    figure = bounds(hedge, value, SHARE)
    assert figure.lower is None or 0 <= figure.lower <= value
    assert figure.upper is None or value <= figure.upper <= 1


@given(
    st.integers(min_value=0, max_value=10**40), st.sampled_from([",", " ", "\u2009", "'", "_", ""])
)
def test_any_grouping_gives_the_same_exact_value(number: int, mark: str) -> None:
    figure = read_figure(f"{number:,}".replace(",", mark), CONTAINERS)
    assert figure.value == number


@given(st.sampled_from(_PHRASES), st.integers(min_value=0, max_value=10**9) | st.integers(0, 30))
def test_every_phrase_leaves_a_whole_number_of_the_domain(phrase: str, number: int) -> None:
    before = any(phrase in entry["before"] for entry in _DOCUMENT["hedges"].values())
    text = f"{phrase} {number}" if before else f"{number} {phrase}"
    under = not {"under", "below", "less", "fewer"}.isdisjoint(phrase.split())
    beneath = phrase in _DOCUMENT["hedges"]["less_than"]["before"]
    if number == 0 and (beneath or (under and phrase in _DOCUMENT["hedges"]["nearly"]["before"])):
        assert "nothing below" in refused(text).reason
        return
    figure = read_figure(text, CONTAINERS)
    assert figure.lower is not None
    assert figure.lower >= 0
    least = int(figure.lower) + (figure.lower > int(figure.lower) or not figure.lower_inclusive)
    most = number * 5 if figure.upper is None else figure.upper
    assert figure.upper is None or least < most or (least == most and figure.upper_inclusive)


@given(st.sampled_from(_PHRASES), st.integers(min_value=1, max_value=10**9))
def test_every_phrase_reads_on_its_side_of_a_figure(phrase: str, number: int) -> None:
    entries = _DOCUMENT["hedges"].items()
    hedge = next(name for name, entry in entries if phrase in entry["before"] + entry["after"])
    before = phrase in _DOCUMENT["hedges"][hedge]["before"]
    text = f"{phrase} {number}" if before else f"{number} {phrase}"
    assert read_figure(text, CONTAINERS).hedge == hedge
    assert read_figure(text.upper(), CONTAINERS).hedge == hedge


@pytest.mark.parametrize(
    ("text", "yardstick", "figure"),
    [
        ("about 50 ± 1", CONTAINERS, "plus_minus 50 [45, 55]"),
        ("at most -5", CONTAINERS, "up_to -5 (-∞, -5]"),
        ("over 100%", SHARE, "more_than 1 (1, ∞)"),
        ("3 thousand to 4 million", CONTAINERS, "between - [3000, 4000000]"),
        ("5 cities", MeasureContext("{city}", "cities"), "none 5 [5, 5]"),
        ("13.000", MeasureContext("kg", language="en"), "none 13 [13, 13]"),
    ],
)
def test_what_lies_at_an_edge_is_read_too(
    text: str, yardstick: MeasureContext, figure: str
) -> None:
    assert says(text, yardstick) == figure


def test_a_scale_that_may_be_a_part_of_the_unit_is_refused() -> None:
    assert "A scale here" in refused("5 million", MeasureContext("{b}", "million barrels")).reason


def test_a_month_that_no_year_has_is_no_date() -> None:
    assert "no year, quarter, month" in refused("2024-13", DATE).reason


@pytest.mark.parametrize("mark", [".", ",", ";", ":", " .", ""])
def test_the_stop_of_a_sentence_is_no_part_of_its_figure(mark: str) -> None:
    assert says(f"about 5 shipping containers{mark}") == "approximate 5 [4, 6]"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "The wording is empty."),
        (" \u3000 ", "The wording is empty."),
        ("5\x00", "The wording contains control characters."),
        ("5 \ud800", "The wording contains control characters."),
        ("5\u200b000", "An invisible character stands between two digits; leave it out."),
        ("5" + " " * 500, "A figure's wording has at most 500 characters."),
    ],
)
def test_a_text_that_cannot_be_taken_apart_is_refused_with_the_reason(
    text: str, reason: str
) -> None:
    assert refused_by_tokens(text) == reason


def refused_by_tokens(text: str) -> str:
    with pytest.raises(Unreadable) as caught:
        tokenise(text)
    return caught.value.reason


def test_a_wording_of_five_hundred_characters_is_taken_apart() -> None:
    assert [token.text for token in tokenise("5" + " " * 499)] == ["5"]


@pytest.mark.parametrize(
    ("text", "label", "reason", "words"),
    [
        ("120", "120mm mortars",
         "This number is a part of the unit's label, or the figure.", ("120",)),
        ("5 million", "million barrels",
         "A scale here may be a part of the measure's unit.", ("million",)),
    ],
)  # fmt: skip
def test_what_may_be_a_part_of_the_unit_is_named(
    text: str, label: str, reason: str, words: tuple[str, ...]
) -> None:
    refusal = refused(text, MeasureContext("{thing}", label))
    assert (refusal.reason.partition(" Send ")[0], refusal.words) == (reason, words)
