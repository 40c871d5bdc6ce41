"""Totals: what the figures of one measure come to, refused where they do not add up."""

from collections.abc import Sequence
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from app.api import openapi
from app.api.access import MayRead
from app.api.analysis_params import AnalysisParams, answer, equals_condition, with_condition
from app.api.dependencies import Settled, Snapshot
from app.api.examples import CONTAINERS
from app.api.query_params import id_of, missing, one_of_or_trait, text
from app.errors import Fault, Invalid
from app.models.analysis import TotalsOut
from app.render.analysis import VOICE, cells, left_out, not_added, overlaps, total, warnings
from app.rules import ratios, totals
from app.rules.totals import CountedSlot
from app.store import analysis
from app.store.analysis import Measured
from app.store.totals import FiguresToAdd, figures_to_add

router = APIRouter(tags=["analysis"], dependencies=[MayRead, Settled])
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


TOTALS = AnalysisParams(
    "quantities", "measure",
    text(
        "measure", "what is counted: one measure", id_of("measures"), CONTAINERS, True, minLength=1
    ),
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
    if "measure" not in asked.own:
        raise missing("measure", detail="send a measure")
    moment = asked.question.moment
    measure = await analysis.measured(reader, asked.own["measure"], moment, "measure")
    _additive(measure)
    by = asked.own.get("by", ())
    await analysis.require_parts(reader, measure, moment, by=by)
    question = with_condition(asked.question, equals_condition("quantities", "measure", measure.id))
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


def _domain(measure: Measured) -> ratios.ExactInterval:
    """The least and the most that a figure of the measure can be."""
    lower, upper = (measure.doc.get(name) for name in ("domain_min", "domain_max"))
    sides = {"lower": lower, "upper": upper}
    return ratios.reach({side: end for side, end in sides.items() if end is not None})
