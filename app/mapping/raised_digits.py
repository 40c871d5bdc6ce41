"""Digits that a workbook raises behind a figure, as notes are: told apart from those of the figure.

Whoever reads only the letters of a cell reads 12341 where 1234 stands with note 1, or 106 for a
power of ten. What is raised behind a letter (m², 3rd) stays as it is.
"""

import zipfile
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SIGNS = {"xl/": b"vertAlign", "content.xml": b"super"}
"""Where texts stand in a workbook, and what raises some of it there."""
PART = 2**20

Runs = list[tuple[str, bool]]
"""Parts of a text, and whether each is raised."""


def raised_digits(file: IO[bytes]) -> dict[str, str]:
    """Texts of cells with raised digits in them: as they are read, and with those told apart."""
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
            elif kind == "style" and any(map(_raises, found.iter())):
                styles.add(_told(found, "name"))
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
         any(_kind(one) == "vertAlign" and _told(one, "val") == "superscript"
             for one in run.iter()))
        for run in told
    ]  # fmt: skip


def _spans(found: "Element", styles: set[str], raised: bool = False) -> Runs:
    """The spans of a paragraph of ODS, whose styles say what is raised."""
    here = raised or _told(found, "style-name") in styles
    told = [(found.text or "", here)]
    for one in found:
        told += _spans(one, styles, here) if _kind(one) != "annotation" else []
        told.append((one.tail or "", here))
    return told


def _kind(found: "Element") -> str:
    return found.tag.rpartition("}")[2]


def _told(found: "Element", name: str) -> str:
    return next((text for at, text in found.items() if at.rpartition("}")[2] == name), "")


def _raises(found: "Element") -> bool:
    return _told(found, "text-position").startswith("super")
