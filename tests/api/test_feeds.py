"""Feeds: Atom as RFC 4287 and 5005 have it, and server-sent events that lose and repeat nothing."""

import json
import re
import time
from contextlib import ExitStack
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from app.api.event_stream import STREAMS_EACH
from app.store.change_feed import ARCHIVE
from tests.api.test_analysis import given
from tests.conftest import Serve
from tests.patience import until

CLAIM = "/v1/claims/shin-2024-03-containers"
ATOM = "{http://www.w3.org/2005/Atom}"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def feed(client: httpx.Client, url: str = "/v1/changes.atom", **asked: Any) -> ElementTree.Element:
    """A feed that was checked against the rules of RFC 4287."""
    answer = client.get(url, params=asked or None)
    assert answer.status_code == 200, answer.text
    root = ElementTree.fromstring(answer.content)
    assert root.tag == f"{ATOM}feed"
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    ids = []
    for one in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            found = one.findall(f"{ATOM}{name}")
            assert len(found) == 1, f"exactly one {name}"
            assert found[0].text
        assert INSTANT.fullmatch(text(one, "updated"))
        ids.append(text(one, "id"))
        kinds = [(link.get("rel"), link.get("type")) for link in one.findall(f"{ATOM}link")]
        assert len(kinds) == len(set(kinds))
        assert all(link.get("href", "").startswith("http") for link in one.findall(f"{ATOM}link"))
    assert len(ids) == len(set(ids))
    assert all(id.startswith("urn:uuid:") for id in ids)
    assert link(root, "self")
    return root


def text(one: ElementTree.Element, name: str) -> str:
    return one.findtext(f"{ATOM}{name}") or ""


def link(one: ElementTree.Element, rel: str) -> str | None:
    found = [each.get("href") for each in one.findall(f"{ATOM}link") if each.get("rel") == rel]
    return found[0] if found else None


def entries(root: ElementTree.Element) -> list[ElementTree.Element]:
    return root.findall(f"{ATOM}entry")


def test_an_entry_says_who_said_what_and_leads_to_the_page_and_the_version(
    fresh: httpx.Client,
) -> None:
    root = feed(fresh, measure="containers.prk-rus")
    assert len(entries(root)) == 5
    (march,) = [one for one in entries(root) if "upwards of 7,000" in text(one, "title")]
    assert "Shin Won-sik" in text(march, "title")
    assert "containers" in text(march, "title").lower()
    assert (link(march, "alternate") or "").endswith("/claims/shin-2024-03-containers")
    version = fresh.get(link(march, "via") or "").json()
    assert text(march, "updated") == version["recorded_at"]
    fresh.delete(CLAIM, params={"reason": "A <trial> & more."}, headers={"If-Match": "*"})
    later = entries(feed(fresh, measure="containers.prk-rus"))
    assert len(later) == 6
    assert "A <trial> & more." in text(later[0], "summary")
    assert text(later[0], "title") == f"{text(march, 'title')} (withdrawn: A <trial> & more)"
    possible = feed(fresh, measure="shells.capacity.prk-rus", modality="possible")
    assert all("(put as possible" in text(one, "title") for one in entries(possible))
    assert {text(one, "id") for one in entries(root)} < {text(one, "id") for one in later}


def test_a_filter_of_something_unknown_is_no_empty_feed(seeded: httpx.Client) -> None:
    answer = seeded.get("/v1/changes.atom", params={"measure": "containers.prk-ruz"})
    assert answer.status_code == 422
    assert "containers.prk-rus" in answer.json()["errors"][0]["detail"]


def test_a_feed_without_a_filter_leads_to_the_list_of_claims(seeded: httpx.Client) -> None:
    assert (link(feed(seeded), "alternate") or "").endswith("/claims")
    (asked,) = [link(feed(seeded, hedge="more_than"), "alternate") or ""]
    assert asked.endswith("/claims?hedge=more_than")
    assert seeded.get(asked, headers={"accept": "text/html"}).status_code == 200


@pytest.mark.parametrize("asked", [{}, {"measure": "containers.prk-rus"}])
def test_the_changes_are_a_feed_for_who_accepts_atom(
    seeded: httpx.Client, asked: dict[str, str]
) -> None:
    liked = {"accept": "application/atom+xml, application/json;q=0.5"}
    answer = seeded.get("/v1/changes", params=asked, headers=liked)
    assert answer.headers["content-type"] == "application/atom+xml"
    assert answer.headers["vary"] == "Accept"
    assert answer.content == seeded.get("/v1/changes.atom", params=asked).content
    for other in ("*/*", "application/json", "text/html", "application/atom+xml;q=0"):
        lines = seeded.get("/v1/changes", headers={"accept": other})
        assert lines.json()["items"]
        assert lines.headers["vary"] == "Accept"
    refused = seeded.get("/v1/changes", params={"since": 1}, headers=liked)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["parameter"] == "since"


def test_archives_hold_every_version_once(fresh: httpx.Client) -> None:
    sent = {"type": "claim", "document": "daily-digest-article", "claimant": "shin-won-sik",
            "measure": "containers.prk-rus"}  # fmt: skip
    lines = [json.dumps({**sent, "raw_text": f"{7_000 + n}"}) for n in range(3 * ARCHIVE)]
    body, kind = "\n".join(lines), {"Content-Type": "application/jsonl"}
    assert fresh.post("/v1/imports", content=body, headers=kind).json()["created"] == len(lines)
    for n in range(3):
        fresh.patch(CLAIM, json={"notes": f"Note {n}."}, headers={"If-Match": "*"})
    seen: list[str] = []
    address: str | None = "/v1/changes.atom"
    while address:
        root = feed(fresh, address)
        seen += [text(one, "id") for one in entries(root)]
        archived = root.find("{http://purl.org/syndication/history/1.0}archive") is not None
        assert archived == (address != "/v1/changes.atom")
        address = link(root, "prev-archive")
    changes = fresh.get("/v1/changes?limit=1000").json()["items"]
    claims = {(one["id"], one["version"]) for one in changes if one["resource"] == "claims"}
    assert len(claims) > 3 * ARCHIVE
    assert len(seen) == len(set(seen)) == len(claims)
    assert fresh.get("/v1/changes.atom?archive=9999").status_code == 404


@pytest.mark.parametrize(
    ("match", "versions"),
    [
        ("any", ["changed 1", "later 2", "maybe 1", "sure 1"]),
        ("certain", ["changed 1", "later 2", "sure 1"]),
        ("possible", ["maybe 1"]),
    ],
)
def test_a_feed_with_a_filter_is_of_the_versions_that_it_finds(
    fresh: httpx.Client, match: str, versions: list[str]
) -> None:
    given(
        fresh,
        {"id": "sure", "value": "7"},
        {"id": "maybe", "lower": "5"},
        {"id": "denied", "value": "7", "polarity": "negative"},
        {"id": "changed", "value": "8"},
        {"id": "later", "value": "3"},
    )
    for id, value in (("changed", "2"), ("later", "9")):
        sent = {"quantities": [{"measure": "m", "value": value}]}
        answer = fresh.patch(f"/v1/claims/{id}", json=sent, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
    assert found(feed(fresh, measure="m", value__gte="6", match=match)) == versions


def found(root: ElementTree.Element) -> list[str]:
    """The claims of a feed, each with the number of its version."""
    paths = [(link(one, "via") or "").split("/") for one in entries(root)]
    return sorted(f"{path[-3]} {path[-1]}" for path in paths)


def test_a_feed_knows_when_a_document_was_printed(fresh: httpx.Client) -> None:
    given(fresh, {"id": "of-doc", "value": "7"}, {"id": "own", "value": "8", "published": "2024"})
    fresh.patch("/v1/sources/doc", json={"date": "2023"}, headers={"If-Match": "*"})
    for year, versions in (("2023", ["of-doc 1"]), ("2024", ["own 1"])):
        assert found(feed(fresh, measure="m", published=year)) == versions


def events(answer: httpx.Response) -> list[tuple[int, dict[str, Any]]]:
    found = re.findall(r"id: (\d+)\nevent: change\ndata: (.*)\n\n", answer.text)
    return [(int(id), json.loads(data)) for id, data in found]


def test_a_stream_goes_on_behind_the_last_event_and_ends(fresh: httpx.Client) -> None:
    toml = {"content-type": "application/toml", "if-none-match": "*"}
    assert fresh.put("/v1/mappings/log", content=b"[file]", headers=toml).status_code == 201
    every = fresh.get("/v1/changes?limit=1000").json()["items"]
    assert every[-1]["resource"] == "mappings"
    answer = fresh.get("/v1/changes/stream?since=0")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert [id for id, _ in events(answer)] == [one["seq"] for one in every]
    assert [data for _, data in events(answer)] == every
    last = str(every[-3]["seq"])
    again = fresh.get("/v1/changes/stream?since=0", headers={"Last-Event-ID": last})
    assert [id for id, _ in events(again)] == [one["seq"] for one in every[-2:]]
    assert events(fresh.get("/v1/changes/stream")) == []


def test_a_stream_with_a_filter_has_what_the_feed_has(fresh: httpx.Client) -> None:
    asked: dict[str, Any] = {"since": 0, "measure": "containers.prk-rus"}
    answer = fresh.get("/v1/changes/stream", params=asked)
    assert len(events(answer)) == 5
    assert {data["resource"] for _, data in events(answer)} == {"claims"}


@pytest.mark.parametrize("last", ["x", "-1", "9" * 20])
def test_an_id_that_is_no_event_is_refused(seeded: httpx.Client, last: str) -> None:
    answer = seeded.get("/v1/changes/stream", headers={"Last-Event-ID": last})
    assert answer.status_code == 422


def test_a_stream_tells_of_a_write_while_it_is_open_and_ends_when_the_server_stops(
    serve: Serve,
) -> None:
    client = serve(stream_seconds=60)
    with client.server.client() as writer, client.stream("GET", "/v1/changes/stream") as answer:  # type: ignore[attr-defined]
        lines = answer.iter_lines()
        assert next(lines).startswith("retry")
        writer.patch(CLAIM, json={"notes": "Seen."}, headers={"If-Match": "*"})
        assert any(line.startswith("data:") and "shin-2024-03" in line for line in lines)
        began = time.monotonic()
        client.server.uvicorn.should_exit = True  # type: ignore[attr-defined]
        assert [line for line in lines if line.startswith("data")] == []
        assert time.monotonic() - began < 20


def test_streams_have_few_places_which_are_free_again_when_readers_are_gone(serve: Serve) -> None:
    client = serve(stream_seconds=60, stream_heartbeat_seconds=0.05)
    with ExitStack() as readers:
        for _ in range(STREAMS_EACH):
            answer = readers.enter_context(client.stream("GET", "/v1/changes/stream"))
            assert next(answer.iter_bytes()).startswith(b"retry")
        refused = client.get("/v1/changes/stream")
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert refused.headers["retry-after"] == "30"

    def has_a_place() -> bool:
        with client.stream("GET", "/v1/changes/stream") as answer:
            return answer.status_code == 200

    until(has_a_place)
