"""Which claims are alike: what makes one claim out of two, and what does not."""

from typing import Any

import pytest

from app.rules import likeness

NEVER = dict.fromkeys(likeness.TIMES)
ABOUT = {"measure": "crates", "raw_text": "about 7,100", "dimensions": {"mm": 152}}
CLAIM = {"claimant": "ann", "document": "paper", "quantities": [ABOUT]}
POINT = {"measure": "crates", "value": "7100"}
RANGE = {"measure": "crates", "lower": "7", "upper": "9"}


def of(*figures: dict[str, Any], **more: Any) -> int | None:
    return likeness.fingerprint({**CLAIM, "quantities": list(figures), **more}, NEVER)


def test_a_claim_without_a_figure_is_like_no_other() -> None:
    assert of() is None
    assert likeness.fingerprint({"document": "paper"}, NEVER) is None


def test_the_same_claims_are_alike_from_release_to_release() -> None:
    """Stored rows hold the number: it may change only together with a migration."""
    assert of(ABOUT) == 3586180879412246704
    assert of(POINT) == 6041366222395636276
    assert of(RANGE) == 862765134392663907


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ABOUT, {**ABOUT, "raw_text": " About  7,100 ", "hedge": "none", "value": "9"}),
        (POINT, {**POINT, "value": "7100.0", "hedge": "approximate", "lower": "7000"}),
        (POINT, {**POINT, "dimensions": {}}),
        (ABOUT, {**ABOUT, "dimensions": {"mm": "152.0"}}),
        ({**POINT, "dimensions": {"a": 1, "b": 2}}, {**POINT, "dimensions": {"b": 2, "a": 1}}),
        (RANGE, {**RANGE, "lower": "7.0", "reading_note": "or so"}),
    ],
)
def test_figures_are_alike_in_other_words_for_the_same(one: Any, other: Any) -> None:
    assert of(one) == of(other)


def test_the_order_of_figures_and_one_that_is_repeated_make_no_difference() -> None:
    assert of(ABOUT, POINT) == of(POINT, ABOUT, POINT)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ABOUT, {**ABOUT, "measure": "shells"}),
        (ABOUT, {**ABOUT, "dimensions": {"mm": 122}}),
        (ABOUT, {**ABOUT, "raw_text": "about 7,200"}),
        (POINT, {**POINT, "value": "7101"}),
        (RANGE, {**RANGE, "lower": "6"}),
        (RANGE, {**RANGE, "upper": "8"}),
        (RANGE, {"measure": "crates", "lower": "7"}),
        ({"measure": "start", "date": "2024"}, {"measure": "start", "date": "2025"}),
        ({"measure": "start", "absence": "withheld"}, {"measure": "start", "absence": "unknown"}),
    ],
)
def test_figures_that_say_something_else_are_not_alike(one: Any, other: Any) -> None:
    assert of(one) != of(other)


@pytest.mark.parametrize("name", ["claimant", "document"])
def test_who_says_it_and_where_tell_claims_apart(name: str) -> None:
    assert of(ABOUT) != of(ABOUT, **{name: "bo"})


@pytest.mark.parametrize("name", likeness.TIMES)
def test_every_end_of_a_time_tells_claims_apart(name: str) -> None:
    assert of(ABOUT) != likeness.fingerprint(CLAIM, {**NEVER, name: 739000})


def test_anonymous_claims_of_one_document_are_alike() -> None:
    nameless = {name: CLAIM[name] for name in ("document", "quantities")}
    assert likeness.fingerprint(nameless, NEVER) == of(ABOUT, claimant=None)
