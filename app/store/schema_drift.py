"""Schema drift: tables, indexes, constraints and triggers that are declared, and are not there.

What is missing changes no row, so no digest tells of it; but what it kept right may go wrong from
then on. Looked for by what it means, never by how an engine spells it, so that databases of any age
are alike; what somebody added is theirs.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import CheckConstraint, Connection, Dialect, Inspector, Table, inspect, text

from app.models import CLAIM

SchemaPart = tuple[str, ...]
"""What kind of thing, and its name; of a CHECK, whose name says nothing, what it says."""

UNDECLARED_PARTS: dict[str, dict[SchemaPart, object]] = {
    "sqlite": {
        ("table", "claim_grams"): None,
        ("trigger", "claim_is_found"): "claim",
        ("trigger", "change_keeps_its_lines"): "change",
        ("trigger", "change_loses_no_line"): "change",
        ("trigger", "change_replaces_no_line"): "change",
    },
    "postgresql": {
        ("index", "claim_grams"): "gin",
        ("trigger", "change_keeps_its_lines"): "change",
    },
}
"""What migrations make that no model can declare: the index of texts, and the triggers, each with
its table."""

METADATA = CLAIM.metadata


class Declared(NamedTuple):
    """A part that has to be there: what it means (None: anything of that name), and its name."""

    part: SchemaPart
    meaning: object
    name: str


def drift(connection: Connection) -> Iterator[tuple[str, str]]:
    """What is missing, or is another than declared; as (what is wrong, of what)."""
    there = present(connection)
    for part, meaning, name in declared(connection.dialect):
        if part not in there:
            yield "a part of the schema is missing", name
        elif meaning is not None and there[part] != meaning:
            yield "a part of the schema was altered", name


def declared(dialect: Dialect) -> Iterator[Declared]:
    """Everything that the models declare, and what migrations make beside it."""
    for part, meaning in UNDECLARED_PARTS[dialect.name].items():
        yield Declared(part, meaning, " ".join(part))
    for table in METADATA.tables.values():
        for part, meaning in _declared(table, dialect):
            yield Declared(part, meaning, " ".join(part))
        for rule in table.constraints:
            if isinstance(rule, CheckConstraint):
                part = ("check on", table.name, _rule(dialect.name, table, str(rule.sqltext)))
                yield Declared(part, None, f"constraint {rule.name}")


def _declared(table: Table, dialect: Dialect) -> Iterator[tuple[SchemaPart, object]]:
    yield ("table", table.name), None
    yield ("primary key of", table.name), [one.name for one in table.primary_key.columns]
    for column in table.columns:
        kind = column.type.compile(dialect)
        yield ("column", f"{table.name}.{column.name}"), (kind, column.nullable)
    for index in table.indexes:
        where = index.dialect_options[dialect.name]["where"]
        keys = [column.name for column in index.columns]
        yield ("index", str(index.name)), (keys, bool(index.unique), _plain(where))
    for key in table.foreign_key_constraints:
        refers = [one.column.name for one in key.elements]
        name = f"{table.name}({', '.join(key.column_keys)})"
        yield ("foreign key", name), (key.referred_table.name, refers)


def present(connection: Connection) -> dict[SchemaPart, object]:
    """Everything that the database has, in the same words."""
    looked = inspect(connection)
    found: dict[SchemaPart, object] = {("table", name): None for name in looked.get_table_names()}
    found |= dict(_reflected(looked, connection.dialect))
    engine = _of_sqlite if connection.dialect.name == "sqlite" else _of_postgresql
    return found | dict(engine(connection))


def _reflected(looked: Inspector, dialect: Dialect) -> Iterator[tuple[SchemaPart, object]]:
    ours = list(METADATA.tables)
    for (_, name), primary in looked.get_multi_pk_constraint(filter_names=ours).items():
        yield ("primary key of", name), primary["constrained_columns"] if primary else []
    for (_, name), columns in looked.get_multi_columns(filter_names=ours).items():
        for column in columns:
            kind = column["type"].compile(dialect)
            yield ("column", f"{name}.{column['name']}"), (kind, column["nullable"])
    for _, indexes in looked.get_multi_indexes(filter_names=ours).items():
        for index in indexes:
            where = index.get("dialect_options", {}).get(f"{dialect.name}_where")
            meaning = (index["column_names"], bool(index["unique"]), _plain(where))
            yield ("index", str(index["name"])), meaning
    for (_, name), keys in looked.get_multi_foreign_keys(filter_names=ours).items():
        for key in keys:
            own = f"{name}({', '.join(key['constrained_columns'])})"
            yield ("foreign key", own), (key["referred_table"], key["referred_columns"])


def _plain(clause: Any) -> str:
    """A clause of SQL without the brackets and white space that engines add."""
    return "" if clause is None else " ".join(str(clause).split()).strip("()")


def _rule(dialect: str, table: Table, clause: str) -> str:
    """What a CHECK says: on SQLite word for word; of PostgreSQL, which keeps no words, the columns,
    numbers and texts that it names."""
    if dialect == "sqlite":
        return _plain(clause)
    # What it casts to is its own: "text" is also the name of a column.
    found = set(re.findall(r"'(?:[^']|'')*'|\w+", re.sub(r"::\w+", "", clause)))
    return " ".join(sorted(one for one in found if one[0] in DIGITS or one in table.columns))


DIGITS = "'0123456789"


def _of_sqlite(connection: Connection) -> Iterator[tuple[SchemaPart, object]]:
    kept = text("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    for kind, name, table, sql in connection.execute(kept):
        if kind == "trigger":
            yield (kind, name), table
        if kind == "table" and table in METADATA.tables:
            told = NO_CODE.sub(lambda one: one[1] or " ", sql)
            for found in CHECK.finditer(told):
                says = _plain(_bracketed(told, found.end()))
                yield ("check on", table, says), None


NO_CODE = re.compile(r"('(?:[^']|'')*')|/\*.*?\*/|--[^\n]*", re.DOTALL)
"""Texts, which stay, and comments, which do not."""

CHECK = re.compile(r"\bCHECK\s*\(", re.IGNORECASE)


def _bracketed(sql: str, start: int) -> str:
    """What stands from here to the closing bracket of this one."""
    depth = 1
    for found in re.finditer(r"'(?:[^']|'')*'|[()]", sql[start:]):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if not depth:
            return sql[start : start + found.start()]
    return sql[start:]


_CHECKS = text(
    "SELECT relname, pg_get_constraintdef(pg_constraint.oid) FROM pg_constraint"
    " JOIN pg_class ON pg_class.oid = conrelid"
    " WHERE contype = 'c' AND connamespace = CAST(current_schema AS regnamespace)"
)
_USED = "indisvalid AND indisready AND indislive"
_INDEXES = text(
    f"SELECT relname, CASE WHEN {_USED} THEN amname ELSE 'not in use' END FROM pg_index"
    " JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam"
    " WHERE relnamespace = CAST(current_schema AS regnamespace)"
    f" AND (amname <> 'btree' OR NOT ({_USED}))"
)
_TRIGGERS = text(
    "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
    " WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    " AND relnamespace = CAST(current_schema AS regnamespace)"
)


def _of_postgresql(connection: Connection) -> Iterator[tuple[SchemaPart, object]]:
    for name, rule in connection.execute(_CHECKS):
        if name in METADATA.tables and not rule.endswith(("NOT VALID", "NOT ENFORCED")):
            yield ("check on", name, _rule("postgresql", METADATA.tables[name], rule)), None
    for name, of in connection.execute(_TRIGGERS):
        yield ("trigger", name), of
    for name, method in connection.execute(_INDEXES):
        yield ("index", name), method
