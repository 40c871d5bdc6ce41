"""/search: sources, measures and claims by one text; /summary: how many there are."""

import json
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request, Response

from app.api import openapi, reply
from app.api.access import MayRead
from app.api.dependencies import Settled, Snapshot
from app.api.filter_params import AS_OF, EXPAND
from app.api.query_params import integer, single, text
from app.models.search_schemas import FoundBy, SearchOut, SummaryOut
from app.render import documents
from app.rules import instants, text_search
from app.rules.json_types import JsonObject
from app.rules.snippets import snippet
from app.store import ranked_search, reads
from app.store.as_of import last_change
from app.store.change_feed import newest
from app.store.ranked_search import MOST_WORDS, RankedHit, Sought

router = APIRouter(dependencies=[MayRead, Settled])


def _words(value: str) -> str:
    """The folded text of a search, whose words are looked for."""
    if len(text_search.terms(value)) > MOST_WORDS:
        raise ValueError(f"at most {MOST_WORDS} words")
    return " ".join(text_search.folded(value).split())


WORDS = text(
    "q", "words of two characters or more, in any script, all of which occur", _words, "containers",
    "say what to look for, in words of two characters or more: ?q=containers", minLength=2,
)  # fmt: skip
HITS = integer("limit", "how many of each kind", 1, 100, 10)


@router.get(
    "/search",
    response_model=SearchOut,
    tags=["claims"],
    **openapi.operation(parameters=[WORDS, HITS, EXPAND, AS_OF]),
)
async def search_everything(request: Request, reader: Snapshot) -> Response:
    """Search everything

    Sources, measures and claims by one text, best first: those whose id, name or alias it is, then
    those where one of them begins so, then all whose texts have its words (of claims the newest
    first). Each with the part of a field in which the words stand, and where; a total for each
    kind, of which claims are counted to 1000. To page through all of one kind, send the same `q` to
    its list, which looks in no ids.
    """
    asked = single(request.scope["query_string"], [WORDS, HITS, EXPAND, AS_OF], WORDS)
    sought, limit = Sought(asked["q"], asked.get("as_of")), asked.get("limit", 10)
    found = {
        "claims": await ranked_search.claims(reader, sought, limit),
        "measures": await ranked_search.named(reader, "measures", sought, limit),
        "sources": await ranked_search.named(reader, "sources", sought, limit),
    }
    moment = sought.moment or await last_change(reader)
    totals = {kind: {"count": some.total, "more": some.more} for kind, some in found.items()}
    head = documents.text({"as_of": instants.text(moment), "totals": totals}).encode()
    hits = {kind: [_hit(kind, one, sought) for one in some.hits] for kind, some in found.items()}
    body = b'%b,"hits":%b' % (head[:-1], _lists(hits))
    if "expand" in asked:
        wanted = reply.references([(hit.row.doc, "") for hit in found["claims"].hits])
        body += b',"included":%b' % _lists({
            kind: reply.spliced(await reads.several(reader, kind, wanted[kind], moment))
            for kind in sorted(asked["expand"])
        })  # fmt: skip
    return Response(body + b"}", media_type=reply.JSON)


def _lists(lists: dict[str, list[bytes]]) -> bytes:
    """Lists of finished JSON, each under its name."""
    return b"{%b}" % b",".join(
        b'"%b":[%b]' % (kind.encode(), b",".join(items)) for kind, items in lists.items()
    )


FOUND: tuple[FoundBy, ...] = ("exact", "prefix", "contents")


def _hit(kind: str, hit: RankedHit, sought: Sought) -> bytes:
    told: dict[str, Any] = {"found": FOUND[min(hit.rank, 2)]}
    part = snippet(_texts(kind, json.loads(hit.row.doc)), sought.words)
    if part is not None:
        places = [{"start": start, "end": end} for start, end in part.matches]
        told["snippet"] = {**part._asdict(), "matches": places}
    record = documents.item(*documents.raw(hit.row))
    return b'%b,"record":%b}' % (documents.text(told).encode()[:-1], record)


def _texts(kind: str, record: JsonObject) -> Iterator[tuple[str, str]]:
    """The texts that a search of this kind looks in, each with the pointer to it."""
    names = {
        "sources": ("name",), "measures": ("name", "definition", "unit_label"),
        "claims": ("statement", "notes"),
    }  # fmt: skip
    yield from ((f"/{name}", record[name]) for name in names[kind] if name in record)
    yield from ((f"/aliases/{n}", one) for n, one in enumerate(record.get("aliases", [])))
    quote = record.get("quote", {})
    yield from ((f"/quote/{n}", quote[n]) for n in ("exact", "prefix", "suffix") if n in quote)
    for n, figure in enumerate(record.get("quantities", [])):
        if "raw_text" in figure:
            yield f"/quantities/{n}/raw_text", figure["raw_text"]


@router.get(
    "/summary",
    response_model=SummaryOut,
    tags=["claims"],
    **openapi.operation(parameters=[AS_OF]),
)
async def get_summary(request: Request, reader: Snapshot) -> Response:
    """What is in this database

    How many claims, figures, measures, sources and documents there are that are active, and the
    moment and the line of the log that this is of.
    """
    moment = single(request.scope["query_string"], [AS_OF]).get("as_of")
    told: dict[str, Any] = {"as_of": instants.text(moment or await last_change(reader))}
    if moment is None:
        told["seq"] = await newest(reader)
    return reply.value({**told, "counts": dict(await ranked_search.counts(reader, moment))})
