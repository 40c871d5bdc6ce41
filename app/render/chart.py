"""The chart of a measure: who put it at what, when, how firmly, as a Vega-Lite spec (design 6).

The data stands in the spec. Nothing of a claim is ever part of an expression: texts are data.
"""

from collections.abc import Sequence
from typing import Any

from app.render import look
from app.render.drawing import HEIGHT, WIDTH, Drawing, drawn
from app.render.layers import below, layers
from app.render.plotted import Figure, dated, of_series

MOST = 300
"""How many figures are drawn."""
LEGEND = 20
"""How many claimants have a colour and a shape of their own."""
LISTED = 4
"""How many figures without a number are named."""


def spec(measure: dict[str, Any], series: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """The chart of a series by claimant; raises ``LookupError`` where there is nothing to draw."""
    found = of_series(series, names)
    known = [figure for figure in found if figure.marks]
    if not known:
        raise LookupError("no figure has a number")
    chosen = _latest(known)
    who = _called(chosen)
    keys = list(dict.fromkeys(who.values()))
    others = keys[-1] if len(who) > len(keys) else None
    made = drawn(chosen, measure.get("statistic") == "date")
    caption = _caption(made, found, chosen, series.get("total") or len(found))
    return {
        "$schema": look.SCHEMA,
        "width": WIDTH,
        "height": HEIGHT,
        "title": _title(measure, series["assumptions"]),
        "datasets": {
            name: _with_key(getattr(made, name), who)
            for name in ("spans", "bars", "arrows", "steps", "leads", "marks", "labels")
        },
        "layer": [*layers(made, measure, keys, others), below(caption)],
        "config": look.config(),
    }


def _latest(figures: list[Figure]) -> list[Figure]:
    """The latest, in the order they came; the undated are not late."""
    if len(figures) <= MOST:
        return figures
    never = float("-inf")
    times = [never if (at := figure.when.middle) is None else at for figure in figures]
    least = sorted(times, reverse=True)[MOST - 1]
    return [f for f, at in zip(figures, times, strict=True) if at >= least][:MOST]


def _called(figures: Sequence[Figure]) -> dict[str, str]:
    """Each claimant's key, who spoke first first: itself, or one of many others."""
    never = float("inf")
    known = [never if (at := figure.when.middle) is None else at for figure in figures]
    first = sorted(zip(known, figures, strict=True), key=lambda one: one[0])
    who = list(dict.fromkeys(figure.who for _, figure in first))
    if len(who) <= LEGEND:
        return {one: one for one in who}
    others = f"{len(who) - LEGEND + 1:,} others"
    return {one: one if n < LEGEND - 1 else others for n, one in enumerate(who)}


def _with_key(rows: list[dict[str, Any]], who: dict[str, str]) -> list[dict[str, Any]]:
    return [{**row, "key": who[row["who"]]} if "who" in row else row for row in rows]


def _title(measure: dict[str, Any], assumed: dict[str, Any]) -> dict[str, Any]:
    name = look.shown(measure.get("name") or measure["id"], 160)
    return {
        "text": look.wrapped(name, WIDTH, 18),
        "subtitle": look.wrapped(". ".join(_told(measure, assumed)) + ".", WIDTH, 12.5, 3),
    }


def _told(measure: dict[str, Any], assumed: dict[str, Any]) -> list[str]:
    """What the chart shows, and on which assumptions."""
    unit = look.shown(measure.get("unit_label") or "", 60)
    told = [f"Number of {unit}" if unit and measure.get("statistic", "count") == "count" else ""]
    told += ["" if told[0] else unit[:1].upper() + unit[1:]]
    strict = assumed.get("policy") == "strict"
    told += [
        "Bounds only as stated or entailed" if strict else "Hedged words are read by convention"
    ]
    every = assumed.get("readings") == "all"
    told += [
        "every reading of ambiguous words" if every else "of ambiguous words, the preferred reading"
    ]
    told[-2:] = ["; ".join(told[-2:])]
    if assumed.get("known_by"):
        told.append(f"As known by {look.shown(str(assumed['known_by']), 24)}")
    if assumed.get("as_of"):
        told.append(f"As recorded by {look.shown(str(assumed['as_of']), 30)}")
    if assumed.get("match", "any") != "any":
        told.append(f"Only {assumed['match']} answers")
    asked = [f"{name}: {' or '.join(sent)}" for name, sent in assumed.get("filters", {}).items()]
    if asked:
        told.append(f"Only {look.shown(', '.join(asked), 120)}")
    return [part for part in told if part]


def _caption(made: Drawing, found: list[Figure], chosen: list[Figure], total: int) -> list[str]:
    """What the signs mean, how much is shown, and what is not."""
    claims = len({figure.point["claim"] for figure in found})
    of = f" of {_many(claims, 'claim')}" if total == len(found) else ""
    told = [f"{_many(total, 'figure')}{of}."]
    told.append("A mark stands at the figure named, within the time it is about (thin line).")
    if made.bars:
        told.append("Bar: what the words allow.")
    if made.arrows:
        told.append("Arrow: no bound on that side.")
    if any(row["hollow"] for row in made.marks):
        told.append("Hollow: the figure itself is excluded.")
    if any(figure.against for figure in chosen):
        told.append("Crossed and dashed: denied.")
    told += _missing(made, found, chosen, total)
    return look.wrapped(" ".join(told), WIDTH, look.SIZE, 8)


def _missing(made: Drawing, found: list[Figure], chosen: list[Figure], total: int) -> list[str]:
    """What the chart does not show."""
    told = []
    if made.unlabelled:
        told.append(f"{_many(made.unlabelled, 'label')} left out for want of room.")
    numberless = [figure for figure in found if not figure.marks]
    if numberless:
        named = [_named(figure) for figure in numberless[:LISTED]]
        more = len(numberless) - LISTED
        tail = f" and {more:,} more" if more > 0 else ""
        told.append(f"Without a number: {', '.join(named)}{tail}.")
    rest = total - len(numberless) - len(chosen)
    if rest > 0:
        held = f"the latest {MOST}" if total == len(found) else f"{len(chosen)} of them"
        told.append(f"Not shown: {_many(rest, 'figure')}; the chart holds {held}.")
    return told


def _named(figure: Figure) -> str:
    when = next((end for end in dated(figure.point) if end), "undated")
    return f"{figure.words[0]} ({look.shown(figure.who, 30)}, {when})"


def _many(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"
