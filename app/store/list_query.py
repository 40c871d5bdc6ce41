"""Lists: a page is one SELECT, in keyset order, of rows that are finished answers."""

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    func,
    not_,
    select,
    true,
    tuple_,
)

from app.db import Query, Reader, Row, indexed
from app.models import CLAIM, QUANTITY, RESOURCES, SOURCE
from app.models.question import QueryShape, Question
from app.store import references
from app.store.as_of import current, final, head
from app.store.filters_sql import PLACES, Answers, Asked, Rows, Truth, of_row, plain
from app.store.fold import considered, driving, fit, of_claim, sure_by
from app.store.orders import Base, order
from app.store.search import searched
from app.store.versions import stored_columns


class Page(NamedTuple):
    """Rows in order, as their answers are spliced; their moment; where the next page starts."""

    rows: list[Any]
    moment: int
    after: tuple[Any, ...] | None
    total: int | None


async def page(reader: Reader, question: Question) -> Page:
    """One page of a list; a walk along its cursors sees every row of its first moment once."""
    shape, binds = await searched(reader, question)
    found = turned(question, await reader.rows(*asked(question, shape, binds)))
    await references.require(reader, question, bool(found.rows or question.after))
    if question.count:
        (total,), *_ = await reader.rows(counting(shape), binds)
        found = found._replace(total=total)
    if not found.moment:
        found = found._replace(moment=(await reader.rows(head, {}))[0][-1])
    return found


def asked(question: Question, shape: QueryShape, binds: dict[str, Any]) -> Query:
    """What the database is asked for one page."""
    last = {f"k{n}": value for n, value in enumerate(question.after or ())}
    return Query(listing(shape), {**binds, **last, "size": question.limit + 1})


def says_enough(question: Question, found: list[Row]) -> bool:
    """Is this an answer by itself, or has it to be seen what the question is about?

    No row says whether this database has come as far as the moment that is asked about.
    """
    if question.moment is not None and not (found and found[0][-1]):
        return False
    return bool(found or question.after) or not any(one.refers for one in question.conditions)


def turned(question: Question, found: list[Row]) -> Page:
    """The page that it answered with; where nothing is on it, no moment is needed."""
    rows, keys = found[: question.limit], 3 if question.resource == "quantities" else 2
    last = rows[-1][-keys - 1 : -1] if len(found) > question.limit else None
    after = last and tuple(key.decode() if isinstance(key, bytes) else key for key in last)
    moment = question.moment or (rows[0][-1] if rows else 0)
    return Page([row[: -keys - 1] for row in rows], moment, after, None)


@lru_cache(maxsize=2048)
def listing(shape: QueryShape) -> Select[Any]:
    """The statement of a page; its last columns are the keys of the order, and the moment."""
    base = base_of(shape)
    answers = judged(base, shape)
    keys, descending = order(base, shape)
    by = list(enumerate(keys))
    if shape.sort.lstrip("-") == "id":
        del by[1]  # the same id again, which SQLite would sort by for itself
    match = case((answers.certain, "certain"), else_="possible")
    statement = (
        select(*columns(base, shape), match, *keys, _moment(shape))
        .select_from(joined(base, shape))
        .where(*base.where, *wanted(answers, shape))
        .order_by(*(key.desc() if descending else key for _, key in by))
        .limit(bindparam("size"))
        .execution_options(values_decide=not _one_way(shape))
    )
    if not shape.after:
        return statement
    own, last = tuple_(*(key for _, key in by)), tuple_(*(bindparam(f"k{n}") for n, _ in by))
    beyond = own < last if descending else own > last
    return statement.where(beyond)


LEADING = frozenset({"claimant", "document", "utterance", "measure", "target", "affiliation"})
"""What there is an index of, in order of id."""


def _one_way(shape: QueryShape) -> bool:
    """Whether the rows lie in order in one index, however many there are of each value."""
    leading = [n for one, op, n in shape.conditions if one.name in LEADING and op == "eq"]
    beside = any(f.place in PLACES or f.kind == "trait" for f, _, _ in shape.conditions)
    in_order = shape.sort.lstrip("-") == "id" and shape.search != "leads"
    return in_order and leading in ([], [1]) and not beside


def _moment(shape: QueryShape) -> Any:
    """What the rows are of: the moment asked about, or the last change that the statement sees.

    NULL where this database has not come as far as the moment, as a replica may not have.
    """
    if not shape.past:
        return head.scalar_subquery()
    moment = bindparam("moment", type_=BigInteger)
    return case((moment <= final.scalar_subquery(), moment))


@lru_cache(maxsize=2048)
def counting(shape: QueryShape) -> Select[Any]:
    """How many rows there are on all pages."""
    base = base_of(shape)
    answers = judged(base, shape)
    return (
        select(func.count())
        .select_from(joined(base, shape))
        .where(*base.where, *wanted(answers, shape))
    )


def base_of(shape: QueryShape) -> Base:
    """The tables of a list, at its moment."""
    if shape.resource == "quantities":
        figure, claim = QUANTITY.alias(), CLAIM.alias()
        where = [current(figure, shape.past), considered(figure, shape), *_narrowed(claim, shape)]
        return Base(claim, figure, SOURCE.alias(), where)
    table = RESOURCES[shape.resource].table.alias()
    base = Base(
        table,
        table,
        SOURCE.alias(),
        [current(table, shape.past, by_index=shape.search != "leads"), *_narrowed(table, shape)],
    )
    asked = of_figures(shape)
    if not any(filter.name == "measure" and op == "eq" for _, filter, op, _ in asked):
        return base
    lead = QUANTITY.alias()
    return base._replace(lead=lead, where=[*base.where, *driving(lead, asked, shape)])


def _narrowed(claim: FromClause, shape: QueryShape) -> list[Truth]:
    """The claims that a search may be about, by the index; the text itself is looked at then."""
    if shape.search == "text":
        return []
    return [indexed(claim.c.grams, bindparam("sought"))]


def of_figures(shape: QueryShape) -> list[Asked]:
    """The conditions that are judged together on each figure, by their numbers."""
    asked = [(n, *one) for n, one in enumerate(shape.conditions)]
    return [one for one in asked if one[1].place == "quantity"]


def joined(base: Base, shape: QueryShape) -> FromClause:
    """The rows with what belongs to them; the document only where it is needed."""
    start = base.row
    if base.lead is not None:
        led, claim = base.lead.c, base.row.c
        start = base.lead.join(
            base.row, and_(led.claim_id == claim.id, led.version == claim.version)
        )
    if shape.resource == "quantities":
        same = and_(
            base.table.c.id == base.row.c.claim_id, base.table.c.version == base.row.c.version
        )
        start = start.join(base.table, same)
    if _needs_document(shape):
        work = and_(base.document.c.id == base.table.c.document, current(base.document, shape.past))
        start = start.outerjoin(base.document, work)
    return start


def _needs_document(shape: QueryShape) -> bool:
    if shape.resource == "quantities":
        return True
    names = {filter.name for filter, _, _ in shape.conditions} | {shape.sort.lstrip("-")}
    return shape.resource == "claims" and bool(names & {"published", "known_by"})


def columns(base: Base, shape: QueryShape) -> list[Any]:
    """What an answer is spliced from."""
    if shape.resource == "quantities":
        when = func.coalesce(base.table.c.published, base.document.c.date)
        row = base.row.c
        return [row.claim_id, row.version, row.recorded_at, when, row.doc]
    return stored_columns(base.row)


def judged(base: Base, shape: QueryShape) -> Answers:
    """All conditions together: independent ones combine as the weakest."""
    asked = [(n, *one) for n, one in enumerate(shape.conditions)]
    rows = Rows(base.table, base.document, shape)
    found = [of_row(rows, one) for one in asked if one[1].place != "quantity"]
    figures = of_figures(shape)
    if figures and shape.resource == "quantities":
        fits = fit(base.row, figures, shape)
        found.append(Answers(fits.possible(), fits.certain()))
    elif base.lead is not None:  # which led here, so it may fit; and is sure, if that was asked
        sure = shape.match == "certain"
        folded = true() if sure else sure_by(base.lead, figures, shape)
        found.append(Answers(true(), folded))
    elif figures:
        found.append(of_claim(base.row, figures, shape))
    found += [plain(one) for one in _unless_asked(base, shape)]
    return Answers(
        and_(true(), *(one.possible for one in found)),
        and_(true(), *(one.certain for one in found)),
    )


def _unless_asked(base: Base, shape: QueryShape) -> list[Truth]:
    """Only what is active; and what is denied has no value, unless the question says otherwise."""
    names = {filter.name for filter, _, _ in shape.conditions}
    found: list[Truth] = []
    if "status" not in names:
        found.append(base.table.c.status == "active")
    if "value" in names and "polarity" not in names:
        found.append(base.table.c.polarity == "positive")
    return found


def wanted(answers: Answers, shape: QueryShape) -> list[Truth]:
    """The rows that a question's ``match`` asks for."""
    if shape.match == "certain":
        return [answers.certain]
    if shape.match == "possible":
        return [answers.possible, not_(answers.certain)]
    return [answers.possible]
