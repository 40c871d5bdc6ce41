"""The figures of a claim in words: as printed, with every alternative and every reading."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from app.render import date_words, units
from app.render.plain_text import grouped, one_line, shortened
from app.rules import agreement, numbers
from app.rules.hedge_words import english, hedge_words, language_name
from app.rules.json_types import JsonObject

WORDED = {
    "approximate": "value", "more_than": "lower", "at_least": "lower", "up_to": "upper",
    "less_than": "upper", "nearly": "value", "just_over": "value", "order_of": "value",
}  # fmt: skip
"""The number that stands behind each hedge's usual words."""
KINDS = {
    "bounds": "",
    "confidence": "{level}confidence interval ",
    "standard_deviation": "standard deviation ",
}
ABSENT = {
    "unknown": "a figure that is not known",
    "withheld": "a figure that is withheld",
    "not_applicable": "no figure",
}
BOUNDED = {
    ("lower", True): "{} or more", ("lower", False): "more than {}",
    ("upper", True): "{} at most", ("upper", False): "less than {}",
}  # fmt: skip
JOINED = {"or": "{}", "xor": "{} (one of them only)", "mix": "{} or a mix of these"}


def printed(claim: JsonObject, measures: Mapping[str, JsonObject]) -> str | None:
    """Every figure with what it counts; None where the claim has none."""
    slots = _by(claim.get("quantities", []), "slot")
    mode = claim.get("alternative_mode", "single")
    return "; and ".join(_slot(slot, mode, measures) for slot in slots) or None


def place(figure: JsonObject) -> tuple[int, int]:
    """The slot and the alternative of a figure."""
    return figure.get("slot", 1), figure.get("alternative", 1)


def denial(claim: JsonObject) -> str:
    """What became of figures that their claimant does not stand by; empty, where he does."""
    if not agreement.denies(claim):
        return ""
    return "taken back" if claim.get("speech_act") == "retract" else "denied"


def _by(figures: list[JsonObject], name: str) -> list[list[JsonObject]]:
    ordered = sorted(figures, key=lambda figure: figure.get(name) or 1)
    return [list(group) for _, group in groupby(ordered, key=lambda one: one.get(name) or 1)]


def _slot(figures: list[JsonObject], mode: str, measures: Mapping[str, JsonObject]) -> str:
    names = {figure["measure"]: label(figure["measure"], measures) for figure in figures}
    alone = len({*names.values()}) == 1
    shown = {measure: "" if alone else f"{name}: " for measure, name in names.items()}
    several = [_alternative(readings, shown, measures) for readings in _by(figures, "alternative")]
    text = " or ".join(several)
    if len(several) > 1:
        text = JOINED.get(mode, "{}").format(text)
    return f"{names[figures[0]['measure']]}: {text}" if alone else text


def label(measure: str, measures: Mapping[str, JsonObject]) -> str:
    """What a measure counts, in as many words as there are."""
    about = measures[measure]
    return one_line(
        about.get("name") or about.get("unit_label") or units.spoken(about["unit"]) or measure
    )


def _alternative(
    readings: list[JsonObject], shown: Mapping[str, str], measures: Mapping[str, JsonObject]
) -> str:
    """One alternative; what is read in several ways is told with all of them, preferred first."""
    ranked = sorted(readings, key=lambda one: (not one.get("preferred"), one.get("reading", "A")))
    first = ranked[0]
    same = all(_wording(one) == _wording(first) for one in ranked)
    if len(ranked) > 1 and same and "raw_text" in first:
        ways = ", or as ".join(_reading(one, measures) for one in ranked)
        quoted = f"“{one_line(first['raw_text'])}”{_dimensions(first)}"
        return f"{shown[first['measure']]}{quoted} [read as {ways}]"
    texts = [
        f"{shown[one['measure']]}{_figure(one, measures)}{_note(one, ranked)}" for one in ranked
    ]
    return " or, read otherwise, ".join(texts)


def _wording(figure: JsonObject) -> tuple[Any, ...]:
    return (
        figure["measure"],
        figure.get("raw_text"),
        numbers.canonical_values(figure.get("dimensions", {})),
    )


def _reading(figure: JsonObject, measures: Mapping[str, JsonObject]) -> str:
    preferred = ", preferred" if figure.get("preferred") else ""
    return f"{worded(figure, measures)}{preferred}{_note(figure, [figure, figure])}"


def _note(figure: JsonObject, readings: list[JsonObject]) -> str:
    known = len(readings) > 1 and "reading_note" in figure
    return f" ({one_line(figure['reading_note'])})" if known else ""


def _figure(figure: JsonObject, measures: Mapping[str, JsonObject]) -> str:
    """As printed, in quotation marks; else in our words, without."""
    if "raw_text" in figure:
        reach = "" if _worded_whole(figure) else _reach(figure)
        return f"“{one_line(figure['raw_text'])}”{reach}{_dimensions(figure)}"
    return f"{worded(figure, measures)}{_dimensions(figure)}"


def _dimensions(figure: JsonObject) -> str:
    pairs = figure.get("dimensions", {}).items()
    listed = "; ".join(f"{name}: {one_line(str(value))}" for name, value in pairs)
    return f" ({listed})" if listed else ""


def worded(figure: JsonObject, measures: Mapping[str, JsonObject]) -> str:
    """A figure by its hedge and its bounds, in our words, and the usual ones of its language."""
    if "date" in figure:
        return date_words.spoken(figure["date"])
    words = _hedged(figure)
    if words is None:
        return ABSENT.get(figure.get("absence", ""), "no figure")
    beside = usually(figure) if figure.get("hedge") in WORDED else ""
    return f"{' '.join([words, *_unit(figure, measures)])}{beside}{_reach(figure)}"


def usually(figure: JsonObject) -> str:
    """` (rund in German)`, beside our own words for a hedge that came without a wording."""
    words = hedge_words(figure)
    if words is None or words.said or words.language == "en":
        return ""
    return f" ({words.words} in {language_name(words.language)})"


def _unit(figure: JsonObject, measures: Mapping[str, JsonObject]) -> list[str]:
    """In words; a wording has its own. The measure's label is of the measure's unit alone."""
    if "raw_text" in figure:
        return []
    measure = measures[figure["measure"]]
    unit = figure.get("unit", measure["unit"])
    label = measure.get("unit_label") if unit == measure["unit"] else None
    words = one_line(label) if label else units.spoken(unit)
    return [words] if words else []


def _hedged(figure: JsonObject) -> str | None:
    hedge = figure.get("hedge", "none")
    word, name = (english(hedge), WORDED[hedge]) if hedge in WORDED else ("", "value")
    return f"{word} {grouped(figure[name])}".strip() if name in figure else _bounds(figure)


def _bounds(figure: JsonObject) -> str | None:
    """The two bounds, or the one there is."""
    lower, upper = figure.get("lower"), figure.get("upper")
    open_below = not figure.get("lower_inclusive", True)
    open_above = not figure.get("upper_inclusive", True)
    least = f"{'more than' if open_below else 'at least'} {grouped(lower or '')}"
    most = f"{'less than' if open_above else 'at most'} {grouped(upper or '')}"
    if lower is None or upper is None:
        return least if lower is not None else most if upper is not None else None
    if open_below or open_above:
        return f"{least} and {most}"
    return f"{grouped(lower)} to {grouped(upper)}"


def _reach(figure: JsonObject) -> str:
    """The bounds beside a figure, where it came with such and they say more than its hedge."""
    kind = figure.get("interval_type", "bounds")
    ends = [end for end in ("lower", "upper") if end in figure]
    given = [end for end in ends if kind != "bounds" or figure.get(f"{end}_basis") == "stated"]
    told = figure.get(WORDED.get(figure.get("hedge", "none"), "value"))
    if not given or (kind == "bounds" and (told is None or all(figure[e] == told for e in given))):
        return ""
    known = {name: value for name, value in figure.items() if name.partition("_")[0] in given}
    return f" ({KINDS[kind].format(level=_level(figure))}{_bounds(known)})"


def _level(figure: JsonObject) -> str:
    """How sure an interval of confidence is said to be: 0.95 and 95 are both 95 %."""
    level = figure.get("interval_level")
    if level is None:
        return ""
    share = numbers.exact(level)
    return f"{numbers.plain(share * 100 if share <= 1 else share)} % "


def _worded_whole(figure: JsonObject) -> bool:
    """Whether a wording names its bounds itself."""
    told = figure.get("hedge") in ("between", "plus_minus")
    return told and "differs_from_lexicon" not in figure.get("flags", [])


def other_unit(figure: JsonObject, usual: str | None) -> str:
    """The unit of a figure in words; empty, where it is the usual one, that of its measure."""
    unit = figure.get("unit", usual)
    return "" if usual is None or unit == usual else units.spoken(unit) or "units of 1"


def in_unit(unit: str) -> str:
    """What stands behind a figure that is in another unit than one expects."""
    return unit and f", in {unit}"


def in_numbers(told: JsonObject) -> str:
    """A figure that came without wording: what it allows, in numbers."""
    if "date" in told:
        return date_words.spoken(told["date"])
    ends = [
        grouped(told[side]) if told.get(side) and told.get(f"{side}_basis") != "domain" else ""
        for side in ("lower", "upper")
    ]
    if not any(ends):
        absent = ABSENT.get(told.get("absence", ""), "no number")
        return grouped(told["value"]) if "value" in told else absent
    if all(ends):
        return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
    return _end(told, "lower", ends[0]) if ends[0] else _end(told, "upper", ends[1])


def _end(figure: JsonObject, side: str, shown: str) -> str:
    return BOUNDED[side, figure.get(f"{side}_inclusive", True)].format(shown)


def interval(bounds: JsonObject) -> str:
    """In signs: ``6,500 – 6,900``, ``> 7,000``; both signs where an end does not belong to it."""
    lower, upper = bounds.get("lower"), bounds.get("upper")
    if lower is None and upper is None:
        return "anything"
    above, below = (bounds.get(f"{side}_inclusive", True) for side in ("lower", "upper"))
    if lower is not None and upper is not None and above and below:
        told = shortened(lower)
        return told if lower == upper else f"{told} – {shortened(upper)}"
    parts = [] if lower is None else [f"{'≥' if above else '>'} {shortened(lower)}"]
    parts += [] if upper is None else [f"{'≤' if below else '<'} {shortened(upper)}"]
    return ", ".join(parts)


CONTRADICTED = frozenset({"lower_above_value", "upper_below_value", "lower_above_upper"})
"""Flags of figures whose numbers cannot all be true."""


def reaching(figure: JsonObject) -> JsonObject:
    """A figure with ends that hold all of its numbers, where these contradict each other.

    Filters and comparisons take it so, and what it is said to allow is no other than what they do.
    """
    if CONTRADICTED.isdisjoint(figure.get("flags", [])):
        return figure
    named = (figure[name] for name in ("lower", "value", "upper") if name in figure)
    ranked = sorted(named, key=numbers.exact)
    found = {**figure}
    for side, outermost in (("lower", ranked[0]), ("upper", ranked[-1])):
        if side in figure and outermost != figure[side]:
            found |= {side: outermost, f"{side}_inclusive": True}
    return found


def reach(figure: JsonObject) -> str:
    """How far a figure reaches, in signs; of a date, the date."""
    if "date" in figure:
        return date_words.short(figure["date"])
    return f"({figure['absence']})" if "absence" in figure else interval(reaching(figure))


def allows(figure: JsonObject) -> str:
    """What a figure allows, as a sentence without its stop, and what that rests on."""
    if "date" in figure or "absence" in figure:
        return in_numbers(figure)
    told = _allows(reaching(figure))
    contradicted = not CONTRADICTED.isdisjoint(figure.get("flags", []))
    return f"{told}; its numbers contradict each other" if contradicted else told


def without_domain(figure: JsonObject) -> JsonObject:
    """A figure without the ends that only its measure has, unless they are all there is to it."""
    if figure.get("lower") == figure.get("upper"):
        return figure
    ends = [side for side in ("lower", "upper") if figure.get(f"{side}_basis") == "domain"]
    return {name: told for name, told in figure.items() if name.partition("_")[0] not in ends}


def _allows(figure: JsonObject) -> str:
    figure = without_domain(figure)
    lower, upper = figure.get("lower"), figure.get("upper")
    if lower is None and upper is None:
        return "no number can be drawn from these words"
    if upper is None:
        return f"{_end(figure, 'lower', grouped(str(lower)))}; nobody said how far upwards"
    if lower is None:
        return f"{_end(figure, 'upper', grouped(upper))}; nobody said how far down"
    return _between(figure, lower, upper)


def _between(figure: JsonObject, lower: str, upper: str) -> str:
    hedge = figure.get("hedge", "none")
    if lower == upper:
        bare = hedge == "none" and "differs_from_lexicon" not in figure.get("flags", [])
        return f"{grouped(lower)}, said without a hedge" if bare else grouped(lower)
    ends = (
        ("" if figure.get("lower_inclusive", True) else "more than ") + grouped(lower),
        ("" if figure.get("upper_inclusive", True) else "less than ") + grouped(upper),
    )
    told = " to ".join(ends)
    if spread := KINDS[figure.get("interval_type", "bounds")].format(level=_level(figure)):
        return f"{told}, by the {spread.strip()}"
    if "convention" not in (figure.get("lower_basis"), figure.get("upper_basis")):
        return told
    return f"{told}, {_meant(figure, hedge)}"


def _meant(figure: JsonObject, hedge: str) -> str:
    """The words that bounds rest on by convention: as they were said, and in English beside."""
    words = hedge_words(figure)
    if words is None or (hedge not in WORDED and not words.said):
        return "as such words are commonly meant"
    plain = english(hedge if hedge in WORDED else "approximate")
    if words.said:
        beside = "" if words.language == "en" else f" ({plain})"
        return f"as “{words.words}”{beside} is commonly meant"
    return f"as “{plain}”{usually(figure)} is commonly meant"
