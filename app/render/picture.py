"""Renderer of Vega-Lite specs as SVG and PNG, run as a program of its own.

The renderer is a JavaScript engine of some 100 MB, so it never runs where requests are answered:
``app/api/renderer.py`` starts this file, sends it one spec a line on its input, and reads each
picture, or the lack of one, from its output. It ends when its input does. It is run by its path,
so that it imports nothing of ours and stands on nobody's import path.
"""

import json
import re
import struct
import sys
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

VEGA_LITE = "5.21"
"""The version that draws; specs name the version 5 that it belongs to."""
HEAD = struct.Struct(">?I")
"""Before each picture: whether it is one, and of how many bytes."""
SCRIPTS = (
    (
        re.compile("[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"),
        "NanumGothic, 'Nanum Gothic', 'Noto Sans CJK KR', 'Noto Sans KR', 'Apple SD Gothic Neo', "
        "'Malgun Gothic', sans-serif",
    ),
    (re.compile("[\u0530-\u10ff\u1200-\u1dff]"), "'DejaVu Sans', 'Noto Sans', sans-serif"),
)
"""Fonts for texts with such letters. What draws the PNG looks for a letter in one font only, then
in whatever it finds first, be it bold or slanted; so a text names the font that has its letters."""
_TEXT = re.compile(r'(<text [^>]*?font-family=")[^"]*("[^>]*>)(.*?</text>)', re.DOTALL)


def svg(spec: dict[str, Any]) -> str:
    """The drawing, its text as text; nothing is ever fetched for it."""
    import vl_convert

    made = vl_convert.vegalite_to_svg(spec, VEGA_LITE, allowed_base_urls=[])
    return _told(_TEXT.sub(_fitted, made), spec)


def _told(made: str, spec: dict[str, Any]) -> str:
    """With its title and description, for those who hear it."""
    title = spec.get("title", {}).get("text", "")
    title = " ".join(title) if isinstance(title, list) else str(title)
    told = f"<title>{escape(title)}</title><desc>{escape(spec.get('description', ''))}</desc>"
    head, end, rest = made.partition(">")
    return f"{head}{end}{told}{rest}"


def _fitted(text: re.Match[str]) -> str:
    for letters, fonts in SCRIPTS:
        if letters.search(text[3]):
            return f"{text[1]}{fonts}{text[2]}{text[3]}"
    return text[0]


def png(spec: dict[str, Any], scale: float) -> bytes:
    """The drawing in pixels, ``scale`` to each of its units."""
    import vl_convert

    return bytes(vl_convert.svg_to_png(svg(spec), scale=scale))


def serve(orders: BinaryIO, pictures: BinaryIO) -> None:
    """One picture for each line, until there are no more lines."""
    for line in orders:
        order = json.loads(line)
        try:
            spec, scale = order["spec"], order["scale"]
            made, content = True, png(spec, scale) if scale else svg(spec).encode()
        except ValueError:
            made, content = False, b""
        pictures.write(HEAD.pack(made, len(content)) + content)
        pictures.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
