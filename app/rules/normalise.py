"""The full form of a claim: from what was sent, perhaps flat or as a change to one figure.

A claim of one figure may carry the figure's fields itself, and a change may be sent so too. What a
change makes untrue is derived anew: it must not come back as if the writer had sent it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from app.errors import Fault, Invalid
from app.rules import chain, figures
from app.rules.bounds import FIELDS, MeasureContext
from app.rules.json_types import JsonObject
from app.rules.tokenizer import Unreadable

FLAT_FIELDS = frozenset({
    "measure", "raw_text", "hedge", "value", "date", "unit", "absence", "dimensions", "attributes",
    "lower", "upper", "lower_inclusive", "upper_inclusive", "lower_basis", "upper_basis",
    "interval_type", "interval_level", "slot", "alternative", "reading", "reading_note",
    "preferred", "lexicon_version", "flags",
})  # fmt: skip
"""The fields of a quantity, which a claim of one figure may carry itself."""

FLAT_OR_NOT = "a figure sent flat, or `quantities`: not both"


def full_form(sent: JsonObject) -> dict[str, Any]:
    """The full form of a claim: quantities with their places, and the chain spelled out.

    ``sent`` holds only what the writer sent. Raises ``Invalid``.
    """
    flat = {name: value for name, value in sent.items() if name in FLAT_FIELDS}
    if flat and "quantities" in sent:
        raise _invalid(FLAT_OR_NOT, "/quantities")
    if "via" in sent and "attributions" in sent:
        raise _invalid("`via`, or `attributions`: not both", "/via")
    if flat and "measure" not in flat:
        raise _invalid("a figure needs its measure", "/measure", code="missing")
    quantities = with_places([flat] if flat else sent.get("quantities", []))
    rest = {n: v for n, v in sent.items() if n not in FLAT_FIELDS | {"via", "included", "id"}}
    return rest | {"attributions": _chain(sent), "quantities": quantities}


def _invalid(detail: str, *pointers: str, code: str = "ambiguous") -> Invalid:
    return Invalid(faults=tuple(Fault(detail, pointer, code=code) for pointer in pointers))


def _chain(sent: JsonObject) -> list[dict[str, Any]]:
    document, claimant = sent["document"], sent.get("claimant")
    if "attributions" not in sent:
        return chain.default_chain(document, sent.get("via", ()), claimant)
    hops = chain.positioned(sent["attributions"])
    chain.check(hops, document, claimant)
    return hops


def with_places(quantities: Sequence[JsonObject]) -> list[dict[str, Any]]:
    """Each figure with its slot (its index unless sent), alternative and reading."""
    if len(quantities) > 1:
        _require_slots(quantities)
    placed = [
        {**figure, "slot": figure.get("slot", n), "alternative": figure.get("alternative", 1),
         "reading": figure.get("reading", "A")}
        for n, figure in enumerate(quantities, 1)
    ]  # fmt: skip
    if _repeats((*_alternative(one), one["reading"]) for one in placed):
        detail = "two figures have the same slot, alternative and reading"
        raise _invalid(detail, "/quantities", code="misplaced")
    if _repeats(_alternative(one) for one in placed if one.get("preferred")):
        detail = "at most one reading of a slot and alternative is `preferred`"
        raise _invalid(detail, "/quantities", code="misplaced")
    return placed


def _require_slots(quantities: Sequence[JsonObject]) -> None:
    """Refuse another alternative or reading of no slot: by its index it would be said *beside*."""
    without = [
        f"/quantities/{n}/slot" for n, one in enumerate(quantities)
        if "slot" not in one and (one.get("alternative", 1), one.get("reading", "A")) != (1, "A")
    ]  # fmt: skip
    if without:
        detail = "which slot is this an alternative or a reading of? send `slot` with it"
        raise _invalid(detail, *without, code="misplaced")


def _repeats(places: Iterable[Any]) -> bool:
    every = list(places)
    return len({*every}) < len(every)


def considered(quantities: Sequence[JsonObject]) -> list[bool]:
    """Which figures are considered readings: of each slot and alternative the preferred, else all.

    The one place that says so; rows keep it as a column, and drift compares only these.
    """
    decided = {_alternative(one) for one in quantities if one.get("preferred")}
    return [bool(q.get("preferred")) or _alternative(q) not in decided for q in quantities]


def candidate_columns(quantities: Sequence[JsonObject]) -> list[dict[str, bool]]:
    """For each figure: is it considered, and is it its slot's only candidate (of those)?"""
    flags = considered(quantities)
    every = Counter(q["slot"] for q in quantities)
    few = Counter(q["slot"] for q, counts in zip(quantities, flags, strict=True) if counts)
    return [
        {
            "considered": counts,
            "sole": every[q["slot"]] == 1,
            "sole_considered": counts and few[q["slot"]] == 1,
        }
        for q, counts in zip(quantities, flags, strict=True)
    ]


def _alternative(figure: JsonObject) -> tuple[int, int]:
    return figure["slot"], figure["alternative"]


# --------------------------------------------------------------- a change to a claim of one figure

LOWER = ("lower", "lower_inclusive", "lower_basis")
UPPER = ("upper", "upper_inclusive", "upper_basis")
BOUNDS = (*LOWER, *UPPER)
KIND = ("interval_type", "interval_level")
"""What kind of bounds they are: it goes where they go."""
NAMED = ("value", "date", *BOUNDS)
NUMBERS = ("hedge", *NAMED)
WITH_HEDGE = ((*NUMBERS, "unit"), NUMBERS)
ATTEMPTS = ((*NAMED, "unit"), NAMED, BOUNDS, LOWER, UPPER, *((name,) for name in BOUNDS))
"""What may follow from the rest: from a wording all of it, or all but a hedge that was sent."""
LEXICON_FIELDS = ("flags", "lexicon_version")
"""What the lexicon says of a figure: it is set by us, also where it was sent."""


def flattened(claim: JsonObject, changes: JsonObject, yardstick: MeasureContext) -> dict[str, Any]:
    """A stored claim of one figure as it would be sent flat, for a merge patch to change.

    Raises ``Invalid`` where it has more figures, or none.
    """
    (figure,) = claim["quantities"]
    rest = {name: value for name, value in claim.items() if name != "quantities"}
    return rest | kept_figure(figure, changes, yardstick)


def changes_figure(claim: JsonObject, changes: JsonObject) -> bool:
    """Whether changes are to a claim's one figure; raises ``Invalid`` where that is unclear."""
    names = sorted(FLAT_FIELDS & changes.keys())
    if not names:
        return False
    if "quantities" in changes:
        raise _invalid(FLAT_OR_NOT, "/quantities")
    count = len(claim["quantities"])
    if count != 1:
        which = f"has {count} figures" if count else "has no figure"
        detail = f"this claim {which}: send `quantities`, which is replaced whole"
        raise _invalid(detail, *(f"/{name}" for name in names))
    return True


def kept_figure(
    figure: JsonObject, changes: JsonObject, yardstick: MeasureContext
) -> dict[str, Any]:
    """What stays of a figure; ``yardstick`` is its own measure's.

    Of new wording, or another measure for what was all read from its wording, nothing that was
    read stays. Else the wording, the hedge and the numbers stay, but for bounds that follow from
    them: a new value has bounds of its own.
    """
    if not changes.keys() & {*FIELDS, "measure"} - {*LEXICON_FIELDS}:
        return dict(figure)
    told = {
        name: value for name, value in figure.items()
        # No unit is as if none was sent.
        if name not in LEXICON_FIELDS and (name, value) != ("unit", "")
    }  # fmt: skip
    least = minimal_figure(told, yardstick)
    if changes.get("raw_text") is not None or ("measure" in changes and least.keys() <= WORDED):
        return _without(least, *NUMBERS, *KIND, "absence")
    if "raw_text" in changes:
        return told  # the wording goes, and what was read from it stays
    base = _reduced(_without(told, "raw_text"), yardstick, "raw_text" not in told)
    if _is_point(base) and any(changes.get(name) is not None for name in ("value", "hedge")):
        base = _without(base, *BOUNDS)  # of a plain “6”, the bounds are the figure itself
    if "raw_text" in told:
        base["raw_text"] = told["raw_text"]
    if "measure" in changes and "unit" not in least:
        base.pop("unit", None)
    return _exclusive(base, changes)


def _is_point(figure: JsonObject) -> bool:
    """Whether a figure is one number, and both of its bounds are that number."""
    numbers = {Decimal(figure[name]) for name in ("value", "lower", "upper") if name in figure}
    return len(numbers) == 1 and {"value", "lower", "upper"} <= figure.keys()


def _exclusive(base: dict[str, Any], changes: JsonObject) -> dict[str, Any]:
    """A figure that comes takes the place of why there was none, and the other way round."""
    if changes.get("absence") is not None:
        return _without(base, *NUMBERS, *KIND)
    if any(changes.get(name) is not None for name in NUMBERS):
        return _without(base, "absence")
    return base


WORDED = FLAT_FIELDS - {*FIELDS} | {"raw_text", *KIND}
"""What a figure has where all of its numbers come from its wording."""


def minimal_figure(figure: JsonObject, yardstick: MeasureContext) -> dict[str, Any]:
    """The least that makes this figure: what must have been sent, since nothing else implies it."""
    return _reduced(figure, yardstick, True)


def _reduced(figure: JsonObject, yardstick: MeasureContext, hedge_too: bool) -> dict[str, Any]:
    whole, left = _completed(figure, yardstick), dict(figure)
    attempts = (*ATTEMPTS, ("unit",))
    attempts = (*WITH_HEDGE, *attempts, ("hedge",)) if hedge_too else attempts
    for names in attempts:
        fewer = _without(left, *names)
        if whole is not None and _completed(fewer, yardstick) == whole:
            left = fewer
    return left


def _completed(figure: JsonObject, yardstick: MeasureContext) -> JsonObject | None:
    try:
        return figures.complete(figure, yardstick)
    except Unreadable:
        return None


def _without(figure: JsonObject, *names: str) -> dict[str, Any]:
    return {name: value for name, value in figure.items() if name not in names}
