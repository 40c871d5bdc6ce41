"""Near-duplicate fingerprint: what is likely to be one claim, entered twice in other words."""

import hashlib
import json
from typing import Any

from app.rules.agreement import denies
from app.rules.intervals import SIDES
from app.rules.json_types import JsonObject
from app.rules.numbers import canonical_values
from app.rules.text_search import folded

TIMES = (
    *("stated_lo", "stated_hi", "period_start_lo", "period_start_hi"),
    *("period_end_lo", "period_end_hi"),
)
"""The columns of a claim that say when."""
_SPELT = json.JSONEncoder(sort_keys=True).encode


def fingerprint(claim: JsonObject, times: JsonObject) -> int | None:
    """The fingerprint of a claim, the same of all that are alike; None where it has no figure.

    Of claimant, document and time, and of each figure the measure, what narrows it, and the
    wording, or without one the numbers; all else (notes, hedges, the chain) may differ. 64 bits of
    a hash, signed as both engines have integers.
    """
    figures = {_SPELT(_figure(one)) for one in claim.get("quantities", ())}
    if not figures:
        return None
    whole = [claim.get("claimant"), claim["document"], *(times[name] for name in TIMES)]
    spelt = _SPELT([*whole, *sorted(figures)]).encode()
    return int.from_bytes(hashlib.blake2b(spelt, digest_size=8).digest(), "big", signed=True)


def sense(claim: JsonObject) -> tuple[bool, frozenset[tuple[str, str]]]:
    """What makes another claim of one with the same fingerprint: that it denies, other units.

    “5” in tonnes is no “5” in kilograms, and who denies a figure does not say it once more.
    """
    units = ((one["measure"], one.get("unit", "")) for one in claim.get("quantities", ()))
    return denies(claim), frozenset(units)


def _figure(figure: JsonObject) -> list[Any]:
    about = [figure["measure"], canonical_values(figure.get("dimensions", {}))]
    if "raw_text" in figure:
        return [*about, " ".join(folded(figure["raw_text"]).split())]
    if "value" in figure:
        return [*about, float(figure["value"])]
    bounds = [None if (end := figure.get(name)) is None else float(end) for name in SIDES]
    return [*about, *bounds, figure.get("date"), figure.get("absence")]
