"""Explanations of a comparison: why two figures do, do not, or may disagree, in a sentence."""

from typing import NamedTuple

from app.render.date_words import about, days_in_words
from app.render.figure_words import in_numbers, in_unit, other_unit
from app.rules.agreement import Judgement, TimedFigure, one_sided, same_figure, unlike
from app.rules.intervals import Interval
from app.rules.json_types import JsonObject


class Tie(NamedTuple):
    """What makes the one figure a revision of the other: a relation, or that both are one voice's.

    ``later`` is the place of the figure that takes the other's; "": the relation leads there by
    way of other claims; "claimant": one voice.
    """

    predicate: str
    later: int = 0


class JudgedPair(NamedTuple):
    """Two comparable figures and what they are called, the judgement on them, and what rests on."""

    names: tuple[str, str]
    figures: tuple[TimedFigure, TimedFigure]
    judgement: Judgement
    cumulative: bool
    tie: Tie | None


SENTENCES = {
    "equal": "{one} and {other} say the same.",
    "compatible": "{one} and {other} can both be true: there are numbers that fit both.",
    "other times": "{one} and {other} describe different times, so both can be true.",
    "grown": "{later} is later than {earlier}: a running total may have grown in between.",
    "same time": "{one} and {other} describe the same time, and no number fits both.",
    "any time": "No number fits both {earlier} and {later}, however their times lie.",
    "fallen": "{later} is later than {earlier}, yet lower: a running total cannot fall.",
    "revised, same time": "{one} and {other} are one claimant's for the same time, and no number "
    "fits both: a revision, not a disagreement.",
    "revised, any time": "No number fits both {earlier} and {later}, however their times lie; both "
    "are one claimant's: a revision, not a disagreement.",
    "revised, fallen": "{later} is later than {earlier}, yet lower, and both are one claimant's: a "
    "running total cannot fall, so this is a revision, not a disagreement.",
    "revised, perhaps": "No number fits both {one} and {other}, which are one claimant's: a "
    "revision if they are of the same time, and no disagreement in any case.",
}
"""How two figures lie: as a claimant's own, where they are revised."""


def reason(pair: JudgedPair) -> str:
    """The reason for a judgement on two comparable figures."""
    names, possible = pair.names, pair.judgement.possible
    if pair.tie is not None and pair.tie.predicate != "claimant":
        told = _related(names, pair.tie)
    elif case := _case(pair):
        earlier, later = names if possible == {"earlier"} else names[::-1]
        told = SENTENCES[case].format(one=names[0], other=names[1], earlier=earlier, later=later)
    else:
        told = _open(pair)
    return " ".join([told, *_sides(names, pair.figures)])


def _case(pair: JudgedPair) -> str | None:
    """Which of the sentences is true; None, where that depends on what is not known."""
    one, other = pair.figures
    if one.reach.hi >= other.reach.lo and other.reach.hi >= one.reach.lo:
        return "equal" if same_figure(one, other) else "compatible"
    verdict, possible, excluding = pair.judgement
    same = "any time" if "same" in possible else "fallen"
    times = "same time" if possible == {"same"} else same
    if pair.tie is not None and excluding:
        surely = times == "same time" or excluding == possible
        return f"revised, {times if surely else 'perhaps'}"
    if verdict == "false":
        return "grown" if pair.cumulative else "other times"
    return times if verdict == "true" else None


def incomparable(names: tuple[str, str], figures: tuple[TimedFigure, TimedFigure]) -> str:
    """Two figures that count different things."""
    one, other = figures
    if not unlike(one, other):
        return f"{names[0]} and {names[1]} cannot be compared: one of them is no such figure."
    what = ", ".join(
        f"{name} is {_value(one, name)} in the one and {_value(other, name)} in the other"
        for name in unlike(one, other)
    )
    return f"{names[0]} and {names[1]} cannot be compared: {what}."


def depends(names: tuple[str, str]) -> str:
    """A judgement that differs between readings or alternatives."""
    return f"It depends on which reading or alternative of {names[0]} or {names[1]} is meant."


def in_part(name: str) -> str:
    """A figure whose source said it or something else."""
    return f"The source of {name} says that or something else, which is not compared here."


def name(told: JsonObject, who: str, unit: str) -> str:
    """A figure in a sentence: its wording, else its numbers; who said it, and when.

    A unit is told where it is another than that of the measure, ``unit``.
    """
    said = f"“{told['raw_text']}”" if "raw_text" in told else in_numbers(told)
    return f"{said}{in_unit(other_unit(told, unit))} ({who}, {about(told)})"


VERBS = {
    "corrects": "corrects", "revises": "revises", "supersedes": "takes the place of",
    "retracts": "takes back",
}  # fmt: skip


def _related(names: tuple[str, str], tie: Tie) -> str:
    """Of two figures, the one takes the place of the other by a relation between their claims."""
    later, earlier = names if tie.later == 0 else names[::-1]
    verb = VERBS.get(tie.predicate, "takes the place, by way of other claims, of")
    return f"{later} {verb} {earlier}: a revision, not a disagreement."


def _open(pair: JudgedPair) -> str:
    """Told of the figure whose time is the vaguer one: what it would have to refer to."""
    names, figures, judgement = pair.names, pair.figures, pair.judgement
    vaguer = max((0, 1), key=lambda n: figures[n].time.hi - figures[n].time.lo)
    vague, firm = names[vaguer], names[1 - vaguer]
    overlap = Interval(
        max(figure.time.lo for figure in figures), min(figure.time.hi for figure in figures)
    )
    does = "does" if figures[1 - vaguer].time == overlap else "may"
    told = f"No number fits both, but it is a disagreement only if {vague} refers to "
    told += f"{days_in_words(overlap)}, as {firm} {does}"
    allowed = judgement.possible - judgement.excluding - {"same"}
    if not pair.cumulative or not allowed:
        return f"{told}; at different times both can be true."
    side = "later" if ("earlier" in allowed) == (vaguer == 1) else "earlier"
    return f"{told}; if it is {side}, a running total may have grown in between."


def _sides(names: tuple[str, str], figures: tuple[TimedFigure, TimedFigure]) -> list[str]:
    found = []
    for dimension in one_sided(*figures):
        owner = next(n for n in (0, 1) if dimension in figures[n].dimensions)
        value = figures[owner].dimensions[dimension]
        found.append(f"Only {names[owner]} says {dimension} ({value}); they are compared anyway.")
    return found


def _value(figure: TimedFigure, name: str) -> str:
    return figure.unit if name == "unit" else figure.dimensions[name]
