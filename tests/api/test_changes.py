"""The change feed: it knows its end, and proves that a consumer and the log share a past."""

from typing import Any

import httpx

START = "0" * 64


def fed(client: httpx.Client, **asked: Any) -> list[int]:
    """The numbers of the lines that are answered."""
    answer = client.get("/v1/changes", params={"limit": 1000, **asked})
    assert answer.status_code == 200, answer.text
    return [row["seq"] for row in answer.json()["items"]]


def test_until_is_the_last_line_that_is_told(seeded: httpx.Client) -> None:
    every = fed(seeded)
    assert fed(seeded, until=3) == [1, 2, 3]
    assert fed(seeded, since=3, until=4) == [4]
    assert fed(seeded, since=3, until=3) == []
    assert fed(seeded, until=0) == []
    assert fed(seeded, until=every[-1]) == every
    assert fed(seeded, until=every[-1] - 1) == every[:-1]


def test_the_end_of_the_log_is_no_error_and_beyond_it_is_one(seeded: httpx.Client) -> None:
    last = fed(seeded)[-1]
    assert fed(seeded, since=last) == []
    beyond = seeded.get("/v1/changes", params={"since": last + 1})
    assert (beyond.status_code, beyond.json()["code"]) == (409, "log_mismatch")
    assert "restored" in beyond.json()["detail"]


def test_a_hash_proves_that_the_consumer_and_the_log_share_a_past(seeded: httpx.Client) -> None:
    lines = seeded.get("/v1/changes?limit=1000").json()["items"]
    fourth, fifth = lines[3], lines[4]
    assert fed(seeded, since=4, hash=fourth["hash"])[0] == 5
    assert fed(seeded, since=0, hash=START)[0] == 1
    assert fed(seeded, since=lines[-1]["seq"], hash=lines[-1]["hash"]) == []
    for since, other in ((4, fifth["hash"]), (4, START), (0, fourth["hash"])):
        answer = seeded.get("/v1/changes", params={"since": since, "hash": other})
        assert (answer.status_code, answer.json()["code"]) == (409, "log_mismatch")
    unread = seeded.get("/v1/changes", params={"since": 4, "hash": "abc"})
    assert unread.status_code == 422
    assert unread.json()["errors"][0]["parameter"] == "hash"


def test_the_newest_lines_come_first_and_the_walk_back_meets_each_once(
    seeded: httpx.Client,
) -> None:
    every = fed(seeded)
    asked: dict[str, Any] = {"order": "newest", "limit": 20}
    seen: list[int] = []
    first = seeded.get("/v1/changes", params=asked).json()
    assert first["next_since"] == every[-1]
    while True:
        page = seeded.get("/v1/changes", params=asked).json()
        seen += [row["seq"] for row in page["items"]]
        if "next_until" not in page:
            break
        asked["until"] = page["next_until"]
    assert seen == every[::-1]
    bounded = seeded.get("/v1/changes?order=newest&since=3&until=5").json()
    assert [row["seq"] for row in bounded["items"]] == [5, 4]
    assert "next_until" not in bounded


def test_a_line_brings_the_version_that_it_wrote_as_it_was_then(fresh: httpx.Client) -> None:
    path = "/v1/claims/shin-2024-03-containers"
    before = fresh.get(path).json()
    fresh.patch(path, json={"notes": "Seen twice."}, headers={"If-Match": "*"})
    asked: dict[str, Any] = {"include": "resource", "limit": 1000}
    toml, anew = {"content-type": "application/toml"}, {"if-none-match": "*"}
    mapping = fresh.put("/v1/mappings/log", content=b"[file]", headers={**toml, **anew}).json()
    items = fresh.get("/v1/changes", params=asked).json()["items"]
    own = [row for row in items if row["id"] == before["id"]]
    assert [row["written"]["version"] for row in own] == [1, 2]
    assert own[0]["written"] == before
    assert own[1]["written"] == fresh.get(f"{path}/revisions/2").json()
    assert (items[-1]["resource"], items[-1]["id"]) == ("mappings", "log")
    assert items[-1]["written"] == mapping == fresh.get("/v1/mappings/log").json()
    assert all(("written" in row) == (row["resource"] != "keys") for row in items)
    assert "written" not in fresh.get("/v1/changes?limit=1").json()["items"][0]
