"""/changes.atom and /changes/stream: the change feed for feed readers, and as events."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from app.api import openapi
from app.api.access import MayRead, administers, identified
from app.api.changes import LAST, told
from app.api.claims import all_recorded
from app.api.dependencies import Snapshot, database, public_url, snapshot
from app.api.event_stream import EVENTS, EventStream
from app.api.filter_params import MATCH, POLICY, READINGS, filters, parsed
from app.api.query_params import integer, parse_query_string
from app.api.rate_limit import address
from app.errors import Fault, Invalid, NotFound, Problem
from app.models.filters import STATUS
from app.models.question import Condition, Question
from app.render import documents
from app.render.atom import AtomEntry, AtomFeed, atom
from app.rules import instants
from app.store import change_feed, references
from app.store.change_feed import ARCHIVE

router = APIRouter(tags=["transfer"], dependencies=[MayRead])
ATOM = "application/atom+xml"
NEWEST = 50
"""Entries that a feed has at least, where there are so many."""
HOW = (MATCH, READINGS, POLICY)
ARCHIVE_PARAM = integer("archive", "a closed part of the feed, as `prev-archive` links it", 1, LAST)


def _asked(request: Request, *own: Any) -> tuple[Question, dict[str, Any]]:
    """The claims whose versions are asked for, whatever became of them, and the own parameters."""
    named = {one.name: one for one in (*HOW, *own)}
    pairs = parse_query_string(request.scope["query_string"])
    found, chosen, mark = parsed("claims", pairs, named, filters("claims"))
    mine = {one.name: chosen.pop(one.name) for one in own if one.name in chosen}
    if not any(one.filter.name == "status" for one in found):
        found.append(Condition(STATUS, "eq", STATUS.words))
    return Question("claims", tuple(found), fingerprint=mark, **chosen), mine


PARAMETERS = [one for one in openapi.of_list("claims", facets=True)
              if one["name"] not in ("by", "as_of")]  # fmt: skip


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
    question, mine = _asked(request, ARCHIVE_PARAM)
    head, number = await change_feed.newest(reader), mine.get("archive")
    if number is not None and number * ARCHIVE > head:
        raise NotFound("This part of the feed is not closed yet. Read the feed itself.")
    if number is None:
        lines, floor = await change_feed.newest_versions(reader, question, NEWEST)
    else:
        floor = (number - 1) * ARCHIVE
        lines = await change_feed.claim_versions(reader, question, floor, floor + ARCHIVE, ARCHIVE)
    await references.require(reader, question, bool(lines))
    before = await change_feed.claim_versions(reader, question, 0, floor, 1) if floor else []
    cited = await all_recorded(request, reader, [row for _, row in lines], None)
    entries = [
        AtomEntry(line["operation"], line["recorded_by"], one)
        for (line, _), one in zip(lines, cited, strict=True)
    ]
    feed = await _feed(request, reader, number, before, entries)
    return Response(atom(feed), media_type=ATOM)


async def _feed(
    request: Request, reader: Any, number: int | None, before: list[Any], entries: list[AtomEntry]
) -> AtomFeed:
    pairs = parse_query_string(request.scope["query_string"])
    kept = sorted(pair for pair in pairs if pair[0] != "archive")
    base, first = public_url(request), await change_feed.changes(reader, 0, LAST, 1)
    here = f"{base}{request.scope['path']}"

    def address(archive: int | None) -> str:
        told = [*kept, *([] if archive is None else [("archive", str(archive))])]
        return f"{here}?{urlencode(told)}" if told else here

    links = {"self": address(number), "alternate": f"{base}/claims?{urlencode(kept)}"}
    if number is not None:
        links["current"] = address(None)
    if before:
        links["prev-archive"] = address((before[0][0]["seq"] - 1) // ARCHIVE + 1)
    title = "Changes" + (f" ({', '.join(f'{n}: {v}' for n, v in kept)})" if kept else "")
    began = instants.text(first[0]["recorded_at"] if first else 0)
    updated = max((one.cited.moment for one in entries), default=began)
    return AtomFeed(
        first[0]["hash"] if first else "", urlencode(kept), f"Sayso: {title}", updated, base,
        links, number is not None, entries,
    )  # fmt: skip


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
    nothing twice. With filters, the versions of the claims that they find. A comment every 15
    seconds shows that the stream is alive; it ends after a while, and is then asked for again.
    """
    question, mine = _asked(request, SECONDS, SINCE)
    narrowed = len(question.conditions) > 1 or question.conditions[0].values != STATUS.words
    async with snapshot(request) as reader:
        head = await change_feed.newest(reader)
        if narrowed:
            await references.require(reader, question, False)
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
