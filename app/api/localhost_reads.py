"""CORS for reads: of pages on this machine, and, where reads are open to all, of /reconcile by any.

OpenRefine's page asks /reconcile from wherever it runs. That any page may read it is right only
where whoever runs this said that everybody may read: on loopback, a page out there could look
through the names of sources that nobody meant to show.
"""

import re
from typing import Any

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
        sent = scope["headers"] if scope["type"] == "http" else ()
        origin = next((value for name, value in sent if name == b"origin"), b"")
        chosen = self.reads if ORIGIN.fullmatch(origin.decode("latin-1")) else self.app
        await chosen(scope, receive, send)


class ReconciliationReads:
    """Answers pages that read /reconcile: any, or those of this machine; all else as without it."""

    def __init__(self, app: ASGIApp, /, path: str, any_origin: bool, **cors: Any):
        self.app, self.path = app, path
        origins = "https?://.*|null" if any_origin else ORIGIN.pattern
        reading = {**cors, "allow_methods": ["GET", "HEAD", "POST"]}
        self.reads = CORSMiddleware(app, allow_origin_regex=origins, **reading)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and scope["path"].startswith(self.path)
        await (self.reads if asked else self.app)(scope, receive, send)
