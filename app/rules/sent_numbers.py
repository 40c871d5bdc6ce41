"""Numbers that a writer sent: the hedge that they make, the end not sent, what does not fit."""

from decimal import Decimal
from typing import Any

from app.rules import numbers
from app.rules.bounds import (
    OPEN_ABOVE,
    OPEN_BELOW,
    Bound,
    MeasureContext,
    bounds,
    is_empty,
    outside,
)
from app.rules.json_types import JsonObject


def decimal_of(fields: JsonObject, name: str) -> Decimal | None:
    """A field's exact number; None where the figure does not have it."""
    return numbers.exact(str(fields[name])) if name in fields else None


def hedge_of_shape(given: dict[str, Any]) -> str:
    """The hedge of numbers that were sent without one: a bound says whether it is excluded."""
    if "lower" in given and "upper" in given:
        return "between"
    if "value" in given or not ("lower" in given or "upper" in given):
        return "none"
    if "lower" in given:
        return "at_least" if given.get("lower_inclusive", True) else "more_than"
    return "up_to" if given.get("upper_inclusive", True) else "less_than"


def open_end(given: dict[str, Any], hedge: str, yardstick: MeasureContext) -> dict[str, Any]:
    """Where only one bound was sent, the other is where the hedge says, or the domain's end.

    More than 7000 begins at 7000. It is open where what was sent lies beyond that, or nothing would
    be left.
    """
    side, other = ("upper", "lower") if "lower" in given else ("lower", "upper")
    if side in given:
        return {}
    value = decimal_of(given, "value")
    closed = given.get(f"{other}_inclusive", sent_ends(given, hedge)[f"{other}_inclusive"])
    sent = Bound(decimal_of(given, other), closed)
    for end in (_said_end(side, hedge, value, yardstick), _domain_end(side, value, yardstick)):
        lower, upper = (end, sent) if side == "lower" else (sent, end)
        if end.at is not None and not is_empty(lower, upper):
            at = given["value"] if end.at == value else numbers.plain(end.at)
            return {side: at, f"{side}_inclusive": end.inclusive, f"{side}_basis": end.basis}
    return {}


def _said_end(side: str, hedge: str, value: Decimal | None, yardstick: MeasureContext) -> Bound:
    """Where a hedge with its value says that a figure begins, or ends."""
    rule = bounds(hedge, value, yardstick)._asdict()
    # That a bare value is a point also follows from it, but not where another bound was sent.
    if hedge == "none" or rule[f"{side}_basis"] != "entailed":
        return Bound()
    return Bound(rule[side], rule[f"{side}_inclusive"], "entailed")


def _domain_end(side: str, value: Decimal | None, yardstick: MeasureContext) -> Bound:
    """The end of the domain, unless the value lies beyond it."""
    least, most = yardstick.domain_min, yardstick.domain_max
    if side == "lower":
        return Bound(least if least is None or value is None or value >= least else None)
    return Bound(most if most is None or value is None or value <= most else None)


def sent_ends(given: dict[str, Any], hedge: str) -> dict[str, Any]:
    """Basis and inclusivity of the bounds that were sent."""
    ends: dict[str, Any] = {}
    for name, open_hedges in (("lower", OPEN_BELOW), ("upper", OPEN_ABOVE)):
        if name in given:
            ends[f"{name}_inclusive"] = hedge not in open_hedges
            ends[f"{name}_basis"] = "stated"
    return ends


# ----------------------------------------------------------------------- what does not fit together

UNFIT = ("lower_above_value", "upper_below_value", "lower_above_upper")
"""Flags that the numbers of a figure make by themselves, whatever its measure."""

NUMBERS = ("value", "lower", "upper")


def incoherences(figure: JsonObject, yardstick: MeasureContext) -> list[str]:
    """What does not fit together; published incoherence is kept, never refused or repaired."""
    value, lower, upper = (decimal_of(figure, name) for name in ("value", "lower", "upper"))
    other = NUMBERS if yardstick.statistic == "date" else ("date",)
    checks = {
        "lower_above_value": lower is not None and value is not None and lower > value,
        "upper_below_value": upper is not None and value is not None and upper < value,
        "lower_above_upper": lower is not None and upper is not None and lower > upper,
        "other_kind": any(name in figure for name in other),
        "outside_domain": any(
            number is not None and outside(number, yardstick) for number in (value, lower, upper)
        ),
    }
    return [flag for flag, found in checks.items() if found]
