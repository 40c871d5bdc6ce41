"""Ratios: which figures belong together, and which do not."""

from typing import Any

import httpx
import pytest

from tests.api.test_analysis import given, told

SIDES = {"numerator": "m", "denominator": "boxes"}


def derived_from(id: str) -> list[dict[str, str]]:
    return [{"predicate": "derived_from", "object": id}]


def boxes(id: str, value: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "measure": "boxes", "value": value, **more}


@pytest.fixture
def world(fresh: httpx.Client) -> httpx.Client:
    """Two figures in one speech act; one derived from some boxes, others from it; alternatives."""
    fresh.post("/v1/measures", json={"id": "boxes", "unit": "{box}"}).raise_for_status()
    fresh.post("/v1/sources", json={"id": "paper", "name": "Paper", "kind": "article"})
    either = [{"measure": "m", "slot": 1, "alternative": 1, "value": "6"},
              {"measure": "boxes", "slot": 1, "alternative": 2, "value": "3"}]  # fmt: skip
    readings: list[dict[str, Any]] = [
        {"measure": "boxes", "slot": 1, "reading": "A", "value": "4"},
        {"measure": "boxes", "slot": 1, "reading": "B", "value": "5", "preferred": True},
    ]
    refutes = [{"predicate": "refutes", "object": "below"}]
    given(
        fresh,
        boxes("below", "10"),
        {"id": "over", "value": "100", "relations": derived_from("below")},
        boxes("above", "20", relations=derived_from("over")),
        boxes("denied", "25", relations=derived_from("over"), speech_act="deny"),
        boxes("negative", "25", relations=derived_from("over"), polarity="negative"),
        boxes("withdrawn", "50", relations=derived_from("over")),
        {"id": "refuting", "value": "7", "relations": refutes},
        {"id": "said", "value": "8", "utterance": "speech", "document": "paper"},
        boxes("with-it", "2", utterance="speech", document="paper"),
        {"id": "either", "measure": None, "alternative_mode": "or", "utterance": "another",
         "quantities": either},
        {"id": "read", "value": "40", "utterance": "third", "document": "paper"},
        {"id": "twice", "measure": None, "utterance": "third", "quantities": readings},
    )  # fmt: skip
    gone = fresh.delete("/v1/claims/withdrawn?reason=x", headers={"If-Match": "*"})
    assert gone.status_code in (200, 204)
    return fresh


def pairs(client: httpx.Client, **asked: Any) -> list[tuple[str, str, str]]:
    found = told(client, "/v1/ratios", **SIDES, **asked)
    return [
        (i["numerator"]["claim"], i["denominator"]["claim"], i["value"]) for i in found["items"]
    ]


DERIVED = [("over", "above", "5"), ("over", "below", "10")]
SAID = [("read", "twice", "8"), ("said", "with-it", "4")]


def test_what_is_derived_or_said_together_has_a_ratio(world: httpx.Client) -> None:
    assert pairs(world, by="derivation") == DERIVED
    assert pairs(world, by="utterance") == SAID
    assert pairs(world) == sorted(DERIVED + SAID)
    assert pairs(world, by="utterance", readings="all") == [("read", "twice", "10"), *SAID]
    assert pairs(world, stated="1999", match="certain") == []
    in_paper = pairs(world, by="document", document="paper")
    assert in_paper == [("read", "with-it", "20"), ("said", "with-it", "4")]


@pytest.mark.parametrize("by", ["derivation", "utterance", "document", "derivation,document"])
def test_the_first_ratios_are_the_first_of_all(world: httpx.Client, by: str) -> None:
    whole = pairs(world, by=by, readings="all")
    assert whole == sorted(whole, key=lambda one: one[:2])
    for limit in range(1, len(whole) + 1):
        asked = {"by": by, "readings": "all", "limit": limit}
        found = told(world, "/v1/ratios", **SIDES, **asked)
        assert found["truncated"] == (limit < len(whole))
        assert pairs(world, **asked) == whole[:limit]


def test_a_ratio_is_of_the_figures_of_its_moment(world: httpx.Client) -> None:
    before = told(world, "/v1/ratios", **SIDES)["assumptions"]["as_of"]
    for id, value in (("below", "50"), ("above", "25"), ("over", "200"), ("with-it", "1")):
        (figure,) = world.get(f"/v1/claims/{id}").json()["quantities"]
        sent = {"quantities": [{"measure": figure["measure"], "value": value}]}
        answer = world.patch(f"/v1/claims/{id}", json=sent, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
    assert pairs(world, as_of=before) == sorted(DERIVED + SAID)
    assert pairs(world, by="derivation") == [("over", "above", "8"), ("over", "below", "4")]
    assert pairs(world, by="utterance") == [SAID[0], ("said", "with-it", "8")]
