"""Writes that sources, measures, claims and assessments share: each is one transaction."""

from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response

from app.api import body, examples, openapi, problem, reply
from app.api.access import MayWrite
from app.api.access_log import request_id
from app.api.dependencies import database
from app.api.fast_path import fast_endpoint
from app.api.idempotency import idempotent_request, run_once
from app.api.query_params import flag, one_of, single, text
from app.api.resources import SINGULAR, Id, nothing_else
from app.errors import Fault, Invalid, PreconditionFailed, PreconditionRequired, refusal
from app.models import RESOURCES
from app.models.strict_json import escaped, no_field, parse_json, validated
from app.store import writes
from app.store.group_commit import GroupCommitQueue
from app.store.key_lookup import StoredKey
from app.store.write_transaction import Actor, WriteTransaction
from app.store.writes import WriteOutcome

TO_CREATE = {
    "sources": "A source needs `id` and `name`; `class` follows `kind`.",
    "measures": "A measure needs `id` and `unit`.",
    "claims": "Four to six fields are enough: a claim of one figure may be sent flat, with "
    "`raw_text` as printed; hedge, value and bounds are read from it, and the chain is spelled out "
    "from `document`, `via` and `claimant`. Sent fields win. `included` adds sources and measures "
    "that are not stored yet, in the same transaction. Without an `id` it gets one of its content. "
    "`similar` names others that say the same (an import does not).",
    "assessments": "`comment` is required. Without an `id` it gets one of its content.",
}
TO_CHANGE = {
    "claims": " A claim of one figure is changed flat, as it may be sent: new `raw_text` is read "
    "anew, and a new `value` has bounds of its own; what was sent and what describes the figure "
    "(`dimensions`, `attributes`, `slot`, `reading` …) stays. Of several figures `quantities` is "
    "sent, and replaced whole.",
}
IDEMPOTENCY_KEY = openapi.header(
    "Idempotency-Key",
    "a name for this request: sent again with it, it has the same answer and no second effect; "
    "kept for 48 hours",
    minLength=1, maxLength=255,
)  # fmt: skip
IF_MATCH = openapi.header(
    "If-Match",
    "the ETag of the version you change; `*`: whatever it is. A weak one, as made by a proxy "
    'that compresses (`W/"1"`), never matches (RFC 9110)',
)
IF_NONE_MATCH = openapi.header("If-None-Match", "`*`: create, never change", "*")


def _reason(value: str) -> str:
    """Why something is withdrawn: 1 to 2000 characters, as an import takes them."""
    if not value.strip() or len(value) > 2000:
        raise ValueError("say why, in 1 to 2000 characters")
    return value


DRY_RUN = flag("dry_run", "true: the same answer, as a 200, and nothing is stored")
STATUSES = ("withdrawn", "entered_in_error")
WITHDRAWAL = (
    text(
        "reason", "why", _reason, "A trial.", "say why", minLength=1, maxLength=2000, pattern=r"\S"
    ),
    text("status", "withdrawn unless sent", one_of(*STATUSES), enum=[*STATUSES]),
)


def actor(request: Request) -> Actor:
    """Who writes, for the change log: the key that let the request in, and the request's id."""
    key: StoredKey = request.state.key  # there is one: to write, the routes need it
    return Actor(key.name, key.id, request_id(request.scope))


async def written(request: Request, what: Callable[..., Any], *args: Any) -> Any:
    """One write, committed when this returns."""
    commits: GroupCommitQueue = request.app.state.write_queue
    return await commits.write(lambda turn: what(turn, *args), actor(request))


async def rehearsed(request: Request, what: Callable[..., Any]) -> Any:
    """What one write would answer, under every rule; nothing of it is stored."""
    db = database(request)
    return await db.write(lambda: writes.rehearse(db, what, actor(request)))


def _answered(
    request: Request, made: WriteOutcome, status: int = 200, path: str | None = None
) -> Response:
    """What was sent, as it is stored, and what its sender should know beside it."""
    told = {"similar": made.similar, "notices": list(map(problem.fault_json, made.notices))}
    beside = {name: some for name, some in told.items() if some}
    return reply.item(request, made.stored, status, path, beside=beside)


def writing(resource: str) -> APIRouter:
    """POST, and (but for assessments) PUT and PATCH; DELETE withdraws."""
    router = APIRouter(prefix=f"/{resource}", tags=[resource], dependencies=[MayWrite])
    kind, one, path = RESOURCES[resource], SINGULAR[resource], f"/v1/{resource}"
    sent_body = openapi.body(openapi.ref(kind.sent), examples.SENT[resource], body.JSON)
    stored_already = {200: {"model": kind.made, "description": "It was stored already"}}

    def creating(
        request: Request, raw: bytes, dry_run: bool
    ) -> Callable[[WriteTransaction], Response]:
        """What was sent, as it is to be stored and answered."""
        body.of_kind(request, body.JSON)
        sent = validated(kind.sent, parse_json(raw))

        def make(tx: WriteTransaction) -> Response:
            made = writes.create(tx, resource, sent)
            status = 201 if made.new and not dry_run else 200
            return _answered(request, made, status, path)

        if dry_run:
            # A broken Idempotency-Key is refused; a good one keeps nothing.
            idempotent_request(request, raw)
            return make
        return run_once(request, raw, make)

    @router.post(
        "",
        name=f"create_{one}",
        response_model=kind.made,
        status_code=201,
        description=f"Add a {one}\n\n{TO_CREATE[resource]} The same content sent again is a 200 "
        "and changes nothing; other content under a stored id is a 409.",
        **openapi.operation(
            409,
            413,
            415,
            507,
            parameters=[DRY_RUN, IDEMPOTENCY_KEY],
            body=sent_body,
            also=stored_already,
            headers={200: ["ETag", "Location"], 201: ["ETag", "Location"]},
        ),
    )  # fmt: skip
    @fast_endpoint
    async def create(request: Request) -> Response:
        dry_run = single(request.scope["query_string"], [DRY_RUN]).get("dry_run", False)
        raw = await body.raw_body(request)
        work = await body.run_in_thread_if_large(
            request, raw, lambda: creating(request, raw, dry_run)
        )
        answer: Response = await (rehearsed if dry_run else written)(request, work)
        return answer

    @router.delete(
        "/{id}",
        name=f"withdraw_{one}",
        response_model=kind.out,
        description=f"Withdraw a {one}\n\nTakes it back with a reason; it leaves the lists, and "
        "all its versions stay. The example needs that of POST before it.",
        **openapi.operation(
            404, 412, 428, 507, parameters=[{**IF_MATCH, "example": "*"}, *WITHDRAWAL],
            example_id=examples.own(resource),
            headers={200: ["ETag"]},
        ),
    )  # fmt: skip
    async def withdraw(request: Request, id: Id) -> Response:
        asked = single(request.scope["query_string"], WITHDRAWAL)
        status, tag = asked.get("status", "withdrawn"), if_match(request)
        stored = await written(request, writes.withdraw, resource, id, status, asked["reason"], tag)
        return reply.item(request, stored)

    if resource != "assessments":
        _replacing(router, resource)
        _patching(router, resource)
    return router


CHANGING = (404, 409, 412, 413, 415, 428, 507)


def _replacing(router: APIRouter, resource: str) -> None:
    kind, one, path = RESOURCES[resource], SINGULAR[resource], f"/v1/{resource}"
    example = {name: value for name, value in examples.SENT[resource].items() if name != "id"}

    @router.put(
        "/{id}",
        name=f"replace_{one}",
        response_model=kind.made,
        description=f"Replace a {one}, or create it\n\nWith If-Match the next version of a stored "
        "id (equal content makes none); with `If-None-Match: *` a new one.",
        **openapi.operation(
            *CHANGING, parameters=[IF_MATCH, IF_NONE_MATCH], example_id=examples.own(resource),
            body=openapi.body(openapi.ref(kind.sent, "Put"), example, body.JSON),
            also={201: {"model": kind.made, "description": "It is new"}},
            headers={200: ["ETag"], 201: ["ETag", "Location"]},
        ),
    )  # fmt: skip
    async def replace(request: Request, id: Id) -> Response:
        nothing_else(request)

        def named(value: Any) -> Any:
            if isinstance(value, dict) and value.setdefault("id", id) != id:
                raise refusal("differs from the id in the path", pointer="/id")
            return validated(kind.sent, value)

        sent = await body.json_body(request, named, body.JSON)
        tag, create = preconditions(request)
        if create:
            made = await written(request, writes.create_only, resource, sent)
            return _answered(request, made, 201, path)
        if tag is None:
            raise PreconditionRequired("Send If-Match to change, or If-None-Match: * to create.")
        return _answered(request, await written(request, writes.replace, resource, sent, tag))


def _patching(router: APIRouter, resource: str) -> None:
    kind, one = RESOURCES[resource], SINGULAR[resource]
    example_id, example = examples.PATCH[resource]

    @router.patch(
        "/{id}",
        name=f"change_{one}",
        response_model=kind.made,
        description=f"Change some fields of a {one}\n\nA JSON Merge Patch (RFC 7396): null clears "
        f"a field, a list is replaced whole.{TO_CHANGE.get(resource, '')} The example sends what "
        "is stored, which makes no version.",
        **openapi.operation(
            *CHANGING, parameters=[{**IF_MATCH, "example": '"1"'}], example_id=example_id,
            body=openapi.body(
                openapi.ref(kind.sent, "Patch"), example, body.MERGE_PATCH, body.JSON
            ),
            headers={200: ["ETag"]},
        ),
    )  # fmt: skip
    async def patch(request: Request, id: Id) -> Response:
        nothing_else(request)
        read = partial(changes_of, resource, id)
        changes = await body.json_body(request, read, body.MERGE_PATCH, body.JSON)
        tag = if_match(request)
        made = await written(request, writes.patch, resource, id, changes, tag)
        return _answered(request, made)


BOTH = "If-Match and `If-None-Match: *` never hold together. Send one: to change, or to create."


def if_match(request: Request) -> str | None:
    """The versions that a change may be based on; several lines of a header are one list."""
    lines = request.headers.getlist("if-match")
    return ",".join(lines) if lines else None


def preconditions(request: Request) -> tuple[str | None, bool]:
    """The versions that may be changed, and whether only something new is to be made."""
    tag, create = if_match(request), request.headers.get("if-none-match", "").strip() == "*"
    if create and tag is not None:
        raise PreconditionFailed(BOTH)
    return tag, create


def changes_of(resource: str, id: str, changes: Any) -> Any:
    """A patch; refuses one that is none, that moves the id, or that names what is not there."""
    if not isinstance(changes, dict):
        raise refusal("send an object of changes", pointer="")
    fields = RESOURCES[resource].sent.model_fields
    known = {field.alias or name for name, field in fields.items()} - {"included"}
    faults = [
        Fault(no_field(name, known), f"/{escaped(name)}", code="extra_forbidden")
        for name in sorted({*changes} - known)
    ]
    if "via" in changes and changes["via"] is None:
        faults.append(Fault("send the relayers; an empty list for none", pointer="/via"))
    if changes.get("id", id) != id:
        faults.append(Fault("the id stays", pointer="/id"))
    if faults:
        raise Invalid(faults=tuple(faults))
    return changes
