"""Access log: one line a request, on whichever way it was answered.

A line has the path without its query, and the id of the key without the key. Refusals cost their
sender nothing, so that a flood of them is summed up: of each status some lines a minute, and then
one line that counts the others.
"""

import asyncio
import logging
import secrets
from time import perf_counter
from typing import Any

from starlette.types import Scope

from app.rules import api_keys

log = logging.getLogger("sayso.access")
PERIOD = 60.0
"""Seconds that refusals are counted for."""
SHOWN = 10
"""Lines for refusals of one status in that time."""
CLIENT_GONE = 499
"""What is written where nobody was there any more to be told: nginx has made it usual."""
LONGEST = 1000
HEALTH = ("/healthz", "/readyz", "/metrics")


def request_id(scope: Scope) -> str:
    """The id of a request, made once."""
    state = scope["state"]
    if "request_id" not in state:
        state["request_id"] = secrets.token_urlsafe(12)
    found: str = state["request_id"]
    return found


def fields(scope: Scope, **became: Any) -> dict[str, Any]:
    """What is written of a request, and what became of it."""
    path = api_keys.redacted(scope["path"])[:LONGEST]
    known = {"method": scope["method"], "path": path, **became, "request_id": request_id(scope)}
    if caller := scope["state"].get("caller"):
        known["key"] = caller
    if client := scope.get("client"):
        known["client"] = client[0]
    return known


class AccessLog:
    """What one application writes; all of it happens on its event loop."""

    def __init__(self) -> None:
        self.refused: dict[int, int] = {}
        self.timer: asyncio.TimerHandle | None = None

    def answered(
        self, scope: Scope, status: int, begun: float, size: int, method: str | None = None
    ) -> None:
        """A request is over; a connection that has refused it has written that already."""
        state, level = scope["state"], _level(scope, status)
        if "logged" in state:
            return
        state["logged"] = True
        if not log.isEnabledFor(level):
            return
        status = status or CLIENT_GONE
        if _is_refusal(status, state) and self._is_one_too_many(status):
            return
        known = fields(scope, status=status, duration_ms=_since(begun), bytes=size)
        if method is not None:
            known["method"] = method
        _write(level, "request", known)

    def refused_by_connection(
        self, scope: Scope | None, status: int, id: str, size: int, begun: float | None
    ) -> None:
        """What the connection itself refused, as far as it was understood."""
        if not log.isEnabledFor(logging.INFO) or self._is_one_too_many(status):
            return
        became: dict[str, Any] = {"status": status, "bytes": size}
        if begun is not None:
            became["duration_ms"] = _since(begun)
        if scope is None or "method" not in scope:
            _write(logging.INFO, "request", {**became, "request_id": id})
        else:
            _write(logging.INFO, "request", fields(scope, **became))

    def _is_one_too_many(self, status: int) -> bool:
        if self.timer is None:
            self.timer = asyncio.get_running_loop().call_later(PERIOD, self.sum_up)
        seen = self.refused[status] = self.refused.get(status, 0) + 1
        return seen > SHOWN

    def sum_up(self) -> None:
        """One line for all that had none of their own; at the end of each period, and of all."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        unseen = {str(status): n - SHOWN for status, n in self.refused.items() if n > SHOWN}
        self.refused.clear()
        if unseen:
            known = {"requests": sum(unseen.values()), "by_status": unseen, "seconds": PERIOD}
            _write(logging.INFO, "more requests were refused", known)


def _is_refusal(status: int, state: dict[str, Any]) -> bool:
    """Does it cost its sender nothing? What a key's holder does wrong, they may want to read."""
    return status in (429, 503) or (400 <= status < 500 and not state.get("caller"))


def _level(scope: Scope, status: int) -> int:
    if status >= 500:
        return logging.WARNING if status == 503 else logging.ERROR
    # Those who ask every few seconds whether we are well are not written about while we are.
    return logging.DEBUG if status < 400 and scope["path"] in HEALTH else logging.INFO


def _since(begun: float) -> float:
    return round((perf_counter() - begun) * 1000, 2)


def _write(level: int, message: str, known: dict[str, Any]) -> None:
    # Without looking for the line of code that it comes from, which is always this one.
    record = logging.LogRecord(log.name, level, __file__, 0, message, None, None)
    record.fields = known
    log.handle(record)
