"""What /docs says of the analysis endpoints."""

from typing import Any

from app.api.documentation import operation
from app.api.parameters import of_analysis, parameter

DATE = {"type": "string", "minLength": 1}


def _limit(most: int, default: int, what: str) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
    return parameter("limit", what, schema)


def _one_of(*words: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(words), "default": words[0]}


def _extra(id: str | None, resource: str, fixed: tuple[str, ...], *own: dict[str, Any]) -> Any:
    shown = {"parameters": [*own, *of_analysis(resource, fixed)]}
    return shown | ({"x-example-id": id} if id else {})


GROUPS = ("claimant", "origin", "origin_root", "document", "none")
GROUP_BY = {
    "type": "string", "default": "claimant",
    "pattern": rf"^({'|'.join(GROUPS)}|(dim|attr)\.[a-z][a-z0-9_]{{0,63}})$",
}  # fmt: skip
CONTAINERS = "containers.prk-rus"
FILTERED = " Takes every filter of `/quantities`; lists the claims it used and what it assumed."
SERIES = operation(
    "get_measure_series", "A measure's figures in time",
    "Points by reference time (the end of `period`, else `stated`), each with the step from the "
    "point before it in its group, of the same unit and dimensions: **update** (later), "
    "**revision** (the same reference time), **repeat** (the same figure), **decrease** (a running "
    "total that fell), **unclear** (the times overlap). Claims that name nobody are no group "
    "across documents; joint claimants are one together. Denials stand apart in `against`."
    + FILTERED,
    404,
    extra=_extra(
        CONTAINERS, "quantities", ("measure",),
        parameter("group_by", f"what a line is: one of {', '.join(GROUPS)}, or a dimension or an "
                  "attribute as `dim.NAME`, `attr.NAME`", GROUP_BY),
        _limit(10_000, 50, "points on a page"),
        parameter("cursor", "`next_cursor` of the page before", {"type": "string"}),
    ),
)  # fmt: skip
COMPARISON = operation(
    "compare_measure", "Do figures really disagree?",
    "Every pair of claims on a measure: how their intervals lie, what they have in common, and "
    "whether they exclude each other. They do only at the same reference time, or where a running "
    "total falls; where the times cannot be told apart the answer is `unclear`, and `reason` says "
    "on what it depends. With `at` each figure also tells what it says of that time: a running "
    "total carries its lower bound forward and its upper bound backward. The figures nearest to "
    "`at` (else the latest) are compared, up to `limit`; `left_out` counts the others." + FILTERED,
    404,
    extra=_extra(
        CONTAINERS, "quantities", ("measure",),
        parameter("at", "EDTF: what do the figures say of this time?", DATE, example="2024-06"),
        _limit(100, 50, "figures to compare") | {"schema": {
            "type": "integer", "minimum": 2, "maximum": 100, "default": 50}},
    ),
)  # fmt: skip
BEHIND = (
    "How many claims, documents, relayers and origins stand behind it, and how many of the origins "
    "are independent of each other: at least one for each known root of affiliation, at most one "
    "more for each origin whose root is unknown. Relayers, publishers and documents are no "
    "origins; a claim derived from another adds none. Circular chains are listed."
)


def _corroboration(of: str, id: str | None, fixed: tuple[str, ...]) -> dict[str, Any]:
    extra = _extra(id, "claims", fixed)
    name = of.replace("the ", "").replace(" ", "_")
    missing = (404,) if fixed else ()
    return operation(
        f"corroborate_{name}", f"Who stands behind {of}", BEHIND + FILTERED, *missing, extra=extra
    )


OF_MEASURE = _corroboration("a measure", CONTAINERS, ("measure",))
OF_UTTERANCE = _corroboration("an utterance", "shin-2024-06-bloomberg", ("utterance",))
OF_CLAIM = _corroboration("a claim", "shin-2024-06-containers", ("id",))
OF_ANY = _corroboration("the claims found", None, ())
MEASURE_ID = {"type": "string", "minLength": 1}
RATIOS = operation(
    "list_ratios", "Ratios that two measures imply",
    "Pairs of figures that belong together, divided: a claim derived from another, two claims of "
    "one speech act, or (on request) of one document. Interval arithmetic in exact decimals: "
    "`value` is the ratio of the nominal values, `bounds` hold every ratio that the hedges allow, "
    "told in twelve digits rounded outwards; an end that is null is open." + FILTERED,
    extra=_extra(
        None, "quantities", ("measure",),
        parameter("numerator", "a measure", MEASURE_ID, required=True,
                  example="shells.capacity.prk-rus"),
        parameter("denominator", "a measure", MEASURE_ID, required=True, example=CONTAINERS),
        parameter("by", "with commas: derivation, utterance, document",
                  {"type": "string", "default": "derivation,utterance"}),
        _limit(1000, 50, "pairs"),
    ),
)  # fmt: skip
TOTALS = operation(
    "get_totals", "What the figures of a measure come to",
    "Of a measure whose figures each count what happened in their own period (`accumulation`: "
    "incident), of one claimant or one document: the sum as an interval, [Σ lower, Σ upper], with "
    "the sum of the values named; how many claims were counted, and which give no figure. Periods "
    "that overlap are named. Refused (422, with the reason) for running totals, stocks, shares and "
    "rates, and where several voices may count the same thing. Claims corrected by others that "
    "were found, and figures in another unit, are left out and named." + FILTERED,
    extra=_extra(
        None, "quantities", ("measure",),
        parameter("measure", "what is counted: one measure", MEASURE_ID, required=True,
                  example=CONTAINERS),
        parameter("by", "with commas: period, document, claimant, `dim.NAME`, `attr.NAME`",
                  {"type": "string", "minLength": 1}),
    ),
)  # fmt: skip
DRIFTED = (
    " Each is named: preserved, strengthened, weakened, dropped, added (of a hedge, or a figure), "
    "direction_changed, value_changed, operator_changed, measure_changed, dimension_changed, "
    "period_changed; a wording that differs in two ways has both names."
)
DRIFT = operation(
    "get_utterance_drift", "How an utterance was worded on its way",
    "Every attestation of one speech act against the one nearest the origin (or `baseline`)."
    + DRIFTED + FILTERED,
    404,
    extra=_extra(
        "shin-2024-06-bloomberg", "claims", ("utterance",),
        parameter("baseline", "the claim to compare with", {"type": "string", "minLength": 1}),
        _limit(500, 50, "attestations"),
    ),
)  # fmt: skip
CHAIN_DRIFT = operation(
    "get_claim_drift", "How the hops of one chain worded a figure",
    "The `wording` of each hop that has one, against the hop nearest the origin; the last is the "
    "document's own." + DRIFTED,
    404,
    extra=_extra("shin-2024-03-containers", "claims", ("id",)),
)  # fmt: skip
