"""Notices: what was sent refers to something that its sender may take for something else."""

from typing import Any

import httpx
import pytest

from tests.api.test_transfer import export, jsonl, send
from tests.conftest import Serve

CLAIM: dict[str, Any] = {
    "id": "one", "document": "daily-digest-article", "claimant": "shin-won-sik", "via": ["ap"],
    "measure": "containers.prk-rus", "raw_text": "9,000",
    "relations": [{"predicate": "updates", "object": "shin-2024-03-containers"}],
}  # fmt: skip
ANY = {"If-Match": "*"}
WITHDRAWN = {
    "sources/shin-won-sik": "/claimant", "sources/ap": "/via/0",
    "measures/containers.prk-rus": "/measure",
    "claims/shin-2024-03-containers": "/relations/0/object",
}  # fmt: skip


def withdraw(client: httpx.Client, path: str) -> None:
    gone = client.delete(f"/v1/{path}", params={"reason": "there twice"}, headers=ANY)
    assert gone.status_code == 200, gone.text


def places(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.is_success, answer.text
    return [(one["code"], one["pointer"]) for one in answer.json().get("notices", [])]


def test_a_claim_that_refers_to_what_is_withdrawn_is_stored_and_told_so(
    fresh: httpx.Client,
) -> None:
    for path in WITHDRAWN:
        withdraw(fresh, path)
    answer = fresh.post("/v1/claims", json=CLAIM)
    assert places(answer) == [("withdrawn_reference", at) for at in WITHDRAWN.values()]
    assert answer.json()["notices"][0]["detail"] == (
        "the source `shin-won-sik` is withdrawn (there twice), and referred to all the same"
    )
    assert "notices" not in fresh.get("/v1/claims/one").json()
    tried = fresh.post("/v1/claims?dry_run=true", json={**CLAIM, "id": "two"})
    assert len(places(tried)) == len(WITHDRAWN)
    put = fresh.put(
        "/v1/claims/three", json={**CLAIM, "id": "three"}, headers={"If-None-Match": "*"}
    )
    assert len(places(put)) == len(WITHDRAWN)


def test_what_is_active_again_is_told_of_no_more(fresh: httpx.Client) -> None:
    withdraw(fresh, "sources/ap")
    assert fresh.patch("/v1/sources/ap", json={}, headers=ANY).json()["status"] == "active"
    assert places(fresh.post("/v1/claims", json=CLAIM)) == []


def test_a_change_tells_only_of_what_it_newly_refers_to(fresh: httpx.Client) -> None:
    assert places(fresh.post("/v1/claims", json=CLAIM)) == []
    withdraw(fresh, "sources/ap")
    withdraw(fresh, "sources/us-state-dept")
    assert places(fresh.patch("/v1/claims/one", json={"notes": "x"}, headers=ANY)) == []
    told = fresh.patch("/v1/claims/one", json={"claimant": "us-state-dept"}, headers=ANY)
    assert places(told) == [("withdrawn_reference", "/claimant")]
    withdraw(fresh, "sources/bloomberg")
    more = {**CLAIM, "claimant": "us-state-dept", "via": ["ap", "bloomberg"]}
    put = fresh.put("/v1/claims/one", json=more, headers=ANY)
    assert places(put) == [("withdrawn_reference", "/via/1")]


def test_what_is_included_and_stored_otherwise_is_told_and_stays(fresh: httpx.Client) -> None:
    included = {
        "sources": [
            {"id": "ap", "name": "Associated Press", "kind": "news_agency"},
            {"id": "shin-won-sik", "name": "Shin Won-sik", "anonymous": True},
        ],
        "measures": [{"id": "containers.prk-rus", "unit": "t", "statistic": "count"}],
    }
    before = fresh.get("/v1/measures/containers.prk-rus").json()
    answer = fresh.post("/v1/claims", json={**CLAIM, "included": included})
    assert places(answer) == [
        ("stored_otherwise", "/included/sources/1"), ("stored_otherwise", "/included/measures/0"),
    ]  # fmt: skip
    assert [one["detail"].rpartition(": ")[2] for one in answer.json()["notices"]] == [
        "anonymous", "unit",
    ]  # fmt: skip
    assert fresh.get("/v1/measures/containers.prk-rus").json() == before


@pytest.mark.parametrize("mode", ["atomic", "partial"])
def test_an_import_tells_once_of_each_that_is_withdrawn_and_that_its_lines_refer_to(
    fresh: httpx.Client, serve: Serve, mode: str
) -> None:
    withdraw(fresh, "sources/ap")
    lines = [{"type": "claim", **CLAIM, "id": f"c{n}", "raw_text": f"{n}"} for n in (1, 2)]
    status = {"atomic": 201, "partial": 207}[mode]
    told = send(fresh, jsonl(*lines), status, mode=mode)["notices"]
    assert [(one["code"], one["line"]) for one in told] == [("withdrawn_reference", 1)]
    assert "the source `ap` is withdrawn (there twice)" in told[0]["detail"]
    assert send(fresh, jsonl(*lines), status, mode=mode)["notices"] == []
    # An export is taken as it was: its lines may be older than what was withdrawn.
    assert send(serve(seeded=False), export(fresh).decode(), status, mode=mode)["notices"] == []
    ap = {"type": "source", "id": "ap", "name": "Associated Press", "kind": "news_agency"}
    back = {"type": "claim", **CLAIM, "id": "c3"}
    told = send(fresh, jsonl(back, ap), status, mode=mode, restore="true")
    assert told["notices"] == []
