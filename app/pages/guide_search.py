"""Full-text search of the guide: its sections, from the index that the generator makes of them.

Worked out here, so that it needs no script and nothing from the internet.
"""

import html
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from app.pages.lists import marked
from app.rules.snippets import snippet
from app.rules.text_search import folded, terms

MOST = 20
"""Sections that are shown."""
_TAG = re.compile("<[^>]+>")


class GuideSection(NamedTuple):
    """A part of a page of the guide, below one heading."""

    address: str
    title: str
    page: str
    text: str


class GuideHit(NamedTuple):
    """A section that has every word, and where they stand in its text."""

    section: GuideSection
    pieces: list[tuple[str, bool]]


def search_guide(index: Path, question: str) -> tuple[list[GuideHit], int]:
    """The sections with every word of a question, best first, and how many there are.

    Those with the words in their heading come first; raises ``ValueError`` for no words.
    """
    words = terms(question)
    found = [one for one in _sections(index, index.stat().st_mtime_ns) if _has(one, words)]
    found.sort(key=lambda one: -sum(word in folded(one.title) for word in words))
    return [GuideHit(one, _pieces(one, words)) for one in found[:MOST]], len(found)


def _has(section: GuideSection, words: list[str]) -> bool:
    text = folded(section.title, section.text)
    return all(word in text for word in words)


def _pieces(section: GuideSection, words: list[str]) -> list[tuple[str, bool]]:
    part = snippet([("/text", section.text)], words)
    if part is None:
        return []
    matches = [{"start": start, "end": end} for start, end in part.matches]
    return marked({"start": part.start, "text": part.text, "matches": matches})


@lru_cache(maxsize=1)
def _sections(index: Path, _changed: int) -> list[GuideSection]:
    items = json.loads(index.read_text(encoding="utf-8"))["items"]
    return [_section(one) for one in items]


def _section(item: dict[str, Any]) -> GuideSection:
    title, text = (_plain(item[name]) for name in ("title", "text"))
    page = " › ".join(map(_plain, item.get("path", ())))
    return GuideSection(f"/guide/{item['location']}", title, page, text)


def _plain(markup: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", markup)).split())
