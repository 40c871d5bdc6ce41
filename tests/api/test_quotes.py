"""Quotes: as long as their offsets say, and checked against a text that is sent and not kept."""

import hashlib
import json
from typing import Any

import httpx
from sqlalchemy import create_engine, text

from tests.conftest import Serve

TEXT = "The chair spoke.\r\nHe counted “41 ayes” and no noes, by 3 p.m.\r\n"
WORDS = {"exact": "41 ayes", "start": 30, "end": 37}
PAPER = {
    "id": "minutes", "name": "The minutes", "kind": "report",
    "content_sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
}  # fmt: skip
CLAIM: dict[str, Any] = {
    "id": "vote.1", "document": "minutes", "measure": "containers.prk-rus", "value": "41",
    "included": {"sources": [PAPER]},
}  # fmt: skip


def stored(client: httpx.Client, quote: dict[str, Any]) -> None:
    answer = client.post("/v1/claims", json={**CLAIM, "quote": quote})
    assert answer.status_code == 201, answer.text


def checked(client: httpx.Client, text: str, id: str = "vote.1") -> dict[str, Any]:
    answer = client.post(f"/v1/claims/{id}/quote", json={"text": text})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_quote_is_as_long_as_its_offsets_say(fresh: httpx.Client) -> None:
    wrong = {**WORDS, "end": 67}
    refused = fresh.post("/v1/claims", json={**CLAIM, "quote": wrong})
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/quote/end", "quote_length")
    assert error["detail"].startswith("`exact` has 7 characters, `end` − `start` is 37")
    stored(fresh, WORDS)
    tag = {"If-Match": "*"}
    path = "/v1/claims/vote.1"
    assert fresh.patch(path, json={"quote": {"end": 38}}, headers=tag).status_code == 422
    assert fresh.patch(path, json={"quote": {"exact": "41 aye"}}, headers=tag).status_code == 422
    whole = {**CLAIM, "quote": wrong}
    assert fresh.put(path, json=whole, headers=tag).status_code == 422
    line = {"type": "claim", **CLAIM, "id": "vote.2", "quote": wrong}
    del line["included"]
    assert imported(fresh, line)["errors"][0]["code"] == "quote_length"
    assert fresh.get(path).json()["version"] == 1


def imported(client: httpx.Client, line: dict[str, Any]) -> dict[str, Any]:
    headers = {"content-type": "application/jsonl"}
    answer = client.post("/v1/imports", content=json.dumps(line), headers=headers)
    found: dict[str, Any] = answer.json()
    return found


def test_what_was_stored_before_lengths_were_held_can_be_kept_and_mended(
    fresh: httpx.Client,
) -> None:
    stored(fresh, WORDS)
    old = {**WORDS, "end": 40}
    line = {"type": "claim", **CLAIM, "id": "vote.2", "version": 1, "quote": old}
    del line["included"]
    assert imported(fresh, line)["created"] == 1  # as an export has it
    path, tag = "/v1/claims/vote.2", {"If-Match": "*"}
    assert fresh.patch(path, json={"notes": "x"}, headers=tag).status_code == 200
    assert fresh.patch(path, json={"quote": {"end": 41}}, headers=tag).status_code == 422
    whole = {**CLAIM, "id": "vote.2", "quote": old, "notes": "y"}
    assert fresh.put(path, json=whole, headers=tag).status_code == 200
    assert checked(fresh, TEXT, "vote.2")["found"] == "moved"
    assert fresh.patch(path, json={"quote": {"end": 37}}, headers=tag).status_code == 200
    assert fresh.delete(f"{path}?reason=x", headers=tag).status_code == 200


def test_a_quote_is_found_at_its_offsets_elsewhere_in_other_words_or_not(
    fresh: httpx.Client,
) -> None:
    stored(fresh, {**WORDS, "prefix": 'counted "', "suffix": '" and'})
    assert checked(fresh, TEXT) == {
        "claim": "vote.1", "version": 1, "document": "minutes", "found": "exact",
        "reason": "The words stand at the offsets, as quoted.",
        "places": [{"start": 30, "end": 37, "prefix": True, "suffix": True}],
        "text_is": "same", "characters": len(TEXT),
    }  # fmt: skip
    moved = checked(fresh, TEXT.replace("\r\n", "\n"))
    assert (moved["found"], moved["text_is"]) == ("moved", "line_ends")
    assert moved["places"] == [{"start": 29, "end": 36, "prefix": True, "suffix": True}]
    other = checked(fresh, TEXT.replace("41 ayes", "41\n\tayes"))
    assert (other["found"], other["text_is"]) == ("normalised", "other")
    assert checked(fresh, TEXT.replace("41", "14"))["found"] == "not_found"


def test_a_file_is_hashed_as_its_bytes_are(fresh: httpx.Client) -> None:
    stored(fresh, WORDS)
    kind = {"content-type": "text/plain; charset=utf-8"}
    path = "/v1/claims/vote.1/quote"
    assert fresh.post(path, content=TEXT.encode(), headers=kind).json()["text_is"] == "same"
    marked = fresh.post(path, content=b"\xef\xbb\xbf" + TEXT.encode(), headers=kind).json()
    assert (marked["found"], marked["text_is"]) == ("exact", "line_ends")
    assert fresh.post(path, content=b"\xff", headers=kind).status_code == 400
    assert fresh.post(path, content=b"", headers=kind).status_code == 400
    assert fresh.post(path, content=b"x" * 2_000_001, headers=kind).status_code == 413
    assert fresh.post(path, content=b"x", headers={"content-type": "text/html"}).status_code == 415
    assert fresh.post(path, json={"text": ""}).status_code == 422
    assert fresh.post(path, json={"text": "x", "url": "y"}).status_code == 422


def test_of_offsets_alone_the_hash_of_the_document_is_the_proof(fresh: httpx.Client) -> None:
    stored(fresh, {"start": 30, "end": 37})
    assert checked(fresh, TEXT)["found"] == "by_hash"
    assert checked(fresh, TEXT + "more")["found"] == "unproven"
    seeded = checked(fresh, "Another text. " * 400, "shin-2024-03-containers")
    assert (seeded["found"], seeded["text_is"]) == ("unproven", "other")
    assert seeded["places"] == [{"start": 2844, "end": 2941}]


def test_a_claim_without_a_quote_has_none_to_check(fresh: httpx.Client) -> None:
    assert fresh.post("/v1/claims", json=CLAIM).status_code == 201
    for id in ("vote.1", "nothing"):
        asked = fresh.post(f"/v1/claims/{id}/quote", json={"text": "x"})
        assert asked.status_code == 404
    assert fresh.post("/v1/claims/vote.1/quote", json={"text": "x"}).json()["detail"] == (
        "This claim has no quote."
    )


def test_a_check_needs_no_right_to_write_and_keeps_nothing(serve: Serve, caplog: Any) -> None:
    client = serve()
    stored(client, WORDS)
    before = client.get("/v1/changes").json()
    with client.server.client(key=None) as anyone:  # type: ignore[attr-defined]
        assert checked(anyone, "a secret text")["found"] == "not_found"
    assert client.get("/v1/changes").json() == before
    assert "secret" not in caplog.text
    url = client.server.app.state.settings.sqlalchemy_url  # type: ignore[attr-defined]
    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM idempotency_key")).scalar() == 0
    engine.dispose()
