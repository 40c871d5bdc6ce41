"""Response cache, validated by the hash of the log's head before each use.

Every write moves the head, in the transaction of what it writes, and the head's hash stands for all
that was ever written. So a response is valid for as long as the head is where it was, whichever
replica writes; the database is asked for it once for all requests of a turn of the event loop.
"""

import asyncio
from functools import partial
from typing import Any, NamedTuple

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import problem
from app.api.access import may_read
from app.api.access_log import request_id
from app.api.dependencies import Settled, direct_url
from app.api.fast_path import Routes
from app.api.reply import RawResponse
from app.db import Database
from app.errors import Problem
from app.store.as_of import log_hash

OVERHEAD = 1000
"""Bytes that a response takes in memory, apart from its body."""

MAX_ASKED = 20_000
"""Questions that are remembered as asked before, each as a number."""

VARY = frozenset((b"accept", b"host", b"if-none-match"))
CacheKey = tuple[Any, ...]


def cache_key(scope: Scope) -> CacheKey:
    """All that a response depends on, apart from what the database has."""
    sent = [header for header in scope["headers"] if header[0] in VARY]
    direct = direct_url(scope) is not None  # else the next page has no host in its address
    return scope["path"], scope["query_string"], scope["scheme"], direct, *sent


class CachedResponse(NamedTuple):
    """A response, and the route that it is counted under."""

    route: Any
    response: Response


class ResponseCache:
    """Responses by key, all of one head of the log; the oldest go first."""

    def __init__(self, max_bytes: int):
        self.max_bytes, self.size, self.hits = max_bytes, 0, 0
        self.head: bytes | None = None
        self.entries: dict[CacheKey, CachedResponse] = {}
        self.waiting: list[asyncio.Future[bytes | None]] = []
        self.asked: set[int] = set()

    def is_new(self, key: CacheKey) -> bool:
        """Whether this is asked for the first time: the doorkeeper of a cache (TinyLFU, 2017).

        What nobody asks again would only cost a look at the log, and others their place.
        """
        mark = hash(key)
        if mark in self.asked:
            return False
        if len(self.asked) >= MAX_ASKED:
            self.asked.clear()
        self.asked.add(mark)
        return True

    async def validate(self, db: Database) -> bytes | None:
        """The head of the log, read after this was called; what is of another one is dropped."""
        loop = asyncio.get_running_loop()
        if not self.waiting:
            loop.call_soon(self._ask, db)
        answer: asyncio.Future[bytes | None] = loop.create_future()
        self.waiting.append(answer)
        return await answer

    def _ask(self, db: Database) -> None:
        waiting, self.waiting = self.waiting, []
        db.query_nowait(log_hash).add_done_callback(partial(self._validated, waiting))

    def _validated(
        self, waiting: list[asyncio.Future[bytes | None]], rows: asyncio.Future[Any]
    ) -> None:
        found = None if rows.cancelled() else rows.result()
        self.set_head(found[0][0] if found else None)
        for answer in waiting:
            if not answer.done():  # whoever asked may have gone
                answer.set_result(self.head)

    def set_head(self, head: bytes | None) -> None:
        """Drop what is not of this head; None: the database does not say."""
        if head is None or head != self.head:
            self.entries.clear()
            self.size = 0
        self.head = head

    def get(self, key: CacheKey) -> CachedResponse | None:
        """The response to this, which counts as a hit."""
        found = self.entries.get(key)
        self.hits += found is not None
        return found

    def keep(self, key: CacheKey, head: bytes | None, entry: CachedResponse) -> None:
        """Keep what was worked out after the log had this head, unless it has moved since."""
        size = len(entry.response.body) + OVERHEAD
        if head is None or head != self.head or key in self.entries or size > self.max_bytes:
            return
        self.entries[key] = entry
        self.size += size
        while self.size > self.max_bytes:
            oldest = self.entries.pop(next(iter(self.entries)))
            self.size -= len(oldest.response.body) + OVERHEAD


class CacheMiddleware:
    """Answers from the cache; what is not there is recorded on its way out.

    Of the fast routes, what takes hardly more than to ask for the log's head passes by: one row
    that is looked up by its id, and a page of a list that is asked for the first time.
    """

    def __init__(self, app: ASGIApp, cache: ResponseCache, fast: Routes):
        self.app, self.cache, self.fast = app, cache, fast

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = self._key(scope)
        if key is None:
            await self.app(scope, receive, send)
            return
        try:
            if key in self.cache.entries:  # who may not read is told nothing of it
                scope["route"] = self.cache.entries[key].route
                await may_read(Request(scope))
            head = await self.cache.validate(scope["app"].state.db)
        except Problem as refused:
            await problem.answer(refused, request_id(scope))(scope, receive, send)
            return
        found = self.cache.get(key)
        if found is None:
            await self._record(key, head, scope, receive, send)
        else:
            await found.response(scope, receive, send)

    def _key(self, scope: Scope) -> CacheKey | None:
        """What the response is held under; None where it passes by."""
        if scope["type"] != "http" or scope["method"] != "GET":
            return None
        path = scope["path"]
        if not path.startswith("/v1/") or ("GET", path.rpartition("/")[0], True) in self.fast:
            return None
        key = cache_key(scope)
        return None if ("GET", path, False) in self.fast and self.cache.is_new(key) else key

    async def _record(
        self, key: CacheKey, head: bytes | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        messages: list[Message] = []

        async def recording(message: Message) -> None:
            if len(messages) < 3:  # a response that has more is a stream, and is not kept
                messages.append({**message})
            if len(messages) == 2 and not message.get("more_body"):
                self._keep(key, head, scope, *messages)  # before the client can ask again
            await send(message)

        await self.app(scope, receive, recording)

    def _keep(
        self, key: CacheKey, head: bytes | None, scope: Scope, start: Message, body: Message
    ) -> None:
        if start["status"] < 400 and _is_cacheable(scope.get("route")):
            response = RawResponse(start["status"], body["body"], start["headers"])
            self.cache.keep(key, head, CachedResponse(scope["route"], response))


def _is_cacheable(route: Any) -> bool:
    """Is it answered from the database as of a moment, and from what is in the key?"""
    return isinstance(route, APIRoute) and Settled in route.dependencies
