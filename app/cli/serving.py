"""The server: how uvicorn serves us, and how it stops, which takes a bounded time."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from socket import socket
from types import FrameType
from typing import Any, NoReturn

import uvicorn

from app.api.connection_limits import limited_connection
from app.cli import log
from app.config import Settings
from app.main import create_app

SHUTDOWN_TIMEOUT_S = 25
"""Seconds that requests have to end in: less than the 30 that containers are given."""


class Server(uvicorn.Server):
    """Says where it listens once it does, and that it is not ready before it stops to listen."""

    def __init__(self, chosen: Settings, announce: Callable[[str], None]):
        self.chosen, self.app, self.announce = chosen, create_app(chosen), announce
        super().__init__(configuration(chosen, self.app))

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        # The port that was got, where 0 asked for any.
        port = self.servers[0].sockets[0].getsockname()[1]
        host = f"[{self.chosen.host}]" if ":" in self.chosen.host else self.chosen.host
        self.announce(f"http://{host}:{port}")

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.app.state.draining = True
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: object = None) -> None:
        # Whoever spreads the requests asks /readyz, and needs a moment; a person does not.
        if signal.SIGTERM in self._captured_signals:
            await asyncio.sleep(self.chosen.drain_seconds)
        await super().shutdown()


def configuration(chosen: Settings, app: Any) -> uvicorn.Config:
    """How uvicorn serves us."""
    return uvicorn.Config(
        app,
        host=chosen.host,
        port=chosen.port,
        http=limited_connection(app),
        ws="none",
        server_header=False,
        proxy_headers=bool(chosen.proxy),
        forwarded_allow_ips=chosen.proxy or None,
        access_log=False,  # we have one of our own
        log_config=None,
        log_level="info" if chosen.log_level == "debug" else "warning",
        timeout_keep_alive=5,
        timeout_graceful_shutdown=SHUTDOWN_TIMEOUT_S,
    )


def run(chosen: Settings, announce: Callable[[str], None]) -> NoReturn:
    """Serve until told to stop; ``announce`` is given the address once requests are taken."""
    code: object = 0
    output = log.configure(chosen)
    server = Server(chosen, announce)
    try:
        server.run()
    except (SystemExit, KeyboardInterrupt) as stopped:
        # uvicorn repeats the signal once it has stopped as it should.
        code = 0 if server.started else getattr(stopped, "code", 130)
    output.stop()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    # An import that is still at work in a thread would hold us; the database undoes what it did.
    os._exit(code if isinstance(code, int) else 1)
