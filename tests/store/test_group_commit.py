"""Writes that wait together are committed together, and none is answered for another."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import insert, select

from app.config import Settings
from app.db import Database
from app.errors import Conflict, Invalid, PreconditionFailed, Problem, StorageFull, Unavailable
from app.models import CHANGE, FOREVER, IDEMPOTENCY_KEY, SOURCE
from app.models.source import SourceIn
from app.store import verification, writes
from app.store.group_commit import GroupCommitQueue, WriteFunction
from app.store.write_transaction import Actor, WriteTransaction
from tests.conftest import Templates


@asynccontextmanager
async def queue(templates: Templates, **more: Any) -> AsyncIterator[GroupCommitQueue]:
    """The queue of writes of a seeded database."""
    settings = Settings(database_url=templates.copy(True), **more)
    async with Database(settings).serving() as db:
        yield GroupCommitQueue(db)


def named(id: str, name: str = "Somebody") -> WriteFunction:
    """Store a source."""
    return lambda turn: writes.create(turn, "sources", SourceIn(id=id, name=name))[:2]


async def all_of(commits: GroupCommitQueue, *works: WriteFunction) -> list[Any]:
    """Writes that are sent at one time, and what became of each."""
    return await asyncio.gather(*map(commits.write, works), return_exceptions=True)


def count(db: Database, table: Any) -> int:
    """How many rows there are."""
    with db.engine.connect() as connection:
        return len(connection.execute(table.select()).all())


def run(test: Callable[[], Any]) -> None:
    asyncio.run(test())


def test_many_writes_at_once_share_a_moment_and_the_log_stays_whole(templates: Templates) -> None:
    async def test() -> None:
        async with queue(templates) as commits:
            before = count(commits.db, CHANGE)
            found = await all_of(commits, *(named(f"s-{n}") for n in range(50)))
            moments = {stored.recorded_at for stored, new in found if new}
            assert len(found) == 50
            assert len(moments) < 10
            assert count(commits.db, CHANGE) == before + 50
            with commits.db.engine.connect() as connection:
                assert not list(verification.verify(connection, lambda: None))

    run(test)


def test_a_refused_write_is_refused_alone(templates: Templates) -> None:
    async def test() -> None:
        async with queue(templates) as commits:
            works = [named("same", f"Name {n}") for n in range(5)] + [named("other")]
            found = await all_of(commits, *works)
            refused = [one for one in found if isinstance(one, Conflict)]
            assert len(refused) == 4
            assert found[-1][1]

    run(test)


def test_a_group_with_a_broken_write_is_done_one_by_one(templates: Templates) -> None:
    def broken(turn: WriteTransaction) -> None:
        row = {"caller": "x", "key": "x", "fingerprint": None, "recorded_at": 0,
               "status": 200, "headers": "", "body": ""}  # fmt: skip
        turn.connection.execute(insert(IDEMPOTENCY_KEY), [row])

    def half(turn: WriteTransaction) -> None:
        named("half")(turn)
        raise Conflict("too late")

    async def test() -> None:
        async with queue(templates) as commits:
            found = await all_of(commits, named("first"), named("a"), broken, half, named("b"))
            assert [isinstance(one, Exception) for one in found] == [
                False,
                False,
                True,
                True,
                False,
            ]
            again = await all_of(commits, named("a"), named("half"), named("b"))
            assert [new for _, new in again] == [False, True, False]

    run(test)


def test_a_write_sees_what_was_written_before_it_in_its_group(templates: Templates) -> None:
    def renamed(name: str, version: int) -> WriteFunction:
        sent = SourceIn(id="one", name=name)
        return lambda turn: writes.replace(turn, "sources", sent, f'"{version}"').stored

    def of(affiliation: str) -> WriteFunction:
        sent = SourceIn(id="two", name="Somebody else", affiliation=affiliation)
        return lambda turn: writes.create(turn, "sources", sent)[:2]

    def gone(turn: WriteTransaction) -> Any:
        return writes.withdraw(turn, "sources", "one", "withdrawn", "a test", "*")

    async def test() -> None:
        async with queue(templates) as commits:
            works = [named("one"), named("one"), renamed("First", 1), renamed("Late", 1),
                     renamed("Second", 2), of("one"), of("nobody"), gone]  # fmt: skip
            found = await all_of(commits, *works)
            assert [new for _, new in found[:2]] == [True, False]
            assert (found[2].version, found[4].version, found[7].version) == (2, 3, 4)
            assert isinstance(found[3], PreconditionFailed)
            assert found[5][1]
            assert isinstance(found[6], Invalid)
            moments = [found[0][0].recorded_at, *(found[n].recorded_at for n in (2, 4, 7))]
            with commits.db.engine.connect() as connection:
                lives = select(SOURCE.c.recorded_at, SOURCE.c.recorded_to)
                asked = lives.where(SOURCE.c.id == "one").order_by(SOURCE.c.version)
                rows = connection.execute(asked).all()
                assert not list(verification.verify(connection, lambda: None))
            assert rows == list(pairwise([*moments, FOREVER]))

    run(test)


@pytest.mark.parametrize("broken", [False, True], ids=["together", "one by one"])
def test_each_write_of_a_group_is_told_of_its_own_actor(templates: Templates, broken: bool) -> None:
    def wrong(turn: WriteTransaction) -> None:
        named("wrong")(turn)
        raise Conflict("Too late.")

    async def test() -> None:
        async with queue(templates) as commits:
            actors = [Actor(f"desk {n}", f"deskkey{n}", f"request-{n}") for n in range(5)]
            sent = [(named(f"s-{n}"), actor) for n, actor in enumerate(actors)]
            more = [(wrong, Actor("nobody"))] if broken else []
            every = [commits.write(*one) for one in [*sent, *more]]
            await asyncio.gather(*every, return_exceptions=True)
            columns = (CHANGE.c[name] for name in ("id", *Actor._fields))
            asked = select(*columns).where(CHANGE.c.request_id.is_not(None))
            with commits.db.engine.connect() as connection:
                rows = connection.execute(asked.order_by(CHANGE.c.id)).all()
            assert [tuple(row) for row in rows] == [(f"s-{n}", *a) for n, a in enumerate(actors)]

    run(test)


def test_a_row_that_the_database_does_not_take_is_the_fault_of_one(templates: Templates) -> None:
    def wrong(turn: WriteTransaction) -> None:
        stored, _ = named("wrong")(turn)
        row = [stored._asdict().get(column.name) for column in SOURCE.columns]
        turn.hold(SOURCE, [row])  # the same version again, and not even whole

    async def test() -> None:
        async with queue(templates) as commits:
            before = count(commits.db, CHANGE)
            found = await all_of(commits, named("a"), wrong, named("b"))
            assert [isinstance(one, Exception) for one in found] == [False, True, False]
            assert not isinstance(found[1], Problem)
            assert count(commits.db, CHANGE) == before + 2
            again = await all_of(commits, named("a"), named("wrong"), named("b"))
            assert [new for _, new in again] == [False, True, False]

    run(test)


def test_no_write_waits_longer_than_it_may(templates: Templates) -> None:
    async def test() -> None:
        async with queue(templates, write_wait_seconds=0.5) as commits:
            with commits.db.transaction():
                began = asyncio.get_running_loop().time()
                found = await all_of(commits, *(named(f"s-{n}") for n in range(60)))
                took = asyncio.get_running_loop().time() - began
            assert all(isinstance(one, Unavailable) for one in found)
            assert 0.4 < took < 10, "one after the other they would have waited half a minute"
            assert commits.db.refused == 60
            assert (await commits.write(named("s-1")))[1]

    run(test)


def test_who_has_gone_is_left_out_and_what_was_begun_is_done_all_the_same(
    templates: Templates,
) -> None:
    async def test() -> None:
        async with queue(templates) as commits:
            every: list[asyncio.Future[Any]] = []
            loop = asyncio.get_running_loop()

            def begun(turn: WriteTransaction) -> Any:
                asyncio.run_coroutine_threadsafe(gone(), loop).result()
                return named("begun")(turn)

            async def gone() -> None:
                every[0].cancel()
                every[2].cancel()

            every += [commits.write(begun)]
            await asyncio.sleep(0)  # it is taken, as a group of its own
            every += map(commits.write, [named("a"), named("never"), named("b")])
            found = await asyncio.gather(*every, return_exceptions=True)
            gave_up = [isinstance(one, asyncio.CancelledError) for one in found]
            assert gave_up == [True, False, True, False]
            again = await all_of(commits, *map(named, ("begun", "a", "never", "b")))
            assert [new for _, new in again] == [False, False, True, False]

    run(test)


def test_what_the_disk_has_no_room_for_is_told_to_all_of_a_group(
    sqlite_templates: Templates,
) -> None:
    def room(pages: int) -> WriteFunction:
        def limit(turn: WriteTransaction) -> None:
            turn.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

        return limit

    async def test() -> None:
        async with queue(sqlite_templates) as commits:
            before = count(commits.db, CHANGE)
            large = [
                (lambda turn, n=n: writes.create(turn, "sources", SourceIn(
                    id=f"s-{n}", name="Somebody", notes="x" * 5000)))
                for n in range(20)
            ]  # fmt: skip
            found = await all_of(commits, room(1), *large)
            assert {type(one) for one in found} == {StorageFull}
            assert count(commits.db, CHANGE) == before
            await commits.write(room(2**30))
            assert (await commits.write(named("after")))[1]

    run(test)
