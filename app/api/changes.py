"""/changes: the feed of every write, for whoever keeps a copy or watches."""

import re
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import Field

from app.api import openapi, reply
from app.api.access import MayRead, administers
from app.api.dependencies import Snapshot
from app.api.filter_params import LIMIT
from app.api.query_params import integer, single, text
from app.models.base import ResponseModel
from app.models.log import Operation, ResourceName
from app.rules import instants
from app.store import change_feed
from app.store.keys import LOGGED

router = APIRouter(tags=["transfer"])
LAST = 2**53 - 1


class LoggedChange(ResponseModel):
    """One line of the change log."""

    seq: int = Field(description="counts up by one; send the last as `since`")
    recorded_at: str
    resource: ResourceName
    id: str | None = Field(
        default=None, description="always told, but of `keys`: those to the scope `admin` alone"
    )
    version: int
    operation: Operation = Field(description="a key that is revoked is withdrawn")
    digest: str = Field(description="SHA-256 of the version as stored")
    recorded_by: str | None = Field(
        default=None,
        description="who wrote it: the name of the key, or the command; none in lines of before "
        "this was kept",
    )
    key_id: str | None = Field(
        default=None, description="the `id` of the key; to the scope `admin` alone"
    )
    request_id: str | None = Field(default=None, description="the request that wrote it")
    hash: str = Field(description="SHA-256 of the hash before and of this line")


class Changes(ResponseModel):
    """Lines of the change log, oldest first."""

    items: list[LoggedChange]
    next_since: int = Field(description="send it as `since`; unchanged where nothing is new")


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


PARAMETERS = (
    integer("since", "lines after this `seq`", 0, LAST, 0),
    text(
        "hash", "the `hash` of the line `since` (64 zeros before the first)", sha256,
        pattern="^[0-9a-f]{64}$",
    ),
    integer("until", "lines up to this `seq`", 0, LAST),
    LIMIT,
)  # fmt: skip


@router.get(
    "/changes",
    response_model=Changes,
    dependencies=[MayRead],
    **openapi.operation(409, parameters=PARAMETERS),
)
async def list_changes(request: Request, reader: Snapshot) -> Response:
    """What changed since

    Every write in commit order, withdrawals included, without a gap or a repeat: poll with
    `since=next_since`. Each line says who wrote it, and has the hash of all before it;
    `sayso verify` checks them. Keys that are made and revoked have lines too; which keys they are
    (`key_id`, and the `id` of their lines) is told to the scope `admin` alone. With the `hash` of
    the line `since` as well, an answer proves that what you read before and this log share a past;
    else, and where `since` is beyond the end, it is a 409: the log was restored from a backup, or
    this replica has not come so far.
    """
    asked = single(request.scope["query_string"], PARAMETERS)
    since, until = asked.get("since", 0), asked.get("until", LAST)
    limit = asked.get("limit", LIMIT.schema["default"])
    found = await change_feed.changes(reader, since, until, limit, asked.get("hash"))
    rows = [told(line, administers(request)) for line in found]
    return reply.value({"items": rows, "next_since": rows[-1]["seq"] if rows else since})
