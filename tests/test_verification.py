"""``sayso verify`` names each row of which one value was altered, whichever column of which table.

The columns are those of the models, so that a new one joins by itself; those of which nothing can
be told are in ``UNTOLD``, each with its reason. ``SAYSO_TEST_ALTERATIONS=1``: every row, and every
other value that it could have, where else one row and one value of each kind do (on PostgreSQL, one
value).
"""

import math
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Engine,
    Table,
    event,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from app.config import Settings
from app.db import Database, writer_engine
from app.models import FOREVER, VERSIONED
from app.models.key import KeyIn
from app.store import keys, schema, verification, writes
from app.store.as_of import promise
from app.store.drafts import make_draft
from app.store.reference_lookup import Known
from app.store.snapshot import read_snapshot
from app.store.verification import Finding, records, since_head, stale, verify
from app.store.versions import create_version
from app.store.write_transaction import Actor
from tests.conftest import Templates
from tests.tampering import forget_index, unprotected

EVERYTHING = os.environ.get("SAYSO_TEST_ALTERATIONS") == "1"
Row = dict[str, Any]

UNTOLD = {
    "api_key.last_used_day": "each use moves it",
    "key_pepper.only": "one row, and it can only be 1",
    "key_pepper.pepper": "a secret, which a setting may replace; under another no key is right",
    "idempotency_key": "answers that retries get again, for two days; nothing that was recorded",
}
"""Tables, and columns, of which verify tells nothing."""

ENDED = {"claim.likeness": "worked out for what was current when it came to be; never asked for"}
"""Columns that may be null in what has ended."""

SENT: list[tuple[str, Row]] = [
    ("sources", {"id": "office", "name": "An office", "kind": "ministry", "is_root": True}),
    ("sources", {
        "id": "leaflet", "name": "A leaflet", "kind": "report", "affiliation": "office",
        "country": "KR", "language": "en", "date": "2019-21", "url": "https://example.org/a",
        "author": "office", "publisher": "office",
    }),
    ("measures", {"id": "boxes", "unit": "{box}", "statistic": "count"}),
    ("measures", {"id": "made", "unit": "1", "statistic": "date"}),
    ("claims", {"id": "first", "document": "leaflet", "measure": "boxes", "value": "3"}),
    ("claims", {
        "id": "second", "document": "leaflet", "claimant": "office", "utterance": "speech",
        "speech_act": "estimate", "stated": "2019-02~", "published": "2019-02~",
        "period": "2019-02~/2019-05~", "tags": ["counted"], "statement": "Between five and seven.",
        "attributions": [
            {"source": "leaflet", "position": 0, "role": "document"},
            {"source": "office", "position": 1, "role": "speaker", "name_as_given": "the Office"},
            {"source": "office", "role": "evidence"},
        ],
        "relations": [{"predicate": "updates", "object": "first"}],
        "quantities": [
            {"measure": "boxes", "value": "4", "lower": "5", "upper": "7",
             "dimensions": {"calibre_mm": 152, "colour": "red"}, "attributes": {"edition": 2}},
            {"measure": "made", "date": "2019-02~"},
        ],
    }),
    ("assessments", {
        "id": "opinion", "target": "sources/leaflet", "assessor": "someone",
        "comment": "As far as seen.", "reliability": "B", "credibility": 2, "confidence": 70,
    }),
    ("mappings", {"id": "boxes", "text": "[file]"}),
]  # fmt: skip
"""Few rows, of which each column has a value somewhere."""

DESK, LATER = Actor("the desk", "bcdefghi", "the-request"), "2999-01-01T00:00:00Z"
WITHDRAWN = [("sources", "office"), ("measures", "made"), ("assessments", "opinion"),
             ("mappings", "boxes"), ("claims", "first")]  # fmt: skip
BEFORE = {"stored_at": 5, "stored_by": "the desk"}
"""What a migration keeps of a mapping that was there before its line was."""


@pytest.fixture(scope="module")
def written(templates: Templates) -> Iterator[Engine]:
    """A database with a value in each column, and a promise at its head."""
    settings = Settings(database_url=templates.copy(seeded=False))
    db = Database(settings)
    for resource, sent in SENT:
        shape = VERSIONED[resource].sent.model_validate(sent)
        writes.write(db, writes.create, resource, shape, actor=DESK)
    old = make_draft(Known(), "mappings", {"id": "old", "text": "#"})
    old.columns |= BEFORE
    writes.write(db, create_version, old)
    made = KeyIn(id="abcdefgh", name="the desk", scopes=["read"], expires_at=LATER)
    writes.write(db, keys.create, db.settings, made)
    writes.write(db, keys.revoke, made.id)
    for resource, id in WITHDRAWN:
        writes.write(db, writes.withdraw, resource, id, "withdrawn", "a mistake", '"1"')
    with db.engine.connect() as connection:
        moment = connection.execute(text("SELECT recorded_at FROM log_head")).scalar_one()
    promise(db, moment + 1)
    db.engine.dispose()
    engine = writer_engine(settings)
    yield engine
    engine.dispose()


@pytest.fixture
def kept(written: Engine) -> Iterator[Connection]:
    """Somebody who can write to it, past its rules where the engine allows that."""
    with written.connect() as connection:
        if connection.dialect.name == "sqlite":
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys = OFF")
            driver.execute("PRAGMA ignore_check_constraints = ON")
        else:
            changed(connection, "SET LOCAL session_replication_role = replica", {})
        unprotected(connection)
        yield connection
        connection.rollback()
        if connection.dialect.name == "sqlite":
            driver.execute("PRAGMA foreign_keys = ON")
            driver.execute("PRAGMA ignore_check_constraints = OFF")


def changed(connection: Connection, statement: str, binds: Row) -> bool:
    """Was it done, or did the database refuse it?"""
    part = connection.begin_nested()
    try:
        connection.execute(text(statement), binds)
    except DBAPIError:
        part.rollback()
        return False
    part.commit()
    return True


TABLES = {name: table for name, table in SQLModel.metadata.tables.items() if name not in UNTOLD}


@pytest.mark.parametrize("name", TABLES)
def test_each_column_that_was_altered_is_told_of(kept: Connection, name: str) -> None:
    table = TABLES[name]
    rows = [dict(row) for row in kept.execute(text(f"SELECT * FROM {name}")).mappings()]
    assert rows, "there is something to alter"
    untold = []
    for column in table.columns:
        if f"{name}.{column.name}" in UNTOLD:
            continue
        altered = list(alterations(kept, table, column, rows))
        assert altered or kept.dialect.name == "postgresql", f"nothing altered {column.name}"
        untold += [one for one, told in altered if not told]
    assert untold == []


def alterations(
    connection: Connection, table: Table, column: Column[Any], rows: list[Row]
) -> Iterator[tuple[str, bool]]:
    """What was altered, and whether that was told of; all of it is taken back."""
    done: set[tuple[object, ...]] = set()
    for row in sorted(rows, key=lambda row: row.get("recorded_to") != FOREVER):
        for value in others(table, column, row[column.name], rows):
            neither = column.type.python_type is bool and value == 2
            kind = (row[column.name] is None, value is None, type(value), neither)
            ended = row.get("recorded_to", FOREVER) != FOREVER
            if f"{table.name}.{column.name}" in ENDED and value is None and ended:
                continue
            if done and not EVERYTHING and (kind in done or connection.dialect.name != "sqlite"):
                continue
            part = connection.begin_nested()
            if altered(connection, table, row, column.name, value):
                done.add(kind)
                what = f"{column.name}: {row[column.name]!r:.40} → {value!r:.40} of {about(row)}"
                yield what, named(connection, table, row)
            part.rollback()


def altered(connection: Connection, table: Table, row: Row, name: str, value: Any) -> bool:
    keys = [column.name for column in table.primary_key.columns]
    own = " AND ".join(f'"{key}" = :{key}' for key in keys)
    binds = {key: row[key] for key in keys} | {"_new": value}
    return changed(connection, f'UPDATE {table.name} SET "{name}" = :_new WHERE {own}', binds)


def about(row: Row) -> str:
    return str(row.get("claim_id", row.get("id", "")))


def named(connection: Connection, table: Table, row: Row) -> bool:
    """Is there a finding, and does one of them say of what?"""
    found: Iterable[Finding] = records(connection, lambda: None)
    if EVERYTHING or table.name == "api_key":  # what becomes of it is told at the very end, too
        found = list(found)
    own = ("line",) if table.name in ("change", "log_head") else (about(row), table.name)
    return any(word in one.where for one in found for word in own)


def others(table: Table, column: Column[Any], value: Any, rows: list[Row]) -> list[Any]:
    """Values that a column could have too, those of other rows and of its vocabulary first."""
    there = [row[column.name] for row in rows] + words(table, column)
    found = [*there, *made(column.type.python_type, value), None]
    kept: list[Any] = []
    for one in found:
        same = (one is None) is (value is None) and one == value
        if not same and not any(one is old or one == old for old in kept):
            kept.append(one)
    return kept


def words(table: Table, column: Column[Any]) -> list[str]:
    """The closed vocabulary of a column."""
    rules = [rule for rule in table.constraints if isinstance(rule, CheckConstraint)]
    listed = [re.fullmatch(rf'"{column.name}" IN \((.*)\)', str(rule.sqltext)) for rule in rules]
    return [word for one in listed if one for word in re.findall("'([^']*)'", one[1])]


def made(kind: type, value: Any) -> list[Any]:
    if kind is bool:
        return [not value, 2]  # SQLite has no booleans: 2 is neither
    if kind is int:
        return [one for one in ((value or 0) + 1, (value or 0) - 1) if one <= FOREVER]
    if kind is float:
        return [(value or 0) + 1, math.inf, -math.inf]
    return [f"{value}x", "x", f"{value} ", "ZZ", "0" * 64]


def test_what_nothing_is_told_of_is_there() -> None:
    tables = SQLModel.metadata.tables
    columns = {f"{name}.{column.name}" for name, table in tables.items() for column in table.c}
    assert UNTOLD.keys() | ENDED.keys() <= columns | tables.keys()


def test_each_column_has_a_value_to_be_altered(written: Engine) -> None:
    with written.connect() as connection:
        empty = {
            f"{name}.{column.name}"
            for name, table in TABLES.items()
            for column in table.columns
            if not connection.execute(
                text(f'SELECT count("{column.name}") FROM {name}')
            ).scalar_one()
        }
        assert list(verify(connection, lambda: None)) == []
    assert empty == set()


def test_a_log_that_was_cut_off_is_told_by_a_head_that_was_kept(kept: Connection) -> None:
    newest = kept.execute(text("SELECT seq, hash FROM log_head")).one()
    assert list(since_head(kept, *newest)) == list(since_head(kept, None, newest.hash)) == []
    assert list(since_head(kept, 0, "0" * 64)) == list(since_head(kept, None, "0" * 64)) == []
    # The last thing written (a withdrawal), and all that tells of it.
    for statement in (
        "DELETE FROM trait WHERE claim_id = 'first' AND version = 2",
        "DELETE FROM quantity WHERE claim_id = 'first' AND version = 2",
        "DELETE FROM attribution WHERE claim_id = 'first' AND version = 2",
        "DELETE FROM claim WHERE id = 'first' AND version = 2",
        f"UPDATE claim SET recorded_to = {FOREVER} WHERE id = 'first'",
        f"UPDATE quantity SET recorded_to = {FOREVER} WHERE claim_id = 'first'",
        f"UPDATE attribution SET recorded_to = {FOREVER} WHERE claim_id = 'first'",
        f"DELETE FROM change WHERE seq = {newest.seq}",
        "UPDATE log_head SET promised = NULL, seal = NULL, (seq, recorded_at, hash) ="
        " (SELECT seq, recorded_at, hash FROM change ORDER BY seq DESC LIMIT 1)",
    ):
        kept.exec_driver_sql(statement)
    assert list(records(kept, lambda: None)) == [], "a shorter log is whole in itself"
    [cut] = since_head(kept, *newest)
    assert (cut.what, str(newest.seq) in cut.where) == ("the log was cut off", True)
    [lost] = since_head(kept, None, newest.hash)
    assert lost.what == "the log was rewritten or cut off"
    [other] = since_head(kept, newest.seq - 1, newest.hash)
    assert other.what == "the log was rewritten"


@pytest.mark.parametrize("chunk", [1, 2, 7])
def test_a_long_log_is_read_part_by_part_and_nothing_of_it_is_passed_over(
    kept: Connection, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(verification, "CHUNK", chunk)
    lines: list[None] = []
    assert list(records(kept, lambda: lines.append(None))) == []
    assert not stale(kept)
    assert len(lines) == kept.execute(text("SELECT count(*) FROM change")).scalar_one()
    for table in ("source", "claim", "assessment"):
        for row in kept.execute(text(f"SELECT id, version FROM {table}")).all():
            part = kept.begin_nested()
            own = f"id = '{row.id}' AND version = {row.version}"
            assert changed(kept, f"UPDATE {table} SET search = 'x' WHERE {own}", {})
            found = [one.where for one in records(kept, lambda: None)]
            part.rollback()
            assert any(f"{row.id} version {row.version}" in one for one in found), row


def test_a_database_that_was_never_written_to_is_whole(templates: Templates) -> None:
    settings = Settings(database_url=templates.nothing())
    schema.migrate(settings)
    db = Database(settings)
    with read_snapshot(db) as connection:
        assert list(verify(connection, lambda: None)) == []
        assert list(since_head(connection, 0, "0" * 64)) == []
        [lost] = since_head(connection, 1, "1" * 64)
        assert (lost.what, lost.where) == (
            "the log was cut off", "it ends with line 0; line 1 was kept",
        )  # fmt: skip


def test_a_row_that_no_line_of_the_log_wrote_is_told(kept: Connection) -> None:
    sources = VERSIONED["sources"].table
    stored = kept.execute(select(sources)).mappings().first()
    kept.execute(insert(sources), {**dict(stored or {}), "id": "stray"})
    told = {one.where for one in records(kept, lambda: None) if "does not know" in one.what}
    assert told == {f"1 in {sources.name}"}


def test_where_a_table_is_missing_the_rows_are_said_to_be_unchecked(kept: Connection) -> None:
    assert changed(kept, "DROP TABLE trait", {})
    found = [one.what for one in verify(kept, lambda: None)]
    assert found[-1] == "the rows were not checked"
    assert len(found) > 1


def test_a_line_of_what_there_is_none_of_is_told(kept: Connection) -> None:
    if not changed(kept, "UPDATE change SET resource = 'things' WHERE seq = 1", {}):
        pytest.skip("PostgreSQL lets nobody write such a line")
    found = {one.what for one in records(kept, lambda: None)}
    assert {"a line of the log was altered", "the log names no such resource"} <= found


def test_what_sqlite_finds_in_its_file_is_told(sqlite_templates: Templates) -> None:
    db = Database(Settings(database_url=sqlite_templates.copy(seeded=True)))
    forget_index(Path(db.url.database or ""))
    with read_snapshot(db) as connection:
        damage = [one.where for one in verify(connection, lambda: None) if "damaged" in one.what]
    assert damage
    assert all("never used" in one for one in damage)


def test_the_rows_of_many_lines_are_asked_for_at_once(kept: Connection) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(kept, "before_cursor_execute", note)
    lines = 0

    def step() -> None:
        nonlocal lines
        lines += 1

    assert list(records(kept, step)) == []
    rows = [one for one in asked if "BETWEEN" in one]
    tables = sum(1 + len(kind.parts) for kind in VERSIONED.values())
    assert lines > len(VERSIONED)
    assert len(rows) == tables + len(VERSIONED), "of each table, and when versions ended"
