"""SQL dialects: the functions that SQLite and PostgreSQL spell differently."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, LargeBinary, String, literal_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

DIALECTS = {
    "sqlite": sqlite.dialect(paramstyle="named"),
    "postgresql": postgresql.dialect(paramstyle="pyformat"),  # type: ignore[no-untyped-call]
    "wire": postgresql.dialect(paramstyle="numeric_dollar"),  # type: ignore[no-untyped-call]
}


class SqlFunction(FunctionElement[Any]):
    """A function with a template for each engine, where ``{0}`` is its first argument."""

    on_sqlite: str
    on_postgresql: str

    def __init_subclass__(cls) -> None:
        cls.inherit_cache = True
        super().__init_subclass__()

    def self_group(self, against: Any = None) -> Any:
        return self  # and not "(…) = 1", for which SQLite would not use its index


@compiles(SqlFunction)
def _spelled(element: SqlFunction, compiler: Any, **kw: Any) -> str:
    template: str = getattr(element, f"on_{compiler.dialect.name}")
    return template.format(*(compiler.process(clause, **kw) for clause in element.clauses))


class contains(SqlFunction):
    """``contains(text, part)``: does it occur in it, byte for byte, in any script?"""

    type = Boolean()
    on_sqlite = "(instr({0}, {1}) > 0)"
    on_postgresql = "(strpos({0}, {1}) > 0)"


class server_clock(SqlFunction):
    """``server_clock()``: microseconds since 1970 on the one clock that all writers share.

    SQLite has no server: its processes are on one machine, and use that machine's clock (NULL).
    """

    type = BigInteger()
    on_sqlite = "NULL"
    on_postgresql = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"


class utf8(SqlFunction):
    """``utf8(text)``: its bytes, for what is passed on and not looked at."""

    type = LargeBinary()
    on_sqlite = "CAST({0} AS BLOB)"
    on_postgresql = "convert_to({0}, 'UTF8')"


class walked(SqlFunction):
    """``walked(column)``: the column, by no index of it.

    SQLite plans without statistics: for a condition that all rows meet it would look each of them
    up in the index first, which costs five times a walk along the table.
    """

    type = BigInteger()
    on_sqlite = "(+{0})"
    on_postgresql = "{0}"


class among(SqlFunction):
    """``among(column, bindparam("ids"))``: is it one of a list? The list is one parameter."""

    type = Boolean()
    on_sqlite = "{0} IN (SELECT value FROM json_each({1}))"
    on_postgresql = "{0} = ANY({1})"


class joined_texts(SqlFunction):
    """``joined_texts(column, separator)``: the texts of all rows as one, in the rows' order."""

    type = String()
    on_sqlite = "group_concat({0}, {1})"
    on_postgresql = "string_agg({0}, {1})"


class _listed_in(SqlFunction):
    type = String()
    on_sqlite = "json_each({0}, '$.' || {1})"
    on_postgresql = "json_array_elements_text(CAST({0} AS json) -> {1})"


def listed_in(document: Any, name: str) -> Any:
    """The texts of one list in a JSON document, as rows with a ``value``."""
    return _listed_in(document, literal_column(f"'{name}'")).table_valued("value")


class indexed(SqlFunction):
    """``indexed(claim.grams, sought)``: does the index of claims' texts hold all these grams?"""

    type = Boolean()
    on_postgresql = "string_to_array({0}, ' ') @> string_to_array({1}, ' ')"


@compiles(indexed, "sqlite")
def _match(element: indexed, compiler: Any, **kw: Any) -> str:
    column, sought = (compiler.process(clause, **kw) for clause in element.clauses)
    row = f"{column.rpartition('.')[0]}.rowid"
    return f"{row} IN (SELECT rowid FROM claim_grams WHERE claim_grams MATCH {quoted(sought)})"


def quoted(sought: str) -> str:
    """Grams in an expression of SQL, as FTS5 wants them: each a phrase of its own."""
    return f"""'"' || replace(replace({sought}, '"', '""'), ' ', '" "') || '"'"""
