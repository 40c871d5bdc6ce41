"""One figure a row, for spreadsheets; the columns are those of the CSV import."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Fields = Mapping[str, Any]

OF_CLAIM = (
    "claimant", "document", "via", "stated", "published", "period", "utterance", "speech_act",
    "modality", "polarity", "alternative_mode", "statement", "tags", "inferred", "notes",
)  # fmt: skip
OF_FIGURE = (
    "measure", "dimensions", "raw_text", "hedge", "value", "lower", "upper", "lower_inclusive",
    "upper_inclusive", "lower_basis", "upper_basis", "unit", "date", "absence", "slot",
    "alternative", "reading", "preferred", "reading_note", "flags",
)  # fmt: skip
COLUMNS = ("id", "version", *OF_CLAIM, *OF_FIGURE)
NUMBER = re.compile(r"-?[0-9.]+([eE][+-]?[0-9]+)?")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def header() -> str:
    """The names of the columns."""
    return _lines([COLUMNS])


def rows(claims: Iterable[tuple[str, int, Fields]]) -> str:
    """The figures of claims, a row each; a claim without figures has one row all the same."""
    return _lines(
        _row(id, version, claim, figure)
        for id, version, claim in claims
        for figure in claim.get("quantities", [{}])
    )


def _row(id: str, version: int, claim: Fields, figure: Fields) -> list[str]:
    hops = claim.get("attributions", [])
    whole = dict(claim) | {"via": [hop["source"] for hop in hops if hop["role"] == "relayer"]}
    cells = [whole.get(name) for name in OF_CLAIM] + [figure.get(name) for name in OF_FIGURE]
    return [id, str(version), *map(_cell, cells)]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return safe(";".join(map(str, value)))
    if isinstance(value, Mapping):
        return safe(";".join(f"{name}={one}" for name, one in value.items()))
    return safe(str(value))


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula; a number stays a number."""
    if text.startswith(FORMULA) and not NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def _lines(table: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(table)
    return out.getvalue()


def cells(lines: Iterator[str]) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file with their line numbers, as they were before they were made safe."""
    table = csv.reader(lines, strict=True)
    for row in table:
        yield table.line_num, [_plain(cell) for cell in row]


def _plain(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell
