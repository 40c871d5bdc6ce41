"""`match=all`: one question gives every row with its own answer, those that do not fit too."""

import httpx

COUNTS = "containers.prk-rus"
ASKED = {"measure": COUNTS, "value__gte": "10000", "match": "all"}


def test_one_question_tells_of_every_figure_of_a_measure_what_it_is(seeded: httpx.Client) -> None:
    rows = seeded.get("/v1/quantities", params={**ASKED, "sort": "stated"}).json()["items"]
    assert {row["claim"]: row["match"] for row in rows} == {
        "shin-2024-02-containers": "impossible",
        "state-dept-2024-containers": "certain",
        "shin-2024-03-containers": "possible",
        "shin-2024-06-containers": "certain",
        "dia-2024-08-containers": "certain",
    }
    assert {row["measure"] for row in rows} == {COUNTS}


def test_claims_are_told_like_their_figures_and_counted_by_answer(seeded: httpx.Client) -> None:
    for path in ("/v1/claims", "/v1/quantities"):
        answer = seeded.get(path, params={**ASKED, "count": "exact", "limit": 2}).json()
        assert answer["matches"] == {"certain": 3, "possible": 1, "impossible": 1}, path
        assert answer["count"] == 5
        rest = seeded.get(answer["next"]).json()["items"]
        rest += seeded.get(seeded.get(answer["next"]).json()["next"]).json()["items"]
        assert [row["match"] for row in [*answer["items"], *rest]].count("impossible") == 1


def test_what_is_plainly_met_or_not_still_chooses_the_rows(seeded: httpx.Client) -> None:
    rows = seeded.get("/v1/claims", params={**ASKED, "claimant": "shin-won-sik"}).json()["items"]
    assert {row["claimant"] for row in rows} == {"shin-won-sik"}
    assert {row["match"] for row in rows} == {"certain", "possible", "impossible"}
    none = seeded.get("/v1/claims", params={**ASKED, "claimant": "shin-won-sikh"})
    assert none.json()["errors"][0]["code"] == "unknown_reference"


def test_a_date_that_fails_is_impossible_and_stays_in_the_list(seeded: httpx.Client) -> None:
    asked = {"measure": COUNTS, "known_by": "2024-02-28", "match": "all"}
    rows = {
        row["id"]: row["match"] for row in seeded.get("/v1/claims", params=asked).json()["items"]
    }
    assert rows["shin-2024-06-containers"] == "impossible"
    assert rows["shin-2024-02-containers"] == "possible"
    assert len(rows) == 5


def test_nothing_else_is_listed_without_being_asked_for(seeded: httpx.Client) -> None:
    plain = {name: value for name, value in ASKED.items() if name != "match"}
    answer = seeded.get("/v1/claims", params={**plain, "count": "exact"}).json()
    assert {row["match"] for row in answer["items"]} == {"certain", "possible"}
    assert "matches" not in answer
    refused = seeded.get(f"/v1/measures/{COUNTS}/series", params={"match": "all"})
    assert refused.status_code == 422, "an analysis has no use for figures that do not fit"
