"""Versions of one table, imported one after the other: what is stored is the newest of them."""

import csv
import io
import json
import random
from typing import Any

import httpx
import pytest

from app.store.snapshot import read_snapshot
from app.store.verification import verify
from tests.api.test_round_trips import back, get
from tests.api.test_transfer import jsonl, send
from tests.conftest import ENGINES, Serve

DOCUMENT = "harbour-ledger"
LEDGER = {"type": "source", "id": DOCUMENT, "name": "Harbour ledger", "kind": "dataset"}
CRATES = {"type": "measure", "id": "crates.eastquay", "unit": "{crate}"}
Table = dict[str, dict[str, str]]


def history() -> list[Table]:
    """Ten versions: rows leave and come back, change and change back, and two versions are equal.

    What a row says comes from few values, so that it often says what it said some versions ago.
    """
    chance = random.Random(2)
    ids = [f"crates-{n:02}" for n in range(18)]
    found: list[Table] = [{id: row(id, "1") for id in ids[:12]}]
    for _ in range(7):
        before = found[-1]
        kept = {id: one for id, one in before.items() if chance.random() < 0.75}
        new = [id for id in ids if id not in before and chance.random() < 0.5]
        table = kept | {id: row(id, chance.choice("123")) for id in new}
        for id in chance.sample(sorted(kept), len(kept) // 3):
            table[id] = row(id, chance.choice("123"))
        found.append(table)
    return [*found, found[0], found[0]]


def row(id: str, value: str) -> dict[str, str]:
    return {"id": id, "document": DOCUMENT, "stated": "2031-05", "measure": "crates.eastquay",
            "value": value}  # fmt: skip


def as_csv(table: Table) -> bytes:
    out = io.StringIO()
    sheet = csv.DictWriter(out, [*row("x", "1")])
    sheet.writeheader()
    sheet.writerows(table.values())
    return out.getvalue().encode()


def held(client: httpx.Client) -> Table:
    """The rows that are active, as an export has them."""
    lines = (json.loads(line) for line in get(client).splitlines())
    claims = [one for one in lines if one.get("document") == DOCUMENT and "reason" not in one]
    return {one["id"]: row(one["id"], one["quantities"][0]["value"]) for one in claims}


def listed(client: httpx.Client) -> set[str]:
    asked = {"document": DOCUMENT, "limit": "200"}
    return {one["id"] for one in client.get("/v1/claims", params=asked).json()["items"]}


def sent(client: httpx.Client, table: Table, form: str, mode: str = "atomic") -> dict[str, Any]:
    status = 201 if mode == "atomic" else 207
    if form == "csv":
        return back(client, as_csv(table), status, replace_document=DOCUMENT, mode=mode)
    lines = jsonl(*({"type": "claim", **one} for one in table.values()))
    return send(client, lines, status, replace_document=DOCUMENT, mode=mode)


# Each form and each mode: which form lines came in is settled before any is stored.
@pytest.mark.parametrize(
    ("engine", "form", "mode"),
    [
        (ENGINES[0], "jsonl", "partial"), (ENGINES[0], "csv", "atomic"),
        (ENGINES[1], "jsonl", "atomic"),
    ],
    indirect=["engine"],
)  # fmt: skip
def test_after_each_of_ten_versions_exactly_its_rows_are_there(
    serve: Serve, form: str, mode: str
) -> None:
    fresh = serve(seeded=False)
    send(fresh, jsonl(LEDGER, CRATES))
    before: Table = {}
    ever: set[str] = set()
    for table in history():
        told = sent(fresh, table, form, mode)
        assert held(fresh) == table
        assert listed(fresh) == table.keys()
        came = table.keys() - before.keys()
        both = table.keys() & before.keys()
        changed = {id for id in both if table[id] != before[id]}
        assert {name: told[name] for name in COUNTED} == {
            "created": len(came - ever), "restored": len(came & ever), "changed": len(changed),
            "unchanged": len(both - changed), "withdrawn": len(before.keys() - table.keys()),
            "duplicates": 0, "skipped": 0, "failed": 0,
        }  # fmt: skip
        before, ever = table, ever | table.keys()
    with read_snapshot(fresh.server.app.state.db) as connection:  # type: ignore[attr-defined]
        assert not list(verify(connection, lambda: None))


COUNTED = (
    "created", "restored", "changed", "unchanged", "withdrawn", "duplicates", "skipped", "failed",
)  # fmt: skip


def test_the_history_has_all_that_can_happen_to_a_row() -> None:
    tables = history()
    values = {id: [table.get(id, {}).get("value") for table in tables] for id in tables[0]}
    assert len(tables) == 10
    assert any(None in some and some[-1] for some in values.values())  # leaves and comes back
    assert any(
        a == c != b and a and b
        for some in values.values()
        for a, b, c in zip(some, some[1:], some[2:], strict=False)
    )  # changes and changes back


def test_of_two_rows_the_one_that_left_comes_back(fresh: httpx.Client) -> None:
    send(fresh, jsonl(LEDGER, CRATES))
    a, b = row("a", "1"), row("b", "2")
    for table in ({"a": a, "b": b}, {"a": a}, {"a": a, "b": b}):
        told = sent(fresh, table, "jsonl")
        assert held(fresh) == table
    assert (told["restored"], told["unchanged"], told["notices"]) == (1, 1, [])
