"""Answers: stored bytes spliced, with ETag, Link, and 304 where nothing has changed."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response

from app.api import cursor
from app.api.query import pairs
from app.models.question import Question
from app.render import documents
from app.store.pages import Page
from app.store.versions import Stored

JSON = "application/json"


IMMUTABLE = "private, max-age=31536000, immutable"


def item(
    request: Request,
    row: Stored,
    status: int = 200,
    path: str | None = None,
    *,
    bare: bool = True,
    fixed: bool = False,
) -> Response:
    """One resource; bare, its ETag is its version."""
    headers = {"Cache-Control": IMMUTABLE if fixed else "private, no-cache"}
    if bare or fixed:
        headers["ETag"] = f'"{row.version}"'
    if path is not None:
        headers["Location"] = f"{path}/{row.id}"
    seen = request.headers.get("if-none-match", "")
    if request.method in ("GET", "HEAD") and _matches(seen, headers.get("ETag", "none")):
        return Response(status_code=304, headers=headers)
    return Response(documents.item(*row), status, headers, JSON)


def _matches(header: str, tag: str) -> bool:
    tags = {one.strip().removeprefix("W/") for one in header.split(",")}
    return tag in tags or "*" in tags


def value(content: Any) -> Response:
    """Any JSON value."""
    return Response(documents.text(content).encode("utf-8"), media_type=JSON)


def page(
    request: Request,
    question: Question,
    found: Page,
    included: dict[str, list[str]] | None = None,
) -> Response:
    """The envelope of a list, and a Link to its next page (RFC 8288)."""
    make = documents.quantity if question.resource == "quantities" else documents.item
    items: Iterable[str] = (make(*row) for row in found.rows)
    if question.fields:
        items = (documents.trimmed(one, question.fields) for one in items)
    token = found.after and cursor.make(found.moment, question.fingerprint, found.after)
    path = next_path(request, token) if token else None
    body = documents.page(items, token or None, path, found.total, included)
    headers = {"Link": f'<{path}>; rel="next"'} if path else {}
    return Response(body, headers=headers, media_type=JSON)


def next_path(request: Request, token: str) -> str:
    """The same question, for the page after."""
    kept = [pair for pair in pairs(request.scope["query_string"]) if pair[0] != "cursor"]
    return f"{request.url.path}?{urlencode([*kept, ('cursor', token)])}"


def items(rows: Iterable[Stored]) -> Response:
    """Several whole resources, without pages."""
    return Response(f'{{"items":[{",".join(spliced(rows))}]}}', media_type=JSON)


def spliced(rows: Iterable[Stored]) -> list[str]:
    """Stored rows as the JSON they are answered with."""
    return [documents.item(*row) for row in rows]


def references(rows: Iterable[Any]) -> dict[str, set[str]]:
    """The ids that claims or quantities refer to; their document is the text before ``match``."""
    found: dict[str, set[str]] = {"sources": set(), "measures": set()}
    for row in rows:
        claim = json.loads(row[-2])
        hops = [hop["source"] for hop in claim.get("attributions", [])]
        named = [claim[name] for name in ("claimant", "document") if name in claim]
        found["sources"].update(hops, named)
        figures = claim.get("quantities", [claim] if "measure" in claim else [])
        found["measures"].update(figure["measure"] for figure in figures)
    return found
