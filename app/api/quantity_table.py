"""/quantities.csv: every figure that a question finds as a table, whole or refused."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from app.api import examples, filter_params, negotiation, openapi
from app.api.access import MayRead
from app.api.dependencies import Settled, database, public_url, snapshot
from app.api.filter_params import AS_OF, MATCH, POLICY, READINGS
from app.api.query_params import QueryParam, flag, parse_query_string
from app.api.transfer import begun
from app.errors import Fault, Invalid
from app.models.figure_columns import FIGURE_COLUMNS
from app.models.question import Question
from app.render.figure_table import BYTE_ORDER_MARK, csv_header, csv_lines
from app.rules import instants
from app.store import exports, list_query
from app.store.as_of import last_change

router = APIRouter(dependencies=[MayRead, Settled])
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
TABLE = openapi.success(
    "The table; `Sayso-Rows` counts its rows, `Sayso-As-Of` is the moment it is of", {CSV: {}}
)


@router.get(
    "/quantities.csv",
    name="get_quantities_csv",
    response_class=Response,
    tags=["quantities"],
    **openapi.operation(
        parameters=openapi.of_table((*OPTIONS, BOM), **examples.LIST["quantities"]), also=TABLE
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
    return await table(request, (*OPTIONS, BOM))


def wants_csv(request: Request) -> bool:
    """Does the Accept header ask for CSV rather than JSON?"""
    sent = [value for name, value in request.scope["headers"] if name == b"accept"]
    if not any(b"text/" in value for value in sent):
        return False
    return negotiation.accepted(b",".join(sent).decode("latin-1"), FORMS) == "csv"


async def table(request: Request, options: tuple[QueryParam, ...] = OPTIONS) -> Response:
    """The whole table of a question: small ones in one piece, others as a stream."""
    question, chosen = asked(request.scope["query_string"], {one.name: one for one in options})
    async with snapshot(request) as reader:
        moment = await last_change(reader) if question.moment is None else question.moment
        question = replace(question, moment=moment)
        rows = await list_query.count_up_to(reader, question, MAX_ROWS)
    if rows > MAX_ROWS:
        raise Invalid(
            f"This finds more than {MAX_ROWS:,} figures, and a table is never cut. Ask for less "
            "(one measure, a time), or have `sayso export --format quantities.csv` write them all."
        )
    parts = await begun(lines(request, question, chosen.get("bom", False)))
    headers = {
        **negotiation.VARY,
        "Content-Disposition": f'attachment; filename="{file_name(question)}"',
        "Sayso-Rows": str(rows),
        "Sayso-As-Of": instants.text(moment),
    }
    if rows > exports.PAGE:
        return StreamingResponse(parts, headers=headers, media_type=CSV)
    return Response(b"".join([part async for part in parts]), headers=headers, media_type=CSV)


def asked(raw: bytes, options: Mapping[str, QueryParam]) -> tuple[Question, dict[str, Any]]:
    """The question of a query string, and what else was sent; raises ``Invalid``."""
    found = parse_query_string(raw)
    faults = [
        Fault(f"{why}; leave this out", parameter=name, code="whole_table")
        for name, why in PAGING.items()
        if name in dict(found)
    ]
    if faults:
        raise Invalid("The question cannot be asked like this.", tuple(faults))
    known = filter_params.filters("quantities")
    conditions, chosen, mark = filter_params.parsed("quantities", found, options, known)
    own = {name: chosen.pop(name) for name in (BOM.name,) if name in chosen}
    return filter_params.asked("quantities", conditions, chosen, mark, ()), own


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
