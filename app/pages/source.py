"""Page of a source: what it said, what it passed on, what belongs to it."""

from typing import Any

from app.pages.client import PageClient, api_path
from app.render import claim_views, field_words
from app.rules.json_types import JsonObject

SHOWN = 50
LEVELS = 12
"""Affiliations that are followed upwards; a circle ends sooner."""


async def source_page(api: PageClient, id: str) -> dict[str, Any]:
    """Everything that the page of a source shows. Raises ``NotAnswered`` as the API does."""
    source = await api.get(api_path("sources", id))
    few = {"limit": SHOWN, "count": "exact"}
    lists = {"expand": "sources,measures", **few}
    said = await api.get("/v1/claims", {**lists, "origin": id, "sort": "stated"})
    passed = await api.get("/v1/claims", {**lists, "via": id, "sort": "stated"})
    below = await api.get("/v1/sources", {"affiliation": id, **few})
    opinions = await api.get("/v1/assessments", {"target": f"sources/{id}", **few})
    versions = await api.versions("sources", id)
    return {
        "source": source, "facts": _facts(source), "lead": _lead(source, said["count"]),
        "above": await _above(api, source),
        "below": below["items"], "more_below": below["count"] - len(below["items"]),
        "said": claim_views.lines(said), "said_count": said["count"],
        "passed": claim_views.lines(passed), "passed_count": passed["count"],
        "opinions": opinions["items"], "versions": versions,
        "more_opinions": opinions["count"] - len(opinions["items"]),
    }  # fmt: skip


async def _above(api: PageClient, source: JsonObject) -> list[JsonObject]:
    """Those it belongs to, one above the other."""
    found: list[JsonObject] = []
    one = source
    while (id := one.get("affiliation")) and len(found) < LEVELS:
        if id in [source["id"], *(other["id"] for other in found)]:
            break
        above = await api.found("sources", [id])
        found += above.values()
        one = above.get(id, {})
    return found


def _facts(source: JsonObject) -> list[str]:
    facts = [
        field_words.capital(source.get("kind", source.get("class", "source")).replace("_", " "))
    ]
    facts += [f"Dated {field_words.when(source['date'])}"] if "date" in source else []
    facts += ["Anonymous"] if source.get("anonymous") else []
    facts += [f"Reliability {source['reliability']}"] if "reliability" in source else []
    return [*facts, f"Version {source['version']}"]


def _lead(source: JsonObject, said: int) -> str:
    parts = [source["job_title"]] if "job_title" in source else []
    parts += [f"“{source['title']}”"] if "title" in source else []
    also = source.get("aliases", [])
    told = f"{', '.join(parts)}. " if parts else ""
    told += f"Also called {field_words.listed(also)}. " if also else ""
    claims = field_words.capital(field_words.counted(said, "claim"))
    return f"{told}{claims} {'goes' if said == 1 else 'go'} back to it."
