"""Reading a figure as it was worded: "roughly 6,700" -> approximate, 6700, [6500, 6900].

The lexicon (``lexicon.toml``) says what the words mean, ``wording`` takes a text apart by them, and
``bounds`` has the rule of each hedge. What cannot be read is refused with its words, never guessed.
"""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from app.rules import lexicon, number_formats, numbers, tokenizer, unit_labels
from app.rules.bounds import BoundedFigure, Core, Yardstick, bounds, in_unit, spread, tolerance
from app.rules.date_phrases import read_date
from app.rules.numerals import Numeral
from app.rules.phrases import ParsedPhrase, parse
from app.rules.tokenizer import Token, Unreadable

__all__ = ["BoundedFigure", "Unreadable", "Yardstick", "bounds", "in_unit", "read"]

_NO_YARDSTICK = Yardstick()
_FIGURE_SENT = "Send 'hedge' with 'value' or bounds, and any wording is stored."
_DATE_SENT = "Send 'date' as EDTF, and any wording is stored."
_BELOW = frozenset({"under", "below", "less", "fewer"})


@lru_cache(maxsize=1024)
def read(text: str, yardstick: Yardstick = _NO_YARDSTICK) -> BoundedFigure:
    """What a figure's wording says, in the measure's unit.

    Raises Unreadable, and nothing else, for what the lexicon and the unit's label do not cover.
    """
    tokens = tokenizer.tokenise(text)
    dated = yardstick.statistic == "date"
    try:
        return _dated(tokens, yardstick) if dated else _read(tokens, yardstick)
    except Unreadable as refused:
        # Where no single word is to blame, it is what they say together.
        words = refused.words or tokenizer.as_written(tokens)
        way_out = _DATE_SENT if dated else _FIGURE_SENT
        raise Unreadable(f"{refused.reason} {way_out}", words) from None


def _dated(tokens: list[Token], yardstick: Yardstick) -> BoundedFigure:
    hedge, date = read_date(tokens)
    return BoundedFigure(hedge, unit=yardstick.unit, date=date)


def _read(tokens: list[Token], yardstick: Yardstick) -> BoundedFigure:
    label = unit_labels.label_of(yardstick)
    tokens = unit_labels.marked(number_formats.in_english(tokens, yardstick), label)
    tokens = unit_labels.without_names(tokens, label)
    wording = parse(tokens, label.words)
    if wording.rate:
        yardstick = in_unit(yardstick, _per(yardstick.unit, wording.rate))
    if wording.low.kind == "boundless":
        return _boundless(wording, yardstick)
    core = _core(wording, yardstick)
    _refuse_wrong_side(tokens, core, wording.hedges, yardstick)
    return spread(core, wording.hedges, yardstick)


def _refuse_wrong_side(
    tokens: list[Token], core: Core, hedges: frozenset[str], yardstick: Yardstick
) -> None:
    """Refuse less than nothing, and "just under -5", which may be colder or nearer to zero."""
    below = core.value is None or any(token.text in _BELOW for token in tokens)
    if core.low < 0 and "nearly" in hedges and below:
        raise Unreadable("Below a negative figure: further from zero, or nearer to it?")
    if "less_than" in hedges and core.value == yardstick.domain_min and core.value is not None:
        raise Unreadable("The measure has nothing below this figure.")


def _per(unit: str, rate: str) -> str:
    """The unit per time: a rate it already has is replaced, since nothing is per year per month."""
    return f"{_base(unit)}/{rate}"


def _base(unit: str) -> str:
    stem, slash, last = unit.rpartition("/")
    return stem if slash and last in lexicon.RATE_UNITS else unit


def _boundless(wording: ParsedPhrase, yardstick: Yardstick) -> BoundedFigure:
    if wording.hedges:
        raise Unreadable("A word without any bounds takes no further hedge.")
    return BoundedFigure("vague", unit=yardstick.unit)


# ----------------------------------------------------------------- from words to the unit's figures


def _core(wording: ParsedPhrase, yardstick: Yardstick) -> Core:
    low, least, most, reach = _measured(wording.low, yardstick)
    if wording.low.kind != "number":
        inclusive = wording.low.kind != "above"
        return Core(least, None, None, "vague", reach, reach, low_inclusive=inclusive)
    if wording.high:
        _, _, highest, high_reach = _measured(wording.high, yardstick)
        return Core(least, highest, None, "between", reach, high_reach)
    if wording.margin:
        margin = _measured(wording.margin, yardstick)[2]
        lowest = numbers.plus(least, margin.copy_negate())
        return Core(lowest, numbers.plus(most, margin), low, "plus_minus", reach, reach)
    return Core(least, most, low, low_tolerance=reach, high_tolerance=reach)


def _measured(numeral: Numeral, yardstick: Yardstick) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """A numeral in the measure's unit: its value, what brackets it, and how far "about" reaches."""
    factor = _factor(numeral, _base(yardstick.unit), yardstick.statistic)
    amount = numeral.amount if factor == 1 else numeral.amount * factor
    value, least, most = numbers.decimals(amount)
    if not all(map(numbers.storable, (value,) if least is most else (value, least, most))):
        raise Unreadable("A figure lies within 1e300, and no nearer to zero than 1e-300.")
    if numeral.place is not None:
        last_place: Decimal | None = numbers.decimals(numeral.place * factor)[0]
    else:
        # A third has no last digit; 0.35 read from "35%" has the one of 35.
        last_place = numbers.last_place(numbers.reduced(value)) if least == most else None
    return value, least, most, tolerance(value, last_place, yardstick)


def _factor(numeral: Numeral, unit: str, statistic: str) -> Fraction:
    """What a percentage, or a bare part of a whole, is worth in the unit."""
    whole = 100 if unit == "%" else 1
    if numeral.percent:
        if unit not in ("1", "%"):
            raise Unreadable("A percentage can only be read for a measure in '1' or '%'.")
        return numeral.percent * whole
    if (
        numeral.part
        and numeral.of_unit
        and (unit_labels.is_physical(unit) or statistic == "amount")
    ):
        return Fraction(1)
    if numeral.part:
        if unit not in ("1", "%") and statistic != "share":
            raise Unreadable("A part of a whole can only be read for a share.")
        return Fraction(whole)
    return Fraction(1)
