"""The wording of the hops of one chain: how each of them told the figure, read by the lexicon."""

from collections.abc import Mapping
from typing import NamedTuple

from app.rules import drift, figures
from app.rules.chain import BESIDE
from app.rules.hedges import Unreadable, Yardstick
from app.rules.json_types import JsonObject


class HopWording(NamedTuple):
    """One hop that worded the figure: who, how many steps from the origin, and the figure."""

    source: str
    distance: int
    figures: list[JsonObject]


def along(id: str, claim: JsonObject, yardsticks: Mapping[str, Yardstick]) -> list[HopWording]:
    """The hops that worded the figure, from the origin to the document.

    The document's own wording is the claim's first figure; a wording that the lexicon cannot read
    is kept as printed, with no bounds. Empty where no hop has a wording.
    """
    chain = [hop for hop in claim["attributions"] if hop["role"] not in BESIDE]
    last = max(hop["position"] for hop in chain)
    kept = drift.figures_of(id, claim)[:1]
    found = [
        HopWording(
            hop["source"], last - hop["position"], [_said(hop["wording"], kept[0], yardsticks)]
        )
        for hop in reversed(chain)
        if kept and hop.get("wording") and hop["role"] != "document"
    ]
    return [*found, HopWording(chain[0]["source"], last, kept)] if found else []


def _said(wording: str, figure: JsonObject, yardsticks: Mapping[str, Yardstick]) -> JsonObject:
    """The figure as if it had been worded like this."""
    kept = {name: value for name, value in figure.items() if name in KEPT}
    try:
        return {**kept, **figures.complete({"raw_text": wording}, yardsticks[figure["measure"]])}
    except Unreadable:
        return {**kept, "hedge": "none", "raw_text": wording}


KEPT = frozenset({"measure", "dimensions", "slot", "unit", *drift.OF_CLAIM})
