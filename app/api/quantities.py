"""/quantities: every figure as a flat row; /facets: how many claims have each value."""

from fastapi import APIRouter, Request, Response

from app.api import examples, openapi, reply
from app.api.access import MayRead
from app.api.dependencies import Settled, snapshot
from app.api.fast_path import fast_endpoint
from app.api.filter_params import question
from app.api.quantity_table import table, wants_csv
from app.api.query_params import missing
from app.api.resources import listed
from app.models.page import PAGES, Facets
from app.store import facets

router = APIRouter(dependencies=[MayRead, Settled])


@router.get(
    "/quantities",
    response_model=PAGES["quantities"],
    tags=["quantities"],
    **openapi.operation(
        parameters=openapi.of_list("quantities", **examples.LIST["quantities"]),
        headers={200: ["Link"]},
        also=openapi.success("A page, or the table of all", {"text/csv": {}}),
    ),
)
@fast_endpoint
async def list_quantities(request: Request) -> Response:
    """List quantities

    Every figure as a flat row with what matters of its claim. Each row is judged alone; under
    `readings=preferred` other readings are not listed.

    Conditions on figures (`measure`, `unit`, `hedge`, `dim.NAME`, `value`, `date`) are judged
    together on each candidate figure. A condition on an interval has three answers: it holds
    **certainly** (on all of the interval), **possibly** (on part of it), or not at all; each row
    tells its own `match`. Values are compared in double precision. With `Accept: text/csv` the
    answer is the table of `/quantities.csv`.
    """
    if wants_csv(request):
        return await table(request)
    return await listed(request, question("quantities", request.scope["query_string"]))


@router.get(
    "/facets",
    response_model=Facets,
    tags=["claims"],
    **openapi.operation(parameters=openapi.of_list("claims", facets=True)),
)
async def count_facets(request: Request) -> Response:
    """Count claims by field

    How many of the claims that the filters find have each value of the fields in `by`. A claim
    with several values of a field (measures, relayers) counts once for each; of its figures, those
    count by which the filters find it, so that a value adds up to what it finds as one more filter.
    """
    asked = question("claims", request.scope["query_string"], facets=True)
    if not asked.by:
        raise missing("by", detail="say what to count by")
    async with snapshot(request) as reader:
        return reply.value({"facets": await facets.facet_counts(reader, asked)})
