"""One text among names, ids and claims: the best first, each once, and how many there are."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, NamedTuple

import pytest
from sqlalchemy import insert, select

from app.config import Settings
from app.db import Database, Reader
from app.models import CLAIM, VERSIONED
from app.store import ranked_search, reconciliation, writes
from app.store.as_of import last_change
from app.store.ranked_search import COUNTED, HitList, Sought
from app.store.reconciliation import NameQuery
from app.store.write_transaction import WriteTransaction
from tests.conftest import Templates

SOURCES = [
    ("paper", "Paper", "report"), ("ship", "Vessels", "company"), ("zz", "Big Ship", "company"),
    ("aa", "Warships", "company"), ("gone", "Ship of Old", "company"), ("yy", "Ship", "ministry"),
]  # fmt: skip
CLAIMS = {
    "a": "A ship.", "b": "Ships, more.", "ship": "", "ship-1": "", "ship-2": "None.",
    "ship-3": "Of ships.", "ship-4": "Withdrawn.", "shiq": "Else.", "shi": "Less.",
}  # fmt: skip


class World(NamedTuple):
    """A database, and the moment before the last of it."""

    db: Database
    before: int


def asked(db: Database, what: Callable[[Reader], Awaitable[Any]]) -> Any:
    async def ask() -> Any:
        async with Database(db.settings).serving() as reading, reading.snapshot() as reader:
            return await what(reader)

    return asyncio.run(ask())


def claim(id: str, notes: str) -> dict[str, Any]:
    more = {"notes": notes} if notes else {}
    return {"id": id, "document": "paper", "measure": "m", "value": "1", **more}


@pytest.fixture(scope="module")
def world(templates: Templates) -> Iterator[World]:
    db = Database(Settings(database_url=templates.copy(seeded=False)))

    def create(tx: WriteTransaction, resource: str, **sent: Any) -> None:
        writes.create(tx, resource, VERSIONED[resource].sent.model_validate(sent))

    def fill(tx: WriteTransaction) -> None:
        for id, name, kind in SOURCES:
            create(tx, "sources", id=id, name=name, kind=kind)
        create(tx, "measures", id="m", unit="1")

    writes.write(db, fill)

    def add(id: str, notes: str) -> None:
        writes.write(db, lambda tx: create(tx, "claims", **claim(id, notes)))

    for id, notes in CLAIMS.items():
        add(id, notes)
    before = asked(db, last_change)
    for resource, id in (("claims", "ship-4"), ("sources", "gone")):
        writes.write(db, writes.withdraw, resource, id, "withdrawn", "a slip", "*")
    add("ship-5", "")
    for id, notes in (("n", "many"), ("bulk", "")):
        add(id, notes)
        with db.transaction() as connection:  # as if they had been written one by one
            row = dict(connection.execute(select(CLAIM).where(CLAIM.c.id == id)).mappings().one())
            rows = [{**row, "id": f"{id}-{n}"} for n in range(COUNTED)]
            connection.execute(insert(CLAIM), rows)
    yield World(db, before)
    db.engine.dispose()


def found(world: World, text: str, limit: int = 100, moment: int | None = None) -> HitList:
    hits: HitList = asked(
        world.db, lambda reader: ranked_search.claims(reader, Sought(text, moment), limit)
    )
    return hits


NOW = [("ship", 0), ("ship-1", 1), ("ship-2", 1), ("ship-3", 1), ("ship-5", 1), ("b", 3), ("a", 3)]


@pytest.mark.parametrize("limit", [1, 2, 5, 6, 7, 100])
def test_claims_are_found_by_their_ids_and_then_by_their_texts_each_once(
    world: World, limit: int
) -> None:
    hits, total, more = found(world, "ship", limit)
    assert [(hit.row.id, hit.rank) for hit in hits] == NOW[:limit]
    assert (total, more) == (len(NOW), False)


def test_claims_are_found_as_they_were_at_a_moment(world: World) -> None:
    hits, total, _ = found(world, "ship", moment=world.before)
    then = [("ship", 0), *((f"ship-{n}", 1) for n in (1, 2, 3, 4)), ("b", 3), ("a", 3)]
    assert [(hit.row.id, hit.rank) for hit in hits] == then
    assert total == len(then)
    assert found(world, "nothing-of-this") == ([], 0, False)


@pytest.mark.parametrize("text", ["many", "bulk"])
def test_so_many_are_counted_and_of_more_it_is_said(world: World, text: str) -> None:
    hits, total, more = found(world, text, 3)
    assert (len(hits), total, more) == (3, COUNTED, True)


def test_where_there_are_as_many_as_are_counted_there_are_no_more(world: World) -> None:
    assert found(world, "bulk-", 3)[1:] == (COUNTED, False)


def test_sources_are_ranked_by_where_the_text_stands_in_their_names(world: World) -> None:
    def named(text: str, moment: int | None = None, *kinds: str) -> list[str]:
        hits, total, more = asked(
            world.db,
            lambda reader: ranked_search.named(reader, "sources", Sought(text, moment), 9, kinds),
        )
        assert (total, more) == (len(hits), False)
        return [hit.row.id for hit in hits]

    assert named("ship") == ["ship", "yy", "zz", "aa"]
    assert named("ship", None, "ministry") == ["yy"]
    assert named("ship", world.before) == ["ship", "yy", "gone", "zz", "aa"]
    assert named("nobody") == []


def test_ids_that_are_spelt_alike_are_told_of_what_is_active_and_of_the_kinds_asked_for(
    world: World,
) -> None:
    def alike(name: str, *kinds: str) -> list[tuple[str, int, bool]]:
        query = NameQuery(name, kinds)
        told = asked(world.db, lambda reader: reconciliation.candidates(reader, "sources", query))
        return [(one.id, one.score, one.match) for one in told]

    assert alike("papre") == [("paper", reconciliation.ALIKE, False)]
    assert alike("papre", "report") == [("paper", reconciliation.ALIKE, False)]
    assert alike("papre", "company") == []
    assert alike("gonee") == []
    assert alike("Paper") == [("paper", reconciliation.EXACT, True)]
    # Two have it, one as its id and one as its name: a person picks.
    assert [one[1:] for one in alike("ship")][:2] == [(reconciliation.EXACT, False)] * 2
