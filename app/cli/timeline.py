"""A measure's figures in time: a line of points for each claimant, origin or document."""

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.cli.formats import Strokes, reach, said, when
from app.cli.tables import MATCH, Answers, headed, worded
from app.rules.json_types import JsonObject

STEPS = {
    "update": ("↗ update", "green"), "revision": ("± revision", "magenta"),
    "repeat": ("= repeat", "dim"), "decrease": ("↘ decrease", "bold red"),
    "unclear": ("? unclear", "yellow"),
}  # fmt: skip


def series(found: Answers, width: int) -> Group:
    """A line of points for each group, all in the same columns."""
    groups = found.series["groups"]
    rows = [[_point(point) for point in group["points"]] for group in groups]
    widths = _widths([row for some in rows for row in some], width)
    left = min(40, width - sum(widths) - 2 * len(widths) - 4)
    strokes = Strokes((p["plot"] for g in groups for p in g["points"]), left)
    parts: list[RenderableType] = []
    for group, some in zip(groups, rows, strict=True):
        made = Table.grid(padding=(0, 2, 0, 0))
        for size in (*widths, *([left] if strokes.drawn else [])):
            made.add_column(width=size, overflow="fold")
        for point, row in zip(group["points"], some, strict=True):
            made.add_row(*row, *_stroke(strokes, point))
        parts += [_group(found, group), Padding(made, (0, 0, 0, 2))]
    note = f"by {found.series['group_by']}, with the step from the point before"
    note += "; there are more: --limit" if found.series["next_cursor"] else ""
    return headed("In time", Text(note, "dim"), *parts) if groups else Group()


def _group(found: Answers, group: JsonObject) -> Text:
    id, by = group["group"], found.series["group_by"]
    if id is None and by not in BY_VOICE:
        return Text("all of them" if by == "none" else f"without {by}", "bold")
    name = " and ".join(map(found.name, group.get("members", [id])))
    beside = group.get("document") or (id if id and id != name else "")
    return Text.assemble(said(name, "bold"), said(f"  {beside}" if beside else "", "dim"))


BY_VOICE = ("claimant", "origin", "origin_root", "document")


def _point(point: JsonObject) -> list[Text]:
    time = when(point.get("period") or point.get("stated"))
    step = Text(*STEPS[point["step"]]) if point["step"] else Text("")
    return [said(time), worded(point), said(reach(point)), step]


def _stroke(strokes: Strokes, point: JsonObject) -> list[Text]:
    style = MATCH[point["match"]][1]
    return [Text(strokes.of(point["plot"]), style, no_wrap=True)] if strokes.drawn else []


def _widths(rows: list[list[Text]], width: int) -> list[int]:
    """How wide the columns of a series are; a narrow terminal breaks their lines."""
    most = (11, 20, 17, 10) if width < 100 else (20, 30, 24, 10)
    wide = [max((_first(row[n]) for row in rows), default=0) for n in range(len(most))]
    return [min(one, cap) for one, cap in zip(wide, most, strict=True)]


def _first(text: Text) -> int:
    """The width of the first line: dimensions, below it, are broken as they have to be."""
    return cell_len(text.plain.partition("\n")[0])
