"""Page of a measure: its figures, how they moved, whether they agree, who stands behind."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from app.models.filters import CLAIMS, TRAITS
from app.pages.client import NotAnswered, PageClient, api_path
from app.render import units, views
from app.render.condition_words import FORMS, is_dated, of_dates
from app.render.field_words import (
    ACCUMULATIONS,
    STATISTICS,
    capital,
    counted,
    listed,
    number,
    small,
    when,
)
from app.render.figure_views import FigureView, Names, place_of
from app.render.plain_text import grouped
from app.render.strips import scale
from app.render.views import ComparisonView, CorroborationView, GroupView, MeasureView
from app.rules.json_types import JsonObject

SHOWN = 200
"""Figures in the table; a measure with more links to the list of all."""
BOUNDS = {
    "value__gte": "at least {}", "value__gt": "more than {}",
    "value__lte": "at most {}", "value__lt": "less than {}",
}  # fmt: skip
OF_DATES = {sent: FORMS[name] for name, sent in of_dates((one, one) for one in BOUNDS)}
"""The same of a measure of dates: the API has filters of their own for them."""
SETTINGS = ("known_by", "as_of", "policy", "readings")
STRICTER = {
    ("policy", "strict"): "words such as “roughly” strictly",
    ("readings", "all"): "every reading must hold",
}
TAKEN = frozenset((*BOUNDS, *SETTINGS, "at"))
STEPS = {
    "update": "an update: later, of a count that may grow",
    "revision": "a revision: another figure for the same time",
    "repeat": "a repeat of the one before",
    "decrease": "a fall, which a running total cannot have",
    "unclear": "unclear: their times overlap",
}
KINDS = (
    ("disagreement", "They disagree", True),
    ("unclear", "Cannot be told", True),
    ("revision", "Revised by the same voice", False),
    ("agreement", "Both can be true", False),
    ("growth", "The total may have grown", False),
    ("other_time", "Of different times", False),
    ("incomparable", "Cannot be compared", False),
)


class PairsOfKind(NamedTuple):
    """Pairs of figures that stand to each other in one way."""

    title: str
    open: bool
    reasons: list[str]


async def measure_page(api: PageClient, id: str, asked: Mapping[str, str]) -> dict[str, Any]:
    """Everything that the page of a measure shows. Raises ``NotAnswered`` as the API does."""
    _require_taken(id, asked)
    settings = {name: asked[name] for name in SETTINGS if asked.get(name)}
    bounds = {name: asked[name] for name in BOUNDS if asked.get(name)}
    answers, names, claims = await _answers(api, id, settings, bounds, asked.get("at"))
    told = views.measure(answers, claims, names)
    figures, comparison = answers["figures"], told.comparison
    dated = is_dated(answers["measure"])
    return {
        "measure": answers["measure"], "told": told, "facts": _facts(answers["measure"]),
        "asked": dict(asked), "settings_pairs": list(settings.items()), "dated": dated,
        "axis": scale(told.figures, [] if dated else list(bounds.values())),
        "count": figures["count"], "bounds": bounds, "question": _question(bounds, dated),
        "question_pairs": list(answers["cited"].items()),
        "tally": tally(firmness(figures, told.figures)),
        "chips": _chips(asked, dated), "moved": _all_moved(told),
        "kinds": pairs_by_kind(comparison) if comparison else [],
        "behind": voices(told.corroboration), "short": _short(told, figures["count"]),
        "citation": await api.text(api_path("measures", id, "citation"), answers["cited"]),
    }  # fmt: skip


def _require_taken(id: str, asked: Mapping[str, str]) -> None:
    """Refuse a filter of the API that this page has not: it would show what was not asked for.

    What is a filter nowhere, such as the mark of a link that was shared, changes no answer.
    """
    filters = {"match", *TRAITS, *(one.name for one in CLAIMS)}
    left = [one for one in asked if one not in TAKEN and re.split("__|[.]", one)[0] in filters]
    if not left:
        return
    listed_at = f"/claims?{urlencode({'measure': id, **asked})}"
    told = f"it narrows the list of claims, and no page of a measure: ask {listed_at}"
    raise NotAnswered(422, {
        "title": "Validation failed", "detail": "This page cannot be asked like this.",
        "errors": [{"parameter": one, "detail": told} for one in left],
    })  # fmt: skip


async def _answers(
    api: PageClient, id: str, settings: JsonObject, bounds: JsonObject, at: str | None
) -> tuple[JsonObject, Names, dict[str, JsonObject]]:
    """What the API says of a measure, each thing asked once."""
    every = {**settings, "measure": id, "sort": "stated", "limit": SHOWN}
    measure = await api.get(api_path("measures", id))
    if is_dated(measure):
        bounds = dict(of_dates(bounds.items()))
    others = await in_another_unit(api, measure, settings.items()) if bounds else 0
    if others:
        bounds = {**bounds, "unit": measure["unit"]}
    answers: dict[str, Any] = {
        "other_units": {"count": others},
        "cited": {**bounds, **settings},
        "series": await api.get(api_path("measures", id, "series"), settings),
        "measure": measure,
        "figures": await _figures(api, every, bounds),
        "comparison": await api.get(api_path("measures", id, "comparison"), {**settings, "at": at}),
        "corroboration": await api.get(api_path("measures", id, "corroboration"), settings),
    }
    claims = await api.get("/v1/claims", {
        **every, "expand": "sources", "fields": "id,attributions,speech_act,polarity,quantities",
    }, shown=False)  # fmt: skip
    names = Names.included(claims)
    roots = [one["root"] for one in answers["corroboration"]["origins"]["items"][:50]]
    names.sources |= await api.names("sources", [id for id in roots if id not in names.sources])
    return answers, names, {one["id"]: one for one in claims["items"]}


async def in_another_unit(
    api: PageClient, measure: JsonObject, filters: Iterable[tuple[str, str]]
) -> int:
    """How many figures are not held against a number: 4,000 kg are not more than 1,000 t."""
    if not measure["unit"]:
        return 0
    others = [("measure", measure["id"]), ("unit__ne", measure["unit"])]
    found = await api.get(
        "/v1/quantities", [*filters, *others, ("count", "exact"), ("limit", "1")], shown=False
    )
    return int(found["count"])


async def _figures(api: PageClient, every: JsonObject, bounds: JsonObject) -> JsonObject:
    """Every figure, those that do not fit too, each with what it is to the bounds.

    What was not printed by a day is no figure of the page: `match=all` would list it as one. What
    is in another unit is one, and `match=all` would not list it.
    """
    counted_all = {**every, "count": "exact"}
    if not bounds or not ("known_by" in every or "unit" in bounds):
        match = "all" if bounds else "any"
        return await api.get("/v1/quantities", {**counted_all, **bounds, "match": match})
    found = await api.get("/v1/quantities", counted_all)
    fit = await api.get("/v1/quantities", {**every, **bounds})
    marks = {place_of(one): one["match"] for one in fit["items"]}
    for one in found["items"]:
        one["match"] = marks.get(place_of(one), "impossible")
    return {**found, "matches": await _matches(api, {**every, **bounds}, fit)}


async def _matches(api: PageClient, asked: JsonObject, fit: JsonObject) -> dict[str, int]:
    """How many figures fit in each way: all of them, and not only those that are listed."""
    if not fit["next_cursor"]:
        return Counter(one["match"] for one in fit["items"])
    every = {**asked, "limit": 1, "count": "exact"}
    return {
        match: (await api.get("/v1/quantities", {**every, "match": match}, shown=False))["count"]
        for match in ("certain", "possible")
    }


def firmness(figures: JsonObject, told: Iterable[FigureView]) -> Counter[str]:
    """How many figures fit in each way, those that are listed no more firmly than they are told."""
    if figures.get("matches") is None:  # only those that are listed are known
        return Counter(one.match for one in told)
    found: Counter[str] = Counter(figures["matches"])
    found.subtract(one["match"] for one in figures["items"])
    found.update(one.match for one in told)
    return found


def tally(matches: Mapping[str, int]) -> str:
    """`Three certainly, one possibly`; `None`, where no figure is."""
    counts = (("certain", "certainly"), ("possible", "possibly"))
    parts = [f"{number(n)} {word}" for match, word in counts if (n := matches.get(match))]
    return capital(", ".join(parts)) or "None"


def _facts(measure: JsonObject) -> list[str]:
    unit = measure.get("unit_label") or units.spoken(measure["unit"])
    statistic = STATISTICS[measure.get("statistic", "count")]
    facts = [f"{statistic} of {unit}" if unit else statistic]
    if (accumulation := measure.get("accumulation", "none")) in ACCUMULATIONS:
        facts.append(capital(ACCUMULATIONS[accumulation]))
    if "domain_min" in measure:
        facts.append(f"Never below {grouped(measure['domain_min'])}")
    if "domain_max" in measure:
        facts.append(f"Never above {grouped(measure['domain_max'])}")
    return facts


def _question(bounds: Mapping[str, str], dated: bool) -> str:
    """`10,000 or more`, from the conditions that were sent."""
    forms = OF_DATES if dated else FORMS
    return listed([forms[name].format(_bound(told, name, dated)) for name, told in bounds.items()])


def _chips(asked: Mapping[str, str], dated: bool) -> list[tuple[tuple[str, str], str]]:
    """What was asked, each with the parameter that a click takes away."""
    told = {
        **(OF_DATES if dated else BOUNDS), "known_by": "printed by {}", "at": "true at {}",
        "as_of": "as the database stood at {}",
    }  # fmt: skip
    chips = [
        ((name, asked[name]), told[name].format(_bound(asked[name], name, dated)))
        for name in told
        if asked.get(name)
    ]
    return chips + [(one, words) for one, words in STRICTER.items() if asked.get(one[0]) == one[1]]


def _bound(text: str, name: str, dated: bool) -> str:
    """With its digits in groups, where it is a number: 2024 may also be a year."""
    if name not in BOUNDS:
        return text
    return when(text) if dated else grouped(text)


def _all_moved(told: MeasureView) -> list[tuple[GroupView, str]]:
    """The groups that are listed, each with what it gave; of the last there may be more."""
    last = len(told.groups) - 1 if told.more_points else None
    return [(one, _moved(one, n == last)) for n, one in enumerate(told.groups)]


def _moved(group: GroupView, more: bool) -> str:
    """How many figures one gave; and what they are to each other, where it is always the same."""
    told = f"gave {counted(len(group.points), 'figure')}{' or more' if more else ''}"
    same = {one.step for one in group.points[1:]}
    step = same.pop() if len(same) == 1 else None
    return f"{told}, each {STEPS[step]}" if step else told


def pairs_by_kind(comparison: ComparisonView) -> list[PairsOfKind]:
    """The reasons of all pairs: those first that disagree, or of which it cannot be told."""
    told: dict[str, list[str]] = {}
    for one in comparison.pairs:
        told.setdefault(one.kind, []).append(one.reason)
    return [
        PairsOfKind(title, unfolded, told[kind]) for kind, title, unfolded in KINDS if kind in told
    ]


def voices(behind: CorroborationView) -> str:
    """`At least two independent voices, at most three.`"""
    word = "independent voice" if behind.low == 1 else "independent voices"
    told = counted(behind.low, word, word)
    if behind.low == behind.high:
        return f"{capital(told)}."
    return f"At least {told}, at most {number(behind.high)}."


def _short(told: MeasureView, count: int) -> list[str]:
    """The first sentences of the page: how many, of whom, from when to when, do they agree.

    Where only some are listed, nothing is told of who gave the others, and of the last. What is
    undated, or may be of any day up to one, is neither.
    """
    rows = told.figures
    if not rows:
        return ["Nobody here has said a figure of it."]
    said = len({tuple(row.claimants) for row in rows if row.claimants})
    first = capital(counted(count, "figure"))
    first += f" by {counted(said, 'claimant')}" if said and not told.more_figures else ""
    first += f", read in {counted(told.corroboration.documents, 'document')}."
    dated = [row for row in rows if row.stated.begins]
    if len(dated) > 1:
        first += f" The first, of {dated[0].time.words}: {dated[0].in_short}"
        last = f"; the last, of {dated[-1].time.words}: {dated[-1].in_short}."
        first += "." if told.more_figures else last
    return [first, agreement(told.comparison) if told.comparison else ""]


def agreement(comparison: ComparisonView) -> str:
    """`No two certainly disagree; of one pair it cannot be told.`"""
    kinds = [one.disagreement for one in comparison.pairs]
    disagree, unclear = kinds.count("true"), kinds.count("unclear")
    if not kinds:
        return ""
    verb = "certainly disagrees" if disagree == 1 else "certainly disagree"
    told = f"{capital(counted(disagree, 'pair'))} {verb}" if disagree else "No two " + verb
    more = f"; of {counted(unclear, 'pair')} it cannot be told" if unclear else ""
    if comparison.left_out:
        told = f"Of the {number(len(comparison.figures))} that were compared: {small(told)}"
    return f"{told}{more}."
