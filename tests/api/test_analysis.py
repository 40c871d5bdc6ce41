"""The answers that an analyst needs, on the seed, over HTTP, on both engines."""

import json
from typing import Any

import httpx
import pytest

from app.rules import chain
from tests.conftest import ONE_ENGINE

CONTAINERS = "/v1/measures/containers.prk-rus"
MEASURE = {"id": "m", "unit": "{thing}", "accumulation": "cumulative"}


def told(client: httpx.Client, path: str, **parameters: Any) -> Any:
    """A 200's JSON."""
    answer = client.get(path, params=parameters or None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def given(client: httpx.Client, *claims: dict[str, Any], **measure: Any) -> None:
    """Some claims on one measure, and the document they stand in."""
    client.post("/v1/sources", json={"id": "doc", "name": "A report", "kind": "report"})
    client.post("/v1/sources", json={"id": "ann", "name": "Ann", "is_root": True})
    client.post("/v1/measures", json=MEASURE | measure)
    for claim in claims:
        sent = {"document": "doc", "claimant": "ann", "measure": "m"} | claim
        answer = client.post("/v1/claims", json=sent)
        assert answer.status_code == 201, answer.text


# Series


def test_shin_raised_his_figure_twice(seeded: httpx.Client) -> None:
    found = told(seeded, f"{CONTAINERS}/series")
    groups = {group["group"]: group["points"] for group in found["groups"]}
    assert [(p["raw_text"], p["step"]) for p in groups["shin-won-sik"]] == [
        ("roughly 6,700", None), ("upwards of 7,000", "update"), ("10,000", "update"),
    ]  # fmt: skip
    march = groups["shin-won-sik"][1]
    assert march["time"] == {"from": "2024-03-01", "to": "2024-03-31"}
    assert march["plot"] == march["time"] | {
        "value": 7000, "lower": 7000, "upper": None, "open_below": False, "open_above": True,
    }  # fmt: skip
    assert found["against"] == []


def test_a_series_by_origin_or_document_groups_the_same_points(seeded: httpx.Client) -> None:
    by_origin = told(seeded, f"{CONTAINERS}/series", group_by="origin")
    assert [g["group"] for g in by_origin["groups"]] == [
        "defense-intelligence-agency", "shin-won-sik", "us-state-dept",
    ]  # fmt: skip
    (only,) = told(seeded, f"{CONTAINERS}/series", group_by="document")["groups"]
    steps = [(p["claim"], p["step"]) for p in only["points"]]
    assert steps == [
        ("shin-2024-02-containers", None), ("state-dept-2024-containers", None),
        ("shin-2024-03-containers", "update"), ("shin-2024-06-containers", "update"),
        ("dia-2024-08-containers", "update"),
    ]  # fmt: skip


def test_what_was_not_known_yet_is_not_in_the_series(seeded: httpx.Client) -> None:
    found = told(seeded, f"{CONTAINERS}/series", known_by="2024-03-31")
    claims = {point["claim"] for group in found["groups"] for point in group["points"]}
    assert "shin-2024-06-containers" not in claims
    assert "shin-2024-03-containers" in claims
    assert found["assumptions"]["filters"] == {"known_by": ["2024-03-31"]}


def test_the_strict_policy_opens_ends_of_convention(seeded: httpx.Client) -> None:
    found = told(seeded, f"{CONTAINERS}/series", policy="strict", claimant="shin-won-sik")
    (group,) = found["groups"]
    plot = group["points"][0]["plot"]
    assert (plot["value"], plot["lower"], plot["open_below"]) == (6700, None, True)


STEPS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"stated": "2024-01", "value": "5"}, {"stated": "2024-02", "value": "4"}, "decrease"),
    ({"stated": "2024-01", "value": "5"}, {"stated": "2024-01", "value": "6"}, "revision"),
    ({"stated": "2024-01", "value": "5"}, {"stated": "2024-03", "value": "5"}, "repeat"),
    ({"stated": "2024", "value": "5"}, {"stated": "2024-03", "value": "9"}, "unclear"),
    ({"stated": "2024-01", "value": "5"}, {"value": "9"}, "unclear"),
]


@ONE_ENGINE
@pytest.mark.parametrize(("one", "other", "step"), STEPS)
def test_each_step_has_its_name(
    fresh: httpx.Client, one: dict[str, Any], other: dict[str, Any], step: str
) -> None:
    given(fresh, one, other)
    (group,) = told(fresh, "/v1/measures/m/series")["groups"]
    assert [point["step"] for point in group["points"]] == [None, step]


def test_figures_of_other_dimensions_are_no_steps_of_each_other(seeded: httpx.Client) -> None:
    found = told(seeded, "/v1/measures/shells.capacity.prk-rus/series", claimant="shin-won-sik")
    (group,) = found["groups"]
    assert [p["step"] for p in group["points"]] == [None, None, None]


def test_denials_stand_apart(fresh: httpx.Client) -> None:
    given(
        fresh,
        {"stated": "2024-01", "value": "5"},
        {"stated": "2024-02", "value": "5", "polarity": "negative"},
        {"stated": "2024-03", "value": "0", "speech_act": "retract"},
    )
    found = told(fresh, "/v1/measures/m/series")
    assert len(found["groups"][0]["points"]) == 1
    assert [p["plot"]["value"] for p in found["against"]] == [5, 0]
    assert len(told(fresh, "/v1/measures/m/comparison")["against"]) == 2
    assert told(fresh, "/v1/measures/m/corroboration")["against"]["count"] == 2


def test_a_walk_through_a_series_tells_the_same_steps(fresh: httpx.Client) -> None:
    given(fresh, *({"stated": f"2024-{n:02}", "value": str(n)} for n in range(1, 13)))
    (whole,) = told(fresh, "/v1/measures/m/series")["groups"]
    page = told(fresh, "/v1/measures/m/series", limit=5)
    seen = list(page["groups"][0]["points"])
    while page["next"]:
        page = told(fresh, page["next"])
        seen += page["groups"][0]["points"]
    assert seen == whole["points"]
    assert {p["step"] for p in seen[1:]} == {"update"}


# Comparison


def pair(found: Any, one: str, other: str) -> Any:
    """The pair of two claims."""
    place = {figure["claim"]: n for n, figure in enumerate(found["figures"])}
    wanted = {place[one], place[other]}
    return next(p for p in found["pairs"] if {p["one"], p["other"]} == wanted)


def test_growth_is_no_contradiction(seeded: httpx.Client) -> None:
    found = told(seeded, f"{CONTAINERS}/comparison", at="2024-06")
    same = pair(found, "shin-2024-06-containers", "state-dept-2024-containers")
    assert (same["relation"], same["disagreement"]) == ("equal", "false")
    grown = pair(found, "shin-2024-03-containers", "shin-2024-06-containers")
    assert (grown["relation"], grown["disagreement"]) == ("contains", "false")
    assert grown["same_claimant"]
    assert grown["common"]["lower"] == grown["common"]["upper"] == "10000"
    assert grown["spread"] == {"lower": "7000", "lower_inclusive": False, "upper": None}


def test_an_undated_figure_disagrees_only_if_it_means_the_same_month(seeded: httpx.Client) -> None:
    found = told(seeded, f"{CONTAINERS}/comparison", at="2024-06")
    unclear = pair(found, "shin-2024-02-containers", "state-dept-2024-containers")
    assert unclear["disagreement"] == "unclear"
    assert (
        "only if “10,000” (U.S. State Department, between February 2024 and March 2024) refers to "
        "February 2024" in unclear["reason"]
    )
    assert "contents" in unclear["reason"]


def test_bounds_of_a_running_total_are_carried_to_the_time_asked_about(
    seeded: httpx.Client,
) -> None:
    found = told(seeded, f"{CONTAINERS}/comparison", at="2024-06")
    at = {figure["claim"]: figure["at"] for figure in found["figures"]}
    assert at["shin-2024-03-containers"]["lower"] == "7000"
    assert at["dia-2024-08-containers"]["lower"] is None
    assert at["dia-2024-08-containers"]["upper"] == "13000"
    assert (found["common"]["lower"], found["common"]["upper"]) == ("10000", "10000")
    july = told(seeded, f"{CONTAINERS}/comparison", at="2024-07")
    assert (july["common"]["lower"], july["common"]["upper"]) == ("10000", "13000")


COMPARED: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], str, str]] = [
    ({"accumulation": "cumulative"}, {"stated": "2024-01", "value": "9"},
     {"stated": "2024-02", "value": "5"}, "above", "true"),
    ({"accumulation": "stock"}, {"stated": "2024-01", "value": "9"},
     {"stated": "2024-02", "value": "5"}, "above", "false"),
    ({"accumulation": "stock"}, {"stated": "2024-01", "value": "9"},
     {"stated": "2024-01", "value": "5"}, "above", "true"),
    ({"accumulation": "stock"}, {"stated": "2024", "value": "9"},
     {"stated": "2024-01", "value": "5"}, "above", "unclear"),
    ({}, {"stated": "2024-01", "value": "9", "dimensions": {"size": 1}},
     {"stated": "2024-01", "value": "5", "dimensions": {"size": 2}}, "incomparable", "false"),
    ({}, {"stated": "2024-01", "lower": "1", "upper": "5"},
     {"stated": "2024-01", "lower": "4", "upper": "9"}, "overlaps", "false"),
]  # fmt: skip


@ONE_ENGINE
@pytest.mark.parametrize(("measure", "one", "other", "relation", "disagreement"), COMPARED)
def test_figures_disagree_only_at_one_time_or_where_a_total_falls(
    fresh: httpx.Client,
    measure: dict[str, Any],
    one: dict[str, Any],
    other: dict[str, Any],
    relation: str,
    disagreement: str,
) -> None:
    fresh.post("/v1/sources", json={"id": "bob", "name": "Bob"})
    given(fresh, one | {"id": "one"}, other | {"id": "other", "claimant": "bob"}, **measure)
    found = told(fresh, "/v1/measures/m/comparison")
    (only,) = found["pairs"]
    first = found["figures"][only["one"]]["claim"] == "one"
    turned = {"above": "below", "contains": "within", "within": "contains"}
    assert only["relation"] == (relation if first else turned.get(relation, relation))
    assert only["disagreement"] == disagreement


def test_other_readings_can_settle_or_open_a_disagreement(seeded: httpx.Client) -> None:
    found = told(seeded, f"{CONTAINERS}/comparison", readings="all")
    both = pair(found, "shin-2024-06-containers", "dia-2024-08-containers")
    assert both["disagreement"] == "false"
    assert both["relation"] == "within"


@ONE_ENGINE
def test_only_the_nearest_are_compared_and_the_rest_is_counted(fresh: httpx.Client) -> None:
    given(fresh, *({"stated": f"2024-{n:02}", "value": str(n)} for n in range(1, 13)))
    found = told(fresh, "/v1/measures/m/comparison", at="2024-06", limit=3)
    assert [figure["stated"] for figure in found["figures"]] == ["2024-05", "2024-06", "2024-07"]
    assert found["left_out"] == 9


# Corroboration


def test_five_claims_come_from_two_or_three_independent_origins(seeded: httpx.Client) -> None:
    found = told(seeded, f"{CONTAINERS}/corroboration")
    assert found["claims"]["count"] == 5
    assert found["documents"]["items"] == ["daily-digest-article"]
    assert found["relayers"]["items"] == ["ap", "bloomberg", "newsweek"]
    assert {o["source"]: o["root"] for o in found["origins"]["items"]} == {
        "shin-won-sik": "rok-government", "us-state-dept": "us-government",
        "defense-intelligence-agency": None,
    }  # fmt: skip
    assert found["independent_origins"] == {"min": 2, "max": 3}


def test_what_is_derived_adds_no_origin(seeded: httpx.Client) -> None:
    measures = ["containers.prk-rus", "shells.capacity.prk-rus"]
    found = told(seeded, "/v1/corroboration", measure=measures)
    assert found["claims"]["count"] == 8
    assert found["derived_excluded"]["count"] == 3
    assert found["independent_origins"] == {"min": 2, "max": 3}
    alone = told(seeded, "/v1/claims/shin-2024-06-shell-capacity/corroboration")
    assert alone["origins"]["count"] == 0
    assert alone["derived_excluded"]["items"] == [
        {"claim": "shin-2024-06-shell-capacity", "derived_from": ["shin-2024-06-containers"]}
    ]


def test_one_claim_and_one_utterance_can_be_asked_about(seeded: httpx.Client) -> None:
    claim = told(seeded, "/v1/claims/dia-2024-08-containers/corroboration")
    assert claim["independent_origins"] == {"min": 1, "max": 1}
    utterance = told(seeded, "/v1/utterances/shin-2024-02-26-briefing/corroboration")
    assert utterance["claims"]["count"] == 4
    assert utterance["origins"]["count"] == 1


def test_circular_chains_are_listed_and_relayers_add_no_origin(fresh: httpx.Client) -> None:
    for id in ("red", "blue"):
        fresh.post("/v1/sources", json={"id": id, "name": id, "is_root": True})
    given(fresh, {"via": ["red", "blue"], "value": "1"}, {"via": ["blue", "red"], "value": "2"})
    found = told(fresh, "/v1/measures/m/corroboration")
    assert found["cycles"] == [["blue", "red", "blue"]]
    assert found["independent_origins"] == {"min": 1, "max": 1}


def test_of_very_many_circles_it_is_said_that_there_may_be_more(fresh: httpx.Client) -> None:
    ids = [f"s{n}" for n in range(17)]
    for id in ids:
        fresh.post("/v1/sources", json={"id": id, "name": id}).raise_for_status()
    ways = [[ids[n * step % 17] for n in range(17)] for step in range(1, 17)]
    given(fresh, {"via": ways[0], "value": "1"}, {"via": ways[-1], "value": "1"})
    few = told(fresh, "/v1/measures/m/corroboration")
    assert (len(few["cycles"]), few["cycles_complete"]) == (15, True)
    given(fresh, *({"via": way, "value": "1"} for way in ways[1:-1]))
    many = told(fresh, "/v1/measures/m/corroboration")
    assert (len(many["cycles"]), many["cycles_complete"]) == (chain.MAX_CYCLES, False)


# Ratios


def test_who_speaks_in_a_work_of_his_own_is_no_circle(fresh: httpx.Client) -> None:
    given(fresh, {"id": "c", "claimant": "doc", "raw_text": "10"})
    found = told(fresh, "/v1/measures/m/corroboration")
    assert (found["cycles"], found["origins"]["items"][0]["source"]) == ([], "doc")


def test_shells_per_container_are_implied(seeded: httpx.Client) -> None:
    sides = {"numerator": "shells.capacity.prk-rus", "denominator": "containers.prk-rus"}
    found = told(seeded, "/v1/ratios", **sides)
    ratios = {
        (item["numerator"]["raw_text"], item["denominator"]["raw_text"]): item
        for item in found["items"]
    }
    rounded = {
        key[0]: [None if x is None else round(float(x), 1) for x in (
            item["value"], item["bounds"]["lower"], item["bounds"]["upper"])]
        for key, item in ratios.items()
    }  # fmt: skip
    assert rounded == {
        "more than 3 million": [447.8, 434.8, None],
        "500,000": [74.6, 72.5, 76.9],
        "roughly 4.8 million": [480.0, 460.0, 500.0],
        "more than 6 million": [461.5, 461.5, None],
    }
    assert found["items"][0]["by"] == ["derivation"]
    by_document = told(seeded, "/v1/ratios", **sides, by="document")
    assert len(by_document["items"]) == 20


def test_a_ratio_is_told_in_the_units_of_its_two_figures(fresh: httpx.Client) -> None:
    figures = [{"measure": "m", "value": "5000", "unit": "kg"}, {"measure": "m", "value": "5"},
               {"measure": "boxes", "value": "10"}]  # fmt: skip
    fresh.post("/v1/measures", json={"id": "boxes", "unit": "{box}"}).raise_for_status()
    given(fresh, {"id": "both", "measure": None, "quantities": figures}, unit="t")
    found = told(fresh, "/v1/ratios", numerator="m", denominator="boxes")
    assert [(one["value"], one["unit"]) for one in found["items"]] == [
        ("500", "kg/{box}"), ("0.5", "t/{box}"),
    ]  # fmt: skip
    assert found["unit"] == "t/{box}"


def test_figures_of_other_dimensions_have_no_ratio(fresh: httpx.Client) -> None:
    fresh.post("/v1/measures", json={"id": "guns", "unit": "{gun}"}).raise_for_status()
    figures: list[dict[str, Any]] = [
        {"measure": "m", "value": "100", "dimensions": {"mm": 152, "kind": "he"}},
        {"measure": "m", "value": "300", "dimensions": {"mm": 122}},
        {"measure": "guns", "value": "5", "dimensions": {"mm": "152.0"}},
        {"measure": "guns", "value": "10", "dimensions": {"mm": 122}},
        {"measure": "guns", "value": "20"},
    ]
    given(fresh, {"id": "both", "measure": None, "quantities": figures})
    found = told(fresh, "/v1/ratios", numerator="m", denominator="guns")
    assert [one["value"] for one in found["items"]] == ["20", "5", "30", "15"]


def test_a_pair_that_is_linked_twice_in_one_way_is_one(fresh: httpx.Client) -> None:
    figures = [{"measure": "m", "value": "8"}, {"measure": "boxes", "value": "2"}]
    fresh.post("/v1/measures", json={"id": "boxes", "unit": "{box}"}).raise_for_status()
    given(fresh, {"id": "both", "utterance": "speech", "measure": None, "quantities": figures})
    sides = {"numerator": "m", "denominator": "boxes"}
    (pair,) = told(fresh, "/v1/ratios", **sides, by="utterance")["items"]
    assert (pair["value"], pair["by"]) == ("4", ["utterance"])


def test_a_rate_can_be_held_against_the_reading_that_explains_it(seeded: httpx.Client) -> None:
    capacity = {"measure": "shells.capacity.prk-rus", "claimant": "billal-rahmen"}
    (six,) = told(seeded, "/v1/quantities", **capacity)["items"]
    per_year = float(six["lower"]) / 2
    supply, use = (
        told(seeded, "/v1/quantities", measure=measure, value__gt=str(x), match="any")["items"]
        for measure, x in (
            ("shells.supplied-per-year.prk-rus", per_year),
            ("shells.used-per-year.rus", 2 * per_year),
        )
    )
    assert [row["match"] for row in supply] == ["possible"]
    assert use == []


# Drift

ONE = {"measure": "m", "raw_text": "roughly 6,700", "dimensions": {"size": 1}}


def attested(fresh: httpx.Client) -> None:
    """One utterance in six documents, each further from the speaker than the one before."""
    fresh.post("/v1/measures", json=MEASURE | {"id": "n"})
    six: list[dict[str, Any]] = [
        {"quantities": [ONE | {"raw_text": "at least 6,700"},
                        {"measure": "m", "raw_text": "9", "slot": 2}]},
        {"quantities": [ONE | {"raw_text": "more than 6,700"},
                        {"measure": "m", "raw_text": "about 9", "slot": 2}]},
        {"modality": "possible", "quantities": [ONE | {"raw_text": "6,700"},
                                                {"measure": "m", "raw_text": "9", "slot": 2}]},
        {"quantities": [ONE | {"raw_text": "up to 6,800", "dimensions": {"size": 2}}],
         "period": "2023"},
        {"alternative_mode": "or", "quantities": [
            ONE | {"raw_text": "at least 6,700", "slot": 1},
            {"measure": "m", "raw_text": "9", "slot": 1, "alternative": 2}]},
        {"quantities": [ONE | {"measure": "n", "raw_text": "at least 6,700"},
                        {"measure": "m", "raw_text": "9", "slot": 2}]},
    ]  # fmt: skip
    for n, claim in enumerate(six):
        relayers = [f"agency-{k}" for k in range(n)]
        sources = [{"id": id, "name": id, "kind": "news_agency"} for id in relayers]
        sources.append({"id": f"doc-{n}", "name": "A report", "kind": "report"})
        sent = {"id": f"a-{n}", "claimant": "ann", "document": f"doc-{n}", "via": relayers,
                "utterance": "u", "included": {"sources": sources}, **claim}  # fmt: skip
        answer = fresh.post("/v1/claims", json=sent)
        assert answer.status_code == 201, answer.text


def test_six_attestations_show_every_class_of_drift(fresh: httpx.Client) -> None:
    given(fresh)
    attested(fresh)
    found = told(fresh, "/v1/utterances/u/drift")
    assert found["baseline"] == "a-0"
    drift = {item["claims"][0]: set(item["drift"]) for item in found["items"]}
    assert drift == {
        "a-0": {"preserved"},
        "a-1": {"strengthened", "added"},
        "a-2": {"dropped", "weakened"},
        "a-3": {"direction_changed", "value_changed", "dimension_changed", "period_changed",
                "dropped"},
        "a-4": {"operator_changed"},
        "a-5": {"measure_changed"},
    }  # fmt: skip
    assert len(set().union(*drift.values())) == 11


@ONE_ENGINE
def test_another_baseline_turns_the_drift_round(fresh: httpx.Client) -> None:
    given(fresh)
    attested(fresh)
    found = told(fresh, "/v1/utterances/u/drift", baseline="a-1")
    first = next(item for item in found["items"] if item["claims"] == ["a-0"])
    assert set(first["drift"]) == {"weakened", "dropped"}
    answer = fresh.get("/v1/utterances/u/drift", params={"baseline": "nothing"})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "baseline")


def test_the_hops_of_one_chain_drift_too(fresh: httpx.Client) -> None:
    given(fresh)
    fresh.post("/v1/sources", json={"id": "wire", "name": "A wire"})
    chain = [
        {"source": "doc", "role": "document"},
        {"source": "wire", "role": "relayer", "wording": "around 7,000"},
        {"source": "ann", "role": "speaker", "wording": "7,000"},
    ]
    figure = {"measure": "m", "raw_text": "upwards of 7,000"}
    sent = {"id": "c", "claimant": "ann", "document": "doc", "attributions": chain}
    assert fresh.post("/v1/claims", json=sent | figure).status_code == 201
    found = told(fresh, "/v1/claims/c/drift")
    assert found["baseline"] == "ann"
    assert [(i["source"], i["wording"], i["drift"]) for i in found["items"]] == [
        ("ann", ["7,000"], ["preserved"]),
        ("wire", ["around 7,000"], ["added"]),
        ("doc", ["upwards of 7,000"], ["added"]),
    ]


def test_the_hops_are_read_in_the_language_of_the_document(fresh: httpx.Client) -> None:
    given(fresh)
    paper = {"id": "blatt", "name": "Blatt", "kind": "article", "language": "de"}
    fresh.post("/v1/sources", json=paper)
    fresh.post("/v1/sources", json={"id": "wire", "name": "A wire"})
    chain = [
        {"source": "blatt", "role": "document"},
        {"source": "wire", "role": "relayer", "wording": "rund 6.700"},
        {"source": "ann", "role": "speaker", "wording": "6.700"},
    ]
    sent = {"id": "c", "claimant": "ann", "document": "blatt", "attributions": chain,
            "measure": "m", "raw_text": "6.700"}  # fmt: skip
    assert fresh.post("/v1/claims", json=sent).status_code == 201
    found = told(fresh, "/v1/claims/c/drift")
    assert [(i["source"], i["drift"]) for i in found["items"]] == [
        ("ann", ["preserved"]), ("wire", ["added"]), ("blatt", ["preserved"]),
    ]  # fmt: skip


def test_the_baseline_is_the_nearest_however_few_are_listed(fresh: httpx.Client) -> None:
    given(fresh)
    attested(fresh)
    fresh.post("/v1/sources", json={"id": "far", "name": "A report", "kind": "report"})
    sent = {"id": "a-far", "claimant": "ann", "document": "far", "via": ["agency-0"],
            "utterance": "u", "measure": "m", "raw_text": "3"}  # fmt: skip
    assert fresh.post("/v1/claims", json=sent).status_code == 201
    shown = told(fresh, "/v1/utterances/u/drift", limit=1)
    assert (shown["baseline"], len(shown["items"]), shown["left_out"]) == ("a-0", 1, 6)
    other = told(fresh, "/v1/utterances/u/drift", limit=1, baseline="a-far")
    assert [one["claims"] for one in other["items"]] == [["a-0"]]
    assert "value_changed" in other["items"][0]["drift"]


# Nothing there


@pytest.mark.parametrize(
    "path",
    [
        "/v1/measures/nothing/series", "/v1/measures/nothing/comparison",
        "/v1/measures/nothing/corroboration", "/v1/utterances/nothing/corroboration",
        "/v1/utterances/nothing/drift", "/v1/claims/nothing/corroboration",
        "/v1/claims/nothing/drift",
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_404(seeded: httpx.Client, path: str) -> None:
    answer = seeded.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_of_a_withdrawn_utterance_nothing_is_there_unless_it_is_asked_for(
    fresh: httpx.Client,
) -> None:
    given(fresh, {"id": "said", "utterance": "speech", "value": "5"})
    fresh.delete("/v1/claims/said?reason=a+slip", headers={"If-Match": "*"}).raise_for_status()
    for path in ("/v1/utterances/speech/corroboration", "/v1/utterances/speech/drift"):
        assert fresh.get(path).status_code == 404
        found = told(fresh, path, status="withdrawn")
        left_out = "Claims that were withdrawn are left out."
        assert left_out not in found["assumptions"]["notes"]


@ONE_ENGINE
def test_a_reason_is_told_where_no_order_of_times_and_no_number_would_do(
    fresh: httpx.Client,
) -> None:
    fresh.post("/v1/sources", json={"id": "bob", "name": "Bob", "is_root": True})
    given(fresh, {"id": "nine", "stated": "2024-03-01", "value": "9"},
          {"id": "five", "stated": "2024-03", "claimant": "bob", "value": "5"},
          {"id": "less", "stated": "2024-03", "value": "4"},
          {"id": "none", "stated": "2024-05", "absence": "not_applicable"})  # fmt: skip
    found = told(fresh, "/v1/measures/m/comparison")
    ids = [figure["claim"] for figure in found["figures"]]
    reasons = {frozenset((ids[pair["one"]], ids[pair["other"]])): pair["reason"]
               for pair in found["pairs"]}  # fmt: skip
    told_why = reasons[frozenset(("nine", "five"))]
    assert told_why.startswith("No number fits both")
    assert told_why.endswith(", however their times lie.")
    own = reasons[frozenset(("nine", "less"))]
    assert "however their times lie; both are one claimant's: a revision" in own
    no_figure = reasons[frozenset(("nine", "none"))]
    assert "cannot be compared: one of them is no such figure." in no_figure


@ONE_ENGINE
def test_what_is_told_of_an_incoherent_figure_is_how_far_it_reaches(fresh: httpx.Client) -> None:
    given(fresh, {"id": "crossed", "lower": "20", "upper": "5.0", "stated": "2024-03"},
          {"id": "above", "value": "30", "lower": "5", "upper": "7", "stated": "2024-03"},
          {"id": "open", "lower": "5", "lower_inclusive": False, "upper": "9", "stated": "2024-03"},
          {"id": "withheld", "absence": "withheld", "stated": "2024-03"},
          domain_min="0", domain_max="1.5e2")  # fmt: skip
    found = told(fresh, "/v1/measures/m/comparison?at=2024-03")
    ends = {one["claim"]: (one["bounds"]["lower"], one["bounds"]["upper"])
            for one in found["figures"]}  # fmt: skip
    assert ends == {
        "crossed": ("5.0", "20"), "above": ("5", "30"), "open": ("5", "9"),
        "withheld": ("0", "150"),
    }  # fmt: skip
    spread = found["pairs"][0]["spread"]
    assert (spread["lower"], spread["upper"]) == ("5", "30")
    common = {"lower": "5", "lower_inclusive": False, "upper": "9", "upper_inclusive": True}
    assert found["common"] == common


def test_a_figure_that_its_source_gave_as_one_of_two_contradicts_nothing_alone(
    fresh: httpx.Client,
) -> None:
    """The other may be left out by a filter, or be of another measure."""
    fresh.post("/v1/measures", json={"id": "trucks", "unit": "{truck}"})
    either = [{"measure": "m", "value": "9", "dimensions": {"mm": 152}},
              {"measure": "m", "value": "3", "dimensions": {"mm": 122}}]  # fmt: skip
    given(
        fresh,
        {"id": "either", "stated": "2024", "alternative_mode": "or",
         "quantities": [one | {"slot": 1, "alternative": n + 1} for n, one in enumerate(either)],
         "measure": None},
        {"id": "plain", "stated": "2024", "value": "5", "dimensions": {"mm": "152.0"},
         "claimant": None},
        {"id": "like", "stated": "2024", "lower": "4", "dimensions": {"mm": "152.0"}},
    )  # fmt: skip
    said_or = "The source of 9 (Ann, 2024) says that or something else, which is not compared here."
    found = told(fresh, "/v1/measures/m/comparison", **{"dim.mm": "152"})
    assert [figure["claim"] for figure in found["figures"]] == ["either", "like", "plain"]
    pairs = {(pair["one"], pair["other"]): pair for pair in found["pairs"]}
    assert (pairs[0, 2]["disagreement"], pairs[0, 2]["kind"]) == ("unclear", "unclear")
    assert pairs[0, 2]["reason"].startswith(said_or)
    assert (pairs[0, 1]["disagreement"], pairs[0, 1]["kind"]) == ("false", "agreement")
    assert pairs[0, 1]["reason"].startswith(said_or)
    assert pairs[1, 2]["disagreement"] == "false"
    assert "something else" not in pairs[1, 2]["reason"]
    assert (found["common"]["lower"], found["common"]["upper"]) == ("5", "5")
    other = {"measure": "trucks", "value": "2", "slot": 1, "alternative": 2}
    given(fresh, {"id": "whichever", "stated": "2025", "alternative_mode": "xor", "measure": None,
                  "quantities": [{"measure": "m", "value": "8", "slot": 1}, other]},
          {"id": "nine", "stated": "2025", "value": "9", "claimant": None})  # fmt: skip
    found = told(fresh, "/v1/measures/m/comparison", stated="2025")
    assert [pair["disagreement"] for pair in found["pairs"]] == ["unclear"]


@ONE_ENGINE
def test_what_depends_on_an_alternative_says_so_and_names_the_two(fresh: httpx.Client) -> None:
    ways = [{"measure": "m", "value": value, "slot": 1, "alternative": n}
            for n, value in ((1, "5"), (2, "9"))]  # fmt: skip
    fresh.post("/v1/sources", json={"id": "bob", "name": "Bob", "is_root": True})
    given(fresh, {"id": "one", "stated": "2024-03", "measure": None, "quantities": ways,
           "alternative_mode": "or"},
          {"id": "two", "stated": "2024-03", "claimant": "bob", "value": "9"},
          accumulation="incident")  # fmt: skip
    found = told(fresh, "/v1/measures/m/comparison")
    assert "It depends on which reading or alternative of" in json.dumps(found)


@ONE_ENGINE
@pytest.mark.parametrize(
    "path",
    [
        "/v1/measures/m/series", "/v1/measures/m/comparison", "/v1/measures/m/corroboration",
        "/v1/ratios?numerator=m&denominator=m", "/v1/ratios?numerator=x&denominator=m",
        "/v1/ratios?numerator=m", "/v1/measures/m/series?grup_by=claimant",
        "/v1/measures/m/series?measure=m", "/v1/measures/m/comparison?at=soon",
        "/v1/measures/m/comparison?limit=1", "/v1/ratios?numerator=m&denominator=m&by=magic",
        "/v1/ratios?numerator=m&denominator=days",
    ],
)  # fmt: skip
def test_an_empty_measure_or_a_broken_question_is_a_422(fresh: httpx.Client, path: str) -> None:
    given(fresh)
    fresh.post("/v1/measures", json={"id": "days", "statistic": "date", "unit": "d"})
    answer = fresh.get(path)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"]


NO_FIGURES = ("There is nothing to analyse.", "no_figures", "this measure has no figures")


def no_part(kind: str, name: str) -> tuple[str, str, str]:
    detail = f"no figure of this measure has any {name}; its {kind} stand in "
    return "Validation failed", "unknown_reference", detail + "/v1/quantities?measure=m"


@ONE_ENGINE
@pytest.mark.parametrize(
    ("path", "parameter", "why"),
    [
        ("/v1/measures/empty/series", None, NO_FIGURES),
        ("/v1/totals?measure=empty", "measure", NO_FIGURES),
        ("/v1/ratios?numerator=m&denominator=empty", "denominator", NO_FIGURES),
        ("/v1/measures/m/series?group_by=dim.x", "group_by", no_part("dimensions", "dim.x")),
        ("/v1/measures/m/series?group_by=attr.y", "group_by", no_part("attributes", "attr.y")),
        ("/v1/totals?measure=m&by=period,dim.x", "by", no_part("dimensions", "dim.x")),
    ],
)
def test_what_has_nothing_to_analyse_is_refused_with_what_is_missing_and_where(
    fresh: httpx.Client, path: str, parameter: str | None, why: tuple[str, str, str]
) -> None:
    given(fresh, {"value": "5", "attributes": {"x": "1"}}, accumulation="incident")
    fresh.post("/v1/measures", json={"id": "empty", "unit": "{thing}"}).raise_for_status()
    answer = fresh.get(path)
    assert answer.status_code == 422, answer.text
    told = answer.json()
    (fault,) = told["errors"]
    assert (told["detail"], fault["code"], fault["detail"]) == why
    assert fault.get("parameter") == parameter


def test_both_engines_answer_from_the_past(fresh: httpx.Client) -> None:
    given(fresh, {"id": "c", "stated": "2024-01", "value": "5"})
    before = told(fresh, "/v1/measures/m/series")["assumptions"]["as_of"]
    fresh.patch("/v1/claims/c", json={"quantities": [{"measure": "m", "value": "6"}]},
                headers={"If-Match": "*"})  # fmt: skip
    for path in ("series", "comparison", "corroboration"):
        then = json.dumps(told(fresh, f"/v1/measures/m/{path}", as_of=before))
        assert '"6"' not in then
        assert before in then
