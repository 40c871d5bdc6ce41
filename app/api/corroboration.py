"""Corroboration and drift: who stands behind claims, and what became of the wording on its way."""

import json
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request, Response

from app.api import openapi, reply
from app.api.access import MayRead
from app.api.dependencies import Settled, Snapshot
from app.api.examples import CONTAINERS, IDS, UTTERANCE
from app.api.query_params import id_of, integer, text
from app.api.question_params import AskedQuestion, QuestionParams, answer, assumptions
from app.api.resources import Id
from app.db import Reader
from app.errors import NotFound, refusal
from app.models.analysis import CorroborationOut, DriftOut
from app.render.analysis import corroboration, drifts, hops
from app.rules import drift
from app.rules.drift import Attestation
from app.store import analysis, list_query, reads
from app.store.corroboration import load_corroboration
from app.store.reference_lookup import yardstick

router = APIRouter(tags=["analysis"], dependencies=[MayRead, Settled])
OF_MEASURE = QuestionParams("claims", "measure")
OF_UTTERANCE = QuestionParams("claims", "utterance")
OF_CLAIM = QuestionParams("claims", "id")
OF_ANY = QuestionParams("claims")
OF_HOPS = QuestionParams()
"""One chain is all there is to ask about: a filter would change nothing, and is refused."""


def _operation(of: str, params: QuestionParams, example_id: str = "") -> dict[str, Any]:
    """What the routes of corroboration have in common."""
    statuses = (404,) if example_id else ()
    return {
        "response_model": CorroborationOut,
        "description": f"Who stands behind {of}\n\n{BEHIND if params is OF_ANY else OF_SOME}",
        **openapi.operation(*statuses, parameters=params.documented(), example_id=example_id),
    }


OF_SOME = (
    "What `/v1/corroboration` tells, of these claims alone: how many claims, documents, relayers "
    "and origins, and how many of the origins are independent of each other."
)
BEHIND = (
    "How many claims, documents, relayers and origins stand behind it, and how many of the origins "
    "are independent of each other: at least one for each known root of affiliation, at most one "
    "more for each origin whose root is unknown. Relayers, publishers and documents are no "
    "origins; a claim derived from another adds none. Circular chains are listed. Takes every "
    "filter of `/quantities`; lists the claims it used and what it assumed."
)


@router.get("/measures/{id}/corroboration", **_operation("a measure", OF_MEASURE, CONTAINERS))
async def get_measure_corroboration(request: Request, id: Id, reader: Snapshot) -> Response:
    asked = OF_MEASURE.asked(request, id)
    await analysis.measured(reader, id, asked.question.moment)
    return await _corroboration(reader, asked)


@router.get("/utterances/{id}/corroboration", **_operation("an utterance", OF_UTTERANCE, UTTERANCE))
async def get_utterance_corroboration(request: Request, id: Id, reader: Snapshot) -> Response:
    asked = OF_UTTERANCE.asked(request, id)
    if not await reads.is_stored(reader, "utterances", id):
        raise NotFound()
    return await _corroboration(reader, asked, needed=not asked.filters)


@router.get(
    "/claims/{id}/corroboration", **_operation("a claim", OF_CLAIM, "shin-2024-06-containers")
)
async def get_claim_corroboration(request: Request, id: Id, reader: Snapshot) -> Response:
    asked = OF_CLAIM.asked(request, id)
    await reads.get(reader, "claims", id, asked.question.moment)
    return await _corroboration(reader, asked)


@router.get("/corroboration", **_operation("the claims found", OF_ANY))
async def get_corroboration(request: Request, reader: Snapshot) -> Response:
    return await _corroboration(reader, OF_ANY.asked(request))


async def _corroboration(reader: Reader, asked: AskedQuestion, needed: bool = False) -> Response:
    found = await load_corroboration(reader, asked.question)
    some = found.claims.total + found.against.total
    if needed and not some:
        raise NotFound()
    return await answer(reader, asked, some, corroboration(found), *INDEPENDENCE)


INDEPENDENCE = (
    "Origins under one root of affiliation count as one.",
    "An origin whose root is unknown may belong to any of them, or stand alone.",
    "A claim derived from another adds no origin; relayers, publishers and documents never do.",
)


ATTESTED = 500
"""Claims of one utterance that are looked at: the nearest to the origin is the baseline of all."""
DRIFT = QuestionParams(
    "claims", "utterance",
    text("baseline", "the claim to compare with", id_of("claims"), minLength=1),
    integer("limit", "attestations, the nearest to the origin first", 1, ATTESTED, 50),
)  # fmt: skip


@router.get(
    "/utterances/{id}/drift",
    response_model=DriftOut,
    **openapi.operation(404, parameters=DRIFT.documented(), example_id=UTTERANCE),
)
async def get_utterance_drift(request: Request, id: Id, reader: Snapshot) -> Response:
    """How an utterance was worded on its way

    Every attestation of one speech act against the one nearest the origin (or `baseline`). Each is
    named: preserved, strengthened, weakened, dropped, added (of a hedge, or a figure),
    direction_changed, value_changed, operator_changed, measure_changed, dimension_changed,
    period_changed; a wording that differs in two ways has both names. Takes every filter of
    `/quantities`; lists the claims it used and what it assumed.
    """
    asked = DRIFT.asked(request, id)
    if not await reads.is_stored(reader, "utterances", id):
        raise NotFound()
    found = await list_query.page(reader, replace(asked.question, limit=ATTESTED, count=True))
    claims = [(row[0], json.loads(row[6])) for row in found.rows]
    if not claims and not asked.filters:
        raise NotFound()
    every = drift.attestations(claims)
    base = _baseline(every, asked.own.get("baseline"))
    listed = every[: asked.question.limit]
    return reply.value({
        "utterance": id, "baseline": base and base.claims[0],
        "items": drifts(base, listed) if base else [],
        "left_out": (found.total or 0) - sum(len(one.claims) for one in listed),
        "assumptions": assumptions(asked, found.moment, NEAREST),
    })  # fmt: skip


NEAREST = (
    "The baseline is the attestation with the fewest steps to the origin, unless one is named."
)


def _baseline(every: list[Attestation], wanted: str | None) -> Attestation | None:
    if wanted is None:
        return every[0] if every else None
    found = next((one for one in every if wanted in one.claims), None)
    if found is None:
        raise refusal("no such attestation here", "baseline", "unknown_reference")
    return found


@router.get(
    "/claims/{id}/drift",
    response_model=DriftOut,
    **openapi.operation(404, parameters=OF_HOPS.documented(), example_id=IDS["claims"]),
)
async def get_claim_drift(request: Request, id: Id, reader: Snapshot) -> Response:
    """How the hops of one chain worded a figure

    The `wording` of each hop that has one, against the hop nearest the origin; the last is the
    document's own. Each is named: preserved, strengthened, weakened, dropped, added (of a hedge,
    or a figure), direction_changed, value_changed, operator_changed, measure_changed,
    dimension_changed, period_changed; a wording that differs in two ways has both names.
    """
    asked = OF_HOPS.asked(request)
    stored = await reads.get(reader, "claims", id, asked.question.moment)
    claim = json.loads(stored.doc)
    ids = {figure["measure"] for figure in claim.get("quantities", [])}
    rows = await reads.several(reader, "measures", ids, asked.question.moment)
    language = await _language(reader, claim["document"], asked.question.moment)
    yardsticks = {
        row.id: yardstick(json.loads(row.doc))._replace(language=language) for row in rows
    }
    worded = drift.hop_wordings(id, claim, yardsticks)
    moment = await analysis.moment_of(reader, asked.question)
    return reply.value({
        "claim": id, "baseline": worded[0].source if worded else None,
        "items": hops(worded), "left_out": 0,
        "assumptions": assumptions(asked, moment, WORDED),
    })  # fmt: skip


async def _language(reader: Reader, document: str, moment: int | None) -> str | None:
    """In which language a document is, and so the words and figures of those whom it quotes."""
    (work,) = await reads.several(reader, "sources", {document}, moment)
    language: str | None = json.loads(work.doc).get("language")
    return language


WORDED = "Each hop's `wording` is read by the lexicon; the document's is the claim's own figure."
