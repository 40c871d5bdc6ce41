"""A figure in another unit than its measure's: told as such at every door, on no axis of it."""

import httpx
import pytest

from tests.conftest import Serve
from tests.pages.test_pages import browse, words
from tests.test_ask import asked_by_words
from tests.test_mcp import asked, told
from tests.test_not_listed import imported

KILOGRAMS = {"unit": "kg", "value": "4000"}
SAID = ({"value": "5"}, KILOGRAMS, {"unit": "kg", "raw_text": "6,000"}, {"raw_text": "roughly 7"})


@pytest.fixture
def grain(serve: Serve) -> httpx.Client:
    """Two figures in tonnes, as the measure is, and two in kilograms."""
    client = serve(seeded=False)
    claims = [
        {"type": "claim", "id": f"c{n}", "document": "doc", "claimant": "ann" if n % 2 else "bob",
         "stated": "2024-03", "quantities": [{"measure": "grain", **figure}]}
        for n, figure in enumerate(SAID)
    ]  # fmt: skip
    imported(client, [
        {"type": "source", "id": "doc", "kind": "report", "name": "A report"},
        {"type": "source", "id": "ann", "name": "Ann"},
        {"type": "source", "id": "bob", "name": "Bob"},
        {"type": "measure", "id": "grain", "name": "Grain sent", "unit": "t"},
        *claims,
    ])  # fmt: skip
    return client


def test_a_page_holds_no_figure_in_another_unit_against_a_number(grain: httpx.Client) -> None:
    page = words(browse(grain, "/measures/grain?value__gte=6"))
    assert "6 or more? One certainly" in page
    assert "All 4 figures" in page
    assert "In another unit 4,000, said without a hedge, in kilograms Ann" in page
    assert "In another unit “6,000”, in kilograms Bob" in page
    assert "In another unit : two figures, not held against it." in page
    assert "0 5 10" in page, "the axis of the bars has the tonnes alone"
    possibly = words(browse(grain, "/measures/grain?value__gte=6&policy=strict"))
    assert "6 or more? One possibly" in possibly
    plain = words(browse(grain, "/measures/grain"))
    assert "In another unit" not in plain
    assert "“6,000”, in kilograms" in plain


def test_an_axis_has_the_unit_that_all_figures_on_it_have(grain: httpx.Client) -> None:
    page = words(browse(grain, "/claims/c1"))
    assert "0 2,000 4,000" in page
    assert "Allows" in page


def test_other_pages_tell_the_unit_too(grain: httpx.Client) -> None:
    home = words(browse(grain, "/"))
    assert "4,000, said without a hedge, in kilograms, Ann, March 2024" in home
    assert "Grain sent: who says 7 or more?" in home, "the median of the tonnes"
    listed = words(browse(grain, "/claims?measure=grain"))
    assert "“6,000”, in kilograms" in listed
    assert "4,000, said without a hedge, in kilograms" in words(browse(grain, "/add?edit=c1"))


def test_a_chart_draws_one_unit_and_names_the_figures_in_others(grain: httpx.Client) -> None:
    chart = grain.get("/v1/measures/grain/chart.json").json()
    assert {row["claim"] for row in chart["datasets"]["figures"]} == {"c0", "c3"}
    assert "Number of tonnes" in " ".join(chart["title"]["subtitle"])
    assert (
        "In another unit: 4,000 (Ann, 2024-03-01), “6,000” (Bob, 2024-03-01)."
        in (chart["description"])
    )
    kilograms = grain.get("/v1/measures/grain/chart.json?unit=kg").json()
    assert {row["claim"] for row in kilograms["datasets"]["figures"]} == {"c1", "c2"}
    assert "Number of kilograms" in " ".join(kilograms["title"]["subtitle"])
    assert "In another unit" not in kilograms["description"]


def test_a_comparison_and_a_citation_tell_the_unit(grain: httpx.Client) -> None:
    compared = grain.get("/v1/measures/grain/comparison").json()
    assert compared["unit"] == "t"
    assert (
        "5 (Bob, March 2024) and 4,000, in kilograms (Ann, March 2024) cannot be compared: "
        "unit is t in the one and kg in the other."
    ) in [pair["reason"] for pair in compared["pairs"]]
    cited = grain.get("/v1/measures/grain/citation").text
    assert "4,000, said without a hedge, in kilograms (Ann, March 2024)" in cited


def test_alternatives_in_two_units_have_no_bounds_together(grain: httpx.Client) -> None:
    figures = [{"measure": "grain", "alternative": n + 1, "slot": 1, **SAID[n]} for n in (0, 1)]
    claim = {"id": "either", "document": "doc", "stated": "2024-03", "quantities": figures}
    grain.post("/v1/claims", json={**claim, "alternative_mode": "or"}).raise_for_status()
    [figure] = [
        one
        for one in grain.get("/v1/measures/grain/comparison?at=2024-03").json()["figures"]
        if one["claim"] == "either"
    ]
    assert figure["bounds"] == {"lower": None, "upper": None}
    assert figure["at"] is None


def test_assistants_and_the_terminal_ask_of_one_unit_and_count_the_others(
    grain: httpx.Client,
) -> None:
    printed = asked_by_words(grain, "grain", "--at-least", "6")
    assert "● 1 certain 2 in another unit: --where unit=…" in printed
    assert "4,000" not in printed
    others = asked_by_words(grain, "grain", "--at-least", "5000", "--where", "unit=kg")
    assert "“6,000”, in kilograms" in others
    every = asked_by_words(grain, "grain", "--at", "2024-03")
    assert "4,000, in kilograms" in every
    question = {"measure": "grain", "at_least": 6}
    url = str(grain.base_url)
    some, all_of_it = told(
        asked(url, ("list_figures", question), ("list_figures", {"measure": "grain"}))
    )
    assert ([one["claim"] for one in some["figures"]], some["in_another_unit"]) == (["c3"], 2)
    assert len(all_of_it["figures"]) == 4
    assert "in_another_unit" not in all_of_it
    [claim] = told(asked(url, ("get_claim", {"id": "c1"})))
    assert claim["figures"][0]["allows"] == "4,000, said without a hedge, in kilograms"
