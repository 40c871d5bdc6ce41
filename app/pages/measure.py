"""View model of a measure: its figures, how they moved, whether they agree, who stands behind."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.pages import figures, words
from app.pages.client import PageClient, api_path
from app.pages.figures import FigureRow, NamesById
from app.pages.scale import Scale, scale
from app.render import units
from app.render.plain_text import grouped
from app.rules.json_types import JsonObject

SHOWN = 200
"""Figures in the table; a measure with more links to the list of all."""
BOUNDS = {
    "value__gte": "at least {}", "value__gt": "more than {}",
    "value__lte": "at most {}", "value__lt": "less than {}",
}  # fmt: skip
SETTINGS = ("known_by", "as_of", "policy", "readings")
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


class ClaimantPoints(NamedTuple):
    """One claimant's figures in the order of their times."""

    name: str
    points: list[tuple[str, str, str, str]]
    sentence: str


class PairsOfKind(NamedTuple):
    """Pairs of figures that stand to each other in one way."""

    title: str
    open: bool
    reasons: list[str]


async def measure_view(api: PageClient, id: str, asked: Mapping[str, str]) -> dict[str, Any]:
    """Everything that the page of a measure shows. Raises ``NotAnswered`` as the API does."""
    settings = {name: asked[name] for name in SETTINGS if asked.get(name)}
    bounds = {name: asked[name] for name in BOUNDS if asked.get(name)}
    api.moment = settings.get("as_of")
    series = await api.get(api_path("measures", id, "series"), settings)
    measure = await api.get(api_path("measures", id))
    every = {**settings, "measure": id, "match": "any", "sort": "stated", "limit": SHOWN}
    found = await api.get("/v1/quantities", {**every, "count": "exact"})
    claims = await _claims(api, id, settings)
    marks = await _marks(api, {**every, **bounds}) if bounds else {}
    comparison = await api.get(
        api_path("measures", id, "comparison"), {**settings, "at": asked.get("at")}
    )
    corroboration = await api.get(api_path("measures", id, "corroboration"), settings)
    names = await _names(api, claims, corroboration)
    axis = scale(found["items"], list(bounds.values()))
    rows = _rows(found, claims, names, marks if bounds else None, axis)
    return {
        "measure": measure, "facts": _facts(measure), "asked": dict(asked),
        "settings_pairs": list(settings.items()),
        "axis": axis, "rows": rows, "items": found["items"],
        "count": found["count"], "more": found["next"] is not None, "bounds": bounds,
        "question": _question(bounds), "tally": figures.tally(row.mark for row in rows),
        "chips": _chips(asked), "groups": _groups(series, names),
        "against": [words.worded(one) for one in series["against"]],
        "kinds": _kinds(comparison),
        "comparison": comparison, "left_out": comparison.get("left_out", 0),
        "behind": _behind(corroboration, names), "short": _short(rows, comparison, corroboration),
        "assumptions": series["assumptions"]["notes"],
    }  # fmt: skip


async def _claims(api: PageClient, id: str, settings: JsonObject) -> JsonObject:
    params = {**settings, "measure": id, "match": "any", "expand": "sources", "limit": SHOWN,
              "sort": "stated"}  # fmt: skip
    return await api.get("/v1/claims", params, shown=False)


async def _marks(api: PageClient, params: JsonObject) -> dict[tuple[str, int, int, str], str]:
    """What each figure that fits is; those that are not in it are impossible."""
    answer = await api.get("/v1/quantities", params)
    return {figures.key(one): one["match"] for one in answer["items"]}


async def _names(api: PageClient, claims: JsonObject, corroboration: JsonObject) -> dict[str, str]:
    """Names of all that the page mentions; roots are not brought along by claims."""
    names = figures.names_of(claims)
    for origin in corroboration["origins"]["items"][:50]:
        if origin["root"] and origin["root"] not in names:
            root = await api.get(api_path("sources", origin["root"]), shown=False)
            names[root["id"]] = root["name"]
    return names


def _rows(
    found: JsonObject,
    claims: JsonObject,
    names: NamesById,
    marks: Mapping[tuple[str, int, int, str], str] | None,
    axis: Scale | None,
) -> list[FigureRow]:
    by_id = {one["id"]: one for one in claims["items"]}
    return [
        figures.figure_row(
            one, by_id.get(one["claim"], one), names,
            None if marks is None else marks.get(figures.key(one), "impossible"), axis,
        )
        for one in found["items"]
    ]  # fmt: skip


def _facts(measure: JsonObject) -> list[str]:
    unit = measure.get("unit_label") or units.spoken(measure["unit"])
    statistic = words.STATISTICS[measure.get("statistic", "count")]
    facts = [f"{statistic} of {unit}" if unit else statistic]
    if (accumulation := measure.get("accumulation", "none")) in words.ACCUMULATIONS:
        facts.append(words.capital(words.ACCUMULATIONS[accumulation]))
    if "domain_min" in measure:
        facts.append(f"Never below {grouped(measure['domain_min'])}")
    if "domain_max" in measure:
        facts.append(f"Never above {grouped(measure['domain_max'])}")
    return facts


def _question(bounds: Mapping[str, str]) -> str:
    """`10,000 or more`, from the conditions that were sent."""
    forms = {"value__gte": "{} or more", "value__gt": "more than {}", "value__lte": "{} or less",
             "value__lt": "less than {}"}  # fmt: skip
    return words.listed([forms[name].format(grouped(value)) for name, value in bounds.items()])


def _chips(asked: Mapping[str, str]) -> list[tuple[str, str]]:
    """What was asked, each with the parameter that a click takes away."""
    told = {
        **BOUNDS, "known_by": "printed by {}", "at": "true at {}",
        "as_of": "as the database stood at {}",
    }  # fmt: skip
    chips = [(name, told[name].format(grouped(asked[name]))) for name in told if asked.get(name)]
    if asked.get("policy") == "strict":
        chips.append(("policy", "words such as “roughly” strictly"))
    if asked.get("readings") == "all":
        chips.append(("readings", "every reading must hold"))
    return chips


def _groups(series: JsonObject, names: NamesById) -> list[ClaimantPoints]:
    return [_group(one, names) for one in series["groups"]]


def _group(group: JsonObject, names: NamesById) -> ClaimantPoints:
    id = group["group"]
    name = names.get(id, id) if isinstance(id, str) else "Nobody named"
    points = group["points"]
    steps = [STEPS.get(one["step"] or "", "") for one in points]
    shown = [
        (one["claim"], words.worded(one), words.when(one.get("period", one.get("stated"))), step)
        for one, step in zip(points, steps, strict=True)
    ]
    told = f"gave {words.counted(len(points), 'figure')}"
    same = {step for step in steps[1:] if step}
    sentence = f"{told}, each {same.pop()}" if len(points) > 1 and len(same) == 1 else told
    return ClaimantPoints(name, shown, sentence)


def _kinds(comparison: JsonObject) -> list[PairsOfKind]:
    known = {name for name, _, _ in KINDS}
    found = []
    for name, title, unfolded in KINDS:
        reasons = [one["reason"] for one in comparison["pairs"] if one["kind"] == name]
        if reasons:
            found.append(PairsOfKind(title, unfolded, reasons))
    rest = [one["reason"] for one in comparison["pairs"] if one["kind"] not in known]
    return [*found, PairsOfKind("Other pairs", False, rest)] if rest else found


def _behind(corroboration: JsonObject, names: NamesById) -> dict[str, Any]:
    low, high = (corroboration["independent_origins"][end] for end in ("min", "max"))
    voices = "independent voice" if low == 1 else "independent voices"
    at_least = words.counted(low, voices, voices)
    sentence = f"{words.capital(at_least)}." if low == high else (
        f"At least {at_least}, at most {words.number(high)}."
    )  # fmt: skip
    origins = [
        (one["source"], names.get(one["source"], one["source"]),
         names.get(one["root"], one["root"]) if one["root"] else "", one["root"] or "",
         one["claims"], one["anonymous"])
        for one in corroboration["origins"]["items"]
    ]  # fmt: skip
    relayers = [names.get(id, id) for id in corroboration["relayers"]["items"][:12]]
    return {"sentence": sentence, "origins": origins, "relayers": words.listed(relayers),
            "derived": corroboration["derived_excluded"]["items"],
            "cycles": corroboration["cycles"]}  # fmt: skip


def _short(rows: list[FigureRow], comparison: JsonObject, corroboration: JsonObject) -> list[str]:
    """The first sentences of the page: how many, of whom, from when to when, do they agree."""
    if not rows:
        return ["Nobody here has said a figure of it."]
    said = len({row.who for row in rows if row.who})
    documents = corroboration["documents"]["count"]
    told = f"{words.capital(words.counted(len(rows), 'figure'))}"
    told += f" by {words.counted(said, 'claimant')}" if said else ""
    told += f", read in {words.counted(documents, 'document')}."
    if len(rows) > 1:
        told += f" The first, of {rows[0].when}: {rows[0].worded}; "
        told += f"the last, of {rows[-1].when}: {rows[-1].worded}."
    return [told, _agreement(comparison)]


def _agreement(comparison: JsonObject) -> str:
    kinds = [one["disagreement"] for one in comparison["pairs"]]
    disagree = kinds.count("true")
    unclear = kinds.count("unclear")
    if not kinds:
        return ""
    told = (
        f"{words.capital(words.counted(disagree, 'pair'))} certainly disagrees"
        if disagree == 1
        else f"{words.capital(words.counted(disagree, 'pair'))} certainly disagree"
        if disagree
        else "No two certainly disagree"
    )
    return (
        f"{told}; of {words.counted(unclear, 'pair')} it cannot be told." if unclear else f"{told}."
    )
