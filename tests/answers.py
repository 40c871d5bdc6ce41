"""The answers that the API's description shows: those of a real server to its own examples.

``python -m tests.answers`` asks for them again, and writes ``app/api/answers.json``.
"""

import json
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from app.api.description import ANSWERS
from app.config import Settings
from tests.clicks import Operations, operations, request
from tests.conftest import ADMIN, Server, Templates, openapi
from tests.honesty import inlined

REMAKE = ".venv/bin/python -m tests.answers"
LONGEST = 1
"""Elements of a list that are shown."""

LINES = {"text/csv": 1, "application/jsonl": 1, "text/event-stream": 5}
"""Lines that are shown of what has many."""

FIELDS = 2
"""Names of a table of the lexicon that are shown."""

EXPORTED = {"text/csv": "csv", "application/json": "wikidata"}
"""Forms of an export, by the media type that each is sent as."""

TABLES = ("getLexicon", "getVocabularies", "getMeasureChart", "getClaimProvenance")
"""Answers of which every object shows its first few names."""

SMALLER: dict[str, dict[str, str]] = {
    "getMeasureComparison": {"limit": "2", "at": "2024-06"},
    "countFacets": {"by": "hedge"},
    "listClaims": {"measure": "landings.sandport"},
    "getChangesFeed": {
        "measure": "landings.sandport",
        "stated": "2024-01",
        "match": "",
        "policy": "",
        "readings": "",
    },
    "streamChanges": {"since": "1"},
    "searchEverything": {"q": "Landings at"},
    "getClaimReviews": {"id": "landings-2024-01"},
    "getClaimCitation": {"id": "landings-2024-01"},
    "getMeasureCitation": {"id": "landings.sandport"},
    "listClaimRevisions": {"id": "landings-2024-01"},
    "getMeasureSeries": {"id": "landings.sandport"},
    "listQuantities": {"measure": "landings.sandport"},
    "getTotals": {"measure": "landings.sandport", "by": "period"},
}
"""What is asked beside an operation's own examples; every list is asked for one row."""

AGAIN: dict[str, tuple[tuple[str, dict[str, str], dict[str, str]], ...]] = {
    "createSource": (("200", {}, {}),),
    "createMeasure": (("200", {}, {}),),
    "createClaim": (("200", {}, {}),),
    "createAssessment": (("200", {}, {}),),
    "replaceSource": (("200", {}, {"If-Match": "*", "If-None-Match": ""}),),
    "replaceMeasure": (("200", {}, {"If-Match": "*", "If-None-Match": ""}),),
    "replaceClaim": (("200", {}, {"If-Match": "*", "If-None-Match": ""}),),
    "replaceMapping": (("200", {}, {"If-Match": "*", "If-None-Match": ""}),),
    "importResources": (("200", {"dry_run": "true"}, {}), ("207", {"mode": "partial"}, {})),
}
"""Other successes of the same operation, and what they are asked with."""

LANDINGS: list[dict[str, Any]] = [
    {"type": "source", "id": "harbour-log", "name": "Log of the harbour of Sandport",
     "kind": "report"},
    {"type": "source", "id": "harbour-office", "name": "Harbour office of Sandport",
     "kind": "government", "is_root": True},
    {"type": "measure", "id": "landings.sandport", "name": "Landings at Sandport",
     "unit": "{landing}", "unit_label": "landings", "accumulation": "incident"},
    *({"type": "claim", "id": f"landings-2024-0{month}", "document": "harbour-log",
       "claimant": "harbour-office", "measure": "landings.sandport", "raw_text": figure,
       "period": f"2024-0{month}", "stated": f"2024-0{month}"}
      for month, figure in ((1, "more than 40"), (2, "55"))),
    {"type": "assessment", "id": "landings-2024-01-seen", "assessor": "desk-sandport",
     "target": "claims/landings-2024-01", "credibility": 2, "comment": "Read off the log."},
]  # fmt: skip
"""Figures that add up, of which the seed has none."""

SAME = {
    **{f"{verb}{one}": f"get{one}" for verb in ("change", "replace")
       for one in ("Source", "Measure", "Claim")},
    **{f"get{one}Corroboration": "getCorroboration" for one in ("Measure", "Claim", "Utterance")},
}  # fmt: skip
"""Operations of one answer in many places: it is shown by the one example."""

MADE = {f"replace{one}": f"create{one}" for one in ("Source", "Measure", "Claim")}
"""Operations that answer a new id as another does."""

FEED = {"listChanges": ("application/atom+xml", "getChangesFeed")}
"""A form of an answer that is another operation's answer, and takes its parameters."""

INSTANT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
SAMPLES: dict[str, Any] = {
    "next_cursor": "WzEsMTc5NTg",
    "digest": "4f" * 32, "hash": "8d" * 32,
    "request_id": "b1946ac92492d234",
    "token": "sayso_examples_…",
    "created_by": "abcdefgh",
    "uuid": "59eede36-98ed-52bf-b292-a488bdb58690",
}  # fmt: skip
"""What differs from one server to the next."""


def settled(value: Any) -> Any:
    """An answer without what differs from day to day."""
    if isinstance(value, dict):
        return {name: _settled(name, one) for name, one in value.items()}
    if isinstance(value, list):
        today = datetime.now(UTC)
        if value == [today.year, today.month, today.day]:
            return [2026, 11, 28]
        return [settled(one) for one in value]
    return _dated(value) if isinstance(value, str) else value


def _settled(name: str, value: Any) -> Any:
    if name in SAMPLES and value is not None:
        return SAMPLES[name]
    return settled(value)


def _dated(text: str) -> str:
    today = datetime.now(UTC)
    text = INSTANT.sub("2026-11-28T09:00:00.000000Z", text)
    text = re.sub(r"T\d\d%3A\d\d%3A\d\d(\.\d+)?Z", "T09%3A00%3A00Z", text)
    text = re.sub(r"\d\d:\d\d UTC", "09:00 UTC", text)
    text = re.sub(r"\bat[._]?20\d{12,18}", "at20261128090000", text)
    text = re.sub(r"http://127\.0\.0\.1:\d+", "https://sayso.example", text)
    text = re.sub(r"urn:uuid:[0-9a-f-]{36}", "urn:uuid:" + SAMPLES["uuid"], text)
    for name in ("digest", "hash"):
        text = re.sub(rf'"{name}":"[0-9a-f]{{64}}"', f'"{name}":"{SAMPLES[name]}"', text)
    text = re.sub(r"cursor=[\w-]+", f"cursor={SAMPLES['next_cursor']}", text)
    for form in ("%Y-%m-%d", "%-d %B %Y"):
        text = text.replace(today.strftime(form), datetime(2026, 11, 28).strftime(form))
    return text


def shortened(value: Any, table: bool = False) -> Any:
    """An answer of which each long list shows its beginning."""
    if isinstance(value, dict):
        kept = list(value.items())[:FIELDS] if table else value.items()
        return {name: shortened(one, table) for name, one in kept}
    if isinstance(value, list):
        return [shortened(one, table) for one in value[:LONGEST]]
    return value


def told(answer: httpx.Response, operation: str) -> Any:
    """One answer as it is shown."""
    kind = answer.headers["content-type"].partition(";")[0]
    if kind.startswith("image/"):
        shown = 16 if kind == "image/png" else 60
        return answer.content[:shown].decode("latin-1") + "…"
    if not kind.endswith("json"):
        lines = settled(answer.text).splitlines(keepends=True)
        return "".join(lines[: LINES.get(kind)])
    table = operation in TABLES and kind != "application/json" or operation in TABLES[:2]
    return shortened(settled(answer.json()), table)


def asked(client: httpx.Client) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Operation, status, media type and example of every answer."""
    done = client.post("/v1/imports", json=LANDINGS)
    assert done.is_success, done.text
    for method, path, operation in ordered(inlined(openapi())):
        name = operation["operationId"]
        yield from _answers(client, method, path, operation, {}, {})
        for _, params, headers in AGAIN.get(name, ()):
            yield from _answers(client, method, path, operation, params, headers)


def ordered(document: dict[str, Any]) -> Operations:
    """What makes something before what asks for it, and withdrawals last."""
    return operations(document)


def _answers(
    client: httpx.Client, method: str, path: str, operation: dict[str, Any],
    params: dict[str, str], headers: dict[str, str],
) -> Iterator[tuple[str, str, str, dict[str, Any]]]:  # fmt: skip
    """The answers to one click, in every form that the operation has."""
    name = operation["operationId"]
    known = {one["name"] for one in operation["parameters"]}
    least = {"limit": "1"} if "limit" in known else {}
    content = operation["responses"].get("200", {}).get("content", {})
    table = name != "exportResources" and "text/csv" in content
    params = least | SMALLER.get(name, {}) | params
    # Of all but mappings, POST has made the example's own id.
    if method == "put" and not headers and name != "replaceMapping":
        params = {"id": "another-id", **params}
    asked = [kind for kind in content if kind not in FEED.get(name, ())]
    forms: list[dict[str, str]] = [{"accept": kind} for kind in asked] or [{}]
    formats = EXPORTED if name == "exportResources" else {}
    for form in forms if method == "get" else forms[:1]:
        more = {"format": formats[form["accept"]]} if form.get("accept") in formats else {}
        if table and form.get("accept") == "text/csv":  # which is whole, or refused
            more = dict.fromkeys(params, "")
        answer = request(client, method, path, operation, params | more, headers | form)
        assert answer.is_success, f"{method} {path} {params}: {answer.text}"
        kind = answer.headers["content-type"].partition(";")[0]
        yield name, str(answer.status_code), kind, told(answer, name)


def made() -> dict[str, Any]:
    """The answers of a new server on the seed: by operation, status and media type."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        url = Templates("sqlite", Path(folder), None).copy(True)
        with Server(Settings(database_url=url)) as server, server.client(key=ADMIN) as client:
            for operation, status, kind, example in asked(client):
                found.setdefault(operation, {}).setdefault(status, {})[kind] = example
    for operation, other in SAME.items():
        found[operation] = {status: found[other].get(status, one)
                            for status, one in found[operation].items()}  # fmt: skip
    for operation, other in MADE.items():
        found[operation]["201"] = found[other]["201"]
    for operation, (kind, other) in FEED.items():
        found[operation]["200"][kind] = found[other]["200"][kind]
    return found


def written(value: dict[str, Any]) -> str:
    """As it is kept: one operation a line."""
    parts = [
        f" {json.dumps(name)}: {json.dumps(one, ensure_ascii=False)}"
        for name, one in sorted(value.items())
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    ANSWERS.write_text(written(made()), encoding="utf-8")
