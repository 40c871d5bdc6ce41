"""Laws of origins: relayers add none, what is unknown is counted both ways, circles are circles."""

from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules import chain

always = settings(derandomize=True, database=None, deadline=None)

NAMES = st.sampled_from("abcdef")
ROLES = st.sampled_from(["publisher", "author", "relayer", "speaker", "originator", "translator"])
ADDED = st.sampled_from(["relayer", "publisher", "translator"])
Hops = list[dict[str, Any]]


def linked(steps: list[list[tuple[str, str]]], beside: list[str]) -> Hops:
    """A chain: the document, then step by step those who share a position."""
    hops: Hops = [{"source": "doc", "role": "document", "position": 0}]
    for place, step in enumerate(steps, 1):
        hops += [{"source": source, "role": role, "position": place} for source, role in step]
    return hops + [{"source": source, "role": "evidence"} for source in beside]


CHAINS = st.builds(
    linked,
    st.lists(st.lists(st.tuples(NAMES, ROLES), min_size=1, max_size=2), min_size=1, max_size=4),
    st.lists(NAMES, max_size=1),
)
ABOVE = st.dictionaries(NAMES, st.tuples(st.none() | NAMES, st.booleans()))


def behind(hops: Hops, claimant: str | None) -> set[str]:
    return {hops[n]["source"] for n in chain.origin_indexes(hops, claimant)}


def test_an_origin_is_who_speaks_at_the_last_position_and_else_the_claimant() -> None:
    hops: Hops = [
        {"source": "page", "role": "document", "position": 0},
        {"source": "agency", "role": "speaker", "position": 1},
        {"source": "minister", "role": "speaker", "position": 2},
        {"source": "hall", "role": "occasion"},
    ]
    assert behind(hops, "agency") == {"minister"}
    relaying = [*hops[:2], {"source": "minister", "role": "relayer", "position": 2}]
    assert behind(relaying, "agency") == {"agency"}
    assert behind(relaying, "somebody else") == set()


@st.composite
def relayed(draw: st.DrawFn) -> tuple[Hops, Hops, str]:
    """A chain, the same with one more who passes it on before the last position, and who said it.

    The new one has a position of its own, or shares one in the middle.
    """
    hops = draw(CHAINS)
    claimant = draw(st.sampled_from([hop["source"] for hop in hops if hop.get("position")]))
    last = max(hop.get("position", 0) for hop in hops)
    place = draw(st.integers(1, last))
    added = {"source": draw(NAMES | st.just("new")), "role": draw(ADDED), "position": place}
    joint = place < last and draw(st.booleans())
    moved = [
        {**hop, "position": hop["position"] + 1}
        if not joint and hop.get("position", -1) >= place
        else hop
        for hop in hops
    ]
    at = next(n for n, hop in enumerate(hops) if hop.get("position") == place)
    return hops, [*moved[:at], added, *moved[at:]], claimant


@always
@given(relayed(), ABOVE)
def test_another_relayer_changes_no_origin(case: tuple[Hops, Hops, str], above: Any) -> None:
    hops, more, claimant = case
    assert not chain.faults(more, "doc", claimant)
    before, after = behind(hops, claimant), behind(more, claimant)
    assert after == before
    counts = [
        chain.independent_origins(chain.root_of(one, above) for one in some)
        for some in (before, after)
    ]
    assert counts[0] == counts[1]


@always
@given(relayed())
def test_who_passes_it_on_is_between_and_no_origin(case: tuple[Hops, Hops, str]) -> None:
    _, more, claimant = case
    between, ends = chain.relay_indexes(more, claimant), chain.origin_indexes(more, claimant)
    assert not between & ends
    assert ends
    assert all(more[n]["role"] != "document" for n in between | ends)


@always
@given(NAMES, ABOVE)
def test_a_root_is_reached_by_affiliations_and_is_its_own_root(source: str, above: Any) -> None:
    found = chain.root_of(source, above)
    if found is None:
        return
    assert above[found][1]
    assert chain.root_of(found, above) == found
    at, steps = source, 0
    while at != found and steps < 10:
        at, steps = above[at][0], steps + 1
    assert at == found


@always
@given(st.lists(st.none() | NAMES), st.randoms())
def test_independent_origins_lie_between_what_is_known_and_what_may_be(
    roots: list[str | None], shuffled: Any
) -> None:
    low, high = chain.independent_origins(roots)
    assert low <= high <= len(roots)
    assert (low == 0) == (not roots)
    assert (low == high) == (None not in roots or roots == [None])
    mixed = list(roots)
    shuffled.shuffle(mixed)
    assert chain.independent_origins(mixed) == (low, high)
    more, most = chain.independent_origins([*roots, None])
    assert (more, most) == (max(low, 1), high + 1)
    for root in filter(None, roots):
        assert chain.independent_origins([*roots, root]) == (low, high)


EDGES = st.lists(st.tuples(NAMES, NAMES), max_size=14)


@always
@given(EDGES)
def test_every_cycle_is_a_closed_walk_of_its_own_edges(edges: list[tuple[str, str]]) -> None:
    found = chain.cycles(edges)
    walked = [edge for ring in found for edge in pairwise(ring)]
    assert set(walked) <= set(edges)
    assert len(set(walked)) == len(walked)
    for ring in found:
        assert ring[0] == ring[-1] == min(ring)
        assert len(set(ring)) == len(ring) - 1


@always
@given(EDGES)
def test_without_the_cycles_found_nothing_leads_back(edges: list[tuple[str, str]]) -> None:
    found = chain.cycles(edges)
    left = set(edges) - {edge for ring in found for edge in pairwise(ring)}
    assert circular(set(edges)) == bool(found)
    assert not circular(left)
    assert chain.cycles(list(reversed(edges))) == found


def circular(edges: set[tuple[str, str]]) -> bool:
    graph: TopologicalSorter[str] = TopologicalSorter()
    for one, other in edges:
        graph.add(one, other)
    try:
        graph.prepare()
    except CycleError:
        return True
    return any(one == other for one, other in edges)


def test_cycles_are_listed_up_to_a_number() -> None:
    edges = [(f"{n}", f"{n}") for n in range(5)] + [("a", "b"), ("b", "a")]
    assert len(chain.cycles(edges, most=3)) == 3
    assert len(chain.cycles([(str(n), str(n)) for n in range(102)])) == 100
    assert chain.cycles(edges)[-1] == ["a", "b", "a"]


@pytest.mark.parametrize("place", [1, 2])
def test_another_relayer_changes_no_origin_over_http(fresh: httpx.Client, place: int) -> None:
    path = "/v1/measures/containers.prk-rus/corroboration"
    before = fresh.get(path).json()
    fresh.post("/v1/sources", json={"id": "blog", "name": "A blog", "kind": "news_website"})
    claim = "/v1/claims/shin-2024-06-containers"
    hops = fresh.get(claim).json()["attributions"]
    sent = [{name: hop[name] for name in hop if name != "position"} for hop in hops]
    at = next(n for n, hop in enumerate(hops) if hop.get("position") == place)
    sent.insert(at, {"source": "blog", "role": "relayer"})
    answer = fresh.patch(claim, json={"attributions": sent}, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    after = fresh.get(path).json()
    assert after["relayers"]["items"] == sorted([*before["relayers"]["items"], "blog"])
    for name in ("origins", "independent_origins", "claims", "anonymous"):
        assert after[name] == before[name]


def test_those_between_the_document_and_the_origin_relay() -> None:
    hops = linked([[("paper", "publisher")], [("wire", "relayer")], [("ann", "speaker")]], ["tape"])
    assert chain.relay_indexes(hops, "ann") == {1, 2}
    nobody = linked([[("paper", "publisher")], [("wire", "relayer")]], [])
    assert chain.relay_indexes(nobody, None) == {1, 2}
    assert chain.relay_indexes(nobody, "wire") == {1}


def test_affiliations_are_followed_to_the_first_root() -> None:
    above = {
        "clerk": ("ministry", False), "ministry": ("state", True), "state": (None, True),
        "stray": ("nobody", False), "one": ("other", False), "other": ("one", False),
    }  # fmt: skip
    assert chain.root_of("clerk", above) == "ministry"
    assert chain.root_of("ministry", above) == "ministry"
    assert [chain.root_of(one, above) for one in ("stray", "nobody", "one")] == [None] * 3
