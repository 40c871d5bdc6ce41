"""Snaks beside a statement's value: its qualifiers, and the references that it came from.

Qualifiers say when it holds, how surely it was put, and what part it is of; references, through
which sources it came, nearest first. What is read as neither is kept as an attribute.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from app.errors import Invalid
from app.mapping.cells import refused
from app.mapping.exchange import SourceBook, is_address
from app.mapping.wikidata_values import (
    CIRCUMSTANCES,
    Held,
    entity_id,
    exact_amount,
    held,
    item,
    time,
    time_value,
    written,
)
from app.rules.json_types import JsonObject

POINT, START, END = "P585", "P580", "P582"
SOURCING, NATURE = "P1480", "P5102"
PART, REASON = "P518", "P2241"
STATED_IN, ADDRESS, IMPORTED, IMPORT_ADDRESS = "P248", "P854", "P143", "P4656"
TITLE, ARCHIVE, PAGE, PUBLISHED = "P1476", "P1065", "P304", "P577"
PART_NAME = "applies_to_part"
UNREAD = "wikidata:circumstance-not-read"
"""The tag of a figure that may be less plain than it looks."""
MOST_ATTRIBUTES, LONGEST = 30, 500
NoteOf = Callable[[str, str], None]


@dataclass
class Qualified:
    """What the qualifiers come to."""

    period: str | None = None
    approximate: bool = False
    modality: str | None = None
    reason: str | None = None
    dimensions: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def snaks(sent: Any, place: str) -> dict[str, list[JsonObject]]:
    """Snaks by property; raises ``Invalid``."""
    if sent is None or sent == []:
        return {}
    if not isinstance(sent, dict) or not all(
        isinstance(some, list) and all(isinstance(one, dict) for one in some)
        for some in sent.values()
    ):
        raise refused("snaks stand in lists, by property", place)
    return dict(sent)


def qualified(sent: Any, note: NoteOf) -> Qualified:
    """The qualifiers read; raises ``Invalid``."""
    found = Qualified()
    told = snaks(sent, "/qualifiers")
    found.period = _period(told, found, note)
    for name, some in told.items():
        if name in (SOURCING, NATURE):
            for one in some:
                _circumstance(one, found, note)
        elif name == PART:
            found.dimensions[PART_NAME] = "+".join(sorted(map(value_text, some)))[:LONGEST]
        elif name == REASON:
            found.reason = ", ".join(map(value_text, some))
    implied = implied_qualifiers(found.period, found.dimensions)
    for name, some in told.items():
        if [held(one) for one in some] != implied.get(name):
            kept(found.attributes, name.lower(), some, note)
    return found


def implied_qualifiers(period: str | None, dimensions: JsonObject) -> dict[str, list[Held]]:
    """The qualifiers that a claim's period and dimensions say; any others are attributes."""
    found: dict[str, list[Held]] = {}
    first, sign, last = (period or "").partition("/")
    for name, date in ((START, first), (END, last)) if sign else ((POINT, first),):
        value = "novalue" if date == ".." else time(date)
        if value:
            found[name] = [value]
    parts = str(dimensions.get(PART_NAME, "")).split("+")
    if all(entity_id(one) == one for one in parts):
        found[PART] = [item(one) for one in parts]
    return found


def kept(attributes: dict[str, str], name: str, some: list[JsonObject], note: NoteOf) -> None:
    """Snaks of a property as an attribute; what does not fit is told."""
    text = written(some)
    fits = 0 < len(text) <= LONGEST and text.isprintable()
    if fits and len(attributes) < MOST_ATTRIBUTES:
        attributes[name] = text
    else:
        shown = name if name.isprintable() and len(name) < 30 else "?"
        note(
            "lost",
            f"{shown.upper()} is lost: its value is empty or too long, or there are too many",
        )


def value_text(snak: JsonObject) -> str:
    """A value as a short text."""
    told = held(snak)
    value = told.get("value") if isinstance(told, dict) else told
    if isinstance(value, dict):
        try:
            return _object_text(value)
        except Invalid:
            return ""
    return value.strip() if isinstance(value, str) else ""


def _object_text(value: JsonObject) -> str:
    if isinstance(value.get("id"), str):
        return entity_id(value["id"]) or value["id"]
    if "time" in value:
        return time_value(value).edtf
    if "amount" in value:
        unit = entity_id(value.get("unit"))
        return exact_amount(value["amount"]) + (f" {unit}" if unit else "")
    if "latitude" in value:
        return f"{value['latitude']}, {value.get('longitude')}"
    return str(value.get("text", ""))


def _circumstance(snak: JsonObject, found: Qualified, note: NoteOf) -> None:
    """How the value is meant; one that is not known may be “at least”, and is told."""
    meaning = CIRCUMSTANCES.get(value_text(snak))
    if meaning == "approximate":
        found.approximate = True
    elif meaning in ("probable", "possible"):
        found.modality = meaning
    elif meaning:
        found.tags.append(f"wikidata:{meaning}")
    else:
        if UNREAD not in found.tags:
            found.tags.append(UNREAD)
        told = f"{value_text(snak)[:80]} is a circumstance that is not known here"
        note("circumstance", f"{told}: it is an attribute, and the value kept as if it were plain")


def _period(told: dict[str, list[JsonObject]], found: Qualified, note: NoteOf) -> str | None:
    """The time that the figure describes, from the point in time, else from start and end."""
    points = [one for one in (_end(snak, found) for snak in told.get(POINT, ())) if one]
    ends = {name: told[name] for name in (START, END) if told.get(name)}
    if points:
        if len(points) == 1:
            return None if points[0] in ("somevalue", "novalue") else points[0]
        return _several(points, note)
    if not ends:
        return None
    if any(len(some) > 1 for some in ends.values()):
        return _lost(found, note, "it has several starts or ends")
    first, last = (_end(ends[name][0], found) if name in ends else "" for name in (START, END))
    if "[" in first + last:
        return _lost(found, note, "an end of it is one of several days")
    sides = ["" if one == "somevalue" else ".." if one == "novalue" else one
             for one in (first, last)]  # fmt: skip
    return "/".join(sides) if any(one not in ("", "..") for one in sides) else None


def _end(snak: JsonObject, found: Qualified) -> str:
    told = held(snak)
    if isinstance(told, str):
        return told
    value = told.get("value") if told else None
    if not isinstance(value, dict):
        raise refused("a time has its value", "/qualifiers")
    read = time_value(value)
    if read.note:
        found.notes.append(read.note)
    return read.edtf


def _several(points: list[str], note: NoteOf) -> str | None:
    if all(one[0].isdigit() for one in points) and len(",".join(points)) < 90:
        return f"{{{','.join(sorted(set(points)))}}}"
    note("period_lost", "its points in time are kept as an attribute alone")
    return None


def _lost(found: Qualified, note: NoteOf, why: str) -> str | None:
    found.tags.append("period-not-kept")
    note("period_lost", f"its time is kept as attributes alone: {why}")
    return None


@dataclass
class CitedReference:
    """The hops from Wikidata to the origin, and what else a reference says."""

    hops: list[dict[str, Any]] = field(default_factory=list)
    locator: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)


def cited(sent: Any, book: SourceBook, note: NoteOf) -> CitedReference:
    """One reference; raises ``Invalid``."""
    if not isinstance(sent, dict):
        raise refused("a reference is an object with `snaks`", "/references")
    told = snaks(sent.get("snaks"), "/references")
    found = CitedReference()
    relayers = [_item(one, book) for one in told.get(IMPORTED, ())]
    copied = [_page(one, told, book, note) for one in told.get(IMPORT_ADDRESS, ())]
    relayers += copied
    pages = [_page(one, told, book, note) for one in told.get(ADDRESS, ())]
    origins = [_item(one, book) for one in told.get(STATED_IN, ())]
    found.hops = _hops([relayers, pages, origins], bool(relayers) and not origins)
    if PAGE in told:
        found.locator = f"p. {', '.join(map(value_text, told[PAGE]))}"[:300]
    implied = implied_reference(found.hops)
    for name, some in told.items():
        if [held(one) for one in some] != implied.get(name):
            kept(found.attributes, f"ref_{name.lower()}", some, note)
    return found


def implied_reference(hops: Iterable[JsonObject]) -> dict[str, list[Held]]:
    """The snaks that a claim's chain says: items stated in, or imported from."""
    found: dict[str, list[Held]] = {}
    for hop in hops:
        id = str(hop["source"]).removeprefix("wd.").upper()
        if hop["source"] == f"wd.{id.lower()}" and entity_id(id) == id and id.startswith("Q"):
            name = STATED_IN if hop["role"] == "originator" else IMPORTED
            found.setdefault(name, []).append(item(id))
    return found


def _hops(steps: list[list[str | None]], relayed: bool) -> list[dict[str, Any]]:
    """The chain after Wikidata; what was only copied from elsewhere has no origin."""
    ids = [list(dict.fromkeys(one for one in some if one)) for some in steps]
    ids = [some for some in ids if some]
    return [
        {
            "source": id,
            "role": "originator" if position == len(ids) and not relayed else "relayer",
            "position": position,
        }
        for position, some in enumerate(ids, 1)
        for id in some
    ]


def _item(snak: JsonObject, book: SourceBook) -> str | None:
    """The source that an item is: known by its id, for its name stands elsewhere."""
    id = value_text(snak)
    if entity_id(id) != id or not id.startswith("Q"):
        return None
    return book.put("sources", {
        "id": f"wd.{id.lower()}", "kind": "other", "class": "work", "name": id,
        "same_as": [f"http://www.wikidata.org/entity/{id}"],
    })  # fmt: skip


def _page(
    snak: JsonObject, told: dict[str, list[JsonObject]], book: SourceBook, note: NoteOf
) -> str | None:
    address = value_text(snak)
    if not is_address(address):
        note("lost", "the address in a reference is none: it is kept, and no source is made of it")
        return None
    title, archive, date = (
        value_text(told[name][0]) if told.get(name) else None
        for name in (TITLE, ARCHIVE, PUBLISHED)
    )
    archived = archive if archive and is_address(archive) else None
    return book.page(address, title, title=title, archived_url=archived, date=date or None,
                     accessed=None)  # fmt: skip
