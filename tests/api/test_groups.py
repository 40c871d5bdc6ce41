"""What a series is grouped by: who said it, together or not at all; roots, dimensions, nothing."""

from typing import Any

import httpx
import pytest

from tests.api.test_analysis import given, told
from tests.conftest import ONE_ENGINE

SERIES = "/v1/measures/m/series"


def papers(client: httpx.Client) -> None:
    """Two papers and two ministries, of which one is known to belong to a government."""
    for id in ("red-paper", "blue-paper"):
        client.post("/v1/sources", json={"id": id, "name": id, "kind": "article"})
    client.post("/v1/sources", json={"id": "government", "name": "G", "is_root": True})
    for id, more in (("mina", {"affiliation": "government"}), ("bela", {})):
        client.post("/v1/sources", json={"id": id, "name": id, **more})


def groups(client: httpx.Client, **asked: Any) -> list[tuple[Any, list[str]]]:
    """Each group (but for its points), and the claims in it."""
    return [
        (
            {name: value for name, value in one.items() if name != "points"},
            [point["claim"] for point in one["points"]],
        )
        for one in told(client, SERIES, **asked)["groups"]
    ]


def joint(*sources: str) -> dict[str, Any]:
    """A claim that several make together."""
    ends = [{"source": one, "role": "originator", "position": 1} for one in sources]
    chain = [{"source": "doc", "role": "document", "position": 0}, *ends]
    return {"claimant": None, "attributions": chain}


def test_claims_that_name_nobody_are_no_series_across_documents(fresh: httpx.Client) -> None:
    papers(fresh)
    nobody = {"claimant": None}
    given(
        fresh,
        nobody | {"id": "a", "document": "red-paper", "stated": "2024-01", "value": "900"},
        nobody | {"id": "b", "document": "blue-paper", "stated": "2024-02", "value": "500"},
        nobody | {"id": "c", "document": "blue-paper", "stated": "2024-03", "value": "700"},
    )
    for by in ("claimant", "origin", "origin_root"):
        assert groups(fresh, group_by=by) == [
            ({"group": None, "document": "blue-paper"}, ["b", "c"]),
            ({"group": None, "document": "red-paper"}, ["a"]),
        ]
    steps = [p["step"] for g in told(fresh, SERIES)["groups"] for p in g["points"]]
    assert steps == [None, "update", None]


def test_joint_claimants_are_what_they_are_together(fresh: httpx.Client) -> None:
    papers(fresh)
    given(
        fresh,
        joint("mina", "bela") | {"id": "both", "stated": "2024-01", "value": "9"},
        joint("bela", "mina") | {"id": "again", "stated": "2024-02", "value": "9"},
        joint("mina") | {"id": "one", "stated": "2024-01", "value": "5"},
        {"id": "alone", "claimant": "mina", "stated": "2024-03", "value": "6"},
        joint("mina", "ann") | {"id": "others", "claimant": "ann", "value": "2"},
    )
    for by in ("claimant", "origin"):
        assert groups(fresh, group_by=by) == [
            ({"group": "ann+mina", "members": ["ann", "mina"]}, ["others"]),
            ({"group": "bela+mina", "members": ["bela", "mina"]}, ["both", "again"]),
            ({"group": "mina"}, ["one", "alone"]),
        ]


def test_a_claimant_before_several_origins_is_a_voice_alone(fresh: httpx.Client) -> None:
    papers(fresh)
    told_by = joint("mina", "bela")["attributions"]
    chain = [told_by[0], {"source": "ann", "role": "speaker", "position": 1}]
    chain += [hop | {"position": 2} for hop in told_by[1:]]
    given(
        fresh,
        {"id": "told", "claimant": "ann", "attributions": chain, "stated": "2024", "value": "9"},
        {"id": "later", "claimant": "ann", "stated": "2024", "value": "7"},
        joint("mina", "bela") | {"id": "both", "stated": "2024", "value": "5"},
    )
    both = {"group": "bela+mina", "members": ["bela", "mina"]}
    assert groups(fresh) == [({"group": "ann"}, ["later", "told"]), (both, ["both"])]
    assert groups(fresh, group_by="origin")[1] == (both, ["both", "told"])
    pairs = told(fresh, "/v1/measures/m/comparison")["pairs"]
    assert [one["same_claimant"] for one in pairs] == [False, False, True]


def test_origins_of_one_root_are_one_group_and_an_unknown_root_is_nobody_elses(
    fresh: httpx.Client,
) -> None:
    papers(fresh)
    given(
        fresh,
        {"id": "a", "claimant": "mina", "value": "1"},
        {"id": "b", "claimant": "government", "value": "2"},
        {"id": "c", "claimant": "bela", "value": "3"},
        joint("mina", "government") | {"id": "d", "value": "4"},
        joint("mina", "bela") | {"id": "e", "value": "5"},
    )
    assert groups(fresh, group_by="origin_root") == [
        ({"group": "bela"}, ["c"]),
        ({"group": "bela+government", "members": ["bela", "government"]}, ["e"]),
        ({"group": "government"}, ["a", "b", "d"]),
    ]
    before = told(fresh, SERIES)["assumptions"]["as_of"]
    sent = {"affiliation": "government"}
    fresh.patch("/v1/sources/bela", json=sent, headers={"If-Match": "*"})
    assert [claims for _, claims in groups(fresh, group_by="origin_root")] == [list("abcde")]
    assert len(groups(fresh, group_by="origin_root", as_of=before)) == 3


WRITTEN = ["north", "152", 'a "b" \\ \U0001f98a', " = +", "ñ"]


@pytest.mark.parametrize(("by", "field"), [("dim", "dimensions"), ("attr", "attributes")])
def test_figures_are_grouped_by_what_they_say_of_themselves(
    fresh: httpx.Client, by: str, field: str
) -> None:
    given(
        fresh,
        *({"id": f"c{n}", field: {"where": one}, "value": "1"} for n, one in enumerate(WRITTEN)),
        {"id": "number", field: {"where": 152}, "value": "1", "stated": "2024"},
        {"id": "spelt", field: {"where": "152.0"}, "value": "1", "stated": "2025"},
        {"id": "without", field: {"other": 1}, "value": "1"},
    )
    found = groups(fresh, group_by=f"{by}.where")
    assert found[0] == ({"group": None}, ["without"])
    assert {one["group"] for one, _ in found[1:]} == set(WRITTEN)
    assert next(ids for one, ids in found if one["group"] == "152") == ["c1", "number", "spelt"]
    walked, page = [], told(fresh, SERIES, group_by=f"{by}.where", limit=1)
    while True:
        walked += [p["claim"] for g in page["groups"] for p in g["points"]]
        if not page["next"]:
            break
        page = told(fresh, page["next"])
    assert walked == [id for _, ids in found for id in ids]


def test_without_groups_every_figure_is_in_one(fresh: httpx.Client) -> None:
    given(
        fresh,
        {"id": "a", "stated": "2024-01", "value": "3"},
        {"id": "b", "claimant": None, "stated": "2024-02", "value": "2"},
    )
    assert groups(fresh, group_by="none") == [({"group": None}, ["a", "b"])]
    (whole,) = told(fresh, SERIES, group_by="none")["groups"]
    assert [point["step"] for point in whole["points"]] == [None, "decrease"]


@ONE_ENGINE
@pytest.mark.parametrize(
    "by", ["dim.contry", "attr.where", "dim.NAME", "dim.", "dim.a__gte", "root"]
)
def test_a_group_that_no_figure_has_is_refused(fresh: httpx.Client, by: str) -> None:
    given(fresh, {"dimensions": {"where": 1}, "value": "1"})
    answer = fresh.get(SERIES, params={"group_by": by})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "group_by")
