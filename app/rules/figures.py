"""From the fields that a writer sent for one quantity to all that is stored of its figure.

Sent fields win, always; the lexicon fills in what was not sent, and what is incoherent is kept as
published and flagged (design, sections 1 and 2).
"""

from collections.abc import Mapping
from decimal import Decimal

from app.rules import lexicon, numbers
from app.rules.bounds import bounds, outside
from app.rules.hedges import BoundedFigure, Unreadable, Yardstick, in_unit, read
from app.rules.intervals import SPREADS

Fields = dict[str, object]

FIELDS = (
    *("raw_text", "hedge", "value", "lower", "upper", "lower_inclusive", "upper_inclusive"),
    *("lower_basis", "upper_basis", "unit", "date", "absence", "lexicon_version", "flags"),
)
"""The fields of a quantity that are its figure."""

_DECIMALS = frozenset({"value", "lower", "upper"})
_SAYS = ("hedge", "value", "lower", "upper", "date", "absence")
_DETAILS = ("lower_inclusive", "upper_inclusive", "lower_basis", "upper_basis", "unit")
_OPEN_BELOW = frozenset({"more_than", "just_over"})
_OPEN_ABOVE = frozenset({"less_than", "nearly"})


def complete(sent: Mapping[str, object], yardstick: Yardstick) -> Fields:
    """The figure fields to store, JSON-ready: decimals as strings, what is null left out.

    ``sent`` holds decimals as strings that ``numbers.exact`` accepts; they come back verbatim.
    Fields that are not the figure's are ignored. Raises Unreadable where ``raw_text`` has to be
    read, since nothing else was sent, and cannot be. A figure with an older ``lexicon_version`` is
    returned as sent.
    """
    given = {name: sent[name] for name in FIELDS if sent.get(name) is not None}
    if given.get("lexicon_version", lexicon.VERSION) != lexicon.VERSION:
        return given
    given.pop("lexicon_version", None)
    given.pop("flags", None)
    yardstick = in_unit(yardstick, str(given.get("unit", yardstick.unit)))
    spread = sent.get("interval_type") in SPREADS
    figure, flag = _figure(given, yardstick, spread)
    if _went_through_lexicon(given):
        figure["lexicon_version"] = lexicon.VERSION
    flags = _incoherences(figure, in_unit(yardstick, str(figure.get("unit", yardstick.unit))))
    flags += [flag] if flag else []
    if flags:
        figure["flags"] = sorted(flags)
    return {name: figure[name] for name in FIELDS if name in figure}


def _went_through_lexicon(given: Fields) -> bool:
    """Not so a mere date or absence: its hedge is none with or without a lexicon."""
    if any(name in given for name in ("raw_text", *_DECIMALS)):
        return True
    return given.get("hedge", "none") != "none"


def _figure(given: Fields, yardstick: Yardstick, spread: bool) -> tuple[Fields, str | None]:
    """The fields without version and flags, and how they stand to what the lexicon reads."""
    if "absence" in given:
        return {"hedge": "none", **_unit(yardstick), **given}, None
    reading = _reading(given, yardstick)
    if reading is None:
        shaped = _softened(_shaped(given, yardstick), spread) | given
        return shaped, "not_read" if "raw_text" in given else None
    reading = _softened(reading, spread)
    if not all(_agrees(name, given, reading) for name in _SAYS):
        return _softened(_shaped(given, yardstick), spread) | given, "differs_from_lexicon"
    differs = not all(_agrees(name, given, reading) for name in _DETAILS)
    return reading | given, "differs_from_lexicon" if differs else None


def _reading(given: Fields, yardstick: Yardstick) -> Fields | None:
    """What the lexicon makes of the wording; None if there is none, or none that must be read."""
    if "raw_text" not in given:
        return None
    try:
        return _fields(read(str(given["raw_text"]), yardstick))
    except Unreadable:
        if any(name in given for name in _SAYS):
            return None
        raise


def _softened(figure: Fields, spread: bool) -> Fields:
    """A confidence interval or a standard deviation ends where convention has it end."""
    if not spread:
        return figure
    bases = (b for b in ("lower_basis", "upper_basis") if figure.get(b) not in (None, "domain"))
    return figure | dict.fromkeys(bases, "convention")


def _agrees(name: str, given: Fields, reading: Fields) -> bool:
    if name not in given:
        return True
    if name in _DECIMALS:
        return name in reading and _number(given, name) == _number(reading, name)
    # A measure without a unit reads as "", which is the same as none.
    return given[name] == reading.get(name, "" if name == "unit" else None)


def _number(fields: Fields, name: str) -> Decimal | None:
    return numbers.exact(str(fields[name])) if name in fields else None


# ------------------------------------------------------------------------------- without a reading


def _shaped(given: Fields, yardstick: Yardstick) -> Fields:
    """The figure that the sent fields make by themselves."""
    hedge = str(given.get("hedge", _hedge_of_shape(given)))
    if "lower" in given or "upper" in given:
        derived: Fields = (
            _open_end(given, hedge, yardstick) | _ends(given, hedge) | _unit(yardstick)
        )
    else:
        derived = _fields(bounds(hedge, _number(given, "value"), yardstick), given)
    return derived | {"hedge": hedge} | given


def _hedge_of_shape(given: Fields) -> str:
    if "lower" in given and "upper" in given:
        return "between"
    if "value" in given or not ("lower" in given or "upper" in given):
        return "none"
    return "at_least" if "lower" in given else "up_to"


def _open_end(given: Fields, hedge: str, yardstick: Yardstick) -> Fields:
    """Where only one bound was sent, the other is the end of the measure's domain.

    Not so where what was sent lies beyond that end, or nothing would be left: it stays as sent.
    """
    least, most = yardstick.domain_min, yardstick.domain_max
    side, end = ("upper", most) if "lower" in given else ("lower", least)
    sent = [n for name in _DECIMALS if (n := _number(given, name)) is not None]
    if side in given or end is None or any(outside(number, yardstick) for number in sent):
        return {}
    other = "lower" if side == "upper" else "upper"
    closed = given.get(f"{other}_inclusive", _ends(given, hedge)[f"{other}_inclusive"])
    if end in sent and not closed:
        return {}  # "fewer than 0" of a count: nothing would be left
    return {side: numbers.plain(end), f"{side}_inclusive": True, f"{side}_basis": "domain"}


def _ends(given: Fields, hedge: str) -> Fields:
    """Basis and inclusivity of the bounds that were sent."""
    ends: Fields = {}
    for name, open_hedges in (("lower", _OPEN_BELOW), ("upper", _OPEN_ABOVE)):
        if name in given:
            ends[f"{name}_inclusive"] = hedge not in open_hedges
            ends[f"{name}_basis"] = "stated"
    return ends


def _fields(figure: BoundedFigure, given: Mapping[str, object] = {}) -> Fields:
    """A figure as JSON has it; a bound that is the value itself is written as the value was."""
    fields: Fields = {}
    for name in FIELDS:
        found = getattr(figure, name, None)
        if isinstance(found, Decimal):
            same = "value" in given and found == figure.value
            fields[name] = given["value"] if same else numbers.plain(found)
        elif found not in (None, ""):
            fields[name] = found
    return fields


def _unit(yardstick: Yardstick) -> Fields:
    return {"unit": yardstick.unit} if yardstick.unit else {}


# ------------------------------------------------------------------------------------------- flags


def _incoherences(figure: Fields, yardstick: Yardstick) -> list[str]:
    """What does not fit together; published incoherence is kept, never refused or repaired."""
    value, lower, upper = (_number(figure, name) for name in ("value", "lower", "upper"))
    checks = {
        "lower_above_value": lower is not None and value is not None and lower > value,
        "upper_below_value": upper is not None and value is not None and upper < value,
        "lower_above_upper": lower is not None and upper is not None and lower > upper,
        "outside_domain": any(
            number is not None and outside(number, yardstick) for number in (value, lower, upper)
        ),
    }
    return [flag for flag, found in checks.items() if found]
