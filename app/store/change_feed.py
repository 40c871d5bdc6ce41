"""The change feed: every write in commit order, without a gap or a repeat."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, select

from app.db import Reader
from app.errors import LogMismatch
from app.models import CHANGE, LOG_HEAD, RESOURCES
from app.models.question import QueryShape, Question
from app.store.reads import StoredVersion, filled, places, stored_columns
from app.store.selection import every_version
from app.store.write_transaction import LINE

SIZE = 50
"""Versions that are read by one statement."""
newest_line = select(LOG_HEAD.c.seq)
"""The number of the newest line."""
START = "0" * 64
"""The hash before the first line."""

AGAIN = "Read the log again from `since=0`, or ask the server that you asked before."
SHORTER = f"The log ends before `since`: it was restored, or has not come so far here. {AGAIN}"
ANOTHER = f"The line `since` has another hash: the log was restored or altered. {AGAIN}"


def _in_log(rows: Select[Any], newest_first: bool) -> Select[Any]:
    """Those of a part of the log, in its order."""
    beyond = (CHANGE.c.seq > bindparam("since"), CHANGE.c.seq <= bindparam("until"))
    order = CHANGE.c.seq.desc() if newest_first else CHANGE.c.seq
    return rows.where(*beyond).order_by(order).limit(bindparam("size"))


@lru_cache
def _since(newest_first: bool) -> Select[Any]:
    return _in_log(select(*CHANGE.columns), newest_first)


_hash_of = select(CHANGE.c.hash).where(CHANGE.c.seq == bindparam("seq"))


async def changes(
    reader: Reader,
    since: int,
    until: int,
    limit: int,
    hash: str | None = None,
    newest_first: bool = False,
) -> list[dict[str, Any]]:
    """The lines after ``since``, up to ``until``, oldest first or newest first.

    Writers are serial, so a line once seen has all before it: polling with the last ``seq``
    misses nothing and repeats nothing. Raises ``LogMismatch`` where the log has no line ``since``,
    or where ``hash`` is not the one of that line: what the consumer has is of another past.
    """
    if since > await newest(reader):
        raise LogMismatch(SHORTER)
    if hash is not None and hash != await _hash(reader, since):
        raise LogMismatch(ANOTHER)
    rows = await reader.rows(_since(newest_first), {"since": since, "until": until, "size": limit})
    return [dict(zip(LINE, row, strict=True)) for row in rows]


@lru_cache
def _written(resource: str) -> Select[Any]:
    table = RESOURCES[resource].table
    same = and_(CHANGE.c.id == table.c.id, CHANGE.c.version == table.c.version)
    rows = select(CHANGE.c.seq, *stored_columns(table)).join(table, same)
    return rows.where(CHANGE.c.resource == resource, CHANGE.c.seq.in_(places("seq", SIZE)))


async def written(reader: Reader, lines: list[dict[str, Any]]) -> dict[int, StoredVersion]:
    """The versions that these lines wrote, as they were then, by the number of the line."""
    found: dict[int, StoredVersion] = {}
    for resource in RESOURCES:
        own = [line["seq"] for line in lines if line["resource"] == resource]
        for start in range(0, len(own), SIZE):
            binds = filled("seq", own[start : start + SIZE], SIZE)
            rows = await reader.rows(_written(resource), binds)
            found |= {row[0]: StoredVersion(*row[1:]) for row in rows}
    return found


LAST = 2**53 - 1
"""The highest line that can be asked for: every program reads it exactly."""

ARCHIVE = 100
"""Lines of the log that one closed part of a feed is about."""

Version = tuple[dict[str, Any], StoredVersion]


@lru_cache(maxsize=256)
def _claim_versions(shape: QueryShape, newest_first: bool) -> Select[Any]:
    found = every_version(shape)
    claim = found.tables.table
    line = and_(CHANGE.c.id == claim.c.id, CHANGE.c.version == claim.c.version)
    joined = found.joined.join(CHANGE, and_(line, CHANGE.c.resource == "claims"))
    return _in_log(
        found.select(*CHANGE.columns, *stored_columns(claim), joined=joined), newest_first
    )


async def claim_versions(
    reader: Reader,
    question: Question,
    since: int,
    until: int,
    limit: int,
    newest_first: bool = True,
) -> list[Version]:
    """The versions of claims that a question finds, with their lines of the log."""
    binds = {**question.binds, "since": since, "until": until, "size": limit}
    rows = await reader.rows(_claim_versions(question.shape, newest_first), binds)
    return [(dict(zip(LINE, row, strict=False)), StoredVersion(*row[len(LINE) :])) for row in rows]


async def newest_versions(
    reader: Reader, question: Question, least: int
) -> tuple[list[Version], int]:
    """The newest so many and the rest of their part of the log; and where that part begins."""
    last = await newest(reader)
    found = await claim_versions(reader, question, 0, last, least)
    if len(found) < least:
        return found, 0
    oldest = found[-1][0]["seq"]
    floor = (oldest - 1) // ARCHIVE * ARCHIVE
    return found + await claim_versions(reader, question, floor, oldest - 1, ARCHIVE), floor


async def _hash(reader: Reader, seq: int) -> str:
    if seq == 0:
        return START
    found: str = (await reader.rows(_hash_of, {"seq": seq}))[0][0]
    return found


async def newest(reader: Reader) -> int:
    """The number of the newest line; 0 before the first."""
    found: int = (await reader.rows(newest_line, {}))[0][0]
    return found
