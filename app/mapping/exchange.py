"""Exchange formats of others: items become lines of an import, and what is lost is told for each.

The sources that items name are made once, and found by name among those that are stored.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import IO, Any, Literal
from urllib.parse import urlsplit

from app.errors import Fault
from app.mapping.cells import refused
from app.mapping.names import Named, NameLookup, NewResources
from app.mapping.slugs import digest, name_key, slug
from app.rules.json_types import JsonObject

ExchangeFormat = Literal["claimreview", "wikidata"]
MAX_ADDRESS = 2000
MOST_NOTICES = 1000
"""Notices that are kept: an answer tells no more."""


def host_of(address: str) -> str:
    """The host of an address without `www.`; empty where there is none."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def is_address(text: str) -> bool:
    """Is it the address of a page?"""
    plain = text.startswith(("https://", "http://")) and len(text) <= MAX_ADDRESS
    return plain and not any(one.isspace() for one in text) and bool(host_of(text))


class SourceBook(NewResources):
    """The sources and measures that items name, each found by its name or address."""

    def __init__(self, lookup: NameLookup):
        super().__init__(lookup)
        self._known: set[tuple[str, str]] = set()
        self._agents: dict[str, str] = {}

    def agent(self, name: str, kind: str = "other", **more: Any) -> str:
        """Whoever has this name: stored, made before, or made now."""
        key = name_key(name)
        if key not in self._agents:
            self._agents[key] = self._stored_agent(key) or self._new_agent(name, kind, more)
        return self._agents[key]

    def _stored_agent(self, key: str) -> str | None:
        hits = [
            id
            for id in sorted(self.lookup.named("sources", key))
            if (self.lookup.stored("sources", id) or {}).get("class", "agent") == "agent"
        ]
        if len(hits) > 1:
            raise refused(
                f"several sources have a name that this names: {', '.join(hits[:10])}; give one of"
                " them another name, then send this again",
                code="ambiguous",
            )
        return hits[0] if hits else None

    def _new_agent(self, name: str, kind: str, more: dict[str, Any]) -> str:
        id = slug(name)
        if self.lookup.stored("sources", id) is not None or ("sources", id) in self._known:
            id = f"{id}-{digest(name_key(name))[:6]}"
        return self.put("sources", {"id": id, "kind": kind, "name": name, **more})

    def put(self, resource: Named, content: dict[str, Any]) -> str:
        """One with an id of its own, made unless it is stored."""
        id: str = content["id"]
        if (resource, id) not in self._known:
            self._known.add((resource, id))
            self.add(resource, {name: one for name, one in content.items() if one is not None})
        return id

    def page(self, address: str, name: str | None = None, **more: Any) -> str:
        """A work by its address."""
        id = f"web.{slug(host_of(address))[:60]}.{digest(address)}"
        shown = name or address.partition("://")[2].rstrip("/")[:300]
        whole = {"id": id, "kind": "other", "class": "work", "name": shown, "url": address}
        return self.put("sources", {**whole, "accessed": False, **more})

    def measure(self, id: str) -> JsonObject | None:
        """A stored measure."""
        return self.lookup.stored("measures", id)


class RecordReader(ABC):
    """Makes the lines of one record of a format after the other, and notes what is lost of each."""

    columns: tuple[tuple[str, str], ...] = ()
    """Which property a field of a line is from, where that is always the same."""

    def __init__(self, book: SourceBook):
        self.book = book
        self.notices: list[Fault] = []
        self.number: int | None = None
        """Of the record at hand; None for what is of the whole file."""

    @abstractmethod
    def records(self, file: IO[bytes]) -> Iterator[tuple[int, Iterator[dict[str, Any]]]]:
        """Each record's number, and its lines, which raise ``Problem`` where it is broken.

        Raises ``Malformed`` where the file has no record.
        """

    def note(self, code: str, detail: str) -> None:
        """Something of the record at hand that is lost."""
        if len(self.notices) < MOST_NOTICES:
            self.notices.append(Fault(detail, code=code, line=self.number))
