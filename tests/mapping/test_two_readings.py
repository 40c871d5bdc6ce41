"""What reads two ways is refused with both named; what is too large is refused at once."""

import gzip
import io
import zipfile
from typing import Any

import pytest

from app.errors import Invalid, Malformed
from app.mapping.cells import NumberCell
from app.mapping.dates import DateForms, edtf_date
from app.mapping.encodings import unpacked
from app.mapping.numerals import CellFault, figure
from app.mapping.plans import CompiledMapping
from app.mapping.reading import read_table
from app.mapping.schema import FileOptions, read_mapping
from app.mapping.slugs import slug
from tests.mapping.twelve import workbook


def opened(content: bytes, **options: Any) -> tuple[list[str], list[tuple[int, list[str]]]]:
    with unpacked(io.BytesIO(content)) as whole:
        table = read_table(whole, FileOptions.model_validate(options))
        return table.columns, list(table.rows)


def refused(content: bytes, **options: Any) -> str:
    with pytest.raises(Malformed) as problem:
        opened(content, **options)
    return " ".join([problem.value.detail, *(one.detail for one in problem.value.faults)])


def assert_dated(cell: str, forms: tuple[str, ...], wanted: str | None) -> None:
    """A cell is this date, or none."""
    if wanted is None:
        with pytest.raises(CellFault, match="this is no date"):
            edtf_date(cell, DateForms(forms))
    else:
        assert edtf_date(cell, DateForms(forms)) == wanted


@pytest.mark.parametrize(
    ("cell", "marks", "wanted"),
    [
        ("1.234,5", (None, None), "1234.5"), ("1,234.5", (None, None), "1234.5"),
        ("0,5", (None, None), "0.5"), ("12.50", (None, None), "12.50"),
        ("0.125", (None, None), "0.125"),
        ("1.234", (",", None), "1234"), ("1.234", (".", None), "1.234"),
        ("1.234", (None, "."), "1234"),
        ("1 234 567", (None, None), "1234567"), ("−3,5", (None, None), "-3.5"),
        ("+41", (None, None), "41"), ("007", (None, None), "7"),
        (NumberCell("1.234"), (",", "."), "1.234"),
    ],
)  # fmt: skip
def test_a_figure_that_reads_one_way_is_read_digit_for_digit(
    cell: str, marks: tuple[Any, Any], wanted: str
) -> None:
    assert figure(cell, *marks) == wanted


@pytest.mark.parametrize("cell", ["1.234", "1,234", "-12.345", "999,999"])
def test_a_figure_that_reads_two_ways_is_refused_with_both(cell: str) -> None:
    with pytest.raises(
        CellFault, match=r"if the mark groups .* if it is the decimal .* file\.decimal"
    ):
        figure(cell, None, None)


def test_a_scale_moves_the_point_and_loses_no_digit() -> None:
    assert figure("1.25", ".", None, 9) == "1250000000"
    assert figure("41,5 %", ",", None, -2) == "0.415"
    with pytest.raises(CellFault, match="in percent"):
        figure("41 %", None, None)


@pytest.mark.parametrize(
    ("cell", "forms", "wanted"),
    [
        ("14/09/2023", (), "2023-09-14"), ("04/04/2024", (), "2024-04-04"),
        ("2024-03", (), "2024-03"),
        ("3/4/2024", ("%d/%m/%Y",), "2024-04-03"), ("3/4/2024", ("%m/%d/%Y",), "2024-03-04"),
        ("Mar 2024", (), "2024-03"), ("Q2 2024", (), "2024-34"),
        ("45292", ("excel",), "2024-01-01"),
        ("60", ("excel", "%Y"), None), ("31.4.2024", (), None), ("197X", (), "197X"),
    ],
)  # fmt: skip
def test_a_date_is_read_by_its_form_or_by_the_only_one_that_fits(
    cell: str, forms: tuple[str, ...], wanted: str | None
) -> None:
    if wanted is None:
        with pytest.raises(CellFault):
            edtf_date(cell, DateForms(forms))
    else:
        assert edtf_date(cell, DateForms(forms)) == wanted


def test_a_date_that_reads_two_ways_is_refused_with_both() -> None:
    with pytest.raises(CellFault, match=r"3 April 2024 by %d/%m/%Y and 4 March 2024 by %m/%d/%Y"):
        edtf_date("03/04/2024", DateForms())
    with pytest.raises(CellFault, match="day number"):
        edtf_date("45292", DateForms())
    for forms in ((), ("%d.%m.%Y",)):
        with pytest.raises(CellFault, match=r"summer 2021, as EDTF has it, or the year that begin"):
            edtf_date("2021-22", DateForms(forms))
    for old in ("14/09/45", "68-03-31", "30.1.50"):
        with pytest.raises(CellFault, match=r"of 19(45|68|50), or of 20(45|68|50): write its"):
            edtf_date(old, DateForms())
    assert edtf_date("14/09/69", DateForms()) == "1969-09-14"
    assert edtf_date("31/09/14", DateForms(("%y/%m/%d",))) == "2031-09-14"
    with pytest.raises(CellFault, match=r"number 2024\.1 may be January, or October: 2024\.10 is"):
        edtf_date(NumberCell("2024.1"), DateForms(("%Y.%m",)))


@pytest.mark.parametrize(
    ("cell", "forms", "wanted"),
    [
        ("2024111", (), None), ("2024111", ("%Y%m%d",), None), ("20241101", (), "2024-11-01"),
        ("1032024", ("%d%m%Y",), "2024-03-01"), ("2024045", ("%Y%j",), "2024-02-14"),
        ("202445", ("%Y%j",), None), ("1Mar2024", ("%d%b%Y",), "2024-03-01"),
        ("202403010930", ("%Y%m%d%H%M",), "2024-03-01T09:30:00"),
        ("20240301930", ("%Y%m%d%H%M",), None), ("2024-1-5", (), "2024-01-05"),
        (NumberCell("2024.2"), ("%Y.%m",), "2024-02"), ("2024.1", ("%Y.%m",), "2024-01"),
    ],
)  # fmt: skip
def test_parts_of_a_date_without_a_mark_between_have_all_their_digits(
    cell: str, forms: tuple[str, ...], wanted: str | None
) -> None:
    assert_dated(cell, forms, wanted)


def test_bytes_of_an_old_encoding_are_refused_with_what_they_may_be() -> None:
    content = "Ort,Zahl\nKöln,5\n".encode("cp1252")
    told = refused(content)
    assert "line 2" in told.lower()
    assert "windows-1252 (“Köln,5”) or windows-1251 (“Kцln,5”)" in told
    assert opened(content, encoding="windows-1252")[1] == [(2, ["Köln", "5"])]


def test_a_header_that_lacks_columns_is_one_error_that_names_all() -> None:
    mapping = read_mapping(
        b'claim = {document = "d"}\n[[figure]]\nvalue = "{{Shipss}}"\nmeasure = "{{What}}"\n'
    )
    with unpacked(io.BytesIO(b"Day,Ships\n1,2\n")) as whole:
        table = read_table(whole, mapping.file)
        with pytest.raises(Malformed) as problem:
            CompiledMapping(mapping).require(table)
    (fault,) = problem.value.faults
    assert "“Day”, “Ships”" in fault.detail
    assert "“Shipss”, “What”" in fault.detail
    assert "docs/files.md" in fault.detail


def test_every_fault_of_a_mapping_is_told_at_once() -> None:
    with pytest.raises(Invalid) as problem:
        CompiledMapping(
            read_mapping(
                b'[claim]\nid = "{{@line}}"\n[[figure]]\nscale = 3\nraw_text = "{{@cell}}"\n'
            )
        )
    assert {one.pointer for one in problem.value.faults} == {
        "/claim", "/claim/id", "/figure/0", "/figure/0/scale",
    }  # fmt: skip


def test_a_million_columns_deep_json_and_long_lines_are_refused() -> None:
    wide = ",".join(f"c{n}" for n in range(100_000))
    assert "16384 columns" in refused(f"{wide}\n".encode())
    assert "longer than 2000000" in refused(f"{wide},".encode() * 10)  # a million
    assert "Nested deeper" in refused(b'[{"a":' + b"[" * 40 + b"]" * 40 + b"}]")
    assert "no JSON" in refused(b'{"a":' * 5000 + b"1" + b"}" * 5000)
    assert "longer than" in refused(b"a,b\n" + b"x" * 2_100_000)


def test_a_gz_that_unpacks_to_far_more_than_a_table_is_refused() -> None:
    assert "unpacks to far more" in refused(gzip.compress(bytes(60_000_000), 9))
    assert "cut off" in refused(gzip.compress(b"a,b\n" * 100)[:-9])


def test_a_workbook_that_is_a_bomb_is_refused_and_harms_nobody() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(60_000_000))
    assert "far more than a table" in refused(out.getvalue())
    # A sheet of two cells that says it is 17 thousand million cells large.
    small = workbook([["a"], ["b"]])
    sheet = zipfile.ZipFile(io.BytesIO(small)).read("xl/worksheets/sheet1.xml")
    vast = sheet.replace(b'r="2"', b'r="1048576"').replace(b'"A2"', b'"XFD1048576"')
    again = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(small)) as old, zipfile.ZipFile(again, "w") as new:
        for name in old.namelist():
            new.writestr(name, vast if name.endswith("sheet1.xml") else old.read(name))
    assert "far more than a table" in refused(again.getvalue())


def test_a_name_becomes_one_id_whatever_script_it_is_in() -> None:
    assert slug("Schiffe ein") == "schiffe-ein"
    assert slug("Müller & Söhne") == "muller-sohne"
    assert slug("Москва") != slug("Минск")
    assert slug("Москва") == slug(" москва ")
