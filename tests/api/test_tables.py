"""An import brings in what the file says: the next version of a table, whatever was before."""

import csv
import io
import random
from typing import Any

import httpx
import pytest

from tests.api.test_transfer import jsonl, send
from tests.conftest import Serve

CSV = {"content-type": "text/csv"}
DOCUMENT = {"type": "source", "id": "tally", "name": "A tally", "kind": "dataset"}
MEASURE = {"type": "measure", "id": "buoys", "unit": "{buoy}", "unit_label": "buoys"}
ANY = {"If-Match": "*"}
Rows = dict[str, str]
"""A version of the table: the value of each of its rows, by id."""


def table(rows: Rows) -> str:
    """As the file a person keeps."""
    whole = io.StringIO()
    lines = csv.writer(whole)
    lines.writerow(["id", "document", "measure", "value"])
    lines.writerows([id, "tally", "buoys", value] for id, value in rows.items())
    return whole.getvalue()


def claims(rows: Rows) -> str:
    return jsonl(*({**figure(value), "id": id} for id, value in rows.items()))


def figure(value: str) -> dict[str, Any]:
    return {"type": "claim", "document": "tally", "measure": "buoys", "value": value}


def sent(client: httpx.Client, body: str, form: str, status: int = 201, **asked: str) -> Any:
    if form == "jsonl":
        return send(client, body, status, **asked)
    answer = client.post("/v1/imports", content=body.encode(), headers=CSV, params=asked)
    assert answer.status_code == status, answer.text
    return answer.json()


def held(client: httpx.Client) -> Rows:
    """The active claims of the document."""
    rows = client.get("/v1/claims?document=tally&limit=1000").json()["items"]
    return {row["id"]: row["quantities"][0]["value"] for row in rows}


@pytest.fixture
def tally(serve: Serve) -> httpx.Client:
    client = serve(seeded=False)
    send(client, jsonl(DOCUMENT, MEASURE))
    return client


def history(chance: random.Random) -> list[Rows]:
    """Ten versions: rows that leave and come back, that change, and change back."""
    versions: list[Rows] = [{"a": "1", "b": "2"}, {"a": "1"}, {"a": "1", "b": "2"}]
    for _ in range(7):
        ids = [f"row-{n}" for n in range(12) if chance.random() < 0.6] or ["row-0"]
        versions.append({id: chance.choice(["1", "2", "3"]) for id in [*ids, "b"]})
    return versions


@pytest.mark.parametrize("mode", ["atomic", "partial"])
@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_after_each_of_ten_versions_exactly_its_rows_are_held(
    tally: httpx.Client, form: str, mode: str
) -> None:
    write = {"jsonl": claims, "csv": table}[form]
    status = 207 if mode == "partial" else 201
    before: Rows = {}
    for rows in history(random.Random(form + mode)):
        told = sent(tally, write(rows), form, status, replace_document="tally", mode=mode)
        assert held(tally) == rows
        assert told["withdrawn"] == len(before.keys() - rows.keys())
        assert told["created"] + told["restored"] == len(rows.keys() - before.keys())
        again = sent(tally, write(rows), form, status, replace_document="tally", mode=mode)
        assert again["unchanged"] == again["lines"] == len(rows)
        before = rows


def test_a_line_is_held_against_the_current_version_and_no_older_one(tally: httpx.Client) -> None:
    for value in ("1", "2", "1"):
        send(tally, claims({"a": value}))
    assert held(tally) == {"a": "1"}
    assert tally.get("/v1/claims/a").json()["version"] == 3


def test_a_document_that_nothing_has_is_no_table_to_replace(tally: httpx.Client) -> None:
    send(tally, claims({"a": "1"}), replace_document="tally")
    refused = tally.post(
        "/v1/imports", content=claims({"a": "1"}).encode(),
        headers={"content-type": "application/jsonl"}, params={"replace_document": "taly"},
    )  # fmt: skip
    assert refused.status_code == 422
    assert "replace_document" in refused.text
    assert held(tally) == {"a": "1"}


@pytest.mark.parametrize(
    ("on_existing", "value", "counted"), [("update", "2", "changed"), ("skip", "1", "skipped")]
)
def test_what_is_stored_otherwise_is_the_next_version_or_is_left(
    tally: httpx.Client, on_existing: str, value: str, counted: str
) -> None:
    send(tally, claims({"a": "1"}))
    told = send(tally, claims({"a": "2", "b": "5"}), on_existing=on_existing)
    assert (told[counted], told["created"]) == (1, 1)
    assert held(tally) == {"a": value, "b": "5"}


def test_with_fail_what_is_stored_otherwise_is_refused_with_its_line(tally: httpx.Client) -> None:
    send(tally, claims({"a": "1"}))
    body = claims({"b": "5", "a": "2"}).encode()
    kind = {"content-type": "application/jsonl"}
    refused = tally.post("/v1/imports?on_existing=fail", content=body, headers=kind)
    assert refused.status_code == 422
    assert [fault["line"] for fault in refused.json()["errors"]] == [2]
    assert held(tally) == {"a": "1"}
    told = send(tally, claims({"a": "1"}), on_existing="fail")
    assert told["unchanged"] == 1


def test_what_was_withdrawn_stays_so_and_is_told_unless_it_is_to_be_restored(
    tally: httpx.Client,
) -> None:
    send(tally, claims({"a": "1", "b": "2"}))
    tally.delete("/v1/claims/a?reason=a slip", headers=ANY)
    told = send(tally, claims({"b": "2", "a": "1"}))
    assert (told["withdrawn"], told["unchanged"]) == (1, 1)
    assert [notice["line"] for notice in told["notices"]] == [2]
    assert held(tally) == {"b": "2"}
    assert send(tally, claims({"a": "1"}), restore="true")["restored"] == 1
    assert held(tally) == {"a": "1", "b": "2"}


@pytest.mark.parametrize("mode", ["atomic", "partial"])
def test_two_lines_of_one_id_that_differ_are_both_at_fault(tally: httpx.Client, mode: str) -> None:
    body = claims({"a": "1"}) + claims({"c": "3"}) + claims({"a": "2"})
    kind = {"content-type": "application/jsonl"}
    answer = tally.post(f"/v1/imports?mode={mode}", content=body.encode(), headers=kind).json()
    assert sorted({fault["line"] for fault in answer["errors"]}) == [1, 3]
    assert held(tally) == ({"c": "3"} if mode == "partial" else {})


def test_equal_lines_are_one_and_are_told_with_their_numbers(tally: httpx.Client) -> None:
    told = send(tally, claims({"a": "1"}) + claims({"b": "2"}) + claims({"a": "1"}))
    assert (told["created"], told["duplicates"]) == (2, 1)
    assert any(notice["line"] == 3 and "1" in notice["detail"] for notice in told["notices"])


def test_equal_rows_without_an_id_are_told_with_the_way_to_keep_both(tally: httpx.Client) -> None:
    rows = "document,measure,value\ntally,buoys,125000\ntally,buoys,7\ntally,buoys,125000\n"
    told = sent(tally, rows, "csv")
    assert (told["created"], told["duplicates"]) == (2, 1)
    [notice] = told["notices"]
    assert notice["line"] == 4
    assert "`id`" in notice["detail"]


def test_rows_of_one_id_are_the_figures_of_one_claim(tally: httpx.Client) -> None:
    rows = "id,document,measure,value,slot,notes\n"
    sent(tally, rows + "v,tally,buoys,41,1,x\nv,tally,buoys,12,2,x\n", "csv")
    figures = tally.get("/v1/claims/v").json()["quantities"]
    assert [figure["value"] for figure in figures] == ["41", "12"]
    body = rows + "w,tally,buoys,41,1,x\nw,tally,buoys,12,2,y\n"
    refused = tally.post("/v1/imports", content=body.encode(), headers=CSV)
    assert refused.status_code == 422
    assert "notes" in refused.text
    assert tally.get("/v1/claims/w").status_code == 404


def test_a_post_of_what_was_withdrawn_says_so_and_the_way_back(tally: httpx.Client) -> None:
    claim = {**figure("1"), "id": "a"}
    claim.pop("type")
    tally.post("/v1/claims", json=claim)
    tally.delete("/v1/claims/a?reason=a slip", headers=ANY)
    refused = tally.post("/v1/claims", json=claim)
    assert refused.status_code == 409
    assert "withdrawn" in refused.text
    assert "other content" not in refused.text
    tag = {"If-Match": '"2"'}
    assert '"2"' in refused.text.replace("\\", "")
    assert tally.put("/v1/claims/a", json=claim, headers=tag).json()["status"] == "active"
    assert held(tally) == {"a": "1"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("document,measure,value,note,note\n", "4"),
        ("document;measure;value\ntally;buoys;1250,75\n", ";"),
        ("document\tmeasure\tvalue\ntally\tbuoys\t5\n", "tab"),
        ('document,measure,value,notes\ntally,buoys,5,"open\ntally,buoys,6,x\n', "quot"),
        ("document,measure,value,tags\ntally,buoys,5,\"water, budget\"\n", ";"),
    ],
)  # fmt: skip
def test_a_table_that_is_not_read_says_what_is_wrong(
    tally: httpx.Client, body: str, said: str
) -> None:
    refused = tally.post("/v1/imports", content=body.encode(), headers=CSV)
    assert refused.status_code in (400, 422)
    assert said in refused.text
    assert "UTF-8" not in refused.text
    assert held(tally) == {}


def test_an_encoding_is_told_with_its_line(tally: httpx.Client) -> None:
    body = "document,measure,value,notes\ntally,buoys,5,x\ntally,buoys,6,Zähler\n"
    refused = tally.post("/v1/imports", content=body.encode("cp1252"), headers=CSV)
    assert refused.status_code in (400, 422)
    assert "UTF-8" in refused.text
    assert "3" in refused.json()["detail"] + str(refused.json().get("errors"))


def test_rows_without_a_word_are_none(tally: httpx.Client) -> None:
    body = "document,measure,value\ntally,buoys,5\n,,\n , ,\n\n"
    told = sent(tally, body, "csv")
    assert (told["lines"], told["created"]) == (1, 1)


def test_a_byte_order_mark_is_no_part_of_a_file(tally: httpx.Client) -> None:
    assert send(tally, "\ufeff" + claims({"a": "1"}))["created"] == 1
    assert sent(tally, "\ufeff" + table({"b": "2"}), "csv")["created"] == 1


@pytest.mark.parametrize("mode", ["atomic", "partial"])
def test_a_dry_run_says_what_would_become_of_the_table(tally: httpx.Client, mode: str) -> None:
    send(tally, claims({"a": "1", "b": "2"}))
    asked = {"replace_document": "tally", "mode": mode}
    status = 207 if mode == "partial" else 200
    body = claims({"a": "9", "c": "3"})
    tried = send(tally, body, status, dry_run="true", **asked)
    assert held(tally) == {"a": "1", "b": "2"}
    done = send(tally, body, 207 if mode == "partial" else 201, **asked)
    for name in ("lines", "created", "changed", "withdrawn", "unchanged", "restored"):
        assert tried[name] == done[name], name
