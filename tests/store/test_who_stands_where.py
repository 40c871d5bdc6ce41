"""Filters and facets of what stands beside a claim: its chain, its document, their roots.

A small world, worked out by hand. Its sources and one claim were something else before; what they
were is found only by who asks about that moment.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
import pytest

from app.config import Settings
from tests.conftest import Server, Templates

SOURCES: list[dict[str, Any]] = [
    {"id": "state", "kind": "official", "is_root": True},
    {"id": "ministry", "kind": "official", "affiliation": "state"},
    {"id": "army", "kind": "official", "affiliation": "ministry"},
    {"id": "wire", "kind": "news_agency", "is_root": True},
    {"id": "mina", "kind": "expert", "affiliation": "state"},
    {"id": "eve", "kind": "journalist", "is_root": True},
    {"id": "dia", "kind": "report"},
    {"id": "red", "kind": "article", "language": "en", "publisher": "wire", "author": "eve",
     "date": "2024-10"},
    {"id": "blue", "kind": "article", "language": "ko", "publisher": "wire",
     "date": "2023-12-31/2024-01-01"},
    {"id": "grey", "kind": "article", "language": "en", "author": "mina", "date": "2021"},
]  # fmt: skip


def hop(source: str, role: str, position: int, name: str | None = None) -> dict[str, Any]:
    named = {} if name is None else {"name_as_given": name}
    return {"source": source, "role": role, "position": position, **named}


CLAIMS: list[dict[str, Any]] = [
    {"id": "c1", "document": "red", "claimant": "army", "via": ["wire"], "stated": "2024-03",
     "notes": "red wheels", "tags": ["x"], "speech_act": "estimate",
     "dimensions": {"mm": 152}, "period": "2024-03/"},
    {"id": "c2", "document": "red", "claimant": "ministry", "stated": "2024-12~", "period": "/2024",
     "notes": "blue Wheels", "tags": ["x", "y"], "dimensions": {"mm": "122", "kind": "a"},
     "attributions": [
        hop("red", "document", 0), hop("wire", "publisher", 1), hop("mina", "relayer", 2),
        hop("ministry", "speaker", 3, "the Ministry"), {"source": "dia", "role": "evidence"}]},
    {"id": "c3", "document": "blue", "claimant": "mina", "stated": "../2023", "published": "2022~",
     "attributes": {"rank": "2"},
     "attributions": [hop("blue", "document", 0), hop("eve", "publisher", 1),
                      hop("mina", "author", 2, "Mina")]},
    {"id": "c4", "document": "blue", "stated": "-0044", "attributions": [
        hop("blue", "document", 0), hop("wire", "relayer", 1), hop("army", "relayer", 2)]},
    {"id": "c5", "document": "grey", "claimant": "eve", "stated": "Y12000", "lower": "2"},
    {"id": "c6", "document": "grey", "claimant": "army", "via": ["wire"]},
]  # fmt: skip
LATER: dict[str, dict[str, Any]] = {
    "/v1/sources/mina": {"affiliation": None},
    "/v1/sources/eve": {"is_root": False},
    "/v1/sources/blue": {"publisher": None},
    "/v1/sources/grey": {"language": None, "date": None},
    "/v1/claims/c6": {"claimant": None, "attributions": [hop("grey", "document", 0)]},
}


class World(NamedTuple):
    """A server of these claims, and the moment before some were changed."""

    client: httpx.Client
    before: str

    def told(self, path: str) -> Any:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def world(templates: Templates) -> Iterator[World]:
    settings = Settings(database_url=templates.copy(seeded=False))
    with Server(settings) as server, server.client() as client:
        written = [("/v1/sources", {"name": one["id"], **one}) for one in SOURCES]
        written.append(("/v1/measures", {"id": "m", "unit": "{thing}"}))
        written += [("/v1/claims", {"measure": "m", "value": "1", **one}) for one in CLAIMS]
        for path, sent in written:
            answer = client.post(path, json=sent)
            assert answer.status_code == 201, answer.text
        before = answer.json()["recorded_at"]
        for path, change in LATER.items():
            answer = client.patch(path, json=change, headers={"If-Match": "*"})
            assert answer.status_code == 200, answer.text
        yield World(client, before)


NOW = [
    ("via=wire", "1 2 4"),
    ("via=mina", "2"),
    ("via=army", "4"),
    ("via=ministry", ""),
    ("via=mina&via=eve", "2 3"),
    ("via__ne=wire", "3 5 6"),
    ("via__ne=wire&via__ne=eve", "5 6"),
    ("via__is_null=true", "5 6"),
    ("via__is_null=false", "1 2 3 4"),
    ("origin=army", "1"),
    ("origin=army&origin=eve", "1 5"),
    ("origin=wire", ""),
    ("origin__ne=army", "2 3 4 5 6"),
    ("origin__is_null=true", "4 6"),
    ("origin__is_null=false", "1 2 3 5"),
    ("origin_root=state", "1 2"),
    ("origin_root=wire", ""),
    ("origin_root__ne=state", "3 4 5 6"),
    ("claimant_root=state", "1 2"),
    ("claimant_root=eve", ""),
    ("claimant_root=state&claimant_root=wire", "1 2"),
    ("claimant_root__ne=state", "3 4 5 6"),
    ("claimant=mina", "3"),
    ("claimant=mina&claimant=nobody-known", "3"),
    ("claimant__ne=mina", "1 2 4 5 6"),
    ("claimant__ne=mina&claimant__ne=eve", "1 2 4 6"),
    ("claimant__is_null=true", "4 6"),
    ("claimant__is_null=false", "1 2 3 5"),
    ("evidence=dia", "2"),
    ("evidence=red", ""),
    ("evidence__ne=dia", "1 3 4 5 6"),
    ("evidence__is_null=true", "1 3 4 5 6"),
    ("evidence__is_null=false", "2"),
    ("publisher=wire", "1 2"),
    ("publisher=eve", "3"),
    ("publisher=wire&publisher=eve", "1 2 3"),
    ("publisher__ne=wire", "3 4 5 6"),
    ("publisher__is_null=true", "4 5 6"),
    ("publisher__is_null=false", "1 2 3"),
    ("author=mina", "3 5 6"),
    ("author=eve", "1 2"),
    ("author__ne=mina", "1 2 4"),
    ("author__is_null=true", "4"),
    ("name_as_given=Mina", "3"),
    ("name_as_given=Mina&name_as_given=the Ministry", "2 3"),
    ("name_as_given__ne=Mina", "1 2 4 5 6"),
    ("name_as_given__is_null=true", "1 4 5 6"),
    ("name_as_given__is_null=false", "2 3"),
    ("language=en", "1 2"),
    ("language=en&language=ko", "1 2 3 4"),
    ("language__ne=en", "3 4 5 6"),
    ("language__is_null=true", "5 6"),
    ("language__is_null=false", "1 2 3 4"),
    ("tag=x", "1 2"),
    ("tag=y&tag=z", "2"),
    ("tag__ne=y", "1 3 4 5 6"),
    ("tag__ne=x&tag__ne=y", "3 4 5 6"),
    ("tag__is_null=true", "3 4 5 6"),
    ("tag__is_null=false", "1 2"),
    ("flag=lower_above_value", "5"),
    ("flag__ne=lower_above_value", "1 2 3 4 6"),
    ("flag__is_null=true", "1 2 3 4 6"),
    ("flag__is_null=false", "5"),
    ("speech_act__ne=estimate", "2 3 4 5 6"),
    ("speech_act__is_null=true", "2 3 4 5 6"),
    ("dim.mm=152.0", "1"),
    ("dim.mm=152&dim.mm=122", "1 2"),
    ("dim.mm=152&dim.kind=a", ""),
    ("dim.mm__gt=122", "1"),
    ("dim.mm__ne=152", "2 3 4 5 6"),
    ("dim.mm__ne=152&dim.mm__ne=122", "3 4 5 6"),
    ("dim.mm__is_null=true", "3 4 5 6"),
    ("dim.mm__is_null=false", "1 2"),
    ("attr.rank=2.0", "3"),
    ("attr.rank__ne=2", "1 2 4 5 6"),
    ("attr.rank__is_null=false", "3"),
    ("stated__is_null=true", "6"),
    ("stated__is_null=false", "1 2 3 4 5"),
    ("period_start__is_null=true", "3 4 5 6"),
    ("period_end__is_null=true", "3 4 5 6"),
    ("period_end__is_null=false", "1 2"),
    ("published__is_null=true", "5 6"),
    ("q=wheels", "1 2"),
    ("q=wheels red", "1"),
    ("via=wire&origin=army", "1"),
    ("via=wire&origin__ne=army", "2 4"),
]
BEFORE = [
    ("via=wire", "1 2 4 6"),
    ("via__is_null=true", "5"),
    ("origin=army", "1 6"),
    ("origin__is_null=true", "4"),
    ("origin_root=state", "1 2 3 6"),
    ("origin_root__ne=state", "4 5"),
    ("claimant_root=state", "1 2 3 6"),
    ("claimant_root=eve", "5"),
    ("claimant__is_null=true", "4"),
    ("publisher=wire", "1 2 3 4"),
    ("publisher__is_null=true", "5 6"),
    ("language=en", "1 2 5 6"),
    ("language__ne=en", "3 4"),
    ("language__is_null=true", ""),
    ("published__is_null=true", ""),
]


@pytest.mark.parametrize("match", ["any", "all"])
@pytest.mark.parametrize(("asked", "ids"), NOW)
def test_who_stands_beside_a_claim_finds_it(world: World, asked: str, ids: str, match: str) -> None:
    assert found(world, "claims", f"{asked}&match={match}") == ids
    assert found(world, "quantities", f"{asked}&match={match}") == ids


@pytest.mark.parametrize(("asked", "ids"), BEFORE)
def test_who_stood_beside_a_claim_finds_it_at_that_moment(
    world: World, asked: str, ids: str
) -> None:
    for resource in ("claims", "quantities"):
        assert found(world, resource, f"{asked}&as_of={world.before}") == ids


def found(world: World, resource: str, asked: str) -> str:
    """The numbers of the claims; each is found once."""
    items = world.told(f"/v1/{resource}?{asked}")["items"]
    return " ".join(sorted(one["id" if resource == "claims" else "claim"][1:] for one in items))


FACETS: dict[str, dict[str, int]] = {
    "via": {"wire": 3, "army": 1, "eve": 1, "mina": 1},
    "origin": {"army": 1, "eve": 1, "mina": 1, "ministry": 1},
    "origin_root": {"state": 2},
    "claimant": {"army": 1, "eve": 1, "mina": 1, "ministry": 1},
    "document": {"blue": 2, "grey": 2, "red": 2},
    "language": {"en": 2, "ko": 2},
    "year": {"2024": 1, "2024/2025": 1, "../2023": 1, "-0044": 1, "Y12000": 1},
    "published_year": {"2024": 2, "2021/2023": 1, "2023/2024": 1},
    "measure": {"m": 6},
    "tag": {"x": 2, "y": 1},
    "flag": {"lower_above_value": 1},
    "speech_act": {"estimate": 1},
    "dim.mm": {"122": 1, "152": 1},
}
BEFORE_THEN: dict[str, dict[str, int]] = {
    "via": {"wire": 4, "army": 1, "eve": 1, "mina": 1},
    "origin": {"army": 2, "eve": 1, "mina": 1, "ministry": 1},
    "origin_root": {"state": 4, "eve": 1},
    "claimant": {"army": 2, "eve": 1, "mina": 1, "ministry": 1},
    "language": {"en": 4, "ko": 2},
    "published_year": {"2021": 2, "2024": 2, "2021/2023": 1, "2023/2024": 1},
    "measure": {"m": 6},
}


STRICTLY = {
    "year": {"2024": 1, "../2023": 1, "-0044": 1, "Y12000": 1},
    "published_year": {"2024": 2, "2023/2024": 1},
}


@pytest.mark.parametrize("field", STRICTLY)
def test_strictly_what_is_about_a_year_is_not_counted_in_it(world: World, field: str) -> None:
    counts = world.told(f"/v1/facets?by={field}&policy=strict")["facets"][field]
    assert [(one["value"], one["count"]) for one in counts] == ranked(STRICTLY[field])


@pytest.mark.parametrize("beside", ["", "&measure=m", "&value__gte=1", "&readings=all"])
@pytest.mark.parametrize("field", FACETS)
def test_claims_are_counted_by_who_stands_beside_them(
    world: World, field: str, beside: str
) -> None:
    counts = world.told(f"/v1/facets?by={field}{beside}")["facets"][field]
    assert [(one["value"], one["count"]) for one in counts] == ranked(FACETS[field])


@pytest.mark.parametrize("field", BEFORE_THEN)
def test_claims_are_counted_by_who_stood_beside_them(world: World, field: str) -> None:
    counts = world.told(f"/v1/facets?by={field}&as_of={world.before}")["facets"][field]
    assert [(one["value"], one["count"]) for one in counts] == ranked(BEFORE_THEN[field])


def ranked(counts: dict[str, int]) -> list[tuple[str, int]]:
    """The most frequent first, then in order of their values."""
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def test_the_roots_of_origins_are_those_of_the_moment(world: World) -> None:
    now = world.told("/v1/corroboration?measure=m")
    before = world.told(f"/v1/corroboration?measure=m&as_of={world.before}")
    assert ends(now) == ["army state 1", "eve None 1", "mina None 1", "ministry state 1"]
    assert ends(before) == ["army state 2", "eve eve 1", "mina state 1", "ministry state 1"]
    assert now["independent_origins"] == {"min": 1, "max": 3}
    assert before["independent_origins"] == {"min": 2, "max": 2}


def ends(told: Any) -> list[str]:
    return [f"{one['source']} {one['root']} {one['claims']}" for one in told["origins"]["items"]]
