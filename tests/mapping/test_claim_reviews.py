"""ClaimReview in, asked, and out again, over HTTP on both engines; what is hostile is bounded."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import Serve
from tests.mapping.reviews import LD, NINE, ONE, REVIEWS, PublishedReviews, packed


def brought(client: httpx.Client, content: bytes, kind: str = LD, **more: Any) -> httpx.Response:
    return client.post(
        "/v1/imports",
        params={"format": "claimreview", **more},
        content=content,
        headers={"content-type": kind},
    )


def listed(client: httpx.Client, path: str, **asked: Any) -> list[dict[str, Any]]:
    answer = client.get(f"/v1/{path}", params=asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def known(client: httpx.Client, claim: dict[str, Any]) -> tuple[Any, ...]:
    """What a claim says, as ``PublishedReviews.wanted`` has it."""
    sources = {one["id"]: one for one in listed(client, "sources", limit=100)}
    document = sources[claim["document"]]
    figures = [one.get("value") for one in claim.get("quantities", [])]
    [assessment] = listed(client, "assessments", target=f"claims/{claim['id']}")
    assert "credibility" not in assessment
    said = [one["source"] for one in claim["attributions"] if one["role"] == "speaker"]
    assert claim.get("claimant") == (said[0] if len(said) == 1 else None)
    assert ("figure-not-read" in claim["tags"]) == (not figures)
    return (
        [sources[one]["name"] for one in said],
        document.get("url", document["name"]),
        claim.get("stated"),
        figures[0] if figures else None,
        assessment["review"].get("rating"),
    )


def test_there_are_ten() -> None:
    assert len(REVIEWS) == 10


@pytest.mark.parametrize("published", REVIEWS, ids=lambda one: one.name)
def test_a_review_goes_in_is_asked_and_comes_out_again(
    published: PublishedReviews, serve: Serve
) -> None:
    client = serve(seeded=False)
    tried = brought(client, published.content, published.kind, dry_run=True)
    assert tried.status_code == 200, tried.text
    assert listed(client, "claims") == []
    sent = brought(client, published.content, published.kind)
    assert sent.status_code == 201, sent.text
    assert {one["code"] for one in sent.json()["notices"]} == published.told
    assert all(one["line"] >= 1 for one in sent.json()["notices"])
    claims = listed(client, "claims")
    assert [known(client, one) for one in claims] == published.wanted

    again = brought(client, published.content, published.kind).json()
    assert (again["created"], again["changed"]) == (0, 0)

    out = client.get(f"/v1/claims/{claims[0]['id']}/claim-review").json()
    back = serve(seeded=False)
    returned = brought(back, packed(out))
    assert returned.status_code == 201, returned.text
    assert [known(back, one) for one in listed(back, "claims")] == published.wanted
    twice = back.get(f"/v1/claims/{claims[0]['id']}/claim-review").json()
    assert shape(twice) == shape(out)


def shape(value: Any) -> Any:
    """A review without the addresses that a server gives."""
    if isinstance(value, dict):
        return {n: shape(v) for n, v in value.items() if n != "@id" and not ours(n, v)}
    return [shape(one) for one in value] if isinstance(value, list) else value


def ours(name: str, value: Any) -> bool:
    return name == "url" and isinstance(value, str) and "127.0.0.1" in value


def test_what_was_published_comes_out_as_it_was(serve: Serve) -> None:
    client = serve(seeded=False)
    brought(client, packed(ONE))
    [claim] = listed(client, "claims")
    [out] = client.get(f"/v1/claims/{claim['id']}/claim-review").json()["@graph"]
    for name in ("url", "datePublished", "claimReviewed", "reviewRating"):
        assert out[name] == ONE[name]
    assert out["author"]["name"] == "Plain Facts"
    item = out["itemReviewed"]
    assert item["author"]["name"] == "Mara Lund"
    assert item["dateCreated"] == "2024-05-03"
    assert item["appearance"]["url"] == "https://video.example/v?id=7"
    assert item["firstAppearance"]["url"] == "https://social.example/p/9"


def test_a_measure_of_the_very_name_takes_the_figure_and_a_stored_name_is_found(
    serve: Serve,
) -> None:
    client = serve(seeded=False)
    measure = {"id": "crates", "name": "Crates", "unit": "{crate}", "unit_label": "crates"}
    assert client.post("/v1/measures", json=measure).status_code == 201
    mayor = {"id": "the-mayor", "name": "M. Lund", "kind": "official", "aliases": ["MARA LUND"]}
    assert client.post("/v1/sources", json=mayor).status_code == 201
    assert brought(client, packed(NINE)).status_code == 201
    [figure] = listed(client, "quantities", measure="crates", value__gte="1000")
    assert "dimensions" not in figure
    [claim] = listed(client, "claims", claimant="the-mayor")
    assert claim["attributions"][1]["name_as_given"] == "Mara Lund"


def test_a_figure_is_read_only_in_the_language_that_its_document_is_stored_with(
    serve: Serve,
) -> None:
    client = serve(seeded=False)
    sent = []
    for n, (words, places) in enumerate((("11.000", "ab"), ("12.000", "b"), ("13.000", "a"))):
        item = {"@type": "Claim", "appearance": [f"https://{one}.example/" for one in places]}
        page = {"url": f"https://facts.example/{n}", "inLanguage": "de"}
        told = {"claimReviewed": f"Es sind {words} Jobs", "itemReviewed": item}
        sent.append({"@type": "ClaimReview", **page, **told})
    for _ in range(2):
        answer = client.post("/v1/imports?format=claimreview", json=sent)
        assert answer.status_code == 201, answer.text
        reasons = [one["detail"] for one in answer.json()["notices"]
                   if one["code"] == "figure_not_read"]  # fmt: skip
        assert reasons == ["stored without a figure: its document is stored with no language, and"
                           " the review has another"]  # fmt: skip
    found = client.get("/v1/quantities").json()["items"]
    assert sorted(one["value"] for one in found) == ["11000", "13000"]


def test_two_sources_of_one_name_refuse_the_review_and_both_are_named(serve: Serve) -> None:
    client = serve(seeded=False)
    for id in ("lund-1", "lund-2"):
        client.post("/v1/sources", json={"id": id, "name": "Mara Lund", "kind": "person"})
    refused = brought(client, packed(NINE))
    assert refused.status_code == 422
    assert "lund-1, lund-2" in refused.text
    assert listed(client, "claims") == []


def test_a_partial_import_keeps_what_is_whole_and_tells_which_review_is_broken(
    serve: Serve,
) -> None:
    client = serve(seeded=False)
    nameless = {**ONE, "url": None}
    raw = b"[" + packed(ONE) + b"," + packed(nameless) + b',{"@type": ,' + b"},{}]"
    assert brought(client, raw).status_code == 422
    sent = brought(client, raw, mode="partial")
    assert sent.status_code == 207
    assert {(one["line"], one.get("pointer")) for one in sent.json()["errors"]} == {
        (2, "/url"), (3, ""),
    }  # fmt: skip
    assert len(listed(client, "claims")) == 1


DEEP = b'{"@type":"ClaimReview","url":"https://a.example/1","claimReviewed":"x","itemReviewed":'
HOSTILE = {
    "deep": DEEP + b"[" * 5000 + b"]" * 5000 + b"}",
    "wide": b'[{"@type":"ClaimReview"},[' + b"1," * 60000 + b"1]]",
    "tags in a text": packed({**ONE, "claimReviewed": "<a " * 80000}),
    "scripts without end": b"<html>" + b"<script type=application/ld+json>" * 50000,
    "many names": b'{"@type":"ClaimReview",' + b",".join(b'"k%d":1' % n for n in range(200)) + b"}",
    "cut off": packed(ONE)[:-20],
    "no JSON": b"Claim: it rains",
    "nothing": b"",
    "no review": b"{}",
    "a page without": b"<html><body>nothing</body></html>",
    "a page of tags": b"<a " * 200000,
    "types": packed({**ONE, "itemReviewed": 7, "reviewRating": [[1]], "url": {"a": []},
                     "author": [[]]}),
    "a date of numbers": packed({**ONE, "claimReviewed": {"a": 1}, "itemReviewed": None}),
    "a long text": packed({**ONE, "claimReviewed": "x" * 30000}),
    "many authors": packed({**ONE, "itemReviewed": {"author": ["A b"] * 90}}),
    "a NUL": packed({**ONE, "claimReviewed": "a\x00b"}),
    "a key twice": b'{"@type":"ClaimReview","@type":"ClaimReview"}',
}  # fmt: skip


def test_hostile_json_ld_is_refused_in_words_and_soon(serve: Serve) -> None:
    client = serve(seeded=False)
    for name, content in HOSTILE.items():
        kind = "text/html" if content[:1] == b"<" else LD
        answer = brought(client, content, kind)
        assert answer.status_code in (400, 422), f"{name}: {answer.text[:300]}"
        assert answer.json()["detail"], name
    assert listed(client, "claims") == []


def test_a_format_goes_with_no_mapping_and_takes_its_own_kinds_of_body(serve: Serve) -> None:
    client = serve(seeded=False)
    assert brought(client, packed(ONE), "text/csv").status_code == 415
    both = brought(client, packed(ONE), LD, mapping="harbour")
    assert both.status_code == 422
    unknown = client.post("/v1/imports", params={"format": "claimreviews"}, json=[])
    assert "claimreview" in unknown.text


def test_the_command_imports_a_page(tmp_path: Path, serve: Serve) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(REVIEWS[-1].content)
    client = serve(seeded=False)
    command = [sys.executable, "-m", "app.cli", "import", str(page), "--format", "claimreview"]
    url = client.server.settings.database_url  # type: ignore[attr-defined]
    done = subprocess.run(
        command, env={"SAYSO_DATABASE_URL": url, "PATH": ""}, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "stored without a figure" in done.stderr.decode()
    assert len(listed(client, "claims")) == 1
    assert json.dumps(listed(client, "claims")).count("boats leak") == 1


def test_of_a_dump_that_loses_much_the_first_losses_are_told(serve: Serve) -> None:
    client = serve(seeded=False)
    pictures = json.dumps([{"@type": "MediaReview", "n": n} for n in range(1001)]).encode()
    told = brought(client, pictures, LD, max_errors="1000").json()["notices"]
    assert [one["code"] for one in told] == ["not_a_claim"] * 1000
    assert [one["line"] for one in told] == [*range(1, 1001)]
