"""The change feed: every write in commit order, without a gap or a repeat."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from app.db import Reader
from app.models import CHANGE, LOG_HEAD

LINE = ("seq", "recorded_at", "resource", "id", "version", "operation", "digest", "hash")

_newest = select(LOG_HEAD.c.seq)


@lru_cache
def _since() -> Select[Any]:
    beyond = (CHANGE.c.seq > bindparam("since"), CHANGE.c.seq <= bindparam("until"))
    columns = [CHANGE.c[name] for name in LINE]
    return select(*columns).where(*beyond).order_by(CHANGE.c.seq).limit(bindparam("size"))


async def changes(reader: Reader, since: int, until: int, limit: int) -> list[dict[str, Any]]:
    """The lines after ``since``, up to ``until``, oldest first.

    Writers are serial, so a line once seen has all before it: polling with the last ``seq``
    misses nothing and repeats nothing.
    """
    rows = await reader.rows(_since(), {"since": since, "until": until, "size": limit})
    return [dict(zip(LINE, row, strict=True)) for row in rows]


async def newest(reader: Reader) -> int:
    """The number of the newest line; 0 before the first."""
    found: int = (await reader.rows(_newest, {}))[0][0]
    return found
