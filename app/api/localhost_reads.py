"""Pages on this machine may read: CORS for `http://localhost` and `http://127.0.0.1`, any port."""

import re
from typing import Any

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

ORIGIN = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?")


class LocalhostReads:
    """Answers pages of those origins, who may only read; all others are answered as without it.

    What such a page is told of methods holds for requests with a preflight, as every write is: the
    browser then sends none.
    """

    def __init__(self, app: ASGIApp, /, **cors: Any):
        self.app = app
        reading = {**cors, "allow_methods": ["GET", "HEAD"]}
        self.reads = CORSMiddleware(app, allow_origin_regex=ORIGIN.pattern, **reading)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = Headers(scope=scope).get("origin", "") if scope["type"] == "http" else ""
        chosen = self.reads if ORIGIN.fullmatch(origin) else self.app
        await chosen(scope, receive, send)
