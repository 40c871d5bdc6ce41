"""Every read is an as-of read: the rows that were current at one moment."""

from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, select

from app.models import FOREVER, LogHead

head = select(LogHead.recorded_at)


def held(table: Any, past: bool) -> ColumnElement[bool]:
    """The rows of a table that were current at ``:moment``, or are now."""
    if not past:
        return table.recorded_to == FOREVER  # type: ignore[no-any-return]
    moment = bindparam("moment")
    return and_(table.recorded_at <= moment, table.recorded_to > moment)
