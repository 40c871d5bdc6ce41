"""/claims: what belongs to one claim, beyond the verbs it shares: its chain and its relations."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from fastapi import APIRouter, Request, Response

from app.api import examples, negotiation, openapi, renderer, reply
from app.api.access import MayRead
from app.api.charts import THEME
from app.api.dependencies import Settled, Snapshot, public_url, snapshot
from app.api.filter_params import AS_OF
from app.api.resources import Id, as_of
from app.errors import NotFound
from app.models.citation_schemas import CslItem, Linked, Reviews
from app.models.page import Provenance, Relations
from app.render import chain_chart, citation, claim_review, documents, prov, provenance
from app.render.citation_context import CitationContext
from app.rules import instants
from app.rules.agreement import CORRECTING
from app.store import reads
from app.store.corroboration import affiliations
from app.store.reads import StoredVersion, upward

router = APIRouter(prefix="/claims", tags=["claims"], dependencies=[MayRead, Settled])
EXAMPLE = examples.IDS["claims"]
OF_CLAIM = openapi.operation(404, parameters=[AS_OF], example_id=EXAMPLE)
GRAPHS = {"json": negotiation.JSON, "jsonld": negotiation.JSON_LD, "svg": renderer.SVG}
CITATIONS = {"text": negotiation.TEXT, "csl": negotiation.CSL, "bibtex": negotiation.BIBTEX}
MAX_REVIEWS = 1000
"""Reviews in one answer; all of them are listed at /assessments."""


def in_forms(
    kinds: dict[str, str],
    about: str,
    schemas: dict[str, Any],
    parameters: Sequence[Any],
    example_id: str = EXAMPLE,
) -> dict[str, Any]:
    """What an operation is asked with that answers in several forms, of which Accept decides."""
    found = openapi.success(about, {kinds[form]: shape for form, shape in schemas.items()})
    return openapi.operation(
        404, parameters=parameters, example_id=example_id, also=found, headers={200: ["Vary"]}
    )


def citation_schemas() -> dict[str, Any]:
    """What a citation is in each of its forms."""
    items = {"type": "array", "items": openapi.ref(CslItem)}
    return {"text": {"type": "string"}, "csl": items, "bibtex": {"type": "string"}}


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
    **in_forms(
        GRAPHS, "The chain as a graph",
        {"jsonld": openapi.ref(Linked), "svg": {"type": "string"}},
        [negotiation.parameter(GRAPHS), AS_OF, THEME],
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
        sources = await upward(reader, _named(claim), moment)
    graph = provenance.graph(
        own.id, own.version, claim, sources, affiliations(sources), _ended(own)
    )
    if form == "json":
        return negotiation.answer(documents.text(graph), negotiation.JSON)
    names = {source: doc["name"] for source, doc in sources.items()}
    theme = asked.get("theme", "light")
    drawn = await renderer.svg(request, chain_chart.spec(graph, names, theme=theme))
    drawn.headers.update(negotiation.VARY)
    return drawn


@router.get(
    "/{id}/citation",
    response_class=Response,
    **in_forms(
        CITATIONS, "The citation", citation_schemas(), [negotiation.parameter(CITATIONS), AS_OF]
    ),
)  # fmt: skip
async def get_claim_citation(request: Request, id: Id, reader: Snapshot) -> Response:
    """Cite a claim

    The figure as it was printed, hedge and all; who said it and when; through whom it came and
    where it is found; what is inferred, ambiguous, corrected or withdrawn; and a permalink to this
    very version. As a line of text, as CSL-JSON, or as BibTeX.
    """
    asked = negotiation.chosen(request, [AS_OF], CITATIONS)
    moment, form = asked.get("as_of"), asked["format"]
    own = await reads.get(reader, "claims", id, moment)
    cited = await recorded(request, reader, own, moment)
    cited = cited._replace(replaced_by=await _replaced_by(reader, id, moment))
    if form == "csl":
        return negotiation.answer(documents.text(citation.csl(cited)), negotiation.CSL)
    if form == "bibtex":
        return negotiation.answer(citation.bibtex(cited), f"{negotiation.BIBTEX}; charset=utf-8")
    return negotiation.answer(f"{citation.text(cited)}\n", negotiation.TEXT)


@router.get(
    "/{id}/claim-review",
    response_class=Response,
    **openapi.operation(
        404, parameters=[AS_OF], example_id=EXAMPLE,
        also=openapi.success("Reviews side by side", {negotiation.JSON_LD: openapi.ref(Reviews)}),
    ),
)  # fmt: skip
async def get_claim_reviews(request: Request, id: Id, reader: Snapshot) -> Response:
    """Assessments of a claim as ClaimReview

    One schema.org ClaimReview for each active assessment of this claim, in the assessor's words:
    ratings are those that were given, in the Admiralty code (1 and A are rated 5, 5 and E 1),
    never averaged and never ours. 6 and F withhold a judgement, so they have words and no value.
    404 where nobody has assessed the claim. At most 1000; all of them are at
    `/v1/assessments?target=claims/ID`.
    """
    moment = as_of(request)
    own = await reads.get(reader, "claims", id, moment)
    rows = await reads.assessments(reader, f"claims/{id}", moment, MAX_REVIEWS)
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


async def _replaced_by(reader: Any, id: str, moment: int | None) -> list[tuple[str, str]]:
    """How, and by which active claims, a claim is corrected or taken back."""
    others = await reads.incoming(reader, id, moment)
    rows = (row for one in others
            for row in provenance.incoming(id, one.id, json.loads(one.doc)))  # fmt: skip
    return [(row["predicate"], row["subject"]) for row in rows if row["predicate"] in CORRECTING]


async def recorded(
    request: Request, reader: Any, own: StoredVersion, moment: int | None, also: Iterable[str] = ()
) -> CitationContext:
    """A claim with everything it refers to, as the papers about it are made of."""
    return (await all_recorded(request, reader, [own], moment, also))[0]


async def all_recorded(
    request: Request,
    reader: Any,
    rows: Sequence[StoredVersion],
    moment: int | None,
    also: Iterable[str] = (),
) -> list[CitationContext]:
    """The same of several claims, which is asked for as a whole."""
    claims = [json.loads(row.doc) for row in rows]
    sources = await upward(reader, {*also, *(id for one in claims for id in _named(one))}, moment)
    made = {work[by] for work in sources.values() for by in ("author", "publisher") if by in work}
    sources |= await upward(reader, made - sources.keys(), moment)
    counted = {figure["measure"] for one in claims for figure in one.get("quantities", [])}
    found = await reads.several(reader, "measures", counted, moment)
    shared = sources, {row.id: json.loads(row.doc) for row in found}, public_url(request)
    return [
        CitationContext(
            row.id, row.version, row.recorded_at, row.status, row.reason, claim, *shared
        )
        for row, claim in zip(rows, claims, strict=True)
    ]


def _named(claim: dict[str, Any]) -> set[str]:
    return {hop["source"] for hop in claim["attributions"]}
