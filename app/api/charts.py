"""Pictures of a measure: its figures in time, and who stands behind them (design 6)."""

import json
from dataclasses import replace
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from app.api import evidence, pictures
from app.api.access import MayRead
from app.api.documentation import operation
from app.api.kept import Kept
from app.api.parameters import of_analysis
from app.api.resources import Id
from app.api.ways import Settled, snapshot
from app.db import Reader
from app.errors import Fault, Invalid
from app.render import analysis, chain_chart, chain_graph, chart
from app.render import series as rendered
from app.render.documents import text
from app.rules.origins import root
from app.store import corroboration as corroborations
from app.store import evidence as figures
from app.store import pages, reads, references
from app.store import series as points
from app.store.affiliations import above, upward

router = APIRouter(
    prefix="/measures", tags=["analysis"], dependencies=[MayRead, Settled], route_class=Kept
)
READ = 2000
"""How many figures are looked at; the chart then draws the latest of them."""
CLAIMS = 500
"""How many claims' chains are looked at."""
VEGA_LITE = "application/vnd.vegalite.v5+json"
SHOWN = (
    "Each figure as its claimant put it: a mark at the number named, a bar for what the hedge "
    "allows, an arrow where no bound is known, its words beside it, in the time it is about. One "
    "colour and shape for each claimant; denials are crossed and dashed. The undated stand in a "
    "strip of their own; what is not shown is counted below. Takes every filter of `/quantities`."
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
    parameters = of_analysis(resource, ("measure",))
    extra = {"parameters": parameters, "x-example-id": "containers.prk-rus"}
    told = operation(name, summary, about, 404, extra=extra, also=found)  # type: ignore[arg-type]
    return {**told, "response_class": Response}


CHART, CHAINS = "The chart of a measure", "Who stands behind a measure, as SVG"


@router.get(
    "/{id}/chart.svg",
    **_operation("draw_chart_svg", f"{CHART}, as SVG", SHOWN, pictures.SVG, "quantities"),
)
async def as_svg(request: Request, id: Id) -> Response:
    return await pictures.svg(request, await _chart(request, id))


@router.get(
    "/{id}/chart.png",
    **_operation("draw_chart_png", f"{CHART}, as PNG", SHOWN, pictures.PNG, "quantities"),
)
async def as_png(request: Request, id: Id) -> Response:
    return await pictures.png(request, await _chart(request, id))


@router.get(
    "/{id}/chart.json",
    **_operation("get_chart", f"{CHART}, as Vega-Lite", SHOWN, VEGA_LITE, "quantities"),
)
async def as_json(request: Request, id: Id) -> Response:
    return Response(text(await _chart(request, id)).encode(), media_type=VEGA_LITE)


@router.get(
    "/{id}/corroboration.svg",
    **_operation("draw_corroboration", CHAINS, BEHIND, pictures.SVG, "claims"),
)
async def behind(request: Request, id: Id) -> Response:
    asked = evidence.asked(request, {}, {"measure": id}, "claims")
    async with snapshot(request) as reader:
        spec = await _behind(reader, id, asked)
    return await pictures.svg(request, spec)


async def _chart(request: Request, id: str) -> dict[str, Any]:
    """The spec; the database is let go before anything is drawn."""
    asked = evidence.asked(request, {}, {"measure": id})
    question = replace(asked.question, limit=READ)
    async with snapshot(request) as reader:
        measure = await figures.measure(reader, id, question.moment)
        found = await points.series(reader, measure, question, "claimant")
        await references.require(reader, question, bool(found.points or found.against))
        total = None
        if found.after is not None:
            counted = replace(question, limit=1, count=True)
            total = (await pages.page(reader, counted)).total
        series = {
            "groups": json.loads(rendered.groups(found.points, measure.dated)),
            "against": json.loads(rendered.points(found.against, measure.dated)),
            "assumptions": _assumed(request, asked),
            "total": total,
        }
        names = await reads.names(reader, _claimants(series), question.moment)
    try:
        return await to_thread.run_sync(chart.spec, {"id": id, **measure.doc}, series, names)
    except LookupError:
        raise _nothing("None of the figures has a number that could be drawn.") from None


def _nothing(why: str) -> Invalid:
    return Invalid("There is nothing to draw.", (Fault(why, code="no_figures"),))


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


async def _behind(reader: Reader, id: str, asked: evidence.Asked) -> dict[str, Any]:
    """The chains of a measure's claims, merged; the counts are those of the analysis."""
    question = asked.question
    measure = await figures.measure(reader, id, question.moment)
    counted = analysis.corroboration(await corroborations.behind(reader, question))
    found = await pages.page(reader, replace(question, limit=CLAIMS))
    every = [claim for row in found.rows if _in_favour(claim := json.loads(row[6]))]
    claims = [claim for claim in every if not _rests(claim)] or every
    if not claims:
        raise _nothing("No claim stands behind it.")
    named = {hop["source"] for claim in claims for hop in claim["attributions"]}
    sources = await upward(reader, named, question.moment)
    higher = above(sources)
    graph = chain_graph.merged(claims, {source: root(source, higher) for source in named})
    told = {name: counted[name]["count"] for name in ("claims", "documents", "relayers", "origins")}
    derived = counted["derived_excluded"]["count"]
    graph |= {"independent_origins": counted["independent_origins"], "counts": told}
    graph |= {"derived": derived, "left_out": told["claims"] - derived - len(claims)}
    names = {source: doc["name"] for source, doc in sources.items()}
    title = f"Who stands behind it: {measure.doc.get('name') or id}"
    return chain_chart.spec(graph, names, title)


def _in_favour(claim: dict[str, Any]) -> bool:
    """Whether a claim denies nothing."""
    return claim.get("polarity") != "negative" and claim.get("speech_act") not in figures.DENIALS


def _rests(claim: dict[str, Any]) -> bool:
    """Whether a claim is derived from another: then it adds no origin."""
    return any(one["predicate"] == "derived_from" for one in claim.get("relations", ()))
