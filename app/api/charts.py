"""Pictures of a measure: its figures in time, and who stands behind them (design 6)."""

import json
from dataclasses import replace
from functools import partial
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from app.api import evidence, renderer, values
from app.api.access import MayRead
from app.api.dependencies import Settled, public_url, snapshot
from app.api.documentation import operation
from app.api.parameters import of_analysis, parameter
from app.api.query import Readers
from app.api.resources import Id
from app.db import Reader
from app.render import analysis, chain_chart, chart, provenance, series_json
from app.render.documents import text
from app.rules import instants
from app.rules.chain import root_of
from app.store import analysis as figures
from app.store import corroboration as corroborations
from app.store import list_query, reads, references
from app.store import series as points
from app.store.affiliations import above, upward

router = APIRouter(prefix="/measures", tags=["analysis"], dependencies=[MayRead, Settled])
READ = 2000
"""How many figures are looked at; the chart then draws the latest of them."""
CLAIMS = 500
"""How many claims' chains are looked at."""
VEGA_LITE = "application/vnd.vegalite.v5+json"
WIDTHS = (280, 2000)
DRAWING: Readers = {
    "width": values.whole_number(*WIDTHS),
    "theme": values.one_of("light", "dark"),
}
"""What a picture takes beside the question that it answers."""
WIDTH = parameter(
    "width", "of the plot, in pixels",
    {"type": "integer", "minimum": WIDTHS[0], "maximum": WIDTHS[1], "default": chart.WIDTH},
)  # fmt: skip
THEME = parameter(
    "theme", "the colours: for light paper or for dark",
    {"type": "string", "enum": ["light", "dark"], "default": "light"},
)  # fmt: skip
SHOWN = (
    "Each figure as its claimant put it: a mark at the number named, a bar for what the hedge "
    "allows, a box for a range, an arrow where no bound is known, its words beside it, in the time "
    "it is about. One colour for each claimant; denials are crossed and dashed. The undated "
    "stand in a strip of their own; what is not shown is counted below, and where there is nothing "
    "to draw the picture says so. The last line is an address that always gives this picture. "
    "Takes every filter of `/quantities`."
)
BEHIND = (
    "The chains of all claims in one picture: the documents, through whom they have it, the "
    "origins, and who stands above them; a root that is unknown is a `?`. Claims derived from "
    "others add no origin, and are drawn only if there are no others; denials are left out. "
    "Takes every filter of `/claims`."
)


def _operation(name: str, summary: str, about: str, kind: str, resource: str) -> dict[str, Any]:
    """One picture's route."""
    shape = {"type": "object"} if kind.endswith("json") else {"type": "string"}
    found = {200: {"description": summary, "content": {kind: {"schema": shape}}}}
    parameters = [WIDTH, THEME] if resource == "quantities" else [THEME]
    parameters += of_analysis(resource, ("measure",))
    extra = {"parameters": parameters, "x-example-id": "containers.prk-rus"}
    told = operation(name, summary, about, 404, extra=extra, also=found)  # type: ignore[arg-type]
    return {**told, "response_class": Response}


CHART, CHAINS = "The chart of a measure", "Who stands behind a measure, as SVG"


@router.get(
    "/{id}/chart.svg",
    **_operation("draw_chart_svg", f"{CHART}, as SVG", SHOWN, renderer.SVG, "quantities"),
)
async def as_svg(request: Request, id: Id) -> Response:
    return await renderer.svg(request, await _chart(request, id))


@router.get(
    "/{id}/chart.png",
    **_operation("draw_chart_png", f"{CHART}, as PNG", SHOWN, renderer.PNG, "quantities"),
)
async def as_png(request: Request, id: Id) -> Response:
    return await renderer.png(request, await _chart(request, id))


@router.get(
    "/{id}/chart.json",
    **_operation("get_chart", f"{CHART}, as Vega-Lite", SHOWN, VEGA_LITE, "quantities"),
)
async def as_json(request: Request, id: Id) -> Response:
    return Response(text(await _chart(request, id)).encode(), media_type=VEGA_LITE)


@router.get(
    "/{id}/corroboration.svg",
    **_operation("draw_corroboration", CHAINS, BEHIND, renderer.SVG, "claims"),
)
async def behind(request: Request, id: Id) -> Response:
    asked = evidence.asked(request, {"theme": DRAWING["theme"]}, {"measure": id}, "claims")
    async with snapshot(request) as reader:
        drawn, moment = await _behind(reader, id, asked)
    spec = chain_chart.spec(**drawn, **asked.own, source=_source(request, moment))
    return await renderer.svg(request, spec)


async def _chart(request: Request, id: str) -> dict[str, Any]:
    """The spec; the database is let go before anything is drawn."""
    asked = evidence.asked(request, DRAWING, {"measure": id})
    question = replace(asked.question, limit=READ)
    async with snapshot(request) as reader:
        measure = await figures.measure(reader, id, question.moment, may_be_empty=True)
        found = await points.series(reader, measure, question, "claimant")
        await references.require(reader, question, bool(found.points or found.against))
        total = None
        if found.after is not None:
            counted = replace(question, limit=1, count=True)
            total = (await list_query.page(reader, counted)).total
        series = {
            "groups": json.loads(series_json.groups(found.points, measure.dated)),
            "against": json.loads(series_json.points(found.against, measure.dated)),
            "assumptions": _assumed(request, asked),
            "total": total,
        }
        names = await reads.names(reader, _claimants(series), question.moment)
    source = _source(request, found.moment)
    drawn = partial(chart.spec, **asked.own, source=source)
    return await to_thread.run_sync(drawn, {"id": id, **measure.doc}, series, names)


def _source(request: Request, moment: int) -> str:
    """Where this very picture can be asked for again."""
    as_of = instants.text(moment)
    address = request.url.include_query_params(as_of=as_of)
    path = f"{address.path}?{address.query}" if len(address.query) <= 300 else address.path
    return f"Sayso, as recorded by {as_of}: {public_url(request)}{path}"


def _assumed(request: Request, asked: evidence.Asked) -> dict[str, Any]:
    """What the chart tells of the question: only what was asked, so that it stays the same."""
    known_by = asked.filters.get("known_by", [None])[0]
    return {
        "policy": asked.question.policy,
        "readings": asked.question.readings,
        "match": asked.question.match,
        "known_by": known_by,
        "as_of": request.query_params.get("as_of"),
        "filters": {name: sent for name, sent in asked.filters.items() if name != "known_by"},
    }


def _claimants(series: dict[str, Any]) -> set[str]:
    every = [point for group in series["groups"] for point in group["points"]]
    joint = {id for group in series["groups"] for id in group.get("members", ())}
    return joint | {one["claimant"] for one in every + series["against"] if "claimant" in one}


async def _behind(reader: Reader, id: str, asked: evidence.Asked) -> tuple[dict[str, Any], int]:
    """The chains of a measure's claims, merged; the counts are those of the analysis."""
    question = asked.question
    measure = await figures.measure(reader, id, question.moment, may_be_empty=True)
    counted = analysis.corroboration(await corroborations.behind(reader, question))
    found = await list_query.page(reader, replace(question, limit=CLAIMS))
    every = [claim for row in found.rows if _in_favour(claim := json.loads(row[6]))]
    claims = [claim for claim in every if not _rests(claim)] or every
    named = {hop["source"] for claim in claims for hop in claim["attributions"]}
    sources = await upward(reader, named, question.moment)
    higher = above(sources)
    graph = provenance.merged(claims, {source: root_of(source, higher) for source in named})
    told = {name: counted[name]["count"] for name in ("claims", "documents", "relayers", "origins")}
    derived = counted["derived_excluded"]["count"]
    graph |= {"independent_origins": counted["independent_origins"], "counts": told}
    graph |= {"derived": derived, "left_out": told["claims"] - derived - len(claims)}
    names = {source: doc["name"] for source, doc in sources.items()}
    title = f"Who stands behind it: {measure.doc.get('name') or id}"
    moment = await figures.moment_of(reader, question)
    return {"graph": graph, "names": names, "title": title}, moment


def _in_favour(claim: dict[str, Any]) -> bool:
    """Whether a claim denies nothing."""
    return claim.get("polarity") != "negative" and claim.get("speech_act") not in figures.DENIALS


def _rests(claim: dict[str, Any]) -> bool:
    """Whether a claim is derived from another: then it adds no origin."""
    return any(one["predicate"] == "derived_from" for one in claim.get("relations", ()))
