"""An index of texts that would miss what is there is told of, however it came to that."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from app.config import Settings
from app.db import writer_engine
from app.store.verification import stale, verify
from tests.conftest import Templates

PAGE = (Path(__file__).parents[2] / "docs" / "backup.md").read_text()
REMOVED = (
    "INSERT INTO claim_grams(claim_grams, rowid, grams)"
    " SELECT 'delete', rowid, grams FROM claim WHERE rowid = 7"
)
PUT = "INSERT INTO claim_grams(rowid, grams) SELECT {}, {} FROM claim WHERE rowid = 7"
READY = "UPDATE pg_index SET indisready = {} WHERE indexrelid = 'claim_grams'::regclass"
WRITTEN = "UPDATE claim SET recorded_to = recorded_to {} 1 WHERE id = 'shin-2024-02-containers'"
"""A row that PostgreSQL writes anew, and that is what it was in the end."""

STALE = {
    "sqlite": {
        "emptied": ["INSERT INTO claim_grams(claim_grams) VALUES ('delete-all')"],
        "emptied by force": ["DELETE FROM claim_grams_data"],
        "taken away by force": ["DROP TRIGGER claim_is_found", "DROP TABLE claim_grams"],
        "without a claim": [REMOVED],
        "with a claim in another's place": [REMOVED, PUT.format(99, "grams")],
        "without the end of one": [REMOVED, PUT.format(7, "substr(grams, 1, length(grams) - 5)")],
    },
    "postgresql": {
        "not kept for a while": [
            READY.format("false"),
            *(WRITTEN.format(sign) for sign in "-+"),
            READY.format("true"),
        ],
    },
}


@pytest.fixture(scope="module")
def kept(templates: Templates) -> Iterator[Engine]:
    """The seed; whatever is done to it is taken back."""
    engine = writer_engine(Settings(database_url=templates.copy(seeded=True)))
    yield engine
    engine.dispose()


def done(connection: Connection, statements: list[str]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


def test_an_index_that_would_miss_something_is_told_of_and_can_be_mended(kept: Engine) -> None:
    # As docs/backup.md has it: SQLite first, then PostgreSQL.
    mended = re.findall(r"^(?:INSERT INTO claim_grams|REINDEX).*;$", PAGE, re.MULTILINE)
    again = mended[kept.dialect.name == "postgresql"]
    for how, statements in STALE[kept.dialect.name].items():
        with kept.connect() as connection:  # each its own: FTS5 remembers more than a transaction
            assert not stale(connection)
            done(connection, statements)
            assert stale(connection), how
            if "force" not in how:
                done(connection, [again])
                assert not stale(connection), how


def test_verify_tells_of_it(kept: Engine) -> None:
    with kept.connect() as connection:
        done(connection, next(iter(STALE[kept.dialect.name].values())))
        assert [finding.where for finding in verify(connection, lambda: None)] == ["claim_grams"]
