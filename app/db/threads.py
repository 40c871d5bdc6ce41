"""Work in a thread: anyio's, but a refusal keeps nothing alive that it came through."""

from collections.abc import Callable
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread

from app.errors import Problem

T = TypeVar("T")


async def in_thread(
    work: Callable[..., T], *args: Any, limiter: CapacityLimiter | None = None
) -> T:
    """Work done in a thread, a few at a time.

    anyio's frame holds the future that holds what was raised. With the traceback that leads back to
    the frame this is a reference cycle, in which a body of megabytes stays until the garbage
    collector runs. Where a problem was raised is of no interest: it is an answer.
    """
    try:
        return await to_thread.run_sync(work, *args, limiter=limiter)
    except Problem as problem:
        raise problem.with_traceback(None)  # noqa: B904  (it is the same one)
