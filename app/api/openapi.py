"""The OpenAPI document: FastAPI's own, with the shapes that bodies are held to."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.api.lexicon import Phrase
from app.api.problem import ProblemOut, codes
from app.api.quotes import QuotedText
from app.models import RESOURCES, Resource
from app.models.citation_schemas import CslItem, Linked, Reviews
from app.models.key import KeyIn

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


def install(app: FastAPI) -> None:
    """Serve our document instead of the framework's own."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = completed(made(), app.state.settings.reads_are_open)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def completed(document: dict[str, Any], reads_are_open: bool) -> dict[str, Any]:
    """The document with the sent shapes, the problem codes, and examples in paths."""
    shapes: list[type[BaseModel]] = [kind.sent for kind in RESOURCES.values()]
    shapes += [Phrase, QuotedText, KeyIn, CslItem, Linked, Reviews]
    _, sent = models_json_schema(
        [(shape, "validation") for shape in shapes], ref_template="#/components/schemas/{model}"
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas |= {name: schema for name, schema in sent["$defs"].items() if name not in schemas}
    schemas |= {name: shape for kind in RESOURCES.values() for name, shape in variants(kind, sent)}
    problem = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs") | {"ProblemOut": problem}
    problem["properties"]["code"]["enum"] = sorted(codes())
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for operations in document["paths"].values():
        for operation in operations.values():
            _fill(operation)
            if reads_are_open and operation.get("security") == [{"key": ["read"]}]:
                operation["security"].append({})
    return document


def variants(kind: Resource, sent: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A shape as PUT takes it, with its id in the path, and as PATCH does, in part."""
    name = kind.sent.__name__
    whole = sent["$defs"][name]
    required = [field for field in whole.get("required", []) if field != "id"]
    yield f"{name}Put", {**whole, "title": f"{name}Put", "required": required}
    fields = {
        field: about if field in (*required, "via") else {"anyOf": [about, {"type": "null"}]}
        for field, about in whole["properties"].items()
        if field not in ("id", "included")
    }
    part = {"title": f"{name}Patch", "properties": fields, "required": []}
    yield f"{name}Patch", {**whole, **part}


def _fill(operation: dict[str, Any]) -> None:
    """What the page fills in: an id where a path asks for one, and nothing for names of any kind.

    For a parameter that is an object the page would make names up (`additionalProp1`), and send
    them.
    """
    example = operation.pop("x-example-id", None)
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            known = {"id": example, "version": 1}
            parameter["example"] = known[parameter["name"]]
        elif parameter["schema"].get("type") == "object":
            parameter.setdefault("example", {})
