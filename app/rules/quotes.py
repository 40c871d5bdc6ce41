"""Quote check: a quote held against a text by W3C Web Annotation selectors, in code points.

A quote is found by its words, wherever its offsets lead; which of several places is meant, what
stands before and after it tells, and then how near it is.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Literal, NamedTuple

from app.rules.json_types import JsonObject

QuoteMatch = Literal["exact", "moved", "normalised", "by_hash", "unproven", "not_found"]
DocumentMatch = Literal["same", "line_ends", "other", "unknown"]

AS_QUOTED = "The words stand there as quoted; the quote has no offsets."
AT_OFFSETS = "The words stand at the offsets, as quoted."
SPELT_OTHERWISE = (
    "The words stand there with other spaces, quotation marks, dashes or composed letters, and not "
    "as quoted."
)
_NO_HASH = (
    "The quote has offsets and no words, and this text does not have the SHA-256 of the document."
)
BY_HASH: dict[DocumentMatch, str] = {
    "same": "This is the text that the offsets count in: its SHA-256 is the document's.",
    "line_ends": "This is the document with other line ends, which moves what the offsets lead to. "
    "Send it with its own.",
    "other": _NO_HASH,
    "unknown": _NO_HASH,
}

NOWHERE = "The words of the quote are nowhere in this text."
IN_A_NUMBER = (
    "The words of the quote are in this text only where a number goes on before or behind them: "
    "it says another number."
)

SEEN = 1000
"""Places that are looked at; told are fewer."""

TRIED = 100_000
"""Places where the letters stand that are tried for them: at most of them a number may go on."""

MAX_PLACES = 10
"""Places that are told."""

QUOTES = "[\"'`\u00ab\u00b4\u00bb\u2018-\u201f\u2032\u2033\u2039\u203a]"
DASHES = "[-\u2010\u2011\u2012\u2013\u2014\u2015\u2212]"
KINDS = (
    (re.compile(r"\s+"), r"\s++"),
    (re.compile(f"{QUOTES}+"), f"{QUOTES}++"),
    (re.compile(DASHES), DASHES),
    (re.compile(r"\.\.\.|\u2026"), r"(?:\.\.\.|\u2026)"),
)
"""What is written in several ways, and how any of them is found."""

PARTS = re.compile("|".join(f"({kind.pattern})" for kind, _ in KINDS) + "|(.)", re.DOTALL)
MARKS = "[\u0300-\u036f]"
"""Marks of letters before them: a word does not end between the two."""

SPACES = "\u00a0\u2009\u202f"
"""Spaces that set thousands apart; an ordinary one may stand between two numbers."""
GROUPS = ".,'\u2019\u066b\u066c"
BEFORE = re.compile(rf"\d[{GROUPS}]?\Z")
BEHIND = re.compile(rf"[{GROUPS}]?\d|[{SPACES}]\d{{3}}(?!\d)")
THOUSANDS = re.compile(rf"\d[{SPACES}]\d{{3}}(?!\d)")
"""Where a number goes on: “7,000” is no part of what “17,000” says, nor “about 5” of “about 50”."""

BOM = b"\xef\xbb\xbf"


class QuotePosition(NamedTuple):
    """Where a quote stands, end exclusive, and whether what it is stored with stands around it."""

    start: int
    end: int
    prefix: bool | None
    suffix: bool | None


class QuoteFinding(NamedTuple):
    """What came of a check: how the quote was found, where, and in a sentence why."""

    found: QuoteMatch
    places: list[QuotePosition]
    reason: str


def fault(quote: JsonObject) -> str | None:
    """Why the length of a quote is not that of its offsets; None where it is, or one is not known.

    Offsets count code points; those of JavaScript and Java count UTF-16 units, others bytes.
    """
    exact, start, end = (quote.get(name) for name in ("exact", "start", "end"))
    if exact is None or start is None or end is None or end - start == len(exact):
        return None
    counts = f"`exact` has {len(exact)} characters, `end` − `start` is {end - start}"
    return f"{counts}: {_hint(exact, end - start)}"


def _hint(exact: str, length: int) -> str:
    """What was counted instead, where that can be told, and what to send."""
    otherwise = {
        len(exact.encode("utf-16-le")) // 2: "they count UTF-16 units; count Unicode code points",
        len(exact.encode()): "they count bytes of UTF-8; count Unicode code points",
        len(exact) - 1: "`end` is the place after the last character, so send one more",
    }
    rest = "count Unicode code points, not UTF-16 units or bytes, or send only the words"
    return otherwise.get(length, rest)


def check(quote: JsonObject, text: str, document: DocumentMatch) -> QuoteFinding:
    """Look for a quote in a text that is, or is not, the document that it was taken from."""
    if "exact" not in quote:
        return _by_offsets(quote, text, document)
    exact = quote["exact"]
    start, end = quote.get("start"), quote.get("end")
    places = _ranked(quote, text, _occurrences(exact, text, start))
    if start is None and places:
        return QuoteFinding("exact", places, AS_QUOTED)
    if start is not None and text[start:end] == exact:
        place = _placed(quote, text, start, start + len(exact))
        if not _in_a_number(text, *place[:2]):
            return QuoteFinding("exact", [place], AT_OFFSETS)
    if places:
        return QuoteFinding("moved", places, _moved(quote, text, places[0]))
    if places := _ranked(quote, text, _altered(exact, text)):
        return QuoteFinding("normalised", places, SPELT_OTHERWISE)
    return QuoteFinding("not_found", [], IN_A_NUMBER if exact in text else NOWHERE)


def _by_offsets(quote: JsonObject, text: str, document: DocumentMatch) -> QuoteFinding:
    """A quote without its words: that they stand there only the hash of the document can tell."""
    if "start" not in quote:
        return QuoteFinding("unproven", [], "The quote has neither words nor offsets to look for.")
    if quote["end"] > len(text):
        return QuoteFinding("not_found", [], "The text ends before the quote does.")
    place = [_placed(quote, text, quote["start"], quote["end"])]
    return QuoteFinding("by_hash" if document == "same" else "unproven", place, BY_HASH[document])


def _occurrences(exact: str, text: str, near: int | None) -> Iterator[tuple[int, int]]:
    """Where the words stand: the places around an offset, then from the beginning, so many."""
    at = min(near or 0, len(text))
    around = {text.rfind(exact, 0, at + len(exact)), text.find(exact, at)} - {-1}
    every = islice(_starts(exact, text), TRIED)
    whole = (start for start in every if not _in_a_number(text, start, start + len(exact)))
    near_by = {start for start in around if not _in_a_number(text, start, start + len(exact))}
    return ((start, start + len(exact)) for start in sorted(near_by | {*islice(whole, SEEN)}))


def _starts(exact: str, text: str) -> Iterator[int]:
    start = text.find(exact)
    while start >= 0:
        yield start
        start = text.find(exact, start + 1)


def _in_a_number(text: str, start: int, end: int) -> bool:
    """Does a number go on before these words, or behind them?"""
    if text[start].isdecimal() and (
        BEFORE.search(text[max(0, start - 2) : start])
        or THOUSANDS.match(text[max(0, start - 2) : start + 4])
    ):
        return True
    return text[end - 1].isdecimal() and BEHIND.match(text[end : end + 5]) is not None


def _altered(exact: str, text: str) -> Iterator[tuple[int, int]]:
    """Where the words stand in another spelling."""
    if exact.strip():
        every = (found.span() for found in _loosely(exact).finditer(text))
        yield from (span for span in every if not _in_a_number(text, *span))


def _ranked(quote: JsonObject, text: str, spans: Iterator[tuple[int, int]]) -> list[QuotePosition]:
    """The places that are likeliest meant first."""
    places = [_placed(quote, text, *span) for span in islice(spans, SEEN + 2)]
    near = quote.get("start", 0)

    def rank(place: QuotePosition) -> tuple[int, int]:
        return -((place.prefix or 0) + (place.suffix or 0)), abs(place.start - near)

    return sorted(places, key=rank)[:MAX_PLACES]


def _placed(quote: JsonObject, text: str, start: int, end: int) -> QuotePosition:
    before, after = quote.get("prefix"), quote.get("suffix")
    return QuotePosition(
        start,
        end,
        None
        if before is None
        else _ends(text[max(0, start - 2 * len(before) - 50) : start], before),
        None if after is None else _begins(text[end : end + 2 * len(after) + 50], after),
    )


def _ends(text: str, words: str) -> bool:
    return _loosely(words, r"\s*\Z").search(text) is not None


def _begins(text: str, words: str) -> bool:
    return _loosely(words).match(text.lstrip()) is not None


def _moved(quote: JsonObject, text: str, place: QuotePosition) -> str:
    """Why the words are not where the offsets lead, where that can be told."""
    if quote["start"] == place.start:
        return "The words begin at the offset, and the quote ends elsewhere than it says."
    before = text[: place.start]
    if quote["start"] == len(before.encode("utf-16-le", "surrogatepass")) // 2:
        return "The words stand elsewhere: the offsets of the quote count UTF-16 units."
    if quote["start"] == len(before.encode("utf-8", "surrogatepass")):
        return "The words stand elsewhere: the offsets of the quote count bytes of UTF-8."
    return "The words stand elsewhere than the offsets say."


@lru_cache(maxsize=16)
def _loosely(words: str, then: str = f"(?!{MARKS})") -> re.Pattern[str]:
    """Words however they are spaced, with whatever quotation marks and dashes, composed or not."""
    composed = unicodedata.normalize("NFC", words.strip())
    return re.compile("".join(map(_either, PARTS.finditer(composed))) + then)


def _either(part: re.Match[str]) -> str:
    if part.lastindex and part.lastindex <= len(KINDS):
        return KINDS[part.lastindex - 1][1]
    letter = part[0]
    apart = unicodedata.normalize("NFD", letter)
    return re.escape(letter) if apart == letter else f"(?:{re.escape(letter)}|{re.escape(apart)})"


def sha256(content: bytes) -> str:
    """The SHA-256 of a text as it came."""
    return hashlib.sha256(content).hexdigest()


def compared(content: bytes, wanted: str | None) -> DocumentMatch:
    """Whether a text is the one with this SHA-256: as it is, or with other line ends."""
    if wanted is None:
        return "unknown"
    if sha256(content) == wanted:
        return "same"
    return "line_ends" if wanted in map(sha256, _respelt(content)) else "other"


def _respelt(content: bytes) -> Iterator[bytes]:
    """The same lines with every line end, with a last one and a byte order mark or without."""
    whole = content.removeprefix(BOM).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    bare = whole.rstrip(b"\n")
    for lines in {whole, bare, bare + b"\n"}:
        for end in (b"\n", b"\r\n", b"\r"):
            for mark in (b"", BOM):
                yield mark + lines.replace(b"\n", end)
