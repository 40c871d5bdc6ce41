"""The server: how uvicorn serves us, and how it stops, which takes a bounded time.

With one worker this process serves; with more it starts them (``cli/workers.py``).
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from socket import socket
from types import FrameType
from typing import IO, NoReturn

import uvicorn

from app.api.connection_limits import limited_connection
from app.cli import log
from app.cli.workers import Workers
from app.config import Settings
from app.main import create_app

SHUTDOWN_TIMEOUT_S = 25
"""Seconds that requests have to end in: less than the 30 that containers are given."""


class Server(uvicorn.Server):
    """Says where it listens once it does, and that it is not ready before it stops to listen."""

    def __init__(self, chosen: Settings, announce: Callable[[str], object]):
        self.chosen, self.app, self.announce = chosen, create_app(chosen), announce
        self.parent: int | None = None
        """A pipe that ends when the process does that started this one."""
        configuration = uvicorn.Config(
            self.app,
            host=chosen.host,
            port=chosen.port,
            http=limited_connection(self.app),
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
        super().__init__(configuration)

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.parent is not None:
            asyncio.get_running_loop().add_reader(self.parent, self._orphaned)
        # The port that was got, where 0 asked for any.
        self.announce(address(self.chosen, self.servers[0].sockets[0].getsockname()[1]))

    def _orphaned(self) -> None:
        assert self.parent is not None
        asyncio.get_running_loop().remove_reader(self.parent)
        self.handle_exit(signal.SIGINT, None)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.app.state.draining = True
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: object = None) -> None:
        # Whoever spreads the requests asks /readyz, and needs a moment; a person does not.
        if signal.SIGTERM in self._captured_signals:
            await asyncio.sleep(self.chosen.drain_seconds)
        await super().shutdown()


LOOPBACK_OF = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Where to open what listens on every address: that itself is no address to open."""


def address(chosen: Settings, port: int) -> str:
    """The URL of what listens there; of what listens everywhere, the one on this machine."""
    host = LOOPBACK_OF.get(chosen.host, chosen.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def run(chosen: Settings, announce: Callable[[str], None]) -> NoReturn:
    """Serve until told to stop; ``announce`` is given the address once requests are taken."""
    alone = chosen.workers == 1
    code = served(Server(chosen, announce)) if alone else supervised(chosen, announce)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    # An import that is still at work in a thread would hold us; the database undoes what it did.
    os._exit(code)


def served(
    server: Server, sockets: list[socket] | None = None, turns: IO[bytes] | None = None
) -> int:
    """Serve in this process; answers with its exit status."""
    code: object = 0
    output = log.configure(server.chosen, turns=turns)
    try:
        server.run(sockets)
    except (SystemExit, KeyboardInterrupt) as stopped:
        # uvicorn repeats the signal once it has stopped as it should.
        code = 0 if server.started else getattr(stopped, "code", 130)
    output.stop()
    return code if isinstance(code, int) else 1


def supervised(chosen: Settings, announce: Callable[[str], None]) -> int:
    """Serve in workers, which share the application and the port that are made here."""
    server = Server(chosen, announce)
    bound = server.config.bind_socket()

    def serve(
        sockets: list[socket], parent: int, ready: Callable[[], object], turns: IO[bytes]
    ) -> int:
        server.parent, server.announce = parent, lambda _: ready()
        return served(server, sockets, turns)

    def started() -> None:
        announce(address(chosen, bound.getsockname()[1]))

    stop_s = SHUTDOWN_TIMEOUT_S + chosen.drain_seconds
    metrics = server.app.state.metrics
    try:
        return Workers(chosen, [bound], serve, stop_s).run(started, metrics.worker_ended)
    finally:
        metrics.remove_files()
