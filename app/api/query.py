"""From a query string to a question: every parameter known, every value read strictly."""

import difflib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, get_args
from urllib.parse import parse_qsl

from app.api import cursor
from app.api.conditions import Pairs, conditions, fields_of
from app.api.values import one_of, some_of, whole_number
from app.errors import Fault, Invalid, Malformed, TooLong
from app.models.filters import FACETS, SORTS, Filter
from app.models.question import Condition, Match, Policy, Question, Readings
from app.rules import instants

MAX_QUERY = 8192
Readers = Mapping[str, Callable[[str], Any]]

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
    for name, value in pairs(raw):
        if name not in known:
            raise Invalid(faults=(unknown(name, known),))
        if name in found:
            raise Invalid(faults=(Fault("send it once", parameter=name, code="repeated"),))
        found[name] = _read(name, value, known[name])
    return found


def unknown(name: str, known: Any) -> Fault:
    """Says which parameter was probably meant."""
    near = difflib.get_close_matches(name[:100], list(known), 1, 0.5)
    hint = f"; did you mean `{near[0]}`?" if near else ""
    shown = name if name.isprintable() and len(name) <= 64 else "?"
    return Fault(f"there is no such parameter{hint}", parameter=shown, code="unknown_parameter")


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
        "by": lambda value: tuple(sorted(some_of(FACETS)(value))),
    }


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
        unknown(name, [*known, *own, "dim.NAME"])
        for name in dict.fromkeys(names)
        if name not in known and name not in own and not name.startswith("dim.")
    ]
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
    first = {"id": str, "value": float}.get(sort, int)
    return (first, str, int) if resource == "quantities" else (first, str)
