"""What the docs page sends: one click on Execute, with what it has filled in."""

import json
from typing import Any
from urllib.parse import quote

import httpx

from tests.honesty import inlined

METHODS = ["post", "put", "get", "patch", "delete"]
Operations = list[tuple[str, str, dict[str, Any]]]


def operations(document: dict[str, Any]) -> Operations:
    """Every operation: what makes something before what needs it, withdrawals last."""
    found = [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return sorted(found, key=lambda one: METHODS.index(one[0]))


def described(client: httpx.Client) -> dict[str, Any]:
    """What the server says of itself, with what its operations share written out in each."""
    return inlined(client.get("/openapi.json").json())


def prefilled(parameter: dict[str, Any]) -> Any:
    """What Swagger UI fills a parameter in with; None where it leaves it empty."""
    schema = parameter["schema"]
    for known in (parameter.get("example"), schema.get("example"), schema.get("default")):
        if known is not None:
            return known
    # Of an object without any of these it makes up a sample of its schema, and sends it.
    return {"additionalProp1": "string"} if schema.get("type") == "object" else None


def written(kind: str, media: dict[str, Any]) -> str:
    """A body as Swagger UI shows it, with `start.js`: JSON by its example, lines as they are."""
    example = media["example"]
    lines = "jsonl" in kind or "json" not in kind
    return example if lines and isinstance(example, str) else json.dumps(example, indent=2)


def request(
    client: httpx.Client, method: str, path: str, operation: dict[str, Any],
    typed: dict[str, str] | None = None, sent: dict[str, str] | None = None,
) -> Any:  # fmt: skip
    """What one click on Execute sends, nothing else being touched but what is typed in.

    Nothing typed in (an empty text) clears a parameter.
    """
    headers: dict[str, str] = {}
    asked: list[tuple[str, str | int | float | bool | None]] = []
    for parameter in operation.get("parameters", []):
        name = parameter["name"]
        value = (typed or {}).get(name, prefilled(parameter))
        if value is None or value == "":
            assert not parameter.get("required"), f"{method} {path}: {name} stops the click"
        elif parameter["in"] == "path":
            path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
        elif parameter["in"] == "header":
            headers[name] = str(value)
        elif isinstance(value, dict):
            asked += [(key, str(one)) for key, one in value.items()]
        else:
            every = value if isinstance(value, list) else [value]
            asked += [(name, one if isinstance(one, str) else json.dumps(one)) for one in every]
    headers = {name: one for name, one in {**headers, **(sent or {})}.items() if one}
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return client.request(method, path, params=asked, headers=headers)
    kind, media = next(iter(content.items()))
    headers["content-type"] = kind
    body = written(kind, media)
    return client.request(method, path, params=asked, headers=headers, content=body)
