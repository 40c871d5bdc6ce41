"""Middleware of every request: HEAD as GET without a body, headers, metrics, safe ends."""

import asyncio
import errno
import re

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import problem
from app.api.access_log import HEALTH, AccessLog, request_id
from app.api.metrics import Metrics
from app.api.rate_limit import rate_limit_headers
from app.errors import Malformed, Problem, StorageFull, Unavailable

SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        # blob: is how /docs shows a picture that it was answered with.
        b"img-src 'self' data: blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
]
Headers = list[tuple[bytes, bytes]]
PORT = re.compile(r":\d*$")
FULL = (errno.ENOSPC, errno.EDQUOT)


class RequestMiddleware:
    """Headers, metrics and a line in the log for each request, which ends well in any case.

    Pure ASGI, for a middleware made of requests costs ten times as much.
    """

    def __init__(
        self,
        app: ASGIApp,
        metrics: Metrics,
        access_log: AccessLog,
        hosts: frozenset[str] = frozenset(),
    ):
        self.app, self.metrics, self.hosts = app, metrics, hosts
        self.access_log = access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        head, started, status, size = scope["method"] == "HEAD", False, 500, 0

        async def sending(message: Message) -> None:
            nonlocal started, status, size
            if message["type"] == "http.response.start":
                started, status = True, message["status"]
                quota = rate_limit_headers(scope["state"], status)
                message["headers"] = headers = [*message["headers"], *quota]
                _secure(headers)
            elif head:
                message["body"] = b""
            size += len(message.get("body", b""))
            await send(message)

        scope = {**scope, "method": "GET"} if head else scope
        scope.setdefault("state", {})["inner"] = self.app  # which a page asks in its turn
        begun = self.metrics.begun()
        try:
            await (self.app if served(self.hosts, scope) else _elsewhere)(scope, receive, sending)
        except ClientDisconnect:
            status = status if started else 0  # nobody is there to be told
        except RuntimeError as error:
            # The framework on a problem behind the head: uvicorn cuts what is not whole.
            if not (started and isinstance(error.__cause__, Problem)):
                raise
        except (asyncio.CancelledError, OSError) as error:
            ended = _ended(error)
            if ended is None or started:
                raise
            await problem.answer(ended, request_id(scope))(scope, receive, sending)
        finally:
            self.metrics.ended(scope, status, begun)
            self.access_log.answered(scope, status, begun, size, "HEAD" if head else None)


def _secure(headers: Headers) -> None:
    """Add each of the safe headers that the answer does not have of its own."""
    own = dict(headers)
    for header in SECURITY_HEADERS:
        if header[0] not in own:
            headers.append(header)


def served(hosts: frozenset[str], scope: Scope) -> bool:
    """Whether the Host is one of ours; those who ask after our health may use an address."""
    if not hosts or scope["path"] in HEALTH:
        return True
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return PORT.sub("", host.decode("latin-1").lower()) in hosts


async def _elsewhere(scope: Scope, receive: Receive, send: Send) -> None:
    refused = problem.answer(Malformed("This Host is not served here."), request_id(scope))
    await refused(scope, receive, send)


def _ended(error: BaseException) -> Problem | None:
    """What a caller is told of an end that no endpoint foresaw."""
    if isinstance(error, asyncio.CancelledError):
        return Unavailable("The server is stopping.", retry_after=5)
    full = isinstance(error, OSError) and error.errno in FULL
    return StorageFull() if full else None
