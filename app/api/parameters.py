"""The parameters of lists in OpenAPI, made from the one table of filterable fields."""

from typing import Any

from app.api.conditions import fields_of, has_traits
from app.api.query import options_of
from app.models.filters import FACETS, SORTS, TRAITS, Filter

SAID = {
    "gt": "above", "gte": "at or above", "lt": "below", "lte": "at or below",
    "eq": "equal to; repeat it for any of several",
    "ne": "none of these (repeat it for several); one that is not given is none of them",
    "is_null": "true: it is not given; false: it is",
    "overlaps": "shares days with this extent",
}  # fmt: skip
DATE_SAID = {
    "gt": "after", "gte": "in or after", "lt": "before", "lte": "in or before", "eq": "inside",
}  # fmt: skip
OFF = {"type": "string", "enum": ["true", "false"], "default": "false"}
"""The schema of a switch that is off unless it is sent."""

AS_OF = "the database as it was at this moment (RFC 3339); not in the future"

OPTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "limit": ("rows on a page", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 50}),
    "cursor": ("`next_cursor` of the page before, with the same question", {"type": "string"}),
    "count": ("`exact`: count the rows on all pages", {"type": "string", "enum": ["exact"]}),
    "fields": ("only these fields, with commas", {"type": "string"}),
    "expand": (
        "add what the rows refer to, once each: sources, measures",
        {"type": "string", "pattern": "^(sources|measures)(,(sources|measures))*$"},
    ),
    "as_of": (AS_OF, {"type": "string", "format": "date-time"}),
    "match": (
        "which answers: any (certain and possible), certain, or possible (and not certain)",
        {"type": "string", "enum": ["any", "certain", "possible"], "default": "any"},
    ),
    "readings": (
        "of ambiguous wording: the preferred reading (all, where none is), or all of them",
        {"type": "string", "enum": ["preferred", "all"], "default": "preferred"},
    ),
    "policy": (
        "strict: bounds that rest on convention are taken away",
        {"type": "string", "enum": ["convention", "strict"], "default": "convention"},
    ),
    "by": (
        f"with commas, of: {', '.join(FACETS)}, dim.NAME, attr.NAME; `year` is that of `stated` "
        "(2023/2024 where it may be either), `language` the document's",
        {"type": "string"},
    ),
}


def parameter(name: str, about: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One query parameter, as OpenAPI writes it."""
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": about,
        "schema": schema,
    } | more


def as_of() -> dict[str, Any]:
    """The parameter of every read."""
    return parameter("as_of", *OPTIONS["as_of"])


def of_list(resource: str, facets: bool = False) -> list[dict[str, Any]]:
    """Every parameter of a list."""
    found = [_option(name, resource) for name in options_of(resource, facets)]
    found += [_condition(name, *one) for name, one in fields_of(resource).items()]
    return [*found, *_traits()] if has_traits(resource) else found


def of_analysis(resource: str, fixed: tuple[str, ...]) -> list[dict[str, Any]]:
    """The parameters that every analysis shares: but for what it sets itself, all filters."""
    found = [_option(name, resource) for name in ("as_of", "match", "readings", "policy")]
    conditions = fields_of(resource).items()
    found += [_condition(name, *one) for name, one in conditions if one[0].name not in fixed]
    return [*found, *_traits()]


def _option(name: str, resource: str) -> dict[str, Any]:
    if name == "sort":
        orders = [sign + field for field in SORTS[resource] for sign in ("", "-")]
        schema = {"type": "string", "enum": orders, "default": "id"}
        return parameter("sort", "by lower bound, unknown ones last; `-` for descending", schema)
    if name == "by":
        return parameter(name, *OPTIONS[name], required=True, example="claimant,hedge")
    return parameter(name, *OPTIONS[name])


def _condition(name: str, filter: Filter, op: str) -> dict[str, Any]:
    said = (DATE_SAID if filter.kind == "date" else SAID).get(op, SAID[op])
    if filter.kind in ("search", "known", "switch"):
        said = ""
    about = f"{filter.about}: {said}" if said else filter.about
    # As text, not as `example`: the docs page would send every example it can fill in.
    shown = "" if op == "is_null" else f" — e.g. `{filter.example}`"
    return parameter(name, about + shown, _schema(filter, op))


def _schema(filter: Filter, op: str) -> dict[str, Any]:
    if op == "is_null" or filter.kind == "switch":
        return {"type": "string", "enum": ["true", "false"]}
    text: dict[str, Any] = {"type": "string"}
    if filter.words:
        text["enum"] = list(filter.words)
    if filter.kind == "word" and op in ("eq", "ne"):
        return {"type": "array", "items": text, "maxItems": 100}
    if filter.kind == "instant":
        return text | {"format": "date-time"}
    return text | ({"minLength": 2} if filter.kind == "search" else {"minLength": 1})


def _traits() -> list[dict[str, Any]]:
    return [_trait(kind, filter) for kind, filter in TRAITS.items()]


def _trait(kind: str, filter: Filter) -> dict[str, Any]:
    """One for all names: which there are, the data say."""
    ops = ", ".join(f"`__{op}`" for op in filter.ops if op != "eq")
    about = (
        f"{filter.about}, by its name: `{filter.example}`. Equal numbers are the same however they "
        f"are written; behind the name {ops} (above and below: of numbers)"
    )
    schema = {
        "type": "object",
        "propertyNames": {"pattern": rf"^{kind}\.[a-z][a-z0-9_]{{0,63}}(__[a-z_]+)?$"},
        "additionalProperties": {"type": "string", "minLength": 1},
    }
    return parameter(kind, about, schema, style="form", explode=True)
