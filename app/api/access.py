"""Who may do what: each route declares the scope it needs, and the key sent must have it."""

import asyncio
import hashlib
import time
from math import inf
from typing import Any, cast

from anyio import to_thread
from fastapi import Request, Security
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase

from app.db import Database
from app.errors import Forbidden, Unauthorized
from app.models.key import Scope
from app.rules import api_keys
from app.store import key_lookup
from app.store.key_lookup import StoredKey

KEY_CACHE_TTL_S = 0.5
"""How long a key is remembered, so that a revoked one is refused within one second."""

MAX_KNOWN_KEYS = 10_000
SEND = "Send a key that is valid: `Authorization: Bearer sayso_…`."


class Keyring:
    """The keys that were sent lately, by a hash: when the database was asked, and what it said."""

    def __init__(self, db: Database):
        self.db = db
        self.known: dict[bytes, tuple[float, StoredKey | None]] = {}
        self.noted: set[tuple[str, int]] = set()
        self.tasks: set[asyncio.Task[None]] = set()

    async def holder(self, token: str) -> StoredKey | None:
        """The key, if it is one; a mistyped one is told without asking the database."""
        mark, began = hashlib.sha256(token.encode()).digest(), time.monotonic()
        at, key = self.known.get(mark, (-inf, None))
        if began - at >= KEY_CACHE_TTL_S:
            if (parts := api_keys.parse_key(token)) is None:
                return None
            key = await key_lookup.holder(self.db, self.db.settings, parts)
            self._remember(mark, began, key)
        return key if key is not None and key.live() else None

    def _remember(self, mark: bytes, began: float, key: StoredKey | None) -> None:
        if len(self.known) >= MAX_KNOWN_KEYS:
            self.known.clear()
        self.known[mark] = (began, key)
        day = key_lookup.now() // key_lookup.DAY
        if key and key.live() and key.last_used_day != day and (key.id, day) not in self.noted:
            self.noted.add((key.id, day))
            task = asyncio.create_task(self._note(key.id, day))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def _note(self, id: str, day: int) -> None:
        """The day of last use, written beside the request and not within it."""
        try:
            await to_thread.run_sync(key_lookup.used, self.db, id, day)
        except Exception:
            # The database is busy, full or away: no request depends on this, and a later one tries.
            self.noted.discard((id, day))

    def forget(self) -> None:
        """Ask the database again about every key."""
        self.known.clear()

    async def flush(self) -> None:
        """Wait until nothing is left to be written."""
        await asyncio.gather(*self.tasks)


def keyring(request: Request) -> Keyring:
    """The keyring of this application."""
    return cast(Keyring, request.app.state.keyring)


def sent(request: Request) -> str | None:
    """The key in the Authorization header; raises where there is something else in it."""
    headers = [value for name, value in request.scope["headers"] if name == b"authorization"]
    if not headers:
        return None
    scheme, _, token = headers[0].decode("latin-1").partition(" ")
    if len(headers) > 1 or scheme.lower() != "bearer":
        raise Unauthorized(SEND)
    return str(token.strip())


async def identified(request: Request) -> StoredKey | None:
    """The key of a request; None where it has none; raises where it has one that is not taken."""
    token = sent(request)
    if token is None:
        return None
    key = await keyring(request).holder(token)
    if key is None:
        raise Unauthorized(SEND)
    return key


def administers(request: Request) -> bool:
    """Whether whoever was let in may see what is told of keys."""
    key: StoredKey | None = request.state.key
    return key is not None and key.opens("admin")


class RequireScope(SecurityBase):
    """Dependency on the scope that a key must have; OpenAPI tells it too."""

    def __init__(self, scope: Scope):
        self.scope: Scope = scope
        self.model = HTTPBearer(bearerFormat="sayso_…", description="`sayso keys create` makes one")
        self.scheme_name = "key"

    async def __call__(self, request: Request) -> None:
        state: Any = request.app.state
        try:
            key = await identified(request)
        except Unauthorized:
            state.rate_limiter.charge(request.scope, None)
            raise
        request.scope["state"].update(key=key, caller="" if key is None else key.id)
        state.rate_limiter.charge(request.scope, None if key is None else key.id)
        if key is None:
            if self.scope == "read" and state.settings.reads_are_open:
                return
            raise Unauthorized(SEND)
        if not key.opens(self.scope):
            raise Forbidden(f"This needs a key with the scope `{self.scope}`.")


may_read = RequireScope("read")
MayRead = Security(may_read, scopes=["read"])
MayWrite = Security(RequireScope("write"), scopes=["write"])
MayImport = Security(RequireScope("import"), scopes=["import"])
MayAdminister = Security(RequireScope("admin"), scopes=["admin"])
