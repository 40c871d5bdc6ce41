"""Workbooks of every kind are read cell for cell; what is none, or two tables, is refused."""

import io
import re
import struct
import subprocess
import zipfile
from datetime import date, datetime, time
from tempfile import TemporaryFile
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from app.errors import Malformed
from app.mapping.numerals import CellFault, figure
from app.mapping.workbook import COMMAND, MAX_FILE, OLE, ZIP, told_of, workbook_rows
from tests.mapping.test_two_readings import opened, refused
from tests.mapping.twelve import workbook

CELLS = (
    (True, "true"), (False, "false"), (12.0, ["n", "12"]), (4310.5, ["n", "4310.5"]),
    (0.1 + 0.2, ["n", "0.3"]), (-1.5e-7, ["n", "-0.00000015"]), (1e21, ["n", "1" + "0" * 21]),
    (date(2024, 3, 1), ["d", "2024-03-01"]), (datetime(2024, 3, 1), ["d", "2024-03-01"]),
    (datetime(2024, 3, 1, 12, 30), ["d", "2024-03-01T12:30:00"]), (time(12, 30), "12:30:00"),
    ("1.234", "1.234"),
)  # fmt: skip


def of_sheets(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def told(book: bytes, sheet: str | None = None) -> list[Any]:
    return list(told_of(io.BytesIO(book), sheet))


def test_each_kind_of_cell_is_told_as_what_it_is() -> None:
    book = of_sheets(only=[[value] for value, _ in CELLS])
    assert [row[1][0] for row in told(book)[:-1]] == [wanted for _, wanted in CELLS]


def test_one_sheet_with_rows_is_the_table_and_of_several_the_named_one() -> None:
    book = of_sheets(First=[["a"]], Empty=[], Second=[["b"]])
    assert told(book, "Second") == [[1, ["b"]], {"end": True}]
    [which] = told(book)
    assert "several sheets hold rows: “First”, “Second”; say which: file.sheet" in which["refused"]
    [none] = told(book, "Third")
    assert none["refused"].endswith("there are “First”, “Empty”, “Second”")
    assert told(of_sheets(Empty=[], Full=[["c"]]))[0] == [1, ["c"]]
    assert told(of_sheets(Empty=[])) == [{"end": True}]
    assert "no row that names the columns" in refused(of_sheets(Empty=[]))


def asked(content: bytes, *words: str) -> tuple[int, bytes]:
    """The process by itself: how it ends, and what it tells."""
    with TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        done = subprocess.run([*COMMAND, *words], stdin=file, capture_output=True, check=False)
    return done.returncode, done.stdout


def test_the_process_tells_a_line_for_each_row_and_nothing_of_what_is_no_workbook() -> None:
    lines = b'[1, ["a"]]\n[2, [["n", "1.5"]]]\n{"end": true}\n'
    assert asked(workbook([["a"], [1.5]]), '"Table"') == (0, lines)
    assert asked(OLE + bytes(600)) == (1, b"")


def ods(*rows: str, styles: str = "") -> bytes:
    office, table, words, style = (
        f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"
        for name in ("office", "table", "text", "style")
    )
    lines = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest:manifest/>")
        archive.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{office}" xmlns:table="{table}" '
            f'xmlns:text="{words}" xmlns:style="{style}">{styles}<office:body><office:spreadsheet>'
            f'<table:table table:name="T">'
            f"{lines}</table:table></office:spreadsheet></office:body></office:document-content>",
        )
    return out.getvalue()


ODS = ods(
    *(f'<table:table-cell office:value-type="string"><text:p>{one}</text:p></table:table-cell>'
      for one in "a"),
    '<table:table-cell office:value-type="float" office:value="2.5"/>',
)  # fmt: skip


def record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def xls() -> bytes:
    """A sheet with a name and a number in BIFF8, in the only stream of a compound file."""
    begin = [record(0x809, struct.pack("<HHHHII", 0x600, kind, 3515, 1996, 0, 6))
             for kind in (0x05, 0x10)]  # fmt: skip
    end = record(0x0A, b"")
    place = len(begin[0]) + len(record(0x85, bytes(9))) + len(end)
    book = begin[0] + record(0x85, struct.pack("<IBBBB", place, 0, 0, 1, 0) + b"T") + end
    book += begin[1] + record(0x204, struct.pack("<HHHHB", 0, 0, 0, 1, 0) + b"a")
    book += record(0x203, struct.pack("<HHHd", 1, 0, 0, 2.5)) + end
    none, free = 0xFFFFFFFE, 0xFFFFFFFF
    head = OLE + b"\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIIIII", 0, 1, 1, 0, 4096, none, 0, none, 0, 0, free)
    chain = [0xFFFFFFFD, none, *range(3, 10), none]
    entries = b""
    for name, kind, child, start, size in (("Root Entry", 5, 1, none, 0),
                                           ("Workbook", 2, free, 2, 4096)):  # fmt: skip
        letters = f"{name}\0".encode("utf-16-le")
        entries += letters.ljust(64, b"\0") + struct.pack("<HBBIII", len(letters), kind, 1, free,
                                                          free, child)  # fmt: skip
        entries += bytes(36) + struct.pack("<IQ", start, size)
    fat = b"".join(struct.pack("<I", one) for one in chain)
    return head.ljust(512, b"\xff") + fat.ljust(512, b"\xff") + entries.ljust(512, b"\0") + (
        book.ljust(4096, b"\0"))  # fmt: skip


@pytest.mark.parametrize("book", [ODS, xls(), workbook([["a"], [2.5]])], ids=["ods", "xls", "xlsx"])
def test_a_workbook_of_each_kind_is_a_table(book: bytes) -> None:
    assert opened(book) == (["a"], [(2, ["2.5"])])


def test_what_only_begins_as_a_workbook_is_refused_with_what_to_do() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("table.csv", "a\n1\n")
    assert "a zip and no workbook; unpack it" in refused(packed.getvalue())
    assert "damaged, or cut off; save it again" in refused(ZIP + b"no more")
    assert "cannot be read; save the sheet as CSV UTF-8" in refused(OLE + bytes(600))
    assert "several sheets hold rows" in refused(of_sheets(A=[["a"]], B=[["b"]]))
    with TemporaryFile() as vast:
        vast.truncate(MAX_FILE + 1)
        with pytest.raises(Malformed, match="far more than a table"):
            list(workbook_rows(vast, None))


def raising(*runs: str) -> CellRichText:
    """A text whose every second run is raised."""
    up = InlineFont(vertAlign="superscript")
    return CellRichText(*(TextBlock(up, one) if n % 2 else one for n, one in enumerate(runs)))


@pytest.mark.parametrize(
    ("runs", "wanted"),
    [
        (("1,234", "1"), "1,234¹"), (("1234", "1)"), "1234¹)"), (("10", "6"), "10⁶"),
        (("5 m", "2"), "5 m2"), (("3", "rd"), "3rd"), (("12", "1", ",", "2"), "12¹,2"),
        (("1", "a", "2"), "1a2"), (("", "1", "234"), "1234"),
    ],
)  # fmt: skip
def test_raised_digits_behind_a_figure_are_none_of_it(runs: tuple[str, ...], wanted: str) -> None:
    inline = of_sheets(only=[[raising(*runs), 5]])
    assert told(inline) == [[1, [wanted, ["n", "5"]]], {"end": True}]
    assert told(shared(inline)) == told(inline)
    super_ = "".join(
        f'<text:span text:style-name="T1">{one}</text:span>' if n % 2 else one
        for n, one in enumerate(runs)
    )
    cell = f'<table:table-cell office:value-type="string"><text:p>{super_}</text:p></table:table-'
    assert told(ods(f"{cell}cell>", styles=SUPER)) == [[1, [wanted]], {"end": True}]


SUPER = (
    '<office:automatic-styles><style:style style:name="T1" style:family="text">'
    '<style:text-properties style:text-position="super 58%"/></style:style>'
    "</office:automatic-styles>"
)


def shared(book: bytes) -> bytes:
    """The same workbook with its first text where Excel keeps it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w") as new:
        sheet = old.read("xl/worksheets/sheet1.xml").decode()
        [text] = re.findall("<is>(.*?)</is>", sheet)
        found = re.sub('t="inlineStr"><is>.*?</is>', 't="s"><v>0</v>', sheet)
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        for name in old.namelist():
            if "sharedStrings" not in name:
                new.writestr(name, found if name.endswith("sheet1.xml") else old.read(name))
        new.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}"><si>{text}</si></sst>')
    return out.getvalue()


def test_a_figure_with_a_raised_note_is_refused_and_not_ten_times_as_much() -> None:
    book = of_sheets(only=[["a", "b"], ["x", raising("1234", "1")]])
    [(_, (_, cell))] = opened(book)[1]
    with pytest.raises(CellFault, match="this is no figure"):
        figure(cell, None, None)
