"""Figures that a file words: their value beside them where the words do not say it, or two ways."""

import re
from typing import Any

from app.mapping import numerals
from app.mapping.cells import NumberCell
from app.mapping.numerals import MARKED, MARKS, CellFault, decimal_mark
from app.mapping.schema import FileOptions
from app.rules.number_formats import format_of

BARE = re.compile(r"[-−–]?[0-9][0-9.,'’ \u00a0\u202f]*")
"""A number without words."""
NULLS = frozenset({"None", "NONE", "null", "Null", "NULL"})


def value_beside_words(figure: dict[str, Any], file: FileOptions) -> None:
    """A bare number that is taken as wording has its value beside it, where words do not say it.

    A number of a workbook has a point as decimal mark in every language; and a hedge that stands in
    a column of its own is not in the wording, which would be read as another figure and left out.
    """
    cell = figure["raw_text"]
    hedged = figure.get("hedge", "none") != "none"
    if isinstance(cell, NumberCell) and ("." in cell or hedged):
        figure["value"] = str(cell)
    elif hedged and BARE.fullmatch(cell):
        figure["value"] = numerals.figure(cell, file.decimal, file.thousands)
    if "value" in figure:
        figure.setdefault("hedge", "none")


def require_no_null(figure: dict[str, Any]) -> None:
    """What programs write where there is nothing is no zero, though words may be read as one."""
    if figure["raw_text"] in NULLS:
        raise CellFault(
            "this may be 0, or what a program writes where there is no figure: list it in"
            " file.missing, or say that it is 0 by a look-up"
        )


def require_one_mark(figure: dict[str, Any], file: FileOptions, language: str | None) -> None:
    """What the file says of its decimal mark holds for wordings too: “ca. 1.200” is not 1.2 there.

    A bare number has its value beside it; more words are read as their language writes figures, so
    that a file which writes them otherwise is refused.
    """
    mark, form = decimal_mark(file.decimal, file.thousands), format_of(language)
    if mark in (None, form.decimal) or form.either or not MARKED.search(figure["raw_text"]):
        return
    if BARE.fullmatch(figure["raw_text"]):
        marks = file.decimal, file.thousands
        figure |= {"value": numerals.figure(figure["raw_text"], *marks), "hedge": "none"}
        return
    raise CellFault(
        f"the file has {MARKS[mark or '']} as decimal mark, and the language of its document"
        f" {MARKS[form.decimal]}: say its `language` in [[source]], or mend file.decimal"
    )


def require_one_language(figure: dict[str, Any], spoken: str | None, declared: str | None) -> None:
    """A document that is stored in another language than the mapping says is read in that one."""
    if declared is None or "value" in figure or figure["raw_text"].isdecimal():
        return
    if not read_alike(spoken, declared):
        told = f"the language {spoken}" if spoken else "no language"
        raise CellFault(
            f"the document is stored with {told}, by which its words are read, and the mapping says"
            f" {declared}: make them agree"
        )


def read_alike(one: str | None, other: str | None) -> bool:
    """Whether two languages are one, and write their figures alike; without any it is English."""
    first, second = (str(tag or "en").lower().partition("-")[0] for tag in (one, other))
    return first == second and format_of(one) == format_of(other)
