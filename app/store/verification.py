"""Proof that nothing was altered: the log's chain, and every stored row against its log line."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    RowMapping,
    Select,
    Table,
    TypeDecorator,
    bindparam,
    func,
    select,
    type_coerce,
)

from app.models import CHANGE, FOREVER, LOG_HEAD, RESOURCES
from app.rules import likeness, text_search
from app.store import figure_rows, keys
from app.store.as_of import promise_seal
from app.store.change_feed import LINE, START
from app.store.days import worked_out
from app.store.schema_drift import drift
from app.store.search_index import stale
from app.store.versions import WORKED_OUT, digest
from app.store.write_transaction import chained

CHUNK = 1000
Line = RowMapping


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
    for line in lines(connection):
        step()
        at = f"{line['resource']}/{line['id']} version {line['version']} (line {line['seq']})"
        if line["seq"] != last + 1:
            yield Finding("lines are missing from the log", f"between {last} and {line['seq']}")
        told = {name: line[name] for name in LINE[:-1]}
        if not _same(partial(chained, before, told), line["hash"]):
            yield Finding("a line of the log was altered", at)
        for what in _version(connection, line):
            yield Finding(what, at)
        before, last, moment = line["hash"], line["seq"], line["recorded_at"]
    yield from _head(connection, (last, moment, before))
    yield from _unlogged(connection)


def _same(made: Callable[[], object], kept: object) -> bool:
    """Is it what it was? Where it cannot even be worked out, the row is none that we wrote."""
    try:
        return made() == kept
    except Exception:  # whatever the rules make of a document that never went through them
        return False


def _in_its_days(row: dict[str, Any]) -> bool:
    return all(row[name] == value for name, value in worked_out(row).items())


def lines(connection: Connection) -> Iterator[Line]:
    """The log, a part at a time."""
    part = select(CHANGE).where(CHANGE.c.seq > bindparam("since")).order_by(CHANGE.c.seq)
    since = -(2**62)
    while rows := connection.execute(part.limit(CHUNK), {"since": since}).mappings().all():
        yield from rows
        since = rows[-1]["seq"]


class Stored(TypeDecorator[Any]):
    """A yes or no as it is stored: on SQLite 2 is neither, though it would be read as a yes."""

    impl = BigInteger
    cache_ok = True

    def process_result_value(self, value: Any, _dialect: object) -> Any:
        return bool(value) if value in (0, 1) else value


def _as_stored(table: Table) -> list[Any]:
    return [
        type_coerce(column, Stored()).label(column.name)
        if isinstance(column.type, Boolean)
        else column
        for column in table.columns
    ]


@lru_cache
def _row(resource: str) -> Select[Any]:
    table = RESOURCES[resource].table
    return select(*_as_stored(table)).where(
        table.c.id == bindparam("id"), table.c.version == bindparam("v")
    )


@lru_cache
def _parts(resource: str, place: int) -> Select[Any]:
    part = RESOURCES[resource].parts[place]
    own = (part.c.claim_id == bindparam("id"), part.c.version == bindparam("v"))
    return select(*_as_stored(part)).where(*own).order_by(part.c.n)


def _version(connection: Connection, line: Line) -> Iterator[str]:
    """What is wrong with the version that a line wrote."""
    if line["resource"] == keys.LOGGED:
        yield from _key(connection, line)
        return
    resource, key = line["resource"], {"id": line["id"], "v": line["version"]}
    if resource not in RESOURCES:
        yield "the log names no such resource"
        return
    row = connection.execute(_row(resource), key).mappings().one_or_none()
    if row is None:
        yield "the version is missing"
        return
    places = range(len(RESOURCES[resource].parts))
    parts = [connection.execute(_parts(resource, n), key).mappings().all() for n in places]
    kept = [part for n, part in enumerate(parts) if not _worked_out(resource, n)]
    written = [[dict(one) for one in rows] for rows in ([row], *kept) if rows]
    if not _same(partial(digest, *written), line["digest"]):
        yield "the version was altered"
    if "grams" in row and not _same(partial(text_search.grams, row["search"]), row["grams"]):
        yield "what a search finds it by was altered"
    if not _same(partial(_likeness, row), row.get("likeness")):
        yield "what it is known to be alike by was altered"
    if not _same(partial(_by_filters, resource, row, parts), True):
        yield "what a filter finds it by was altered"
    whole = [row, *(one for rows in parts for one in rows)]
    if not all(_same(partial(_in_its_days, dict(one)), True) for one in whole):
        yield "the days that its dates are found by were altered"
    if any(one["recorded_at"] != line["recorded_at"] for one in whole):
        yield "the moment of recording was altered"
    following = connection.execute(_row(resource), {**key, "v": key["v"] + 1}).mappings().first()
    ends = FOREVER if following is None else following["recorded_at"]
    if any(one["recorded_to"] != ends for one in whole):
        yield "the end of its validity was altered"


def _key(connection: Connection, line: Line) -> Iterator[str]:
    """What is wrong with the key that a line made or revoked."""
    key = keys.stored(connection, line["id"])
    if key is None:
        yield "the key is missing"
    elif not _same(partial(keys.version_digest, key._asdict(), line["version"]), line["digest"]):
        yield "the key was altered"


def _likeness(row: RowMapping) -> int | None:
    """Of what ended before there was any there may be none: nobody asks what was alike then."""
    if "likeness" not in row or (row["likeness"] is None and row["recorded_to"] != FOREVER):
        return None
    return likeness.of(json.loads(row["doc"]), dict(row))


def _worked_out(resource: str, place: int) -> bool:
    return RESOURCES[resource].parts[place].name in WORKED_OUT


def _by_filters(resource: str, row: Line, parts: Sequence[Sequence[Line]]) -> bool:
    """Do the columns and rows that repeat the document, for filters, say what it says?"""
    if resource == "sources":
        doc = json.loads(row["doc"])
        return all(row[name] == doc.get(name) for name in ("url", "author", "publisher"))
    if resource != "claims":
        return True
    figures = [json.loads(one["doc"]) for one in parts[0]]
    told = [{name: one[name] for name in TOLD} for one in parts[-1]]
    return sorted(told, key=str) == sorted(figure_rows.traits_of(figures), key=str)


TOLD = ("n", "name", "word", "number")


def _head(connection: Connection, last: tuple[int, int, str]) -> Iterator[Finding]:
    heads = connection.execute(select(LOG_HEAD)).mappings().all()
    told = [tuple(one[name] for name in ("only", "seq", "recorded_at", "hash")) for one in heads]
    if told != [(1, *last)]:
        yield Finding("the head of the log is not its last line", f"after line {last[0]}")
    elif not _same(partial(_seal, heads[0]), heads[0]["seal"]):
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
    for resource, kind in RESOURCES.items():
        for table, id in [(kind.table, "id"), *((part, "claim_id") for part in kind.parts)]:
            logged = select(CHANGE.c.seq).where(
                CHANGE.c.resource == resource,
                CHANGE.c.id == table.c[id],
                CHANGE.c.version == table.c.version,
            )
            count = select(func.count()).select_from(table).where(~logged.exists())
            if stray := connection.execute(count).scalar_one():
                yield Finding("rows that the log does not know", f"{stray} in {table.name}")
    for what, where in keys.unproven(connection):
        yield Finding(what, where)
