"""What the store refuses of a file or of a write, each said at its place."""

import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from app.config import Settings
from app.db import Database
from app.errors import (
    Conflict,
    Invalid,
    Malformed,
    PreconditionFailed,
    PreconditionRequired,
    Problem,
)
from app.models import RESOURCES
from app.models.strict_json import members, validated
from app.store import idempotency, writes
from app.store.idempotency import IdempotentRequest, StoredAnswer
from app.store.import_ import readers
from app.store.import_.lines import RawLine, parse_all
from app.store.import_.table import MAX_FIGURES
from app.store.reference_lookup import measure_facts
from app.store.versions import covers
from app.store.write_transaction import PROGRAM, WriteTransaction
from tests.conftest import Templates

CLAIM: dict[str, Any] = {
    "id": "c-one", "document": "daily-digest-article", "claimant": "shin-won-sik",
    "measure": "containers.prk-rus", "raw_text": "upwards of 7,000",
}  # fmt: skip
NAMES = "id,document,measure,value"


@pytest.fixture
def db(templates: Templates) -> Iterator[Database]:
    database = Database(Settings(database_url=templates.copy(seeded=True)))
    yield database
    database.engine.dispose()


def sent(resource: str, **fields: Any) -> Any:
    return validated(RESOURCES[resource].sent, fields)


def create(db: Database, resource: str, **fields: Any) -> Any:
    return writes.write(db, writes.create, resource, sent(resource, **fields))


def told(refused: "pytest.ExceptionInfo[Any]") -> list[tuple[str | None, str]]:
    return [(fault.pointer, fault.detail) for fault in refused.value.faults]


def test_nobody_is_affiliated_with_itself(db: Database) -> None:
    with pytest.raises(Invalid) as refused:
        create(db, "sources", id="solo", name="Solo", affiliation="solo")
    assert told(refused) == [("/affiliation", "nobody is affiliated with itself")]


def test_no_claim_is_related_to_itself(db: Database) -> None:
    with pytest.raises(Invalid) as refused:
        create(db, "claims", **CLAIM, relations=[{"predicate": "updates", "object": "c-one"}])
    assert told(refused) == [("/relations/0/object", "a relation is with another claim")]


@pytest.mark.parametrize("name", ["sources", "measures"])
def test_what_is_included_twice_is_refused_at_the_second(db: Database, name: str) -> None:
    one = {"id": "twice", "name": "Twice"} if name == "sources" else {"id": "twice", "unit": "1"}
    with pytest.raises(Invalid) as refused:
        create(db, "claims", **CLAIM, included={name: [one, one]})
    assert told(refused) == [(f"/included/{name}/1", "this id is included twice")]


def test_a_fault_of_something_included_is_told_at_its_place(db: Database) -> None:
    included = {"sources": [{"id": "new", "name": "New", "affiliation": "nobody-here"}]}
    with pytest.raises(Invalid) as refused:
        create(db, "claims", **CLAIM, included=included)
    assert [pointer for pointer, _ in told(refused)] == ["/included/sources/0/affiliation"]


def test_a_new_id_is_only_created_where_it_is_not_taken(db: Database) -> None:
    new = sent("sources", id="new", name="New")
    assert writes.write(db, writes.create_only, "sources", new).new
    with pytest.raises(PreconditionFailed, match="stored already"):
        writes.write(db, writes.create_only, "sources", new)


def test_a_change_needs_the_version_that_it_changes(db: Database) -> None:
    create(db, "sources", id="new", name="New")
    with pytest.raises(PreconditionRequired):
        writes.write(db, writes.patch, "sources", "new", {"name": "Newer"}, None)
    with pytest.raises(PreconditionFailed):
        writes.write(db, writes.patch, "sources", "new", {"name": "Newer"}, '"2"')


def test_what_was_taken_back_stays_so_and_is_taken_back_once(db: Database) -> None:
    create(db, "claims", **CLAIM)
    take_back = ("claims", "c-one", "withdrawn", "a slip")
    assert writes.write(db, writes.withdraw, *take_back, '"1"').version == 2
    assert writes.write(db, writes.withdraw, *take_back, '"2"').version == 2
    with pytest.raises(Conflict, match="is withdrawn"):
        create(db, "claims", **CLAIM)
    with pytest.raises(Conflict, match="other content"):
        create(db, "sources", id="reuters", name="Another")


def test_a_chain_that_was_spelled_out_follows_a_change_and_keeps_its_relayers(
    db: Database,
) -> None:
    create(db, "claims", **CLAIM, via=["reuters"])
    changed = writes.write(db, writes.patch, "claims", "c-one", {"claimant": None}, "*").stored
    hops = json.loads(changed.doc)["attributions"]
    assert [hop["source"] for hop in hops] == ["daily-digest-article", "reuters"]


@pytest.mark.parametrize(
    ("more", "low", "high", "cumulative"),
    [
        ({}, None, None, False),
        ({"domain_min": "0", "accumulation": "cumulative"}, 0, None, True),
        ({"domain_max": "60.5", "accumulation": "incident"}, None, Decimal("60.5"), False),
        ({"domain_min": "-5", "domain_max": "0"}, -5, 0, False),
    ],
)
def test_a_measure_is_known_with_the_ends_of_its_domain(
    more: dict[str, str], low: Any, high: Any, cumulative: bool
) -> None:
    facts = measure_facts(json.dumps({"unit": "{box}", "unit_label": "boxes", **more}))
    known = facts.yardstick
    assert (known.domain_min, known.domain_max, facts.cumulative) == (low, high, cumulative)
    assert (known.unit, known.unit_label, known.statistic) == ("{box}", "boxes", "count")
    assert known.accumulation == more.get("accumulation", "none")


def test_a_line_is_as_long_as_it_may_be_and_a_mark_of_the_order_stands_first_alone() -> None:
    longest, mark = b"[" + b" " * (readers.MAX_LINE - 2) + b"]", readers.BOM
    assert [line.content for line in readers.read_jsonl(io.BytesIO(longest))] == [longest]
    with pytest.raises(Malformed, match="Line 1 is longer than"):
        list(readers.read_jsonl(io.BytesIO(longest + b"\n")))
    lines = readers.read_jsonl(io.BytesIO(mark + b"1\n\n" + mark + b"2\n"))
    assert [(line.number, line.content) for line in lines] == [(1, b"1\n"), (3, mark + b"2\n")]


def test_words_that_are_not_read_are_told_where_the_writer_wrote_them(db: Database) -> None:
    flat = {**CLAIM, "raw_text": "a great many indeed"}
    with pytest.raises(Invalid) as refused:
        create(db, "claims", **flat)
    assert [fault.pointer for fault in refused.value.faults] == ["/raw_text"]
    whole = {name: CLAIM[name] for name in ("id", "document", "claimant")}
    figures = [
        {"measure": CLAIM["measure"], "raw_text": text} for text in ("5", "a great many indeed")
    ]
    with pytest.raises(Invalid) as refused:
        create(db, "claims", **whole, quantities=figures)
    assert [fault.pointer for fault in refused.value.faults] == ["/quantities/1/raw_text"]
    with pytest.raises(Invalid) as refused:
        create(db, "claims", **whole, quantities=[{**figures[0], "measure": "none"}])
    assert [fault.pointer for fault in refused.value.faults] == ["/quantities/0/measure"]


def test_a_key_of_idempotency_answers_one_request_only(db: Database) -> None:
    attempt = IdempotentRequest("me", "key", "1" * 64)
    with db.transaction() as connection:
        idempotency.keep(WriteTransaction(connection, PROGRAM), attempt, StoredAnswer(201, "", ""))
        assert idempotency.answered(connection, attempt) == StoredAnswer(201, "", "")
        with pytest.raises(Invalid) as refused:
            idempotency.answered(connection, IdempotentRequest("me", "key", "2" * 64))
    (fault,) = refused.value.faults
    assert fault.detail == "this key was used with another request"
    assert (fault.parameter, fault.code) == ("Idempotency-Key", "key_reused")


def test_an_answer_is_kept_for_48_hours_for_whoever_asked_under_that_key(db: Database) -> None:
    hour = 3_600_000_000
    ages = {"old": 48 * hour + 1, "just": 48 * hour, "young": 47 * hour, "new": 0}
    with db.transaction() as connection:
        tx = WriteTransaction(connection, PROGRAM)
        now = tx.now
        for key, age in ages.items():
            for n, caller in enumerate(("me", "you")):
                tx.now = now - age
                attempt = IdempotentRequest(caller, key, str(n) * 64)
                answer = StoredAnswer(200 + n, '{"etag": "1"}', f"{caller} {key}")
                idempotency.keep(tx, attempt, answer)
        for key in ages:
            for n, caller in enumerate(("me", "you")):
                found = idempotency.answered(
                    connection, IdempotentRequest(caller, key, str(n) * 64)
                )
                kept = StoredAnswer(200 + n, '{"etag": "1"}', f"{caller} {key}")
                assert found == (None if key == "old" else kept)
        assert idempotency.answered(connection, IdempotentRequest("me", "none", "0" * 64)) is None


@pytest.mark.parametrize(
    ("content", "form", "why"),
    [
        (b'{"type": "source"}', "json", "an array of resources"),
        (
            b'[["' + (b"x" * 61 + b'","') * (readers.MAX_LINE // 64 + 1) + b'"]]',
            "json",
            "Item 1 is longer",
        ),
        (b"x" * (readers.MAX_LINE + 1), "jsonl", "Line 1 is longer"),
        (b"id,id\n", "csv", "“id” is the name of several columns"),
        (b"nonsense,nonsense\n", "csv", "“nonsense” is the name of several"),
        (b"document;measure,x\n", "csv", "both commas and semicolons part these lines"),
        (
            b"document,valeu\n",
            "csv",
            "columns “document”, “valeu”; `measure` is needed; not known: “valeu”",
        ),
        (b"document,measure\nda\xdf,m\n", "csv", "Line 2: the file is not in UTF-8"),
        (b"document,measure\nd,\xdf", "csv", "Line 2: the file is not in UTF-8"),
        (b'document,measure\n"d" x,m\n', "csv", 'write "" for a quotation mark inside a cell'),
        (b'document,measure\n"d,m\n', "csv", "opened in the row that begins here, and never"),
        (
            b'document,measure\n"' + (b"x" * (readers.BATCH_BYTES // 2) + b"\n") * 3,
            "csv",
            "a cell is longer than",
        ),
    ],
    ids=lambda one: "a-file" if isinstance(one, bytes) else None,
)
def test_a_file_that_cannot_be_read_is_refused_whole(content: bytes, form: Any, why: str) -> None:
    with pytest.raises(Malformed) as refused:
        list(readers.read_batches(io.BytesIO(content), form))
    assert why in " ".join([refused.value.detail, *(one.detail for one in refused.value.faults)])


@pytest.mark.parametrize(
    ("line", "pointer", "why"),
    [
        ("[]", "", "a line is an object"),
        ('{"type": "thing"}', "/type", "send one of"),
        (
            '{"type": "source", "id": "a", "name": "A", "version": 1, "status": "withdrawn"}',
            "/reason",
            "a withdrawal has a reason",
        ),
        (
            json.dumps(CLAIM | {"included": {"measures": [{"id": "m", "unit": "1"}]}}),
            "/included",
            "lines of their own",
        ),
    ],
)
def test_a_line_that_is_none_is_told_why(line: str, pointer: str, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        raise_broken(line)
    assert [(at, why in detail) for at, detail in told(refused)] == [(pointer, True)]


def raise_broken(line: str) -> None:
    (parsed,) = parse_all([RawLine(1, line.encode())])
    if isinstance(parsed, Problem):
        raise parsed


def rows(*text: str) -> list[RawLine]:
    return list(readers.read_csv(io.BytesIO("\n".join(text).encode())))


def problem(*text: str) -> list[str]:
    (raw,) = rows(*text)
    assert raw.problem is not None
    return [fault.detail for fault in raw.problem.faults]


def test_rows_of_one_id_are_figures_of_one_claim_each_once() -> None:
    (raw,) = rows(NAMES, "a,d,m,1", "a,d,m,2", "a,d,m,1")
    claim = json.loads(raw.content)
    assert [figure["value"] for figure in claim["quantities"]] == ["1", "2"]
    assert (raw.rows, raw.repeats) == ((2, 3), ((4, 2),))
    assert [one.rows for one in rows("document,measure,value", "d,m,1", "d,m,2")] == [(), ()]


def test_rows_of_one_id_that_make_no_claim_are_told_why() -> None:
    assert ["says something else here" in why for why in problem(NAMES, "a,d,m,1", "a,e,m,2")] == [
        True, True,
    ]  # fmt: skip
    assert problem(NAMES, "a,d,m,1", "a,d,,") == ["a row of several has a figure"]
    assert problem(NAMES, "a,d,m") == ["this row has 3 cells, and the header 4"]
    many = problem(NAMES, *(f"a,d,m,{n}" for n in range(MAX_FIGURES + 1)))
    assert [f"at most {MAX_FIGURES} figures" in why for why in many] == [True]


@pytest.mark.parametrize(
    ("name", "cell", "why"),
    [
        ("attributions", "[no", "the cell is to be JSON"),
        ("dimensions", "152", "send a JSON object"),
        ("tags", "[no", "a cell that begins with [ is a JSON list"),
    ],
)
def test_a_cell_that_is_not_what_its_column_holds_is_told_why(
    name: str, cell: str, why: str
) -> None:
    assert [why in detail for detail in problem(f"{NAMES},{name}", f"a,d,m,1,{cell}")] == [True]


def test_dimensions_may_be_one_cell_beside_columns_of_their_own() -> None:
    cell = '"{""colour"": ""red""}"'
    (raw,) = rows(
        f"{NAMES},dimensions,dim.calibre_mm,dim.name,dim.year",
        f"""a,d,m,1,{cell},152,\"\"\"open\",\"\"\"2024\"\"\"""",
    )
    assert json.loads(raw.content)["dimensions"] == {
        "colour": "red", "calibre_mm": 152, "name": '"open', "year": "2024",
    }  # fmt: skip


@pytest.mark.parametrize("names", ["dimensions,dim.mm", "dim.mm,dimensions"])
def test_a_dimension_that_two_cells_say_is_told_where_they_differ(names: str) -> None:
    def line(json_cell: str, own: str) -> str:
        cells = {"dimensions": json_cell, "dim.mm": own}
        return ",".join(["a,d,m,1", *(cells[name] for name in names.split(","))])

    told = problem(f"{NAMES},{names}", line('"{""mm"": 122}"', "152"))
    assert told == ["`dimensions` and `dim.mm` say two things; leave one of them out"]
    (raw,) = rows(f"{NAMES},{names}", line('"{""mm"": 1.5}"', "1.5"))
    assert str(json.loads(raw.content)["dimensions"]["mm"]) == "1.5"


def test_relayers_in_a_column_of_their_own_are_those_of_the_chain() -> None:
    hops = '"[{""source"":""x"",""role"":""relayer""}]"'
    (raw,) = rows(f"{NAMES},via,attributions", f"a,d,m,1,x,{hops}")
    assert raw.problem is None
    assert "via" not in json.loads(raw.content)
    told_why = problem(f"{NAMES},via,attributions", f"a,d,m,1,y,{hops}")
    assert ["not the relayers" in why for why in told_why] == [True]


def test_a_document_says_what_another_says_and_perhaps_more() -> None:
    assert covers({"a": 1, "b": [{"c": 2, "d": 3}]}, {"b": [{"c": 2}], "flags": ["x"], "e": []})
    assert not covers({"b": [1]}, {"b": [1, 2]})
    assert not covers({}, {"a": 1})


@pytest.mark.parametrize("raw", [b"{1: 2}", b'{"": 2}', b"{a: 2}", b'{["a"]: 2}'])
def test_a_member_without_a_name_is_refused(raw: bytes) -> None:
    found = members(raw)
    assert found is not None
    with pytest.raises(Malformed, match="name in an object"):
        list(found)
