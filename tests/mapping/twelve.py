"""Twelve files in the shapes that people have them in, with invented names, and what each says.

Each has the edits that its suggested mapping needs (at most five), questions with their answers,
and the next version of the table.
"""

import gzip
import io
import zipfile
from html import escape
from typing import Any, NamedTuple

Edit = tuple[str, str]
Asked = dict[str, list[str]]
"""Measures, and what their figures say: a value, bounds, or why there is none; in order."""


class PublishedTable(NamedTuple):
    """A file, its next version, and what is done and asked with it."""

    name: str
    kind: str
    content: bytes
    following: bytes
    edits: list[Edit]
    asked: Asked
    after: Asked


def workbook(rows: list[list[Any]], merged: tuple[str, ...] = (), title: str = "Table") -> bytes:
    """An XLSX with one sheet; numbers as numbers, all else as text."""
    lines = "".join(
        f'<row r="{n}">{"".join(_cell(n, place, value) for place, value in enumerate(row))}</row>'
        for n, row in enumerate(rows, 1)
    )
    merges = "".join(f'<mergeCell ref="{one}"/>' for one in merged)
    merges = f'<mergeCells count="{len(merged)}">{merges}</mergeCells>' if merged else ""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    of = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" '
        f'ContentType="{types}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{of}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{of}"><sheets>'
        f'<sheet name="{escape(title)}" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{of}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData>'
        f"{merges}</worksheet>",
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in parts.items():
            archive.writestr(path, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return out.getvalue()


def _cell(line: int, place: int, value: Any) -> str:
    at = f"{chr(ord('A') + place)}{line}"
    if value is None:
        return ""
    if isinstance(value, int | float):
        return f'<c r="{at}"><v>{value!r}</v></c>'
    return f'<c r="{at}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def text(*lines: str, encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    """Lines as a file."""
    return "".join(line + end for line in lines).encode(encoding)


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV, TSV, JSON, GZIP = (
    "text/csv",
    "text/tab-separated-values",
    "application/json",
    "application/gzip",
)
SHIPS = ("Tag;Schiffe ein;Schiffe aus;Tonnen", "13.3.2024;12;9;4.310,5", "14.3.2024;-;11;3.975,0")
WARDS = [f"Ward {letter}" for letter in "ABCDEFGHIJKLMNOP"]
WIDE = ("Day," + ",".join(WARDS),
        "2024-05-01," + ",".join(str(10 + n) for n in range(16)),
        "2024-05-02," + ",".join(str(30 + n) for n in range(16)))  # fmt: skip


def grants(north: float) -> bytes:
    """A title, a header of two rows with a merged cell, and three regions."""
    return workbook(
        [
            ["Grants of the Lakeland fund", None, None],
            [None, None, None],
            ["Region", "Granted", None],
            [None, "2022", "2023"],
            ["North", north, 14],
            ["South", 8.25, 9],
            ["Isles", 3, None],
        ],
        ("B3:C3",),
    )


FLOODS = ("place,when,low,best,high,how", "Bridge,2021-03,40,55,70,about",
          "Quay,2021-04,,30,,more than", "Mill,2021-05,,,,unclear",
          "Dam,2021-06,10,,25,")  # fmt: skip
STRIKES = (
    "Day,Outlet,Said by,Killed,Wounded,Note",
    "14/09/2023,The Coast Post,Gov. Ana Ruiz,3,17+,",
    "15/09/2023,Radio Delta; The Coast Post,Gov. Ana Ruiz,4,n/a,revised",
)
DAYS = ('[{"day": "2024-06-01", "visitors": 410, "how": "about"},'
        ' {"day": "2024-06-02", "visitors": 500, "how": "more than"},'
        ' {"day": "2024-06-03", "visitors": 37, "how": null}]')  # fmt: skip
SHIFTED = (
    ",,,,", ",Register of wells,,,", ",,,,", ",Well,Depth (m),Checked,", ",,,,",
    ",Alder,12.5,2023-04-02,", ", , , ,", ",Birch,9.75,2023-04-03,", ",,,,", ",,,,",
)  # fmt: skip
TOWNS = ("Ort\tDatum\tBesucher", "Köln\t2024-01-13\t1250", "Zürich\t2024-01-14\t980")


def changed(some: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    """The same lines with one change."""
    return tuple(line.replace(old, new) for line in some)


def unit(name: str) -> list[Edit]:
    """The one edit that most files need: what is counted."""
    return [('unit = "{{?}}"', f'unit = "{{{name}}}"')]


AID = ("Year,Month,Pledged (EUR bn),Paid (EUR bn)", "2023,11,1.25,0.5", "2023,12,2.5,1.125",
       "2024,1,0.75,n/a")  # fmt: skip
SERIAL = ("Date,Beds", "45292,210", "45293,213")
CITIES = ("Stadt;Einwohner", "Ålesund;67114", "Łódź;655279")
TRUCKS = ("Day,Trucks", "2024-02-01,14", "2024-02-02,9")
TWELVE = [
    PublishedTable(
        "Hafen", CSV, text(*SHIPS, encoding="utf-8-sig"),
        text(*changed(SHIPS, "3.975,0", "3.976,5"), encoding="utf-8-sig"),
        [
            ('name = "Schiffe ein", unit = "{{?}}"', 'name = "Schiffe ein", unit = "{ship}"'),
            ('name = "Schiffe aus", unit = "{{?}}"', 'name = "Schiffe aus", unit = "{ship}"'),
        ],
        {"hafen.tonnen": ["3975.0", "4310.5"], "hafen.schiffe-ein": ["12", "unknown"]},
        {"hafen.tonnen": ["3976.5", "4310.5"]},
    ),
    PublishedTable(
        "Wards", CSV, text(*WIDE), text(*changed(WIDE, ",45", ",46")),
        [('unit = "{{?}}"', 'unit = "{person}", accumulation = "incident"')],
        {"wards.ward-p": ["25", "45"], "wards.ward-a": ["10", "30"]},
        {"wards.ward-p": ["25", "46"]},
    ),
    PublishedTable(
        "Grants", XLSX, grants(12.5), grants(12.75),
        [
            ('unit = "{{?}}"', 'unit = "EUR", statistic = "amount"'),
            ("columns_not", 'scale = "million"\ncolumns_not'),
        ],
        {"grants": ["12500000", "14000000", "3000000", "8250000", "9000000"]},
        {"grants": ["12750000", "14000000", "3000000", "8250000", "9000000"]},
    ),
    PublishedTable(
        "Aid", CSV, text(*AID), text(*changed(AID, "0.75", "0.875")), [],
        {"aid.pledged-eur-bn": ["1250000000", "2500000000", "750000000"],
         "aid.paid-eur-bn": ["1125000000", "500000000", "not_applicable"]},
        {"aid.pledged-eur-bn": ["1250000000", "2500000000", "875000000"]},
    ),
    PublishedTable(
        "Floods", CSV, text(*FLOODS), text(*changed(FLOODS, "55,70", "60,70")),
        [*unit("person"), ('name = "Floods", unit', 'name = "people injured", unit')],
        {"floods": ["10..25", "30..", "40..70", "unknown"]},
        {"floods": ["10..25", "30..", "40..70", "unknown"]},
    ),
    PublishedTable(
        "Serial", CSV, text(*SERIAL), text(*changed(SERIAL, "213", "214")), unit("bed"),
        {"serial.beds": ["210", "213"]}, {"serial.beds": ["210", "214"]},
    ),
    PublishedTable(
        "Cities", CSV, text(*CITIES, encoding="utf-16"),
        text(*changed(CITIES, "67114", "67521"), encoding="utf-16"),
        [*unit("person"), ("# period", "period")],
        {"cities.einwohner": ["655279", "67114"]}, {"cities.einwohner": ["655279", "67521"]},
    ),
    PublishedTable(
        "Days", JSON, DAYS.encode(), DAYS.replace("37", "38").encode(), [],
        {"days.visitors": ["37", "390..430", "500.."]},
        {"days.visitors": ["38", "390..430", "500.."]},
    ),
    PublishedTable(
        "Strikes", CSV, text(*STRIKES), text(*changed(STRIKES, "17+", "19+")),
        [('kind = "other"', 'kind = "official"')],
        {"strikes.killed": ["3", "4"], "strikes.wounded": ["17..", "not_applicable"]},
        {"strikes.wounded": ["19..", "not_applicable"]},
    ),
    PublishedTable(
        "Wells", CSV, text(*SHIFTED), text(*changed(SHIFTED, "9.75", "9.5")),
        [('unit = "{{?}}"', 'unit = "m", statistic = "amount"')],
        {"wells.depth-m": ["12.5", "9.75"]}, {"wells.depth-m": ["12.5", "9.5"]},
    ),
    PublishedTable(
        "Towns", TSV, text(*TOWNS, encoding="cp1252"),
        text(*changed(TOWNS, "980", "990"), encoding="cp1252"),
        [*unit("person"), ("# encoding = ", "encoding = ")],
        {"towns.besucher": ["1250", "980"]}, {"towns.besucher": ["1250", "990"]},
    ),
    PublishedTable(
        "Trucks", GZIP, gzip.compress(text(*TRUCKS)),
        gzip.compress(text(*changed(TRUCKS, ",9", ",8"))), unit("truck"),
        {"trucks": ["14", "9"]}, {"trucks": ["14", "8"]},
    ),
]  # fmt: skip
