"""The OpenAPI document: FastAPI's own, completed, and small enough to be read by a tool at once.

Every operation is completed by the same rules, so that a new one needs only its ``operation``: its
parameters in the order in which people ask, its problems, its example (of ``answers.json``, which
``python -m tests.answers`` makes), and what it shares with others as a component.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from app.api.description_schemas import named, plain, schemas
from app.api.openapi import ASKED_FIRST, OPERATORS, PLACES, SELDOM
from app.api.problem import codes

DESCRIPTION = """
**Who said what number, when, through whom, and how firmly.**

Sayso keeps reported figures as they were said: hedged, relayed, revised, contradictory. Ask it
which figures *certainly* exceed 10,000, what was known on a given day, and through whom a figure
came.

* Filters: `field=value` (repeat: any of them), `field__gt`, `__gte`, `__lt`, `__lte`, `__is_null`;
  different parameters all have to hold. An unknown parameter is refused, and the nearest named.
* `as_of` (most reads) answers from the past; nothing is ever overwritten or deleted.
* Examples of answers are real ones, by the seed; of long lists they show the first row.
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

ANSWERS = Path(__file__).with_name("answers.json")
"""For each operation the answer to its own examples, by the seed."""

ALWAYS = ("4XX", "5XX")
"""How every operation can fail: each failure is a problem document, whatever its status."""

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
TEXT = {"type": "string"}
HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {"description": "the version, in quotation marks; send it as If-Match", "schema": TEXT},
    "Location": {"description": "the path of what was stored", "schema": TEXT},
    "Link": {"description": 'the next page, as `<path>; rel="next"` (RFC 8288)', "schema": TEXT},
    "Vary": {"description": "Accept decides the form", "schema": TEXT},
    "Retry-After": {
        "description": "of a 429 and a 503: seconds after which to try again",
        "schema": {"type": "integer", "minimum": 1},
    },
    "WWW-Authenticate": {"description": "of a 401: which kind of key", "schema": TEXT},
    "Allow": {"description": "of a 405: the methods that this path takes", "schema": TEXT},
}
OF_PROBLEMS = {
    "4XX": ("Retry-After", "WWW-Authenticate", "Allow"), "5XX": ("Retry-After",),
}  # fmt: skip
ABOUT_PROBLEMS = {
    "4XX": "Any other fault of the request: `code` says which, `errors` where",
    "5XX": "Not now (busy, read-only, full: `Retry-After`), or a fault of ours",
}


def install(app: FastAPI) -> None:
    """Serve our document instead of the framework's own."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            settings = app.state.settings
            app.openapi_schema = completed(made(), settings.reads_are_open, settings.public_url)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def operation_id(route: APIRoute) -> str:
    """The handler's name as most clients spell it: list_claims is ``listClaims``."""
    first, *rest = route.name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def completed(document: dict[str, Any], reads_are_open: bool, url: str) -> dict[str, Any]:
    """The document with all that its operations refer to, each of them completed."""
    document["servers"] = [{"url": url or "/", "description": "This server"}]
    components = document["components"]
    components["schemas"] = schemas(components["schemas"])
    told = answers()
    for path, operations in document["paths"].items():
        for one in operations.values():
            _complete(path, one)
            _show(one, told)
            if reads_are_open and one.get("security") == [{"key": ["read"]}]:
                one["security"].append({})
    every = [one for operations in document["paths"].values() for one in operations.values()]
    components |= {"examples": _shared_examples(every), "headers": HEADERS}
    problems = _problems(every)
    components["responses"] = _shared("responses", _answers(every)) | problems
    components["parameters"] = dict(sorted(_shared("parameters", _parameters(every)).items()))
    document["security"] = _usual(every)
    return named(document)


@cache
def answers() -> Mapping[str, Any]:
    """What is answered to the examples: by operation, status and media type."""
    found: Mapping[str, Any] = json.loads(ANSWERS.read_text(encoding="utf-8"))
    return found


def _complete(path: str, one: dict[str, Any]) -> None:
    """One operation: its summary, its parameters in order, what an id is filled in with."""
    summary, _, about = one.get("description", one["summary"]).partition("\n\n")
    one["summary"], one["description"] = _joined(summary), _joined(about)
    filled = {"id": one.pop("x-example-id", None), "version": 1}
    for parameter in one.get("parameters", []):
        if parameter["in"] == "path":
            schema = plain(parameter["schema"])
            # The pattern of an id bounds its length already.
            left = ("description", "maxLength")
            parameter["schema"] = {name: schema[name] for name in schema if name not in left}
            parameter["example"] = filled[parameter["name"]]
    one["parameters"] = sorted(one.get("parameters", []), key=_place)


def _place(parameter: Mapping[str, Any]) -> tuple[Any, ...]:
    """Where a parameter stands: what has to be sent, then by the order of questions."""
    where = ("path", "query", "header").index(parameter["in"])
    name, _, op = parameter["name"].partition("__")
    group, place = PLACES.get(name, (len(ASKED_FIRST), 0))
    if op in SELDOM or name == "more":
        group = len(ASKED_FIRST) + (name == "more")
    return where, not parameter.get("required", False), group, place, OPERATORS.index(op)


def _joined(text: str) -> str:
    """A docstring's lines as paragraphs."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", text.strip())


def _show(one: dict[str, Any], told: Mapping[str, Any]) -> None:
    """The answer to an operation's own examples, with each of its successes."""
    for status, kinds in told.get(one["operationId"], {}).items():
        content = one["responses"].get(status, {}).get("content", {})
        for kind, example in kinds.items():
            if kind in content:
                content[kind]["example"] = example


LONG = 150
"""Characters of an example from which on it is written once, and referred to."""

Place = tuple[Any, Any, str]
"""Where something stands (in what, under which key), and the name it would have as a component."""


def _shared(part: str, places: Iterable[Place]) -> dict[str, Any]:
    """What stands in several places word for word, as components that each of them refers to."""
    alike: dict[str, list[Place]] = {}
    repeated: list[str] = []
    for place in places:
        text = json.dumps(place[0][place[1]])
        alike.setdefault(text, []).append(place)
        if len(alike[text]) == 2:
            repeated.append(text)
    names: dict[str, str] = {}
    for text, several in alike.items():
        if len(several) == 1:
            continue
        free = (f"{several[0][2]}{n}" for n in ("", *range(2, 100)))
        names[text] = next(one for one in free if one not in names.values())
        for holder, key, _ in several:
            holder[key] = {"$ref": f"#/components/{part}/{names[text]}"}
    return {names[text]: json.loads(text) for text in repeated}


def _shared_examples(operations: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Long answers that several operations show; the others stay in their place."""
    shown = [
        (media, "example", name)
        for answers, status, name in _answers(operations)
        for media in answers[status].get("content", {}).values()
        if len(json.dumps(media.get("example"))) >= LONG
    ]
    found = _shared("examples", shown)
    for media, key, _ in shown:
        if "$ref" in media[key]:
            media["examples"] = {"answer": media.pop(key)}
    return {name: {"value": example} for name, example in found.items()}


def _answers(operations: Iterable[dict[str, Any]]) -> Iterator[Place]:
    """Each success of each operation."""
    for operation in operations:
        for status, one in operation["responses"].items():
            if one.get("description") == FRAMEWORKS:
                one["description"] = "Done"
            if "$ref" not in one:
                yield operation["responses"], status, f"{operation['operationId']}{status}"


FRAMEWORKS = "Successful Response"
"""What the framework says of a success that its route says nothing of."""

WRONG = "422"
"""What the framework adds to some operations; any of ours can answer it: it is among the 4XX."""


def _problems(operations: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Problems as components; what every operation can answer, each of them has."""
    titles = {str(kind.status): kind.title for kind in codes().values()} | ABOUT_PROBLEMS
    found: dict[str, Any] = {}
    for operation in operations:
        own = {status: one for status, one in operation["responses"].items() if status < "4"}
        failed = [one for one in operation["responses"] if one >= "4" and one != WRONG]
        for status in dict.fromkeys((*sorted(failed), *ALWAYS)):
            own[status] = {"$ref": f"#/components/responses/{status}"}
            found[status] = {"description": titles[status], "content": PROBLEM}
            if status in OF_PROBLEMS:
                found[status]["headers"] = {
                    header: {"$ref": f"#/components/headers/{header}"}
                    for header in OF_PROBLEMS[status]
                }
        operation["responses"] = own
    return found


def _usual(operations: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The key that most operations take: said once, and not of each of them."""
    kept = json.dumps([{"key": ["read"]}])
    opened = json.dumps([{"key": ["read"]}, {}])
    for operation in operations:
        if json.dumps(operation.get("security")) in (kept, opened):
            usual = operation.pop("security")
        else:
            operation.setdefault("security", [])
    found: list[dict[str, Any]] = usual
    return found


def _parameters(operations: Iterable[dict[str, Any]]) -> Iterator[Place]:
    """Each parameter of each operation."""
    for operation in operations:
        for n, one in enumerate(operation["parameters"]):
            name = one["name"]
            if one["in"] == "path":
                name = f"{operation['tags'][0].removesuffix('s')}_{name}"
            name = one["schema"].get("$ref", name).rpartition("/")[2]
            yield operation["parameters"], n, name
