"""Chart style: type, colours for light and for dark paper, and how long a text is when drawn.

One table has each colour twice, so that a drawing is made once, in light, and told in dark by
replacing them: what is a colour there has no meaning of its own.
"""

import unicodedata
from typing import Any, Literal

from app.render.plain_text import one_line

Theme = Literal["light", "dark"]
Layer = dict[str, Any]
"""A part of a Vega-Lite spec: a layer, a mark, an encoding."""
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
FONTS = '"Helvetica Neue", Arial, "Liberation Sans", "DejaVu Sans", sans-serif'
"""For most texts; ``picture.py`` has the fonts of those in other scripts."""
INK, SOFT, FAINT, BAND, PAPER = "#222222", "#5f5f5f", "#dddddd", "#f1f1ee", "#ffffff"
OTHERS = "#8a8a8a"
COLOURS = {
    "#0072b2": "#5fb4e8", "#d55e00": "#ff8f3f", "#009e73": "#3fd0a4", "#aa3377": "#ee7fb8",
    "#8c6d00": "#e0bd3d", "#332288": "#a99cff", "#882255": "#e06a9f", "#117733": "#6ecf8d",
    "#3b9bd9": "#9fd3f5", "#a6761d": "#d9a95a", "#661100": "#e08873", "#6a3d9a": "#c6a0ee",
    "#1b6b6f": "#62c6cb", "#c1272d": "#ff7b80", "#5b7f00": "#b5d94f", "#b35fb0": "#e8a7e5",
    "#46516b": "#a9b6d3", "#95511a": "#d98f55", "#007d9c": "#4cc4e0",
}  # fmt: skip
"""One for each claimant, light and dark: Okabe and Ito's first, which the colour-blind tell apart,
then Tol's and darker ones, each of at least 3:1 on its paper (WCAG 1.4.11)."""
DARK = {
    INK: "#ececec", SOFT: "#a9adb3", FAINT: "#3b4047", BAND: "#24282e", PAPER: "#16191d",
    OTHERS: "#8f959d", **COLOURS, "#eef2f7": "#223044", "#fdeee0": "#46301c", "#e4f3ec": "#1d3b2e",
}  # fmt: skip
"""What each colour of a drawing is on dark paper."""
SHAPES = (
    "circle", "square", "diamond", "triangle-up", "cross", "triangle-down", "triangle-right",
    "M0,-1L.95,-.31L.59,.81L-.59,.81L-.95,-.31Z",
)  # fmt: skip
SIZE = 12
_NARROW, _WIDE = frozenset("ijlt.,:;|!'fIr()[]“”‘’· "), frozenset("mwMW@%&—")


def width(text: str, size: float = SIZE) -> float:
    """About how many pixels a text takes up; rather too many than too few."""
    return sum(_em(letter) for letter in text) * size


def _em(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0
    if unicodedata.east_asian_width(letter) in "WF":
        return 1
    if letter in _NARROW:
        return 0.36
    return 0.92 if letter in _WIDE else 0.7 if letter.isupper() else 0.58


def wrapped(text: str, room: float, size: float = SIZE, most: int = 2) -> list[str]:
    """A text in lines that fit, at most so many; the last tells if it is cut."""
    lines, line = [], ""
    for word in _pieces(text, room, size):
        longer = f"{line} {word}".strip()
        if line and width(longer, size) > room:
            lines.append(line)
            longer = word
        line = longer
    lines.append(line)
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1].rstrip(" …") + "…"]
    return lines


def _pieces(text: str, room: float, size: float) -> list[str]:
    """The words; one that is wider than a line in parts."""
    found = []
    for word in text.split():
        part = ""
        for letter in word:
            if part and width(part + letter, size) > room:
                found.append(part)
                part = ""
            part += letter
        found.append(part)
    return found


def named(id: str, names: dict[str, str], most: int = 44) -> str:
    """How a source is called in a picture."""
    return one_line(names.get(id, ""), most) or id


def config() -> Layer:
    """What is the same in every picture."""
    return {
        "font": FONTS,
        "background": PAPER,
        "padding": 16,
        "view": {"stroke": None},
        "title": {
            "anchor": "start", "frame": "group", "fontSize": 18, "fontWeight": "bold",
            "color": INK, "subtitleFontSize": 12.5, "subtitleColor": SOFT, "subtitlePadding": 6,
            "offset": 14,
        },
        "axis": {
            "labelFontSize": 12, "labelColor": SOFT, "titleFontSize": 12, "titleColor": SOFT,
            "titleFontWeight": "normal", "gridColor": FAINT, "labelPadding": 6,
        },
        "legend": {"labelFontSize": 12.5, "labelColor": INK, "title": None},
        "text": {"fontSize": SIZE, "color": INK},
    }  # fmt: skip


def empty(why: str, width: float) -> Layer:
    """The plot of a picture that says why there is nothing to draw."""
    text = {"type": "text", "fontSize": 14, "color": SOFT}
    place = {"x": {"value": width / 2}, "y": {"value": 30}, "text": {"value": why}}
    layer = {"data": {"values": [{}]}, "mark": text, "encoding": place}
    return {"width": width, "height": 60, "layer": [layer]}


def title(text: str, subtitle: str, room: float, most: int = 2) -> Layer:
    """The heading, in lines that fit."""
    return {"text": wrapped(text, room, 18), "subtitle": wrapped(subtitle, room, 12.5, most)}


def layer(table: str, mark: Layer, encoding: Layer, only: str = "") -> Layer:
    """Rows of a table, as one kind of mark; who hears it hears only of what has a description."""
    heard = {} if "description" in encoding else {"aria": False}
    found = {"data": {"name": table}, "mark": {**mark, **heard}, "encoding": encoding}
    return found | ({"transform": [{"filter": only}]} if only else {})


def source(told: str, room: float) -> list[str]:
    """Where a picture can be asked for again, in lines that fit."""
    return wrapped(told, room, SIZE, 3) if told else []


def finished(spec: Layer, lines: list[str], top: float, theme: Theme) -> Layer:
    """A whole spec in the colours of its paper, with the lines that are written under it."""
    mark = {"type": "text", "align": "left", "baseline": "top", "color": SOFT, "lineHeight": 16}
    where = {"x": {"value": 0}, "y": {"value": top}, "text": {"value": lines}}
    caption = {"data": {"values": [{}]}, "mark": mark, "encoding": where}
    layers = [*spec["layer"], caption]
    return dict(themed({"$schema": SCHEMA, **spec, "layer": layers, "config": config()}, theme))


def themed(spec: Any, theme: Theme) -> Any:
    """A spec in the colours of its paper; a text of somebody else's is never just a colour."""
    if theme == "light":
        return spec
    if isinstance(spec, dict):
        return {
            name: value if name == "datasets" else themed(value, theme)
            for name, value in spec.items()
        }
    if isinstance(spec, list):
        return [themed(one, theme) for one in spec]
    return DARK.get(spec, spec) if isinstance(spec, str) else spec
