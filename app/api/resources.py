"""Reads that sources, measures, claims and assessments share: the list, one, its versions."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import BeforeValidator

from app.api import examples, openapi, reply
from app.api.access import MayRead
from app.api.dependencies import Settled, database, snapshot
from app.api.fast_path import fast_endpoint
from app.api.filter_params import AS_OF, question
from app.api.query_params import single, whole_number
from app.errors import NotFound
from app.models import RESOURCES
from app.models.field_types import SLUG
from app.models.page import PAGES, REVISIONS
from app.models.question import Question
from app.render import documents
from app.store import list_query, reads

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
IF_SEEN = openapi.header(
    "If-None-Match", "the ETag of the version you have: if it is still the one, the answer is a 304"
)
TAGGED: dict[str, Any] = {
    "also": {304: {"description": "It is what you have: there is no body"}},
    "headers": {200: ["ETag"], 304: ["ETag"]},
}


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
        "(`recorded_by`): nothing is overwritten.",
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
        problem.near = tuple(await reads.ids_near(reader, resource, id))
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
