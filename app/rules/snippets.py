"""Snippets: where the words of a search stand in a text, in code points of the text as it is.

A search compares folded texts, in which one character may be several (``ﬁ`` is ``fi``), so every
folded character remembers the one that it came from.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from app.rules.text_search import folded

AROUND = 80
"""Characters before the first match, and after the last, that a snippet shows."""

WIDEST = 320
"""Characters that a snippet has at most."""


class Snippet(NamedTuple):
    """A part of a field: where it begins in it, and where in this part the words stand."""

    pointer: str
    start: int
    text: str
    matches: list[tuple[int, int]]


def snippet(texts: Iterable[tuple[str, str]], words: Sequence[str]) -> Snippet | None:
    """The text with most of the words in it, the first of several; None where no word stands."""
    best: tuple[int, str, str, list[tuple[int, int]]] | None = None
    for pointer, text in texts:
        found = {word: _places(text, word) for word in words}
        told = sum(1 for places in found.values() if places)
        if told and (best is None or told > best[0]):
            best = told, pointer, text, _joined(place for some in found.values() for place in some)
    return None if best is None else _cut(*best[1:])


def _cut(pointer: str, text: str, places: list[tuple[int, int]]) -> Snippet:
    start = max(0, places[0][0] - AROUND)
    end = min(len(text), start + WIDEST)
    end = min(end, max(stop for begin, stop in places if begin < end) + AROUND)
    shown = [(a - start, min(b, end) - start) for a, b in places if a < end]
    return Snippet(pointer, start, text[start:end], shown)


def _joined(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places in order; those that touch are one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _places(text: str, word: str) -> list[tuple[int, int]]:
    """Every place of a folded word, as start and end in the text as it is."""
    chars, origins = [], []
    for start, end in _clusters(text):
        for char in folded(text[start:end]):
            chars.append(char)
            origins.append((start, end))
    whole, found, at = "".join(chars), [], -1
    while (at := whole.find(word, at + 1)) >= 0:
        found.append((origins[at][0], origins[at + len(word) - 1][1]))
    return found


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Characters with what may fold together with them."""
    start = 0
    for n in range(1, len(text)):
        if not _goes_on(text[n]):
            yield start, n
            start = n
    yield start, len(text)


def _goes_on(character: str) -> bool:
    """Whether it may be one with the character before it: an accent, a vowel sign, the ﾞ of ﾄﾞ.

    Compatibility forms are asked as what they stand for: of ㄱㅏ the syllable is 가.
    """
    if character < "\u0300":
        return False
    first = unicodedata.normalize("NFKC", character)[0]
    return unicodedata.category(first)[0] == "M" or "\u1160" <= first <= "\u11ff"
