"""A claim alike to another is stored, and whoever sent it is told of the other."""

from typing import Any

import httpx
import pytest

from app.models import RESOURCES
from app.store import writes
from app.store.group_commit import PendingWrite, write_group
from app.store.write_transaction import PROGRAM
from tests.conftest import Serve

CLAIM: dict[str, Any] = {
    "claimant": "nis", "document": "daily-digest-article", "stated": "2024-05",
    "measure": "containers.prk-rus", "raw_text": "About 7,100",
}  # fmt: skip
FIRST = {**CLAIM, "id": "first"}


def told(client: httpx.Client, claim: dict[str, Any], status: int = 201) -> list[str]:
    answer = client.post("/v1/claims", json=claim)
    assert answer.status_code == status, answer.text
    found: list[str] = answer.json().get("similar", [])
    return found


ALIKE = [
    {"raw_text": "about  7,100"}, {"notes": "seen twice"}, {"unit": "{container}"},
    {"speech_act": "estimate"}, {"via": ["ap"]}, {"locator": "line 3"},
    {"raw_text": "ABOUT\u00a07,100", "hedge": "vague"},
]  # fmt: skip
OTHERWISE: list[dict[str, Any]] = [
    {"raw_text": "about 7,200"}, {"stated": "2024-06"}, {"period": "2024"},
    {"claimant": "shin-won-sik"},
    {"measure": "shells.capacity.prk-rus"}, {"dimensions": {"port": "Najin"}},
    {"raw_text": None, "value": "7100"},
    {"unit": "t", "hedge": "approximate", "value": "7100"},
    {"polarity": "negative"}, {"speech_act": "deny"}, {"speech_act": "retract"},
]  # fmt: skip


@pytest.mark.parametrize("more", ALIKE)
def test_a_claim_that_says_the_same_is_stored_and_told_of(
    fresh: httpx.Client, more: dict[str, Any]
) -> None:
    assert told(fresh, FIRST) == []
    second = {**CLAIM, **more, "id": "second"}
    assert told(fresh, second) == ["first"]
    assert "similar" not in fresh.get("/v1/claims/second").json()
    assert told(fresh, second, 200) == ["first"]  # the same answer again
    assert told(fresh, FIRST, 200) == ["second"]


@pytest.mark.parametrize("more", OTHERWISE)
def test_a_claim_that_says_something_else_is_alike_to_none(
    fresh: httpx.Client, more: dict[str, Any]
) -> None:
    assert told(fresh, FIRST) == []
    assert told(fresh, {**CLAIM, **more, "id": "second"}) == []


def test_without_wording_the_number_is_compared(fresh: httpx.Client) -> None:
    bare = {name: value for name, value in CLAIM.items() if name != "raw_text"}
    assert told(fresh, {**bare, "id": "a", "value": "7100"}) == []
    assert told(fresh, {**bare, "id": "b", "value": "7100.0"}) == ["a"]
    assert told(fresh, {**bare, "id": "c", "value": "7101"}) == []
    assert told(fresh, {**bare, "id": "d", "lower": "7100"}) == []
    assert told(fresh, {**bare, "id": "e", "lower": "7100"}) == ["d"]
    words = {"document": "daily-digest-article", "claimant": "nis", "statement": "No figure."}
    assert [told(fresh, {**words, "id": id}) for id in ("f", "g")] == [[], []]


def test_only_what_is_held_now_is_told_of_and_no_more_than_ten(fresh: httpx.Client) -> None:
    tag = {"If-Match": "*"}
    ids = [f"copy-{n:02}" for n in range(14)]
    for n, id in enumerate(ids):
        assert told(fresh, {**CLAIM, "id": id}) == ids[: min(n, 10)]
    assert fresh.delete("/v1/claims/copy-00?reason=twice", headers=tag).status_code == 200
    changed = fresh.patch("/v1/claims/copy-01", json={"raw_text": "about 9"}, headers=tag)
    assert changed.status_code == 200
    assert told(fresh, {**CLAIM, "id": "last"}) == ids[2:12]


def test_put_that_creates_tells_it_too(fresh: httpx.Client) -> None:
    told(fresh, FIRST)
    create = {"If-None-Match": "*"}
    answer = fresh.put("/v1/claims/second", json=CLAIM, headers=create)
    assert (answer.status_code, answer.json()["similar"]) == (201, ["first"])
    replaced = fresh.put(
        "/v1/claims/second", json={**CLAIM, "notes": "x"}, headers={"If-Match": "*"}
    )
    assert "similar" not in replaced.json()


def test_a_retry_has_the_answer_that_it_had(fresh: httpx.Client) -> None:
    told(fresh, FIRST)
    key = {"Idempotency-Key": "one"}
    first = fresh.post("/v1/claims", json={**CLAIM, "id": "second"}, headers=key)
    told(fresh, {**CLAIM, "id": "third"})
    again = fresh.post("/v1/claims", json={**CLAIM, "id": "second"}, headers=key)
    assert (again.content, again.json()["similar"]) == (first.content, ["first"])


def test_claims_that_are_committed_together_know_of_each_other(serve: Serve) -> None:
    client = serve()
    db = client.server.app.state.db  # type: ignore[attr-defined]
    kind = RESOURCES["claims"].sent

    def waiting(work: Any) -> PendingWrite:
        return PendingWrite(work, PROGRAM, float("inf"), None)  # type: ignore[arg-type]

    def created(id: str, **more: Any) -> Any:
        sent = kind.model_validate({**CLAIM, **more, "id": id})
        return waiting(lambda turn: writes.create(turn, "claims", sent))

    def withdrawn(id: str) -> Any:
        gone = (id, "withdrawn", "twice", "*")
        return waiting(lambda turn: writes.withdraw(turn, "claims", *gone))

    made = write_group(db, [created("a"), created("b"), created("c", stated="2023"), created("d")])
    assert [one.similar for one in made] == [[], ["a"], [], ["a", "b"]]
    later = write_group(db, [withdrawn("a"), created("e"), withdrawn("e"), created("f")])
    assert [later[1].similar, later[3].similar] == [["b", "d"], ["b", "d"]]


def test_what_was_imported_is_told_of(fresh: httpx.Client) -> None:
    answer = fresh.post("/v1/imports", json=[{"type": "claim", **FIRST}])
    assert answer.status_code == 201, answer.text
    assert told(fresh, {**CLAIM, "id": "second"}) == ["first"]
