"""Comparison as JSON: every pair of figures, how they lie, and whether they disagree."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import combinations, product
from types import MappingProxyType
from typing import Any, NamedTuple

from app.render import explanations, series_json
from app.render.explanations import JudgedPair, Tie
from app.rules import agreement, edtf, group_keys
from app.rules.agreement import Judgement, PairKind, ThreeValued, TimedFigure
from app.rules.intervals import ANYTHING, NOTHING, Interval, bound, hull
from app.rules.numbers import canonical_value, canonical_values, plain


class Slot(NamedTuple):
    """All candidates of one slot of one claim: what is compared with others."""

    claim: str
    version: int
    slot: int
    figures: list[TimedFigure]
    told: list[dict[str, Any]]
    key: str
    who: str
    unit: str
    """That of the measure."""
    in_part: bool = False
    """Has its source named alternatives that are not among the candidates?"""

    @property
    def reach(self) -> Interval:
        """From the lowest to the highest that any candidate allows; in several units, anything."""
        return hull(figure.reach for figure in self.figures) if self.is_of_one_unit else ANYTHING

    @property
    def is_of_one_unit(self) -> bool:
        """Can its candidates be put on one scale?"""
        return len({figure.unit for figure in self.figures}) == 1

    @property
    def name(self) -> str:
        """The figure in a sentence."""
        return self.named(self.told[0])

    def named(self, told: dict[str, Any]) -> str:
        """One of its candidates in a sentence."""
        return explanations.name(told, self.who, self.unit)

    def one_voice(self, other: "Slot") -> bool:
        """Are both one claimant's, or theirs together? Who is not named could be anybody."""
        return self.key == other.key and group_keys.read(self.key).group is not None


Replacements = Mapping[tuple[str, str], str]
"""Of a claim and one whose place it takes: by which predicate; "" by way of other claims."""
NOTHING_REPLACED: Replacements = MappingProxyType({})


def speakers(candidates: Iterable[Any]) -> set[str]:
    """The sources that a sentence about these candidates names."""
    read = {group_keys.read(one.key) for one in candidates}
    return {id for voice in read for id in (*voice.sources, voice.document) if id}


def _who(key: str, names: Mapping[str, str]) -> str:
    voice = group_keys.read(key)
    if voice.document is not None:
        return f"nobody named in {names.get(voice.document, voice.document)}"
    return " and ".join(names.get(id, id) for id in voice.sources)


def group_by_slot(candidates: Sequence[Any], names: Mapping[str, str], unit: str) -> list[Slot]:
    """Candidates put together by claim and slot, in order of reference time."""
    slots: dict[tuple[str, int], list[Any]] = {}
    for one in candidates:
        slots.setdefault((one.claim, one.slot), []).append(one)
    found = []
    for (claim, slot), every in slots.items():
        figures = [_figure(one) for one in every]
        figures = _mixed(figures) if every[0].mix else figures
        told, key = [one.told for one in every], every[0].key
        who, in_part = _who(key, names), every[0].size > len(every)
        found.append(Slot(claim, every[0].version, slot, figures, told, key, who, unit, in_part))
    return found


def _figure(one: Any) -> TimedFigure:
    told, date = one.told, one.told.get("date")
    named = (told.get(name) for name in ("value", "lower", "upper"))
    numbers = [None if number is None else canonical_value(number) for number in named]
    said = (*numbers, None if date is None else edtf.span(date))
    dimensions = canonical_values(told.get("dimensions", {}))
    return TimedFigure(one.reach, one.time, told["unit"], dimensions, said)


def _mixed(figures: Sequence[TimedFigure]) -> list[TimedFigure]:
    """Of a mix, anything between the alternatives of one unit may be meant."""
    return [
        one
        if one.reach.lo > one.reach.hi
        else one._replace(reach=hull(other.reach for other in figures if other.unit == one.unit))
        for one in figures
    ]


def figures(found: Sequence[Slot], at: Interval | None, cumulative: bool, dated: bool) -> list[Any]:
    """The compared figures, each with what it says of the time asked about."""
    return [_told(slot, at, cumulative, dated) for slot in found]


def _told(slot: Slot, at: Interval | None, cumulative: bool, dated: bool) -> dict[str, Any]:
    first = slot.told[0]
    kept: dict[str, Any] = {name: first[name] for name in ("stated", "period") if name in first}
    moved = None if at is None else carried(slot, at, cumulative)
    if all("absence" in one for one in slot.told):
        kept["absence"] = first["absence"]
    return {
        "claim": slot.claim, "version": slot.version, "slot": slot.slot,
        "claimant": first.get("claimant"), "said_by": list(group_keys.read(slot.key).sources),
        "document": first["document"], **kept,
        "time": series_json.days(slot.figures[0].time),
        "raw_text": list(dict.fromkeys(one["raw_text"] for one in slot.told if "raw_text" in one)),
        "unit": first["unit"],
        "dimensions": _each(one.get("dimensions", {}) for one in slot.told),
        "bounds": bounds(slot.reach, [slot], dated),
        "at": None if moved is None else bounds(moved, [slot], dated),
    }  # fmt: skip


def _each(some: Any) -> list[Any]:
    found: list[Any] = []
    for one in some:
        if one and one not in found:
            found.append(one)
    return found


def carried(slot: Slot, at: Interval, cumulative: bool) -> Interval | None:
    """What a slot says of another time: the hull of what its candidates say."""
    if not slot.is_of_one_unit:
        return None
    reach = hull(_said(slot, at, cumulative))
    return reach if reach.lo <= reach.hi else None


def _said(slot: Slot, at: Interval | None, cumulative: bool) -> list[Interval]:
    """How far each candidate reaches, at its own time or at another; none where one is silent."""
    if at is None:
        return [figure.reach for figure in slot.figures]
    moved = [agreement.carried(figure, at, cumulative) for figure in slot.figures]
    known = [one for one in moved if one is not None]
    return known if len(known) == len(moved) else []


def pairs(
    found: Sequence[Slot], cumulative: bool, dated: bool, relations: Replacements = NOTHING_REPLACED
) -> list[dict[str, Any]]:
    """Each two figures of different claims."""
    return [
        {"one": n, "other": m}
        | _pair(one, other, cumulative, dated, _revision_link(one, other, relations))
        for (n, one), (m, other) in combinations(enumerate(found), 2)
        if one.claim != other.claim
    ]


def _revision_link(one: Slot, other: Slot, relations: Replacements) -> Tie | None:
    """What makes the one a revision of the other.

    One voice revises itself; but not within one utterance, which was heard in two ways.
    """
    for later, pair in enumerate(((one.claim, other.claim), (other.claim, one.claim))):
        if pair in relations:
            return Tie(relations[pair], later)
    utterances = [slot.told[0].get("utterance") for slot in (one, other)]
    once = utterances[0] is not None and utterances[0] == utterances[1]
    return Tie("claimant") if one.one_voice(other) and not once else None


def _pair(one: Slot, other: Slot, cumulative: bool, dated: bool, tie: Tie | None) -> dict[str, Any]:
    verdict, kind, reason = _judged(one, other, cumulative, tie)
    both, common = [one, other], _fits_both(one, other)
    comparable = kind != "incomparable"
    lies = agreement.relation(one.reach, other.reach) if comparable else "incomparable"
    told = lies != "incomparable"
    return {
        "kind": kind,
        "relation": lies,
        "common": bounds(common, both, dated) if told and common else None,
        "spread": bounds(hull([one.reach, other.reach]), both, dated) if told else None,
        "disagreement": verdict,
        "same_claimant": one.one_voice(other),
        "reason": reason,
    }


def _fits_both(one: Slot, other: Slot) -> Interval | None:
    """From the lowest to the highest number that fits a candidate of each, of those alike."""
    alike = (two for two in product(one.figures, other.figures) if not agreement.unlike(*two))
    shared = (agreement.common([[a.reach], [b.reach]]) for a, b in alike)
    found = hull(interval for interval in shared if interval is not None)
    return found if found.lo <= found.hi else None


def _judged(
    one: Slot, other: Slot, cumulative: bool, tie: Tie | None
) -> tuple[ThreeValued, PairKind, str]:
    """Every candidate of the one against every candidate of the other, folded."""
    every = product(*(zip(slot.figures, slot.told, strict=True) for slot in (one, other)))
    found = [_candidate((one, other), some, cumulative, tie) for some in every]
    verdict = agreement.folded(one for one, _, _ in found)
    parts = [slot.name for slot in (one, other) if slot.in_part]
    if parts and verdict == "true":
        verdict = "unclear"
    kind = agreement.folded_kind((one for _, one, _ in found), verdict)
    said = [explanations.in_part(name) for name in parts]
    if len({one for one, _, _ in found}) > 1:
        said.append(explanations.depends((one.name, other.name)))
    said += dict.fromkeys(reason for _, _, reason in found)
    return verdict, kind, " ".join(said)


def _candidate(
    slots: tuple[Slot, Slot], some: Any, cumulative: bool, tie: Tie | None
) -> tuple[ThreeValued, PairKind, str]:
    (a, a_told), (b, b_told) = some
    names = (slots[0].named(a_told), slots[1].named(b_told))
    if agreement.unlike(a, b) or a.reach.lo > a.reach.hi or b.reach.lo > b.reach.hi:
        return "false", "incomparable", explanations.incomparable(names, (a, b))
    judgement: Judgement = agreement.judged(a, b, cumulative)
    told = explanations.reason(JudgedPair(names, (a, b), judgement, cumulative, tie))
    kind = agreement.kind(a, b, judgement, cumulative, tie is not None)
    if tie is None:
        return judgement.verdict, kind, told
    related = tie.predicate != "claimant"
    return agreement.excused(judgement).verdict, "revision" if related else kind, told


def overall(
    found: Sequence[Slot], at: Interval | None, cumulative: bool, dated: bool
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """What all figures allow at a time, and how far apart they are; of comparable ones only.

    What they allow is told only of figures that are all of one time; where a time is asked about,
    so are those within it: what January allows says nothing of December, though both are of that
    year. A figure of which only some alternatives are here rules nothing out, nor one that may be
    none.
    """
    every = [figure for slot in found for figure in slot.figures]
    if any(agreement.unlike(a, b) for a, b in combinations(every, 2)):
        return None, None
    said = [(slot, _said(slot, at, cumulative)) for slot in found]
    spread = hull(one for _, some in said for one in some)
    if spread.lo > spread.hi:
        return None, None
    ruling = [(slot, some) for slot, some in said if _rules_out(slot, some)]
    timed = every if at is None else [slot.figures[0] for slot, _ in ruling if _within(slot, at)]
    of_one_time = all(agreement.orders(timed[0].time, one.time) == {"same"} for one in timed)
    common = agreement.common(some for _, some in ruling) if ruling and of_one_time else None
    return common and bounds(common, found, dated), bounds(spread, found, dated)


def _rules_out(slot: Slot, some: Sequence[Interval]) -> bool:
    """Is all there that was said, and a number? Of what does not apply there is none to share."""
    return bool(some) and not slot.in_part and all(one.lo <= one.hi for one in some)


def _within(slot: Slot, at: Interval) -> bool:
    """Is it a figure of this time, and not one that growth carries there?"""
    time = slot.figures[0].time
    return at.lo <= time.lo and time.hi <= at.hi


def bounds(reach: Interval, among: Sequence[Slot], dated: bool) -> dict[str, Any]:
    """An interval with its ends as they were written in the figures it comes from."""
    if dated:
        ends = (edtf.EVER.lo, edtf.EVER.hi)
        lower, upper = (
            None if day in (*ends, NOTHING.lo, NOTHING.hi) else edtf.date_text(int(day))
            for day in reach
        )
        return {"lower": lower, "upper": upper}
    found: dict[str, Any] = {"lower": None, "upper": None}
    for side, at in (("lower", reach.lo), ("upper", reach.hi)):
        if at not in (NOTHING.lo, NOTHING.hi):
            found |= _written(side, at, among)
    return found


def _written(side: str, at: float, among: Sequence[Slot]) -> dict[str, Any]:
    """The exact text of an end; for a hull of incoherent numbers, the number that reaches it."""
    every = [told for slot in among for told in slot.told]
    for told in every:
        if bound(told, side) == at:
            return {side: told[side], f"{side}_inclusive": told.get(f"{side}_inclusive", True)}
    written = (told[name] for told in every for name in ("value", "lower", "upper") if name in told)
    reaching = next((text for text in written if float(text) == at), None)
    return {side: reaching or plain(Decimal(repr(at))), f"{side}_inclusive": True}
