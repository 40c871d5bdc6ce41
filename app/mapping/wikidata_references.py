"""References of a statement: the sources it came from, nearest first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from app.mapping.exchange import SourceBook, is_address, refused
from app.mapping.wikidata_qualifiers import NoteOf, kept, snaks, value_text
from app.mapping.wikidata_values import entity_id
from app.mapping.wikidata_written import Held, held, item
from app.rules.json_types import JsonObject

STATED_IN, ADDRESS, IMPORTED, IMPORT_ADDRESS = "P248", "P854", "P143", "P4656"
TITLE, ARCHIVE, PAGE, PUBLISHED = "P1476", "P1065", "P304", "P577"


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
    return book.put("source", {
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
