"""/quantities: every figure as a flat row; /facets: how many claims have each value."""

from fastapi import APIRouter, Request, Response

from app.api import documentation, parameters, query, reply
from app.api.access import MayRead
from app.api.dependencies import Settled, snapshot
from app.api.fast_path import fast_endpoint
from app.api.resources import listed, row_fields
from app.errors import Fault, Invalid
from app.models.page import Facets, Page, QuantityRow
from app.store import facets as counts

router = APIRouter(dependencies=[MayRead, Settled])
FIELDS = row_fields("quantities")


@router.get(
    "/quantities",
    response_model=Page[QuantityRow],
    tags=["quantities"],
    **documentation.listing("quantities"),
)
@fast_endpoint
async def list_page(request: Request) -> Response:
    return await listed(
        request, query.question("quantities", request.scope["query_string"], FIELDS)
    )


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
async def facets(request: Request) -> Response:
    asked = query.question("claims", request.scope["query_string"], frozenset(), facets=True)
    if not asked.by:
        raise Invalid(faults=(Fault("say what to count by", parameter="by", code="missing"),))
    async with snapshot(request) as reader:
        return reply.value({"facets": await counts.facets(reader, asked)})
