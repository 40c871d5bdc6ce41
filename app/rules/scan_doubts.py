"""Scan doubts: why a number of a text that can be read may yet be no figure of a count.

It may be a date, money, an age, a number that names a thing, or the level that something rose to.
"""

import re
import unicodedata
from itertools import takewhile

from app.rules.bounds import MeasureContext
from app.rules.lexicon import PRINTED_UNITS
from app.rules.scan_neighbours import AGE, NO_WHOLE, WHICH_ONE, beside, is_broken
from app.rules.scanned_text import Scan
from app.rules.tokenizer import words

MEASURED_IN = frozenset(
    name for names in PRINTED_UNITS["measures"].values() for name in names
) | frozenset(PRINTED_UNITS["measures"])
IN_A_UNIT = "This is measured in a unit: ask with the measure that it is of."

NOUN = 3
"""Words that a noun has at most."""
_HALF = 2
_CLAUSE = 10
"""How many words before a figure may have the verb that it is the new level of."""
_MONEY = frozenset(name for names in PRINTED_UNITS["money"].values() for name in names)
_MONEY_BEHIND = re.compile(r"[ \u00a0\u202f]?(?:M|Md|Mrd|Mio|Mds|k)?[.]?[ \u00a0\u202f]?(.)")
_ADDRESS = re.compile(r"(?:://|www\.|@)\S*$")
_IN_A_TIME = re.compile(r"\d(?::|[ \u00a0]h[ \u00a0])$")
_TIME_BEHIND = re.compile(r":\d")
_WORD_BEFORE_NUMBER = re.compile(r"([^\W\d_]{1,20})\.?[ \u00a0]$")
_NAME_BEFORE = re.compile(r"[A-Z][^\W\d_]+, $")
_AGE = re.compile(r"1?\d{1,2}(?:[;)]|[,.](?!\d)|$)")
_SLASHED = re.compile(r"\d+/\d+")
_NUMERO = ("№", "§", "#")
_SIGNS = "±+−-–—~≈<>≤≥=#§№@&×*/"
_SIGNS_APART = "±=#§№@×"
"""Those that go on to mean so with a space behind them; a hyphen may begin a line."""
_POINT = re.compile(r"(?:^|[^\w.])\.$")
"""The point of .5, which is no 5."""
_TIMES_BEHIND = re.compile(r"[ \u00a0]?[×x*][ \u00a0]?\d")
_NOTE = re.compile(r"\[\d{1,2}\]")
_LETTERS = frozenset("kmbtg")
_LETTER = (
    "The letter behind it may be a scale (k thousand, m million) or a unit (m metre, t tonne)."
)
_LENGTHS = frozenset(
    ("", "away", "deep", "long", "wide", "high", "tall", "apart", "race", "sprint")
)
"""What stands behind "300m", or nothing, where it may be as many metres."""
_DAY = re.compile(r"(?:0?[1-9]|[12]\d|3[01])(?:[ \u00a0]\d.*)?")
"""A day of a month, also where "May 1 300 tanks" would be 1 300 of them."""
_JOINED = r"\.?[ \u00a0]?(?:[-–]|([^\W\d_]{1,5})[ \u00a0](?:[^\W\d_]{2,3}[ \u00a0])?)[ \u00a0]?"
_DAY_BEHIND = re.compile(rf"{_JOINED}(?:[12]?\d|3[01])(?=[. \u00a0])")
_DAY_BEFORE = re.compile(
    r"[^\W\d_]{3,20}[ \u00a0](?:[12]?\d|3[01])[ \u00a0]([^\W\d_]{1,5})[ \u00a0]$"
)
_WORD_BEFORE = re.compile(r"([^\W\d_]{1,20})[ \u00a0]$|([^\W\d_]{3}|[Ss]ept)\.[ \u00a0]$")
_CLOCK_BEHIND = re.compile(
    r"[ \u00a0]?(?:[ap]\.[ \u00a0]?m\b|[ap]m\b|noon\b|midnight\b|o['’]clock)"
)
_DEGREES = re.compile(r"[ \u00a0\u202f]?°")
_ORDINAL = re.compile(r"\.[ \u00a0][^\W\d_]")
_WORD_BEHIND = re.compile(r"[ \u00a0]([^\W\d_]+)")
_MONTH_BEHIND = re.compile(r"(?:\.[ \u00a0]|[ \u00a0]([^\W\d_]{1,9})[ \u00a0])([^\W\d_]{1,20})")
"""What may stand between a day and its month: 5. Mai, 5 de mayo."""
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
_YEARS = 2


def begins_figure(looked: Scan, at: int) -> bool:
    """Digits, a number word, or a word that is a quantity: but no mere article, "no" or "one"."""
    piece, lex = looked.pieces[at][0], looked.lex
    if piece[0].isdigit():
        return True
    folded = looked.word(at) if piece[0].isalpha() else ""
    following = looked.word(at + 1)
    if lex.units.get(folded, 0) == 1:
        return following in lex.scales or following in lex.part_in.vocabulary
    known = (
        lex.fractions.get(folded) == _HALF
        or folded in lex.scales
        or folded in lex.tens
        or lex.units.get(folded, 0) > 1
    )
    return known or folded in lex.scan["quantities"]


def doubt(
    looked: Scan, first: int, last: int, noun: str, context: MeasureContext, after: int
) -> str:
    """Why what is read from the pieces first to last may be no figure of its kind, or ""."""
    wording, things = looked.wording(first, last), context.unit == "{thing}"
    dated = _is_years(looked, first, last, wording) or _is_day(looked, first, last)
    if dated or _is_year_behind(looked, first, last, after):
        return "This may be a date."
    if priced_from(looked, first) is not None or (things and _is_money(looked, last, noun)):
        return "This is money: ask with the measure that it is of."
    if things and _is_measured(looked, last, noun):
        return IN_A_UNIT
    reason = _no_figure(looked, first, last, after) or _new_level(looked, first, last)
    if reason := reason or beside(looked, first, last, noun) or _step(looked, first, last):
        return reason
    if things and _is_lettered(looked, last, noun):
        return _LETTER
    reading = looked.reading(first, last, context) if things else None
    return NO_WHOLE if reading and is_broken(reading) else ""


def priced_from(looked: Scan, first: int) -> int | None:
    """Where the sign of a currency stands before a figure: "$500", "€ 500"."""
    before = looked.text[: looked.pieces[first].start()].rstrip()
    return len(before) - 1 if before and unicodedata.category(before[-1]) == "Sc" else None


def _is_lettered(looked: Scan, last: int, noun: str) -> bool:
    """Whether a letter behind a number may be a scale or a unit: "300 m", "300m deep"."""
    if looked.word(last + 1) in _LETTERS:
        return True
    return looked.word(last) == "m" and noun.partition(" ")[0] in _LENGTHS


def _is_money(looked: Scan, last: int, noun: str) -> bool:
    """Whether a currency is named behind a number, in English or the text's own words."""
    behind = _MONEY_BEHIND.match(looked.text, looked.pieces[last].end())
    signed = behind is not None and unicodedata.category(behind[1]) == "Sc"
    return signed or _is_named(_behind_of(looked, last, noun), _MONEY, looked.lex.money)


def _is_measured(looked: Scan, last: int, noun: str) -> bool:
    """Whether a unit is named behind a number, in English or the text's own words."""
    own = looked.lex.measured
    named = _is_named(_behind_of(looked, last, noun), MEASURED_IN, own)
    degrees = _DEGREES.match(looked.text, looked.pieces[last].end())
    known = " ".join(words(looked.pieces[last + 1][0])) if last + 1 < len(looked.pieces) else ""
    return named or degrees is not None or known in own  # "41 год", as "в год"


def _behind_of(looked: Scan, last: int, noun: str) -> str:
    """The noun, also where a word such as "of" stands before it: "millones de euros"."""
    if noun or looked.word(last + 1) not in looked.lex.of:
        return noun
    two = (one[0] for one in looked.pieces[last + 2 : last + 4])
    return " ".join(takewhile(lambda one: one.isalpha() and len(one) > 1, two))


def _is_named(noun: str, printed: frozenset[str], own: frozenset[str]) -> bool:
    """Whether a noun's first words are the name of a unit: "tonnes", "square kilometres".

    The names of the text's own language are so whatever their case: "Euro", "d'euros".
    """
    folded = [word.rpartition("'")[2] for word in words(noun)]
    return any(
        parts[:1] and (parts[0] in names or " ".join(parts[:2]) in names)
        for parts, names in ((noun.split(" "), printed), (folded, own))
    )


def _is_years(looked: Scan, first: int, last: int, wording: str) -> bool:
    """A year, or from one to another: 1980-1988."""
    numbers = [one for at in range(first, last + 1) if (one := looked.pieces[at][0])[0].isdigit()]
    years = len(numbers) >= _YEARS and all(map(_YEAR.fullmatch, numbers))
    return years or _YEAR.fullmatch(wording) is not None


def _is_year_behind(looked: Scan, first: int, last: int, after: int) -> bool:
    """Whether a hedge with a year stands right behind another figure: "5.000 mehr als 2023"."""
    beside_one = after > 0 and looked.text[after : looked.pieces[first].start()].isspace()
    return beside_one and first < last and _YEAR.fullmatch(looked.pieces[last][0]) is not None


def _is_day(looked: Scan, first: int, last: int) -> bool:
    """Whether numbers beside the name of a month may be its days; 3.2% and 5% are none.

    Of "5 and 7 May" the first may be one too.
    """
    if looked.word(last) in looked.lex.percents.vocabulary:
        return False
    numbers = [at for at in range(first, last + 1) if looked.pieces[at][0][0].isdigit()]
    if not numbers or not all(_DAY.fullmatch(looked.pieces[at][0]) for at in numbers):
        return False
    start, end = looked.pieces[numbers[0]].start(), looked.pieces[last].end()
    behind, before = _DAY_BEHIND.match(looked.text, end), _DAY_BEFORE.search(looked.text[:start])
    ends = [end] if behind is None or not _joins(looked, behind[1]) else [end, behind.end()]
    starts = [start]
    if before and _joins(looked, before[1]):
        starts.append(before.end() - len(before[0].split(maxsplit=1)[1]))
    return any(_is_behind_month(looked, at) for at in starts) or any(
        _is_before_month(looked, at) for at in ends
    )


def _joins(looked: Scan, word: str | None) -> bool:
    """Whether a word (or a dash) joins two days: 5 and 7 May, du 5 au 7 mai."""
    return word is None or looked.folded(word) in looked.lex.day_joiners


def _is_behind_month(looked: Scan, start: int) -> bool:
    """Whether the name of a month stands before: May 5, Jan. 5."""
    before = _WORD_BEFORE.search(looked.text[:start])
    return before is not None and _is_month(looked, before[1] or before[2])


def _is_before_month(looked: Scan, end: int) -> bool:
    """Whether it stands behind: 5 May, 5. Mai, 5 de mayo."""
    beside = _WORD_BEHIND.match(looked.text, end)
    if beside and _is_month(looked, beside[1]):
        return True
    behind = _MONTH_BEHIND.match(looked.text, end)
    if behind is None or (behind[1] and looked.folded(behind[1]) not in looked.lex.of):
        return False
    return behind[2].casefold() in looked.lex.months


def _is_month(looked: Scan, word: str) -> bool:
    """Whether a word names a month; "3 may" have a verb."""
    return "".join(words(word)) in looked.lex.months and word != "may"


def _no_figure(looked: Scan, first: int, last: int, after: int) -> str:
    """Why a number that can be read may be none that counts or measures, or ""."""
    text, lex = looked.text, looked.lex
    start, end = looked.pieces[first].start(), looked.pieces[last].end()
    before, wording = text[:start], text[start:end]
    word = looked.folded(found[1]) if (found := _WORD_BEFORE_NUMBER.search(before)) else ""
    digits = wording[0].isdigit()
    timed = _TIME_BEHIND.match(text, end) or _CLOCK_BEHIND.match(text, end)
    if any((_ADDRESS.search(before), _IN_A_TIME.search(before), timed)):
        return "This is a part of an address, a time of day or a ratio."
    nth = lex.stops_order and _DAY.fullmatch(wording) and _ORDINAL.match(text, end)
    note = _NOTE.match(text, start - 1) if start else None
    if digits and (
        nth or note or word in lex.scan["numbered"] or _is_heading(before, text[end : end + 2])
    ):
        return WHICH_ONE
    if word in lex.scan["ages"] or (
        digits and _NAME_BEFORE.search(before) and _AGE.match(text, start)
    ):
        return AGE
    if word in lex.scan["halves"] and wording.lower() == "half":
        return "This may be a date."
    if _SLASHED.fullmatch(wording):
        return "This may be a date, a rating or a part of a whole."
    if looked.word(first) in lex.scan["limits"] and _is_noun(text[after:start]):
        return "This may be an age, or a limit to what is counted before it."
    if first and looked.word(first - 1) in lex.scan["unread_before"]:
        return "The word before it may say that it is another figure."
    if _is_beside_other(looked, first, last):
        return "The text says one number or another: send them as alternatives."
    if before.rstrip(" \u00a0")[-1:] in _NUMERO:
        return WHICH_ONE
    if looked.word(first - 1) in lex.joiners and first > 1 and looked.word(first - 2) in lex.scales:
        return "This may be a part of the number before it."
    if _TIMES_BEHIND.match(text, end):
        return "The sign behind it may change what it means."
    if _is_signed(before):
        return "The sign before it may change what it means."
    return ""


def _is_signed(before: str) -> bool:
    """Whether a sign stands before a number that its wording has not: § 5, .5, =5."""
    apart = before.rstrip()[-1:]
    return before[-1:] in (*_SIGNS,) or apart in (*_SIGNS_APART,) or bool(_POINT.search(before))


def _is_beside_other(looked: Scan, first: int, last: int) -> bool:
    """Two or three: neither of them is the figure."""
    before = first > 1 and looked.word(first - 1) in looked.lex.alternatives
    behind = looked.word(last + 1) in looked.lex.alternatives and last + 2 < len(looked.pieces)
    return (before and _is_number(looked, first - 2)) or (behind and _is_number(looked, last + 2))


def _is_number(looked: Scan, at: int) -> bool:
    """Digits or a number word, also one that begins no figure: deux ou trois mille."""
    lex, word = looked.lex, looked.word(at)
    known = word in lex.units
    if lex.inflection is not None:
        known = word in lex.inflection.small.vocabulary or word in lex.inflection.duals
    return known or begins_figure(looked, at)


def _is_heading(before: str, behind: str) -> bool:
    """Whether a number stands at the beginning of a line and ends with a stop: "1. Summary"."""
    return before.rpartition("\n")[2].strip() == "" and behind[:1] in (".", ")") and len(behind) > 1


def _is_noun(between: str) -> bool:
    return between.replace(" ", "").isalpha() and len(between.split()) <= NOUN


def _new_level(looked: Scan, first: int, last: int) -> str:
    """Why a figure beside a verb of change may be where it went to: выросло с 31 до 43.

    Alone "до 43" is up to 43, and "31 à 43" a range; of "До 43 выросло" the verb comes behind, and
    behind a comma it is a level where the change is told before: "выросла на 0,4 пункта, до 5,2%".
    """
    if looked.lex.scan["levels"].isdisjoint(map(looked.word, range(first, last + 1))):
        return ""
    if _changes_beside(looked, first, last) or _is_told_before(looked, first):
        return "This may be what something changed to, not a limit or a range."
    return ""


def _is_told_before(looked: Scan, first: int) -> bool:
    """Whether a verb of change and a number stand before the comma behind which a figure is."""
    if not first or looked.pieces[first - 1][0] != ",":
        return False
    before = range(first - 2, max(-1, first - _CLAUSE), -1)
    numbers = [at for at in before if looked.pieces[at][0][0].isdigit()]
    return bool(numbers) and _has_change(looked, range(numbers[0], before.stop, -1))


def _step(looked: Scan, first: int, last: int) -> str:
    """Why a figure beside a verb of change may be by how much: stieg um 500, выросло на 500."""
    if not first or looked.word(first - 1) not in looked.lex.scan["steps"]:
        return ""
    if _changes_beside(looked, first, last):
        return "This may be by how much something changed."
    return ""


def _changes_beside(looked: Scan, first: int, last: int) -> bool:
    """Whether a verb of change stands before these pieces or behind them, in their clause."""
    behind = range(last + 1, min(len(looked.pieces), last + _CLAUSE))
    before = range(first - 1, max(-1, first - _CLAUSE), -1)
    return _has_change(looked, before) or _has_change(looked, behind)


def _has_change(looked: Scan, pieces: range) -> bool:
    """Whether a verb of change is there before the clause ends."""
    for at in pieces:
        if looked.ends_clause(at) or looked.pieces[at][0] == ",":
            return False
        if looked.lex.is_change(looked.word(at)):
            return True
    return False
