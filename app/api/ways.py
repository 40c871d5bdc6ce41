"""What an endpoint may ask for: a reader, a writer, and the question in its query string."""

from collections.abc import AsyncIterator, Callable
from ipaddress import ip_address
from typing import Annotated, Any

from anyio import to_thread
from fastapi import Depends, Request

from app.db import Database, Reader
from app.errors import Forbidden
from app.store import writes


def database(request: Request) -> Database:
    """The database of this application."""
    found: Database = request.app.state.db
    return found


async def snapshot(request: Request) -> AsyncIterator[Reader]:
    """One moment of the database for the whole request."""
    async with database(request).snapshot() as reader:
        yield reader


def near(request: Request) -> None:
    """Until keys are issued, only this machine may write."""
    host = request.client.host if request.client else ""
    try:
        loopback = ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise Forbidden("Writes are taken from this machine only (loopback).")


async def written(request: Request, what: Callable[..., Any], *args: Any) -> Any:
    """One write, committed when this returns."""
    return await to_thread.run_sync(lambda: writes.write(database(request), what, *args))


Snapshot = Annotated[Reader, Depends(snapshot, scope="function")]
Near = Depends(near)
