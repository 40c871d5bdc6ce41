"""What the models declare and the database has lost is named, and nothing that it has."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from app.config import Settings
from app.db import writer_engine
from app.store import schema_drift
from tests.conftest import Templates


@pytest.fixture(scope="module")
def kept(templates: Templates) -> Iterator[Connection]:
    """A migrated database, whose changes are all taken back."""
    engine = writer_engine(Settings(database_url=templates.copy(seeded=False)))
    with engine.connect() as connection:
        yield connection
        connection.rollback()
    engine.dispose()


def test_a_database_that_was_migrated_has_lost_nothing(kept: Connection) -> None:
    assert list(schema_drift.drift(kept)) == []


def test_whatever_a_migration_makes_is_looked_for(kept: Connection) -> None:
    looked_for = {part for part, _, _ in schema_drift.declared(kept.dialect)}
    kept_by_others = ("alembic_version", "claim_grams_")  # Alembic's own, and FTS5's
    left = {part for part in schema_drift.present(kept) if part not in looked_for}
    assert {part for part in left if not part[1].startswith(kept_by_others)} == set()


def lost(connection: Connection, *statements: str) -> set[str]:
    """What is told to be missing or altered after these, which are taken back."""
    part = connection.begin_nested()
    for statement in statements:
        connection.exec_driver_sql(statement)
    found = {name for _, name in schema_drift.drift(connection)}
    part.rollback()
    return found


def declared(connection: Connection, kind: str) -> set[str]:
    parts = schema_drift.declared(connection.dialect)
    return {one.name for one in parts if one.name.startswith(kind)}


def test_each_index_that_is_missing_is_named(kept: Connection) -> None:
    names = declared(kept, "index ")
    assert "index ix_claim_recorded_to_id" in names
    for name in names:
        assert lost(kept, f"DROP {name}") == {name}


def test_each_check_that_is_missing_is_named(kept: Connection) -> None:
    names = declared(kept, "constraint ")
    assert "constraint ck_claim_stated_order" in names
    if kept.dialect.name == "sqlite":
        weaker = "replace(sql, 'CHECK (', 'CHECK (1 OR ')"
        statements = ["PRAGMA writable_schema = ON", f"UPDATE sqlite_master SET sql = {weaker}"]
    else:
        rules = kept.exec_driver_sql(
            "SELECT relname, conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid"
            " WHERE contype = 'c' AND connamespace = current_schema::regnamespace"
        )
        statements = [f"ALTER TABLE {of} DROP CONSTRAINT {name}" for of, name in rules]
    assert lost(kept, *statements) == names


def test_a_check_that_lets_more_pass_is_named(kept: Connection) -> None:
    if kept.dialect.name == "sqlite":
        pytest.skip("above: there it is each of them")
    rule = "ck_source_class_known"
    broken = [f"ALTER TABLE source DROP CONSTRAINT {rule}"]
    assert lost(kept, *broken, f"ALTER TABLE source ADD CONSTRAINT {rule} CHECK (true)") == {
        f"constraint {rule}"
    }
    again = "ALTER TABLE source ADD CONSTRAINT another CHECK (class IS NOT NULL)"
    assert lost(kept, *broken, again) == set(), "it says the same"
    assert lost(kept, *broken, f"{again} NOT VALID") == {f"constraint {rule}"}


def test_a_table_a_trigger_and_other_constraints_that_are_missing_are_named(
    kept: Connection,
) -> None:
    if kept.dialect.name == "sqlite":
        assert lost(kept, "DROP TRIGGER claim_is_found") == {"trigger claim_is_found"}
        gone = lost(kept, "DROP TABLE trait", "ALTER TABLE source DROP COLUMN url")
    else:
        unused = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{}'::regclass"
        for name in ("claim_grams", "ix_claim_recorded_to_id"):
            assert lost(kept, unused.format(name)) == {f"index {name}"}
        assert lost(kept, "ALTER TABLE claim ALTER COLUMN doc DROP NOT NULL") == {
            "column claim.doc"
        }
        key = "ALTER TABLE relation DROP CONSTRAINT fk_relation_claim"
        assert lost(kept, key) == {"foreign key relation(claim_id, version)"}
        gone = lost(kept, "DROP TABLE trait", "ALTER TABLE source DROP COLUMN url")
    assert {"table trait", "column source.url", "column trait.word"} <= gone


def test_what_somebody_added_is_no_finding(kept: Connection) -> None:
    added = ("CREATE INDEX mine ON claim (doc)", "CREATE TABLE theirs (id INTEGER CHECK (id > 0))")
    assert lost(kept, *added) == set()
    odd = 'ALTER TABLE claim ADD COLUMN "odd((" INTEGER CHECK ("odd((" > 0)'
    assert lost(kept, odd) == set()
