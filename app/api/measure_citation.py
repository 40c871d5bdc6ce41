"""/measures/{id}/citation: what is known of a measure, as a question finds it, to be cited."""

import json
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from app.api import negotiation
from app.api.access import MayRead
from app.api.analysis_params import AnalysisParams, AnalysisQuestion
from app.api.claims import CITATIONS, citation_schemas, in_forms
from app.api.dependencies import Settled, Snapshot, public_url
from app.api.examples import CONTAINERS
from app.api.resources import Id
from app.db import Reader
from app.render import documents, measure_citation
from app.render.analysis import corroboration
from app.render.condition_words import SOURCES, condition
from app.render.figure_views import Names, figure, folded
from app.render.measure_citation import LISTED, CitedFigures
from app.rules import instants
from app.rules.json_types import JsonObject
from app.store import analysis, list_query, reads
from app.store.corroboration import load_corroboration

router = APIRouter(prefix="/measures", tags=["analysis"], dependencies=[MayRead, Settled])
CITED = AnalysisParams("quantities", "measure", negotiation.parameter(CITATIONS))
SETTINGS = {"policy": "convention", "readings": "preferred", "match": "any"}
TOLD = {
    ("policy", "strict"): "words such as “roughly” taken strictly",
    ("readings", "all"): "every reading must hold",
    ("match", "certain"): "only what is certain",
    ("match", "possible"): "only what is possible",
}


@router.get(
    "/{id}/citation",
    response_class=Response,
    **in_forms(CITATIONS, "The citation", citation_schemas(), CITED.documented(), CONTAINERS),
)
async def get_measure_citation(request: Request, id: Id, reader: Snapshot) -> Response:
    """Cite a measure

    What a question finds of a measure: the question in words, how many figures fit certainly and
    possibly, the first of them as they were worded with who said them and when, how many
    independent voices stand behind them, the moment of the database, and an address that always
    gives these figures. As a line of text, as CSL-JSON, or as BibTeX. Takes every filter of
    `/quantities`.
    """
    asked = CITED.asked(request, id)
    accept = ",".join(request.headers.getlist("accept"))
    form = asked.own.get("format") or negotiation.accepted(accept, CITATIONS)
    cited = await _cited(request, reader, id, asked)
    if form == "csl":
        return negotiation.answer(documents.text(measure_citation.csl(cited)), negotiation.CSL)
    if form == "bibtex":
        kind = f"{negotiation.BIBTEX}; charset=utf-8"
        return negotiation.answer(measure_citation.bibtex(cited), kind)
    return negotiation.answer(f"{measure_citation.text(cited)}\n", negotiation.TEXT)


async def _cited(
    request: Request, reader: Reader, id: str, asked: AnalysisQuestion
) -> CitedFigures:
    """The figures of a question, all of one moment, which the address names."""
    moment = await analysis.moment_of(reader, asked.question)
    question = replace(asked.question, moment=moment, sort="stated", limit=LISTED, count=True)
    measure = await analysis.measured(reader, id, moment, may_be_empty=True)
    found = await list_query.page(reader, question)
    certain = await list_query.page(reader, replace(question, match="certain", limit=1))
    voices = corroboration(await load_corroboration(reader, question))["independent_origins"]
    rows = [json.loads(documents.quantity(*documents.raw(row))) for row in found.rows]
    stored = await reads.several(reader, "claims", {one["claim"] for one in rows}, moment)
    claims = {row.id: json.loads(row.doc) for row in stored}
    sources = await reads.names(reader, _sources(claims.values(), asked), moment)
    names = Names(sources, units={id: measure.doc["unit"]})
    told = folded(rows, claims, question.readings, found.after is not None)
    unsure = sum(one is not row for one, row in zip(told, rows, strict=True))
    return CitedFigures(
        {"id": id, **measure.doc},
        _conditions(asked, names),
        [figure(one, claims[one["claim"]], names) for one in told],
        found.total or 0,
        0 if question.match == "possible" else (certain.total or 0) - unsure,
        (voices["min"], voices["max"]),
        instants.text(moment),
        _permalink(request, id, asked, moment),
    )


def _sources(claims: Iterable[JsonObject], asked: AnalysisQuestion) -> set[str]:
    """Whom the claims and the question name."""
    named = {
        id for name, ids in asked.filters.items() if name.partition("__")[0] in SOURCES
        for id in ids
    }  # fmt: skip
    return named | {hop["source"] for claim in claims for hop in claim["attributions"]}


def _conditions(asked: AnalysisQuestion, names: Names) -> list[str]:
    told = [condition(name, value, names) for name, sent in asked.filters.items() for value in sent]
    return told + [
        TOLD[name, value]
        for name in SETTINGS
        if (name, value := getattr(asked.question, name)) in TOLD
    ]


def _permalink(request: Request, id: str, asked: AnalysisQuestion, moment: int) -> str:
    """The figures at this moment: for ever the same."""
    sent = [("measure", id), *((name, one) for name, many in asked.filters.items() for one in many)]
    for name, usual in SETTINGS.items():
        if (value := getattr(asked.question, name)) != usual:
            sent.append((name, value))
    query = urlencode([*sent, ("sort", "stated"), ("as_of", instants.text(moment))])
    return f"{public_url(request)}/v1/quantities?{query}"
