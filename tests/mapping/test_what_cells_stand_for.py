"""What a cell stands for: a word for no figure, a month of a workbook, the point of a number."""

import io
from datetime import date
from typing import Any

import pytest

from app.mapping.cells import CalendarDate, NumberCell, Table
from app.mapping.reading import read_table
from tests.conftest import Serve
from tests.mapping.test_mapped_rows import CLAIM, FIGURE, claims, mapper_of, mapping
from tests.mapping.test_workbooks import of_sheets

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOT_THERE = 'file = {missing = {NA = "unknown", "-" = "withheld"}}'


def test_a_word_for_no_figure_is_a_word_where_none_is_expected() -> None:
    own = f'{FIGURE}dimensions = {{country = "{{{{c}}}}"}}'
    told = claims(mapping('id = "l.{{c}}", document = "log"', own, top=NOT_THERE), "x,1,NA")
    assert [(one["id"], one["dimensions"]) for one in told] == [("l.na", {"country": "NA"})]
    (none,) = claims(mapping(CLAIM, own, top=NOT_THERE), "x,NA,NA")
    assert (none["absence"], none["dimensions"]) == ("unknown", {"country": "NA"})
    (empty,) = claims(mapping(CLAIM, own, top=NOT_THERE), "x,1,")
    assert "dimensions" not in empty
    notes = 'document = "log", notes = "{{c}}", claimant = {name = "{{a}}"}'
    (bare,) = claims(mapping(notes, top=NOT_THERE), "-,1,NA")
    assert not bare.keys() & {"notes", "claimant"}


def test_a_listed_word_is_found_also_where_it_stands_for_no_figure_elsewhere() -> None:
    listed = f'{FIGURE}dimensions = {{sex = {{of = "{{{{c}}}}", words = {{"-" = "all"}}}}}}'
    (told,) = claims(mapping(CLAIM, listed, top=NOT_THERE), "x,1,-")
    assert told["dimensions"] == {"sex": "all"}
    (left,) = claims(mapping(CLAIM, listed, top=NOT_THERE), "x,1,NA")
    assert "dimensions" not in left
    why = f'{FIGURE}absence = {{of = "{{{{b}}}}", words = {{NA = "not_applicable"}}}}'
    assert claims(mapping(CLAIM, why, top=NOT_THERE), "x,NA,")[0]["absence"] == "not_applicable"


@pytest.mark.parametrize("cell", ["None", "null", "NULL"])
def test_what_programs_write_for_nothing_is_no_zero_unless_that_is_said(cell: str) -> None:
    worded = 'measure = "m"\nraw_text = "{{b}}"\n'
    [[(pointer, column, detail)]] = claims(mapping(CLAIM, worded), f"x,{cell},")
    assert (pointer, column) == ("/raw_text", "b")
    assert "may be 0, or what a program writes" in detail
    top = f'file = {{missing = {{{cell} = "unknown"}}}}'
    assert claims(mapping(CLAIM, worded, top=top), f"x,{cell},")[0]["absence"] == "unknown"
    said = worded.replace('"{{b}}"', f'{{of = "{{{{b}}}}", words = {{{cell} = "none"}}}}')
    assert claims(mapping(CLAIM, said), f"x,{cell},")[0]["raw_text"] == "none"
    assert claims(mapping(CLAIM, worded), "x,none,")[0]["raw_text"] == "none"


@pytest.mark.parametrize(
    ("period", "forms", "wanted"),
    [
        ("{{b}}/{{c}}", '["%Y-%m"]', "2024-03/2024-05"),
        ("../{{c}}", '["%m/%Y"]', "../2024-05"), ("{{b}}~", '["%Y-%m"]', "2024-03~"),
        ("{{b}}/{{c}}", '["%d.%m.%Y"]', "2024-03-01/2024-05-01"),
        ("{{b}}/{{c}}", '["%Y"]', "in the middle of a year"),
    ],
)  # fmt: skip
def test_a_month_of_a_workbook_is_whole_also_at_the_end_of_a_period(
    period: str, forms: str, wanted: str
) -> None:
    figure = 'measure = "m"\nvalue = "{{a}}"\n'
    claim = f'document = "log", period = "{period}"'
    mapper = mapper_of(mapping(claim, figure, top=f"file = {{dates = {forms}}}"))
    cells = [NumberCell("5"), CalendarDate("2024-03-01"), CalendarDate("2024-05-01")]
    *_, last = mapper.lines(Table(["a", "b", "c"], iter([(2, cells)])))
    told = last.content["period"] if last.content else last.faults[0].detail
    assert wanted in told


@pytest.mark.parametrize("header", [1, [1, 2]])
@pytest.mark.parametrize("columns", ['columns_not = ["a"]', 'columns = ["2024-03-01"]'])
def test_a_month_that_names_a_column_of_a_workbook_is_whole(columns: str, header: Any) -> None:
    rows: list[list[object]] = [["a", date(2024, 3, 1)], [None, None], ["x", 5]]
    told = f'file = {{dates = ["%Y-%m"], header = {header}}}\n'
    figure = f'measure = "m"\nvalue = "{{{{@cell}}}}"\n{columns}'
    mapper = mapper_of(
        told + mapping('id = "l.{{@column}}", document = "log", period = "{{@column}}"', figure)
    )
    table = read_table(io.BytesIO(of_sheets(only=rows)), mapper.mapping.file)
    *_, last = mapper.lines(table)
    assert last.content, last.faults
    assert (last.content["id"], last.content["period"]) == ("l.2024-03", "2024-03")


@pytest.mark.parametrize(
    ("file", "language", "cell", "wanted"),
    [
        ('decimal = ","', None, "1.234", "1234"), ('decimal = ","', None, '"1,234"', "1.234"),
        ('decimal = ","', None, "ca. 1.200", "a comma as decimal mark, and the language of its"),
        ('decimal = ","', "de", "ca. 1.200", None), ('decimal = ","', "de", "1.234", None),
        ('decimal = ","', "en", "1.25", "no figure with a comma as decimal mark"),
        ('decimal = "."', "de", "1.234", "1.234"), ('thousands = ","', "de", "1.234", "1.234"),
        ('decimal = "."', "de", "rund 1.200", "language of its document a comma: say its"),
        ('decimal = ","', "es", "unos 1.200", None), ('decimal = ","', None, "about 50", None),
        ('thousands = " "', None, "1.234", None), ("dates = []", None, "1.234", None),
    ],
)  # fmt: skip
def test_the_mark_that_a_file_declares_is_that_of_its_wordings_too(
    file: str, language: str | None, cell: str, wanted: str | None
) -> None:
    spoken = f'[[source]]\nid = "d"\nname = "D"\nlanguage = "{language}"' if language else ""
    source = spoken or '[[source]]\nid = "d"\nname = "D"'
    text = f"""[file]\n{file}\n{source}\n[claim]\ndocument = "d"
[[figure]]\nmeasure = {{id = "m", name = "M", unit = "t"}}\nraw_text = "{{{{b}}}}"\n"""
    (told,) = claims(text, f"x,{cell},")
    if isinstance(told, list):
        [(pointer, column, detail)] = told
        assert (pointer, column) == ("/raw_text", "b")
        assert wanted
        assert wanted in detail
    else:
        assert (told.get("value"), told.get("hedge")) == (wanted, wanted and "none")
        assert told["raw_text"] == cell.strip('"')


@pytest.mark.parametrize("named", [True, False])
def test_a_workbook_with_our_own_columns_is_read_as_the_same_csv_is(
    serve: Serve, named: bool
) -> None:
    client = serve(seeded=False)
    sent: list[dict[str, Any]] = [
        {"type": "source", "id": "d", "name": "D", "kind": "dataset", "language": "de"},
        {"type": "measure", "id": "m", "name": "M", "unit": "t"},
    ]
    client.post("/v1/imports", json=sent).raise_for_status()
    head = ["document", "measure", "period", "raw_text", "dim.calibre", "hedge"]
    rows: list[list[Any]] = [
        ["d", "m", date(2024, 3, 1), 1.234, 152.0, None], ["d", "m", "2023", 1234, "152", None],
        ["d", "m", "2022", "1.234", "x", None], ["d", "m", "2021", 12.5, "x", "approximate"],
    ]  # fmt: skip
    table = [head, *rows]
    if named:
        table = [["id" if not n else f"c{n}", *row] for n, row in enumerate(table)]
    done = client.post("/v1/imports", content=of_sheets(only=table), headers={"content-type": XLSX})
    assert (done.status_code, done.json().get("created")) == (201, 4), done.text
    found = client.get("/v1/quantities?sort=-period").json()["items"]
    assert [(one["period"], one["value"], one["hedge"]) for one in found] == [
        ("2024-03-01", "1.234", "none"), ("2023", "1234", "none"), ("2022", "1234", "none"),
        ("2021", "12.5", "approximate"),
    ]  # fmt: skip
    assert found[0]["dimensions"] == {"calibre": 152}
