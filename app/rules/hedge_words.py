"""Words of a hedge: those that a wording itself has, else the usual one of the language it is in.

A figure says which lexicon read it (``de-1``), and so in which language it was said. Only telling
asks for these words: reading a figure does not.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from app.rules import cjk_words, lexicon, tokenizer
from app.rules.cjk_words import MyriadLexicon, cjk_lexicon, is_east_asian, passage
from app.rules.json_types import JsonObject
from app.rules.lexicon import Lexicon
from app.rules.tokenizer import Token, Unreadable

AROUND = frozenset({"approximate", "order_of"})
"""Hedges that may stand beside another one, and then widen its bounds: "up to about 500"."""
UNREAD = frozenset({"not_read", "differs_from_lexicon"})
BETWEEN = " … "
"""Between hedges that stand apart: "about … or so"."""

LEXICONS = (*lexicon.LANGUAGES, *cjk_words.LANGUAGES)
"""The languages whose words are known."""
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")

_Span = tuple[int, int]


class HedgeWords(NamedTuple):
    """How a hedge is said in the language of a figure's document."""

    words: str
    language: str
    said: bool
    """Do they stand in the wording? Else they are the usual words, and nobody is quoted."""


def language_of(figure: JsonObject) -> str:
    """The language (BCP 47) of the lexicon that a figure went through; English without one.

    The version of an older lexicon, as in "1", or of another's need not begin with a language.
    """
    language = str(figure.get("lexicon_version", "")).partition("-")[0]
    return language if language in LEXICONS else "en"


def is_language_tag(text: str) -> bool:
    """Whether a text is a language by its form (BCP 47), such as es-MX."""
    return len(text) <= 35 and _TAG.fullmatch(text) is not None


def document_of(language: str | None) -> Mapping[str, Any]:
    """The lexicon of a language (BCP 47) as data; the English one where there is no other."""
    if is_east_asian(language):
        return cjk_lexicon(language).document
    return lexicon.lexicon_of(language).document


def has_lexicon(language: str) -> bool:
    """Whether wordings in a language (BCP 47) are read with words of its own."""
    return language.replace("_", "-").partition("-")[0].lower() in LEXICONS


def language_name(language: str) -> str:
    """What a language that has a lexicon is called in English."""
    return str(document_of(language)["language"])


def english(hedge: str) -> str:
    """The usual English words of a hedge."""
    words: str = document_of("en")["hedges"][hedge]["name"]
    return words


def usual(hedge: str, language: str) -> HedgeWords:
    """The usual words of a hedge; English where the language has no lexicon or no such word."""
    words = document_of(language)["hedges"].get(hedge, {}).get("name")
    return HedgeWords(words, language, False) if words else HedgeWords(english(hedge), "en", False)


def hedge_words(figure: JsonObject) -> HedgeWords | None:
    """The words of a figure's hedge; None where it has a wording in which they are not found."""
    hedge, language = figure.get("hedge", "none"), language_of(figure)
    if "raw_text" not in figure:
        return usual(hedge, language)
    if hedge == "none" or UNREAD.intersection(figure.get("flags", ())):
        return None
    found = _said(str(figure["raw_text"]), hedge, language)
    return HedgeWords(found, language, True) if found else None


# --------------------------------------------------------------------- the words in the wording


@lru_cache(maxsize=4096)
def _said(text: str, hedge: str, language: str) -> str | None:
    """The phrases of a wording that its lexicon takes for this hedge, as they are written."""
    wanted = {hedge} | (AROUND if hedge not in AROUND else set())
    try:
        if is_east_asian(language):
            return _as_written(*_in_passage(text, cjk_lexicon(language), wanted))
        return _as_written(*_in_tokens(text, lexicon.lexicon_of(language), wanted))
    except Unreadable:
        return None


def _as_written(text: str, spans: Iterable[_Span]) -> str | None:
    joined: list[_Span] = []
    for start, end in spans:
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return BETWEEN.join(text[start:end].strip() for start, end in joined) or None


def _in_tokens(text: str, lex: Lexicon, wanted: set[str]) -> tuple[str, Iterator[_Span]]:
    written = unicodedata.normalize("NFC", text)
    tokens: list[Token] = []
    places: list[_Span] = []
    at = 0
    for token in tokenizer.tokenise(text):
        at = start = written.index(token.written, at)
        parts = lex.prepared([token])
        for part in parts:
            end = start + len(token.written) if part is parts[-1] else at + len(part.text)
            tokens.append(part)
            places.append((at, end))
            at = end
    found = _phrases(lex, tokens, wanted)
    return written, ((places[first][0], places[last - 1][1]) for first, last in found)


def _phrases(lex: Lexicon, tokens: list[Token], wanted: set[str]) -> Iterator[_Span]:
    """Where the phrases of these hedges stand, from left to right; of several the longest."""
    about = lex.inflection.about if lex.inflection and "approximate" in wanted else frozenset()
    at = 0
    while at < len(tokens):
        hits = [hit for table in (lex.before, lex.after) if (hit := table.match(tokens, at))]
        longest = max(((end, sense in wanted) for sense, end in hits), default=(at + 1, False))
        end, fits = longest
        if fits or tokens[at].text in about:
            yield at, end
        at = end


def _in_passage(text: str, words: MyriadLexicon, wanted: set[str]) -> tuple[str, Iterator[_Span]]:
    found = passage(text)
    spans = _senses(found.text, words, wanted)
    return found.written, ((found.origin[a], found.origin[b - 1] + 1) for a, b in spans)


def _senses(text: str, words: MyriadLexicon, wanted: set[str]) -> Iterator[_Span]:
    at = 0
    while at < len(text):
        around = (
            hit for table in (words.leading, words.trailing) if (hit := table.match(text, at))
        )
        hits = [(end, sense.kind == "hedge" and sense.name in wanted) for sense, end in around]
        if some := words.over.match(text, at):
            hits.append((some[1], words.over_hedge in wanted))
        end, fits = max(hits, default=(at + 1, False))
        if fits:
            yield at, end
        at = end if fits else at + 1
