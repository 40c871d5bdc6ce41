"""Comparison and series of figures that are several things: mixtures, slots, none at all."""

from typing import Any

import httpx
import pytest

from tests.api.test_analysis import given, told
from tests.conftest import ONE_ENGINE

HUNDRED = {"measure": "m", "slot": 1, "alternative": 1, "raw_text": "100"}
TWO_HUNDRED = {"measure": "m", "slot": 1, "alternative": 2, "raw_text": "200"}


def several(id: str, mode: str = "single", **more: Any) -> dict[str, Any]:
    return {"id": id, "claimant": "ann", "document": "doc", "stated": "2024-03",
            "alternative_mode": mode, **more}  # fmt: skip


def beside(client: httpx.Client, mode: str, text: str) -> Any:
    """A claim of 100 and 200 together in one way, and another voice's figure of the same time."""
    given(client)
    client.post("/v1/sources", json={"id": "bob", "name": "Bob"})
    sent = several("a", mode, quantities=[HUNDRED, TWO_HUNDRED])
    assert client.post("/v1/claims", json=sent).status_code == 201
    other = {"id": "b", "claimant": "bob", "document": "doc", "stated": "2024-03", "measure": "m"}
    assert client.post("/v1/claims", json=other | {"raw_text": text}).status_code == 201
    return told(client, "/v1/measures/m/comparison")


def ends(bounds: Any) -> Any:
    return bounds and (bounds["lower"], bounds["upper"])


def test_what_lies_between_the_parts_of_a_mix_contradicts_it_not(fresh: httpx.Client) -> None:
    found = beside(fresh, "mix", "150")
    (pair,) = found["pairs"]
    assert (pair["disagreement"], pair["kind"], ends(pair["common"])) == (
        "false", "agreement", ("150", "150"),
    )  # fmt: skip
    assert ends(found["common"]) == ("150", "150")


@pytest.mark.parametrize(
    ("text", "verdict", "common"),
    [("150", "true", None), ("200", "unclear", ("200", "200")),
     ("150 to 250", "unclear", ("200", "200")), ("50 to 250", "false", ("100", "200"))],
)  # fmt: skip
def test_between_two_alternatives_there_is_nothing_in_common(
    fresh: httpx.Client, text: str, verdict: str, common: Any
) -> None:
    found = beside(fresh, "or", text)
    (pair,) = found["pairs"]
    assert (pair["disagreement"], ends(pair["common"])) == (verdict, common)
    assert ends(found["common"]) == common


def test_what_does_not_apply_is_no_step_and_rules_no_number_out(fresh: httpx.Client) -> None:
    none = {"absence": "not_applicable"}
    given(fresh, {"id": "a", "stated": "2024-03", "raw_text": "10"},
          {"id": "b", "stated": "2024-04", **none}, {"id": "c", "stated": "2024-05", "value": "12"},
          {"id": "d", "stated": "2024-03", **none}, accumulation="cumulative")  # fmt: skip
    (group,) = told(fresh, "/v1/measures/m/series")["groups"]
    steps = {one["claim"]: one["step"] for one in group["points"]}
    assert steps == {"a": None, "d": None, "b": None, "c": "update"}
    page = told(fresh, "/v1/measures/m/series", limit=3)
    assert told(fresh, page["next"])["groups"][0]["points"][0]["step"] == "update"
    march = told(fresh, "/v1/measures/m/comparison", at="2024-03")
    assert (ends(march["common"]), ends(march["spread"])) == (("10", "10"), (None, "12"))
    assert [one["at"] for one in march["figures"] if one["claim"] in "bd"] == [None, None]
    alone = told(fresh, "/v1/measures/m/comparison", stated="2024-04")
    assert (alone["common"], alone["spread"]) == (None, None)


def test_what_one_claim_says_at_once_are_no_steps_of_each_other(fresh: httpx.Client) -> None:
    given(fresh, accumulation="cumulative")
    for month, (north, south) in enumerate((("10", "20"), ("11", "21"), ("12", "22")), 1):
        parts = [{"measure": "m", "raw_text": north, "attributes": {"area": "north"}},
                 {"measure": "m", "raw_text": south, "attributes": {"area": "south"}}]  # fmt: skip
        sent = several(f"c{month}", stated=f"2024-{month:02}", quantities=parts)
        assert fresh.post("/v1/claims", json=sent).status_code == 201
    (whole,) = told(fresh, "/v1/measures/m/series")["groups"]
    assert [one["step"] for one in whole["points"]] == [None, None, *["update"] * 4]
    for limit in (1, 2, 3, 5):
        page = told(fresh, "/v1/measures/m/series", limit=limit)
        seen = list(page["groups"][0]["points"])
        while page["next"]:
            page = told(fresh, page["next"])
            seen += page["groups"][0]["points"]
        assert seen == whole["points"], limit


def test_figures_in_two_units_are_two_lines_also_across_pages(fresh: httpx.Client) -> None:
    given(fresh)
    for month, (things, tonnes) in enumerate((("10", "1"), ("11", "2"), ("12", "2")), 1):
        parts = [{"measure": "m", "value": things}, {"measure": "m", "value": tonnes, "unit": "t"}]
        sent = several(f"c{month}", stated=f"2024-{month:02}", quantities=parts)
        assert fresh.post("/v1/claims", json=sent).status_code == 201
    for limit in (1, 2, 3, 5, 6):
        page = told(fresh, "/v1/measures/m/series", limit=limit)
        steps = [one["step"] for one in page["groups"][0]["points"]]
        while page["next"]:
            page = told(fresh, page["next"])
            steps += [one["step"] for one in page["groups"][0]["points"]]
        assert steps == [None, None, "update", "update", "update", "repeat"], limit


def test_strictly_two_figures_without_bounds_are_not_the_same(fresh: httpx.Client) -> None:
    said = (("a", "2024-03", 6700), ("b", "2024-04", 9000), ("c", "2024-05", 9000))
    given(fresh, *({"id": id, "stated": day, "raw_text": f"about {n}"} for id, day, n in said))
    (group,) = told(fresh, "/v1/measures/m/series", policy="strict")["groups"]
    assert [one["step"] for one in group["points"]] == [None, "update", "repeat"]
    found = told(fresh, "/v1/measures/m/comparison", policy="strict")
    assert ["say the same" in one["reason"] for one in found["pairs"]] == [False, False, True]


def test_strictly_two_dates_without_bounds_are_not_the_same(fresh: httpx.Client) -> None:
    said = (("a", "2024-03", "1950~"), ("b", "2024-04", "1970~"), ("c", "2024-05", "1970~"))
    claims = [{"id": id, "stated": day, "date": date} for id, day, date in said]
    given(fresh, *claims, statistic="date", unit="d")
    (group,) = told(fresh, "/v1/measures/m/series", policy="strict")["groups"]
    assert [one["step"] for one in group["points"]] == [None, "update", "repeat"]
    found = told(fresh, "/v1/measures/m/comparison", policy="strict")
    assert ["say the same" in one["reason"] for one in found["pairs"]] == [False, False, True]


def test_the_undated_are_not_the_latest(fresh: httpx.Client) -> None:
    given(fresh, {"id": "a", "raw_text": "1"}, {"id": "b", "raw_text": "2"},
          {"id": "c", "stated": "2024-02", "raw_text": "3"},
          {"id": "d", "stated": "2024-03/..", "raw_text": "4"},
          {"id": "e", "stated": "2024-01", "raw_text": "5"})  # fmt: skip
    found = told(fresh, "/v1/measures/m/comparison", limit=3)
    assert {one["claim"] for one in found["figures"]} == {"c", "d", "e"}
    assert found["left_out"] == 2


@pytest.mark.parametrize(
    ("limit", "compared"),
    [(2, "month day"), (3, "month day since"), (4, "month day since any-1"),
     (6, "month day since any-1 any-2 day-after"),
     (7, "month day since any-1 any-2 day-after next")],
)  # fmt: skip
def test_what_is_of_a_time_is_nearer_to_it_than_what_only_may_be(
    fresh: httpx.Client, limit: int, compared: str
) -> None:
    given(fresh, {"id": "any-1", "raw_text": "1"}, {"id": "any-2", "raw_text": "2"},
          {"id": "day", "stated": "2024-03-05", "raw_text": "3"},
          {"id": "month", "stated": "2024-03", "raw_text": "4"},
          {"id": "since", "stated": "2024-02/..", "raw_text": "5"},
          {"id": "next", "stated": "2024-04", "raw_text": "6"},
          {"id": "day-after", "stated": "2024-04-01", "raw_text": "8"},
          {"id": "year-before", "stated": "2023-03", "raw_text": "7"})  # fmt: skip
    found = told(fresh, "/v1/measures/m/comparison", at="2024-03", limit=limit)
    assert {one["claim"] for one in found["figures"]} == set(compared.split())
    assert found["left_out"] == 8 - limit


def test_what_corrects_a_figure_excused_it_only_from_then_on(fresh: httpx.Client) -> None:
    fresh.post("/v1/sources", json={"id": "bob", "name": "Bob"})
    given(fresh, {"id": "a", "stated": "2024-03-01", "value": "41"},
          {"id": "b", "stated": "2024-03-01", "value": "42", "claimant": "bob"},
          accumulation="incident")  # fmt: skip
    before = fresh.get("/v1/claims/b").json()["recorded_at"]
    corrects = {"relations": [{"predicate": "corrects", "object": "a"}]}
    assert fresh.patch("/v1/claims/b", json=corrects, headers={"If-Match": "*"}).status_code == 200
    for more, verdict in (({}, "false"), ({"as_of": before}, "true")):
        (pair,) = told(fresh, "/v1/measures/m/comparison", **more)["pairs"]
        assert pair["disagreement"] == verdict


def test_strictly_what_rests_on_convention_contradicts_nobody(fresh: httpx.Client) -> None:
    fresh.post("/v1/sources", json={"id": "bob", "name": "Bob"})
    given(fresh, {"id": "a", "stated": "2024-03-01", "raw_text": "about 100"},
          {"id": "b", "stated": "2024-03-01", "raw_text": "200", "claimant": "bob"})  # fmt: skip
    judged = {"convention": ("true", None), "strict": ("false", ("200", "200"))}
    for policy, expected in judged.items():
        found = told(fresh, "/v1/measures/m/comparison", policy=policy)
        (pair,) = found["pairs"]
        assert (pair["disagreement"], ends(found["common"])) == expected


def test_each_slot_of_a_claim_is_one_figure_that_may_be_left_out(fresh: httpx.Client) -> None:
    parts = [{"measure": "m", "slot": n, "raw_text": str(n)} for n in (1, 2, 3)]
    given(fresh, {"id": "z", "stated": "2024-03", "raw_text": "9"})
    sent = several("a", stated="2024-03", quantities=parts)
    assert fresh.post("/v1/claims", json=sent).status_code == 201
    for more in ({}, {"at": "2024-03"}):
        found = told(fresh, "/v1/measures/m/comparison", limit=2, **more)
        assert [(one["claim"], one["slot"]) for one in found["figures"]] == [("a", 1), ("a", 2)]
        assert found["left_out"] == 2


def test_a_figure_was_printed_when_its_claim_was_else_when_its_document_was(
    fresh: httpx.Client,
) -> None:
    given(
        fresh, {"id": "own", "published": "2024-05", "value": "1"}, {"id": "of-doc", "value": "2"}
    )
    fresh.patch("/v1/sources/doc", json={"date": "2024-06"}, headers={"If-Match": "*"})
    (group,) = told(fresh, "/v1/measures/m/series")["groups"]
    printed = {one["claim"]: one["published"] for one in group["points"]}
    rows = told(fresh, "/v1/quantities", measure="m")["items"]
    assert printed == {"own": "2024-05", "of-doc": "2024-06"}
    assert printed == {one["claim"]: one["published"] for one in rows}


JANUARY = {"id": "jan", "stated": "2024-01", "lower": "5", "upper": "10"}
DECEMBER = {"id": "dec", "stated": "2024-12", "lower": "8", "upper": "20"}


@ONE_ENGINE
@pytest.mark.parametrize("accumulation", ["stock", "cumulative", "incident"])
@pytest.mark.parametrize(
    ("at", "more", "common"),
    [
        # What January allows says nothing of December, though a number fits both.
        ("2024", [], None),
        ("2024-01", [], ("5", "10")),
        ("2024", [{"id": "too", "stated": "2024-06", "lower": "9", "upper": "9"}], None),
        ("2024-12", [{"id": "too", "stated": "2024-12", "lower": "9"}], ("9", "20")),
        ("2024-12", [{"id": "day", "stated": "2024-12-05", "lower": "9"}], None),
        ("2024-12", [{"id": "none", "stated": "2024-12-05", "absence": "not_applicable"}],
         ("8", "20")),
    ],
)  # fmt: skip
def test_what_is_of_several_times_within_the_one_asked_about_has_no_number_in_common(
    fresh: httpx.Client, accumulation: str, at: str, more: list[Any], common: Any
) -> None:
    given(fresh, JANUARY, DECEMBER, *more, accumulation=accumulation)
    found = told(fresh, "/v1/measures/m/comparison", at=at)
    assert ends(found["common"]) == common
