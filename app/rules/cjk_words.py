"""East Asian lexicons, and a wording as the text that their grammar looks at.

Words are written without spaces between them, or with spaces anywhere: all of it is one text,
without spaces but for those between two digits, in which the longest known phrase is found.
"""

import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from app.rules import lexicon
from app.rules.tokenizer import LONGEST_TEXT, Unreadable

Sense = TypeVar("Sense")

LANGUAGES = ("ko", "zh", "ja")
_LEXICON = Path(__file__).with_name("lexicon")
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
    if len(wording) > LONGEST_TEXT:
        raise Unreadable(f"A figure's wording has at most {LONGEST_TEXT} characters.")
    written = unicodedata.normalize("NFC", wording)
    if any(unicodedata.category(each) in ("Cc", "Cs") for each in written):
        raise Unreadable("The wording contains control characters.")
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


class MyriadLexicon(NamedTuple):
    """The words of one language whose numbers go by ten thousands."""

    version: str
    document: Mapping[str, Any]
    digits: Mapping[str, int]
    zeros: frozenset[str]
    tens: Mapping[str, int]
    myriads: Mapping[str, int]
    native: Dictionary[int]
    native_alone: bool  # one to nine are counted in the language's own words: 세 명, not 삼 명
    dots: str
    decimal_words: frozenset[str]
    signs: Dictionary[None]
    vague: frozenset[str]
    rising: frozenset[str]
    counted_by: tuple[tuple[str, str], ...]
    full: frozenset[str]
    own_words: frozenset[str]
    elided: bool
    stacked: bool
    refused: Mapping[str, str]
    over: Dictionary[None]
    over_hedge: str
    halves: Dictionary[None]
    percents: Dictionary[Fraction]
    tenths: Dictionary[None]
    hundredths: Dictionary[None]
    fraction: Dictionary[None]
    parts: Dictionary[Fraction]
    majority: Dictionary[None]
    of: Dictionary[None]
    each: Dictionary[None]
    leading: Dictionary[tuple[str, str]]
    trailing: Dictionary[tuple[str, str]]
    joiners: Dictionary[None]
    between_joiners: Dictionary[None]
    counters: tuple[Counters, ...]
    any_counter: Dictionary[None]
    units: Mapping[str, tuple[str, ...]]
    years: frozenset[str]
    days: frozenset[str]


@lru_cache(maxsize=len(LANGUAGES))
def myriad_lexicon(language: str) -> MyriadLexicon:
    """The lexicon of Korean (ko), Chinese (zh) or Japanese (ja)."""
    data = tomllib.loads((_LEXICON / f"{language}.toml").read_text(encoding="utf-8"))
    numbers, shares, calendar = data["numbers"], data["shares"], data["calendar"]
    over = next(hedge for hedge, entry in data["hedges"].items() if "over" in entry)
    return MyriadLexicon(
        version=data["version"],
        document=lexicon.documented(data),
        digits=numbers["digits"],
        zeros=frozenset(numbers["zeros"]),
        tens=numbers["tens"],
        myriads=numbers["myriads"],
        native=_native(numbers),
        native_alone=numbers["native_alone"],
        dots="".join(numbers["decimal_dots"]),
        decimal_words=frozenset(numbers.get("decimal_words", ())),
        signs=_words(numbers["signs"]),
        vague=frozenset(numbers["vague"]),
        rising=frozenset(numbers["rising"]),
        counted_by=tuple((first, last) for first, last in numbers["counted_by"]),
        full=frozenset(numbers.get("full", ())),
        own_words=frozenset(numbers.get("own_words", ())),
        elided=numbers["elided"], stacked=numbers["stacked"], refused=numbers["refused"],
        over=_words(data["hedges"][over]["over"]),
        over_hedge=over,
        halves=_words(numbers["halves"]),
        percents=_fractions(shares["percents"]),
        tenths=_words(shares["tenths"]),
        hundredths=_words(shares["hundredths"]),
        fraction=_words(shares["fraction"]),
        parts=_fractions(shares["parts"]),
        majority=_words(shares["majority"]),
        of=_words(shares["of"]),
        each=_words(shares["each"]),
        leading=_around(data, "before"),
        trailing=_around(data, "after"),
        joiners=_words(data["ranges"]["joiners"]),
        between_joiners=_words(data["ranges"].get("between_joiners", ())),
        counters=tuple(map(_counters, data["counters"].values())),
        any_counter=_words(word for each in data["counters"].values() for word in each["words"]),
        units={unit: tuple(names) for unit, names in data["units"].items()},
        years=frozenset(calendar["years"]),
        days=frozenset(calendar["days"]),
    )  # fmt: skip


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


def _around(data: Mapping[str, Any], side: str) -> Dictionary[tuple[str, str]]:
    """What stands before, or after, a figure: its kind (hedge, filler, rate, range) and sense."""
    found: dict[str, tuple[str, str]] = {}
    for hedge, entry in (*data["hedges"].items(), ("", data["fillers"])):
        kind = "hedge" if hedge else "filler"
        verbs = _conjugated(entry, data["grammar"]["endings"]) if side == "after" else ()
        for phrase in (*verbs, *entry.get(side, ())):
            found[folded(phrase)] = (kind, hedge)
    for unit, phrases in data["rates"].items():
        found |= {folded(phrase): ("rate", unit) for phrase in phrases}
    edge = "openers" if side == "before" else "closers"
    return Dictionary(found | {folded(phrase): ("range", "") for phrase in data["ranges"][edge]})


def _conjugated(entry: Mapping[str, Any], endings: Iterable[str]) -> Iterable[str]:
    parts = product(entry.get("particles", ("",)), entry.get("stems", ()), endings)
    return ("".join(each) for each in parts)
