"""Proof that nothing was altered: the log's chain, and every stored row against its log line."""

import json
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Table,
    TypeDecorator,
    and_,
    bindparam,
    func,
    literal,
    select,
    text,
    type_coerce,
)
from sqlalchemy.exc import DBAPIError

from app.db import indexed
from app.models import CHANGE, CLAIM, FOREVER, LOG_HEAD, VERSIONED
from app.rules import likeness, text_search
from app.rules.json_types import JsonObject
from app.store import keys
from app.store.as_of import promise_seal
from app.store.change_feed import START
from app.store.days import worked_out
from app.store.drafts import traits_of
from app.store.schema_drift import drift
from app.store.versions import version_digest
from app.store.write_transaction import chained, tables

CHUNK = 1000


class Finding(NamedTuple):
    """Something that is not as it was written."""

    what: str
    where: str


def verify(connection: Connection, step: Callable[[], None]) -> Iterator[Finding]:
    """Every way in which the database differs from what its log says was written.

    First whether its schema is whole, then its rows, then the indexes that rows are found by.
    ``step`` is called once for each line of the log. What it cannot tell is whether the newest
    lines were cut off together with all they wrote: see ``since_head``.
    """
    lost = list(drift(connection))
    yield from (Finding(what, name) for what, name in lost)
    if any(name.startswith(("table", "column")) for _, name in lost):
        yield Finding("the rows were not checked", "their tables are not whole")
        return
    yield from records(connection, step)
    if stale(connection):
        yield Finding("the index of texts does not lead to what the claims say", "claim_grams")
    if connection.dialect.name == "sqlite":
        yield from _unsound(connection)


def _unsound(connection: Connection) -> Iterator[Finding]:
    """What SQLite itself finds: damaged pages, indexes that lack rows, broken constraints."""
    for told in connection.exec_driver_sql("PRAGMA integrity_check(10)").scalars():
        if told != "ok":
            yield Finding("the file is damaged", str(told))


def records(connection: Connection, step: Callable[[], None]) -> Iterator[Finding]:
    """Every line of the log and every row that is not what was written."""
    before, last, moment = START, 0, 0
    for lines in _steps(connection):
        written = _Written(connection, lines)
        for line in lines:
            step()
            at = f"{line['resource']}/{line['id']} version {line['version']} (line {line['seq']})"
            if line["seq"] != last + 1:
                yield Finding("lines are missing from the log", f"between {last} and {line['seq']}")
            if not _holds(lambda: chained(before, dict(line)) == line["hash"]):  # noqa: B023
                yield Finding("a line of the log was altered", at)
            for what in _version(written, line):
                yield Finding(what, at)
            before, last, moment = line["hash"], line["seq"], line["recorded_at"]
    yield from _head(connection, (last, moment, before))
    yield from _unlogged(connection)


def _holds(check: Callable[[], bool]) -> bool:
    """Is it so? Where it cannot even be worked out, the row is none that we wrote."""
    try:
        return check()
    except Exception:  # whatever the rules make of a document that never went through them
        return False


def _steps(connection: Connection) -> Iterator[Sequence[RowMapping]]:
    """The log, so many lines at a time."""
    part = select(CHANGE).where(CHANGE.c.seq > bindparam("since")).order_by(CHANGE.c.seq)
    since = -(2**62)
    while lines := connection.execute(part.limit(CHUNK), {"since": since}).mappings().all():
        yield lines
        since = lines[-1]["seq"]


class StoredBoolean(TypeDecorator[Any]):
    """A yes or no as it is stored: on SQLite 2 is neither, though it would be read as a yes."""

    impl = BigInteger
    cache_ok = True

    def process_result_value(self, value: Any, _dialect: object) -> Any:
        return bool(value) if value in (0, 1) else value


def _logged(table: Table, resource: str, later: int = 0) -> ColumnElement[bool]:
    """A row of a table beside the line of the log that wrote it, or so many versions before it."""
    id = table.c.id if "id" in table.c else table.c.claim_id
    version = CHANGE.c.version + later if later else CHANGE.c.version
    return and_(CHANGE.c.resource == resource, CHANGE.c.id == id, table.c.version == version)


@lru_cache
def _rows_of(table: Table, resource: str) -> Select[Any]:
    columns = [
        type_coerce(column, StoredBoolean()).label(column.name)
        if isinstance(column.type, Boolean)
        else column
        for column in table.columns
    ]
    logged = _logged(table, resource)
    return select(*columns).join(CHANGE, logged).where(_step).order_by(*table.primary_key)


@lru_cache
def _ends_of(table: Table, resource: str) -> Select[Any]:
    """When versions ended: the next one says it."""
    columns = (table.c.id, CHANGE.c.version, table.c.recorded_at)
    return select(*columns).join(CHANGE, _logged(table, resource, 1)).where(_step)


@lru_cache
def _strays_of(table: Table, resource: str) -> Select[Any]:
    """How many rows no line of the log wrote."""
    logged = select(CHANGE.c.seq).where(_logged(table, resource))
    return select(func.count()).select_from(table).where(~logged.exists())


_step = CHANGE.c.seq.between(bindparam("first"), bindparam("last"))
_Rows = list[dict[str, Any]]


class _Written:
    """What some lines of the log wrote: the rows of each version, and when it ended."""

    def __init__(self, connection: Connection, lines: Sequence[RowMapping]):
        self.connection = connection
        step = {"first": lines[0]["seq"], "last": lines[-1]["seq"]}
        self.rows: dict[Table, dict[tuple[str, int], _Rows]] = {}
        self.ends: dict[tuple[str, str, int], int] = {}
        for resource in VERSIONED.keys() & {line["resource"] for line in lines}:
            for table in tables(resource):
                found = self.rows[table] = defaultdict(list)
                for row in connection.execute(_rows_of(table, resource), step).mappings():
                    found[row.get("id", row.get("claim_id")), row["version"]].append(dict(row))
            following = connection.execute(_ends_of(VERSIONED[resource].table, resource), step)
            self.ends |= {(resource, id, version): moment for id, version, moment in following}

    def of(self, line: RowMapping) -> list[_Rows]:
        """The rows that a line wrote, of each table of its resource."""
        key = line["id"], line["version"]
        return [self.rows[table].get(key, []) for table in tables(line["resource"])]

    def ended(self, line: RowMapping) -> int:
        """When what a line wrote was followed by another version."""
        return self.ends.get((line["resource"], line["id"], line["version"]), FOREVER)


def _version(written: _Written, line: RowMapping) -> Iterator[str]:
    """What is wrong with the version that a line wrote."""
    resource = line["resource"]
    if resource == keys.LOGGED:
        yield from _key(written.connection, line)
        return
    if resource not in VERSIONED:
        yield "the log names no such resource"
        return
    own, *parts = written.of(line)
    if not own:
        yield "the version is missing"
        return
    row, every, ends = own[0], [one for rows in (own, *parts) for one in rows], written.ended(line)
    checks = {
        "the version was altered": lambda: version_digest(resource, own, parts) == line["digest"],
        "what a search finds it by was altered": lambda: (
            "grams" not in row or text_search.grams(row["search"]) == row["grams"]
        ),
        "what it is known to be alike by was altered": lambda: (
            _likeness(row) == row.get("likeness")
        ),
        "what a filter finds it by was altered": lambda: _by_filters(resource, row, parts),
        "the days that its dates are found by were altered": lambda: all(map(_in_its_days, every)),
        "the moment of recording was altered": lambda: all(
            one["recorded_at"] == line["recorded_at"] for one in every
        ),
        "the end of its validity was altered": lambda: all(
            one["recorded_to"] == ends for one in every
        ),
    }
    yield from (what for what, check in checks.items() if not _holds(check))


def _key(connection: Connection, line: RowMapping) -> Iterator[str]:
    """What is wrong with the key that a line made or revoked."""
    key = keys.stored(connection, line["id"])
    if key is None:
        yield "the key is missing"
    elif not _holds(lambda: keys.version_digest(key._asdict(), line["version"]) == line["digest"]):
        yield "the key was altered"


def _likeness(row: JsonObject) -> int | None:
    """Of what ended before there was any there may be none: nobody asks what was alike then."""
    if "likeness" not in row or (row["likeness"] is None and row["recorded_to"] != FOREVER):
        return None
    return likeness.fingerprint(json.loads(row["doc"]), dict(row))


def _in_its_days(row: JsonObject) -> bool:
    return all(row[name] == value for name, value in worked_out(row).items())


def _by_filters(resource: str, row: JsonObject, parts: Sequence[_Rows]) -> bool:
    """Do the columns and rows that repeat the document, for filters, say what it says?"""
    if resource == "sources":
        doc = json.loads(row["doc"])
        return all(row[name] == doc.get(name) for name in ("url", "author", "publisher"))
    if resource != "claims":
        return True
    figures = [json.loads(one["doc"]) for one in parts[0]]
    told = [{name: one[name] for name in TRAIT_COLUMNS} for one in parts[-1]]
    return sorted(told, key=str) == sorted(traits_of(figures), key=str)


TRAIT_COLUMNS = ("n", "name", "word", "number")


def _head(connection: Connection, last: tuple[int, int, str]) -> Iterator[Finding]:
    heads = connection.execute(select(LOG_HEAD)).mappings().all()
    told = [tuple(one[name] for name in ("only", "seq", "recorded_at", "hash")) for one in heads]
    if told != [(1, *last)]:
        yield Finding("the head of the log is not its last line", f"after line {last[0]}")
    elif not _holds(lambda: _seal(heads[0]) == heads[0]["seal"]):
        yield Finding("the moment that the head promises was altered", f"after line {last[0]}")


def _seal(head: RowMapping) -> str | None:
    promised = head["promised"]
    return None if promised is None else promise_seal(head["hash"], promised)


def since_head(connection: Connection, seq: int | None, hash: str) -> Iterator[Finding]:
    """What became of a line of the log whose hash was kept elsewhere; of old, without its number.

    The one proof that the end was not cut off: a shorter log is whole in itself.
    """
    if seq is None:
        known = select(CHANGE.c.seq).where(CHANGE.c.hash == hash)
        if hash != START and connection.execute(known).first() is None:
            yield Finding("the log was rewritten or cut off", "no line has the hash that was kept")
        return
    newest = connection.execute(select(func.max(CHANGE.c.seq))).scalar_one() or 0
    there = connection.execute(select(CHANGE.c.hash).where(CHANGE.c.seq == seq)).scalars().first()
    if seq > newest:
        yield Finding("the log was cut off", f"it ends with line {newest}; line {seq} was kept")
    elif (START if seq == 0 else there) != hash:
        yield Finding("the log was rewritten", f"line {seq} has another hash than the one kept")


def _unlogged(connection: Connection) -> Iterator[Finding]:
    """Versions, and rows beside them, that no line of the log wrote."""
    for resource in VERSIONED:
        for table in tables(resource):
            if stray := connection.execute(_strays_of(table, resource)).scalar_one():
                yield Finding("rows that the log does not know", f"{stray} in {table.name}")
    for what, where in keys.unproven(connection):
        yield Finding(what, where)


PRIME = 2**31 - 1
VOCABULARY = "CREATE VIRTUAL TABLE temp.claim_grams_of USING fts5vocab(main, claim_grams, instance)"


def stale(connection: Connection) -> bool:
    """Does the index of texts lead elsewhere than the texts say? Then a search would miss some.

    Exactly on SQLite, whose index is a table of its own that a trigger keeps; on PostgreSQL,
    whether each claim is in it at all. That a claim's grams are right is asked with its row.
    """
    if connection.dialect.name == "postgresql":
        return _stale_on_postgresql(connection)
    try:
        return _stale_on_sqlite(connection)
    except DBAPIError:  # it cannot even be read, or is not there
        return True


def _stale_on_sqlite(connection: Connection) -> bool:
    """Two sums over all pairs of a gram and a claim: one of the index, one of the texts.

    In constant memory; the factor is chosen anew, so that no other index has the same sum.
    """
    factor = secrets.randbelow(PRIME - 1) + 1
    with _temporary(connection, VOCABULARY):
        grams = connection.exec_driver_sql(
            f"SELECT term, sum({_marked('doc')}) FROM temp.claim_grams_of GROUP BY term",
            {"factor": factor},
        )
        there = sum(hash(gram) * marks for gram, marks in grams)
    told = 0
    for row, found in _texts(connection):
        mark = (row % PRIME) * factor % PRIME
        told += sum(map(hash, found.split())) * (mark * mark % PRIME)
    return bool(there != told)


def _marked(row: str) -> str:
    mark = f"(({row} % {PRIME}) * :factor % {PRIME})"
    return f"{mark} * {mark} % {PRIME}"


def _texts(connection: Connection) -> Iterator[tuple[int, str]]:
    """Every claim's place and its grams, a part at a time."""
    part = text(f"SELECT rowid, grams FROM claim WHERE rowid > :after ORDER BY rowid LIMIT {CHUNK}")
    after = -(2**63)
    while rows := connection.execute(part, {"after": after}).all():
        yield from ((row, str(grams)) for row, grams in rows)
        after = rows[-1][0]


@contextmanager
def _temporary(connection: Connection, made: str) -> Iterator[None]:
    """A table that only this connection sees; where only reading is allowed, that much more is."""
    reading = connection.exec_driver_sql("PRAGMA query_only").scalar()
    connection.exec_driver_sql("PRAGMA query_only = OFF")
    part = connection.begin_nested()
    try:
        connection.exec_driver_sql(made)
        yield
    finally:
        part.rollback()
        connection.exec_driver_sql(f"PRAGMA query_only = {reading}")


def _stale_on_postgresql(connection: Connection) -> bool:
    """What the whole index leads to, beside what the table has."""
    every = connection.execute(select(func.count()).select_from(CLAIM)).scalar_one()
    part = connection.begin_nested()
    for setting in ("enable_seqscan = off", "work_mem = '256MB'"):
        connection.exec_driver_sql(f"SET LOCAL {setting}")
    led = select(func.count()).select_from(CLAIM).where(indexed(CLAIM.c.grams, literal("")))
    found = connection.execute(led).scalar_one()
    part.rollback()
    return bool(found != every)
