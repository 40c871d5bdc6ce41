"""Finished pages, given again while the log stands still, ahead of the framework.

They lie in the same response cache as the API's answers, validated by the head of the log; the
head is also their entity tag, so a browser that has the page is answered 304 (RFC 9110, 13.1.2).
"""

from hashlib import blake2b

from fastapi import Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app import __version__
from app.api.access import may_read
from app.api.key_cookie import cookie_key
from app.api.response_cache import CachedResponse, CacheKey, ResponseCache
from app.errors import Problem


def page_key(scope: Scope) -> CacheKey:
    """All that a page depends on, apart from what the database has."""
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    return "page", scope["path"], scope["query_string"], scope["scheme"], *hosts


def entity_tag(head: bytes) -> str:
    """The tag of every page that was made at this head of the log, by this version."""
    return f'W/"{blake2b(head + __version__.encode(), digest_size=12).hexdigest()}"'


async def admitted(request: Request) -> None:
    """Let in who may read, by the key of the cookie too, and charge them; raises where not."""
    key = cookie_key(request.headers)
    sent = any(name == b"authorization" for name, _ in request.scope["headers"])
    if key is not None and not sent:
        bearer = (b"authorization", f"Bearer {key}".encode())
        request.scope["headers"] = [*request.scope["headers"], bearer]
    await may_read(request)


def kept(
    cache: ResponseCache, request: Request, head: bytes | None, made: Response, closed: bool
) -> Response:
    """A page that was made; kept, and tagged, where the log has a head to validate it by."""
    made.headers["Cache-Control"] = "private, no-cache" if closed else "no-cache"
    if closed:
        made.headers["Vary"] = "Authorization, Cookie"
    if head is not None:
        made.headers["ETag"] = entity_tag(head)
        cache.keep(page_key(request.scope), head, CachedResponse(request.scope["route"], made))
    return known(request, made)


def known(request: Request, found: Response) -> Response:
    """The page; or 304, where the browser has it already."""
    tag = found.headers.get("etag")
    asked = request.headers.get("if-none-match", "")
    if tag is None or tag not in [one.strip() for one in asked.split(",")]:
        return found
    names = ("etag", "cache-control", "vary", "content-security-policy", "referrer-policy")
    return Response(None, 304, {n: found.headers[n] for n in names if n in found.headers})


class CachedPages:
    """Answers with finished pages; all else is the application's."""

    def __init__(self, app: ASGIApp, cache: ResponseCache):
        self.app, self.cache = app, cache

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        page = scope["type"] == "http" and not scope["path"].startswith("/v1/")
        found = await self._found(scope) if page else None
        await (self.app if found is None else found)(scope, receive, send)

    async def _found(self, scope: Scope) -> Response | None:
        if scope["method"] != "GET" or (key := page_key(scope)) not in self.cache.entries:
            return None
        request = Request(scope)
        scope["route"] = self.cache.entries[key].route
        try:
            await admitted(request)
            await self.cache.validate(scope["app"].state.db)
        except Problem:
            return None  # the page says why
        entry = self.cache.get(key)
        return None if entry is None else known(request, entry.response)
