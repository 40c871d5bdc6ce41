"""The lexicon as the rules read it, and as ``GET /v1/lexicon`` shows it.

The meanings are data: one file per language (``en.toml``, ``de.toml``), beside how units are
printed, how languages write numbers, and which of their years may be of another calendar. A
``Lexicon`` only loads one of them into the shapes that reading needs; it is made when its language
is first met, and passed on to whoever reads.
"""

import tomllib
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from app.rules.lexicon.inflection import Inflection
from app.rules.tokenizer import Meaning, Phrases, Token, words

_FOLDER = Path(__file__).parent
_BRACKETS = frozenset("([")


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


PRINTED_UNITS = _data("units")
_ENGLISH = _data("en")
NUMBER_FORMATS: dict[str, list[str]] = _data("number_formats")
CALENDARS: dict[str, list[int]] = _data("calendars")
LANGUAGES = ("en", "de", "fr", "es", "ru", "uk", "ar")
"""Those with a lexicon of their own; a document in any other is read with the English one."""


ScanList = Literal[
    "quantities", "after_nouns", "numbered", "ages", "ages_said", "limits", "halves", "negations",
    "shortened", "phrasal", "moments", "levels", "steps", "unread_before", "parts_of", "streets",
    "roads", "roads_before", "day_joiners",
]  # fmt: skip
"""The lists of ``[scan]``: words that stand in a text beside a number."""


class Lexicon:
    """The words of one language and what they mean.

    Whatever only English has (units, tens, attached letters) is empty elsewhere: there number words
    are inflected, and ``inflection`` has them.
    """

    def __init__(self, language: str):
        document = self.document = lexicon_document(language)
        self.language = language
        self.version: str = document["version"]
        """Kept with every figure that went through it; another one is never derived again."""
        self.inflection: Inflection | None = None
        if "inflection" in document:
            self.inflection = Inflection(document["inflection"])
        self.hedges: tuple[str, ...] = tuple(document["hedges"])
        self._take_numbers(document["numbers"], document["vague"])
        self._take_parts(document)
        self._take_phrases(document)
        self._take_clauses(document)
        self._take_scanned(document.get("scan", {}), document.get("units", {}))
        self._take_dates(document.get("dates", {}))
        self.vocabulary = self._vocabulary()

    def folded(self, word: str) -> str:
        """A word as this language's tokens are: letters that it spells two ways are one."""
        return self.inflection.folded(word) if self.inflection else word

    def prepared(self, tokens: list[Token]) -> list[Token]:
        """The tokens folded, and apart from what is glued to them."""
        return self.inflection.prepared(tokens, self.vocabulary) if self.inflection else tokens

    def words(self, name: str) -> tuple[str, ...]:
        """The words of a unit's name, as those of a wording are taken."""
        return self.inflection.words(name, self.vocabulary) if self.inflection else words(name)

    def phrases(self, meanings: Mapping[str, Meaning]) -> Phrases[Meaning]:
        """Phrases, folded as this language's tokens are."""
        return Phrases({self.folded(phrase): of for phrase, of in meanings.items()})

    def unit_names(self, unit: str) -> list[str]:
        """What a unit, a currency or the thing of a rate is called in this language."""
        names: dict[str, list[str]] = self.document.get("units", {})
        return names.get(unit.partition("/")[0].strip("{}"), [])

    def _words(self, listed: Iterable[str]) -> Phrases[None]:
        return self.phrases(dict.fromkeys(listed))

    def _take_numbers(self, numbers: Mapping[str, Any], vague: Mapping[str, Any]) -> None:
        inflection = self.inflection
        self.signs = frozenset(numbers["signs"])
        self.articles = frozenset(numbers["articles"])
        self.joiners = frozenset(numbers["joiners"])
        self.units: dict[str, int] = numbers.get("units", {})
        self.tens: dict[str, int] = numbers.get("tens", {})
        self.plurals: dict[str, int] = inflection.plurals if inflection else numbers["plurals"]
        self.scales: dict[str, int] = (
            inflection.scales
            if inflection
            else numbers["scales"] | self.plurals | numbers["abbreviations"]
        )
        self.attached: dict[str, int] = numbers.get("attached", {})
        self.units_too = frozenset(numbers.get("units_too", ()))
        self.attached_to_money: dict[str, int] = numbers.get("attached_to_money", {})
        self.scale_letters = frozenset(self.attached.keys() | self.attached_to_money.keys())
        self.percents: Phrases[Fraction] = self.phrases(_fractions(numbers["percents"]))
        self.plural_scale: int = vague["plural_scale"]
        self.least: Phrases[int] = self.phrases(vague["least"])
        self.shares: Phrases[Fraction] = self.phrases(_fractions(vague["shares"]))
        self.boundless: Phrases[None] = self._words(vague["boundless"]["words"])
        self.vague_openers = self._words(vague.get("openers", ()))
        self.repeats = frozenset(vague.get("repeats", ()))
        self.decimal_points = frozenset(numbers.get("decimal_points", ()))

    def _take_parts(self, document: Mapping[str, Any]) -> None:
        """The names of parts: those that stand alone ("half"), and those that are counted."""
        self.fractions: dict[str, int] = document["numbers"].get("fractions", {})
        self.fraction_alone = frozenset(document["grammar"].get("fraction_alone", ()))
        if self.inflection:
            self.alone, self.counted = self.inflection.alone, self.inflection.counted
        else:
            parts = {word: Fraction(1, number) for word, number in self.fractions.items()}
            self.alone = Phrases({word: parts[word] for word in self.fraction_alone})
            self.counted = Phrases(parts)

    def _take_phrases(self, document: Mapping[str, Any]) -> None:
        """The hedge that a phrase before, or after, a figure stands for; and all other phrases."""
        self.before: Phrases[str] = self.phrases(_hedges(document, "before"))
        self.after: Phrases[str] = self.phrases(_hedges(document, "after"))
        ranges: dict[str, list[str]] = document["ranges"]
        self.range_openers = self.phrases(_turned(ranges, "between", "from", "within"))
        self.range_joiners: dict[str | None, frozenset[str]] = {
            "between": self._folded(ranges["between_joiners"]),
            "from": self._folded(ranges["joiners"]),
            "within": self._folded(ranges["joiners"]),
            None: self._folded(ranges.get("bare_joiners", ranges["joiners"])),
        }
        self.bound_joiners = self._words(ranges.get("bounds", ()))
        self.margins = self._words(document["margins"]["signs"])
        self.rates = self.phrases(_turned(document["rates"], *document["rates"]))
        self.rate_units = tuple(document["rates"])
        self.fillers = self._words(document["fillers"]["words"])
        connectives, grammar = document["connectives"], document["grammar"]
        self.connectives = self._folded(connectives["words"])
        self.alternatives = self._folded(connectives["alternatives"])
        self.slots = self._folded(connectives["slots"])
        self.of = frozenset(grammar["of"])
        self.more = frozenset(grammar["more"])
        self.downwards = self._folded(grammar["downwards"])
        self.between_nouns: list[str] = grammar["between_nouns"]

    def _take_clauses(self, document: Mapping[str, Any]) -> None:
        """Parts ("one in five"), changes, intervals behind a figure, and what no figure carries."""
        parts, changes = document.get("parts", {}), document.get("changes", {})
        self.part_in = self._words(parts.get("in", ()))
        self.part_per = self._words(parts.get("per", ()))
        self.changes = self.phrases(_signed(changes.get("up", ()), changes.get("down", ())))
        self.changes_after = self.phrases(
            _signed(changes.get("up_after", ()), changes.get("down_after", ()))
        )
        self.increments = self._words(document.get("increments", {}).get("words", ()))
        self.intervals = self._words(document.get("intervals", {}).get("confidence", ()))
        qualifiers = document.get("qualifiers", {})
        self.qualifiers = _turned(qualifiers, *qualifiers)
        self.clause_words = self.qualifiers.keys() | self.bound_joiners.starts.union(
            *(self.changes.starts, self.changes_after.starts, self.increments.starts),
            *(self.intervals.starts, _BRACKETS),
        )

    def _take_scanned(self, scanned: Mapping[str, Any], units: Mapping[str, list[str]]) -> None:
        """What a number of a text counts, and what tells that it counts nothing."""
        self.scan: dict[ScanList, frozenset[str]] = {
            name: self._folded(scanned.get(name, ())) for name in get_args(ScanList)
        }
        self.road_endings = tuple(self._folded(scanned.get("road_endings", ())))
        self.stops_order: bool = scanned.get("stops_order", False)
        """May the stop behind a number say which one it is: "die 7. Etage"?"""
        self.day_joiners = self.scan["day_joiners"].union(
            *(self.slots, self.alternatives),
            *(self.range_joiners["from"], self.range_joiners["between"]),
        )
        self.added_behind = self._words(scanned.get("added_behind", ()))
        changed = self._folded(scanned.get("changed", ()))
        self._changed = frozenset(word for word in changed if word[-1] != "-")
        self._change_stems = tuple(word[:-1] for word in changed if word[-1] == "-")
        money = PRINTED_UNITS["money"].keys()
        self.money = _names(units[code] for code in units.keys() & money)
        self.measured = _names(units[code] for code in units.keys() - money)
        self.measured |= _names([scanned.get("measured", [])])

    def is_change(self, word: str) -> bool:
        """Whether a word is a verb of change, or begins as one does: "выросло"."""
        return word in self._changed or word.startswith(self._change_stems)

    def _folded(self, listed: Iterable[str]) -> frozenset[str]:
        return frozenset(map(self.folded, listed))

    def _take_dates(self, dates: Mapping[str, Any]) -> None:
        self.date_fillers = frozenset(dates.get("fillers", ()))
        self.months: dict[str, int] = dates.get("months", {})
        self.ordinals: list[str] = dates.get("ordinals", [])
        self.decades: list[str] = dates.get("decades", [])
        self.centuries: list[str] = dates.get("centuries", [])
        self.date_parts = frozenset(dates.get("parts", ()))
        self.date_bounds = Phrases(_turned(dates, "before", "after"))
        self.date_openers = Phrases(_turned(dates, "between", "from"))
        self.date_joiners = {
            side: frozenset(dates.get(f"{side}_joiners", ())) for side in ("between", "from")
        }
        self.eras_before = frozenset(dates.get("eras_before", ()))
        self.eras_since = frozenset(dates.get("eras_since", ()))

    def _vocabulary(self) -> frozenset[str]:
        """Every word and sign that means something somewhere; any other is named when refused."""
        phrases: tuple[Phrases[Any], ...] = (
            *(self.before, self.after, self.percents, self.least, self.shares, self.boundless),
            *(self.range_openers, self.margins, self.rates, self.fillers, self.bound_joiners),
            *(self.vague_openers, self.part_in, self.part_per, self.changes, self.changes_after),
            *(self.increments, self.intervals),
        )
        return frozenset[str]().union(
            *(each.vocabulary for each in phrases),
            *(self.signs, self.articles, self.joiners, self.repeats, self.decimal_points),
            *(self.connectives, self.range_joiners["between"], self.range_joiners["from"]),
            *(self.units, self.tens, self.scales, self.attached, self.fractions),
            self.inflection.vocabulary if self.inflection else (),
        )


def lexicon_document(language: str) -> dict[str, Any]:
    """A language's file; each of its hedges has the documentation and the rule of English."""
    if language == "en":
        return _ENGLISH
    data, usual = _data(language), _ENGLISH["hedges"]
    hedges = {
        name: {
            "documentation": usual[name]["documentation"],
            "bounds": usual[name]["bounds"],
            "before": [],
            "after": [],
        }
        | hedge
        for name, hedge in data["hedges"].items()
    }
    return data | {"hedges": hedges}


def _hedges(document: Mapping[str, Any], side: str) -> dict[str, str]:
    return {phrase: name for name, entry in document["hedges"].items() for phrase in entry[side]}


def _names(named: Iterable[Iterable[str]]) -> frozenset[str]:
    """Names of units as ``words`` has them, for nouns as they are printed."""
    return frozenset(" ".join(words(name)) for names in named for name in names)


def _turned(lists: Mapping[str, Any], *names: str) -> dict[str, str]:
    """Of each phrase of these lists, the name of its list."""
    return {phrase: name for name in names for phrase in lists.get(name, ())}


def _signed(upwards: Iterable[str], downwards: Iterable[str]) -> dict[str, int]:
    return dict.fromkeys(upwards, 1) | dict.fromkeys(downwards, -1)


def _fractions(parts: Mapping[str, str]) -> dict[str, Fraction]:
    return {word: Fraction(part) for word, part in parts.items()}


_loaded = lru_cache(maxsize=len(LANGUAGES))(Lexicon)


@lru_cache(maxsize=1024)
def lexicon_of(language: str | None) -> Lexicon:
    """The lexicon that reads a document in this language (BCP 47); English where it has none."""
    name = primary(language)
    return _loaded(name if name in LANGUAGES else "en")


def primary(language: str | None) -> str:
    """The language of a tag (BCP 47) without script or region; English where there is none."""
    return (language or "en").replace("_", "-").split("-")[0].lower()


VERSION: str = lexicon_of(None).version
HEDGES: tuple[str, ...] = lexicon_of(None).hedges
VOCABULARY: frozenset[str] = lexicon_of(None).vocabulary
