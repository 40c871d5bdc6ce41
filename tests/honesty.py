"""Answers must be what /docs says: the status documented, the body as its schema describes it."""

import copy
import json
import re
from typing import Any

import httpx
from jsonschema_rs import Draft202012Validator, Registry


def copied(document: dict[str, Any]) -> dict[str, Any]:
    """A copy of JSON, made in a tenth of the time that `copy.deepcopy` takes."""
    whole: dict[str, Any] = json.loads(json.dumps(document))
    return whole


def inlined(document: dict[str, Any]) -> dict[str, Any]:
    """The description with its parameters and answers written out where they are referred to."""
    whole: dict[str, Any] = copied(document)
    for methods in whole["paths"].values():
        for one in methods.values():
            one.setdefault("security", whole["security"])
            one["parameters"] = [_resolved(whole, shared) for shared in one["parameters"]]
            answers = one["responses"].items()
            one["responses"] = {status: _resolved(whole, shared) for status, shared in answers}
    return whole


def _resolved(document: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    found = document
    for part in one["$ref"].removeprefix("#/").split("/") if "$ref" in one else ():
        found = found[part]
    return copied(found) if "$ref" in one else one


def fields_of(schemas: dict[str, Any], name: str) -> dict[str, Any]:
    """The fields of a shape, with those of what it is made from."""
    found: dict[str, Any] = schemas[name].get("properties", {})
    for part in schemas[name].get("allOf", ()):
        base = part.get("$ref", "").rpartition("/")[2]
        found = found | (fields_of(schemas, base) if base else part["properties"])
    return found


PROMISED = ("ETag", "Location", "Link", "Retry-After", "WWW-Authenticate", "Allow")
"""Headers that an answer has only where its description says so."""


class Honesty:
    """The OpenAPI document, held against every answer of the server it came from."""

    def __init__(self, document: dict[str, Any]):
        """``document`` is written out: see ``inlined``."""
        self.paths = document["paths"]
        whole = closed(document)
        self.registry = Registry([("urn:api", whole), ("urn:trimmed", trimmed(whole))])
        self.known: dict[str, Draft202012Validator] = {}
        self.patterns = [
            (re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)), path) for path in self.paths
        ]

    def check(self, response: httpx.Response) -> None:
        """Raise where an answer is not as described."""
        found = self.operation(response.request)
        if found is None or response.status_code == 405:
            return
        pointer, operation = found
        documented = operation["responses"]
        status = str(response.status_code)
        status = status if status in documented else f"{status[0]}XX"
        assert status in documented, f"{response.status_code} is not documented: {pointer}"
        content = documented.get(status, {}).get("content", {})
        kind = response.headers.get("content-type", "").partition(";")[0]
        told = documented.get(status, {}).get("headers", {})
        for name in PROMISED:
            assert name not in response.headers or name in told, f"{name} is no header of {pointer}"
        if not content or response.request.method == "HEAD":
            return
        assert kind in content, f"{kind} is not documented for {pointer} {status}"
        if kind.endswith("json"):
            response.read()
            self.validate(f"{pointer}/responses/{status}/content/{_escaped(kind)}/schema", response)

    def operation(self, request: httpx.Request) -> tuple[str, dict[str, Any]] | None:
        """The described operation that a request is for."""
        method = {"HEAD": "get"}.get(request.method, request.method.lower())
        asked = request.url.path
        for pattern, path in self.patterns:
            if pattern.fullmatch(asked) and method in self.paths[path]:
                return f"/paths/{_escaped(path)}/{method}", self.paths[path][method]
        return None

    def validate(self, pointer: str, response: httpx.Response) -> None:
        cut_down = "fields" in response.request.url.params
        pointer = f"urn:{'trimmed' if cut_down else 'api'}#{pointer}"
        if pointer not in self.known:
            reference = {"$ref": pointer}
            self.known[pointer] = Draft202012Validator(reference, registry=self.registry)
        value = json.loads(response.text)
        for error in self.known[pointer].iter_errors(value):
            raise AssertionError(f"{response.request.url} is not as described: {error.message}")


def trimmed(document: dict[str, Any]) -> dict[str, Any]:
    """A row cut down by ``fields`` may lack anything; every other row may not."""
    whole: dict[str, Any] = copied(document)
    schemas = whole["components"]["schemas"]
    for name in [one for one in schemas if one.endswith("Row")]:
        _unneeded(schemas, name)
    return whole


def _unneeded(schemas: dict[str, Any], name: str) -> None:
    """Nothing that a shape has is needed any more, of itself or of what it is made from."""
    for part in (schemas[name], *schemas[name].get("allOf", ())):
        part.pop("required", None)
        if "$ref" in part:
            _unneeded(schemas, part["$ref"].rpartition("/")[2])


def closed(document: dict[str, Any]) -> dict[str, Any]:
    """The description without room for what it does not name.

    To clients an answer may grow; of the server that was described, it has not.
    """
    whole = copy.deepcopy(document)
    open_ones = {
        name for name, one in whole["components"]["schemas"].items()
        if ("properties" in one or "allOf" in one) and one.get("additionalProperties") is not True
    }  # fmt: skip
    _close(whole, open_ones)
    return whole


def _close(part: Any, names: set[str]) -> None:
    for key, one in part.items() if isinstance(part, dict) else enumerate(part):
        if isinstance(one, dict | list) and key != "allOf":
            _close(one, names)
            if isinstance(one, dict) and str(one.get("$ref", "")).rpartition("/")[2] in names:
                one["unevaluatedProperties"] = False


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
