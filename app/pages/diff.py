"""A diff of two versions in words: each field by its name, its old and its new text."""

from typing import Any, NamedTuple

from app.render.field_words import capital
from app.rules.json_types import JsonObject

FIELDS = {
    "attributions": "Chain", "relations": "Relation", "quantities": "Figure", "raw_text": "wording",
    "stated": "Said", "published": "Printed", "period": "About", "cue": "verb used",
    "modal_cue": "modal word", "inferred": "inferred by the recorder",
}  # fmt: skip
Pieces = list[tuple[str, bool]]


class FieldChange(NamedTuple):
    """One field that differs; each side is a list of (text, is it changed?)."""

    field: str
    old: Pieces
    new: Pieces


def changes(told: JsonObject) -> list[FieldChange]:
    """The changes of the answer of `/claims/{id}/diff`."""
    return [FieldChange(_named(one), *_sides(one)) for one in told["changes"]]


def field_name(name: str) -> str:
    """A field in words: its own, where it has some."""
    return FIELDS.get(name, name.replace("_", " "))


def _named(one: JsonObject) -> str:
    """`Figure 1.1A, wording`: a part of a list by what it is, and the field in it."""
    path = [part for part in one["pointer"].strip("/").split("/") if not part.isdigit()]
    names = [field_name(part) for part in path]
    if key := one.get("key"):
        names[0] += f" {_key(key)}"
    return capital(", ".join(names) + (", order" if one["change"] == "reordered" else ""))


def _key(key: JsonObject) -> str:
    if "role" in key:
        return f"{key['source']} ({key['role']})"
    if "predicate" in key:
        return f"{key['predicate'].replace('_', ' ')} {key['object']}"
    return f"{key.get('slot', 1)}.{key.get('alternative', 1)}{key.get('reading', 'A')}"


def _sides(one: JsonObject) -> tuple[Pieces, Pieces]:
    if "words" not in one:
        return _whole(one.get("old")), _whole(one.get("new"))
    old = [(w["text"], w["change"] == "removed") for w in one["words"] if w["change"] != "added"]
    new = [(w["text"], w["change"] == "added") for w in one["words"] if w["change"] != "removed"]
    return old, new


def _whole(value: Any) -> Pieces:
    return [] if value is None else [(_text(value), True)]


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name.replace('_', ' ')}: {_text(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return "yes" if value is True else "no" if value is False else str(value)
