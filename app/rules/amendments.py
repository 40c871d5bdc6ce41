"""A change to a figure that is sent flat, as a claim of one figure may be: what stays of it.

The stored figure has what was sent and what was derived from it, side by side. What a change makes
untrue is derived anew, so it must not come back as if the writer had sent it.
"""

from typing import Any

from app.errors import Fault, Invalid
from app.rules import figures
from app.rules.hedges import Unreadable, Yardstick
from app.rules.json_types import JsonObject
from app.rules.normalise import FLAT

LOWER = ("lower", "lower_inclusive", "lower_basis")
UPPER = ("upper", "upper_inclusive", "upper_basis")
BOUNDS = (*LOWER, *UPPER)
KIND = ("interval_type", "interval_level")
"""What kind of bounds they are: it goes where they go."""

NUMBERS = ("hedge", "value", "date", *BOUNDS)
ATTEMPTS = ((*NUMBERS, "unit"), NUMBERS, BOUNDS, LOWER, UPPER, *((name,) for name in BOUNDS))
DERIVED = ("flags", "lexicon_version")


def flat(claim: JsonObject, changes: JsonObject, yardstick: Yardstick) -> dict[str, Any]:
    """A stored claim of one figure as it would be sent flat, for a merge patch to change.

    Raises ``Invalid`` where it has more figures, or none.
    """
    (figure,) = claim["quantities"]
    rest = {name: value for name, value in claim.items() if name != "quantities"}
    return rest | kept(figure, changes, yardstick)


def sent_flat(claim: JsonObject, changes: JsonObject) -> bool:
    """Whether changes are to a claim's one figure; raises ``Invalid`` where that is unclear."""
    names = sorted(FLAT & changes.keys())
    if not names:
        return False
    if "quantities" in changes:
        detail = "a figure sent flat, or `quantities`: not both"
        raise Invalid(faults=(Fault(detail, "/quantities", code="ambiguous"),))
    count = len(claim["quantities"])
    if count != 1:
        which = f"has {count} figures" if count else "has no figure"
        detail = f"this claim {which}: send `quantities`, which is replaced whole"
        raise Invalid(faults=tuple(Fault(detail, f"/{n}", code="ambiguous") for n in names))
    return True


def kept(figure: JsonObject, changes: JsonObject, yardstick: Yardstick) -> dict[str, Any]:
    """What stays of a figure; ``yardstick`` is its own measure's.

    Of new wording, or another measure for what was all read from its wording, nothing that was
    read stays. Else the wording, the hedge and the numbers stay, but for bounds that follow from
    them: a new value has bounds of its own.
    """
    if not changes.keys() & {*figures.FIELDS, "measure"} - {*DERIVED}:
        return dict(figure)
    told = {name: value for name, value in figure.items() if name not in DERIVED}
    least = sent(told, yardstick)
    if changes.get("raw_text") is not None or ("measure" in changes and least.keys() <= WORDED):
        return _without(least, *NUMBERS, *KIND, "absence")
    if "raw_text" in changes:
        return told  # the wording goes, and what was read from it stays
    base = _reduced(_without(told, "raw_text"), yardstick, "raw_text" not in told)
    if "raw_text" in told:
        base["raw_text"] = told["raw_text"]
    if "measure" in changes and "unit" not in least:
        base.pop("unit", None)
    return _exclusive(base, changes)


def _exclusive(base: dict[str, Any], changes: JsonObject) -> dict[str, Any]:
    """A figure that comes takes the place of why there was none, and the other way round."""
    if changes.get("absence") is not None:
        return _without(base, *NUMBERS, *KIND)
    if any(changes.get(name) is not None for name in NUMBERS):
        return _without(base, "absence")
    return base


REST = FLAT - {*figures.FIELDS}
WORDED = REST | {"raw_text"}
"""What a figure has where all of its numbers come from its wording."""


def sent(figure: JsonObject, yardstick: Yardstick) -> dict[str, Any]:
    """The least that makes this figure: what must have been sent, since nothing else implies it."""
    return _reduced(figure, yardstick, True)


def _reduced(figure: JsonObject, yardstick: Yardstick, hedge_too: bool) -> dict[str, Any]:
    whole, left = _completed(figure, yardstick), dict(figure)
    attempts = (*ATTEMPTS, ("unit",), ("hedge",)) if hedge_too else (*ATTEMPTS[2:], ("unit",))
    for names in attempts:
        fewer = _without(left, *names)
        if whole is not None and _completed(fewer, yardstick) == whole:
            left = fewer
    return left


def _completed(figure: JsonObject, yardstick: Yardstick) -> JsonObject | None:
    try:
        return figures.complete(figure, yardstick)
    except Unreadable:
        return None


def _without(figure: JsonObject, *names: str) -> dict[str, Any]:
    return {name: value for name, value in figure.items() if name not in names}
