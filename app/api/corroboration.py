"""Corroboration and drift: who stands behind claims, and what became of the wording on its way."""

import json
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request, Response

from app.api import analysis_documentation as docs
from app.api import evidence, reply, values
from app.api.access import MayRead
from app.api.dependencies import Settled, Snapshot
from app.api.query import Readers
from app.api.resources import Id
from app.errors import Fault, Invalid, NotFound
from app.models.analysis import CorroborationOut, DriftOut
from app.render import analysis
from app.rules import drift
from app.rules.drift import Attestation
from app.store import analysis as figures
from app.store import corroboration as corroborations
from app.store import list_query, reads, references
from app.store.reference_lookup import yardstick

router = APIRouter(tags=["analysis"], dependencies=[MayRead, Settled])


@router.get("/measures/{id}/corroboration", response_model=CorroborationOut, **docs.OF_MEASURE)
async def of_measure(request: Request, id: Id, reader: Snapshot) -> Response:
    asked = evidence.asked(request, {}, {"measure": id}, "claims")
    await figures.measure(reader, id, asked.question.moment)
    return await _corroboration(reader, asked)


@router.get("/utterances/{id}/corroboration", response_model=CorroborationOut, **docs.OF_UTTERANCE)
async def of_utterance(request: Request, id: Id, reader: Snapshot) -> Response:
    asked = evidence.asked(request, {}, {"utterance": id}, "claims")
    if not await references.stored(reader, "utterances", id):
        raise NotFound()
    return await _corroboration(reader, asked, needed=not asked.filters)


@router.get("/claims/{id}/corroboration", response_model=CorroborationOut, **docs.OF_CLAIM)
async def of_claim(request: Request, id: Id, reader: Snapshot) -> Response:
    asked = evidence.asked(request, {}, {"id": id}, "claims")
    await reads.get(reader, "claims", id, asked.question.moment)
    return await _corroboration(reader, asked)


@router.get("/corroboration", response_model=CorroborationOut, **docs.OF_ANY)
async def of_any(request: Request, reader: Snapshot) -> Response:
    return await _corroboration(reader, evidence.asked(request, {}, {}, "claims"))


async def _corroboration(reader: Any, asked: evidence.Asked, needed: bool = False) -> Response:
    found = await corroborations.behind(reader, asked.question)
    some = bool(found.claims.total + found.against.total)
    if needed and not some:
        raise NotFound()
    await references.require(reader, asked.question, some)
    moment = await figures.moment_of(reader, asked.question)
    told = evidence.assumptions(asked, moment, *INDEPENDENCE)
    return reply.value({**analysis.corroboration(found), "assumptions": told})


INDEPENDENCE = (
    "Origins under one root of affiliation count as one.",
    "An origin whose root is unknown may belong to any of them, or stand alone.",
    "A claim derived from another adds no origin; relayers, publishers and documents never do.",
)


@router.get("/utterances/{id}/drift", response_model=DriftOut, **docs.DRIFT)
async def of_attestations(request: Request, id: Id, reader: Snapshot) -> Response:
    own: Readers = {"baseline": values.id_of("claims"), "limit": values.whole_number(1, 500)}
    asked = evidence.asked(request, own, {"utterance": id}, "claims")
    if not await references.stored(reader, "utterances", id):
        raise NotFound()
    found = await list_query.page(reader, replace(asked.question, count=True))
    claims = [(row[0], json.loads(row[6])) for row in found.rows]
    if not claims and not asked.filters:
        raise NotFound()
    every = drift.attestations(claims)
    base = _baseline(every, asked.own.get("baseline"))
    return reply.value({
        "utterance": id, "baseline": base and base.claims[0],
        "items": analysis.drifts(base, every) if base else [],
        "left_out": (found.total or 0) - len(claims),
        "assumptions": evidence.assumptions(asked, found.moment, NEAREST),
    })  # fmt: skip


NEAREST = (
    "The baseline is the attestation with the fewest steps to the origin, unless one is named."
)


def _baseline(every: list[Attestation], wanted: str | None) -> Attestation | None:
    if wanted is None:
        return every[0] if every else None
    found = next((one for one in every if wanted in one.claims), None)
    if found is None:
        fault = Fault("no such attestation here", parameter="baseline", code="unknown_reference")
        raise Invalid(faults=(fault,))
    return found


@router.get("/claims/{id}/drift", response_model=DriftOut, **docs.CHAIN_DRIFT)
async def along_a_chain(request: Request, id: Id, reader: Snapshot) -> Response:
    asked = evidence.asked(request, {}, {"id": id}, "claims")
    stored = await reads.get(reader, "claims", id, asked.question.moment)
    claim = json.loads(stored.doc)
    ids = {figure["measure"] for figure in claim.get("quantities", [])}
    rows = await reads.several(reader, "measures", ids, asked.question.moment)
    hops = drift.hop_wordings(id, claim, {row.id: yardstick(json.loads(row.doc)) for row in rows})
    moment = await figures.moment_of(reader, asked.question)
    return reply.value({
        "claim": id, "baseline": hops[0].source if hops else None,
        "items": analysis.hops(hops), "left_out": 0,
        "assumptions": evidence.assumptions(asked, moment, WORDED),
    })  # fmt: skip


WORDED = "Each hop's `wording` is read by the lexicon; the document's is the claim's own figure."
