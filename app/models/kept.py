"""What is stored stays as it is: in which fields that is otherwise than was sent beside a claim."""

from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from app.models.base import StrictModel
from app.rules.json_types import JsonObject


def stored_otherwise(kind: type[StrictModel], content: JsonObject, stored: JsonObject) -> list[str]:
    """The fields of a source or measure that were sent and are stored otherwise, or not at all.

    A document leaves defaults out: what is not in it is its default, and not what was sent.
    """
    sent, usual = _read(kind, content), _defaults(kind)
    named = (name for name in content if name != "id")
    return [name for name in named if stored.get(name, usual.get(name)) != sent.get(name)]


def _read(kind: type[StrictModel], content: JsonObject) -> JsonObject:
    """Content as it would be stored, digits as text; as it is, where it could not be stored."""
    try:
        return kind.model_validate(dict(content)).model_dump()
    except ValidationError:
        return content


@lru_cache
def _defaults(kind: type[StrictModel]) -> dict[str, Any]:
    fields = kind.model_fields.items()
    return {one.alias or name: one.get_default() for name, one in fields if not one.is_required()}
