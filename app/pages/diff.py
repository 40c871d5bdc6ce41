"""Differences between two versions of a record, field by field, and word by word in long text."""

import difflib
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from app.rules.json_types import JsonObject

DERIVED = frozenset(
    ["version", "recorded_at", "recorded_by", "content_hash", "match", "request_id", "key_id"]
)
"""What changes with every version, or says nothing of its own."""
LONG = 40
"""Characters from which on a text is compared word by word."""


class FieldChange(NamedTuple):
    """One field that differs; each side is a list of (text, is it changed?)."""

    field: str
    old: list[tuple[str, bool]]
    new: list[tuple[str, bool]]


def changes(old: JsonObject, new: JsonObject) -> list[FieldChange]:
    """What changed from the one version to the other, in the order of the fields."""
    before, after = dict(_flat("", old)), dict(_flat("", new))
    found = []
    for field in {**before, **after}:
        one, other = before.get(field, ""), after.get(field, "")
        if one != other:
            found.append(FieldChange(_named(field), *_words(one, other)))
    return found


def _flat(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every leaf with the path to it; items of a list by what tells them apart."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if path or name not in DERIVED:
                yield from _flat(f"{path}/{name}", inner)
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from _flat(f"{path}/{_label(inner, n)}", inner)
    else:
        yield path, "yes" if value is True else "no" if value is False else str(value)


def _label(item: Any, n: int) -> str:
    if not isinstance(item, dict):
        return str(n + 1)
    if "role" in item:
        return f"{item['source']} ({item['role']})"
    if "predicate" in item:
        return f"{item['predicate'].replace('_', ' ')} {item['object']}"
    if "slot" in item:
        return f"{item.get('slot', 1)}.{item.get('alternative', 1)}{item.get('reading', 'A')}"
    return str(n + 1)


_FIELDS = {
    "attributions": "Chain", "relations": "Relation", "quantities": "Figure", "raw_text": "wording",
    "stated": "Said", "published": "Printed", "period": "About", "cue": "verb used",
}  # fmt: skip


def _named(path: str) -> str:
    parts = [_FIELDS.get(part, part.replace("_", " ")) for part in path.strip("/").split("/")]
    told = ", ".join(parts)
    return told[:1].upper() + told[1:]


def _words(old: str, new: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    if not old or not new or max(len(old), len(new)) < LONG:
        return [(old, True)] if old else [], [(new, True)] if new else []
    one, other = (re.findall(r"\s+|\S+", text) for text in (old, new))
    blocks = difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    left = [("".join(one[a:b]), kind != "equal") for kind, a, b, _, _ in blocks if a < b]
    right = [("".join(other[c:d]), kind != "equal") for kind, _, _, c, d in blocks if c < d]
    return left, right
