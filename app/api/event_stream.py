"""/changes/stream: the change feed as server-sent events (WHATWG HTML, section 9.2).

A stream stays open for minutes, so its places are few: in all, and for one reader. A place is taken
before the answer begins, and free again as soon as its reader is gone.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from app.api import openapi
from app.api.access import MayRead, administers, identified
from app.api.changes import OF_VERSIONS, told, whatever_became
from app.api.dependencies import database, snapshot
from app.api.query_params import integer
from app.api.question_params import QuestionParams
from app.api.rate_limit import address
from app.errors import Problem, Unavailable, refusal
from app.models.filters import STATUS
from app.models.question import Question
from app.render import documents
from app.store import change_feed, reads
from app.store.change_feed import LAST

router = APIRouter(tags=["transfer"], dependencies=[MayRead])
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
            await super().__call__(scope, receive, send)
        finally:
            self.streams.release(self.who)


POLL_S, BATCH = 1.0, 100
STREAM = QuestionParams(
    "claims", "",
    integer("seconds", "how long to stay; no longer than the server lets", 1, 3600)._replace(
        example=1
    ),
    integer("since", "lines after this `seq`; what is new from now on, unless sent", 0, LAST),
    options=OF_VERSIONS,
)  # fmt: skip


@router.get(
    "/changes/stream",
    response_class=StreamingResponse,
    **openapi.operation(
        parameters=[
            *STREAM.documented(),
            openapi.header("Last-Event-ID", "the `id` of the last event: it goes on from there"),
        ],
        also=openapi.success("Events", {EVENTS: {}}),
    ),
)  # fmt: skip
async def stream_changes(request: Request) -> Response:
    """Changes as they happen

    Server-sent events: each is a line of the change log as /v1/changes has it, its `id` the `seq`.
    Who comes back with `Last-Event-ID` (as browsers do by themselves) misses nothing and gets
    nothing twice. With filters, the versions of the claims that they find. A comment now and
    then shows that the stream is alive; it ends after a while, and is then asked for again.
    """
    asked = STREAM.asked(request)
    question, own = whatever_became(asked.question), asked.own
    narrowed = len(question.conditions) > 1 or question.conditions[0].values != STATUS.words
    async with snapshot(request) as reader:
        head = await change_feed.newest(reader)
        if narrowed:
            await reads.require_stored(reader, question, False)
    since = _resumed(request, own.get("since", head))
    if since > head:
        raise refusal("the log has no such line yet", "since")
    state = request.app.state
    most = float(state.settings.stream_seconds)
    stay = min(most, float(own.get("seconds", most)))
    events = _events(request, question if narrowed else None, since, stay)
    return EventStream(events, state.streams, _reader(request))


def _reader(request: Request) -> str:
    """Whose stream it is: the key's, or the address's without one."""
    key = request.state.key
    return f"key {key.id}" if key else address(request.scope)


def _resumed(request: Request, since: int) -> int:
    """Where the stream goes on: behind the last event that was seen."""
    last = request.headers.get("last-event-id", "").strip()
    if last and not (last.isascii() and last.isdigit() and len(last) < 16):
        raise refusal("send the `id` of an event", "Last-Event-ID")
    return int(last) if last else since


async def _events(
    request: Request, question: Question | None, since: int, stay: float
) -> AsyncIterator[bytes]:
    """Events until the time is over, the server stops, or the key is not taken any more.

    No connection to the database is held between two looks at the head of the log.
    """
    state, ends, beat = request.app.state, time.monotonic() + stay, time.monotonic()
    heartbeat = state.settings.stream_heartbeat_seconds
    try:
        yield b"retry: 2000\n\n"
        while time.monotonic() < ends and not state.draining:
            found, since, more = await _next(request, question, since)
            if found:
                yield found
                beat = time.monotonic()
            elif time.monotonic() - beat > heartbeat:
                yield b": alive\n\n"
                beat = time.monotonic()
            if not more:
                await asyncio.sleep(min(POLL_S, max(0.0, ends - time.monotonic())))
            await identified(request)
    except Problem:
        return  # the database is away, or the key was revoked: whoever asks again is told


async def _next(request: Request, question: Question | None, since: int) -> tuple[bytes, int, bool]:
    """What is new, up to which line it was looked, and whether there may be more."""
    head: int = (await database(request).rows(change_feed.newest_line, {}))[0][0]
    if head <= since:
        return b"", since, False
    async with snapshot(request) as reader:
        if question is None:
            lines = await change_feed.changes(reader, since, head, BATCH)
        else:
            asked = (since, head, BATCH, False)
            found = await change_feed.claim_versions(reader, question, *asked)
            lines = [line for line, _ in found]
    full = len(lines) == BATCH
    return _written(request, lines), lines[-1]["seq"] if full else head, full


def _written(request: Request, lines: list[dict[str, Any]]) -> bytes:
    shown = (told(line, administers(request)) for line in lines)
    return b"".join(
        b"id: %d\nevent: change\ndata: %b\n\n" % (one["seq"], documents.text(one).encode())
        for one in shown
    )
