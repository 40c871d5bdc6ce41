"""Corroboration: who has it from whom, in circles or not, and what is too much to be listed."""

from typing import Any

import httpx
import pytest

from app.store import corroboration
from tests.api.test_analysis import given, told

CORROBORATION = "/v1/measures/m/corroboration"


def heard(client: httpx.Client, *chains: str) -> Any:
    """What stands behind claims that came by way of these sources, the document's teller first."""
    for id in sorted({id for chain in chains for id in chain}):
        client.post("/v1/sources", json={"id": id, "name": id}).raise_for_status()
    given(client, *({"id": f"c-{one}", "via": list(one), "value": "1"} for one in chains))
    return told(client, CORROBORATION)


@pytest.mark.parametrize(
    ("chains", "cycles"),
    [
        (["ab", "ba"], ["aba"]),
        (["ab", "bc", "ca"], ["abca"]),
        (["ba", "cb", "ac"], ["acba"]),
        (["ab", "bc", "da"], []),
        (["abc", "dcb"], ["bcb"]),
        (["abca"], ["abca"]),
        (["aab"], []),
    ],
)
def test_a_circle_goes_from_who_tells_to_whom_they_have_it_from(
    fresh: httpx.Client, chains: list[str], cycles: list[str]
) -> None:
    found = heard(fresh, *chains)
    assert ["".join(ring) for ring in found["cycles"]] == cycles
    assert found["cycles_complete"]


def test_the_first_are_listed_and_all_are_counted(
    fresh: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corroboration, "LISTED", 2)
    found = heard(fresh, "d", "c", "b", "a")
    assert found["claims"] == {"count": 4, "items": ["c-a", "c-b"]}
    assert found["relayers"] == {"count": 4, "items": ["a", "b"]}


def test_where_only_the_first_hops_are_looked_at_there_may_be_more_circles(
    fresh: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corroboration, "EDGES", 2)
    found = heard(fresh, "ab", "ba")
    assert not found["cycles_complete"]
