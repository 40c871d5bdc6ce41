"""The language of the document decides what a dot in a figure means, however it comes in."""

import json
from typing import Any

import httpx
import pytest

from tests.conftest import ONE_ENGINE

PAPER: dict[str, Any] = {
    "id": "hafenblatt-12", "name": "Hafenblatt 12", "kind": "article", "language": "de",
}  # fmt: skip
COUNTED: dict[str, Any] = {
    "id": "crates-in-the-harbour", "document": "hafenblatt-12", "measure": "containers.prk-rus",
    "raw_text": "14.000",
}  # fmt: skip
JSONL = {"content-type": "application/jsonl"}


def value(client: httpx.Client) -> str:
    claim: dict[str, Any] = client.get("/v1/claims/crates-in-the-harbour").json()
    said: str = claim["quantities"][0]["value"]
    return said


def test_a_claim_is_read_in_the_language_of_its_document(fresh: httpx.Client) -> None:
    assert fresh.post("/v1/sources", json=PAPER).status_code == 201
    assert fresh.post("/v1/claims", json=COUNTED).status_code == 201
    assert value(fresh) == "14000"


def test_a_document_that_is_included_decides_too(fresh: httpx.Client) -> None:
    sent = {**COUNTED, "included": {"sources": [PAPER]}}
    assert fresh.post("/v1/claims", json=sent).status_code == 201
    assert value(fresh) == "14000"


@pytest.mark.parametrize("mode", ["atomic", "partial"])
def test_a_document_of_the_same_import_decides_too(fresh: httpx.Client, mode: str) -> None:
    lines = ({"type": "claim", **COUNTED}, {"type": "source", **PAPER})
    body = "".join(json.dumps(line) + "\n" for line in lines)
    answer = fresh.post("/v1/imports", content=body, headers=JSONL, params={"mode": mode})
    assert answer.json()["created"] == 2, answer.text
    assert value(fresh) == "14000"


def test_without_a_language_both_readings_and_the_way_out_are_named(fresh: httpx.Client) -> None:
    paper = {name: said for name, said in PAPER.items() if name != "language"}
    assert fresh.post("/v1/sources", json=paper).status_code == 201
    answer = fresh.post("/v1/claims", json=COUNTED)
    assert answer.status_code == 422
    detail = answer.json()["errors"][0]["detail"]
    assert "14000 where" in detail
    assert "14 where" in detail
    assert "Send 'hedge'" in detail
    kept = fresh.post("/v1/claims", json={**COUNTED, "value": "14000"})
    assert kept.json()["quantities"][0]["flags"] == ["not_read"]


def test_a_phrase_is_tried_in_a_language(fresh: httpx.Client) -> None:
    asked = {"text": "14.000", "measure": "containers.prk-rus"}
    assert fresh.post("/v1/lexicon/parse", json=asked).status_code == 422
    assert fresh.post("/v1/lexicon/parse", json={**asked, "lang": "fr"}).json()["value"] == "14000"


def test_a_phrase_is_read_in_the_language_asked_for(fresh: httpx.Client) -> None:
    asked = {"text": "gut 1,5 Milliarden", "measure": "containers.prk-rus"}
    found = fresh.post("/v1/lexicon/parse?lang=de", json=asked).json()
    assert (found["hedge"], found["value"]) == ("just_over", "1500000000")
    assert found["lexicon_version"] == "de-1"
    assert found == fresh.post("/v1/lexicon/parse", json={**asked, "lang": "de-AT"}).json()
    twice = fresh.post("/v1/lexicon/parse?lang=de", json={**asked, "lang": "fr"})
    assert twice.status_code == 422
    assert fresh.post("/v1/lexicon/parse?lang=", json=asked).status_code in (400, 422)


@ONE_ENGINE
@pytest.mark.parametrize("language", ["de", "fr", "es", "ru", "uk", "ar"])
def test_each_lexicon_is_shown(fresh: httpx.Client, language: str) -> None:
    shown = fresh.get("/v1/lexicon", params={"lang": language}).json()
    assert shown["version"] == f"{language}-1"
    assert shown["hedges"]["nearly"]["before"] != []
    assert fresh.get("/v1/lexicon").json()["version"].startswith("en-")


def test_a_reading_names_its_hedge_as_it_was_said_and_in_english(fresh: httpx.Client) -> None:
    asked = {"text": "etwa 6.700", "measure": "containers.prk-rus", "lang": "de"}
    told = fresh.post("/v1/lexicon/parse", json=asked).json()
    assert told["hedged_by"] == {"words": "etwa", "lang": "de", "usual": "about"}
    assert told["sentence"] == "6,500 to 6,900, as “etwa” (about) is commonly meant"
    assert "hedged_by" not in fresh.post("/v1/lexicon/parse", json={"text": "6,700"}).json()
    passage = {"text": "Es waren gut 5.000 Kisten.", "lang": "de"}
    [found] = fresh.post("/v1/lexicon/scan", json=passage).json()["items"]
    assert found["reading"]["hedged_by"]["words"] == "gut"
    hedges = {lang: fresh.get(f"/v1/lexicon?lang={lang}").json()["hedges"] for lang in ("de", "ko")}
    assert hedges["de"]["at_least"]["name"] == "mindestens"
    assert hedges["ko"]["at_least"]["documentation"].startswith("The figure or above")
