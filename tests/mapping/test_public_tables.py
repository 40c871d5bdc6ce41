"""First mappings of tables as public datasets are: codes, coordinates, a column for each day."""

import io
from typing import Any

import pytest

from app.mapping.reading import read_table
from app.mapping.schema import read_mapping
from tests.mapping.test_first_mappings import first, seems
from tests.mapping.test_mapped_rows import mapper_of

GED = (
    "id,year,country_id,where_prec,latitude,date_start,date_end,deaths_a,deaths_b,deaths_civilians,"
    "deaths_unknown,best,high,low\n"
    "244657,2017,645,1,33.38,2017-07-31 00:00:00.000,2017-07-31 00:00:00.000,0,4,0,2,6,6,6\n"
    "412700,2021,645,1,35.02,2021-08-26 00:00:00.000,2021-08-28 00:00:00.000,"
    "13,141,0,0,154,160,13\n"
)


def made(table: str, **answers: str) -> list[dict[str, Any]]:
    """The claims that a table makes by its first mapping."""
    mapper = mapper_of(first(table, **answers).text)
    lines = list(mapper.lines(read_table(io.BytesIO(table.encode()), mapper.mapping.file)))
    assert not [one.faults for one in lines if one.faults]
    return [one.content for one in lines if one.content and one.content["type"] == "claim"]


@pytest.mark.parametrize(
    ("head", "cells", "wanted"),
    [
        ("fips", ("53061", "17031"), "text"), ("Country ISO3", ("4", "8"), "text"),
        ("conflict_new_id", ("259", "259"), "text"), ("Zip code", ("501", "544"), "text"),
        ("Congressional District", ("1", "2-9"), "text"), ("type", ("1", "3"), "text"),
        ("id", ("7", "7"), "text"), ("id", ("7", "8"), "id"),
        ("Lat", ("33.9", "41.1"), "beside"), ("where_prec", ("1", "2"), "beside"),
        ("longitude", ("1,5", "2,5"), "beside"), ("timestamp", ("1696886400", "1"), "beside"),
        ("Area Code (M49)", ("4", "8"), "text"), ("country", ("58", "130"), "text"),
        ("eventid", ("7", "7"), "text"), ("iday", ("0", "2"), "beside"),
        ("Start Month", ("6", "12"), "beside"), ("active_year", ("0", "1"), "beside"),
        ("Incident Year", ("2014", "2015"), "year"), ("iyear", ("1970", "1971"), "year"),
        ("TIME_PERIOD", ("2010", "2011"), "date"), ("Updated", ("2010", "2011"), "figure"),
        ("Shells per year", ("1800", "1900"), "figure"), ("Last month", ("1", "2"), "figure"),
        ("Ships per day", ("1", "2"), "figure"), ("This year", ("1900", "2000"), "figure"),
        ("Deaths per district", ("1", "2"), "figure"), ("Districts", ("1", "2"), "figure"),
        ("Cases by type", ("1", "2"), "figure"), ("Paid", ("1", "2"), "figure"),
        ("Precipitation", ("1", "2"), "figure"), ("Flat", ("1", "2"), "figure"),
        ("Prototype", ("1", "2"), "figure"), ("Number", ("1", "1"), "figure"),
    ],
)  # fmt: skip
def test_numbers_that_name_a_thing_or_a_place_are_no_figures(
    head: str, cells: tuple[str, str], wanted: str
) -> None:
    table = "\n".join((f"{head};N", *(f"{cell};5" for cell in cells), ""))
    assert seems(table) == [wanted, "figure"]


def test_what_names_narrows_a_figure_and_where_it_is_describes_it() -> None:
    text = first("fips,Lat,Cases\n53061,33.9,1\n17031,41.1,2\n").text
    assert '[[figure]]\nvalue = "{{Cases}}"\ndimensions = {fips = "{{fips}}"}' in text
    assert '\nattributes = {lat = "{{Lat}}"}\n' in text


def test_years_of_which_some_are_unknown_are_years() -> None:
    assert seems("Year,N\n1999,5\nUnknown,6\n") == ["year", "figure"]
    text = first("Year,N\n1999,5\nUnknown,6\n").text
    assert 'period = "{{Year}}"' in text
    assert 'missing = {Unknown = "unknown"}' in text


def test_a_column_for_each_day_is_a_figure_of_that_day() -> None:
    table = (
        "State,Country,Lat,1/22/20,1/23/20,2/13/20\n"
        ",Albania,41.1,0,2,5\nVictoria,Australia,-37,,0,4\n"
    )
    claims = made(table, unit="{case}", document="Cases")
    told = [(one["period"], one["value"]) for one in claims if "value" in one]
    assert told == [("2020-01-22", "0"), ("2020-01-23", "2"), ("2020-02-13", "5"),
                    ("2020-01-23", "0"), ("2020-02-13", "4")]  # fmt: skip
    assert {one["measure"] for one in claims} == {"cases"}
    months = made("Country,Jan 2024,Feb 2024\nChad,5,6\n", unit="{case}")
    assert [one["period"] for one in months] == ["2024-01", "2024-02"]


def test_days_in_the_names_of_columns_that_read_two_ways_are_asked_about() -> None:
    table = "Country,1/2/20,2/2/20\nChad,5,6\n"
    found = first(table, unit="t")
    assert [one.choices for one in found.open if one.key == "dates"] == [("%d/%m/%y", "%m/%d/%y")]
    assert '# dates = ["%m/%d/%y"]  # 1/2/20 is 2 January 2020' in found.text
    days = [one["period"] for one in made(table, unit="t", dates="%m/%d/%y")]
    assert days == ["2020-01-02", "2020-02-02"]


def test_names_that_are_not_all_dates_are_things_that_are_counted() -> None:
    text = first("Country,Jan 2024,Total\nChad,5,6\n", unit="t").text
    assert "columns_not" not in text
    assert 'value = "{{Total}}"' in text


@pytest.mark.parametrize("rest", [" 00:00:00", " 00:00:00.000", "T00:00:00", "T00:00:00Z"])
def test_moments_that_are_all_midnight_are_days(rest: str) -> None:
    claims = made(f"date,N\n2020-01-21{rest},1\n2020-02-13{rest},2\n", unit="t")
    assert [one["period"] for one in claims] == ["2020-01-21", "2020-02-13"]
    moment = first("date,N\n2020-01-21 00:00:00,1\n2020-02-13 14:30:00,2\n").text
    assert 'dates = ["%Y-%m-%d %H:%M:%S"]' in moment


def test_columns_of_one_name_are_told_apart() -> None:
    table = "Place,Share,Share,Share (2)\nA,5%,6%,7%\n"
    found = first(table, period="2024")
    assert read_mapping(found.text.encode()).file.columns == [
        "Place", "Share", "Share (2)", "Share (2) (2)",
    ]  # fmt: skip
    assert "which is which?" in found.text
    assert [one["value"] for one in made(table, period="2024")] == ["0.05", "0.06", "0.07"]


def test_an_id_is_of_no_column_that_is_empty_in_a_row() -> None:
    text = first("Day,Place,Desk,N\n2024-01-01,A,,1\n2024-01-02,A,x,2\n", unit="t").text
    assert 'id = "log.{{Day}}.{{Place}}"\n' in text
    assert "# id: no columns" in first("Place,N\nA,1\n,2\n", unit="t", period="2024").text


def test_figures_in_many_columns_beside_bounds_have_ids_of_their_own() -> None:
    claims = made(GED, unit="{person}", document="GED")
    assert len(claims) == 10
    assert len({one["id"] for one in claims}) == 10
    bounds = [one for one in claims if "lower" in one]
    assert [(one["id"], one["lower"], one["value"], one["upper"]) for one in bounds] == [
        ("ged.244657", "6", "6", "6"), ("ged.412700", "13", "154", "160"),
    ]  # fmt: skip
    assert {one["period"] for one in bounds} == {"2017-07-31/2017-07-31", "2021-08-26/2021-08-28"}
    assert bounds[1]["attributes"] == {"where_prec": "1", "latitude": "35.02"}
    assert bounds[1]["dimensions"] == {"country_id": "645"}


def test_a_table_of_figures_alone_is_read_too() -> None:
    claims = made("A,B,C,D\n1,2,3,4\n", unit="t", period="2024")
    assert [one["value"] for one in claims] == ["1", "2", "3", "4"]


BANK = (
    '"Data Source","World Development Indicators",\n\n"Last Updated Date","2024-06-28",\n\n'
    '"Country Name","Country Code","Indicator Name","1960","1961","1962",\n'
    '"Aruba","ABW","Population, total","54922","55578","56320",\n'
    '"Chad","TCD","Population, total","3002596","","3122500",\n'
)


def test_the_header_is_the_first_row_of_names_that_is_about_as_wide_as_the_table() -> None:
    claims = made(BANK, unit="{person}", document="Population")
    assert [(one["period"], one["value"]) for one in claims if "value" in one] == [
        ("1960", "54922"), ("1961", "55578"), ("1962", "56320"),
        ("1960", "3002596"), ("1962", "3122500"),
    ]  # fmt: skip
    assert claims[0]["dimensions"]["indicator_name"] == "Population, total"
    assert "header" not in first("A,B\n1,2\n").text


def test_a_row_of_hashtags_below_the_header_is_passed_over() -> None:
    table = "Place,Day,Affected\n#adm1+name,#date,#affected\nCoast,2024-03-01,1200\n"
    assert [(one["period"], one["value"]) for one in made(table, unit="{person}")] == [
        ("2024-03-01", "1200"),
    ]  # fmt: skip
    assert "skip_lines = [2]  # its hashtags (HXL)" in first(table).text
    assert "skip_lines" not in first("Place,N\nA,1\n#1,2\n").text


def test_a_year_of_the_start_and_one_of_the_end_are_a_span() -> None:
    table = "No,Start Year,Start Month,End Year,Total Deaths\n1,2001,6,2002,5\n2,2003,1,2003,6\n"
    claims = made(table)
    assert [one["period"] for one in claims] == ["2001/2002", "2003/2003"]
    assert claims[0]["attributes"] == {"start_month": "6"}


def test_an_id_that_would_be_too_long_is_shortened_and_stays_one_of_its_own() -> None:
    name = "Population who gained access to improved water between 1990 and 2015 of all"
    rows = (
        f"Least developed and developing regions of report {number},2015,19,24\n"
        for number in (1, 2)
    )
    claims = made(f"Entity,Year,{name} (rural),{name} (urban)\n{''.join(rows)}", unit="1")
    ids = [one["id"] for one in claims]
    assert len(set(ids)) == 4
    assert {len(one) for one in ids} == {128}
    assert len({one["measure"] for one in claims}) == 2


def test_a_table_with_tabs_may_have_commas_in_its_first_column() -> None:
    rows = "A,NR,AT\t100 \t120 \nA,NR,BE\t90 \t: \n"
    table = f"freq,unit,geo\\TIME_PERIOD\t2010 \t2011 \n{rows}"
    assert [(one["period"], one.get("value")) for one in made(table, unit="{person}")] == [
        ("2010", "100"), ("2011", "120"), ("2010", "90"), ("2011", None),
    ]  # fmt: skip
