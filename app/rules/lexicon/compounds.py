"""Compound number words: German writes a number below a million as one word.

"Dreihundertsiebenundsiebzigtausend" is taken apart by the words it is made of; a word that is not
wholly of number words is no number.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any


class Compounds:
    """The number words of a language that writes numbers as one word."""

    def __init__(self, values: Mapping[str, int], data: Mapping[str, Any]):
        self._values = dict(values)
        stems = {name: _any(data[name].split(", ")) for name in ("hundred", "thousand", "and")}
        units = _any(word for word, value in values.items() if 1 <= value <= 9)
        teens = _any(word for word, value in values.items() if 10 <= value <= 19)
        tens = _any(word for word, value in values.items() if 20 <= value <= 90)
        joined = rf"(?P<u{{n}}>{units}){stems['and']}(?P<t{{n}}>{tens})"
        below = rf"(?:{joined}|(?P<o{{n}}>{teens}|{tens}|{units}))"
        hundreds = rf"(?P<h{{n}}>{units})?(?P<c{{n}}>{stems['hundred']})(?:{stems['and']})?"
        small = rf"(?:{hundreds})?(?:{below})?"
        self._number = re.compile(
            rf"(?:(?P<thousands>(?:{_numbered(small, 1)}))(?P<thousand>{stems['thousand']})"
            rf"(?:{stems['and']})?)?{_numbered(small, 0)}"
        )
        self._half = re.compile(rf"(?P<unit>.+?)(?:{stems['and']})?(?:{data['half']})")
        self.value = lru_cache(maxsize=2048)(self._value)

    def _value(self, text: str) -> Fraction | None:
        """What a word of number words is worth: zweieinhalb is two and a half."""
        if half := self._half.fullmatch(text):
            whole = self._values.get(half["unit"])
            return None if whole is None or whole > 12 else whole + Fraction(1, 2)
        found = self._number.fullmatch(text) if text else None
        if not found:
            return None
        thousands = self._small(found, 1) or 1 if found["thousand"] else 0
        return Fraction(1000 * thousands + self._small(found, 0))

    def _small(self, found: re.Match[str], n: int) -> int:
        value = 100 * self._of(found[f"h{n}"], 1) if found[f"c{n}"] else 0
        return value + sum(self._of(found[f"{part}{n}"], 0) for part in "uto")

    def _of(self, word: str | None, otherwise: int) -> int:
        return otherwise if word is None else self._values[word]


def _any(listed: Any) -> str:
    return "(?:" + "|".join(sorted(map(re.escape, listed), key=len, reverse=True)) + ")"


def _numbered(pattern: str, n: int) -> str:
    return pattern.replace("{n}", str(n))
