"""Drift: what happens to a figure's wording on its way from the origin.

Every difference between two attestations of one utterance is named; a pair that differs in two
ways has both names. ``dropped`` and ``added`` are of a hedge, or of a whole figure: ``of`` says
which. A hedge that points the same way is stronger if what it allows lies inside what the other
allowed.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, compress
from typing import Any, Literal, NamedTuple

from app.rules import agreement, edtf
from app.rules.bounds import MeasureContext
from app.rules.chain import BESIDE_ROLES
from app.rules.figures import DECIMALS, complete
from app.rules.intervals import SIDES, Interval, of_figure
from app.rules.json_types import JsonObject
from app.rules.normalise import considered
from app.rules.numbers import canonical_value, canonical_values
from app.rules.tokenizer import Unreadable

Drift = Literal[
    "preserved", "strengthened", "weakened", "dropped", "added", "direction_changed",
    "value_changed", "operator_changed", "measure_changed", "dimension_changed", "period_changed",
]  # fmt: skip
PLAIN = frozenset({"none", "exact"})
DIRECTION = {
    "more_than": "above", "at_least": "above", "just_over": "above", "vague": "above",
    "up_to": "below", "less_than": "below", "nearly": "below",
}  # fmt: skip
FIRMNESS = ("possible", "probable", "plain")


class WordingChange(NamedTuple):
    """One way in which the later wording differs: what it is of, and what stood there."""

    drift: Drift
    of: str
    before: str | None = None
    after: str | None = None


class Attestation(NamedTuple):
    """An utterance as one document has it: its claims, their steps to the origin, their figures."""

    claims: tuple[str, ...]
    document: str
    distance: int
    figures: list[JsonObject]


def attestations(claims: Sequence[tuple[str, JsonObject]]) -> list[Attestation]:
    """Claims of one utterance as its attestations, the nearest to the origin first.

    Claims of one document that count different things are parts of one attestation: "10,000
    containers", "4.8 million shells".
    """
    found: list[Attestation] = []
    for id, claim in sorted(claims, key=lambda one: (distance(one[1]), one[0])):
        one = Attestation((id,), claim["document"], distance(claim), figures_of(id, claim))
        place = next((n for n, other in enumerate(found) if _parts(other, one)), None)
        if place is None:
            found.append(one)
        else:
            whole = found[place]
            claims_of, figures = whole.claims + one.claims, [*whole.figures, *one.figures]
            found[place] = whole._replace(claims=claims_of, figures=figures)
    return found


def _parts(one: Attestation, other: Attestation) -> bool:
    counted = {figure["measure"] for figure in one.figures}
    return one.document == other.document and not any(
        figure["measure"] in counted for figure in other.figures
    )


def figures_of(id: str, claim: JsonObject) -> list[JsonObject]:
    """A claim's figures of the preferred readings, each with what its claim says of it."""
    shared = {name: claim[name] for name in OF_CLAIM if name in claim}
    every = claim.get("quantities", [])
    return [
        {**shared, **figure, "slot": (id, figure["slot"])}
        for figure in compress(every, considered(every))
    ]


OF_CLAIM = ("modality", "polarity", "speech_act", "period", "alternative_mode")


def changes(before: Sequence[JsonObject], after: Sequence[JsonObject]) -> list[WordingChange]:
    """Every difference between the figures of two attestations; none: they agree."""
    pairs, gone, new = _matched(before, after)
    found = [change for pair in pairs for change in of_figures(*pair)]
    found += [WordingChange("dropped", "figure", worded(one), None) for one in gone]
    found += [WordingChange("added", "figure", None, worded(one)) for one in new]
    return list(dict.fromkeys([*found, *_operators(pairs)]))


def names(found: Sequence[WordingChange]) -> list[Drift]:
    """The names of the differences, each once; ``preserved`` where there is none."""
    return list(dict.fromkeys(change.drift for change in found)) or ["preserved"]


def worded(figure: JsonObject) -> str:
    """A figure as it was printed, else its number, its ends, why there is none, or its hedge."""
    printed = (figure.get(name) for name in ("raw_text", "value", "date"))
    told = (*printed, _ends(figure), figure.get("absence"))
    return str(next((one for one in told if one), figure["hedge"]))


def _ends(figure: JsonObject) -> str:
    return " to ".join(figure[name] for name in SIDES if name in figure)


def _told_apart(before: JsonObject, after: JsonObject) -> tuple[str, str]:
    """Two figures in words that differ: where a number stands for both, their hedges or ends."""
    same_words = before.get("raw_text") == after.get("raw_text")
    if not same_words or _nominal(before) != _nominal(after):
        return worded(before), worded(after)
    if before["hedge"] != after["hedge"]:
        return before["hedge"], after["hedge"]
    return _ends(before), _ends(after)


def _matched(
    before: Sequence[JsonObject], after: Sequence[JsonObject]
) -> tuple[list[tuple[JsonObject, JsonObject]], list[JsonObject], list[JsonObject]]:
    """Figures that stand for each other, from the most alike; and those that stand alone."""
    left, right = list(before), list(after)
    pairs = []
    for alike in ALIKE:
        for one in list(left):
            other = next((o for o in right if _compared(one, alike) == _compared(o, alike)), None)
            if other is not None:
                left.remove(one)
                right.remove(other)
                pairs.append((one, other))
    return pairs, left, right


ALIKE = (
    ("measure", "dimensions", "value", "date", "lower", "upper", "hedge"),
    ("measure", "dimensions", "value", "date", "hedge"),
    ("measure", "dimensions", "value", "date"),
    ("measure", "value", "date"),
    ("measure", "dimensions"),
    ("measure",),
    ("value", "date", "dimensions"),
    ("value", "date"),
)


def of_figures(before: JsonObject, after: JsonObject) -> Iterator[WordingChange]:
    """What differs between two figures that stand for each other."""
    if before.get("measure") != after.get("measure"):
        yield WordingChange(
            "measure_changed", "measure", before.get("measure"), after.get("measure")
        )
    if _compared(before, ["dimensions"]) != _compared(after, ["dimensions"]):
        yield WordingChange("dimension_changed", "dimensions", *map(_dimensions, (before, after)))
    units = before.get("unit"), after.get("unit")
    same_number, same_unit = _nominal(before) == _nominal(after), units[0] == units[1]
    if not same_number:
        yield WordingChange("value_changed", "value", worded(before), worded(after))
    if not same_unit:
        yield WordingChange("value_changed", "unit", *units)
    yield from _hedges(before, after, same_number and same_unit)
    yield from _modality(before, after)
    yield from _denial(before, after)
    yield from _period(before, after)


def _hedges(before: JsonObject, after: JsonObject, same: bool) -> Iterator[WordingChange]:
    """How the hedge changed; told of its strength only where the figure is the same.

    The same hedge can allow more or less: “± 100” and “± 300”.
    """
    was, now = before["hedge"], after["hedge"]
    told = ("hedge", *_told_apart(before, after))
    if was not in PLAIN and now in PLAIN:
        yield WordingChange("dropped", *told)
    elif was in PLAIN and now not in PLAIN:
        yield WordingChange("added", *told)
    elif DIRECTION.get(was, "around") != DIRECTION.get(now, "around"):
        yield WordingChange("direction_changed", *told)
    elif same and (drift := _strength(of_figure(before), of_figure(after))):
        yield WordingChange(drift, *told)


def _strength(was: Interval, now: Interval) -> Drift | None:
    """What became of what is allowed: bounds that were moved, not drawn in or out, are values."""
    if was == now:
        return None
    if was.lo <= now.lo and now.hi <= was.hi:
        return "strengthened"
    return "weakened" if now.lo <= was.lo and was.hi <= now.hi else "value_changed"


def _nominal(figure: JsonObject) -> tuple[Any, ...]:
    """What a figure turns on: its value or date; without one, its bounds."""
    known = "value" in figure or "date" in figure
    return _compared(figure, ("value", "date") if known else ("lower", "upper", "absence"))


def _compared(figure: JsonObject, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(_spelt_once(name, figure.get(name)) for name in names)


def _spelt_once(name: str, value: Any) -> Any:
    """A field for comparison: "2.50" is the number 2.5, here and in a dimension."""
    if name == "dimensions":
        return canonical_values(value or {})
    return canonical_value(value) if value is not None and name in DECIMALS else value


def _dimensions(figure: JsonObject) -> str | None:
    told = ", ".join(f"{name}={value}" for name, value in figure.get("dimensions", {}).items())
    return told or None


def _operators(pairs: Sequence[tuple[JsonObject, JsonObject]]) -> Iterator[WordingChange]:
    """Do figures that went together by *or* now go together by *and*, or otherwise?"""
    for (one, one_after), (two, two_after) in combinations(pairs, 2):
        was, now = _operator(one, two), _operator(one_after, two_after)
        if was != now:
            yield WordingChange("operator_changed", "alternatives", was, now)


def _operator(one: JsonObject, two: JsonObject) -> str:
    if one["slot"] != two["slot"]:
        return "and"
    mode: str = one.get("alternative_mode", "single")
    return "or" if mode == "single" else mode


def _modality(before: JsonObject, after: JsonObject) -> Iterator[WordingChange]:
    was, now = (FIRMNESS.index(claim.get("modality", "plain")) for claim in (before, after))
    if was != now:
        drift: Drift = "strengthened" if now > was else "weakened"
        yield WordingChange(drift, "modality", FIRMNESS[was], FIRMNESS[now])


def _denial(before: JsonObject, after: JsonObject) -> Iterator[WordingChange]:
    """A figure is denied by a negative, or by a verb: “denied that there were ten”."""
    was, now = (("positive", "negative")[agreement.denies(claim)] for claim in (before, after))
    if was != now:
        yield WordingChange("direction_changed", "polarity", was, now)


def _period(before: JsonObject, after: JsonObject) -> Iterator[WordingChange]:
    was, now = before.get("period"), after.get("period")
    if _extent(was) != _extent(now):
        yield WordingChange("period_changed", "period", was, now)


def _extent(period: str | None) -> edtf.DateExtent | None:
    return None if period is None else edtf.extent(period)


def distance(claim: JsonObject) -> int:
    """How many steps the document is from the origin: relayed more often, further away."""
    return max((hop["position"] for hop in claim["attributions"] if "position" in hop), default=0)


class HopWording(NamedTuple):
    """One hop that worded the figure: who, how many steps from the origin, and the figure."""

    source: str
    distance: int
    figures: list[JsonObject]


def hop_wordings(
    id: str, claim: JsonObject, yardsticks: Mapping[str, MeasureContext]
) -> list[HopWording]:
    """The hops that worded the figure, from the origin to the document.

    The document's own wording is the claim's first figure; a wording that the lexicon cannot read
    is kept as printed, with no bounds. Empty where no hop has a wording.
    """
    chain = [hop for hop in claim["attributions"] if hop["role"] not in BESIDE_ROLES]
    last = max(hop["position"] for hop in chain)
    kept = figures_of(id, claim)[:1]
    found = [
        HopWording(
            hop["source"], last - hop["position"], [_said(hop["wording"], kept[0], yardsticks)]
        )
        for hop in reversed(chain)
        if kept and hop.get("wording") and hop["role"] != "document"
    ]
    return [*found, HopWording(chain[0]["source"], last, kept)] if found else []


def _said(wording: str, figure: JsonObject, yardsticks: Mapping[str, MeasureContext]) -> JsonObject:
    """The figure as if it had been worded like this."""
    kept = {name: value for name, value in figure.items() if name in FIELDS_BESIDE_WORDING}
    try:
        return {**kept, **complete({"raw_text": wording}, yardsticks[figure["measure"]])}
    except Unreadable:
        return {**kept, "hedge": "none", "raw_text": wording}


FIELDS_BESIDE_WORDING = frozenset({"measure", "dimensions", "slot", "unit", *OF_CLAIM})
