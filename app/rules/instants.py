"""Instants: microseconds since 1970 in the database, RFC 3339 in UTC outside."""

import re
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1)
LAST = 253_402_300_799_999_999
"""The end of the year 9999."""
_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)


def text(instant: int) -> str:
    """``2026-11-22T10:00:00.000000Z``: always six digits, so that text sorts as time does.

    A key that an older version took may end in the year 10000, which RFC 3339 cannot write: it is
    told as the last instant before.
    """
    told = _EPOCH + timedelta(microseconds=min(instant, LAST))
    return told.isoformat(timespec="microseconds") + "Z"


def parse(written: str) -> int:
    """Microseconds of an RFC 3339 instant with an offset; ``ValueError`` says what is wrong.

    One that UTC has in the year 0 or 10000 could be kept, and never be told.
    """
    if not _RFC3339.fullmatch(written):
        raise ValueError("send an RFC 3339 instant with its offset, like 2026-11-22T10:00:00Z")
    try:
        moment = datetime.fromisoformat(written.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError("there is no such instant") from error
    return (moment - EPOCH) // timedelta(microseconds=1)
