"""What an endpoint may ask for: a reader, a writer, and the question in its query string."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import Depends, Request

from app.db import Database, Reader
from app.store import writes


def database(request: Request) -> Database:
    """The database of this application."""
    found: Database = request.app.state.db
    return found


async def snapshot(request: Request) -> AsyncIterator[Reader]:
    """One moment of the database for the whole request."""
    async with database(request).snapshot() as reader:
        yield reader


async def written(request: Request, what: Callable[..., Any], *args: Any) -> Any:
    """One write, committed when this returns."""
    db = database(request)
    return await db.write(lambda: writes.write(db, what, *args))


Snapshot = Annotated[Reader, Depends(snapshot, scope="function")]
