"""What the store meets rarely, met on purpose: keys made twice, lost heads, replicas that lag."""

import asyncio
import fcntl
import os
import threading
import time
from collections.abc import Iterator
from csv import DictReader
from pathlib import Path

import httpx
import pytest
from sqlalchemy import delete, text, update

from app.config import Settings
from app.db import Database
from app.db.sqlite_file import migration_lock
from app.errors import Conflict, Damaged, Invalid, NotFound, Unavailable
from app.models import API_KEY, LOG_HEAD
from app.models.assessment import AssessmentIn
from app.models.claim import ClaimSent
from app.models.key import KeyIn
from app.models.source import SourceIn
from app.render import csv
from app.store import (
    as_of,
    atomic_file,
    backup,
    exports,
    key_lookup,
    keys,
    reads,
    series,
    totals,
    writes,
)
from app.store.reads import StoredVersion
from app.store.snapshot import Unfit, log_position, read_snapshot, revision
from app.store.verification import verify
from app.store.write_transaction import WriteTransaction
from tests.api.test_analysis import given
from tests.conftest import Templates
from tests.patience import NEVER

FAR = 32_503_680_000_000_000
"""A moment of the year 3000."""


@pytest.fixture
def db(sqlite_templates: Templates) -> Iterator[Database]:
    database = Database(Settings(database_url=sqlite_templates.copy(seeded=True)))
    yield database
    database.engine.dispose()


def key(**more: str) -> KeyIn:
    return KeyIn.model_validate({"id": "abcdefgh", "name": "a desk", "scopes": ["write"], **more})


def make(db: Database, sent: KeyIn) -> None:
    writes.write(db, keys.create, db.settings, sent)


def test_the_id_of_a_key_is_given_once_also_where_the_key_is_gone(db: Database) -> None:
    make(db, key())
    with pytest.raises(Conflict, match="a key of this id already"):
        make(db, key())
    with db.transaction() as connection:
        connection.execute(delete(API_KEY).where(API_KEY.c.id == "abcdefgh"))
    with pytest.raises(Conflict, match="a key of this id already"):
        make(db, key())


@pytest.mark.parametrize(
    ("until", "why"),
    [
        ("2020-01-01T00:00:00Z", "this moment is past"),
        ("2020-13-01T00:00:00Z", ""),
        ("9999-12-31T23:59:59-14:00", "after the year 9999 in UTC"),
    ],
)
def test_a_key_ends_at_a_moment_that_is_to_come(db: Database, until: str, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        make(db, key(expires_at=until))
    (fault,) = refused.value.faults
    assert fault.pointer == "/expires_at"
    assert why in fault.detail


@pytest.mark.parametrize("until", ["9999-12-31T23:59:59.999999Z", None])
def test_a_key_ends_at_the_last_moment_there_is_or_never(db: Database, until: str | None) -> None:
    more = {} if until is None else {"expires_at": until}
    made, _ = writes.write(db, keys.create, db.settings, key(**more))
    assert (made.expires_at is None) == (until is None)
    assert made.live()


def test_a_key_is_live_until_the_moment_that_it_ends_at(db: Database) -> None:
    now = key_lookup.now()
    assert type(now) is int
    assert abs(now - time.time() * 1_000_000) < HOUR
    made, _ = writes.write(db, keys.create, db.settings, key())
    for after, live in ((HOUR, True), (-1, False), (-HOUR, False)):
        assert made._replace(expires_at=key_lookup.now() + after).live() is live
    assert not made._replace(revoked_at=now).live()


def test_a_key_is_revoked_once_and_one_that_is_none_never(db: Database) -> None:
    make(db, key())
    first = writes.write(db, keys.revoke, "abcdefgh")
    assert first.revoked_at is not None
    assert writes.write(db, keys.revoke, "abcdefgh") == first
    with pytest.raises(NotFound, match="no key of this id"):
        writes.write(db, keys.revoke, "nobodyes")


def test_a_log_without_a_head_has_no_position(db: Database, tmp_path: Path) -> None:
    with db.transaction() as connection:
        connection.execute(text("DELETE FROM log_head"))
    with read_snapshot(db) as connection, pytest.raises(Unfit, match="no head"):
        log_position(connection)
    with pytest.raises(Unfit, match="no head"):
        backup.take_backup(db, tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_was_being_migrated_first_is_at_no_revision(db: Database) -> None:
    with db.transaction() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    with read_snapshot(db) as connection:
        assert revision(connection) is None


def test_a_database_without_our_tables_cannot_be_read(sqlite_templates: Templates) -> None:
    db = Database(Settings(database_url=sqlite_templates.nothing()))
    file_of(db).touch()
    with (
        pytest.raises(Damaged, match="lost a table or a column"),
        read_snapshot(db) as connection,
    ):
        log_position(connection)


def test_what_else_the_engine_says_is_told_with_its_words(db: Database) -> None:
    with db.transaction() as connection:
        for statement in ("DROP TABLE log_head", "CREATE VIEW log_head AS SELECT lost() AS seq"):
            connection.execute(text(statement))
    with (
        pytest.raises(Unfit, match="cannot be read: no such function: lost"),
        read_snapshot(db) as connection,
    ):
        connection.execute(text("SELECT seq FROM log_head"))


def file_of(db: Database) -> Path:
    return Path(db.url.database or "")


def test_a_database_is_not_restored_from_itself(db: Database) -> None:
    before = file_of(db).read_bytes()
    with pytest.raises(Unfit, match="is the database itself"):
        backup.restore_backup(db.settings, file_of(db), replace=True)
    assert file_of(db).read_bytes() == before


def test_a_restore_gives_way_to_a_database_that_came_meanwhile(
    db: Database, tmp_path: Path
) -> None:
    copy, target, told = tmp_path / "copy.db", tmp_path / "new.db", list[str]()
    backup.take_backup(db, copy)

    def restored() -> None:
        try:
            backup.restore_backup(Settings(database_url=f"sqlite:///{target}"), copy, replace=False)
        except Unfit as refused:
            told.append(str(refused))

    with migration_lock(target):
        restoring = threading.Thread(target=restored)
        restoring.start()
        until = time.monotonic() + NEVER
        while not list(tmp_path.glob(".new.db.*.part")) and time.monotonic() < until:
            time.sleep(0.01)
        target.write_bytes(b"another's")
    restoring.join(NEVER)
    assert told == [f"{target} is there already."]
    assert target.read_bytes() == b"another's"


def test_a_draft_is_ones_own_unless_somebody_else_holds_it_or_removed_it(tmp_path: Path) -> None:
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    with open(mine, "wb") as lock:
        assert atomic_file._locked(lock)
        mine.unlink()
        assert not atomic_file._locked(lock)
    with open(theirs, "wb") as held, open(theirs, "rb") as wanted:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert not atomic_file._locked(wanted)
    # What cannot be locked at all, as on a file system without locks.
    with open(os.open(theirs, os.O_PATH), "rb") as unlockable:
        assert atomic_file._locked(unlockable)


def test_a_moment_that_a_replica_lacks_is_asked_for_again_a_little_later(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(as_of, "LAG_S", 0.1)

    async def asked() -> None:
        async with db.serving():
            async with db.snapshot() as reader:
                await as_of.reached(reader, None)
                await as_of.reached(reader, await as_of.last_change(reader))
                with pytest.raises(Unavailable, match="not come as far") as refused:
                    await as_of.reached(reader, FAR)
                assert refused.value.retry_after == 1
                await as_of.seen(db, await as_of.last_change(reader))
            with pytest.raises(Unavailable, match="not come as far") as refused:
                await as_of.seen(db, FAR)
            assert refused.value.retry_after == 1
            with pytest.raises(Invalid) as unborn:
                await as_of.settle(db, FAR)
            assert [fault.detail for fault in unborn.value.faults] == [as_of.NOT_YET]

    asyncio.run(asked())


HOUR = 3_600_000_000


async def settled(db: Database, moment: int) -> str:
    """What becomes of a moment that is asked for."""
    try:
        await as_of.settle(db, moment)
    except Unavailable as behind:
        return str(behind.detail)
    except Invalid as unborn:
        return " ".join(f"{one.parameter}: {one.detail}" for one in unborn.faults)
    return "final"


def test_a_replica_says_of_no_moment_within_a_day_that_it_has_not_come_yet(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own clock is none: that of the primary may be ahead."""
    monkeypatch.setattr(as_of, "LAG_S", 0.0)
    replica = Database(Settings(database_url=f"{db.url}?mode=ro"))

    async def asked() -> None:
        async with replica.serving():
            last, now = await as_of.last_change(replica), time.time_ns() // 1000
            assert await settled(replica, last) == "final"
            for moment in (last + 1, now - HOUR // 60, now, now + 23 * HOUR):
                assert moment <= last or await settled(replica, moment) == as_of.BEHIND
            assert await settled(replica, now + 25 * HOUR) == f"as_of: {as_of.NOT_YET}"

    asyncio.run(asked())


def test_a_replica_waits_for_a_moment_that_its_primary_has_promised(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(as_of, "LAG_S", NEVER)
    replica = Database(Settings(database_url=f"{db.url}?mode=ro"))

    async def asked() -> None:
        async with replica.serving():
            moment = await as_of.last_change(replica) + 1
            waiting = asyncio.create_task(settled(replica, moment))
            await asyncio.sleep(2 * as_of.POLL_S)
            assert not waiting.done()
            as_of.promise(db, moment)
            assert await waiting == "final"

    asyncio.run(asked())


def test_a_moment_once_promised_stays_final_and_moves_only_forward(db: Database) -> None:
    with db.transaction() as connection:
        head = as_of.lock_head(connection)
    final = as_of.promise(db, head.final + 1)
    assert final >= head.clock
    assert as_of.promise(db, final) == final
    assert as_of.promise(db, head.final) == final


def test_versions_of_one_transaction_are_of_moments_one_after_the_other(db: Database) -> None:
    def thrice(tx: WriteTransaction) -> list[StoredVersion]:
        made = writes.create(tx, "sources", source("same"))
        changed = [writes.patch(tx, "sources", "same", {"name": name}, "*") for name in ("B", "C")]
        return [one.stored for one in (made, *changed)]

    versions = writes.write(db, thrice)
    first = versions[0].recorded_at
    assert [(one.version, one.recorded_at - first) for one in versions] == [(1, 0), (2, 1), (3, 2)]
    assert head(db)[2] == first + 2
    with read_snapshot(db) as connection:
        assert list(verify(connection, lambda: None)) == []


def test_what_is_withdrawn_has_another_version_where_how_or_why_is_another(db: Database) -> None:
    writes.write(db, writes.create, "sources", source("gone"))
    versions = [
        writes.write(db, writes.withdraw, "sources", "gone", status, reason, "*").version
        for status, reason in (
            ("withdrawn", "a slip"), ("withdrawn", "a slip"), ("withdrawn", "misread"),
            ("entered_in_error", "misread"), ("entered_in_error", "misread"),
            ("withdrawn", "a slip"),
        )
    ]  # fmt: skip
    assert versions == [2, 2, 3, 4, 4, 5]


def test_what_was_withdrawn_says_nothing_of_another_claim_and_nobody_judges_by_it(
    db: Database,
) -> None:
    about = "shin-2024-03-containers"
    sent = {"id": "says", "document": "daily-digest-article",
            "relations": [{"predicate": "supports", "object": about}]}  # fmt: skip
    opinion = {"id": "opinion", "target": f"claims/{about}", "assessor": "me", "comment": "So."}

    async def beside() -> list[str]:
        async with Database(db.settings).serving() as reading, reading.snapshot() as reader:
            incoming = await reads.incoming(reader, about, None)
            judged = await reads.assessments(reader, f"claims/{about}", None, 10)
        return [row.id for row in (*incoming, *judged)]

    before = asyncio.run(beside())
    writes.write(db, writes.create, "claims", ClaimSent.model_validate(sent))
    writes.write(db, writes.create, "assessments", AssessmentIn.model_validate(opinion))
    assert sorted({*asyncio.run(beside())} - {*before}) == ["opinion", "says"]
    for resource, id in (("claims", "says"), ("assessments", "opinion")):
        writes.write(db, writes.withdraw, resource, id, "withdrawn", "a slip", "*")
    assert asyncio.run(beside()) == before


def test_a_table_has_a_column_for_each_name_whatever_else_a_figure_has(db: Database) -> None:
    figures: list[dict[str, dict[str, str]]] = [
        {"dimensions": {"only": "one"}, "attributes": {"beside": "two"}},
        {"attributes": {"alone": "three"}},
        {},
    ]
    for n, more in enumerate(figures):
        sent = {"id": f"named-{n}", "document": "daily-digest-article", "value": "5",
                "measure": "containers.prk-rus", **more}  # fmt: skip
        writes.write(db, writes.create, "claims", ClaimSent.model_validate(sent))
    writes.write(db, writes.patch, "claims", "named-2", {"notes": "Later."}, "*")
    writes.write(db, writes.withdraw, "claims", "named-1", "withdrawn", "a slip", "*")

    async def table() -> list[dict[str, str]]:
        async with db.serving():
            async with db.snapshot() as reader:
                moment = await as_of.last_change(reader)
            whole = b"".join([part async for part in exports.as_csv(db, moment)])
        return [dict(row) for row in DictReader(whole.decode().splitlines())]

    rows = [row for row in asyncio.run(table()) if row["id"].startswith("named-")]
    assert [(row["id"], row["version"]) for row in rows] == [("named-0", "1"), ("named-2", "2")]
    assert [(row["dim.only"], row["attr.beside"]) for row in rows] == [("one", "two"), ("", "")]
    assert "attr.alone" not in rows[0], "of an active claim"


def head(db: Database) -> tuple[int, ...]:
    with db.transaction() as connection:
        return tuple(connection.execute(text("SELECT * FROM log_head")).one())


def source(id: str) -> SourceIn:
    return SourceIn.model_validate({"id": id, "name": id})


@pytest.mark.parametrize("promised", [False, True])
def test_a_write_is_of_the_next_moment_where_the_clock_is_behind_all_that_is_final(
    db: Database, promised: bool
) -> None:
    ahead = time.time_ns() // 1000 + HOUR
    moved = {"promised" if promised else "recorded_at": ahead}
    with db.transaction() as connection:
        connection.execute(update(LOG_HEAD).values(moved))
    for n in (1, 2):
        stored = writes.write(db, writes.create, "sources", source(f"later-{n}")).stored
        assert stored.recorded_at == ahead + n


def test_a_write_that_changes_nothing_leaves_the_log_and_its_promise_as_they_are(
    db: Database,
) -> None:
    writes.write(db, writes.create, "sources", source("same"))
    with db.transaction() as connection:
        final = as_of.lock_head(connection).final
    as_of.promise(db, final + 1)
    before = head(db)
    assert writes.write(db, writes.create, "sources", source("same"))[1] is False
    assert head(db) == before


def test_more_names_than_a_sheet_has_room_for_share_one_column(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def header() -> list[str]:
        async with db.snapshot() as reader:
            moment = await as_of.last_change(reader)
        whole = b"".join([part async for part in exports.as_csv(db, moment)])
        return whole.decode().splitlines()[0].split(",")

    async def with_room_for_all_and_for_less() -> None:
        async with db.serving():
            every = await header()
            assert len([name for name in every if name.startswith("dim.")]) > 1
            assert "dimensions" not in every
            monkeypatch.setattr(csv, "MAX_NAMES", 0)
            crowded = await header()
            assert not [name for name in crowded if name.startswith("dim.")]
            assert "dimensions" in crowded

    asyncio.run(with_room_for_all_and_for_less())


@pytest.mark.parametrize("history", [False, True], ids=["current", "history"])
def test_an_export_in_many_parts_is_that_in_one_and_as_long_as_was_counted(
    db: Database, monkeypatch: pytest.MonkeyPatch, history: bool
) -> None:
    for notes in ("Once.", "Twice.", None, "Again."):
        writes.write(db, writes.patch, "claims", "experts-122mm", {"notes": notes}, "*")
    writes.write(db, writes.withdraw, "claims", "experts-122mm", "withdrawn", "a slip", "*")

    async def export(moment: int, chunk: int) -> bytes:
        monkeypatch.setattr(exports, "CHUNK", chunk)
        exports._part.cache_clear()
        return b"".join([part async for part in exports.as_jsonl(db, history, moment)])

    async def whole_and_in_parts() -> None:
        async with db.serving():
            async with db.snapshot() as reader:
                moment = await as_of.last_change(reader)
            whole = await export(moment, exports.CHUNK)
            for chunk in (1, 2, 3, 7, 18):  # as many as there are claims, too
                assert await export(moment, chunk) == whole
        with read_snapshot(db) as connection:
            assert exports.count_versions(connection, history, moment) + 1 == whole.count(b"\n")

    try:
        asyncio.run(whole_and_in_parts())
    finally:
        exports._part.cache_clear()


def test_too_many_figures_to_add_are_refused_with_what_to_do(
    fresh: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    months = [{"id": f"c{n}", "period": f"2024-0{n}", "value": "1"} for n in (1, 2, 3)]
    given(fresh, *months, accumulation="incident")
    monkeypatch.setattr(totals, "MAX_FIGURES", 2)
    two = fresh.get("/v1/totals?measure=m&period__overlaps=2024-01/2024-02")
    assert two.json()["total"]["nominal"] == "2"
    refused = fresh.get("/v1/totals?measure=m")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "too_many")
    assert refused.json()["detail"] == "Too many figures to add up."
    assert "more than 2 figures; narrow the question" in refused.json()["errors"][0]["detail"]


def test_denials_that_are_not_listed_are_counted(
    fresh: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    denials = [{"id": f"c{n}", "stated": f"2024-0{n}", "value": "1", "speech_act": "deny"}
               for n in (1, 2, 3)]  # fmt: skip
    given(fresh, {"id": "said", "stated": "2024-04", "value": "1"}, *denials)
    monkeypatch.setattr(series, "MAX_DENIALS", 2)
    for asked, listed, left_out in (({}, "c1 c2", 1), ({"stated__gte": "2024-02"}, "c2 c3", 0),
                                    ({"stated__gte": "2024-03"}, "c3", 0)):  # fmt: skip
        found = fresh.get("/v1/measures/m/series", params=asked).json()
        assert [one["claim"] for one in found["against"]] == listed.split()
        assert found["against_left_out"] == left_out
