"""A claim's chain and relations as JSON."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.rules import chain
from app.rules.chain import Affiliations, independent_origins, root_of
from app.rules.json_types import JsonObject

OF_HOP = ("cue", "wording", "name_as_given", "basis")


def graph(
    id: str,
    version: int,
    claim: JsonObject,
    sources: Mapping[str, JsonObject],
    above: Affiliations,
    ended: JsonObject = MappingProxyType({}),
) -> dict[str, Any]:
    """The chain from the document to the origin, what stands beside it, and who is independent.

    Of a claim that does not stand any more also ``ended``: what became of it, why and when.
    """
    hops = claim["attributions"]
    nodes = [_node(hop, sources[hop["source"]]) for hop in hops]
    ends = chain.origins(hops, claim.get("claimant"))
    origins = sorted({hops[n]["source"] for n in ends})
    roots = [root_of(source, above) for source in origins]
    low, high = independent_origins(roots)
    return {
        "claim": id,
        "version": version,
        **ended,
        "chain": [node for node in nodes if "position" in node],
        "beside": [node for node in nodes if "position" not in node],
        "origins": [{"source": s, "root": r} for s, r in zip(origins, roots, strict=True)],
        "independent_origins": {"min": low, "max": high},
        "inferred": claim.get("inferred", []),
    }


def _node(hop: JsonObject, source: JsonObject) -> dict[str, Any]:
    place = {"position": hop["position"]} if "position" in hop else {}
    named = {"source": hop["source"], "name": source["name"], "kind": source.get("kind", "other")}
    more = {name: hop[name] for name in OF_HOP if name in hop}
    return {**named, "role": hop["role"], **place, **more}


def outgoing(id: str, claim: JsonObject) -> list[dict[str, Any]]:
    """What a claim says of others."""
    return [
        {"direction": "outgoing", "subject": id, **relation}
        for relation in claim.get("relations", [])
    ]


def incoming(id: str, subject: str, claim: JsonObject) -> list[dict[str, Any]]:
    """What another claim says of this one."""
    return [
        {"direction": "incoming", "subject": subject, **relation}
        for relation in claim.get("relations", [])
        if relation["object"] == id
    ]
