"""A refusal says what is wrong and what to send, in words: no pattern, no name of a program's."""

import re
from typing import Any

import httpx
import pytest

from app.models.strict_json import WORDED
from tests.conftest import ONE_ENGINE

DOCUMENT = "daily-digest-article"
FLAT = {"document": DOCUMENT, "measure": "containers.prk-rus", "raw_text": "5"}


def patterns(schema: Any) -> set[str]:
    """Every pattern of a schema, at any depth."""
    if isinstance(schema, list):
        return set().union(*map(patterns, schema))
    if not isinstance(schema, dict):
        return set()
    own = {schema["pattern"]} if isinstance(schema.get("pattern"), str) else set()
    return own.union(*map(patterns, schema.values()))


@ONE_ENGINE
def test_every_pattern_of_a_body_has_words(seeded: httpx.Client) -> None:
    shapes = seeded.get("/openapi.json").json()["components"]["schemas"]
    sent = {
        name: one for name, one in shapes.items()
        if one.get("additionalProperties") is False and name != "LexiconOut"
    }  # fmt: skip
    known = {*WORDED, "^-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?$"}
    assert {one for one in patterns(sent) if one not in known} <= {"^[a-z2-7]{8}$"}


@pytest.mark.parametrize(
    ("path", "body", "pointer", "words"),
    [
        ("assessments", {"target": "foo", "assessor": "a", "comment": "x"}, "/target",
         "send sources/ID or claims/ID"),
        ("assessments", {"target": "claims/a", "assessor": "a"}, "/comment", "it is needed"),
        ("lexicon/parse", {"text": ""}, "/text", "it is empty"),
        ("claims", {**FLAT, "tags": ["a\nb"]}, "/tags/0", "a text of one line"),
        ("claims", {**FLAT, "dimensions": {"a": "x\ny"}}, "/dimensions/a", "a number, or a text"),
        ("claims", {**FLAT, "locator": "x" * 501}, "/locator", "at most 500 characters"),
        ("sources", {"id": "a", "name": "A", "same_as": ["Q42"]}, "/same_as/0", "another IRI"),
    ],
)  # fmt: skip
def test_what_a_field_has_to_be_is_said_in_words(
    seeded: httpx.Client, path: str, body: dict[str, Any], pointer: str, words: str
) -> None:
    answer = seeded.post(f"/v1/{path}", json=body)
    faults = {one["pointer"]: one["detail"] for one in answer.json()["errors"]}
    assert answer.status_code == 422
    assert words in faults[pointer], faults
    assert not re.search(r"[\^$\\\[]|String|Field", faults[pointer])


def test_a_country_that_can_be_nobodys_is_refused_and_finds_not_nothing(
    seeded: httpx.Client,
) -> None:
    for sent in ("usa", "kr"):
        answer = seeded.get("/v1/sources", params={"country": sent})
        assert answer.status_code == 422
        assert "two capital letters, as in KR" in answer.json()["errors"][0]["detail"]
    assert seeded.get("/v1/sources?country=KR").json()["items"]


@pytest.mark.parametrize(
    ("body", "words"),
    [(b"foo", "no value of JSON begins so"), (b'{"a":', "it ends too early")],
)
def test_what_is_no_json_is_told_in_words(seeded: httpx.Client, body: bytes, words: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = seeded.post("/v1/claims", content=body, headers=headers)
    assert answer.status_code == 400
    assert words in answer.json()["errors"][0]["detail"]


def test_a_path_that_is_none_says_what_to_send(seeded: httpx.Client) -> None:
    for path, words in (
        ("/v1/claims/Foo%20Bar", "an id is made of"),
        ("/v1/claims/foo/revisions/0", "the number of a version"),
        ("/v1/claim", "/docs has all"),
    ):
        assert words in seeded.get(path).text, path
