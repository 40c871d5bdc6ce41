"""Text and JSON as tables: encodings, headers, cells; what cannot be read says what to do."""

import codecs
import json
from tempfile import TemporaryFile
from typing import Any

import pytest

from app.errors import Invalid, Malformed
from app.mapping.cells import CalendarDate, NumberCell
from app.mapping.numerals import CellFault, figure, shift_of
from app.mapping.reading import as_own_columns, raw_rows, read_table
from app.mapping.schema import MAX_BYTES, FileOptions, read_mapping
from tests.mapping.test_two_readings import assert_dated, opened, refused

TABLE = "a,b\n1,2\n"
MONTHS = ["Jan", "Feb", "März", "April", "Mai", "Juni", "Juli", "Aug", "Sept", "Okt", "Nov", "Dez"]


@pytest.mark.parametrize(
    ("content", "options"),
    [
        (TABLE.encode("utf-16-le"), {}), (TABLE.encode("utf-16-be"), {}),
        (TABLE.encode("utf-16"), {"encoding": "windows-1252"}),
        (TABLE.encode("cp500"), {"encoding": "cp500"}),
        (b"1,2\n", {"header": 0, "columns": ["a", "b"]}),
        (b"x,y\n1,2\n", {"columns": ["a", "b"]}),
        (b"title\na,b\n1,2\n", {"header": 2}),
        (b"a,b\n1,2\nsum,2\n", {"skip_lines": [3]}),
        (b"a,b\n1,2\n3,4\n1,5\n", {"only": {"a": ["1"]}, "not": {"b": ["5"]}}),
        ("a,b\nTOTAL,2\n1,2\nGrand\u00a0 total,3\n".encode(),
         {"not": {"a": ["total", "Grand Total"]}}),
    ],
)  # fmt: skip
def test_a_table_is_read_as_it_is_written_or_declared(
    content: bytes, options: dict[str, Any]
) -> None:
    names, [(_, cells)] = opened(content, **options)
    assert (names, cells) == (["a", "b"], ["1", "2"])


def test_a_merged_cell_holds_on_downwards_where_the_mapping_says_so() -> None:
    _, rows = opened(b"r,n\nNorth,1\n,2\n\nSouth,3\n,4\n", fill=["r"])
    assert [cells for _, cells in rows] == [
        ["North", "1"], ["North", "2"], ["South", "3"], ["South", "4"],
    ]  # fmt: skip


@pytest.mark.parametrize("broken", [b"South,3,4\n", b"South\n"])
@pytest.mark.parametrize("skipped", [[], [3]])
def test_what_holds_on_from_a_row_that_is_not_read_is_not_that_of_the_row_above(
    broken: bytes, skipped: list[int]
) -> None:
    table = b"r,n\nNorth,1\n%b,5\n,6\nEast,7\n,8\n" % broken
    _, rows = opened(table, fill=["r"], skip_lines=skipped)
    read = [cells for number, cells in rows if number > 3]
    assert read == [[], [], ["East", "7"], ["East", "8"]]
    blank = opened(b"r,n\nNorth,1\n,2\n,3\n", fill=["r"], skip_lines=[3])[1]
    assert blank == [(2, ["North", "1"]), (4, ["North", "3"])]


@pytest.mark.parametrize(
    ("content", "options", "told"),
    [
        (b"a,b\n1,2\n", {"encoding": "klingon"}, "try utf-8 or windows-1252"),
        (b"a,b\n1,2\n", {"encoding": "rot13"}, "try utf-8 or windows-1252"),
        (TABLE.encode("utf-16-be"), {"encoding": "utf-16"}, "say its encoding: file.encoding"),
        (b"a,b\n\xff\xff,2\n", {"encoding": "shift_jis"}, "is not in SHIFT_JIS. Save it as UTF-8"),
        (codecs.BOM_UTF8 + b"a\nK\xf6ln\n", {}, "Line 2: the file is not in UTF-8; it may be wind"),
        (b"a,b\n1\x00,2\n", {}, "Line 2: this is no text: it has zero bytes"),
        (b"\n \n", {}, "there is no row that names the columns"),
        (b"a,b\n1,2\n", {"fill": ["q"]}, "[file] names “q”, and the table has the columns “a”"),
        (b"a,b\n1,2\n", {"only": {"q": ["1"]}}, "[file] names “q”"),
        (b'[{"a":1}]', {"not": {"q": ["1"]}}, "[file] names “q”"),
        (b"sep=a\nb\n", {}, "“sep=” says it"),
        (b'[{"a":1}]', {"at": "x"}, "the file is an array itself"),
        (b'{"a":[{"b":1}],"c":[{"d":1}]}', {}, "more than one list"),
        (b'{"a":[{"b":1}],"c":[{"d":1}]}', {"at": "e"}, "file.at is one of “a”, “c”"),
        (b'[{"a":1},2]', {}, "an item of the list is no object"),
        (b'[{"a":1} {"a":2}]', {}, "item 1: trailing characters, at line 1 column 9."),
        (b'{"a":1}\n{"a":"' + b"x" * 2_000_000 + b'"}\n', {}, "Line 2: a line is longer than"),
        (json.dumps([{f"{n}.{m}": 1 for m in range(100)} for n in range(164)]).encode(), {},
         "the objects have more than 16384 keys"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why_and_what_to_do(
    content: bytes, options: dict[str, Any], told: str
) -> None:
    assert told in refused(content, **options)


@pytest.mark.parametrize(
    ("content", "options", "names", "cells"),
    [
        (b'{"a":true,"b":false,"c":null,"d":[1,"x",null]}', {}, "abcd",
         ["true", "false", "", "1; x; "]),
        (b'[{"a":[[1],{"b":2.50}]}]', {}, "a", ['[[1],{"b":2.50}]']),
        (b'{"a":[1,2],"b":[]}', {}, "ab", ["1; 2", ""]),
        (b'{"a":[{"b":1}],"c":[{"d":1}]}', {"at": "c"}, "d", ["1"]),
        (codecs.BOM_UTF8 + b'[{"a":1}]', {}, "a", ["1"]),
        (codecs.BOM_UTF8 + b'{"a":1}', {}, "a", ["1"]),
    ],
)  # fmt: skip
def test_an_object_is_a_row(
    content: bytes, options: dict[str, Any], names: str, cells: list[str]
) -> None:
    assert opened(content, **options) == (list(names), [(1, cells)])


@pytest.mark.parametrize("before", [b"", codecs.BOM_UTF8, b"\r\n\n"])
def test_an_object_a_line_is_a_row_each_with_the_number_of_its_line(before: bytes) -> None:
    names, rows = opened(before + b'{"a":1}\n\n{"b":"x"}\n')
    assert names == ["a", "b"]
    first = before.count(b"\n") + 1
    assert rows == [(first, ["1", ""]), (first + 2, ["", "x"])]


@pytest.mark.parametrize(("first", "size"), [(b"[", 500_000_001), (b"{", 50_000_001)])
def test_json_of_more_bytes_than_are_read_at_once_is_refused(first: bytes, size: int) -> None:
    with TemporaryFile() as file:
        file.write(first)
        file.truncate(size)
        with pytest.raises(Malformed, match=f"has at most {size - 1} bytes; send"):
            read_table(file, FileOptions())


def test_json_has_no_rows_above_its_header() -> None:
    with TemporaryFile() as file:
        file.write(b'[{"a":1}]')
        assert list(raw_rows(file, FileOptions())) == []


def test_a_table_with_our_own_columns_has_its_figures_and_dates_as_it_writes_them() -> None:
    content = "period;value;notes\n1. März 2024;4.310,5;4.310,5\nsoon;many;\n;;\n2. Mai 2024;7\n"
    options = FileOptions(decimal=",", dates=["%d. %B %Y"], months=MONTHS)
    with TemporaryFile() as file:
        file.write(content.encode())
        rows = list(as_own_columns(read_table(file, options), options))
    assert [cells for _, cells in rows] == [
        ["period", "value", "notes"], ["2024-03-01", "4310.5", "4.310,5"], ["soon", "many", ""],
        ["2. Mai 2024", "7"],
    ]  # fmt: skip
    plain = [(1, ["period", "value"]), (2, ["1. März 2024", "4.310,5"])]
    with TemporaryFile() as file:
        file.write("period;value\n1. März 2024;4.310,5\n;\n".encode())
        assert list(as_own_columns(read_table(file, FileOptions()), FileOptions())) == plain


@pytest.mark.parametrize(
    ("cell", "forms", "wanted"),
    [
        (CalendarDate("2024-03-01"), ("%d.%m.%Y",), "2024-03-01"), ("2024", (), "2024"),
        ("1.2.68", ("%d.%m.%y",), "2068-02-01"), ("1.2.69", ("%d.%m.%y",), "1969-02-01"),
        ("2024-060", ("%Y-%j",), "2024-02-29"), ("2023-366", ("%Y-%j",), None),
        ("1.2.2024 9:05", ("%d.%m.%Y %H:%M",), "2024-02-01T09:05:00"),
        ("2024-02-01 25:10", (), None), ("2024-02-01 23:61", (), None), ("13/2024", (), None),
        (NumberCell("59"), ("excel",), "1900-02-28"), (NumberCell("60"), ("excel",), None),
        (NumberCell("1e3"), ("excel",), None), (NumberCell("45292.5"), ("excel",), "2024-01-01"),
        ("5 Ju 2024", (), None), ("5 Jun. 2024", (), "2024-06-05"),
    ],
)  # fmt: skip
def test_the_form_of_a_date_says_what_its_parts_are(
    cell: str, forms: tuple[str, ...], wanted: str | None
) -> None:
    assert_dated(cell, forms, wanted)


@pytest.mark.parametrize(
    ("cell", "marks"),
    [("1 234", (None, ".")), ("+-3", (None, None)), ("--3", (None, None)), ("٣", (".", None)),
     (NumberCell("nan"), (".", None)), ("1.234,5", (".", None))],
)  # fmt: skip
def test_what_is_no_figure_with_these_marks_is_refused(cell: str, marks: tuple[Any, Any]) -> None:
    with pytest.raises(CellFault, match=r"this is no figure|A figure is a decimal number"):
        figure(cell, *marks)


def test_a_scale_is_a_word_or_a_number_of_places() -> None:
    assert [shift_of(one) for one in (3, " Billion", "percent")] == [3, 9, -2]
    for wrong in ("dozen", -31, True):
        with pytest.raises(CellFault, match="a scale is one of percent"):
            shift_of(wrong)


@pytest.mark.parametrize(
    ("options", "pointer", "told"),
    [
        ('dates = ["%d.%z"]', "/file/dates", "%z is none of %d"),
        ('dates = ["%d.%d"]', "/file/dates", "stands in its form once"),
        ('months = ["Jan"]', "/file/months", "name all twelve months"),
        ("header = 0", "/file", "say `columns`"),
        ('missing = {x = "gone"}', "/file/missing/x", "should be 'skip'"),
        ('delimiter = ";;"', "/file/delimiter", "at most 1 character"),
    ],
)  # fmt: skip
def test_options_of_a_file_that_cannot_be_meant_are_refused(
    options: str, pointer: str, told: str
) -> None:
    with pytest.raises(Invalid) as problem:
        read_mapping(f"[file]\n{options}\n".encode())
    assert [(one.pointer, told in one.detail) for one in problem.value.faults] == [(pointer, True)]


def test_a_mapping_is_bounded_and_utf_8_and_declares_what_is_sure() -> None:
    with pytest.raises(Malformed, match="at most 1000000 bytes"):
        read_mapping(b"#" * (MAX_BYTES + 1))
    with pytest.raises(Malformed, match="is UTF-8"):
        read_mapping(b"# \xff")
    sure = f"[file]\ndelimiter = ';'\nmonths = {json.dumps(MONTHS)}\ndates = ['excel', '%B']\n"
    assert read_mapping(sure.encode()).file.months == MONTHS
