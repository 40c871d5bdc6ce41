"""Functions of SQL that the two engines spell differently."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class joined_texts(FunctionElement[str]):
    """``joined_texts(column, separator)``: the texts of all rows as one, in the rows' order."""

    inherit_cache = True
    type = String()


@compiles(joined_texts, "sqlite")
def _group_concat(element: joined_texts, compiler: Any, **kw: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **kw)})"


@compiles(joined_texts, "postgresql")
def _string_agg(element: joined_texts, compiler: Any, **kw: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **kw)})"


class part_of_json(FunctionElement[str]):
    """``part_of_json(document, object, name)``: a value as it is written, without its quotes.

    As it is written, because a number that went through a double would be another on each engine.
    """

    inherit_cache = True
    type = String()


@compiles(part_of_json, "sqlite")
def _written(element: part_of_json, compiler: Any, **kw: Any) -> str:
    document, of, name = (compiler.process(clause, **kw) for clause in element.clauses)
    return _unquoted(f"({document} -> {of} -> {name})")


@compiles(part_of_json, "postgresql")
def _cast(element: part_of_json, compiler: Any, **kw: Any) -> str:
    document, of, name = (compiler.process(clause, **kw) for clause in element.clauses)
    value = f"CAST({document} AS json) -> CAST({of} AS text) -> CAST({name} AS text)"
    return _unquoted(f'(CAST(({value}) AS text) COLLATE "C")')


def _unquoted(value: str) -> str:
    inner = f"substr({value}, 2, length({value}) - 2)"
    return f"""CASE WHEN substr({value}, 1, 1) = '"' THEN {inner} ELSE {value} END"""
