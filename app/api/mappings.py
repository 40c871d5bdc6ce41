"""/mappings: how files are read, stored by name; and a first one, suggested for a file."""

import tomllib
from tempfile import SpooledTemporaryFile
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app.api import body, openapi, reply
from app.api.access import MayImport, MayRead
from app.api.dependencies import Snapshot
from app.api.query_params import single, text
from app.api.resources import nothing_else
from app.api.transfer import IN_MEMORY, kind_of, limit, received
from app.api.writes import CHANGING, IF_MATCH, IF_NONE_MATCH, preconditions, written
from app.db import in_thread
from app.errors import Malformed, TooLarge
from app.mapping.plans import CompiledMapping
from app.mapping.schema import read_mapping
from app.mapping.suggest import suggested
from app.models.field_types import SLUG
from app.models.mapping import (
    MAX_TEXT,
    MappingNames,
    MappingOut,
    MappingVersions,
    SuggestedMapping,
)
from app.store import mappings
from app.store.mappings import MappingVersion

router = APIRouter(tags=["transfer"])
MappingId = Annotated[str, Path(pattern=SLUG, description="the name of a mapping")]
TOML, JSON = "application/toml", body.JSON
EXAMPLE = """\
source = [{id = "harbour-2024", name = "Harbour statistics 2024", kind = "dataset"}]
claim = {id = "harbour.{{Day}}", document = "harbour-2024", period = "{{Day}}"}

[[figure]]
value = "{{Ships}}"
measure = {id = "harbour.ships", name = "ships that came in", unit = "{ship}"}
"""
BODY = openapi.body_of({
    TOML: (openapi.STRING, EXAMPLE), JSON: ({"type": "object"}, tomllib.loads(EXAMPLE)),
})  # fmt: skip


@router.get("/mappings", response_model=MappingNames, dependencies=[MayRead], **openapi.operation())
async def list_mappings(request: Request, reader: Snapshot) -> Response:
    """Every mapping

    By id, the newest version of each, without its text.
    """
    nothing_else(request)
    return reply.value({"items": await mappings.listed(reader)})


@router.get(
    "/mappings/{id}",
    response_model=MappingOut,
    dependencies=[MayRead],
    **openapi.operation(404, example_id="harbour-statistics", headers={200: ["ETag"]}),
)
async def get_mapping(request: Request, id: MappingId, reader: Snapshot) -> Response:
    """One mapping

    The newest version, as it was sent.
    """
    nothing_else(request)
    return _answer((await mappings.versions(reader, id))[-1])


@router.get(
    "/mappings/{id}/revisions",
    response_model=MappingVersions,
    dependencies=[MayRead],
    **openapi.operation(404, example_id="harbour-statistics"),
)
async def list_mapping_revisions(request: Request, id: MappingId, reader: Snapshot) -> Response:
    """Every version of a mapping

    Oldest first, each with who stored it.
    """
    nothing_else(request)
    found = await mappings.versions(reader, id)
    return reply.value({"items": [one.document() for one in found]})


@router.put(
    "/mappings/{id}",
    response_model=MappingOut,
    dependencies=[MayImport],
    **openapi.operation(
        *CHANGING,
        parameters=[IF_MATCH, IF_NONE_MATCH],
        body=BODY,
        example_id="harbour-statistics",
        also={201: {"model": MappingOut, "description": "It is new"}},
        headers={200: ["ETag"], 201: ["ETag"]},
    ),
)
async def replace_mapping(request: Request, id: MappingId) -> Response:
    """Store a mapping, or its next version

    Says how the rows of a file become sources, measures and claims (docs/files.md has every key).
    Every fault of it is told at once. `POST /v1/imports?mapping=` reads by it. With If-Match the
    next version of a stored one (equal text makes none); with `If-None-Match: *` a new one.
    """
    nothing_else(request)
    body.of_kind(request, TOML, JSON)
    raw = await body.raw_body(request)
    await body.run_in_thread_if_large(request, raw, lambda: CompiledMapping(read_mapping(raw)))
    tag, create = preconditions(request)
    sent = raw.decode("utf-8-sig")
    if not sent.strip():
        raise Malformed("The mapping is empty. Send TOML: docs/files.md has every key.")
    if len(sent) > MAX_TEXT:
        raise TooLarge(f"A mapping has at most {MAX_TEXT} characters. Shorten it.")
    stored, new = await written(request, mappings.put, id, sent, tag, create)
    return _answer(stored, 201 if new else 200)


def _answer(stored: MappingVersion, status: int = 200) -> Response:
    answer = reply.value(stored.document())
    answer.status_code = status
    answer.headers["ETag"] = f'"{stored.version}"'
    return answer


SUGGEST_PARAMETERS = (text("document", "what the file is called: the name of the new source"),)
FILE = {"type": "string", "format": "binary"}


@router.post(
    "/mappings/suggest",
    response_model=SuggestedMapping,
    dependencies=[MayImport],
    **openapi.operation(
        408, 413, 415,
        parameters=SUGGEST_PARAMETERS,
        body=openapi.body(FILE, "Day,Ships\n2024-03-01,12\n2024-03-02,9\n", "text/csv"),
    ),
)  # fmt: skip
async def suggest_mapping(request: Request) -> Response:
    """A first mapping for a file

    Reads the file as far as it says how it is written, and writes a mapping with comments; what it
    does not say is told as questions, each with its line. Nothing is stored. A body may be of any
    kind that an import may be: CSV, XLSX, ODS, JSON of plain objects, a .gz of them.
    """
    chosen = single(request.scope["query_string"], SUGGEST_PARAMETERS)
    kind_of(request, True)
    with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        await received(request, file)
        most, places = limit(request), request.app.state.importing
        name = chosen.get("document", "")
        found = await in_thread(lambda: suggested(file, name, most), limiter=places)
    columns = [
        {"name": one.name, "seems": one.seems, "example": next(filter(None, one.cells), None)}
        for one in found.columns
    ]
    return reply.value({"text": found.text, "questions": found.questions, "columns": columns})
