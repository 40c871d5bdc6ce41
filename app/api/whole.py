"""An answer that is whole goes out at once: one system call, where uvicorn makes two.

What is out of the ordinary (a stream, HEAD, a client that does not read) is left to uvicorn.
"""

from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

NO_BODY = (204, 304)
OURS = frozenset({b"connection", b"transfer-encoding"})


class Whole:
    """One request: its start is kept until its body is there."""

    __slots__ = ("app", "cycle", "send", "start")

    def __init__(self, app: ASGIApp, cycle: RequestResponseCycle):
        self.app, self.cycle = app, cycle
        self.start: Message | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.send = send
        await self.app(scope, receive, self.sent)

    async def sent(self, message: Message) -> None:
        """Keep the start of an answer; send it with the body."""
        start = self.start
        if start is None and message["type"] == "http.response.start":
            self.start = message
            return
        if start is not None and not self.cycle.response_started:
            if not message.get("more_body") and (head := self._head(start, message)) is not None:
                self._write(head + message.get("body", b""))
                return
            await self.send(start)
        await self.send(message)

    def _head(self, start: Message, message: Message) -> bytes | None:
        """The head of an ordinary answer; None where uvicorn should look at it."""
        cycle, status = self.cycle, start["status"]
        if cycle.disconnected or cycle.flow.write_paused or cycle.scope["method"] == "HEAD":
            return None
        length, lines = b"0" if status in NO_BODY else None, [STATUS_LINE[status]]
        for name, value in (*cycle.default_headers, *start["headers"]):
            if name == b"content-length":
                length = value
            elif name in OURS:
                return None
            lines.append(b"%b: %b\r\n" % (name, value))
        lines.append(b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n")
        head = b"".join(lines)
        ends = len(lines) + (not cycle.keep_alive)
        clean = head.count(b"\n") == head.count(b"\r") == ends and b"\0" not in head
        return head if clean and length == b"%d" % len(message.get("body", b"")) else None

    def _write(self, whole: bytes) -> None:
        cycle: Any = self.cycle
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        cycle.transport.write(whole)
        cycle.message_event.set()
        if not cycle.keep_alive:
            cycle.transport.close()
        cycle.on_response()
