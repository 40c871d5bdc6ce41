"""Table-valued functions: the texts of a list in a stored document, as rows, on both engines."""

from typing import Any

from sqlalchemy import String, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


def listed_in(document: Any, name: str) -> Any:
    """The texts of one list in a JSON document, as rows with a ``value``."""
    return _listed_in(document, literal_column(f"'{name}'")).table_valued("value")


class _listed_in(FunctionElement[str]):
    inherit_cache = True
    type = String()


@compiles(_listed_in, "sqlite")
def _json_each(element: _listed_in, compiler: Any, **kw: Any) -> str:
    document, name = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"json_each({document}, '$.' || {name})"


@compiles(_listed_in, "postgresql")
def _json_elements(element: _listed_in, compiler: Any, **kw: Any) -> str:
    document, name = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"json_array_elements_text(CAST({document} AS json) -> {name})"
