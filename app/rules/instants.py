"""Instants: microseconds since 1970 in the database, RFC 3339 in UTC outside."""

import re
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1)
FIRST, LAST = -62_135_596_800_000_000, 253_402_300_799_999_999
"""The beginning of the year 1 and the end of the year 9999: all that RFC 3339 can write in UTC."""
_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)


def text(instant: int) -> str:
    """``2026-11-22T10:00:00.000000Z``: always six digits, so that text sorts as time does.

    What cannot be written in UTC (a moment of the year 0, a key of an older version that ends in
    the year 10000) is told as the nearest that can.
    """
    told = _EPOCH + timedelta(microseconds=min(max(instant, FIRST), LAST))
    return told.isoformat(timespec="microseconds") + "Z"


def parse(written: str) -> int:
    """Microseconds of an RFC 3339 instant with an offset; ``ValueError`` says what is wrong."""
    if not _RFC3339.fullmatch(written):
        raise ValueError("send an RFC 3339 instant with its offset, like 2026-11-22T10:00:00Z")
    try:
        moment = datetime.fromisoformat(written.upper()) - EPOCH
    except (ValueError, OverflowError) as error:
        raise ValueError("there is no such instant") from error
    return moment // timedelta(microseconds=1)
