"""The application: the only place where things are put together."""

import asyncio
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
    claims,
    corroboration,
    health,
    keys,
    lexicon,
    metrics,
    openapi,
    problem,
    quantities,
    quotes,
    totals,
    transfer,
)
from app.api.access import Keyring
from app.api.access_log import AccessLog
from app.api.front import Front
from app.api.guard import Guard
from app.api.memory import Memory, Turn
from app.api.rates import Metered, Rates
from app.api.renderer import Renderer
from app.api.resources import reading, writing
from app.config import Settings, settings
from app.db import Database
from app.models import RESOURCES
from app.pages import routes as pages
from app.store.commits import Commits

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
    "expose_headers": ["ETag", "Link", "Location", "Retry-After", "RateLimit", "RateLimit-Policy"],
}


@cache
def routers() -> list[APIRouter]:
    """What answers below /v1."""
    made = [make(name) for name in RESOURCES for make in (reading, writing)]
    modules = (claims, changes, quotes, quantities, analysis, totals, corroboration, charts,
               lexicon, transfer, keys)  # fmt: skip
    return made + [module.router for module in modules]


@cache
def routes() -> list[BaseRoute]:
    """Their routes, made once in a process: to make them takes far longer than all else."""
    whole = APIRouter()
    for router in routers():
        whole.include_router(router, prefix="/v1")
    return whole.routes


def create_app(chosen: Settings | None = None) -> FastAPI:
    """Sayso over one database."""
    chosen = chosen or settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with Database(chosen).serving() as db:
            app.state.db, app.state.commits = db, Commits(db)
            app.state.keyring = Keyring(db)
            soon = asyncio.get_running_loop().call_soon
            app.state.turn = Turn(Memory(chosen.memory_bytes), soon, db)
            app.state.importing = CapacityLimiter(IMPORTS)
            app.state.large_bodies = CapacityLimiter(LARGE_BODIES)
            app.state.renderer = Renderer(chosen.picture_seconds)
            try:
                yield
            finally:
                await app.state.renderer.aclose()
                app.state.access_log.sum_up()
            await app.state.keyring.settled()

    app = FastAPI(
        title="Sayso",
        version=__version__,
        description=openapi.DESCRIPTION,
        openapi_tags=openapi.TAGS,
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
    app.state.metrics, app.state.access_log = metrics.Metrics(), AccessLog()
    app.state.rates = Rates(chosen)
    app.include_router(metrics.router)
    health.install(app)
    pages.install(app)
    problem.install(app)
    openapi.install(app)
    app.state.front = Front(app, [one for router in routers() for one in router.routes], "/v1")
    app.add_middleware(Metered)
    if chosen.origins:
        app.add_middleware(CORSMiddleware, allow_origins=chosen.origins, **CORS)
    told = {"metrics": app.state.metrics, "access_log": app.state.access_log}
    app.add_middleware(Guard, **told, hosts=chosen.hosts)
    return app
