"""/citation: a claim, or what a question finds of a measure, to be cited; /claim-review."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from app.api import examples, negotiation, openapi
from app.api.access import MayRead
from app.api.dependencies import Settled, Snapshot, public_url
from app.api.filter_params import AS_OF
from app.api.question_params import AskedQuestion, QuestionParams
from app.api.resources import Id, as_of
from app.db import Reader
from app.errors import NotFound
from app.models.citation_schemas import CslItem, Reviews
from app.render import (
    citation,
    claim_review,
    documents,
    measure_citation,
    provenance,
)
from app.render.analysis import corroboration
from app.render.citation_context import CitationContext
from app.render.condition_words import SOURCES, condition
from app.render.figure_views import Names, figure, folded
from app.render.measure_citation import LISTED, CitedFigures
from app.rules import instants
from app.rules.agreement import CORRECTING
from app.rules.json_types import JsonObject
from app.store import analysis, list_query, reads
from app.store.corroboration import load_corroboration
from app.store.reads import StoredVersion, upward

router = APIRouter(prefix="/claims", tags=["claims"], dependencies=[MayRead, Settled])
measure_router = APIRouter(prefix="/measures", tags=["analysis"], dependencies=[MayRead, Settled])
CITATIONS = {"text": negotiation.TEXT, "csl": negotiation.CSL, "bibtex": negotiation.BIBTEX}
MAX_REVIEWS = 1000
"""Reviews in one answer; all of them are listed at /assessments."""


def _citing(parameters: Sequence[Any], example_id: str) -> dict[str, Any]:
    """What the routes of citations have in common."""
    items = {"type": "array", "items": openapi.ref(CslItem)}
    shapes = {"text": openapi.STRING, "csl": items, "bibtex": openapi.STRING}
    told = negotiation.operation(CITATIONS, "The citation", shapes, parameters, example_id)
    return {"response_class": Response, **told}


@router.get(
    "/{id}/citation", **_citing([negotiation.parameter(CITATIONS), AS_OF], examples.IDS["claims"])
)
async def get_claim_citation(request: Request, id: Id, reader: Snapshot) -> Response:
    """Cite a claim

    The figure as it was printed, hedge and all; who said it and when; through whom it came and
    where it is found; what is inferred, ambiguous, corrected or withdrawn; and a permalink to this
    very version. As a line of text, as CSL-JSON, or as BibTeX.
    """
    asked = negotiation.chosen(request, [AS_OF], CITATIONS)
    moment, form = asked.get("as_of"), asked["format"]
    own = await reads.get(reader, "claims", id, moment)
    [cited] = await recorded(request, reader, [own], moment)
    cited = cited._replace(replaced_by=await _replaced_by(reader, id, moment))
    return _written(form, citation, cited)


def _written(form: str, paper: Any, cited: Any) -> Response:
    """What is cited in one of the forms that a module of ``render`` writes."""
    if form == "csl":
        return negotiation.answer(documents.text(paper.csl(cited)), negotiation.CSL)
    if form == "bibtex":
        return negotiation.answer(paper.bibtex(cited), f"{negotiation.BIBTEX}; charset=utf-8")
    return negotiation.answer(f"{paper.text(cited)}\n", negotiation.TEXT)


@router.get(
    "/{id}/claim-review",
    response_class=Response,
    **openapi.operation(
        404, parameters=[AS_OF], example_id=examples.IDS["claims"],
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
    [cited] = await recorded(request, reader, [own], moment, assessors)
    return Response(
        documents.text(claim_review.reviews(cited, given)), media_type=negotiation.JSON_LD
    )


async def _replaced_by(reader: Any, id: str, moment: int | None) -> list[tuple[str, str]]:
    """How, and by which active claims, a claim is corrected or taken back."""
    others = await reads.incoming(reader, id, moment)
    rows = (row for one in others
            for row in provenance.incoming(id, one.id, json.loads(one.doc)))  # fmt: skip
    return [(row["predicate"], row["subject"]) for row in rows if row["predicate"] in CORRECTING]


def named(claim: JsonObject) -> set[str]:
    """Everyone in the chain of a claim."""
    return {hop["source"] for hop in claim["attributions"]}


async def recorded(
    request: Request,
    reader: Any,
    rows: Sequence[StoredVersion],
    moment: int | None,
    also: Iterable[str] = (),
) -> list[CitationContext]:
    """Claims with everything they refer to, as the papers about them are made of."""
    claims = [json.loads(row.doc) for row in rows]
    sources = await upward(reader, {*also, *(id for one in claims for id in named(one))}, moment)
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


CITED = QuestionParams("quantities", "measure", negotiation.parameter(CITATIONS))
SETTINGS = {"policy": "convention", "readings": "preferred", "match": "any"}
TOLD = {
    ("policy", "strict"): "words such as “roughly” taken strictly",
    ("readings", "all"): "every reading must hold",
    ("match", "certain"): "only what is certain",
    ("match", "possible"): "only what is possible",
}


@measure_router.get("/{id}/citation", **_citing(CITED.documented(), examples.CONTAINERS))
async def get_measure_citation(request: Request, id: Id, reader: Snapshot) -> Response:
    """Cite a measure

    What a question finds of a measure: the question in words, how many figures fit certainly and
    possibly, the first of them as they were worded with who said them and when, how many
    independent voices stand behind them, the moment of the database, and an address that always
    gives these figures. As a line of text, as CSL-JSON, or as BibTeX. Takes every filter of
    `/quantities`.
    """
    asked = CITED.asked(request, id)
    form = asked.own.get("format") or negotiation.preferred(request, CITATIONS)
    return _written(form, measure_citation, await _cited(request, reader, id, asked))


async def _cited(request: Request, reader: Reader, id: str, asked: AskedQuestion) -> CitedFigures:
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


def _sources(claims: Iterable[JsonObject], asked: AskedQuestion) -> set[str]:
    """Whom the claims and the question name."""
    named = {
        id for name, ids in asked.filters.items() if name.partition("__")[0] in SOURCES
        for id in ids
    }  # fmt: skip
    return named | {hop["source"] for claim in claims for hop in claim["attributions"]}


def _conditions(asked: AskedQuestion, names: Names) -> list[str]:
    told = [condition(name, value, names) for name, sent in asked.filters.items() for value in sent]
    return told + [
        TOLD[name, value]
        for name in SETTINGS
        if (name, value := getattr(asked.question, name)) in TOLD
    ]


def _permalink(request: Request, id: str, asked: AskedQuestion, moment: int) -> str:
    """The figures at this moment: for ever the same."""
    sent = [("measure", id), *((name, one) for name, many in asked.filters.items() for one in many)]
    for name, usual in SETTINGS.items():
        if (value := getattr(asked.question, name)) != usual:
            sent.append((name, value))
    query = urlencode([*sent, ("sort", "stated"), ("as_of", instants.text(moment))])
    return f"{public_url(request)}/v1/quantities?{query}"
