"""Landing page: what is in this database, questions that it can answer, the newest claims."""

from typing import Any

from app.pages import diff
from app.pages.client import NotAnswered, PageClient, api_path
from app.pages.measure import SHOWN, agreement, firmness, pairs_by_kind, tally, voices
from app.render import claim_views, views
from app.render.field_words import capital, counted, listed, listed_first, small
from app.render.figure_views import Names, figure, folded
from app.render.plain_text import grouped
from app.render.views import ComparisonView, CorroborationView
from app.rules.json_types import JsonObject

NEWEST_CHANGES = {"order": "newest", "limit": 12, "include": "resource"}
DID = {"claims": "new claim", "sources": "new source", "measures": "new measure"}
MOST_FIELDS = 4
RELAYERS = 12


async def home_page(api: PageClient) -> dict[str, Any]:
    """What is in this database, three questions that it can answer, and the newest claims."""
    summary = await api.get("/v1/summary")
    changes = await api.get("/v1/changes", NEWEST_CHANGES)
    facets = await api.get("/v1/facets", {"by": "measure"})
    return {
        "counts": summary["counts"], "asked": await _questions(api, facets["facets"]["measure"]),
        "changes": await _changes(api, changes["items"]),
    }  # fmt: skip


async def _changes(api: PageClient, lines: list[JsonObject]) -> list[JsonObject]:
    """The newest lines that have a page: assessments, mappings and keys have none."""
    written = [one["written"] for one in lines if one["resource"] == "claims"]
    said = [person for claim in written for person in (claim.get("claimant"), claim["document"])]
    said += [hop["source"] for claim in written for hop in claim.get("attributions", [])]
    names = Names(await api.names("sources", said))
    names = names.with_measures(await api.measures_of(*written))
    return [await _change(api, one, names) for one in lines if one["resource"] in DID]


async def _change(api: PageClient, line: JsonObject, names: Names) -> JsonObject:
    """One line of the change log: what was written, when, by whom, and what is new in it."""
    id, of, written = line["id"], line["resource"], line["written"]
    name, about = written.get("name", id), ""
    if of == "claims":
        claim = claim_views.line(written, names)
        name, about = claim.sentence, listed([one.name for one in claim.measures])
    told = "withdrawn" if line["operation"] == "withdraw" else DID[of]
    if line["operation"] == "change":
        fields = await _changed(api, of, id, line["version"])
        told = f"changed: {listed_first(fields, len(fields), MOST_FIELDS)}" if fields else "changed"
    return {
        "at": line["recorded_at"], "by": line.get("recorded_by", ""), "what": name,
        "about": about or written.get("statement", ""), "href": f"/{of}/{id}", "did": told,
    }  # fmt: skip


async def _changed(api: PageClient, of: str, id: str, version: int) -> list[str]:
    """The fields in which this version differs from the one before."""
    asked = {"from": version - 1, "to": version}
    try:
        told = await api.get(api_path(of, id, "diff"), asked, shown=False)
    except NotAnswered:
        return []
    return list(dict.fromkeys(one.field.lower() for one in diff.changes(told)))


async def _questions(api: PageClient, measures: list[JsonObject]) -> list[JsonObject]:
    """Three questions about the measure of which the most is known."""
    if not measures or measures[0]["count"] < 2:
        return []
    id = measures[0]["value"]
    of = api_path("measures", id)
    every = {"measure": id, "sort": "stated", "limit": SHOWN, "expand": "sources,measures",
             "count": "exact"}  # fmt: skip
    found = await api.get("/v1/quantities", every, shown=False)
    names = Names.included(found)
    compared = views.comparison(await api.get(f"{of}/comparison"), names)
    told = await api.get(f"{of}/corroboration")
    relayers = [one for one in told["relayers"]["items"][:RELAYERS] if one not in names.sources]
    names.sources |= await api.names("sources", relayers)
    behind = views.corroboration(told, names)
    alike = [one for one in found["items"] if not names.other_unit(one)]
    value = _middle(alike)
    if len(alike) < len(found["items"]):
        every["unit"] = alike[0]["unit"] if alike else None
    asked = [await _firmly(api, id, value, every, names)] if value else []
    return [
        *asked,
        {"question": "Do those figures contradict each other?", "why": _reason(compared),
         "answer": agreement(compared), "href": f"/measures/{id}#agree"},
        {"question": "How many independent voices stand behind them?",
         "why": _voices(found["count"], behind), "answer": voices(behind),
         "href": f"/measures/{id}#behind"},
    ]  # fmt: skip


def _middle(figures: list[JsonObject]) -> str | None:
    """A number to ask about: the median of what was said, so that the answers differ."""
    values = sorted((one["value"] for one in figures if "value" in one), key=float)
    return str(values[len(values) // 2]) if values else None


async def _firmly(
    api: PageClient, id: str, value: str, every: JsonObject, names: Names
) -> JsonObject:
    """Who says so much or more: certainly, possibly, and one who does not."""
    found = await api.get("/v1/quantities", {**every, "value__gte": value, "match": "all"})
    claims = await api.get("/v1/claims", {
        "measure": id, "sort": "stated", "limit": SHOWN, "fields": "id,quantities",
    }, shown=False)  # fmt: skip
    whole = {one["id"]: one for one in claims["items"]}
    rows = folded(found["items"], whole, "preferred", bool(found["next_cursor"]))
    figures = [figure(one, {}, names) for one in rows]
    maybe = next((one for one in figures if one.match == "possible"), None)
    no = next((one for one in figures if one.match == "impossible"), None)
    why = f"{maybe.told} may be: {small(maybe.allows)}. " if maybe else ""
    return {
        "question": f"{names.measure(id).name}: who says {grouped(value)} or more?",
        "answer": tally(firmness(found, figures)),
        "why": why + (f"{no.told} is not." if no else ""),
        "href": f"/measures/{id}?value__gte={value}#answer",
    }  # fmt: skip


AGREE = {
    "agreement": "can both be true", "growth": "are of a total that may have grown",
    "other_time": "are of different times", "revision": "are of one voice, or the one revises the "
    "other", "incomparable": "count different things",
}  # fmt: skip
"""Of each kind of pair that is no disagreement, what the two are."""


def _reason(compared: ComparisonView) -> str:
    shown = [reason for kind in pairs_by_kind(compared) if kind.open for reason in kind.reasons]
    if shown:
        return shown[0]
    kinds = {one.kind for one in compared.pairs}
    told = listed([words for kind, words in AGREE.items() if kind in kinds], "or")
    return f"Every two of them {told}." if told else "There are no two figures to compare."


def _voices(figures: int, behind: CorroborationView) -> str:
    said = f"{capital(counted(figures, 'figure'))}, {counted(behind.origin_count, 'origin')}"
    names = [one.name for one in behind.relayers]
    relayers = listed_first(names, behind.relayer_count, RELAYERS)
    return f"{said}; passed on by {relayers}, who add none." if relayers else f"{said}."
