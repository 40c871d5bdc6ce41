"""Query parameters: one declaration of each both describes it in OpenAPI and reads its value.

A value is read strictly: what is unknown, repeated, empty or out of range is refused by name.
"""

import difflib
import re
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from app.errors import Fault, Invalid, Malformed, TooLong, refusal
from app.models.field_types import FIND, SLUG

MAX_QUERY = 8192
QueryPairs = list[tuple[str, str]]
ValueReader = Callable[[str], Any]


class QueryParam(NamedTuple):
    """One query parameter: its sentence in /docs, its schema, and how a value is read."""

    name: str
    description: str
    schema: Mapping[str, Any]
    read: ValueReader
    required: str = ""
    """What the refusal says where it is left out, and it may not be."""
    example: Any = None

    def openapi(self) -> dict[str, Any]:
        """The parameter as OpenAPI writes it."""
        about = self._asdict() | {"required": bool(self.required) or None, "in": "query"}
        return {n: one for n, one in about.items() if n != "read" and one is not None}


def choice(name: str, description: str, *known: str) -> QueryParam:
    """A parameter of a closed set of words, the first of which is its default."""
    schema = {"type": "string", "enum": list(known), "default": known[0]}
    return QueryParam(name, description, schema, one_of(*known))


def flag(name: str, description: str) -> QueryParam:
    """A switch that is off unless it is sent."""
    schema = {"type": "boolean", "default": False}
    return QueryParam(name, description, schema, switch)


def integer(
    name: str, description: str, low: int, high: int, default: int | None = None
) -> QueryParam:
    """A whole number in a range."""
    schema = {"type": "integer", "minimum": low, "maximum": high}
    schema |= {} if default is None else {"default": default}
    return QueryParam(name, description, schema, whole_number(low, high))


def text(
    name: str, description: str, read: ValueReader = str, example: Any = None,
    required: str = "", **schema: Any,
) -> QueryParam:  # fmt: skip
    """A word or a text, with what else its schema says."""
    return QueryParam(name, description, {"type": "string", **schema}, read, required, example)


def one_of(*known: str) -> Callable[[str], str]:
    """A reader for a closed set of words."""

    def read(value: str) -> str:
        if value not in known:
            near = difflib.get_close_matches(value[:100], known, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"send one of {', '.join(known)}{hint}")
        return value

    return read


TRAIT = r"(dim|attr)\.[a-z][a-z0-9_]{0,63}"
"""A dimension or an attribute as a question names it: ``dim.calibre_mm``."""


def one_of_or_trait(*known: str) -> Callable[[str], str]:
    """A reader for a closed set of words, or ``dim.NAME``, ``attr.NAME``."""
    closed = one_of(*known, "dim.NAME", "attr.NAME")

    def read(value: str) -> str:
        if not re.fullmatch(TRAIT, value) and "NAME" in closed(value):
            raise ValueError("put the name of a dimension or an attribute in the place of NAME")
        return value

    return read


def switch(value: str) -> bool:
    """A reader for ``true`` and ``false``."""
    return one_of("true", "false")(value) == "true"


def some_of(known: Iterable[str]) -> Callable[[str], frozenset[str]]:
    """A reader for several words of a closed set, comma-separated."""
    return lambda value: frozenset(map(one_of(*sorted(known)), value.split(",")))


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """A reader for an integer in a range."""

    def read(value: str) -> int:
        digits = re.fullmatch("0|[1-9][0-9]{0,18}", value)
        if not digits or not low <= int(value) <= high:
            raise ValueError(f"send a whole number from {low} to {high}")
        return int(value)

    return read


def matching(pattern: str, refused: str) -> Callable[[str], str]:
    """A reader for a text of one form, and what is said of any other."""

    def read(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(refused)
        return value

    return read


def id_of(kind: str) -> Callable[[str], str]:
    """A reader for an id of one kind of thing."""
    return matching(SLUG, f"this is no id; send {FIND[kind]}")


def parse_query_string(raw: bytes) -> QueryPairs:
    """The query string taken apart; raises where it is not UTF-8, or holds a NUL."""
    if len(raw) > MAX_QUERY:
        raise TooLong(f"At most {MAX_QUERY} bytes.")
    try:
        found = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise Malformed("The query string is not percent-encoded UTF-8.") from None
    if any("\x00" in text for pair in found for text in pair):
        raise Malformed("The query string holds a NUL.")
    return found


def single(
    raw: bytes, params: Iterable[QueryParam], first: QueryParam | None = None
) -> dict[str, Any]:
    """Parameters that may each be sent once, read; ``first`` is looked for before all others."""
    found: dict[str, Any] = {}
    sent, known = parse_query_string(raw), {one.name: one.read for one in params}
    faults = [unknown(name, known) for name, _ in sent if name not in known]
    if first is not None and not faults and not dict(sent).get(first.name):
        require([first], ())
    if faults := faults or empty(sent):
        raise Invalid(faults=tuple(faults[:1]))
    for name, value in sent:
        if name in found:
            raise refusal("send it once", name, "repeated")
        found[name] = read_value(name, value, known[name])
    require(params, found)
    return found


def read_value(name: str, value: str, read: ValueReader) -> Any:
    """One value, read; raises ``Invalid`` with its parameter's name."""
    try:
        return read(value)
    except ValueError as error:
        raise refusal(str(error), name) from None


def require(params: Iterable[QueryParam], found: Container[str]) -> None:
    """Refuse a question without parameters that it needs."""
    lacking = [one for one in params if one.required and one.name not in found]
    if lacking:
        faults = (Fault(one.required, parameter=one.name, code="missing") for one in lacking)
        raise Invalid(faults=tuple(faults))


def empty(sent: QueryPairs) -> list[Fault]:
    """What was sent without a value: an empty field of a form is no answer to any question."""
    said = "it has no value; send one, or leave the parameter out"
    names = dict.fromkeys(name for name, value in sent if not value)
    return [Fault(said, parameter=name, code="empty") for name in names]


PARAMETER_ALIASES = {
    **dict.fromkeys(("page", "offset", "skip", "start", "page_token"), ("cursor", "limit")),
    **dict.fromkeys(("per_page", "page_size", "size"), ("cursor", "limit")),
    **dict.fromkeys(("order", "order_by", "sort_by", "orderby"), ("sort",)),
    **dict.fromkeys(("search", "query", "text"), ("q",)),
}
"""What other interfaces call something, and what it is called here."""


def unknown(name: str, known: Iterable[str]) -> Fault:
    """The fault of a parameter that there is not, with the one that was probably meant."""
    own, _, op = name.partition("__")
    near = [one for one in PARAMETER_ALIASES.get(name.lower(), ()) if one in known]
    ops = [one.removeprefix(own) for one in known if one.startswith(f"{own}__")] if op else []
    near = near or difflib.get_close_matches(name[:100], list(known), 1, 0.5)
    said = "there is no such parameter"
    if ops:
        said, near = f"`{own}` has no such operator; it has {', '.join(sorted(ops))}", []
    hint = f"; did you mean {' and '.join(f'`{one}`' for one in near)}?" if near else ""
    shown = name if name.isprintable() and len(name) <= 64 else "?"
    return Fault(f"{said}{hint}", parameter=shown, code="unknown_parameter")
