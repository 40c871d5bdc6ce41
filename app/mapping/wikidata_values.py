"""Values of Wikidata as ours: times by their precision and calendar to EDTF, units to UCUM."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from app.mapping.exchange import refused
from app.rules import edtf
from app.rules.json_types import JsonObject

ENTITY = re.compile(r"(?:https?://www\.wikidata\.org/entity/)?([QPL][1-9][0-9]{0,11})")
TIME = re.compile(r"([+-])([0-9]{1,16})-([0-9]{2})-([0-9]{2})T([0-9]{2}:[0-9]{2}:[0-9]{2})Z")
AMOUNT = re.compile(r"[+-]?[0-9]{1,126}(?:\.[0-9]{1,127})?")
JULIAN = "Q1985786"
CALENDARS = {JULIAN, "Q1985727"}
DAY, MONTH, YEAR, DECADE, CENTURY, MILLENNIUM = 11, 10, 9, 8, 7, 6
NO_SUCH_DATE = "the calendar has no such date, or its year is too far away"
WAY_OUT = (
    "this unit is not known here. Say what it is: store the measure {measure} with `unit`, its "
    'UCUM code, and "unit_label": "{unit}"; then send this again'
)


@lru_cache
def vocabulary() -> JsonObject:
    """The units, properties and circumstances that are known."""
    with (Path(__file__).parent / "wikidata.toml").open("rb") as file:
        return tomllib.load(file)


@lru_cache
def unit_codes() -> dict[str, str]:
    """The item of each unit (UCUM) that has one."""
    return {code: id for id, (code, _) in vocabulary()["units"].items()}


def entity_id(sent: Any) -> str | None:
    """The id in an entity's address, or as it is."""
    found = ENTITY.fullmatch(sent) if isinstance(sent, str) else None
    return found[1] if found else None


class ReadTime(NamedTuple):
    """A time as EDTF, and what it said beside."""

    edtf: str
    note: str | None = None


def time_value(value: JsonObject) -> ReadTime:
    """A time; raises ``Invalid``."""
    text, precision = value.get("time"), value.get("precision")
    found = TIME.fullmatch(text) if isinstance(text, str) else None
    calendar = entity_id(value.get("calendarmodel", "Q1985727"))
    if found is None or not isinstance(precision, int) or not 0 <= precision <= 14:
        raise refused('a time is like "+2021-05-09T00:00:00Z" with a `precision` of 0 to 14')
    if calendar not in CALENDARS:
        raise refused("this calendar is not known: Gregorian is Q1985727, Julian Q1985786")
    year = int(found[2]) if found[1] == "+" else 1 - int(found[2])
    month, day = int(found[3]), int(found[4])
    if found[1] == "-" and int(found[2]) == 0:
        raise refused("there is no year 0 before the common era")
    return _checked(_read(year, month, day, precision, calendar == JULIAN), value, found[5])


def _checked(read: ReadTime, value: JsonObject, clock: str) -> ReadTime:
    try:
        edtf.span(read.edtf)
    except ValueError:
        raise refused(NO_SUCH_DATE) from None
    notes = [read.note] if read.note else []
    if clock != "00:00:00":
        notes.append("the time of day is left out")
    if value.get("before") or value.get("after"):
        notes.append("`before` and `after` are left out")
    return ReadTime(read.edtf, "; ".join(notes) or None)


def _read(year: int, month: int, day: int, precision: int, julian: bool) -> ReadTime:
    if precision >= MONTH and not 1 <= month <= 12:
        raise refused("a time of this precision has a month")
    if precision >= DAY and not 1 <= day <= 31:
        raise refused("a time of this precision has a day")
    if julian:
        return _julian(year, month, day, precision)
    if precision >= DAY:
        return ReadTime(_spelt(year, month, day))
    if precision == MONTH:
        return ReadTime(_spelt(year, month))
    if precision == DECADE and 0 < year <= 9999:
        return ReadTime(f"{year // 10:03}X")
    first, last = _years(year, precision)
    return ReadTime(_spelt(first) if first == last else f"[{_spelt(first)}..{_spelt(last)}]")


def _years(year: int, precision: int) -> tuple[int, int]:
    """The first and last year: a century and a millennium end with their round year."""
    step = 10 ** (YEAR - precision)
    if precision in (CENTURY, MILLENNIUM):
        if year > 0:
            last = -(-year // step) * step
            return last - step + 1, last
        first = 1 - (-(-(1 - year) // step) * step)  # the first century BCE: 100 to 1 BCE
        return first, first + step - 1
    if year > 0:
        first = year // step * step
        return first, first + step - 1
    last = 1 - (1 - year) // step * step  # the 40s BCE: 49 to 40 BCE
    return last - step + 1, min(last, 0)


def _spelt(year: int, month: int = 0, day: int = 0) -> str:
    if abs(year) > 9999:
        if month:
            raise refused("months and days of such a year cannot be kept")
        return f"Y{year}"
    parts = [f"{'-' if year < 0 else ''}{abs(year):04}"]
    parts += [f"{one:02}" for one in (month, day) if one]
    return "-".join(parts)


def _julian(year: int, month: int, day: int, precision: int) -> ReadTime:
    """The same days in the Gregorian calendar: exactly for a day, else as one of so many."""
    if precision >= DAY:
        if day > _julian_day(year + month // 12, month % 12 + 1, 1) - _julian_day(year, month, 1):
            raise refused(NO_SUCH_DATE)
        one = edtf.date_text(_julian_day(year, month, day))
        return ReadTime(one, f"{_spelt(year, month, day)} in the Julian calendar")
    if precision == MONTH:
        first = _julian_day(year, month, 1)
        last = _julian_day(year + month // 12, month % 12 + 1, 1) - 1
        told = _spelt(year, month)
    else:
        lowest, highest = _years(year, precision)
        first, last = _julian_day(lowest, 1, 1), _julian_day(highest + 1, 1, 1) - 1
        told = _spelt(lowest) if lowest == highest else f"{_spelt(lowest)} to {_spelt(highest)}"
    if max(abs(year), 1) > 9000:
        raise refused("a Julian year so far away cannot be kept")
    span = f"[{edtf.date_text(first)}..{edtf.date_text(last)}]"
    return ReadTime(span, f"{told} in the Julian calendar")


def _julian_day(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to a day of the Julian calendar (Meeus, chapter 7)."""
    before = month <= 2
    years, months = year - before, month + 12 * before
    since = (1461 * (years + 4716)) // 4 + (306001 * (months + 1)) // 10000 + day - 1524
    return since - 2440588


def exact_amount(sent: Any) -> str:
    """An amount digit for digit, without the plus sign; raises ``Invalid``."""
    if not isinstance(sent, str) or not AMOUNT.fullmatch(sent):
        raise refused('an amount is a decimal as text, as in "+18250"')
    return sent.removeprefix("+")
