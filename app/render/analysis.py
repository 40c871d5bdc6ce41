"""Corroboration, ratios, drift and totals as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.render.date_words import about
from app.rules import chain, drift, edtf, group_keys, numbers, ratios, totals
from app.rules.drift import Attestation, HopWording
from app.rules.json_types import JsonObject
from app.rules.totals import CountedSlot, GroupKey

MAX_LISTED = 1000
SIDE_FIELDS = (
    "slot", "alternative", "reading", "raw_text", "dimensions", "claimant", "stated",
)  # fmt: skip
"""What a side of a ratio tells of its figure, beside its claim (``models.analysis.RatioSide``)."""
VOICE = ("claimant", "document")
"""What tells those apart whose figures must not be added."""


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
        "origins": {"count": len(ends), "items": ends[:MAX_LISTED]},
        "independent_origins": {"min": low, "max": high},
        "anonymous": sum(end.anonymous for end in found.ends),
        "derived_excluded": {"count": found.derived.total, "items": derived},
        "cycles": found.cycles,
        "cycles_complete": found.cycles_complete,
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
        "unit": f"{over['unit']}/{under['unit']}",
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
    told = {name: side.figure[name] for name in SIDE_FIELDS if name in side.figure}
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


def cells(some: Sequence[CountedSlot], by: Sequence[str]) -> dict[GroupKey, list[CountedSlot]]:
    """The figures by what is asked for, in order; where that is missing, last."""
    found: dict[GroupKey, list[CountedSlot]] = {}
    periods = _periods(some) if "period" in by else {}
    for one in some:
        found.setdefault(tuple(_value(one, name, periods) for name in by), []).append(one)
    return dict(sorted(found.items(), key=lambda pair: [(v is None, v or "") for v in pair[0]]))


def _periods(some: Sequence[CountedSlot]) -> dict[str | None, str]:
    """Each period as it is told: of those that mean the same days, as it is written shortest."""
    written = {period for one in some if (period := one.figures[0].get("period")) is not None}
    every = sorted(written, key=lambda period: (len(period), period))
    days = {period: (edtf.extent(period), edtf.extent(period, "strict")) for period in every}
    first = {days[period]: period for period in reversed(every)}
    return {period: first[days[period]] for period in every}


def _value(one: CountedSlot, name: str, periods: Mapping[str | None, str]) -> str | None:
    if "." in name:
        return next(iter(_parts(one, name)))
    if name == "claimant":
        return group_keys.read(one.voice).group
    return one.document if name == "document" else periods.get(one.figures[0].get("period"))


def _parts(one: CountedSlot, name: str) -> set[str | None]:
    """What the candidates of a slot have as a dimension or an attribute."""
    kind, _, part = name.partition(".")
    said = [figure.get(group_keys.TRAIT_FIELDS[kind], {}).get(part) for figure in one.figures]
    return {None if value is None else numbers.canonical_value(value) for value in said}


def not_added(one: CountedSlot, unit: str, by: Sequence[str]) -> str:
    """Why a figure that was found is not in the sum, or in no group of it; "" where it is."""
    if units := sorted({figure["unit"] for figure in one.figures} - {unit}):
        return f"its unit is {units[0] or 'none'}, which is not the measure's"
    if one.in_part:
        return "its source says this or something else, which the filters do not find"
    mixed = [name for name in by if "." in name and len(_parts(one, name)) > 1]
    return f"its alternatives differ in {mixed[0]}" if mixed else ""


def total(some: Sequence[CountedSlot], strict: bool, domain: Any) -> dict[str, Any]:
    """One sum."""
    there = [one for one in some if not one.missing]
    found = totals.summed(there, strict, domain)
    bounds: dict[str, Any] = {"lower": None, "upper": None}
    for side in ("lower", "upper"):
        if there and (end := getattr(found, side)) is not None:
            bounds |= {side: end[0], f"{side}_inclusive": end[1]}
    return {
        "bounds": bounds,
        "nominal": found.nominal,
        "without_nominal": found.without_nominal,
        "claims": len({one.claim for one in there}),
        "figures": len(there),
        "without_figure": _counted(one.claim for one in some if one.missing),
    }


def _counted(ids: Any) -> dict[str, Any]:
    """A count, and what was counted."""
    every = sorted(set(ids))
    return {"count": len(every), "items": every[:MAX_LISTED]}


def left_out(
    corrected: Mapping[str, str], apart: Mapping[str, Sequence[CountedSlot]]
) -> list[dict[str, Any]]:
    """What was found and not added: what was corrected, then the others by the reason."""
    found = [
        {"claim": claim, "reason": f"{by} takes its place", "by": by}
        for claim, by in sorted(corrected.items())
    ]
    for why, some in sorted(apart.items()):
        found += [{"claim": one.claim, "reason": why} for one in some]
    return found


def overlaps(some: Sequence[CountedSlot]) -> dict[str, Any]:
    """Figures whose periods share days: if they count the same, it is in the sum twice."""
    found = totals.overlapping(one for one in some if not one.missing)
    items = [
        {
            "one": a.claim, "other": b.claim,
            "reason": f"{_dated(a)} and {_dated(b)} share days",
        }
        for a, b in found[:MAX_LISTED]
    ]  # fmt: skip
    return {"count": len(found), "items": items}


def _dated(one: CountedSlot) -> str:
    return f"{one.claim} ({about(one.figures[0])})"


def warnings(cells: Sequence[Sequence[CountedSlot]]) -> list[str]:
    """What may be in a sum twice, in words."""
    every = [one for some in cells for one in some]
    told = []
    if totals.overlapping(one for one in every if not one.missing):
        told.append(
            "Periods share days (`overlaps`): what two figures count both is in the sum twice."
        )
    if any(totals.parts_and_whole(some) for some in cells):
        told.append(
            "Only some figures have a dimension: one without may be the whole of which others are "
            "parts. Group by it with `by=dim.NAME`."
        )
    return told
