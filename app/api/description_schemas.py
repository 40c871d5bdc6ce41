"""The schemas of the OpenAPI document: each written once, under a name that a client can use.

A closed vocabulary is one enum wherever it stands; a shape that has all of another's fields (a row,
a version, what is sent) says so by ``allOf``; answers may gain fields, what is sent may not.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from app.api.openapi import MORE, OF_RECORDS, SEVERAL_WORDS, SHAPES
from app.api.problem import ProblemOut, codes
from app.models import (
    RESOURCES,
    assessment,
    claim,
    field_types,
    key,
    log,
    measure,
    page,
    quantity,
    question,
    search_schemas,
    source,
)  # fmt: skip
from app.models.base import Recorded
from app.rules import agreement, drift, quotes

REF = "#/components/schemas/"
VOCABULARY_MODULES = (
    source, measure, claim, quantity, field_types, page, question, log, key,
    search_schemas, agreement, drift, quotes,
)  # fmt: skip
"""Modules whose closed vocabularies have the same names for a client."""

WORDS: dict[str, Any] = {
    name: kind
    for module in VOCABULARY_MODULES
    for name, kind in vars(module).items()
    if get_origin(kind) is Literal and name != "ListMatch"  # which is told where it is asked
} | {"Disagreement": agreement.ThreeValued}

TYPES: dict[str, Any] = {
    "Slug": field_types.Slug,
    "Edtf": field_types.Edtf,
    "Sha256": field_types.Sha256,
}
SHARED: list[type[BaseModel]] = [
    Recorded, source.SourceBody, measure.MeasureFields, claim.ClaimBody, claim.ClaimFields,
    assessment.AssessmentFields, quantity.Figure, quantity.FigureFields,
    page.Paged, page.Matched, page.Attributed, search_schemas.SearchHit,
]  # fmt: skip
"""What several shapes are made from, which no answer has by itself."""

FIGURE = "FigureSent"
"""A figure as it is sent, by itself or flat with its claim."""

WORDING = "FigureWording"
"""What is sent and answered in the same form of a figure."""

SAID = ("description", "default", "title", "example", "examples", "deprecated")
"""What is said of a value in its place, beside the name of its type."""


def schemas(answered: dict[str, Any]) -> dict[str, Any]:
    """Every schema: those of answers, and those of what is sent."""
    for name in ("HTTPValidationError", "ValidationError"):
        answered.pop(name, None)
    answered |= _schemas(SHARED, "serialization")
    opened = {name: _opened(one) for name, one in answered.items()}
    whole = plain(opened | _sent() | MORE)
    return dict(sorted(_inheriting(whole).items()))


def _schemas(shapes: list[type[BaseModel]], mode: Any) -> dict[str, Any]:
    found: dict[str, Any] = models_json_schema(
        [(shape, mode) for shape in shapes], ref_template=f"{REF}{{model}}"
    )[1]["$defs"]
    return found


def _opened(schema: dict[str, Any]) -> dict[str, Any]:
    """An answer may have more fields tomorrow: what is not known yet is no fault of it."""
    return {name: one for name, one in schema.items() if (name, one) != CLOSED}


CLOSED = ("additionalProperties", False)


def _sent() -> dict[str, Any]:
    """What is sent, and as PUT and PATCH take it; problems have the closed set of codes."""
    sent = _schemas([*SHAPES, ProblemOut], "validation")
    sent.update(_figures())
    sent["ProblemOut"]["properties"]["code"] = {"$ref": f"{REF}ProblemCode"}
    sent["ProblemCode"] = {
        "type": "string", "enum": sorted(codes()),
        "description": "Every kind of problem; each has a page at /problems/CODE.",
    }  # fmt: skip
    for name, kind in RESOURCES.items():
        if name != "assessments":  # which are added to, never changed
            sent.update(_variants(kind.sent.__name__, sent[kind.sent.__name__]))
    return sent


def _figures() -> Iterator[tuple[str, dict[str, Any]]]:
    """A figure as it is sent, and what of it is answered in the same form."""
    answered, sent = (
        _opened(_schemas([quantity.Figure], mode)["Figure"])
        for mode in ("serialization", "validation")
    )
    yield FIGURE, sent
    fields = answered["properties"].items()
    same = {name: one for name, one in fields if sent["properties"][name] == one}
    said = "The fields of a figure that are answered in the form in which they are sent."
    yield WORDING, {**sent, "description": said, "properties": same}


def _variants(name: str, whole: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A shape as PUT takes it, with its id in the path, and as PATCH does, in part."""
    required = [field for field in whole.get("required", []) if field != "id"]
    if "id" in whole.get("required", ()):  # else PUT takes what POST does
        yield f"{name}Put", {**whole, "required": required}
    fields = {
        field: _bare(about if field in (*required, "via") else _nullable(about))
        for field, about in whole["properties"].items()
        if field not in ("id", "included")
    }
    said = f"Some fields of a {name}: what they mean stands there; null clears one."
    yield f"{name}Patch", {**_bare(whole), "description": said, "properties": fields}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    null = {"type": "null"}
    return schema if null in schema.get("anyOf", ()) else {"anyOf": [_bare(schema), null]}


def _bare(schema: dict[str, Any]) -> dict[str, Any]:
    """What a value may be, and no word about it."""
    left = (*SAID, "required")
    return {name: one for name, one in schema.items() if name not in left}


def _inheriting(whole: dict[str, Any]) -> dict[str, Any]:
    """Shapes that have all fields of another as what they add to it."""
    bases = {name: [*_bases(name)] for name in whole}
    return {name: _added_to(whole, name, bases[name]) for name in whole}


def _bases(name: str) -> Iterator[str]:
    """The names of what a shape is made from, the nearest first."""
    if any(name == kind.sent.__name__ for kind in RESOURCES.values()):
        yield f"{name}Put"
    if name in (claim.ClaimSent.__name__, quantity.QuantityIn.__name__):
        yield FIGURE
    if name in MORE:
        yield OF_RECORDS
    if name in (FIGURE, quantity.Figure.__name__):
        yield WORDING
    if name in (FIGURE, WORDING):
        name = quantity.Figure.__name__
    for model in _models().get(name.removesuffix("Put"), ()):
        yield from (one.__name__ for one in model.__mro__[1:])


@cache
def _models() -> Mapping[str, list[type[BaseModel]]]:
    found: dict[str, list[type[BaseModel]]] = {}
    left: list[type[BaseModel]] = [BaseModel]
    while left:
        for one in left.pop().__subclasses__():
            found.setdefault(one.__name__, []).append(one)
            left.append(one)
    return found


def _added_to(whole: dict[str, Any], name: str, bases: list[str]) -> dict[str, Any]:
    own = whole[name]
    if "properties" not in own:
        return dict(own)
    left, parents = dict(own["properties"]), list[str]()
    for base in dict.fromkeys(bases):
        fields = whole.get(base, {}).get("properties", {})
        if base == name or not fields or any(left.get(one) != fields[one] for one in fields):
            continue
        if {*whole[base].get("required", ())} <= {*own.get("required", ())}:
            parents.append(base)
            left = {one: left[one] for one in left if one not in fields}
    if not parents:
        return dict(own)
    known = {one for base in parents for one in whole[base].get("required", ())}
    required = [one for one in own.get("required", ()) if one not in known]
    left |= {one: own["properties"][one] for one in required}
    more = {"type": "object", "properties": left, "required": required}
    parts = [{"$ref": f"{REF}{base}"} for base in parents]
    added = [{key: one for key, one in more.items() if one}] if left else []
    closed = {"unevaluatedProperties": False} if CLOSED in own.items() else {}
    return {"allOf": [*parts, *added], "description": own.get("description", ""), **closed}


BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
"""What pydantic calls the bounds of a number that it reads by a function of ours."""


def _each(
    schema: Any, change: Callable[[dict[str, Any]], dict[str, Any]], left: str = "example"
) -> Any:
    """A schema, and each object in it, as it is changed; but for what is left as it is."""
    if isinstance(schema, list):
        return [_each(one, change, left) for one in schema]
    if not isinstance(schema, dict):
        return schema
    changed = change(schema).items()
    return {name: one if name == left else _each(one, change, left) for name, one in changed}


def plain(schema: Any) -> Any:
    """A schema in JSON Schema's words, without titles and defaults that say nothing.

    A title would say a name once more; a field that is null by default may be left out anyway.
    """
    return _each(schema, _plain, left="")


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    if "patternProperties" in schema:
        schema = _map(schema)
    return {
        BOUNDS.get(key, key) if not isinstance(one, dict) else key: one
        for key, one in schema.items()
        if isinstance(one, dict) or key != "title" and (key, one) != ("default", None)
    }


def _map(schema: dict[str, Any]) -> dict[str, Any]:
    """An object of names that follow one pattern, as more clients understand it."""
    (pattern, value), *others = schema["patternProperties"].items()
    assert not others
    names = {"pattern": pattern, **schema.get("propertyNames", {})}
    left = {name: one for name, one in schema.items() if name != "patternProperties"}
    return {**left, "propertyNames": names, "additionalProperties": value}


def named(document: dict[str, Any]) -> dict[str, Any]:
    """The document with each closed vocabulary, and each type that has a name, by that name."""
    known = _known()
    used: dict[str, Any] = {}

    def by_name(schema: dict[str, Any]) -> dict[str, Any]:
        if "enum" in schema and "type" not in schema:  # the names of an object's fields
            schema = {**schema, "type": "string"}
        text = _text(schema) if schema.get("type") in ("string", "object", "array") else ""
        if text not in known:
            return schema
        used[known[text]] = json.loads(text)
        said = {key: one for key, one in schema.items() if key in SAID}
        return {"$ref": f"{REF}{known[text]}", **said}

    components = document["components"]
    for part in ("parameters", "schemas", "headers"):
        components[part] = _each(components[part], by_name)
    document["paths"] = _each(document["paths"], by_name)
    schemas = components["schemas"] | used
    components["schemas"] = _each(dict(sorted(schemas.items())), _with_null)
    return document


def _with_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A value that may be null, in the short form that JSON Schema has for it: two types."""
    match schema.get("anyOf"):
        case [{"type": str(kind)} as value, {"type": "null"}] if "enum" not in value:
            left = {name: one for name, one in schema.items() if name != "anyOf"}
            return {**value, "type": [kind, "null"], **left}
    return schema


@cache
def _known() -> Mapping[str, str]:
    """The name of each type that has one, by the text of its schema."""
    found = {_text({"type": "string", "enum": [*get_args(kind)]}): n for n, kind in WORDS.items()}
    for name, kind in TYPES.items():
        found[_text(TypeAdapter(kind).json_schema())] = name
    decimal = TypeAdapter(field_types.Exact).json_schema(mode="serialization")
    modes = {"Traits": "serialization", "TraitsSent": "validation"}
    for name, mode in modes.items():
        fields = plain(_schemas([quantity.Figure], mode)["Figure"]["properties"])
        found[_text(fields["dimensions"])] = name
    return found | {_text(decimal): "Decimal", _text(SEVERAL_WORDS): "Words"}


def _text(schema: Mapping[str, Any]) -> str:
    core = {name: one for name, one in schema.items() if name not in SAID}
    return json.dumps(core, sort_keys=True)
