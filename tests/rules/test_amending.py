"""A change to one figure: what followed from the old one does not come back as if it was sent."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.errors import Fault, Invalid
from app.rules import figures, normalise
from app.rules.bounds import MeasureContext
from app.rules.tokenizer import Unreadable
from app.store.writes import merge

COUNT = MeasureContext(unit="{crate}", unit_label="crates", domain_min=Decimal(0))
WORDS = [
    "about 7,100", "upwards of 7,000", "10 to 12", "several million", "up to approximately 13,000",
    "300 per year", "61,000 ± 12,000", "half a dozen crates", "12",
]  # fmt: skip
NUMBERS = st.integers(0, 9999).map(str)
SENT = st.fixed_dictionaries(
    {},
    optional={
        "raw_text": st.sampled_from([*WORDS, "a good many squillion"]),
        "value": NUMBERS, "lower": NUMBERS, "upper": NUMBERS,
        "hedge": st.sampled_from(["none", "approximate", "more_than", "up_to", "vague"]),
        "unit": st.sampled_from(["t", "{crate}/a"]), "absence": st.just("withheld"),
        "dimensions": st.just({"calibre_mm": 152}), "reading_note": st.just("or so"),
        "interval_type": st.just("confidence"),
    },
)  # fmt: skip


def stored(sent: dict[str, Any]) -> dict[str, Any]:
    """A figure as it is stored."""
    return {**sent, "measure": "m", "slot": 1, **figures.complete(sent, COUNT)}


def amended(figure: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return stored(merge(normalise.kept_figure(figure, changes, COUNT), changes))


def readable(sent: dict[str, Any]) -> bool:
    try:
        return bool(stored(sent))
    except Unreadable:
        return False


def is_implied(name: str, sent: dict[str, Any]) -> bool:
    """Whether the figure is the same without this field."""
    rest = {n: v for n, v in sent.items() if n != name}
    return readable(rest) and stored(rest) == stored(sent)


@given(SENT.filter(readable))
def test_the_least_that_was_sent_makes_the_same_figure(sent: dict[str, Any]) -> None:
    figure = stored(sent)
    least = normalise.minimal_figure(figure, COUNT)
    assert figures.complete(least, COUNT) == figures.complete(figure, COUNT)
    assert normalise.minimal_figure(least, COUNT) == least


@given(SENT.filter(readable), st.sampled_from(WORDS))
@example({"raw_text": "300 per year", "unit": "{crate}/a"}, "12")
@example({"raw_text": "300 per year", "hedge": "approximate"}, "about 7,100")
def test_new_wording_is_read_as_if_nothing_had_been_there(sent: dict[str, Any], text: str) -> None:
    found = amended(stored(sent), {"raw_text": text})
    rest: dict[str, Any] = {n: sent[n] for n in ("unit", "dimensions", "reading_note") if n in sent}
    if is_implied("unit", sent):  # the old wording gives it, and it goes with that
        rest.pop("unit", None)
    assert found == stored({**rest, "raw_text": text})


@given(SENT.filter(readable), st.sampled_from([{"reading_note": "x"}, {"dimensions": {"a": 1}}]))
def test_what_describes_a_figure_changes_nothing_else(
    sent: dict[str, Any], changes: dict[str, Any]
) -> None:
    figure = stored(sent)
    (name,) = changes
    before = {n: v for n, v in amended(figure, {}).items() if n != name}
    assert {n: v for n, v in amended(figure, changes).items() if n != name} == before


@given(NUMBERS, NUMBERS, st.sampled_from(["none", "approximate", "more_than", "nearly"]))
def test_a_new_value_has_bounds_of_its_own(old: str, new: str, hedge: str) -> None:
    sent = {"hedge": hedge, "value": old}
    assert amended(stored(sent), {"value": new}) == stored({"hedge": hedge, "value": new})


@pytest.mark.parametrize("text", ["12", "exactly 12", "a dozen crates"])
def test_a_plain_number_that_changes_takes_its_bounds_along(text: str) -> None:
    figure = stored({"raw_text": text})
    assert (figure["lower"], figure["upper"], figure["lower_basis"]) == ("12", "12", "stated")
    found = amended(figure, {"value": "15"})
    assert (found["value"], found["lower"], found["upper"]) == ("15", "15", "15")
    assert "upper_below_value" not in found["flags"]
    found = amended(figure, {"hedge": "approximate"})
    assert (found["lower"], found["upper"], found["lower_basis"]) == ("10.8", "13.2", "convention")
    assert amended(figure, {"value": "15", "upper": "20"})["upper"] == "20"
    assert amended(figure, {"unit": "t"})["lower_basis"] == "stated"


def test_a_date_that_was_read_is_read_anew_where_another_measure_comes() -> None:
    dated = MeasureContext(unit="", statistic="date")
    figure = {"raw_text": "2024", "measure": "d", **figures.complete({"raw_text": "2024"}, dated)}
    for known in (figure, {**figure, "unit": ""}):
        assert normalise.kept_figure(known, {"measure": "m"}, dated) == {
            "raw_text": "2024", "measure": "d"}  # fmt: skip


def test_bounds_that_were_sent_stay_until_they_are_changed() -> None:
    figure = stored({"value": "5", "lower": "4", "upper": "9"})
    assert (amended(figure, {"value": "6"})["lower"], amended(figure, {"lower": "3"})["upper"]) == (
        "4", "9",
    )  # fmt: skip


def test_a_figure_takes_the_place_of_why_there_was_none_and_the_other_way_round() -> None:
    assert "absence" not in amended(stored({"absence": "withheld"}), {"value": "5"})
    withheld = amended(stored({"value": "5"}), {"absence": "withheld"})
    assert withheld == stored({"absence": "withheld"})


def test_wording_that_is_taken_away_leaves_what_was_read_from_it() -> None:
    found = amended(stored({"raw_text": "upwards of 7,000"}), {"raw_text": None})
    assert (found["hedge"], found["value"], found["lower"]) == ("more_than", "7000", "7000")
    assert "raw_text" not in found


def test_what_an_older_lexicon_read_is_read_by_this_one_once_it_changes() -> None:
    old = {"raw_text": "about 5", "value": "9", "lower": "8", "lexicon_version": "0"}
    assert amended(stored(old), {"raw_text": "about 7,100"}) == stored({"raw_text": "about 7,100"})
    assert amended(stored(old), {"reading_note": "x"})["lexicon_version"] == "0"


TO_SEND = "send `quantities`, which is replaced whole"
ONE: dict[str, Any] = {"note": "x", "quantities": [stored({"value": "5"})]}
NONE: dict[str, Any] = {"quantities": []}


def test_a_claim_of_one_figure_is_flat_with_all_else_that_it_says() -> None:
    assert normalise.flattened(ONE, {"value": "6"}, COUNT) == {
        "note": "x", "measure": "m", "slot": 1, "value": "5",
    }  # fmt: skip
    with pytest.raises(ValueError, match="unpack"):
        normalise.flattened(NONE, {"value": "6"}, COUNT)


@pytest.mark.parametrize(
    ("claim", "changes", "flat"),
    [(ONE, {"value": "6"}, True), (ONE, {"note": "y"}, False), (NONE, {"quantities": []}, False)],
)
def test_a_change_to_the_one_figure_is_told_from_others(
    claim: Any, changes: Any, flat: bool
) -> None:
    assert normalise.changes_figure(claim, changes) is flat


@pytest.mark.parametrize(
    ("claim", "changes", "faults"),
    [
        (
            ONE,
            {"value": "6", "quantities": []},
            [("a figure sent flat, or `quantities`: not both", "/quantities")],
        ),
        (
            NONE,
            {"value": "6", "unit": "t"},
            [
                (f"this claim has no figure: {TO_SEND}", "/unit"),
                (f"this claim has no figure: {TO_SEND}", "/value"),
            ],
        ),
        (
            {"quantities": ONE["quantities"] * 2},
            {"hedge": "up_to"},
            [(f"this claim has 2 figures: {TO_SEND}", "/hedge")],
        ),
    ],
)
def test_a_change_that_may_be_to_any_figure_is_refused(
    claim: Any, changes: Any, faults: list[tuple[str, str]]
) -> None:
    with pytest.raises(Invalid) as refused:
        normalise.changes_figure(claim, changes)
    assert refused.value.faults == tuple(Fault(*one, code="ambiguous") for one in faults)


@pytest.mark.parametrize(
    ("sent", "changes", "stays"),
    [
        # Another measure: what was all read from wording is read anew, else it stays.
        ({"raw_text": "about 7,100"}, {"measure": "n"}, {"raw_text": "about 7,100"}),
        ({"raw_text": "about 7,100", "value": "9"}, {"measure": "n"},
         {"raw_text": "about 7,100", "value": "9", "hedge": "none"}),
        ({"value": "9", "unit": "t"}, {"measure": "n"}, {"value": "9", "unit": "t"}),
        ({"value": "9"}, {"measure": "n"}, {"value": "9"}),
        # The unit that the wording gave goes with the measure, though a detail was sent beside.
        ({"raw_text": "300 per year", "lower_basis": "convention"}, {"measure": "n"},
         {"raw_text": "300 per year", "hedge": "none", "value": "300", "lower": "300",
          "lower_basis": "convention", "upper": "300"}),
        ({"raw_text": "300 per year", "lower_basis": "convention"}, {"upper": "400"},
         {"raw_text": "300 per year", "hedge": "none", "value": "300", "lower": "300",
          "lower_basis": "convention", "upper": "300", "unit": "{crate}/a"}),
        # Of a range the wording alone gives both ends: one that changes leaves the other.
        ({"raw_text": "10 to 12"}, {"upper": "13"},
         {"raw_text": "10 to 12", "hedge": "between", "lower": "10", "upper": "12"}),
        # What kind of bounds they are goes with the bounds.
        ({"lower": "4", "upper": "9", "interval_type": "range", "interval_level": "0.9"},
         {"absence": "withheld"}, {}),
        ({"lower": "4", "upper": "9", "interval_type": "range", "interval_level": "0.9"},
         {"raw_text": "5"}, {}),
        ({"absence": "withheld"}, {"absence": None, "value": None}, {"absence": "withheld"}),
    ],
)  # fmt: skip
def test_what_stays_of_a_figure_under_a_change(sent: Any, changes: Any, stays: Any) -> None:
    kept = normalise.kept_figure(stored(sent), changes, COUNT)
    assert {n: v for n, v in kept.items() if n not in ("measure", "slot")} == stays
