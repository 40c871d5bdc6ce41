"""From a query string to a question: every parameter known, every value read strictly."""

import difflib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, get_args
from urllib.parse import parse_qsl

from app.api import cursor
from app.api.conditions import Pairs, conditions, fields_of, has_traits, is_trait, trait_name
from app.api.values import one_of, some_of, whole_number
from app.errors import Fault, Invalid, Malformed, TooLong
from app.models.filters import FACETS, SORTS, Filter
from app.models.question import Condition, Match, Policy, Question, Readings
from app.rules import instants

MAX_QUERY = 8192
Readers = Mapping[str, Callable[[str], Any]]
TRAIT_NAMES = ("dim.NAME", "attr.NAME")

OF_LISTS = ("sort", "limit", "cursor", "count", "fields", "as_of", "match")
OF_CLAIMS = ("readings", "policy", "expand")
EXPANSIONS = frozenset({"sources", "measures"})


def options_of(resource: str, facets: bool = False) -> tuple[str, ...]:
    """The parameters of a list that are not conditions."""
    if facets:
        return ("by", "as_of", "match", "readings", "policy")
    return OF_LISTS + (OF_CLAIMS if resource in ("claims", "quantities") else ())


def pairs(raw: bytes) -> Pairs:
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


def single(raw: bytes, known: Mapping[str, Callable[[str], Any]]) -> dict[str, Any]:
    """Parameters that may each be sent once, read."""
    found: dict[str, Any] = {}
    sent = pairs(raw)
    if faults := [unknown(name, known) for name, _ in sent if name not in known] or empty(sent):
        raise Invalid(faults=tuple(faults[:1]))
    for name, value in sent:
        if name in found:
            raise Invalid(faults=(Fault("send it once", parameter=name, code="repeated"),))
        found[name] = _read(name, value, known[name])
    return found


def empty(sent: Pairs) -> list[Fault]:
    """What was sent without a value: an empty field of a form is no answer to any question."""
    said = "it has no value; send one, or leave the parameter out"
    names = dict.fromkeys(name for name, value in sent if not value)
    return [Fault(said, parameter=name, code="empty") for name in names]


MEANT = {
    **dict.fromkeys(("page", "offset", "skip", "start", "page_token"), ("cursor", "limit")),
    **dict.fromkeys(("per_page", "page_size", "size"), ("cursor", "limit")),
    **dict.fromkeys(("order", "order_by", "sort_by", "orderby"), ("sort",)),
    **dict.fromkeys(("search", "query", "text"), ("q",)),
}
"""What other interfaces call something, and what it is called here."""


def unknown(name: str, known: Any) -> Fault:
    """Says which parameter was probably meant."""
    own, _, op = name.partition("__")
    near = [one for one in MEANT.get(name.lower(), ()) if one in known]
    ops = [one.removeprefix(own) for one in known if one.startswith(f"{own}__")] if op else []
    near = near or difflib.get_close_matches(name[:100], list(known), 1, 0.5)
    said = "there is no such parameter"
    if ops:
        said, near = f"`{own}` has no such operator; it has {', '.join(sorted(ops))}", []
    hint = f"; did you mean {' and '.join(f'`{one}`' for one in near)}?" if near else ""
    shown = name if name.isprintable() and len(name) <= 64 else "?"
    return Fault(f"{said}{hint}", parameter=shown, code="unknown_parameter")


def _read(name: str, value: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(value)
    except ValueError as error:
        raise Invalid(faults=(Fault(str(error), parameter=name),)) from None


@lru_cache
def readers(resource: str, fields: frozenset[str]) -> Readers:
    """How each option is read."""
    orders = [sign + name for name in SORTS[resource] for sign in ("", "-")]
    return {
        "sort": one_of(*orders),
        "limit": whole_number(1, 1000),
        "cursor": str,
        "count": lambda value: one_of("exact")(value) == "exact",
        "fields": some_of(fields),
        "expand": some_of(EXPANSIONS),
        "as_of": instants.parse,
        "match": one_of(*get_args(Match)),
        "readings": one_of(*get_args(Readings)),
        "policy": one_of(*get_args(Policy)),
        "by": _fields_to_count_by,
    }


def _fields_to_count_by(value: str) -> tuple[str, ...]:
    """Fields of facets; a dimension or an attribute by its own name."""
    sent = value.split(",")
    plain = [one for one in sent if not is_trait(one)]
    found = {trait_name(*one.split(".", 1)) for one in sent if is_trait(one)}
    if plain:
        found |= some_of([*FACETS, *TRAIT_NAMES])(",".join(plain))
    if len(found) > 50:
        raise ValueError("at most 50 fields")
    return tuple(sorted(found))


@lru_cache
def _own(resource: str, fields: frozenset[str], facets: bool) -> Readers:
    every = readers(resource, fields)
    return {name: every[name] for name in options_of(resource, facets)}


@lru_cache(maxsize=1024)
def question(resource: str, raw: bytes, fields: frozenset[str], facets: bool = False) -> Question:
    """The question that a query string asks of a list; raises ``Invalid`` with every fault."""
    found, chosen, mark = taken(resource, pairs(raw), _own(resource, fields, facets))
    kinds = _kinds(resource, str(chosen.get("sort", "id")).lstrip("-"))
    return asked(resource, found, chosen, mark, kinds)


def taken(
    resource: str, found: Pairs, own: Readers, known: Mapping[str, tuple[Filter, str]] | None = None
) -> tuple[list[Condition], dict[str, Any], str]:
    """Conditions, options as they are read, and the mark that a cursor of them bears."""
    known = known or fields_of(resource)
    names = [name for name, _ in found]
    if len(set(names)) > 100:
        raise Invalid("At most 100 different parameters.")
    faults = [
        unknown(name, [*known, *own, *(TRAIT_NAMES if has_traits(resource) else ())])
        for name in dict.fromkeys(names)
        if not (name in known or name in own or (is_trait(name) and has_traits(resource)))
    ]
    if not faults:
        faults = empty(found)
    faults += [
        Fault("send it once", parameter=name, code="repeated")
        for name in own
        if names.count(name) > 1
    ]
    if faults:
        raise Invalid("The question cannot be asked like this.", tuple(faults))
    chosen = {name: _read(name, value, own[name]) for name, value in found if name in own}
    sent = [(name, value) for name, value in found if name not in own]
    return conditions(known, sent), chosen, cursor.fingerprint(resource, found)


def asked(
    resource: str,
    found: list[Condition],
    chosen: dict[str, Any],
    mark: str,
    kinds: tuple[type, ...],
) -> Question:
    """A question of conditions and options, whose cursor holds keys of these types."""
    moment, after = chosen.pop("as_of", None), None
    if "cursor" in chosen:
        moment, after = cursor.read(chosen.pop("cursor"), mark, kinds)
    return Question(resource, tuple(found), moment=moment, after=after, fingerprint=mark, **chosen)


def _kinds(resource: str, sort: str) -> tuple[type, ...]:
    """The types of an order's keys."""
    first = {"id": str, "value": float, "nominal": float, "upper": float}.get(sort, int)
    return (first, str, int) if resource == "quantities" else (first, str)
