"""/reconcile: the Reconciliation Service API 0.2 of the W3C's group, as OpenRefine asks it.

OpenRefine's page asks for the manifest, suggestions and previews; its server sends the queries, in
batches, as a form. It sends no key, so reads have to be open for it.
"""

import html
import json
from collections.abc import Callable, Iterable
from typing import Any, Literal, get_args
from urllib.parse import parse_qsl, quote

from fastapi import APIRouter, Request, Response

from app.api import body, reply
from app.api.access import MayRead
from app.api.dependencies import Snapshot, public_url
from app.api.query_params import MAX_QUERY, parse_query_string, unknown
from app.db import Reader
from app.errors import Fault, Invalid, Malformed, NotFound, refusal
from app.mapping.slugs import name_key
from app.models.measure import Statistic
from app.models.source import AgentKind, OccasionKind, WorkKind
from app.models.strict_json import parse_json
from app.rules import text_search
from app.rules.json_types import JsonObject
from app.store import reads
from app.store.ranked_search import Sought, named
from app.store.reconciliation import (
    PROPERTIES,
    MatchCandidate,
    NameQuery,
    candidates,
    kind_of_record,
    known_of,
)

router = APIRouter(tags=["transfer"], dependencies=[MayRead], include_in_schema=False)
Reconciled = Literal["sources", "measures"]
FORM = "application/x-www-form-urlencoded"
BATCH = 50
"""Queries that OpenRefine may send at a time, which sends ten by itself."""
MOST_LISTED = 50
PREVIEW = {"width": 430, "height": 170}
FRAMED = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
)
"""A preview is shown in a frame of OpenRefine's page; it holds no script and no form."""
JSONP = "JSONP is not served: pages that may read get CORS headers. Leave `callback` out."
KINDS_OF: dict[str, Callable[[str], str]] = {
    "sources": lambda kind: kind.replace("_", " "),
    "measures": lambda kind: f"measure: {kind}",
}


@router.get("/reconcile/{resource}")
async def get_reconciliation(request: Request, resource: Reconciled, reader: Snapshot) -> Response:
    """The manifest; or the answers to queries in the query string"""
    asked = _sent(parse_query_string(request.scope["query_string"]), "queries", "extend")
    return await _answered(request, resource, reader, asked)


@router.post("/reconcile/{resource}")
async def post_reconciliation(request: Request, resource: Reconciled, reader: Snapshot) -> Response:
    """Queries in a form"""
    body.of_kind(request, FORM)
    raw = await body.raw_body(request)
    try:
        pairs = parse_qsl(raw.decode("ascii"), True, True, errors="strict", max_num_fields=20)
    except ValueError:
        raise Malformed("The form is not percent-encoded UTF-8.") from None
    return await _answered(request, resource, reader, _sent(pairs, "queries", "extend"))


async def _answered(
    request: Request, resource: str, reader: Reader, asked: dict[str, str]
) -> Response:
    if len(asked) > 1:
        faults = [Fault("send `queries` or `extend`", parameter=name, code="ambiguous")
                  for name in asked]  # fmt: skip
        raise Invalid(faults=tuple(faults))
    if "queries" in asked:
        return reply.value(await _reconciled(reader, resource, asked["queries"]))
    if "extend" in asked:
        return reply.value(await _extended(reader, resource, asked["extend"]))
    return reply.value(_manifest(f"{public_url(request)}/v1/reconcile/{resource}", resource))


def _sent(pairs: Iterable[tuple[str, str]], *known: str) -> dict[str, str]:
    """Parameters that may each be sent once; raises ``Invalid``, also for JSONP."""
    found: dict[str, str] = {}
    for name, value in pairs:
        if name == "callback":
            raise refusal(JSONP, name, "unknown_parameter")
        if name not in known:
            raise Invalid(faults=(unknown(name, known),))
        if name in found:
            raise refusal("send it once", name, "repeated")
        found[name] = value
    return found


def _manifest(address: str, resource: str) -> dict[str, Any]:
    """What the service is and can do."""
    record = address.replace("/reconcile/", "/")
    page = address.replace("/v1/reconcile/", "/")
    suggest = {name: {"service_url": address, "service_path": f"/suggest/{name}"}
               for name in ("entity", "type", "property")}  # fmt: skip
    return {
        "versions": ["0.2"],
        "name": f"Sayso: {resource}",
        "identifierSpace": f"{record}/",
        "schemaSpace": "urn:sayso:",
        "defaultTypes": [],
        "batchSize": BATCH,
        "view": {"url": f"{page}/{{{{id}}}}"},
        "preview": {"url": f"{address}/preview?id={{{{id}}}}", **PREVIEW},
        "suggest": suggest,
        "extend": {
            "propose_properties": {"service_url": address, "service_path": "/properties"},
            "property_settings": [],
        },
    }


# ------------------------------------------------------------------------------------- queries


def _json(text: str, parameter: str) -> dict[str, Any]:
    try:
        found = parse_json(text.encode())
    except (Malformed, UnicodeEncodeError) as broken:
        raise refusal(f"this cannot be read: {broken}", parameter, "malformed_request") from None
    if not isinstance(found, dict):
        raise refusal("send a JSON object", parameter)
    return found


async def _reconciled(reader: Reader, resource: str, text: str) -> dict[str, Any]:
    """Every query with its candidates: one that has none is answered with an empty list."""
    sent = _json(text, "queries")
    asked = {key: _query(resource, key, one) for key, one in sent.items()}
    return {
        key: {"result": [_told(resource, one) for one in await candidates(reader, resource, query)]}
        for key, query in asked.items()
    }


def _query(resource: str, key: str, sent: Any) -> NameQuery:
    def refuse(detail: str) -> Invalid:
        shown = key if key.isprintable() and len(key) <= 40 else "?"
        return refusal(f"query {shown}: {detail}", "queries")

    if not isinstance(sent, dict) or not isinstance(sent.get("query"), str):
        raise refuse('send an object with "query", the name to look for')
    if len(sent["query"]) > 1000:
        raise refuse("a name has at most 1000 characters")
    limit = sent.get("limit", 10)
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise refuse('"limit" is a whole number from 1')
    kinds = [] if sent.get("type") in (None, "") else sent["type"]
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if not isinstance(kinds, list) or not all(isinstance(one, str) for one in kinds):
        raise refuse('"type" is the id of a type, or a list of such')
    if len(kinds) > MOST_LISTED:
        raise refuse(f'"type" has at most {MOST_LISTED} ids')
    told = sent.get("properties") or []
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise refuse('"properties" is a list of {"pid": …, "v": …}')
    properties = []
    for one in told:
        pid = one.get("pid")
        if pid not in PROPERTIES[resource]:
            raise refuse(f"the properties are {', '.join(PROPERTIES[resource])}")
        properties.append((pid, tuple(_values(one.get("v")))))
    return NameQuery(sent["query"], tuple(kinds), min(limit, MOST_LISTED), tuple(properties))


def _values(sent: Any) -> list[str]:
    """What a property is said to be: text, a number, a record, or several of them."""
    if isinstance(sent, list):
        return [text for one in sent for text in _values(one)]
    if isinstance(sent, dict):
        return _values(sent.get("id"))
    return [] if sent is None or sent == "" else [str(sent)]


def _told(resource: str, one: MatchCandidate) -> dict[str, Any]:
    kind = _type(resource, kind_of_record(resource, one.record))
    score = {"type": [kind], "score": one.score, "match": one.match}
    return {**_shown(resource, one.id, one.record), **score}


def _shown(resource: str, id: str, record: JsonObject) -> dict[str, Any]:
    return {"id": id, "name": record.get("name", id), "description": _about(resource, record)}


def _type(resource: str, kind: str) -> dict[str, str]:
    return {"id": kind, "name": KINDS_OF[resource](kind)}


def _about(resource: str, record: JsonObject) -> str:
    """A few words that tell it from others of its name."""
    names = {
        "sources": ("job_title", "affiliation", "country", "title", "date"),
        "measures": ("unit_label", "unit", "definition"),
    }[resource]
    parts = [str(record[name]) for name in names if record.get(name)]
    return ", ".join([KINDS_OF[resource](kind_of_record(resource, record)), *parts])[:200]


# ------------------------------------------------------------------- data extension, suggestions


async def _extended(reader: Reader, resource: str, text: str) -> dict[str, Any]:
    """Fields of records, for the columns of a table; of what was withdrawn none."""
    sent = _json(text, "extend")
    ids, asked = sent.get("ids"), sent.get("properties")
    if not isinstance(ids, list) or not all(isinstance(id, str) for id in ids):
        raise refusal('send "ids", a list of ids', "extend")
    if not isinstance(asked, list) or not all(isinstance(one, dict) for one in asked):
        raise refusal('send "properties", a list of {"id": …}', "extend")
    known = PROPERTIES[resource]
    names = [one.get("id") for one in asked]
    if any(name not in known for name in names):
        raise refusal(f"the properties are {', '.join(known)}", "extend", "unknown_reference")
    rows = await reads.several(reader, resource, ids, None)
    found = {row.id: json.loads(row.doc) for row in rows if row.status == "active"}
    meta = [{"id": name, "name": known[name]} for name in names]
    cells = {id: {name: _cells(found.get(id, {}), resource, name) for name in names} for id in ids}
    return {"meta": meta, "rows": cells}


def _cells(record: JsonObject, resource: str, name: str) -> list[dict[str, str]]:
    """What a cell holds: a list, empty where nothing is known; figures as text, digit for digit."""
    if record and name == "kind":
        return [{"str": kind_of_record(resource, record)}]
    return [{"str": str(one)} for one in (known_of(resource, record, name) if record else ())]


@router.get("/reconcile/{resource}/properties")
async def get_properties(request: Request, resource: Reconciled) -> Response:
    """The properties that can be added to a table"""
    asked = _sent(parse_query_string(request.scope["query_string"]), "type", "limit")
    listed = [{"id": id, "name": name} for id, name in PROPERTIES[resource].items()]
    return reply.value({"type": asked.get("type", ""), "properties": listed[: _limit(asked)]})


def _limit(asked: dict[str, str]) -> int:
    text = asked.get("limit", str(MOST_LISTED))
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 6):
        raise refusal("send a whole number", "limit")
    return min(int(text), MOST_LISTED)


@router.get("/reconcile/{resource}/suggest/{kind}")
async def get_suggestions(
    request: Request,
    resource: Reconciled,
    kind: Literal["entity", "type", "property"],
    reader: Snapshot,
) -> Response:
    """What begins as a person types"""
    asked = _sent(parse_query_string(request.scope["query_string"]), "prefix", "cursor", "type")
    prefix = asked.get("prefix", "")
    if kind == "entity":
        return reply.value({"prefix": prefix, "result": await _entities(reader, resource, prefix)})
    known = _types(resource) if kind == "type" else PROPERTIES[resource]
    begun = text_search.folded(prefix)
    fits = [{"id": id, "name": name} for id, name in known.items()
            if begun in text_search.folded(id, name)]  # fmt: skip
    return reply.value({"prefix": prefix, "result": fits[:MOST_LISTED]})


def _types(resource: str) -> dict[str, str]:
    """The types of candidates by id: the kinds of sources, the statistics of measures."""
    kinds = {
        "sources": [*get_args(AgentKind), *get_args(WorkKind), *get_args(OccasionKind)],
        "measures": [*get_args(Statistic)],
    }[resource]
    return {kind: KINDS_OF[resource](kind) for kind in kinds}


async def _entities(reader: Reader, resource: str, prefix: str) -> list[dict[str, Any]]:
    sought = Sought(name_key(prefix))
    if not sought.words:
        return []
    found = await named(reader, resource, sought, 20)
    hits = [(hit.row.id, json.loads(hit.row.doc)) for hit in found.hits]
    return [
        {
            **_shown(resource, id, record),
            "notable": [_type(resource, kind_of_record(resource, record))],
        }
        for id, record in hits
    ]


@router.get("/reconcile/{resource}/preview")
async def get_preview(request: Request, resource: Reconciled, reader: Snapshot) -> Response:
    """A record in a small frame"""
    asked = _sent(parse_query_string(request.scope["query_string"]), "id")
    if not asked.get("id"):
        raise refusal("say which", "id", "missing")
    stored = await reads.get(reader, resource, asked["id"][:MAX_QUERY])
    record = json.loads(stored.doc)
    if stored.status != "active":
        raise NotFound("It is withdrawn.")
    name = html.escape(str(record.get("name", stored.id)))
    about = html.escape(_about(resource, record))
    more = html.escape(("; ".join(record.get("aliases", ())) or record.get("definition", ""))[:400])
    page = f"{public_url(request)}/{resource}/{quote(stored.id, safe=':')}"
    text = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title>'
        '<body style="font: 14px/1.4 sans-serif; margin: 8px">'
        f'<strong><a href="{page}" target="_blank" rel="noopener">{name}</a></strong> '
        f"<small>{html.escape(stored.id)}</small><p>{about}</p><p>{more}</p></body></html>"
    )
    headers = {"content-security-policy": FRAMED}
    return Response(text, media_type="text/html", headers=headers)
