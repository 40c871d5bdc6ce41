"""Chart renderer: one worker process, started for the first picture, ended when nobody asks.

Drawing takes a JavaScript engine: about 100 MB and 0.2 seconds a picture. So it happens outside
the server's process, one picture at a time, within a time limit. Should the worker break, whoever
waits is answered 503, and the next to ask has a new one.
"""

import json
import os
import sys
from asyncio import AbstractEventLoop, TimerHandle, get_running_loop
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

import anyio
from anyio.abc import Process
from anyio.streams.buffered import BufferedByteReceiveStream
from fastapi import Request, Response

from app.errors import Unavailable
from app.render import picture

TIMEOUT_S = 10.0
"""How long one picture may take, and how long one may wait for its turn."""
IDLE_S = 60.0
"""After how many seconds without an order the process is ended."""
QUEUE = 16
"""How many may wait; more are answered 503 at once."""
LIFETIME = 500
"""After how many pictures a new process takes over: what leaks, if anything does, is given back."""
PROGRAM = (sys.executable, "-P", str(Path(picture.__file__)))
SVG, PNG = "image/svg+xml", "image/png"
ENVIRONMENT = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "FONTCONFIG_PATH", "FONTCONFIG_FILE",
               "TMPDIR")  # fmt: skip
"""What the process may know of our environment: nothing that is secret."""
BROKEN = (OSError, anyio.EndOfStream, anyio.IncompleteRead, anyio.BrokenResourceError,
          anyio.ClosedResourceError)  # fmt: skip
"""How a process shows that it is no more, or could not be started."""


class Renderer:
    """Draws one picture at a time; ``aclose`` ends the process."""

    def __init__(
        self, timeout_s: float = TIMEOUT_S, idle_s: float = IDLE_S, program: Any = PROGRAM
    ) -> None:
        self.timeout_s, self.idle_s, self.program = timeout_s, idle_s, program
        self.waiting = 0
        self.process: Process | None = None
        self._limiter = anyio.CapacityLimiter(1)
        self._drawn = 0
        self._idle: TimerHandle | None = None
        self._closed = False

    async def svg(self, spec: dict[str, Any]) -> bytes:
        """The spec as SVG; raises ``Unavailable`` where it is not drawn in time."""
        return await self._in_turn({"spec": spec, "scale": 0})

    async def png(self, spec: dict[str, Any], scale: float = 2) -> bytes:
        """The spec in pixels; raises ``Unavailable`` where it is not drawn in time."""
        return await self._in_turn({"spec": spec, "scale": scale})

    async def _in_turn(self, order: dict[str, Any]) -> bytes:
        if self.waiting >= QUEUE:
            raise busy()
        self.waiting += 1
        try:
            with anyio.move_on_after(self.timeout_s) as wait:
                await self._limiter.acquire()
            if wait.cancelled_caught:
                raise busy()
            try:
                return await self._draw(json.dumps(order).encode() + b"\n")
            finally:
                self._limiter.release()
        finally:
            self.waiting -= 1

    async def _draw(self, order: bytes) -> bytes:
        """Whoever gives up does not stop it half-way: the next would read what is left of it."""
        found = None
        with anyio.move_on_after(self.timeout_s, shield=True), suppress(*BROKEN):
            found = await self._exchange(await self._worker(), order)
        if found is None or self._drawn >= LIFETIME:
            await self._end()
        if not found:
            raise Unavailable("The picture could not be drawn in time.", retry_after=5)
        return found

    async def _exchange(self, process: Process, order: bytes) -> bytes:
        """The picture; empty if the spec cannot be drawn."""
        assert process.stdin is not None
        assert process.stdout is not None
        await process.stdin.send(order)
        output = BufferedByteReceiveStream(process.stdout)
        made, size = picture.HEAD.unpack(await output.receive_exactly(picture.HEAD.size))
        content = await output.receive_exactly(size)
        self._drawn += 1
        self._rest(get_running_loop())
        return content if made else b""

    async def _worker(self) -> Process:
        if self._idle is not None:
            self._idle.cancel()
        if self._closed:
            raise anyio.ClosedResourceError
        if self.process is not None and self.process.returncode is not None:
            await self._end()
        if self.process is None:
            known = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
            known["TZ"], self._drawn = "UTC", 0
            self.process = await anyio.open_process(self.program, env=known, stderr=DEVNULL)
        return self.process

    def _rest(self, loop: AbstractEventLoop) -> None:
        """From now on nobody draws: if it stays so, the process ends."""
        if self.process is not None:
            self._idle = loop.call_later(self.idle_s, self.process.kill)

    async def _end(self) -> None:
        process, self.process = self.process, None
        if self._idle is not None:
            self._idle.cancel()
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            with anyio.CancelScope(shield=True):
                await process.aclose()

    async def aclose(self) -> None:
        """End the process; a picture being drawn is lost."""
        self._closed = True
        await self._end()


async def picture_of(request: Request, spec: dict[str, Any], kind: str = SVG) -> Response:
    """A spec of ours as an answer; the text of an SVG is text, and it loads nothing."""
    renderer: Renderer = request.app.state.renderer
    draw = renderer.png if kind == PNG else renderer.svg
    return Response(await draw(spec), media_type=kind)


def busy() -> Unavailable:
    """More pictures are asked for than can be drawn."""
    return Unavailable("Too many pictures are being drawn.", retry_after=5)
