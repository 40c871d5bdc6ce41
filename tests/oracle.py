"""Test oracle: what one claim answers to a question, as plain functions.

The store asks the same of indexed rows in SQL; property tests hold the two together on both
engines. Nothing is shared with it but what one figure's interval and one date's span are.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum
from functools import lru_cache
from operator import eq, ge, gt, le, lt
from typing import Any, Literal

from app.rules import edtf, intervals, numbers
from app.rules.bounds import MeasureContext, in_unit
from app.rules.edtf import OPEN_FUTURE, OPEN_PAST, DateReading, DaySpan
from app.rules.intervals import NOTHING, Interval, hull
from app.rules.json_types import JsonObject

Words = Mapping[str, frozenset[str]]
Trait = tuple[str, str, tuple[Any, ...]]
DEFAULTS = {"modality": "plain", "polarity": "positive", "alternative_mode": "single"}
COMPARE = {"eq": eq, "gt": gt, "gte": ge, "lt": lt, "lte": le}
STORED = {"nominal": "value", "lower": "lower", "upper": "upper"}
READINGS: Mapping[bool, edtf.DateReading] = {False: "convention", True: "strict"}
OF_FIGURE = STORED.keys() | {"flag"}
OF_CLAIM = ("claimant", "tag")
"""What may be asked to be absent, beside dates."""

Spans = Mapping[str, Interval]
EVER = Interval(edtf.EVER.lo, edtf.EVER.hi)


class Certainty(IntEnum):
    """Ordered, so that the weakest of several answers is their minimum."""

    impossible = 0
    possible = 1
    certain = 2


@dataclass(frozen=True)
class Known:
    """A claim in full form, the measures it counts, and the date of the document it stands in."""

    claim: JsonObject
    measures: Mapping[str, JsonObject]
    printed: str | None = None
    worked_out: dict[bool, dict[str, Interval]] = field(default_factory=dict, compare=False)
    """Its times by either reading, once they were asked for."""


@dataclass(frozen=True)
class Asked:
    """A question; what is left out is not asked.

    Words: any of them; ``but``: none of them. ``numbers``: (nominal | lower | upper, operator,
    number), compared plainly; ``traits``: (dim.NAME | attr.NAME, operator, values).
    ``missing``: is such a number, a date, a word to be absent? Intervals are closed.
    """

    value: Interval | None = None
    date: Interval | None = None
    of_figure: Words = field(default_factory=dict)
    traits: tuple[Trait, ...] = ()
    but_figure: Words = field(default_factory=dict)
    but_claim: Words = field(default_factory=dict)
    numbers: tuple[tuple[str, str, float], ...] = ()
    of_claim: Words = field(default_factory=dict)
    times: Mapping[str, Interval] = field(default_factory=dict)
    shares_days: Interval | None = None
    known_by: float | None = None
    missing: Mapping[str, bool] = field(default_factory=dict)
    readings: Literal["preferred", "all"] = "preferred"
    strict: bool = False

    @property
    def asks_of_figures(self) -> bool:
        """Is there a condition on a quantity?"""
        plain = self.of_figure or self.but_figure or self.traits or self.numbers
        return (
            bool(plain or OF_FIGURE & self.missing.keys())
            or self.value is not None
            or self.date is not None
        )


def claim(known: Known, asked: Asked) -> Certainty:
    """The answer of a claim: of its best slot, and as weak as anything else that is asked."""
    answers = _beside_figures(known, asked)
    if asked.asks_of_figures:
        kept = considered(known, asked)
        slots = [[q for q in kept if q["slot"] == n] for n in {q["slot"] for q in kept}]
        answers.append(max((_slot(s, known, asked) for s in slots), default=Certainty.impossible))
    return min(answers, default=Certainty.certain)


def figure(one: JsonObject, known: Known, asked: Asked) -> Certainty:
    """The answer of one figure, judged alone, with what is asked of its claim."""
    return min([_candidate(one, [one], known, asked), *_beside_figures(known, asked)])


def considered(known: Known, asked: Asked) -> list[JsonObject]:
    """The readings asked about: the preferred one of an alternative; where there is none, all."""
    every: list[JsonObject] = known.claim.get("quantities", [])
    decided = {(q["slot"], q["alternative"]) for q in every if q.get("preferred")}
    if asked.readings == "all":
        return every
    return [q for q in every if q.get("preferred") or (q["slot"], q["alternative"]) not in decided]


def _slot(slot: list[JsonObject], known: Known, asked: Asked) -> Certainty:
    """One answer of all candidates of a slot; in a mix a figure may lie anywhere among them."""
    mixed = known.claim.get("alternative_mode") == "mix"
    return fold(_candidate(one, slot if mixed else [one], known, asked) for one in slot)


def _candidate(one: JsonObject, among: list[JsonObject], known: Known, asked: Asked) -> Certainty:
    """All conditions on a quantity together: whoever fails one is impossible."""
    answers = [Certainty.certain if _fits(one, asked) else Certainty.impossible]
    if asked.value is not None:
        reach = _reach(one, among, lambda q: _value(q, known, asked.strict))
        answers.append(judge(reach, asked.value))
    if asked.date is not None:
        reach = _reach(one, among, lambda q: _days(q, known, asked.strict))
        answers.append(judge(reach, asked.date))
    return min(answers)


def _reach(
    one: JsonObject, among: list[JsonObject], where: Callable[[JsonObject], Interval]
) -> Interval:
    """The hull of the figures of its measure and unit; one that is nowhere by itself stays so."""
    if where(one) == NOTHING:
        return NOTHING
    same = [other for other in among if _counted(other) == _counted(one)]
    return hull(where(other) for other in same)


def _counted(one: JsonObject) -> tuple[Any, Any]:
    return one["measure"], one.get("unit")


def _fits(one: JsonObject, asked: Asked) -> bool:
    return (
        all(_words(one, name) & any_of for name, any_of in asked.of_figure.items())
        and not any(_words(one, name) & none_of for name, none_of in asked.but_figure.items())
        and all(_has(one, *condition) for condition in asked.traits)
        and all(_compares(one, *condition) for condition in asked.numbers)
        and all((STORED[n] not in one) is asked.missing[n] for n in STORED.keys() & asked.missing)
        and asked.missing.get("flag") in (None, not one.get("flags"))
    )


def _has(one: JsonObject, name: str, op: str, values: tuple[Any, ...]) -> bool:
    """A condition on a dimension or an attribute; one that is not there is other than all words."""
    kind, _, own = name.partition(".")
    value = one.get({"dim": "dimensions", "attr": "attributes"}[kind], {}).get(own)
    if op == "is_null":
        return (value is None) is values[0]
    if op in ("eq", "ne"):
        return any(_same(value, other) for other in values) is (op == "eq")
    number = None if value is None else _number(value)
    return number is not None and COMPARE[op](float(number), values[0])


def _same(value: object, other: object) -> bool:
    """Are two values one: as numbers, if both are, else letter by letter?"""
    if value is None:
        return False
    one, another = _number(value), _number(other)
    if one is not None and another is not None:
        return one == another
    return str(value) == str(other)


def _number(value: object) -> Decimal | None:
    try:
        return numbers.exact(str(value))
    except ValueError:
        return None


def _words(whole: JsonObject, name: str) -> set[str]:
    if name in ("flag", "tag"):
        return set(whole.get(f"{name}s", []))
    word = whole.get(name, DEFAULTS.get(name))
    return set() if word is None else {word}


def _compares(one: JsonObject, name: str, op: str, number: float) -> bool:
    stored = one.get(STORED[name])
    return stored is not None and COMPARE[op](float(stored), number)


def _value(one: JsonObject, known: Known, strict: bool) -> Interval:
    """Where the figure may lie as a number: nowhere, if it is a date."""
    if known.measures[one["measure"]].get("statistic") == "date":
        return NOTHING
    return intervals.of_figure(one, strict, domain(known.measures[one["measure"]], one))


def domain(measure: JsonObject, figure: JsonObject) -> Interval:
    """Where a measure's figures can lie at all, in the unit of this one."""
    unit = measure.get("unit", "")
    ends = (measure.get("domain_min"), measure.get("domain_max"))
    return _domain(unit, str(figure.get("unit", unit)), *ends)


@lru_cache
def _domain(unit: str, own: str, *ends: str | None) -> Interval:
    least, most = (None if end is None else Decimal(end) for end in ends)
    return in_unit(MeasureContext(unit, None, "", least, most), own).domain


def _days(one: JsonObject, known: Known, strict: bool) -> Interval:
    """The days that the figure may be: none, if it is no date."""
    dated = "date" in one or known.measures[one["measure"]].get("statistic") == "date"
    if not dated or one.get("absence") == "not_applicable":
        return NOTHING
    return _span(None if one.get("absence") else one.get("date"), strict)


def _beside_figures(known: Known, asked: Asked) -> list[Certainty]:
    """The answers to all that is not asked of figures; what is denied is no figure unasked."""
    spans, told = times(known, asked.strict), times(known)
    found = [judge(spans[name], wanted) for name, wanted in asked.times.items()]
    if asked.shares_days is not None:
        found.append(_shares(spans["period_start"], spans["period_end"], asked.shares_days))
    if asked.known_by is not None:
        found.append(_known_by(spans, told, asked.known_by))
    about = asked.of_claim.keys() | asked.but_claim.keys()
    judged = asked.value is not None or asked.date is not None
    unasked = judged and "polarity" not in about
    plain = [not unasked or "negative" not in _words(known.claim, "polarity")]
    plain += [bool(_words(known.claim, name) & some) for name, some in asked.of_claim.items()]
    plain += [not _words(known.claim, name) & some for name, some in asked.but_claim.items()]
    absent = [name for name in OF_CLAIM if name in asked.missing]
    plain += [(not _words(known.claim, name)) is asked.missing[name] for name in absent]
    plain += [(told[n] == EVER) is asked.missing[n] for n in spans.keys() & asked.missing]
    return found + [Certainty.certain if holds else Certainty.impossible for holds in plain]


@lru_cache(maxsize=4096)
def _span(text: str | None, strict: bool) -> Interval:
    found = edtf.EVER if text is None else edtf.span(text, READINGS[strict])
    return Interval(found.lo, found.hi)


def times(known: Known, strict: bool = False) -> dict[str, Interval]:
    """The axes of time, each as the days it may be; what is missing may be any."""
    if strict not in known.worked_out:
        known.worked_out[strict] = _times(known, strict)
    return known.worked_out[strict]


def _times(known: Known, strict: bool) -> dict[str, Interval]:
    stated, published = known.claim.get("stated"), known.claim.get("published", known.printed)
    start, end = _period(known, strict)
    found = {"stated": _span(stated, strict), "published": _span(published, strict)}
    return {**found, "period_start": start, "period_end": end}


def _period(known: Known, strict: bool) -> tuple[Interval, Interval]:
    """When the time described starts and ends; of a cumulative measure it is up to ``stated``."""
    if "period" in known.claim:
        start, end = edtf.extent(known.claim["period"], READINGS[strict])
        return Interval(start.lo, start.hi), Interval(end.lo, end.hi)
    counted = {q["measure"] for q in known.claim.get("quantities", [])}
    if any(known.measures[id].get("accumulation") == "cumulative" for id in counted):
        stated = _span(known.claim.get("stated"), strict)
        return Interval(EVER.lo, stated.hi), stated
    return EVER, EVER


def _shares(start: Interval, end: Interval, days: Interval) -> Certainty:
    """Does the time described share days with these? It ends no earlier than it starts."""
    if days.lo > days.hi or start.lo > days.hi or end.hi < days.lo:
        return Certainty.impossible
    sure = min(start.hi, end.hi) <= days.hi and max(end.lo, start.lo) >= days.lo
    return Certainty.certain if sure else Certainty.possible


def _known_by(spans: Spans, usual: Spans, day: float) -> Certainty:
    """What speaks for an answer is read by its policy, what speaks against it by convention."""
    if spans["stated"].lo > day and usual["published"].hi > day:
        return Certainty.impossible
    if spans["published"].hi <= day and usual["stated"].lo <= day:
        return Certainty.certain
    return Certainty.possible


def judge(figure: Interval, wanted: Interval) -> Certainty:
    """Does a value somewhere in ``figure`` lie in ``wanted``: certainly, possibly, or never?"""
    if figure.lo > figure.hi or wanted.lo > wanted.hi:
        return Certainty.impossible
    if figure.lo > wanted.hi or figure.hi < wanted.lo:
        return Certainty.impossible
    inside = wanted.lo <= figure.lo and figure.hi <= wanted.hi
    return Certainty.certain if inside else Certainty.possible


def fold(answers: Iterable[Certainty]) -> Certainty:
    """One answer of several candidates: certain iff all are, impossible iff all are."""
    seen = set(answers)
    return seen.pop() if len(seen) == 1 else Certainty.possible


def shared_days(a: DaySpan, b: DaySpan) -> DaySpan | None:
    """The days that two spans share, or None."""
    lo, hi = max(a.lo, b.lo), min(a.hi, b.hi)
    return DaySpan(lo, hi) if lo <= hi else None


def reference(
    period: str | None, stated: str | None, reading: DateReading = "convention"
) -> DaySpan:
    """The time that a figure describes: the end of its period, else when it was stated, else ever.

    A period written as one date ends with its last day. A period that is still open (`2024-10/..`)
    names no end, so its figure stands for when it was stated, but never before the period began.
    """
    said = edtf.EVER if stated is None else edtf.span(stated, reading)
    if period is None:
        return said
    start, end = edtf.extent(period, reading)
    if end != DaySpan(OPEN_FUTURE, OPEN_FUTURE):
        return end
    since = DaySpan(start.lo, OPEN_FUTURE)
    return shared_days(since, said) or since


def order(a: DaySpan, b: DaySpan) -> Literal["same", "later", "earlier", "unclear"]:
    """How reference time a stands to b; spans that overlap without being equal cannot tell."""
    if a == b and a.lo > OPEN_PAST and a.hi < OPEN_FUTURE:
        return "same"
    if a.lo > b.hi:
        return "later"
    return "earlier" if a.hi < b.lo else "unclear"
