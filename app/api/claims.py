"""/claims: what belongs to one claim, beyond the verbs it shares: its relations and its chain."""

import json
from typing import Any

from fastapi import APIRouter, Request, Response

from app.api import examples, negotiation, openapi, renderer, reply
from app.api.access import MayRead
from app.api.charts import THEME
from app.api.citations import named, recorded
from app.api.dependencies import Settled, Snapshot, snapshot
from app.api.filter_params import AS_OF
from app.api.resources import Id, as_of
from app.models.citation_schemas import Linked
from app.models.page import Provenance, Relations
from app.render import chain_chart, documents, prov, provenance
from app.rules import instants
from app.store import reads
from app.store.reads import StoredVersion, affiliations, upward

router = APIRouter(prefix="/claims", tags=["claims"], dependencies=[MayRead, Settled])
EXAMPLE = examples.IDS["claims"]
OF_CLAIM = openapi.operation(404, parameters=[AS_OF], example_id=EXAMPLE)
GRAPHS = {"json": negotiation.JSON, "jsonld": negotiation.JSON_LD, "svg": renderer.SVG}


@router.get("/{id}/relations", response_model=Relations, **OF_CLAIM)
async def list_claim_relations(request: Request, id: Id, reader: Snapshot) -> Response:
    """What a claim says of others, and others of it

    Outgoing relations are written with the claim; incoming ones are those of active claims that
    name it.
    """
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
    **negotiation.operation(
        GRAPHS, "The chain as a graph",
        {"jsonld": openapi.ref(Linked), "svg": {"type": "string"}},
        [negotiation.parameter(GRAPHS), AS_OF, THEME], EXAMPLE,
    ),
)  # fmt: skip
async def get_claim_provenance(request: Request, id: Id) -> Response:
    """The chain of a claim

    From the document in hand, through its relayers, to the origin; what the recorder inferred is
    marked by `basis` and listed in `inferred`. `independent_origins` counts the roots of the
    origins: at least the known ones, at most one more for each unknown. A claim that was withdrawn
    says so, why, and when (`status`, `reason`, `recorded_at`).

    As JSON-LD it is PROV-JSONLD, a graph in the W3C PROV ontology: the record (this version)
    quotes the document, is attributed to everyone in the chain with role, position and basis, and
    has what was said at the occasion as its primary source; a claim that was withdrawn is
    invalidated. As SVG it is a picture.
    """
    asked = negotiation.chosen(request, [AS_OF, THEME], GRAPHS)
    moment, form = asked.get("as_of"), asked["format"]
    # The database is let go before anything is drawn.
    async with snapshot(request) as reader:
        own = await reads.get(reader, "claims", id, moment)
        if form == "jsonld":
            linked = prov.document(await recorded(request, reader, own, moment))
            return negotiation.answer(documents.text(linked), negotiation.JSON_LD)
        claim = json.loads(own.doc)
        sources = await upward(reader, named(claim), moment)
    graph = provenance.graph(
        own.id, own.version, claim, sources, affiliations(sources), _ended(own)
    )
    if form == "json":
        return negotiation.answer(documents.text(graph), negotiation.JSON)
    names = {source: doc["name"] for source, doc in sources.items()}
    theme = asked.get("theme", "light")
    drawn = await renderer.picture_of(request, chain_chart.spec(graph, names, theme=theme))
    drawn.headers.update(negotiation.VARY)
    return drawn


def _ended(own: StoredVersion) -> dict[str, Any]:
    """What became of a claim that does not stand any more, why, and when."""
    if own.status == "active":
        return {}
    since = instants.text(own.recorded_at)
    return {"status": own.status, "reason": own.reason, "recorded_at": since}
