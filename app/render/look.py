"""How every picture of ours looks: type, colours, and what a text takes up."""

import re
import unicodedata
from typing import Any

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
FONTS = '"Helvetica Neue", Arial, "Liberation Sans", "DejaVu Sans", sans-serif'
"""For most texts; ``picture.py`` has the fonts of those in other scripts."""
INK, SOFT, FAINT, PAPER = "#222222", "#5f5f5f", "#dddddd", "#ffffff"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#aa3377", "#8c6d00", "#3b9bd9", "#111111")
"""Okabe and Ito's and Tol's, told apart by the colour-blind, and dark enough on white."""
SHAPES = (
    "circle", "square", "diamond", "triangle-up", "cross", "triangle-down", "triangle-right",
    "M0,-1L.95,-.31L.59,.81L-.59,.81L-.95,-.31Z",
)  # fmt: skip
"""As many as have no common divisor with the colours: 56 pairs before one comes again."""
SIZE = 12
_UNSEEN = re.compile("[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]+")
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NARROW, _WIDE = frozenset("ijlt.,:;|!'fIr()[]“”‘’· "), frozenset("mwMW@%&—")


def shown(text: str, most: int = 60) -> str:
    """A text of somebody else's on one line: no controls, nothing that turns its neighbours."""
    flat = " ".join(_TURNS.sub("", _UNSEEN.sub(" ", text)).split())
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + "…"


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
    return shown(names.get(id, ""), most) or id


def config() -> dict[str, Any]:
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
