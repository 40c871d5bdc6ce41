"""How single values of a query string are read: closed sets, switches, whole numbers."""

import difflib
import re
from collections.abc import Callable
from typing import Any

from app.models.field_types import FIND, SLUG


def one_of(*known: str) -> Callable[[str], str]:
    """A reader for a closed set of words."""

    def read(value: str) -> str:
        if value not in known:
            near = difflib.get_close_matches(value[:100], known, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"send one of {', '.join(known)}{hint}")
        return value

    return read


NAMED = r"(dim|attr)\.[a-z][a-z0-9_]{0,63}"
"""What groups by a dimension or an attribute."""


def one_of_or_named(*known: str) -> Callable[[str], str]:
    """A reader for a closed set of words, or ``dim.NAME``, ``attr.NAME``."""
    closed = one_of(*known, "dim.NAME", "attr.NAME")

    def read(value: str) -> str:
        return value if re.fullmatch(NAMED, value) else _real(closed(value))

    return read


def _real(value: str) -> str:
    if "NAME" in value:
        raise ValueError("put the name of a dimension or an attribute in the place of NAME")
    return value


def switch(value: str) -> bool:
    """A reader for ``true`` and ``false``."""
    return one_of("true", "false")(value) == "true"


def some_of(known: Any) -> Callable[[str], frozenset[str]]:
    """A reader for several words of a closed set, with commas."""
    return lambda value: frozenset(map(one_of(*sorted(known)), value.split(",")))


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """A reader for an integer in a range."""

    def read(value: str) -> int:
        digits = re.fullmatch("0|[1-9][0-9]{0,18}", value)
        if not digits or not low <= int(value) <= high:
            raise ValueError(f"send a whole number from {low} to {high}")
        return int(value)

    return read


def id_of(kind: str) -> Callable[[str], str]:
    """A reader for an id of one kind of thing."""

    def read(value: str) -> str:
        if not re.fullmatch(SLUG, value):
            raise ValueError(f"this is no id; send {FIND[kind]}")
        return value

    return read
