"""Ranked search: sources, measures and claims by one text, best first; and how many there are.

Of sources and measures every match is ranked, since their names are what one looks for. Of claims,
which may be a thousand times as many, those whose id begins so come first, then the newest.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, String, and_, bindparam, case, func, literal, select

from app.db import Reader, contains
from app.models import CLAIM, RESOURCES
from app.models.filters import Q
from app.models.question import Condition, Question
from app.store.as_of import current
from app.store.list_query import count_statement, count_up_to, page
from app.store.reads import StoredVersion, at_moment, stored_columns

COUNTED = 1000
"""Claims that are counted; where there are more, that is said."""


MOST_WORDS = 20
"""Words of a search that are looked for."""


class Sought(NamedTuple):
    """A search: its folded text, and the moment it is about.

    A name may have a word twice (“Duran Duran”): only its text tells it from one that has it once.
    """

    whole: str
    moment: int | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """Its words, each once; of very many those at the beginning, which find enough."""
        return tuple(dict.fromkeys(self.whole.split()))[:MOST_WORDS]

    def binds(self, **more: Any) -> dict[str, Any]:
        """Values of a statement."""
        words = {f"word{n}": word for n, word in enumerate(self.words)}
        return at_moment(self.moment, whole=self.whole, **words, **more)


class RankedHit(NamedTuple):
    """A record, and by what it was found: 0 exactly, 1 it begins so, 2 or more its contents."""

    rank: int
    row: StoredVersion


class HitList(NamedTuple):
    """The best, how many there are, and whether there are more than were counted."""

    hits: list[RankedHit]
    total: int
    more: bool


KIND_COLUMN = {"sources": "kind", "measures": "statistic"}
"""What kind of source or measure it is."""


async def named(
    reader: Reader, resource: str, sought: Sought, limit: int, kinds: tuple[str, ...] = ()
) -> HitList:
    """Sources or measures, perhaps of some kinds only: all are ranked, and counted."""
    statement = _named(resource, len(sought.words), sought.moment is not None, len(kinds))
    of_kinds = {f"kind{n}": kind for n, kind in enumerate(kinds)}
    rows = await reader.rows(statement, sought.binds(size=limit, **of_kinds))
    hits = [RankedHit(row[0], StoredVersion(*row[2:])) for row in rows]
    return HitList(hits, rows[0][1] if rows else 0, False)


@lru_cache(maxsize=256)
def _named(resource: str, words: int, past: bool, kinds: int = 0) -> Select[Any]:
    table = RESOURCES[resource].table
    line = literal("\n", String)
    text = line + table.c.id + line + table.c.search + line
    whole = bindparam("whole", type_=String)
    rank = case(
        (contains(text, line + whole + line), 0),
        (contains(text, line + whole), 1),
        (contains(text, literal(" ", String) + whole), 2),
        else_=3,
    )
    fits: list[Any] = [contains(text, bindparam(f"word{n}")) for n in range(words)]
    active = (current(table, past), table.c.status == "active")
    if kinds:
        among = [bindparam(f"kind{n}", type_=String) for n in range(kinds)]
        fits.append(table.c[KIND_COLUMN[resource]].in_(among))
    rows = select(rank, func.count().over(), *stored_columns(table)).where(*active, *fits)
    return rows.order_by(rank, table.c.id).limit(bindparam("size"))


async def claims(reader: Reader, sought: Sought, limit: int) -> HitList:
    """Claims whose id is this or begins so, then those with all words in their texts."""
    binds = sought.binds(size=limit, after=sought.whole + "~")
    by_id = await reader.rows(_by_id(sought.moment is not None), binds)
    hits = [RankedHit(int(row[0] != sought.whole), StoredVersion(*row)) for row in by_id]
    asked = Question(
        "claims", (Condition(Q, "eq", sought.words),), sort="-recorded_at", limit=limit,
        moment=sought.moment,
    )  # fmt: skip
    found = (await page(reader, asked)).rows
    known = {hit.row.id for hit in hits}
    hits += [RankedHit(3, StoredVersion(*row[:-1])) for row in found if row[0] not in known]
    count = await count_up_to(reader, asked, COUNTED) + await _beside(reader, sought)
    return HitList(hits[:limit], min(count, COUNTED), count > COUNTED)


def _begins(past: bool) -> list[Any]:
    """Ids that begin so; of the letters that an id may have none comes after `~`."""
    begins = [CLAIM.c.id >= bindparam("whole"), CLAIM.c.id < bindparam("after")]
    return [*begins, *_active(past)]


def _active(past: bool) -> list[Any]:
    return [current(CLAIM, past, by_walk=True), CLAIM.c.status == "active"]


@lru_cache
def _by_id(past: bool) -> Select[Any]:
    rows = select(*stored_columns(CLAIM)).where(*_begins(past))
    return rows.order_by(CLAIM.c.id).limit(bindparam("size"))


async def _beside(reader: Reader, sought: Sought) -> int:
    """Those that are found by their id alone."""
    binds = sought.binds(after=sought.whole + "~")
    statement = _only_by_id(len(sought.words), sought.moment is not None)
    found: int = (await reader.rows(statement, binds))[0][0]
    return found


@lru_cache(maxsize=256)
def _only_by_id(words: int, past: bool) -> Select[Any]:
    fits = and_(*(contains(CLAIM.c.search, bindparam(f"word{n}")) for n in range(words)))
    some = select(literal(1).label("one")).where(*_begins(past), ~fits).limit(COUNTED + 1)
    return select(func.count()).select_from(some.subquery())


async def counts(reader: Reader, moment: int | None) -> Mapping[str, int]:
    """How many there are of each kind that are active."""
    found = {}
    for kind, name in (("claims", "claims"), ("quantities", "figures"), ("measures", "measures"),
                       ("sources", "sources")):  # fmt: skip
        asked = Question(kind, moment=moment)
        found[name] = (await reader.rows(count_statement(asked.shape), asked.binds))[0][0]
    documents = await reader.rows(_documents(moment is not None), at_moment(moment))
    found["documents"] = documents[0][0]
    return found


@lru_cache
def _documents(past: bool) -> Select[Any]:
    return select(func.count(CLAIM.c.document.distinct())).where(*_active(past))
