"""Figures: read as worded ("roughly 6,700"), and completed from the fields that a writer sent.

The lexicon says what the words mean, ``phrases`` takes a text apart by them, and ``bounds`` has the
rule of each hedge. What cannot be read is refused with its words, never guessed. Sent fields win,
always; the lexicon fills in what was not sent, and what is incoherent is kept as published and
flagged (design, sections 1 and 2).
"""

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from app.rules import number_formats, numbers, tokenizer, unit_labels
from app.rules.bounds import (
    FIELDS,
    BoundedFigure,
    Core,
    MeasureContext,
    MeasuredNumber,
    bounds,
    in_decimals,
    in_unit,
    spread,
    tolerance,
)
from app.rules.cjk import in_myriads, read_cjk
from app.rules.cjk_words import cjk_lexicon, is_east_asian
from app.rules.clauses import parse
from app.rules.date_phrases import read_date
from app.rules.intervals import SPREADS
from app.rules.json_types import JsonObject
from app.rules.lexicon import Lexicon, lexicon_of
from app.rules.numerals import Numeral
from app.rules.phrases import ParsedPhrase
from app.rules.sent_numbers import (
    UNFIT,
    decimal_of,
    hedge_of_shape,
    incoherences,
    open_end,
    sent_ends,
)
from app.rules.tokenizer import Token, Unreadable, kind_at
from app.rules.unit_labels import without_rate

ADDED = (
    "This may be added to an earlier figure, or stand by itself, as it does for an incident "
    "measure alone."
)
_POWER = re.compile(r"10\*-([1-9])")
_NO_YARDSTICK = MeasureContext()
_FIGURE_SENT = "Send 'hedge' with 'value' or bounds, and any wording is stored."
_DATE_SENT = "Send 'date' as EDTF, and any wording is stored."


@lru_cache(maxsize=1024)
def read_figure(text: str, yardstick: MeasureContext = _NO_YARDSTICK) -> BoundedFigure:
    """What a figure's wording says, in the measure's unit.

    Raises Unreadable, and nothing else, for what the lexicon and the unit's label do not cover.
    """
    lex = lexicon_of(yardstick.language)
    tokens = tokenizer.tokenise(text)
    dated = yardstick.statistic == "date"
    try:
        if dated:
            hedge, date = read_date(tokens, yardstick.language)
            return BoundedFigure(hedge, unit=yardstick.unit, date=date)
        if in_myriads(text, yardstick.language):
            return read_cjk(text, yardstick)
        return _read(lex, tokens, yardstick)
    except Unreadable as refused:
        # Where no single word is to blame, it is what they say together.
        words = refused.words or tokenizer.as_written(tokens)
        way_out = _DATE_SENT if dated else _FIGURE_SENT
        raise Unreadable(f"{refused.reason} {way_out}", words) from None


def _version(text: object, yardstick: MeasureContext) -> str:
    """The version of the lexicon that reads this wording, or would read one where there is none."""
    language = yardstick.language
    if is_east_asian(language) and (not text or in_myriads(str(text), language)):
        return cjk_lexicon(language).version
    return lexicon_of(yardstick.language).version


def _read(lex: Lexicon, tokens: list[Token], yardstick: MeasureContext) -> BoundedFigure:
    wording = _phrase(lex, tokens, yardstick)
    if wording.rate:
        yardstick = in_unit(yardstick, unit_labels.per(yardstick.unit, wording.rate))
    _refuse_changes(wording, tokens, yardstick)
    if wording.low.kind in ("above", "boundless") and wording.hedges:
        raise Unreadable("A word that is no single figure takes no further hedge.")
    if wording.low.kind == "boundless":
        return BoundedFigure("vague", unit=yardstick.unit)
    below = any(token.text in lex.downwards for token in tokens)
    core = _core(wording, yardstick)._replace(below=below)
    _refuse_wrong_side(core, wording.hedges, yardstick)
    figure = spread(core, wording.hedges, yardstick)
    if wording.interval is None:
        return figure
    level = wording.interval.level
    return figure._replace(interval_type="confidence", interval_level=level)


def _refuse_changes(wording: ParsedPhrase, tokens: list[Token], yardstick: MeasureContext) -> None:
    """Refuse a change where figures are totals, and one more lot where they are not lots."""
    least = yardstick.domain_min
    # "+5%" of a share is no share of 5 %; "50%+" is at least so much.
    signed = any(t.text == "+" and kind_at(tokens, n) == "number" for n, t in enumerate(tokens, 1))
    change = wording.change or (wording.low.percent and signed)
    if change and least is not None and least >= 0:
        raise Unreadable(
            "This is a change, or the total after it; the measure takes no negative figures, so it "
            "is one of totals."
        )
    if wording.increment and yardstick.accumulation != "incident":
        raise Unreadable(ADDED)


def _phrase(lex: Lexicon, tokens: list[Token], yardstick: MeasureContext) -> ParsedPhrase:
    """The parts of a wording; here a language whose grammar is another goes its own way."""
    label = unit_labels.label_of(lex, yardstick)
    tokens = number_formats.in_english(lex, lex.prepared(tokens), yardstick)
    tokens = unit_labels.marked(lex, tokens, label)
    tokens = unit_labels.without_names(lex, tokens, label)
    return parse(lex, tokens, label.words)


def _refuse_wrong_side(core: Core, hedges: frozenset[str], yardstick: MeasureContext) -> None:
    """Refuse less than nothing, and "just under -5", which may be colder or nearer to zero."""
    under = "nearly" in hedges and core.below
    if core.low < 0 and (under or ("nearly" in hedges and core.value is None)):
        raise Unreadable("Below a negative figure: further from zero, or nearer to it?")
    least = yardstick.domain_min
    if least is not None and core.value == least and (under or "less_than" in hedges):
        raise Unreadable("The measure has nothing below this figure.")


# ----------------------------------------------------------------- from words to the unit's figures


def _core(wording: ParsedPhrase, yardstick: MeasureContext) -> Core:
    low = _measured(wording.low, yardstick)
    if wording.low.kind != "number":
        return low.vague._replace(low_inclusive=wording.low.kind != "above")
    if wording.interval:
        lowest = _measured(wording.interval.low, yardstick)
        highest = _measured(wording.interval.high, yardstick)
        return Core(lowest.least, highest.most, low.value, "between", low.reach, low.reach)
    if wording.high:
        core = low.to(_measured(wording.high, yardstick))
        open_low, open_high = wording.open_low, wording.open_high
        return core._replace(low_inclusive=not open_low, high_inclusive=not open_high)
    if wording.margin:
        margin = _measured(wording.margin, yardstick).most
        least = numbers.plus(low.least, margin.copy_negate())
        most = numbers.plus(low.most, margin)
        return Core(least, most, low.value, "plus_minus", low.reach, low.reach)
    return low.point


def _measured(numeral: Numeral, yardstick: MeasureContext) -> MeasuredNumber:
    factor = _factor(numeral, without_rate(yardstick.unit), yardstick.statistic)
    value, least, most = in_decimals(numeral.amount if factor == 1 else numeral.amount * factor)
    if numeral.place is not None:
        place: Decimal | None = numbers.decimals(numeral.place * factor)[0]
    else:
        # A third has no last digit; 0.35 read from "35%" has the one of 35.
        place = numbers.last_place(numbers.reduced(value)) if least == most else None
    return MeasuredNumber(value, least, most, place, tolerance(value, place, yardstick))


def _factor(numeral: Numeral, unit: str, statistic: str) -> Fraction:
    """What a percentage, or a bare part of a whole, is worth in the unit."""
    whole = _parts_in_the_whole(unit)
    if numeral.percent:
        if whole is None:
            raise Unreadable("A percentage can only be read for a measure in '1' or '%'.")
        return numeral.percent * whole
    if (
        numeral.part
        and numeral.of_unit
        and (unit_labels.is_physical(unit) or statistic == "amount")
    ):
        return Fraction(1)
    if numeral.part:
        if whole is None and statistic != "share":
            raise Unreadable("A part of a whole can only be read for a share.")
        return Fraction(whole or 1)
    return Fraction(1)


def _parts_in_the_whole(unit: str) -> int | None:
    """How many of a unit without a dimension make the whole: 100 of %, 100,000 of 10*-5 (UCUM)."""
    known = {"1": 1, "%": 100, "[ppth]": 1000, "[ppm]": 1_000_000}.get(unit)
    power = _POWER.fullmatch(unit)
    return known or (10 ** int(power[1]) if power else None)


_READ = tuple(name for name in FIELDS if name in BoundedFigure._fields)
DECIMALS = frozenset({"value", "lower", "upper"})
"""Those that are exact decimals, as strings."""
_SAYS = ("hedge", "value", "lower", "upper", "date", "absence")
_DETAILS = ("lower_inclusive", "upper_inclusive", "lower_basis", "upper_basis", "unit")


def complete(sent: JsonObject, yardstick: MeasureContext) -> dict[str, Any]:
    """The figure fields to store, JSON-ready: decimals as strings, what is null left out.

    ``sent`` holds decimals as strings that ``numbers.exact`` accepts; they come back verbatim.
    Fields that are not the figure's are ignored. Raises Unreadable where ``raw_text`` has to be
    read, since nothing else was sent, and cannot be. A figure that was read, with an older
    ``lexicon_version``, is returned as sent.
    """
    given = {name: sent[name] for name in FIELDS if sent.get(name) is not None}
    version = _version(given.get("raw_text", ""), yardstick)
    was_read = any(name in given for name in _SAYS)
    if was_read and given.get("lexicon_version", version) != version:
        return given
    given.pop("lexicon_version", None)
    given.pop("flags", None)
    measured, yardstick = yardstick, in_unit(yardstick, str(given.get("unit", yardstick.unit)))
    spread = sent.get("interval_type") in SPREADS
    figure, flag = _figure(given, yardstick, spread)
    if not flag and "absence" not in given and _names_other_unit(given, measured):
        flag = "differs_from_lexicon"
    if _went_through_lexicon(given):
        figure["lexicon_version"] = version
    flags = incoherences(figure, in_unit(yardstick, str(figure.get("unit", yardstick.unit))))
    flags += [flag] if flag else []
    if flags:
        figure["flags"] = sorted(flags)
    return {name: figure[name] for name in FIELDS if name in figure}


def is_whole(figure: JsonObject) -> bool:
    """Whether a figure is all that was read, as an export has it, and nobody changed a part since.

    Its numbers fit together, then, unless it is flagged that they do not.
    """
    read = "lexicon_version" in figure or not _went_through_lexicon(dict(figure))
    odd = {*UNFIT} & {*incoherences(figure, _NO_YARDSTICK)}
    return read and {"hedge", "unit"} <= figure.keys() and odd <= {*figure.get("flags", ())}


def _went_through_lexicon(given: dict[str, Any]) -> bool:
    """Not so a mere date or absence: its hedge is none with or without a lexicon."""
    if any(name in given for name in ("raw_text", *DECIMALS)):
        return True
    return bool(given.get("hedge", "none") != "none")


def _figure(
    given: dict[str, Any], yardstick: MeasureContext, spread: bool
) -> tuple[dict[str, Any], str | None]:
    """The fields without version and flags, and how they stand to what the lexicon reads."""
    if "absence" in given:
        return {"hedge": "none", **_unit(yardstick), **given}, None
    reading = _reading(given, yardstick)
    if reading is None:
        shaped = _softened(_shaped(given, yardstick), spread) | given
        return shaped, "not_read" if "raw_text" in given else None
    reading = _softened(reading, spread or "interval_type" in reading)
    if not all(_agrees(name, given, reading) for name in _SAYS if name in given):
        whole = _numbers_named(given, reading) | given
        soft = spread or "interval_type" in whole
        return _softened(_shaped(whole, yardstick), soft) | whole, "differs_from_lexicon"
    kind = given.get("interval_type", reading.get("interval_type"))
    differs = not all(_agrees(name, given, reading) for name in _DETAILS if name in given)
    differs = differs or kind != reading.get("interval_type", kind)
    return reading | given, "differs_from_lexicon" if differs else None


def _numbers_named(given: dict[str, Any], reading: dict[str, Any]) -> dict[str, Any]:
    """The numbers, or the date, of a wording for which only another hedge was sent: "at least" 6.

    Of a range both ends; a word such as "several" names none, though it may name a rate.
    """
    if any(name in given for name in _SAYS if name != "hedge"):
        return {}
    ends = ("lower", "upper") if reading["hedge"] in ("between", "plus_minus") else ()
    named = ("value", *ends, "date", "unit", "interval_type", "interval_level")
    return {name: reading[name] for name in named if name in reading}


def _reading(given: dict[str, Any], yardstick: MeasureContext) -> dict[str, Any] | None:
    """What the lexicon makes of the wording; None if there is none, or none that must be read."""
    if "raw_text" not in given:
        return None
    try:
        return _fields(read_figure(str(given["raw_text"]), yardstick))
    except Unreadable:
        if any(name in given for name in _SAYS):
            return None
        raise


def _names_other_unit(given: dict[str, Any], measured: MeasureContext) -> bool:
    """Whether the wording names the measure's unit, and another was sent: "5 kilograms", in t.

    The measure's label may name what is measured, "wheat", and then goes with any unit.
    """
    unit, text = str(given.get("unit", measured.unit)), str(given.get("raw_text", ""))
    bases = {without_rate(unit), without_rate(measured.unit)}
    if not text or len(bases) == 1 or all(map(_parts_in_the_whole, bases)):
        return False
    unnamed = in_unit(measured, unit)._replace(unit_label=None)
    return _is_read(text, measured) and not _is_read(text, unnamed)


def _is_read(text: str, yardstick: MeasureContext) -> bool:
    try:
        return bool(read_figure(text, yardstick))
    except Unreadable:
        return False


def _softened(figure: dict[str, Any], spread: bool) -> dict[str, Any]:
    """A confidence interval or a standard deviation ends where convention has it end."""
    if not spread:
        return figure
    bases = (b for b in ("lower_basis", "upper_basis") if figure.get(b) not in (None, "domain"))
    return figure | dict.fromkeys(bases, "convention")


def _agrees(name: str, given: dict[str, Any], reading: dict[str, Any]) -> bool:
    if name in DECIMALS:
        return name in reading and decimal_of(given, name) == decimal_of(reading, name)
    # A measure without a unit reads as "", which is the same as none.
    return bool(given[name] == reading.get(name, "" if name == "unit" else None))


# ------------------------------------------------------------------------------- without a reading


def _shaped(given: dict[str, Any], yardstick: MeasureContext) -> dict[str, Any]:
    """The figure that the sent fields make by themselves."""
    hedge = str(given.get("hedge", hedge_of_shape(given)))
    if "lower" in given or "upper" in given:
        derived: dict[str, Any] = (
            open_end(given, hedge, yardstick) | sent_ends(given, hedge) | _unit(yardstick)
        )
    else:
        derived = _fields(bounds(hedge, decimal_of(given, "value"), yardstick), given)
    return derived | {"hedge": hedge} | given


def _fields(figure: BoundedFigure, given: JsonObject = MappingProxyType({})) -> dict[str, Any]:
    """A figure as JSON has it; a bound that is the value itself is written as the value was."""
    fields: dict[str, Any] = {}
    for name in _READ:
        found = getattr(figure, name)
        if isinstance(found, Decimal):
            same = "value" in given and found == figure.value
            fields[name] = given["value"] if same else numbers.plain(found)
        elif found not in (None, ""):
            fields[name] = found
    return fields


def _unit(yardstick: MeasureContext) -> dict[str, Any]:
    return {"unit": yardstick.unit} if yardstick.unit else {}
