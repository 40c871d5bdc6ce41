"""The answers of ``sayso ask`` in the terminal: a measure, all measures, ratios, drift."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from rich import box
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.cli.api_client import Voices
from app.render import views
from app.render.date_words import short
from app.render.field_words import listed_first
from app.render.figure_views import FigureView
from app.render.figure_words import interval
from app.render.plain_text import printable, shortened
from app.render.views import (
    AssumptionsView,
    ComparisonView,
    CorroborationView,
    GroupView,
    MeasureView,
)
from app.rules.json_types import JsonObject

THROUGH, WIDE = "through", 20
"""Chains are made of long words, which are hard to read when broken."""
MATCH = {"certain": ("●", "green"), "possible": ("◐", "yellow")}
MOST_NAMES = 12
STEPS = {
    "update": ("↗ update", "green"), "revision": ("± revision", "magenta"),
    "repeat": ("= repeat", "dim"), "decrease": ("↘ decrease", "bold red"),
    "unclear": ("? unclear", "yellow"),
}  # fmt: skip
VERDICT = {"true": ("✗ they disagree", "bold red"), "unclear": ("? unclear", "yellow")}
DRIFTS = {"preserved": "green", "dropped": "red", "added": "magenta", "weakened": "yellow",
          "strengthened": "magenta"}  # fmt: skip


class Strokes:
    """Intervals on one scale: ``●`` a number, ``├──●──┤`` an interval, an arrow where it is open.

    Drawn only where there are at least two different numbers to draw.
    """

    def __init__(self, plots: Iterable[JsonObject], width: int):
        self.width = width
        known = [x for plot in plots for x in _numbers(plot)]
        self.lo, self.hi = (min(known), max(known)) if known else (0.0, 0.0)
        self.drawn = self.lo < self.hi and width >= 8

    def of(self, plot: JsonObject) -> str:
        """One interval."""
        last = self.width - 1
        cells = [" "] * self.width
        lower, upper = plot["lower"], plot["upper"]
        start = 0 if lower is None else self._cell(lower)
        end = last if upper is None else self._cell(upper)
        for cell in range(start, end + 1):
            cells[cell] = "─"
        cells[start] = "◀" if plot["open_below"] else "├"
        cells[end] = "▶" if plot["open_above"] else "┤"
        if plot["value"] is not None:
            cells[self._cell(plot["value"])] = "●"
        elif start == end:
            cells[start] = "●"
        return "".join(cells).rstrip()

    def _cell(self, x: float) -> int:
        """The cell of a number; the outer two on each side are kept for arrows."""
        return 2 + round((x - self.lo) / (self.hi - self.lo) * (self.width - 5))


def _numbers(plot: JsonObject) -> list[float]:
    """The numbers that a plot shows; of dates none."""
    sides = (plot[side] for side in ("lower", "value", "upper"))
    return [float(x) for x in sides if isinstance(x, int | float) and abs(x) < 1e200]


def measures(some: Iterable[JsonObject]) -> Group:
    """The measures there are."""
    made = table("measure", "what it is", "unit", "claims", right=(3,))
    for one in some:
        made.add_row(
            safe(one["id"], "bold"), safe(one.get("name", "")), safe(one["unit"], "dim"),
            str(one["claims"]),
        )  # fmt: skip
    more = Text("\nsayso ask MEASURE tells what is known of one.", "dim")
    return Group(made if made.rows else Text("There are no measures."), more)


def measure(told: MeasureView, width: int) -> Group:
    """Everything, from the figures to what is assumed."""
    return Group(
        safe(told.name, "bold"),
        safe("  ·  ".join(filter(None, (told.id, told.unit, told.kind))), "dim"),
        _figures(told),
        _in_time(told, width),
        _against(told.against, told.against_left_out),
        Group() if told.comparison is None else _comparison(told.comparison),
        _corroboration(told.corroboration),
        assumed(told.assumptions),
    )


def _figures(told: MeasureView) -> Group:
    if not (told.figures or told.other_units):
        return headed("Figures", Text(), Text("No figure fits, not even possibly."))
    counts = [
        Text(f"{mark} {n} {match}", style)
        for match, (mark, style) in MATCH.items()
        if (n := told.count(match))
    ]
    if told.more_figures:
        counts.append(Text("there are more: --limit", "dim"))
    if told.other_units:
        counts.append(Text(f"{told.other_units} in another unit: --where unit=…", "yellow"))
    made = table("", "worded", "who", "said", THROUGH, whole=(0,))
    for one in told.figures:
        made.add_row(Text(*MATCH[one.match]), *row(one))
    return headed("Figures that fit", Text("   ").join(counts), made)


def _in_time(told: MeasureView, width: int) -> Group:
    """A line of points for each group, all in the same columns."""
    rows = [[_point(point) for point in group.points] for group in told.groups]
    widths = _widths([row for some in rows for row in some], width)
    left = min(40, width - sum(widths) - 2 * len(widths) - 4)
    points = [point for group in told.groups for point in group.points]
    plots = [point.plot for point in points if point.plot and not point.other_unit]
    strokes = Strokes(plots, left)
    parts: list[RenderableType] = []
    for group, some in zip(told.groups, rows, strict=True):
        made = Table.grid(padding=(0, 2, 0, 0))
        for size in (*widths, *([left] if strokes.drawn else [])):
            made.add_column(width=size, overflow="fold")
        for point, cells in zip(group.points, some, strict=True):
            made.add_row(*cells, *_stroke(strokes, point))
        parts += [_group(group), Padding(made, (0, 0, 0, 2))]
    note = f"by {told.group_by}, with the step from the point before"
    note += "; there are more: --limit" if told.more_points else ""
    return headed("In time", Text(note, "dim"), *parts) if told.groups else Group()


def _group(group: GroupView) -> Text:
    detail = safe(f"  {group.detail}" if group.detail else "", "dim")
    return Text.assemble(safe(group.name, "bold"), detail)


def _point(point: FigureView) -> list[Text]:
    step = Text(*STEPS[point.step]) if point.step else Text("")
    words = worded(point.worded, point.dimensions)
    return [safe(point.time.short), words, safe(point.reach), step]


def _stroke(strokes: Strokes, point: FigureView) -> list[Text]:
    if not strokes.drawn or point.plot is None or point.other_unit:
        return []
    return [Text(strokes.of(point.plot), MATCH[point.match][1], no_wrap=True)]


def _widths(rows: list[list[Text]], width: int) -> list[int]:
    """How wide the columns of a series are; a narrow terminal breaks their lines."""
    most = (11, 20, 17, 10) if width < 100 else (20, 30, 24, 10)
    # Of first lines: dimensions, below them, are broken as they have to be.
    lines = [[cell_len(text.plain.partition("\n")[0]) for text in row] for row in rows]
    return [min(max((row[n] for row in lines), default=0), cap) for n, cap in enumerate(most)]


def _against(points: list[FigureView], left_out: int) -> Group:
    """Denials stand apart."""
    made = table("denied or taken back", "who", "said", THROUGH)
    for one in points:
        made.add_row(*row(one))
    count = counted(len(points) + left_out, "denial or retraction", "denials or retractions")
    note = Text(f"{count}; the first {len(points)} are listed" if left_out else count, "dim")
    return headed("Against", note, made) if points else Group()


def _comparison(told: ComparisonView) -> Group:
    """What each figure says of the time asked about, and the pairs that may disagree."""
    made = table("worded", "who", "said", f"says of {told.at}")
    for one in told.figures:
        says = safe(one.says) if one.says else Text("nothing", "dim")
        who, time = safe(one.claimant.name), safe(one.time.short, "dim")
        made.add_row(safe(one.worded), who, time, says)
    sides = Text.assemble(
        ("\nfits all of them  ", "dim"), safe(told.common or "nothing", "bold"),
        ("     fits one of them  ", "dim"), safe(told.spread or "nothing"), "\n",
    )  # fmt: skip
    verdicts = [
        Text.assemble(VERDICT[pair.disagreement], "  ", safe(pair.reason))
        for pair in told.pairs
        if pair.disagreement != "false"
    ]
    note = safe(f"at {told.at}", "dim")
    return headed("Do they agree?", note, made, sides, *verdicts, _rest(told))


def _rest(told: ComparisonView) -> Text:
    found = f"Of {counted(len(told.pairs), 'pair', 'pairs')}, {told.agreed} "
    found += "does not disagree." if told.agreed == 1 else "do not disagree."
    more = f" Figures further away, left out: {told.left_out}." if told.left_out else ""
    return Text(found + more, "dim")


def _corroboration(told: CorroborationView) -> Group:
    span = str(told.low) if told.low == told.high else f"{told.low} to {told.high}"
    origins = table("origin", "belongs to", "claims", right=(2,))
    for one in told.origins:
        root = safe(one.root.name) if one.root else Text("not known", "yellow")
        name = safe(one.source.name + (" (anonymous)" if one.anonymous else ""))
        origins.add_row(name, root, str(one.claims))
    claims = counted(told.claims, "claim", "claims")
    note = Text(f"{claims} in {counted(told.documents, 'document', 'documents')}", "dim")
    listed = [origins] if told.origins else []
    return headed(f"Independent origins: {span}", note, *listed, _beside(told))


def _beside(told: CorroborationView) -> Text:
    """Who and what adds no origin."""
    lines = []
    if told.relayers:
        names = listed_first([one.name for one in told.relayers], told.relayer_count, MOST_NAMES)
        lines.append(safe(f"Passed on by {names}: no origins, whatever their number.", "dim"))
    if told.derived:
        names = listed_first(told.derived, told.derived_count, MOST_NAMES)
        lines.append(safe(f"Derived from other claims, so not counted: {names}.", "dim"))
    return Text("\n").join([*lines, *_circles(told)])


def _circles(told: CorroborationView) -> Iterator[Text]:
    for ring in told.cycles[:MOST_NAMES]:
        yield safe(f"In a circle: {' → '.join(ring)}.", "red")
    more = len(told.cycles[MOST_NAMES:])
    if more or not told.cycles_complete:
        least = "" if told.cycles_complete else "at least "
        yield safe(f"Circles that are not listed: {least}{more:,}.", "red")


def ratios(told: JsonObject, voices: Voices) -> Group:
    """What two measures imply of each other."""
    made = table("figure", "", "figure", "ratio", "may lie (rounded)", right=(3,))
    for one in told["items"]:
        bounds = {n: _rounded(one["bounds"][n]) for n in ("lower", "upper") if one["bounds"][n]}
        made.add_row(
            _side(one["numerator"], voices), Text("per", "dim"),
            _side(one["denominator"], voices),
            safe(_rounded(one["value"]) + _other_unit(one, told), "bold"),
            safe(interval({**one["bounds"], **bounds})),
        )  # fmt: skip
    title = f"{told['numerator']} per {told['denominator']}"
    note = f"{told['unit']}, of figures linked by {' or '.join(told['by'])}"
    more = [Text("There are more: --limit.", "dim")] if told["truncated"] else []
    body = [made] if told["items"] else [Text("No figures of the two belong together.")]
    heading = headed(title, Text(note, "dim"), *body, *more)
    return Group(heading, assumed(views.assumptions([told])))


def _other_unit(one: JsonObject, told: JsonObject) -> str:
    """The unit of a ratio whose figures are not in that of their measures."""
    return "" if one.get("unit", told["unit"]) == told["unit"] else f" {one['unit']}"


def _side(side: JsonObject, voices: Voices) -> Text:
    quoted = f"“{side['raw_text']}”" if "raw_text" in side else side["claim"]
    said = f"{voices.who(side)}, {short(side.get('stated'))}"
    return worded(quoted, side.get("dimensions", {}), said)


def _rounded(text: str | None) -> str:
    """A ratio to look at: four digits; --json has them all."""
    if text is None:
        return ""
    x = float(text)
    return shortened(text) if len(text) <= 6 else f"{x:,.1f}" if 1 <= abs(x) < 1e15 else f"{x:.4g}"


def drift(told: JsonObject) -> Group:
    """What became of the wording of one utterance."""
    made = table("attested in", "steps away", "worded", "drift", right=(1,))
    for one in told["items"]:
        names = Text(", ").join(Text(name, DRIFTS.get(name, "red")) for name in one["drift"])
        wording = " · ".join(f"“{text}”" for text in one["wording"])
        base = told["baseline"] in one["claims"]
        made.add_row(
            safe(one["document"], "bold" if base else ""), str(one["distance"]), safe(wording),
            Text("the baseline", "dim") if base else names,
        )  # fmt: skip
    more = f"; {told['left_out']} are left out" if told["left_out"] else ""
    note = Text(f"against {told['baseline']}{more}", "dim")
    body = made if told["items"] else Text("Nothing of it is attested.")
    heading = headed(f"Drift of {told['utterance']}", note, body)
    return Group(heading, assumed(views.assumptions([told])))


def safe(text: object, style: str = "") -> Text:
    """Text of unknown origin: it cannot colour anything, or move the cursor."""
    return Text(printable(str(text)), style)


def table(*headings: str, right: Iterable[int] = (), whole: Iterable[int] = ()) -> Table:
    """A table as all of ours are; nothing in it is cut off, and some columns are never broken."""
    made = Table(
        box=box.SIMPLE_HEAD, header_style="dim", pad_edge=False, show_edge=False,
        collapse_padding=True,
    )  # fmt: skip
    for n, heading in enumerate(headings):
        side: Literal["left", "right"] = "right" if n in right else "left"
        least = WIDE if heading == THROUGH else None
        made.add_column(heading, justify=side, overflow="fold", no_wrap=n in whole, min_width=least)
    return made


def counted(n: int, one: str, several: str) -> str:
    """``1 claim``, ``2 claims``."""
    return f"{n} {one if n == 1 else several}"


def headed(title: str, note: Text, *parts: RenderableType) -> Group:
    """A part of the answer under its heading."""
    heading = Text.assemble(("\n" + title, "bold cyan"), "   ", note)
    return Group(heading, *(Padding(part, (0, 0, 0, 2)) for part in parts))


def row(one: FigureView) -> list[Text]:
    """A figure in a table: as worded, who said it, when, and through whom it came."""
    through = " → ".join(" + ".join(str(hop.source.id) for hop in step) for step in one.through)
    words = worded(one.worded, one.dimensions, one.among, one.put, one.denial)
    who = safe(one.claimant.name)
    return [words, who, safe(one.stated.short, "dim"), safe(through, "dim")]


def worded(words: str, dimensions: Mapping[str, Any], *beside: str) -> Text:
    """A figure; below it what it counts, and what else there is to tell, a line for each."""
    lines = [*(f"{name}: {value}" for name, value in dimensions.items()), *filter(None, beside)]
    return Text("\n").join([safe(words), *(safe(line, "dim") for line in lines)])


def assumed(told: AssumptionsView) -> Group:
    """What the answers take for granted."""
    made = Table.grid(padding=(0, 1))
    for note in told.notes:
        made.add_row(Text("·", "dim"), safe(note, "dim"))
    heading = f"\nTaken for granted, as the database stood at {told.as_of}:"
    return Group(Text(heading, "dim"), Padding(made, (0, 0, 0, 2)))
