"""/claims: what belongs to one claim, beyond the verbs it shares: its chain and its relations."""

import json
from typing import Any

from fastapi import APIRouter, Request, Response

from app.api import documentation, parameters, reply
from app.api.access import MayRead
from app.api.resources import Id, as_of
from app.api.ways import Snapshot
from app.models.page import Provenance, Relations
from app.render import provenance
from app.rules.origins import Above
from app.store import reads

router = APIRouter(prefix="/claims", tags=["claims"], dependencies=[MayRead])
KNOWN: dict[str, Any] = {"parameters": [parameters.as_of()]} | documentation.example_id("claims")


@router.get(
    "/{id}/relations",
    response_model=Relations,
    **documentation.operation(
        "list_claim_relations", "What a claim says of others, and others of it",
        "Outgoing relations are written with the claim; incoming ones are those of active claims "
        "that name it.", 404, extra=KNOWN,
    ),
)  # fmt: skip
async def relations(request: Request, id: Id, reader: Snapshot) -> Response:
    moment = as_of(request)
    own = await reads.get(reader, "claims", id, moment)
    others = await reads.incoming(reader, id, moment)
    rows = provenance.outgoing(own.id, json.loads(own.doc))
    for other in others:
        rows += provenance.incoming(id, other.id, json.loads(other.doc))
    return reply.value({"items": rows})


@router.get(
    "/{id}/provenance",
    response_model=Provenance,
    **documentation.operation(
        "get_claim_provenance", "The chain of a claim",
        "From the document in hand, through its relayers, to the origin; what the recorder "
        "inferred is marked by `basis` and listed in `inferred`. `independent_origins` counts the "
        "roots of the origins: at least the known ones, at most one more for each unknown.",
        404, extra=KNOWN,
    ),
)  # fmt: skip
async def chain(request: Request, id: Id, reader: Snapshot) -> Response:
    moment = as_of(request)
    own = await reads.get(reader, "claims", id, moment)
    claim = json.loads(own.doc)
    sources = await _sources(reader, {hop["source"] for hop in claim["attributions"]}, moment)
    return reply.value(provenance.graph(own.id, own.version, claim, sources, _above(sources)))


async def _sources(reader: Any, ids: set[str], moment: int | None) -> dict[str, dict[str, Any]]:
    """The sources named, and everyone above them."""
    found: dict[str, dict[str, Any]] = {}
    while ids:
        rows = await reads.several(reader, "sources", ids, moment)
        found |= {row.id: json.loads(row.doc) for row in rows}
        above = {found[row.id].get("affiliation") for row in rows}
        ids = {id for id in above if id is not None} - found.keys()
    return found


def _above(sources: dict[str, dict[str, Any]]) -> Above:
    return {
        id: (source.get("affiliation"), bool(source.get("is_root")))
        for id, source in sources.items()
    }
