"""/changes.atom and /changes/stream: the change feed for feed readers, and as events."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from app.api import openapi
from app.api.access import MayRead, administers, identified
from app.api.atom_feed import ARCHIVE_PARAM, ATOM, PARAMETERS, answer_atom, versions_asked
from app.api.changes import told
from app.api.dependencies import Snapshot, database, snapshot
from app.api.event_stream import EVENTS, EventStream
from app.api.query_params import integer
from app.api.rate_limit import address
from app.errors import Fault, Invalid, Problem
from app.models.filters import STATUS
from app.models.question import Question
from app.render import documents
from app.store import change_feed, reads
from app.store.change_feed import LAST

router = APIRouter(tags=["transfer"], dependencies=[MayRead])


@router.get(
    "/changes.atom",
    response_class=Response,
    **openapi.operation(
        404, parameters=[ARCHIVE_PARAM, *PARAMETERS],
        also=openapi.success("The feed", {ATOM: {"type": "string"}}),
    ),
)  # fmt: skip
async def get_changes_feed(request: Request, reader: Snapshot) -> Response:
    """Changes as an Atom feed

    Every version of the claims that the filters find, the newest first, each with who said what in
    its title, for any feed reader. An entry is a version: it links to the claim's page and to the
    version itself, which never changes. Ids are the same for ever, wherever the database is served.
    Older entries are in archives (RFC 5005) that `prev-archive` leads to, without a gap.
    A filter is held against each version as it was written: one that leaves it is no entry.
    """
    return await answer_atom(request, reader)


POLL_S, BATCH = 1.0, 100
SECONDS = integer("seconds", "how long to stay; no longer than the server lets", 1, 3600)
SINCE = integer("since", "lines after this `seq`; what is new from now on, unless sent", 0, LAST)


@router.get(
    "/changes/stream",
    response_class=StreamingResponse,
    **openapi.operation(
        parameters=[
            SECONDS._replace(example=1), SINCE,
            openapi.header("Last-Event-ID", "the `id` of the last event: it goes on from there"),
            *PARAMETERS,
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
    question, mine = versions_asked(request, SECONDS, SINCE)
    narrowed = len(question.conditions) > 1 or question.conditions[0].values != STATUS.words
    async with snapshot(request) as reader:
        head = await change_feed.newest(reader)
        if narrowed:
            await reads.require_stored(reader, question, False)
    since = _resumed(request, mine.get("since", head))
    if since > head:
        raise Invalid(faults=(Fault("the log has no such line yet", parameter="since"),))
    state = request.app.state
    most = float(state.settings.stream_seconds)
    stay = min(most, float(mine.get("seconds", most)))
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
        raise Invalid(faults=(Fault("send the `id` of an event", parameter="Last-Event-ID"),))
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
