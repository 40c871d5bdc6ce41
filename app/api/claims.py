"""/claims: what belongs to one claim, beyond the verbs it shares: relations, chain, quote.

Of a text that a quote is looked for in nothing is stored or logged.
"""

import json
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from pydantic import StringConstraints
from sqlmodel import Field

from app.api import body, examples, negotiation, openapi, renderer, reply
from app.api.access import MayRead
from app.api.charts import THEME
from app.api.citations import named, recorded
from app.api.dependencies import Settled, Snapshot, snapshot
from app.api.filter_params import AS_OF
from app.api.resources import Id, as_of
from app.errors import Malformed, NotFound, TooLarge
from app.models.base import StrictModel
from app.models.citation_schemas import Linked, QuoteCheck
from app.models.page import Provenance, Relations
from app.models.strict_json import parse_json, validated
from app.render import chain_chart, documents, prov, provenance
from app.rules import instants, quotes
from app.store import reads
from app.store.corroboration import affiliations
from app.store.reads import StoredVersion, upward

router = APIRouter(prefix="/claims", tags=["claims"], dependencies=[MayRead, Settled])
quote_router = APIRouter(prefix="/claims", tags=["claims"], dependencies=[MayRead, Settled])
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
        {"jsonld": openapi.ref(Linked), "svg": openapi.STRING},
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
            [context] = await recorded(request, reader, [own], moment)
            linked = documents.text(prov.document(context))
            return negotiation.answer(linked, negotiation.JSON_LD)
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


LONGEST = 2_000_000
"""Characters of a text: a long book has as many."""


class QuotedText(StrictModel):
    """The text that a quote is looked for in."""

    text: Annotated[str, StringConstraints(min_length=1)] = Field(description="plain text")


BODY = openapi.body_of({
    body.JSON: (openapi.ref(QuotedText), examples.QUOTED),
    negotiation.TEXT: (openapi.STRING, examples.QUOTED["text"]),
})  # fmt: skip


@quote_router.post(
    "/{id}/quote",
    response_model=QuoteCheck,
    **openapi.operation(404, 413, 415, parameters=[AS_OF], body=BODY, example_id=EXAMPLE),
)
async def check_claim_quote(request: Request, id: Id) -> Response:
    """Is it quoted right?

    Looks for the stored quote in a text that you send: at its offsets, elsewhere, or with other
    spaces, quotation marks and dashes; and tells whether the text is the document, by its SHA-256.
    What is a part of a longer number there is not found.
    Send JSON, or the file itself as `text/plain` in UTF-8 (its bytes are what is hashed). Nothing
    of the text is stored, logged or answered.

    Where a claim has offsets and no words (the words are not ours to keep), only a text with the
    SHA-256 of the document proves anything: the answer is `by_hash`, or `unproven`.
    """
    moment = as_of(request)
    content, text = await sent(request)
    async with snapshot(request) as reader:
        own = await reads.get(reader, "claims", id, moment)
        claim = json.loads(own.doc)
        rows = await reads.several(reader, "sources", [claim["document"]], moment)
    if "quote" not in claim:
        raise NotFound("This claim has no quote.")
    wanted = json.loads(rows[0].doc).get("content_sha256") if rows else None
    found = await to_thread.run_sync(checked, claim["quote"], content, text, wanted)
    about = {"claim": own.id, "version": own.version, "document": claim["document"]}
    return reply.value(about | found)


async def sent(request: Request) -> tuple[bytes, str]:
    """The text that was sent, as bytes and as characters."""
    kind = body.of_kind(request, body.JSON, negotiation.TEXT)
    raw = await body.raw_body(request)
    if kind == body.JSON:
        given: Any = await body.run_in_thread_if_large(
            request, raw, lambda: validated(QuotedText, parse_json(raw))
        )
        raw, text = given.text.encode(), given.text
    else:
        text = decoded(raw)
    if len(text) > LONGEST:
        raise TooLarge(f"At most {LONGEST} characters. Send the part around the quote.")
    return raw, text


def decoded(raw: bytes) -> str:
    """A file of text; its byte order mark is none of its characters."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Malformed("The text is not UTF-8. Convert it, or send it as JSON.") from None
    if not text:
        raise Malformed("There is no text. Send the one to look in.")
    return text


def checked(quote: Any, content: bytes, text: str, wanted: str | None) -> dict[str, Any]:
    """What is answered of a text; the search takes a while for a long one, and holds up nobody."""
    document = quotes.compared(content, wanted)
    found = quotes.check(quote, text, document)
    places = [
        {name: value for name, value in place._asdict().items() if value is not None}
        for place in found.places
    ]
    return {
        "found": found.found, "reason": found.reason, "places": places,
        "text_is": document, "characters": len(text),
    }  # fmt: skip
