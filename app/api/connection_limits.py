"""Connection limits: what a client may take its time for, and how much it may say.

uvicorn waits for ever for the rest of a header or of a body, reads a header of any length, takes a
trailer for one, and hangs up on whoever closes the half that it sends by. Each deadline here is
absolute, so that a byte now and then does not keep a connection alive. The clock stops while we are
the ones who make the other wait: a handler may take as long as it needs.
"""

import asyncio
import secrets
from time import perf_counter
from typing import Any, ClassVar, Literal

import httptools
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.api import problem
from app.api.access_log import AccessLog, request_id
from app.api.middleware import SECURITY_HEADERS
from app.config import Settings
from app.errors import HeadersTooLarge, Malformed, Problem, RequestTimeout, TooLong

Receiving = Literal["header", "body"] | None
IMPORTS = b"/v1/imports"
LINGER_TIMEOUT_S = 2.0
"""In which what nobody wants is still read: a reset would take the answer back."""
DRAIN_TIMEOUT_S = 10.0
"""That a half-sent body has to arrive in once the server is told to stop."""


class LimitedConnection(HttpToolsProtocol):
    """One connection that ends; ``limited_connection`` makes the class that knows the settings."""

    settings: ClassVar[Settings]
    log: ClassVar[AccessLog]
    state_of_app: ClassVar[Any]
    begun: float | None = None
    """When the head of this request began to arrive."""
    receiving: Receiving = "header"
    refused: Problem | None = None
    spoken = False
    ended = False
    _timer: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None
    heard = trailed = 0
    """Bytes of a header, or since a body last came on; and of the trailers behind a body."""

    # What arrives

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
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

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        if self.refused is not None and cycle is self.cycle and self.receiving == "body":
            self._end_with(cycle, self.refused)  # those before it are answered
            return
        super()._start_asgi_task(cycle, app)

    # Deadlines

    def _seconds(self) -> float:
        if self.receiving == "header":
            return self.settings.header_seconds
        importing = self.scope["raw_path"] == IMPORTS
        return self.settings.import_seconds if importing else self.settings.body_seconds

    def _allow(self, seconds: float) -> None:
        self._stop_clock()
        self._timer = self.loop.call_later(seconds, self._expire)

    def _stop_clock(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _expire(self) -> None:
        self._timer = None
        if self.pipeline:
            # It is we who do not read on, as long as earlier requests are being answered.
            self._allow(self._seconds())
        elif not self.spoken:
            self.transport.close()
        else:
            self.refuse(RequestTimeout())

    def on_response_complete(self) -> None:
        unread = self.receiving == "body" and not self.pipeline
        super().on_response_complete()
        if self.refused is not None or self.transport.is_closing():
            self._unset_keepalive_if_required()
            self._answer_the_unfinished()
        elif self.receiving is not None:
            self._unset_keepalive_if_required()
            self._allow(LINGER_TIMEOUT_S if unread else self._seconds())

    def _answer_the_unfinished(self) -> None:
        """Whoever closed their half within a request, once those before it are answered."""
        unfinished = self.ended and self.receiving == "header" and not self.pipeline
        if unfinished and self.refused is not None and not self.transport.is_closing():
            self._last_word(self.refused, self.scope)

    def pause_writing(self) -> None:
        """Nobody takes in what we answer: that too has an end."""
        super().pause_writing()
        self._stalled = self.loop.call_later(self.settings.import_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    # How it ends

    def eof_received(self) -> bool:  # type: ignore[override]
        """The other side says no more: what it has asked is still answered, and then it ends."""
        self.ended = True
        if self.spoken and self.receiving is not None and self.refused is None:
            self.refuse(Malformed("The connection ended before the request did."))
        elif self.cycle is None or self.cycle.response_complete or self.cycle.disconnected:
            self.transport.close()
        else:
            self.cycle.keep_alive = False
        return True  # it is we who close

    def _rest(self) -> None:
        """What came whole was answered before it had."""
        if self.cycle.keep_alive:
            seconds, ended = self.timeout_keep_alive, self.timeout_keep_alive_handler
            self.timeout_keep_alive_task = self.loop.call_later(seconds, ended)
        else:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        self.refuse(self.refused or Malformed("This is not HTTP as we know it."))

    def refuse(self, why: Problem) -> None:
        """Say so, unless something else is being said; then close."""
        self.refused = why
        self._stop_clock()
        self._unset_keepalive_if_required()
        if self.cycle is None or (self.receiving != "body" and self.cycle.response_complete):
            self._last_word(why, self.scope)
        elif self.receiving != "body" or self.pipeline:
            # Earlier requests came whole: they are answered, and then it ends.
            self.cycle.keep_alive = self.ended and self.cycle.keep_alive
            self.flow.pause_reading()
        elif self.cycle.response_started:
            self.transport.close()
        else:
            self._end_with(self.cycle, why)

    def _end_with(self, cycle: RequestResponseCycle, why: Problem) -> None:
        """Whoever waits for the rest of this body is told that it will not come."""
        cycle.disconnected = True
        cycle.message_event.set()
        self._last_word(why, cycle.scope)

    def _last_word(self, why: Problem, scope: Any) -> None:
        self.transport.write(self._written(why, scope))
        if self.ended:
            self.transport.close()
            return
        self.transport.write_eof()
        self.flow.resume_reading()
        self._timer = self.loop.call_later(LINGER_TIMEOUT_S, self.transport.close)

    def _written(self, why: Problem, scope: Any) -> bytes:
        if scope is not None and "logged" in scope["state"]:
            scope = None  # that of a request before, which is answered
        id = secrets.token_urlsafe(12) if scope is None else request_id(scope)
        answer = problem.answer(why, id)
        if scope is not None:
            scope["state"]["logged"] = True
        size, begun = len(answer.body), None if scope is None else self.begun
        self.log.refused_by_connection(scope, why.status, id, size, begun)
        headers = [*self.server_state.default_headers, *answer.raw_headers, *SECURITY_HEADERS]
        lines = [b"%b: %b\r\n" % one for one in [*headers, (b"connection", b"close")]]
        first = b"HTTP/1.1 %d %s\r\n" % (why.status, why.title.encode())
        return b"".join([first, *lines, b"\r\n", answer.body])

    def shutdown(self) -> None:
        self.state_of_app.draining = True  # streams end by themselves
        super().shutdown()
        if self.refused is not None:
            return  # it ends anyway, and soon
        if self.receiving == "body" and not self.transport.is_closing():
            self._allow(min(DRAIN_TIMEOUT_S, self._seconds()))

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_clock()
        if self._stalled is not None:
            self._stalled.cancel()
        super().connection_lost(exc)


def limited_connection(app: FastAPI) -> type[LimitedConnection]:
    """The connection to an application, with its limits: uvicorn's ``http``."""
    known = {"settings": app.state.settings, "log": app.state.access_log,
             "state_of_app": app.state}  # fmt: skip
    return type("LimitedConnection", (LimitedConnection,), known)
