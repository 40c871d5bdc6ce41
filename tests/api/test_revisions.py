"""A correction is no disagreement: comparison and series tell one story of one pair."""

from typing import Any

import httpx
import pytest

from tests.api.test_analysis import given, told
from tests.conftest import ONE_ENGINE

COMPARISON = "/v1/measures/m/comparison"
FIRST = {"id": "a", "stated": "2024-01", "value": "41"}
OTHERS = {"accumulation": "incident"}


def judged(client: httpx.Client, one: str, other: str, **asked: Any) -> Any:
    """The pair of two claims."""
    found = told(client, COMPARISON, **asked)
    place = {figure["claim"]: n for n, figure in enumerate(found["figures"])}
    return next(
        pair
        for pair in found["pairs"]
        if {pair["one"], pair["other"]} == {place[one], place[other]}
    )


def corrects(*objects: str, predicate: str = "corrects") -> dict[str, Any]:
    return {"relations": [{"predicate": predicate, "object": one} for one in objects]}


def people(client: httpx.Client) -> None:
    for id in ("bob", "cleo"):
        client.post("/v1/sources", json={"id": id, "name": id.title()})


@ONE_ENGINE
@pytest.mark.parametrize("predicate", ["corrects", "revises", "supersedes", "retracts"])
def test_who_corrects_a_figure_does_not_contradict_it(fresh: httpx.Client, predicate: str) -> None:
    people(fresh)
    second = {"id": "b", "claimant": "bob", "stated": "2024-01", "value": "42"}
    given(fresh, FIRST, second | corrects("a", predicate=predicate), **OTHERS)
    found = judged(fresh, "a", "b")
    assert (found["disagreement"], found["kind"]) == ("false", "revision")
    assert not found["same_claimant"]
    assert "a revision, not a disagreement" in found["reason"]
    assert "42 (Bob, January 2024)" in found["reason"]


def test_a_correction_of_a_correction_corrects_the_first_too(fresh: httpx.Client) -> None:
    people(fresh)
    at = {"stated": "2024-01"}
    given(
        fresh,
        FIRST,
        at | {"id": "b", "claimant": "bob", "value": "42"} | corrects("a"),
        at | {"id": "c", "claimant": "cleo", "value": "43"} | corrects("b"),
        at | {"id": "d", "claimant": "cleo", "value": "50"} | corrects("a"),
        **OTHERS,
    )
    assert judged(fresh, "a", "c")["kind"] == "revision"
    assert "by way of other claims" in judged(fresh, "a", "c")["reason"]
    without = {"claimant": ["ann", "cleo"]}
    assert judged(fresh, "a", "c", **without)["kind"] == "revision"
    assert judged(fresh, "b", "d")["kind"] == "disagreement"


def test_relations_in_a_circle_end(fresh: httpx.Client) -> None:
    people(fresh)
    given(fresh, FIRST, FIRST | {"id": "b", "claimant": "bob", "value": "42"} | corrects("a"))
    sent = corrects("b")
    answer = fresh.patch("/v1/claims/a", json=sent, headers={"If-Match": "*"})
    assert answer.status_code == 200
    assert judged(fresh, "a", "b")["kind"] == "revision"


SAID: list[tuple[dict[str, Any], str, str, str]] = [
    ({"stated": "2024-01", "value": "42"}, "incident", "false", "revision"),
    ({"stated": "2024-02", "value": "40"}, "cumulative", "false", "revision"),
    ({"stated": "2024-02", "value": "42"}, "cumulative", "false", "growth"),
    ({"stated": "2024-02", "value": "42"}, "incident", "false", "other_time"),
    ({"stated": "2024", "value": "42"}, "incident", "false", "unclear"),
    ({"stated": "2024-02", "value": "41"}, "stock", "false", "agreement"),
]


@ONE_ENGINE
@pytest.mark.parametrize(("later", "accumulation", "disagreement", "kind"), SAID)
def test_a_claimant_who_gives_another_figure_revises_the_first(
    fresh: httpx.Client, later: dict[str, Any], accumulation: str, disagreement: str, kind: str
) -> None:
    given(fresh, FIRST, later | {"id": "b"}, accumulation=accumulation)
    found = judged(fresh, "a", "b")
    assert (found["disagreement"], found["kind"]) == (disagreement, kind)
    assert found["same_claimant"]


@ONE_ENGINE
def test_one_utterance_heard_in_two_ways_is_a_disagreement(fresh: httpx.Client) -> None:
    given(fresh, FIRST | {"utterance": "u"}, FIRST | {"id": "b", "value": "14", "utterance": "u"})
    assert judged(fresh, "a", "b")["kind"] == "disagreement"


@ONE_ENGINE
def test_who_is_not_named_revises_nobody(fresh: httpx.Client) -> None:
    nobody = FIRST | {"claimant": None}
    given(fresh, nobody, nobody | {"id": "b", "value": "42"})
    found = judged(fresh, "a", "b")
    assert (found["kind"], found["same_claimant"]) == ("disagreement", False)
    assert "41 (nobody named in A report, January 2024)" in found["reason"]


WORDLESS: list[tuple[dict[str, Any], str]] = [
    ({"lower": "7000"}, "7,000 or more"),
    ({"lower": "7000", "lower_inclusive": False}, "more than 7,000"),
    ({"upper": "7000"}, "7,000 at most"),
    ({"upper": "7000", "hedge": "less_than", "upper_inclusive": False}, "less than 7,000"),
    ({"lower": "5", "upper": "9"}, "5 to 9"),
    ({"value": "7"}, "7"),
    ({"absence": "withheld"}, "a figure that is withheld"),
]


@ONE_ENGINE
@pytest.mark.parametrize(("figure", "words"), WORDLESS)
def test_a_reason_gives_the_numbers_where_there_is_no_wording(
    fresh: httpx.Client, figure: dict[str, Any], words: str
) -> None:
    given(fresh, figure | {"id": "a", "stated": "2024-03"}, {"id": "b", "value": "3"})
    reason = judged(fresh, "a", "b")["reason"]
    assert f"{words} (Ann, March 2024)" in reason
    assert "“" not in reason


def test_the_spread_is_told_without_a_time_and_what_is_common_of_one_time(
    fresh: httpx.Client,
) -> None:
    given(fresh, FIRST, {"id": "b", "stated": "2024-01", "lower": "40"}, **OTHERS)
    found = told(fresh, COMPARISON)
    assert (found["spread"]["lower"], found["spread"]["upper"]) == ("40", None)
    assert (found["common"]["lower"], found["common"]["upper"]) == ("41", "41")
    given(fresh, {"id": "c", "stated": "2024-02", "value": "90"})
    found = told(fresh, COMPARISON)
    assert (found["spread"]["lower"], found["spread"]["upper"]) == ("40", None)
    assert found["common"] is None
