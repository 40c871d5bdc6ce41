"""Proof that nothing was altered: the log's chain, and every stored row against its log line."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, Select, bindparam, func, select

from app.models import CHANGE, FOREVER, LOG_HEAD, RESOURCES
from app.rules import likeness, words
from app.store import figure_rows, keys
from app.store.changes import LINE, START
from app.store.days import worked_out
from app.store.log import chained, sealed
from app.store.versions import WORKED_OUT, digest

CHUNK = 1000
Line = RowMapping


class Finding(NamedTuple):
    """Something that is not as it was written."""

    what: str
    where: str


def verify(connection: Connection, step: Callable[[], None]) -> Iterator[Finding]:
    """Every way in which the database differs from what its log says was written.

    ``step`` is called once for each line of the log. What it cannot tell is whether the newest
    lines were cut off together with all they wrote: keep the head's hash elsewhere for that.
    """
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
    """Is a hash what it was? A value that is no JSON (bytes, say) is none that we wrote."""
    try:
        return made() == kept
    except (AttributeError, TypeError, ValueError):
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


@lru_cache
def _row(resource: str) -> Select[Any]:
    table = RESOURCES[resource].table
    return select(table).where(table.c.id == bindparam("id"), table.c.version == bindparam("v"))


@lru_cache
def _parts(resource: str, place: int) -> Select[Any]:
    part = RESOURCES[resource].parts[place]
    own = (part.c.claim_id == bindparam("id"), part.c.version == bindparam("v"))
    return select(part).where(*own).order_by(part.c.n)


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
    if "grams" in row and not _same(partial(words.grams, row["search"]), row["grams"]):
        yield "what a search finds it by was altered"
    if row.get("likeness") is not None and not _same(partial(_likeness, row), row["likeness"]):
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
    head = connection.execute(select(LOG_HEAD)).mappings().one_or_none()
    if head is None or (head["seq"], head["recorded_at"], head["hash"]) != last:
        yield Finding("the head of the log is not its last line", f"after line {last[0]}")
    elif not _same(partial(_seal, head), head["seal"]):
        yield Finding("the moment that the head promises was altered", f"after line {last[0]}")


def _seal(head: RowMapping) -> str | None:
    promised = head["promised"]
    return None if promised is None else sealed(head["hash"], promised)


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
