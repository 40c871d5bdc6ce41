"""What a first mapping takes from a table's columns, by their names and what stands in them."""

import io
from datetime import date
from typing import Any

import pytest

from app.mapping.columns import facts_of
from app.mapping.reading import read_table
from app.mapping.schema import read_mapping
from app.mapping.suggest import Suggestion, suggested
from tests.mapping.test_mapped_rows import mapper_of
from tests.mapping.test_workbooks import of_sheets


def first(table: str | bytes, **answers: str) -> Suggestion:
    raw = table if isinstance(table, bytes) else table.encode()
    return suggested(io.BytesIO(raw), "Log", answers=answers)


def seems(table: str | bytes) -> list[str]:
    return [one.seems for one in first(table).columns]


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        ("a,b\n", ["empty", "empty"]),
        ("Day,N\n2024-01-01,5\n2024-01-02\n", ["date", "figure"]),
        ("Day,Link\n2024-01-01,https://a.example\n2024-01-02,http://b.example\n", ["date", "link"]),
        ("No,N\n1,5\n2,5\n", ["id", "figure"]), ("No,N\n1,5\n1,5\n", ["figure", "figure"]),
        ("Year,Month\n2024,1\n2024,12\n", ["year", "month"]),
        ("Year,Month\n24,1\n25,13\n", ["figure", "figure"]),
        ("low,high\n5,6\n", ["low", "high"]), ("best,high\n5,6\n", ["figure", "figure"]),
        ("low,lower,high\n5,5,6\n", ["figure"] * 3), ("best\n5\n", ["figure"]),
        ("how\nabout\n" + "x" * 41 + "\n", ["text"]), ("N\n5\nfive or so\nten\n", ["text"]),
        (of_sheets(A=[["a"], [date(2024, 1, 1)], [date(2024, 1, 2)]]), ["date"]),
        (of_sheets(A=[["a"], [date(2024, 1, 1)], ["never"], ["x"]]), ["text"]),
    ],
)  # fmt: skip
def test_a_column_is_taken_for_what_its_name_and_cells_say(
    table: str | bytes, wanted: list[str]
) -> None:
    assert seems(table) == wanted


@pytest.mark.parametrize(
    ("table", "id"),
    [
        ("Day,N\n2024-01-01,5\n2024-01-02,5\n", "log.{{Day}}"),
        ("Day,Source,N\n2024-01-01,A,5\n2024-01-01,B,5\n", "log.{{Day}}.{{Source}}"),
        ("Day,Source,Via,N\n2024-01-01,A,p,5\n2024-01-01,A,q,5\n",
         "log.{{Day}}.{{Source}}.{{Via}}"),
        ("Day,N\n2024-01-01,5\n2024-01-01,6\n", None),
        ("Day,Source,N\n2024-01-01,A,5\n2024-01-01,A,5\n", None),
    ],
)  # fmt: skip
def test_an_id_is_of_the_columns_that_tell_rows_apart(table: str, id: str | None) -> None:
    text = first(table).text
    assert (f'id = "{id}"' if id else "# id: no columns tell all rows apart") in text


@pytest.mark.parametrize(
    ("head", "scale", "wanted"),
    [
        ("Day,A,B,C,D", None, ["1", "2", "3", "4"]),
        ("Day,A (mn),B (mn),C mn,D mn", "million", ["1000000", "2000000", "3000000", "4000000"]),
        ("Day,A (mn),B (bn),C,D", {"A (mn)": "million", "B (bn)": "billion", "C": 0, "D": 0},
         ["1000000", "2000000000", "3", "4"]),
    ],
)  # fmt: skip
def test_each_of_many_columns_is_scaled_as_its_own_name_says(
    head: str, scale: Any, wanted: list[str]
) -> None:
    table = f"{head}\n2024-01-01,1,2,3,4\n"
    text = first(table, unit="t").text
    [figure] = read_mapping(text.encode()).figure
    told = figure.scale
    assert (told["words"] if isinstance(told, dict) else told) == scale
    mapper = mapper_of(text)
    lines = mapper.lines(read_table(io.BytesIO(table.encode()), mapper.mapping.file))
    assert [
        one.content["value"] for one in lines if one.content and "value" in one.content
    ] == wanted


@pytest.mark.parametrize(
    ("head", "cells", "units", "statistics"),
    [
        ("Killed,Lost tonnes,Damage (EUR m),Share", "1,2,3,50%", "{person} t EUR 1", "- - - share"),
        (
            "Killed,Dead,Injured,Missing",
            "1,2,3,4",
            "{person} {person} {person} {person}",
            "- - - -",
        ),
        ("A,B,C,D", "1%,2%,3%,4%", "1 1 1 1", "share share share share"),
        ("Killed,Ships,Lost tonnes,Dead", "1,2,3,4", "{person} {ship} t {person}", "- - - -"),
    ],
)
def test_each_of_many_columns_has_the_unit_that_its_own_name_says(
    head: str, cells: str, units: str, statistics: str
) -> None:
    table = f"Day,{head}\n2024-01-01,{cells}\n"
    mapper = mapper_of(first(table, unit="{ship}").text)
    lines = mapper.lines(read_table(io.BytesIO(table.encode()), mapper.mapping.file))
    made = [one.content for one in lines if one.content and one.content["type"] == "measure"]
    assert [one["unit"] for one in made] == units.split()
    assert [one.get("statistic", "-") for one in made] == statistics.split()


def test_an_answer_about_the_unit_is_of_columns_whose_name_says_none() -> None:
    text = first("Day,Ships,Killed\n2024-01-01,5,6\n", unit="{ship}").text
    assert 'name = "Ships", unit = "{ship}"}' in text
    assert 'name = "Killed", unit = "{person}"}' in text


def test_ends_in_percent_are_parts_of_one() -> None:
    text = first("Day,low,high\n2024-01-01,5%,6%\n2024-01-02,6%,7%\n").text
    assert 'scale = "percent"\nmeasure = {id = "log", name = "Log", unit = "1", stat' in text


def test_bounds_beside_another_figure_are_a_claim_of_their_own() -> None:
    text = first("Day,low,high,Total\n2024-01-01,5,6,9\n2024-01-02,6,7,9\n").text
    assert 'lower = "{{low}}"\nupper = "{{high}}"\nclaim.id = "log.{{Day}}"\n' in text
    assert 'value = "{{Total}}"\nclaim.id = "log.{{Day}}.total"\n' in text
    assert "claim.id" not in first("Day,low,high\n2024-01-01,5,6\n2024-01-02,6,7\n").text


def test_what_is_answered_is_written_and_asked_no_more() -> None:
    old = "Ort,Zahl\nKöln,5\nBonn,6\n".encode("cp1252")
    answers = {"encoding": "windows-1252", "claimant": "The Office", "period": "2024",
               "unit": "t", "document": "Orte"}  # fmt: skip
    found = first(old, **answers)
    assert found.open == []
    mapping = read_mapping(found.text.encode())
    assert mapping.file.encoding == "windows-1252"
    assert 'claimant = {id = "the-office", name = "The Office", kind = "other"}' in found.text
    assert 'period = "2024"\n' in found.text
    assert [one.key for one in first(old).open] == ["encoding", "period", "claimant", "unit"]


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        (["12.5,x", "Day,N", "2024-01-01,5", "2024-01-02,5"], "header = 2"),
        (["A title", "Day,N", "2024-01-01,5", "2024-01-02,5"], "header = 2"),
        (["Region,Sum,", ",2022,2023", "N,1,2", "S,3,4"], "header = [1, 2]"),
        (["Day,N", "2024-01-01,5", "2024-01-02,5"], None),
    ],
)  # fmt: skip
def test_the_header_is_the_row_of_names(rows: list[str], header: str | None) -> None:
    text = first("\n".join(rows)).text
    assert (f"\n{header}\n" in text) if header else ("header" not in text)


def test_rows_of_another_width_say_nothing_of_the_columns() -> None:
    facts = facts_of(["a"], [(2, ["5"]), (3, ["x", "y"])])
    assert [(one.seems, one.cells) for one in facts.columns] == [("figure", ["5"])]
