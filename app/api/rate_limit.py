"""Rate limits: so many requests a minute for each key, and for each address without one.

The worker processes of one server count together, in memory that they share; several servers behind
a balancer each count for themselves. (Token bucket: it fills up steadily, to a minute's worth.)
"""

import fcntl
import hashlib
import math
import os
import struct
import time
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network
from mmap import mmap
from tempfile import TemporaryFile
from typing import Any

from starlette.types import Scope

from app.config import Settings
from app.errors import TooManyRequests

SETS, WAYS = 8192, 16
"""The table of callers: each has its place in one set of so many; where that is full, the one that
has been quiet for longest is forgotten."""
MAX_CALLERS = SETS * WAYS
RECORD = struct.Struct("<16sdd")
"""Of a caller: who, by a hash; what is left of its minute; and when that was so."""
SET_BYTES = WAYS * RECORD.size
AT = 24
"""Where in a record its time is."""


class BucketTable:
    """The buckets of all callers, which processes that were forked after it was made share."""

    def __init__(self, shared: bool):
        self.records = mmap(-1, SETS * SET_BYTES)
        # Nobody who chooses addresses can choose whose place they take.
        self.secret = os.urandom(16)
        # Locks of a file end with the process that holds them, however it ends.
        self.locks = TemporaryFile() if shared else None  # noqa: SIM115  # as long as we live
        self.mark = lru_cache(maxsize=10_000)(self._mark)

    def _mark(self, kind: str, who: str) -> bytes:
        return hashlib.blake2b(f"{kind} {who}".encode(), digest_size=16, key=self.secret).digest()

    def take(self, mark: bytes, quota: int, tokens: int) -> float:
        """Take so many from a bucket, if they are in it; says what is left, or is short (< 0)."""
        place = int.from_bytes(mark[:4], "little") % SETS
        if self.locks is not None:
            fcntl.lockf(self.locks, fcntl.LOCK_EX, 1, place)
        try:
            return self._taken(mark, place, quota, tokens)
        finally:
            if self.locks is not None:
                fcntl.lockf(self.locks, fcntl.LOCK_UN, 1, place)

    def _taken(self, mark: bytes, place: int, quota: int, tokens: int) -> float:
        now, start = time.monotonic(), place * SET_BYTES
        at = self.records.find(mark, start, start + SET_BYTES)
        left = float(quota)
        if at < 0:
            at = self._quietest(start)
        else:
            _, had, then = RECORD.unpack_from(self.records, at)
            left = min(left, had + (now - then) * quota / 60)
        after = min(float(quota), left - tokens)
        RECORD.pack_into(self.records, at, mark, after if after >= 0 else left, now)
        return after

    def _quietest(self, start: int) -> int:
        places = range(start, start + SET_BYTES, RECORD.size)
        return min(places, key=lambda at: struct.unpack_from("<d", self.records, at + AT))


@dataclass(slots=True)
class Bucket:
    """The bucket that a request was taken from, and what was left in it then."""

    kind: str
    quota: int
    mark: bytes
    table: BucketTable
    left: float = 0.0

    def take(self, tokens: int) -> bool:
        """Take some, or give them back; False where they are not in it."""
        after = self.table.take(self.mark, self.quota, tokens)
        self.left = after if after >= 0 else after + tokens
        return after >= 0

    def seconds(self, wanted: float) -> int:
        """How long until so much is in it."""
        return max(0, math.ceil((wanted - self.left) * 60 / self.quota))


class RateLimiter:
    """The limits of this server."""

    def __init__(self, settings: Settings):
        self.quotas = {
            "key": settings.rate_per_minute,
            "address": settings.anonymous_rate_per_minute,
        }
        self.table = BucketTable(shared=settings.workers > 1)

    def charge(self, scope: Scope, key: str | None) -> None:
        """Take one request from the bucket of a key, or else of an address, unless one was taken.

        Raises ``TooManyRequests`` if it is empty.
        """
        kind = "address" if key is None else "key"
        quota = self.quotas[kind]
        if not quota or "bucket" in scope["state"]:
            return
        mark = self.table.mark(kind, address(scope) if key is None else key)
        bucket = scope["state"]["bucket"] = Bucket(kind, quota, mark, self.table)
        if not bucket.take(1):
            raise TooManyRequests(f"At most {quota} a minute.", retry_after=bucket.seconds(1) or 1)


def address(scope: Scope) -> str:
    """Where a request comes from; of IPv6 the network, for a host has many addresses in it."""
    return _network(scope["client"][0] if scope.get("client") else "")


@lru_cache(maxsize=50_000)
def _network(host: str) -> str:
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if found.version == 4:
        return str(found)
    mapped = found.ipv4_mapped
    return str(mapped or ip_network((found, 64), strict=False))


def rate_limit_headers(state: dict[str, Any], status: int) -> list[tuple[bytes, bytes]]:
    """What a caller is told of the bucket that was charged, if one was.

    An answer that nothing has changed (304) costs nothing.
    """
    bucket: Bucket | None = state.get("bucket")
    if bucket is None:
        return []
    if status == 304:
        bucket.take(-1)
    policy = f'"{bucket.kind}";q={bucket.quota};w=60'
    reset = bucket.seconds(bucket.quota)
    told = f'"{bucket.kind}";r={math.floor(bucket.left)};t={reset}'
    return [(b"ratelimit-policy", policy.encode()), (b"ratelimit", told.encode())]
