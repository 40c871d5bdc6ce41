"""Server-sent events (WHATWG HTML, section 9.2): who holds a stream, and when it is let go of.

A stream stays open for minutes, so its places are few: in all, and for one reader. A place is taken
before the answer begins, and free again as soon as its reader is gone.
"""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress

from anyio import create_task_group
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from app.errors import Unavailable

EVENTS = "text/event-stream"
STREAMS = 100
"""How many streams one process has open at most."""
STREAMS_EACH = 20
"""How many of them one key, or one address without a key, has."""

_FRESH = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class OpenStreams:
    """The streams that one process has open, by who holds them."""

    def __init__(self) -> None:
        self.held: Counter[str] = Counter()

    def take(self, who: str) -> None:
        """Take a place; raises ``Unavailable`` where there is none."""
        if self.held.total() >= STREAMS or self.held[who] >= STREAMS_EACH:
            raise Unavailable("Too many streams are open. Try again later.", retry_after=30)
        self.held[who] += 1

    def release(self, who: str) -> None:
        """Give a place back."""
        self.held[who] -= 1
        self.held += Counter()  # drops who holds none


class EventStream(StreamingResponse):
    """An answer of events that ends as soon as nobody reads it any more."""

    def __init__(self, events: AsyncIterator[bytes], streams: OpenStreams, who: str):
        super().__init__(events, media_type=EVENTS, headers=_FRESH)
        self.streams, self.who = streams, who
        streams.take(who)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until they end, or the reader is gone."""
        try:
            async with create_task_group() as group:

                async def streamed() -> None:
                    with suppress(OSError):  # the reader is gone
                        await self.stream_response(send)
                    group.cancel_scope.cancel()

                group.start_soon(streamed)
                await self.listen_for_disconnect(receive)
                group.cancel_scope.cancel()
        finally:
            self.streams.release(self.who)
