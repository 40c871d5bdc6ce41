"""The columns of the CSV of claims, taken from their model: a field that it gets is a column."""

import types
import typing
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union

from app.models.base import StrictModel
from app.models.claim import ClaimSent
from app.models.page import QuantityRow
from app.models.quantity import QuantityIn
from app.render.csv import Column, Kind
from app.render.figure_table import HOW, PERMALINK, WHAT, WHEN, WHO, TableColumn, figure_column

OWN = ("id", "version")
"""Written before all others; the state of a line (``version``, ``status``, ``reason``) may come."""
LEFT_OUT = {
    "quantities": "each is a row",
    "included": "sources and measures have lines of their own",
}
"""The fields of a claim as it is sent that are no column, and why."""


def _columns() -> Iterator[Column]:
    for name, field in ClaimSent.model_fields.items():
        if name not in OWN and name not in LEFT_OUT:
            yield from _of((name,), field.annotation, name in QuantityIn.model_fields)


def _of(path: tuple[str, ...], annotation: Any, of_figure: bool) -> Iterator[Column]:
    kind = _bare(annotation)
    if isinstance(kind, type) and issubclass(kind, StrictModel):
        for name, field in kind.model_fields.items():
            yield from _of((*path, name), field.annotation, of_figure)
    else:
        yield Column(".".join(path), path, _kind(kind), of_figure)


def _bare(annotation: Any) -> Any:
    """The type without what constrains it, and without None."""
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        return _bare(typing.get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        kept = [one for one in typing.get_args(annotation) if one is not type(None)]
        return _bare(kept[0]) if len(kept) == 1 else annotation
    return annotation


def _kind(bare: Any) -> Kind:
    origin = typing.get_origin(bare)
    if origin is dict:
        return "named"
    if origin is list:
        item = _bare(typing.get_args(bare)[0])
        return "list" if item is str or typing.get_origin(item) is Literal else "json"
    found: dict[Any, Kind] = {bool: "switch", int: "whole"}
    return found.get(bare, "text")


COLUMNS = tuple(_columns())


AS_DAYS = frozenset({"stated", "period", "published", "date"})
"""Fields that the table has as their first and their last day."""

DECLARED = (*WHO, *WHAT, *WHEN, *HOW)


def _further() -> list[TableColumn]:
    """Fields of a figure's row that no column is declared of: each is one all the same."""
    known = AS_DAYS | {one.name for one in DECLARED}
    return [
        figure_column(name, "text", field.description or name.replace("_", " "), field.default)
        for name, field in QuantityRow.model_fields.items()
        if name not in known
    ]


FIGURE_COLUMNS = (*DECLARED, *_further(), PERMALINK)
