"""Who draws: one process of its own, started when the first picture is asked for.

Drawing takes a JavaScript engine: about 100 MB and 0.2 seconds a picture. So it happens outside
the server's process, one picture at a time, within a time limit; when nobody has asked for a
while, the process ends and its memory is free again. Should it break, whoever waits is answered
503, and the next to ask has a new one.
"""

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import anyio
from anyio import to_thread
from fastapi import Request, Response

from app.errors import Unavailable
from app.render import picture

SECONDS = 10.0
"""How long one picture may take, and how long one may wait for its turn."""
IDLE = 60.0
"""After how many seconds without an order the process is ended."""
WAITING = 16
"""How many may wait; more are answered 503 at once."""
RENEWED = 500
"""After how many pictures a new process takes over: what leaks, if anything does, is given back."""
PROGRAM = (sys.executable, "-P", str(Path(picture.__file__)))
SVG, PNG = "image/svg+xml", "image/png"
KEPT = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "FONTCONFIG_PATH", "FONTCONFIG_FILE", "TMPDIR")
"""What the process may know of our environment: nothing that is secret."""


class Pictures:
    """Draws one picture at a time; ``close`` ends the process."""

    def __init__(
        self, seconds: float = SECONDS, idle: float = IDLE, program: tuple[str, ...] = PROGRAM
    ) -> None:
        self.seconds, self.idle, self.program = seconds, idle, program
        self.turn = anyio.CapacityLimiter(1)
        self.waiting = 0
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0
        self._timer: threading.Timer | None = None
        self._closed = False

    async def svg(self, spec: dict[str, Any]) -> bytes:
        """The spec as SVG."""
        return await self._drawn(spec, 0)

    async def png(self, spec: dict[str, Any], scale: float = 2) -> bytes:
        """The spec in pixels."""
        return await self._drawn(spec, scale)

    async def _drawn(self, spec: dict[str, Any], scale: float) -> bytes:
        if self.waiting >= WAITING:
            raise busy()
        order = json.dumps({"spec": spec, "scale": scale}).encode() + b"\n"
        self.waiting += 1
        try:
            with anyio.move_on_after(self.seconds) as patience:
                await self.turn.acquire()
            if patience.cancelled_caught:
                raise busy()
            return await self._in_turn(order)
        finally:
            self.waiting -= 1

    async def _in_turn(self, order: bytes) -> bytes:
        try:
            # Whoever gives up does not stop it half-way: the process is not shared between two.
            with anyio.CancelScope(shield=True):
                found = await to_thread.run_sync(self._ask, order)
        finally:
            self.turn.release()
        if found is None:
            raise Unavailable("The picture could not be drawn in time.", retry_after=5)
        return found

    def _ask(self, order: bytes) -> bytes | None:
        """In a thread: send the order, wait for the picture; None if there is none in time."""
        process = self._started()
        if process is None:
            return None
        late = threading.Timer(self.seconds, process.kill)
        late.start()
        try:
            return self._exchange(process, order)
        except (OSError, EOFError):
            self._end(process)
            return None
        finally:
            late.cancel()
            self._rest()

    def _exchange(self, process: subprocess.Popen[bytes], order: bytes) -> bytes | None:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(order)
        process.stdin.flush()
        made, size = picture.HEAD.unpack(_exactly(process.stdout, picture.HEAD.size))
        content = _exactly(process.stdout, size)
        self._made += 1
        if self._made >= RENEWED:
            self._end(process)
        return content if made else None

    def _started(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if self._process is not None and self._process.poll() is not None:
                self._gone(self._process)
            if self._process is None and not self._closed:
                self._process, self._made = _program(self.program), 0
            return None if self._closed else self._process

    def _rest(self) -> None:
        """From now on nobody draws: if it stays so, the process ends."""
        with self._lock:
            if self._process is not None and not self._closed:
                self._timer = threading.Timer(self.idle, self._idle, [self._process])
                self._timer.daemon = True
                self._timer.start()

    def _idle(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            if self._timer is threading.current_thread():
                self._timer = None
                self._gone(process)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._gone(process)

    def _gone(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                _closed(pipe)
        if self._process is process:
            self._process = None

    def close(self) -> None:
        """End the process; a picture being drawn is lost."""
        with self._lock:
            self._closed = True
            if self._timer is not None:
                self._timer.cancel()
            if self._process is not None:
                self._gone(self._process)


async def svg(request: Request, spec: dict[str, Any]) -> Response:
    """A spec of ours as an answer; its text is text, and it loads nothing."""
    drawn: Pictures = request.app.state.pictures
    return Response(await drawn.svg(spec), media_type=SVG)


async def png(request: Request, spec: dict[str, Any]) -> Response:
    """A spec of ours as an answer, in pixels."""
    drawn: Pictures = request.app.state.pictures
    return Response(await drawn.png(spec), media_type=PNG)


def busy() -> Unavailable:
    """More pictures are asked for than can be drawn."""
    return Unavailable("Too many pictures are being drawn.", retry_after=5)


def _program(program: tuple[str, ...]) -> subprocess.Popen[bytes] | None:
    known = {name: os.environ[name] for name in KEPT if name in os.environ}
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    try:
        return subprocess.Popen(
            program, stdin=pipe, stdout=pipe, stderr=nowhere, env=known | {"TZ": "UTC"}
        )
    except OSError:
        return None  # no memory for another process


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    found = pipe.read(size)
    if len(found) < size:
        raise EOFError
    return found


def _closed(pipe: IO[bytes]) -> None:
    with suppress(OSError):  # what was not yet sent, to a process that is no more
        pipe.close()
