"""/changes: the feed of every write, for whoever keeps a copy or watches; as Atom for readers."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from app.api import negotiation, openapi
from app.api.access import MayRead, administers
from app.api.citations import recorded
from app.api.dependencies import Snapshot, public_url
from app.api.filter_params import LIMIT, MATCH, POLICY, READINGS
from app.api.query_params import (
    choice,
    integer,
    matching,
    parse_query_string,
    single,
    some_of,
    text,
)
from app.api.question_params import QuestionParams
from app.db import Reader
from app.errors import NotFound
from app.models.change_schemas import Changes
from app.models.filters import STATUS
from app.models.question import Condition, Question
from app.render import documents
from app.render.atom import AtomEntry, AtomFeed, atom
from app.rules import instants
from app.store import change_feed, mappings, reads
from app.store.change_feed import ARCHIVE, LAST
from app.store.keys import LOGGED

router = APIRouter(tags=["transfer"])
atom_router = APIRouter(tags=["transfer"], dependencies=[MayRead])


def told(line: dict[str, Any], all_of_it: bool) -> dict[str, Any]:
    """A line as it is answered: what is null is left out, and to most so are the ids of keys."""
    untold = () if all_of_it else ("key_id", "id") if line["resource"] == LOGGED else ("key_id",)
    kept = {n: value for n, value in line.items() if value is not None and n not in untold}
    return {**kept, "recorded_at": instants.text(line["recorded_at"])}


ATOM = "application/atom+xml"
FORMS = {"json": negotiation.JSON, "atom": ATOM}
ORDERS = ("oldest", "newest")
PARAMETERS = (
    integer("since", "lines after this `seq`", 0, LAST, 0),
    text(
        "hash", "the `hash` of the line `since` (64 zeros before the first)",
        matching("[0-9a-f]{64}", "send the 64 hex digits of a line's `hash`"),
        pattern="^[0-9a-f]{64}$",
    ),
    integer("until", "lines up to this `seq`", 0, LAST),
    LIMIT,
    choice("order", "newest: the last lines first; go back with `until=next_until`", *ORDERS),
    text(
        "include", "resource: beside each line the version that it wrote, as it was then",
        some_of(["resource"]), enum=["resource"],
    ),
)  # fmt: skip


@router.get(
    "/changes",
    response_model=Changes,
    dependencies=[MayRead],
    **openapi.operation(
        409, parameters=PARAMETERS,
        also=openapi.success("Lines, or the feed", {ATOM: openapi.STRING}),
        headers={200: ["Vary"]},
    ),
)  # fmt: skip
async def list_changes(request: Request, reader: Snapshot) -> Response:
    """What changed since

    Every write in commit order, withdrawals included, without a gap or a repeat: poll with
    `since=next_since`. Each line says who wrote it, and has the hash of all before it;
    `sayso verify` checks them. With `order=newest` the last lines come first, and
    `until=next_until` goes back from there. Keys that are made and revoked have lines too; which
    keys they are (`key_id`, and the `id` of their lines) is told to the scope `admin` alone. With
    the `hash` of the line `since` too, an answer proves that this log and what you read share a
    past; else, and where `since` is beyond the end, it is a 409: the log was restored from a
    backup, or this replica has not come so far. With `Accept: application/atom+xml` the answer is
    the feed of `/changes.atom`, by its parameters.
    """
    if negotiation.preferred(request, FORMS) == "atom":
        feed = await answer_atom(request, reader)
        feed.headers.update(negotiation.VARY)
        return feed
    asked = single(request.scope["query_string"], PARAMETERS)
    since, newest_first = asked.get("since", 0), asked.get("order") == "newest"
    limit = asked.get("limit", LIMIT.schema["default"])
    span = (since, asked.get("until", LAST))
    found = await change_feed.changes(reader, *span, limit, asked.get("hash"), newest_first)
    stored = await change_feed.written(reader, found) if "include" in asked else {}
    whole = {seq: documents.item(*documents.raw(one)) for seq, one in stored.items()}
    for seq, one in (await mappings.written(reader, found) if "include" in asked else {}).items():
        whole[seq] = documents.text(one.document()).encode()
    rows = [_line(line, administers(request), whole.get(line["seq"])) for line in found]
    last = max((line["seq"] for line in found), default=since)
    ends = {"next_since": last}
    if newest_first and found and found[-1]["seq"] > since + 1:
        ends["next_until"] = found[-1]["seq"] - 1
    body = b'{"items":[%b],%b' % (b",".join(rows), documents.text(ends).encode()[1:])
    return negotiation.answer(body, negotiation.JSON)


def _line(line: dict[str, Any], all_of_it: bool, written: bytes | None) -> bytes:
    """A line as JSON, with the version it wrote where that was asked for."""
    body = documents.text(told(line, all_of_it)).encode()
    return body if written is None else b'%b,"written":%b}' % (body[:-1], written)


NEWEST = 50
"""Entries that a feed has at least, where there are so many."""
ARCHIVE_PARAM = integer("archive", "a closed part of the feed, as `prev-archive` links it", 1, LAST)
OF_VERSIONS = (MATCH, READINGS, POLICY)
FEED = QuestionParams("claims", "", ARCHIVE_PARAM, options=OF_VERSIONS)


@atom_router.get(
    "/changes.atom",
    response_class=Response,
    **openapi.operation(
        404, parameters=FEED.documented(), also=openapi.success("The feed", {ATOM: openapi.STRING})
    ),
)
async def get_changes_feed(request: Request, reader: Snapshot) -> Response:
    """Changes as an Atom feed

    Every version of the claims that the filters find, the newest first, each with who said what in
    its title, for any feed reader. An entry is a version: it links to the claim's page and to the
    version itself, which never changes. Ids are the same for ever, wherever the database is served.
    Older entries are in archives (RFC 5005) that `prev-archive` leads to, without a gap.
    A filter is held against each version as it was written: one that leaves it is no entry.
    """
    return await answer_atom(request, reader)


def whatever_became(asked: Question) -> Question:
    """The same question, of the withdrawn too, unless it says of which it is."""
    if any(one.filter.name == "status" for one in asked.conditions):
        return asked
    return replace(asked, conditions=(*asked.conditions, Condition(STATUS, "eq", STATUS.words)))


async def answer_atom(request: Request, reader: Reader) -> Response:
    """The feed that the filters ask for, or one of its archives."""
    asked = FEED.asked(request)
    question, number = whatever_became(asked.question), asked.own.get("archive")
    head = await change_feed.newest(reader)
    if number is not None and number * ARCHIVE > head:
        raise NotFound("This part of the feed is not closed yet. Read the feed itself.")
    if number is None:
        lines, floor = await change_feed.newest_versions(reader, question, NEWEST)
    else:
        floor = (number - 1) * ARCHIVE
        lines = await change_feed.claim_versions(reader, question, floor, floor + ARCHIVE, ARCHIVE)
    await reads.require_stored(reader, question, bool(lines))
    before = await change_feed.claim_versions(reader, question, 0, floor, 1) if floor else []
    cited = await recorded(request, reader, [row for _, row in lines], None)
    entries = [
        AtomEntry(line["operation"], line["recorded_by"], one)
        for (line, _), one in zip(lines, cited, strict=True)
    ]
    feed = await _feed(request, reader, number, before, entries)
    return Response(atom(feed), media_type=ATOM)


async def _feed(
    request: Request,
    reader: Reader,
    number: int | None,
    before: list[Any],
    entries: list[AtomEntry],
) -> AtomFeed:
    pairs = parse_query_string(request.scope["query_string"])
    kept = sorted(pair for pair in pairs if pair[0] != "archive")
    base, first = public_url(request), await change_feed.changes(reader, 0, LAST, 1)

    def address(archive: int | None, path: str = "/v1/changes.atom") -> str:
        told = [*kept, *([] if archive is None else [("archive", str(archive))])]
        return f"{base}{path}?{urlencode(told)}" if told else f"{base}{path}"

    links = {"self": address(number), "alternate": address(None, "/claims")}
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
