"""/claims: what belongs to one claim, beyond the verbs it shares: its chain and its relations."""

import json
from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Request, Response

from app.api import documentation, negotiation, parameters, renderer, reply
from app.api.access import MayRead
from app.api.dependencies import Settled, Snapshot, public_url, snapshot
from app.api.resources import Id, as_of
from app.errors import NotFound
from app.models.citation_schemas import CslItem, Linked, Reviews
from app.models.page import Provenance, Relations
from app.render import chain_chart, citation, claim_review, documents, prov, provenance
from app.render.citation_context import CitationContext
from app.rules import instants
from app.store import reads
from app.store.affiliations import above, upward
from app.store.versions import StoredVersion

router = APIRouter(prefix="/claims", tags=["claims"], dependencies=[MayRead, Settled])
KNOWN: dict[str, Any] = {"parameters": [parameters.as_of()]} | documentation.example_id("claims")
MOMENT = {"as_of": instants.parse}
GRAPHS = {"json": negotiation.JSON, "jsonld": negotiation.JSON_LD, "svg": renderer.SVG}
CITATIONS = {"text": negotiation.TEXT, "csl": negotiation.CSL, "bibtex": negotiation.BIBTEX}
MOST = 1000
"""Reviews in one answer; all of them are listed at /assessments."""


def forms(kinds: dict[str, str]) -> dict[str, Any]:
    """What an operation with several forms is asked with."""
    return KNOWN | {"parameters": [negotiation.parameter(kinds), parameters.as_of()]}


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
        "roots of the origins: at least the known ones, at most one more for each unknown. A claim "
        "that was withdrawn says so, why, and when (`status`, `reason`, `recorded_at`).\n\n"
        "As JSON-LD it is PROV-JSONLD, a graph in the W3C PROV ontology: the record (this version) "
        "quotes the document, is attributed to everyone in the chain with role, position and "
        "basis, and has what was said at the occasion as its primary source; a claim that was "
        "withdrawn is invalidated. As SVG it is a picture.",
        404, extra=forms(GRAPHS),
        also=negotiation.documented(
            "The chain as a graph",
            {
                negotiation.JSON_LD: {"schema": negotiation.schema(Linked)},
                renderer.SVG: {"schema": {"type": "string"}},
            },
        ),
    ),
)  # fmt: skip
async def chain(request: Request, id: Id) -> Response:
    asked = negotiation.chosen(request, MOMENT, GRAPHS)
    moment, form = asked.get("as_of"), asked["format"]
    # The database is let go before anything is drawn.
    async with snapshot(request) as reader:
        own = await reads.get(reader, "claims", id, moment)
        if form == "jsonld":
            linked = prov.document(await recorded(request, reader, own, moment))
            return negotiation.answer(documents.text(linked), negotiation.JSON_LD)
        claim = json.loads(own.doc)
        sources = await upward(reader, _named(claim), moment)
    graph = provenance.graph(own.id, own.version, claim, sources, above(sources), _ended(own))
    if form == "json":
        return negotiation.answer(documents.text(graph), negotiation.JSON)
    names = {source: doc["name"] for source, doc in sources.items()}
    drawn = await renderer.svg(request, chain_chart.spec(graph, names))
    drawn.headers.update(negotiation.VARY)
    return drawn


@router.get(
    "/{id}/citation",
    response_class=Response,
    **documentation.operation(
        "get_claim_citation", "Cite a claim",
        "The figure as it was printed, hedge and all; who said it and when; through whom it came "
        "and where it is found; what is inferred, ambiguous or withdrawn; and a permalink to this "
        "very version. As a line of text, as CSL-JSON, or as BibTeX.",
        404, extra=forms(CITATIONS),
        also=negotiation.documented(
            "The citation",
            {
                negotiation.TEXT: {"schema": {"type": "string"}},
                negotiation.CSL: {
                    "schema": {"type": "array", "items": negotiation.schema(CslItem)}
                },
                negotiation.BIBTEX: {"schema": {"type": "string"}},
            },
        ),
    ),
)  # fmt: skip
async def cite(request: Request, id: Id, reader: Snapshot) -> Response:
    asked = negotiation.chosen(request, MOMENT, CITATIONS)
    moment, form = asked.get("as_of"), asked["format"]
    own = await reads.get(reader, "claims", id, moment)
    cited = await recorded(request, reader, own, moment)
    if form == "csl":
        return negotiation.answer(documents.text(citation.csl(cited)), negotiation.CSL)
    if form == "bibtex":
        return negotiation.answer(citation.bibtex(cited), f"{negotiation.BIBTEX}; charset=utf-8")
    return negotiation.answer(f"{citation.text(cited)}\n", negotiation.TEXT)


@router.get(
    "/{id}/claim-review",
    response_class=Response,
    **documentation.operation(
        "get_claim_reviews", "Assessments of a claim as ClaimReview",
        "One schema.org ClaimReview for each active assessment of this claim, in the assessor's "
        "words: ratings are those that were given, in the Admiralty code (1 and A are rated 5, 5 "
        "and E 1), never averaged and never ours. 6 and F withhold a judgement, so they have words "
        "and no value. 404 where nobody has assessed the claim. "
        f"At most {MOST}; all of them are at `/v1/assessments?target=claims/ID`.",
        404, extra=KNOWN,
        also={
            200: {
                "description": "Reviews side by side",
                "content": {negotiation.JSON_LD: {"schema": negotiation.schema(Reviews)}},
            }
        },
    ),
)  # fmt: skip
async def review(request: Request, id: Id, reader: Snapshot) -> Response:
    moment = as_of(request)
    own = await reads.get(reader, "claims", id, moment)
    rows = await reads.assessments(reader, f"claims/{id}", moment, MOST)
    if not rows:
        raise NotFound("Nobody has assessed this claim.")
    given = [(row.id, row.version, row.recorded_at, json.loads(row.doc)) for row in rows]
    assessors = {assessment["assessor"] for *_, assessment in given}
    cited = await recorded(request, reader, own, moment, assessors)
    return Response(
        documents.text(claim_review.reviews(cited, given)), media_type=negotiation.JSON_LD
    )


def _ended(own: StoredVersion) -> dict[str, Any]:
    """What became of a claim that does not stand any more, why, and when."""
    if own.status == "active":
        return {}
    since = instants.text(own.recorded_at)
    return {"status": own.status, "reason": own.reason, "recorded_at": since}


async def recorded(
    request: Request, reader: Any, own: StoredVersion, moment: int | None, also: Iterable[str] = ()
) -> CitationContext:
    """A claim with everything it refers to, as the papers about it are made of."""
    claim = json.loads(own.doc)
    sources = await upward(reader, {*_named(claim), *also}, moment)
    made = {work[by] for work in sources.values() for by in ("author", "publisher") if by in work}
    sources |= await upward(reader, made - sources.keys(), moment)
    counted = {figure["measure"] for figure in claim.get("quantities", [])}
    rows = await reads.several(reader, "measures", counted, moment)
    measures = {row.id: json.loads(row.doc) for row in rows}
    state = (own.id, own.version, own.recorded_at, own.status, own.reason)
    return CitationContext(*state, claim, sources, measures, public_url(request))


def _named(claim: dict[str, Any]) -> set[str]:
    return {hop["source"] for hop in claim["attributions"]}
