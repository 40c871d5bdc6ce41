"""The lexicon as the rules read it, and as ``GET /v1/lexicon`` shows it.

The meanings are data: one file per language (``en.toml``), beside how units are printed and how
languages write numbers. This only loads them into the shapes that reading needs.
"""

import copy
import tomllib
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from app.rules.tokenizer import Phrases


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))


_DOCUMENT = _data("en")
PRINTED_UNITS = _data("units")
NUMBER_FORMATS: dict[str, list[str]] = _data("number_formats")

VERSION: str = _DOCUMENT["version"]
"""Kept with every figure that went through the lexicon; another one is never derived again."""


def as_document() -> dict[str, Any]:
    """The whole lexicon, JSON-ready: strings, integers, lists and objects."""
    return copy.deepcopy(_DOCUMENT)


def _hedges(side: str) -> dict[str, str]:
    return {phrase: hedge for hedge, entry in _DOCUMENT["hedges"].items() for phrase in entry[side]}


def _fractions(parts: Mapping[str, str]) -> dict[str, Fraction]:
    return {word: Fraction(part) for word, part in parts.items()}


_numbers: dict[str, Any] = _DOCUMENT["numbers"]
_vague: dict[str, Any] = _DOCUMENT["vague"]
_ranges: dict[str, list[str]] = _DOCUMENT["ranges"]
_grammar: dict[str, list[str]] = _DOCUMENT["grammar"]
_dates: dict[str, Any] = _DOCUMENT["dates"]

HEDGES: tuple[str, ...] = tuple(_DOCUMENT["hedges"])
BEFORE: Phrases[str] = Phrases(_hedges("before"))
AFTER: Phrases[str] = Phrases(_hedges("after"))
"""The hedge that a phrase before, or after, a figure stands for."""

SIGNS = frozenset(_numbers["signs"])
ARTICLES = frozenset(_numbers["articles"])
JOINERS = frozenset(_numbers["joiners"])
UNITS: dict[str, int] = _numbers["units"]
TENS: dict[str, int] = _numbers["tens"]
PLURALS: dict[str, int] = _numbers["plurals"]
SCALES: dict[str, int] = _numbers["scales"] | PLURALS | _numbers["abbreviations"]
ATTACHED: dict[str, int] = _numbers["attached"]
ATTACHED_TO_MONEY: dict[str, int] = _numbers["attached_to_money"]
FRACTIONS: dict[str, int] = _numbers["fractions"]
PERCENTS: Phrases[Fraction] = Phrases(_fractions(_numbers["percents"]))

PLURAL_SCALE: int = _vague["plural_scale"]
LEAST: Phrases[int] = Phrases(_vague["least"])
SHARES: Phrases[Fraction] = Phrases(_fractions(_vague["shares"]))
BOUNDLESS: Phrases[None] = Phrases(dict.fromkeys(_vague["boundless"]["words"]))

RANGE_OPENERS: Phrases[str] = Phrases(
    {phrase: name for name in ("between", "from") for phrase in _ranges[name]}
)
RANGE_JOINERS: dict[str | None, frozenset[str]] = {
    "between": frozenset(_ranges["between_joiners"]),
    "from": frozenset(_ranges["joiners"]),
    None: frozenset(_ranges["joiners"]),
}
MARGINS: Phrases[None] = Phrases(dict.fromkeys(_DOCUMENT["margins"]["signs"]))
RATES: Phrases[str] = Phrases(
    {phrase: unit for unit, phrases in _DOCUMENT["rates"].items() for phrase in phrases}
)
RATE_UNITS: tuple[str, ...] = tuple(_DOCUMENT["rates"])
FILLERS: Phrases[None] = Phrases(dict.fromkeys(_DOCUMENT["fillers"]["words"]))
CONNECTIVES = frozenset(_DOCUMENT["connectives"]["words"])
ALTERNATIVES = frozenset(_DOCUMENT["connectives"]["alternatives"])
SLOTS = frozenset(_DOCUMENT["connectives"]["slots"])

FRACTION_ALONE = frozenset(_grammar["fraction_alone"])
OF = frozenset(_grammar["of"])
MORE = frozenset(_grammar["more"])
DOWNWARDS = frozenset(_grammar["downwards"])
BETWEEN_NOUNS: list[str] = _grammar["between_nouns"]

DATE_FILLERS = frozenset(_dates["fillers"])
MONTHS: dict[str, int] = _dates["months"]
ORDINALS: list[str] = _dates["ordinals"]
DECADES: list[str] = _dates["decades"]
CENTURIES: list[str] = _dates["centuries"]

_PHRASES: tuple[Phrases[Any], ...] = (
    *(BEFORE, AFTER, PERCENTS, LEAST, SHARES, BOUNDLESS),
    *(RANGE_OPENERS, MARGINS, RATES, FILLERS),
)
VOCABULARY: frozenset[str] = (
    frozenset().union(*(phrases.vocabulary for phrases in _PHRASES))
    | SIGNS
    | ARTICLES
    | JOINERS
    | CONNECTIVES
    | RANGE_JOINERS["between"]
    | UNITS.keys()
    | TENS.keys()
    | SCALES.keys()
    | ATTACHED.keys()
    | FRACTIONS.keys()
)
"""Every word and sign that means something somewhere; any other is named when it is refused."""
