"""Writing: small claims come back whole, nothing is overwritten, and the past still answers."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.config import Settings
from tests.conftest import ONE_ENGINE, Serve, Server, Templates

MINIMAL: dict[str, Any] = {
    "claimant": "shin-won-sik",
    "document": "daily-digest-article",
    "via": ["ap"],
    "stated": "2024-03",
    "measure": "containers.prk-rus",
    "raw_text": "upwards of 7,000",
}
ENGLISH = {"id": "northern-words", "document": "daily-digest-article"}


@pytest.fixture(scope="module")
def added_to(templates: Templates) -> Iterator[httpx.Client]:
    """The seed, for tests that each add what no other looks for."""
    with Server(Settings(database_url=templates.copy(True))) as server, server.client() as client:
        yield client


def post(client: httpx.Client, claim: dict[str, Any], status: int = 201) -> dict[str, Any]:
    answer = client.post("/v1/claims", json=claim)
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def figure(client: httpx.Client, **sent: Any) -> dict[str, Any]:
    """One figure, sent flat, as it comes back."""
    claim = post(client, {**ENGLISH, "id": f"figure-{abs(hash(str(sent)))}", **sent})
    again = client.get(f"/v1/claims/{claim['id']}").json()
    assert again == {name: value for name, value in claim.items() if name != "similar"}
    figures: list[dict[str, Any]] = again["quantities"]
    return figures[0]


def test_the_minimal_claim_comes_back_whole(fresh: httpx.Client) -> None:
    answer = fresh.post("/v1/claims", json=MINIMAL)
    claim = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/claims/{claim['id']}"
    assert answer.headers["etag"] == '"1"'
    assert claim["id"].startswith("c-")
    assert len(claim["id"]) == 28
    assert [(hop["source"], hop["role"], hop["position"]) for hop in claim["attributions"]] == [
        ("daily-digest-article", "document", 0),
        ("ap", "relayer", 1),
        ("shin-won-sik", "originator", 2),
    ]
    (read,) = claim["quantities"]
    assert read == {
        "measure": "containers.prk-rus", "raw_text": "upwards of 7,000", "hedge": "more_than",
        "value": "7000", "lower": "7000", "lower_inclusive": False, "lower_basis": "entailed",
        "unit": "{container}", "slot": 1, "alternative": 1, "reading": "A",
        "lexicon_version": "en-4",
    }  # fmt: skip
    assert claim.pop("similar") == ["shin-2024-03-containers"]
    assert fresh.get(answer.headers["location"]).json() == claim


def test_the_same_content_sent_twice_is_one_claim(fresh: httpx.Client) -> None:
    first = post(fresh, MINIMAL)
    assert post(fresh, MINIMAL, 200) == first
    reordered = dict(reversed(MINIMAL.items()))
    assert post(fresh, reordered, 200) == first
    whole = {
        "claimant": "shin-won-sik", "document": "daily-digest-article", "stated": "2024-03",
        "attributions": [
            {"source": "daily-digest-article", "role": "document"},
            {"source": "ap", "role": "relayer"},
            {"source": "shin-won-sik", "role": "originator"},
        ],
        "quantities": [{"measure": "containers.prk-rus", "raw_text": "upwards of 7,000"}],
    }  # fmt: skip
    assert post(fresh, whole, 200) == first
    assert post(fresh, {**MINIMAL, "stated": "2024-04"})["id"] != first["id"]


def test_other_content_under_a_stored_id_is_a_conflict(fresh: httpx.Client) -> None:
    post(fresh, {**MINIMAL, "id": "mine"})
    assert post(fresh, {**MINIMAL, "id": "mine"}, 200)["version"] == 1
    refused = post(fresh, {**MINIMAL, "id": "mine", "stated": "2024"}, 409)
    assert refused["code"] == "conflict"


def test_a_phrase_that_cannot_be_read_is_refused_and_its_words_named(fresh: httpx.Client) -> None:
    refused = post(fresh, {**MINIMAL, "raw_text": "umpteen squillion containers"}, 422)
    (error,) = refused["errors"]
    assert error["pointer"] == "/raw_text"
    assert error["code"] == "unreadable_figure"
    assert "umpteen" in error["detail"]
    assert "squillion" in error["detail"]
    kept = {**MINIMAL, "raw_text": "umpteen squillion", "hedge": "vague"}
    assert post(fresh, kept)["quantities"][0]["hedge"] == "vague"


FORTY = "1234567890123456789012345678901234567890"


@pytest.mark.parametrize("digits", [FORTY, f"0.{FORTY}", f"-{FORTY}.10", "6.67430e-11", "1E+300"])
def test_a_figure_comes_back_digit_for_digit(added_to: httpx.Client, digits: str) -> None:
    measure = {"id": "anything", "unit": "1", "statistic": "amount"}
    assert added_to.post("/v1/measures", json=measure).is_success
    as_text = figure(added_to, measure="anything", value=digits)
    assert (as_text["value"], as_text["lower"], as_text["upper"]) == (digits, digits, digits)
    id = f"number-{digits.lower().replace('+', '')}"
    body = json.dumps({**ENGLISH, "id": id, "measure": "anything", "value": "@"})
    answer = added_to.post(
        "/v1/claims",
        content=body.replace('"@"', digits),
        headers={"content-type": "application/json"},
    )
    assert answer.json()["quantities"][0]["value"] == digits


def test_what_is_beyond_a_double_is_refused(fresh: httpx.Client) -> None:
    for value in ("1e301", "-1e999", "1e-301", "NaN", "0x10", "007", "1_000"):
        refused = post(fresh, {**ENGLISH, "measure": "containers.prk-rus", "value": value}, 422)
        assert refused["errors"][0]["pointer"] == "/value"


def test_a_claim_can_be_taken_back_whatever_its_document_has_become(fresh: httpx.Client) -> None:
    fresh.post("/v1/sources", json={"id": "paper", "name": "P", "kind": "article"})
    fresh.post("/v1/measures", json={"id": "m", "unit": "{x}"})
    post(fresh, {"id": "c", "document": "paper", "measure": "m", "value": "6"})
    any_tag = {"If-Match": "*"}
    person = fresh.patch("/v1/sources/paper", json={"kind": "person"}, headers=any_tag)
    assert person.json()["class"] == "agent"
    refused = fresh.patch("/v1/claims/c", json={"notes": "x"}, headers=any_tag)
    assert refused.json()["errors"][0]["code"] == "not_a_work"
    gone = fresh.delete("/v1/claims/c?reason=wrong", headers=any_tag)
    assert (gone.status_code, gone.json()["status"]) == (200, "withdrawn")


def test_sent_fields_win_and_a_difference_is_flagged(fresh: httpx.Client) -> None:
    sent = figure(fresh, measure="containers.prk-rus", raw_text="roughly 6,700", value="6800")
    assert sent["value"] == "6800"
    assert sent["flags"] == ["differs_from_lexicon"]
    odd = figure(fresh, measure="containers.prk-rus", value="5", lower="9")
    assert (odd["value"], odd["lower"]) == ("5", "9")
    assert "lower_above_value" in odd["flags"]


def test_with_an_older_lexicon_nothing_is_derived_again(fresh: httpx.Client) -> None:
    old = {"raw_text": "roughly 6,700", "value": "6800", "lexicon_version": "0"}
    sent = figure(fresh, measure="containers.prk-rus", **old)
    assert {name: sent.get(name) for name in ("value", "lower", "flags")} == {
        "value": "6800", "lower": None, "flags": None,
    }  # fmt: skip


def test_sources_and_measures_can_come_with_their_claim(serve: Serve) -> None:
    empty = serve(seeded=False)
    claim = {
        **MINIMAL,
        "included": {
            "sources": [
                {"id": "shin-won-sik", "name": "Shin Won-sik", "affiliation": "rok"},
                {"id": "rok", "name": "Republic of Korea", "kind": "government", "is_root": True},
                {"id": "ap", "name": "Associated Press"},
                {"id": "daily-digest-article", "name": "An article", "kind": "article"},
            ],
            "measures": [{"id": "containers.prk-rus", "unit": "{container}"}],
        },
    }
    post(empty, claim)
    assert empty.get("/v1/sources/rok").json()["class"] == "agent"
    assert empty.get("/v1/claims?claimant_root=rok").json()["items"][0]["match"] == "certain"


def test_a_claim_that_is_refused_leaves_nothing_of_what_it_included(serve: Serve) -> None:
    empty = serve(seeded=False)
    included = {"sources": [{"id": "daily-digest-article", "name": "A", "kind": "article"}]}
    refused = post(empty, {**MINIMAL, "included": included}, 422)
    assert {error["pointer"] for error in refused["errors"]} == {"/measure"}
    assert empty.get("/v1/sources").json()["items"] == []


def test_every_unknown_reference_is_named(fresh: httpx.Client) -> None:
    claim = {**MINIMAL, "claimant": "nobody", "via": ["ap", "noone"], "document": "nothing"}
    pointers = {error["pointer"] for error in post(fresh, claim, 422)["errors"]}
    assert pointers == {"/claimant", "/via/1", "/document"}


def test_a_change_needs_the_version_it_is_based_on(fresh: httpx.Client) -> None:
    path, note = "/v1/claims/shin-2024-03-containers", {"notes": "changed"}
    assert fresh.patch(path, json=note).status_code == 428
    assert fresh.patch(path, json=note, headers={"If-Match": '"9"'}).status_code == 412
    changed = fresh.patch(path, json=note, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert fresh.patch(path, json=note, headers={"If-Match": '"1"'}).status_code == 412
    assert fresh.delete(f"{path}?reason=x", headers={"If-Match": '"1"'}).status_code == 412


MATCHES = [
    ('"1"', 200), ('"7", "1"', 200), ('"7" , ,"1",', 200), ("*", 200), ('"a,b", "1"', 200),
    ('W/"1"', 412), ('W/"1", W/"2"', 412), ('W/"1", "1"', 200), ('w/"1"', 412), ("1", 412),
    ('*, "1"', 412), ('"2"', 412), ('"01"', 412), ('"1" "1"', 412), ('"1', 412), ("", 412),
]  # fmt: skip


@ONE_ENGINE
@pytest.mark.parametrize(("tag", "status"), MATCHES)
def test_if_match_is_compared_strongly(fresh: httpx.Client, tag: str, status: int) -> None:
    path, headers = "/v1/sources/reuters", {"If-Match": tag}
    answers = [
        fresh.patch(path, json={"country": "GB"}, headers=headers),
        fresh.put(path, json={"name": "Reuters"}, headers={"If-Match": tag.replace("1", "2")}),
        fresh.delete(f"{path}?reason=x", headers={"If-Match": tag.replace("1", "3")}),
    ]
    if status == 200:
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        return
    assert answers[0].status_code == 412
    assert '"1"' in answers[0].json()["detail"]  # what to send
    assert fresh.get(path).json()["version"] == 1


def test_a_weakened_tag_is_told_to_be_one(fresh: httpx.Client) -> None:
    path = "/v1/sources/reuters"
    refused = fresh.patch(path, json={"country": "GB"}, headers={"If-Match": 'W/"1"'}).json()
    assert refused["detail"].startswith("A weak ETag never matches If-Match. Send the strong one")


def test_conditions_on_several_lines_are_one_list(fresh: httpx.Client) -> None:
    path = "/v1/sources/reuters"
    lines = [("If-Match", '"7"'), ("If-Match", '"1"')]
    assert fresh.patch(path, json={"country": "GB"}, headers=lines).status_code == 200
    lines = [("If-None-Match", '"7"'), ("If-None-Match", 'W/"2"')]
    assert fresh.get(path, headers=lines).status_code == 304
    both = [("If-Match", '"2"'), ("If-None-Match", "*")]
    assert fresh.put(path, json={"name": "R"}, headers=both).status_code == 412


def test_what_has_no_etag_is_never_unchanged(fresh: httpx.Client) -> None:
    now = fresh.get("/v1/sources/reuters").json()["recorded_at"]
    for tag in ('"1"', "none", '""', "W/none"):
        headers = {"If-None-Match": tag}
        answer = fresh.get("/v1/sources/reuters", params={"as_of": now}, headers=headers)
        assert answer.status_code == 200


def test_a_change_that_changes_nothing_makes_no_version(fresh: httpx.Client) -> None:
    path = "/v1/claims/shin-2024-03-containers"
    same = {"cue": "reported"}
    assert fresh.patch(path, json=same, headers={"If-Match": "*"}).headers["etag"] == '"1"'
    whole = fresh.get(path).json()
    server = ("version", "recorded_at", "status", "content_hash")
    sent = {name: value for name, value in whole.items() if name not in server}
    assert fresh.put(path, json=sent, headers={"If-Match": '"1"'}).headers["etag"] == '"1"'


def test_before_a_change_the_past_answers_everywhere(fresh: httpx.Client) -> None:
    id = "shin-2024-03-containers"
    before = fresh.get(f"/v1/claims/{id}").json()
    newer = {"quantities": [{"measure": "containers.prk-rus", "raw_text": "about 8,000"}]}
    fresh.patch(f"/v1/claims/{id}", json=newer, headers={"If-Match": '"1"'})
    then, now = {"as_of": before["recorded_at"]}, dict[str, str]()
    expected = [(then, "more_than", 1), (now, "approximate", 2)]
    for asked, hedge, version in expected:
        item = fresh.get(f"/v1/claims/{id}", params=asked).json()
        assert (item["version"], item["quantities"][0]["hedge"]) == (version, hedge)
        rows = fresh.get("/v1/claims", params={**asked, "claimant": "shin-won-sik"}).json()["items"]
        assert [row["version"] for row in rows if row["id"] == id] == [version]
        figures = fresh.get("/v1/quantities", params={**asked, "stated": "2024-03"}).json()["items"]
        assert [row["hedge"] for row in figures if row["claim"] == id] == [hedge]
        facets = fresh.get(
            "/v1/facets", params={**asked, "by": "hedge", "measure": "containers.prk-rus"}
        ).json()["facets"]["hedge"]
        assert {one["value"]: one["count"] for one in facets}.get(hedge, 0) >= 1
        assert ("more_than" in {one["value"] for one in facets}) == (hedge == "more_than")
    revisions = fresh.get(f"/v1/claims/{id}/revisions").json()["items"]
    assert revisions[0] == {**before, "recorded_by": "sayso seed"}
    assert fresh.get(f"/v1/claims/{id}/revisions/1").json() == before


def test_the_future_is_not_answered(fresh: httpx.Client) -> None:
    for path in ("/v1/claims", "/v1/claims/shin-2024-03-containers", "/v1/quantities"):
        assert fresh.get(path, params={"as_of": "2999-01-01T00:00:00Z"}).status_code == 422


def test_before_the_first_write_there_was_nothing(fresh: httpx.Client) -> None:
    early = {"as_of": "2001-01-01T00:00:00+09:00"}
    assert fresh.get("/v1/claims", params=early).json()["items"] == []
    assert fresh.get("/v1/sources/reuters", params=early).status_code == 404


def test_what_is_withdrawn_leaves_the_lists_and_stays_on_record(fresh: httpx.Client) -> None:
    path = "/v1/claims/times-2024-10-faulty"
    assert fresh.delete(path, headers={"If-Match": '"1"'}).status_code == 422
    gone = fresh.delete(f"{path}?reason=not+a+figure", headers={"If-Match": '"1"'}).json()
    assert (gone["status"], gone["reason"], gone["version"]) == ("withdrawn", "not a figure", 2)
    assert fresh.get(path).json() == gone
    listed = {row["id"] for row in fresh.get("/v1/claims").json()["items"]}
    assert "times-2024-10-faulty" not in listed
    asked = fresh.get("/v1/claims?status=withdrawn").json()["items"]
    assert [row["id"] for row in asked] == ["times-2024-10-faulty"]


def test_put_creates_only_when_told_and_replaces_only_what_it_knows(fresh: httpx.Client) -> None:
    path, body = "/v1/sources/kyodo", {"name": "Kyodo News", "kind": "news_agency"}
    assert fresh.put(path, json=body).status_code == 428
    assert fresh.put(path, json=body, headers={"If-Match": "*"}).status_code == 404
    create = {"If-None-Match": "*"}
    assert fresh.put(path, json=body, headers=create).status_code == 201
    assert fresh.put(path, json=body, headers=create).status_code == 412
    renamed = fresh.put(path, json={**body, "name": "Kyodo"}, headers={"If-Match": '"1"'})
    assert (renamed.json()["name"], renamed.headers["etag"]) == ("Kyodo", '"2"')


def test_null_clears_a_field_and_a_list_is_replaced_whole(fresh: httpx.Client) -> None:
    path, tag = "/v1/sources/nis", {"If-Match": "*"}
    answer = fresh.patch(path, json={"country": None, "aliases": ["NIS"]}, headers=tag).json()
    assert "country" not in answer
    assert answer["aliases"] == ["NIS"]
    assert fresh.patch(path, json={"name": None}, headers=tag).status_code == 422


def test_a_claim_sent_flat_is_changed_flat(fresh: httpx.Client) -> None:
    sent = {**MINIMAL, "id": "flat", "dimensions": {"port": "Najin"}, "reading_note": "or so"}
    post(fresh, sent)
    path, tag = "/v1/claims/flat", {"If-Match": "*"}

    def changed(changes: dict[str, Any], status: int = 200) -> Any:
        answer = fresh.patch(path, json=changes, headers=tag)
        assert answer.status_code == status, answer.text
        return answer.json()["errors" if status == 422 else "quantities"]

    def as_posted(**figure: Any) -> Any:
        claim = {**sent, **figure, "id": f"as-{len(fresh.get('/v1/claims').json()['items'])}"}
        return post(fresh, claim)["quantities"]

    assert changed({"raw_text": "about 7,100"}) == as_posted(raw_text="about 7,100")
    (valued,) = changed({"value": "7200"})
    assert (valued["hedge"], valued["lower"], valued["upper"]) == ("approximate", "7000", "7400")
    assert valued["flags"] == ["differs_from_lexicon"]
    assert valued["dimensions"] == {"port": "Najin"}
    assert changed({"raw_text": None, "dimensions": {"port": None, "pier": 2}})[0] == {
        "measure": "containers.prk-rus", "hedge": "approximate", "value": "7200",
        "lower": "7000", "upper": "7400", "lower_inclusive": True, "upper_inclusive": True,
        "lower_basis": valued["lower_basis"], "upper_basis": valued["upper_basis"],
        "unit": "{container}", "slot": 1, "alternative": 1, "reading": "A",
        "dimensions": {"pier": 2}, "reading_note": "or so", "lexicon_version": "en-4",
    }  # fmt: skip
    assert changed({"raw_text": "umpteen squillion"}, 422)[0]["pointer"] == "/raw_text"
    assert changed({"value": "x"}, 422)[0]["pointer"] == "/value"
    assert changed({"measure": "nothing"}, 422)[0]["pointer"] == "/measure"
    assert changed({"measure": None}, 422)[0]["pointer"] == "/measure"


def test_another_measure_reads_the_wording_in_its_own_unit(fresh: httpx.Client) -> None:
    for id, unit in (("half.share", "1"), ("half.percent", "%")):
        measure = {"id": id, "unit": unit, "statistic": "share"}
        assert fresh.post("/v1/measures", json=measure).status_code == 201
    post(fresh, {**ENGLISH, "id": "flat", "measure": "half.share", "raw_text": "about 35%"})
    tag = {"If-Match": "*"}
    answer = fresh.patch("/v1/claims/flat", json={"measure": "half.percent"}, headers=tag).json()
    (found,) = answer["quantities"]
    assert (found["value"], found["unit"], found.get("flags")) == ("35", "%", None)


@pytest.mark.parametrize(
    ("resource", "sent", "change", "told"),
    [
        ("measures", {"unit": "1", "statistic": "share"}, {"unit": "%"},
         {"domain_min": "0", "domain_max": "100"}),
        ("measures", {"unit": "1", "statistic": "share"}, {"unit": "{part}"},
         {"domain_min": "0", "domain_max": None}),
        ("measures", {"unit": "EUR"}, {"statistic": "amount"}, {"domain_min": None}),
        ("measures", {"unit": "EUR", "statistic": "amount"}, {"statistic": "count"},
         {"domain_min": "0"}),
        ("measures", {"unit": "EUR"}, {"statistic": "amount", "domain_min": "0"},
         {"domain_min": "0"}),
        ("measures", {"unit": "EUR", "domain_min": "5"}, {"statistic": "amount"},
         {"domain_min": "5"}),
        ("measures", {"unit": "EUR"}, {"name": "Cost"}, {"domain_min": "0"}),
        ("sources", {"kind": "person"}, {"kind": "article"}, {"class": "work"}),
        ("sources", {"kind": "briefing"}, {"kind": "other"}, {"class": "agent"}),
        ("sources", {"kind": "statement", "class": "work"}, {"kind": "other"}, {"class": "work"}),
        ("sources", {"kind": "person"}, {"name": "B"}, {"class": "agent"}),
    ],
)  # fmt: skip
def test_what_follows_from_a_field_and_was_not_sent_follows_its_change(
    fresh: httpx.Client, resource: str, sent: dict[str, Any], change: dict[str, Any],
    told: dict[str, Any],
) -> None:  # fmt: skip
    made = fresh.post(f"/v1/{resource}", json={"id": "one", "name": "A", **sent})
    assert made.status_code == 201, made.text
    changed = fresh.patch(f"/v1/{resource}/one", json=change, headers={"If-Match": '"1"'})
    assert changed.status_code == 200, changed.text
    assert {name: changed.json().get(name) for name in told} == told


def test_a_wording_that_moves_to_another_language_keeps_its_number_and_is_flagged(
    fresh: httpx.Client,
) -> None:
    for id, language in (("english", "en"), ("also-english", "en"), ("german", "de")):
        source = {"id": id, "name": id, "kind": "report", "language": language}
        assert fresh.post("/v1/sources", json=source).status_code == 201
    figures = [{"measure": "containers.prk-rus", "raw_text": text} for text in ("1,234", "50")]
    post(fresh, {"id": "moved", "document": "english", "quantities": figures})
    for document, flags, version in (
        ("also-english", [None, None], "en-4"), ("german", [["not_read"], None], "de-1"),
    ):  # fmt: skip
        changed = fresh.patch(
            "/v1/claims/moved", json={"document": document}, headers={"If-Match": "*"}
        )
        assert changed.status_code == 200, changed.text
        told = changed.json()["quantities"]
        assert [one["value"] for one in told] == ["1234", "50"]
        assert [one.get("flags") for one in told] == flags
        assert {one["lexicon_version"] for one in told} == {version}


def test_a_figure_stays_as_it_was_read_whatever_its_measure_becomes(fresh: httpx.Client) -> None:
    path, measure = "/v1/claims/shin-2024-03-containers", "/v1/measures/containers.prk-rus"
    any_version = {"If-Match": "*"}
    before = fresh.get(path).json()
    [was] = before["quantities"]
    assert "upper" not in was
    narrower = fresh.patch(measure, json={"domain_max": "6000"}, headers=any_version)
    assert narrower.status_code == 200
    for change in ({"notes": "x"}, {"reading_note": "y"}, {"dimensions": {"calibre_mm": 152}}):
        changed = fresh.patch(path, json=change, headers=any_version).json()
        was = {**was, **(change if "notes" not in change else {})}
        assert changed["quantities"] == [was]
    fresh.delete(f"{path}?reason=a+trial", headers=any_version)
    told = fresh.get(f"{path}/diff").json()["changes"]
    assert [one["pointer"] for one in told] == ["/status", "/reason"]
    parts = ("claimant", "document", "attributions", "quantities")
    whole = {name: changed[name] for name in parts}
    put = fresh.put(path, json=whole, headers=any_version).json()
    assert (put["status"], put["quantities"]) == ("active", [was])
    anew = fresh.patch(path, json={"raw_text": "upwards of 5,000"}, headers=any_version).json()
    assert anew["quantities"][0]["upper"] == "6000"
    wide = fresh.patch(path, json={"value": "7000"}, headers=any_version).json()
    assert "outside_domain" in wide["quantities"][0]["flags"]


@pytest.mark.parametrize(
    "more", [{"attributes": {"page": 2}}, {"dimensions": {"calibre_mm": 152}}, {"notes": "Moved."}]
)
def test_a_wording_that_moves_is_flagged_whatever_of_its_figure_changes_with_it(
    fresh: httpx.Client, more: dict[str, Any]
) -> None:
    german = {"id": "german", "name": "G", "kind": "report", "language": "de"}
    assert fresh.post("/v1/sources", json=german).status_code == 201
    post(fresh, {**MINIMAL, "id": "moved", "raw_text": "1,234"})
    changed = fresh.patch(
        "/v1/claims/moved", json={"document": "german", **more}, headers={"If-Match": "*"}
    )
    (told,) = changed.json()["quantities"]
    assert (told["value"], told.get("flags")) == ("1234", ["not_read"])
    assert told["lexicon_version"] == "de-1"


def test_relayers_are_changed_flat(fresh: httpx.Client) -> None:
    post(fresh, {**MINIMAL, "id": "flat"})
    changes, tag = {"via": ["reuters", "ap"], "raw_text": "8,000"}, {"If-Match": "*"}
    answer = fresh.patch("/v1/claims/flat", json=changes, headers=tag).json()
    assert [hop["source"] for hop in answer["attributions"]][1:] == [
        "reuters", "ap", "shin-won-sik",
    ]  # fmt: skip
    assert answer["quantities"][0]["value"] == "8000"


def test_which_of_several_figures_is_changed_has_to_be_said(fresh: httpx.Client) -> None:
    figure, tag = {"measure": "containers.prk-rus", "value": "5"}, {"If-Match": "*"}
    post(fresh, {**ENGLISH, "id": "two", "quantities": [figure, {**figure, "value": "6"}]})
    post(fresh, {**ENGLISH, "id": "none"})
    post(fresh, {**ENGLISH, "id": "one", **figure})
    for id, changes, pointer, said in (
        ("two", {"value": "7"}, "/value", "has 2 figures: send `quantities`"),
        ("none", {"value": "7"}, "/value", "has no figure: send `quantities`"),
        ("one", {"value": "7", "quantities": [figure]}, "/quantities", "not both"),
    ):
        answer = fresh.patch(f"/v1/claims/{id}", json=changes, headers=tag)
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == (pointer, "ambiguous")
        assert said in error["detail"]
        assert fresh.get(f"/v1/claims/{id}").json()["version"] == 1


def test_a_chain_that_was_spelled_out_follows_its_claimant(fresh: httpx.Client) -> None:
    claim = post(fresh, MINIMAL)
    changed = fresh.patch(
        f"/v1/claims/{claim['id']}", json={"claimant": "nis"}, headers={"If-Match": '"1"'}
    ).json()
    assert [hop["source"] for hop in changed["attributions"]][1:] == ["ap", "nis"]


def test_an_unchanged_resource_is_a_304(fresh: httpx.Client) -> None:
    path = "/v1/sources/reuters"
    tag = fresh.get(path).headers["etag"]
    again = fresh.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    fresh.patch(path, json={"country": "GB"}, headers={"If-Match": tag})
    assert fresh.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_assessments_are_added_and_never_overwritten(fresh: httpx.Client) -> None:
    judged = {"target": "sources/reuters", "assessor": "desk-a", "reliability": "A", "comment": "x"}
    first = fresh.post("/v1/assessments", json=judged)
    assert first.status_code == 201
    assert fresh.post("/v1/assessments", json=judged).status_code == 200
    other = {**judged, "assessor": "desk-b", "reliability": "C"}
    assert fresh.post("/v1/assessments", json=other).status_code == 201
    listed = fresh.get("/v1/assessments?target=sources/reuters").json()["items"]
    assert {(row["assessor"], row["reliability"]) for row in listed} == {
        ("desk-a", "A"), ("desk-b", "C"),
    }  # fmt: skip
    unknown = {**judged, "target": "claims/nothing"}
    assert fresh.post("/v1/assessments", json=unknown).status_code == 422
    path = f"/v1/assessments/{first.json()['id']}"
    gone = fresh.delete(f"{path}?reason=wrong&status=entered_in_error", headers={"If-Match": "*"})
    assert gone.json()["status"] == "entered_in_error"


SEARCHES = [
    ("북한", "북한이 상자 6,700개를 보냈다"),
    ("컨테이너", "그들이 컨테이너 6,700개를 보냈다"),
    ("кремль", "В Кремле ответили; КРЕМЛЬ отрицает"),
    ("الذخيرة", "وصلت الذخيرة إلى الميناء"),
    ("straße", "Die STRASSE nach Najin"),
    ("ｗｏｎｓａｎ", "through Wonsan port"),
    ("100% _sure", "is 100% _sure of it"),
]


@pytest.mark.parametrize(("word", "statement"), SEARCHES)
def test_a_search_finds_words_in_any_script(
    added_to: httpx.Client, word: str, statement: str
) -> None:
    claim = post(added_to, {**MINIMAL, "statement": statement})
    found = added_to.get("/v1/claims", params={"q": word}).json()["items"]
    assert [row["id"] for row in found] == [claim["id"]]


def test_the_inscription_is_found_in_the_notes_of_the_seed(fresh: httpx.Client) -> None:
    post(fresh, {**MINIMAL, "notes": "The lettering reads 방-122."})
    found = fresh.get("/v1/claims", params={"q": "방-122"}).json()["items"]
    assert {row["document"] for row in found} == {"daily-digest-article"}
    assert len(found) == 2
    assert fresh.get("/v1/sources", params={"q": "국가정보원"}).json()["items"][0]["id"] == "nis"
    assert fresh.get("/v1/claims", params={"q": "방"}).status_code == 422


def test_a_cursor_walk_keeps_to_the_moment_it_began(fresh: httpx.Client) -> None:
    first = fresh.get("/v1/claims?limit=5").json()
    post(fresh, {**MINIMAL, "id": "zzz-last"})
    fresh.delete("/v1/claims/times-2024-10-faulty?reason=x", headers={"If-Match": "*"})
    seen, page = [row["id"] for row in first["items"]], first
    while page["next"]:
        page = fresh.get(page["next"]).json()
        seen += [row["id"] for row in page["items"]]
    assert len(seen) == len(set(seen)) == 18
    assert "times-2024-10-faulty" in seen
    assert "zzz-last" not in seen


def test_nobody_writes_without_a_key(fresh: httpx.Client) -> None:
    with fresh.server.client(key=None) as client:  # type: ignore[attr-defined]
        for method, path in (
            ("POST", "/v1/claims"), ("PUT", "/v1/claims/x"), ("PATCH", "/v1/claims/x"),
            ("DELETE", "/v1/claims/x?reason=x"), ("POST", "/v1/sources"),
            ("POST", "/v1/assessments"), ("POST", "/v1/imports"),
        ):  # fmt: skip
            answer = client.request(method, path, json=MINIMAL)
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
            assert answer.headers["www-authenticate"].startswith("Bearer")


def test_of_very_many_faults_only_the_number_is_told(seeded: httpx.Client) -> None:
    figure = {"measure": "containers.prk-rus", **{f"wrong_{n}": 1 for n in range(11)}}
    sent = {"document": "daily-digest-article", "quantities": [figure] * 100}
    answer = seeded.post("/v1/claims", json=sent)
    assert (answer.status_code, answer.json()["errors"]) == (422, [])
    assert answer.json()["detail"].startswith("1100 rules broken, which are too many to list")
