"""How many independent origins: who stands above whom, and what that leaves open (design 6)."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

Affiliations = Mapping[str, tuple[str | None, bool]]
"""For each source: what it is affiliated with, and whether it is a root."""


def root(source: str, above: Affiliations) -> str | None:
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


def independent(roots: Iterable[str | None]) -> tuple[int, int]:
    """At least and at most how many independent origins, given each origin's root.

    An origin whose root is unknown may belong to any known root, or to one of its own.
    """
    all_of = list(roots)
    known = {one for one in all_of if one is not None}
    unknown = sum(one is None for one in all_of)
    return max(len(known), 1 if all_of else 0), len(known) + unknown


def cycles(edges: Iterable[tuple[str, str]], most: int = 100) -> list[list[str]]:
    """Ways that lead back to where they began, each from its smallest name, up to so many.

    An edge leads from who tells to whom they have it from. Cycles share no edge: after one is
    found, the next is looked for without it.
    """
    left = set(edges)
    found = [[one, one] for one in sorted(a for a, b in left if a == b)]
    left -= {(one, one) for one, _ in found}
    while len(found) < most and (ring := _ring(left)):
        left -= set(zip(ring, ring[1:], strict=False))
        start = ring.index(min(ring))
        found.append([*ring[start:-1], *ring[:start], ring[start]])
    return found[:most]


def _ring(edges: Iterable[tuple[str, str]]) -> list[str]:
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
