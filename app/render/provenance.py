"""Provenance: the chain of one claim as JSON, and the chains of several as one graph.

A graph is ``{"nodes": [{"source", "name", "role", "column"}], "edges": [{"from", "to", "basis"?}],
"independent_origins": {"min", "max"}}``; an edge runs from whoever tells to whom they have it from,
or (basis ``belongs``) from an origin to its root. A root that is unknown is a node of its own.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from app.rules import chain
from app.rules.chain import Affiliations, independent_origins, root_of
from app.rules.json_types import JsonObject

OF_HOP = ("cue", "wording", "name_as_given", "basis")
BELONGS = "belongs"
UNKNOWN = "?"
_ROLES = ("document", "relayer", "origin")
_SURE = ("stated", BELONGS)


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
    ends = chain.origin_indexes(hops, claim.get("claimant"))
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


class Chains:
    """Chains of attribution that are merged: documents, who relayed, who said it."""

    def __init__(self) -> None:
        self.roles: dict[str, int] = {}
        self.columns: dict[str, int] = {}
        self.edges: dict[tuple[str, str], str] = {}

    def add(self, hops: Sequence[JsonObject], ends: Iterable[str]) -> None:
        """One more chain, its sources merged with those there are."""
        origins = set(ends)
        for hop in hops:
            source = hop["source"]
            role = 0 if hop["role"] == "document" else 2 if source in origins else 1
            self.roles[source] = max(self.roles.get(source, 0), role)
            self.columns[source] = max(self.columns.get(source, 0), hop["position"])
        for edge, basis in _between(hops).items():
            if self.edges.get(edge) not in _SURE:
                self.edges[edge] = basis

    def graph(self, roots: Mapping[str, str | None]) -> dict[str, Any]:
        """Documents to the left, origins together, their roots to the right."""
        origins = [source for source, role in self.roles.items() if role == 2]
        through = [self.columns[source] for source, role in self.roles.items() if role == 1]
        last = max(through, default=0) + 1
        nodes = [
            {"source": source, "name": source, "role": _ROLES[role],
             "column": (0, min(self.columns[source], last), last)[role]}
            for source, role in self.roles.items()
        ]  # fmt: skip
        nodes += self._above(origins, roots, last + 1)
        low, high = independent_origins(roots.get(origin) for origin in origins)
        return {
            "nodes": nodes,
            "edges": [
                {"from": start, "to": end} | ({} if basis == "stated" else {"basis": basis})
                for (start, end), basis in self.edges.items()
            ],
            "independent_origins": {"min": low, "max": high},
        }

    def _above(
        self, origins: Iterable[str], roots: Mapping[str, str | None], column: int
    ) -> Iterator[dict[str, Any]]:
        """The roots of the origins, each once; one of its own for each that is unknown."""
        known = set(self.roles)
        for origin in origins:
            root = roots.get(origin)
            if root == origin:
                continue
            id, name = (f"{UNKNOWN}{origin}", UNKNOWN) if root is None else (root, root)
            if id not in known:
                known.add(id)
                yield {"source": id, "name": name, "role": "root", "column": column}
            self.edges[origin, id] = BELONGS


def _between(hops: Sequence[JsonObject]) -> dict[tuple[str, str], str]:
    """From each hop to those at the next position."""
    return {
        (hop["source"], after["source"]): after.get("basis", "stated")
        for hop in hops
        for after in hops
        if after["position"] == hop["position"] + 1 and after["source"] != hop["source"]
    }


def merged(claims: Sequence[JsonObject], roots: Mapping[str, str | None]) -> dict[str, Any]:
    """The chains of several claims in one graph; ``roots`` has the root of each origin."""
    chains = Chains()
    for claim in claims:
        hops = claim["attributions"]
        ends = {hops[n]["source"] for n in chain.origin_indexes(hops, claim.get("claimant"))}
        chains.add([hop for hop in hops if "position" in hop], ends)
    return chains.graph(roots)


def as_graph(told: JsonObject) -> dict[str, Any]:
    """The graph of one claim, whose provenance is told."""
    ends = {one["source"]: one["root"] for one in told["origins"]}
    chains = Chains()
    chains.add(told["chain"], ends)
    beside = [{"source": one["source"], "role": one["role"]} for one in told["beside"]]
    independent_origins = {"independent_origins": told["independent_origins"]}
    return {**chains.graph(ends), **independent_origins, "beside": beside}


def most_connected(graph: JsonObject, most: int) -> tuple[dict[str, Any], int]:
    """The most connected nodes of a graph, and how many are left out."""
    ends = Counter(edge[end] for edge in graph["edges"] for end in ("from", "to"))
    every = [node["source"] for node in graph["nodes"]]
    kept = set(sorted(every, key=lambda source: (-ends[source], source))[:most])
    nodes = [node for node in graph["nodes"] if node["source"] in kept]
    edges = [edge for edge in graph["edges"] if edge["from"] in kept and edge["to"] in kept]
    return {**graph, "nodes": nodes, "edges": edges}, len(every) - len(nodes)
