"""Atom feeds (RFC 4287, paged as archives by RFC 5005): each version of a claim is an entry."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID, uuid5
from xml.etree import ElementTree

from app.render import citation
from app.render.citation_context import CitationContext

ATOM, HISTORY = "http://www.w3.org/2005/Atom", "http://purl.org/syndication/history/1.0"
SAYSO = UUID("6b1f3f2e-9c0d-5a7e-8a43-2f6d1c5b7e90")
VERBS = {"create": "Recorded", "change": "Changed", "withdraw": "Withdrawn"}
UNPRINTABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535), "�")
"""Characters that XML 1.0 cannot have, not even escaped."""


class AtomEntry(NamedTuple):
    """One version: what the log says of it, and the claim as it was written."""

    operation: str
    recorded_by: str | None
    cited: CitationContext


class AtomFeed(NamedTuple):
    """A feed: what never changes of it, where it is, and what is in it."""

    database: str
    """The hash of the first line of the log: the same wherever this database is served."""
    question: str
    title: str
    updated: str
    base: str
    links: Mapping[str, str]
    archive: bool
    entries: list[AtomEntry]


def atom(feed: AtomFeed) -> bytes:
    """The feed as XML."""
    ElementTree.register_namespace("", ATOM)
    ElementTree.register_namespace("fh", HISTORY)
    root = ElementTree.Element(f"{{{ATOM}}}feed")
    _texts(root, [
        ("id", _urn(feed.database, feed.question)), ("title", feed.title),
        ("updated", feed.updated), ("generator", "Sayso"),
    ])  # fmt: skip
    _texts(ElementTree.SubElement(root, f"{{{ATOM}}}author"), [("name", "Sayso")])
    for rel, href in feed.links.items():
        _link(root, rel, href, "text/html" if rel == "alternate" else "application/atom+xml")
    if feed.archive:
        ElementTree.SubElement(root, f"{{{HISTORY}}}archive")
    for entry in feed.entries:
        _entry(ElementTree.SubElement(root, f"{{{ATOM}}}entry"), entry, feed)
    ElementTree.indent(root, " ")
    whole: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return whole


def _entry(parent: ElementTree.Element, entry: AtomEntry, feed: AtomFeed) -> None:
    cited = entry.cited
    verb = VERBS[entry.operation]
    by = f" by {entry.recorded_by}" if entry.recorded_by else ""
    why = f": {cited.reason}" if cited.reason else ""
    _texts(parent, [
        ("id", _urn(feed.database, f"claims/{cited.id}/revisions/{cited.version}")),
        ("title", citation.headline(cited)), ("updated", cited.moment),
        ("summary", f"{verb}{by}, version {cited.version}{why}. {citation.text(cited)}"),
    ])  # fmt: skip
    _link(parent, "alternate", f"{feed.base}/claims/{cited.id}", "text/html")
    _link(parent, "via", cited.permalink, "application/json")


def _texts(parent: ElementTree.Element, texts: Iterable[tuple[str, str]]) -> None:
    for name, text in texts:
        ElementTree.SubElement(parent, f"{{{ATOM}}}{name}").text = text.translate(UNPRINTABLE)


def _link(parent: ElementTree.Element, rel: str, href: str, kind: str) -> None:
    ElementTree.SubElement(parent, f"{{{ATOM}}}link", rel=rel, href=href, type=kind)


def _urn(database: str, name: str) -> str:
    """An id that is the same for ever, at whatever address the database is served."""
    return uuid5(uuid5(SAYSO, database), name).urn
