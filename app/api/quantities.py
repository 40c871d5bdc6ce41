"""/quantities: every figure as a flat row; /facets: how many claims have each value."""

from fastapi import APIRouter, Request, Response

from app.api import documentation, parameters, query, reply
from app.api.access import MayRead
from app.api.resources import expanded, row_fields
from app.api.ways import Snapshot
from app.errors import Fault, Invalid
from app.models.page import Facets, Page, QuantityRow
from app.store import facets as counts
from app.store import pages

router = APIRouter(dependencies=[MayRead])


@router.get(
    "/quantities",
    response_model=Page[QuantityRow],
    tags=["quantities"],
    **documentation.listing("quantities"),
)
async def list_page(request: Request, reader: Snapshot) -> Response:
    asked = query.question("quantities", request.scope["query_string"], row_fields("quantities"))
    found = await pages.page(reader, asked)
    return reply.page(request, asked, found, await expanded(reader, asked, found))


@router.get(
    "/facets",
    response_model=Facets,
    tags=["claims"],
    **documentation.operation(
        "count_facets", "Count claims by field",
        "How many of the claims that the filters find have each value of the fields in `by`. A "
        "claim with several values of a field (measures, relayers) counts once for each.",
        extra={"parameters": parameters.of_list("claims", facets=True)},
    ),
)  # fmt: skip
async def facets(request: Request, reader: Snapshot) -> Response:
    asked = query.question("claims", request.scope["query_string"], frozenset(), facets=True)
    if not asked.by:
        raise Invalid(faults=(Fault("say what to count by", parameter="by", code="missing"),))
    return reply.value({"facets": await counts.facets(reader, asked)})
