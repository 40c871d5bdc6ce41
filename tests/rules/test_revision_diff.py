"""How two versions of a record differ: fields, parts matched by what they are, words of a text."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import revision_diff as rules
from app.rules.revision_diff import FieldDiff, revision_diff


def figure(slot: int, alternative: int = 1, reading: str = "A", **more: Any) -> dict[str, Any]:
    return {"slot": slot, "alternative": alternative, "reading": reading, **more}


def said(text: str) -> dict[str, Any]:
    return {"raw_text": text, "measure": "m"}


def key(slot: int, alternative: int = 1, reading: str = "A") -> dict[str, Any]:
    return {"slot": slot, "alternative": alternative, "reading": reading}


def words(old: str, new: str) -> Any:
    (told,) = revision_diff({"notes": old}, {"notes": new})
    return told.words


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, [FieldDiff("/a", "changed", "a", None, 1, 2)]),
        ({}, {"a": 0}, [FieldDiff("/a", "added", "a", None, None, 0)]),
        ({"a": 0}, {}, [FieldDiff("/a", "removed", "a", None, 0, None)]),
        ({"a": ""}, {"a": False}, [FieldDiff("/a", "changed", "a", None, "", False)]),
        ({"a": "1"}, {"a": 1}, [FieldDiff("/a", "changed", "a", None, "1", 1)]),
        ({"a": [1, 2]}, {"a": [2, 1]}, [FieldDiff("/a", "changed", "a", None, [1, 2], [2, 1])]),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, [FieldDiff("/a/b", "changed", "b", None, 1, 2)]),
        ({"a": {"b": 1}}, {"a": 1}, [FieldDiff("/a", "changed", "a", None, {"b": 1}, 1)]),
        ({"a": {}}, {"a": {"b": 1}}, [FieldDiff("/a/b", "added", "b", None, None, 1)]),
        ({}, {"a": {"b": 1}}, [FieldDiff("/a", "added", "a", None, None, {"b": 1})]),
        ({"a/b~c": 1}, {"a/b~c": 2}, [FieldDiff("/a~1b~0c", "changed", "a/b~c", None, 1, 2)]),
    ],
)
def test_a_field_that_differs_is_told_with_its_place_and_both_values(
    old: Any, new: Any, expected: list[FieldDiff]
) -> None:
    assert revision_diff(old, new) == expected


def test_what_every_version_has_of_its_own_is_no_change() -> None:
    own = ("id", "version", "recorded_at", "content_hash", "recorded_by")
    assert revision_diff(dict.fromkeys(own, "old"), dict.fromkeys(own, "new")) == []
    assert revision_diff({}, dict.fromkeys(own, "new")) == []


def test_fields_are_told_in_the_order_of_the_new_version_and_then_of_the_old() -> None:
    told = revision_diff({"gone": 1, "b": 1, "a": 1}, {"a": 2, "come": 1, "b": 2})
    assert [one.field for one in told] == ["a", "come", "b", "gone"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # One more at the front is one more, and what is behind it is unchanged.
        ([figure(2)], [figure(1), figure(2)],
         [FieldDiff("/quantities/0", "added", "quantities", key(1), None, figure(1))]),
        # What is gone has its place in the old version.
        ([figure(1), figure(2)], [figure(1)],
         [FieldDiff("/quantities/1", "removed", "quantities", key(2), figure(2), None)]),
        # What changed has its place in the new one.
        ([figure(2, value="5")], [figure(1), figure(2, value="6")],
         [FieldDiff("/quantities/0", "added", "quantities", key(1), None, figure(1)),
          FieldDiff("/quantities/1/value", "changed", "value", key(2), "5", "6")]),
        ([figure(1, dimensions={"mm": 152})], [figure(1, dimensions={"mm": 122})],
         [FieldDiff("/quantities/0/dimensions/mm", "changed", "mm", key(1), 152, 122)]),
        # Another alternative, or another reading, is another figure.
        ([figure(1)], [figure(1, 2)],
         [FieldDiff("/quantities/0", "added", "quantities", key(1, 2), None, figure(1, 2)),
          FieldDiff("/quantities/0", "removed", "quantities", key(1), figure(1), None)]),
        ([figure(1)], [figure(1), figure(1, reading="B")],
         [FieldDiff("/quantities/1", "added", "quantities", key(1, 1, "B"), None,
                    figure(1, reading="B"))]),
        # Only the order changed: that is one change, told by the keys of both sides.
        ([figure(1), figure(2)], [figure(2), figure(1)],
         [FieldDiff("/quantities", "reordered", "quantities", None, [key(1), key(2)],
                    [key(2), key(1)])]),
        # What came and went counts for no order.
        ([figure(3), figure(1)], [figure(1), figure(2)],
         [FieldDiff("/quantities/1", "added", "quantities", key(2), None, figure(2)),
          FieldDiff("/quantities/0", "removed", "quantities", key(3), figure(3), None)]),
        ([figure(1)], None,
         [FieldDiff("/quantities/0", "removed", "quantities", key(1), figure(1), None)]),
        (None, [figure(1)],
         [FieldDiff("/quantities/0", "added", "quantities", key(1), None, figure(1))]),
    ],
)  # fmt: skip
def test_figures_are_matched_by_slot_alternative_and_reading(
    old: Any, new: Any, expected: list[FieldDiff]
) -> None:
    sides = ({} if side is None else {"quantities": side} for side in (old, new))
    assert revision_diff(*sides) == expected


def test_one_figure_more_at_the_front_is_one_more_and_the_others_have_moved() -> None:
    four, five, six = (said(text) for text in ("4", "5", "6"))
    old = {"quantities": [figure(1, **five), figure(2, **six)]}
    new = {"quantities": [figure(1, **four), figure(2, **five), figure(3, **six)]}
    assert revision_diff(old, new) == [
        FieldDiff("/quantities/0", "added", "quantities", key(1), None, figure(1, **four)),
        FieldDiff("/quantities/1/slot", "changed", "slot", key(2), 1, 2),
        FieldDiff("/quantities/2/slot", "changed", "slot", key(3), 2, 3),
    ]
    assert revision_diff(new, old) == [
        FieldDiff("/quantities/0/slot", "changed", "slot", key(1), 2, 1),
        FieldDiff("/quantities/1/slot", "changed", "slot", key(2), 3, 2),
        FieldDiff("/quantities/0", "removed", "quantities", key(1), figure(1, **four), None),
    ]


def test_figures_that_change_places_say_what_they_said_and_one_that_changed_is_told() -> None:
    five, six, seven = (said(text) for text in ("5", "6", "7"))
    old = {"quantities": [figure(1, **five), figure(2, **six), figure(3, **five)]}
    new = {"quantities": [figure(1, **six), figure(2, **five), figure(3, **seven)]}
    assert revision_diff(old, new) == [
        FieldDiff("/quantities/0/slot", "changed", "slot", key(1), 2, 1),
        FieldDiff("/quantities/1/slot", "changed", "slot", key(2), 1, 2),
        FieldDiff("/quantities/2/raw_text", "changed", "raw_text", key(3), "5", "7"),
    ]


def test_hops_are_matched_by_source_and_role_and_relations_by_predicate_and_object() -> None:
    hop = {"source": "reuters", "role": "relay", "position": 1}
    (told,) = revision_diff({"attributions": [hop]}, {"attributions": [{**hop, "position": 2}]})
    who = {"source": "reuters", "role": "relay"}
    assert told == FieldDiff("/attributions/0/position", "changed", "position", who, 1, 2)
    relation = {"predicate": "corrects", "object": "other", "note": "a"}
    (told,) = revision_diff({"relations": [relation]}, {"relations": [{**relation, "note": "b"}]})
    what = {"predicate": "corrects", "object": "other"}
    assert told == FieldDiff("/relations/0/note", "changed", "note", what, "a", "b")


def test_hops_of_one_key_are_told_apart_by_their_order() -> None:
    hop = {"source": "reuters", "role": "relay"}
    old = [{**hop, "note": "a"}, {**hop, "note": "b"}]
    new = [{**hop, "note": "a"}, {**hop, "note": "c"}, {**hop, "note": "d"}]
    assert revision_diff({"attributions": old}, {"attributions": new}) == [
        FieldDiff("/attributions/1/note", "changed", "note", hop, "b", "c"),
        FieldDiff("/attributions/2", "added", "attributions", hop, None, {**hop, "note": "d"}),
    ]


def test_a_part_that_lacks_a_field_of_its_key_is_told_by_the_others() -> None:
    assert revision_diff({}, {"attributions": [{"source": "reuters"}]}) == [
        FieldDiff("/attributions/0", "added", "attributions", {"source": "reuters"}, None,
                  {"source": "reuters"}),
    ]  # fmt: skip


def test_fields_lists_and_objects_are_told_beside_each_other() -> None:
    old = {"a": 1, "b": {"c": 1, "d": 1}, "quantities": [], "relations": []}
    relation = {"predicate": "corrects", "object": "other"}
    new = {"a": 2, "b": {"c": 2, "d": 2}, "quantities": [figure(1)], "relations": [relation]}
    told = revision_diff(old, new)
    assert [one.pointer for one in told] == ["/a", "/b/c", "/b/d", "/quantities/0", "/relations/0"]


def test_lists_below_the_record_are_compared_whole() -> None:
    old, new = {"more": {"quantities": [1]}}, {"more": {"quantities": [2]}}
    assert revision_diff(old, new) == [
        FieldDiff("/more/quantities", "changed", "quantities", None, [1], [2])
    ]


OLD = "The minister told the broadcaster that they left."


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (OLD, OLD.replace("broadcaster", "newspaper"),
         [("same", "The minister told the"), ("removed", " broadcaster"), ("added", " newspaper"),
          ("same", " that they left.")]),
        (OLD, OLD.replace("that they ", ""),
         [("same", "The minister told the broadcaster"), ("removed", " that they"),
          ("same", " left.")]),
        (OLD, "Yesterday " + OLD,
         [("removed", "The"), ("added", "Yesterday The"),
          ("same", " minister told the broadcaster that they left.")]),
        (OLD, OLD.removesuffix(".") + "!",
         [("same", OLD.removesuffix(".")), ("removed", "."), ("added", "!")]),
        (OLD, OLD.removesuffix("."),
         [("same", OLD.removesuffix(".")), ("removed", ".")]),
        ("a b c " * 10, "a b c " * 11,
         [("same", "a b c " * 9 + "a b c"), ("added", " a b c"), ("same", " ")]),
        (OLD, OLD.replace("minister", "envoy").replace("left", "went"),
         [("same", "The"), ("removed", " minister"), ("added", " envoy"),
          ("same", " told the broadcaster that they"), ("removed", " left"), ("added", " went"),
          ("same", ".")]),
    ],
)  # fmt: skip
def test_of_a_long_text_the_words_that_changed_are_told(old: str, new: str, expected: Any) -> None:
    assert words(old, new) == expected


def test_words_that_come_often_in_a_text_are_the_same_words_too() -> None:
    assert words("x" + " a" * 250 + " y", "p" + " a" * 250 + " q") == [
        ("removed", "x"), ("added", "p"), ("same", " a" * 250), ("removed", " y"), ("added", " q"),
    ]  # fmt: skip


def test_of_a_script_without_spaces_each_character_is_a_word() -> None:
    old = "部" * 20 + "東京で百人が集まった" + "隊" * 20
    assert words(old, old.replace("百", "千")) == [
        ("same", "部" * 20 + "東京で"), ("removed", "百"), ("added", "千"),
        ("same", "人が集まった" + "隊" * 20),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("a " * 19 + "b", "a " * 19 + "c", False),  # 39 characters
        ("a " * 19 + "bb", "a " * 19 + "c", True),  # 40 on one side
        ("a " * 19 + "b", "a " * 19 + "cc", True),
        ("a " * 30, 5, False),
        (5, "a " * 30, False),
        (None, "a " * 30, False),
    ],
)
def test_words_are_told_from_forty_characters_on(old: Any, new: Any, told: bool) -> None:
    (one,) = revision_diff({"notes": old}, {"notes": new})
    assert (one.words is not None) == told
    assert (one.old, one.new) == (old, new)


def test_the_work_of_all_texts_together_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    def text(word: str) -> str:
        return " ".join(f"{word}{n}" for n in range(10)) + " " * 40

    old, new = ({name: text(word) for name in ("a", "b", "c")} for word in ("x", "y"))
    for limit, compared in ((300, 3), (299, 2), (100, 1), (99, 0)):
        monkeypatch.setattr(rules, "MAX_WORK", limit)
        assert sum(one.words is not None for one in revision_diff(old, new)) == compared


def test_a_text_that_is_too_much_leaves_the_work_to_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rules, "MAX_WORK", 1)
    end = " and so on until there are forty characters"
    old, new = {"a": "x x" + end, "b": "p" + end}, {"a": "y y" + end, "b": "q" + end}
    told = revision_diff(old, new)
    assert [one.words is not None for one in told] == [False, True]


TEXTS = st.text("ab .,_-\n日本\u3000é\u0301ب", max_size=60)


@given(TEXTS, TEXTS)
def test_the_words_together_are_the_whole_texts(old: str, new: str) -> None:
    (told,) = revision_diff({"notes": old + "-" * 40}, {"notes": new + "+" * 40})
    assert told.words is not None
    both = [
        "".join(text for kind, text in told.words if kind != other)
        for other in ("added", "removed")
    ]
    assert both == [told.old, told.new]
    assert all(text for _, text in told.words)
