"""Chains of attribution as one graph: documents, who relayed, who said it, who stands above them.

``{"nodes": [{"source", "name", "role", "column"}], "edges": [{"from", "to", "basis"?}],
"independent_origins": {"min", "max"}}``; an edge runs from whoever tells to whom they have it from,
or (basis ``belongs``) from an origin to its root. A root that is unknown is a node of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.rules import chain
from app.rules.chain import independent_origins
from app.rules.json_types import JsonObject

Graph = dict[str, Any]
Edges = dict[tuple[str, str], str]
BELONGS = "belongs"
UNKNOWN = "?"
_ROLES = ("document", "relayer", "origin")
_SURE = ("stated", BELONGS)


def merged(claims: Sequence[JsonObject], roots: Mapping[str, str | None]) -> Graph:
    """The chains of several claims in one graph; ``roots`` has the root of each origin."""
    roles: dict[str, int] = {}
    columns: dict[str, int] = {}
    edges: Edges = {}
    for claim in claims:
        _add(claim, roles, columns, edges)
    return _graph(roles, columns, edges, roots)


def of_claim(provenance: JsonObject) -> Graph:
    """The same for one claim, as ``provenance.graph`` tells of it."""
    ends = {one["source"]: one["root"] for one in provenance["origins"]}
    roles: dict[str, int] = {}
    columns: dict[str, int] = {}
    for hop in provenance["chain"]:
        role = 0 if hop["role"] == "document" else 2 if hop["source"] in ends else 1
        roles[hop["source"]] = max(roles.get(hop["source"], 0), role)
        columns.setdefault(hop["source"], hop["position"])
    graph = _graph(roles, columns, _between(provenance["chain"]), ends)
    beside = [{"source": one["source"], "role": one["role"]} for one in provenance["beside"]]
    return {**graph, "independent_origins": provenance["independent_origins"], "beside": beside}


def _add(claim: JsonObject, roles: dict[str, int], columns: dict[str, int], edges: Edges) -> None:
    """One claim's chain, its sources merged with those there are."""
    hops = claim["attributions"]
    ends = {hops[n]["source"] for n in chain.origins(hops, claim.get("claimant"))}
    held = [hop for hop in hops if "position" in hop]
    for hop in held:
        source = hop["source"]
        role = 0 if hop["role"] == "document" else 2 if source in ends else 1
        roles[source] = max(roles.get(source, 0), role)
        columns[source] = max(columns.get(source, 0), hop["position"])
    for edge, basis in _between(held).items():
        if edges.get(edge) not in _SURE:
            edges[edge] = basis


def _between(hops: Sequence[JsonObject]) -> Edges:
    """From each hop to those at the next position."""
    found: Edges = {}
    for hop in hops:
        for next_ in hops:
            if next_["position"] == hop["position"] + 1 and next_["source"] != hop["source"]:
                found[hop["source"], next_["source"]] = next_.get("basis", "stated")
    return found


def _graph(
    roles: dict[str, int],
    columns: dict[str, int],
    edges: Edges,
    roots: Mapping[str, str | None],
) -> Graph:
    """Documents to the left, origins together, their roots to the right."""
    origins = [source for source, role in roles.items() if role == 2]
    through = [columns[source] for source, role in roles.items() if role == 1]
    last = max(through, default=0) + 1
    nodes = [
        {
            "source": source,
            "name": source,
            "role": _ROLES[role],
            "column": _column(role, columns[source], last),
        }
        for source, role in roles.items()
    ]
    nodes += _above(origins, roots, edges, last + 1, set(roles))
    low, high = independent_origins(roots.get(origin) for origin in origins)
    return {
        "nodes": nodes,
        "edges": [
            {"from": start, "to": end} | ({} if basis == "stated" else {"basis": basis})
            for (start, end), basis in edges.items()
        ],
        "independent_origins": {"min": low, "max": high},
    }


def _column(role: int, position: int, last: int) -> int:
    return last if role == 2 else min(position, last) if role == 1 else 0


def _above(
    origins: Iterable[str],
    roots: Mapping[str, str | None],
    edges: Edges,
    column: int,
    known: set[str],
) -> list[dict[str, Any]]:
    """The roots of the origins, each once; one of its own for each that is unknown."""
    found: dict[str, dict[str, Any]] = {}
    for origin in origins:
        root = roots.get(origin)
        if root == origin:
            continue
        id = root if root is not None else f"{UNKNOWN}{origin}"
        name = root if root is not None else UNKNOWN
        if id not in known:
            found[id] = {"source": id, "name": name, "role": "root", "column": column}
        edges[origin, id] = BELONGS
    return list(found.values())


def fewer(graph: Graph, most: int) -> tuple[Graph, int]:
    """The most connected nodes of a graph, and how many are left out."""
    degrees = {node["source"]: 0 for node in graph["nodes"]}
    for edge in graph["edges"]:
        degrees[edge["from"]] += 1
        degrees[edge["to"]] += 1
    if len(degrees) <= most:
        return graph, 0
    kept = set(sorted(degrees, key=lambda source: (-degrees[source], source))[:most])
    nodes = [node for node in graph["nodes"] if node["source"] in kept]
    edges = [edge for edge in graph["edges"] if edge["from"] in kept and edge["to"] in kept]
    return {**graph, "nodes": nodes, "edges": edges}, len(degrees) - most
