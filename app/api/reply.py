"""Answers: stored bytes spliced, with ETag, Link, and 304 where nothing has changed."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response

from app.api import cursor
from app.api.dependencies import known_url
from app.api.query_params import parse_query_string
from app.models.question import Question
from app.render import documents
from app.rules import etags
from app.store.list_query import ListPage
from app.store.reads import RevisionRow, StoredVersion

JSON = "application/json"
OF_JSON = (b"content-type", b"application/json")
REVALIDATE = (b"cache-control", b"private, no-cache")
BY_ACCEPT = (b"vary", b"accept")
IMMUTABLE = (b"cache-control", b"private, max-age=31536000, immutable")


Header = tuple[bytes, bytes]


class RawResponse(Response):
    """A response whose headers are ready to be sent."""

    def __init__(self, status: int, body: bytes, headers: list[Header]):
        self.status_code, self.body, self.raw_headers = status, body, headers
        self.background = None


def _json(status: int, body: bytes, *headers: Header) -> Response:
    told = [] if status == 304 else [(b"content-length", b"%d" % len(body)), OF_JSON]
    return RawResponse(status, body, [*headers, *told])


def item(
    request: Request,
    row: StoredVersion,
    status: int = 200,
    path: str | None = None,
    *,
    current: bool = True,
    fixed: bool = False,
    beside: Mapping[str, Any] = MappingProxyType({}),
) -> Response:
    """One resource; current, its ETag is its version. What its sender should know is beside it."""
    tag = f'"{row.version}"' if current or fixed else ""
    headers = [IMMUTABLE if fixed else REVALIDATE]
    if tag:
        headers.append((b"etag", tag.encode()))
    if path is not None:
        headers.append((b"location", f"{path}/{row.id}".encode()))
    if request.scope["method"] in ("GET", "HEAD") and _seen(request, tag):
        return _json(304, b"", *headers)
    body = documents.item(*documents.raw(row))
    if beside:
        body = documents.with_extras(body, beside)
    return _json(status, body, *headers)


def _seen(request: Request, tag: str) -> bool:
    """Whether the caller has it (If-None-Match)."""
    sent = [value for name, value in request.scope["headers"] if name == b"if-none-match"]
    return bool(sent) and etags.not_modified(b",".join(sent).decode("latin-1"), tag)


def value(content: Any) -> Response:
    """Any JSON value."""
    return _json(200, documents.text(content).encode("utf-8"))


def page(
    request: Request,
    question: Question,
    found: ListPage,
    included: dict[str, list[bytes]] | None = None,
) -> Response:
    """The envelope of a list, and a Link to its next page (RFC 8288)."""
    make = documents.quantity if question.resource == "quantities" else documents.item
    items = [make(*row) for row in found.rows]
    if question.fields:
        items = [documents.trimmed(one, question.fields) for one in items]
    token = found.after and cursor.make(found.moment, question.fingerprint, found.after)
    url = next_url(request, token) if token else None
    body = documents.page(items, token or None, url, found.total, included, found.matches)
    link = [(b"link", f'<{url}>; rel="next"'.encode())] if url else []
    vary = [BY_ACCEPT] if question.resource == "quantities" else []
    return _json(200, body, *link, *vary)


def next_url(request: Request, token: str) -> str:
    """The same question, for the page after: a whole address, where it is known for sure."""
    kept = _without_cursor(request.scope["query_string"])
    return f"{known_url(request)}{request.scope['path']}?{kept}cursor={token}"


PLAIN_QUERY = re.compile(rb"[\w.~&=+-]*", re.ASCII)
"""A query string without escapes: its parameters stand in it by their own names."""
CURSOR = re.compile(rb"(?:^|&)cursor=[^&]*")


@lru_cache(maxsize=1024)
def _without_cursor(query: bytes) -> str:
    if PLAIN_QUERY.fullmatch(query):  # as most are; to take one apart takes as long as to read it
        kept = CURSOR.sub(b"", query).strip(b"&").decode()
    else:
        kept = urlencode([pair for pair in parse_query_string(query) if pair[0] != "cursor"])
    return f"{kept}&" if kept else ""


def revisions(rows: Iterable[RevisionRow]) -> Response:
    """All versions of a resource, each with who wrote it."""
    items = [
        documents.with_extras(one, {"recorded_by": by}) if by else one
        for stored, by in rows
        for one in spliced([stored])
    ]
    return _json(200, b'{"items":[%b]}' % b",".join(items))


def spliced(rows: Iterable[StoredVersion]) -> list[bytes]:
    """Stored rows as the JSON they are answered with."""
    return [documents.item(*documents.raw(row)) for row in rows]


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
