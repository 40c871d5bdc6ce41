"""Tokenizer of wordings, and the longest known phrase that begins at a token.

Linear in the length of the text, and capped at 500 characters.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

LONGEST_TEXT = 500
"""A figure's wording is a phrase, not a page: the most characters that are read."""

VULGAR_FRACTIONS = frozenset("½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒")

_JOIN = "\u2010"
_SAME = str.maketrans(
    {"\u2019": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-", "\u2012": "–", "\u2013": "–"}
    | {"\u2014": "–", "\u2015": "–", "\u223c": "~", "\u2a7d": "≤", "\u2a7e": "≥", "\u2266": "≤"}
    | {"\u2267": "≥", "\u2044": "/", "\u2215": "/", "\u066b": ".", "\u066c": ","}
)
_SYMBOLS = "~≈≃≅<>≤≥=±+−–/%‰.,;:()!?*\\-" + _JOIN
_TOKEN = re.compile(
    r"(?P<fraction>\d{1,12}/\d{1,12}(?![\d/]))"
    rf"|(?P<number>(?:\d+(?:[,.'_]\d+| \d{{3}}(?!\d|{_JOIN}))*|\.\d+)(?:e[+-]?\d+)?)"
    rf"|(?P<vulgar>[{''.join(sorted(VULGAR_FRACTIONS))}])"
    rf"|(?P<space>[\s{_JOIN}]+)"
    rf"|(?P<symbol><=|>=|\+/-|\+-|[{_SYMBOLS}])"
    rf"|(?P<word>€|[^\s\d€{''.join(sorted(VULGAR_FRACTIONS))}{_SYMBOLS}]+)"
)


class Unreadable(ValueError):
    """A wording that the lexicon does not read; it never guesses.

    ``words`` are those it could not read, as written (empty where no word is to blame); ``reason``
    is a sentence for a person and never repeats the text.
    """

    def __init__(self, reason: str, words: tuple[str, ...] = ()):
        super().__init__(reason)
        self.reason = reason
        self.words = words


class Token(NamedTuple):
    """One number, word or sign: folded for comparison, and as it was written."""

    kind: str  # fraction | number | vulgar | symbol | word
    text: str
    written: str
    glued: bool  # it touches the token before it, as in "7k"


def tokenise(text: str) -> list[Token]:
    """Take a wording apart. Raises Unreadable for one that is empty, too long or has controls."""
    tokens = _tokens(checked(text).strip())
    if not tokens:
        raise Unreadable("The wording is empty.")
    return tokens


def checked(text: str) -> str:
    """A wording in Unicode's form NFC. Raises Unreadable where it is too long, or garbled."""
    if len(text) > LONGEST_TEXT:
        raise Unreadable(f"A figure's wording has at most {LONGEST_TEXT} characters.")
    text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        if any(unicodedata.category(each) in ("Cc", "Cs") for each in text):
            raise Unreadable("The wording contains control characters.")
        if _PARTED_DIGITS.search(text):
            raise Unreadable("An invisible character stands between two digits; leave it out.")
    return text


_PARTED_DIGITS = re.compile(
    r"\d[\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]+\d"
)
"""What may be one number or two; elsewhere invisible characters are skipped."""


def _tokens(text: str) -> list[Token]:
    folded, origin = _folded(text)
    tokens: list[Token] = []
    glued = False
    for found in _TOKEN.finditer(folded):
        kind = str(found.lastgroup)
        if kind != "space":
            written = text[origin[found.start()] : origin[found.end() - 1] + 1]
            tokens.append(Token(kind, found[0], written, glued))
        glued = kind != "space"
    # A sentence's stop is no part of the figure it ends with.
    return tokens[:-1] if tokens and tokens[-1].text in (".", ",", ";", ":") else tokens


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """The text for comparison, and for each of its characters the index of the original."""
    if text.isascii():  # of most wordings nothing but capitals is folded
        return _without_hyphens(text.lower()), range(len(text))
    pieces = [_fold(character) for character in text]
    folded = "".join(pieces)
    origin = [index for index, piece in enumerate(pieces) for _ in piece]
    return _without_hyphens(folded), origin


@lru_cache(maxsize=4096)
def _fold(character: str) -> str:
    if character in VULGAR_FRACTIONS:
        return character
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if unicodedata.category(character) == "Cf":
        return ""  # invisible: a zero width space, a mark of direction
    folded = unicodedata.normalize("NFKC", character).casefold().translate(_SAME)
    # "10²" must not become 102: what only contains a digit stays a sign that nothing reads.
    return character if any(each.isdecimal() for each in folded) else folded


def _without_hyphens(text: str) -> str:
    """Blank out hyphens that join words ("twenty-five") and the stops of abbreviations ("ca.")."""
    if "-" in text:
        text = re.sub(r"(?<=\w)-(?=[^\W\d_])", _JOIN, text)
    return re.sub(r"(?<=[^\W\d_])\.", " ", text) if "." in text else text


def words(text: str) -> tuple[str, ...]:
    """The folded words and signs of a short phrase; never raises."""
    return tuple(token.text for token in _tokens(unicodedata.normalize("NFC", text)))


def text_at(tokens: list[Token], at: int) -> str:
    """The folded text of a token, or "" beyond the last."""
    return tokens[at].text if at < len(tokens) else ""


def kind_at(tokens: list[Token], at: int) -> str:
    """What a token is, or "" beyond the last."""
    return tokens[at].kind if at < len(tokens) else ""


def word_with_number(tokens: list[Token], at: int) -> str:
    """The word as written, with the digits it is glued to: "1970s", not "s"."""
    glued = at and tokens[at].glued and tokens[at].kind == "word"
    if glued and tokens[at - 1].kind == "number":
        return tokens[at - 1].written + tokens[at].written
    return tokens[at].written


def as_written(tokens: list[Token], start: int = 0) -> tuple[str, ...]:
    """The words from there on, as they were written."""
    return tuple(word_with_number(tokens, at) for at in range(start, len(tokens)))


Meaning = TypeVar("Meaning")


class Phrases(Generic[Meaning]):
    """Phrases and what they mean; of several that fit the longest is taken."""

    def __init__(self, meanings: Mapping[str, Meaning]):
        self._starting: dict[str, list[tuple[tuple[str, ...], Meaning]]] = {}
        for phrase, meaning in meanings.items():
            parts = words(phrase) or (phrase,)
            self._starting.setdefault(parts[0], []).append((parts, meaning))
        for choices in self._starting.values():
            choices.sort(key=lambda choice: -len(choice[0]))
        self.starts = frozenset(self._starting)
        self.vocabulary = frozenset(word for phrase in meanings for word in words(phrase))

    def match(self, tokens: list[Token], start: int) -> tuple[Meaning, int] | None:
        """The meaning of the longest phrase that begins here, and where it ends."""
        choices = self._starting.get(tokens[start].text) if start < len(tokens) else None
        if not choices:
            return None
        said = tuple([token.text for token in tokens[start : start + len(choices[0][0])]])
        for parts, meaning in choices:
            if said[: len(parts)] == parts:
                return meaning, start + len(parts)
        return None


def same_word(word: str, known: Collection[str]) -> bool:
    """Whether a word is among those known, singular and plural taken as one."""
    apart = forms(word).isdisjoint
    return not all(apart(forms(each)) for each in known)


@lru_cache(maxsize=4096)
def forms(word: str) -> frozenset[str]:
    """A word, and what it may be the plural of."""
    forms = {word}
    if len(word) > 3 and word.endswith("s"):
        forms.add(word[:-1])
        if word.endswith("es"):
            forms.add(word[:-2])
        if word.endswith("ies"):
            forms.add(word[:-3] + "y")
    return frozenset(forms)
