"""Denials stand apart at every door, and of those that are not listed it is said how many."""

import json
from typing import Any

import httpx

from tests.commands import sayso
from tests.conftest import Serve
from tests.pages.test_pages import browse, words
from tests.test_ask import flat
from tests.test_cli import good
from tests.test_mcp import asked, told

DENIALS = 1003
LISTED = 200


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
    sent = "\n".join(json.dumps(line) for line in lines)
    headers = {"Content-Type": "application/x-ndjson"}
    client.post("/v1/imports", content=sent, headers=headers).raise_for_status()


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
    ask = flat(good(sayso("sqlite:///none.db", "ask", "m", "--url", str(client.base_url))))
    assert f"{DENIALS} denials or retractions; the first {LISTED} are listed" in ask
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
