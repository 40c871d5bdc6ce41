"""The Atom feed of changes: which versions it has, and the document (RFC 4287, 5005)."""

from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response

from app.api import openapi
from app.api.claims import all_recorded
from app.api.dependencies import public_url
from app.api.filter_params import MATCH, POLICY, READINGS, filters, parsed
from app.api.query_params import integer, parse_query_string
from app.db import Reader
from app.errors import NotFound
from app.models.filters import STATUS
from app.models.question import Condition, Question
from app.render.atom import AtomEntry, AtomFeed, atom
from app.rules import instants
from app.store import change_feed, reads
from app.store.change_feed import ARCHIVE, LAST

ATOM = "application/atom+xml"
NEWEST = 50
"""Entries that a feed has at least, where there are so many."""
HOW = (MATCH, READINGS, POLICY)
ARCHIVE_PARAM = integer("archive", "a closed part of the feed, as `prev-archive` links it", 1, LAST)


def versions_asked(request: Request, *own: Any) -> tuple[Question, dict[str, Any]]:
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


async def answer_atom(request: Request, reader: Reader) -> Response:
    """The feed that the filters ask for, or one of its archives."""
    question, mine = versions_asked(request, ARCHIVE_PARAM)
    head, number = await change_feed.newest(reader), mine.get("archive")
    if number is not None and number * ARCHIVE > head:
        raise NotFound("This part of the feed is not closed yet. Read the feed itself.")
    if number is None:
        lines, floor = await change_feed.newest_versions(reader, question, NEWEST)
    else:
        floor = (number - 1) * ARCHIVE
        lines = await change_feed.claim_versions(reader, question, floor, floor + ARCHIVE, ARCHIVE)
    await reads.require_stored(reader, question, bool(lines))
    before = await change_feed.claim_versions(reader, question, 0, floor, 1) if floor else []
    cited = await all_recorded(request, reader, [row for _, row in lines], None)
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
