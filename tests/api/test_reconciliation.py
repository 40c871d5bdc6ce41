"""Reconciliation as OpenRefine asks it: manifest, batches, suggestions, previews, columns.

The shapes that answers are held to are those of the Reconciliation Service API 0.2, in our words.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx
import jsonschema
import pytest

from app.config import Settings
from tests.conftest import Serve, Server, Templates

TEXT = {"type": "string", "minLength": 1}
URL = {"type": "string", "pattern": "^https?://"}
TYPES = {
    "type": "array",
    "items": {"type": "object", "required": ["id", "name"],
              "properties": {"id": TEXT, "name": TEXT}},
}  # fmt: skip
SERVED = {"type": "object", "required": ["service_url"],
          "properties": {"service_url": URL, "service_path": {"type": "string"}}}  # fmt: skip
MANIFEST = {
    "type": "object",
    "required": ["versions", "name", "identifierSpace", "schemaSpace"],
    "properties": {
        "versions": {"type": "array", "contains": {"const": "0.2"}},
        "name": TEXT,
        "identifierSpace": {"type": "string", "format": "uri"},
        "schemaSpace": {"type": "string", "format": "uri"},
        "defaultTypes": TYPES,
        "view": {"type": "object", "required": ["url"],
                 "properties": {"url": {"type": "string", "pattern": r"\{\{id\}\}"}}},
        "preview": {"type": "object", "required": ["url", "width", "height"],
                    "properties": {"url": {"type": "string", "pattern": r"\{\{id\}\}"},
                                   "width": {"type": "integer"}, "height": {"type": "integer"}}},
        "suggest": {"type": "object", "additionalProperties": False,
                    "properties": dict.fromkeys(("entity", "type", "property"), SERVED)},
        "extend": {"type": "object", "required": ["propose_properties"],
                   "properties": {"propose_properties": SERVED,
                                  "property_settings": {"type": "array"}}},
    },
}  # fmt: skip
ANSWER = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "required": ["result"],
        "properties": {
            "result": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id", "name", "score"],
                    "properties": {
                        "id": TEXT, "name": TEXT, "type": TYPES, "score": {"type": "number"},
                        "match": {"type": "boolean"}, "description": {"type": "string"},
                    },
                },
            }
        },
    },
}  # fmt: skip
CELL = {
    "type": "object", "minProperties": 1, "additionalProperties": False,
    "properties": {"id": TEXT, "name": TEXT, "str": {"type": "string"},
                   "int": {"type": "integer"}, "float": {"type": "number"},
                   "date": {"type": "string"}, "bool": {"type": "boolean"}},
}  # fmt: skip
EXTENDED = {
    "type": "object",
    "required": ["meta", "rows"],
    "properties": {
        "meta": {"type": "array", "items": {"type": "object", "required": ["id", "name"]}},
        "rows": {"type": "object", "additionalProperties": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": CELL}}},
    },
}  # fmt: skip
SUGGESTED = {
    "type": "object",
    "required": ["result"],
    "properties": {"result": {"type": "array", "items": {
        "type": "object", "required": ["id", "name"],
        "properties": {"id": TEXT, "name": TEXT, "notable": TYPES}}}},
}  # fmt: skip
SOURCES = [
    {"id": "ana-ruiz", "name": "Ana Ruiz", "kind": "official", "country": "ES",
     "aliases": ["Gov. Ana Ruiz"]},
    {"id": "coast-post", "name": "The Coast Post", "kind": "newspaper"},
    {"id": "coast-post-radio", "name": "The Coast Post Radio", "kind": "broadcaster"},
    {"id": "j-doe-1", "name": "J Doe", "kind": "person"},
    {"id": "j-doe-2", "name": "J. Doe", "kind": "journalist", "aliases": ["J Doe"]},
    {"id": "log", "name": "Strike log", "kind": "dataset"},
    {"id": "quoted", "name": "Radio <Delta> & Sons", "kind": "broadcaster"},
]  # fmt: skip
MEASURE = {"id": "killed", "name": "people killed", "unit": "{person}", "domain_min": "0"}


def sent(client: httpx.Client, resource: str, **form: Any) -> httpx.Response:
    """A POST as OpenRefine's server makes it."""
    return client.post(
        f"/v1/reconcile/{resource}",
        data={name: json.dumps(one) for name, one in form.items()},
    )


def asked(client: httpx.Client, resource: str = "sources", **queries: Any) -> dict[str, Any]:
    answer = sent(client, resource, queries=queries)
    assert answer.status_code == 200, answer.text
    jsonschema.validate(answer.json(), ANSWER)
    return {key: one["result"] for key, one in answer.json().items()}


@pytest.fixture(scope="module")
def openrefine(templates: Templates) -> Iterator[httpx.Client]:
    """A caller without a key, of a server that has some names."""
    with (
        Server(Settings(database_url=templates.copy(False))) as server,
        server.client() as client,
        httpx.Client(base_url=client.base_url) as caller,
    ):
        for one in SOURCES:
            assert client.post("/v1/sources", json=one).status_code == 201
        assert client.post("/v1/measures", json=MEASURE).status_code == 201
        claim = {"id": "three", "document": "log", "measure": "killed", "value": "3"}
        assert client.post("/v1/claims", json=claim).status_code == 201
        yield caller


def test_openrefine_registers_the_service_and_follows_what_its_manifest_says(
    openrefine: httpx.Client,
) -> None:
    for resource, id in (("sources", "ana-ruiz"), ("measures", "killed")):
        manifest = openrefine.get(f"/v1/reconcile/{resource}").json()
        jsonschema.validate(manifest, MANIFEST)
        shown = openrefine.get(manifest["view"]["url"].replace("{{id}}", id))
        assert shown.status_code == 200, shown.text[-1500:]
        preview = openrefine.get(manifest["preview"]["url"].replace("{{id}}", id))
        assert preview.status_code == 200
        assert "frame-ancestors *" in preview.headers["content-security-policy"]
        for name, prefix in (("entity", "p"), ("type", ""), ("property", "na")):
            place = manifest["suggest"][name]
            found = openrefine.get(
                place["service_url"] + place["service_path"], params={"prefix": prefix}
            )
            jsonschema.validate(found.json(), SUGGESTED)
            assert found.json()["prefix"] == prefix
            assert found.json()["result"] or resource == "sources"
        place = manifest["extend"]["propose_properties"]
        listed = openrefine.get(place["service_url"] + place["service_path"], params={"limit": 3})
        assert len(listed.json()["properties"]) == 3


def test_a_batch_is_matched_by_name_and_alias_and_is_certain_of_one_alone(
    openrefine: httpx.Client,
) -> None:
    found = asked(
        openrefine,
        q0={"query": "ANA  ruiz"}, q1={"query": "gov. ana ruiz", "limit": 3},
        q2={"query": "Coast Post"}, q3={"query": "J Doe"}, q4={"query": "Nobody Here"},
        q5={"query": ""}, q6={"query": "The Coast Post", "type": "broadcaster"},
        q7={"query": "The Coast Post"},
    )  # fmt: skip
    short = {
        key: [(one["id"], one["score"], one["match"]) for one in some]
        for key, some in found.items()
    }
    assert short["q0"] == [("ana-ruiz", 100, True)]
    assert short["q1"] == [("ana-ruiz", 95, True)]
    assert short["q2"] == [("coast-post", 70, False), ("coast-post-radio", 70, False)]
    assert short["q3"] == [("j-doe-1", 100, False), ("j-doe-2", 95, False)]
    assert short["q4"] == short["q5"] == []
    assert short["q6"] == [("coast-post-radio", 70, False)]
    assert short["q7"] == [("coast-post", 100, True), ("coast-post-radio", 70, False)]
    assert found["q0"][0]["type"] == [{"id": "official", "name": "official"}]
    [killed] = asked(openrefine, "measures", q0={"query": "People killed"})["q0"]
    assert (killed["id"], killed["match"]) == ("killed", True)


def test_a_limit_hides_no_second_reading_and_a_property_that_differs_takes_certainty_away(
    openrefine: httpx.Client,
) -> None:
    country = {"query": "Ana Ruiz", "properties": [{"pid": "country", "v": "PT"}]}
    right = {"query": "Ana Ruiz", "properties": [{"pid": "country", "v": {"id": "ES"}}]}
    found = asked(openrefine, q0={"query": "J Doe", "limit": 1}, q1=country, q2=right)
    assert [(one["id"], one["match"]) for one in found["q0"]] == [("j-doe-1", False)]
    assert [(one["score"], one["match"]) for one in found["q1"]] == [(70, False)]
    assert [(one["score"], one["match"]) for one in found["q2"]] == [(100, True)]


def test_what_a_measure_counts_is_compared_by_value_and_so_is_what_goes_without_saying(
    openrefine: httpx.Client,
) -> None:
    known = (
        ("statistic", "count", True), ("statistic", "rate", False), ("domain_min", 0.0, True),
        ("domain_min", "0", True), ("domain_min", 1, False), ("unit", "{person}", True),
        ("unit", "{Person}", False),
    )  # fmt: skip
    for pid, value, same in known:
        query = {"query": "people killed", "properties": [{"pid": pid, "v": value}]}
        [found] = asked(openrefine, "measures", q0=query)["q0"]
        assert (found["match"], found["score"]) == (same, 100 if same else 70), (pid, value)


def test_columns_are_added_from_what_is_stored_each_cell_a_list(openrefine: httpx.Client) -> None:
    wanted = {"ids": ["ana-ruiz", "coast-post", "gone"],
              "properties": [{"id": "country"}, {"id": "aliases"}, {"id": "kind"}]}  # fmt: skip
    answer = sent(openrefine, "sources", extend=wanted).json()
    jsonschema.validate(answer, EXTENDED)
    assert [one["id"] for one in answer["meta"]] == ["country", "aliases", "kind"]
    assert answer["rows"] == {
        "ana-ruiz": {"country": [{"str": "ES"}], "aliases": [{"str": "Gov. Ana Ruiz"}],
                     "kind": [{"str": "official"}]},
        "coast-post": {"country": [], "aliases": [], "kind": [{"str": "newspaper"}]},
        "gone": {"country": [], "aliases": [], "kind": []},
    }  # fmt: skip


def test_a_withdrawn_source_is_not_offered_and_a_preview_escapes_names(
    openrefine: httpx.Client,
) -> None:
    preview = openrefine.get("/v1/reconcile/sources/preview", params={"id": "quoted"})
    assert "Radio &lt;Delta&gt; &amp; Sons" in preview.text
    assert "<Delta>" not in preview.text
    gone = openrefine.get("/v1/reconcile/sources/preview", params={"id": "nobody"})
    assert gone.status_code == 404


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"queries": [1]}, "JSON object"),
        ({"queries": {"q0": "text"}}, "query q0"),
        ({"queries": {"q0": {"query": 7}}}, "query q0"),
        ({"queries": {"q0": {"query": "x", "limit": 0}}}, "limit"),
        ({"queries": {"q0": {"query": "x", "type": {}}}}, "type"),
        ({"queries": {"q0": {"query": "x", "properties": [{"pid": "colour"}]}}}, "properties are"),
        ({"queries": {f"q{n}": {"query": "x"} for n in range(101)}}, "At most|at most"),
        ({"queries": {"q0": {"query": "x" * 1001}}}, "1000 characters"),
        ({"extend": {"ids": "ana-ruiz", "properties": []}}, "ids"),
        ({"extend": {"ids": [], "properties": [{"id": "colour"}]}}, "properties are"),
        ({"queries": {}, "extend": {}}, "queries"),
    ],
)
def test_what_is_no_query_is_refused_in_words(
    openrefine: httpx.Client, form: dict[str, Any], said: str
) -> None:
    answer = sent(openrefine, "sources", **form)
    assert answer.status_code in (400, 422), answer.text
    assert any(one in answer.text for one in said.split("|")), answer.text


def test_whatever_else_is_no_question_is_refused_in_words_too(openrefine: httpx.Client) -> None:
    kinds = {"q": {"query": "x", "type": ["person"] * 51}}
    told = {"q": {"query": "x", "properties": ["country"]}}
    many = {f"q{n}": {"query": "x"} for n in range(101)}
    queries = [("queries", json.dumps(one)) for one in (many, kinds, told, {}, {})]
    extend = ("extend", json.dumps({"ids": ["log"], "properties": "kind"}))
    for pairs, said in (
        (queries[:1], "this cannot be read: An object has at most 100 names."),
        (queries[1:2], "has at most 50 ids"),
        (queries[2:3], "is a list of"),
        (queries[3:], "send it once"),
        ([extend], "a list of"),
        ([("colour", "red")], "there is no such parameter"),
    ):
        form = {"content-type": "application/x-www-form-urlencoded"}
        answer = openrefine.post("/v1/reconcile/sources", content=urlencode(pairs), headers=form)
        assert answer.status_code == 422, answer.text
        assert said in answer.json()["errors"][0]["detail"], answer.text
    broken = openrefine.post("/v1/reconcile/sources", content=b"queries=%FF", headers=form)
    assert (broken.status_code, "percent-encoded" in broken.text) == (400, True)
    for path, parameter in (("properties?limit=few", "limit"), ("preview", "id")):
        answer = openrefine.get(f"/v1/reconcile/sources/{path}")
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, parameter)


def test_what_is_not_sent_is_taken_as_usual_and_any_of_several_values_will_do(
    serve: Serve, openrefine: httpx.Client
) -> None:
    assert openrefine.get("/v1/reconcile/sources/suggest/entity?prefix=").json()["result"] == []
    either = {"query": "Ana Ruiz", "properties": [{"pid": "country", "v": ["PT", {"id": "ES"}]}]}
    [found] = asked(openrefine, q0=either)["q0"]
    assert (found["score"], found["match"]) == (100, True)
    wanted = {"ids": ["killed"], "properties": [{"id": "statistic"}]}
    rows = sent(openrefine, "measures", extend=wanted).json()["rows"]
    assert rows == {"killed": {"statistic": [{"str": "count"}]}}
    own = serve(seeded=False)
    own.post("/v1/sources", json=SOURCES[0]).raise_for_status()
    own.delete("/v1/sources/ana-ruiz?reason=x", headers={"If-Match": "*"}).raise_for_status()
    gone = own.get("/v1/reconcile/sources/preview?id=ana-ruiz")
    assert (gone.status_code, "withdrawn" in gone.text) == (404, True)
    asked_of = {"ids": ["ana-ruiz"], "properties": [{"id": "country"}]}
    rows = sent(own, "sources", extend=asked_of).json()["rows"]
    assert rows == {"ana-ruiz": {"country": []}}, "what was taken back tells nothing"


def test_jsonp_is_refused_and_pages_of_this_machine_may_read(openrefine: httpx.Client) -> None:
    jsonp = openrefine.get("/v1/reconcile/sources", params={"callback": "jQuery1"})
    assert jsonp.status_code == 422
    assert "JSONP" in jsonp.text
    path = "/v1/reconcile/sources"
    near = openrefine.get(path, headers={"origin": "http://127.0.0.1:3333"})
    assert near.headers["access-control-allow-origin"] == "http://127.0.0.1:3333"
    far = openrefine.get(path, headers={"origin": "https://elsewhere.example"})
    assert "access-control-allow-origin" not in far.headers


def test_reads_that_are_open_to_all_are_so_for_any_page_and_closed_ones_need_a_key(
    serve: Serve,
) -> None:
    path, origin = "/v1/reconcile/sources", {"origin": "https://elsewhere.example"}
    wide = serve(seeded=False, open_reads=True)
    assert httpx.get(f"{wide.base_url}{path}", headers=origin).headers[
        "access-control-allow-origin"
    ]
    assert "access-control-allow-origin" not in wide.get("/v1/sources", headers=origin).headers
    shut = serve(seeded=False, open_reads=False)
    assert httpx.get(f"{shut.base_url}{path}").status_code == 401
    assert httpx.post(f"{shut.base_url}{path}", data={"queries": "{}"}).status_code == 401
