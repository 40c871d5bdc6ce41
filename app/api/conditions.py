"""From the parameters of a question to its conditions: every value read strictly."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

from app.api.values import one_of, switch
from app.errors import Fault, Invalid
from app.models.filters import FILTERS, INTERVALS, TRAITS, Filter
from app.models.quantity import TRAIT_NAME
from app.models.question import Condition
from app.rules import edtf, instants, intervals, numbers, text_search

Pairs = list[tuple[str, str]]


@lru_cache
def fields_of(resource: str) -> Mapping[str, tuple[Filter, str]]:
    """Every condition a list takes, by its parameter's name."""
    return {
        filter.name if op == "eq" else f"{filter.name}__{op}": (filter, op)
        for filter in FILTERS[resource]
        for op in filter.ops
    }


def has_traits(resource: str) -> bool:
    """Do the rows of this list have dimensions and attributes?"""
    return resource in ("claims", "quantities")


def is_trait(name: str) -> bool:
    """Does a parameter, or a field to count by, ask for a dimension or an attribute?"""
    return name.partition(".")[0] in TRAITS and "." in name


def trait(name: str) -> tuple[Filter, str, str]:
    """The filter, the operator and the name that is stored; raises ``ValueError``."""
    kind, _, rest = name.partition(".")
    own, _, op = rest.rpartition("__") if "__" in rest else (rest, "", "eq")
    filter = TRAITS[kind]
    if op not in filter.ops or name.endswith("__eq"):
        raise ValueError(f"there is no such operator; send one of {_listed(filter)}")
    return filter, op, trait_name(kind, own)


def _listed(filter: Filter) -> str:
    return ", ".join(f"__{op}" for op in filter.ops if op != "eq")


def trait_name(kind: str, own: str) -> str:
    """How a dimension or an attribute of this name is stored; raises ``ValueError``."""
    if len(own) > 64 or not re.fullmatch(TRAIT_NAME, own):
        raise ValueError(f"the name is made of a–z, 0–9 and _, as in {TRAITS[kind].example}")
    return f"{kind}.{own}"


def conditions(known: Mapping[str, tuple[Filter, str]], asked: Pairs) -> list[Condition]:
    """The conditions, those on one interval as one; raises ``Invalid`` with every fault."""
    plain: dict[tuple[Filter, str, str], list[str]] = {}
    ranges: dict[Filter, list[tuple[str, str]]] = {}
    for name, value in asked:
        filter, op = known[name] if name in known else (TRAITS[name.partition(".")[0]], "")
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
    stored: tuple[str, ...] = ()
    if filter.kind == "trait":
        filter, op, own = trait(name)
        stored = (own,)
    if op not in ("eq", "ne") and len(values) > 1:
        raise ValueError("send it once")
    if len(values) > 100:
        raise ValueError("at most 100 values")
    read = [_value(filter, op, value) for value in values]
    flat = [word for words in read for word in words] if filter.kind == "search" else read
    if len(flat) > 100:
        raise ValueError("at most 100 words")
    return Condition(filter, op, (*stored, *flat))


def _value(filter: Filter, op: str, value: str) -> Any:
    if op == "is_null" or filter.kind == "switch":
        return int(switch(value)) if op == "is_null" else switch(value)
    if filter.kind == "search":
        return text_search.terms(value)
    if filter.kind == "instant":
        return instants.parse(value)
    if filter.kind == "number" or (filter.kind == "trait" and op not in ("eq", "ne")):
        return float(numbers.exact(value))
    if filter.kind == "trait":
        return numbers.canonical_value(_printed(value))
    if filter.words:
        one_of(*filter.words)(value)
    return text_search.packed([value]) if filter.key in ("tags", "flags") else value


def _printed(value: str) -> str:
    if text_search.SEPARATOR in value:
        raise ValueError("send it without control characters")
    return value


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
    spans = [edtf.filter_days(op, value) for op, value in ops]
    lo, hi = max(span.lo for span in spans), min(span.hi for span in spans)
    return Condition(filter, "within", (hi,) if filter.kind == "known" else (lo, hi))
