"""Text search over many claims: is a word rare enough that its index is the short way to them?

The index narrows, and the text itself decides, so both ways give the same rows. A rare word is
looked up, and what is found is put in order. A frequent one is not: a walk in order comes soon
upon as many as a page needs.
"""

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Float, Select, and_, bindparam, case, cast, func, select, text

from app.db import Reader, contains, quoted
from app.models import CLAIM
from app.models.question import QueryShape, Question
from app.rules import text_search

LOOKED_UP = {"sqlite": 3, "postgresql": 20}
"""To look up a claim by its words and put it in its place takes as long as to pass so many."""

SEEN = 500
"""Up to so many are counted (SQLite): where they end tells how many there are in all."""


async def planned_search(
    reader: Reader, question: Question
) -> tuple[QueryShape, Mapping[str, Any]]:
    """A question's shape and values, which say whether the index of texts leads to its claims."""
    shape, binds = question.shape, question.binds
    search = [n for n, one in enumerate(question.conditions) if one.filter.kind == "search"]
    if not search or shape.resource not in ("claims", "quantities"):
        return shape, binds
    terms = question.conditions[search[0]].values
    names = tuple(f"c{search[0]}_{n}" for n in range(len(terms)))
    sqlite = reader.dialect == "sqlite"
    for some in text_search.narrowing(terms) if sqlite else [terms]:
        sought = {**binds, "sought": text_search.index_query(some)}
        about, every = (await reader.rows(_counted if sqlite else _sampled(names), sought))[0]
        if _rare(about, every, reader.dialect, question):
            return shape._replace(search="leads"), sought
    return shape, binds


def _rare(about: float, every: float, dialect: str, question: Question) -> bool:
    """Is it less to look up so many claims than to pass as many as a walk in order would?"""
    wanted = math.inf if question.count or question.by else question.limit + 1
    passed = every * min(1.0, wanted / about) if about else every
    return LOOKED_UP[dialect] * about <= passed


_found = text(
    "(SELECT rowid FROM claim_grams"
    f" WHERE claim_grams MATCH {quoted(':sought')} LIMIT {SEEN + 1}) AS found"
)
_every = select(func.max(text("claim.rowid"))).select_from(CLAIM).scalar_subquery()
_part = func.max(text("found.rowid")) / cast(_every, Float)
_counted = select(
    case((func.count() > SEEN, func.count() / _part), else_=func.count()), func.coalesce(_every, 0)
).select_from(_found)
"""SQLite answers from its index one by one, in the order they were written, and stops when told."""


@lru_cache
def _sampled(terms: tuple[str, ...]) -> Select[Any]:
    """PostgreSQL looks up all before it answers with one, so it is asked about a sample.

    Of so many pages that a word which is just rare enough stands in two or three of its texts.
    """
    pages = cast(func.greatest(func.pg_relation_size(CLAIM.name) / 8192, 1), Float)
    part = 1.0 / func.sqrt(pages, type_=Float)
    some = CLAIM.tablesample(func.system(100 * part), seed=text("1"))  # always the same pages
    holds = and_(*(contains(some.c.search, bindparam(term)) for term in terms))
    found: list[Any] = [func.count().filter(holds) / part, func.count() / part]
    return select(*found).select_from(some)
