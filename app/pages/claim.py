"""Pages of a claim: its wording, what it allows, its chain, dates, history; and its form."""

from collections.abc import Mapping
from typing import Any, get_args

from app.models.source import SourceKind
from app.pages import diff
from app.pages.client import PageClient, api_path
from app.render import claim_views, field_words
from app.render.claim_views import ClaimView
from app.render.figure_views import Names
from app.render.strips import scale
from app.rules.json_types import JsonObject

IN_PLACES = frozenset((
    "id", "version", "recorded_at", "status", "status_reason", "reason", "content_hash",
    "quantities", "attributions", "relations", "claimant", "document", "speech_act", "modality",
    "polarity", "alternative_mode", "published", "stated", "period", "statement", "quote",
    "locator", "cue", "tags", "notes",
))  # fmt: skip
"""Fields that the page has a place of their own for; every other is told by its name."""
RELATED = 20
"""Related claims that are told with their wording; of more, the ids alone."""
FORM_FIELDS = ("claimant", "document", "stated", "modality", "statement")
FIGURE_FIELDS = ("measure", "raw_text", "hedge", "value")
ENDS = ("lower", "upper")


async def claim_page(api: PageClient, id: str, asked: Mapping[str, str]) -> dict[str, Any]:
    """Everything that the page of a claim shows. Raises ``NotAnswered`` as the API does."""
    claim = await api.get(api_path("claims", id))
    provenance = await api.get(api_path("claims", id, "provenance"))
    versions = await api.versions("claims", id)
    relations = await api.get(api_path("claims", id, "relations"))
    citation = await api.text(api_path("claims", id, "citation"))
    work = await api.get(api_path("sources", claim["document"]), shown=False)
    spoken = {claim["document"]: work["language"]} if work.get("language") else {}
    names = Names({}, languages=spoken).with_measures(await api.measures_of(claim))
    told = claim_views.claim(claim, provenance, relations["items"], names)
    return {
        "claim": claim, "told": told, "facts": _facts(claim), "axis": scale(told.readings),
        "dates": _dates(claim, told), "titles": await _titles(api, told),
        "versions": versions, "diff": await _diff(api, id, versions, asked),
        "citation": citation,
    }  # fmt: skip


def _facts(claim: JsonObject) -> list[str]:
    facts = [field_words.ACTS[claim["speech_act"]]] if "speech_act" in claim else []
    facts.append(field_words.MODALITIES[claim.get("modality", "plain")])
    if claim.get("polarity") == "negative":
        facts.append("The figure is what is denied")
    if (mode := claim.get("alternative_mode", "single")) in field_words.ALTERNATIVES:
        facts.append(field_words.ALTERNATIVES[mode])
    reason = claim.get("status_reason", claim.get("reason", ""))
    facts.append(field_words.STATUSES[claim["status"]] + (f": {reason}" if reason else ""))
    return [*facts, f"Version {claim['version']}"]


def _dates(claim: JsonObject, view: ClaimView) -> list[tuple[str, str]]:
    dates = (("stated", "Said", view.said), ("published", "Printed", view.printed),
             ("period", "About", view.about))  # fmt: skip
    told = [
        (title, field_words.capital(date.words) + (" (inferred)" if name in view.inferred else ""))
        for name, title, date in dates
        if date.edtf
    ]
    if "locator" in claim or "quote" in claim:
        told.append(("Where in the text", _place(claim)))
    if "cue" in claim:
        told.append(("Verb used", f"“{claim['cue']}”"))
    return told + _others(claim)


def _others(claim: JsonObject) -> list[tuple[str, str]]:
    """What has no place of its own is told by its name: no field is missing here."""
    named = {**claim, "inferred": [diff.field_name(one) for one in claim.get("inferred", [])]}
    return [
        (
            field_words.capital(diff.field_name(name)),
            ", ".join(value) if isinstance(value, list) else str(value),
        )
        for name, value in named.items()
        if value and name not in IN_PLACES
    ]


def _place(claim: JsonObject) -> str:
    quote = claim.get("quote", {})
    parts = [claim["locator"]] if "locator" in claim else []
    if "start" in quote:
        parts.append(f"characters {quote['start']:,} to {quote['end']:,}")
    kinds = {"direct": "quoted", "indirect": "retold, not quoted", "mixed": "partly quoted"}
    if quote.get("type") in kinds:
        parts.append(kinds[quote["type"]])
    return field_words.capital("; ".join(parts))


async def _titles(api: PageClient, told: ClaimView) -> dict[str, str]:
    """Related claims in one line each: the wording, who, when, and what became of it."""
    found = {}
    related = list(dict.fromkeys(one.claim for one in told.relations))[:RELATED]
    for id, claim in (await api.found("claims", related)).items():
        people = [claim.get("claimant"), *(hop["source"] for hop in claim["attributions"])]
        names = Names(await api.names("sources", people))
        line = claim_views.line(claim, names.with_measures(await api.measures_of(claim)))
        found[id] = line.sentence + (f" ({line.state.lower()})" if line.state else "")
    return found


async def _diff(
    api: PageClient, id: str, versions: list[JsonObject], asked: Mapping[str, str]
) -> dict[str, Any] | None:
    """What changed between the two versions asked for; the last two, unless others are."""
    numbers = [str(number) for number in sorted(one["version"] for one in versions)]
    if len(numbers) < 2:
        return None
    old = asked.get("from", "") if asked.get("from") in numbers else numbers[-2]
    new = asked.get("to", "") if asked.get("to") in numbers else numbers[-1]
    told = await api.get(api_path("claims", id, "diff"), {"from": old, "to": new})
    return {"from": old, "to": new, "changes": diff.changes(told)}


async def form_page(api: PageClient, id: str | None) -> dict[str, Any]:
    """The values to begin with. Raises ``NotAnswered`` where the claim is not there."""
    claim = await api.get(api_path("claims", id)) if id else None
    names = Names({}).with_measures(await api.measures_of(claim or {}))
    title = claim_views.line(claim, names).title if claim else ""
    return {
        "claim": claim,
        "title": title,
        "values": _values(claim or {}),
        "kinds": get_args(SourceKind),
    }


def _values(claim: JsonObject) -> dict[str, str]:
    figures = claim.get("quantities", [])
    first = figures[0] if figures else {}
    worded = "raw_text" in first and "flags" not in first
    shown = {name: first.get(name, "") for name in FIGURE_FIELDS}
    if worded:  # the words say the rest themselves
        shown["hedge"] = shown["value"] = ""
    for name in ENDS:  # those that were given, and no others that follow from words or a number
        given = not worded and first.get(f"{name}_basis") == "stated"
        shown[name] = first[name] if given and first[name] != first.get("value") else ""
    hops = [one["source"] for one in claim.get("attributions", []) if one["role"] == "relayer"]
    return {**{name: claim.get(name, "") for name in FORM_FIELDS}, **shown, "via": ", ".join(hops)}
