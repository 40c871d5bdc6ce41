"""`sayso ask`: the answers of the API in the terminal, the same with a server and without."""

import json
import re
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from typer.testing import CliRunner

from app.cli import commands
from app.config import settings
from tests.commands import sayso
from tests.conftest import ADMIN, Serve, Templates
from tests.test_cli import good, lite

__all__ = ["lite"]
CONTAINERS = "containers.prk-rus"
QUESTION = (CONTAINERS, "--at", "2024-06", "--at-least", "10000")


def flat(printed: str) -> str:
    """As one line: where lines are broken depends on the terminal."""
    return " ".join(printed.split())


def asked_by_words(client: httpx.Client, *question: str) -> str:
    """What the terminal shows of a running server's answer."""
    return flat(good(sayso("sqlite:///none.db", "ask", *question, "--url", str(client.base_url))))


def url_of(client: httpx.Client) -> str:
    return str(client.server.settings.database_url)  # type: ignore[attr-defined]


def of_http(client: httpx.Client, moment: str) -> dict[str, Any]:
    """The same question, asked over HTTP."""
    of, more = f"measures/{CONTAINERS}", {"value__gte": "10000", "as_of": moment}
    listed = {"measure": CONTAINERS, "sort": "stated"}
    asked = {
        "measure": (of, {"as_of": moment}),
        "series": (f"{of}/series", more),
        "figures": ("quantities", {**more, **listed}),
        "comparison": (f"{of}/comparison", {**more, "at": "2024-06"}),
        "corroboration": (f"{of}/corroboration", more),
    }
    return {n: client.get(f"/v1/{path}", params=sent).json() for n, (path, sent) in asked.items()}


def test_the_answers_are_those_of_http_with_a_server_and_without(serve: Serve) -> None:
    client = serve(open_reads=False)
    alone = json.loads(good(sayso(url_of(client), "ask", *QUESTION, "--json")))
    moment = alone["series"]["assumptions"]["as_of"]
    assert alone == of_http(client, moment)
    away = ("--url", str(client.base_url))
    asked = sayso("sqlite:///none.db", "ask", *QUESTION, "--json", *away, "--key", ADMIN)
    assert json.loads(good(asked)) == alone
    refused = sayso("sqlite:///none.db", "ask", *QUESTION, *away)
    assert (refused.returncode, "Send a key" in refused.stderr) == (1, True)


def test_a_measure_is_told_from_its_figures_to_what_is_assumed(templates: Templates) -> None:
    told = flat(good(sayso(templates.copy(seeded=True), "ask", *QUESTION)))
    for part in (
        "Shipping containers, North Korea to Russia", "● 3 certain ◐ 1 possible",
        "◐ “upwards of 7,000” Shin Won-sik 2024-03 ap → daily-digest-article",
        "● “up to 13,000” Defense Intelligence Agency 2024-08 newsweek → daily-digest-article",
        "“10,000” 10,000 ↗ update", "fits all of them 10,000", "Of 6 pairs, 6 do not disagree.",
        "Independent origins: 2 to 3 4 claims in 1 document",
        "Shin Won-sik Government of the Republic of Korea 2",
        "Defense Intelligence Agency not known 1",
        "Passed on by Associated Press, Bloomberg and Newsweek",
        "A running total only grows", "Claims that were withdrawn are left out.",
    ):  # fmt: skip
        assert part in told, part


def test_a_disagreement_comes_with_its_reason(lite: str) -> None:
    told = flat(good(sayso(lite, "ask", CONTAINERS, "--at", "2024-06")))
    assert "Of 10 pairs, 9 do not disagree." in told
    assert re.search(r"\? unclear No number fits both, .* refers to February 2024", told)


def test_other_words_of_the_question_reach_the_api(lite: str) -> None:
    options = ("--where", "claimant=shin-won-sik", "--where", "stated__lt=2024-05",
               "--policy", "strict", "--readings", "all", "--match", "certain", "--by", "document",
               "--known-by", "2025", "--more-than", "1", "--less-than", "1e9", "--at-most", "1e9",
               "--json")  # fmt: skip
    told = json.loads(good(sayso(lite, "ask", CONTAINERS, *options)))
    assumed = told["series"]["assumptions"]
    assert (assumed["policy"], assumed["readings"], assumed["match"]) == (
        "strict",
        "all",
        "certain",
    )
    assert assumed["filters"] == {
        "claimant": ["shin-won-sik"], "stated__lt": ["2024-05"], "known_by": ["2025"],
        "value__gt": ["1"], "value__lt": ["1e9"], "value__lte": ["1e9"],
    }  # fmt: skip
    assert told["series"]["group_by"] == "document"


def test_a_measure_of_dates_is_answered_in_dates(templates: Templates) -> None:
    url = templates.copy(seeded=True)
    told = flat(good(sayso(url, "ask", "manufacture-date.rockets.prk", "--at", "2024")))
    assert "“in the 1970s”" in told or "197X" in told
    assert "1970-01-01 – 1979-12-31" in told
    assert "anything" not in told


def test_at_least_of_a_measure_of_dates_is_a_date(templates: Templates) -> None:
    url = templates.copy(seeded=True)
    told = flat(good(sayso(url, "ask", "manufacture-date.rockets.prk", "--at-least", "1975")))
    assert "2 possible" in told
    gone = flat(good(sayso(url, "ask", "manufacture-date.rockets.prk", "--more-than", "1979")))
    assert "No figure fits, not even possibly." in gone
    wrong = sayso(url, "ask", "manufacture-date.rockets.prk", "--at-least", "soon")
    assert (wrong.returncode, "--at-least: " in wrong.stderr) == (2, True)


def test_nothing_that_fits_is_an_answer_too(lite: str) -> None:
    told = good(sayso(lite, "ask", CONTAINERS, "--less-than", "100"))
    assert "No figure fits, not even possibly." in told


def test_without_a_measure_the_measures_are_listed(templates: Templates) -> None:
    url = templates.copy(seeded=True)
    told = flat(good(sayso(url, "ask")))
    assert "containers.prk-rus Shipping containers, North Korea to Russia {container} 5" in told
    some = json.loads(good(sayso(url, "ask", "--where", "claimant=us-state-dept", "--json")))
    assert {one["id"]: one["claims"] for one in some if one["claims"]} == {CONTAINERS: 1}
    assert "There are no measures." in good(sayso(templates.copy(seeded=False), "ask"))


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["container.prk-rus"], 1, "Did you mean containers.prk-rus or containers.rus-prk"),
        (["rockets"], 1, "Did you mean manufacture-date.rockets.prk?"),
        (["\x1b[2J/../x?y"], 1, "`sayso ask` lists those there are."),
        ([CONTAINERS, "--at-least", "many"], 2, "--at-least: "),
        ([CONTAINERS, "--at", "soon"], 2, "--at: "),
        ([CONTAINERS, "--by", "mood"], 2, "--by: "),
        ([CONTAINERS, "--as-of", "2999-01-01T00:00:00Z"], 2, "--as-of: "),
        ([CONTAINERS, "--where", "clamant=x"], 2, "did you mean `claimant`?"),
        ([CONTAINERS, "--where", "claimant"], 2, "NAME=VALUE"),
        ([CONTAINERS, "--drift", "x"], 2, "one at a time"),
        (["--at", "2024"], 2, "name one"),
        (["--by", "origin"], 2, "--by is for a measure"),
        (["--ratio", "containers.prk-rus"], 2, "NUMERATOR/DENOMINATOR"),
        (
            ["--ratio", "containers.prk-rus/nothing"],
            2,
            "--ratio: nothing stored has this id",
        ),
        (["--drift", "nothing"], 1, "Not found"),
        (["--url", "http://127.0.0.1:9"], 1, "no answer from there"),
        (["--url", "nonsense"], 1, "no answer from there"),
    ],
)
def test_what_cannot_be_answered_is_told_in_a_sentence(
    lite: str, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, told: str
) -> None:
    # In this process, for there are many of them and a new one takes long to start.
    monkeypatch.setenv("SAYSO_DATABASE_URL", lite)
    settings.cache_clear()
    refused = CliRunner().invoke(commands(), ["ask", *arguments])
    settings.cache_clear()
    assert (refused.exit_code, refused.stdout) == (code, "")
    assert told in flat(refused.stderr.replace("│", " "))
    assert "\x1b" not in refused.stderr


def test_ratios_and_drift_are_told_too(templates: Templates) -> None:
    url = templates.copy(seeded=True)
    told = flat(good(sayso(url, "ask", "--ratio", f"shells.capacity.prk-rus/{CONTAINERS}")))
    assert "per containers.prk-rus {shell}/{container}" in told
    for part in ("447.8 > 434.8", "74.6 72.5 – 76.9", "480 460 – 500", "461.5 > 461.5"):
        assert part in told
    told = flat(good(sayso(url, "ask", "--drift", "shin-2024-06-bloomberg")))
    assert "daily-digest-article" in told
    assert "the baseline" in told


def test_each_figure_says_who_said_it_of_what_it_is_one_and_whether_it_is_denied(
    serve: Serve,
) -> None:
    client = serve()
    document = {"source": "daily-digest-article", "role": "document", "position": 0}
    both = [{"source": id, "role": "speaker", "position": 1} for id in ("reuters", "bloomberg")]
    of = {"measure": "tugs"}
    tugs = {"id": "tugs", "unit": "{tug}"}
    for claim in (
        {"id": "joint", "stated": "2024-06", "quantities": [{**of, "value": "9"}],
         "attributions": [document, *both], "included": {"measures": [tugs]}},
        {"id": "either", "claimant": "ap", "stated": "2024-05", "alternative_mode": "mix",
         "quantities": [{**of, "value": "5", "slot": 1},
                        {**of, "value": "6", "slot": 1, "alternative": 2}]},
        {"id": "no", "claimant": "ap", "stated": "2024-07", "speech_act": "retract",
         "measure": "tugs", "raw_text": "20"},
        {"id": "per", "stated": "2024-06", "attributions": [document, *both], "value": "18",
         "measure": "containers.prk-rus", "relations": [
             {"predicate": "derived_from", "object": "joint"}]},
    ):  # fmt: skip
        sent = {"document": "daily-digest-article", **claim}
        client.post("/v1/claims", json=sent).raise_for_status()
    told = flat(good(sayso(url_of(client), "ask", "tugs", "--at", "2024-06")))
    assert "“20” Associated Press 2024-07 daily-digest-article taken back" in told
    assert "daily-digest-article one of two alternatives, or a mix" in told
    compared = told.partition("Do they agree?")[2]
    assert "9 Bloomberg and Reuters 2024-06 9" in compared
    told = flat(good(sayso(url_of(client), "ask", "--ratio", f"{CONTAINERS}/tugs")))
    assert told.count("Reuters and Bloomberg, 2024-06") == 2
    said = client.get("/v1/measures/tugs/citation?format=text&value__gte=6").text
    assert "6, said without a hedge (Associated Press, May 2024, one of two alternatives" in said
    assert "taken back: “20”" in client.get("/v1/measures/tugs/citation?format=text").text


def test_a_figure_that_is_withheld_is_compared_as_such_and_not_as_its_domain(
    serve: Serve,
) -> None:
    client = serve()
    about = {"document": "daily-digest-article", "measure": "tugs", "stated": "2024-06"}
    tugs = {"id": "tugs", "unit": "{tug}"}
    for claim in ({"value": "9", "included": {"measures": [tugs]}}, {"absence": "withheld"}):
        client.post("/v1/claims", json={**about, **claim}).raise_for_status()
    found = client.get("/v1/measures/tugs/comparison").json()["figures"]
    assert sorted(one.get("absence", "") for one in found) == ["", "withheld"]
    told = flat(good(sayso(url_of(client), "ask", "tugs", "--at", "2024-06")))
    assert "a figure that is withheld nobody named 2024-06" in told.partition("Do they agree?")[2]


def test_figures_are_drawn_to_scale_with_arrows_where_they_are_open(lite: str) -> None:
    told = good(sayso(lite, "ask", CONTAINERS)).splitlines()
    [open_above] = [line for line in told if "> 7,000" in line]
    [ten] = [line for line in told if "2024-06" in line and "update" in line]
    [roughly] = [line for line in told if "6,500 – 6,900" in line]
    assert open_above.rstrip().endswith("─▶")
    assert ten.index("●") > open_above.index("●") > roughly.index("├")
    assert "├●┤" in roughly


def test_text_of_others_cannot_colour_or_move_anything(fresh: httpx.Client) -> None:
    claim = {"claimant": "shin-won-sik", "document": "daily-digest-article", "stated": "2024-07",
             "measure": CONTAINERS, "raw_text": "[red]9\x9b31m", "value": "9" * 40}  # fmt: skip
    assert fresh.post("/v1/claims", json=claim).status_code == 201
    told = good(sayso(url_of(fresh), "ask", CONTAINERS))
    assert "“[red]9�31m”" in told
    assert "≈1.000000e40" in told
    raw = good(sayso(url_of(fresh), "ask", CONTAINERS, "--json"))
    assert "\x9b" not in raw
    assert any(one["raw_text"] == claim["raw_text"] for one in json.loads(raw)["figures"]["items"])


def test_a_path_is_made_of_whatever_is_typed() -> None:
    from app.cli.api_client import path

    assert (
        path("measures", "../a?b#c/d", "series")
        == f"measures/{quote('../a?b#c/d', safe='')}/series"
    )
