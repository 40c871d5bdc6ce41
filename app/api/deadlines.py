"""How long a connection may take, and how it ends.

Each deadline is absolute, so that a byte now and then does not keep a connection alive. The clock
stops while we are the ones who make the other wait: a handler may take as long as it needs.
"""

import asyncio
import secrets
from typing import Any, ClassVar, Literal

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.api import problem
from app.api.access_log import AccessLog, request_id
from app.api.guard import SAFE
from app.config import Settings
from app.errors import Malformed, Problem, RequestTimeout

Receiving = Literal["header", "body"] | None
IMPORTS = b"/v1/imports"
CLOSE = (b"connection", b"close")
LINGER = 2.0
"""Seconds in which what nobody wants is still read: a reset would take the answer back."""
DRAIN = 10.0
"""Seconds that a half-sent body has to arrive in once the server is told to stop."""


class Deadlines(HttpToolsProtocol):
    """A connection that ends."""

    settings: ClassVar[Settings]
    log: ClassVar[AccessLog]
    begun: float | None = None
    """When the head of this request began to arrive."""
    receiving: Receiving = "header"
    refused: Problem | None = None
    spoken = False
    ended = False
    _timer: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None

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
        elif self.receiving is not None:
            self._unset_keepalive_if_required()
            self._allow(LINGER if unread else self._seconds())

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
            self.cycle.keep_alive = False
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
        self._timer = self.loop.call_later(LINGER, self.transport.close)

    def _written(self, why: Problem, scope: Any) -> bytes:
        if scope is not None and "logged" in scope["state"]:
            scope = None  # that of a request before, which is answered
        id = secrets.token_urlsafe(12) if scope is None else request_id(scope)
        answer = problem.answer(why, id)
        if scope is not None:
            scope["state"]["logged"] = True
        size, begun = len(answer.body), None if scope is None else self.begun
        self.log.refused_by_connection(scope, why.status, id, size, begun)
        first = b"HTTP/1.1 %d %s\r\n" % (why.status, why.title.encode())
        return self._headed(first, [*answer.raw_headers, CLOSE], answer.body)

    def shutdown(self) -> None:
        super().shutdown()
        if self.refused is not None:
            return  # it ends anyway, and soon
        if self.receiving == "body" and not self.transport.is_closing():
            self._allow(min(DRAIN, self._seconds()))

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_clock()
        if self._stalled is not None:
            self._stalled.cancel()
        super().connection_lost(exc)

    def _headed(
        self, first: bytes, headers: list[tuple[bytes, bytes]], body: bytes | memoryview
    ) -> bytes:
        """An answer as it is sent."""
        lines = [b"%b: %b\r\n" % one for one in [*self.server_state.default_headers, *headers]]
        return b"".join([first, *lines, SAFE, b"\r\n", body])
