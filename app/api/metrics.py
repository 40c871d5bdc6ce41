"""Prometheus metrics at /metrics: what this server has done, and how it is.

Labels hold only names of ours: templates of routes, never an address that somebody sent. Workers of
one server keep their figures in files that each of them reads (the multiprocess mode of
prometheus_client): whichever is asked tells the sum, and what a worker counted outlives it.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from functools import cache
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
    multiprocess,
    values,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.types import Scope

from app.api.access import MayRead
from app.api.dependencies import database
from app.db import Database
from app.db.database import BOUNDS
from app.errors import Problem
from app.store import change_feed

router = APIRouter(include_in_schema=False)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
LABELS = ("method", "route")
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where prometheus_client looks for the folder of the files."""
PUBLISHED_S = 1.0
"""How old a figure of another worker may be that is not written as it changes."""
COUNTERS = {
    "answers_kept": "Answers given again, nothing having been written.",
    "writes_refused": "Writes whose turn never came.",
}
GAUGES = {
    "requests_under_way": "This one too.",
    "writes_under_way": "At work or waiting.",
    "readers_most": "Connections for reading that there may be.",
    "readers_busy": "Those in use.",
    "readers_waiting": "Reads that wait for one.",
}
disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """What is counted; ``shared`` with the processes that are forked after it was made."""

    def __init__(self, shared: bool = False) -> None:
        self.folder = _shared_files() if shared else None
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
        self.gauges = {name: self._gauge(name, about) for name, about in GAUGES.items()}
        self.totals = {
            name: Counter(f"sayso_{name}", about, registry=self.registry)
            for name, about in COUNTERS.items()
        }
        self.published = dict.fromkeys(COUNTERS, 0)

    def _gauge(self, name: str, about: str) -> Gauge:
        """Its sum is told, over those workers that live."""
        return Gauge(f"sayso_{name}", about, registry=self.registry, multiprocess_mode="livesum")

    def begun(self) -> float:
        """A request has come; answers with the time."""
        self.under_way += 1
        return perf_counter()

    def ended(self, scope: Scope, status: int, begun: float) -> None:
        """It is answered; status 0: nobody was there any more to be told."""
        self.under_way -= 1
        method = scope["method"] if scope["method"] in METHODS else "other"
        answers, seconds = self._counters(method, _template(scope), status // 100)
        answers.inc()
        seconds.observe(perf_counter() - begun)

    def _labelled(self, method: str, route: str, kind: int) -> tuple[Counter, Histogram]:
        """The counters of one kind of request: looking them up costs more than counting."""
        status = f"{kind}xx" if kind else "gone"
        return self.answers.labels(method, route, status), self.seconds.labels(method, route)

    def publish(self, state: Any) -> None:
        """Bring up to date what is counted elsewhere in this process."""
        db, use = state.db, state.db.use()
        now = {"answers_kept": state.response_cache.hits, "writes_refused": db.refused}
        for name, total in now.items():
            self.totals[name].inc(total - self.published[name])
        self.published = now
        found = self.under_way, db.writes, use.most, use.busy, use.waiting
        for name, value in zip(GAUGES, found, strict=True):
            self.gauges[name].set(value)

    @asynccontextmanager
    async def publishing(self, state: Any) -> AsyncIterator[None]:
        """Meanwhile, what other workers tell of this one is never older than a second."""
        task = asyncio.create_task(self._publishing(state)) if self.folder else None
        try:
            yield
        finally:
            self.publish(state)
            if task is not None:
                task.cancel()

    async def _publishing(self, state: Any) -> None:
        while True:
            self.publish(state)
            await asyncio.sleep(PUBLISHED_S)

    def latest(self, database: Collector) -> bytes:
        """All of it, as Prometheus reads it."""
        asked, counted = CollectorRegistry(), self.registry
        asked.register(database)
        if self.folder is not None:
            counted = CollectorRegistry()
            multiprocess.MultiProcessCollector(counted, self.folder)  # type: ignore[no-untyped-call]
        return b"".join(map(exposition.generate_latest, (counted, asked)))

    def worker_ended(self, pid: int) -> None:
        """Of a worker that is no more, what it has done is told, and no longer how it is."""
        if self.folder is not None:
            multiprocess.mark_process_dead(pid, self.folder)  # type: ignore[no-untyped-call]

    def remove_files(self) -> None:
        """At the end of the last worker."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def _shared_files() -> str:
    """A folder for the values of all metrics made from now on, and where they go."""
    folder = os.environ[FOLDER] = tempfile.mkdtemp(prefix="sayso-metrics-")
    values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]
    return folder


def _template(scope: Scope) -> str:
    """The route's path with its parameters unfilled; a router does not know what it is under."""
    path: str = getattr(scope.get("route"), "path", None) or "none"
    below = scope["path"].startswith("/v1/") and path != "none"
    return f"/v1{path}" if below and not path.startswith("/v1/") else path


class DatabaseCollector(Collector):
    """What the database counts and is, at the time of asking."""

    def __init__(self, db: Database, seq: int | None, alone: bool):
        self.db, self.seq, self.alone = db, seq, alone

    def collect(self) -> Iterator[Metric]:
        """Each figure with its name and what it says."""
        if self.alone:  # else the waits of all workers are in the files
            yield from self.db.waits.collect()
        yield GaugeMetricFamily("sayso_database_up", "1: it answers.", int(self.seq is not None))
        if self.seq is not None:
            yield GaugeMetricFamily("sayso_log_sequence", "The newest change.", self.seq)


@router.get("/metrics", dependencies=[MayRead])
async def metrics(request: Request) -> Response:
    state: Any = request.app.state
    counted: Metrics = state.metrics
    counted.publish(state)
    seq = await _sequence(database(request))
    found = DatabaseCollector(state.db, seq, alone=counted.folder is None)
    return Response(counted.latest(found), media_type=exposition.CONTENT_TYPE_LATEST)


async def _sequence(db: Database) -> int | None:
    """The newest line of the log; None where the database does not answer."""
    with suppress(Problem):
        return await change_feed.newest(db)
    return None
