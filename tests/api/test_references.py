"""No question is answered about something else: what is not there is named, with what is near."""

import json
from typing import Any

import httpx
import pytest

LISTED = "/v1/quantities"
SENT: dict[str, Any] = {
    "document": "daily-digest-article", "claimant": "shin-won-sik", "measure": "containers.prk-rus",
    "value": "7",
}  # fmt: skip


def refused(client: httpx.Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["errors"]
    return f"{fault['parameter']}: {fault['detail']}"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/v1/claims?claimant=shin", "claimant: nothing stored has this id; did you mean `shin-w"),
        ("/v1/claims?claimant=Shin%20Won-sik", "claimant: this is no id; did you mean `shin-won-"),
        ("/v1/claims?claimant__ne=shin-won-sk", "claimant__ne: nothing stored has this id; did"),
        ("/v1/quantities?measure=containers", "did you mean `containers.prk-rus`"),
        ("/v1/claims?utterance=shin-2024-02-26", "did you mean `shin-2024-02-26-briefing`"),
        ("/v1/claims?document=zzz", "find it with /v1/sources?q=Shin"),
        ("/v1/sources?affiliation=rok-goverment", "did you mean `rok-government`"),
        ("/v1/assessments?target=sources/reuter", "did you mean `reuters`"),
        ("/v1/assessments?target=reuters", "target: send sources/ID or claims/ID"),
        ("/v1/assessments?target=people/reuters", "target: send sources/ID or claims/ID"),
        ("/v1/facets?by=measure&via=reuter", "did you mean `reuters`"),
        ("/v1/facets?by=dim.calibre", "by: no figure has a dimension of this name; did"),
        ("/v1/quantities?dim.calibre=152", "dim.calibre: no figure has a dimension of this"),
        ("/v1/quantities?attr.calibre_mm=152", "did you mean `dim.calibre_mm`?"),
        ("/v1/quantities?dim.calibre_mm__ge=4", "there is no such operator"),
        ("/v1/claims?dim.contry__is_null=true", "no figure has a dimension of this name"),
        ("/v1/sources?dim.calibre_mm=152", "there is no such parameter"),
        ("/v1/facets?by=" + ",".join(f"dim.n{n}" for n in range(51)), "by: at most 50 fields"),
        ("/v1/search?q=" + "+".join(f"w{n}" for n in range(21)), "q: at most 20 words"),
        ("/v1/search?q=arms&q=ships", "q: send it once"),
        ("/v1/measures/containers.prk-rus/citation?match=all", "match: send one of any, cert"),
        ("/v1/claims?page=2", "did you mean `cursor` and `limit`?"),
        ("/v1/claims?offset=2", "did you mean `cursor` and `limit`?"),
        ("/v1/claims?per_page=2", "did you mean `cursor` and `limit`?"),
        ("/v1/claims?claimant__gt=a", "`claimant` has no such operator; it has __is_null, __ne"),
        ("/v1/measures/containers.prk-rus/series?claimant=shin", "did you mean `shin-won-sik`?"),
        ("/v1/measures/containers.prk-rus/comparison?claimant=shin", "`shin-won-sik`?"),
        ("/v1/measures/containers.prk-rus/corroboration?via=reuter", "did you mean `reuters`?"),
        ("/v1/ratios?numerator=containers&denominator=containers.prk-rus", "did you mean `co"),
    ],
)  # fmt: skip
def test_what_was_never_stored_is_told_with_what_is_near(
    seeded: httpx.Client, path: str, told: str
) -> None:
    assert told in refused(seeded, path)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/quantities?claimant=&value__gte=5", "/v1/claims?tag=",
        "/v1/claims?cursor=", "/v1/sources?q=", "/v1/facets?by=", "/v1/claims?dim.calibre_mm=",
        "/v1/sources/reuters?as_of=", "/v1/measures/containers.prk-rus/series?group_by=",
        "/v1/export?format=", "/v1/claims/shin-2024-03-containers/citation?format=",
    ],
)  # fmt: skip
def test_an_empty_value_is_refused_wherever_it_is_sent(seeded: httpx.Client, path: str) -> None:
    assert "it has no value" in refused(seeded, path)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/claims?claimant=reuters&value__gte=5", "/v1/claims?tag=nothing-has-this",
        "/v1/quantities?dim.calibre_mm=999", "/v1/claims?claimant=shin-won-sik&stated=1999",
    ],
)  # fmt: skip
def test_an_empty_answer_is_given_where_all_that_is_asked_for_exists(
    seeded: httpx.Client, path: str
) -> None:
    assert seeded.get(path).json()["items"] == []


@pytest.mark.parametrize("more", [{}, {"count": "exact"}, {"expand": "sources"}])
def test_what_is_found_needs_not_all_that_is_asked_for(
    seeded: httpx.Client, more: dict[str, str]
) -> None:
    asked = {"claimant": ["shin-won-sik", "nobody-we-know"], **more}
    answer = seeded.get("/v1/claims", params=asked)
    assert answer.status_code == 200, answer.text
    assert {one["claimant"] for one in answer.json()["items"]} == {"shin-won-sik"}


def test_a_number_is_the_same_however_it_is_written_and_comes_back_as_its_digits(
    fresh: httpx.Client,
) -> None:
    long = "7.6200000000000000000000000000000000001"
    for id, calibre in (("a", "7.62"), ("b", '"7.620"'), ("c", long), ("d", "152"), ("e", "152.0")):
        whole = {**SENT, "id": id, "dimensions": {"bore": 0}, "attributes": {"edition": 2}}
        body = json.dumps(whole).replace('"bore": 0', f'"bore": {calibre}')
        headers = {"Content-Type": "application/json"}
        sent = fresh.post("/v1/claims", content=body, headers=headers)
        assert sent.status_code == 201, sent.text
        told = sent.json()["quantities"][0]["dimensions"]["bore"]
        assert str(told) == calibre.strip('"')

    def found(**asked: str) -> list[str]:
        rows = fresh.get(LISTED, params=asked).json()["items"]
        return [row["claim"] for row in rows]

    assert found(**{"dim.bore": "7.62"}) == ["a", "b"]
    assert found(**{"dim.bore": long}) == ["c"]
    assert found(**{"dim.bore": "152.00"}) == ["d", "e"]
    assert found(**{"dim.bore__lt": "8"}) == ["a", "b", "c"]
    assert found(**{"dim.bore__gte": "152", "attr.edition": "2.0"}) == ["d", "e"]
    facets = fresh.get("/v1/facets?by=dim.bore,attr.edition").json()["facets"]
    assert facets["attr.edition"] == [{"value": "2", "count": 5}]
    assert {one["value"]: one["count"] for one in facets["dim.bore"]} == {
        "7.62": 2, long: 1, "152": 2,
    }  # fmt: skip


def test_claims_are_counted_by_tag_flag_language_and_year(seeded: httpx.Client) -> None:
    found = seeded.get("/v1/facets?by=tag,flag,language,year").json()["facets"]
    assert found["flag"] == [{"value": "differs_from_lexicon", "count": 1}]
    assert found["language"] == [{"value": "en", "count": 18}]
    assert {"inscription:방-122"} <= {one["value"] for one in found["tag"]}
    assert found["year"][0]["value"] == "2024"
    for one in found["year"]:
        rows = seeded.get("/v1/claims", params={"stated": one["value"], "match": "certain"}).json()
        assert len(rows["items"]) >= one["count"]


def test_who_published_is_a_hop_of_the_chain_or_of_the_document(seeded: httpx.Client) -> None:
    published = seeded.get("/v1/claims?publisher=the-daily-digest").json()["items"]
    assert len(published) == 18
    beside = seeded.get("/v1/claims?evidence=dia-report-2024").json()["items"]
    assert "dia-2024-08-containers" in {row["id"] for row in beside}
    none = seeded.get("/v1/claims?evidence__is_null=true&limit=1000").json()["items"]
    assert len(none) + len(seeded.get("/v1/claims?evidence__is_null=false").json()["items"]) == 18
    through = seeded.get("/v1/claims?via__is_null=false&limit=1000").json()["items"]
    assert len(through) == 12
    assert all({0, 1, 2} <= {hop.get("position") for hop in row["attributions"]} for row in through)
    written = seeded.get("/v1/sources?url__is_null=false").json()["items"]
    assert all("url" in row for row in written)


def test_other_than_leaves_out_whoever_has_one_of_them(seeded: httpx.Client) -> None:
    every = {row["id"] for row in seeded.get("/v1/claims").json()["items"]}
    for name, value in (("via", "reuters"), ("tag", "inscription:방-122"), ("claimant", "nis")):
        some, others = (
            {row["id"] for row in seeded.get("/v1/claims", params={asked: value}).json()["items"]}
            for asked in (name, f"{name}__ne")
        )
        assert some
        assert others == every - some


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({**SENT, "raw_txt": "7"}, "there is no such field; did you mean `raw_text`?"),
        ({**SENT, "attributions": [{"surce": "ap", "role": "relayer"}]}, "`source`?"),
        ({**SENT, "claimant": "Shin Won-sik"}, "send an id such as shin-won-sik; find it with"),
        ({**SENT, "measure": "The Containers"}, "an id such as containers.prk-rus; find it"),
        ({**SENT, "dimensions": {"quality__gte": 4}}, "no two _ side by side: in a filter an"),
    ],
)  # fmt: skip
def test_a_body_is_corrected_in_words(
    seeded: httpx.Client, sent: dict[str, Any], told: str
) -> None:
    answer = seeded.post("/v1/claims", json=sent)
    assert answer.status_code == 422
    assert any(told in fault["detail"] for fault in answer.json()["errors"]), answer.text


def test_an_id_that_is_not_stored_is_answered_with_those_like_it(seeded: httpx.Client) -> None:
    answer = seeded.get("/v1/measures/containers.prk-ruz")
    assert answer.status_code == 404
    assert answer.json()["near"][0] == "containers.prk-rus"
    assert "near" not in seeded.get("/v1/sources/zzzzzzzzzzzz").json()
