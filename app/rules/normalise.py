"""From a claim as it was sent, perhaps in four fields, to its full form."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from app.errors import Fault, Invalid
from app.rules import chain
from app.rules.json_types import JsonObject

FLAT = frozenset({
    "measure", "raw_text", "hedge", "value", "date", "unit", "absence", "dimensions", "attributes",
    "lower", "upper", "lower_inclusive", "upper_inclusive", "lower_basis", "upper_basis",
    "interval_type", "interval_level", "slot", "alternative", "reading", "reading_note",
    "preferred", "lexicon_version", "flags",
})  # fmt: skip
"""The fields of a quantity, which a claim of one figure may carry itself."""


def unfolded(sent: JsonObject) -> dict[str, Any]:
    """The full form of a claim: quantities with their places, and the chain spelled out.

    ``sent`` holds only what the writer sent. Raises ``Invalid``.
    """
    flat = {name: value for name, value in sent.items() if name in FLAT}
    rest = {n: v for n, v in sent.items() if n not in FLAT and n not in ("via", "included", "id")}
    if flat and "quantities" in sent:
        raise Invalid(
            faults=(_both("/quantities", "a figure sent flat, or `quantities`: not both"),)
        )
    if "via" in sent and "attributions" in sent:
        raise Invalid(faults=(_both("/via", "`via`, or `attributions`: not both"),))
    if flat and "measure" not in flat:
        raise Invalid(
            faults=(Fault("a figure needs its measure", pointer="/measure", code="missing"),)
        )
    quantities = placed([flat] if flat else sent.get("quantities", []))
    hops = _chain(sent)
    return rest | {"attributions": hops, "quantities": quantities}


def _both(pointer: str, detail: str) -> Fault:
    return Fault(detail, pointer=pointer, code="ambiguous")


def _chain(sent: JsonObject) -> list[dict[str, Any]]:
    document, claimant = sent["document"], sent.get("claimant")
    if "attributions" not in sent:
        return chain.spelled_out(document, sent.get("via", ()), claimant)
    hops = chain.positioned(sent["attributions"])
    chain.check(hops, document, claimant)
    return hops


def placed(quantities: Sequence[JsonObject]) -> list[dict[str, Any]]:
    """Each figure with its slot (its index unless sent), alternative and reading."""
    whole = [
        {**figure, "slot": figure.get("slot", n), "alternative": figure.get("alternative", 1),
         "reading": figure.get("reading", "A")}
        for n, figure in enumerate(quantities, 1)
    ]  # fmt: skip
    places = Counter((q["slot"], q["alternative"], q["reading"]) for q in whole)
    preferred = Counter((q["slot"], q["alternative"]) for q in whole if q.get("preferred"))
    if any(times > 1 for times in places.values()):
        raise _misplaced("two figures have the same slot, alternative and reading")
    if any(times > 1 for times in preferred.values()):
        raise _misplaced("at most one reading of a slot and alternative is `preferred`")
    return whole


def _misplaced(detail: str) -> Invalid:
    return Invalid(faults=(Fault(detail, pointer="/quantities", code="misplaced"),))


def candidates(quantities: Iterable[JsonObject]) -> list[dict[str, bool]]:
    """For each figure: is it considered, and is it its slot's only candidate (of those)?

    Considered is the preferred reading of its slot and alternative; where none is preferred,
    all of them.
    """
    all_of = list(quantities)
    decided = {_alternative(q) for q in all_of if q.get("preferred")}
    considered = [bool(q.get("preferred")) or _alternative(q) not in decided for q in all_of]
    every = Counter(q["slot"] for q in all_of)
    few = Counter(q["slot"] for q, kept in zip(all_of, considered, strict=True) if kept)
    return [
        {
            "considered": kept,
            "sole": every[q["slot"]] == 1,
            "sole_considered": kept and few[q["slot"]] == 1,
        }
        for q, kept in zip(all_of, considered, strict=True)
    ]


def _alternative(figure: JsonObject) -> tuple[int, int]:
    return figure["slot"], figure["alternative"]
