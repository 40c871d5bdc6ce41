"""Ratios and drift, as tables for the terminal."""

from rich.console import Group
from rich.text import Text

from app.cli.formats import interval, number, said, when
from app.cli.tables import assumed, headed, table
from app.rules.json_types import JsonObject


def ratios(told: JsonObject) -> Group:
    """What two measures imply of each other."""
    made = table("figure", "", "figure", "ratio", "may lie (rounded)", right=(3,))
    for one in told["items"]:
        over, under = one["numerator"], one["denominator"]
        made.add_row(
            _side(over), Text("per", "dim"), _side(under),
            said(rounded(one["value"]), "bold"), said(_rounded(one["bounds"])),
        )  # fmt: skip
    title = f"{told['numerator']} per {told['denominator']}"
    note = f"{told['unit']}, of figures linked by {' or '.join(told['by'])}"
    more = [Text("There are more: --limit.", "dim")] if told["truncated"] else []
    body = [made] if told["items"] else [Text("No figures of the two belong together.")]
    return Group(headed(title, Text(note, "dim"), *body, *more), assumed([told["assumptions"]]))


def _side(side: JsonObject) -> Text:
    quoted = f"“{side['raw_text']}”" if "raw_text" in side else side["claim"]
    beside = [f"{name}: {value}" for name, value in side.get("dimensions", {}).items()]
    beside.append(f"{side.get('claimant', 'nobody named')}, {when(side.get('stated'))}")
    return Text("\n").join([said(quoted), *(said(line, "dim") for line in beside)])


def rounded(text: str | None) -> str:
    """A ratio to look at: four digits; --json has them all."""
    if text is None:
        return ""
    x = float(text)
    return number(text) if len(text) <= 6 else f"{x:,.1f}" if 1 <= abs(x) < 1e15 else f"{x:.4g}"


def _rounded(bounds: JsonObject) -> str:
    ends = {n: rounded(bounds[n]) for n in ("lower", "upper") if bounds[n] is not None}
    return interval({**bounds, **ends})


STYLES = {"preserved": "green", "dropped": "red", "added": "magenta", "weakened": "yellow",
          "strengthened": "magenta"}  # fmt: skip


def drift(told: JsonObject) -> Group:
    """What became of the wording of one utterance."""
    made = table("attested in", "steps away", "worded", "drift", right=(1,))
    for one in told["items"]:
        names = Text(", ").join(Text(name, STYLES.get(name, "red")) for name in one["drift"])
        worded = " · ".join(f"“{text}”" for text in one["wording"])
        base = told["baseline"] in one["claims"]
        made.add_row(
            said(one["document"], "bold" if base else ""), str(one["distance"]), said(worded),
            Text("the baseline", "dim") if base else names,
        )  # fmt: skip
    more = f"; {told['left_out']} are left out" if told["left_out"] else ""
    note = f"against {told['baseline']}{more}"
    body = made if told["items"] else Text("Nothing of it is attested.")
    return Group(
        headed(f"Drift of {told['utterance']}", Text(note, "dim"), body),
        assumed([told["assumptions"]]),
    )
