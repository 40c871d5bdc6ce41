"""/metrics: what this process has done and how it is, for Prometheus.

A request costs a look into a dictionary and two additions: all of it happens on the event loop, so
nothing is locked; the library writes it down, in its format, once it is asked for. Labels hold only
names of ours: templates of routes, never an address that somebody sent.
"""

from collections.abc import Iterator
from itertools import accumulate
from time import perf_counter
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, exposition
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from starlette.types import Scope

from app.api.access import MayRead
from app.api.dependencies import database
from app.db import Database
from app.db.waits import BOUNDS, Waits
from app.errors import Problem
from app.store import change_feed

router = APIRouter(include_in_schema=False)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
LABELS = ("method", "route")
Cells = dict[tuple[str, str], Waits]


class Metrics:
    """What is counted of requests."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str, int], int] = {}
        self.seconds: Cells = {}
        self.under_way = 0

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
        counted = (method, route, status // 100)
        self.answers[counted] = self.answers.get(counted, 0) + 1
        if (cell := self.seconds.get((method, route))) is None:
            cell = self.seconds[method, route] = Waits()
        cell.add(perf_counter() - begun)


def _template(scope: Scope) -> str:
    """The route's path with its parameters unfilled; a router does not know what it is under."""
    path: str = getattr(scope.get("route"), "path", None) or "none"
    below = scope["path"].startswith("/v1/") and path != "none"
    return f"/v1{path}" if below and not path.startswith("/v1/") else path


class Report:
    """One look at everything, as the library takes it."""

    def __init__(self, state: Any, seq: int | None):
        self.metrics: Metrics = state.metrics
        self.db: Database = state.db
        self.hits, self.seq = state.response_cache.hits, seq

    def collect(self) -> Iterator[Metric]:
        """Each figure with its name and what it says."""
        yield from self._requests()
        yield from self._database()
        for name, value in self.db.use()._asdict().items():
            yield GaugeMetricFamily(f"sayso_readers_{name}", SAID[name], value=value)

    def _requests(self) -> Iterator[Metric]:
        answers = CounterMetricFamily(
            "sayso_requests", "Requests answered.", labels=[*LABELS, "status"]
        )
        for (method, route, kind), number in self.metrics.answers.items():
            answers.add_metric([method, route, f"{kind}xx" if kind else "gone"], number)
        yield answers
        took = HistogramMetricFamily(
            "sayso_request_seconds", "From the head of a request to the end of its answer.",
            labels=LABELS,
        )  # fmt: skip
        for labels, cell in self.metrics.seconds.items():
            took.add_metric(labels, *told(cell))
        yield took
        yield CounterMetricFamily(
            "sayso_answers_kept", "Answers given again, nothing having been written.", self.hits
        )
        under_way = self.metrics.under_way
        yield GaugeMetricFamily("sayso_requests_under_way", "This one too.", value=under_way)

    def _database(self) -> Iterator[Metric]:
        waits = HistogramMetricFamily(
            "sayso_write_wait_seconds", "How long writes waited for their turn."
        )
        waits.add_metric([], *told(self.db.waits))
        yield waits
        refused = CounterMetricFamily("sayso_writes_refused", "Writes whose turn never came.")
        refused.add_metric([], self.db.refused)
        yield refused
        writes = self.db.writes
        yield GaugeMetricFamily("sayso_writes_under_way", "At work or waiting.", value=writes)
        up = int(self.seq is not None)
        yield GaugeMetricFamily("sayso_database_up", "1: it answers.", value=up)
        if self.seq is not None:
            yield GaugeMetricFamily("sayso_log_sequence", "The newest change.", value=self.seq)


SAID = {
    "most": "Connections for reading that there may be.",
    "busy": "Those in use.",
    "waiting": "Reads that wait for one.",
}


def told(cell: Waits) -> tuple[list[tuple[str, float]], float]:
    """A histogram's buckets, each with all below it, and its sum."""
    names = [*map(str, BOUNDS), "+Inf"]
    return list(zip(names, accumulate(cell.buckets), strict=True)), cell.sum


@router.get("/metrics", dependencies=[MayRead])
async def metrics(request: Request) -> Response:
    db = database(request)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Report(request.app.state, await _sequence(db)))
    return Response(exposition.generate_latest(registry), media_type=exposition.CONTENT_TYPE_LATEST)


async def _sequence(db: Database) -> int | None:
    """The newest line of the log; None where the database does not answer."""
    try:
        return await change_feed.newest(db)
    except Problem:
        return None
