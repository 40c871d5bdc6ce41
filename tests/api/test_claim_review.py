"""Assessments as ClaimReview: each assessor's own words, side by side, and no verdict of ours."""

import json
from typing import Any

import httpx
import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef

from tests.api.test_citations import NAMES, hostile
from tests.conftest import ONE_ENGINE

# rdflib's own readers still use what rdflib deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")
SCHEMA = Namespace("https://schema.org/")
CLAIM = "/v1/claims/shin-2024-03-containers"


def assess(client: httpx.Client, claim: str, **more: Any) -> dict[str, Any]:
    target = claim.removeprefix("/v1/")
    sent = {"target": target, "assessor": "desk", "comment": "Read twice.", **more}
    made = client.post("/v1/assessments", json=sent)
    assert made.status_code == 201, made.text
    return dict(made.json())


def reviews(client: httpx.Client, claim: str = CLAIM, **asked: str) -> list[dict[str, Any]]:
    answer = client.get(f"{claim}/claim-review", params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/ld+json"
    found = answer.json()
    assert found["@context"][0] == "https://schema.org"
    return list(found["@graph"])


def graph(client: httpx.Client, claim: str = CLAIM) -> Graph:
    """The reviews as RDF; schema.org's context is stood in for, so that nothing is fetched."""
    whole = client.get(f"{claim}/claim-review").json()
    whole["@context"][0] = {"@vocab": str(SCHEMA)}
    return Graph().parse(data=json.dumps(whole), format="json-ld")


def test_a_claim_that_nobody_assessed_has_no_review(seeded: httpx.Client) -> None:
    answer = seeded.get(f"{CLAIM}/claim-review")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.json()["detail"] == "Nobody has assessed this claim."
    assert seeded.head(f"{CLAIM}/claim-review").status_code == 404


def test_a_review_has_the_claim_with_its_hedge_and_the_assessors_own_rating(
    fresh: httpx.Client,
) -> None:
    made = assess(fresh, CLAIM, credibility=2, confidence=70, comment="Two desks agree.")
    [review] = reviews(fresh)
    base = str(fresh.base_url).rstrip("/")
    address = f"{base}/v1/assessments/{made['id']}/revisions/1"
    assert review["@type"] == "ClaimReview"
    assert review["@id"] == review["url"] == address
    assert review["datePublished"] == made["recorded_at"]
    assert review["author"] == {"name": "desk", "identifier": "desk"}
    assert review["claimReviewed"] == (
        "Shin Won-sik (named as “Minister Shin”), March 2024 (inferred): Shipping containers, "
        "North Korea to Russia: “upwards of 7,000”"
    )
    assert review["reviewRating"] == {
        "@type": "Rating", "ratingValue": 4, "bestRating": 5, "worstRating": 1,
        "alternateName": "probably true", "ratingExplanation": "Two desks agree.",
        "reviewAspect": "credibility of the information (Admiralty code)", "sayso:grade": "2",
    }  # fmt: skip
    assert review["reviewBody"] == "Two desks agree."
    assert review["sayso:confidence"] == 70
    claim = review["itemReviewed"]
    assert claim["@type"] == "Claim"
    assert claim["url"] == f"{base}{CLAIM}/revisions/1"
    assert claim["author"] == {
        "@type": "Person", "@id": f"{base}/v1/sources/shin-won-sik", "name": "Shin Won-sik",
        "jobTitle": "Defense Minister",
        "affiliation": {
            "@type": "Organization", "name": "Ministry of National Defense (Republic of Korea)",
        },
    }  # fmt: skip
    assert claim["dateCreated"] == "2024-03"
    assert claim["appearance"]["publisher"]["name"] == "The Daily Digest"
    assert "firstAppearance" not in claim, "the document in hand need not be the first"
    whole = graph(fresh)
    assert (URIRef(address), RDF.type, SCHEMA.ClaimReview) in whole
    [rating] = whole.objects(URIRef(address), SCHEMA.reviewRating)
    assert (rating, SCHEMA.ratingValue, Literal(4)) in whole


def test_a_work_nearer_the_origin_is_the_first_appearance_and_vague_dates_are_left_out(
    fresh: httpx.Client,
) -> None:
    august, state = "/v1/claims/dia-2024-08-containers", "/v1/claims/state-dept-2024-containers"
    assess(fresh, august, credibility=3)
    assess(fresh, state, credibility=3)
    [review] = reviews(fresh, august)
    report = "Defense Intelligence Agency report to Kang Dae-sik"
    assert review["itemReviewed"]["firstAppearance"]["name"] == report
    [review] = reviews(fresh, state)
    assert "dateCreated" not in review["itemReviewed"]
    assert review["itemReviewed"]["temporal"] == "[2024-02..2024-03]"
    assert "datePublished" not in review["itemReviewed"], "October 2024 or later is no date"


def test_assessments_stand_side_by_side_and_are_never_averaged(fresh: httpx.Client) -> None:
    for grade, assessor in ((1, "one"), (5, "two"), (6, "three"), (None, "four")):
        rated = {} if grade is None else {"credibility": grade}
        assess(fresh, CLAIM, assessor=assessor, comment=f"by {assessor}", **rated)
    assess(fresh, CLAIM, assessor="reuters", credibility=4, reliability="B", comment="both")
    assess(fresh, CLAIM, assessor="desk", reliability="F", comment="only the source")
    assess(fresh, "/v1/sources/shin-won-sik", reliability="A", comment="of the source")
    found = {review["author"]["name"]: review for review in reviews(fresh)}
    assert set(found) == {"one", "two", "three", "four", "Reuters", "desk"}
    assert found["one"]["reviewRating"]["ratingValue"] == 5
    assert found["two"]["reviewRating"]["alternateName"] == "improbable"
    withheld = found["three"]["reviewRating"]
    assert withheld["alternateName"] == "truth cannot be judged"
    assert not {"ratingValue", "bestRating", "worstRating"} & set(withheld)
    assert "reviewRating" not in found["four"]
    assert found["four"]["reviewBody"] == "by four"
    assert found["Reuters"]["author"]["@type"] == "Organization"
    credibility, reliability = found["Reuters"]["reviewRating"]
    assert (credibility["ratingValue"], reliability["ratingValue"]) == (2, 4)
    assert (credibility["sayso:grade"], reliability["sayso:grade"]) == ("4", "B")
    assert found["desk"]["reviewRating"]["alternateName"] == "reliability cannot be judged"
    assert "ratingValue" not in found["desk"]["reviewRating"]
    assert len([*graph(fresh).subjects(RDF.type, SCHEMA.ClaimReview)]) == 6


def test_the_better_grade_has_the_greater_rating_and_the_best_is_the_greatest(
    fresh: httpx.Client,
) -> None:
    for n, letter in enumerate("ABCDEF", start=1):
        assess(fresh, CLAIM, assessor=f"desk-{n}", credibility=n, reliability=letter)
    rated: dict[str, int] = {}
    for review in reviews(fresh):
        for rating in review["reviewRating"]:
            if "ratingValue" not in rating:
                assert rating["sayso:grade"] in ("6", "F"), "only a judgement withheld has none"
                continue
            assert rating["bestRating"] > rating["worstRating"]
            assert rating["worstRating"] <= rating["ratingValue"] <= rating["bestRating"]
            rated[rating["sayso:grade"]] = rating["ratingValue"]
    assert rated == {**dict(zip("12345", range(5, 0, -1), strict=True)),
                     **dict(zip("ABCDE", range(5, 0, -1), strict=True))}  # fmt: skip


def test_a_season_or_a_quarter_is_no_date_of_iso_8601(fresh: httpx.Client) -> None:
    for stated in ("2024-21", "2024-25", "2024-33", "2024-41"):
        claim = {"id": f"in-{stated}", "document": "daily-digest-article", "stated": stated}
        assert fresh.post("/v1/claims", json=claim).status_code == 201
        assess(fresh, f"/v1/claims/in-{stated}", credibility=3)
        [review] = reviews(fresh, f"/v1/claims/in-{stated}")
        assert "dateCreated" not in review["itemReviewed"]


def test_a_withdrawn_assessment_is_no_review_any_more(fresh: httpx.Client) -> None:
    made = assess(fresh, CLAIM, credibility=2)
    assert len(reviews(fresh)) == 1
    tag = {"If-Match": '"1"'}
    gone = fresh.delete(f"/v1/assessments/{made['id']}", params={"reason": "rash"}, headers=tag)
    assert gone.status_code == 200
    assert fresh.get(f"{CLAIM}/claim-review").status_code == 404
    assert len(reviews(fresh, as_of=made["recorded_at"])) == 1


@ONE_ENGINE
def test_at_most_a_thousand_reviews_are_in_one_answer(fresh: httpx.Client) -> None:
    lines = [
        {"type": "assessment", "target": CLAIM.removeprefix("/v1/"), "assessor": f"a-{n}",
         "credibility": 1 + n % 6, "comment": "many"}
        for n in range(1_001)
    ]  # fmt: skip
    assert fresh.post("/v1/imports", json=lines).status_code == 201
    assert len(reviews(fresh)) == 1_000


@ONE_ENGINE
def test_no_name_breaks_a_review(fresh: httpx.Client) -> None:
    for n, name in enumerate(NAMES):
        path = hostile(fresh, name, f"hostile-{n}")
        made = assess(fresh, path, credibility=2, comment=name)
        [review] = reviews(fresh, path)
        assert review["reviewBody"] == name
        assert review["itemReviewed"]["text"] == name
        whole = graph(fresh, path)
        [body] = whole.objects(URIRef(review["@id"]), SCHEMA.reviewBody)
        assert str(body) == name
        assert made["id"] in review["@id"]
