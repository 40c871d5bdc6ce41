"""One search over sources, measures and claims, best first, with the words marked; and counts."""

from typing import Any

import httpx
import pytest


def search(client: httpx.Client, q: str, **asked: Any) -> Any:
    answer = client.get("/v1/search", params={"q": q, **asked})
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(answer: Any, kind: str) -> list[str]:
    return [hit["record"]["id"] for hit in answer["hits"][kind]]


def marked(hit: Any) -> list[str]:
    text = hit["snippet"]["text"]
    return [text[one["start"] : one["end"]] for one in hit["snippet"]["matches"]]


def test_one_call_finds_of_every_kind_with_totals(seeded: httpx.Client) -> None:
    told = search(seeded, "containers", limit=100)
    for kind in ("claims", "measures"):
        listed = seeded.get(f"/v1/{kind}", params={"q": "containers", "limit": 1000}).json()[
            "items"
        ]
        assert {one["id"] for one in listed} <= set(ids(told, kind))
        assert told["totals"][kind] == {"count": len(ids(told, kind)), "more": False}
    assert told["hits"]["measures"][0]["found"] == "exact", "it is the name of its unit"
    assert "containers.prk-rus" in ids(told, "measures")


def test_what_has_this_id_or_name_comes_first(fresh: httpx.Client) -> None:
    for id, name in (("a-daily", "The Reuters Daily"), ("b-desk", "Reuters desk"),
                     ("z-agency", "An agency")):  # fmt: skip
        source = {"id": id, "name": name, "kind": "news_website", "is_root": True}
        source |= {"aliases": ["Reuters"]} if id == "z-agency" else {}
        assert fresh.post("/v1/sources", json=source).status_code == 201
    hits = search(fresh, "ReUTERS")["hits"]["sources"]
    assert [(hit["record"]["id"], hit["found"]) for hit in hits] == [
        ("reuters", "exact"), ("z-agency", "exact"), ("b-desk", "prefix"), ("a-daily", "contents"),
    ]  # fmt: skip
    claim = search(fresh, "shin-2024-03-containers")["hits"]["claims"][0]
    assert (claim["record"]["id"], claim["found"]) == ("shin-2024-03-containers", "exact")
    assert ids(search(fresh, "shin-2024-0", limit=2), "claims") == [
        "shin-2024-02-26-factories", "shin-2024-02-26-shell-capacity",
    ]  # fmt: skip


def test_a_word_that_is_there_once_is_not_the_name_that_has_it_twice(fresh: httpx.Client) -> None:
    for id, name in (("one", "Duran"), ("two", "Duran Duran"), ("three", "Duran Duran fans")):
        source = {"id": id, "name": name, "is_root": True}
        assert fresh.post("/v1/sources", json=source).status_code == 201
    hits = search(fresh, "duran  Duran")["hits"]["sources"]
    assert [(hit["record"]["id"], hit["found"]) for hit in hits] == [
        ("two", "exact"), ("three", "prefix"), ("one", "contents"),
    ]  # fmt: skip
    assert ids(search(fresh, "duran", limit=1), "sources") == ["one"]


def test_a_snippet_marks_the_words_in_code_points_of_the_text_as_it_is(
    fresh: httpx.Client,
) -> None:
    name = "𝐆reat ﬁsheries of İzmir (e\u0301tude) 컨테이너"
    fresh.post("/v1/sources", json={"id": "izmir", "name": name, "is_root": True})
    for q, expected in (("fish", "ﬁsh"), ("great", "𝐆reat"), ("étude", "e\u0301tude"),
                        ("테이", "테이")):  # fmt: skip
        told = search(fresh, q)
        (hit,) = [one for one in told["hits"]["sources"] if one["record"]["id"] == "izmir"]
        assert marked(hit) == [expected], q
        start = hit["snippet"]["start"]
        assert name[start : start + len(hit["snippet"]["text"])] == hit["snippet"]["text"]


def test_a_long_text_is_cut_around_its_words(fresh: httpx.Client) -> None:
    notes = "word " * 500 + "kestrel" + " word" * 500
    path = "/v1/claims/shin-2024-03-containers"
    fresh.patch(path, json={"notes": notes}, headers={"If-Match": "*"})
    (hit,) = search(fresh, "kestrel")["hits"]["claims"]
    assert (hit["snippet"]["pointer"], marked(hit)) == ("/notes", ["kestrel"])
    assert len(hit["snippet"]["text"]) < 200
    assert hit["snippet"]["start"] + hit["snippet"]["matches"][0]["start"] == 2500


def test_it_answers_from_the_past_and_brings_what_claims_refer_to(fresh: httpx.Client) -> None:
    before = fresh.get("/v1/summary").json()["as_of"]
    fresh.post("/v1/sources", json={"id": "kestrel", "name": "Kestrel", "is_root": True})
    assert ids(search(fresh, "kestrel"), "sources") == ["kestrel"]
    past = search(fresh, "kestrel", as_of=before)
    assert ids(past, "sources") == []
    assert past["as_of"] == before
    told = search(fresh, "upwards", expand="sources,measures")
    assert "shin-won-sik" in {one["id"] for one in told["included"]["sources"]}
    assert {one["id"] for one in told["included"]["measures"]} >= {"containers.prk-rus"}


@pytest.mark.parametrize("q", ["", "x", "a " * 30])
def test_a_search_that_says_too_little_or_too_much_is_refused(seeded: httpx.Client, q: str) -> None:
    answer = seeded.get("/v1/search", params={"q": q})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "q"


def test_a_summary_counts_what_the_lists_count(fresh: httpx.Client) -> None:
    told = fresh.get("/v1/summary").json()
    for name, path in (("claims", "claims"), ("figures", "quantities"), ("measures", "measures"),
                       ("sources", "sources")):  # fmt: skip
        listed = fresh.get(f"/v1/{path}", params={"count": "exact", "limit": 1}).json()["count"]
        assert told["counts"][name] == listed, name
    by_document = fresh.get("/v1/facets?by=document").json()["facets"]["document"]
    assert told["counts"]["documents"] == len(by_document)
    assert told["seq"] == fresh.get("/v1/changes?order=newest&limit=1").json()["next_since"]
    fresh.delete(
        "/v1/claims/shin-2024-03-containers", params={"reason": "A trial."},
        headers={"If-Match": "*"},
    )  # fmt: skip
    later = fresh.get("/v1/summary").json()
    assert later["counts"]["claims"] == told["counts"]["claims"] - 1
    past = fresh.get("/v1/summary", params={"as_of": told["as_of"]}).json()
    assert past["counts"] == told["counts"]


@pytest.mark.parametrize("query", ["", "?q=", "?q=&limit=5", "?limit=5"])
def test_a_search_for_nothing_says_what_to_send_in_one_way(
    seeded: httpx.Client, query: str
) -> None:
    answer = seeded.get(f"/v1/search{query}")
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["parameter"], error["code"]) == ("q", "missing")
    assert "say what to look for" in error["detail"]
    assert seeded.get("/v1/search?q=containers").is_success
