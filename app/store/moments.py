"""Every read is an as-of read: the rows that were current at one moment."""

from sqlalchemy import BindParameter, ColumnElement, FromClause, and_, bindparam, func, select

from app.db import Query
from app.models import FOREVER, LOG_HEAD

head = select(LOG_HEAD.c.recorded_at)
"""The newest committed change."""

final = select(func.coalesce(LOG_HEAD.c.promised, LOG_HEAD.c.recorded_at))
"""The newest moment at which, or before which, nothing will be recorded any more."""

log_head_hash = Query(select(LOG_HEAD.c.hash), {})
"""While the hash of the head is the same, so is everything that was ever written."""


def held(table: FromClause, past: bool, led: bool = False) -> ColumnElement[bool]:
    """The rows of a table that were current at ``:moment``, or are now.

    Where something else has led to them, it is told like this that no index is to be used for it.
    """
    until = table.c.recorded_to + 0 if led else table.c.recorded_to
    if not past:
        return until == FOREVER
    moment: BindParameter[int] = bindparam("moment")
    return and_(table.c.recorded_at <= moment, until > moment)
