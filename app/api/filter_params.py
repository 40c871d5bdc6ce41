"""Filter parameters: from the query string of a list to a question, every value read strictly."""

import re
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any, get_args

from app.api import cursor
from app.api.query_params import (
    QueryPairs,
    QueryParam,
    choice,
    empty,
    integer,
    one_of,
    parse_query_string,
    read_value,
    some_of,
    switch,
    text,
    unknown,
)
from app.errors import Fault, Invalid
from app.models.filters import FACETS, FILTERS, INTERVALS, SORTS, TRAITS, Filter
from app.models.page import ROWS
from app.models.quantity import TRAIT_NAME
from app.models.question import Condition, ListMatch, Match, Policy, Question, Readings
from app.models.strict_json import WORDED
from app.rules import instants, intervals, numbers, text_search

AS_OF = text(
    "as_of", "the database as it was at this moment (RFC 3339); not in the future", instants.parse,
    format="date-time",
)  # fmt: skip
LIMIT = integer("limit", "rows on a page", 1, 1000, 50)
MATCH = choice(
    "match", "which answers: any (certain and possible), certain, or possible (and not certain)",
    *get_args(Match),
)  # fmt: skip
LIST_MATCH = choice(
    "match",
    "which rows: any (certain and possible), certain, possible (and not certain), or all: every "
    "row that the plain conditions choose, with `match` telling what it is to those on values and "
    "dates, `impossible` included",
    *get_args(ListMatch),
)  # fmt: skip
READINGS = choice(
    "readings", "of ambiguous wording: the preferred reading (all, where none is), or all of them",
    *get_args(Readings),
)  # fmt: skip
POLICY = choice(
    "policy", "strict: bounds that rest on convention are taken away", *get_args(Policy)
)
EXPANSIONS = ("sources", "measures")
TRAIT_NAMES = ("dim.NAME", "attr.NAME")


def has_traits(resource: str) -> bool:
    """Do the rows of this list have dimensions and attributes?"""
    return resource in ("claims", "quantities")


@lru_cache
def options(resource: str) -> Mapping[str, QueryParam]:
    """The parameters of a list that are not filters."""
    shared = (_sort(resource), LIMIT, CURSOR, COUNT, _fields(resource), AS_OF, LIST_MATCH)
    of_claims = (READINGS, POLICY, EXPAND) if has_traits(resource) else ()
    return {one.name: one for one in (*shared, *of_claims)}


def _sort(resource: str) -> QueryParam:
    orders = [sign + field for field in SORTS[resource] for sign in ("", "-")]
    return choice("sort", "by lower bound, unknown ones last; `-` for descending", *orders)


def _fields(resource: str) -> QueryParam:
    fields = ROWS[resource].model_fields
    known = {field.alias or name for name, field in fields.items()}
    return text(
        "fields", "only these fields, comma-separated; all others are left out", some_of(known)
    )


def _by(value: str) -> tuple[str, ...]:
    """Fields of facets; a dimension or an attribute by its own name."""
    sent = value.split(",")
    plain = [one for one in sent if not is_trait(one)]
    found = {trait_name(*one.split(".", 1)) for one in sent if is_trait(one)}
    if plain:
        found |= some_of([*FACETS, *TRAIT_NAMES])(",".join(plain))
    if len(found) > 50:
        raise ValueError("at most 50 fields")
    return tuple(sorted(found))


CURSOR = text("cursor", "`next_cursor` of the page before, with the same question")
COUNT = text(
    "count", "`exact`: count the rows on all pages",
    lambda value: one_of("exact")(value) == "exact", enum=["exact"],
)  # fmt: skip
EXPAND = text(
    "expand", "add what the rows refer to, once each: sources, measures", some_of(EXPANSIONS),
    pattern="^(sources|measures)(,(sources|measures))*$",
)  # fmt: skip
BY = text(
    "by",
    f"comma-separated, of: {', '.join(FACETS)}, dim.NAME, attr.NAME; `year` is that of `stated` "
    "(2023/2024 where it may be either), `published_year` that of `published`, "
    "`language` the document's",
    _by, "claimant,hedge", "say what to count by",
)  # fmt: skip


@lru_cache
def filters(resource: str) -> Mapping[str, tuple[Filter, str]]:
    """Every condition a list takes, by its parameter's name."""
    return {
        filter.name if op == "eq" else f"{filter.name}__{op}": (filter, op)
        for filter in FILTERS[resource]
        for op in filter.ops
    }


def is_trait(name: str) -> bool:
    """Does a parameter, or a field to count by, ask for a dimension or an attribute?"""
    return name.partition(".")[0] in TRAITS and "." in name


def trait(name: str) -> tuple[Filter, str, str]:
    """The filter, the operator and the name that is stored; raises ``ValueError``."""
    kind, _, rest = name.partition(".")
    own, _, op = rest.rpartition("__") if "__" in rest else (rest, "", "eq")
    filter = TRAITS[kind]
    if op not in filter.ops or name.endswith("__eq"):
        known = ", ".join(f"__{op}" for op in filter.ops if op != "eq")
        raise ValueError(f"there is no such operator; send one of {known}")
    return filter, op, trait_name(kind, own)


def trait_name(kind: str, own: str) -> str:
    """How a dimension or an attribute of this name is stored; raises ``ValueError``."""
    if len(own) > 64 or not re.fullmatch(TRAIT_NAME, own):
        raise ValueError(f"the name is made of a–z, 0–9 and _, as in {TRAITS[kind].example}")
    return f"{kind}.{own}"


def conditions(known: Mapping[str, tuple[Filter, str]], asked: QueryPairs) -> list[Condition]:
    """The conditions, those on one interval as one; raises ``Invalid`` with every fault."""
    plain: dict[tuple[Filter, str, str], list[str]] = {}
    ranges: dict[Filter, list[tuple[str, str]]] = {}
    for name, value in asked:
        filter, op = known[name] if name in known else (TRAITS[name.partition(".")[0]], "")
        if filter.kind in INTERVALS and op != "is_null":
            ranges.setdefault(filter, []).append((name, value))
        else:
            plain.setdefault((filter, op, name), []).append(value)
    makers = [(key[-1], partial(_plain, *key, values)) for key, values in plain.items()]
    for filter, parts in ranges.items():
        makers.append((parts[-1][0], partial(_range, filter, parts)))
    faults: list[Fault] = []
    found: list[Condition] = []
    for name, make in makers:
        try:
            found.append(make())
        except ValueError as error:
            faults.append(Fault(str(error), parameter=name if name.isprintable() else "?"))
    if faults:
        raise Invalid("The question cannot be asked like this.", tuple(faults))
    return found


def _plain(filter: Filter, op: str, name: str, values: list[str]) -> Condition:
    stored: tuple[str, ...] = ()
    if filter.kind == "trait":
        filter, op, own = trait(name)
        stored = (own,)
    if op not in ("eq", "ne") and len(values) > 1:
        raise ValueError("send it once")
    if len(values) > 100:
        raise ValueError("at most 100 values")
    if filter.kind != "search":
        _refuse_json_list(name, values)
    read = [_value(filter, op, value) for value in values]
    flat = [word for words in read for word in words] if filter.kind == "search" else read
    if len(flat) > 100:
        raise ValueError("at most 100 words")
    return Condition(filter, op, (*stored, *flat))


def _refuse_json_list(name: str, values: list[str]) -> None:
    """A list in one value is how some clients write several values; it would be one odd word."""
    if any(re.fullmatch(r'\["[^"]*"(,\s*"[^"]*")*\]', one) for one in values):
        raise ValueError(f"send `{name}` once for each value, and not a list in one")


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
        if text_search.SEPARATOR in value:
            raise ValueError("send it without control characters")
        return numbers.canonical_value(value)
    if filter.words:
        one_of(*filter.words)(value)
    if filter.form and not re.fullmatch(filter.form, value):
        raise ValueError(WORDED[filter.form])
    return text_search.packed([value]) if filter.key in ("tags", "flags") else value


def _range(filter: Filter, parts: QueryPairs) -> Condition:
    """All conditions on one interval form one set."""
    names = [name for name, _ in parts]
    if len(names) > len(set(names)):
        raise ValueError("send it once: an interval is judged against one interval")
    ops = [(name.partition("__")[2] or "eq", value) for name, value in parts]
    if filter.kind == "figure":
        for _, value in ops:
            numbers.exact(value)
        return Condition(filter, "within", tuple(intervals.wanted(ops)))
    spans = [intervals.filter_days(op, value) for op, value in ops]
    lo, hi = max(span.lo for span in spans), min(span.hi for span in spans)
    return Condition(filter, "within", (hi,) if filter.kind == "known" else (lo, hi))


@lru_cache(maxsize=1024)
def question(resource: str, raw: bytes) -> Question:
    """The question that a query string asks of a list; raises ``Invalid`` with every fault."""
    sent, own = parse_query_string(raw), options(resource)
    found, chosen, mark = parsed(resource, sent, own, filters(resource))
    kinds = _key_types(resource, str(chosen.get("sort", "id")).lstrip("-"))
    return asked(resource, found, chosen, mark, kinds)


def parsed(
    resource: str,
    found: QueryPairs,
    own: Mapping[str, QueryParam],
    known: Mapping[str, tuple[Filter, str]],
) -> tuple[list[Condition], dict[str, Any], str]:
    """Conditions, options as they are read, and the mark that a cursor of them bears."""
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
    chosen = {name: read_value(name, value, own[name].read) for name, value in found if name in own}
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


def _key_types(resource: str, sort: str) -> tuple[type, ...]:
    """The types of an order's keys."""
    first = {"id": str, "value": float, "nominal": float, "upper": float}.get(sort, int)
    return (first, str, int) if resource == "quantities" else (first, str)
