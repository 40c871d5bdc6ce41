"""Rows of a table as claims: which belong together, what they say, and what is wrong with them."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from app.errors import Malformed
from app.mapping.cells import NumberCell
from app.store.import_.lines import RawLine
from app.store.import_.table import MAX_FIGURES, table_claims

NAMES = ["id", "document", "measure", "value", "notes"]
Rows = Sequence[Sequence[str]]


def read(names: list[str], *rows: Sequence[str]) -> list[RawLine]:
    return list(table_claims(iter([(n, list(row)) for n, row in enumerate([names, *rows], 1)])))


def said(names: list[str], *rows: Sequence[str]) -> list[dict[str, Any]]:
    found = [line.content for line in read(names, *rows)]
    return [{k: v for k, v in json.loads(one).items() if k != "type"} for one in found]


def faults(
    names: list[str], *rows: Sequence[str]
) -> list[tuple[str | None, str | None, int | None]]:
    return [
        (fault.code, fault.pointer, fault.line)
        for line in read(names, *rows)
        for fault in (line.problem.faults if line.problem else ())
    ]


def test_rows_of_one_id_are_one_claim_where_the_first_of_them_stands() -> None:
    rows = [
        ["a", "d", "m", "1", ""], ["b", "d", "m", "2", "x"], ["a", "d", "m", "3", ""],
        ["", "d", "m", "4", ""], ["", "d", "m", "5", ""], ["a", "d", "m", "1", ""],
    ]  # fmt: skip
    lines = read(NAMES, *rows)
    assert [(line.number, line.rows, line.repeats) for line in lines] == [
        (2, (2, 4), ((7, 2),)), (3, (), ()), (5, (), ()), (6, (), ()),
    ]  # fmt: skip
    assert said(NAMES, *rows) == [
        {"id": "a", "document": "d",
         "quantities": [{"measure": "m", "value": "1"}, {"measure": "m", "value": "3"}]},
        {"id": "b", "document": "d", "notes": "x", "measure": "m", "value": "2"},
        {"document": "d", "measure": "m", "value": "4"},
        {"document": "d", "measure": "m", "value": "5"},
    ]  # fmt: skip
    assert [line.number for line in read(NAMES[1:], *(row[1:] for row in rows))] == [*range(2, 8)]


WORDED = ["id", "document", "measure", "raw_text"]


@pytest.mark.parametrize("grouped", [True, False])
@pytest.mark.parametrize(
    ("more", "cell", "figure"),
    [
        ({}, NumberCell("7.5"), {"raw_text": "7.5", "value": "7.5", "hedge": "none"}),
        ({}, "7.5", {"raw_text": "7.5"}),
        ({}, NumberCell("7500"), {"raw_text": "7500"}),
        ({"hedge": "at_least"}, NumberCell("7.5"),
         {"raw_text": "7.5", "value": "7.5", "hedge": "at_least"}),
        ({"lower": "7"}, NumberCell("7.5"), {"raw_text": "7.5", "lower": "7"}),
        ({"value": "8"}, NumberCell("7.5"), {"raw_text": "7.5", "value": "8"}),
        ({"date": "2024"}, NumberCell("7.5"), {"raw_text": "7.5", "date": "2024"}),
    ],
)  # fmt: skip
def test_a_number_taken_as_wording_has_its_value_beside_it_and_a_text_has_not(
    grouped: bool, more: dict[str, str], cell: str, figure: dict[str, str]
) -> None:
    """Its point is one in every language; what a text's point is, the document's language says."""
    names, row = [*WORDED, *more], ["a", "d", "m", cell, *more.values()]
    if not grouped:
        names, row = names[1:], row[1:]
    (claim,) = said(names, row)
    assert claim == {
        **({"id": "a"} if grouped else {}), "document": "d", "measure": "m", **figure,
    }  # fmt: skip


def test_a_number_is_one_only_where_a_version_is_counted() -> None:
    names = [*NAMES, "version", "status", "reason"]
    (claim,) = said(names, ["007", "12", "34", "5", "6", "2", "withdrawn", "8"])
    assert claim == {
        "id": "007", "document": "12", "measure": "34", "value": "5", "notes": "6", "version": 2,
        "status": "withdrawn", "reason": "8",
    }  # fmt: skip


def test_what_is_inside_something_else_has_columns_named_by_both() -> None:
    names = [*NAMES, "quote.exact", "quote.start", "quote.end", "dim.mm", "attr.page", "tags"]
    (claim,) = said(names, ["a", "d", "m", "1", "", "one", "5", "8", "152", '"7"', "x;y"])
    assert claim == {
        "id": "a", "document": "d", "measure": "m", "value": "1", "tags": ["x", "y"],
        "quote": {"exact": "one", "start": 5, "end": 8},
        "dimensions": {"mm": 152}, "attributes": {"page": "7"},
    }  # fmt: skip


def test_a_claim_has_as_many_figures_as_it_may_and_no_more() -> None:
    rows = [["a", "d", "m", str(n), ""] for n in range(MAX_FIGURES)]
    (claim,) = said(NAMES, *rows)
    assert len(claim["quantities"]) == MAX_FIGURES
    one_more = [*rows, ["a", "d", "m", "x", ""]]
    assert faults(NAMES, *one_more) == [("too_many", "/id", None)]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        # A field that only one of them has is no field of both.
        ((["a", "d", "m", "1", "x"], ["a", "d", "m", "2", ""]),
         [("rows_disagree", "/notes", 2), ("rows_disagree", "/notes", 3)]),
        ((["a", "d", "m", "1", ""], ["a", "d", "m", "2", "x"]),
         [("rows_disagree", "/notes", 2), ("rows_disagree", "/notes", 3)]),
        ((["a", "d", "m", "1", ""], ["a", "e", "m", "2", ""]),
         [("rows_disagree", "/document", 2), ("rows_disagree", "/document", 3)]),
        # Each is a figure of the claim.
        ((["a", "d", "m", "1", ""], ["a", "d", "", "", ""]), [("missing", "/measure", 3)]),
        ((["a", "d", "", "", ""], ["a", "d", "m", "1", ""]), [("missing", "/measure", 2)]),
        # It has as many cells as there are columns.
        ((["a", "d", "m", "1", ""], ["a", "d", "m", "2"]), [("cells", "", 3)]),
        ((["a", "d", "m", "1", "", "more"],), [("cells", "", 2)]),
    ],
)  # fmt: skip
def test_rows_that_make_no_claim_are_told_by_their_lines(
    rows: Rows, told: list[tuple[str | None, str | None, int | None]]
) -> None:
    assert faults(NAMES, *rows) == told


@pytest.mark.parametrize("width", [1, 3, 4])
def test_a_row_that_ends_before_its_id_is_told_by_its_line(width: int) -> None:
    names = [*NAMES[1:], "id"]
    assert faults(names, ["d", "m", "1", "", "a"], ["d"] * width) == [("cells", "", 3)]


CHAIN = json.dumps([
    {"source": "d", "position": 0, "role": "document"},
    {"source": "r", "position": 1, "role": "relayer"},
    {"source": "k", "position": 2, "role": "originator"},
])  # fmt: skip


def test_a_table_has_the_chain_or_its_relayers_or_both_where_they_agree() -> None:
    names = [*NAMES, "via", "attributions"]
    both = ["", "d", "m", "1", "", "r", CHAIN]
    (claim,) = said(names, both)
    assert claim["attributions"] == json.loads(CHAIN)
    assert "via" not in claim
    (flat,) = said(names, [*both[:6], ""])
    assert (flat["via"], "attributions" in flat) == (["r"], False)
    for other in ("k", "r;k", "d"):
        assert faults(names, [*both[:5], other, CHAIN]) == [("ambiguous", "/via", 2)]


@pytest.mark.parametrize(
    ("names", "told", "untold"),
    [
        ([], "`document` and `measure` are needed", "not known"),
        (["document"], "`measure` is needed", "are needed"),
        (["document", "measure", "ships"], "not known: “ships”", "needed"),
        (["document", "measure", "quantities"], "`quantities` is no column", "not known:"),
    ],
)
def test_columns_that_are_not_ours_are_named(names: list[str], told: str, untold: str) -> None:
    with pytest.raises(Malformed) as refused:
        read(names) if names else list(table_claims(iter([])))
    (fault,) = refused.value.faults
    assert told in fault.detail
    assert untold not in fault.detail.partition("the table has")[2].partition("; known:")[0]
    assert fault.line == 1
