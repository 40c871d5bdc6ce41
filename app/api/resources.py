"""The verbs that sources, measures, claims and assessments share; each resource names its own."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import BeforeValidator

from app.api import body, examples, openapi, reply
from app.api.access import MayRead, MayWrite
from app.api.dependencies import Settled, database, rehearsed, snapshot, written
from app.api.fast_path import fast_endpoint
from app.api.filter_params import AS_OF, question
from app.api.idempotency import idempotent_request, run_once
from app.api.query_params import flag, missing, one_of, single, text, whole_number
from app.errors import Fault, Invalid, NotFound, PreconditionFailed, PreconditionRequired
from app.models import RESOURCES
from app.models.field_types import SLUG
from app.models.page import PAGES, REVISIONS
from app.models.question import Question
from app.models.strict_json import escaped, no_field, parse_json, validated
from app.render import documents
from app.store import list_query, reads, references, writes
from app.store.write_transaction import WriteTransaction
from app.store.writes import WriteOutcome

Id = Annotated[str, Path(pattern=SLUG, max_length=128, description="the resource's id")]
VersionNumber = Annotated[
    int,
    BeforeValidator(whole_number(1, 2**53 - 1)),
    Path(ge=1, le=2**53 - 1, description="counts from 1"),
]


SINGULAR = {name: name.removesuffix("s") for name in RESOURCES}
ABOUT = {
    "sources": "Anyone or anything a claim can come from or through: people, organisations, "
    "works, occasions. `affiliation` leads to the root that counts for independence.",
    "measures": "What is counted. A measure makes figures comparable: its statistic, how it "
    "accumulates, its unit and its domain.",
    "claims": "One statement attributed to a claimant, as found in one document, with its "
    "figures as worded, its chain of attribution, dates, alternatives and readings.\n\n"
    "Conditions on figures (`measure`, `unit`, `hedge`, `dim.NAME`, `value`, `date`) are "
    "judged together on each candidate figure. A condition on an interval has three answers: it "
    "holds **certainly** (on all of the interval), **possibly** (on part of it), or not at all; "
    "each row tells its own `match`. Values are compared in double precision.",
    "assessments": "Signed opinions on sources and claims: added to, never averaged.",
}
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
    "the ETag of the version you change; `*`: whatever it is. Compared strongly (RFC 9110): a weak "
    'one (`W/"1"`), as a proxy that compresses makes it, never matches',
)
IF_SEEN = openapi.header(
    "If-None-Match", "the ETag of the version you have: if it is still the one, the answer is a 304"
)
TAGGED: dict[str, Any] = {
    "also": {304: {"description": "It is what you have: there is no body"}},
    "headers": {200: ["ETag"], 304: ["ETag"]},
}
IF_NONE_MATCH = openapi.header("If-None-Match", "`*`: create, never change", "*")


def _reason(value: str) -> str:
    """Why something is withdrawn: 1 to 2000 characters, as an import takes them."""
    if not value.strip() or len(value) > 2000:
        raise ValueError("say why, in 1 to 2000 characters")
    return value


DRY_RUN = flag("dry_run", "true: the same answer, as a 200, and nothing is stored")
STATUSES = ("withdrawn", "entered_in_error")
WITHDRAWAL = (
    text("reason", "why", _reason, "A trial.", True, minLength=1, maxLength=2000, pattern=r"\S"),
    text("status", "withdrawn unless sent", one_of(*STATUSES), enum=[*STATUSES]),
)


def as_of(request: Request) -> int | None:
    """The moment a read of one resource asks about."""
    if not request.scope["query_string"]:
        return None
    return single(request.scope["query_string"], [AS_OF]).get("as_of")


def nothing_else(request: Request) -> None:
    """Refuse every query parameter."""
    single(request.scope["query_string"], [])


def reading(resource: str) -> APIRouter:
    """GET: the list, one, its versions."""
    router = APIRouter(prefix=f"/{resource}", tags=[resource], dependencies=[MayRead, Settled])
    kind, one = RESOURCES[resource], SINGULAR[resource]
    example_id = examples.IDS[resource]

    @router.get(
        "",
        name=f"list_{resource}",
        response_model=PAGES[resource],
        description=f"List {resource}\n\n{ABOUT[resource]}",
        **openapi.operation(
            parameters=openapi.of_list(resource, **examples.LIST.get(resource, {})),
            headers={200: ["Link"]},
        ),
    )
    @fast_endpoint
    async def list_page(request: Request) -> Response:
        return await listed(request, question(resource, request.scope["query_string"]))

    @router.get(
        "/{id}",
        name=f"get_{one}",
        response_model=kind.out,
        description=f"One {one}\n\nOne {one}, as it is or (`as_of`) as it was. What was withdrawn "
        "is still answered, with its `status` and `reason`. The ETag is the version.",
        **openapi.operation(404, parameters=[AS_OF, IF_SEEN], example_id=example_id, **TAGGED),
    )
    @fast_endpoint
    async def get(request: Request, id: Id) -> Response:
        moment = as_of(request)
        if moment is None:
            query = reads.one(resource, id)
            rows = await database(request).query_nowait(query)
            if rows is None:
                rows = await database(request).rows(*query)
            if not rows:
                raise await _not_found(request, resource, id)
            return reply.item(request, reads.found(rows))
        async with snapshot(request) as reader:
            found = await reads.get(reader, resource, id, moment)
        return reply.item(request, found, current=False)

    @router.get(
        "/{id}/revisions",
        name=f"list_{one}_revisions",
        response_model=REVISIONS[resource],
        description=f"Every version of a {one}\n\nOldest first, each with who wrote it "
        "(`recorded_by`): each write keeps the version before it.",
        **openapi.operation(404, example_id=example_id),
    )
    async def revisions(request: Request, id: Id) -> Response:
        nothing_else(request)
        return reply.revisions(await reads.revisions(database(request), resource, id))

    @router.get(
        "/{id}/revisions/{version}",
        name=f"get_{one}_revision",
        response_model=kind.out,
        description=f"One version of a {one}\n\nFor ever the same: a permalink for citations.",
        **openapi.operation(404, parameters=[IF_SEEN], example_id=example_id, **TAGGED),
    )
    async def revision(request: Request, id: Id, version: VersionNumber) -> Response:
        nothing_else(request)
        found = await reads.revision(database(request), resource, id, version)
        return reply.item(request, found, fixed=True)

    return router


async def _not_found(request: Request, resource: str, id: str) -> NotFound:
    """Says which stored ids are like the one that is not."""
    problem = NotFound()
    async with snapshot(request) as reader:
        problem.near = tuple(await references.near(reader, resource, id))
    return problem


async def listed(request: Request, asked: Question) -> Response:
    """A page of a list: from one short statement, where that says all of a final moment."""
    db = database(request)
    if asked.alone and (asked.moment is None or asked.moment <= db.final):
        rows = await db.query_nowait(list_query.page_query(asked, asked.shape, asked.binds))
        if rows is not None and list_query.is_conclusive(asked, rows):
            return reply.page(request, asked, list_query.to_page(asked, rows))
    async with snapshot(request) as reader:
        found = await list_query.page(reader, asked)
        included = await expanded(reader, asked, found)
    found = found._replace(rows=[documents.raw(row) for row in found.rows])
    return reply.page(request, asked, found, included)


async def expanded(
    reader: Any, asked: Any, found: list_query.ListPage
) -> dict[str, list[bytes]] | None:
    """What the rows refer to, once each, at the moment of the page."""
    if not asked.expand:
        return None
    wanted = reply.references(found.rows)
    return {
        name: reply.spliced(await reads.several(reader, name, wanted[name], found.moment))
        for name in sorted(asked.expand)
    }


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

        def answer(made: WriteOutcome) -> Response:
            status = 201 if made.new and not dry_run else 200
            return reply.outcome(request, made, status, path)

        if dry_run:
            # A broken Idempotency-Key is refused; a good one keeps nothing.
            idempotent_request(request, raw)
            return lambda tx: answer(writes.created(tx, resource, sent))
        return run_once(request, raw, answer, lambda tx: writes.created(tx, resource, sent))

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
        if "reason" not in asked:
            raise missing("reason", detail="say why")
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
                raise Invalid(faults=(Fault("differs from the id in the path", pointer="/id"),))
            return validated(kind.sent, value)

        sent = await body.json_body(request, named, body.JSON)
        tag = if_match(request)
        if request.headers.get("if-none-match", "").strip() == "*":
            if tag is not None:
                raise PreconditionFailed(BOTH)
            made = await written(request, writes.create_only, resource, sent)
            return reply.outcome(request, made, 201, path)
        if tag is None:
            raise PreconditionRequired("Send If-Match to change, or If-None-Match: * to create.")
        return reply.outcome(request, await written(request, writes.replace, resource, sent, tag))


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

        def checked(value: Any) -> Any:
            check_changes(value, id, changeable(resource))
            return value

        changes = await body.json_body(request, checked, body.MERGE_PATCH, body.JSON)
        tag = if_match(request)
        made = await written(request, writes.patch, resource, id, changes, tag)
        return reply.outcome(request, made)


BOTH = "If-Match and `If-None-Match: *` never hold together. Send one: to change, or to create."


def if_match(request: Request) -> str | None:
    """The versions that a change may be based on; several lines of a header are one list."""
    lines = request.headers.getlist("if-match")
    return ",".join(lines) if lines else None


def changeable(resource: str) -> frozenset[str]:
    """The names that a patch may change."""
    fields = RESOURCES[resource].sent.model_fields
    return frozenset(field.alias or name for name, field in fields.items()) - {"included"}


def check_changes(changes: Any, id: str, known: frozenset[str]) -> None:
    """Refuse a patch that is none, that moves the id, or that names what is not there."""
    if not isinstance(changes, dict):
        raise Invalid(faults=(Fault("send an object of changes", pointer=""),))
    strange = sorted({*changes} - known)
    faults = [
        Fault(no_field(name, known), f"/{escaped(name)}", code="extra_forbidden")
        for name in strange
    ]
    if "via" in changes and changes["via"] is None:
        faults.append(Fault("send the relayers; an empty list for none", pointer="/via"))
    if changes.get("id", id) != id:
        faults.append(Fault("the id stays", pointer="/id"))
    if faults:
        raise Invalid(faults=tuple(faults))
