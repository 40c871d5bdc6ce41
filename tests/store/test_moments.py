"""At each moment an id is in one version: the one that had begun by then, and had not ended."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, NamedTuple

import pytest

from app.config import Settings
from app.db import Database, Reader
from app.models import VERSIONED
from app.store import exports, ranked_search, reads, writes
from app.store.as_of import last_change
from app.store.snapshot import read_snapshot
from tests.conftest import Templates

SENT: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "before": [
        ("sources", {"id": "group", "name": "Group", "is_root": True}),
        ("measures", {"id": "m", "unit": "1"}),
    ],
    "paper": [("sources", {"id": "paper", "name": "Paper", "kind": "report"})],
    "claim": [("claims", {"id": "c", "document": "paper", "measure": "m", "value": "1"})],
    "beside": [("claims", {"id": "d", "document": "paper", "measure": "m", "value": "2",
                           "relations": [{"predicate": "supports", "object": "c"}]})],
    "judged": [("assessments", {"id": "a", "target": "claims/c", "assessor": "me",
                                "comment": "It is so."})],
}  # fmt: skip
CHANGED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "paper is another's": ("sources", "paper", {"name": "The Paper", "affiliation": "group"}),
    "claim is another": ("claims", "c", {"value": "3"}),
    "beside is alone": ("claims", "d", {"relations": []}),
}
WITHDRAWN = {"not judged": ("assessments", "a"), "no claim": ("claims", "c")}


class Then(NamedTuple):
    """What there was since one write: versions of ids, and what stands around them."""

    versions: dict[str, int]
    name: str | None
    above: list[str]
    incoming: list[str]
    judged: list[str]
    found: int
    """Active claims."""


NOTHING = Then({}, None, [], [], [], 0)
P, C = {"paper": 1}, {"paper": 1, "c": 1}
D, A = {**C, "d": 1}, {**C, "d": 1, "a": 1}
THEN: dict[str, Then] = {
    "before": NOTHING,
    "paper": Then(P, "Paper", ["paper"], [], [], 0),
    "claim": Then(C, "Paper", ["paper"], [], [], 1),
    "beside": Then(D, "Paper", ["paper"], ["d"], [], 2),
    "judged": Then(A, "Paper", ["paper"], ["d"], ["a"], 2),
    "paper is another's": Then(
        {**A, "paper": 2}, "The Paper", ["group", "paper"], ["d"], ["a"], 2
    ),
    "claim is another": Then(
        {**A, "paper": 2, "c": 2}, "The Paper", ["group", "paper"], ["d"], ["a"], 2
    ),
    "beside is alone": Then(
        {**A, "paper": 2, "c": 2, "d": 2}, "The Paper", ["group", "paper"], [], ["a"], 2
    ),
    "not judged": Then(
        {"paper": 2, "c": 2, "d": 2, "a": 2}, "The Paper", ["group", "paper"], [], [], 2
    ),
    "no claim": Then(
        {"paper": 2, "c": 3, "d": 2, "a": 2}, "The Paper", ["group", "paper"], [], [], 1
    ),
}  # fmt: skip


class World(NamedTuple):
    """A database, and the moment of each write."""

    db: Database
    moments: dict[str, int]


def asked(db: Database, what: Callable[[Database], Awaitable[Any]]) -> Any:
    """What a process of its own is answered."""

    async def ask() -> Any:
        async with Database(db.settings).serving() as reading:
            return await what(reading)

    return asyncio.run(ask())


@pytest.fixture(scope="module")
def world(templates: Templates) -> Iterator[World]:
    db = Database(Settings(database_url=templates.copy(seeded=False)))
    moments: dict[str, int] = {}
    for step, several in SENT.items():
        for resource, sent in several:
            shape = VERSIONED[resource].sent.model_validate(sent)
            writes.write(db, writes.create, resource, shape)
        moments[step] = asked(db, last_change)
    for step, (resource, id, changes) in CHANGED.items():
        writes.write(db, writes.patch, resource, id, changes, "*")
        moments[step] = asked(db, last_change)
    for step, (resource, id) in WITHDRAWN.items():
        writes.write(db, writes.withdraw, resource, id, "withdrawn", "a slip", "*")
        moments[step] = asked(db, last_change)
    yield World(db, moments)
    db.engine.dispose()


def test_each_write_has_a_later_moment_in_whole_microseconds(world: World) -> None:
    moments = list(world.moments.values())
    assert moments == sorted(set(moments))
    assert [one for one in moments if type(one) is not int] == []


async def told(db: Database, moment: int | None) -> Then:
    """The same, as the store tells it."""
    async with db.snapshot() as reader:
        return await read(reader, moment)


async def read(reader: Reader, moment: int | None) -> Then:
    versions = {}
    for resource, ids in (("sources", ["paper"]), ("claims", ["c", "d"]), ("assessments", ["a"])):
        for row in await reads.several(reader, resource, ids, moment):
            assert row.id not in versions, "one version of each"
            assert row == await reads.get(reader, resource, row.id, moment)
            versions[row.id] = row.version
    found = (await ranked_search.counts(reader, moment))["claims"]
    return Then(
        versions,
        (await reads.names(reader, ["paper"], moment)).get("paper"),
        sorted(await reads.upward(reader, ["paper"], moment)),
        [row.id for row in await reads.incoming(reader, "c", moment)],
        [row.id for row in await reads.assessments(reader, "claims/c", moment, 10)],
        found,
    )


STEPS = list(THEN)


@pytest.mark.parametrize("step", STEPS)
def test_from_the_moment_of_a_write_to_just_before_the_next_it_is_so(
    world: World, step: str
) -> None:
    last = step == STEPS[-1]
    following = None if last else world.moments[STEPS[STEPS.index(step) + 1]]
    until = world.moments[step] + 1 if following is None else following - 1
    for moment in (world.moments[step], until):
        assert asked(world.db, lambda db: told(db, moment)) == THEN[step]  # noqa: B023
    if last:
        assert asked(world.db, lambda db: told(db, None)) == THEN[step]


@pytest.mark.parametrize("history", [False, True], ids=["current", "history"])
@pytest.mark.parametrize("step", STEPS)
def test_an_export_of_a_moment_has_what_had_been_written_by_then(
    world: World, step: str, history: bool
) -> None:
    moment = world.moments[step]

    async def lines(db: Database) -> list[dict[str, Any]]:
        parts = [part async for part in exports.as_jsonl(db, history, moment)]
        return [json.loads(line) for line in b"".join(parts).splitlines()]

    *exported, end = asked(world.db, lines)
    newest = {**THEN[step].versions, "group": 1, "m": 1}
    expected = [
        (id, version)
        for id, last in newest.items()
        for version in (range(1, last + 1) if history else (last,))
    ]
    assert sorted((one["id"], one["version"]) for one in exported) == sorted(expected)
    assert end["count"] == len(expected)
    with read_snapshot(world.db) as connection:
        assert exports.count_versions(connection, history, moment) == len(expected)
