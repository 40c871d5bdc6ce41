"""Inflected number words: the forms of each number, scale and part in a language's data file.

A value is written once, with all of its forms beside it (``5 = "пять, пяти, пятью"``); here the
forms are turned round, so that a reader finds the value of the form it meets.
"""

import re
import unicodedata
from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import Any

from app.rules.tokenizer import Phrases, Token, words

_SIMPLE_SCALES = (10, 12, 100, 1000, 10**6, 10**9, 10**12)
"""Those that govern both ends of a range as words of their own: zwei bis drei Tausend."""


class Inflection:
    """The number words of a language with inflected, glued or compound ones."""

    def __init__(self, data: Mapping[str, Any]):
        self._fold = str.maketrans(
            data.get("fold", {}) | dict.fromkeys(data.get("ignored", ""), "")
        )
        self._prefixes: tuple[str, ...] = tuple(data.get("prefixes", ()))
        self._elisions: tuple[str, ...] = tuple(data.get("elisions", ()))
        values = self._values(data["words"])
        self.small: Phrases[int] = Phrases(values)
        self.hundreds = self._set(data, "hundreds")
        self.coins = self._set(data, "coins")
        self.wide: dict[int, int] = {int(n): w for n, w in data.get("wide", {}).items()}
        self.units_first: bool = data.get("units_first", False)
        self.joiners = self._set(data, "joiners")
        self.articles = self._set(data, "articles")
        self._definite = self._set(data, "definite")
        self.of = self._set(data, "of")
        self.term_joiners = self._set(data, "term_joiners")
        self.scales: dict[str, int] = self._values(data["scales"])
        self.bare = frozenset(self._forms(data["bare"]))
        self.plurals = {form: self.scales[form] for form in self._forms(data["plurals"])}
        self.about = self._set(data, "about")
        self.governed = self._set(data, "governed")
        self.governing = self._set(data, "governing")
        self.duals: dict[str, int] = self._values(data.get("duals", {}))
        self.before_noun: dict[str, int] = self._values(data.get("before_noun", {}))
        self.unclear_of_the = self._set(data, "unclear_of_the")
        self.unclear = self.unclear_of_the.union(self._forms(data.get("unclear", "")))
        self._moved: Phrases[None] = Phrases(
            dict.fromkeys(self._forms(data.get("moved_behind", "")))
        )
        self._percents_first = frozenset("%٪" if data.get("percent_first") else "")
        self._two_orders = self._moved.starts | self._percents_first
        self.alone = Phrases(self._parts(data["alone"]))
        self.counted = Phrases(self._parts(data["counted"]))
        self.scaled: Phrases[Fraction] = Phrases(self._parts(data.get("scaled", {})))
        self.mixed: Phrases[Fraction] = Phrases(self._parts(data.get("mixed", {})))
        self.inside: Phrases[Fraction] = Phrases(self._parts(data.get("inside", {})))
        self.behind: Phrases[Fraction] = Phrases(self._parts(data.get("behind", {})))
        self.inverted: bool = data.get("inverted", False)
        self.compounds = Compounds(values, data["compounds"]) if "compounds" in data else None
        self.vocabulary = self._vocabulary()

    def folded(self, text: str) -> str:
        """A word for comparison: letters that are spelled two ways are one."""
        return unicodedata.normalize("NFKC", text).casefold().translate(self._fold)

    def ends_in_scale(self, word: str) -> bool:
        """Whether a number word may lend its end to another: "zwei bis dreihundert"."""
        if word in self.hundreds:
            return self.compounds is None
        if self.scales.get(word, 0) in _SIMPLE_SCALES:
            return False
        value = self.compounds.value(word) if self.compounds else None
        return value is not None and value >= 100

    def is_article(self, tokens: list[Token], at: int) -> bool:
        """Whether this is no one, but the article of a figure in digits: "un 40 %"."""
        if tokens[at].text not in self.articles or at + 1 == len(tokens):
            return False
        return tokens[at + 1].kind == "number" or tokens[at + 1].text in self.small.starts

    def has_article(self, tokens: list[Token], at: int) -> bool:
        """Whether the other end of a range has an article: entre un 10 y el 15 %."""
        return at < len(tokens) and (
            tokens[at].text in self._definite or self.is_article(tokens, at)
        )

    def _set(self, data: Mapping[str, Any], name: str) -> frozenset[str]:
        return frozenset(self._forms(data.get(name, "")))

    def _forms(self, listed: str) -> list[str]:
        return [self.folded(form.strip()) for form in listed.split(",") if form.strip()]

    def _values(self, listed: Mapping[str, str]) -> dict[str, int]:
        return {form: int(n) for n, forms in listed.items() for form in self._forms(forms)}

    def _parts(self, listed: Mapping[str, str]) -> dict[str, Fraction]:
        return {form: Fraction(n) for n, forms in listed.items() for form in self._forms(forms)}

    def _vocabulary(self) -> frozenset[str]:
        parts = (self.alone, self.counted, self.scaled, self.mixed, self.inside, self.behind)
        return self.small.vocabulary.union(
            *(each.vocabulary for each in parts),
            *(self.hundreds, self.joiners, self.of, self.scales, self.duals, self.before_noun),
        )

    def prepared(self, tokens: list[Token], vocabulary: frozenset[str]) -> list[Token]:
        """The tokens folded, and apart from what is glued to them: d'obus, و80."""
        found: list[Token] = []
        for token in tokens:
            if token.kind == "word":
                text = self.folded(token.text)
                same = text == token.text
                found += self._apart(token if same else token._replace(text=text), vocabulary)
            elif found and token.glued and found[-1].text in self._prefixes:
                found.append(token._replace(glued=False))
            else:
                found.append(token)
        found = [token for token in found if token.text]
        if self._two_orders.isdisjoint([token.text for token in found]):
            return found
        return self._reordered(found)

    def _reordered(self, tokens: list[Token]) -> list[Token]:
        """Of two orders the usual one: "5 с лишним тысяч" as "5 тысяч с лишним", "%34" as "34%"."""
        found, at = list(tokens), 0
        while at < len(found) - 1:
            moved = self._moved.match(found, at)
            end = moved[1] if moved else at + 1
            percent = found[at].text in self._percents_first and found[end].kind == "number"
            if percent and not (at and found[at - 1].kind == "number"):
                found[at : end + 1] = [found[end]._replace(glued=False), found[at]]
            elif moved and end < len(found) and found[end].text in self.scales:
                found[at : end + 1] = [found[end], *found[at:end]]
            at += 1
        return found

    def _apart(self, token: Token, vocabulary: frozenset[str]) -> list[Token]:
        if token.text in vocabulary:
            return [token]
        for head in self._elisions:
            if token.text.startswith(head) and len(token.text) > len(head):
                rest = token._replace(text=token.text[len(head) :], glued=False)
                return [token._replace(text=head), rest]
        for head in self._prefixes:
            stem = token.text.removeprefix(head)
            if stem != token.text and stem in vocabulary:
                return [token._replace(text=head), token._replace(text=stem, glued=False)]
        return [token]

    def words(self, name: str, vocabulary: frozenset[str]) -> tuple[str, ...]:
        """The words of a unit's name, as those of a wording are taken."""
        tokens = [
            Token("word" if re.match(r"[^\W\d]", text) else "symbol", text, text, False)
            for text in words(name)
        ]
        return tuple(token.text for token in self.prepared(tokens, vocabulary))


class Compounds:
    """The number words of a language that writes a number below a million as one word: German.

    "Dreihundertsiebenundsiebzigtausend" is taken apart by the words it is made of; a word that is
    not wholly of number words is no number.
    """

    def __init__(self, values: Mapping[str, int], data: Mapping[str, str]):
        self._values, self._half = values, data["half"]
        hundreds, self._thousands, self._ands = (
            data[name].split(", ") for name in ("hundred", "thousand", "and")
        )
        units = {word: value for word, value in values.items() if 1 <= value <= 9}
        tens = {word: value for word, value in values.items() if 20 <= value <= 90}
        below = {"": 0} | {word: value for word, value in values.items() if 1 <= value <= 90}
        for unit, joiner, ten in product(units, self._ands, tens):
            below[unit + joiner + ten] = units[unit] + tens[ten]
        self._small = dict(below)
        units[""] = 1
        for unit, hundred, joiner in product(units, hundreds, ("", *self._ands)):
            stem, value = unit + hundred + joiner, 100 * units[unit]
            self._small |= {stem + rest: value + more for rest, more in below.items()}

    def value(self, text: str) -> Fraction | None:
        """What a word of number words is worth: zweieinhalb is two and a half."""
        if text.endswith(self._half):
            unit = text.removesuffix(self._half)
            for joiner in self._ands:
                unit = unit.removesuffix(joiner)
            whole = self._values.get(unit)
            return None if whole is None or whole > 12 else whole + Fraction(1, 2)
        thousand = next((word for word in self._thousands if word in text), None)
        if thousand is None:
            found = self._small.get(text)
            return Fraction(found) if found else None
        head, _, rest = text.partition(thousand)
        for joiner in self._ands:
            rest = rest.removeprefix(joiner)
        many, few = self._small.get(head), self._small.get(rest)
        return None if many is None or few is None else Fraction(1000 * (many or 1) + few)
