"""Analysis: from stored claims to answers, each with the claims it used and what it assumes."""

from fastapi import APIRouter, Request, Response

from app.api import cursor, openapi, reply
from app.api.access import MayRead
from app.api.analysis_params import (
    AnalysisParams,
    answer,
    assumptions,
    equals_condition,
    with_condition,
)
from app.api.dependencies import Settled, Snapshot
from app.api.examples import CONTAINERS
from app.api.query_params import TRAIT, id_of, integer, missing, one_of_or_trait, some_of, text
from app.api.resources import Id
from app.errors import Fault, Invalid
from app.models.analysis import ComparisonOut, RatiosOut, SeriesOut
from app.render import comparison_json, documents, series_json
from app.render.analysis import ratio
from app.rules import edtf
from app.rules.intervals import Interval
from app.store import analysis, comparison, ratios, reads, series

router = APIRouter(tags=["analysis"], dependencies=[MayRead, Settled])
NOBODY = "Claims that name nobody are of one group only where one document holds them."
JOINT = "Those who speak together are a group of their own."
VOICES = {
    "claimant": (NOBODY, JOINT),
    "origin": (NOBODY, JOINT),
    "origin_root": (NOBODY, JOINT, "An origin whose root is unknown is a group of its own."),
}
UNDATED = "Reference time is the end of `period`, else `stated`; overlapping times are not ordered."


GROUPS = ("claimant", "origin", "origin_root", "document", "none")
SERIES = AnalysisParams(
    "quantities", "measure",
    text(
        "group_by",
        f"what a line is: one of {', '.join(GROUPS)}, or a dimension or an attribute as "
        "`dim.NAME`, `attr.NAME`",
        one_of_or_trait(*GROUPS), default="claimant",
        pattern=rf"^({'|'.join(GROUPS)}|{TRAIT})$",
    ),
    integer("limit", "points on a page", 1, 10_000, 50),
    text("cursor", "`next_cursor` of the page before"),
    keys=(str, int, int, str, int),
)  # fmt: skip


@router.get(
    "/measures/{id}/series",
    response_model=SeriesOut,
    **openapi.operation(404, parameters=SERIES.documented(), example_id=CONTAINERS),
)
async def get_measure_series(request: Request, id: Id, reader: Snapshot) -> Response:
    """A measure's figures in time

    Points by reference time (the end of `period`, else `stated`), each with the step from the
    point before it in its group, of the same unit and dimensions: **update** (later), **revision**
    (the same reference time), **repeat** (the same figure), **decrease** (a running total that
    fell), **unclear** (the times overlap). Claims that name nobody are no group across documents;
    joint claimants are one together. Denials stand apart in `against`. Takes every filter of
    `/quantities`; lists the claims it used and what it assumed.
    """
    asked = SERIES.asked(request, id)
    measure = await analysis.measured(reader, id, asked.question.moment)
    group_by = asked.own.get("group_by", "claimant")
    await analysis.require_parts(reader, measure, asked.question.moment, group_by=[group_by])
    found = await series.series_page(reader, measure, asked.question, group_by)
    some = found.points or found.against or asked.question.after
    await reads.require_stored(reader, asked.question, bool(some))
    token = found.after and cursor.make(found.moment, asked.question.fingerprint, found.after)
    url = reply.next_url(request, token) if token else None
    notes = (UNDATED, *VOICES.get(group_by, ()))
    head = {
        "measure": id, "unit": measure.doc["unit"], "group_by": group_by,
        "accumulation": measure.doc.get("accumulation", "none"),
        "assumptions": assumptions(asked, found.moment, *notes),
        "against_left_out": found.against_left_out,
        "next_cursor": token or None, "next": url,
    }  # fmt: skip
    lists = (
        f'"groups":{series_json.groups(found.points, measure.dated, group_by)}'
        f',"against":{series_json.points(found.against, measure.dated)}'
    )
    body = f"{documents.text(head)[:-1]},{lists}}}"
    return Response(body, media_type=reply.JSON)


def _date(value: str) -> str:
    edtf.question_days(value)
    return value


COMPARISON = AnalysisParams(
    "quantities", "measure",
    text("at", "EDTF: what do the figures say of this time?", _date, "2024-06", minLength=1),
    integer("limit", "figures to compare", 2, comparison.MAX_SLOTS, 50),
)  # fmt: skip


@router.get(
    "/measures/{id}/comparison",
    response_model=ComparisonOut,
    **openapi.operation(404, parameters=COMPARISON.documented(), example_id=CONTAINERS),
)
async def get_measure_comparison(request: Request, id: Id, reader: Snapshot) -> Response:
    """Do figures really disagree?

    Every pair of claims on a measure: how their intervals lie, what they have in common, and
    whether they exclude each other. They do only at the same reference time, or where a running
    total falls; where the times cannot be told apart the answer is `unclear`, and `reason` says on
    what it depends. With `at` each figure also tells what it says of that time: a running total
    carries its lower bound forward and its upper bound backward. The figures nearest to `at` (else
    the latest) are compared, up to `limit`; `left_out` counts the others. Takes every filter of
    `/quantities`; lists the claims it used and what it assumed.
    """
    asked = COMPARISON.asked(request, id)
    measure = await analysis.measured(reader, id, asked.question.moment)
    when = asked.own.get("at")
    at = None if when is None else edtf.question_days(when)
    found = await comparison.nearest_slots(reader, measure, asked.question, at)
    time = None if at is None else Interval(at.lo, at.hi)
    kind = (measure.cumulative, measure.dated)
    speakers = comparison_json.speakers(found.candidates)
    names = await reads.names(reader, speakers, asked.question.moment)
    slots = comparison_json.group_by_slot(found.candidates, names, measure.doc["unit"])
    common, spread = comparison_json.overall(slots, time, *kind)
    notes = [UNDATED, GROWS, REVISED] if measure.cumulative else [UNDATED, REVISED]
    body = {
        "measure": id, "unit": measure.doc["unit"], "at": when,
        "figures": comparison_json.figures(slots, time, *kind),
        "pairs": comparison_json.pairs(slots, *kind, found.relations),
        "common": common, "spread": spread,
        "left_out": found.left_out, "against": found.against,
    }  # fmt: skip
    return await answer(reader, asked, found.candidates or found.against, body, *notes)


GROWS = "A running total only grows: lower bounds carry forward in time, upper bounds backward."

REVISED = "Who gives another figure later, or corrects one, revises it: that is no disagreement."


def _bases(value: str) -> tuple[str, ...]:
    sent = some_of(ratios.LINKS)(value)
    return tuple(one for one in ratios.LINKS if one in sent)


RATIOS = AnalysisParams(
    "quantities", "measure",
    text("numerator", "a measure", id_of("measures"), "shells.capacity.prk-rus", True, minLength=1),
    text("denominator", "a measure", id_of("measures"), CONTAINERS, True, minLength=1),
    text(
        "by", "comma-separated: derivation, utterance, document", _bases,
        default="derivation,utterance",
    ),
    integer("limit", "pairs", 1, 1000, 50),
)  # fmt: skip


@router.get(
    "/ratios",
    response_model=RatiosOut,
    **openapi.operation(parameters=RATIOS.documented()),
)
async def list_ratios(request: Request, reader: Snapshot) -> Response:
    """Ratios that two measures imply

    Pairs of figures that belong together, divided: a claim derived from another, two claims of one
    speech act, or (on request) of one document; not those that differ in a dimension. Interval
    arithmetic in exact decimals: `value` is the ratio of the nominal values, `bounds` hold every
    ratio that the hedges allow, told in twelve digits rounded outwards; an end that is null is
    open. Takes every filter of `/quantities`; lists the claims it used and what it assumed.
    """
    asked = RATIOS.asked(request)
    names = ("numerator", "denominator")
    lacking = [n for n in names if n not in asked.own]
    if lacking:
        raise missing(*lacking, detail="send a measure")
    over, under = [
        await analysis.measured(reader, asked.own[name], asked.question.moment, name)
        for name in names
    ]
    if over.dated or under.dated:
        raise Invalid(
            faults=(Fault("dates have no ratio", None, names[under.dated], "no_figures"),)
        )
    by = asked.own.get("by", ("derivation", "utterance"))
    question = with_condition(asked.question, equals_condition("quantities", "measure", over.id))
    found, more = await ratios.figure_pairs(reader, question, under.id, by)
    body = {
        "numerator": over.id, "denominator": under.id,
        "unit": f"{over.doc['unit']}/{under.doc['unit']}", "by": by,
        "items": [ratio(pair, question.policy == "strict") for pair in found],
        "truncated": more,
    }  # fmt: skip
    return await answer(reader, asked, found, body, "The filters ask of the numerator.")
