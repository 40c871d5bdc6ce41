"""An import among other writers: worked out under no lock, and never of what is no longer so."""

import io
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, update

from app.config import Settings
from app.db import Database
from app.db.temp_table import MOST_HELD, TempTable
from app.errors import Invalid, Unavailable
from app.models import CLAIM, FOREVER, LOG_HEAD
from app.models.claim import ClaimSent
from app.models.key import KeyIn
from app.models.strict_json import validated
from app.store import keys, writes
from app.store.idempotency import IdempotentRequest
from app.store.import_ import write
from app.store.import_.job import OPTIMISTIC_TRIES, Import
from app.store.import_.lines import RawLine
from app.store.import_.result import ImportOptions, ImportResult
from app.store.import_.stage import Staging
from app.store.import_.worker import WorkerProcess
from app.store.snapshot import read_snapshot
from app.store.verification import verify
from tests.conftest import AT_LENGTH, Serve, Templates

CLAIM_LINE: dict[str, Any] = {
    "type": "claim", "claimant": "shin-won-sik", "document": "daily-digest-article",
    "stated": "2024-03", "measure": "containers.prk-rus", "raw_text": "upwards of 7,000",
}  # fmt: skip
JSONL = {"content-type": "application/jsonl"}
Step = Callable[[int], None]


@pytest.fixture
def db(templates: Templates) -> Iterator[Database]:
    database = Database(Settings(database_url=templates.copy(seeded=True), write_wait_seconds=0.3))
    yield database
    database.engine.dispose()


@pytest.fixture
def each(monkeypatch: pytest.MonkeyPatch) -> int:
    """How many versions are written at a time: in the suite fewer, but more than are read so."""
    if not AT_LENGTH:
        monkeypatch.setattr(write, "STEP", 250)
    return write.STEP


def jsonl(*sent: Any) -> io.BytesIO:
    return io.BytesIO("".join(json.dumps(line) + "\n" for line in sent).encode())


def done(db: Database, *sent: Any, step: Step = lambda lines: None, **options: Any) -> ImportResult:
    return Import(db, ImportOptions(**options), step).run(jsonl(*sent), "jsonl")


def once(what: Callable[[], Any], times: int = 1) -> Step:
    """Somebody who comes between working out and writing, so many times."""
    left = list(range(times))

    def step(_lines: int) -> None:
        if left:
            left.pop()
            what()

    return step


def stored(db: Database, id: str) -> list[tuple[int, dict[str, Any]]]:
    with db.engine.connect() as connection:
        own = select(CLAIM.c.version, CLAIM.c.doc).where(CLAIM.c.id == id).order_by(CLAIM.c.version)
        return [(row.version, json.loads(row.doc)) for row in connection.execute(own)]


def sound(db: Database) -> bool:
    with read_snapshot(db) as connection:
        return not list(verify(connection, lambda: None))


@pytest.mark.parametrize("mode", ["atomic", "partial"])
@pytest.mark.parametrize("times", [1, 2])
def test_a_measure_changed_meanwhile_is_the_one_that_counts(
    db: Database, mode: str, times: int
) -> None:
    labels = iter(range(9))

    def relabel() -> None:
        changes = {"unit": f"{{box-{next(labels)}}}"}
        writes.write(db, writes.patch, "measures", "containers.prk-rus", changes, "*")

    outcome = done(db, {**CLAIM_LINE, "id": "one"}, step=once(relabel, times), mode=mode)
    assert (outcome.created, outcome.failed) == (1, 0)
    assert stored(db, "one")[0][1]["quantities"][0]["unit"] == f"{{box-{times - 1}}}"
    assert sound(db)


def test_a_key_made_meanwhile_is_no_reason_to_begin_again(db: Database) -> None:
    sent = KeyIn(name="desk", scopes=["read"])
    outcome = done(
        db, {**CLAIM_LINE, "id": "one"},
        step=once(lambda: writes.write(db, keys.create, db.settings, sent)),
        replace_document="daily-digest-article",
    )  # fmt: skip
    assert (outcome.created, outcome.withdrawn) == (1, 18)
    assert sound(db)


def test_an_id_taken_meanwhile_is_changed_and_not_made_twice(db: Database) -> None:
    given = {name: value for name, value in CLAIM_LINE.items() if name != "type"}

    def take() -> None:
        sent = validated(ClaimSent, {**given, "id": "one", "notes": "first"})
        writes.write(db, writes.create, "claims", sent)

    outcome = done(db, {**CLAIM_LINE, "id": "one"}, step=once(take))
    assert (outcome.created, outcome.changed) == (0, 1)
    assert [(n, doc.get("notes")) for n, doc in stored(db, "one")] == [(1, "first"), (2, None)]
    assert sound(db)


def test_a_document_that_is_no_work_any_more_is_refused(db: Database) -> None:
    def reclass() -> None:
        changes = {"kind": "other", "class": "agent"}
        writes.write(db, writes.patch, "sources", "daily-digest-article", changes, "*")

    with pytest.raises(Invalid) as refused:
        done(db, CLAIM_LINE, step=once(reclass))
    assert [fault.code for fault in refused.value.faults] == ["not_a_work"]


def test_what_breaks_a_line_while_it_is_worked_out_again_is_met_under_the_lock(
    db: Database,
) -> None:
    changes = iter((
        ("measures", "containers.prk-rus", {"name": "Boxes"}),
        ("sources", "daily-digest-article", {"kind": "other", "class": "agent"}),
    ))  # fmt: skip

    def change() -> None:
        writes.write(db, writes.patch, *next(changes), "*")

    with pytest.raises(Invalid) as refused:
        done(db, {**CLAIM_LINE, "id": "one"}, step=once(change, times=OPTIMISTIC_TRIES))
    assert [fault.code for fault in refused.value.faults] == ["not_a_work"]
    assert not stored(db, "one")


def test_an_import_sent_again_while_it_is_worked_out_is_done_once(db: Database) -> None:
    attempt = IdempotentRequest("a desk", "one import", "1" * 64)

    def sent(step: Step = lambda lines: None) -> Import:
        job = Import(db, ImportOptions(), step, attempt)
        job.run(jsonl({**CLAIM_LINE, "id": "one"}), "jsonl")
        return job

    first = list[Import]()
    second = sent(once(lambda: first.append(sent())))
    assert (first[0].replayed, first[0].result.created) == (None, 1)
    assert second.replayed is not None
    assert json.loads(second.replayed.body)["created"] == 1
    assert [n for n, _ in stored(db, "one")] == [1]
    assert sound(db)


@pytest.mark.parametrize("mode", ["atomic", "partial"])
def test_where_a_line_is_broken_nothing_of_its_document_is_withdrawn(
    db: Database, mode: str
) -> None:
    broken = {**CLAIM_LINE, "id": "one", "claimant": "nobody"}
    options: dict[str, Any] = {"mode": mode, "replace_document": "daily-digest-article"}
    if mode == "atomic":
        with pytest.raises(Invalid, match="1 of 1 lines are broken"):
            done(db, broken, **options)
    else:
        outcome = done(db, broken, **options)
        assert (outcome.failed, outcome.withdrawn) == (1, 0)
        assert [notice.code for notice in outcome.notices] == ["not_replaced"]
    assert len(stored(db, "shin-2024-03-containers")) == 1


def test_what_is_said_of_the_whole_file_is_told_however_much_is_said_of_lines(
    db: Database,
) -> None:
    twice = {**CLAIM_LINE, "id": "one"}
    broken = {**CLAIM_LINE, "id": "two", "claimant": "nobody"}
    options: dict[str, Any] = {"mode": "partial", "replace_document": "daily-digest-article"}
    outcome = done(db, *[twice] * 6, broken, max_errors=3, **options)
    assert (outcome.duplicates, outcome.withdrawn) == (5, 0)
    assert [notice.code for notice in outcome.notices] == ["not_replaced", "duplicate", "duplicate"]


@pytest.mark.parametrize("turned", [False, True])
def test_a_document_that_any_line_has_is_no_slip_of_the_pen(db: Database, turned: bool) -> None:
    digest = {"type": "source", "id": "a-digest", "name": "A digest", "kind": "article"}
    claims = [{**CLAIM_LINE, "id": "one", "document": "a-digest"}, {**CLAIM_LINE, "id": "two"}]
    outcome = done(db, digest, *(claims[::-1] if turned else claims), replace_document="a-digest")
    assert (outcome.created, outcome.withdrawn, outcome.notices) == (3, 0, [])


@pytest.mark.parametrize("mode", ["atomic", "partial"])
def test_a_claim_that_moved_is_none_of_the_document_where_the_import_has_it_in_another(
    db: Database, mode: str
) -> None:
    """The one line of it is an older version, of the document that it was in before."""
    digest = {"type": "source", "id": "a-digest", "name": "A digest", "kind": "article"}
    before = {**CLAIM_LINE, "id": "moved", "version": 1}
    after = {**before, "version": 2, "document": "a-digest"}
    stays = {**CLAIM_LINE, "id": "stays", "document": "a-digest"}
    assert done(db, digest, before, after, stays).created == 3
    outcome = done(db, before, stays, replace_document="a-digest", mode=mode)
    assert (outcome.changed, outcome.unchanged, outcome.withdrawn) == (1, 1, 0)
    assert [whole["document"] for _, whole in stored(db, "moved")] == [
        "daily-digest-article", "a-digest", "daily-digest-article",
    ]  # fmt: skip
    again = done(db, before, stays, replace_document="a-digest", mode=mode)
    assert (again.changed, again.unchanged) == (0, 2)
    assert sound(db)


def test_an_absent_claim_that_cannot_be_withdrawn_refuses_the_import(db: Database) -> None:
    changes = {"kind": "other", "class": "agent"}
    writes.write(db, writes.patch, "sources", "daily-digest-article", changes, "*")
    for mode in ("atomic", "partial"):
        with pytest.raises(Invalid) as refused:
            done(db, replace_document="daily-digest-article", mode=mode)
        assert {(fault.line, fault.code) for fault in refused.value.faults} == {
            (None, "not_a_work")
        }
    assert len(stored(db, "shin-2024-03-containers")) == 1


def test_claims_of_many_parts_go_by_what_the_same_import_makes_of_their_sources(
    db: Database,
) -> None:
    digest = {"type": "source", "id": "a-digest", "name": "A digest", "kind": "article"}
    person = {"type": "source", "id": "a-person", "name": "A person", "kind": "person",
              "affiliation": "a-digest"}  # fmt: skip
    claims = [
        {**CLAIM_LINE, "id": f"of-digest-{n}", "document": "a-digest", "claimant": "a-person"}
        for n in range(250)
    ]
    wrong = {**CLAIM_LINE, "id": "wrong", "document": "a-person"}
    outcome = done(db, *claims, wrong, person, digest, mode="partial")
    assert (outcome.created, outcome.failed) == (252, 1)
    more = [{**claim, "id": f"more-{n}", "document": "b"} for n, claim in enumerate(claims)]
    outcome = done(
        db, {**person, "id": "b-person", "affiliation": "b"}, {**digest, "id": "b"}, *more
    )
    assert (outcome.created, outcome.failed) == (252, 0)
    later = {**CLAIM_LINE, "id": "later", "document": "a-digest"}
    with pytest.raises(Invalid) as refused:
        done(db, later, {**digest, "kind": "person"})
    assert [fault.code for fault in refused.value.faults] == ["not_a_work"]
    assert not stored(db, "later")


def test_an_import_is_of_one_moment_until_an_id_has_another_version(db: Database) -> None:
    def moments(*ids: str) -> list[list[int]]:
        column = (CLAIM.c.recorded_at, CLAIM.c.recorded_to)
        with db.engine.connect() as connection:
            return [
                [at for row in connection.execute(
                    select(*column).where(CLAIM.c.id == id).order_by(CLAIM.c.version)
                ) for at in row]
                for id in ids
            ]  # fmt: skip

    first, *others = ({**CLAIM_LINE, "id": id} for id in ("a", "b", "c"))
    assert done(db, first, *others).created == 3
    (at, until), *same = moments("a", "b", "c")
    assert same == [[at, until]] * 2
    again = [
        {**CLAIM_LINE, "id": "d"}, {**CLAIM_LINE, "id": "e", "version": 1},
        {**CLAIM_LINE, "id": "e", "version": 2, "notes": "2"}, {**CLAIM_LINE, "id": "f"},
        {**CLAIM_LINE, "id": "e", "version": 3, "notes": "3"}, {**first, "notes": "2"},
    ]  # fmt: skip
    assert done(db, *again).changed == 3
    (now, _), e, (f, _), a = moments("d", "e", "f", "a")
    assert now > at
    assert e == [now, now + 1, now + 1, now + 2, now + 2, FOREVER]
    assert f == now + 1
    assert a == [at, now + 2, now + 2, FOREVER]
    assert sound(db)


def test_the_first_line_and_the_next_version_of_its_id_are_of_two_moments(db: Database) -> None:
    lines = [{**CLAIM_LINE, "id": "h", "version": n, "notes": str(n)} for n in (1, 2)]
    assert done(db, *lines).changed == 1
    with db.engine.connect() as connection:
        one, two = connection.execute(
            select(CLAIM.c.recorded_at).where(CLAIM.c.id == "h").order_by(CLAIM.c.version)
        ).scalars()
    assert two == one + 1


def test_versions_of_an_id_follow_one_another_any_number_of_lines_apart(db: Database) -> None:
    one, two = ({**CLAIM_LINE, "id": "h", "version": n, "notes": str(n)} for n in (1, 2))
    between = [{**CLAIM_LINE, "id": f"between-{n}"} for n in range(220)]
    outcome = done(db, one, *between, two)
    assert (outcome.created, outcome.changed) == (221, 1)
    assert [(n, whole["notes"]) for n, whole in stored(db, "h")] == [(1, "1"), (2, "2")]
    assert sound(db)


@pytest.mark.parametrize("mode", ["atomic", "partial"])
def test_a_relation_may_lead_to_a_line_any_number_of_lines_further_down(
    db: Database, mode: str
) -> None:
    first = {**CLAIM_LINE, "id": "one", "relations": [{"predicate": "updates", "object": "last"}]}
    between = [{**CLAIM_LINE, "id": f"between-{n}"} for n in range(450)]
    outcome = done(db, first, *between, {**CLAIM_LINE, "id": "last"}, mode=mode)
    assert (outcome.created, outcome.failed) == (452, 0)


def test_a_claim_of_the_import_is_no_source_though_it_has_the_name(db: Database) -> None:
    first = {**CLAIM_LINE, "id": "one", "claimant": "both",
             "relations": [{"predicate": "updates", "object": "both"}]}  # fmt: skip
    with pytest.raises(Invalid) as refused:
        done(db, first, {**CLAIM_LINE, "id": "both"})
    assert [(fault.pointer, fault.line) for fault in refused.value.faults] == [("/claimant", 1)]


@pytest.mark.parametrize("replaces", [False, True])
def test_what_needs_no_version_is_looked_at_again_where_it_was_changed_meanwhile(
    db: Database, replaces: bool
) -> None:
    """A line that says what was stored; or a claim that no line has, and is to be withdrawn."""
    document = "daily-digest-article"
    assert done(db, {**CLAIM_LINE, "id": "one"}).created == 1
    lines = [] if replaces else [{**CLAIM_LINE, "id": "one"}]
    more = {**CLAIM_LINE, "id": "two"}

    def change() -> None:
        writes.write(db, writes.patch, "claims", "one", {"notes": "Meanwhile."}, "*")

    options: dict[str, Any] = {"replace_document": document} if replaces else {}
    outcome = done(db, *lines, more, step=once(change), **options)
    (_, changed), (number, last) = stored(db, "one")[-2:]
    assert (number, changed["notes"]) == (3, "Meanwhile.")
    assert ("notes" in last) == replaces
    assert (outcome.created, outcome.changed, outcome.unchanged) == (1, 0 if replaces else 1, 0)
    assert outcome.withdrawn == (19 if replaces else 0)
    assert sound(db)


@pytest.mark.parametrize("mode", ["atomic", "partial"])
def test_an_import_knows_how_many_rows_each_table_got(db: Database, each: int, mode: Any) -> None:
    """By which the statistics of what it changed much are renewed."""

    def rows() -> dict[str, int]:
        with db.engine.connect() as connection:
            return {
                name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in CLAIM.metadata.tables.items()
            }

    before = rows()
    lines = [
        {**CLAIM_LINE, "id": f"n{n}", "tags": ["x"], "dimensions": {"n": n}}
        for n in range(each + 50)
    ]
    job = Import(db, ImportOptions(mode=mode))
    assert job.run(jsonl(*lines), "jsonl").created == each + 50
    more = {name: count - before[name] for name, count in rows().items()}
    assert dict(job.written) == {name: count for name, count in more.items() if count}
    assert job.written["claim"] == job.written["change"] == each + 50


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (("withdrawn", "a slip"), ("withdrawn", "a slip"), True),
        (("withdrawn", "a slip"), ("entered_in_error", "a slip"), False),
        (("withdrawn", "a slip"), ("withdrawn", "misread"), False),
        (("withdrawn", "a slip"), None, False),
    ],
)
def test_lines_that_say_that_other_things_became_of_a_claim_do_not_say_the_same(
    db: Database, first: tuple[str, str], second: tuple[str, str] | None, same: bool
) -> None:
    lines = [
        {**CLAIM_LINE, "id": "one", "version": 1}
        | ({} if told is None else {"status": told[0], "reason": told[1]})
        for told in (first, second)
    ]
    outcome = done(db, *lines, mode="partial")
    assert (outcome.duplicates, outcome.failed) == ((1, 0) if same else (0, 2))
    assert len(stored(db, "one")) == int(same)


class TwoLines:
    """A reader of rows: the first claim has two, and its columns have names of their own."""

    def read(self, _file: Any) -> Iterator[RawLine]:
        figures = [{"measure": "m", "value": "1"}, {"measure": "m", "value": "many"}]
        one = {"type": "claim", "document": "d", "quantities": figures}
        columns = (("/document", "Where"), ("/quantities/1/value", "How many"))
        yield RawLine(2, json.dumps(one).encode(), rows=(2, 5), columns=columns)
        other = {"type": "claim", "document": "No Id", "measure": "m", "value": "1"}
        yield RawLine(3, json.dumps(other).encode(), columns=columns)

    def notices(self) -> list[tuple[str, str]]:
        return []


class TwoRows:
    """The same where each cell is what it may be, and refers to what nobody has."""

    def read(self, _file: Any) -> Iterator[RawLine]:
        figures = [{"measure": measure, "value": "1"} for measure in ("m", "n")]
        one = {"type": "claim", "document": "d", "claimant": "k", "quantities": figures}
        columns = (("/claimant", "Who"), ("/quantities/1/measure", "What"), ("/document", "Where"))
        yield RawLine(2, b'{"type": "measure", "id": "m", "unit": "1"}')
        yield RawLine(3, json.dumps(one).encode(), rows=(3, 5), columns=columns)
        other = {**one, "quantities": figures[:1]}
        yield RawLine(4, json.dumps(other).encode(), columns=columns)

    def notices(self) -> list[tuple[str, str]]:
        return []


@pytest.mark.parametrize("mode", ["atomic", "partial"])
def test_a_fault_of_what_a_row_refers_to_has_its_row_and_its_column(
    db: Database, mode: Any
) -> None:
    job = Import(db, ImportOptions(mode=mode))
    if mode == "atomic":
        with pytest.raises(Invalid):
            job.run(io.BytesIO(), TwoRows())
    else:
        job.run(io.BytesIO(), TwoRows())
    assert [(fault.line, fault.pointer, fault.column) for fault in job.result.errors] == [
        (5, "/measure", "What"), (4, "/document", "Where"), (4, "/claimant", "Who"),
    ]  # fmt: skip


def test_a_fault_of_what_a_row_says_has_its_row_and_its_column() -> None:
    result = ImportResult(ImportOptions())
    with Staging() as staging, WorkerProcess(allowed=False) as worker:
        staging.read(io.BytesIO(), TwoLines(), worker, result)
        assert list(staging.lines()) == []
    assert [(fault.line, fault.pointer, fault.column) for fault in result.errors] == [
        (5, "/value", "How many"), (3, "/document", "Where"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "kept", "at_fault", "duplicates"),
    [
        ("1a 2b", [1, 2], [], 0),
        ("1a 2b 3a", [1, 2, 3], [], 0),
        ("1a 2b 2c", [1], [2, 3], 0),
        ("1a 1a", [1], [], 1),
        ("1a 1a 2b", [1, 3], [], 1),
        ("1a 1b 2c", [3], [1, 2], 0),
        ("1a 1b 1c", [], [1, 2, 3], 0),
        ("1a 1b 1a", [], [1, 2], 1),
        ("1a 2b 2b", [1, 2], [], 1),
        ("1a 2b 2b 3c 3d", [1, 2], [4, 5], 1),
        ("1a 1b 2c 2d", [], [1, 2, 3, 4], 0),
        ("1a 1b 2c 2c", [3], [1, 2], 1),
        ("a a b", [], [1, 3], 1),
        ("a b", [], [1, 2], 0),
        ("1a a", [1], [], 1),
        ("1a b", [], [1, 2], 0),
        ("1a 2b b", [1, 2], [], 1),
        ("1a 2b c", [1], [2, 3], 0),
        ("a 1b", [], [1, 2], 0),
    ],
)
def test_of_lines_of_one_id_count_those_that_are_sure(
    lines: str, kept: list[int], at_fault: list[int], duplicates: int
) -> None:
    """Each with its number, if any, and what it says."""
    sent = [
        {
            "type": "source",
            "id": "s",
            "name": word[-1],
            **({"version": int(word[0])} if word[1:] else {}),
        }
        for word in lines.split()
    ]
    result = ImportResult(ImportOptions())
    with Staging() as staging, WorkerProcess(allowed=False) as worker:
        staging.read(jsonl(*sent), "jsonl", worker, result)
        assert [line.number for line in staging.lines()] == kept
    assert sorted({fault.line for fault in result.errors if fault.line}) == at_fault
    assert (result.lines, result.duplicates, result.failed) == (
        len(sent),
        duplicates,
        len(at_fault),
    )
    assert len(result.notices) == duplicates


def test_what_refers_to_a_version_that_waited_for_another_in_vain_is_stored(db: Database) -> None:
    above = {**CLAIM_LINE, "id": "above", "version": 1,
             "relations": [{"predicate": "updates", "object": "one"}]}  # fmt: skip
    first = {**CLAIM_LINE, "id": "one", "version": 1, "claimant": "nobody"}
    second = {**CLAIM_LINE, "id": "one", "version": 2}
    outcome = done(db, above, first, second, mode="partial")
    assert (outcome.created, outcome.failed) == (2, 1)
    assert [(fault.line, fault.pointer) for fault in outcome.errors] == [(2, "/claimant")]
    assert [n for n, _ in stored(db, "one")] == [2]


def test_what_waits_in_vain_is_told_once_nothing_else_comes(db: Database) -> None:
    """Also where others that waited came in the rounds before."""
    relations = {
        "v": "none-of-these", "w": "v", "x": "a", "a": "b", "b": "c", "c": "d", "d": None,
    }  # fmt: skip
    lines = [
        {**CLAIM_LINE, "id": id, "version": 1}
        | ({"relations": [{"predicate": "updates", "object": object}]} if object else {})
        for id, object in relations.items()
    ]
    outcome = done(db, *lines, mode="partial")
    assert (outcome.created, outcome.failed) == (5, 2)
    assert [(fault.line, fault.code) for fault in outcome.errors] == [
        (1, "unknown_reference"), (2, "unknown_reference"),
    ]  # fmt: skip


@pytest.mark.parametrize("mode", ["atomic", "partial"])
def test_an_import_of_many_parts_is_answered_alike_under_its_key(
    db: Database, each: int, mode: Any
) -> None:
    attempt = IdempotentRequest("a desk", "many", "1" * 64)
    lines = [{**CLAIM_LINE, "id": f"n{n}"} for n in range(2 * each + 50)]
    first = Import(db, ImportOptions(mode=mode), attempt=attempt)
    assert first.run(jsonl(*lines), "jsonl").created == len(lines)
    again = Import(db, ImportOptions(mode=mode), attempt=attempt)
    again.run(jsonl(*lines), "jsonl")
    assert again.replayed is not None
    assert again.replayed.status == (201 if mode == "atomic" else 207)
    assert json.loads(again.replayed.headers) == {"content-type": "application/json"}
    told = json.loads(again.replayed.body)
    assert (told["created"], told["lines"], told["mode"]) == (len(lines), len(lines), mode)


def test_what_follows_a_version_that_waits_waits_with_it(db: Database, each: int) -> None:
    """A history whose first version refers to what stands further down, whatever is between."""
    first = {**CLAIM_LINE, "id": "one", "version": 1,
             "relations": [{"predicate": "updates", "object": "below"}]}  # fmt: skip
    second = {**CLAIM_LINE, "id": "one", "version": 2, "notes": "It stands for itself."}
    third = {**second, "version": 3, "status": "withdrawn", "reason": "a slip"}
    between = [{**CLAIM_LINE, "id": f"between-{n}"} for n in range(each)]
    below = {**CLAIM_LINE, "id": "below"}
    # Worked out apart and written at once; then written apart.
    lines = (first, *between[:220], second, *between[220:], third, below)
    outcome = done(db, *lines, mode="partial")
    assert (outcome.created, outcome.changed, outcome.withdrawn) == (2 + each, 1, 1)
    assert (outcome.failed, outcome.errors) == (0, [])
    assert [n for n, _ in stored(db, "one")] == [1, 2, 3]
    assert "relations" in stored(db, "one")[0][1]
    assert sound(db)


def test_a_source_that_moved_keeps_both_versions_where_the_first_one_above_it_comes_later(
    db: Database,
) -> None:
    paper = {"type": "source", "id": "a-paper", "name": "A paper", "kind": "newspaper"}
    first = {**paper, "version": 1, "affiliation": "z-group"}
    group = {"type": "source", "id": "z-group", "name": "Z", "kind": "company"}
    for dry_run in (True, False):
        sent = (first, {**paper, "version": 2}, group)
        outcome = done(db, *sent, mode="partial", dry_run=dry_run)
        assert (outcome.created, outcome.changed, outcome.failed) == (2, 1, 0)


def test_what_follows_a_version_that_waits_for_nothing_is_stored_without_it(db: Database) -> None:
    first = {**CLAIM_LINE, "id": "one", "version": 1, "claimant": "nobody"}
    second = {**CLAIM_LINE, "id": "one", "version": 2}
    outcome = done(db, first, second, mode="partial")
    assert (outcome.created, outcome.failed) == (1, 1)
    assert [(fault.line, fault.pointer) for fault in outcome.errors] == [(1, "/claimant")]
    assert [n for n, _ in stored(db, "one")] == [2]


def test_a_claim_that_a_document_got_meanwhile_is_withdrawn_with_the_others(db: Database) -> None:
    given = {name: value for name, value in CLAIM_LINE.items() if name != "type"}

    def add() -> None:
        sent = validated(ClaimSent, {**given, "id": "late"})
        writes.write(db, writes.create, "claims", sent)

    document = "daily-digest-article"
    outcome = done(db, {**CLAIM_LINE, "id": "one"}, step=once(add), replace_document=document)
    assert (outcome.created, outcome.withdrawn) == (1, 19)
    assert [n for n, _ in stored(db, "late")] == [1, 2]
    assert sound(db)


def test_a_partial_import_that_has_to_stop_tells_only_what_is_stored(
    db: Database, each: int
) -> None:
    sent = [{**CLAIM_LINE, "id": f"claim-{n}"} for n in range(5 * each // 2)]
    blocker = Database(db.settings)
    lock = update(LOG_HEAD).values(seq=LOG_HEAD.c.seq)
    seen = 0
    with blocker.engine.connect() as other:

        def step(lines: int) -> None:
            nonlocal seen
            seen += lines
            if seen == 2 * each:
                other.execute(lock)

        job = Import(db, ImportOptions(mode="partial"), step)
        with pytest.raises(Unavailable):
            job.run(jsonl(*sent), "jsonl")
        other.rollback()
    blocker.engine.dispose()
    with db.engine.connect() as connection:
        ours = select(func.count()).select_from(CLAIM).where(CLAIM.c.id.like("claim-%"))
        assert connection.execute(ours).scalar_one() == job.result.created == each


def test_versions_of_one_id_in_one_import_follow_each_other(db: Database, each: int) -> None:
    count = 12 * each // 10
    sent = [
        {**CLAIM_LINE, "id": "one", "notes": f"note {n % 3}", "version": n}
        for n in range(1, count + 1)
    ]
    outcome = done(db, *sent)
    assert (outcome.created, outcome.changed, outcome.unchanged) == (1, count - 1, 0)
    assert [doc["notes"][-1] for _, doc in stored(db, "one")] == [*"120" * (count // 3)]
    assert done(db, *sent).unchanged == count
    assert sound(db)


def test_a_version_that_the_same_import_has_twice_says_the_same_each_time(db: Database) -> None:
    first, second, other = (
        {**CLAIM_LINE, "id": "one", "notes": notes, "version": version}
        for version, notes in ((1, "first"), (2, "second"), (1, "other"))
    )
    with pytest.raises(Invalid) as refused:
        done(db, first, second, other)
    (fault,) = refused.value.faults
    assert (fault.line, "version 1 is stored and says something else" in fault.detail) == (3, True)
    outcome = done(db, first, second, first)
    assert (outcome.created, outcome.changed, outcome.unchanged) == (1, 1, 1)
    withdrawn = {**second, "version": 3, "status": "withdrawn", "reason": "a slip"}
    done(db, withdrawn, {**second, "version": 4})
    again = done(db, withdrawn, replace_document="daily-digest-article")
    assert (again.unchanged, again.withdrawn) == (1, 19)  # the line of it says that it is none
    assert [n for n, _ in stored(db, "one")] == [1, 2, 3, 4, 5]
    assert sound(db)


def test_an_older_version_alone_changes_nothing_unless_it_is_asked_to(db: Database) -> None:
    first, second = (
        {**CLAIM_LINE, "id": "one", "notes": notes, "version": version}
        for version, notes in ((1, "first"), (2, "second"))
    )
    done(db, first, second)
    assert done(db, first).unchanged == 1
    writes.write(db, writes.withdraw, "claims", "one", "withdrawn", "a slip", "*")
    assert done(db, first).withdrawn == 1
    assert len(stored(db, "one")) == 3
    assert done(db, first, restore=True).restored == 1
    assert [doc["notes"] for _, doc in stored(db, "one")] == ["first", *["second"] * 2, "first"]
    replaced = done(db, second, replace_document="daily-digest-article")
    assert replaced.changed == 1  # what the document's lines say is what its claim becomes
    assert stored(db, "one")[-1][1]["notes"] == "second"
    assert sound(db)


@pytest.mark.parametrize("mode", ["atomic", "partial"])
def test_a_dry_run_tells_of_every_line_also_of_those_that_wait(db: Database, mode: str) -> None:
    sent = [
        {"type": "source", "id": "part", "name": "Part", "affiliation": "whole"},
        {"type": "source", "id": "whole", "name": "Whole"},
        {**CLAIM_LINE, "id": "one", "relations": [{"predicate": "updates", "object": "two"}]},
        {**CLAIM_LINE, "id": "two"},
    ]
    dry = done(db, *sent, mode=mode, dry_run=True)
    wet = done(db, *sent, mode=mode)
    assert (dry.lines, dry.created, dry.failed) == (4, 4, 0) == (wet.lines, wet.created, wet.failed)


def test_a_hash_that_is_none_of_its_line_is_refused(db: Database) -> None:
    wrong = {"version": 1, "content_hash": "0" * 64}
    plain = {name: CLAIM_LINE[name] for name in ("type", "claimant", "document")}
    sent = [
        {"type": "source", "id": "s", "name": "S", **wrong},
        {"type": "measure", "id": "m", "unit": "1", **wrong},
        {"type": "assessment", "id": "a", "target": "sources/ap", "assessor": "me", "comment": "c",
         **wrong},
        {**plain, "id": "c", **wrong},
    ]  # fmt: skip
    with pytest.raises(Invalid) as refused:
        done(db, *sent)
    told = [(fault.line, fault.pointer, fault.code) for fault in refused.value.faults]
    assert sorted(told) == [(n, "/content_hash", "wrong_hash") for n in range(1, 5)]


def test_a_false_hash_of_a_figure_cannot_pass_for_what_is_stored(fresh: httpx.Client) -> None:
    given = {name: value for name, value in CLAIM_LINE.items() if name != "type"}
    honest = fresh.post("/v1/claims", json={**given, "id": "honest"}).json()["content_hash"]
    forged = {**CLAIM_LINE, "id": "forged", "raw_text": "over 9", "version": 1,
              "content_hash": honest}  # fmt: skip
    answer = fresh.post("/v1/imports", content=jsonl(forged).getvalue(), headers=JSONL)
    assert answer.status_code == 201
    assert fresh.post("/v1/claims", json={**given, "id": "forged"}).status_code == 409
    line = jsonl({**CLAIM_LINE, "id": "forged"}).getvalue()
    assert fresh.post("/v1/imports", content=line, headers=JSONL).json()["changed"] == 1


REMOVED: dict[str, Callable[[dict[str, Any]], Any]] = {
    "its notes": lambda line: line.pop("notes"),
    "its claimant": lambda line: (line.pop("claimant"), line["attributions"].pop()),
    "its wording": lambda line: line["quantities"][0].pop("raw_text"),
    "a dimension": lambda line: line["quantities"][0]["dimensions"].pop("value"),
    "all dimensions": lambda line: line["quantities"][0].pop("dimensions"),
}


@pytest.mark.parametrize("what", REMOVED)
def test_a_line_of_an_export_from_which_something_was_removed_is_not_what_is_stored(
    fresh: httpx.Client, what: str
) -> None:
    given = {name: value for name, value in CLAIM_LINE.items() if name != "type"}
    more = {"notes": "Read twice.", "dimensions": {"value": 5, "colour": "red"}}
    assert fresh.post("/v1/claims", json={**given, **more, "id": "one"}).status_code == 201
    [line] = [one for one in fresh.get("/v1/export").text.splitlines() if '"id":"one"' in one]
    answer = fresh.post("/v1/imports", content=line.encode(), headers=JSONL)
    assert answer.json()["unchanged"] == 1
    REMOVED[what](told := json.loads(line))
    answer = fresh.post("/v1/imports", content=json.dumps(told).encode(), headers=JSONL)
    assert answer.status_code == 422
    assert [fault["code"] for fault in answer.json()["errors"]] == ["version_conflict"]


def test_a_false_hash_hides_nothing_that_is_stored_beside_what_it_is_of(
    fresh: httpx.Client,
) -> None:
    given = {name: value for name, value in CLAIM_LINE.items() if name != "type"}
    honest = fresh.post("/v1/claims", json={**given, "id": "honest"}).json()["content_hash"]
    more = {**CLAIM_LINE, "id": "more", "notes": "Added.", "version": 1, "content_hash": honest}
    answer = fresh.post("/v1/imports", content=jsonl(more).getvalue(), headers=JSONL)
    assert answer.json()["created"] == 1
    assert fresh.post("/v1/claims", json={**given, "id": "more"}).status_code == 409


def test_others_write_and_read_while_an_import_goes_on(serve: Serve) -> None:
    client = serve(seeded=True, write_wait_seconds=60)
    count = 2500 if AT_LENGTH else 400
    sources = [{"type": "source", "id": f"s-{n}", "name": f"S {n}"} for n in range(count)]
    claims = [{**CLAIM_LINE, "id": f"c-{n}", "claimant": f"s-{n}"} for n in range(count)]
    body = jsonl(*claims, *sources).getvalue()
    given = {name: value for name, value in CLAIM_LINE.items() if name != "type"}
    answers: list[httpx.Response] = []

    def send() -> None:
        with client.server.client() as own:  # type: ignore[attr-defined]
            answers.append(own.post("/v1/imports", content=body, headers=JSONL))

    sender = threading.Thread(target=send)
    sender.start()
    meanwhile = 0
    while sender.is_alive():
        written = client.post("/v1/claims", json={**given, "notes": f"note {meanwhile}"})
        assert written.status_code == 201, written.text
        assert client.get("/v1/claims?limit=5").status_code == 200
        meanwhile += 1
    sender.join()
    assert [answer.status_code for answer in answers] == [201], answers[0].text
    assert answers[0].json()["created"] == 2 * count
    assert meanwhile > 3  # one before it, one that it makes wait, one while it answers: not more


def test_a_temporary_table_gives_back_what_it_was_given_in_order_and_by_key() -> None:
    with TempTable() as table:
        table.extend((str(n % 7), [n, {"half": n / 2, "text": "포탄"}]) for n in range(1200))
        assert [value[0] for part in table.batches() for _, value in part] == list(range(1200))
        assert table.last(["3", "none"]) == {"3": (1194, [1193, {"half": 596.5, "text": "포탄"}])}
        assert [value[0] for value in table.all("6")][:3] == [6, 13, 20]
        assert table.last(["0", "8"]).keys() == {"0"}
        table.add("3", "added")
        assert table.last(["3"]) == {"3": (1201, "added")}
        table.drop([1201])
        table.add("long", "x" * MOST_HELD)
        assert [value for part in table.batches(start=1200) for _, value in part] == [
            "x" * MOST_HELD
        ]
        assert dict(table.last(["3", "long"]))["3"][0] == 1194
