"""What changed between two versions: field by field, by whom, when, why."""

from typing import Any

import httpx
import pytest

from app.store import reads

CLAIM = "/v1/claims/shin-2024-03-containers"
FEBRUARY = "/v1/claims/shin-2024-02-26-shell-capacity"


def changed(client: httpx.Client, path: str, **fields: Any) -> None:
    answer = client.patch(path, json=fields, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text


def diff(client: httpx.Client, path: str, **asked: int) -> Any:
    answer = client.get(f"{path}/diff", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_new_wording_is_told_with_all_that_follows_from_it(fresh: httpx.Client) -> None:
    changed(fresh, CLAIM, raw_text="roughly 7,000")
    told = diff(fresh, CLAIM)
    assert (told["from"], told["to"]) == (1, 2)
    by_pointer = {one["pointer"]: one for one in told["changes"]}
    wording = by_pointer["/quantities/0/raw_text"]
    assert (wording["field"], wording["change"]) == ("raw_text", "changed")
    assert (wording["old"], wording["new"]) == ("upwards of 7,000", "roughly 7,000")
    assert wording["key"] == {"slot": 1, "alternative": 1, "reading": "A"}
    assert by_pointer["/quantities/0/hedge"]["new"] == "approximate"
    assert by_pointer["/quantities/0/upper"]["change"] == "added"
    assert not [pointer for pointer in by_pointer if not pointer.startswith("/quantities/0/")]


def test_each_version_on_the_way_says_who_when_and_why(fresh: httpx.Client) -> None:
    changed(fresh, CLAIM, notes="A first note.")
    fresh.delete(CLAIM, params={"reason": "A trial."}, headers={"If-Match": "*"})
    versions = diff(fresh, CLAIM, **{"from": 1, "to": 3})["versions"]
    assert [one["version"] for one in versions] == [1, 2, 3]
    assert [one["recorded_by"] for one in versions][1:] == ["tests", "tests"]
    assert versions[-1]["reason"] == "A trial."
    assert versions[0]["recorded_at"] < versions[1]["recorded_at"] < versions[2]["recorded_at"]
    last = diff(fresh, CLAIM)
    assert {(one["field"], one["new"]) for one in last["changes"]} == {
        ("status", "withdrawn"), ("reason", "A trial."),
    }  # fmt: skip


def test_parts_are_matched_by_what_they_are_not_by_their_place(fresh: httpx.Client) -> None:
    figures = fresh.get(FEBRUARY).json()["quantities"]
    left = [one for one in figures if one["alternative"] != 1]
    assert 0 < len(left) < len(figures)
    changed(fresh, FEBRUARY, quantities=left, alternative_mode="or")
    told = [one for one in diff(fresh, FEBRUARY)["changes"] if one["field"] == "quantities"]
    assert {one["change"] for one in told} == {"removed"}
    assert [one["old"] for one in told] == [one for one in figures if one["alternative"] == 1]
    back = diff(fresh, FEBRUARY, **{"from": 2, "to": 1})["changes"]
    assert {one["change"] for one in back if one["field"] == "quantities"} == {"added"}


def test_an_order_that_changed_is_one_change_and_so_is_each_name_of_a_dimension(
    fresh: httpx.Client,
) -> None:
    agency = "/v1/claims/dia-2024-08-containers"
    claim = fresh.get(agency).json()
    document, newsweek, given_to, report, origin = claim["attributions"]
    figures = [{**one, "dimensions": {"calibre_mm": 152}} for one in claim["quantities"]]
    changed(fresh, agency, quantities=figures)
    figures[0] = {**figures[0], "dimensions": {"calibre_mm": 122, "colour": "red"}}
    turned = [document, newsweek, report, given_to, origin]
    changed(fresh, agency, quantities=figures, attributions=turned)
    told = {one.pop("pointer"): one for one in diff(fresh, agency)["changes"]}
    order = told.pop("/attributions")
    assert (order["change"], "key" in order) == ("reordered", False)
    assert [hop["source"] for hop in order["old"]] == [
        hop["source"] for hop in claim["attributions"]
    ]
    assert [hop["source"] for hop in order["new"]] == [hop["source"] for hop in turned]
    at, key = "/quantities/0/dimensions", {"slot": 1, "alternative": 1, "reading": "A"}
    assert told == {
        f"{at}/calibre_mm": {
            "change": "changed", "field": "calibre_mm", "key": key, "old": 152, "new": 122,
        },
        f"{at}/colour": {"change": "added", "field": "colour", "key": key, "new": "red"},
    }  # fmt: skip


def test_of_a_long_text_it_is_told_which_words_changed(fresh: httpx.Client) -> None:
    old = "The minister told the broadcaster that the containers left by sea, in autumn."
    new = "The minister told the newspaper that the containers left by sea and by rail, in autumn."
    changed(fresh, CLAIM, statement=old)
    changed(fresh, CLAIM, statement=new)
    (told,) = diff(fresh, CLAIM)["changes"]
    words = told["words"]
    assert "".join(one["text"] for one in words if one["change"] != "added") == old
    assert "".join(one["text"] for one in words if one["change"] != "removed") == new
    assert [one["text"] for one in words if one["change"] == "removed"] == [" broadcaster"]
    assert [one["text"] for one in words if one["change"] == "added"] == [
        " newspaper", " and by rail",
    ]  # fmt: skip


def test_texts_that_share_nothing_are_told_whole_and_soon(fresh: httpx.Client) -> None:
    changed(fresh, CLAIM, notes=" ".join(f"a{n}" for n in range(3000)))
    changed(fresh, CLAIM, notes=" ".join(f"b{n}" for n in range(3000)))
    (told,) = diff(fresh, CLAIM)["changes"]
    assert "words" not in told
    assert told["old"].startswith("a0 a1")
    assert told["new"].startswith("b0 b1")


def test_of_a_first_version_everything_is_new(seeded: httpx.Client) -> None:
    told = diff(seeded, CLAIM)
    assert (told["from"], told["to"]) == (0, 1)
    assert {one["change"] for one in told["changes"]} == {"added"}
    assert "quantities" in {one["field"] for one in told["changes"]}


@pytest.mark.parametrize("path", ["/v1/sources/reuters", "/v1/measures/containers.prk-rus"])
def test_sources_and_measures_have_one_too(fresh: httpx.Client, path: str) -> None:
    changed(fresh, path, name="Another name")
    (told,) = diff(fresh, path)["changes"]
    assert (told["pointer"], told["new"]) == ("/name", "Another name")


def test_versions_that_are_not_there_are_refused_by_name(seeded: httpx.Client) -> None:
    answer = seeded.get(f"{CLAIM}/diff", params={"from": 1, "to": 7})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"detail": "the newest version is 1", "parameter": "to", "code": "invalid"}
    ]
    assert seeded.get("/v1/claims/nobody/diff").status_code == 404


def test_versions_that_are_very_far_apart_are_refused(
    fresh: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(fresh, CLAIM, notes="A first note.")
    changed(fresh, CLAIM, notes="A second note.")
    monkeypatch.setattr(reads, "MAX_VERSIONS", 2)
    assert diff(fresh, CLAIM)["to"] == 3
    answer = fresh.get(f"{CLAIM}/diff", params={"from": 1, "to": 3})
    assert (answer.status_code, "at most 2 versions apart" in answer.text) == (422, True)
