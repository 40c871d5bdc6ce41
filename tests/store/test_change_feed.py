"""The newest versions and the closed parts before them: together every version, each once."""

import asyncio
from collections.abc import Iterator

import pytest

from app.config import Settings
from app.db import Database
from app.models import VERSIONED
from app.models.question import Question
from app.store import change_feed, writes
from app.store.change_feed import ARCHIVE
from app.store.write_transaction import WriteTransaction
from tests.conftest import Templates

CLAIMS = 2 * ARCHIVE + 50


@pytest.fixture
def db(sqlite_templates: Templates) -> Iterator[Database]:
    """A log of so many claims, one line each, after those of what they refer to."""
    database = Database(Settings(database_url=sqlite_templates.copy(seeded=False)))

    def fill(tx: WriteTransaction) -> None:
        for resource, sent in (
            ("sources", {"id": "paper", "name": "Paper", "kind": "report"}),
            ("measures", {"id": "m", "unit": "1"}),
            *(
                ("claims", {"id": f"c{n}", "document": "paper", "measure": "m", "value": str(n)})
                for n in range(CLAIMS)
            ),
        ):
            writes.create(tx, resource, VERSIONED[resource].sent.model_validate(sent))

    writes.write(database, fill)
    yield database
    database.engine.dispose()


def test_whatever_number_is_asked_for_the_newest_end_where_a_closed_part_does(
    db: Database,
) -> None:
    question = Question("claims", ())

    async def asked() -> None:
        async with db.serving(), db.snapshot() as reader:
            lines = await change_feed.changes(reader, 0, change_feed.LAST, 1000)
            every = [line["seq"] for line in reversed(lines) if line["resource"] == "claims"]
            assert len(every) == CLAIMS
            for least in range(1, CLAIMS + 2):
                found, floor = await change_feed.newest_versions(reader, question, least)
                seqs = [line["seq"] for line, _ in found]
                assert seqs == [seq for seq in every if seq > floor], least
                oldest = every[least - 1] if least <= CLAIMS else 1
                assert floor == max(n for n in range(0, oldest, ARCHIVE)), least

    asyncio.run(asked())


def test_versions_of_a_part_come_in_the_order_that_is_asked_for(db: Database) -> None:
    async def asked() -> None:
        async with db.serving(), db.snapshot() as reader:
            for newest_first in (True, False):
                found = await change_feed.claim_versions(
                    reader, Question("claims", ()), 10, 20, 5, newest_first
                )
                seqs = [line["seq"] for line, _ in found]
                assert seqs == ([20, 19, 18, 17, 16] if newest_first else [11, 12, 13, 14, 15])
                lines = await change_feed.changes(reader, 10, 20, 5, newest_first=newest_first)
                assert [line["seq"] for line in lines] == seqs

    asyncio.run(asked())
