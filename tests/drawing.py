"""One process that draws for all servers of a test run: to start one takes as long as ten pictures.

It is the renderer of the product, on a loop of its own. How a renderer starts and ends is told in
`tests/render/test_picture.py`; servers that are processes have one of their own.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from functools import cache
from typing import Any

from app.api.renderer import Renderer
from tests.patience import NEVER


@cache
def _shared() -> tuple[Renderer, asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return Renderer(NEVER, idle_s=10 * NEVER), loop


async def _drawn(way: Callable[..., Coroutine[Any, Any, bytes]], spec: dict[str, Any]) -> bytes:
    renderer, loop = _shared()
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(way(renderer, spec), loop))


class SharedRenderer:
    """A server's way to it."""

    async def svg(self, spec: dict[str, Any]) -> bytes:
        return await _drawn(Renderer.svg, spec)

    async def png(self, spec: dict[str, Any]) -> bytes:
        return await _drawn(Renderer.png, spec)

    async def aclose(self) -> None:
        """The next server draws with it."""
