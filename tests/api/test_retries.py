"""Idempotency-Key: a request that is sent again has the same answer, and no second effect."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

CLAIM: dict[str, Any] = {
    "claimant": "shin-won-sik", "document": "daily-digest-article", "stated": "2024-03",
    "measure": "containers.prk-rus", "raw_text": "upwards of 7,000",
}  # fmt: skip
LINE = '{"type": "source", "id": "kyodo", "name": "Kyodo"}\n'


def test_a_retry_has_the_first_answer_even_after_a_change(fresh: httpx.Client) -> None:
    key = {"Idempotency-Key": "first"}
    first = fresh.post("/v1/claims", json=CLAIM, headers=key)
    path = first.headers["location"]
    fresh.patch(path, json={"notes": "changed"}, headers={"If-Match": "*"})
    again = fresh.post("/v1/claims", json=CLAIM, headers=key)
    assert (
        (again.status_code, again.content)
        == (first.status_code, first.content)
        == (201, first.content)
    )
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["idempotency-replayed"] == "true"
    assert fresh.post("/v1/claims", json=CLAIM).status_code == 409


def test_the_same_key_with_another_request_is_refused(fresh: httpx.Client) -> None:
    key = {"Idempotency-Key": '"quoted"'}
    assert fresh.post("/v1/claims", json=CLAIM, headers=key).status_code == 201
    other = fresh.post("/v1/claims", json={**CLAIM, "stated": "2024"}, headers=key)
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "key_reused")


def test_a_refused_request_leaves_its_key_free(fresh: httpx.Client) -> None:
    key = {"Idempotency-Key": "k"}
    assert fresh.post("/v1/claims", json={**CLAIM, "claimant": "x"}, headers=key).status_code == 422
    assert fresh.post("/v1/claims", json=CLAIM, headers=key).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "naïve".encode("latin-1").decode("latin-1")])
def test_a_key_that_cannot_be_one_is_refused(fresh: httpx.Client, key: str) -> None:
    sent = {"Idempotency-Key": key.encode("latin-1")}
    answer = fresh.post("/v1/claims", json=CLAIM, headers=sent)  # type: ignore[arg-type]
    assert answer.status_code == 400


@pytest.mark.parametrize("mode", ["atomic", "partial"])
def test_an_import_is_done_once(fresh: httpx.Client, mode: str) -> None:
    headers = {"Idempotency-Key": "import", "content-type": "application/jsonl"}
    asked = {"mode": mode}
    first = fresh.post("/v1/imports", content=LINE, headers=headers, params=asked)
    again = fresh.post("/v1/imports", content=LINE, headers=headers, params=asked)
    assert again.json() == first.json()
    assert first.json()["created"] == 1
    other = fresh.post("/v1/imports", content=LINE * 2, headers=headers, params=asked)
    assert other.status_code == 422


def test_many_at_once_under_a_few_keys_have_one_effect_each(fresh: httpx.Client) -> None:
    def send(n: int) -> tuple[int, str, int]:
        claim = {**CLAIM, "id": f"claim-{n % 5}", "notes": f"of key {n % 5}"}
        answer = fresh.post("/v1/claims", json=claim, headers={"Idempotency-Key": f"key-{n % 5}"})
        return n % 5, answer.text, answer.status_code

    before = fresh.get("/v1/changes?limit=1000").json()["next_since"]
    with ThreadPoolExecutor(16) as pool:
        answers = set(pool.map(send, range(100)))
    assert len(answers) == 5
    assert {status for _, _, status in answers} == {201}
    assert fresh.get("/v1/changes?limit=1000").json()["next_since"] == before + 5
