"""/imports and /export: everything in, everything out."""

import hashlib
from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile
from typing import IO, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from app.api import body, examples, idempotency, openapi, reply
from app.api.access import MayImport, MayRead
from app.api.dependencies import Settled, database, snapshot
from app.api.filter_params import AS_OF
from app.api.query_params import choice, flag, id_of, integer, one_of, single, text
from app.api.writes import IDEMPOTENCY_KEY, actor
from app.db import Database, in_thread
from app.errors import NotFound, UnsupportedMediaType, refusal
from app.mapping.exchange import ExchangeFormat
from app.mapping.schema import Mapping, read_mapping
from app.mapping.wikidata_items import ItemWriter
from app.models.base import FaultOut, ResponseModel
from app.models.csv_columns import COLUMNS, OWN
from app.models.field_types import SLUG
from app.models.mapping import PreviewOut
from app.render.csv import Kind
from app.store import exports
from app.store.as_of import last_change
from app.store.import_.job import Import
from app.store.import_.preview import PreviewedClaim, preview
from app.store.import_.readers import ExchangeReader, ImportFormat, MappedReader
from app.store.import_.result import ImportOptions, ImportResult
from app.store.mappings import stored_mapping

router = APIRouter(tags=["transfer"])
KINDS: dict[str, ImportFormat] = {
    "application/jsonl": "jsonl",
    "application/x-ndjson": "jsonl",
    "application/json": "json",
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "csv",
    "application/vnd.oasis.opendocument.spreadsheet": "csv",
}
"""What a body may be; with a mapping, also a .gz of any."""
GZIP = "application/gzip"
EXCHANGED: dict[ExchangeFormat, tuple[str, ...]] = {
    "claimreview": ("text/html", "application/ld+json", "application/json", GZIP),
    "wikidata": ("application/json", "application/jsonl", "application/x-ndjson", GZIP),
}
"""What a body of each format of others may be."""
IN_MEMORY = 1_000_000


class Imported(ResponseModel):
    """What became of the lines of an import."""

    mode: Literal["atomic", "partial"]
    dry_run: bool
    lines: int
    created: int
    changed: int
    restored: int = Field(description="withdrawn before, and active again")
    withdrawn: int = Field(description="by this import, or before, and left so: see `notices`")
    unchanged: int
    skipped: int = Field(description="stored with other content, and left so: on_existing=skip")
    duplicates: int = Field(description="lines that say what another line says: see `notices`")
    failed: int
    errors: list[FaultOut] = Field(description="of the lines that failed, up to `max_errors`")
    notices: list[FaultOut] = Field(
        description="of lines that are no fault and did not do what they may have been meant to: "
        "duplicates, what stays withdrawn, and what a mapping left out; up to `max_errors`"
    )
    preview: list[PreviewOut] = Field(
        default=[], description="of a dry run by a mapping: the first claims, in words"
    )


def named_mapping(db: Database, id: str) -> Mapping:
    """A stored mapping; raises ``Invalid``."""
    try:
        return read_mapping(stored_mapping(db, id).encode())
    except NotFound as none:
        raise refusal(none.detail, "mapping", "unknown_reference") from None


def kind_of(request: Request, mapped: bool, form: ExchangeFormat | None = None) -> str:
    """The body's media type; raises ``UnsupportedMediaType``."""
    body.plain(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    taken = EXCHANGED[form] if form else (*KINDS, GZIP) if mapped else tuple(KINDS)
    if kind in taken:
        return kind
    packed = "" if form or mapped else f", and with a mapping {GZIP}"
    raise UnsupportedMediaType(f"Send {', '.join(taken)}{packed}.")


def limit(request: Request) -> int:
    """How many bytes an import may have."""
    most: int = request.app.state.settings.max_import_bytes
    return most


async def received(request: Request, file: IO[bytes]) -> bytes:
    """The whole body, in a file, and its digest: no lock is held while it arrives."""
    digest = hashlib.sha256()
    async for chunk in body.arriving(request, limit(request)):
        digest.update(chunk)
        file.write(chunk)
    return digest.digest()


def _columns(*kinds: Kind) -> str:
    """The names of the columns whose cells are of these kinds."""
    return ", ".join(f"`{one.name}`" for one in COLUMNS if one.kind in kinds)


CSV_COLUMNS = (
    "The columns of a CSV: `document` and `measure` are needed; rows of one `id` are the figures "
    f"of one claim and agree in its other fields. {', '.join(f'`{name}`' for name in OWN)}, "
    f"{_columns('text', 'whole')}. True or false: {_columns('switch')}. Items between semicolons, "
    f"or a JSON list: {_columns('list')}. JSON: {_columns('json')}. A column for each name: "
    "`dim.NAME` (dimensions), `attr.NAME` (attributes). What `GET /v1/export?format=csv` writes, "
    "sent back, changes nothing."
)
IMPORT_PARAMETERS = (
    choice(
        "mode", "atomic: all or nothing; partial: what can be stored is, in steps",
        "atomic", "partial",
    ),
    flag("dry_run", "true: the same answer, and nothing is stored"),
    text(
        "replace_document",
        "make the active claims of this document exactly those of the import: absent ones are "
        "withdrawn, withdrawn ones come back",
        id_of("sources"), pattern=SLUG,
    ),
    integer("max_errors", "how many errors to tell; all are counted", 1, 1000, 100),
    choice(
        "on_existing", "what becomes of a stored id whose line says something else",
        "update", "skip", "fail",
    ),
    flag("restore", "true: what was withdrawn and has a line comes back"),
    text(
        "mapping", "read any table by this stored mapping: PUT /v1/mappings/{id}",
        id_of("mappings"), pattern=SLUG,
    ),
    text(
        "format", "read another's format: claimreview (a page's HTML or JSON-LD, a feed), or "
        "wikidata (EntityData, a dump); unless sent, ours by its Content-Type",
        one_of("claimreview", "wikidata"), enum=["claimreview", "wikidata"],
    ),
    integer("preview", "with dry_run and a mapping: so many claims in words", 1, 50),
)  # fmt: skip
IMPORT_BODY = openapi.body_of({
    # The page shows the first one, and breaks an example of JSONL into many lines.
    "application/json": ({"type": "array", "items": {"type": "object"}}, examples.LINES),
    "application/jsonl": (openapi.STRING, examples.JSONL),
    "text/csv": (openapi.STRING, examples.CSV),
})  # fmt: skip


@router.post(
    "/imports",
    response_model=Imported,
    status_code=201,
    dependencies=[MayImport],
    description="Bulk in\n\n"
    "JSONL (one resource a line, with its `type`: source, measure, claim, assessment, mapping), a "
    "JSON array of the same, or CSV of claims. Lines come in any order and may refer to each "
    "other. A line is held against the current version of its id: equal, nothing changes; else it "
    "is the next version. One with `version`, from an export, is skipped where that is stored and "
    "equal, and appended where it is the next. What was withdrawn stays so, unless `restore=true`. "
    "Two lines of one id that differ are both refused; equal ones are one, and told as "
    "`duplicates`. Any other table is read by a `mapping` that is stored: XLSX, ODS, JSON of plain "
    "objects, .gz too. `format` reads others' files; what has no place here is told in `notices`. "
    "Every broken line is told with its number and pointer. "
    f"`mode=partial` answers 207.\n\n{CSV_COLUMNS}",
    **openapi.operation(
        408, 409, 413, 415, 507,
        parameters=[*IMPORT_PARAMETERS, IDEMPOTENCY_KEY],
        body=IMPORT_BODY,
        also={
            200: {"model": Imported, "description": "A dry run: nothing is stored"},
            207: {"model": Imported, "description": "What could be stored is"},
        },
    ),
)  # fmt: skip
async def import_resources(request: Request) -> Response:
    chosen = single(request.scope["query_string"], IMPORT_PARAMETERS)
    mapping, shown = chosen.pop("mapping", None), chosen.pop("preview", 0)
    form: ExchangeFormat | None = chosen.pop("format", None)
    if form and mapping:
        detail = "a mapping is for tables, and this format has a reading of its own: send one"
        raise refusal(detail, "format", "ambiguous")
    if shown and not (mapping and chosen.get("dry_run")):
        detail = "a preview is of a dry run by a mapping: send `mapping` and `dry_run=true` too"
        raise refusal(detail, "preview", "ambiguous")
    kind = kind_of(request, mapping is not None, form)
    with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        digest = await received(request, file)
        tried = idempotency.idempotent_request(request, digest)
        by = actor(request)
        db, places = database(request), request.app.state.importing
        job = Import(db, ImportOptions(**chosen), attempt=tried, actor=by)

        def work() -> tuple[ImportResult, list[PreviewedClaim]]:
            if form is not None:
                return job.run(file, ExchangeReader(db, form, limit(request))), []
            if mapping is None:
                return job.run(file, KINDS[kind]), []
            read, most = named_mapping(db, mapping), limit(request)
            first = preview(db, file, read, shown, most).claims if shown else []
            return job.run(file, MappedReader(db, read, most)), first

        result, first = await in_thread(work, limiter=places)
    if job.replayed is not None:
        return idempotency.replayed(job.replayed)
    status = 207 if result.options.mode == "partial" else 200 if result.options.dry_run else 201
    told = {"preview": [one._asdict() for one in first]} if shown else {}
    answer = reply.value(result.document() | told)
    answer.status_code = status
    return answer


EXPORTED = ("application/jsonl", "text/csv", "application/json")
EXPORT_PARAMETERS = (
    choice(
        "format",
        "jsonl: everything; csv: the figures of claims; wikidata: its items",
        "jsonl",
        "csv",
        "wikidata",
    ),
    flag("history", "true: every version, not only the newest"),
    AS_OF,
)


@router.get(
    "/export",
    response_class=StreamingResponse,
    dependencies=[MayRead, Settled],
    **openapi.operation(
        parameters=EXPORT_PARAMETERS,
        also=openapi.success("One resource a line", {kind: {} for kind in EXPORTED}),
    ),
)
async def export_resources(request: Request) -> Response:
    """Bulk out

    Everything, mappings too, one resource a line, in the format of imports; `history=true` adds
    the versions before. The last line counts the others and has the SHA-256 of all bytes before
    it: without it the export was cut off. `format=csv` is for spreadsheets: the active claims, a
    figure a row, with every field that can be sent, and no cell that one takes for a formula (`'`
    before it; the import takes that away); it has no last line of that kind, so take
    it for whole only if the transfer ended as HTTP says (`curl` exits 0). `format=wikidata` writes
    the statements again that claims came from, and no other claims; what is lost is in an item's
    `notices`.
    """
    chosen = single(request.scope["query_string"], EXPORT_PARAMETERS)
    db, form = database(request), chosen.get("format", "jsonl")
    if form != "jsonl" and chosen.get("history"):
        raise refusal("versions are in format=jsonl alone", "history", "ambiguous")
    async with snapshot(request) as reader:
        moment = chosen["as_of"] if "as_of" in chosen else await last_change(reader)
    if form == "csv":
        return StreamingResponse(await begun(exports.as_csv(db, moment)), media_type="text/csv")
    if form == "wikidata":
        items = exports.as_wikidata(db, moment, ItemWriter())
        return StreamingResponse(await begun(items), media_type="application/json")
    stream = exports.as_jsonl(db, chosen.get("history", False), moment)
    return StreamingResponse(await begun(stream), media_type="application/jsonl")


async def begun(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """A stream whose first part is there: while there is none, a problem can still be told."""
    first = await anext(stream, b"")

    async def parts() -> AsyncIterator[bytes]:
        yield first
        async for part in stream:
            yield part

    return parts()
