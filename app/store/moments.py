"""Every read is an as-of read: the rows that were current at one moment."""

from sqlalchemy import BindParameter, ColumnElement, FromClause, and_, bindparam, select

from app.models import FOREVER, LOG_HEAD

head = select(LOG_HEAD.c.recorded_at)


def held(table: FromClause, past: bool) -> ColumnElement[bool]:
    """The rows of a table that were current at ``:moment``, or are now."""
    if not past:
        return table.c.recorded_to == FOREVER
    moment: BindParameter[int] = bindparam("moment")
    return and_(table.c.recorded_at <= moment, table.c.recorded_to > moment)
