"""The verbs that sources, measures, claims and assessments share; each resource names its own."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import BeforeValidator

from app.api import body, documentation, query, reply, values
from app.api.access import MayRead, MayWrite
from app.api.dependencies import Settled, database, snapshot, written
from app.api.fast_path import fast_endpoint
from app.api.idempotency import once
from app.errors import Fault, Invalid, PreconditionFailed, PreconditionRequired
from app.models import RESOURCES
from app.models.field_types import SLUG
from app.models.page import REVISIONS, ROWS, Page, Revisions
from app.models.question import Question
from app.models.strict_json import escaped, no_field, parse_json, validated
from app.render import documents
from app.rules import instants
from app.store import list_query, reads, writes
from app.store.write_transaction import WriteTransaction
from app.store.writes import Created

Id = Annotated[str, Path(pattern=SLUG, max_length=128, description="the resource's id")]
Version = Annotated[
    int,
    BeforeValidator(values.whole_number(1, 2**53 - 1)),
    Path(ge=1, le=2**53 - 1, description="counts from 1"),
]


def as_of(request: Request) -> int | None:
    """The moment a read of one resource asks about."""
    if not request.scope["query_string"]:
        return None
    found = query.single(request.scope["query_string"], {"as_of": instants.parse})
    return found.get("as_of")


def nothing_else(request: Request) -> None:
    """Refuse every query parameter."""
    query.single(request.scope["query_string"], {})


def row_fields(resource: str) -> frozenset[str]:
    """The names that ``fields`` can ask for."""
    found = ROWS[resource].model_fields
    return frozenset(field.alias or name for name, field in found.items())


def reading(resource: str) -> APIRouter:
    """GET: the list, one, its versions."""
    router = APIRouter(prefix=f"/{resource}", tags=[resource], dependencies=[MayRead, Settled])
    kind, docs = RESOURCES[resource], documentation.of(resource)
    fields = row_fields(resource)

    @router.get("", response_model=Page[ROWS[resource]], **docs.list)  # type: ignore[valid-type]
    @fast_endpoint
    async def list_page(request: Request) -> Response:
        asked = query.question(resource, request.scope["query_string"], fields)
        return await listed(request, asked)

    @router.get("/{id}", response_model=kind.out, **docs.get)
    @fast_endpoint
    async def get(request: Request, id: Id) -> Response:
        moment = as_of(request)
        if moment is None:
            query = reads.one(resource, id)
            rows = await database(request).query_nowait(query)
            if rows is None:
                rows = await database(request).rows(*query)
            return reply.item(request, reads.found(rows))
        async with snapshot(request) as reader:
            found = await reads.get(reader, resource, id, moment)
        return reply.item(request, found, bare=False)

    @router.get("/{id}/revisions", response_model=Revisions[REVISIONS[resource]], **docs.revisions)  # type: ignore[valid-type]
    async def revisions(request: Request, id: Id) -> Response:
        nothing_else(request)
        return reply.revisions(await reads.revisions(database(request), resource, id))

    @router.get("/{id}/revisions/{version}", response_model=kind.out, **docs.revision)
    async def revision(request: Request, id: Id, version: Version) -> Response:
        nothing_else(request)
        found = await reads.revision(database(request), resource, id, version)
        return reply.item(request, found, fixed=True)

    return router


async def listed(request: Request, asked: Question) -> Response:
    """A page of a list: from one short statement, where that says all of a final moment."""
    db = database(request)
    if asked.alone and (asked.moment is None or asked.moment <= db.final):
        rows = await db.query_nowait(list_query.asked(asked, asked.shape, asked.binds()))
        if rows is not None and list_query.says_enough(asked, rows):
            return reply.page(request, asked, list_query.turned(asked, rows))
    async with snapshot(request) as reader:
        found = await list_query.page(reader, asked)
        included = await expanded(reader, asked, found)
    found = found._replace(rows=[documents.raw(row) for row in found.rows])
    return reply.page(request, asked, found, included)


async def expanded(
    reader: Any, asked: Any, found: list_query.Page
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
    kind, docs, path = RESOURCES[resource], documentation.of(resource), f"/v1/{resource}"

    def creating(request: Request, raw: bytes) -> Callable[[WriteTransaction], Response]:
        """What was sent, as it is to be stored and answered."""
        nothing_else(request)
        body.of_kind(request, body.JSON)
        sent = validated(kind.sent, parse_json(raw))

        def answer(made: Created) -> Response:
            status = 201 if made.new else 200
            return reply.item(request, made.stored, status, path, similar=made.similar)

        return once(request, raw, answer, lambda turn: writes.created(turn, resource, sent))

    @router.post("", response_model=kind.made, status_code=201, **docs.create)
    @fast_endpoint
    async def create(request: Request) -> Response:
        raw = await body.raw_body(request)
        work = await body.apart(request, raw, lambda: creating(request, raw))
        answer: Response = await written(request, work)
        return answer

    @router.delete("/{id}", response_model=kind.out, **docs.withdraw)
    async def withdraw(request: Request, id: Id) -> Response:
        asked = query.single(request.scope["query_string"], {"reason": reason, "status": WITHDRAWN})
        if "reason" not in asked:
            raise Invalid(faults=(Fault("say why", parameter="reason", code="missing"),))
        status, tag = asked.get("status", "withdrawn"), if_match(request)
        stored = await written(request, writes.withdraw, resource, id, status, asked["reason"], tag)
        return reply.item(request, stored)

    if resource != "assessments":
        _changing(router, resource)
    return router


def _changing(router: APIRouter, resource: str) -> None:
    kind, docs, path = RESOURCES[resource], documentation.of(resource), f"/v1/{resource}"

    @router.put("/{id}", response_model=kind.out, **docs.replace)
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
            return reply.item(request, made.stored, 201, path, similar=made.similar)
        if tag is None:
            raise PreconditionRequired("Send If-Match to change, or If-None-Match: * to create.")
        return reply.item(request, await written(request, writes.replace, resource, sent, tag))

    @router.patch("/{id}", response_model=kind.out, **docs.patch)
    async def patch(request: Request, id: Id) -> Response:
        nothing_else(request)

        def checked(value: Any) -> Any:
            check_changes(value, id, changeable(resource))
            return value

        changes = await body.json_body(request, checked, body.MERGE_PATCH, body.JSON)
        tag = if_match(request)
        return reply.item(request, await written(request, writes.patch, resource, id, changes, tag))


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


def reason(value: str) -> str:
    """Why something is withdrawn: 1 to 2000 characters."""
    if not 1 <= len(value.strip()) <= 2000:
        raise ValueError("say why, in 1 to 2000 characters")
    return value


WITHDRAWN = values.one_of("withdrawn", "entered_in_error")
