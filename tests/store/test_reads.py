"""Single resources, their versions and those above them, of however many is asked."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from app.config import Settings
from app.db import Database, Reader
from app.errors import NotFound
from app.models import VERSIONED
from app.store import corroboration, reads, writes
from app.store.write_transaction import Actor, WriteTransaction
from tests.conftest import Templates

MANY = 1002


@pytest.fixture(scope="module")
def db(sqlite_templates: Templates) -> Iterator[Database]:
    """So many sources, each affiliated with the one before it, and one alone; one changed."""
    database = Database(Settings(database_url=sqlite_templates.copy(seeded=False)))

    def fill(tx: WriteTransaction) -> None:
        for n in range(MANY):
            above = {"affiliation": f"s{n - 1:04}"} if n else {"is_root": True}
            sent = {"id": f"s{n:04}", "name": f"Source {n}", **above}
            writes.create(tx, "sources", VERSIONED["sources"].sent.model_validate(sent))
        alone = VERSIONED["sources"].sent.model_validate({"id": "alone", "name": "Alone"})
        writes.create(tx, "sources", alone)

    writes.write(database, fill, actor=Actor("the desk"))
    for n in (2, 3, 4):
        writes.write(database, writes.patch, "sources", "s0007", {"name": f"Version {n}"}, "*")
    yield database
    database.engine.dispose()


def asked(db: Database, what: Callable[[Reader], Awaitable[Any]]) -> Any:
    async def ask() -> Any:
        async with Database(db.settings).serving() as reading, reading.snapshot() as reader:
            return await what(reader)

    return asyncio.run(ask())


@pytest.mark.parametrize("count", [0, 1, 2, 5, 6, 20, 21, 100, 101, 500, 501, 1000, MANY])
def test_each_of_however_many_ids_is_found_once_and_in_order(db: Database, count: int) -> None:
    ids = [f"s{n:04}" for n in range(count)]
    shuffled = [*reversed(ids), *ids[:3], "none-of-these"]

    async def several(reader: Reader) -> list[Any]:
        return await reads.several(reader, "sources", shuffled, None)

    assert [row.id for row in asked(db, several)] == ids

    async def names(reader: Reader) -> dict[str, str]:
        return await reads.names(reader, shuffled, None)

    told = {id: f"Source {int(id[1:])}" for id in ids}
    assert asked(db, names) == {**told, **({"s0007": "Version 4"} if count > 7 else {})}


def test_all_above_a_source_are_found_however_many_they_are(db: Database) -> None:
    async def upward(reader: Reader) -> dict[str, Any]:
        return await reads.upward(reader, [f"s{MANY - 1:04}"], None)

    found = asked(db, upward)
    assert sorted(found) == [f"s{n:04}" for n in range(MANY)]
    told = corroboration.affiliations(found)

    async def of_all(reader: Reader) -> dict[str, Any]:
        every = ["alone", *(f"s{n:04}" for n in range(MANY))]
        return await reads.upward(reader, every, None)

    assert sorted(asked(db, of_all)) == ["alone", *sorted(found)]
    assert (told["s0000"], told["s0001"]) == ((None, True), ("s0000", False))


def test_versions_are_told_from_the_first_to_the_last_that_is_asked_for(db: Database) -> None:
    async def told(reader: Reader) -> list[tuple[int, str | None]]:
        rows = await reads.versions(reader, "sources", "s0007", 2, 3)
        assert [row.stored.doc for row in rows] == ["", ""], "without their documents"
        return [(row.stored.version, row.recorded_by) for row in rows]

    assert asked(db, told) == [(2, "sayso"), (3, "sayso")]

    async def every(reader: Reader) -> list[tuple[int, str | None]]:
        rows = await reads.revisions(reader, "sources", "s0007")
        return [(row.stored.version, row.recorded_by) for row in rows]

    assert asked(db, every) == [(1, "the desk"), (2, "sayso"), (3, "sayso"), (4, "sayso")]

    async def newest(reader: Reader) -> list[int]:
        found = [await reads.newest_version(reader, "sources", id) for id in ("s0007", "s0008")]
        row = await reads.revision(reader, "sources", "s0007", 3)
        return [*found, row.version]

    assert asked(db, newest) == [4, 1, 3]


@pytest.mark.parametrize(
    "what",
    [
        lambda reader: reads.get(reader, "sources", "nobody"),
        lambda reader: reads.revisions(reader, "sources", "nobody"),
        lambda reader: reads.newest_version(reader, "sources", "nobody"),
        lambda reader: reads.revision(reader, "sources", "s0007", 5),
        lambda reader: reads.revision(reader, "sources", "s0007", 0),
    ],
    ids=["one", "its revisions", "its newest version", "a version to come", "version 0"],
)
def test_what_is_not_stored_is_not_found(db: Database, what: Any) -> None:
    with pytest.raises(NotFound):
        asked(db, what)
