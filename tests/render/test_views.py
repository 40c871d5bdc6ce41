"""View models: what the terminal and pages show, made of the API's answers alone."""

import dataclasses
import itertools
import math
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from app.render import claim_views, figure_views, figure_words, views
from app.rules.bounds import MeasureContext
from app.rules.figures import complete
from app.rules.intervals import of_figure

CONTAINERS = "containers.prk-rus"
NAMES = {"shin-won-sik": "Shin Won-sik", "ap": "Associated Press"}


@pytest.fixture(scope="module")
def answers(seeded: httpx.Client) -> dict[str, Any]:
    of, listed = f"/v1/measures/{CONTAINERS}", {"measure": CONTAINERS, "sort": "stated"}
    paths = {
        "measure": (of, {}),
        "series": (f"{of}/series", {}),
        "figures": ("/v1/quantities", listed),
        "comparison": (f"{of}/comparison", {"at": "2024-06"}),
        "corroboration": (f"{of}/corroboration", {}),
    }
    return {name: seeded.get(path, params=asked).json() for name, (path, asked) in paths.items()}


def test_a_measure_is_told_from_its_figures_to_what_is_assumed(
    seeded: httpx.Client, answers: dict[str, Any]
) -> None:
    claims = {one["id"]: one for one in seeded.get("/v1/claims?limit=200").json()["items"]}
    told = views.measure(answers, claims, figure_views.Names(NAMES))
    assert (told.id, told.kind, told.count("certain")) == (CONTAINERS, "running total", 5)
    march = next(one for one in told.figures if one.claim == "shin-2024-03-containers")
    assert (march.worded, march.reach) == ("“upwards of 7,000”", "> 7,000")
    assert march.allows == "more than 7,000; nobody said how far upwards"
    assert march.claimant == figure_views.SourceView("shin-won-sik", "Shin Won-sik")
    assert (march.stated.short, march.stated.words) == ("2024-03", "March 2024")
    assert [[one.source.id for one in step] for step in march.through] == [
        ["ap"],
        ["daily-digest-article"],
    ]
    assert [point.step for point in told.groups[0].points] == [
        one["step"] for one in answers["series"]["groups"][0]["points"]
    ]
    assert told.comparison is not None
    assert told.comparison.agreed == 9
    [pair] = [one for one in told.comparison.pairs if one.disagreement != "false"]
    assert (pair.disagreement, "refers to February 2024" in pair.reason) == ("unclear", True)
    behind = told.corroboration
    assert (behind.low, behind.high, behind.documents) == (2, 3, 1)
    assert [one.root is None for one in behind.origins].count(True) == 1
    assert told.assumptions.as_of == answers["series"]["assumptions"]["as_of"]


def test_a_claim_is_told_with_its_chain_its_dates_and_its_relations(seeded: httpx.Client) -> None:
    path = "/v1/claims/shin-2024-06-containers"
    claim, chain = seeded.get(path).json(), seeded.get(f"{path}/provenance").json()
    relations = seeded.get(f"{path}/relations").json()["items"]
    told = claim_views.claim(
        claim, chain, relations, figure_views.Names({"rok-government": "Government of Korea"})
    )
    assert (told.id, told.version, told.claimant.name) == (claim["id"], 1, "Shin Won-sik")
    assert [one.allows for one in told.readings] == ["10,000, said without a hedge"]
    assert [hop.role for step in told.chain.steps for hop in step] == [
        hop["role"] for hop in chain["chain"]
    ]
    assert [hop.role for hop in told.chain.beside] == ["occasion"]
    [(origin, root)] = told.chain.origins
    assert (origin.name, root and root.name) == ("Shin Won-sik", "Government of Korea")
    assert [one.predicate for one in told.relations] == [one["predicate"] for one in relations]
    assert [one.words for one in told.relations][0] == "Later point of the same count as"
    assert told.said.edtf == claim.get("stated")


def test_a_line_tells_what_each_alternative_allows_and_of_readings_the_preferred(
    seeded: httpx.Client,
) -> None:
    found = seeded.get("/v1/claims?measure=shells.capacity.prk-rus&expand=sources,measures").json()
    told = {one.id: one for one in claim_views.lines(found)}
    both = told["shin-2024-02-26-shell-capacity"]
    assert both.title == "“more than 3 million” or “500,000” or a mix of these"
    assert both.holds == "or"
    assert [(word, one.allows) for word, one in both.considered] == [
        ("", "more than 3,000,000; nobody said how far upwards"),
        ("or", "500,000, said without a hedge"),
    ]
    assert [one.beside[0][1] for _, one in both.considered] == [152, 122]
    [(_, kept)] = told["shin-2024-06-shell-capacity"].considered
    assert kept.preferred


def _figure(text: str | None, *place: int, reading: str = "A", **more: Any) -> dict[str, Any]:
    worded = {"value": "7"} if text is None else {"raw_text": text}
    slot, alternative = place
    return {"measure": "m", "unit": "t", "slot": slot, "alternative": alternative,
            "reading": reading, "lower": "7", "upper": "7", **worded, **more}  # fmt: skip


@pytest.mark.parametrize(
    ("figures", "mode", "title", "holds"),
    [
        ([_figure("5", 1, 1)], "single", "“5”", "and"),
        ([_figure("5", 1, 1), _figure("6", 2, 1)], "single", "“5” and “6”", "and"),
        ([_figure("5", 1, 1), _figure("5", 2, 1)], "single", "“5”", "and"),
        ([_figure("5", 1, 1), _figure("6", 1, 2)], "or", "“5” or “6”", "or"),
        ([_figure("5", 1, 1), _figure("6", 1, 2)], "xor", "“5” or “6” (one of them only)", "or"),
        ([_figure("5", 1, 1), _figure("6", 1, 2)], "mix", "“5” or “6” or a mix of these", "or"),
        ([_figure("6", 2, 1), _figure("7", 1, 1), _figure("5", 1, 2)], "or", "“7” or “5”; and “6”",
         "both"),
        ([_figure("a few", 1, 1), _figure("a few", 1, 1, reading="B")], "single", "“a few”", "or"),
        ([_figure(None, 1, 1), _figure("5", 1, 1, reading="B")], "single",
         "7, said without a hedge or, read otherwise, “5”", "or"),
        ([], "single", "No figure", "and"),
    ],
)  # fmt: skip
def test_a_line_joins_figures_by_and_and_alternatives_and_readings_of_one_by_or(
    figures: list[dict[str, Any]], mode: str, title: str, holds: str
) -> None:
    claim = {"id": "c", "document": "d", "quantities": figures, "alternative_mode": mode}
    told = claim_views.line(claim, figure_views.Names({}))
    assert (told.title, told.holds) == (title, holds)


def test_a_word_before_each_figure_says_how_it_goes_with_the_one_before() -> None:
    figures = [
        _figure("9", 2, 1), _figure("5", 1, 1), _figure("5", 1, 1, reading="B"),
        _figure(None, 1, 1, reading="C"), _figure("6", 1, 2),
    ]  # fmt: skip
    claim = {"id": "c", "document": "d", "quantities": figures, "alternative_mode": "or"}
    told = claim_views.line(claim, figure_views.Names({}))
    assert [(word, one.told) for word, one in told.worded] == [
        ("", "“5”"), ("or, read otherwise,", "7, said without a hedge"), ("or", "“6”"),
        ("and", "“9”"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("put", "denial", "firmness"),
    [
        ({}, "", ""),
        ({"polarity": "negative"}, "denied", "denied"),
        ({"speech_act": "deny", "modality": "possible"}, "denied", "put as possible, denied"),
        ({"speech_act": "retract"}, "taken back", "taken back"),
    ],
)
def test_a_line_says_where_its_figures_are_denied_or_taken_back(
    put: dict[str, str], denial: str, firmness: str
) -> None:
    claim = {"id": "c", "document": "d", "claimant": "ann", "quantities": [_figure("5", 1, 1)]}
    told = claim_views.line({**claim, **put}, figure_views.Names({}))
    assert (told.denial, told.firmness) == (denial, firmness)
    assert told.sentence == f"{denial}{': ' if denial else ''}“5”, ann, undated"


@pytest.mark.parametrize("model", [views.MeasureView, claim_views.ClaimView])
def test_views_hold_no_markup_but_text_and_numbers(model: type) -> None:
    """Everything in them can be written as JSON: nothing of a terminal or a page is in it."""
    assert dataclasses.is_dataclass(model)
    assert TypeAdapter(model).json_schema()["type"] == "object"


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        ({"value": "9000", "lower": "9000"}, "9,000 or more; nobody said how far upwards"),
        (
            {"lower": "0", "lower_basis": "domain", "upper": "13000"},
            "13,000 at most; nobody said how far down",
        ),
        (
            {
                "hedge": "approximate",
                "lower": "6500",
                "upper": "6900",
                "lower_basis": "convention",
            },
            "6,500 to 6,900, as “about” is commonly meant",
        ),
        (
            {"lower": "90", "upper": "100", "upper_basis": "domain"},
            "90 or more; nobody said how far upwards",
        ),
        (
            {"hedge": "between", "lower": "5", "upper": "9", "upper_inclusive": False},
            "5 to less than 9",
        ),
        ({"lower": "0", "lower_basis": "domain"}, "no number can be drawn from these words"),
        (
            {
                "lower": "6",
                "upper": "10",
                "lower_basis": "convention",
                "value": "8",
                "interval_type": "confidence",
                "interval_level": "0.95",
            },
            "6 to 10, by the 95 % confidence interval",
        ),
        (
            {"lower": "10", "upper": "5", "flags": ["lower_above_upper"]},
            "5 to 10; its numbers contradict each other",
        ),
        (
            {"lower": "9", "lower_inclusive": False, "value": "7", "flags": ["lower_above_value"]},
            "7 or more; nobody said how far upwards; its numbers contradict each other",
        ),
        (
            {
                "lower": "0",
                "lower_basis": "domain",
                "upper": "5",
                "upper_inclusive": False,
                "value": "8",
                "flags": ["upper_below_value", "differs_from_lexicon"],
            },
            "8 at most; nobody said how far down; its numbers contradict each other",
        ),
        ({"date": "2024-03~"}, "about March 2024"),
        ({"absence": "withheld"}, "a figure that is withheld"),
    ],
)
def test_what_a_figure_allows_is_said_in_words(figure: dict[str, Any], words: str) -> None:
    assert figure_words.allows(figure) == words


def test_what_a_figure_is_said_to_allow_is_what_filters_take_it_to_allow() -> None:
    numbers = ("3", "7", "7.0", "9")
    for lower, value, upper in itertools.product((*numbers, None), (*numbers, None), numbers):
        figure = {"lower": lower, "value": value, "upper": upper, "hedge": "between"}
        sent = {name: one for name, one in figure.items() if one is not None}
        whole = complete(sent, MeasureContext(unit="t", statistic="amount"))
        told, reach = figure_words.reaching(whole), of_figure(whole)
        ends = [math.inf * sign if (end := told.get(side)) is None else float(end)
                for side, sign in (("lower", -1), ("upper", 1))]  # fmt: skip
        assert ends == [reach.lo, reach.hi], sent
