"""Corroboration, ratios and drift as JSON."""

from collections.abc import Sequence
from typing import Any

from app.rules import chain, drift, ratios
from app.rules.drift import Attestation, HopWording
from app.rules.json_types import JsonObject

LISTED = 1000
OF_CLAIM = ("claimant", "stated")
OF_FIGURE = ("slot", "alternative", "reading", "raw_text", "dimensions")


def corroboration(found: Any) -> dict[str, Any]:
    """What stands behind some claims."""
    low, high = chain.independent_origins(end.root for end in found.ends)
    ends = [
        {"source": e.source, "root": e.root, "anonymous": e.anonymous, "claims": e.claims}
        for e in found.ends
    ]
    derived = [
        {"claim": id, "derived_from": found.derived_from.get(id, [])} for id in found.derived.items
    ]
    return {
        "claims": _listed(found.claims),
        "documents": _listed(found.documents),
        "relayers": _listed(found.relayers),
        "origins": {"count": len(ends), "items": ends[:LISTED]},
        "independent_origins": {"min": low, "max": high},
        "anonymous": sum(end.anonymous for end in found.ends),
        "derived_excluded": {"count": found.derived.total, "items": derived},
        "cycles": found.cycles,
        "against": _listed(found.against),
    }


def _listed(ids: Any) -> dict[str, Any]:
    return {"count": ids.total, "items": ids.items}


def ratio(pair: Any, strict: bool) -> dict[str, Any]:
    """What two figures imply of each other."""
    over, under = pair.over.figure, pair.under.figure
    reach = ratios.divided(ratios.reach(over, strict), ratios.reach(under, strict))
    return {
        "by": pair.by,
        "numerator": _side(pair.over),
        "denominator": _side(pair.under),
        "value": ratios.nominal(over, under),
        "bounds": ratios.bounds(reach),
        "basis": "; ".join(BASIS[one] for one in pair.by),
    }


BASIS = {
    "derivation": "the one claim is said to be derived from the other",
    "utterance": "both were said in one speech act",
    "document": "both stand in one document",
}


def _side(side: Any) -> dict[str, Any]:
    told = {name: side.figure[name] for name in (*OF_FIGURE, *OF_CLAIM) if name in side.figure}
    return {"claim": side.claim, "version": side.version, **told}


def drifts(base: Attestation, found: Sequence[Attestation]) -> list[dict[str, Any]]:
    """Each attestation of an utterance against the baseline."""
    return [
        _worded(one.figures, [] if one is base else drift.changes(base.figures, one.figures))
        | {"claims": one.claims, "document": one.document, "distance": one.distance}
        for one in found
    ]


def hops(found: Sequence[HopWording]) -> list[dict[str, Any]]:
    """Each hop of a chain that worded the figure, against the one nearest the origin."""
    return [
        _worded(one.figures, drift.changes(found[0].figures, one.figures))
        | {"source": one.source, "distance": one.distance}
        for one in found
    ]


def _worded(
    figures: Sequence[JsonObject], changes: Sequence[drift.WordingChange]
) -> dict[str, Any]:
    return {
        "wording": [drift.worded(figure) for figure in figures],
        "drift": drift.names(changes),
        "changes": [change._asdict() for change in changes],
    }
