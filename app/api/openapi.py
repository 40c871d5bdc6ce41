"""The OpenAPI document: FastAPI's own, completed.

What an operation is for stands beside its handler, as the docstring (or the route's description):
the first paragraph is the summary. What it takes, and how it can fail, is given by ``operation``.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.api import filter_params
from app.api.analysis_params import AnalysisParams
from app.api.problem import ProblemOut, codes
from app.api.query_params import QueryParam
from app.models import RESOURCES
from app.models.filters import TRAITS, Filter

DESCRIPTION = """
**Who said what number, when, through whom, and how firmly.**

Sayso keeps reported figures as they were said: hedged, relayed, revised, contradictory. Ask it
which figures *certainly* exceed 10,000, what was known on a given day, and through whom a figure
came.

* Filters: `field=value` (repeat: any of them), `field__gt`, `__gte`, `__lt`, `__lte`, `__is_null`;
  different parameters all have to hold. An unknown parameter is refused, and the nearest named.
* `as_of` on every read answers from the past; nothing is ever overwritten or deleted.
* A field at its default, or unknown, is left out of answers; the defaults are in the schemas.
* Figures are exact decimals, as strings.
* Writing needs a key, and so may reading: `Authorization: Bearer sayso_…`. Each operation names the
  scope that the key must have.
"""
TAGS = [
    {"name": "claims", "description": "What was said, by whom, how firmly"},
    {"name": "quantities", "description": "The figures, flat"},
    {"name": "sources", "description": "Who speaks, who relays, and in what it is found"},
    {"name": "measures", "description": "What is counted"},
    {"name": "assessments", "description": "Who trusts whom how much"},
    {"name": "analysis", "description": "Answers: each with its claims and its assumptions"},
    {"name": "transfer", "description": "Bulk in, bulk out, what changed"},
    {"name": "lexicon", "description": "What the words mean"},
    {"name": "keys", "description": "Who may do what"},
]
ALWAYS = (400, 401, 403, 414, 422, 429, 503)
"""How every operation can fail."""


def header(
    name: str, description: str, example: str | None = None, **schema: Any
) -> dict[str, Any]:
    """A request header, as OpenAPI writes it."""
    found = {"name": name, "in": "header", "required": False, "description": description,
             "schema": {"type": "string", **schema}}  # fmt: skip
    return found if example is None else {**found, "example": example}


def operation(
    *statuses: int,
    parameters: Iterable[QueryParam | dict[str, Any]] = (),
    example_id: str = "",
    body: dict[str, Any] | None = None,
    also: Mapping[int, dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """What a route's decorator tells of its operation beside what FastAPI sees for itself.

    ``statuses`` are problems beyond those of every operation, ``also`` its other successes, and
    ``example_id`` fills in the id of a path.
    """
    sent = [one.openapi() if isinstance(one, QueryParam) else one for one in parameters]
    extra = {"parameters": sent, "requestBody": body, "x-example-id": example_id}
    return {
        "responses": {**(also or {}), **{one: _problem(one) for one in (*ALWAYS, *statuses)}},
        "openapi_extra": {name: value for name, value in extra.items() if value},
    }


def success(about: str, schemas: Mapping[str, dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """An answer that is no JSON of one shape: a schema for each media type."""
    content = {kind: {"schema": schema} for kind, schema in schemas.items()}
    return {200: {"description": about, "content": content}}


def _problem(status: int) -> dict[str, Any]:
    titles = {408: "Too slow"} | {kind.status: kind.title for kind in codes().values()}
    schema = {"$ref": "#/components/schemas/ProblemOut"}
    return {
        "description": titles[status],
        "content": {"application/problem+json": {"schema": schema}},
    }


SHAPES: set[type[BaseModel]] = {kind.sent for kind in RESOURCES.values()}
"""Shapes that FastAPI does not find by itself: those of what is sent, and of answers in no JSON."""


def ref(shape: type[BaseModel], variant: str = "") -> dict[str, Any]:
    """A reference to a shape, which the document then has."""
    SHAPES.add(shape)
    return {"$ref": f"#/components/schemas/{shape.__name__}{variant}"}


def body(schema: dict[str, Any], example: Any, *kinds: str) -> dict[str, Any]:
    """A request body of one shape."""
    content = {kind: {"schema": schema, "example": example} for kind in kinds}
    return {"required": True, "content": content}


def of_list(resource: str, facets: bool = False, **examples: Any) -> list[dict[str, Any]]:
    """Every parameter of a list, or of its facets."""
    found = [one.openapi() for one in filter_params.options(resource, facets).values()]
    found += _filters(resource, filter_params.filters(resource))
    return _with_examples(found, examples)


def of_table(options: Iterable[QueryParam], **examples: Any) -> list[dict[str, Any]]:
    """Every parameter of a table of figures: its options, and the filters of the list."""
    found = [one.openapi() for one in options]
    return _with_examples(
        found + _filters("quantities", filter_params.filters("quantities")), examples
    )


def _with_examples(
    parameters: list[dict[str, Any]], examples: Mapping[str, Any]
) -> list[dict[str, Any]]:
    return [
        {**one, "example": examples[one["name"]]} if one["name"] in examples else one
        for one in parameters
    ]


def of_analysis(analysis: AnalysisParams) -> list[QueryParam | dict[str, Any]]:
    """Every parameter of an analysis: its own, the options of all, and the filters it takes."""
    options = analysis.options.values()
    shared = [one for one in options if one not in analysis.own]
    return [*analysis.own, *shared, *_filters(analysis.resource, analysis.filters)]


def _filters(resource: str, known: Mapping[str, tuple[Filter, str]]) -> list[dict[str, Any]]:
    found = [_filter(name, *one) for name, one in known.items()]
    if filter_params.has_traits(resource):
        found += [_trait(kind, one) for kind, one in TRAITS.items()]
    return found


OPERATOR_TEXTS = {
    "gt": "above", "gte": "at or above", "lt": "below", "lte": "at or below",
    "eq": "equal to; repeat it for any of several",
    "ne": "none of these (repeat it for several); one that is not given is none of them",
    "is_null": "true: it is not given; false: it is",
    "overlaps": "shares days with this extent",
}  # fmt: skip
DATE_OPERATOR_TEXTS = OPERATOR_TEXTS | {
    "gt": "after", "gte": "in or after", "lt": "before", "lte": "in or before", "eq": "inside",
}  # fmt: skip


def _filter(name: str, filter: Filter, op: str) -> dict[str, Any]:
    said = (DATE_OPERATOR_TEXTS if filter.kind == "date" else OPERATOR_TEXTS)[op]
    plain = filter.kind in ("search", "known", "switch")
    about = filter.about if plain else f"{filter.about}: {said}"
    # As text, not as `example`: the docs page would send every example it can fill in.
    shown = "" if op == "is_null" else f" — e.g. `{filter.example}`"
    return QueryParam(name, about + shown, _schema(filter, op), str).openapi()


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
    # Without an example the docs page makes names up (`additionalProp1`), and sends them.
    found = QueryParam(kind, about, schema, str, example={}).openapi()
    return found | {"style": "form", "explode": True}


def install(app: FastAPI) -> None:
    """Serve our document instead of the framework's own."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = completed(made(), app.state.settings.reads_are_open)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def completed(document: dict[str, Any], reads_are_open: bool) -> dict[str, Any]:
    """The document with the shapes it refers to, and operations as the docs page shows them."""
    _add_schemas(document["components"]["schemas"])
    for operations in document["paths"].values():
        for one in operations.values():
            _complete(one)
            if reads_are_open and one.get("security") == [{"key": ["read"]}]:
                one["security"].append({})
    document["components"] |= _shared([
        one for operations in document["paths"].values() for one in operations.values()
    ])  # fmt: skip
    return document


def _shared(operations: list[dict[str, Any]]) -> dict[str, Any]:
    """Parameters and problems that several operations have, as components they refer to.

    Of parameters of one name the most frequent one is shared, and the others stay in their place.
    """
    every = [one for operation in operations for one in operation.get("parameters", [])]
    counts = Counter(json.dumps(one) for one in every if one["in"] != "path")
    parameters: dict[str, Any] = {}
    for text, count in counts.most_common():
        if count > 1:
            parameters.setdefault(json.loads(text)["name"], json.loads(text))
    problems = {}
    for operation in operations:
        operation["parameters"] = [
            {"$ref": f"#/components/parameters/{one['name']}"}
            if one == parameters.get(one["name"]) else one
            for one in operation.get("parameters", [])
        ]  # fmt: skip
        for status, one in operation["responses"].items():
            if "application/problem+json" in one.get("content", {}):
                problems[f"Problem{status}"] = one
                operation["responses"][status] = {"$ref": f"#/components/responses/Problem{status}"}
    return {"parameters": parameters, "responses": problems}


def _add_schemas(schemas: dict[str, Any]) -> None:
    shapes: list[type[BaseModel]] = [*SHAPES, ProblemOut]
    sent = models_json_schema(
        [(shape, "validation") for shape in shapes], ref_template="#/components/schemas/{model}"
    )[1]["$defs"]
    for kind in RESOURCES.values():
        sent.update(_variants(kind.sent.__name__, sent[kind.sent.__name__]))
    sent["ProblemOut"]["properties"]["code"]["enum"] = sorted(codes())
    schemas.update({name: schema for name, schema in sent.items() if name not in schemas})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas.update({name: _untitled(schema) for name, schema in schemas.items()})


def _untitled(schema: Any) -> Any:
    """A schema without the titles that only say its names once more."""
    if isinstance(schema, list):
        return [_untitled(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: one for key, one in schema.items() if key != "title" or isinstance(one, dict)}
    return {key: _untitled(one) for key, one in kept.items()}


def _variants(name: str, whole: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A shape as PUT takes it, with its id in the path, and as PATCH does, in part."""
    required = [field for field in whole.get("required", []) if field != "id"]
    yield f"{name}Put", {**whole, "required": required}
    null = {"type": "null"}
    fields = {
        field: about
        if field in (*required, "via") or null in about.get("anyOf", ())
        else {"anyOf": [about, null]}
        for field, about in whole["properties"].items()
        if field not in ("id", "included")
    }
    yield f"{name}Patch", {**whole, "properties": fields, "required": []}


def _complete(one: dict[str, Any]) -> None:
    """One operation: its summary, and what the docs page fills in where a path asks for an id."""
    summary, _, about = one.get("description", one["summary"]).partition("\n\n")
    one["summary"], one["description"] = _joined(summary), _joined(about)
    filled = {"id": one.pop("x-example-id", None), "version": 1}
    for parameter in one.get("parameters", []):
        if parameter["in"] == "path":
            parameter["example"] = filled[parameter["name"]]


def _joined(text: str) -> str:
    """A docstring's lines as paragraphs."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", text.strip())
