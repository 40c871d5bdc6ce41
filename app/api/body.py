"""Request bodies: of a kind that is taken, within the limit, and read where nobody waits for it."""

from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from fastapi import Request

from app.db import in_thread
from app.errors import Encoded, TooLarge, UnsupportedMediaType
from app.models.strict_json import parse_json

T = TypeVar("T")
JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
SMALL = 50_000
"""Bytes of a body that is read on the event loop: it takes a few milliseconds, whatever it says."""

OPEN = 64_000
"""Bytes of a body that no key vouches for."""


async def json_body(request: Request, make: Callable[[Any], T], *kinds: str) -> T:
    """What is made of the body as JSON, of one of these kinds."""
    of_kind(request, *kinds)
    raw = await raw_body(request)
    return await run_in_thread_if_large(request, raw, lambda: make(parse_json(raw)))


async def run_in_thread_if_large(request: Request, raw: bytes, work: Callable[[], T]) -> T:
    """Run what takes as long as a body is: in a thread, a few at a time, where that is long."""
    if len(raw) <= SMALL:
        return work()
    return await in_thread(work, limiter=request.app.state.large_bodies)


def of_kind(request: Request, *kinds: str) -> str:
    """The kind of the body; refuses another, and one in another encoding."""
    plain(request)
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    if (kind := kind.strip().lower()) not in kinds:
        raise UnsupportedMediaType(f"Send {' or '.join(kinds)}.")
    named = dict(part.strip().lower().partition("=")[::2] for part in parameters.split(";"))
    if named.get("charset", "utf-8").strip('"') != "utf-8":
        raise UnsupportedMediaType("JSON is UTF-8.")
    return kind


def plain(request: Request) -> None:
    """Refuse a compressed body: a few bytes of one can be any number."""
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Encoded("The body has a Content-Encoding. Send it without one.")


async def raw_body(request: Request) -> bytes:
    """The body, as long as it is within the limit."""
    limit = most(request)
    if int(request.headers.get("content-length") or 0) > limit:
        raise TooLarge(f"At most {limit} bytes.")
    return b"".join([chunk async for chunk in arriving(request, limit)])


async def arriving(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The body, a part at a time, until it is over the limit."""
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise TooLarge(f"At most {limit} bytes.")
        yield chunk


def most(request: Request) -> int:
    """How large a body may be: where no key was sent, little is asked, and little is taken."""
    limit: int = request.app.state.settings.max_body_bytes
    return limit if getattr(request.state, "caller", "") else min(limit, OPEN)
