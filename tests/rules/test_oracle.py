"""What one claim answers to a question, condition by condition."""

from typing import Any

import pytest

from app.rules import edtf
from app.rules.intervals import NOTHING, Interval, hull
from tests import oracle
from tests.oracle import Asked, Certainty, Known

MEASURES = {
    "crates": {"unit": "{crate}", "domain_min": "0", "accumulation": "cumulative"},
    "launch": {"unit": "1", "statistic": "date"},
}
CRATES: dict[str, Any] = {
    "measure": "crates", "slot": 1, "alternative": 1, "value": "12", "lower": "12", "upper": "12",
    "lower_inclusive": True, "upper_inclusive": True, "dimensions": {"mm": "152", "kind": "new"},
    "flags": ["outside_domain"],
}  # fmt: skip
LAUNCH = {"measure": "launch", "slot": 2, "alternative": 1, "date": "2024-03"}


def days(text: str) -> Interval:
    found = edtf.span(text, "written")
    return Interval(found.lo, found.hi)


def answer(asked: Asked, *figures: dict[str, Any], **claim: Any) -> str:
    known = Known({"document": "paper", "quantities": list(figures), **claim}, MEASURES)
    return oracle.claim(known, asked).name


@pytest.mark.parametrize(
    ("trait", "told"),
    [
        (("dim.mm", "eq", ("152.0",)), "certain"),
        (("dim.mm", "eq", ("a gun",)), "impossible"),
        (("dim.kind", "ne", ("old",)), "certain"),
        (("dim.mm", "gte", (152.0,)), "certain"),
        (("dim.kind", "gte", (152.0,)), "impossible"),
        (("dim.other", "gt", (1.0,)), "impossible"),
        (("dim.other", "eq", ("1",)), "impossible"),
        (("attr.rank", "is_null", (True,)), "certain"),
        (("dim.mm", "is_null", (True,)), "impossible"),
    ],
)
def test_a_trait_is_compared_as_a_number_where_both_are_else_letter_by_letter(
    trait: Any, told: str
) -> None:
    assert answer(Asked(traits=(trait,)), CRATES) == told


def test_words_are_any_or_none_of_those_asked_about() -> None:
    flagged = {"flag": frozenset({"outside_domain"})}
    assert answer(Asked(of_figure=flagged), CRATES) == "certain"
    assert answer(Asked(but_figure=flagged), CRATES) == "impossible"
    assert answer(Asked(of_claim={"tag": frozenset({"x"})}), tags=["x", "y"]) == "certain"
    assert answer(Asked(but_claim={"claimant": frozenset({"ann"})}), claimant="ann") == "impossible"


def test_stored_numbers_are_compared_plainly() -> None:
    assert answer(Asked(numbers=(("nominal", "gt", 11.0),)), CRATES) == "certain"
    assert answer(Asked(numbers=(("nominal", "gt", 12.0),)), CRATES) == "impossible"
    assert answer(Asked(numbers=(("nominal", "gt", 1.0),)), LAUNCH) == "impossible"


def test_what_may_be_absent_can_be_asked_about() -> None:
    absent = {"nominal": True, "flag": True, "claimant": True, "stated": True}
    assert answer(Asked(missing=absent), LAUNCH) == "certain"
    for name in absent:
        whole = {"claimant": "ann", "stated": "2024"}
        assert answer(Asked(missing={name: True}), CRATES, **whole) == "impossible", name


def test_a_date_is_asked_of_figures_that_are_one() -> None:
    march, year, june = days("2024-03"), days("2024"), days("2024-06")
    assert answer(Asked(date=year), LAUNCH) == "certain"
    assert answer(Asked(date=Interval(march.lo, march.lo)), LAUNCH) == "possible"
    assert answer(Asked(date=june), LAUNCH) == "impossible"
    assert answer(Asked(date=year), CRATES) == "impossible"
    assert answer(Asked(date=june), {**LAUNCH, "absence": "withheld"}) == "possible"
    assert answer(Asked(date=june), {**LAUNCH, "absence": "not_applicable"}) == "impossible"
    assert answer(Asked(value=Interval(0, 9)), LAUNCH) == "impossible"


def test_of_a_mix_the_figure_may_lie_anywhere_between_its_alternatives() -> None:
    other = {**CRATES, "alternative": 2, "value": "20", "lower": "20", "upper": "20"}
    between = Asked(value=Interval(15, 16))
    assert answer(between, CRATES, other) == "impossible"
    assert answer(between, CRATES, other, alternative_mode="mix") == "possible"
    assert hull([]) == NOTHING


def test_only_the_preferred_reading_is_asked_unless_all_are() -> None:
    read = [{**CRATES, "reading": "A", "preferred": True}, {**CRATES, "lower": "1", "reading": "B"}]
    asked = Asked(value=Interval(12, 12))
    assert answer(asked, *read) == "certain"
    assert answer(Asked(value=asked.value, readings="all"), *read) == "possible"
    known = Known({"document": "paper", "quantities": read}, MEASURES)
    assert oracle.figure(read[1], known, asked) is Certainty.possible


def test_what_is_denied_has_no_value_unless_denials_are_asked_for() -> None:
    asked = Interval(12, 12)
    assert answer(Asked(value=asked), CRATES, polarity="negative") == "impossible"
    denied = {"polarity": frozenset({"negative"})}
    told = answer(Asked(value=asked, of_claim=denied), CRATES, polarity="negative")
    assert told == "certain"
    march = Asked(date=days("2024-03"))
    assert answer(march, LAUNCH) == "certain"
    assert answer(march, LAUNCH, polarity="negative") == "impossible"


def test_the_time_described_is_the_period_or_of_a_running_total_all_up_to_when_it_was_stated() -> (
    None
):
    march, april, year = days("2024-03"), days("2024-04"), days("2024")
    assert answer(Asked(shares_days=march), period="2024-03") == "certain"
    assert answer(Asked(shares_days=april), period="2024-03") == "impossible"
    assert answer(Asked(shares_days=march), CRATES, stated="2024-06") == "possible"
    assert answer(Asked(times={"period_end": year}), CRATES, stated="2024-06") == "certain"
    assert answer(Asked(shares_days=march)) == "possible"


def test_a_claim_is_known_from_when_it_was_stated_at_the_earliest_and_printed_at_the_latest() -> (
    None
):
    march, april = days("2024-03"), days("2024-04")
    printed = {"stated": "2024-03", "published": "2024-04"}
    assert answer(Asked(known_by=march.lo - 1), **printed) == "impossible"
    assert answer(Asked(known_by=march.hi), **printed) == "possible"
    assert answer(Asked(known_by=april.hi), **printed) == "certain"
