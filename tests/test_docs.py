"""What is documented, runs: the README's examples, and every example on the docs page."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.config import Settings
from app.errors import Problem
from app.models.filters import FILTERS
from tests.conftest import ADMIN, Serve

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = sorted((ROOT / "docs").glob("*.md"))
BLOCK = re.compile(r"```sh\n(curl .*?)\n```(?:\n+```json\n(.*?)\n```)?", re.DOTALL)
EXAMPLES = [
    pytest.param(*one, id=f"README-{n}") for n, one in enumerate(BLOCK.findall(README.read_text()))
]
LEFT_OUT = "…"
"""In an expected answer: here an object has more names, or a list more elements."""
AUTHORIZED = f"Authorization: Bearer {ADMIN}"
VOLATILE = ("recorded_at", "request_id", "content_hash")


def settled(value: Any) -> Any:
    """Without what differs from day to day."""
    if isinstance(value, dict):
        return {name: settled(one) for name, one in value.items() if name not in VOLATILE}
    return [settled(one) for one in value] if isinstance(value, list) else value


def alike(shown: Any, real: Any) -> bool:
    """Whether an answer is as printed, but for what is said to be left out."""
    if isinstance(shown, dict) and isinstance(real, dict):
        named = shown.keys() - {LEFT_OUT}
        whole = named <= real.keys() if LEFT_OUT in shown else named == real.keys()
        return whole and all(alike(shown[name], real[name]) for name in named)
    if isinstance(shown, list) and isinstance(real, list):
        parts = shown[:-1] if LEFT_OUT in shown[-1:] else shown
        whole = len(parts) <= len(real) if LEFT_OUT in shown[-1:] else len(parts) == len(real)
        return whole and all(map(alike, parts, real))
    return bool(shown == real)


def answered(client: httpx.Client, command: str, expected: str) -> None:
    """Hold a documented answer against the real one."""
    answer = curl(client, command)
    assert answer.is_success, f"{command}: {answer.text}"
    if expected:
        shown, real = settled(json.loads(expected)), settled(answer.json())
        assert alike(shown, real), f"{command}\n{json.dumps(real, ensure_ascii=False, indent=1)}"


def curl(client: httpx.Client, command: str) -> httpx.Response:
    """Run a curl command line as printed, against the server under test."""
    command = command.replace('"Authorization: Bearer $SAYSO_KEY"', f"'{AUTHORIZED}'")
    words = re.findall(r"'([^']*)'|(\S+)", command.replace("\\\n", " "))
    parts = [quoted or plain for quoted, plain in words][1:]
    method, headers, body, url = "GET", {}, None, ""
    while parts:
        part = parts.pop(0)
        if part == "-X":
            method = parts.pop(0)
        elif part == "-H":
            name, _, value = parts.pop(0).partition(":")
            headers[name] = value.strip()
        elif part in ("-d", "--data", "--json"):
            body, method = parts.pop(0), "POST" if method == "GET" else method
            headers.setdefault("Content-Type", "application/json")
        elif not part.startswith("-"):
            url = part
    path = re.sub(r"^https?://[^/]+", "", url)
    return client.request(method, path, headers=headers, content=body)


@pytest.mark.parametrize(("command", "expected"), EXAMPLES)
def test_a_documented_answer_is_the_answer(
    fresh: httpx.Client, command: str, expected: str
) -> None:
    with fresh.server.client(key=None) as client:  # type: ignore[attr-defined]
        answered(client, command, expected)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_can_be_tried_from_its_top_to_its_end(fresh: httpx.Client, page: Path) -> None:
    with fresh.server.client(key=None) as client:  # type: ignore[attr-defined]
        for command, expected in BLOCK.findall(page.read_text()):
            answered(client, command, expected)


def test_the_documentation_has_examples() -> None:
    assert len(EXAMPLES) >= 4
    reasons = BLOCK.findall((ROOT / "docs/how-sayso-reasons.md").read_text())
    assert len([expected for _, expected in reasons if expected]) >= 20


def test_what_is_left_out_is_said_to_be() -> None:
    real = {"a": 1, "b": [1, 2]}
    for good in ({"a": 1, "b": [1, 2]}, {"a": 1, "…": "…"}, {"b": [1, "…"], "a": 1}, {"…": "…"}):
        assert alike(good, real)
    for bad in ({"a": 1}, {"a": 1, "b": [1]}, {"a": 2, "…": "…"}, {"c": 1, "…": "…"},
                {"b": [2, "…"], "…": "…"}, {"b": [1, 2, 3, "…"], "…": "…"}):  # fmt: skip
        assert not alike(bad, real)


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    order = ["post", "get", "put", "patch", "delete"]
    found = [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return sorted(found, key=lambda one: order.index(one[0]))


REFUSED = {"/v1/totals": "a running total holds what was counted before"}
"""The article counts nothing in periods, so what is prefilled shows why a sum is refused."""


def test_every_operation_on_the_docs_page_works_with_its_example(serve: Serve) -> None:
    client = serve()
    document = client.get("/openapi.json").json()
    for method, path, operation in operations(document):
        filled, asked, headers = path, {}, {}
        for parameter in operation.get("parameters", []):
            if "example" not in parameter:
                assert not parameter["required"], f"{method} {path}: {parameter['name']}"
            elif parameter["in"] == "path":
                name = "{" + parameter["name"] + "}"
                filled = filled.replace(name, str(parameter["example"]))
            elif parameter["in"] == "query":
                asked[parameter["name"]] = parameter["example"]
            else:
                headers[parameter["name"]] = parameter["example"]
        content = operation.get("requestBody", {}).get("content", {})
        for kind, body in content.items() or [(None, None)]:
            sent = None if kind is None else body["example"]
            sent = sent if sent is None or isinstance(sent, str) else json.dumps(sent)
            more = headers if kind is None else {**headers, "content-type": kind}
            answer = client.request(method, filled, params=asked, headers=more, content=sent)
            if path in REFUSED:
                assert REFUSED[path] in answer.text
                continue
            assert answer.is_success, f"{method} {filled}: {answer.text}"
        assert operation["summary"]
        assert operation["description"]


def test_the_docs_page_needs_nothing_from_elsewhere(seeded: httpx.Client) -> None:
    for page in ("/docs", "/"):
        text = seeded.get(page).text
        links = re.findall(r'(?:src|href)="([^"]+)"', text)
        assert links
        assert all(link.startswith("/") for link in links)
        assert all(seeded.get(link.replace("&amp;", "&")).status_code == 200 for link in links)
    policy = seeded.get("/docs").headers["content-security-policy"]
    assert "script-src 'self';" in policy


def test_every_filter_and_every_setting_is_documented(seeded: httpx.Client) -> None:
    paths = seeded.get("/openapi.json").json()["paths"]
    for resource, filters in FILTERS.items():
        known = {one["name"]: one for one in paths[f"/v1/{resource}"]["get"]["parameters"]}
        for filter in filters:
            assert any(name.split("__")[0] == filter.name for name in known), filter.name
        assert all(parameter["description"] for parameter in known.values())
    readme = (ROOT / "README.md").read_text()
    for name, field in Settings.model_fields.items():
        assert field.description
        assert f"SAYSO_{name.upper()}" in readme


def test_every_kind_of_problem_has_a_page(seeded: httpx.Client) -> None:
    for kind in Problem.__subclasses__():
        page = seeded.get(f"/problems/{kind.code}")
        assert page.status_code == 200
        assert kind.code in page.text
    assert seeded.get("/problems/nothing").status_code == 404
