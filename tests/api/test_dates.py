"""Dates through HTTP: certain and possible under each policy, and every form in every answer."""

import httpx
import pytest

from tests.conftest import ENGINES

MEASURE = "containers.prk-rus"
DATES = {
    "about": "2019-02~", "maybe": "2019-02?", "both": "2019-02-14%", "spring": "2019-21",
    "winter": "2019-24", "group": "2019-02~-14", "year": "~2019-02-14", "plain": "2019-02",
    "before": "..2019-02-01/~2019-02-20", "digits": "1950S2", "long": "Y171010000S3",
    "moment": "2019-02-07T12:00:00.000Z", "masked": "197X?", "open": "2019-02~/..",
    "set": "[2019-02~,2019-05]", "southern": "2019-29~",
}  # fmt: skip


def wrote(client: httpx.Client, id: str, date: str) -> None:
    claim = {
        "id": f"dated-{id}", "claimant": "shin-won-sik", "document": "daily-digest-article",
        "stated": date, "period": date, "published": date, "measure": MEASURE, "value": "5",
    }  # fmt: skip
    answer = client.post("/v1/claims", json=claim)
    assert answer.status_code == 201, answer.text


def match(client: httpx.Client, id: str, **asked: str) -> str:
    answer = client.get("/v1/claims", params={**asked, "limit": "1000"})
    assert answer.status_code == 200, answer.text
    found: dict[str, str] = {row["id"]: row["match"] for row in answer.json()["items"]}
    return found.get(f"dated-{id}", "impossible")


ANSWERS = [
    ("about", {"stated": "2019-02"}, "possible", "possible"),
    ("about", {"stated__gte": "2019-01"}, "certain", "possible"),
    ("about", {"stated__gte": "2019-06-01"}, "impossible", "possible"),
    ("about", {"known_by": "2019-12"}, "certain", "possible"),
    ("about", {"known_by": "2018"}, "impossible", "possible"),
    ("about", {"period__overlaps": "2019"}, "certain", "possible"),
    ("about", {"period_end__lte": "2019-03"}, "certain", "possible"),
    ("about", {"stated__is_null": "false"}, "certain", "certain"),
    ("spring", {"stated": "2019-03/2019-05"}, "certain", "possible"),
    ("spring", {"stated": "2019-09/2019-11"}, "impossible", "possible"),
    ("spring", {"published": "2019"}, "certain", "certain"),
    ("both", {"stated": "2019-02-13/2019-02-15"}, "certain", "possible"),
    ("plain", {"stated": "2019-02"}, "certain", "certain"),
    ("digits", {"stated__lt": "2000"}, "certain", "certain"),
    ("moment", {"stated": "2019-02-07"}, "certain", "certain"),
]  # fmt: skip


def test_what_rests_on_a_convention_is_certain_only_under_convention(fresh: httpx.Client) -> None:
    for id, date in DATES.items():
        wrote(fresh, id, date)
    for id, asked, loose, strict in ANSWERS:
        assert match(fresh, id, **asked) == loose, (id, asked)
        assert match(fresh, id, **asked, policy="strict") == strict, (id, asked)


def test_every_form_of_a_date_is_shown_in_every_answer(fresh: httpx.Client, engine: str) -> None:
    # How rows are written, once they have come, is the same on the other engine.
    every = engine == ENGINES[0]
    forms = ("text", "csl", "bibtex") if every else ("text",)
    drawn = ("chart.svg", "chart.json") if every else ("chart.json",)
    for id, date in DATES.items():
        wrote(fresh, id, date)
        source = {"id": f"of-{id}", "name": "A report", "kind": "report", "date": date}
        assert fresh.post("/v1/sources", json=source).status_code == 201
        figure = {
            "id": f"made-{id}", "document": f"of-{id}", "measure": "manufacture-date.rockets.prk",
            "date": date,
        }  # fmt: skip
        assert fresh.post("/v1/claims", json=figure).status_code == 201
        for own in (f"dated-{id}", f"made-{id}"):
            for form in forms:
                shown = fresh.get(f"/v1/claims/{own}/citation", params={"format": form})
                assert shown.status_code in (200, 422), shown.text
            for form in ("json", "jsonld") if every else ("json",):
                shown = fresh.get(f"/v1/claims/{own}/provenance", params={"format": form})
                assert shown.status_code == 200, shown.text
    for measure in (MEASURE, "manufacture-date.rockets.prk"):
        for policy in ("convention", "strict"):
            for part in ("series", "comparison", *drawn):
                found = fresh.get(f"/v1/measures/{measure}/{part}", params={"policy": policy})
                assert found.status_code == 200, (part, found.text)
    for format in ("csv", "jsonl"):
        assert fresh.get("/v1/export", params={"format": format}).status_code == 200


def test_a_series_is_as_sure_of_its_times_as_its_policy(fresh: httpx.Client) -> None:
    wrote(fresh, "about", "2019-02~")
    for policy, time in (
        ("convention", {"from": "2019-01-31", "to": "2019-03-31"}),
        ("strict", {"from": None, "to": None}),
    ):
        asked = {"policy": policy, "nominal": "5"}
        found = fresh.get(f"/v1/measures/{MEASURE}/series", params=asked).json()
        (point,) = (one for group in found["groups"] for one in group["points"])
        assert point["time"] == time


def test_figures_of_periods_that_go_on_stand_for_when_they_were_stated(
    fresh: httpx.Client,
) -> None:
    for id, stated, value in (("first", "2019-03", "5"), ("second", "2019-05", "4")):
        claim = {
            "id": id, "claimant": "shin-won-sik", "document": "daily-digest-article",
            "stated": stated, "period": "2019-02/..", "measure": MEASURE, "value": value,
        }  # fmt: skip
        assert fresh.post("/v1/claims", json=claim).status_code == 201
    asked = {"stated": "2019"}
    found = fresh.get(f"/v1/measures/{MEASURE}/series", params=asked).json()
    times = [one["time"]["from"] for group in found["groups"] for one in group["points"]]
    assert times == ["2019-03-01", "2019-05-01"]


@pytest.mark.parametrize("asked", ["stated__gte", "published", "known_by", "date", "period_end"])
def test_a_qualifier_in_a_question_is_refused_with_the_way_out(
    seeded: httpx.Client, asked: str
) -> None:
    answer = seeded.get("/v1/claims", params={asked: "2024-02~"})
    assert answer.status_code == 422
    assert "2024-01/2024-03" in answer.json()["errors"][0]["detail"]
    assert seeded.get(f"/v1/measures/{MEASURE}/comparison?at=2024-02~").status_code == 422


def test_our_own_moment_of_recording_is_a_value_and_a_question(seeded: httpx.Client) -> None:
    recorded = seeded.get("/v1/claims/shin-2024-02-containers").json()["recorded_at"]
    answer = seeded.get("/v1/claims", params={"stated__lte": recorded, "measure": MEASURE})
    assert answer.status_code == 200
    assert len(answer.json()["items"]) == 5


def test_a_spreadsheets_day_number_is_named(fresh: httpx.Client) -> None:
    claim = {"document": "daily-digest-article", "stated": "45678"}
    answer = fresh.post("/v1/claims", json=claim)
    assert answer.status_code == 422
    assert "spreadsheet" in answer.json()["errors"][0]["detail"]
