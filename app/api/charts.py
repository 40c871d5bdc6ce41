"""Pictures of a measure: its figures in time, and who stands behind them."""

import json
from dataclasses import replace
from functools import partial
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from app.api import openapi, renderer
from app.api.access import MayRead
from app.api.dependencies import Settled, public_url, snapshot
from app.api.examples import CONTAINERS
from app.api.query_params import choice, integer
from app.api.question_params import AskedQuestion, QuestionParams
from app.api.resources import Id
from app.db import Reader
from app.render import chain_chart, chart, provenance, series_json
from app.render.analysis import corroboration
from app.render.documents import text
from app.rules import agreement, instants
from app.rules.chain import root_of
from app.store import analysis, list_query, reads, series
from app.store.corroboration import affiliations, load_corroboration
from app.store.reads import upward

router = APIRouter(prefix="/measures", tags=["analysis"], dependencies=[MayRead, Settled])
READ = 2000
"""How many figures are looked at; the chart then draws the latest of them."""
CLAIMS = 500
"""How many claims' chains are looked at."""
VEGA_LITE = "application/vnd.vegalite.v5+json"
THEME = choice("theme", "the colours: for light paper or for dark", "light", "dark")
CHART = QuestionParams(
    "quantities", "measure",
    integer("width", "of the plot, in pixels", 280, 2000, chart.WIDTH), THEME,
)  # fmt: skip
CHAINS = QuestionParams("claims", "measure", THEME)
SHOWN = (
    "Each figure as its claimant put it: a mark at the number named, a bar for what the hedge "
    "allows, a box for a range, an arrow where no bound is known, its words beside it, in the time "
    "it is about. One colour for each claimant; denials are crossed and dashed. The undated "
    "stand in a strip of their own; what is not shown is counted below, and where there is nothing "
    "to draw the picture says so. The last line is an address that always gives this picture. "
    "Takes every filter of `/quantities`."
)


def _picture(kind: str, analysis: QuestionParams) -> dict[str, Any]:
    """What the routes of pictures have in common."""
    shape = {"type": "object"} if kind.endswith("json") else openapi.STRING
    found = openapi.operation(
        404,
        parameters=analysis.documented(),
        example_id=CONTAINERS,
        also=openapi.success("The picture", {kind: shape}),
    )
    return {**found, "response_class": Response}


def _chart_as(form: str, kind: str) -> dict[str, Any]:
    about = SHOWN if kind == renderer.SVG else f"What `chart.svg` shows, as {form}."
    return {**_picture(kind, CHART), "description": f"The chart of a measure, as {form}\n\n{about}"}


@router.get("/{id}/chart.svg", **_chart_as("SVG", renderer.SVG))
async def get_measure_chart_svg(request: Request, id: Id) -> Response:
    return await renderer.picture_of(request, await _chart(request, id))


@router.get("/{id}/chart.png", **_chart_as("PNG", renderer.PNG))
async def get_measure_chart_png(request: Request, id: Id) -> Response:
    return await renderer.picture_of(request, await _chart(request, id), renderer.PNG)


@router.get("/{id}/chart.json", **_chart_as("Vega-Lite", VEGA_LITE))
async def get_measure_chart(request: Request, id: Id) -> Response:
    return Response(text(await _chart(request, id)).encode(), media_type=VEGA_LITE)


@router.get("/{id}/corroboration.svg", **_picture(renderer.SVG, CHAINS))
async def get_measure_corroboration_svg(request: Request, id: Id) -> Response:
    """Who stands behind a measure, as SVG

    The chains of all claims in one picture: the documents, through whom they have it, the origins,
    and who stands above them; a root that is unknown is a `?`. Claims derived from others add no
    origin, and are drawn only if there are no others; denials are left out. Takes every filter of
    `/claims`.
    """
    asked = CHAINS.asked(request, id)
    async with snapshot(request) as reader:
        drawn, moment = await _behind(reader, id, asked)
    spec = chain_chart.spec(**drawn, **asked.own, source=_source(request, moment))
    return await renderer.picture_of(request, spec)


async def _chart(request: Request, id: str) -> dict[str, Any]:
    """The spec; the database is let go before anything is drawn."""
    asked = CHART.asked(request, id)
    question = replace(asked.question, limit=READ)
    async with snapshot(request) as reader:
        measure = await analysis.measured(reader, id, question.moment, may_be_empty=True)
        found = await series.series_page(reader, measure, question, "claimant")
        await reads.require_stored(reader, question, bool(found.points or found.against))
        total = None
        if found.after is not None or found.against_left_out:
            counted = replace(question, limit=1, count=True)
            total = (await list_query.page(reader, counted)).total
        drawn = {
            "groups": json.loads(series_json.groups(found.points, measure.dated)),
            "against": json.loads(series_json.groups(found.against, measure.dated)),
            "assumptions": _assumed(request, asked),
            "total": total,
        }
        names = await reads.names(reader, _claimants(drawn), question.moment)
    spec = partial(chart.spec, **asked.own, source=_source(request, found.moment))
    return await to_thread.run_sync(spec, {"id": id, **measure.doc}, drawn, names)


def _source(request: Request, moment: int) -> str:
    """Where this very picture can be asked for again."""
    as_of = instants.text(moment)
    address = request.url.include_query_params(as_of=as_of)
    path = f"{address.path}?{address.query}" if len(address.query) <= 300 else address.path
    return f"Sayso, as recorded by {as_of}: {public_url(request)}{path}"


def _assumed(request: Request, asked: AskedQuestion) -> dict[str, Any]:
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


def _claimants(drawn: dict[str, Any]) -> set[str]:
    groups = [*drawn["groups"], *drawn["against"]]
    return {id for one in groups for id in one.get("members", (one["group"],)) if id is not None}


async def _behind(reader: Reader, id: str, asked: AskedQuestion) -> tuple[dict[str, Any], int]:
    """The chains of a measure's claims, merged; the counts are those of the analysis."""
    question = asked.question
    measure = await analysis.measured(reader, id, question.moment, may_be_empty=True)
    counted = corroboration(await load_corroboration(reader, question))
    found = await list_query.page(reader, replace(question, limit=CLAIMS))
    every = [claim for row in found.rows if not agreement.denies(claim := json.loads(row[6]))]
    claims = [claim for claim in every if not _rests(claim)] or every
    named = {hop["source"] for claim in claims for hop in claim["attributions"]}
    sources = await upward(reader, named, question.moment)
    higher = affiliations(sources)
    graph = provenance.merged(claims, {source: root_of(source, higher) for source in named})
    told = {name: counted[name]["count"] for name in ("claims", "documents", "relayers", "origins")}
    derived = counted["derived_excluded"]["count"]
    graph |= {"independent_origins": counted["independent_origins"], "counts": told}
    graph |= {"derived": derived, "left_out": told["claims"] - derived - len(claims)}
    names = {source: doc["name"] for source, doc in sources.items()}
    title = f"Who stands behind it: {measure.doc.get('name') or id}"
    drawn = {"graph": graph, "names": names, "title": title}
    return drawn, await analysis.moment_of(reader, question)


def _rests(claim: dict[str, Any]) -> bool:
    """Whether a claim is derived from another: then it adds no origin."""
    return any(one["predicate"] == "derived_from" for one in claim.get("relations", ()))
