"""/diff: what changed between two versions of a source, a measure or a claim."""

import json
from typing import Any

from fastapi import APIRouter, Request, Response

from app.api import examples, openapi, reply
from app.api.access import MayRead
from app.api.dependencies import Settled, Snapshot
from app.api.query_params import integer, single
from app.api.resources import Id
from app.db import in_thread
from app.errors import Fault, Invalid
from app.models.change_schemas import RevisionDiff
from app.render import documents
from app.rules import instants
from app.rules.revision_diff import FieldDiff, revision_diff
from app.store import reads
from app.store.reads import RevisionRow, StoredVersion

router = APIRouter(dependencies=[MayRead, Settled])
LAST = 2**53 - 1
FROM = integer("from", "a version; the one before `to` unless sent", 1, LAST)
TO = integer("to", "a version; the newest unless sent", 1, LAST)
COMPARED = ("sources", "measures", "claims")
LARGE = 20_000
"""Characters of a record from which on it is compared in a thread."""


FIELD_BY_FIELD = (
    "Field by field, with the JSON Pointer, the old and the new value; figures, hops and relations "
    "are matched by what they are, not by their place, and of long text it is told which words "
    "changed. Beside it who wrote each version on the way, when, and why it was withdrawn. Unless "
    "sent, `to` is the newest version and `from` the one before it; of a first version everything "
    "is new."
)


def _route(resource: str) -> None:
    one = resource.removesuffix("s")

    @router.get(
        f"/{resource}/{{id}}/diff",
        name=f"get_{one}_diff",
        response_model=RevisionDiff,
        tags=[resource],
        description=f"What changed between two versions of a {one}\n\n"
        + (FIELD_BY_FIELD if one == "claim" else "What `/v1/claims/{id}/diff` tells of a claim."),
        **openapi.operation(404, parameters=[FROM, TO], example_id=examples.IDS[resource]),
    )
    async def diff(request: Request, id: Id, reader: Snapshot) -> Response:
        asked = single(request.scope["query_string"], [FROM, TO])
        newest = await reads.newest_version(reader, resource, id)
        to = asked.get("to", newest)
        since = asked.get("from", to - 1)
        _check(since, to, newest, asked)
        versions = await reads.versions(reader, resource, id, min(since, to), max(since, to))
        sides = [  # before the first version there is nothing
            await reads.revision(reader, resource, id, version) if version else None
            for version in (since, to)
        ]
        long = sum(len(one.doc) for one in sides if one) > LARGE
        found = await in_thread(_changes, *sides) if long else _changes(*sides)
        told = {
            "resource": resource, "id": id, "from": since, "to": to,
            "versions": [_told(one) for one in versions],
            "changes": [_without_none(one) for one in found],
        }  # fmt: skip
        return reply.value(told)


def _check(since: int, to: int, newest: int, asked: dict[str, int]) -> None:
    """Refuse versions that are not there, and too many at once."""
    faults = [
        Fault(f"the newest version is {newest}", parameter=name)
        for name, version in (("from", since), ("to", to))
        if version > newest and name in asked
    ]
    if not faults and abs(since - to) >= reads.MAX_VERSIONS:
        faults = [Fault(f"at most {reads.MAX_VERSIONS} versions apart", parameter="from")]
    if faults:
        raise Invalid("There are no such versions to compare.", tuple(faults))


def _changes(old: StoredVersion | None, new: StoredVersion | None) -> list[FieldDiff]:
    one, other = (
        {} if side is None else json.loads(documents.item(*documents.raw(side)))
        for side in (old, new)
    )
    return revision_diff(one, other)


def _told(one: RevisionRow) -> dict[str, Any]:
    row = one.stored
    told = {
        "version": row.version, "recorded_at": instants.text(row.recorded_at),
        "recorded_by": one.recorded_by, "status": row.status, "reason": row.reason,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value is not None}


def _without_none(one: FieldDiff) -> dict[str, Any]:
    told = {name: value for name, value in one._asdict().items() if value is not None}
    if one.words is not None:
        told["words"] = [{"change": change, "text": text} for change, text in one.words]
    return told


for _resource in COMPARED:
    _route(_resource)
