"""Out and in again changes nothing, whatever a claim says, in every format."""

import csv
import io
import json
from functools import cache
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.models.claim import Attribution, ClaimIn, ClaimOut, ClaimSent, Quote, Relation
from app.models.csv_columns import COLUMNS, LEFT_OUT
from app.models.quantity import QuantityIn, QuantityOut
from app.render.csv import Column, Sheet, plain, safe, scalar, value_of, written
from app.rules.normalise import FLAT_FIELDS
from tests.api import any_claim
from tests.api.test_transfer import jsonl, send
from tests.conftest import Serve

CSV = {"content-type": "text/csv"}
NO_COLUMN = {"recorded_at", "content_hash", "status", "reason"} | LEFT_OUT.keys()
"""What the database says of a version (a table has the active ones), and what rows are."""


def get(client: httpx.Client, **asked: str) -> bytes:
    answer = client.get("/v1/export", params=asked)
    assert answer.status_code == 200
    return answer.content


def back(client: httpx.Client, table: bytes, status: int = 201, **asked: str) -> dict[str, Any]:
    answer = client.post("/v1/imports", content=table, headers=CSV, params=asked)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_every_field_of_a_claim_is_a_column() -> None:
    columns = {column.path[0] for column in COLUMNS} | {"id", "version"}
    fields = {*ClaimOut.model_fields, *ClaimSent.model_fields, *QuantityOut.model_fields}
    assert fields - columns == NO_COLUMN
    assert {column.name for column in COLUMNS if column.of_figure} == set(QuantityIn.model_fields)
    assert {one.path[1] for one in COLUMNS if one.path[0] == "quote"} == set(Quote.model_fields)


def test_a_figure_sent_flat_has_every_field_of_a_figure() -> None:
    assert set(QuantityIn.model_fields) == FLAT_FIELDS


def test_every_field_has_a_strategy_here() -> None:
    for made, model in (
        (any_claim.CLAIM, ClaimIn), (any_claim.FIGURE, QuantityIn), (any_claim.QUOTE, Quote),
        (any_claim.HOP, Attribution), (any_claim.RELATION, Relation),
    ):  # fmt: skip
        assert set(made) == set(model.model_fields) - {"id"}


@given(st.text(any_claim.CHARACTERS, min_size=1) | any_claim.TEXT)
def test_a_cell_is_no_formula_and_is_read_as_it_was(text: str) -> None:
    cell = safe(text)
    assert plain(cell) == text
    assert not cell.startswith(("=", "+", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert not cell.startswith("-") or float(cell) <= 0


@pytest.mark.parametrize("before", ["", " ", "\u200b", "\ufeff \u00a0", "\u2067"])
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "|", "%", "＝"])
def test_a_formula_is_none_whatever_stands_unseen_before_it(before: str, sign: str) -> None:
    text = f"{before}{sign}cmd"
    assert safe(text) == f"'{text}"
    assert plain(safe(text)) == text


@given(st.lists(any_claim.TEXT | st.just(""), max_size=4))
def test_a_list_is_read_as_it_was(items: list[str]) -> None:
    cell = written(items, "list")
    assert (value_of(cell, "list") if cell else []) == items


@given(st.integers(-(2**53) + 1, 2**53 - 1) | any_claim.PRINTED | st.integers().map(str))
def test_a_dimension_is_the_number_or_the_text_that_it_was(value: int | str) -> None:
    sheet = Sheet([], {"dimensions": ["a"], "attributes": []})
    figure = {"quantities": [{"dimensions": {"a": value}}], "document": "d"}
    row = sheet.rows([("x", 1, figure)])
    [cells] = csv.reader(io.StringIO(row, newline=""))
    found = scalar(cells[2])
    assert (found, type(found)) == (value, type(value))


def test_more_dimensions_than_columns_stand_in_json() -> None:
    names = [f"d{n}" for n in range(501)]
    column = Column("dimensions", ("dimensions",), "named", True)
    sheet = Sheet([column], {"dimensions": names, "attributes": []})
    figure = {"dimensions": {"d0": 1, "d500": "5"}}
    [cells] = csv.reader(
        io.StringIO(sheet.rows([("x", 1, {"document": "d", "quantities": [figure]})]))
    )
    assert (cells[2], cells[3]) == ('{"d500":"5"}', "1")


MANY = settings(
    max_examples=4, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@cache
def some_claims() -> list[list[dict[str, Any]]]:
    """The same for either engine: to make them takes as long as to store them."""
    found = []

    @MANY
    @given(st.lists(any_claim.claims(), min_size=25, max_size=25))
    def fill(several: list[dict[str, Any]]) -> None:
        found.append(several)

    fill()
    return found


def test_out_and_in_again_changes_nothing(serve: Serve) -> None:
    full = serve()
    for several in some_claims():
        outcome = send(full, jsonl(*several), 207, mode="partial")
        assert outcome["failed"] <= len(several) / 4, outcome["errors"]
    with_history(full)
    assert said(full) >= fields_of_claims()
    whole, table = get(full, history="true"), get(full, format="csv")
    told = back(full, table)
    assert told["unchanged"] == told["lines"] > 60, told
    told = send(full, whole.decode())
    assert told["unchanged"] == told["lines"], told
    newest = get(full)
    told = send(full, newest.decode())
    assert told["unchanged"] == told["lines"], told
    assert get(full, history="true") == whole
    elsewhere = serve(seeded=False)
    send(elsewhere, whole.decode())
    assert get(elsewhere, history="true") == whole
    bare = serve(seeded=False)
    rest = b"".join(line + b"\n" for line in newest.splitlines() if stands_beside(line))
    send(bare, rest.decode())
    back(bare, table)
    assert get(bare, format="csv") == table


def stands_beside(line: bytes) -> bool:
    """What a table refers to and does not have: sources and measures."""
    return json.loads(line)["type"] in ("source", "measure")


def with_history(client: httpx.Client) -> None:
    """Some claims are changed, some withdrawn, one of these comes back."""
    tag = {"If-Match": "*"}
    listed = [row["id"] for row in client.get("/v1/claims?limit=12").json()["items"]]
    ids = [id for id in listed if id not in any_claim.RELATED]
    for id in ids[:4]:
        assert client.patch(f"/v1/claims/{id}", json={"notes": "=n"}, headers=tag).is_success
    for id in ids[3:6]:
        assert client.delete(f"/v1/claims/{id}?reason=w", headers=tag).is_success
    assert client.patch(f"/v1/claims/{ids[3]}", json={}, headers=tag).is_success


def fields_of_claims() -> set[str]:
    parts = {"quantities": QuantityIn, "attributions": Attribution, "relations": Relation}
    found = {*ClaimIn.model_fields} - {"id"} | {f"quote.{name}" for name in Quote.model_fields}
    return found | {f"{part}.{name}" for part, kind in parts.items() for name in kind.model_fields}


def said(client: httpx.Client) -> set[str]:
    """The fields that some claim has."""
    found: set[str] = set()
    for line in get(client).splitlines():
        whole = json.loads(line)
        if whole["type"] == "claim":
            found |= whole.keys() | {f"quote.{name}" for name in whole.get("quote", ())}
            for part in ("quantities", "attributions", "relations"):
                found |= {f"{part}.{name}" for one in whole.get(part, ()) for name in one}
    return found


def test_the_seed_comes_back_from_a_table_with_all_its_figures(fresh: httpx.Client) -> None:
    before, table = get(fresh, history="true"), get(fresh, format="csv")
    told = back(fresh, table)
    assert (told["unchanged"], told["lines"]) == (18, 18)
    assert get(fresh, history="true") == before


def test_the_docs_list_every_column_of_a_table(fresh: httpx.Client) -> None:
    told = fresh.get("/openapi.json").json()["paths"]["/v1/imports"]["post"]["description"]
    named = {column.name for column in COLUMNS if column.kind != "named"} | {"id", "version"}
    assert {name for name in named if f"`{name}`" not in told} == set()
    assert "equals any" not in told
