"""/changes: the feed of every write, for whoever keeps a copy or watches."""

import re
from typing import Any

from fastapi import APIRouter, Request, Response

from app.api import negotiation, openapi
from app.api.access import MayRead, administers
from app.api.atom_feed import ATOM, answer_atom
from app.api.dependencies import Snapshot
from app.api.filter_params import LIMIT
from app.api.query_params import choice, integer, single, some_of, text
from app.models.change_schemas import Changes
from app.render import documents
from app.rules import instants
from app.store import change_feed, mappings
from app.store.change_feed import LAST
from app.store.keys import LOGGED

router = APIRouter(tags=["transfer"])


def sha256(value: str) -> str:
    """The hash of a line."""
    if not re.fullmatch("[0-9a-f]{64}", value):
        raise ValueError("send the 64 hex digits of a line's `hash`")
    return value


def told(line: dict[str, Any], all_of_it: bool) -> dict[str, Any]:
    """A line as it is answered: what is null is left out, and to most so are the ids of keys."""
    untold = () if all_of_it else ("key_id", "id") if line["resource"] == LOGGED else ("key_id",)
    kept = {n: value for n, value in line.items() if value is not None and n not in untold}
    return {**kept, "recorded_at": instants.text(line["recorded_at"])}


FORMS = {"json": negotiation.JSON, "atom": ATOM}
ORDERS = ("oldest", "newest")
PARAMETERS = (
    integer("since", "lines after this `seq`", 0, LAST, 0),
    text(
        "hash", "the `hash` of the line `since` (64 zeros before the first)", sha256,
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
        also=openapi.success("Lines, or the feed", {ATOM: {"type": "string"}}),
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
    accept = ",".join(request.headers.getlist("accept"))
    if negotiation.accepted(accept, FORMS) == "atom":
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
