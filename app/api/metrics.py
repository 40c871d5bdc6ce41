"""Prometheus metrics at /metrics: what this process has done, and how it is.

Labels hold only names of ours: templates of routes, never an address that somebody sent.
"""

from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from time import perf_counter
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    exposition,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.types import Scope

from app.api.access import MayRead
from app.api.dependencies import database
from app.db import Database
from app.db.waits import BOUNDS
from app.errors import Problem
from app.store import change_feed

router = APIRouter(include_in_schema=False)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
LABELS = ("method", "route")
disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """What is counted of requests."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.answers = Counter(
            "sayso_requests", "Requests answered.", [*LABELS, "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "sayso_request_seconds", "From the head of a request to the end of its answer.",
            LABELS, registry=self.registry, buckets=BOUNDS,
        )  # fmt: skip
        self._counters = cache(self._labelled)
        self.under_way = 0
        under_way = Gauge("sayso_requests_under_way", "This one too.", registry=self.registry)
        under_way.set_function(lambda: self.under_way)

    def begun(self) -> float:
        """A request has come; answers with the time."""
        self.under_way += 1
        return perf_counter()

    def ended(self, scope: Scope, status: int, begun: float) -> None:
        """It is answered; status 0: nobody was there any more to be told."""
        self.under_way -= 1
        method = scope["method"] if scope["method"] in METHODS else "other"
        self.count(method, _template(scope), status, begun)

    def count(self, method: str, route: str, status: int, begun: float) -> None:
        """One more of its kind."""
        answers, seconds = self._counters(method, route, status // 100)
        answers.inc()
        seconds.observe(perf_counter() - begun)

    def _labelled(self, method: str, route: str, kind: int) -> tuple[Counter, Histogram]:
        """The counters of one kind of request: looking them up costs more than counting."""
        status = f"{kind}xx" if kind else "gone"
        return self.answers.labels(method, route, status), self.seconds.labels(method, route)


def _template(scope: Scope) -> str:
    """The route's path with its parameters unfilled; a router does not know what it is under."""
    path: str = getattr(scope.get("route"), "path", None) or "none"
    below = scope["path"].startswith("/v1/") and path != "none"
    return f"/v1{path}" if below and not path.startswith("/v1/") else path


class DatabaseCollector(Collector):
    """What the database counts and is, at the time of asking."""

    def __init__(self, db: Database, seq: int | None, kept: int):
        self.db, self.seq, self.kept = db, seq, kept

    def collect(self) -> Iterator[Metric]:
        """Each figure with its name and what it says."""
        said = "Answers given again, nothing having been written."
        yield CounterMetricFamily("sayso_answers_kept", said, self.kept)
        refused = self.db.refused
        yield CounterMetricFamily("sayso_writes_refused", "Writes whose turn never came.", refused)
        yield HistogramMetricFamily(
            "sayso_write_wait_seconds", "How long writes waited for their turn.",
            buckets=_cumulative(self.db.waits.buckets), sum_value=self.db.waits.sum,
        )  # fmt: skip
        for name, about, value in self._gauges():
            yield GaugeMetricFamily(f"sayso_{name}", about, value)

    def _gauges(self) -> Iterator[tuple[str, str, int]]:
        use = self.db.use()
        yield "writes_under_way", "At work or waiting.", self.db.writes
        yield "readers_most", "Connections for reading that there may be.", use.most
        yield "readers_busy", "Those in use.", use.busy
        yield "readers_waiting", "Reads that wait for one.", use.waiting
        yield "database_up", "1: it answers.", int(self.seq is not None)
        if self.seq is not None:
            yield "log_sequence", "The newest change.", self.seq


def _cumulative(buckets: list[int]) -> list[tuple[str, float]]:
    """A histogram's buckets, each with all below it."""
    return list(zip([*map(str, BOUNDS), "+Inf"], accumulate(buckets), strict=True))


@router.get("/metrics", dependencies=[MayRead])
async def metrics(request: Request) -> Response:
    state: Any = request.app.state
    found = CollectorRegistry()
    kept = state.response_cache.hits
    found.register(DatabaseCollector(state.db, await _sequence(database(request)), kept))
    both = [exposition.generate_latest(one) for one in (state.metrics.registry, found)]
    return Response(b"".join(both), media_type=exposition.CONTENT_TYPE_LATEST)


async def _sequence(db: Database) -> int | None:
    """The newest line of the log; None where the database does not answer."""
    try:
        return await change_feed.newest(db)
    except Problem:
        return None
