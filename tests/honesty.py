"""Answers must be what /docs says: the status documented, the body as its schema describes it."""

import json
import re
from typing import Any

import httpx
from jsonschema_rs import Draft202012Validator, Registry


class Honesty:
    """The OpenAPI document, held against every answer of the server it came from."""

    def __init__(self, document: dict[str, Any]):
        self.paths = document["paths"]
        self.registry = Registry([("urn:api", document)])
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
        assert status in documented or status == "304", f"{status} is not documented: {pointer}"
        content = documented.get(status, {}).get("content", {})
        kind = response.headers.get("content-type", "").partition(";")[0]
        if not content or response.request.method == "HEAD":
            return
        assert kind in content, f"{kind} is not documented for {pointer} {status}"
        if kind.endswith("json"):
            response.read()
            self.validate(f"{pointer}/responses/{status}/content/{_escaped(kind)}/schema", response)

    def operation(self, request: httpx.Request) -> tuple[str, dict[str, Any]] | None:
        """The described operation that a request is for."""
        method = {"HEAD": "get"}.get(request.method, request.method.lower())
        for pattern, path in self.patterns:
            if pattern.fullmatch(request.url.path) and method in self.paths[path]:
                return f"/paths/{_escaped(path)}/{method}", self.paths[path][method]
        return None

    def validate(self, pointer: str, response: httpx.Response) -> None:
        if pointer not in self.known:
            reference = {"$ref": f"urn:api#{pointer}"}
            self.known[pointer] = Draft202012Validator(reference, registry=self.registry)
        value = strict(response)
        for error in self.known[pointer].iter_errors(value):
            raise AssertionError(f"{response.request.url} is not as described: {error.message}")


def strict(response: httpx.Response) -> Any:
    """A row cut down by ``fields`` may lack anything; every other row may not."""
    return json.loads(response.text)


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
