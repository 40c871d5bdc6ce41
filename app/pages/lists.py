"""Pages of the lists: claims with facets, measures, the search over everything, the home."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from app.pages.client import NotAnswered, PageClient
from app.pages.measure import in_another_unit
from app.render import claim_views, field_words
from app.render.condition_words import SOURCES, condition, is_dated, of_dates
from app.render.figure_views import Names
from app.rules.json_types import JsonObject

FACETS = {
    "measure": "Measure", "claimant": "Claimant", "hedge": "Hedge",
    "origin_root": "Goes back to", "modality": "Put how firmly", "document": "Read in",
    "published_year": "Printed in",
}  # fmt: skip
ASKED_AS = {"published_year": "published"}
"""Facets whose values are asked for by another filter."""
VALUES = 8
"""Values that a facet shows; the rest are reached by narrowing."""
SORTS = (
    ("-recorded_at", "Recorded, newest first"), ("recorded_at", "Recorded, oldest first"),
    ("-stated", "Said, newest first"), ("stated", "Said, oldest first"),
    ("-published", "Printed, newest first"), ("published", "Printed, oldest first"),
    ("-period", "About, latest first"), ("period", "About, earliest first"),
    ("id", "Name"), ("-id", "Name, from the end"),
)  # fmt: skip
FIELDS = ("q", "via", "stated__gte", "stated__lte", "value__gte", "value__lte", "status")
"""Filters that the form has a field for."""
PAGE = 25


async def claims_page(api: PageClient, asked: list[tuple[str, str]]) -> dict[str, Any]:
    """A table of claims under any filter of the API, and what to narrow it down by."""
    filters = [pair for pair in asked if pair[0] not in ("sort", "cursor", "limit")]
    given = {"sort": SORTS[0][0], **dict(asked)}
    extra = [("expand", "sources,measures"), ("count", "exact"), ("limit", str(PAGE))]
    extra += [(name, given[name]) for name in ("sort", "cursor") if given.get(name)]
    question, others = await _in_one_unit(api, filters)
    found = await api.get("/v1/claims", [*question, *extra])
    facets = await api.get("/v1/facets", [*question, ("by", ",".join(FACETS))])
    names = Names.included(found)
    await _name_values(api, facets["facets"], names, filters)
    return {
        "rows": claim_views.lines(found), "count": found["count"], "filters": filters,
        "cursor": found["next_cursor"], "sort": given["sort"], "sorts": SORTS,
        "question": [*question, ("sort", given["sort"])], "others": others,
        "chips": [
            ((name, value), condition(sent, value, names))
            for (name, value), (sent, _) in zip(filters, question, strict=False)
        ],
        "facets": _facets(facets["facets"], names, given), **_form(asked),
        "later": "cursor" in given, "feed": [pair for pair in filters if pair[0] != "as_of"],
    }  # fmt: skip


def _form(asked: list[tuple[str, str]]) -> dict[str, Any]:
    """The fields of the form of filters as they were sent, and what it sends along unseen.

    A field holds one value: of a filter that was sent with several none is dropped.
    """
    times = Counter(name for name, _ in asked)
    shown = {name: value for name, value in asked if name in FIELDS and times[name] == 1}
    along = [pair for pair in asked if pair[0] not in shown and pair[0] not in ("cursor", "limit")]
    return {"given": shown, "along": along}


async def _in_one_unit(
    api: PageClient, filters: list[tuple[str, str]]
) -> tuple[list[tuple[str, str]], int]:
    """A question about numbers of one measure, of figures in its unit; how many are in others.

    Of a measure of dates it is a question about dates.
    """
    fields = {_of(name) for name, _ in filters}
    found = await api.found("measures", [value for name, value in filters if name == "measure"])
    if "value" not in fields or "unit" in fields or len(found) != 1:
        return filters, 0
    rest = [pair for pair in filters if _of(pair[0]) not in ("value", "match", "measure")]
    [measure] = found.values()
    if is_dated(measure):
        return of_dates(filters), 0
    others = await in_another_unit(api, measure, rest)
    return ([*filters, ("unit", measure["unit"])] if others else filters), others


async def _name_values(
    api: PageClient, facets: JsonObject, names: Names, filters: list[tuple[str, str]]
) -> None:
    """Names of what a facet or a filter mentions, and no row of the page brought along."""
    listed = {by: [one["value"] for one in facets[by][:VALUES]] for by in FACETS}
    measures = [*listed["measure"], *(value for name, value in filters if _of(name) == "measure")]
    sources = [*listed["claimant"], *listed["document"], *listed["origin_root"]]
    sources += [value for name, value in filters if _of(name) in SOURCES]
    known = [(names.sources, "sources", sources), (names.measures, "measures", measures)]
    for found, kind, ids in known:
        found |= await api.names(kind, [id for id in ids if id not in found])


def _of(name: str) -> str:
    """The field of a filter, without its operator."""
    return name.partition("__")[0]


def _facets(
    found: JsonObject, names: Names, given: Mapping[str, str]
) -> list[tuple[str, str, list[JsonObject], int]]:
    """What to narrow by: each field with its values to click on, and how many claims have each."""
    plain = {name: told.lower() for name, told in field_words.MODALITIES.items()}
    named = {"hedge": field_words.HEDGES, "modality": plain, "measure": names.measures}

    def told(by: str, value: str) -> str:
        years = by == "published_year"
        return field_words.when(value) if years else named.get(by, names.sources).get(value, value)

    return [
        (ASKED_AS.get(by, by), title, [
            {**one, "name": told(by, one["value"])}
            for one in found[by][:VALUES]
        ], len(found[by][VALUES:]))
        for by, title in FACETS.items() if ASKED_AS.get(by, by) not in given
    ]  # fmt: skip


async def measures_page(api: PageClient) -> dict[str, Any]:
    """Every measure with what kind of figure it is and how many there are."""
    counts = await api.get("/v1/facets", {"by": "measure"})
    found = await api.get("/v1/measures", {"sort": "id", "limit": 1000, "count": "exact"})
    figures_of = {one["value"]: one["count"] for one in counts["facets"]["measure"]}
    rows = [(one, measure_kind(one), figures_of.get(one["id"], 0)) for one in found["items"]]
    rows.sort(key=lambda row: str(row[0].get("name", row[0]["id"])).casefold())
    return {"rows": rows, "count": found["count"]}


def measure_kind(measure: JsonObject) -> str:
    """What kind of figure it is: `Count, a running total`."""
    kind = field_words.STATISTICS[measure.get("statistic", "count")]
    more = field_words.ACCUMULATIONS.get(measure.get("accumulation", "none"), "").partition(":")[0]
    return f"{kind}, {more}" if more else kind


async def search_page(api: PageClient, text: str) -> dict[str, Any]:
    """One search over measures, claims and sources, best first, each with how many there are."""
    empty: dict[str, Any] = {"q": text, "found": [], "total": 0, "more": False, "refused": ""}
    if not text.strip():
        return empty
    try:
        answer = await api.get("/v1/search", {"q": text, "expand": "sources,measures"})
    except NotAnswered as refused:
        details = [one["detail"] for one in refused.problem.get("errors", [])]
        return {**empty, "refused": field_words.capital("; ".join(details)) or str(refused)}
    names, totals = Names.included(answer), answer["totals"]
    found = [
        (kind, totals[kind], [_hit(kind, one, names) for one in answer["hits"][kind]])
        for kind in ("measures", "claims", "sources")
    ]
    return {
        **empty, "found": found, "total": sum(one["count"] for one in totals.values()),
        "more": any(one["more"] for one in totals.values()),
    }  # fmt: skip


def _hit(kind: str, hit: JsonObject, names: Names) -> tuple[Any, list[tuple[str, bool]]]:
    """What was found, and where the words stand in it, unless its name says so already."""
    record, part = hit["record"], hit.get("snippet")
    shown = claim_views.line(record, names) if kind == "claims" else record
    return shown, [] if part is None or part["pointer"] == "/name" else marked(part)


def marked(part: JsonObject) -> list[tuple[str, bool]]:
    """The pieces of a snippet, each with whether it is one of the words sought."""
    at, text = 0, str(part["text"])
    pieces = [("… ", False)] if part["start"] else []
    for one in part["matches"]:
        pieces += [(text[at : one["start"]], False), (text[one["start"] : one["end"]], True)]
        at = one["end"]
    return [piece for piece in (*pieces, (text[at:], False)) if piece[0]]
