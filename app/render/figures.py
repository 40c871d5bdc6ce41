"""The figures of a claim in words: as printed, with every alternative and every reading."""

import re
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from app.render import when
from app.render.record import line

Fields = Mapping[str, Any]
WORDED = {
    "approximate": ("about", "value"),
    "more_than": ("more than", "lower"),
    "at_least": ("at least", "lower"),
    "up_to": ("up to", "upper"),
    "less_than": ("less than", "upper"),
    "nearly": ("nearly", "value"),
    "just_over": ("just over", "value"),
    "order_of": ("in the order of", "value"),
}
ABSENT = {
    "unknown": "a figure that is not known",
    "withheld": "a figure that is withheld",
    "not_applicable": "no figure",
}
JOINED = {"or": "{}", "xor": "{} (one of them only)", "mix": "{} or a mix of these"}


def printed(claim: Fields, measures: Mapping[str, Fields]) -> str | None:
    """Every figure with what it counts; None where the claim has none."""
    slots = _by(claim.get("quantities", []), "slot")
    mode = claim.get("alternative_mode", "single")
    return "; and ".join(_slot(slot, mode, measures) for slot in slots) or None


def _by(figures: list[Fields], name: str) -> list[list[Fields]]:
    ordered = sorted(figures, key=lambda figure: figure.get(name) or 1)
    return [list(group) for _, group in groupby(ordered, key=lambda one: one.get(name) or 1)]


def _slot(figures: list[Fields], mode: str, measures: Mapping[str, Fields]) -> str:
    labels = [label(figure["measure"], measures) for figure in figures]
    alone = len(set(labels)) == 1
    shown = {
        id(figure): "" if alone else f"{name}: "
        for figure, name in zip(figures, labels, strict=True)
    }
    several = [_alternative(readings, shown, measures) for readings in _by(figures, "alternative")]
    text = " or ".join(several)
    if len(several) > 1:
        text = JOINED.get(mode, "{}").format(text)
    return f"{labels[0]}: {text}" if alone else text


def label(measure: str, measures: Mapping[str, Fields]) -> str:
    """What a measure counts, in as many words as there are."""
    about = measures[measure]
    return line(about.get("name") or about.get("unit_label") or about.get("unit") or measure)


def _alternative(
    readings: list[Fields], shown: Mapping[int, str], measures: Mapping[str, Fields]
) -> str:
    """One alternative; what is read in several ways is told with all of them, preferred first."""
    ranked = sorted(readings, key=lambda one: (not one.get("preferred"), one.get("reading", "A")))
    first = ranked[0]
    same = all(_wording(one) == _wording(first) for one in ranked)
    if len(ranked) > 1 and same and "raw_text" in first:
        ways = ", or as ".join(_reading(one, measures) for one in ranked)
        return f"{shown[id(first)]}“{line(first['raw_text'])}”{_dimensions(first)} [read as {ways}]"
    texts = [f"{shown[id(one)]}{_figure(one, measures)}{_note(one, ranked)}" for one in ranked]
    return " or, read otherwise, ".join(texts)


def _wording(figure: Fields) -> tuple[Any, ...]:
    return figure["measure"], figure.get("raw_text"), figure.get("dimensions")


def _reading(figure: Fields, measures: Mapping[str, Fields]) -> str:
    preferred = ", preferred" if figure.get("preferred") else ""
    return f"{worded(figure, measures)}{preferred}{_note(figure, [figure, figure])}"


def _note(figure: Fields, readings: list[Fields]) -> str:
    known = len(readings) > 1 and "reading_note" in figure
    return f" ({line(figure['reading_note'])})" if known else ""


def _figure(figure: Fields, measures: Mapping[str, Fields]) -> str:
    """As printed, in quotation marks; else in our words, without."""
    if "raw_text" in figure:
        return f"“{line(figure['raw_text'])}”{_dimensions(figure)}"
    return f"{worded(figure, measures)}{_dimensions(figure)}"


def _dimensions(figure: Fields) -> str:
    pairs = figure.get("dimensions", {}).items()
    listed = "; ".join(f"{name}: {line(str(value))}" for name, value in pairs)
    return f" ({listed})" if listed else ""


def worded(figure: Fields, measures: Mapping[str, Fields]) -> str:
    """A figure by its hedge and its bounds, in our words."""
    if "date" in figure:
        return when.spoken(figure["date"])
    words = _hedged(figure)
    if words is None:
        return ABSENT.get(figure.get("absence", ""), "no figure")
    measure = measures[figure["measure"]]
    unit = "" if "raw_text" in figure else line(measure.get("unit_label") or measure["unit"])
    return f"{words} {unit}".strip()


def _hedged(figure: Fields) -> str | None:
    word, name = WORDED.get(figure.get("hedge", "none"), ("", "value"))
    if name in figure:
        return f"{word} {grouped(figure[name])}".strip()
    lower, upper = figure.get("lower"), figure.get("upper")
    if lower is not None and upper is not None:
        return f"{grouped(lower)} to {grouped(upper)}"
    if lower is not None:
        return f"at least {grouped(lower)}"
    return f"at most {grouped(upper)}" if upper is not None else None


def grouped(number: str) -> str:
    """An exact decimal with its thousands set apart; one with an exponent as it stands."""
    whole, point, rest = number.partition(".")
    if not re.fullmatch(r"-?[0-9]{1,60}", whole) or "e" in number.lower():
        return number
    return f"{int(whole):,}{point}{rest}"
