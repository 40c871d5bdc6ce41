"""/quantities: every figure as a flat row, a page or (.csv) a whole table; /facets: counts."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from app.api import examples, filter_params, negotiation, openapi, reply
from app.api.access import MayRead
from app.api.dependencies import Settled, database, public_url, snapshot
from app.api.fast_path import fast_endpoint
from app.api.filter_params import AS_OF, MATCH, POLICY, READINGS
from app.api.query_params import flag, parse_query_string
from app.api.question_params import AskedQuestion, QuestionParams
from app.api.resources import listed
from app.api.transfer import begun
from app.errors import Fault, Invalid
from app.models.csv_columns import FIGURE_COLUMNS
from app.models.page import PAGES, Facets
from app.models.question import Question
from app.render.figure_table import BYTE_ORDER_MARK, csv_header, csv_lines
from app.rules import instants
from app.store import analysis, exports, facets, list_query

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

    A condition on an interval holds **certainly** (on all of it), **possibly** (on part of it) or
    not at all, as in lists of claims; each row tells its own `match`. With `Accept: text/csv` the
    answer is the table of `/quantities.csv`.
    """
    if wants_csv(request):
        return await table(request)
    asked = filter_params.question("quantities", request.scope["query_string"])
    return await listed(request, asked)


COUNTED = QuestionParams("claims", "", filter_params.BY)


@router.get(
    "/facets",
    response_model=Facets,
    tags=["claims"],
    **openapi.operation(parameters=COUNTED.documented()),
)
async def count_facets(request: Request) -> Response:
    """Count claims by field

    How many of the claims that the filters find have each value of the fields in `by`. A claim
    with several values of a field (measures, relayers) counts once for each; of its figures, those
    count by which the filters find it, so that a value adds up to what it finds as one more filter.
    """
    asked = COUNTED.asked(request)
    question = replace(asked.question, by=asked.own["by"])
    async with snapshot(request) as reader:
        return reply.value({"facets": await facets.facet_counts(reader, question)})


MAX_ROWS = 100_000
CSV = "text/csv"
FORMS = {"json": negotiation.JSON, "csv": CSV}
PAGING = {
    **dict.fromkeys(("limit", "cursor", "count"), "a table has every row of its question"),
    **dict.fromkeys(("fields", "expand"), "a table has every column, and the names beside the ids"),
}
"""What a list takes and a table does not, and why."""

BOM = flag("bom", "true: a byte order mark comes first, by which Excel knows that it is UTF-8")
OPTIONS = (filter_params.options("quantities")["sort"], AS_OF, MATCH, READINGS, POLICY)
TABLE = QuestionParams("quantities", options=OPTIONS)
CSV_TABLE = QuestionParams("quantities", "", BOM, options=OPTIONS)
ABOUT_TABLE = "The table; `Sayso-Rows` counts its rows, `Sayso-As-Of` is the moment it is of"


@router.get(
    "/quantities.csv",
    name="get_quantities_csv",
    response_class=Response,
    tags=["quantities"],
    **openapi.operation(
        parameters=CSV_TABLE.documented(**examples.LIST["quantities"]),
        also=openapi.success(ABOUT_TABLE, {CSV: {}}),
    ),
)
async def get_quantities_csv(request: Request) -> Response:
    """Figures as a table (CSV)

    Every figure that the filters find, one a row, for notebooks and spreadsheets: names beside ids,
    numbers digit for digit, open ends, and dates as their first and last day (ISO 8601). All
    rows, of one moment (`Sayso-As-Of`), or none: what would have more than 100,000 is refused, and
    `sayso export --format quantities.csv` writes it. `Sayso-Rows` counts them. Under
    `policy=strict` a bound that rests on convention is an open end. Text that a spreadsheet would
    take for a formula has `'` before it. Its columns are listed in docs/notebooks.md.
    """
    return await table(request, CSV_TABLE)


def wants_csv(request: Request) -> bool:
    """Does the Accept header ask for CSV rather than JSON?"""
    sent = [value for name, value in request.scope["headers"] if name == b"accept"]
    if not any(b"text/" in value for value in sent):
        return False
    return negotiation.accepted(b",".join(sent).decode("latin-1"), FORMS) == "csv"


async def table(request: Request, params: QuestionParams = TABLE) -> Response:
    """The whole table of a question: small ones in one piece, others as a stream."""
    question, own, _ = table_asked(request.scope["query_string"], params)
    async with snapshot(request) as reader:
        moment = await analysis.moment_of(reader, question)
        question = replace(question, moment=moment)
        rows = await list_query.count_up_to(reader, question, MAX_ROWS)
    if rows > MAX_ROWS:
        raise Invalid(
            f"This finds more than {MAX_ROWS:,} figures, and a table is never cut. Ask for less "
            "(one measure, a time), or have `sayso export --format quantities.csv` write them all."
        )
    parts = await begun(lines(request, question, own.get("bom", False)))
    headers = {
        **negotiation.VARY,
        "Content-Disposition": f'attachment; filename="{file_name(question)}"',
        "Sayso-Rows": str(rows),
        "Sayso-As-Of": instants.text(moment),
    }
    if rows > exports.PAGE:
        return StreamingResponse(parts, headers=headers, media_type=CSV)
    return Response(b"".join([part async for part in parts]), headers=headers, media_type=CSV)


def table_asked(raw: bytes, params: QuestionParams = TABLE) -> AskedQuestion:
    """What a query string asks of a table; raises ``Invalid``, also for what pages a list."""
    sent = dict(parse_query_string(raw))
    faults = [
        Fault(f"{why}; leave this out", parameter=name, code="whole_table")
        for name, why in PAGING.items()
        if name in sent
    ]
    if faults:
        raise Invalid("The question cannot be asked like this.", tuple(faults))
    return params.read(raw)


async def lines(request: Request, question: Question, bom: bool) -> AsyncIterator[bytes]:
    """The header, and the rows, some at a time; nothing is sent before the first are there."""
    head = (BYTE_ORDER_MARK if bom else "") + csv_header(FIGURE_COLUMNS)
    pages = exports.figure_pages(database(request), question, public_url(request))
    async for rows in pages:
        yield (head + csv_lines(FIGURE_COLUMNS, rows)).encode()
        head = ""


def file_name(question: Question) -> str:
    """What a browser saves it as: the measure's id, where one is asked for."""
    measures = [
        value
        for filter, op, values in question.conditions
        if (filter.name, op) == ("measure", "eq")
        for value in values
    ]
    safe = re.sub(r"[^a-z0-9._-]", "-", measures[0][:100]) if len(measures) == 1 else ""
    return f"quantities-{safe}.csv" if safe else "quantities.csv"
