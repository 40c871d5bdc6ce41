"""The index of texts held against the texts: emptied or stale, a search would miss what is there.

A word is found by its grams (``app.rules.text_search``), which ``verify`` works out again for each
claim; what is asked here is whether the index leads to the claim by them. Exactly on SQLite, whose
index is a table of its own that a trigger keeps; on PostgreSQL, whether each claim is in it at
all.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, func, literal, select, text
from sqlalchemy.exc import DBAPIError

from app.db import indexed
from app.models import CLAIM

CHUNK = 1000
PRIME = 2**31 - 1
VOCABULARY = "CREATE VIRTUAL TABLE temp.claim_grams_of USING fts5vocab(main, claim_grams, instance)"


def stale(connection: Connection) -> bool:
    """Does the index lead elsewhere than the texts say?"""
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
