"""How many independent origins: who stands above whom, and what that leaves open (design 6)."""

from collections.abc import Iterable, Mapping

Above = Mapping[str, tuple[str | None, bool]]
"""For each source: what it is affiliated with, and whether it is a root."""


def root(source: str, above: Above) -> str | None:
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
