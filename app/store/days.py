"""The columns that dates are filtered by: the days that they can mean, under each policy.

The strict ones are null where they are what convention has, so that most rows carry none.
"""

import json
from functools import lru_cache
from typing import Any

from app.rules.edtf import (
    EVER,
    OPEN_FUTURE,
    OPEN_PAST,
    DateExtent,
    DateReading,
    DaySpan,
    extent,
    has_readings,
    span,
)
from app.rules.json_types import JsonObject

AXES = ("stated", "published", "period_start", "period_end", "date")
_SENT = ("stated", "published", "period")
STRICT = frozenset(f"{axis}_strict_{side}" for axis in AXES for side in ("lo", "hi"))


def of_source(doc: JsonObject, loose: DateReading = "convention") -> dict[str, Any]:
    """When a work appeared or an occasion took place."""
    return _axis("date", _days(doc, "date", loose), _days(doc, "date", "strict"))


def of_figure(figure: JsonObject, dated: bool, loose: DateReading = "convention") -> dict[str, Any]:
    """The days of a date figure; of any other, none: they lie outside of all that can be asked."""
    if figure.get("absence") == "not_applicable" or not (dated or "date" in figure):
        return _NO_DAYS
    return of_source({} if "absence" in figure else figure, loose)


def of_claim(claim: JsonObject, grows: bool, loose: DateReading = "convention") -> dict[str, Any]:
    """When it was said and printed, and the time it describes, up to ``stated`` if that grows."""
    wide = narrow = _times(claim, grows, loose)
    if any(has_readings(claim[name]) for name in _SENT if name in claim):
        wide = _times(claim, grows, "strict")
    found: dict[str, Any] = {}
    for axis, days in narrow.items():
        found |= _axis(axis, days, wide[axis])
    if "published" not in claim:
        found |= dict.fromkeys(("published_lo", "published_hi"))
    first = found["stated_lo"]
    return found | {"stated_asc": OPEN_FUTURE if first == OPEN_PAST else first}


def _times(claim: JsonObject, grows: bool, reading: DateReading) -> dict[str, DaySpan]:
    stated, published = (_days(claim, name, reading) for name in ("stated", "published"))
    start, end = _period(claim, stated, grows, reading)
    return {"stated": stated, "published": published, "period_start": start, "period_end": end}


def _period(claim: JsonObject, stated: DaySpan, grows: bool, reading: DateReading) -> DateExtent:
    if "period" in claim:
        return extent(claim["period"], reading)
    return (DaySpan(OPEN_PAST, stated.hi), stated) if grows else (EVER, EVER)


def _days(fields: JsonObject, name: str, reading: DateReading) -> DaySpan:
    return span(fields[name], reading) if name in fields else EVER


def _axis(name: str, loose: DaySpan, strict: DaySpan) -> dict[str, Any]:
    return {
        f"{name}_lo": loose.lo,
        f"{name}_hi": loose.hi,
        f"{name}_strict_lo": None if strict.lo == loose.lo else strict.lo,
        f"{name}_strict_hi": None if strict.hi == loose.hi else strict.hi,
    }


_NO_DAYS = {**_axis("date", EVER, EVER), "date_lo": OPEN_FUTURE + 1, "date_hi": OPEN_PAST - 1}


def as_written(row: JsonObject) -> JsonObject:
    """A row with the days of its dates as written, which is what its digest is of.

    What convention makes of a date may become another rule one day; the proof of what was recorded
    does not change with it. Rows of before there was such a rule are as they always were.
    """
    if all(row[name] is None for name in _strict_columns(tuple(row))):
        return row
    return {**row, **worked_out(row, "written")}


@lru_cache
def _strict_columns(names: tuple[str, ...]) -> list[str]:
    return [name for name in names if name in STRICT]


def worked_out(row: JsonObject, loose: DateReading = "convention") -> dict[str, Any]:
    """The columns of a stored row as they follow from its document; none for what has no dates."""
    if not _strict_columns(tuple(row)):
        return {}
    doc = json.loads(row["doc"])
    if "stated_lo" in row:
        until = (row["period_end_lo"], row["period_end_hi"])
        return of_claim(doc, until == (row["stated_lo"], row["stated_hi"]), loose)
    if "claim_id" in row:
        return of_figure(doc, row["date_lo"] <= row["date_hi"], loose)
    return of_source(doc, loose)
