"""The connection: what a client may take its time for, and how much it may say.

uvicorn waits for ever for the rest of a header or of a body, reads a header of any length, takes a
trailer for one, and hangs up on whoever closes the half that it sends by.
"""

import asyncio
from functools import partial
from time import perf_counter
from typing import Any, ClassVar

import httptools
from fastapi import FastAPI, Response
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    RequestResponseCycle,
)

from app.api.deadlines import CLOSE, Deadlines, Receiving
from app.api.front import Front
from app.api.joined import Joined
from app.api.visits import Found, Headers
from app.errors import HeadersTooLarge, Malformed, Problem, TooLong


class Protocol(Deadlines):
    """One connection; ``protocol`` makes the class that knows the settings."""

    front: ClassVar[Front]
    due: tuple[Found, RequestResponseCycle] | None = None
    heard = trailed = 0
    """Bytes of a header, or since a body last came on; and of the trailers behind a body."""

    # What arrives

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(Joined(transport, self.loop))  # type: ignore[arg-type]
        self._allow(self.settings.header_seconds)

    def data_received(self, data: bytes) -> None:
        if self.refused is not None:
            return
        before = self.receiving
        # Even an empty line starts the clock, or a client could send those for ever.
        self.receiving = before or "header"
        self.spoken = True
        self.heard += len(data)
        self._read(data)
        if not self.transport.is_closing():
            self._keep_time(before)

    def _read(self, data: bytes) -> None:
        # As uvicorn does it, but for a line in the log about each that is not sound.
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # it is answered as if it had not been asked
        except httptools.HttpParserError:
            self.send_400_response("")

    def _keep_time(self, before: Receiving) -> None:
        if self.refused is not None:
            return
        if self.receiving is None:
            self._stop_clock()
        elif self.heard > self.settings.max_header_bytes:
            self.refuse(self._too_much() if self.receiving == "header" else self._trailing())
        elif self._timer is None or self.receiving != before:
            self._allow(self._seconds())

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.receiving, self.begun = "header", perf_counter()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.receiving != "body":
            super().on_header(name, value)
            return
        # A trailer: whatever it says, it comes too late to be a header (RFC 9110, 6.5.1).
        self.trailed += len(name) + len(value) + 4
        if self.trailed > self.settings.max_header_bytes:
            self.refused = self._trailing()
            raise ValueError  # stops the parser

    def on_headers_complete(self) -> None:
        self.refused = self._wrong()
        if self.refused is not None:
            path = self.url.partition(b"?")[0].decode("latin-1")
            method = self.parser.get_method().decode()
            self.scope["method"], self.scope["path"] = method, path  # to be written of
            raise ValueError  # stops the parser, which then has send_400_response called
        super().on_headers_complete()
        self.receiving, self.heard, self.trailed = "body", 0, 0

    def on_body(self, body: bytes) -> None:
        self.heard = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self.trailed and not self.parser.should_keep_alive():
            self.cycle.keep_alive = False  # the parser believes a trailer, and reads no further
        super().on_message_complete()
        self.receiving, self.heard = None, 0
        self._stop_clock()
        if self.cycle.response_complete:
            self._rest()
        if self.due is not None:
            (found, cycle), self.due = self.due, None
            by_task = partial(super()._start_asgi_task, cycle, self.app)
            done = partial(self._say, cycle)
            self.front.visit(found, cycle.scope, bytes(cycle.body), done, by_task).begin()

    def _wrong(self) -> Problem | None:
        """What the parser lets pass, and should not."""
        size, hosts = len(self.url), 0
        for name, value in self.headers:
            size += len(name) + len(value) + 4
            hosts += name == b"host"
        if size > self.settings.max_header_bytes:
            return self._too_much()
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            return Malformed("Send one Host header.")
        return None

    def _too_much(self) -> Problem:
        in_the_url = len(self.url) > self.settings.max_header_bytes / 2
        return TooLong("The address is too long.") if in_the_url else HeadersTooLarge()

    def _trailing(self) -> Problem:
        """Behind a body, or between its chunks, there is next to nothing to be said."""
        return HeadersTooLarge("The trailers are too large: send none.")

    def _should_upgrade_to_ws(self) -> bool:
        return False  # the upgraded connection would know none of these limits

    # What needs no task

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        if self.refused is not None and cycle is self.cycle and self.receiving == "body":
            self._end_with(cycle, self.refused)  # those before it are answered
            return
        # What waited behind another request has come whole; and who takes nothing in has to wait.
        plain = app is self.app and cycle.more_body and not self.flow.write_paused
        found = self.front.found(cycle.scope) if plain else None
        if found is None:
            super()._start_asgi_task(cycle, app)
        else:
            self.due = found, cycle  # until it has come whole

    def _say(self, cycle: RequestResponseCycle, answer: Response, beside: Headers) -> None:
        """All of an answer in one go, and what this caller is told beside it."""
        if cycle.disconnected or self.transport.is_closing():
            return
        cycle.response_started = cycle.response_complete = True
        headers = [*answer.raw_headers, *beside, *([] if cycle.keep_alive else [CLOSE])]
        self.transport.write(self._headed(STATUS_LINE[answer.status_code], headers, answer.body))
        if not cycle.keep_alive:
            self.transport.close()
        self.on_response_complete()


def protocol(app: FastAPI) -> type[Protocol]:
    """The connection to an application, with its limits: uvicorn's ``http``."""
    state = app.state
    known = {"settings": state.settings, "front": state.front, "log": state.access_log}
    return type("LimitedProtocol", (Protocol,), known)
