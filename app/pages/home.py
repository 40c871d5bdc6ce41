"""Landing page: what is in this database, questions that it can answer, the newest claims."""

from typing import Any

from app.pages.client import PageClient
from app.pages.measure import agreement, measure_page, tally
from app.render import claim_views
from app.render.field_words import capital, counted, listed, small
from app.render.plain_text import grouped
from app.render.views import MeasureView
from app.rules.json_types import JsonObject

NEWEST = 8
RELAYERS = 12


async def home_page(api: PageClient) -> dict[str, Any]:
    """What is in this database, three questions that it can answer, and the newest claims."""
    params = {"sort": "-recorded_at", "limit": NEWEST, "expand": "sources,measures"}
    newest = await api.get("/v1/claims", {**params, "count": "exact"})
    counts = {"claims": newest["count"]}
    for kind in ("measures", "sources"):
        answer = await api.get(f"/v1/{kind}", {"limit": 1, "count": "exact"})
        counts[kind] = answer["count"]
    facets = await api.get("/v1/facets", {"by": "measure,document"})
    counts["documents"] = len(facets["facets"]["document"])
    return {
        "counts": counts, "asked": await _questions(api, facets["facets"]["measure"]),
        "newest": claim_views.lines(newest),
    }  # fmt: skip


async def _questions(api: PageClient, measures: list[JsonObject]) -> list[JsonObject]:
    """Three questions about the measure of which the most is known."""
    if not measures or measures[0]["count"] < 2:
        return []
    id = measures[0]["value"]
    value = await _middle(api, id)
    view = await measure_page(api, id, {"value__gte": value} if value else {})
    told, name = view["told"], view["told"].name
    cards = [] if value is None else [{
        "question": f"{name}: who says {grouped(value)} or more?",
        "answer": tally(told), "why": _why(told),
        "href": f"/measures/{id}?value__gte={value}#answer",
    }]  # fmt: skip
    return [
        *cards,
        {"question": "Do those figures contradict each other?", "why": _reason(view),
         "answer": agreement(told.comparison), "href": f"/measures/{id}#agree"},
        {"question": "How many independent voices stand behind them?",
         "answer": view["behind"], "why": _voices(told), "href": f"/measures/{id}#behind"},
    ]  # fmt: skip


async def _middle(api: PageClient, id: str) -> str | None:
    """A number to ask about: the median of what was said, so that the answers differ."""
    params = {"measure": id, "fields": "value", "limit": 200, "sort": "stated"}
    found = await api.get("/v1/quantities", params, shown=False)
    values = sorted((one["value"] for one in found["items"] if "value" in one), key=float)
    return str(values[len(values) // 2]) if values else None


def _why(told: MeasureView) -> str:
    maybe = next((one for one in told.figures if one.match == "possible"), None)
    no = next((one for one in told.figures if one.match == "impossible"), None)
    reason = f"{maybe.told} may be: {small(maybe.allows)}. " if maybe else ""
    return reason + (f"{no.told} is not." if no else "")


def _reason(view: JsonObject) -> str:
    shown = [reason for kind in view["kinds"] if kind.open for reason in kind.reasons]
    if not shown:
        return "Every two of them can both be true, or are of different times."
    return str(shown[0].split(". ")[0].rstrip(".") + ".")


def _voices(told: MeasureView) -> str:
    behind = told.corroboration
    said = f"{capital(counted(len(told.figures), 'figure'))}, "
    said += counted(len(behind.origins), "origin")
    relayers = listed([one.name for one in behind.relayers[:RELAYERS]])
    return f"{said}; passed on by {relayers}, who add none." if relayers else f"{said}."
