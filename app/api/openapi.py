"""What a route tells of its operation; ``description.py`` makes the OpenAPI document of it.

What an operation is for stands beside its handler, as the docstring (or the route's description):
the first paragraph is the summary. What it takes, and how it can fail, is given by ``operation``.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from app.api import filter_params
from app.api.query_params import QueryParam
from app.models import RESOURCES
from app.models.filters import RECORDED, STATUS, TRAITS, Filter

ASKED_FIRST: tuple[tuple[str, ...], ...] = (
    ("q", "measure", "numerator", "denominator", "by", "group_by", "at", "baseline", "value",
     "unit", "dim", "attr", "utterance", "class", "kind", "statistic",
     "accumulation", "target", "format", "lang", "since"),
    ("claimant", "claimant_root", "origin", "via", "document", "affiliation",
     "root", "country", "assessor"),
    ("stated", "published", "known_by", "period", "as_of"),
    ("match", "hedge", "modality", "policy", "readings", "speech_act", "reliability",
     "credibility", "confidence"),
    ("limit", "cursor", "until", "sort", "count", "fields", "expand"),
)  # fmt: skip
"""Parameters in the order of questions: what, who, when, how firmly, and how much of it."""

PLACES = {
    name: (group, place)
    for group, names in enumerate(ASKED_FIRST)
    for place, name in enumerate(names)
}
FIXED = ("measure", "utterance")
"""Fields that the path of an analysis sets: those it does not take then are told one by one."""

BOUNDED = {
    "value": ("gte", "lte"), "stated": ("gte", "lte"), "published": ("gte", "lte"),
}  # fmt: skip
"""Fields that are asked within bounds as often as by themselves."""

STRING = {"type": "string"}
OPERATORS = ("", "gte", "lte", "gt", "lt", "overlaps", "ne", "is_null")
SELDOM = OPERATORS[-2:]


def header(
    name: str, description: str, example: str | None = None, **schema: Any
) -> dict[str, Any]:
    """A request header, as OpenAPI writes it."""
    found = {"name": name, "in": "header", "description": description,
             "schema": {"type": "string", **schema}}  # fmt: skip
    return found if example is None else {**found, "example": example}


def operation(
    *statuses: int,
    parameters: Iterable[QueryParam | dict[str, Any]] = (),
    example_id: str = "",
    body: dict[str, Any] | None = None,
    also: Mapping[int, dict[str, Any]] | None = None,
    headers: Mapping[int, Iterable[str]] | None = None,
) -> dict[str, Any]:
    """What a route's decorator tells of its operation beside what FastAPI sees for itself.

    ``statuses`` are problems that it has for reasons of its own, ``also`` its other successes,
    ``headers`` those that its answers come with, and ``example_id`` fills in the id of a path.
    """
    sent = [one.openapi() if isinstance(one, QueryParam) else one for one in parameters]
    extra = {"parameters": sent, "requestBody": body, "x-example-id": example_id}
    told: dict[int, dict[str, Any]] = {status: dict(one) for status, one in (also or {}).items()}
    for status, names in (headers or {}).items():
        told.setdefault(status, {})["headers"] = {
            name: {"$ref": f"#/components/headers/{name}"} for name in names
        }
    return {
        "responses": {**told, **dict.fromkeys(statuses, {"description": "a problem"})},
        "openapi_extra": {name: value for name, value in extra.items() if value},
    }


def success(about: str, schemas: Mapping[str, dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """An answer that is no JSON of one shape: a schema for each media type."""
    content = {kind: {"schema": schema} for kind, schema in schemas.items()}
    return {200: {"description": about, "content": content}}


SHAPES: set[type[BaseModel]] = {kind.sent for kind in RESOURCES.values()}
"""Shapes that FastAPI does not find by itself: those of what is sent, and of answers in no JSON."""


def ref(shape: type[BaseModel], variant: str = "") -> dict[str, Any]:
    """A reference to a shape, which the document then has."""
    SHAPES.add(shape)
    if variant == "Put" and not shape.model_fields["id"].is_required():
        variant = ""
    return {"$ref": f"#/components/schemas/{shape.__name__}{variant}"}


def body(schema: dict[str, Any], example: Any, *kinds: str) -> dict[str, Any]:
    """A request body of one shape."""
    return body_of(dict.fromkeys(kinds, (schema, example)))


def body_of(kinds: Mapping[str, tuple[dict[str, Any], Any]]) -> dict[str, Any]:
    """A request body: its schema, and an example, for each media type."""
    content = {kind: {"schema": one, "example": example} for kind, (one, example) in kinds.items()}
    return {"required": True, "content": content}


def of_list(resource: str, **examples: Any) -> list[dict[str, Any]]:
    """Every parameter of a list."""
    found = [one.openapi() for one in filter_params.options(resource).values()]
    found += of_filters(resource, filter_params.filters(resource))
    return with_examples(found, examples)


def with_examples(
    parameters: list[dict[str, Any]], examples: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Parameters, those with an example that has their name."""
    return [
        {**one, "example": examples[one["name"]]} if one["name"] in examples else one
        for one in parameters
    ]


def of_filters(resource: str, known: Mapping[str, tuple[Filter, str]]) -> list[dict[str, Any]]:
    """Filters that are asked often, each by itself; all others as the fields of one parameter."""
    found = [_filter(name, *one) for name, one in known.items() if is_asked_often(name)]
    if filter_params.has_traits(resource):
        found += [_trait(kind, one) for kind, one in TRAITS.items()]
    return [*found, _more(resource)]


def is_asked_often(name: str) -> bool:
    """Is a filter one of those that people ask first, by itself or within bounds?"""
    own, _, op = name.partition("__")
    if own in FIXED:
        return True
    return own in PLACES and op in ("", "overlaps", *BOUNDED.get(own, ()))


def _more(resource: str) -> dict[str, Any]:
    """The filters that are asked seldom: an object whose fields are sent as parameters."""
    rows = "claims" if filter_params.has_traits(resource) else resource
    name = f"{rows.removesuffix('s').capitalize()}Filters"
    known = filter_params.filters(resource).items()
    fields = {name: _field(*one) for name, one in known if not is_asked_often(name)}
    MORE[name] = {
        "type": "object",
        "description": f"Filters of {rows} that are asked seldom.",
        "properties": fields,
        "additionalProperties": False,
    }
    for one in (RECORDED, STATUS):
        MORE[OF_RECORDS]["properties"] |= {
            field: fields[field] for field, (filter, _) in known if filter == one
        }
    about = (
        "all other filters and operators, each as a parameter of its own name: "
        + ", ".join(f"`{one}`" for one in list(fields)[:3]) + " …"
    )  # fmt: skip
    schema = {"$ref": f"#/components/schemas/{name}"}
    # Without an example the docs page makes values up, and sends them.
    found = QueryParam("more", about, schema, str, example={}).openapi()
    return found | {"style": "form", "explode": True}


OF_RECORDS = "RecordFilters"
MORE: dict[str, dict[str, Any]] = {
    OF_RECORDS: {
        "type": "object",
        "description": "`field__operator`, each sent as a parameter of its own, and a list as that "
        "parameter once for each value (any of them; of ne: none of them): ne (not this), gt, gte, "
        "lt, lte (above, at or above, below, at or below; of dates after, in or after, before, in "
        "or before), is_null (is it not given?), overlaps (shares days with this).",
        "properties": {},
    }
}
"""The schemas of the filters that are asked seldom; the first has those of every resource."""


def _field(filter: Filter, op: str) -> dict[str, Any]:
    """One of them: its schema, and what it is about where no parameter of its own says so."""
    one = _schema(filter, op)
    told = filter.name not in PLACES and op == filter.ops[0]
    about = {"description": filter.about} if told else {}
    return {name: value for name, value in one.items() if name != "minLength"} | about


OPERATOR_TEXTS = {
    "gt": "above", "gte": "at or above", "lt": "below", "lte": "at or below",
    "eq": "this; repeated: any of them",
    "ne": "not this; repeated: none of them; one that is not given is none of them",
    "is_null": "true: it is not given; false: it is",
    "overlaps": "shares days with this extent",
}  # fmt: skip
DATE_OPERATOR_TEXTS = OPERATOR_TEXTS | {
    "gt": "after", "gte": "in or after", "lt": "before", "lte": "in or before", "eq": "inside",
}  # fmt: skip
OWN_TEXTS = {"date": DATE_OPERATOR_TEXTS, "figure": OPERATOR_TEXTS | {"eq": "this"}}
"""Of intervals, which are sent once."""


def _filter(name: str, filter: Filter, op: str) -> dict[str, Any]:
    said = OWN_TEXTS.get(filter.kind, OPERATOR_TEXTS)[op]
    plain = filter.kind in ("search", "known", "switch")
    about = filter.about if plain else f"{filter.about}: {said}"
    # As text, not as `example`: the docs page would send every example it can fill in.
    shown = "" if op == "is_null" else f" — e.g. `{filter.example}`"
    return QueryParam(name, about + shown, _schema(filter, op), str).openapi()


SEVERAL_WORDS: dict[str, Any] = {"type": "array", "items": {"type": "string"}, "maxItems": 100}
"""A parameter that may be sent several times: any of its values."""


def _schema(filter: Filter, op: str) -> dict[str, Any]:
    if op == "is_null" or filter.kind == "switch":
        return {"type": "boolean"}
    text: dict[str, Any] = {"type": "string"}
    if filter.words:
        text["enum"] = list(filter.words)
    if filter.kind in ("word", "number") and op in ("eq", "ne"):
        return {**SEVERAL_WORDS, "items": text}
    if filter.kind == "instant":
        return text | {"format": "date-time"}
    return text | ({"minLength": 2} if filter.kind == "search" else {"minLength": 1})


def _trait(kind: str, filter: Filter) -> dict[str, Any]:
    """One for all names: which there are, the data say."""
    ops = ", ".join(f"`__{op}`" for op in filter.ops if op != "eq")
    about = f"{filter.about}, by its name: `{filter.example}`. " + (
        "Equal numbers are the same however they are written; a list, sent as repeats, is any of "
        f"several; behind the name {ops} (above and below: of numbers)"
        if kind == "dim"
        else "Read as `dim` is."
    )
    text = {"type": "string", "minLength": 1}
    schema = {
        "type": "object",
        "propertyNames": {"pattern": rf"^{kind}\.[a-z][a-z0-9_]{{0,63}}(__[a-z_]+)?$"},
        "additionalProperties": {"anyOf": [text, {**SEVERAL_WORDS, "items": text}]},
    }
    # Without an example the docs page makes names up (`additionalProp1`), and sends them.
    found = QueryParam(kind, about, schema, str, example={}).openapi()
    return found | {"style": "form", "explode": True}
