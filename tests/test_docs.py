"""What is documented, runs: the README's examples, and every example on the docs page."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.api.examples import ASSESSMENT, IDS
from app.cli import keys as cli_keys
from app.config import Settings
from app.db import Database
from app.errors import Problem
from app.models.assessment import AssessmentIn
from app.models.filters import FILTERS
from app.store.drafts import fields, id_of
from app.store.versions import hashed
from tests.clicks import described, operations, request
from tests.conftest import ADMIN, Serve
from tests.honesty import fields_of

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = sorted((ROOT / "docs").glob("*.md"))
FROM_NOTHING = {"first-article"}
"""Pages that begin with an empty database; all others, with the demo."""
BLOCK = re.compile(r"```sh\n(curl .*?)\n```(?:\n+```(?:json|text)\n(.*?)\n```)?", re.DOTALL)
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
    if expected and not expected.startswith(("{", "[")):
        words = map(re.escape, expected.split(LEFT_OUT))
        assert re.fullmatch("(?s:.*)".join(words), answer.text.strip()), answer.text
    elif expected:
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
def test_a_page_can_be_tried_from_its_top_to_its_end(serve: Serve, page: Path) -> None:
    blocks = BLOCK.findall(page.read_text())
    if not blocks:
        return
    server = serve(seeded=page.stem not in FROM_NOTHING).server  # type: ignore[attr-defined]
    with server.client(key=None) as client:
        for command, expected in blocks:
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


NOT_YET = "the seed has no assessment: the example of POST /v1/assessments makes this one"
NOTHING_YET = "only what the example of POST or PUT made is taken back, so nothing of the seed is"
NO_PERIODS = "the article counts nothing in periods, and the answer says why there is no sum"
NO_ADMIN = "keys are made, listed and revoked by admins, and the key of the demo is none"
NO_MAPPING = "the seed has no mapping: the example of PUT /v1/mappings/{id} makes this one"
MUST_NOT = {
    ("get", "/v1/mappings/{id}"): (404, NO_MAPPING),
    ("get", "/v1/mappings/{id}/revisions"): (404, NO_MAPPING),
    ("get", "/v1/assessments/{id}"): (404, NOT_YET),
    ("get", "/v1/assessments/{id}/revisions"): (404, NOT_YET),
    ("get", "/v1/assessments/{id}/revisions/{version}"): (404, NOT_YET),
    ("get", "/v1/claims/{id}/claim-review"): (404, NOT_YET),
    ("get", "/v1/totals"): (422, NO_PERIODS),
    ("delete", "/v1/sources/{id}"): (404, NOTHING_YET),
    ("delete", "/v1/measures/{id}"): (404, NOTHING_YET),
    ("delete", "/v1/claims/{id}"): (404, NOTHING_YET),
    ("delete", "/v1/assessments/{id}"): (404, NOTHING_YET),
    ("post", "/v1/keys"): (403, NO_ADMIN),
    ("get", "/v1/keys"): (403, NO_ADMIN),
    ("delete", "/v1/keys/{id}"): (403, NO_ADMIN),
}
"""What the first click on a seeded server may not do: with which answer, and why."""


@pytest.fixture
def demo(serve: Serve) -> Iterator[httpx.Client]:
    """The seed, and a key that may do what the first key of `sayso demo` may."""
    server = serve().server  # type: ignore[attr-defined]
    db = Database(server.settings)
    token = cli_keys.made(db, db.settings, dict(cli_keys.DEMO))
    db.engine.dispose()
    with server.client(key=token) as client:
        yield client


def test_the_first_click_on_every_operation_works_and_harms_nothing_of_the_seed(
    demo: httpx.Client,
) -> None:
    every = operations(described(demo))
    before = [
        demo.get(f"/v1/{name}?limit=1000").json() for name in ("sources", "measures", "claims")
    ]
    assert len(every) >= 58
    # On a server as untouched as it can be: what adds to it comes last.
    for method in ("get", "delete", "patch", "post"):
        for _, path, operation in (one for one in every if one[0] == method):
            answer = request(demo, method, path, operation)
            status, why = MUST_NOT.get((method, path), (200, ""))
            shown = f"{method} {path}: {answer.status_code} {answer.text[:500]} ({why})"
            assert answer.status_code == status if why else answer.is_success, shown
    after = [
        demo.get(f"/v1/{name}?limit=1000").json() for name in ("sources", "measures", "claims")
    ]
    for old, new in zip(before, after, strict=True):
        kept = {one["id"]: one for one in new["items"]}
        assert all(kept[one["id"]] == one for one in old["items"])


def test_the_id_of_the_assessment_in_the_examples_is_the_one_that_its_content_has() -> None:
    made = id_of("a-", hashed(fields(AssessmentIn.model_validate(ASSESSMENT))))
    assert made == IDS["assessments"], "the example is another: this is its id from now on"


def test_put_makes_the_invented_example_at_the_first_click(demo: httpx.Client) -> None:
    for method, path, operation in operations(described(demo)):
        if method == "put":
            assert request(demo, method, path, operation).status_code == 201
            again = request(demo, method, path, operation)
            assert again.status_code == 412, "what is there is never replaced by a click"


def test_after_the_examples_of_post_every_other_click_works_too(fresh: httpx.Client) -> None:
    every = operations(described(fresh))
    for method, path, operation in every:
        if method == "put" or MUST_NOT.get((method, path), (0, ""))[1] == NO_MAPPING:
            continue
        for kind in operation.get("requestBody", {}).get("content", {"": {}}):
            one = dict(operation)
            if kind:
                body = operation["requestBody"]
                one["requestBody"] = {**body, "content": {kind: body["content"][kind]}}
            answer = request(fresh, method, path, one)
            refused = MUST_NOT.get((method, path), (0, ""))[0] == answer.status_code == 422
            assert answer.is_success or refused, f"{method} {path} {kind}: {answer.text}"
        assert operation["summary"]
        assert operation["description"]


def test_an_example_of_json_lines_is_one_resource_a_line(seeded: httpx.Client) -> None:
    operation = described(seeded)["paths"]["/v1/imports"]["post"]
    content = operation["requestBody"]["content"]
    assert next(iter(content)) == "application/json", "of JSON lines the page would make many"
    lines = content["application/jsonl"]["example"].splitlines()
    assert [json.loads(line) for line in lines] == content["application/json"]["example"]


def test_a_click_never_sends_a_claim_of_the_seed_nor_adds_to_its_measures(
    fresh: httpx.Client,
) -> None:
    asked = "/v1/quantities?limit=1000"
    before = fresh.get(asked).json()["items"]
    for method, path, operation in operations(described(fresh)):
        if method == "post":
            request(fresh, method, path, operation)
    after = fresh.get(asked).json()["items"]
    told = {one["measure"] for one in before}
    assert [one for one in after if one["measure"] in told] == before


def test_no_name_of_a_schema_tells_where_its_code_is(seeded: httpx.Client) -> None:
    schemas = seeded.get("/openapi.json").json()["components"]["schemas"]
    assert not [name for name in schemas if "__" in name or "." in name]


def test_the_docs_page_may_show_a_picture_that_it_was_answered_with(seeded: httpx.Client) -> None:
    policy = seeded.get("/docs").headers["content-security-policy"]
    assert "img-src 'self' data: blob:;" in policy
    assert "linesAsTheyAre" in seeded.get("/static/swagger-ui/start.js").text


@pytest.mark.usefixtures("guide")
def test_the_docs_page_needs_nothing_from_elsewhere(seeded: httpx.Client) -> None:
    for page in ("/docs", "/"):
        text = seeded.get(page).text
        links = re.findall(r'(?:src|href)="([^"]+)"', text)
        assert links
        assert all(link.startswith(("/", "#")) for link in links)
        links = [link for link in links if link.startswith("/")]
        assert all(seeded.get(link.replace("&amp;", "&")).status_code == 200 for link in links)
    policy = seeded.get("/docs").headers["content-security-policy"]
    assert "script-src 'self';" in policy


def test_every_filter_and_every_setting_is_documented(seeded: httpx.Client) -> None:
    document = described(seeded)
    paths = document["paths"]
    for resource, filters in FILTERS.items():
        known = {one["name"]: one for one in paths[f"/v1/{resource}"]["get"]["parameters"]}
        more = known["more"]["schema"]["$ref"].rpartition("/")[2]
        known |= dict.fromkeys(fields_of(document["components"]["schemas"], more), known["more"])
        for filter in filters:
            assert any(name.split("__")[0] == filter.name for name in known), filter.name
        assert all(parameter["description"] for parameter in known.values())
    readme = (ROOT / "README.md").read_text()
    for name, field in Settings.model_fields.items():
        assert field.description
        assert f"SAYSO_{name.upper()}" in readme


def test_every_long_form_is_in_the_command_that_runs_them_all() -> None:
    """Each test file that knows a setting, and each setting; those of places are no repetition."""
    page = (ROOT / "CONTRIBUTING.md").read_text()
    command = page.partition("## The long forms")[2].split("```")[1]
    places = {"SEED", "POSTGRES_URL", "CHROMIUM", "NODE"}
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        settings = set(re.findall(r'environ.*"SAYSO_TEST_([A-Z_]+)"', file.read_text())) - places
        path = file.relative_to(ROOT).as_posix()
        assert not settings or any(
            path == named or path.startswith(f"{named}/")
            for named in command.replace("\\", " ").split()
        ), f"{path} has a long form ({settings}) that no command runs"
        for name in settings:
            assert f"SAYSO_TEST_{name}=" in command, name


def test_every_kind_of_problem_has_a_page(seeded: httpx.Client) -> None:
    for kind in Problem.__subclasses__():
        page = seeded.get(f"/problems/{kind.code}")
        assert page.status_code == 200
        assert kind.code in page.text
    assert seeded.get("/problems/nothing").status_code == 404
