"""A claim tried before it is written: every rule is looked at, and nothing is stored."""

import httpx

CLAIM = {
    "claimant": "shin-won-sik", "document": "daily-digest-article", "via": ["ap"],
    "stated": "2024-03", "measure": "containers.prk-rus", "raw_text": "upwards of 7,000",
}  # fmt: skip


def head(client: httpx.Client) -> int:
    """How many lines the log has."""
    return len(client.get("/v1/changes", params={"limit": 1000}).json()["items"])


def test_a_dry_run_tells_what_would_be_stored_and_what_it_is_like(fresh: httpx.Client) -> None:
    before = head(fresh)
    tried = fresh.post("/v1/claims", json=CLAIM, params={"dry_run": "true"})
    assert tried.status_code == 200
    assert tried.json()["similar"] == ["shin-2024-03-containers"]
    assert tried.json()["quantities"][0]["lower"] == "7000"
    assert head(fresh) == before
    id = tried.json()["id"]
    assert fresh.get(f"/v1/claims/{id}").status_code == 404
    assert fresh.post("/v1/claims", json=CLAIM).json()["id"] == id


def test_a_dry_run_refuses_what_a_write_would(fresh: httpx.Client) -> None:
    broken = {**CLAIM, "claimant": "nobody-of-this-name"}
    for params in ({"dry_run": "true"}, {}):
        refused = fresh.post("/v1/claims", json=broken, params=params)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == "/claimant"


def test_a_dry_run_stores_nothing_of_what_it_includes(fresh: httpx.Client) -> None:
    sent = {**CLAIM, "claimant": "ada-quill",
            "included": {"sources": [{"id": "ada-quill", "name": "Ada Quill"}]}}  # fmt: skip
    assert fresh.post("/v1/claims", json=sent, params={"dry_run": "true"}).status_code == 200
    assert fresh.get("/v1/sources/ada-quill").status_code == 404
    assert fresh.post("/v1/claims", json=sent).status_code == 201


def test_a_dry_run_needs_a_key_as_a_write_does(fresh: httpx.Client) -> None:
    tried = fresh.post(
        "/v1/claims", json=CLAIM, params={"dry_run": "true"}, headers={"Authorization": ""}
    )
    assert tried.status_code == 401
