"""Text search over many claims: is a word rare enough that its index is the short way to them?

The index narrows, and the text itself decides, so both ways give the same rows. A rare word is
looked up, and what is found is put in order. A frequent one is not: a walk in order comes soon
upon as many as a page needs. In between, SQLite walks its order without reading what it passes.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import Float, Select, and_, bindparam, cast, func, select, text

from app.db import Reader, contains, quoted
from app.models import CLAIM
from app.models.question import Question, Shape

FEW = {"sqlite": 500, "postgresql": 3000}
"""Up to so many claims, looking all of them up and putting them in order takes milliseconds."""

SOME = 10_000
"""Up to so many (SQLite), each row on a walk in order is held against all that are in the index."""

SAMPLE = 200
"""Pages from all over the table (PostgreSQL) that tell how frequent a word is."""


async def searched(reader: Reader, question: Question) -> Shape:
    """The shape of a question, which says whether the index of texts leads to its claims."""
    shape = question.shape
    if shape.resource not in ("claims", "quantities"):
        return shape
    search = [n for n, one in enumerate(question.conditions) if one.filter.kind == "search"]
    if not search:
        return shape
    terms = tuple(f"c{search[0]}_{n}" for n in range(len(question.conditions[search[0]].values)))
    statement = _looked_up if reader.dialect == "sqlite" else _sampled(terms)
    about = (await reader.rows(statement, question.binds()))[0][0]
    if about <= FEW[reader.dialect]:
        return shape._replace(search="leads")
    tells = reader.dialect == "sqlite" and about <= SOME
    return shape._replace(search="among" if tells else "text")


_found = text(
    f"(SELECT 1 FROM claim_grams WHERE claim_grams MATCH {quoted(':sought')} LIMIT {SOME + 1})"
)
_looked_up = select(func.count()).select_from(_found)
"""SQLite answers from its index one by one, and stops when told to."""


@lru_cache
def _sampled(terms: tuple[str, ...]) -> Select[Any]:
    """PostgreSQL looks up all before it answers with one, so it is asked about a sample."""
    pages = func.greatest(func.pg_relation_size(CLAIM.name) / 8192, SAMPLE)
    share = func.system(cast(100.0 * SAMPLE, Float) / pages)
    some = CLAIM.tablesample(share, seed=text("1"))  # always the same pages, which stay at hand
    holds = and_(*(contains(some.c.search, bindparam(term)) for term in terms))
    return select(func.count() * pages / SAMPLE).where(holds)
