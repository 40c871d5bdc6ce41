"""Request bodies: of a kind that is taken, and within the limit."""

from typing import Any

from fastapi import Request

from app.errors import TooLarge, UnsupportedMediaType
from app.models.strict import parsed

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"


async def json_body(request: Request, *kinds: str) -> Any:
    """The body as JSON, of one of these kinds."""
    of_kind(request, *kinds)
    return parsed(await raw_body(request))


def of_kind(request: Request, *kinds: str) -> None:
    """Refuse a body of another kind, or in another encoding."""
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    if kind.strip().lower() not in kinds:
        raise UnsupportedMediaType(f"Send {' or '.join(kinds)}.")
    named = dict(part.strip().lower().partition("=")[::2] for part in parameters.split(";"))
    if named.get("charset", "utf-8").strip('"') != "utf-8":
        raise UnsupportedMediaType("JSON is UTF-8.")


async def raw_body(request: Request) -> bytes:
    """The body, as long as it is within the limit."""
    limit: int = request.app.state.settings.max_body_bytes
    chunks, size = [], 0
    if int(request.headers.get("content-length") or 0) > limit:
        raise TooLarge(f"At most {limit} bytes.")
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise TooLarge(f"At most {limit} bytes.")
        chunks.append(chunk)
    return b"".join(chunks)
