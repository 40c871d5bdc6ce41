"""What a version is, and what it is not: the same content, and the digest that verify holds."""

from typing import Any

import pytest

from app.store import versions
from app.store.reads import StoredVersion

STORED = StoredVersion("a", 1, 5, "active", None, "h", '{"n": 1, "flags": ["x"], "tags": []}')


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        ({"a": 1, "b": 2}, {"a": 1}),
        ({"a": 1}, {"a": 1, "b": []}),
        ({"a": 1, "flags": ["x"]}, {"a": 1, "flags": ["y"], "lexicon_version": "9"}),
        ([{"a": 1, "b": 2}, 3], [{"a": 1}, 3]),
        ({"a": {"b": [1]}}, {"a": {"b": [1]}}),
        (1, 1),
    ],
)
def test_a_document_says_all_that_a_part_of_it_says(whole: Any, part: Any) -> None:
    assert versions.covers(whole, part) is True


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1, "b": 2}, {"a": 1, "b": []}),
        ([1, 2], [1]),
        ([1], [1, 2]),
        ("ab", ["a", "b"]),
        ({"a": {"b": [1]}}, {"a": {"b": [2]}}),
    ],
)
def test_a_document_does_not_say_what_is_not_in_it(whole: Any, part: Any) -> None:
    assert versions.covers(whole, part) is False


@pytest.mark.parametrize(
    ("whole", "part", "more"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 1, "b": []}, {"a": 1}, False),
        ({"a": 1, "flags": ["x"], "lexicon_version": "9"}, {"a": 1}, False),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, True),
        ({"a": [{"b": 1}, {"b": 2, "c": 3}]}, {"a": [{"b": 1}, {"b": 2}]}, True),
        ({"a": [1, 2]}, {"a": [1, 2]}, False),
        ({"value": "5"}, {}, True),
        ({"quantities": [{"value": "5", "unit": "1", "hedge": "none"}]}, {"quantities": [{}]},
         False),
        ({"quantities": [{"raw_text": "five"}]}, {"quantities": [{}]}, True),
        ({"quantities": [{"slot": 2}]}, {"quantities": [{}]}, True),
        ({"quantities": [{"attributes": {"value": 5}}]}, {"quantities": [{"attributes": {}}]},
         True),
        ({"quantities": [{"flags": ["x"]}]}, {"quantities": [{"flags": ["y"]}]}, False),
    ],
)  # fmt: skip
def test_what_is_stored_adds_only_what_rules_fill_in_of_figures(
    whole: Any, part: Any, more: bool
) -> None:
    assert versions.covers(whole, part)
    assert versions.exceeds(whole, part) is more


def draft(content: dict[str, Any], doc: str, content_hash: str = "") -> versions.Draft:
    return versions.Draft("sources", "a", content, doc, {}, content_hash=content_hash)


@pytest.mark.parametrize(
    ("content", "doc", "content_hash", "same"),
    [
        ({"n": 2}, STORED.doc, "other", True),  # to the byte
        ({"n": 2}, '{"tags": [], "flags": ["x"], "n": 1}', "other", True),  # in another order
        ({"n": 1}, '{"n": 1, "flags": []}', "h", True),  # sent alike, filled in by other rules
        ({"n": 1}, '{"n": 1, "flags": []}', "other", False),
        ({"n": 2}, '{"n": 2}', "h", False),  # a hash alone proves nothing
        ({}, "{}", "h", False),  # nor does it where something was left out
    ],
)
def test_a_draft_is_what_is_stored_or_is_not(
    content: Any, doc: str, content_hash: str, same: bool
) -> None:
    assert draft(content, doc, content_hash).same(STORED) is same


def test_a_hash_is_of_what_was_sent_unless_it_came_along() -> None:
    assert draft({"b": 1, "a": 2}, "{}").content_hash == versions.hashed({"a": 2, "b": 1})
    assert draft({"b": 1}, "{}", "theirs").content_hash == "theirs"
    empty = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert versions.hashed({}) == empty


def test_a_digest_is_of_every_row_in_its_table_and_not_of_when() -> None:
    one, other = {"id": "a", "n": 1}, {"id": "b", "n": 2}
    assert versions.digest([one]) == versions.digest([one | {"recorded_at": 5, "likeness": 7}])
    apart = [([one],), ([other],), ([one, other],), ([one], [other]), ([other], [one]), ([], [one])]
    assert len({versions.digest(*tables) for tables in apart}) == len(apart)


def test_a_digest_is_the_same_from_release_to_release() -> None:
    """The log holds it: `sayso verify` of a database that exists depends on every byte."""
    assert versions.digest([{"id": "a", "n": 1}], [{"x": None}, {"x": "é"}]) == (
        "81ba04d6b0c460d004fc76b86c8aedc61e8ed831f6b0f8091ffd5d616bf7ce1e"
    )
