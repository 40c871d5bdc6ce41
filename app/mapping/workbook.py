"""Workbooks (XLSX, ODS, XLS): read by a process of its own, so that a hostile one harms nobody.

A few bytes of a workbook can say a sheet of seventeen thousand million cells. Whoever opens it has
bounded memory and time, and is no part of the server.
"""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

from app.mapping.cells import CalendarDate, NumberCell, NumberedRow, printed, unreadable_file

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MAX_FILE = 100_000_000
MAX_UNPACKED = 1_000_000_000
FREE_RATIO, MAX_RATIO = 50_000_000, 200
MAX_ENTRIES = 5000
MEMORY = 2_000_000_000
SECONDS = 300
COMMAND = (sys.executable, "-P", "-m", "app.mapping.workbook")
TOO_LARGE = (
    "the workbook holds far more than a table, or cannot be read; save the sheet as CSV UTF-8"
)
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SIGNS = {"xl/": b"vertAlign", "content.xml": b"super"}
"""Where texts stand in a workbook, and what raises some of it there."""
PART = 2**20

Runs = list[tuple[str, bool]]
"""Parts of a text, and whether each is raised."""


def is_workbook(file: IO[bytes]) -> bool:
    """Does a file begin as a workbook does?"""
    file.seek(0)
    head = file.read(4)
    file.seek(0)
    return head in (ZIP, OLE)


def workbook_rows(file: IO[bytes], sheet: str | None) -> Iterator[NumberedRow]:
    """The rows of the only sheet that holds any, or of the named one; raises ``Malformed``."""
    _require_bounded(file)
    known = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "TZ": "UTC"}
    with TemporaryFile() as copy:
        file.seek(0)
        while part := file.read(1_000_000):
            copy.write(part)
        copy.seek(0)
        command = [*COMMAND, *([json.dumps(sheet)] if sheet is not None else [])]
        pipe = subprocess.PIPE
        with subprocess.Popen(
            command, stdin=copy, stdout=pipe, stderr=subprocess.DEVNULL, env=known
        ) as process:
            try:
                yield from _received(process.stdout)
            finally:
                process.kill()


def _require_bounded(file: IO[bytes]) -> None:
    """What the file says of itself; that it may say too little is what the process is for."""
    size = file.seek(0, 2)
    file.seek(0)
    if size > MAX_FILE:
        raise unreadable_file(TOO_LARGE)
    if file.read(4) != ZIP:
        return
    try:
        entries = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise unreadable_file("the workbook is damaged, or cut off; save it again") from None
    unpacked = sum(entry.file_size for entry in entries)
    bomb = unpacked > MAX_UNPACKED or (unpacked > FREE_RATIO and unpacked > MAX_RATIO * size)
    if bomb or len(entries) > MAX_ENTRIES:
        raise unreadable_file(TOO_LARGE)
    names = {entry.filename for entry in entries}
    if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
        raise unreadable_file("this is a zip and no workbook; unpack it, and send the table in it")


def _received(lines: IO[bytes] | None) -> Iterator[NumberedRow]:
    assert lines is not None
    ended = False
    for line in lines:
        told = json.loads(line)
        if isinstance(told, dict):
            if "refused" in told:
                raise unreadable_file(told["refused"], code="sheet")
            ended = True
            continue
        number, cells = told
        yield number, [_cell(cell) for cell in cells]
    if not ended:
        raise unreadable_file(TOO_LARGE)


def _cell(told: str | list[str]) -> str:
    if isinstance(told, str):
        return told
    kind, text = told
    return NumberCell(text) if kind == "n" else CalendarDate(text)


def _told(value: Any) -> str | list[str]:
    """A cell as it goes through the pipe: numbers to the 15 digits that a spreadsheet keeps."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return ["n", plain_number(value)]
    if isinstance(value, datetime) and value.time() != time():
        return ["d", value.isoformat(timespec="seconds")]
    if isinstance(value, date):
        return ["d", value.isoformat()[:10]]
    return str(value)


def plain_number(value: float) -> str:
    """A spreadsheet's number as digits: 4310.5, 12; never 12.0 or 4.3105e3."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return format(Decimal(f"{value:.15g}"), "f")


def _limit_process() -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def told_of(file: IO[bytes], sheet: str | None) -> Iterator[Any]:
    """What the process tells of the workbook, part by part."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_object(file)
    names = book.sheet_names
    if sheet is None:
        full = [name for name in names if book.get_sheet_by_name(name).height]
        if len(full) > 1:
            told = ", ".join(f"“{printed(name)}”" for name in full[:20])
            yield {"refused": f"several sheets hold rows: {told}; say which: file.sheet = …"}
            return
        sheet = full[0] if full else None
    elif sheet not in names:
        told = ", ".join(f"“{printed(name)}”" for name in names[:20])
        yield {"refused": f"no sheet has the name that file.sheet says; there are {told}"}
        return
    if sheet is not None:
        found, marked = book.get_sheet_by_name(sheet), raised_digits(file)
        for number, row in enumerate(found.iter_rows(), 1):
            told_row = map(_told, row)
            yield [number, [marked.get(x, x) if isinstance(x, str) else x for x in told_row]]
    yield {"end": True}


def raised_digits(file: IO[bytes]) -> dict[str, str]:
    """Texts of cells with raised digits in them: as they are read, and with those told apart.

    Whoever reads only the letters of a cell reads 12341 where 1234 stands with note 1, or 106 for a
    power of ten. What is raised behind a letter (m², 3rd) stays as it is.
    """
    if not zipfile.is_zipfile(file):
        return {}
    with zipfile.ZipFile(file) as book:
        return {
            plain: marked
            for name in book.namelist()
            if _may_raise(book, name)
            for runs in _texts(book, name)
            if (plain := "".join(text for text, _ in runs)) != (marked := _marked(runs))
        }


def _may_raise(book: zipfile.ZipFile, name: str) -> bool:
    sign = next((one for at, one in SIGNS.items() if name.startswith(at)), None)
    if sign is None or not name.endswith(".xml"):
        return False
    with book.open(name) as part:
        before = b""
        while found := part.read(PART):
            if sign in before + found:
                return True
            before = found[-len(sign) :]
    return False


def _texts(book: zipfile.ZipFile, name: str) -> Iterator[Runs]:
    """The texts of a part of a workbook, each of a cell."""
    from xml.etree.ElementTree import iterparse

    styles: set[str] = set()
    with book.open(name) as part:
        for _, found in iterparse(part):
            kind = _kind(found)
            if kind in ("si", "is"):
                yield _runs(found)
            elif kind == "style" and _raises(found):
                styles.add(_attribute(found, "name"))
            elif kind == "table-cell":
                yield [run for one in found if _kind(one) == "p" for run in _spans(one, styles)]
            if kind in ("si", "row", "table-row"):
                found.clear()


def _marked(runs: Runs) -> str:
    whole = ""
    for text, raised in runs:
        whole += text.translate(RAISED) if raised and whole[-1:].isdigit() else text
    return whole


def _runs(found: "Element") -> Runs:
    """The runs of a text of XLSX; one that is not formatted is a single one."""
    told = [one for one in found if _kind(one) in ("r", "t")]
    return [
        ("".join(one.text or "" for one in run.iter() if _kind(one) == "t"),
         any(_kind(one) == "vertAlign" and _attribute(one, "val") == "superscript"
             for one in run.iter()))
        for run in told
    ]  # fmt: skip


def _spans(found: "Element", styles: set[str], raised: bool = False) -> Runs:
    """The spans of a paragraph of ODS, whose styles say what is raised."""
    here = raised or _attribute(found, "style-name") in styles
    told = [(found.text or "", here)]
    for one in found:
        told += _spans(one, styles, here) if _kind(one) != "annotation" else []
        told.append((one.tail or "", here))
    return told


def _kind(found: "Element") -> str:
    return found.tag.rpartition("}")[2]


def _attribute(found: "Element", name: str) -> str:
    return next((text for at, text in found.items() if at.rpartition("}")[2] == name), "")


def _raises(style: "Element") -> bool:
    return any(_attribute(one, "text-position").startswith("super") for one in style.iter())


def main() -> None:
    """Write each part as a line of JSON."""
    _limit_process()
    try:
        sheet = json.loads(sys.argv[1]) if len(sys.argv) > 1 else None
        for part in told_of(sys.stdin.buffer, sheet):
            sys.stdout.write(json.dumps(part) + "\n")
    except BrokenPipeError:
        os._exit(0)
    except Exception:  # whatever the reader of workbooks raises, there is no table
        os._exit(1)


if __name__ == "__main__":
    main()
