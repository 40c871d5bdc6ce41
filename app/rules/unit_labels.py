"""Unit labels: the noun phrases by which a wording may name what its figure is of.

The measure's ``unit_label`` (which may name several nouns), its UCUM code, and how that is printed
(``lexicon/units.toml``). A whole phrase of these is one token and never a figure, a scale or a
rate, even where a number stands in it: "155 mm howitzers", "km/s2".
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from app.rules import lexicon
from app.rules.bounds import MeasureContext
from app.rules.lexicon import Lexicon
from app.rules.tokenizer import Token, Unreadable, forms, kind_at, same_word, text_at, words

UNIT = "unit"
"""The kind of the token that stands for the measure's unit."""

BRACES = re.compile(r"\{([^{}]*)\}")
"""What a unit counts: the shell of {shell}."""
_CODE = re.compile("[A-Z]{3}")
_DIGITS = ("number", "fraction", "vulgar")
_PLAIN = ("", "1", "%", "[ppth]", "[ppm]")


class Label(NamedTuple):
    """What the unit may be called: whole phrases, single words, and the numbers in them."""

    starting: Mapping[str, Sequence[tuple[str, ...]]]  # by a form of their first word
    words: frozenset[str]
    scales: frozenset[str]  # of these words
    numbers: frozenset[str]
    letters: frozenset[str]  # of the unit as it is written: K, m
    singulars: frozenset[str]  # "brigade", where brigades are counted
    money: bool
    physical: bool


def label_of(lex: Lexicon, yardstick: MeasureContext) -> Label:
    """The names of the measure's unit."""
    return _label(lex, yardstick.unit, yardstick.unit_label or "")


@lru_cache(maxsize=1024)
def _label(lex: Lexicon, unit: str, text: str) -> Label:
    braces = BRACES.findall(unit)
    printed = [*_printed(unit), *lex.unit_names(unit)]
    nouns_of = re.split(rf"\s*[,;|]\s*|\s+(?:{'|'.join(lex.between_nouns)})\s+", text)
    named = {lex.words(name) for name in (*nouns_of, text, *braces, *printed)}
    within = {word for name in (text, *braces) for word in lex.words(name)}
    nouns = frozenset(word for word in within if word[0].isalpha() and word not in lex.attached)
    return Label(
        _starting(named - {()}),
        nouns,
        nouns & lex.scales.keys(),
        frozenset(word for word in within if word[0].isdigit()),
        frozenset(name for name in (unit, text, *printed) if len(name) == 1),
        frozenset() if currency(unit) else _singulars(named) | _nouns_of_one(braces),
        currency(unit) is not None,
        is_physical(unit),
    )


def _singulars(named: Iterable[tuple[str, ...]]) -> frozenset[str]:
    """The names of one thing: those that another name of the unit is the plural of."""
    last = {name[-1] for name in named if name and name[-1].isalpha()}
    return frozenset(form for name in last for form in forms(name) if form != name)


def _nouns_of_one(braces: Iterable[str]) -> frozenset[str]:
    """The brigade of {brigade}, whatever the label says; {troops} are no name of one thing."""
    nouns = (words(name)[-1] for name in braces if name.strip())
    return frozenset(noun for noun in nouns if len(forms(noun)) == 1)


def _starting(phrases: Iterable[tuple[str, ...]]) -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        for form in forms(phrase[0]):
            found.setdefault(form, []).append(phrase)
    return found


def _printed(unit: str) -> list[str]:
    """The code itself and how it is printed; of a rate also how the thing itself is."""
    code = currency(unit)
    if code:
        return [code, *lexicon.PRINTED_UNITS["money"].get(code, ())]
    if not is_physical(unit):
        return []
    names = lexicon.PRINTED_UNITS["measures"]
    return [unit, *names.get(unit, ()), *names.get(unit.partition("/")[0], ())]


def currency(unit: str) -> str | None:
    """The ISO 4217 code of a unit of money, as in {USD} or {EUR}/h."""
    code = unit.partition("/")[0].strip("{}")
    return code if _CODE.fullmatch(code) else None


def is_physical(unit: str) -> bool:
    """Whether it measures length, time, mass and the like, rather than counting or paying."""
    plain = unit in _PLAIN or unit.startswith("10*")
    return not plain and "{" not in unit and not currency(unit)


def per(unit: str, rate: str) -> str:
    """The unit per time: a rate it already has is replaced, since nothing is per year per month."""
    return f"{without_rate(unit)}/{rate}"


def without_rate(unit: str) -> str:
    """The unit of a rate without the time that it is per."""
    stem, slash, last = unit.rpartition("/")
    return stem if slash and last in lexicon.lexicon_of(None).rate_units else unit


def marked(lex: Lexicon, tokens: list[Token], label: Label) -> list[Token]:
    """The tokens with each phrase of the unit as one; no letter of a unit is left as a scale.

    Raises Unreadable where a number or a letter may be a part of the unit.
    """
    if label.numbers:
        tokens = _split_size(tokens, label)
    found: list[Token] = []
    none_begins = label.starting.keys().isdisjoint
    at = 0
    while at < len(tokens):
        end = None if none_begins(forms(tokens[at].text)) else _end(lex, tokens, at, label)
        if end and end < len(tokens):
            _refuse_numbered(lex, tokens, at, end, label)
        found.append(_one(tokens[at:end]) if end else tokens[at])
        at = end or at + 1
    _refuse_parts_of_the_unit(lex, found, label)
    lettered = not lex.scale_letters.isdisjoint([token.text for token in found])
    return _scaled(lex, found, label.money) if lettered and not label.physical else found


def _end(lex: Lexicon, tokens: list[Token], start: int, label: Label) -> int | None:
    """Where a phrase of the unit that begins here ends."""
    found = (label.starting.get(form, ()) for form in forms(tokens[start].text))
    for phrase in sorted({each for some in found for each in some}, key=len, reverse=True):
        end = start + len(phrase)
        if end <= len(tokens) and all(
            same_word(tokens[start + n].text, (each,)) for n, each in enumerate(phrase)
        ):
            return end if len(phrase) > 1 or _is_whole(lex, tokens, start, label) else None
    return None


def _is_whole(lex: Lexicon, tokens: list[Token], at: int, label: Label) -> bool:
    """Whether one token names the unit: a letter does as it is written, and behind a figure (or
    before one, as the R of "R500" does).
    """
    token = tokens[at]
    if len(token.text) > 1 or not token.text.isalpha():
        return token.kind in ("word", "symbol")
    behind = at > 0 and (token.glued or token.text not in lex.articles)
    before = label.money and kind_at(tokens, at + 1) == "number"
    return (behind or before) and token.written in label.letters


def _one(tokens: list[Token]) -> Token:
    written = "".join(
        (" " if n and not token.glued else "") + token.written for n, token in enumerate(tokens)
    )
    return Token(UNIT, "", written, tokens[0].glued)


def _split_size(tokens: list[Token], label: Label) -> list[Token]:
    """The 18 of "18 155 mm shells", which is no 18 155 where shells of 155 mm are counted."""
    found: list[Token] = []
    for token in tokens:
        head, _, last = token.text.rpartition(" ")
        if token.kind == "number" and head and last in label.numbers:
            found.append(token._replace(text=head, written=token.written[: len(head)]))
            found.append(
                token._replace(text=last, written=token.written[-len(last) :], glued=False)
            )
        else:
            found.append(token)
    return found


def _refuse_parts_of_the_unit(lex: Lexicon, tokens: list[Token], label: Label) -> None:
    if label.numbers and (own := tuple(t.written for t in tokens if t.text in label.numbers)):
        raise Unreadable("This number is a part of the unit's label, or the figure.", own)
    if label.scales and (scales := tuple(t.written for t in tokens if t.text in label.scales)):
        raise Unreadable("A scale here may be a part of the measure's unit.", scales)
    if not label.physical:
        return
    # Where the unit itself follows, as in "500k km", the letter is none.
    following = [token.kind for token in tokens[1:]] + [""]
    letters = tuple(
        token.written
        for token, then in zip(tokens, following, strict=True)
        if then != UNIT
        and ((token.glued and token.text in lex.attached) or token.text in lex.units_too)
    )
    if letters:
        raise Unreadable(
            "The letter may be a scale (k thousand, m million) or a unit (m metre, K kelvin).",
            letters,
        )


def _refuse_numbered(lex: Lexicon, tokens: list[Token], start: int, end: int, label: Label) -> None:
    """Refuse "Brigade 47" and "day 500": a number behind one thing's name says which one it is."""
    numbered = tokens[end].kind == "number" or tokens[end].text in lex.units
    if numbered and not tokens[end].glued and tokens[end - 1].text in label.singulars:
        reason = "Behind the name of one thing a number says which one it is."
        raise Unreadable(reason, tuple(token.written for token in tokens[start : end + 1]))


def _scaled(lex: Lexicon, tokens: list[Token], money: bool) -> list[Token]:
    """With the letters that are scales: the M of "5 M", the T of "$2T" (elsewhere a tonne)."""
    letters = lex.attached | lex.attached_to_money if money else lex.attached
    found = list(tokens)
    for at, (before, token) in enumerate(pairwise(tokens), 1):
        scale = letters.get(token.text) if before.kind == "number" else None
        beside = money or token.written.isupper()
        if scale and (token.glued or (beside and text_at(tokens, at + 1) != "-")):
            word = next(word for word, of in lex.scales.items() if of == scale)
            found[at] = token._replace(text=word)
    return found


def without_names(lex: Lexicon, tokens: list[Token], label: Label) -> list[Token]:
    """The tokens without the hyphen of "sub-300".

    Refuses numbers that belong to a name: the 19 of "virus-19", the 7 of "R7".
    """
    if not any(token.glued and token.kind in _DIGITS for token in tokens):
        return tokens
    found: list[Token] = []
    for at, token in enumerate(tokens):
        if token.glued and token.kind in _DIGITS:
            hyphen = tokens[at - 1].text == "-" and tokens[at - 1].glued
            before = at - 1 - hyphen
            if hyphen and before > 0 and _ends_figure(lex, tokens, before, label):
                found.append(token)
                continue
            if before >= 0 and _is_name(lex, tokens[before], label.money, hyphen):
                written = "".join(each.written for each in tokens[before : at + 1])
                raise Unreadable("A number that is glued to a word belongs to a name.", (written,))
            if hyphen and before >= 0 and tokens[before].kind == "word":
                found.pop()
        found.append(token)
    return found


def _ends_figure(lex: Lexicon, tokens: list[Token], at: int, label: Label) -> bool:
    """Whether a figure's unit or scale stands here, so that a range goes on: "2m-3m", "5km-6km"."""
    token = tokens[at]
    if tokens[at - 1].kind not in _DIGITS:
        return False
    if token.kind == UNIT:
        return label.money or label.physical
    return token.text in lex.scales or (token.glued and token.text in lex.attached)


def _is_name(lex: Lexicon, token: Token, money: bool, hyphen: bool) -> bool:
    """Whether a number that is glued to this word belongs to its name: "T-72", "C4", "A-10"."""
    if token.kind == UNIT:
        return not money
    known = token.text in lex.before.vocabulary or token.text in lex.signs
    single = len(token.text) == 1 or token.text in lex.articles
    known = known and not (token.written.isupper() or (hyphen and single))
    return token.kind == "word" and token.text[-1].isalpha() and not known
