"""Page of the form of a claim: empty, or filled with what a claim says now."""

from typing import Any, get_args

from app.models.source import SourceKind
from app.pages.client import PageClient, api_path
from app.render import claim_views
from app.render.figure_views import Names
from app.rules.json_types import JsonObject

FIELDS = ("claimant", "document", "stated", "modality", "statement")
FIGURE = ("measure", "raw_text", "hedge", "value")
ENDS = ("lower", "upper")


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
    shown = {name: first.get(name, "") for name in FIGURE}
    if worded:  # the words say the rest themselves
        shown["hedge"] = shown["value"] = ""
    for name in ENDS:  # those that were given, and no others that follow from words or a number
        given = not worded and first.get(f"{name}_basis") == "stated"
        shown[name] = first[name] if given and first[name] != first.get("value") else ""
    hops = [one["source"] for one in claim.get("attributions", []) if one["role"] == "relayer"]
    return {**{name: claim.get(name, "") for name in FIELDS}, **shown, "via": ", ".join(hops)}
