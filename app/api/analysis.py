"""Analysis of measures: their series, comparison, ratios and totals.

Each answer tells the claims it used and what it assumes.
"""

from collections.abc import Sequence
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from app.api import cursor, openapi, reply
from app.api.access import MayRead
from app.api.dependencies import Settled, Snapshot
from app.api.examples import CONTAINERS
from app.api.query_params import TRAIT, QueryParam, id_of, integer, one_of_or_trait, some_of, text
from app.api.question_params import QuestionParams, answer, assumptions, of_measure
from app.api.resources import Id
from app.errors import Fault, Invalid, refusal
from app.models.analysis import ComparisonOut, RatiosOut, SeriesOut, TotalsOut
from app.render import comparison_json, documents, series_json
from app.render.analysis import VOICE, cells, left_out, not_added, overlaps, ratio, total, warnings
from app.rules import intervals, totals
from app.rules.intervals import Interval
from app.rules.ratios import ExactInterval, reach
from app.rules.totals import CountedSlot
from app.store import analysis, comparison, ratios, reads, series
from app.store.analysis import Measured
from app.store.totals import FiguresToAdd, figures_to_add

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
SERIES = QuestionParams(
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
    intervals.question_days(value)
    return value


COMPARISON = QuestionParams(
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
    at = None if when is None else intervals.question_days(when)
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


def _measure(name: str, description: str, example: str) -> QueryParam:
    """A parameter that names the measure whose figures are asked for."""
    read, refused = id_of("measures"), "send a measure"
    return text(name, description, read, example, refused, minLength=1)


RATIOS = QuestionParams(
    "quantities", "measure",
    _measure("numerator", "a measure", "shells.capacity.prk-rus"),
    _measure("denominator", "a measure", CONTAINERS),
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
    over, under = [
        await analysis.measured(reader, asked.own[name], asked.question.moment, name)
        for name in names
    ]
    if over.dated or under.dated:
        raise refusal("dates have no ratio", names[under.dated], "no_figures")
    by = asked.own.get("by", ("derivation", "utterance"))
    question = of_measure(asked.question, over.id)
    found, more = await ratios.figure_pairs(reader, question, under.id, by)
    body = {
        "numerator": over.id, "denominator": under.id,
        "unit": f"{over.doc['unit']}/{under.doc['unit']}", "by": by,
        "items": [ratio(pair, question.policy == "strict") for pair in found],
        "truncated": more,
    }  # fmt: skip
    return await answer(reader, asked, found, body, "The filters ask of the numerator.")


BY = ("period", "document", "claimant")
NOT_ADDED = {
    "cumulative": "a running total holds what was counted before: its latest figure is the total; "
    "ask /v1/measures/{id}/series for it",
    "stock": "what is there at one time is there again at the next: ask /v1/measures/{id}/series "
    "for the figure of the time you mean",
    "none": "it is not said whether its figures add up: if each counts what happened in its own "
    "period, set the measure's `accumulation` to incident",
}


def _by(value: str) -> tuple[str, ...]:
    read = one_of_or_trait(*BY)
    found = tuple(dict.fromkeys(map(read, value.split(","))))
    if len(found) > 10:
        raise ValueError("at most ten names")
    return found


TOTALS = QuestionParams(
    "quantities", "measure",
    _measure("measure", "what is counted: one measure", CONTAINERS),
    text(
        "by", "comma-separated: period, document, claimant, `dim.NAME`, `attr.NAME`", _by,
        minLength=1,
    ),
)  # fmt: skip


@router.get(
    "/totals",
    response_model=TotalsOut,
    **openapi.operation(parameters=TOTALS.documented()),
)
async def get_totals(request: Request, reader: Snapshot) -> Response:
    """What the figures of a measure come to

    Of a measure whose figures each count what happened in their own period (`accumulation`:
    incident), of one claimant or one document: the sum as an interval, [Σ lower, Σ upper], with
    the sum of the values named; how many claims were counted, and which give no figure. Periods
    that overlap are named. Refused (422, with the reason) for running totals, stocks, shares and
    rates, and where several voices may count the same thing. Claims corrected by others that were
    found, and figures in another unit, are left out and named. Takes every filter of
    `/quantities`; lists the claims it used and what it assumed.
    """
    asked = TOTALS.asked(request)
    moment = asked.question.moment
    measure = await analysis.measured(reader, asked.own["measure"], moment, "measure")
    _additive(measure)
    by = asked.own.get("by", ())
    await analysis.require_parts(reader, measure, moment, by=by)
    question = of_measure(asked.question, measure.id)
    found = await figures_to_add(reader, question)
    body = await to_thread.run_sync(_sums, measure, found, by, question.policy == "strict")
    return await answer(reader, asked, found.figures or found.against, body, *NOTES)


NOTES = (
    "Exact decimals are added: lower bounds, upper bounds, and the values named, each by itself.",
    "Of a figure with several alternatives or readings, the lowest and the highest bound count.",
    "A figure without a bound has the measure's own; where there is none, the end is open.",
    "What another claim found here corrects, revises, supersedes or retracts is left out.",
    "Figures in another unit than the measure's are not added.",
    "Nor is a figure that is one of several alternatives, unless all of them are found, and alike "
    "in what is grouped by.",
)


def _additive(measure: Measured) -> None:
    """Raise ``Invalid`` where the figures of a measure do not add up."""
    kind, statistic = measure.doc.get("accumulation", "none"), measure.doc.get("statistic", "count")
    why = NOT_ADDED.get(kind, "").replace("{id}", measure.id)
    if statistic in ("share", "rate", "date"):
        why = f"a {statistic} is not added to another: ask /v1/measures/{measure.id}/series"
    if why:
        fault = Fault(why, parameter="measure", code="not_additive")
        raise Invalid("The figures of this measure do not add up.", (fault,))


def _sums(
    measure: Measured, found: FiguresToAdd, by: Sequence[str], strict: bool
) -> dict[str, Any]:
    """The sums; raises ``Invalid`` where several voices may count the same."""
    unit = measure.doc["unit"]
    standing = [one for one in found.figures if one.claim not in found.corrected]
    apart: dict[str, list[CountedSlot]] = {}
    for one in standing:
        apart.setdefault(not_added(one, unit, by), []).append(one)
    added = apart.pop("", [])
    own_voice = [name for name in by if name in VOICE]
    parts = cells(added, own_voice)
    for some in parts.values():
        _one_voice(some)
    domain = _domain(measure)
    corrected = {one.claim: found.corrected[one.claim] for one in found.figures
                 if one.claim in found.corrected}  # fmt: skip
    groups = cells(added, by) if by else {}
    return {
        "measure": measure.id, "unit": unit, "by": list(by),
        "total": total(added, strict, domain) if len(parts) < 2 else None,
        "groups": [
            {"group": dict(zip(by, key, strict=True)), **total(some, strict, domain)}
            for key, some in groups.items()
        ],
        "overlaps": overlaps(added),
        "warnings": warnings(list(groups.values()) or [added]),
        "left_out": left_out(corrected, apart),
        "against": found.against,
    }  # fmt: skip


def _one_voice(some: Sequence[CountedSlot]) -> None:
    """Raise ``Invalid`` where several voices would be added, or one is heard twice."""
    who, documents = totals.voices(some)
    if len(who) > 1 and len(documents) > 1:
        _refuse(f"the figures are of {len(who)} claimants in {len(documents)} documents")
    for a, b in totals.overlapping(one for one in some if not one.missing):
        if (a.voice, a.document) != (b.voice, b.document):
            _refuse(f"{a.claim} and {b.claim} may count the same: their periods share days")


def _refuse(why: str) -> None:
    detail = f"{why}; narrow it to one with `claimant` or `document`, or group by them with `by`"
    raise Invalid("Several voices would be added up.", (Fault(detail, code="several_voices"),))


def _domain(measure: Measured) -> ExactInterval:
    """The least and the most that a figure of the measure can be."""
    lower, upper = (measure.doc.get(name) for name in ("domain_min", "domain_max"))
    sides = {"lower": lower, "upper": upper}
    return reach({side: end for side, end in sides.items() if end is not None})
