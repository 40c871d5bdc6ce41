"""Clauses around a figure: two bounds, a change, one more lot, an interval behind a value.

Each is taken off, and what is left is a phrase like any other:

    wording := [change | increment] phrase [joiner phrase | interval] [change]

"At least 1,000, possibly as many as 3,000" is one figure with two ends, "down 9.2 %" a negative
one, and "500 (95% CI 400-600)" a value with the ends of its confidence interval.
"""

import re
from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from app.rules.lexicon import Lexicon
from app.rules.numerals import Numeral
from app.rules.phrases import ConfidenceInterval, ParsedPhrase, parse_phrase, range_between
from app.rules.tokenizer import Token, Unreadable, as_written, kind_at

_FROM_BELOW = frozenset({"at_least", "more_than"})
_FROM_ABOVE = frozenset({"up_to", "less_than"})
_LEVEL = re.compile(r"\d{1,2}(\.\d{1,6})?")
_BRACKETS = "()[]"
_BETWEEN = frozenset({",", ":", "=", ";", "of", "from", "with", "a", *_BRACKETS})
"""What may stand between a value, the name of its interval, and the ends."""
_MIRRORED = {"more_than": "less_than", "at_least": "up_to"}
_KEPT_BY_A_CHANGE = frozenset({"exact", "approximate", "nearly"})


def parse(lex: Lexicon, tokens: list[Token], label: Collection[str]) -> ParsedPhrase:
    """Take a wording into its parts; raises Unreadable for what means nothing here."""
    if lex.clause_words.isdisjoint(token.text for token in tokens):
        return parse_phrase(lex, tokens, label)  # most wordings have no clause
    _refuse_qualifiers(lex, tokens)
    if change := _change(lex, tokens):
        phrase = parse_phrase(lex, change.rest, label)
        _refuse_new_level(lex, change.rest, phrase)
        return _changed(phrase, change.sign)
    if (rest := _without_increment(lex, tokens)) is not None:
        return parse_phrase(lex, rest, label)._replace(increment=True)
    return (
        _two_bounds(lex, tokens, label)
        or _with_interval(lex, tokens, label)
        or parse_phrase(lex, tokens, label)
    )


def _refuse_qualifiers(lex: Lexicon, tokens: list[Token]) -> None:
    """Refuse "reportedly" and "on average", which other fields than the figure say."""
    for at, token in enumerate(tokens):
        field = lex.qualifiers.get(token.text)
        if field and not lex.bound_joiners.match(tokens, at):
            way_out = {
                "modality": "how sure the claim is: send it as `modality` with `modal_cue`",
                "attributes": "which statistic it is: send it in `attributes`",
            }[field]
            raise Unreadable(
                f"This word says {way_out}, and the figure without it.", _unknown(lex, tokens)
            )


def _unknown(lex: Lexicon, tokens: list[Token]) -> tuple[str, ...]:
    words = (token for token in tokens if token.kind == "word")
    return tuple(
        word.written
        for word in words
        if word.text in lex.qualifiers or word.text not in lex.vocabulary
    )


# ------------------------------------------------------------------------------------- two bounds


def _two_bounds(lex: Lexicon, tokens: list[Token], label: Collection[str]) -> ParsedPhrase | None:
    """More than 100 but less than 200: the one figure of both, or None."""
    for at in range(1, len(tokens)):
        joiner = lex.bound_joiners.match(tokens, at)
        if joiner and (second := lex.before.match(tokens, joiner[1])):
            first = lex.before.match(tokens, 0)
            sides = {first[0], second[0]} if first else frozenset[str]()
            if sides & _FROM_BELOW and sides & _FROM_ABOVE:
                one, other = tokens[:at], tokens[joiner[1] :]
                return _joined(parse_phrase(lex, one, label), parse_phrase(lex, other, label))
    return None


def _joined(first: ParsedPhrase, second: ParsedPhrase) -> ParsedPhrase:
    low, high = (first, second) if first.hedges & _FROM_BELOW else (second, first)
    hedged = len(first.hedges) + len(second.hedges)  # "up to 700 or more" faces both ways
    if first.rate not in (None, second.rate) or first.high or second.high or hedged > 2:
        raise Unreadable("Each end of the range is one number, per the same time.")
    ends = range_between(low.low, high.low, named=True)
    open_low, open_high = "more_than" in low.hedges, "less_than" in high.hedges
    if (open_low or open_high) and ends.high and ends.low.amount == ends.high.amount:
        raise Unreadable("Nothing lies between the two ends.")
    return ends._replace(rate=second.rate, open_low=open_low, open_high=open_high)


# ------------------------------------------------------------------------------ changes, increments


class _Change(NamedTuple):
    """The sign of a change, and the wording without the words for it."""

    sign: int
    rest: list[Token]


def _change(lex: Lexicon, tokens: list[Token]) -> _Change | None:
    """The change of "down 9.2 %", "a 3 % drop"."""
    found, hedge = lex.changes.match(tokens, 0), lex.before.match(tokens, 0)
    if found and not (hedge and hedge[1] >= found[1]):
        return _Change(found[0], tokens[found[1] :])
    after = lex.changes_after.match(tokens, len(tokens) - 1)
    return _Change(after[0], tokens[:-1]) if after else None


def _refuse_new_level(lex: Lexicon, tokens: list[Token], phrase: ParsedPhrase) -> None:
    """Refuse "rose 300 to 4,200" and "rose from 3% to 5%", whose last figure may be the new level.

    The ends of "by 3 to 5%" share their sign, so they are two ends.
    """
    joiners = lex.range_joiners["from"] - {"-", "–"}
    at = next((at for at, token in enumerate(tokens) if token.text in joiners), 0)
    shared = phrase.low.percent and kind_at(tokens, at - 1) == "number"
    if at and phrase.high and (lex.range_openers.match(tokens, 0) or not shared):
        raise Unreadable(
            "The second figure may be the other end of the change, or the level after it.",
            as_written(tokens),
        )


def _changed(phrase: ParsedPhrase, sign: int) -> ParsedPhrase:
    """The figure with the sign of its change."""
    ends = [phrase.low, *([phrase.high] if phrase.high else [])]
    if any(each.kind != "number" or each.amount < 0 for each in ends):
        raise Unreadable("How much a change is is a number that is not negative.")
    if not phrase.hedges <= _KEPT_BY_A_CHANGE | _MIRRORED.keys():
        raise Unreadable("A change with this hedge may be none at all.")
    if sign > 0:
        return phrase._replace(change=sign)
    low, *high = (each._replace(amount=-each.amount) for each in reversed(ends))
    hedges = frozenset(_MIRRORED.get(hedge, hedge) for hedge in phrase.hedges)
    return phrase._replace(hedges=hedges, low=low, high=high[0] if high else None, change=sign)


def _without_increment(lex: Lexicon, tokens: list[Token]) -> list[Token] | None:
    """The wording without the "another" before its figure; None where it has none."""
    for at, token in enumerate(tokens):
        if token.kind == "number":
            return None
        if found := lex.increments.match(tokens, at):
            return [*tokens[:at], *tokens[found[1] :]]
    return None


# ---------------------------------------------------------------------- an interval behind a value


def _with_interval(
    lex: Lexicon, tokens: list[Token], label: Collection[str]
) -> ParsedPhrase | None:
    """A value with its interval of confidence: 500 (95% CI 400-600)."""
    named = _named_interval(lex, tokens)
    if not named:
        _refuse_brackets(tokens)
        return None
    value = parse_phrase(lex, _trimmed(tokens[: named.start]), label)
    ends = parse_phrase(lex, _trimmed(tokens[named.end :]), label)
    if value.hedges or value.high or value.margin or not ends.high or ends.hedges or ends.margin:
        raise Unreadable("An interval of confidence is one number and two ends, without a hedge.")
    if value.rate and ends.rate not in (None, value.rate):
        raise Unreadable("The interval is per another time than its value.")
    low, *around = _of_one_kind(value.low, ends.low, ends.high)
    interval = ConfidenceInterval(*_scaled(low, *around), named.level)
    return value._replace(low=low, rate=value.rate or ends.rate, interval=interval)


class _NamedInterval(NamedTuple):
    """Where the name of an interval stands, and how sure that is said to be: the 95 of "95% CI"."""

    start: int
    end: int
    level: Decimal | None


def _named_interval(lex: Lexicon, tokens: list[Token]) -> _NamedInterval | None:
    places = ((at, lex.intervals.match(tokens, at)) for at in range(1, len(tokens)))
    at, end = next(((at, found[1]) for at, found in places if found), (0, 0))
    if not at:
        return None
    if at < 2 or not lex.percents.match(tokens, at - 1) or kind_at(tokens, at - 2) != "number":
        return _NamedInterval(at, end, None)
    written = tokens[at - 2].text
    if not _LEVEL.fullmatch(written) or not Decimal(written):
        reason = "How sure an interval is said to be lies between 0 and 100 percent."
        raise Unreadable(reason, (tokens[at - 2].written,))
    return _NamedInterval(at - 2, end, Decimal(written) / 100)


def _trimmed(tokens: list[Token]) -> list[Token]:
    while tokens and tokens[-1].text in _BETWEEN:
        tokens = tokens[:-1]
    while tokens and tokens[0].text in _BETWEEN:
        tokens = tokens[1:]
    if not tokens:
        raise Unreadable("An interval of confidence has a value before it and two ends.")
    return tokens


def _of_one_kind(*numerals: Numeral) -> tuple[Numeral, ...]:
    """All of them percentages where one is: "3 (95% CI 2-4%)"; parts and numbers are two kinds."""
    percents = {each.percent for each in numerals if each.percent}
    parts = {each.part for each in numerals}
    if len(parts) > 1 or len(percents) > 1 or (percents and True in parts):
        raise Unreadable("The value and its interval are not all percentages, or all parts.")
    percent = next(iter(percents), None)
    return tuple(each._replace(percent=percent) for each in numerals)


def _scaled(value: Numeral, low: Numeral, high: Numeral) -> tuple[Numeral, Numeral]:
    """The ends in the value's scale ("2.8 million (1.4-4.3)"), where they fit in that one alone."""
    scales = [Fraction(1), *(Fraction(scale) for scale in value.shareable)]
    fitting = [s for s in scales if low.amount * s <= value.amount <= high.amount * s]
    if len(fitting) != 1:
        raise Unreadable("The interval does not lie around its value in one way alone.")
    return (
        low._replace(amount=low.amount * fitting[0]),
        high._replace(amount=high.amount * fitting[0]),
    )


def _refuse_brackets(tokens: list[Token]) -> None:
    """Refuse a number in brackets behind something; one that opens the wording holds all of it."""
    opened = next((at for at, token in enumerate(tokens) if token.text in ("(", "[")), 0)
    if opened and any(token.kind == "number" for token in tokens[opened:]):
        reason = "The brackets may hold a range, an interval of confidence or another unit."
        raise Unreadable(reason, as_written(tokens, opened))
