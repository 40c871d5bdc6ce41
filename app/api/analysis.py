"""Analysis: from stored claims to answers, each with the claims it used and what it assumes."""

from dataclasses import replace

from fastapi import APIRouter, Request, Response

from app.api import analysis_documentation as docs
from app.api import cursor, evidence, reply, values
from app.api.access import MayRead
from app.api.dependencies import Settled, Snapshot
from app.api.query import Readers
from app.api.resources import Id
from app.errors import Fault, Invalid
from app.models.analysis import ComparisonOut, RatiosOut, SeriesOut
from app.render import analysis, comparison_json, documents, series_json
from app.rules import edtf
from app.rules.intervals import Interval
from app.store import analysis as figures
from app.store import comparison as comparisons
from app.store import ratios, reads, references
from app.store import series as points

router = APIRouter(tags=["analysis"], dependencies=[MayRead, Settled])
LIMIT = values.whole_number(1, 10_000)
NOBODY = "Claims that name nobody are of one group only where one document holds them."
JOINT = "Those who speak together are a group of their own."
VOICES = {
    "claimant": (NOBODY, JOINT),
    "origin": (NOBODY, JOINT),
    "origin_root": (NOBODY, JOINT, "An origin whose root is unknown is a group of its own."),
}
MEASURE = values.id_of("measures")
UNDATED = "Reference time is the end of `period`, else `stated`; overlapping times are not ordered."


@router.get("/measures/{id}/series", response_model=SeriesOut, **docs.SERIES)
async def series(request: Request, id: Id, reader: Snapshot) -> Response:
    own: Readers = {
        "group_by": values.one_of_or_named(*docs.GROUPS),
        "limit": LIMIT,
        "cursor": str,
    }
    asked = evidence.asked(request, own, {"measure": id}, kinds=(str, int, int, str, int))
    measure = await figures.measure(reader, id, asked.question.moment)
    group_by = asked.own.get("group_by", "claimant")
    await figures.parts_known(reader, measure, asked.question.moment, group_by=[group_by])
    found = await points.series(reader, measure, asked.question, group_by)
    some = found.points or found.against or asked.question.after
    await references.require(reader, asked.question, bool(some))
    token = found.after and cursor.make(found.moment, asked.question.fingerprint, found.after)
    path = reply.next_path(request, token) if token else None
    notes = (UNDATED, *VOICES.get(group_by, ()))
    head = {
        "measure": id, "unit": measure.doc["unit"], "group_by": group_by,
        "accumulation": measure.doc.get("accumulation", "none"),
        "assumptions": evidence.assumptions(asked, found.moment, *notes),
        "next_cursor": token or None, "next": path,
    }  # fmt: skip
    lists = (
        f'"groups":{series_json.groups(found.points, measure.dated, group_by)}'
        f',"against":{series_json.points(found.against, measure.dated)}'
    )
    body = f"{documents.text(head)[:-1]},{lists}}}"
    return Response(body, media_type=reply.JSON)


@router.get("/measures/{id}/comparison", response_model=ComparisonOut, **docs.COMPARISON)
async def compare(request: Request, id: Id, reader: Snapshot) -> Response:
    own: Readers = {"at": _date, "limit": values.whole_number(2, comparisons.MOST)}
    asked = evidence.asked(request, own, {"measure": id})
    measure = await figures.measure(reader, id, asked.question.moment)
    when = asked.own.get("at")
    at = None if when is None else edtf.question_days(when)
    found = await comparisons.nearest(reader, measure, asked.question, at)
    await references.require(reader, asked.question, bool(found.candidates or found.against))
    time = None if at is None else Interval(at.lo, at.hi)
    kind = (measure.cumulative, measure.dated)
    speakers = comparison_json.speakers(found.candidates)
    names = await reads.names(reader, speakers, asked.question.moment)
    slots = comparison_json.slots(found.candidates, names)
    common, spread = comparison_json.overall(slots, time, *kind)
    moment = await figures.moment_of(reader, asked.question)
    notes = [UNDATED, GROWS, REVISED] if measure.cumulative else [UNDATED, REVISED]
    return reply.value({
        "measure": id, "at": when,
        "figures": comparison_json.figures(slots, time, *kind),
        "pairs": comparison_json.pairs(slots, *kind, found.relations),
        "common": common, "spread": spread,
        "left_out": found.left_out, "against": found.against,
        "assumptions": evidence.assumptions(asked, moment, *notes),
    })  # fmt: skip


GROWS = "A running total only grows: lower bounds carry forward in time, upper bounds backward."

REVISED = "Who gives another figure later, or corrects one, revises it: that is no disagreement."


def _date(value: str) -> str:
    edtf.question_days(value)
    return value


@router.get("/ratios", response_model=RatiosOut, **docs.RATIOS)
async def implied(request: Request, reader: Snapshot) -> Response:
    own: Readers = {
        "numerator": MEASURE, "denominator": MEASURE, "by": _bases,
        "limit": values.whole_number(1, 1000),
    }  # fmt: skip
    asked = evidence.asked(request, own, {"measure": None})
    names = ("numerator", "denominator")
    missing = tuple(
        Fault("send a measure", None, n, "missing") for n in names if n not in asked.own
    )
    if missing:
        raise Invalid(faults=missing)
    over, under = [
        await figures.measure(reader, asked.own[name], asked.question.moment, name)
        for name in names
    ]
    if over.dated or under.dated:
        raise Invalid(
            faults=(Fault("dates have no ratio", None, names[under.dated], "no_figures"),)
        )
    by = asked.own.get("by", ("derivation", "utterance"))
    only = evidence.narrowing("quantities", "measure", over.id)
    question = replace(asked.question, conditions=(*asked.question.conditions, only))
    found, more = await ratios.pairs(reader, question, under.id, by)
    await references.require(reader, asked.question, bool(found))
    moment = await figures.moment_of(reader, asked.question)
    return reply.value({
        "numerator": over.id, "denominator": under.id,
        "unit": f"{over.doc['unit']}/{under.doc['unit']}", "by": by,
        "items": [analysis.ratio(pair, question.policy == "strict") for pair in found],
        "truncated": more,
        "assumptions": evidence.assumptions(asked, moment, "The filters ask of the numerator."),
    })  # fmt: skip


def _bases(value: str) -> tuple[str, ...]:
    sent = values.some_of(ratios.LINKS)(value)
    return tuple(one for one in ratios.LINKS if one in sent)
