"""From a Vega-Lite spec of ours to a picture, in a process of its own.

The renderer is a JavaScript engine of some 100 MB, so it never runs where requests are answered:
``app/api/pictures.py`` starts this file as a program, sends it one spec a line on its input, and
reads each picture, or the lack of one, from its output. It ends when its input does. It is run by
its path, so that it imports nothing of ours and stands on nobody's import path.
"""

import json
import struct
import sys
from typing import Any, BinaryIO

VEGA_LITE = "5.21"
"""The version that draws; specs name the version 5 that it belongs to."""
HEAD = struct.Struct(">?I")
"""Before each picture: whether it is one, and of how many bytes."""


def svg(spec: dict[str, Any]) -> bytes:
    """The drawing, its text as text."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(spec, VEGA_LITE, allowed_base_urls=[])).encode()


def png(spec: dict[str, Any], scale: float) -> bytes:
    """The drawing in pixels, ``scale`` to each of its units."""
    import vl_convert

    return bytes(vl_convert.vegalite_to_png(spec, VEGA_LITE, scale=scale, allowed_base_urls=[]))


def serve(orders: BinaryIO, pictures: BinaryIO) -> None:
    """One picture for each line, until there are no more lines."""
    for line in orders:
        order = json.loads(line)
        try:
            spec, scale = order["spec"], order["scale"]
            made, content = True, png(spec, scale) if scale else svg(spec)
        except ValueError:
            made, content = False, b""
        pictures.write(HEAD.pack(made, len(content)) + content)
        pictures.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
