"""Text search by n-grams, in any script: what is indexed, and what a search asks for."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

SEPARATOR = "\x1f"
ALPHABETIC = re.compile("[^ \u2e80-\U0010ffff]{3,}")
"""Runs of letters of which there are few, so that two say little; Hangul and Han come later."""

WORDS, LETTERS = 4, 8
"""How much of a search an index is asked for: these few narrow it down, and the text decides."""

LONG = 32
"""The grams of longer words are not kept: what is that long is no word that comes again."""


def folded(*texts: str | None) -> str:
    """Texts as they are searched: compatibility forms and case folded (Unicode NFKC_Casefold)."""
    joined = "\n".join(text for text in texts if text)
    once = unicodedata.normalize("NFKC", joined).casefold()
    return unicodedata.normalize("NFKC", once)


def terms(question: str) -> list[str]:
    """The words of a search, each to occur somewhere; raises ``ValueError``."""
    found = folded(question).split()
    if not found or any(len(term) < 2 for term in found):
        raise ValueError("search for words of two characters or more")
    return list(dict.fromkeys(found))


def grams(text: str) -> str:
    """What of a folded text an index holds: all twos of letters in its words, each once.

    Of alphabets, whose twos are in every other text, also the threes and fours.
    """
    found: set[str] = set()
    for word in set(text.split()):
        found.update(_kept(word) if len(word) <= LONG else _grams(word))
    return " ".join(sorted(found))


def _grams(word: str) -> tuple[str, ...]:
    """The grams of one word, which are in no other's way: none goes over a space."""
    found = set(map("".join, zip(word, word[1:], strict=False)))
    for run in ALPHABETIC.findall(word):
        found.update(map("".join, zip(run, run[1:], run[2:], strict=False)))
        found.update(map("".join, zip(run, run[1:], run[2:], run[3:], strict=False)))
    return tuple(found)


_kept = lru_cache(maxsize=1024)(_grams)


def index_query(found: Iterable[str]) -> str:
    """The query to the index: grams of the longest few terms, which every text with them has."""
    longest = sorted(found, key=len)[-WORDS:]
    return " ".join(sorted({gram for term in longest for gram in _telling(term[:LETTERS])}))


def narrowing(found: Sequence[str]) -> list[Sequence[str]]:
    """What to look for first: each of a few terms by itself, of which one may be rare; then all."""
    alone = [[term] for term in sorted(found, key=len)[-WORDS:]] if len(found) > 1 else []
    return [*alone[::-1], found]


def _telling(term: str) -> list[str]:
    """The grams of a term that are part of no other."""
    every = grams(term).split()
    return [one for one in every if not any(one != other and one in other for other in every)]


def packed(values: list[str]) -> str:
    """Several values in one column, each findable whole; raises ``ValueError``."""
    if any(SEPARATOR in value for value in values):
        raise ValueError("send it without control characters")
    return SEPARATOR + SEPARATOR.join(values) + SEPARATOR if values else ""
