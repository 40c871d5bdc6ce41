"""POST /v1/lexicon/scan: the figures of a text, over HTTP."""

import httpx

TEXT = "By March upwards of 7,000 containers had been sent; by June, 10,000. 70-100,000 shells."


def test_a_text_is_looked_through_and_figures_say_where_they_stand(
    seeded: httpx.Client,
) -> None:
    answer = seeded.post("/v1/lexicon/scan", json={"text": TEXT, "measure": "containers.prk-rus"})
    assert answer.status_code == 200, answer.text
    first, second, third = answer.json()["items"]
    assert TEXT[first["start"] : first["end"]] == first["text"]
    assert (first["reading"]["hedge"], first["reading"]["value"]) == ("more_than", "7000")
    assert "nobody said how far" in first["reading"]["sentence"]
    assert second["reading"]["value"] == "10000"
    assert "reading" not in third
    assert third["reason"].startswith("The range may begin at 70")
    assert answer.json()["scanned_to"] == len(TEXT)


def test_the_rest_of_a_long_text_is_said_to_be_left(seeded: httpx.Client) -> None:
    text = "7 cats. " * 300
    answer = seeded.post("/v1/lexicon/scan", json={"text": text}).json()
    assert len(answer["items"]) == 200
    assert answer["items"][-1]["end"] <= answer["scanned_to"] < len(text)


def test_languages_that_are_not_looked_through_are_refused_by_name(seeded: httpx.Client) -> None:
    answer = seeded.post("/v1/lexicon/scan?lang=ko", json={"text": "7천여 개"})
    assert answer.status_code == 422
    assert "Korean" in answer.json()["errors"][0]["detail"]


def test_a_text_of_too_many_characters_and_unknown_measure_are_refused(
    seeded: httpx.Client,
) -> None:
    long = seeded.post("/v1/lexicon/scan", json={"text": "7 " * 10_001})
    assert (long.status_code, long.json()["errors"][0]["pointer"]) == (422, "/text")
    unknown = seeded.post("/v1/lexicon/scan", json={"text": "7", "measure": "nothing"})
    assert unknown.json()["errors"][0]["code"] == "unknown_reference"
