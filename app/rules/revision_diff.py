"""Revision diff: how two versions of a record differ, field by field, and word by word.

Parts of a list are matched by what they are (a figure by slot, alternative and reading, or by what
it says; a hop by source and role; a relation by predicate and object), so that one more at the
front is one more and not a change of all that follow.
"""

import difflib
import json
import re
from collections import Counter
from collections.abc import Iterator
from os.path import commonprefix
from typing import Any, Literal, NamedTuple

from app.rules.json_types import JsonObject

ChangeKind = Literal["added", "removed", "changed", "reordered"]
WordChange = Literal["same", "removed", "added"]
RECORD_FIELDS = frozenset({"id", "version", "recorded_at", "content_hash", "recorded_by"})
"""What every version has of its own: told beside the changes."""

KEYS: dict[str, tuple[str, ...]] = {
    "quantities": ("slot", "alternative", "reading"),
    "attributions": ("source", "role"),
    "relations": ("predicate", "object"),
}
LONG = 40
"""Characters from which on two texts are compared word by word."""

MAX_WORK = 1_000_000
"""Pairs of words that are looked at in all: beyond, a text is told whole, old and new."""

WORDS = re.compile(
    r"\s*[\u2e80-\u9fff\uf900-\ufaff]|\s*[^\W\u2e80-\u9fff\uf900-\ufaff]+|\s*[^\w\s]|\s+"
)
"""Words and marks with the space before them; of scripts without spaces each character."""

Words = list[tuple[WordChange, str]]


class FieldDiff(NamedTuple):
    """One difference: where (a JSON Pointer), of which field and part, what it was, what it is."""

    pointer: str
    change: ChangeKind
    field: str
    key: JsonObject | None = None
    old: Any = None
    new: Any = None
    words: Words | None = None


def revision_diff(old: JsonObject, new: JsonObject) -> list[FieldDiff]:
    """What changed from the one version to the other, in the order of the fields.

    A pointer leads into the new version, but for what was removed: there into the old one.
    """
    found = _objects("", _own(old), _own(new), None)
    work, told = MAX_WORK, []
    for one in found:
        words, work = _words(one, work)
        told.append(one._replace(words=words))
    return told


def _own(record: JsonObject) -> JsonObject:
    return {name: value for name, value in record.items() if name not in RECORD_FIELDS}


def _objects(at: str, old: JsonObject, new: JsonObject, key: JsonObject | None) -> list[FieldDiff]:
    found: list[FieldDiff] = []
    for name in {**new, **old}:
        pointer = f"{at}/{name.replace('~', '~0').replace('/', '~1')}"
        one, other = old.get(name), new.get(name)
        if one == other:
            continue
        if name in KEYS and not at:
            found += _parts(name, one or [], other or [])
        elif isinstance(one, dict) and isinstance(other, dict):
            found += _objects(pointer, one, other, key)
        else:
            found.append(FieldDiff(pointer, _kind(one, other), name, key, one, other))
    return found


def _kind(old: Any, new: Any) -> ChangeKind:
    if old is None:
        return "added"
    return "removed" if new is None else "changed"


def _parts(name: str, old: list[JsonObject], new: list[JsonObject]) -> list[FieldDiff]:
    """The parts of a list, matched by their keys; a figure that moved, by what it says."""
    before, after = _by_key(name, old), _by_key(name, new)
    pairs = _pairs(name, before, after)
    found: list[FieldDiff] = []
    for key, (n, part) in after.items():
        told = _told(name, part)
        if key not in pairs:
            found.append(FieldDiff(f"/{name}/{n}", "added", name, told, None, part))
        else:
            found += _objects(f"/{name}/{n}", before[pairs[key]][1], part, told)
    kept = {*pairs.values()}
    for key, (n, part) in before.items():
        if key not in kept:
            found.append(FieldDiff(f"/{name}/{n}", "removed", name, _told(name, part), part, None))
    orders = [
        [_told(name, part) for key, (_, part) in side.items() if pairs.get(key) == key]
        for side in (before, after)
    ]
    if orders[0] != orders[1]:
        found.append(FieldDiff(f"/{name}", "reordered", name, None, orders[0], orders[1]))
    return found


Parts = dict[Any, tuple[int, JsonObject]]


def _pairs(name: str, before: Parts, after: Parts) -> dict[Any, Any]:
    """For each part of the new list, which of the old one it is.

    A slot is a figure's place unless another was sent, so one more at the front moves all that
    follow: what says the same, and stands in the same place no more, was moved.
    """
    same = {key: key for key in after if key in before}
    if name != "quantities":
        return same
    stays = {key for key in same if _says(before[key][1]) == _says(after[key][1])}
    gone: dict[str, list[Any]] = {}
    for key, (_, part) in before.items():
        if key not in stays:
            gone.setdefault(_says(part), []).append(key)
    moved = {
        key: some.pop(0)
        for key, (_, part) in after.items()
        if key not in stays and not part.keys() <= {*KEYS[name]} and (some := gone.get(_says(part)))
    }
    free = {key for some in gone.values() for key in some}
    rest = {key: key for key in same if key in free and key not in moved}
    return {key: key for key in stays} | moved | rest


def _says(figure: JsonObject) -> str:
    """A figure but for its slot."""
    return json.dumps({n: value for n, value in figure.items() if n != "slot"}, sort_keys=True)


def _told(name: str, part: JsonObject) -> JsonObject:
    return {field: part[field] for field in KEYS[name] if field in part}


def _by_key(name: str, parts: list[JsonObject]) -> Parts:
    """Each part with its place; several of one key are told apart by their order."""
    seen: Counter[Any] = Counter()
    found = {}
    for n, part in enumerate(parts):
        key = tuple(part.get(field) for field in KEYS[name])
        found[key, seen[key]] = (n, part)
        seen[key] += 1
    return found


def _words(one: FieldDiff, work: int) -> tuple[Words | None, int]:
    """The words of a long text that changed, and the work that may still be done."""
    old, new = one.old, one.new
    if not isinstance(old, str) or not isinstance(new, str) or max(len(old), len(new)) < LONG:
        return None, work
    left, right = WORDS.findall(old), WORDS.findall(new)
    start = len(commonprefix((left, right)))
    end = len(commonprefix((left[start:][::-1], right[start:][::-1])))
    middle = (left[start : len(left) - end], right[start : len(right) - end])
    cost = len(middle[0]) * len(middle[1])
    if cost > work:
        return None, work
    whole = [("same", "".join(left[:start])), *_changed(*middle)]
    whole.append(("same", "".join(left[len(left) - end :])))
    return [(kind, text) for kind, text in whole if text], work - cost


def _changed(left: list[str], right: list[str]) -> Iterator[tuple[WordChange, str]]:
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            yield "same", "".join(left[a:b])
        else:
            yield "removed", "".join(left[a:b])
            yield "added", "".join(right[c:d])
