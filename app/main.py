"""The application: the only place where things are put together."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.api import claims, health, lexicon, openapi, problem, quantities, transfer
from app.api.guard import Guard
from app.api.resources import reading, writing
from app.config import Settings, settings
from app.db import Database
from app.models import RESOURCES
from app.store import schema

VERSION = "0.1.0"


def create_app(chosen: Settings | None = None) -> FastAPI:
    """Sayso over one database."""
    chosen = chosen or settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with Database(chosen).serving() as db:
            app.state.db = db
            yield

    app = FastAPI(
        title="Sayso",
        version=VERSION,
        description=openapi.DESCRIPTION,
        openapi_tags=openapi.TAGS,
        license_info={"name": "MIT", "identifier": "MIT"},
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.settings = chosen
    app.state.expected_revision = schema.expected(chosen)
    for name in RESOURCES:
        app.include_router(reading(name), prefix="/v1")
        app.include_router(writing(name), prefix="/v1")
    for router in (claims.router, quantities.router, lexicon.router, transfer.router):
        app.include_router(router, prefix="/v1")
    health.install(app)
    problem.install(app)
    openapi.install(app)
    app.add_middleware(Guard)
    logging.getLogger("sayso").addHandler(logging.StreamHandler())
    return app
