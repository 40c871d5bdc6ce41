"""Totals: what figures of periods come to, and when they do not add up."""

from typing import Any

import httpx
import pytest

from tests.api.test_analysis import given, told
from tests.conftest import ONE_ENGINE

TOTALS = "/v1/totals"


def people(client: httpx.Client) -> None:
    client.post("/v1/sources", json={"id": "bob", "name": "Bob"})
    client.post("/v1/sources", json={"id": "paper", "name": "A paper", "kind": "article"})


def total(client: httpx.Client, **asked: Any) -> Any:
    return told(client, TOTALS, measure="m", **asked)


def refused(client: httpx.Client, **asked: Any) -> tuple[str, str]:
    """The code and the reason of a refusal."""
    answer = client.get(TOTALS, params={"measure": "m"} | asked)
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["errors"]
    return fault["code"], fault["detail"]


MONTHS: list[dict[str, Any]] = [
    {"id": "jan", "period": "2024-01", "value": "0.1"},
    {"id": "feb", "period": "2024-02", "raw_text": "roughly 6,700"},
    {"id": "mar", "period": "2024-03", "lower": "20", "lower_inclusive": False},
    {"id": "apr", "period": "2024-04", "absence": "unknown"},
    {"id": "no", "period": "2024-05", "value": "9", "speech_act": "deny"},
]


def test_a_sum_is_an_interval_and_says_what_it_is_of(fresh: httpx.Client) -> None:
    given(fresh, *MONTHS, accumulation="incident")
    found = total(fresh)
    whole = found["total"]
    assert whole["bounds"] == {"lower": "6520.1", "lower_inclusive": False, "upper": None}
    assert (whole["nominal"], whole["without_nominal"]) == ("6700.1", 1)
    assert (whole["claims"], whole["figures"]) == (3, 3)
    assert whole["without_figure"] == {"count": 1, "items": ["apr"]}
    assert (found["against"], found["left_out"], found["overlaps"]["count"]) == (["no"], [], 0)
    strict = total(fresh, policy="strict", period__overlaps="2024-01/2024-02")
    assert strict["total"]["bounds"] == {"lower": "0.1", "lower_inclusive": True, "upper": None}
    closed = total(fresh, period__overlaps="2024-01/2024-02")["total"]["bounds"]
    assert (closed["lower"], closed["upper"]) == ("6500.1", "6900.1")


def test_sums_are_exact_and_of_the_groups_asked_for(fresh: httpx.Client) -> None:
    many = [
        {"id": f"c{n}", "period": f"2024-{n % 3 + 1:02}", "value": "0.1",
         "dimensions": {"side": "left" if n % 2 else "right"}}
        for n in range(12)
    ]  # fmt: skip
    given(fresh, *many, {"id": "big", "period": "2023", "value": "9" * 40},
          accumulation="incident")  # fmt: skip
    found = total(fresh, by="period,dim.side")
    assert found["by"] == ["period", "dim.side"]
    assert found["total"]["nominal"] == "1" + "0" * 40 + ".2"
    cells = [(g["group"]["period"], g["group"]["dim.side"], g["nominal"]) for g in found["groups"]]
    assert cells[0] == ("2023", None, "9" * 40)
    assert cells[1:] == [
        (f"2024-{n:02}", side, "0.2") for n in (1, 2, 3) for side in ("left", "right")
    ]


def test_a_number_is_one_group_however_it_is_written(fresh: httpx.Client) -> None:
    spelt = (152, "152.0", "1.52E+2", "152.00")
    many = [
        {"id": f"c{n}", "period": f"2024-{n + 1:02}", "value": "1", "dimensions": {"mm": one}}
        for n, one in enumerate(spelt)
    ]
    given(fresh, *many, accumulation="incident")
    found = total(fresh, by="dim.mm")["groups"]
    assert [(one["group"], one["nominal"]) for one in found] == [({"dim.mm": "152"}, "4")]


def test_a_period_is_one_group_however_it_is_written(fresh: httpx.Client) -> None:
    days = ("2024-01-01/2024-01-31", "2024-01", "2024-01~", None)
    given(
        fresh,
        *({"period": day, "value": "1", "dimensions": {"n": n}} for n, day in enumerate(days)),
        accumulation="incident",
    )
    groups = total(fresh, by="period")["groups"]
    told = [(one["group"]["period"], one["nominal"]) for one in groups]
    assert told == [("2024-01", "2"), ("2024-01~", "1"), (None, "1")]


def test_one_of_several_alternatives_is_added_only_where_all_of_them_are_found(
    fresh: httpx.Client,
) -> None:
    either = [{"measure": "m", "value": "9", "slot": 1, "dimensions": {"mm": 152}},
              {"measure": "m", "value": "3", "slot": 1, "alternative": 2,
               "dimensions": {"mm": 122}}]  # fmt: skip
    given(
        fresh,
        {"id": "either", "period": "2024-01", "quantities": either, "alternative_mode": "or",
         "measure": None},
        {"id": "plain", "period": "2024-02", "value": "5", "dimensions": {"mm": "152.0"}},
        accumulation="incident",
    )  # fmt: skip
    whole = total(fresh)
    assert (whole["total"]["bounds"]["lower"], whole["total"]["bounds"]["upper"]) == ("8", "14")
    assert whole["left_out"] == []
    some = total(fresh, **{"dim.mm": "152"})
    assert (some["total"]["claims"], some["total"]["nominal"]) == (1, "5")
    assert some["left_out"] == [
        {"claim": "either",
         "reason": "its source says this or something else, which the filters do not find"}
    ]  # fmt: skip
    parts = total(fresh, by="dim.mm")
    assert [(one["group"], one["nominal"]) for one in parts["groups"]] == [({"dim.mm": "152"}, "5")]
    assert parts["left_out"] == [
        {"claim": "either", "reason": "its alternatives differ in dim.mm"}
    ]  # fmt: skip


def test_periods_that_share_days_are_named(fresh: httpx.Client) -> None:
    given(
        fresh,
        {"id": "year", "period": "2024", "value": "5"},
        {"id": "may", "period": "2024-05", "value": "2"},
        {"id": "elsewhere", "period": "2024-05", "value": "2", "dimensions": {"where": "north"}},
        accumulation="incident",
    )
    found = total(fresh)
    assert found["total"]["nominal"] == "9"
    (pair,) = found["overlaps"]["items"]
    assert (pair["one"], pair["other"]) == ("year", "may")
    assert pair["reason"] == "year (2024) and may (May 2024) share days"
    assert len(found["warnings"]) == 2


@pytest.mark.parametrize(
    ("period", "policy", "named"),
    [
        ("2024-02/2024-12", "convention", False),
        ("2023-12/2024-12", "convention", True),
        ("../2024-05", "convention", True),
        ("/2024-05", "convention", True),
        ("2024-01/", "convention", True),
        ("2023-11/..", "convention", True),
        ("2024-21/2024-12", "convention", False),
        ("2024-21/2024-12", "strict", True),
        (None, "strict", False),
    ],
)
def test_a_period_shares_the_days_from_wherever_it_may_have_begun(
    fresh: httpx.Client, period: str | None, policy: str, named: bool
) -> None:
    given(
        fresh,
        {"id": "jan", "period": "2024-01", "value": "5"},
        {"id": "longer", "period": period, "stated": "2024-12", "value": "7"},
        accumulation="incident",
    )
    assert total(fresh, policy=policy)["overlaps"]["count"] == named


def test_what_was_counted_up_to_a_day_is_not_added_to_what_another_counted_before_it(
    fresh: httpx.Client,
) -> None:
    people(fresh)
    given(
        fresh,
        {"id": "jan", "period": "2024-01", "value": "5"},
        {"id": "bobs", "period": "../2024-05", "value": "7", "claimant": "bob"},
        accumulation="incident",
    )
    assert refused(fresh)[0] == "several_voices"


def test_what_one_claim_counts_in_several_slots_is_added_whatever_their_order(
    fresh: httpx.Client,
) -> None:
    parts = [
        {"measure": "m", "slot": 1, "alternative": 1, "value": "9"},
        {"measure": "m", "slot": 2, "value": "20"},
        {"measure": "m", "slot": 1, "alternative": 2, "value": "3"},
    ]
    several = {"id": "several", "quantities": parts, "alternative_mode": "or", "measure": None}
    given(fresh, several, accumulation="incident")
    whole = total(fresh)["total"]
    assert (whole["bounds"]["lower"], whole["bounds"]["upper"]) == ("23", "29")
    assert (whole["claims"], whole["figures"], whole["nominal"]) == (1, 2, "20")


def test_voices_are_added_in_one_document_and_refused_in_several(fresh: httpx.Client) -> None:
    people(fresh)
    given(
        fresh,
        {"id": "a", "period": "2024-01", "value": "5"},
        {"id": "b", "period": "2024-02", "value": "6", "claimant": "bob"},
        {"id": "c", "period": "2024-03", "value": "7", "claimant": "bob", "document": "paper"},
        accumulation="incident",
    )
    assert "of 2 claimants in 2 documents" in refused(fresh)[1]
    assert total(fresh, document="doc")["total"]["nominal"] == "11"
    groups = total(fresh, by="document")["groups"]
    assert [(one["group"], one["nominal"]) for one in groups] == [
        ({"document": "doc"}, "11"), ({"document": "paper"}, "7"),
    ]  # fmt: skip


def test_who_tells_what_others_say_together_is_the_voice_that_is_added(
    fresh: httpx.Client,
) -> None:
    people(fresh)
    fresh.post("/v1/sources", json={"id": "cat", "name": "Cat"})
    chain = [{"source": "paper", "role": "document", "position": 0},
             {"source": "ann", "role": "speaker", "position": 1},
             {"source": "bob", "role": "originator", "position": 2},
             {"source": "cat", "role": "originator", "position": 2}]  # fmt: skip
    given(
        fresh,
        {"id": "own", "period": "2024-01", "value": "5"},
        {"id": "told", "document": "paper", "attributions": chain, "period": "2024-02",
         "value": "6"},
        accumulation="incident",
    )  # fmt: skip
    assert total(fresh)["total"]["nominal"] == "11"


def test_what_was_corrected_later_was_added_before(fresh: httpx.Client) -> None:
    given(
        fresh,
        {"id": "a", "period": "2024-01", "value": "41"},
        {"id": "b", "period": "2024-02", "value": "42"},
        accumulation="incident",
    )
    before = fresh.get("/v1/claims/b").json()["recorded_at"]
    corrects = {"relations": [{"predicate": "corrects", "object": "a"}]}
    assert fresh.patch("/v1/claims/b", json=corrects, headers={"If-Match": "*"}).status_code == 200
    assert total(fresh)["total"]["nominal"] == "42"
    then = total(fresh, as_of=before)
    assert (then["total"]["nominal"], then["left_out"]) == ("83", [])


@pytest.mark.parametrize("how", [{"polarity": "negative"}, {"speech_act": "retract"}])
@pytest.mark.parametrize("more", [{}, {"value__gte": "1"}, {"value__gte": "1", "match": "certain"}])
def test_what_is_denied_is_told_apart_also_where_a_value_is_asked_for(
    fresh: httpx.Client, how: dict[str, str], more: dict[str, str]
) -> None:
    retracts = {"relations": [{"predicate": "retracts", "object": "a"}], **how}
    given(
        fresh,
        {"id": "a", "period": "2024-01", "value": "41"},
        {"id": "b", "period": "2024-01", "value": "41", **retracts},
        {"id": "c", "period": "2024-02", "value": "2"},
        accumulation="incident",
    )
    found = total(fresh, **more)
    assert (found["total"]["nominal"], found["against"]) == ("2", ["b"])
    assert [(one["claim"], one["by"]) for one in found["left_out"]] == [("a", "b")]
    series = told(fresh, "/v1/measures/m/series", **more)
    assert [one["claim"] for one in series["against"]] == ["b"]
    assert told(fresh, "/v1/measures/m/comparison", **more)["against"] == ["b"]
    assert told(fresh, "/v1/measures/m/corroboration", **more)["against"]["items"] == ["b"]


def test_a_measure_and_its_figures_are_what_they_were_at_the_moment(fresh: httpx.Client) -> None:
    given(fresh, {"id": "a", "value": "41", "dimensions": {"mm": 152}})
    before = fresh.get("/v1/claims/a").json()["recorded_at"]
    fresh.post("/v1/measures", json={"id": "other", "unit": "{thing}"})
    for path, sent in (
        ("/v1/measures/m", {"accumulation": "incident"}),
        ("/v1/claims/a", {"quantities": [{"measure": "m", "value": "41"}]}),
    ):
        answer = fresh.patch(path, json=sent, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
    assert total(fresh)["total"]["nominal"] == "41"
    assert refused(fresh, as_of=before)[0] == "not_additive"
    assert refused(fresh, by="dim.mm")[0] == "unknown_reference"
    series = told(fresh, "/v1/measures/m/series", group_by="dim.mm", as_of=before)
    assert [one["group"] for one in series["groups"]] == ["152"]
    assert series["assumptions"]["as_of"] == before
    sent = {"quantities": [{"measure": "other", "value": "41"}]}
    fresh.patch("/v1/claims/a", json=sent, headers={"If-Match": "*"}).raise_for_status()
    assert refused(fresh)[0] == "no_figures"
    assert told(fresh, "/v1/measures/m/series", group_by="dim.mm", as_of=before) == series
    assert refused(fresh, measure="other", as_of=before)[0] == "unknown_reference"


def test_what_was_corrected_by_way_of_another_claim_is_left_out_of_its_moment_alone(
    fresh: httpx.Client,
) -> None:
    fresh.post("/v1/measures", json={"id": "other", "unit": "{thing}"})
    given(
        fresh,
        {"id": "first", "period": "2024-01", "value": "5"},
        {"id": "between", "measure": "other", "value": "1",
         "relations": [{"predicate": "revises", "object": "first"}]},
        {"id": "last", "period": "2024-01", "value": "6",
         "relations": [{"predicate": "corrects", "object": "between"}]},
        accumulation="incident",
    )  # fmt: skip
    before = fresh.get("/v1/claims/last").json()["recorded_at"]
    answer = fresh.patch("/v1/claims/last", json={"relations": None}, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    then = total(fresh, as_of=before)
    assert (then["total"]["nominal"], len(then["left_out"])) == ("6", 1)
    assert (then["left_out"][0]["claim"], then["left_out"][0]["by"]) == ("first", "last")
    now = total(fresh)
    assert (now["total"]["nominal"], now["left_out"]) == ("11", [])
    (pair,) = told(fresh, "/v1/measures/m/comparison", as_of=before)["pairs"]
    assert "6 (Ann, January 2024) takes the place, by way of other claims, of" in pair["reason"]
    (pair,) = told(fresh, "/v1/measures/m/comparison")["pairs"]
    assert "by way of" not in pair["reason"]


def test_days_that_are_counted_twice_are_named_however_the_dimension_is_written(
    fresh: httpx.Client,
) -> None:
    given(
        fresh,
        {"id": "year", "period": "2024", "value": "5", "dimensions": {"mm": 152}},
        {"id": "may", "period": "2024-05", "value": "2", "dimensions": {"mm": "152.0"}},
        {"id": "june", "period": "2024-06", "value": "2", "dimensions": {"mm": "122"}},
        accumulation="incident",
    )
    pairs = [(pair["one"], pair["other"]) for pair in total(fresh)["overlaps"]["items"]]
    assert pairs == [("year", "may")]


def test_what_was_corrected_and_what_has_another_unit_is_left_out_and_named(
    fresh: httpx.Client,
) -> None:
    corrects = [{"predicate": "corrects", "object": "a"}]
    given(
        fresh,
        {"id": "a", "period": "2024-01", "value": "41"},
        {"id": "b", "period": "2024-01", "value": "42", "relations": corrects},
        {"id": "c", "period": "2024-02", "value": "3", "unit": "t"},
        accumulation="incident",
    )
    found = total(fresh)
    assert found["total"]["nominal"] == "42"
    assert [(one["claim"], one.get("by")) for one in found["left_out"]] == [("a", "b"), ("c", None)]


def test_what_was_corrected_by_way_of_a_claim_that_is_not_found_is_left_out(
    fresh: httpx.Client,
) -> None:
    by = {id: [{"predicate": "supersedes", "object": id}] for id in "ab"}
    given(
        fresh,
        {"id": "a", "stated": "2024-03", "period": "2024-01", "value": "41"},
        {"id": "b", "stated": "2025-03", "period": "2024-01", "value": "42", "relations": by["a"]},
        {"id": "c", "stated": "2024-05", "period": "2024-01", "value": "43", "relations": by["b"]},
        accumulation="incident",
    )
    found = total(fresh, stated__lt="2025")
    assert found["total"]["nominal"] == "43"
    assert [(one["claim"], one["by"]) for one in found["left_out"]] == [("a", "c")]
    every = total(fresh)
    assert [(one["claim"], one["by"]) for one in every["left_out"]] == [("a", "b"), ("b", "c")]
    assert total(fresh, stated="2024-03")["total"]["nominal"] == "41"


def test_alternatives_and_readings_count_as_far_as_they_reach(fresh: httpx.Client) -> None:
    ways = [
        {"measure": "m", "value": "5", "slot": 1},
        {"measure": "m", "value": "9", "slot": 1, "alternative": 2},
    ]
    given(
        fresh,
        {"id": "a", "measure": None, "period": "2024-01", "alternative_mode": "or",
         "quantities": ways},
        {"id": "b", "period": "2024-02", "value": "1"},
        accumulation="incident",
    )  # fmt: skip
    whole = total(fresh)["total"]
    assert (whole["bounds"]["lower"], whole["bounds"]["upper"]) == ("6", "10")
    assert (whole["nominal"], whole["without_nominal"]) == ("1", 1)


@ONE_ENGINE
@pytest.mark.parametrize(
    ("measure", "why"),
    [
        ({"accumulation": "cumulative"}, "a running total holds"),
        ({"accumulation": "stock"}, "is there again at the next"),
        ({"accumulation": "none"}, "`accumulation` to incident"),
        ({"accumulation": "incident", "statistic": "rate"}, "a rate is not added"),
    ],
)
def test_what_does_not_add_up_is_refused_with_the_reason(
    fresh: httpx.Client, measure: dict[str, Any], why: str
) -> None:
    given(fresh, {"value": "1"}, **measure)
    code, detail = refused(fresh)
    assert code == "not_additive"
    assert why in detail


def test_several_voices_are_not_added_up(fresh: httpx.Client) -> None:
    people(fresh)
    given(
        fresh,
        {"id": "a", "period": "2024-01", "value": "5"},
        {"id": "b", "period": "2024-01", "value": "6", "claimant": "bob"},
        {"id": "c", "period": "2024-02", "value": "7", "claimant": "bob", "document": "paper"},
        accumulation="incident",
    )
    assert refused(fresh)[0] == "several_voices"
    assert "a and b may count the same" in refused(fresh, document="doc")[1]
    assert total(fresh, claimant="bob")["total"]["nominal"] == "13"
    found = total(fresh, by="claimant")
    assert found["total"] is None
    assert [(g["group"]["claimant"], g["nominal"]) for g in found["groups"]] == [
        ("ann", "5"), ("bob", "13"),
    ]  # fmt: skip


@ONE_ENGINE
@pytest.mark.parametrize("asked", [
    {"by": ",".join(f"dim.n{n}" for n in range(11))}, {"measure": ""},
    {"by": "mood"}, {"by": "dim.nothing"}, {"by": ""}, {"measure": "nothing"}, {"sort": "id"},
    {"measure": "No"}, {"by": "dim.NAME"}, {"clamant": "ann"},
])  # fmt: skip
def test_a_broken_question_is_a_422(fresh: httpx.Client, asked: dict[str, str]) -> None:
    given(fresh, {"value": "1"}, accumulation="incident")
    assert refused(fresh, **asked)


def test_a_total_of_nothing_is_nothing(fresh: httpx.Client) -> None:
    given(fresh, {"value": "1"}, accumulation="incident")
    whole = total(fresh, stated="1999", match="certain")["total"]
    assert (whole["bounds"], whole["nominal"]) == ({"lower": None, "upper": None}, None)
