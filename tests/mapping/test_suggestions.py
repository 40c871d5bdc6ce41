"""A first mapping guesses nothing: what two readings fit is left open, and told with its line."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.errors import Invalid, Malformed
from app.mapping.plans import CompiledMapping
from app.mapping.reading import read_table
from app.mapping.schema import read_mapping
from app.mapping.suggest import suggested
from app.rules.figures import read_figure
from app.rules.tokenizer import Unreadable
from app.store.import_.readers import read_csv
from tests.commands import sayso
from tests.conftest import Serve
from tests.mapping.test_mapped_rows import mapper_of
from tests.mapping.test_workbooks import of_sheets
from tests.mapping.twelve import TOWNS, text

UNSURE = ("D;N", "1.3.2024;1.234", "2.3.2024;2.500")
WORDED = ("Datum;Tote;Verletzte", "13.3.2024;ca. 2.000;k.A.", "14.3.2024;mehr als 40;12",
          "15.3.2024;1.200;rund 50")  # fmt: skip


def first(*lines: str) -> str:
    return suggested(io.BytesIO(text(*lines)), "Log").text


def test_what_two_readings_fit_is_written_as_a_comment_with_both() -> None:
    found = first(*UNSURE)
    assert '# decimal = "."  # 1.234 is 1.234\n# decimal = ","  # 1.234 is 1234\n' in found
    assert '# dates = ["%d.%m.%Y"]  # 1.3.2024 is 1 March 2024\n' in found
    assert '# dates = ["%m.%d.%Y"]  # 1.3.2024 is 3 January 2024\n' in found
    options = read_mapping(found.replace("{{?}}", "t").encode()).file
    assert (options.decimal, options.dates) == (None, [])
    towns = text(*TOWNS, encoding="cp1252")
    assert '\n# encoding = "windows-1252"  # a guess' in suggested(io.BytesIO(towns)).text


def test_an_answer_settles_what_two_readings_fit() -> None:
    answers = {"decimal": ",", "dates": "%d.%m.%Y", "unit": "t"}
    found = suggested(io.BytesIO(text(*UNSURE)), "Log", answers=answers).text
    options = read_mapping(found.encode()).file
    assert (options.decimal, options.dates) == (",", ["%d.%m.%Y"])


def test_what_is_left_open_is_refused_with_its_line_and_its_choices() -> None:
    found = first(*UNSURE)
    with pytest.raises(Invalid) as problem:
        read_mapping(found.encode())
    (fault,) = problem.value.faults
    assert (
        fault.line == found.split("\n").index(found[found.index("measure =") :].split("\n")[0]) + 1
    )
    assert "{person}, t, EUR" in fault.detail
    assert f"line {fault.line}: fill in" in problem.value.detail
    assert read_mapping(b'# value = "{{?}}"\n').figure == []
    as_json = b'{"claim": {"document": "d"}, "figure": [{"value": "{{?}}", "measure": "m"}]}'
    with pytest.raises(Invalid) as problem:
        CompiledMapping(read_mapping(as_json))
    assert [one.pointer for one in problem.value.faults] == ["/figure/0/value"]


def test_worded_figures_are_raw_text_in_their_language_and_in_no_id() -> None:
    found = first(*WORDED)
    assert 'language = "de"' in found
    assert 'raw_text = "{{Tote}}"' in found
    assert 'raw_text = "{{Verletzte}}"' in found
    assert 'id = "log.{{Datum}}"\n' in found
    two_ways = first("Day,Killed", "2024-03-13,ca. 2.000", "2024-03-14,1.200")
    assert 'language = "{{?}}"  # of the worded figures: en or de\n' in two_ways
    mixed = first("Day,What,Number", "2024-03-13,a,5 oder so", "2024-03-13,b,40 Leute etwa",
                  "2024-03-13,a,about 7")  # fmt: skip
    assert "log.{{Day}}.{{What}}.{{Number}}" not in mixed


def test_figures_below_a_percent_sign_are_of_a_hundred_where_one_of_them_is_beyond_one() -> None:
    found = first("Year;Share (%)", "2020;0,5", "2021;12,5")
    assert 'value = "{{Share (%)}}"\nscale = "percent"\n' in found
    across = first("R;A %;B %;C %;D %", "x;10;20;30;40", "y;11;21;31;41")
    assert 'value = "{{@cell}}"\nscale = "percent"\n' in across


def test_whether_parts_of_one_below_a_percent_sign_are_of_a_hundred_is_asked() -> None:
    parts = text("Year;Share (%)", "2020;0.5", "2021;0.25")
    found = suggested(io.BytesIO(parts), "Log")
    assert 'scale = "{{?}}"' in found.text
    (asked,) = [one for one in found.open if one.key.startswith("scale ")]
    assert asked.choices == ("percent", "none")
    assert "is 0.5 in it of a hundred (percent), or a part of 1 (none)?" in asked.asked
    one, other = (suggested(io.BytesIO(parts), "Log", answers={asked.key: choice}).text
                  for choice in asked.choices)  # fmt: skip
    assert 'scale = "percent"' in one
    assert "scale" not in other


def test_numbers_below_a_percent_sign_are_asked_about_for_a_workbook_holds_parts_of_one() -> None:
    records = b'[{"Year": 2020, "Growth %": 1.25}, {"Year": 2021, "Growth %": 0.5}]'
    assert 'scale = "{{?}}"' in suggested(io.BytesIO(records), "Log").text


def test_texts_with_a_percent_sign_among_numbers_of_a_workbook_are_asked_about() -> None:
    book = of_sheets(Table=[["Year", "Paid"], ["2020", "12.5%"], ["2021", 0.125]])
    found = suggested(io.BytesIO(book), "Log")
    assert [one.key for one in found.open] == ["claimant", "scale Paid"]
    assert "is 0.125 in it of a hundred (percent), or a part of 1" in found.open[1].asked
    assert 'scale = "percent"' in first("Year;Paid", "2020;12.5%", "2021;3")


def test_words_below_a_percent_sign_are_percentages() -> None:
    found = first("Year;Share (%)", "2020;about 12", "2021;more than 20", "2022;30")
    assert 'raw_text = "{{Share (%)}}"' in found
    assert 'unit = "%"' in found
    assert 'unit = "1"' in first("Year;Share (%)", "2020;about 12 %", "2021;more than 20 %")


@pytest.mark.parametrize(
    ("name", "scale"),
    [
        ("Exports (EUR m)", "million"), ("Export (Tsd. t)", "thousand"), ("US$ '000", "thousand"),
        ("Exports (1000 t)", "thousand"), ("Imports (in 1.000 €)", "thousand"), 
        ("TEUR", "thousand"),
        ("Ships (000s)", "thousand"), ("in 1 000 000 USD", "million"), ("k€", "thousand"),
        ("Deaths per thousand", None), ("Fälle je Million", None), ("Births (per 1000)", None),
        ("Cost/million", None), ("Top 1000 firms", None), ("Steps (12 000)", None),
        ("Aid (EUR m) per thousand", "million"), ("Cases per 1 million", None),
    ],
)  # fmt: skip
def test_a_scale_in_the_name_of_a_column_is_read(name: str, scale: str | None) -> None:
    found = first(f"Year;{name}", "2020;12", "2021;13")
    assert (f'scale = "{scale}"' in found) if scale else ("scale" not in found)


@pytest.mark.parametrize(
    ("name", "unit", "label"),
    [
        ("Damage (USD m)", "10*6.USD", "million USD"),
        ("Lost (1000 tonnes)", "10*3.t", "thousand t"),
        ("People (mn)", "10*6.{person}", "million person"), ("Killed", "{person}", None),
        ("Share (%)", "%", None), ("Dead per thousand", "{person}", None),
    ],
)  # fmt: skip
def test_words_below_a_scale_are_in_a_unit_of_so_many(
    name: str, unit: str, label: str | None
) -> None:
    rows = text(f"Day;{name}", "2024-01-01;about 5", "2024-01-02;more than 12")
    found = suggested(io.BytesIO(rows), "Log").text
    told = f', unit_label = "{label}"}}' if label else "}"
    assert f'unit = "{unit}"{told}\n' in found
    assert "scale" not in found


@pytest.mark.parametrize(
    ("head", "first_row", "second", "period", "read"),
    [
        ("Year;Quarter", "2024;1", "2024;2", "{{Year}}-Q{{Quarter}}", ["2024-33", "2024-34"]),
        ("Jahr;Quartal", "2024;Q1", "2024;Q4", "{{Jahr}}-{{Quartal}}", ["2024-33", "2024-36"]),
        ("Year;Month", "2024;January", "2024;Feb", "{{Month}}, {{Year}}", ["2024-01", "2024-02"]),
        ("Year;Month", "2024;1", "2024;12", "{{Year}}-{{Month}}", ["2024-01", "2024-12"]),
        ("Year;Month", "2024;dry", "2024;wet", "{{Year}}", ["2024", "2024"]),
        ("Year;Q", "2024;1", "2024;5", "{{Year}}", ["2024", "2024"] * 2),
        ("Quarter;Month", "1;January", "2;April", None, []),
    ],
)
def test_a_month_or_quarter_beside_its_year_is_the_time_of_the_figures(
    head: str, first_row: str, second: str, period: str | None, read: list[str]
) -> None:
    rows = text(f"{head};Ships", f"{first_row};5", f"{second};6")
    found = suggested(io.BytesIO(rows), "Log", answers={"unit": "{ship}"})
    assert (f'period = "{period}"\n' in found.text) == (period is not None)
    if period:
        mapper = mapper_of(found.text)
        table = read_table(io.BytesIO(rows), mapper.mapping.file)
        made = [one.content or {} for one in mapper.lines(table)]
        assert [one["period"] for one in made if one.get("type") == "claim"] == read


def test_a_form_is_asked_however_late_two_of_them_differ() -> None:
    days = ["1/1/2024"] * 300 + [f"{day}/1/2024" for day in range(2, 13)]
    found = suggested(io.BytesIO(text("Day;Ships", *(f"{day};5" for day in days))), "Log")
    assert "is 2/1/2024 2 January 2024 (%d/%m/%Y), or 1 February 2024" in found.questions[0]


def test_a_language_is_asked_however_late_two_of_them_differ() -> None:
    plain = [f"2024-01-01;ca. {n}" for n in range(5, 200)]
    found = suggested(io.BytesIO(text("Day;Dead", *plain, "2024-01-02;ca. 1.200")), "Log")
    assert "language" in [one.key for one in found.open]


@pytest.mark.parametrize(
    ("columns", "period"),
    [
        ("From;To", "{{From}}/{{To}}"), ("Bis;Von", "{{Von}}/{{Bis}}"),
        ("Start date;End date", "{{Start date}}/{{End date}}"), ("Reported;Day", "{{?}}"),
        ("To;Day", "{{?}}"),
    ],
)  # fmt: skip
def test_of_two_columns_of_dates_a_span_is_made_or_the_right_one_is_asked(
    columns: str, period: str
) -> None:
    rows = [f"{columns};Ships", "2024-01-02;2024-01-01;5", "2024-02-02;2024-02-01;6"]
    found = suggested(io.BytesIO(text(*rows)), "Log")
    assert f'period = "{period}"\n' in found.text
    asked = [one.choices for one in found.open if one.key == "period"]
    assert asked == ([tuple(columns.split(";"))] if "?" in period else [])
    answered = suggested(io.BytesIO(text(*rows)), "Log", answers={"period": "Day"}).text
    assert ('period = "{{Day}}"\n' in answered) == ("?" in period)


def test_years_of_two_digits_that_may_be_of_the_century_before_are_told() -> None:
    assert 'dates = ["%d/%m/%y"]  # takes some for 2045: is it so?\n' in first(
        "Day;Ships", "14/09/45;12", "15/09/12;13"
    )
    assert 'dates = ["%d/%m/%y"]\n' in first("Day;Ships", "14/09/99;12", "15/09/98;13")


def test_years_of_two_halves_are_taken_for_no_months() -> None:
    found = suggested(io.BytesIO(text("Year;Ships", "2004/05;12", "2005/06;13")), "Log")
    assert '"%Y/%m"' not in found.text
    assert "period" in [one.key for one in found.open]
    assert '"%Y/%m"' in first("Month;Ships", "2004/05;12", "2004/06;13")
    for years in (("2021-22", "2022-23"), ("2008-09", "2009-10")):
        found = suggested(io.BytesIO(text("Year;Ships", *(f"{one};12" for one in years))), "Log")
        assert "period" in [one.key for one in found.open]
    assert 'period = "{{Month}}"' in first("Month;Ships", "2008-09;12", "2008-10;13")


@pytest.mark.parametrize(
    ("days", "forms"),
    [
        ((date(2024, 3, 1), date(2024, 4, 1)), ["%Y-%m-%d", "%Y-%m"]),
        ((date(2024, 1, 1), date(2025, 1, 1)), ["%Y-%m-%d", "%Y-%m", "%Y"]),
        ((date(2024, 3, 1), date(2024, 4, 2)), []),
        ((date(2024, 3, 1), date(2024, 3, 1)), []),
    ],
)
def test_first_days_of_a_workbook_may_be_months_or_years_which_is_asked(
    days: tuple[date, ...], forms: list[str]
) -> None:
    book = openpyxl.Workbook()
    book["Sheet"].append(["Date", "Ships"])
    for n, day in enumerate(days):
        book["Sheet"].append([day, n])
    saved = io.BytesIO()
    book.save(saved)
    found = suggested(saved, "Log")
    asked = [one.choices for one in found.open if one.key == "dates"]
    assert asked == ([tuple(forms)] if forms else [])
    if forms:
        answered = suggested(saved, "Log", answers={"dates": "%Y-%m"}).text
        assert 'dates = ["%Y-%m"]' in answered


def test_a_hedge_that_is_not_known_is_left_open() -> None:
    found = first("when,n,how", *(f"2020-0{n},{n},{how}" for n, how in enumerate(
        ("about", "zirka", "roughly", "more than", "nearly"), 1)))  # fmt: skip
    assert 'zirka = "{{?}}"' in found
    assert "none" not in found[found.index("hedge =") : found.index("measure =")]


def test_a_foreign_table_is_told_first_what_to_do() -> None:
    with pytest.raises(Malformed) as problem:
        list(read_csv(io.BytesIO(text(",".join(f"c{n}" for n in range(50)), "1" + "," * 49))))
    told = problem.value.faults[0].detail
    assert told.index("--suggest") < told.index("docs/files.md") < told.index("“c0”")
    assert "`document` and `measure` are needed" in told


def test_the_command_refuses_an_open_mapping_and_then_reads_as_it_is_filled_in(
    serve: Serve, tmp_path: Path
) -> None:
    client: Any = serve(seeded=False)
    url = client.server.settings.database_url
    table, mapping = tmp_path / "log.csv", tmp_path / "log.toml"
    table.write_bytes(text(*UNSURE))
    mapping.write_text(sayso(url, "import", table, "--suggest").stdout)
    left = sayso(url, "import", table, "--map", mapping)
    assert left.returncode == 1
    assert "fill in {{?}}: measure =" in left.stderr
    mapping.write_text(mapping.read_text().replace("{{?}}", "t"))
    two_ways = sayso(url, "import", table, "--map", mapping)
    assert two_ways.returncode == 1
    assert "this is 1234 if the mark groups thousands, and 1.234 if" in two_ways.stderr
    mapping.write_text(mapping.read_text().replace('# decimal = ","', 'decimal = ","'))
    two_ways = sayso(url, "import", table, "--map", mapping)
    assert two_ways.returncode == 1
    assert "this is 1 March 2024 by %d.%m.%Y and 3 January 2024 by %m.%d.%Y" in two_ways.stderr
    mapping.write_text(mapping.read_text().replace("# dates = [", "dates = [", 1))
    done = sayso(url, "import", table, "--map", mapping)
    assert done.returncode == 0, done.stderr
    assert client.get("/v1/claims/log.2024-03-01").json()["quantities"][0]["value"] == "1234"


def test_a_dry_run_shows_a_worded_figure_beside_the_number_it_is_taken_for(serve: Serve) -> None:
    client = serve(seeded=False)
    mapping = first(*WORDED).replace("{{?}}", "{person}").encode()
    headers = {"content-type": "application/toml", "if-none-match": "*"}
    assert client.put("/v1/mappings/log", content=mapping, headers=headers).status_code == 201
    tried = client.post(
        "/v1/imports", params={"mapping": "log", "dry_run": "true", "preview": "9"},
        content=text(*WORDED), headers={"content-type": "text/csv"},
    )  # fmt: skip
    assert tried.status_code == 200, tried.text
    told = [one["words"].partition("“")[2] for one in tried.json()["preview"]]
    told = [f"“{one}" for one in told]
    for wanted in ("“ca. 2.000” → about 2,000", "“mehr als 40” → more than 40",
                   "“1.200” → 1,200", "“rund 50” → about 50"):  # fmt: skip
        assert any(one.endswith(wanted) for one in told), told


def test_digits_of_another_language_are_refused_with_who_decides() -> None:
    with pytest.raises(Unreadable, match=r"`language` of the document's source, as in \"de\""):
        read_figure("1.234,5")
