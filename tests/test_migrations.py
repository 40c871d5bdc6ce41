"""Migrations, on both engines: up, down and up keeps the data, and models and tables agree."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

from app.config import Settings
from app.db import Database, indexed, writer_engine
from app.models import CHANGE, CLAIM, FOREVER, MAPPING, QUANTITY, RESOURCES, SOURCE, TRAIT
from app.rules import edtf, text_search
from app.store import mappings, schema, writes
from app.store.change_feed import START
from app.store.verification import verify
from app.store.write_transaction import chained
from tests.commands import environment
from tests.conftest import AT_LENGTH, Templates
from tests.patience import NEVER
from tests.processes import Forked

MIGRATORS, ROUNDS = (8, 10) if AT_LENGTH else (3, 1)
"""How many processes migrate at once, and how often: ``SAYSO_TEST_CROWD=1`` for many."""
TABLES = ("source", "measure", "claim", "quantity", "attribution", "relation", "change", "log_head")


Contents = dict[str, list[dict[str, Any]]]


def contents(settings: Settings) -> Contents:
    """Every row of every table."""
    engine = create_engine(settings.sqlalchemy_url)
    with engine.connect() as connection:
        found: Contents = {}
        for table in TABLES:
            rows = connection.execute(text(f"SELECT * FROM {table}")).mappings()
            found[table] = sorted(map(dict, rows), key=repr)
    engine.dispose()
    return found


def assert_same_rows(one: Contents, other: Contents) -> None:
    """The same rows at both ends of a migration, in the columns that there are at both."""
    for table in TABLES:
        shared = [name for name in one[table][0] if name in other[table][0]]
        assert len(shared) > 1
        first, second = (
            sorted(repr([row[name] for name in shared]) for row in some[table])
            for some in (one, other)
        )
        assert first == second, table


def revision(settings: Settings) -> str | None:
    db = Database(settings)
    try:
        found = schema.present(db)
        return found and found.number
    finally:
        db.engine.dispose()


@contextmanager
def writing(settings: Settings) -> Iterator[Connection]:
    engine = writer_engine(settings)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def test_down_and_up_again_keeps_every_row(templates: Templates) -> None:
    settings = Settings(database_url=templates.copy(seeded=True))
    before = contents(settings)
    assert len(before["claim"]) == 18
    command.downgrade(schema.alembic_config(settings), "0001")
    assert_same_rows(contents(settings), before)
    command.upgrade(schema.alembic_config(settings), "head")
    assert_same_rows(contents(settings), before)


def test_what_was_recorded_before_there_was_an_index_of_texts_is_in_it(
    templates: Templates,
) -> None:
    settings = Settings(database_url=templates.copy(seeded=True))
    command.downgrade(schema.alembic_config(settings), "0005")
    command.upgrade(schema.alembic_config(settings), "head")
    with writing(settings) as connection:
        rows = connection.execute(select(CLAIM.c.id, CLAIM.c.search, CLAIM.c.grams)).all()
        assert len(rows) == 18
        for id, found, grams in rows:
            assert grams == text_search.grams(found)
            led = select(CLAIM.c.id).where(indexed(CLAIM.c.grams, grams))
            assert connection.execute(led).scalars().all() == [id]


ALIKE = (
    select(CLAIM.c.id, CLAIM.c.likeness).where(CLAIM.c.id.not_like("old-%")).order_by(CLAIM.c.id)
)
TRAITS = select(TRAIT).order_by(TRAIT.c.claim_id, TRAIT.c.version, TRAIT.c.n, TRAIT.c.name)
EVERY = select(CLAIM).order_by(CLAIM.c.id, CLAIM.c.version)


class Grown(NamedTuple):
    """A database that was once of version 0007, and what it had been before it went back there."""

    settings: Settings
    alike: Sequence[Any]
    traits: Sequence[Any]
    claims: Sequence[Any]


@pytest.fixture(scope="module")
def grown(templates: Templates) -> Grown:
    """With the seed, and claims whose dates are qualified; shared by tests that only read it."""
    settings = Settings(database_url=templates.copy(seeded=True))
    db = Database(settings)
    source = {"id": "leaflet", "name": "A leaflet", "kind": "report", "date": "2019-21"}
    writes.write(db, writes.create, "sources", RESOURCES["sources"].sent.model_validate(source))
    for n, date in enumerate(("2019-02~", "2019-21", "[2019~,2021]", "2019-02~/..", "2019")):
        claim = {"id": f"old-{n}", "document": "leaflet", "stated": date, "period": date}
        claim |= {"published": date, "measure": "manufacture-date.rockets.prk", "date": date}
        writes.write(db, writes.create, "claims", RESOURCES["claims"].sent.model_validate(claim))
    with db.engine.connect() as connection:
        alike, traits = connection.execute(ALIKE).all(), connection.execute(TRAITS).all()
        claims = connection.execute(EVERY).all()
        assert list(verify(connection, lambda: None)) == []
    db.engine.dispose()
    command.downgrade(schema.alembic_config(settings), "0007")
    with writing(settings) as connection:
        days = "SELECT stated_lo, stated_hi FROM claim WHERE id = 'old-0'"
        february = (edtf.span("2019-02").lo, edtf.span("2019-02").hi)
        assert tuple(connection.execute(text(days)).one()) == february
    command.upgrade(schema.alembic_config(settings), "head")
    return Grown(settings, alike, traits, claims)


def test_what_was_recorded_before_is_known_to_be_alike(grown: Grown) -> None:
    assert sum(likeness is not None for _, likeness in grown.alike) == 14
    with writing(grown.settings) as connection:
        assert connection.execute(ALIKE).all() == grown.alike


def test_qualified_dates_recorded_before_they_were_widened_are_found_as_new_ones(
    grown: Grown,
) -> None:
    with writing(grown.settings) as connection:
        assert connection.execute(EVERY).all() == grown.claims
        assert list(verify(connection, lambda: None)) == []
        for damage in ("stated_strict_lo = NULL", "published_lo = published_lo + 1"):
            part = connection.begin_nested()
            connection.execute(text(f"UPDATE claim SET {damage} WHERE id = 'old-1'"))
            found = [one.what for one in verify(connection, lambda: None)]
            assert "the days that its dates are found by were altered" in found
            part.rollback()


def test_what_older_rules_worked_out_is_worked_out_again(templates: Templates) -> None:
    settings = Settings(database_url=templates.copy(seeded=True))
    before = contents(settings)
    with writing(settings) as connection:
        ends = "CASE WHEN period_end_lo = stated_lo THEN stated_lo - 9 ELSE period_end_lo END"
        some = f"UPDATE claim SET stated_lo = stated_lo - 9, period_end_lo = {ends}"
        connection.execute(text(f"{some}, stated_asc = 0"))
        connection.execute(text("UPDATE claim SET likeness = 7 WHERE likeness IS NOT NULL"))
        connection.execute(text("UPDATE source SET date_hi = date_hi + 9 WHERE date_lo < date_hi"))
        assert len(list(verify(connection, lambda: None))) > 18
    command.downgrade(schema.alembic_config(settings), "0015")
    command.upgrade(schema.alembic_config(settings), "head")
    assert_same_rows(contents(settings), before)


def test_what_was_recorded_before_filters_had_rows_of_their_own_is_in_them(grown: Grown) -> None:
    assert {row.name for row in grown.traits} == {"dim.calibre_mm", "dim.contents", "dim.route"}
    with writing(grown.settings) as connection:
        assert connection.execute(TRAITS).all() == grown.traits


def test_keys_made_before_it_was_kept_who_made_them_stay(templates: Templates) -> None:
    settings = Settings(database_url=templates.copy(seeded=False))
    asked = text("SELECT id, digest, created_by FROM api_key")
    with writing(settings) as connection:
        [(id, digest, by)] = connection.execute(asked).all()
    assert by == "cli"
    command.downgrade(schema.alembic_config(settings), "0004")
    command.upgrade(schema.alembic_config(settings), "head")
    with writing(settings) as connection:
        assert connection.execute(asked).all() == [(id, digest, None)]


OLD_KEYS = (
    {"id": "a2345672", "name": 'Größe "x"', "revoked_at": None, "revoked_by": None},
    {"id": "b2345672", "name": "desk", "revoked_at": 7, "revoked_by": "cli"},
)


def test_keys_made_before_the_log_knew_of_keys_are_in_it_once(templates: Templates) -> None:
    settings = Settings(database_url=templates.nothing())
    command.upgrade(schema.alembic_config(settings), "0011")
    old = {"seq": 1, "recorded_at": 5, "resource": "sources", "id": "gone", "version": 1}
    old |= {"operation": "create", "digest": "0" * 64}
    with writing(settings) as connection:
        hash = chained(START, old)
        put(connection, "change", {**old, "hash": hash})
        connection.execute(
            text("UPDATE log_head SET seq = 1, recorded_at = 5, hash = :h"), {"h": hash}
        )
        for key in OLD_KEYS:
            more = {"digest": "0" * 64, "scopes": "read", "created_at": 3, "expires_at": 2**60}
            put(connection, "api_key", {**key, **more, "last_used_day": 9})
    for revision in ("head", "0011", "head"):
        way = command.downgrade if revision == "0011" else command.upgrade
        way(schema.alembic_config(settings), revision)
    with writing(settings) as connection:
        asked = select(CHANGE.c.id, CHANGE.c.version, CHANGE.c.recorded_by).order_by(CHANGE.c.seq)
        assert [tuple(row) for row in connection.execute(asked)] == [
            ("gone", 1, None),
            ("a2345672", 1, "sayso migrate"),
            ("b2345672", 1, "sayso migrate"),
            ("b2345672", 2, "sayso migrate"),
        ]
        missing = "the version is missing"
        assert [one.what for one in verify(connection, lambda: None)] == [missing], "of no row"
    with writing(settings) as connection, pytest.raises(IntegrityError, match="append-only"):
        connection.execute(text("DELETE FROM change"))


def test_mappings_stored_before_the_log_knew_of_them_are_in_it_once(templates: Templates) -> None:
    settings = Settings(database_url=templates.copy(seeded=True))
    command.downgrade(schema.alembic_config(settings), "0014")
    old = [
        ("ships", 1, 7, "desk", "# “1”"),
        ("cars", 1, 8, None, '"\\n\n"'),
        ("ships", 2, 9, "a", "#"),
    ]
    columns = ("id", "version", "recorded_at", "recorded_by", "text")
    with writing(settings) as connection:
        last = connection.execute(text("SELECT seq FROM log_head")).scalar_one()
        for row in old:
            put(connection, "mapping", dict(zip(columns, row, strict=True)))
    config = schema.alembic_config(settings)
    found: list[tuple[Any, Any]] = []
    for revision in ("head", "0013", "head"):
        way = command.downgrade if revision < "head" else command.upgrade
        way(config, revision)
        if revision != "head":
            continue
        with writing(settings) as connection:
            assert list(verify(connection, lambda: None)) == []
            logged = select(CHANGE).where(CHANGE.c.seq > last).order_by(CHANGE.c.seq)
            kept = select(MAPPING).order_by(MAPPING.c.stored_at)
            found.append((connection.execute(logged).all(), connection.execute(kept).all()))
    assert found[0] == found[1]
    lines, rows = found[0]
    assert [(line.id, line.version, line.recorded_by) for line in lines] == [
        (id, version, "sayso migrate") for id, version, *_ in old
    ]
    assert [
        (row.id, row.version, row.stored_at, row.stored_by, json.loads(row.doc)["text"])
        for row in rows
    ] == old
    assert [row.recorded_to == FOREVER for row in rows] == [False, True, True]
    db = Database(settings)
    made, new = writes.write(db, mappings.put, "ships", "#", '"2"', False)
    assert (made.recorded_at, made.recorded_by, new) == (9, "a", False), "as it is stored already"
    writes.write(db, mappings.put, "ships", "##", '"2"', False)
    with db.engine.connect() as connection:
        assert list(verify(connection, lambda: None)) == []
    db.engine.dispose()


def put(connection: Connection, table: str, row: dict[str, Any]) -> None:
    names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), row)


def test_going_back_to_nothing_is_refused_while_there_are_records(templates: Templates) -> None:
    settings = Settings(database_url=templates.copy(seeded=True))
    before = contents(settings)
    with pytest.raises(RuntimeError, match="holds records"):
        command.downgrade(schema.alembic_config(settings), "base")
    assert_same_rows(contents(settings), before)


def test_an_empty_database_goes_all_the_way_down_and_up(templates: Templates) -> None:
    settings = Settings(database_url=templates.copy(seeded=False))
    command.downgrade(schema.alembic_config(settings), "base")
    engine = create_engine(settings.sqlalchemy_url)
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    engine.dispose()
    schema.migrate(settings)
    assert revision(settings) == schema.expected()


def test_the_revisions_are_those_that_alembic_finds() -> None:
    scripts = ScriptDirectory.from_config(schema.alembic_config(Settings()))
    assert schema.expected() == scripts.get_current_head()
    assert schema.revisions() == {script.revision for script in scripts.walk_revisions()}


def test_models_and_tables_agree(templates: Templates) -> None:
    settings = Settings(database_url=templates.copy(seeded=False))
    command.check(schema.alembic_config(settings))


def test_several_may_migrate_at_once_from_nothing(templates: Templates, tmp_path: Path) -> None:
    for _ in range(ROUNDS):
        settings = Settings(database_url=templates.nothing())
        told, known = tmp_path / "told", environment(settings.database_url)
        running = [Forked(["sayso", "migrate"], known, str(told)) for _ in range(MIGRATORS)]
        assert [one.wait(NEVER) for one in running] == [0] * MIGRATORS, told.read_text()
        assert revision(settings) == schema.expected()
        head = {"only": 1, "seq": 0, "recorded_at": 0, "hash": START}
        assert [head.items() <= row.items() for row in contents(settings)["log_head"]] == [True]


BROKEN = [
    (SOURCE, {"id": "Bad Slug"}),
    (SOURCE, {"id": "-dash"}),
    (SOURCE, {"id": ""}),
    (SOURCE, {"id": "a" * 129}),
    (SOURCE, {"kind": "spaceship"}),
    (SOURCE, {"class": "thing"}),
    (SOURCE, {"class": None}),
    (SOURCE, {"status": "gone"}),
    (SOURCE, {"status": "withdrawn"}),
    (SOURCE, {"reason": "why"}),
    (SOURCE, {"version": 0}),
    (SOURCE, {"recorded_to": 1}),
    (SOURCE, {"content_hash": "short"}),
    (SOURCE, {"name": ""}),
    (SOURCE, {"country": "KOR"}),
    (SOURCE, {"is_root": True, "affiliation": "reuters"}),
    (SOURCE, {"date_lo": 5, "date_hi": 4}),
    (SOURCE, {"date_strict_lo": 2**52}),
    (CLAIM, {"stated_strict_hi": -(2**53)}),
    (CLAIM, {"modality": "sure"}),
    (CLAIM, {"polarity": "none"}),
    (CLAIM, {"speech_act": "shout"}),
    (CLAIM, {"document": None}),
    (CLAIM, {"claimant": "No One"}),
    (CLAIM, {"published_lo": 5}),
    (CLAIM, {"stated_lo": 5, "stated_hi": 4}),
    (QUANTITY, {"hedge": "sort_of"}),
    (QUANTITY, {"hedge": None}),
    (QUANTITY, {"slot": 0}),
    (QUANTITY, {"reading": "AA"}),
    (QUANTITY, {"reading": "a"}),
    (QUANTITY, {"measure": "Bad"}),
    (QUANTITY, {"claim_id": "nothing"}),
    (QUANTITY, {"preferred": True, "considered": False}),
    (TRAIT, {"name": "calibre_mm"}),
    (TRAIT, {"n": 900}),
]


@pytest.fixture(scope="module")
def strict(templates: Templates) -> Iterator[Engine]:
    """The seed, to which rows are written that it refuses."""
    engine = writer_engine(Settings(database_url=templates.copy(seeded=True)))
    yield engine
    engine.dispose()


@pytest.mark.parametrize(("table", "change"), BROKEN, ids=lambda value: str(value)[:60])
def test_the_database_refuses_a_row_that_breaks_a_rule(
    strict: Engine, table: Any, change: dict[str, object]
) -> None:
    with strict.connect() as connection:
        # A row of the seed once more, under a free key and with one thing changed.
        row = connection.execute(table.select().limit(1)).mappings().one()
        free = {"id": "free-id"} if "id" in row else {"n": 7, "slot": 900}
        with pytest.raises(IntegrityError):
            connection.execute(insert(table), [{**row, **free, **change}])
