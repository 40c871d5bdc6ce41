"""Values of Wikidata as ours, and ours as theirs: times and EDTF, units and UCUM.

A snak that is kept as an attribute is written so that it can be read back: plainly where the plain
text is that value and no other, else as its JSON.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from app.errors import Problem
from app.mapping import vocabulary
from app.mapping.cells import refused
from app.models.strict_json import lossless, lossless_json
from app.rules import edtf
from app.rules.json_types import JsonObject

UNITS, PROPERTIES, CIRCUMSTANCES = vocabulary("wikidata").values()
UNIT_ITEMS: dict[str, str] = {code: id for id, (code, _) in UNITS.items()}
"""The item of each unit (UCUM) that has one."""
ENTITY = re.compile(r"(?:https?://www\.wikidata\.org/entity/)?([QPL][1-9][0-9]{0,11})")
TIME = re.compile(r"([+-])([0-9]{1,16})-([0-9]{2})-([0-9]{2})T([0-9]{2}:[0-9]{2}:[0-9]{2})Z")
AMOUNT = re.compile(r"[+-]?[0-9]{1,126}(?:\.[0-9]{1,127})?")
JULIAN = "Q1985786"
CALENDARS = {JULIAN, "Q1985727"}
DAY, MONTH, YEAR, DECADE, CENTURY, MILLENNIUM = 11, 10, 9, 8, 7, 6
NO_SUCH_DATE = "the calendar has no such date, or its year is too far away"
ADDRESS = "http://www.wikidata.org/entity/"
GREGORIAN = f"{ADDRESS}Q1985727"
WITHOUT_VALUE = ("somevalue", "novalue")
EXACT = "datavalue"
"""The attribute of a figure whose value is more than its fields say: of another calendar, say."""
BETWEEN = " | "
_DATE = re.compile(r"(-?[0-9]{4}|Y-?[0-9]{5,12})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
_DECADE = re.compile(r"([0-9]{3})X")
_YEARS = re.compile(r"\[(-?[0-9]{4}|Y-?[0-9]{5,12})\.\.(-?[0-9]{4}|Y-?[0-9]{5,12})\]")
_AMOUNT = re.compile(r"([+-][0-9]+(?:\.[0-9]+)?)(?: (Q[1-9][0-9]*))?")
_TEXT = re.compile(r'"(.*)"@([a-z]{2,}(?:-[a-z0-9]+)*)')
KINDS = {"Q": "item", "P": "property", "L": "lexeme"}
WAY_OUT = (
    "this unit is not known here. Say what it is: store the measure {measure} with `unit`, its "
    'UCUM code, and "unit_label": "{unit}"; then send this again'
)

Held = str | dict[str, Any]
"""What a snak holds: somevalue, novalue, or its datavalue."""


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


# ------------------------------------------------------------------------------- written back


def held(snak: JsonObject) -> Held | None:
    """What a snak holds; None where it is none."""
    state, value = snak.get("snaktype"), snak.get("datavalue")
    if state in WITHOUT_VALUE:
        return str(state)
    return value if isinstance(value, dict) else None


def snak(name: str, value: Held, datatype: str | None = None) -> dict[str, Any]:
    """A snak of a property."""
    state = value if isinstance(value, str) else "value"
    told: dict[str, Any] = {"snaktype": state, "property": name}
    told |= {} if isinstance(value, str) else {"datavalue": value}
    return told | ({"datatype": datatype} if datatype else {})


# ---------------------------------------------------------------------------------- single values


def item(id: str) -> dict[str, Any]:
    """An entity as a datavalue."""
    told = {"entity-type": KINDS[id[0]], "numeric-id": int(id[1:]), "id": id}
    return {"type": "wikibase-entityid", "value": told}


def quantity(figure: JsonObject, unit: str) -> dict[str, Any] | None:
    """A quantity as a datavalue, digit for digit; bounds are both there, or neither.

    None where its unit is no item that is known: without it the amount would be another.
    """
    address = unit_address(unit)
    if address is None:
        return None
    told = {"amount": _signed(figure["value"]), "unit": address}
    if "lower" in figure and "upper" in figure:
        told |= {"upperBound": _signed(figure["upper"]), "lowerBound": _signed(figure["lower"])}
    return {"type": "quantity", "value": told}


def _signed(amount: str) -> str:
    """An amount as Wikidata has it: with its sign, and without an exponent."""
    amount = format(Decimal(amount), "f") if "e" in amount.lower() else amount
    return amount if amount.startswith("-") else f"+{amount}"


def unit_address(unit: str) -> str | None:
    """The address of a unit (UCUM); counted things, and what has none, are 1; None: not known."""
    if unit in UNIT_ITEMS:
        return f"{ADDRESS}{UNIT_ITEMS[unit]}"
    return "1" if unit in ("", "1") or unit.startswith("{") else None


def time(date: str) -> dict[str, Any] | None:
    """A date (EDTF) as a datavalue in the Gregorian calendar; None where no time says the same."""
    for year, month, day, precision in _times(date):
        sign, number = ("+", year) if year > 0 else ("-", 1 - year)
        told = {
            "time": f"{sign}{number:04}-{month:02}-{day:02}T00:00:00Z", "timezone": 0, "before": 0,
            "after": 0, "precision": precision, "calendarmodel": GREGORIAN,
        }  # fmt: skip
        try:
            same = time_value(told).edtf == date
        except Problem:
            continue
        if same:
            return {"type": "time", "value": told}
    return None


def _times(date: str) -> Iterable[tuple[int, int, int, int]]:
    """The times that a date may be: year, month, day and precision."""
    if plain := _DATE.fullmatch(date):
        month, day = int(plain[2] or 0), int(plain[3] or 0)
        yield _year(plain[1]), month, day, DAY if day else MONTH if month else YEAR
    elif decade := _DECADE.fullmatch(date):
        yield int(decade[1]) * 10, 0, 0, DECADE
    elif years := _YEARS.fullmatch(date):
        first, last = _year(years[1]), _year(years[2])
        yield from ((last if last > 0 else first, 0, 0, one) for one in range(CENTURY, -1, -1))


def _year(text: str) -> int:
    return int(text.removeprefix("Y"))


def main_value(figure: JsonObject, unit: str) -> Held | None:
    """What a figure says as the value of a statement; None where no value says it."""
    if "absence" in figure:
        return {"unknown": "somevalue", "not_applicable": "novalue"}.get(figure["absence"])
    if "date" in figure:
        return time(figure["date"].removesuffix("~"))
    return quantity(figure, unit) if "value" in figure else None


# ---------------------------------------------------------------------- values kept as attributes


def written(some: Iterable[JsonObject]) -> str:
    """Snaks of a property as a text that can be read back; empty where one of them is none."""
    values = [held(one) for one in some]
    if any(one is None for one in values):
        return ""
    text = BETWEEN.join(_plain(one) if one is not None else "" for one in values)
    if text.isprintable() and read_back(text) == values:
        return text
    return lossless_json(values)


def read_back(text: str) -> list[Held]:
    """What the snaks of such a text hold."""
    if text.startswith("["):
        try:
            found = lossless(text.encode())
        except (Problem, UnicodeError):
            found = None
        if isinstance(found, list) and found and all(map(_is_held, found)):
            return found
    return [_value(one) for one in text.split(BETWEEN)]


def _is_held(one: Any) -> bool:
    if isinstance(one, dict):
        return "type" in one and "value" in one
    return one in WITHOUT_VALUE


def _plain(value: Held) -> str:
    """A value as a person writes it, where it has such a form."""
    if isinstance(value, str):
        return value
    told = value.get("value")
    if isinstance(told, str):
        return told
    if not isinstance(told, dict):
        return ""
    if isinstance(told.get("id"), str):
        return str(told["id"])
    if "text" in told:
        return f'"{told["text"]}"@{told.get("language")}'
    try:
        if "time" in told:
            return time_value(told).edtf
        if "amount" in told:
            amount = _signed(exact_amount(told["amount"]))
            unit = ENTITY.fullmatch(str(told.get("unit")))
            return f"{amount} {unit[1]}" if unit else amount
    except Problem:
        pass
    return ""


def _value(text: str) -> Held:
    """The value that a plain text is."""
    if text in WITHOUT_VALUE:
        return text
    if re.fullmatch("[QPL][1-9][0-9]{0,11}", text):
        return item(text)
    if amount := _AMOUNT.fullmatch(text):
        unit = f"{ADDRESS}{amount[2]}" if amount[2] else "1"
        return {"type": "quantity", "value": {"amount": amount[1], "unit": unit}}
    if words := _TEXT.fullmatch(text):
        return {"type": "monolingualtext", "value": {"text": words[1], "language": words[2]}}
    return time(text) or {"type": "string", "value": text}
