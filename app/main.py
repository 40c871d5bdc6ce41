"""The application: the only place where things are put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from anyio import CapacityLimiter
from fastapi import APIRouter, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute

from app import __version__
from app.api import (
    analysis,
    changes,
    charts,
    citations,
    claims,
    corroboration,
    description,
    diff,
    event_stream,
    health,
    keys,
    lexicon,
    mappings,
    metrics,
    problem,
    quantities,
    reconciliation,
    search,
    transfer,
)
from app.api.access import Keyring
from app.api.access_log import AccessLog
from app.api.event_stream import OpenStreams
from app.api.fast_path import FastPath, fast_routes
from app.api.key_cookie import KeyCookie
from app.api.localhost_reads import LocalhostReads, ReconciliationReads
from app.api.middleware import RequestMiddleware
from app.api.rate_limit import RateLimiter
from app.api.renderer import Renderer
from app.api.resources import reading
from app.api.response_cache import CacheMiddleware, ResponseCache
from app.api.writes import writing
from app.config import Settings, settings
from app.db import Database
from app.models import RESOURCES
from app.pages import guide, site
from app.pages.cached_pages import CachedPages
from app.store.group_commit import GroupCommitQueue

IMPORTS = 2
"""Imports at work at one time; others wait with their bodies in files, and hold no thread."""
LARGE_BODIES = 2
"""Large bodies that are read at one time: more would share the same processor with requests."""

CORS: dict[str, Any] = {
    "allow_methods": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    "allow_headers": [
        "Authorization",
        "Content-Type",
        "If-Match",
        "If-None-Match",
        "Idempotency-Key",
    ],
    "expose_headers": [
        "ETag",
        "Link",
        "Location",
        "Retry-After",
        "RateLimit",
        "RateLimit-Policy",
        "Sayso-Rows",
        "Sayso-As-Of",
    ],
}


@cache
def routers() -> list[APIRouter]:
    """What answers below /v1."""
    made = [make(name) for name in RESOURCES for make in (reading, writing)]
    return made + [
        claims.router, citations.router, diff.router, search.router, changes.router,
        claims.quote_router, quantities.router, analysis.router, changes.atom_router,
        event_stream.router, corroboration.router, charts.router, citations.measure_router,
        lexicon.router, transfer.router, mappings.router, reconciliation.router, keys.router,
    ]  # fmt: skip


@cache
def routes() -> list[BaseRoute]:
    """Their routes, made once in a process: to make them takes far longer than all else."""
    whole = APIRouter(generate_unique_id_function=description.operation_id)
    for router in routers():
        whole.include_router(router, prefix="/v1")
    for route in whole.routes:  # FastAPI would do the most of it later, at a first request
        route.matches({"type": "http", "method": "GET", "path": "/"})
    return whole.routes


def create_app(chosen: Settings | None = None) -> FastAPI:
    """Sayso over one database."""
    chosen = chosen or settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with Database(chosen).serving() as db:
            app.state.db, app.state.write_queue = db, GroupCommitQueue(db)
            app.state.keyring = Keyring(db)
            app.state.importing = CapacityLimiter(IMPORTS)
            app.state.large_bodies = CapacityLimiter(LARGE_BODIES)
            app.state.renderer = Renderer(chosen.picture_seconds)
            try:
                async with app.state.metrics.publishing(app.state):
                    yield
            finally:
                await app.state.renderer.aclose()
                app.state.access_log.sum_up()
            await app.state.keyring.flush()

    app = FastAPI(
        title="Sayso",
        version=__version__,
        description=description.DESCRIPTION,
        openapi_tags=description.TAGS,
        license_info={"name": "MIT", "identifier": "MIT"},
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        routes=list(routes()),
        lifespan=lifespan,
        # FastAPI would look for an exporter at every request; what there is to tell is at /metrics.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.settings = chosen
    app.state.metrics, app.state.access_log = metrics.Metrics(chosen.workers > 1), AccessLog()
    app.state.streams, app.state.draining = OpenStreams(), False
    app.state.rate_limiter = RateLimiter(chosen)
    app.state.response_cache = ResponseCache(chosen.response_cache_bytes)
    app.state.fast_routes = fast_routes(routers(), "/v1")
    app.include_router(metrics.router)
    health.install(app)
    site.install(app)
    guide.install(app)
    problem.install(app)
    description.install(app)
    # From the inside out: what is added last, a request passes first.
    app.add_middleware(FastPath, routes=app.state.fast_routes)
    if chosen.response_cache_bytes:
        app.add_middleware(
            CacheMiddleware, cache=app.state.response_cache, fast=app.state.fast_routes
        )
        app.add_middleware(CachedPages, cache=app.state.response_cache)
    if not chosen.reads_are_open:
        app.add_middleware(KeyCookie)
    if chosen.origins:
        app.add_middleware(CORSMiddleware, allow_origins=chosen.origins, **CORS)
    if chosen.reads_are_open:
        wide = bool(chosen.open_reads)
        app.add_middleware(ReconciliationReads, path="/v1/reconcile/", any_origin=wide, **CORS)
    if chosen.cors_localhost:
        app.add_middleware(LocalhostReads, **CORS)
    app.add_middleware(
        RequestMiddleware,
        metrics=app.state.metrics, access_log=app.state.access_log, hosts=chosen.hosts,
    )  # fmt: skip
    return app
