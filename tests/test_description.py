"""The description as tools read it: small, complete, and by the same rules for every operation."""

import json
import re
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from jsonschema_rs import Draft202012Validator, Registry

from app.api import filter_params
from app.api.description import ANSWERS
from app.api.openapi import ASKED_FIRST, OPERATORS, PLACES, SELDOM
from app.errors import Invalid
from app.models.filters import FILTERS
from tests import answers
from tests.clicks import operations
from tests.conftest import ONE_ENGINE, document, openapi
from tests.honesty import fields_of

MOST = 250_000
"""Bytes of /openapi.json."""

VERBS = {
    "list", "get", "create", "replace", "change", "withdraw", "count", "check", "parse", "import",
    "export", "revoke", "search", "scan", "stream", "suggest",
}  # fmt: skip
EVERY = {one["operationId"]: one for *_, one in operations(document())}


@ONE_ENGINE
def test_the_description_is_small_enough_for_a_tool_to_read_at_once(seeded: httpx.Client) -> None:
    size = len(seeded.get("/openapi.json").content)
    assert size <= MOST, f"{size} bytes: share what is written twice, or shorten an example"


@pytest.mark.parametrize("name", EVERY)
def test_an_operation_id_is_a_verb_and_a_noun(name: str) -> None:
    verb = re.match("[a-z]+", name)
    assert re.fullmatch("[a-z]+([A-Z][a-z]+)+", name)
    assert verb
    assert verb[0] in VERBS


@pytest.mark.parametrize("name", EVERY)
def test_parameters_come_in_the_order_in_which_people_ask(name: str) -> None:
    told = [one for one in EVERY[name]["parameters"] if one["in"] == "query"]
    groups = []
    for one in told:
        own, _, op = one["name"].partition("__")
        assert op in OPERATORS
        rest = len(ASKED_FIRST) + (own == "more")
        known = PLACES.get(own, (rest, 0))[0]
        groups.append((not one.get("required", False), rest if op in SELDOM else known))
    assert groups == sorted(groups)
    assert not {"more"} & {one["name"] for one in told[:-1]}


@pytest.mark.parametrize("name", EVERY)
def test_every_success_has_an_example_that_fits_its_schema(name: str) -> None:
    registry = Registry([("urn:api", openapi())])
    for status, answer in EVERY[name]["responses"].items():
        for kind, media in answer.get("content", {}).items() if status < "3" else ():
            shown = _example(media)
            assert shown is not None, f"{status} {kind} has none: run `{answers.REMAKE}`"
            if "json" in kind and "jsonl" not in kind and "schema" in media:
                absolute = json.loads(json.dumps(media["schema"]).replace('"#/', '"urn:api#/'))
                Draft202012Validator(absolute, registry=registry).validate(shown)


def _example(media: dict[str, Any]) -> Any:
    if "examples" not in media:
        return media.get("example")
    name = media["examples"]["answer"]["$ref"].rpartition("/")[2]
    return openapi()["components"]["examples"][name]["value"]


def test_the_examples_are_what_is_answered_today() -> None:
    kept = json.loads(ANSWERS.read_text(encoding="utf-8"))
    made = answers.made()
    other = [name for name in {*kept, *made} if kept.get(name) != made.get(name)]
    assert not other, f"answers have changed: run `{answers.REMAKE}`"


@pytest.mark.parametrize("name", EVERY)
def test_every_operation_tells_what_it_is_for_and_that_it_can_fail(name: str) -> None:
    operation = EVERY[name]
    assert operation["summary"]
    assert operation["tags"]
    assert {"4XX", "5XX"} <= operation["responses"].keys()
    for status, one in operation["responses"].items():
        if status >= "4":
            assert [*one["content"]] == ["application/problem+json"]


def test_the_words_of_a_vocabulary_are_written_once() -> None:
    found: dict[str, list[str]] = {}

    def walk(part: Any, where: str) -> None:
        if isinstance(part, list):
            for n, one in enumerate(part):
                walk(one, f"{where}/{n}")
        elif isinstance(part, dict):
            if len(part.get("enum", ())) > 2:
                found.setdefault(json.dumps(part["enum"]), []).append(where)
            for key, one in part.items():
                walk(one, f"{where}/{key}")

    walk(openapi()["components"]["schemas"], "")
    assert not [where for where in found.values() if len(where) > 1]


def test_bounds_are_told_in_the_words_of_json_schema() -> None:
    text = json.dumps(openapi()["components"]["schemas"] | openapi()["components"]["parameters"])
    assert not re.findall(r'"(?:ge|gt|le|lt|patternProperties)": ', text)
    ordinal = openapi()["components"]["schemas"]["Attribution"]["properties"]["position"]
    assert ordinal["type"] == ["integer", "null"]
    assert (ordinal["minimum"], ordinal["maximum"]) == (0, 1000)


def test_a_row_of_a_list_has_the_type_of_a_row() -> None:
    schemas = openapi()["components"]["schemas"]
    for name in ("Source", "Measure", "Claim", "Assessment", "Quantity"):
        items = schemas[f"{name}Page"]["allOf"][-1] if "allOf" in schemas[f"{name}Page"] else None
        listed = (items or schemas[f"{name}Page"])["properties"]["items"]
        assert listed["items"] == {"$ref": f"#/components/schemas/{name}Row"}


@pytest.mark.parametrize("resource", FILTERS)
def test_what_may_be_sent_several_times_is_described_as_a_list(resource: str) -> None:
    described = {
        one["name"]: one["schema"] for one in EVERY[f"list{resource.title()}"]["parameters"]
    }
    schemas = openapi()["components"]["schemas"]
    described |= fields_of(schemas, described["more"]["$ref"].rpartition("/")[2])
    for name, (filter, op) in filter_params.filters(resource).items():
        value = (filter.words or (filter.example,))[0]
        try:
            filter_params.question(resource, urlencode([(name, value), (name, value)]).encode())
            several = filter.kind not in ("search", "switch")  # more words; twice the same
        except Invalid:
            several = False
        whole = described[name]
        if "$ref" in whole:
            whole = schemas[whole["$ref"].rpartition("/")[2]]
        assert (whole["type"] == "array") == several, f"{name} ({op})"


def test_whether_figures_disagree_is_one_enum() -> None:
    schemas = openapi()["components"]["schemas"]
    assert schemas["Disagreement"]["enum"] == ["true", "false", "unclear"]
    assert schemas["Pair"]["properties"]["disagreement"]["$ref"].endswith("/Disagreement")
