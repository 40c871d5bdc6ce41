"""From a query string to a question: every parameter known, every value read strictly."""

import difflib
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, get_args
from urllib.parse import parse_qsl

from app.api import cursor
from app.errors import Fault, Invalid, Malformed, TooLong
from app.models.filters import DIMENSION, FACETS, FILTERS, INTERVALS, SORTS, Filter
from app.models.question import Condition, Match, Policy, Question, Readings
from app.rules import dates, instants, intervals, numbers, words

MAX_QUERY = 8192
Pairs = list[tuple[str, str]]

OF_LISTS = ("sort", "limit", "cursor", "count", "fields", "as_of", "match")
OF_CLAIMS = ("readings", "policy", "expand")
EXPANSIONS = frozenset({"sources", "measures"})


def options_of(resource: str, facets: bool = False) -> tuple[str, ...]:
    """The parameters of a list that are not conditions."""
    if facets:
        return ("by", "as_of", "match", "readings", "policy")
    return OF_LISTS + (OF_CLAIMS if resource in ("claims", "quantities") else ())


def fields_of(resource: str) -> dict[str, tuple[Filter, str]]:
    """Every condition a list takes, by its parameter's name."""
    return {
        filter.name if op == "eq" else f"{filter.name}__{op}": (filter, op)
        for filter in FILTERS[resource]
        for op in filter.ops
    }


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


def one_of(*known: str) -> Callable[[str], str]:
    """A reader for a closed set of words."""

    def read(value: str) -> str:
        if value not in known:
            near = difflib.get_close_matches(value[:100], known, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"send one of {', '.join(known)}{hint}")
        return value

    return read


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


def _readers(resource: str, fields: frozenset[str]) -> dict[str, Callable[[str], Any]]:
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


def question(resource: str, raw: bytes, fields: frozenset[str], facets: bool = False) -> Question:
    """The question that a query string asks of a list; raises ``Invalid`` with every fault."""
    found = pairs(raw)
    options, known = options_of(resource, facets), fields_of(resource)
    names = [name for name, _ in found]
    if len(set(names)) > 100:
        raise Invalid("At most 100 different parameters.")
    faults = [
        unknown(name, [*known, *options, "dim.NAME"])
        for name in dict.fromkeys(names)
        if name not in known and name not in options and not name.startswith("dim.")
    ]
    faults += [
        Fault("send it once", parameter=name, code="repeated")
        for name in options
        if names.count(name) > 1
    ]
    if faults:
        raise Invalid("The question cannot be asked like this.", tuple(faults))
    readers = _readers(resource, fields)
    chosen = {name: _read(name, value, readers[name]) for name, value in found if name in options}
    asked = [(name, value) for name, value in found if name not in options]
    return _asked(resource, _conditions(known, asked), chosen, cursor.fingerprint(resource, found))


def _asked(
    resource: str, conditions: list[Condition], chosen: dict[str, Any], mark: str
) -> Question:
    moment, after = chosen.pop("as_of", None), None
    if "cursor" in chosen:
        kinds = _kinds(resource, str(chosen.get("sort", "id")).lstrip("-"))
        moment, after = cursor.read(chosen.pop("cursor"), mark, kinds)
    return Question(
        resource, tuple(conditions), moment=moment, after=after, fingerprint=mark, **chosen
    )


def _kinds(resource: str, sort: str) -> tuple[type, ...]:
    """The types of an order's keys."""
    first = {"id": str, "value": float}.get(sort, int)
    return (first, str, int) if resource == "quantities" else (first, str)


def _conditions(known: dict[str, tuple[Filter, str]], asked: Pairs) -> list[Condition]:
    """The conditions, those on one interval as one; raises ``Invalid`` with every fault."""
    plain: dict[tuple[Filter, str, str], list[str]] = {}
    ranges: dict[Filter, list[tuple[str, str]]] = {}
    for name, value in asked:
        filter, op = known.get(name, (DIMENSION, "eq"))
        if filter.kind in INTERVALS and op != "is_null":
            ranges.setdefault(filter, []).append((name, value))
        else:
            plain.setdefault((filter, op, name), []).append(value)
    faults: list[Fault] = []
    found: list[Condition] = []
    for (filter, op, name), values in plain.items():
        _collect(found, faults, name, partial(_plain, filter, op, name, values))
    for filter, parts in ranges.items():
        name = parts[-1][0]
        _collect(found, faults, name, partial(_range, filter, parts))
    if faults:
        raise Invalid("The question cannot be asked like this.", tuple(faults))
    return found


def _collect(
    found: list[Condition], faults: list[Fault], name: str, make: Callable[[], Condition]
) -> None:
    try:
        found.append(make())
    except ValueError as error:
        faults.append(Fault(str(error), parameter=name if name.isprintable() else "?"))


def _plain(filter: Filter, op: str, name: str, values: list[str]) -> Condition:
    if op not in ("eq",) and len(values) > 1:
        raise ValueError("send it once")
    if len(values) > 100:
        raise ValueError("at most 100 values")
    read = [_value(filter, op, name, value) for value in values]
    flat = [word for words in read for word in words] if filter.kind == "search" else read
    if len(flat) > 100:
        raise ValueError("at most 100 words")
    return Condition(filter, op, tuple(flat))


def _value(filter: Filter, op: str, name: str, value: str) -> Any:
    if op == "is_null" or filter.kind == "switch":
        return int(switch(value)) if op == "is_null" else switch(value)
    if filter.kind == "search":
        return words.terms(value)
    if filter.kind == "instant":
        return instants.parse(value)
    if filter.kind == "number":
        return float(numbers.exact(value))
    if filter is DIMENSION:
        return words.packed([f"{dimension(name)}={value}"])
    if filter.words:
        one_of(*filter.words)(value)
    return words.packed([value]) if filter.key in ("tags", "flags") else value


def dimension(name: str) -> str:
    """The dimension that ``dim.NAME`` asks about."""
    found = name.removeprefix("dim.")
    if not re.fullmatch("[a-z][a-z0-9_]{0,63}", found):
        raise ValueError("a dimension's name is made of a–z, 0–9 and _")
    return found


def _range(filter: Filter, parts: Pairs) -> Condition:
    """All conditions on one interval form one set."""
    names = [name for name, _ in parts]
    if len(names) > len(set(names)):
        raise ValueError("send it once: an interval is judged against one interval")
    ops = [(name.partition("__")[2] or "eq", value) for name, value in parts]
    if filter.kind == "figure":
        for _, value in ops:
            numbers.exact(value)
        return Condition(filter, "within", tuple(intervals.wanted(ops)))
    spans = [dates.wanted(op, value) for op, value in ops]
    lo, hi = max(span.lo for span in spans), min(span.hi for span in spans)
    return Condition(filter, "within", (hi,) if filter.kind == "known" else (lo, hi))
