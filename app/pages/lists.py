"""View models of the lists: claims with facets, measures, the search over everything, the home."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from app.pages import figures, words
from app.pages.client import NotAnswered, PageClient, api_path
from app.pages.measure import measure_view
from app.render.plain_text import grouped
from app.rules.json_types import JsonObject

FACETS = {
    "measure": "Measure", "claimant": "Claimant", "hedge": "Hedge",
    "modality": "Put how firmly", "document": "Read in",
}  # fmt: skip
VALUES = 8
"""Values that a facet shows; the rest are reached by narrowing."""
SORTS = (
    ("-recorded_at", "Recorded, newest first"), ("-stated", "Said, newest first"),
    ("stated", "Said, oldest first"), ("id", "Name"),
)  # fmt: skip
PAGE = 25
NEWEST = 8


class FacetValue(NamedTuple):
    """A value to click on, and how many claims have it."""

    value: str
    name: str
    claims: int


async def claims_view(api: PageClient, asked: list[tuple[str, str]]) -> dict[str, Any]:
    """A table of claims under any filter of the API, and what to narrow it down by."""
    filters = [pair for pair in asked if pair[0] not in ("sort", "cursor", "limit")]
    given = dict(asked)
    extra = [("expand", "sources,measures"), ("count", "exact"), ("limit", str(PAGE))]
    extra += [(name, given[name]) for name in ("sort", "cursor") if given.get(name)]
    found = await api.get("/v1/claims", [*filters, *extra])
    facets = await api.get("/v1/facets", [*filters, ("by", ",".join(FACETS))])
    names = figures.names_of(found)
    await _name_values(api, facets, names, [value for _, value in filters])
    return {
        "rows": figures.claim_rows(found), "count": found["count"], "filters": filters,
        "cursor": found["next_cursor"], "sort": given.get("sort", "-recorded_at"), "sorts": SORTS,
        "chips": [(name, _chip(name, value, names)) for name, value in filters],
        "facets": _facets(facets["facets"], names, given), "given": given,
        "later": "cursor" in given,
    }  # fmt: skip


async def _name_values(
    api: PageClient, facets: JsonObject, names: dict[str, str], asked: list[str]
) -> None:
    """NamesById for what a facet lists and no row of the page brought along."""
    for by, kind in (("measure", "measures"), ("claimant", "sources"), ("document", "sources")):
        for one in facets["facets"][by][:VALUES]:
            await _name(api, kind, one["value"], names)
    for value in asked:
        await _name(api, "sources", value, names)


async def _name(api: PageClient, kind: str, id: str | None, names: dict[str, str]) -> None:
    if id and id not in names:
        with suppress(NotAnswered):  # a value that is no id is shown as it is
            names[id] = (await api.get(api_path(kind, id), shown=False)).get("name", id)


def _facets(
    found: JsonObject, names: Mapping[str, str], given: Mapping[str, str]
) -> list[tuple[str, str, list[FacetValue]]]:
    named = {"hedge": words.HEDGES, "modality": {k: v.lower() for k, v in words.MODALITIES.items()}}
    return [
        (by, title, [
            FacetValue(str(one["value"]), named.get(by, names).get(one["value"], str(one["value"])),
                       one["count"])
            for one in found[by][:VALUES] if one["value"] is not None
        ])
        for by, title in FACETS.items() if by not in given
    ]  # fmt: skip


CHIPS = {
    "measure": "of: {}", "claimant": "said by: {}", "document": "read in: {}", "via": "through: {}",
    "origin": "goes back to: {}", "origin_root": "goes back to: {}", "q": "words: {}",
    "stated__gte": "said: {} or later", "stated__lte": "said: {} or earlier",
    "value__gte": "{} or more", "value__lte": "{} or less", "known_by": "printed by {}",
    "status": "status: {}", "hedge": "hedge: {}", "modality": "{}", "match": "match: {}",
}  # fmt: skip
DATES = ("stated", "published", "period", "known_by")


def _chip(name: str, value: str, names: Mapping[str, str]) -> str:
    if name == "hedge":
        told = words.HEDGES.get(value, value)
    elif name == "modality":
        told = words.MODALITIES.get(value, value).lower()
    elif name.partition("__")[0] in DATES:
        told = _date(value)
    else:
        told = names.get(value, grouped(value))
    return CHIPS.get(name, name.replace("__", " ").replace("_", " ") + ": {}").format(told)


def _date(value: str) -> str:
    try:
        return words.when(value)
    except ValueError:
        return value


async def measures_view(api: PageClient) -> dict[str, Any]:
    """Every measure with what kind of figure it is and how many there are."""
    counts = await api.get("/v1/facets", {"by": "measure"})
    found = await api.get("/v1/measures", {"sort": "id", "limit": 1000, "count": "exact"})
    figures_of = {one["value"]: one["count"] for one in counts["facets"]["measure"]}
    rows = [(one, measure_kind(one), figures_of.get(one["id"], 0)) for one in found["items"]]
    rows.sort(key=lambda row: str(row[0].get("name", row[0]["id"])).casefold())
    return {"rows": rows, "count": found["count"]}


def measure_kind(measure: JsonObject) -> str:
    """What kind of figure it is: `Count, a running total`."""
    kind = words.STATISTICS[measure.get("statistic", "count")]
    more = words.ACCUMULATIONS.get(measure.get("accumulation", "none"), "").partition(":")[0]
    return f"{kind}, {more}" if more else kind


async def search_view(api: PageClient, text: str) -> dict[str, Any]:
    """One search over measures, claims and sources, each with how many there are."""
    if not text.strip():
        return {"q": text, "found": [], "total": 0, "refused": ""}
    try:
        found = [(kind, await _hits(api, kind, text)) for kind in ("measures", "claims", "sources")]
    except NotAnswered as refused:
        details = [one["detail"] for one in refused.problem.get("errors", [])]
        return {"q": text, "found": [], "total": 0,
                "refused": words.capital("; ".join(details)) or str(refused)}  # fmt: skip
    hits = [(kind, count, rows) for kind, (count, rows) in found]
    return {"q": text, "found": hits, "total": sum(count for _, count, _ in hits), "refused": ""}


async def _hits(api: PageClient, kind: str, text: str) -> tuple[int, list[Any]]:
    params = {"q": text, "count": "exact", "limit": 10}
    if kind == "claims":
        answer = await api.get("/v1/claims", {**params, "expand": "sources,measures"})
        return answer["count"], figures.claim_rows(answer)
    answer = await api.get(f"/v1/{kind}", params)
    return answer["count"], answer["items"]


async def home_view(api: PageClient) -> dict[str, Any]:
    """What is in this database, three questions that it can answer, and the newest changes."""
    counts = {}
    for kind in ("claims", "measures", "sources"):
        answer = await api.get(f"/v1/{kind}", {"limit": 1, "count": "exact"})
        counts[kind] = answer["count"]
    facets = await api.get("/v1/facets", {"by": "measure,document"})
    counts["documents"] = len(facets["facets"]["document"])
    return {
        "counts": counts, "asked": await _questions(api, facets["facets"]["measure"]),
        "newest": await _newest(api),
    }  # fmt: skip


async def _questions(api: PageClient, measures: list[JsonObject]) -> list[JsonObject]:
    """Three questions about the measure of which the most is known."""
    if not measures or measures[0]["count"] < 2:
        return []
    id = measures[0]["value"]
    plain = await measure_view(api, id, {})
    name = plain["measure"].get("name", id)
    value = _middle(plain["items"])
    asked = await measure_view(api, id, {"value__gte": value}) if value else None
    cards = [] if asked is None else [{
        "question": f"{name}: who says {grouped(value)} or more?",
        "answer": asked["tally"], "why": _why(asked),
        "href": f"/measures/{id}?value__gte={value}#answer",
    }]  # fmt: skip
    return [
        *cards,
        {"question": "Do those figures contradict each other?", "answer": plain["short"][-1],
         "why": _reason(plain), "href": f"/measures/{id}#agree"},
        {"question": "How many independent voices stand behind them?",
         "answer": plain["behind"]["sentence"], "why": _voices(plain),
         "href": f"/measures/{id}#behind"},
    ]  # fmt: skip


def _middle(figures_of: list[JsonObject]) -> str:
    """A number to ask about: the median of what was said, so that the answers differ."""
    values = sorted((one["value"] for one in figures_of if "value" in one), key=float)
    return str(values[len(values) // 2]) if values else ""


def _why(view: JsonObject) -> str:
    maybe = next((row for row in view["rows"] if row.mark == "maybe"), None)
    no = next((row for row in view["rows"] if row.mark == "no"), None)
    told = f"{maybe.worded} may be: {words.small(maybe.allows)}. " if maybe else ""
    return told + (f"{no.worded} is not." if no else "")


def _reason(view: JsonObject) -> str:
    shown = [reason for kind in view["kinds"] if kind.open for reason in kind.reasons]
    return (
        shown[0].split(". ")[0].rstrip(".") + "."
        if shown
        else "Every two of them can both be true, or are of different times."
    )


def _voices(view: JsonObject) -> str:
    behind = view["behind"]
    told = f"{words.capital(words.counted(len(view['rows']), 'figure'))}, "
    told += f"{words.counted(len(behind['origins']), 'origin')}"
    return (
        f"{told}; passed on by {behind['relayers']}, who add none."
        if behind["relayers"]
        else told + "."
    )


async def _newest(api: PageClient) -> list[figures.ClaimRow]:
    """The claims that were written last."""
    params = {"sort": "-recorded_at", "limit": NEWEST, "expand": "sources,measures"}
    return figures.claim_rows(await api.get("/v1/claims", params))
