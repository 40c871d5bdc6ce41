"""Rate limits: so many requests a minute for each key, and for each address without one.

Each process counts for itself: behind a balancer the limits are those of one replica.
"""

import math
import time
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any

from starlette.types import Scope

from app.config import Settings
from app.errors import TooManyRequests

MAX_CALLERS = 50_000
"""Callers remembered; the one that has been quiet for longest is forgotten first."""


@dataclass(slots=True)
class Bucket:
    """What is left of one caller's minute; it fills up steadily."""

    kind: str
    quota: int
    left: float
    at: float

    def refill(self) -> None:
        """What has come in since it was last looked at."""
        now = time.monotonic()
        self.left = min(self.quota, self.left + (now - self.at) * self.quota / 60)
        self.at = now

    def seconds(self, wanted: float) -> int:
        """How long until so much is in it."""
        return max(0, math.ceil((wanted - self.left) * 60 / self.quota))


class RateLimiter:
    """The buckets of this process."""

    def __init__(self, settings: Settings):
        self.quotas = {
            "key": settings.rate_per_minute,
            "address": settings.anonymous_rate_per_minute,
        }
        self.buckets: dict[tuple[str, str], Bucket] = {}

    def charge(self, scope: Scope, key: str | None) -> None:
        """Take one request from the bucket of a key, or else of an address, unless one was taken.

        Raises ``TooManyRequests`` if it is empty.
        """
        kind = "address" if key is None else "key"
        quota = self.quotas[kind]
        if not quota or "bucket" in scope["state"]:
            return
        who = address(scope) if key is None else key
        new = Bucket(kind, quota, quota, time.monotonic())
        bucket = self.buckets[kind, who] = self.buckets.pop((kind, who), new)
        if len(self.buckets) > MAX_CALLERS:
            del self.buckets[next(iter(self.buckets))]
        bucket.refill()
        scope["state"]["bucket"] = bucket
        if bucket.left < 1:
            raise TooManyRequests(f"At most {quota} a minute.", retry_after=bucket.seconds(1) or 1)
        bucket.left -= 1


def address(scope: Scope) -> str:
    """Where a request comes from; of IPv6 the network, for a host has many addresses in it."""
    return _network(scope["client"][0] if scope.get("client") else "")


@lru_cache(maxsize=MAX_CALLERS)
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
        bucket.left = min(bucket.quota, bucket.left + 1)
    policy = f'"{bucket.kind}";q={bucket.quota};w=60'
    reset = bucket.seconds(bucket.quota)
    told = f'"{bucket.kind}";r={math.floor(bucket.left)};t={reset}'
    return [(b"ratelimit-policy", policy.encode()), (b"ratelimit", told.encode())]
