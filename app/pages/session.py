"""Session: where reads are closed, a person's key is asked for once and kept by the browser.

What the cookie opens is in ``api/key_cookie.py``: reads alone (RFC 6265 section 8).
"""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from app.api.key_cookie import COOKIE

LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")


def remember(request: Request, key: str, onward: str) -> Response:
    """Keep a key until the browser is closed, and go on to the page that was asked for."""
    answer = RedirectResponse(onward, 303)
    answer.set_cookie(
        COOKIE, key, httponly=True, samesite="strict", secure=not on_loopback(request), path="/"
    )
    return answer


def forget() -> Response:
    """Give the key back."""
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


def safe_path(path: str) -> str:
    """A path of this server to go on to: never another host (`//evil`, `/\\evil`)."""
    plain = path.startswith("/") and path[1:2] not in ("/", "\\") and path.isprintable()
    return path if plain else "/"


def on_loopback(request: Request) -> bool:
    """Whether the browser and this server are one machine, without TLS between them."""
    return request.url.hostname in LOOPBACK and request.url.scheme == "http"
