"""Key cookie: a person's key, kept by the browser, opens the reads that a page links to.

It is good for GET and HEAD of this very site alone. It writes nothing, so no other site can make a
browser write (cross-site request forgery); and to a request that another origin makes it is not
there, though the browser sent it: `SameSite=Strict` calls two ports of one machine the same site.
"""

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.rules import api_keys

COOKIE = "sayso_key"
OWN = ("", "same-origin", "none")
"""Where a request comes from, as the browser says (Fetch Metadata): from here, or typed in."""


def cookie_key(headers: Mapping[str, str]) -> str | None:
    """The key that the browser kept; None where it has none of the right shape."""
    sent = (one.strip().partition("=") for one in headers.get("cookie", "").split(";"))
    kept = next((value for name, _, value in sent if name == COOKIE), "")
    return kept if api_keys.parse_key(kept) else None


def is_own(headers: Mapping[str, str]) -> bool:
    """Whether a request is made by a page of this site, or by the person."""
    return "origin" not in headers and headers.get("sec-fetch-site", "") in OWN


class KeyCookie:
    """Reads below /v1 with the key of the cookie, where no key is sent; never shared by caches."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reads = scope["type"] == "http" and scope["method"] == "GET"  # as HEAD is by now
        if not reads or not scope["path"].startswith("/v1/"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        key = cookie_key(headers) if "authorization" not in headers and is_own(headers) else None
        if key is not None:
            bearer = (b"authorization", f"Bearer {key}".encode())
            scope = {**scope, "headers": [*scope["headers"], bearer]}

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = MutableHeaders(scope=message)
                told.setdefault("Cache-Control", "private, no-cache")
                told.setdefault("Cross-Origin-Resource-Policy", "same-origin")
                told.append("Vary", "Authorization, Cookie")
            await send(message)

        await self.app(scope, receive, send if key is None else sending)
