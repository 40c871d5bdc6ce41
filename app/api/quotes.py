"""/claims/{id}/quote: is what was quoted in this text? Nothing of it is stored or logged."""

import json
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from pydantic import StringConstraints
from sqlmodel import Field

from app.api import body, examples, openapi, reply
from app.api.access import MayRead
from app.api.dependencies import Settled, snapshot
from app.api.filter_params import AS_OF
from app.api.negotiation import TEXT
from app.api.resources import Id, as_of
from app.errors import Malformed, NotFound, TooLarge
from app.models.base import StrictModel
from app.models.citation_schemas import QuoteCheck
from app.models.strict_json import parse_json, validated
from app.rules import quotes
from app.store import reads

router = APIRouter(prefix="/claims", tags=["claims"], dependencies=[MayRead, Settled])
LONGEST = 2_000_000
"""Characters of a text: a long book has as many."""


class QuotedText(StrictModel):
    """The text that a quote is looked for in."""

    text: Annotated[str, StringConstraints(min_length=1)] = Field(description="plain text")


BODY = openapi.body(openapi.ref(QuotedText), examples.QUOTED, body.JSON)
BODY["content"][TEXT] = {"schema": {"type": "string"}, "example": examples.QUOTED["text"]}


@router.post(
    "/{id}/quote",
    response_model=QuoteCheck,
    **openapi.operation(
        404, 413, 415, parameters=[AS_OF], body=BODY, example_id=examples.IDS["claims"]
    ),
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
    body.of_kind(request, body.JSON, TEXT)
    raw = await body.raw_body(request)
    if request.headers["content-type"].partition(";")[0].strip().lower() == body.JSON:
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
