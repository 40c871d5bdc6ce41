"""The chain of attribution: from the document in hand, through its relayers, to the origin.

Roles follow TRAPI's retrieval sources and the source–cue–content scheme of PARC; evidence,
occasion and recipient stand beside the chain and have no position. How many origins are
independent depends on who stands above whom.
"""

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from app.errors import Fault, Invalid
from app.rules.json_types import JsonObject

BESIDE_ROLES = ("evidence", "occasion", "recipient")
ORIGIN_ROLES = frozenset({"speaker", "author", "originator"})


def default_chain(document: str, via: Sequence[str], claimant: str | None) -> list[dict[str, Any]]:
    """The chain of a claim that sent none: the document, ``via`` as relayers, the claimant."""
    chain = [{"source": document, "role": "document"}]
    chain += [{"source": source, "role": "relayer"} for source in via]
    if claimant is not None:
        chain.append({"source": claimant, "role": "originator"})
    return [hop | {"position": place} for place, hop in enumerate(chain)]


def positioned(hops: Sequence[JsonObject]) -> list[dict[str, Any]]:
    """The same hops, each of the chain with its position; sent positions are kept."""
    in_chain = [hop for hop in hops if hop["role"] not in BESIDE_ROLES]
    if any("position" in hop for hop in in_chain):
        return [dict(hop) for hop in hops]
    places = iter(range(len(in_chain)))
    return [
        dict(hop) if hop["role"] in BESIDE_ROLES else {**hop, "position": next(places)}
        for hop in hops
    ]


def faults(hops: Sequence[JsonObject], document: str, claimant: str | None) -> list[Fault]:
    """Every way in which a positioned chain contradicts itself or its claim."""
    found = [fault for n, hop in enumerate(hops) if (fault := _misplaced(n, hop))]
    if found:
        return found
    chain = [hop for hop in hops if hop["role"] not in BESIDE_ROLES]
    if [h["source"] for h in chain if h["role"] == "document"] != [document]:
        found.append(_fault("the chain has exactly one document, and it is the claim's `document`"))
    elif chain[0]["role"] != "document":
        found.append(_fault("the chain starts at the document in hand"))
    steps = [hop["position"] for hop in chain]
    if steps != sorted(steps) or set(steps) != set(range(len(set(steps)))) or steps.count(0) > 1:
        found.append(
            _fault("positions count up from 0 without a gap, and only the document is at 0")
        )
    if claimant is not None and claimant not in {hop["source"] for hop in chain[1:]}:
        found.append(_fault("the claimant is not in the chain"))
    return found


def _misplaced(n: int, hop: JsonObject) -> Fault | None:
    beside = hop["role"] in BESIDE_ROLES
    if beside and "position" in hop:
        return _fault("evidence, occasion and recipient stand beside the chain: no position", n)
    if not beside and "position" not in hop:
        return _fault("send positions for the whole chain, or for none of it", n)
    return None


def _fault(detail: str, n: int | None = None) -> Fault:
    pointer = "/attributions" if n is None else f"/attributions/{n}"
    return Fault(detail, pointer=pointer, code="chain")


def check(hops: Sequence[JsonObject], document: str, claimant: str | None) -> None:
    """Raise ``Invalid`` with every fault of the chain."""
    if found := faults(hops, document, claimant):
        raise Invalid("The chain of attribution does not hold together.", tuple(found))


def origin_indexes(hops: Sequence[JsonObject], claimant: str | None) -> set[int]:
    """Which hops are an origin: those at the last position that speak, write or originate.

    Never a relayer, a publisher or a document; where the last position holds none of these
    roles, the claimant's own hop.
    """
    chain = [(n, hop) for n, hop in enumerate(hops) if hop["role"] not in BESIDE_ROLES]
    last = max(hop["position"] for _, hop in chain)
    found = {n for n, hop in chain if hop["position"] == last and hop["role"] in ORIGIN_ROLES}
    return found or {n for n, hop in chain[1:] if hop["source"] == claimant}


def relay_indexes(hops: Sequence[JsonObject], claimant: str | None) -> set[int]:
    """Which hops are strictly between the document and the origin (all, if none is given)."""
    ends = [hops[n]["position"] for n in origin_indexes(hops, claimant)]
    last = min(ends, default=len(hops) + 1)
    return {
        n
        for n, hop in enumerate(hops)
        if hop["role"] not in BESIDE_ROLES and 0 < hop["position"] < last
    }


MAX_CYCLES = 100

Affiliations = Mapping[str, tuple[str | None, bool]]
"""For each source: what it is affiliated with, and whether it is a root."""


def root_of(source: str, above: Affiliations) -> str | None:
    """The root of a source's affiliations; None where it is unknown or they run in a circle."""
    seen: set[str] = set()
    at: str | None = source
    while at is not None and at in above and at not in seen:
        seen.add(at)
        affiliation, is_root = above[at]
        if is_root:
            return at
        at = affiliation
    return None


def independent_origins(roots: Iterable[str | None]) -> tuple[int, int]:
    """At least and at most how many independent origins, given each origin's root.

    An origin whose root is unknown may belong to any known root, or to one of its own.
    """
    all_of = list(roots)
    known = {one for one in all_of if one is not None}
    unknown = sum(one is None for one in all_of)
    return max(len(known), 1 if all_of else 0), len(known) + unknown


def cycles(edges: Iterable[tuple[str, str]], most: int = MAX_CYCLES) -> list[list[str]]:
    """Ways that lead back to where they began, each from its smallest name, up to so many.

    An edge leads from who tells to whom they have it from. Cycles share no edge: after one is
    found, the next is looked for without it.
    """
    left = set(edges)
    found = [[one, one] for one in sorted(a for a, b in left if a == b)]
    left -= {(one, one) for one, _ in found}
    while len(found) < most and (ring := _find_cycle(left)):
        left -= set(zip(ring, ring[1:], strict=False))
        start = ring.index(min(ring))
        found.append([*ring[start:-1], *ring[:start], ring[start]])
    return found[:most]


def _find_cycle(edges: Iterable[tuple[str, str]]) -> list[str]:
    """One way that leads back, its first name also its last; none: empty."""
    graph: TopologicalSorter[str] = TopologicalSorter()
    for teller, told_by in sorted(edges):
        graph.add(told_by, teller)
    try:
        graph.prepare()
    except CycleError as error:
        ring: list[str] = error.args[1]
        return ring
    return []
