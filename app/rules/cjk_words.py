"""East Asian lexicons, and a wording as the text that their grammar looks at.

Words are written without spaces between them, or with spaces anywhere: all of it is one text,
without spaces but for those between two digits, in which the longest known phrase is found.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Any, Generic, NamedTuple, TypeVar

from app.rules import lexicon
from app.rules.tokenizer import Unreadable, checked

Sense = TypeVar("Sense")

LANGUAGES = ("ko", "zh", "ja")
_TAIWAN = re.compile(r"zh(-hant)?-tw", re.IGNORECASE)
_ALIKE = str.maketrans("∼～〜−–—―‐‑，．：（）", "~~~-----" + "-,.:()")


class Dictionary(Generic[Sense]):
    """Phrases and what they mean, found at a place of a text; of several the longest is taken."""

    def __init__(self, senses: Mapping[str, Sense]):
        self._senses = {phrase: sense for phrase, sense in senses.items() if phrase}
        lengths: dict[str, set[int]] = {}
        for phrase in self._senses:
            lengths.setdefault(phrase[0], set()).add(len(phrase))
        self._lengths = {first: sorted(each, reverse=True) for first, each in lengths.items()}

    def match(self, text: str, at: int) -> tuple[Sense, int] | None:
        """The sense of the longest phrase that begins here, and where it ends."""
        for length in self._lengths.get(text[at : at + 1], ()):
            if (phrase := text[at : at + length]) in self._senses:
                return self._senses[phrase], at + len(phrase)
        return None


class Passage(NamedTuple):
    """A wording without its spaces, and where each of its characters was written."""

    text: str
    written: str
    origin: tuple[int, ...]

    def words(self, start: int, end: int | None = None) -> tuple[str, ...]:
        """What was written between two places, in words."""
        end = len(self.text) if end is None else end
        return tuple(self.written[self.origin[start] : self.origin[end - 1] + 1].split())


def passage(wording: str) -> Passage:
    """Fold a wording for comparison. Raises Unreadable where it is empty, too long, or garbled."""
    written = checked(wording)
    folded = [_folded(each) for each in written]
    kept = [n for n, each in enumerate(folded) if each != " " or _between_digits(folded, n)]
    while kept and folded[kept[-1]] in ".。":
        kept.pop()  # a sentence's stop is no part of the figure it ends with
    if not kept:
        raise Unreadable("The wording is empty.")
    return Passage("".join(folded[n] for n in kept), written, tuple(kept))


def _between_digits(folded: list[str], at: int) -> bool:
    """Whether a space parts two numbers; of several spaces the first one stays."""
    before = folded[at - 1] if at else ""
    after = next((each for each in folded[at:] if each != " "), "")
    return before.isdigit() and after.isdigit()


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    """One character for one: full-width as half-width, capitals as small, every space as one."""
    if character.isspace():
        return " "
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    plain = unicodedata.normalize("NFKC", character.translate(_ALIKE)).casefold()
    fits = len(plain) == 1 and not plain.isdecimal()
    return plain.translate(_ALIKE) if fits else character


def folded(phrase: str) -> str:
    """A phrase of the lexicon, or of a unit's label, as passages have it: without spaces."""
    plain = unicodedata.normalize("NFC", phrase)
    return "".join(_folded(each) for each in plain if not each.isspace())


class Counters(NamedTuple):
    """Words by which one class of things is counted, and the units (in braces) they count."""

    units: frozenset[str]
    words: tuple[str, ...]


class MyriadLexicon:
    """The words of one language whose numbers go by ten thousands, and what they mean."""

    def __init__(self, language: str, in_taiwan: bool):
        self.language = language
        document = self.document = lexicon.lexicon_document(language)
        self.version: str = document["version"]
        self._take_numbers(document["numbers"])
        if in_taiwan:
            self.myriads["兆"] = 10**12
            self.refused.clear()
        self._take_shares(document["shares"])
        self._take_phrases(document)
        self.units: dict[str, list[str]] = document["units"]
        self.counters = tuple(map(_counters, document["counters"].values()))
        self.any_counter = _words(word for each in self.counters for word in each.words)

    def _take_numbers(self, numbers: Mapping[str, Any]) -> None:
        self.digits: dict[str, int] = numbers["digits"]
        self.zeros = frozenset(numbers["zeros"])
        self.tens: dict[str, int] = numbers["tens"]
        self.myriads: dict[str, int] = dict(numbers["myriads"])
        self.refused: dict[str, str] = dict(numbers["refused"])
        self.native = _native(numbers)
        self.native_alone: bool = numbers["native_alone"]
        """One to nine are counted in the language's own words: 세 명, not 삼 명."""
        self.dots = tuple(numbers["decimal_dots"])
        self.decimal_words = frozenset(numbers.get("decimal_words", ()))
        self.signs = _words(numbers["signs"])
        self.vague = frozenset(numbers["vague"])
        self.rising = frozenset(numbers["rising"])
        self.counted_by: list[tuple[str, str]] = numbers["counted_by"]
        self.full = frozenset(numbers.get("full", ()))
        self.own_words = frozenset(numbers.get("own_words", ()))
        self.elided: bool = numbers["elided"]
        self.stacked: bool = numbers["stacked"]
        self.halves = _words(numbers["halves"])

    def _take_shares(self, shares: Mapping[str, Any]) -> None:
        self.percents = _fractions(shares["percents"])
        self.tenths = _words(shares["tenths"])
        self.hundredths = _words(shares["hundredths"])
        self.fraction = _words(shares["fraction"])
        self.parts = _fractions(shares["parts"])
        self.majority = _words(shares["majority"])
        self.of = _words(shares["of"])
        self.each = _words(shares["each"])

    def _take_phrases(self, document: Mapping[str, Any]) -> None:
        hedges, ranges, calendar = (document[name] for name in ("hedges", "ranges", "calendar"))
        self.over_hedge = next(hedge for hedge, entry in hedges.items() if "over" in entry)
        self.over = _words(hedges[self.over_hedge]["over"])
        self.leading = _around(document, "before")
        self.trailing = _around(document, "after")
        self.joiners = _words(ranges["joiners"])
        self.between_joiners = _words(ranges.get("between_joiners", ()))
        self.years = frozenset(calendar["years"])
        self.days = frozenset(calendar["days"])


def is_east_asian(language: str | None) -> bool:
    """Whether a language tag (BCP 47) is Korean, Chinese or Japanese."""
    return _primary(language) in LANGUAGES


@lru_cache(maxsize=64)
def cjk_lexicon(language: str | None) -> MyriadLexicon:
    """The lexicon of Korean (ko), Chinese (zh) or Japanese (ja), by the primary subtag of a tag.

    In Taiwan 兆 is 10 ** 12. Raises ValueError for other languages.
    """
    if not is_east_asian(language):
        raise ValueError(f"no lexicon of myriads for the language {language!r}")
    return _loaded(_primary(language), _TAIWAN.fullmatch(language or "") is not None)


def _primary(language: str | None) -> str:
    return (language or "").partition("-")[0].lower()


_loaded = lru_cache(maxsize=len(LANGUAGES) + 1)(MyriadLexicon)


def _counters(data: Mapping[str, Iterable[str]]) -> Counters:
    return Counters(frozenset(data["units"]), tuple(data["words"]))


def _words(phrases: Iterable[str]) -> Dictionary[None]:
    return Dictionary(dict.fromkeys(map(folded, phrases)))


def _fractions(parts: Mapping[str, str]) -> Dictionary[Fraction]:
    return Dictionary({folded(word): Fraction(part) for word, part in parts.items()})


def _native(numbers: Mapping[str, Any]) -> Dictionary[int]:
    """One to ninety-nine in words of the language's own: 쉰둘."""
    tens, units = numbers.get("native_tens", {}), numbers.get("native_units", {})
    both = {ten + unit: tens[ten] + units[unit] for ten in tens for unit in units}
    return Dictionary(tens | units | both)


class Around(NamedTuple):
    """What a phrase around a figure is (hedge, filler, rate or range), and of these which one."""

    kind: str
    name: str


def _around(data: Mapping[str, Any], side: str) -> Dictionary[Around]:
    """What stands before, or after, a figure."""
    found: dict[str, Around] = {}
    for hedge, entry in (*data["hedges"].items(), ("", data["fillers"])):
        sense = Around("hedge" if hedge else "filler", hedge)
        verbs = _conjugated(entry, data["grammar"]["endings"]) if side == "after" else ()
        for phrase in (*verbs, *entry.get(side, ())):
            found[folded(phrase)] = sense
    for unit, phrases in data["rates"].items():
        found |= {folded(phrase): Around("rate", unit) for phrase in phrases}
    edge = "openers" if side == "before" else "closers"
    return Dictionary(found | {folded(each): Around("range", "") for each in data["ranges"][edge]})


def _conjugated(entry: Mapping[str, Any], endings: Iterable[str]) -> Iterable[str]:
    parts = product(entry.get("particles", ("",)), entry.get("stems", ()), endings)
    return ("".join(each) for each in parts)
