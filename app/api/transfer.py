"""/imports and /export: everything in, everything out."""

import hashlib
import re
from tempfile import SpooledTemporaryFile
from typing import IO, Literal

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from app.api import documentation, examples, parameters, query, reply, retries, values
from app.api.access import MayImport, MayRead
from app.api.problem import FaultOut
from app.api.ways import Settled, database
from app.errors import TooLarge, UnsupportedMediaType
from app.models.base import SLUG, Told
from app.rules import instants
from app.store import exports, finality
from app.store.importing import Import
from app.store.lines import Format
from app.store.outcome import Options, Outcome

router = APIRouter(tags=["transfer"])
KINDS: dict[str, Format] = {
    "application/jsonl": "jsonl",
    "application/x-ndjson": "jsonl",
    "application/json": "json",
    "text/csv": "csv",
}
IN_MEMORY = 1_000_000


class Imported(Told):
    """What became of the lines of an import."""

    mode: Literal["atomic", "partial"]
    dry_run: bool
    lines: int
    created: int
    changed: int
    withdrawn: int
    unchanged: int
    failed: int
    errors: list[FaultOut] = Field(description="of the lines that failed, up to `max_errors`")


def slug(value: str) -> str:
    """An id."""
    if not re.fullmatch(SLUG, value):
        raise ValueError("this is not an id")
    return value


IMPORT_OPTIONS = {
    "mode": values.one_of("atomic", "partial"),
    "dry_run": values.switch,
    "replace_document": slug,
    "max_errors": values.whole_number(1, 1000),
}


async def import_(request: Request) -> Response:
    """Receive an import whole, then do it."""
    chosen = query.single(request.scope["query_string"], IMPORT_OPTIONS)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in KINDS:
        raise UnsupportedMediaType(f"Send {', '.join(KINDS)}.")
    with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        digest = await received(request, file)
        tried = retries.attempt(request, digest)
        job = Import(database(request), Options(**chosen), attempt=tried)
        places = request.app.state.importing
        outcome: Outcome = await to_thread.run_sync(job.run, file, KINDS[kind], limiter=places)
    if job.before is not None:
        return retries.replayed(job.before)
    status = 207 if outcome.mode == "partial" else 200 if outcome.dry_run else 201
    answer = reply.value(outcome.document())
    answer.status_code = status
    return answer


async def received(request: Request, file: IO[bytes]) -> bytes:
    """The whole body, in a file, and its digest: no lock is held while it arrives."""
    limit: int = request.app.state.settings.max_import_bytes
    size, digest = 0, hashlib.sha256()
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise TooLarge(f"At most {limit} bytes.")
        digest.update(chunk)
        file.write(chunk)
    return digest.digest()


IMPORT_PARAMETERS = [
    parameters.parameter(
        "mode", "atomic: all or nothing; partial: what can be stored is, in steps",
        {"type": "string", "enum": ["atomic", "partial"], "default": "atomic"},
    ),
    parameters.parameter(
        "dry_run", "true: the same answer, and nothing is stored",
        parameters.OFF,
    ),
    parameters.parameter(
        "replace_document", "withdraw the claims of this document that the import no longer has",
        {"type": "string", "pattern": SLUG},
    ),
    parameters.parameter(
        "max_errors", "how many errors to tell; all are counted",
        {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100},
    ),
]  # fmt: skip
LINE = {"type": "claim", "id": "an-imported-claim", **examples.CLAIM}
IMPORT_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/jsonl": {"schema": {"type": "string"}, "example": LINE},
            "application/json": {
                "schema": {"type": "array", "items": {"type": "object"}}, "example": [LINE],
            },
            "text/csv": {
                "schema": {"type": "string"},
                "example": "document,claimant,stated,measure,raw_text\n"
                'daily-digest-article,shin-won-sik,2024-03,containers.prk-rus,"more than 7,100"\n',
            },
        },
    }
}  # fmt: skip
router.add_api_route(
    "/imports",
    import_,
    methods=["POST"],
    response_model=Imported,
    status_code=201,
    dependencies=[MayImport],
    **documentation.operation(
        "import_resources", "Bulk in",
        "JSONL (one resource a line, with its `type`: source, measure, claim, assessment), a JSON "
        "array of the same, or CSV of flat claims (`via` with semicolons, `dim.NAME` columns). "
        "Lines come in any order and may refer to each other. A line without `version` that "
        "equals any stored version changes nothing; one with `version`, from an export, is "
        "appended if it is the next. Every broken line is told with its number and pointer. "
        "`mode=partial` answers 207.",
        403, 408, 409, 413, 415, 507,
        extra={"parameters": [*IMPORT_PARAMETERS, documentation.IDEMPOTENCY_KEY]} | IMPORT_BODY,
        also={
            200: {"model": Imported, "description": "A dry run: nothing is stored"},
            207: {"model": Imported, "description": "What could be stored is"},
        },
    ),
)  # fmt: skip

EXPORT_OPTIONS = {
    "format": values.one_of("jsonl", "csv"),
    "history": values.switch,
    "as_of": instants.parse,
}


@router.get(
    "/export",
    response_class=StreamingResponse,
    dependencies=[MayRead, Settled],
    **documentation.operation(
        "export_resources", "Bulk out",
        "Everything, one resource a line, in the format of imports; `history=true` adds the "
        "versions before. The last line counts the others and has the SHA-256 of all bytes before "
        "it: without it the export was cut off. `format=csv` is for spreadsheets: the current "
        "claims, a figure a row, and no cell that one takes for a formula; it has no last line of "
        "that kind, so take it for whole only if the transfer ended as HTTP says (`curl` exits 0).",
        extra={
            "parameters": [
                parameters.parameter(
                    "format", "jsonl: everything; csv: the figures of claims",
                    {"type": "string", "enum": ["jsonl", "csv"], "default": "jsonl"},
                ),
                parameters.parameter(
                    "history", "true: every version, not only the newest",
                    parameters.OFF,
                ),
                parameters.as_of(),
            ]
        },
        also={
            200: {
                "description": "One resource a line",
                "content": {"application/jsonl": {}, "text/csv": {}},
            }
        },
    ),
)  # fmt: skip
async def export(request: Request) -> Response:
    chosen = query.single(request.scope["query_string"], EXPORT_OPTIONS)
    db = database(request)
    async with db.snapshot() as reader:
        await finality.reached(reader, chosen.get("as_of"))
        moment = chosen["as_of"] if "as_of" in chosen else await exports.newest(reader)
    if chosen.get("format") == "csv":
        return StreamingResponse(exports.as_csv(db, moment), media_type="text/csv")
    stream = exports.as_jsonl(db, chosen.get("history", False), moment)
    return StreamingResponse(stream, media_type="application/jsonl")
