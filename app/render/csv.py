"""One figure a row, for spreadsheets: how a field is written in a cell, and read from it again.

What is written is read as it was, digit for digit. A cell that a spreadsheet would take for a
formula begins with an apostrophe, which goes when it is read.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from app.render.documents import text
from app.rules import chain
from app.rules.group_keys import TRAIT_FIELDS
from app.rules.json_types import JsonObject

Kind = Literal["text", "switch", "whole", "list", "json", "named"]

FORMULA = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n", "＝", "＋", "－", "＠")
UNSEEN = re.compile(
    "[ \u00a0\u00ad\u061c\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]+"
)
"""Spaces and characters without a shape: some spreadsheets look behind them for a formula."""

NUMBER = re.compile(r"-?[0-9.]+([eE][+-]?[0-9]+)?")
WHOLE = re.compile("0|-?[1-9][0-9]{0,15}")
MAX_SAFE_INTEGER = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly."""
MAX_NAMES = 500
"""Dimensions and attributes that have a column each; the figures' others stand in JSON."""
PREFIXES = {field: f"{kind}." for kind, field in TRAIT_FIELDS.items()}
FIRST = (
    "claimant", "document", "via", "stated", "published", "period", "measure", "raw_text", "hedge",
    "value", "lower", "upper", "unit",
)  # fmt: skip
"""The columns that come first, for whoever looks at the table; the others follow as they come."""


class Column(NamedTuple):
    """A column: what it is called, where its cells stand in a claim or figure, and what they are.

    ``named`` is an object whose names have a column each.
    """

    name: str
    path: tuple[str, ...]
    kind: Kind
    of_figure: bool


class Sheet:
    """A table of figures with these columns; ``names`` are those of dimensions and attributes."""

    def __init__(self, columns: Iterable[Column], names: Mapping[str, Sequence[str]]):
        rank = {name: n for n, name in enumerate(FIRST)}
        found = sorted(columns, key=lambda one: rank.get(one.name, len(FIRST)))
        self.names = {field: list(some)[:MAX_NAMES] for field, some in names.items()}
        crowded = {field for field, some in names.items() if len(some) > MAX_NAMES}
        self.columns = [one for one in found if one.kind != "named" or one.name in crowded]

    def header(self) -> str:
        """The names of the columns."""
        named = [PREFIXES[field] + name for field, some in self.names.items() for name in some]
        return lines([["id", "version", *(column.name for column in self.columns), *named]])

    def rows(self, claims: Iterable[tuple[str, int, JsonObject]]) -> str:
        """The figures of claims, a row each; a claim without figures has one row all the same."""
        return lines(
            self._row(id, version, whole, figure)
            for id, version, claim in claims
            for whole in [_with_relayers(claim)]
            for figure in claim.get("quantities", [{}])
        )

    def _row(self, id: str, version: int, claim: JsonObject, figure: JsonObject) -> list[str]:
        cells = [
            self._cell(column, figure if column.of_figure else claim) for column in self.columns
        ]
        named = [
            _scalar(figure.get(field, {}).get(name))
            for field, some in self.names.items()
            for name in some
        ]
        return [id, str(version), *cells, *named]

    def _cell(self, column: Column, fields: JsonObject) -> str:
        value: Any = fields
        for name in column.path:
            value = value.get(name) if value else None
        if column.kind == "named" and value:
            value = {n: v for n, v in value.items() if n not in self.names[column.name]} or None
        return written(value, column.kind)


def _with_relayers(claim: JsonObject) -> dict[str, Any]:
    """The chain as ``via`` has it; where it is more than that can say, it is written out too."""
    hops = claim.get("attributions", [])
    via = [hop["source"] for hop in hops if hop["role"] == "relayer"]
    whole = {**claim, "via": via}
    if hops == chain.default_chain(claim["document"], via, claim.get("claimant")):
        del whole["attributions"]
    return whole


def written(value: Any, kind: Kind) -> str:
    """A value as a cell; what is not there is an empty cell."""
    if value is None or value == []:
        return ""
    if kind == "switch":
        return "true" if value else "false"
    if kind == "list":
        return safe(";".join(value) if _is_plain(value) else text(value))
    return text(value) if kind in ("json", "named") else safe(str(value))


def _is_plain(items: Sequence[str]) -> bool:
    """Do semicolons between them say all that these items are?"""
    odd = any(one != one.strip() or not one or ";" in one or "," in one for one in items)
    return not odd and not items[0].startswith("[")


def _scalar(value: str | int | None) -> str:
    """A number as its digits; text that would be read as a number, or as this, in quotes."""
    if isinstance(value, str) and (value.startswith('"') or WHOLE.fullmatch(value)):
        return text(value)
    return "" if value is None else safe(str(value))


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula; a number stays a number."""
    return f"'{text}" if _is_formula(text) and not NUMBER.fullmatch(text) else text


def _is_formula(text: str) -> bool:
    """Whether a spreadsheet may take it for one, with as many marks before it as there are."""
    bare = text.lstrip("'")
    unseen = UNSEEN.match(bare)
    return bare.startswith(FORMULA) or bool(unseen and bare[unseen.end() :].startswith(FORMULA))


def lines(table: Iterable[Iterable[str]]) -> str:
    """Rows of cells as CSV (RFC 4180)."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(table)
    return out.getvalue()


def plain(cell: str) -> str:
    """A cell as it was before it was made safe."""
    return cell[1:] if cell[:1] == "'" and _is_formula(cell) else cell


def value_of(cell: str, kind: Kind) -> Any:
    """What a cell says; raises ``ValueError`` where that can be read in two ways, or in none.

    JSON is left as it is, in ``str``: whoever reads it keeps its digits.
    """
    cell = plain(cell)
    if kind == "switch":
        return {"true": True, "false": False}.get(cell.lower(), cell)
    if kind == "whole":
        return whole(cell)
    return items(cell) if kind == "list" else cell


def whole(cell: str) -> int | str:
    """An integer where the cell is one and nothing else."""
    return int(cell) if WHOLE.fullmatch(cell) and abs(int(cell)) <= MAX_SAFE_INTEGER else cell


def scalar(cell: str) -> int | str:
    """The value of a dimension or an attribute: an integer, or text, perhaps in quotes."""
    cell = plain(cell)
    if cell.startswith('"'):
        try:
            found = json.loads(cell)
        except ValueError:
            return cell
        return found if isinstance(found, str) else cell
    return whole(cell)


def items(cell: str) -> list[str]:
    """The items of a list: between semicolons, or as JSON."""
    if cell.startswith("["):
        try:
            found = json.loads(cell)
        except ValueError:
            found = None
        if not isinstance(found, list):
            raise ValueError("a cell that begins with [ is a JSON list, and this is none")
        return found
    if "," in cell:
        raise ValueError(
            "a comma may part two items or belong to one: write a;b for two,"
            ' or ["a, b"] for one with a comma in it'
        )
    return [one.strip() for one in cell.split(";") if one.strip()]
