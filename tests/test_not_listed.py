"""Of what an answer does not list, it is said at every door how much there is."""

import json
from typing import Any

import httpx

from tests.conftest import Serve
from tests.pages.test_pages import browse, words
from tests.test_ask import asked_by_words
from tests.test_mcp import asked, told

DENIALS = 1003
LISTED = 200
MANY = 1003
"""Of voices, and of claims that rest on another."""


def imported(client: httpx.Client, lines: list[dict[str, Any]]) -> None:
    sent = "\n".join(json.dumps(line) for line in lines)
    headers = {"Content-Type": "application/x-ndjson"}
    answer = client.post("/v1/imports", content=sent, headers=headers)
    assert answer.is_success, answer.text


def with_denials(client: httpx.Client) -> None:
    """One figure, and more who deny it than any answer lists."""
    lines: list[dict[str, Any]] = [
        {"type": "source", "id": "doc", "name": "A report", "kind": "report"},
        {"type": "measure", "id": "m", "unit": "{thing}", "accumulation": "incident"},
        {"type": "claim", "id": "said", "document": "doc", "claimant": "doc", "stated": "2024",
         "period": "2023", "measure": "m", "raw_text": "100"},
    ]  # fmt: skip
    lines += [
        {**lines[-1], "id": f"denied-{n:04}", "speech_act": "deny", "tags": ["few"] * (n < LISTED)}
        for n in range(DENIALS)
    ]
    imported(client, lines)


def test_a_series_says_how_many_denials_it_does_not_list(serve: Serve) -> None:
    client = serve(seeded=False)
    with_denials(client)
    series = client.get("/v1/measures/m/series").json()
    assert (len(series["against"]), series["against_left_out"]) == (LISTED, DENIALS - LISTED)
    few = client.get("/v1/measures/m/series", params={"tag": "few"}).json()
    assert (len(few["against"]), few["against_left_out"]) == (LISTED, 0)
    drawn = client.get("/v1/measures/m/chart.json").text
    assert f"{DENIALS + 1:,} figures." in drawn
    page = words(browse(client, "/measures/m"))
    assert f"Against them stand {DENIALS}: " in page
    assert f" and {DENIALS - LISTED} more, denied or taken back." in page
    words_of_it = f"{DENIALS} denials or retractions; the first {LISTED} are listed"
    assert words_of_it in asked_by_words(client, "m")
    [history, compared] = told(
        asked(
            str(client.base_url),
            ("show_history", {"measure": "m"}),
            ("compare_figures", {"measure": "m"}),
        )
    )
    for answer in (history, compared):
        assert len(answer["denials"]) + answer["denials_not_listed"] == DENIALS


def test_a_comparison_and_a_sum_name_all_who_deny(serve: Serve) -> None:
    client = serve(seeded=False)
    with_denials(client)
    every = [f"denied-{n:04}" for n in range(DENIALS)]
    assert client.get("/v1/measures/m/comparison").json()["against"] == every
    assert client.get("/v1/totals?measure=m").json()["against"] == every


def with_many_voices(client: httpx.Client) -> None:
    """More origins, relayers, circles and derived claims than any answer lists."""
    lines: list[dict[str, Any]] = [
        {"type": "source", "id": "doc", "name": "A report", "kind": "report"},
        {"type": "measure", "id": "m", "unit": "{thing}"},
    ]
    lines += [{"type": "source", "id": f"s{n:04}", "name": f"Voice {n:04}"} for n in range(MANY)]
    said = {"type": "claim", "document": "doc", "measure": "m", "raw_text": "100", "stated": "2024"}
    for n in range(MANY):
        lines.append({**said, "id": f"said-{n:04}", "claimant": f"s{n:04}"})
        rests = {"predicate": "derived_from", "object": f"said-{n:04}"}
        lines.append({**said, "id": f"worked-out-{n:04}", "relations": [rests]})
    for n in range(0, MANY - 1, 2):
        there = [f"s{n:04}", f"s{n + 1:04}"]
        lines += [{**said, "via": via} for via in (there, there[::-1])]
    imported(client, lines)


def test_voices_that_are_not_listed_are_counted_and_circles_said_not_to_be_all(
    serve: Serve,
) -> None:
    client = serve(seeded=False)
    with_many_voices(client)
    found = client.get("/v1/measures/m/corroboration").json()
    assert (found["origins"]["count"], len(found["origins"]["items"])) == (MANY, 1000)
    assert (found["relayers"]["count"], len(found["relayers"]["items"])) == (MANY - 1, 1000)
    assert found["derived_excluded"]["count"] == MANY
    assert all(one["derived_from"] for one in found["derived_excluded"]["items"])
    assert (len(found["cycles"]), found["cycles_complete"]) == (100, False)
    few = client.get("/v1/measures/m/corroboration?via=s0000").json()
    assert (few["cycles"], few["cycles_complete"]) == ([["s0000", "s0001", "s0000"]], True)
    page = words(browse(client, "/measures/m"))
    for told_there in (f"and {MANY - 1000} more Passed on", f"and {MANY - 1000} more.",
                       f"and {MANY - 13:,} more: passing on adds",
                       "There may be more circles"):  # fmt: skip
        assert told_there in page, told_there
    home = words(browse(client, "/"))
    assert f"{MANY:,} origins; passed on by " in home
    assert f"and {MANY - 13:,} more, who add none." in home
    by_words = asked_by_words(client, "m")
    for told_there in (f"and {MANY - 13:,} more: no origins", f"and {MANY - 12:,} more.",
                       "Circles that are not listed: at least 88."):  # fmt: skip
        assert told_there in by_words, told_there
    [behind] = told(asked(str(client.base_url), ("who_stands_behind", {"measure": "m"})))
    assert behind["circles_complete"] is False
    assert len(behind["origins"]) + behind["origins_not_listed"] == MANY
