"""Values of Wikidata written back: our texts, dates and units as snaks in their published form.

A snak that is kept as an attribute is written so that it can be read back: plainly where the plain
text is that value and no other, else as its JSON.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from app.errors import Problem
from app.mapping.wikidata_values import (
    CENTURY,
    DAY,
    DECADE,
    ENTITY,
    MONTH,
    YEAR,
    exact_amount,
    time_value,
    unit_codes,
)
from app.models.strict_json import lossless, lossless_json
from app.rules.json_types import JsonObject

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

Held = str | dict[str, Any]
"""What a snak holds: somevalue, novalue, or its datavalue."""


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
    if unit in unit_codes():
        return f"{ADDRESS}{unit_codes()[unit]}"
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
