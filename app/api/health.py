"""/healthz, /readyz, and the pages for people: /, /docs, /problems/{code}."""

from html import escape
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.staticfiles import StaticFiles

from app.api import reply
from app.api.dependencies import database
from app.api.problem import codes
from app.db import Database
from app.errors import Damaged, NotFound, Unavailable
from app.rules import sqlite_versions
from app.store import schema
from app.store.snapshot import sqlite_version

router = APIRouter(include_in_schema=False)
STATIC = Path(__file__).parents[1] / "static"


@router.get("/healthz")
async def alive() -> Response:
    """The process answers."""
    return reply.value({"status": "ok"})


@router.get("/readyz")
async def ready(request: Request) -> Response:
    """The database answers, and has a shape that this code can live with."""
    db = database(request)
    if request.app.state.draining:
        raise Unavailable("The server is stopping.", (), 5)
    present, fault = await db.health()
    if (wrong := schema.misfit(present)) is not None:
        raise Unavailable(wrong, retry_after=5)
    if fault is not None:
        raise Damaged(fault)
    told = {"status": "ready", "database": db.dialect, "revision": present and present.number}
    return reply.value({**told, **_sqlite(db)})


def _sqlite(db: Database) -> dict[str, object]:
    version = sqlite_version(db)
    if version is None:
        return {}
    return {"sqlite": {"version": version, "wal_reset_bug": sqlite_versions.affected(version)}}


@router.get("/docs")
async def docs() -> Response:
    """The API browser; everything it needs comes from here."""
    return FileResponse(STATIC / "docs.html")


@router.get("/problems/{code}")
async def problem(code: str) -> Response:
    """What a problem's code means."""
    kind = codes().get(code)
    if kind is None:
        raise NotFound("There is no such kind of problem.")
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{kind.code}</title>'
        f'<link rel="stylesheet" href="/static/page.css"><h1>{escape(kind.title)}</h1>'
        f"<p><code>{kind.code}</code>, HTTP status {kind.status}</p>"
        f"<p>{escape((kind.__doc__ or '').strip())}</p>"
    )


def install(app: FastAPI) -> None:
    """These routes, and the files they need."""
    app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
