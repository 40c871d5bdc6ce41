"""Bulk in, bulk out, what changed: nothing half done, and out is in again."""

import csv
import hashlib
import io
import json
import os
import random
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, delete, select, text, update
from sqlmodel import SQLModel

from app.config import Settings
from app.db import Database
from app.store.verification import records, verify
from tests.conftest import Serve, Server, Templates
from tests.tampering import unprotected

JSONL = {"content-type": "application/jsonl"}
CLAIM: dict[str, Any] = {
    "type": "claim", "claimant": "shin-won-sik", "document": "daily-digest-article",
    "stated": "2024-03", "measure": "containers.prk-rus", "raw_text": "upwards of 7,000",
}  # fmt: skip
NEWS = [
    {**CLAIM, "id": "later", "claimant": "kyodo",
     "relations": [{"predicate": "updates", "object": "first"}]},
    {**CLAIM, "id": "first", "claimant": "kyodo"},
    {"type": "assessment", "id": "a1", "target": "claims/later", "assessor": "me", "comment": "x"},
    {"type": "source", "id": "kyodo", "name": "Kyodo", "affiliation": "kyodo-group"},
    {"type": "source", "id": "kyodo-group", "name": "Kyodo Group", "is_root": True},
]  # fmt: skip


MAPPING = (
    "# “Schiffe”\r\n"
    + """\
claim = {id = "log.{{Day}}", document = "reuters", period = "{{Day}}"}
[[figure]]
value = "{{Ships}}"
measure = {id = "ships", unit = "{ship}"}
"""
)
TOML = {"content-type": "application/toml"}


def jsonl(*lines: Any) -> str:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def send(client: httpx.Client, body: str, status: int = 201, **asked: str) -> dict[str, Any]:
    answer = client.post("/v1/imports", content=body.encode(), headers=JSONL, params=asked)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def export(client: httpx.Client, **asked: str) -> bytes:
    answer = client.get("/v1/export", params=asked)
    lines = answer.content.splitlines(keepends=True)
    end = json.loads(lines[-1])
    before = b"".join(lines[:-1])
    assert end == {
        "type": "end", "count": len(lines) - 1, "digest": hashlib.sha256(before).hexdigest(),
    }  # fmt: skip
    return answer.content


@pytest.mark.parametrize("mode", ["atomic", "partial"])
def test_lines_come_in_any_order(fresh: httpx.Client, mode: str) -> None:
    outcome = send(fresh, jsonl(*NEWS), 201 if mode == "atomic" else 207, mode=mode)
    assert (outcome["lines"], outcome["created"], outcome["failed"]) == (5, 5, 0)
    assert fresh.get("/v1/claims?claimant_root=kyodo-group").json()["items"][0]["id"] == "first"
    again = send(fresh, jsonl(*NEWS), 201 if mode == "atomic" else 207, mode=mode)
    assert (again["created"], again["unchanged"]) == (0, 5)


def test_one_broken_line_and_nothing_is_stored_and_all_are_told(fresh: httpx.Client) -> None:
    before = export(fresh)
    broken = [
        {**CLAIM, "raw_text": 5},
        {"type": "spaceship"},
        "text",
        {"type": "source", "id": "x"},
    ]
    refused = send(fresh, jsonl(*NEWS, *broken) + "{not json\n", 422)
    assert {(error["line"], error.get("pointer")) for error in refused["errors"]} == {
        (6, "/raw_text"), (7, "/type"), (8, ""), (9, "/name"), (10, ""),
    }  # fmt: skip
    assert export(fresh) == before


def test_what_the_database_refuses_is_told_by_line_too(fresh: httpx.Client) -> None:
    before = export(fresh)
    lines = [{**CLAIM, "claimant": "nobody"}, {**CLAIM, "raw_text": "umpteen"},
             {**CLAIM, "relations": [{"predicate": "relays", "object": "nothing"}]}]  # fmt: skip
    refused = send(fresh, jsonl(*lines), 422)
    assert {(error["line"], error["pointer"]) for error in refused["errors"]} == {
        (1, "/claimant"), (2, "/raw_text"), (3, "/relations/0/object"),
    }  # fmt: skip
    assert export(fresh) == before


def test_partial_stores_what_it_can(fresh: httpx.Client) -> None:
    outcome = send(fresh, jsonl(*NEWS, {**CLAIM, "claimant": "nobody"}), 207, mode="partial")
    assert (outcome["created"], outcome["failed"]) == (5, 1)
    assert [error["line"] for error in outcome["errors"]] == [6]


def test_a_dry_run_answers_the_same_and_stores_nothing(fresh: httpx.Client) -> None:
    before = export(fresh)
    outcome = send(fresh, jsonl(*NEWS), 200, dry_run="true")
    assert (outcome["created"], outcome["dry_run"]) == (5, True)
    assert export(fresh) == before


def test_a_new_import_of_a_document_withdraws_what_it_no_longer_has(fresh: httpx.Client) -> None:
    kept = fresh.get("/v1/claims/shin-2024-03-containers/revisions/1").json()
    server = ("recorded_at", "content_hash", "status", "version")
    line = {"type": "claim"} | {n: v for n, v in kept.items() if n not in server}
    outcome = send(fresh, jsonl(line), replace_document="daily-digest-article")
    assert (outcome["unchanged"], outcome["withdrawn"]) == (1, 17)
    left = fresh.get("/v1/claims").json()["items"]
    assert [row["id"] for row in left] == ["shin-2024-03-containers"]


def test_csv_is_read_as_flat_claims(fresh: httpx.Client) -> None:
    text = (
        "id,claimant,document,via,stated,measure,raw_text,value,dim.calibre_mm\r\n"
        "one,shin-won-sik,daily-digest-article,ap;reuters,2024-03,containers.prk-rus,"
        '"over 7,000",,\r\n'
        "two,,daily-digest-article,,,shells.prk-rus,,5000000,152\r\n"
    )
    answer = fresh.post(
        "/v1/imports", content=text.encode("utf-8-sig"), headers={"content-type": "text/csv"}
    )
    assert answer.status_code == 201, answer.text
    one = fresh.get("/v1/claims/one").json()
    assert [hop["source"] for hop in one["attributions"]][1:3] == ["ap", "reuters"]
    two = fresh.get("/v1/claims/two").json()["quantities"][0]
    assert (two["value"], two["dimensions"]) == ("5000000", {"calibre_mm": 152})


def changed(client: httpx.Client) -> None:
    """Some history: changes, withdrawals, assessments, incoherence."""
    tag = {"If-Match": "*"}
    client.patch("/v1/sources/reuters", json={"country": "GB"}, headers=tag)
    client.patch("/v1/claims/shin-2024-02-containers", json={"notes": "n"}, headers=tag)
    client.patch("/v1/claims/shin-2024-02-containers", json={"notes": None}, headers=tag)
    client.delete("/v1/claims/times-2024-10-faulty?reason=why+%22not%22", headers=tag)
    client.post("/v1/imports", content=jsonl(*NEWS), headers=JSONL)
    odd = {**CLAIM, "id": "odd", "raw_text": "about 5", "value": "9", "lower": "12"}
    client.post("/v1/imports", content=jsonl(odd), headers=JSONL)
    for more, sent in (("", {"If-None-Match": "*"}), ("# more\n", tag)):
        body, headers = f"{MAPPING}{more}".encode(), {**TOML, **sent}
        put = client.put("/v1/mappings/ships", content=body, headers=headers)
        assert put.is_success, put.text


@pytest.mark.parametrize("history", ["true", "false"])
def test_an_export_is_an_import_and_the_same_export_again(
    fresh: httpx.Client, serve: Serve, history: str
) -> None:
    changed(fresh)
    first = export(fresh, history=history)
    empty = serve(seeded=False)
    outcome = send(empty, first.decode())
    assert outcome["lines"] == len(first.splitlines()) - 1
    assert export(empty, history=history) == first
    assert send(empty, first.decode())["unchanged"] == outcome["lines"]
    there = empty.get("/v1/mappings/ships").json()
    assert (there["version"], there["text"]) == (2, f"{MAPPING}# more\n")


def test_an_export_that_lost_a_line_on_its_way_is_told_as_such(
    fresh: httpx.Client, serve: Serve
) -> None:
    changed(fresh)
    lines = export(fresh, history="true").decode().splitlines(keepends=True)
    cut = [one for one in lines if '"type":"assessment"' not in one]
    assert len(cut) == len(lines) - 1
    found = [one for one in send(serve(seeded=False), "".join(cut))["notices"]
             if one["code"] == "other_count"]  # fmt: skip
    (notice,) = found
    assert notice["line"] == len(cut)
    assert (
        f"had {len(lines) - 1} lines before its last, and here are {len(cut) - 1}"
        in (notice["detail"])
    )
    whole = send(serve(seeded=False), "".join(lines))
    assert "other_count" not in [one["code"] for one in whole["notices"]]


@pytest.mark.parametrize("history", ["true", "false"])
def test_an_export_is_not_read_anew_by_what_its_measures_became(
    fresh: httpx.Client, serve: Serve, history: str
) -> None:
    any_version, path = {"If-Match": "*"}, "/v1/claims/shin-2024-03-containers"
    narrower = {"domain_max": "9000", "domain_min": "7000", "unit_label": "boxes"}
    measure = "/v1/measures/containers.prk-rus"
    assert fresh.patch(measure, json=narrower, headers=any_version).is_success
    assert fresh.patch(path, json={"notes": "x"}, headers=any_version).is_success
    first = export(fresh, history=history)
    copy = serve(seeded=False)
    send(copy, first.decode())
    assert export(copy, history=history) == first
    assert "upper" not in copy.get(path).json()["quantities"][0]
    # A part that was changed by hand is held against the rest, as ever.
    changed = first.replace(b'"value":"6700"', b'"value":"67000"')
    assert changed != first
    other = serve(seeded=False)
    send(other, changed.decode())
    [figure] = other.get("/v1/claims/shin-2024-02-containers").json()["quantities"]
    assert figure["flags"] == ["differs_from_lexicon", "outside_domain", "upper_below_value"]


def test_a_claim_as_long_as_a_body_may_be_comes_in_again(fresh: httpx.Client, serve: Serve) -> None:
    long = {"measure": CLAIM["measure"], "value": "5", "reading_note": "x" * 20_000}
    claim = {"id": "long", "document": CLAIM["document"], "quantities": [long] * 190}
    assert fresh.post("/v1/claims", json=claim).status_code == 201
    first = export(fresh)
    empty = serve(seeded=False)
    send(empty, first.decode())
    assert export(empty) == first


def test_a_reason_that_a_withdrawal_takes_an_import_takes_too(
    fresh: httpx.Client, serve: Serve
) -> None:
    path, any_version = "/v1/claims/times-2024-10-faulty", {"If-Match": "*"}
    for reason, status in (("x" * 1990 + " " * 11, 422), (" " + "x" * 1999, 200)):
        gone = fresh.delete(path, params={"reason": reason}, headers=any_version)
        assert gone.status_code == status
    first = export(fresh)
    empty = serve(seeded=False)
    send(empty, first.decode())
    assert export(empty) == first


def test_a_mapping_comes_in_as_put_would_take_it_and_at_any_length(fresh: httpx.Client) -> None:
    line = {"type": "mapping", "id": "ships", "text": MAPPING}
    assert send(fresh, jsonl(line, line))["created"] == 1
    longest = (MAPPING + "#").ljust(1_000_000 - MAPPING.count("“") * 4, '"')  # each is escaped
    assert send(fresh, jsonl({**line, "text": longest}))["changed"] == 1
    again = fresh.post("/v1/imports", json=[{**line, "text": longest}])
    assert again.json()["unchanged"] == 1, again.text
    broken = [
        {**line, "id": "a", "text": MAPPING.replace("value", "valeu")},
        {**line, "id": "b", "text": ""},
        {**line, "id": "c", "version": 1, "status": "withdrawn", "reason": "old"},
        {**line, "id": "d", "text": "not = [toml"},
        {**line, "id": "e", "version": 1, "notes": "x"},
    ]  # fmt: skip
    refused = send(fresh, jsonl(*broken), 422)
    assert [(one["line"], one["pointer"]) for one in refused["errors"]] == [
        (1, "/text/figure/0/valeu"), (2, "/text"), (3, "/status"), (4, "/text"), (5, "/notes"),
    ]  # fmt: skip
    told = fresh.get("/v1/mappings").json()["items"]
    assert [(one["id"], one["version"]) for one in told] == [("ships", 2)]


def test_a_version_out_of_turn_is_a_conflict(fresh: httpx.Client) -> None:
    line = next(
        json.loads(line) for line in export(fresh).splitlines() if b'"id":"reuters"' in line
    )
    del line["content_hash"]  # of what is sent here it is not the hash
    for version in (1, 3):
        other = {**line, "version": version, "name": "Other"}
        refused = send(fresh, jsonl(other), 422)
        assert refused["errors"][0]["code"] == "version_conflict"
    assert send(fresh, jsonl({**line, "version": 2, "name": "Other"}))["changed"] == 1


def test_the_feed_has_every_write_once_and_in_order(fresh: httpx.Client) -> None:
    changed(fresh)
    since, seen = 0, []
    while rows := fresh.get("/v1/changes", params={"since": since, "limit": 7}).json()["items"]:
        seen += rows
        since = rows[-1]["seq"]
    assert [row["seq"] for row in seen] == list(range(1, len(seen) + 1))
    assert [row["recorded_at"] for row in seen] == sorted(row["recorded_at"] for row in seen)
    assert {"create", "change", "withdraw"} == {row["operation"] for row in seen}
    keys = [(row["resource"], row["id"], row["version"]) for row in seen]
    assert len(keys) == len(set(keys))


TABLES = (
    "source", "measure", "claim", "quantity", "attribution", "relation", "trait", "change",
    "log_head", "api_key", "mapping",
)  # fmt: skip


def test_verification_finds_every_tampering(fresh: httpx.Client, templates: Templates) -> None:
    changed(fresh)
    db: Database = fresh.server.app.state.db  # type: ignore[attr-defined]
    chance = random.Random(7)
    with db.engine.connect() as connection:
        assert list(verify(connection, lambda: None)) == []
    for _ in range(int(os.environ.get("SAYSO_TEST_TAMPERINGS", "16"))):
        with db.engine.connect() as connection:
            unprotected(connection)
            what = tamper(connection, chance)
            found = list(records(connection, lambda: None))
            connection.rollback()
            assert found, what


TAMPERED = {
    "doc", "recorded_at", "search", "tags", "dims", "digest", "hash", "seq", "stated_asc",
    "period_start_lo", "date_lo", "flags", "name", "recorded_by", "key_id", "request_id", "scopes",
    "revoked_by",
}  # fmt: skip


OTHERWISE = {"key_id": "0" * 8, "scopes": "read write import admin"}
"""What the rules of a column let one write there."""


def tamper(connection: Connection, chance: random.Random) -> str:
    """Change one value of one row of one table, or take the row away."""
    table = SQLModel.metadata.tables[chance.choice(TABLES)]
    row = chance.choice(connection.execute(select(table)).mappings().all())
    keys = [column.name for column in table.primary_key.columns]
    own = [table.c[name] == row[name] for name in keys]
    free = sorted(TAMPERED & set(row) - set(keys))
    if not free:
        connection.execute(delete(table).where(*own))
        return f"a row of {table.name} gone"
    name = chance.choice(free)
    value = row[name]
    other = value - 1 if isinstance(value, int) else "0" * 64
    other = OTHERWISE.get(name, other)
    connection.execute(update(table).where(*own).values({name: other}))
    return f"{table.name}.{name} of {dict(row)}"


def test_a_spreadsheet_gets_figures_and_no_formulas(fresh: httpx.Client) -> None:
    texts = ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "'quoted", "tab\tin"]
    for n, statement in enumerate(texts):
        line = {**CLAIM, "id": f"formula-{n}", "statement": statement}
        assert send(fresh, jsonl(line))["created"] == 1
    answer = fresh.get("/v1/export?format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    written = {row["id"]: row for row in rows}
    assert len(rows) == 20 + 4 + len(texts)  # four claims have no figure, and a row all the same
    for row in rows:
        for cell in row.values():
            assert not cell.startswith(("=", "+", "@", "\t")), cell
            assert not cell.startswith("-") or float(cell)
    assert [written[f"formula-{n}"]["statement"] for n in range(3)] == ["'=1+1", "'+cmd", "'-2+3"]
    assert written["shin-2024-02-containers"]["lower"] == "6500"


def test_verification_tells_of_bytes_where_there_was_text(fresh: httpx.Client) -> None:
    db: Database = fresh.server.app.state.db  # type: ignore[attr-defined]
    if db.dialect == "postgresql":
        pytest.skip("its columns hold text, or nothing")
    for damage in ("UPDATE source SET search = X'ff'", "UPDATE change SET digest = X'00'"):
        with db.engine.connect() as connection:
            unprotected(connection)
            connection.execute(text("PRAGMA ignore_check_constraints = ON"))
            connection.execute(text(damage))
            assert len(list(verify(connection, lambda: None))) >= 28
            connection.rollback()


@pytest.mark.parametrize("engines", [("sqlite", "postgresql"), ("postgresql", "sqlite")])
def test_history_moves_from_one_engine_to_the_other_and_is_the_same(
    engines: tuple[str, str], sqlite_templates: Templates, postgresql_templates: Templates
) -> None:
    both = {"sqlite": sqlite_templates, "postgresql": postgresql_templates}
    here, there = (both[engine] for engine in engines)
    with (
        Server(Settings(database_url=here.copy(seeded=True))) as first,
        Server(Settings(database_url=there.copy(seeded=False))) as second,
        first.client() as full,
        second.client() as empty,
    ):
        changed(full)
        whole = export(full, history="true")
        send(empty, whole.decode())
        assert export(empty, history="true") == whole
