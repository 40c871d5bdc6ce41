"""FastAPI dependencies: a snapshot, the moment that is asked about, our own address."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from starlette.types import Scope

from app.api import cursor
from app.config import LOOPBACK
from app.db import Database, Reader
from app.errors import Malformed
from app.rules import instants
from app.store.as_of import reached, seen, settle

FORWARDING = frozenset(
    (b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto",
     b"x-forwarded-prefix", b"x-real-ip")
)  # fmt: skip
"""Headers that proxies add; some proxies add none, and speak HTTP/1.0 as nginx does."""
LOOPBACK_HOST = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?")
HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


def database(request: Request) -> Database:
    """The database of this application."""
    found: Database = request.app.state.db
    return found


@asynccontextmanager
async def snapshot(request: Request) -> AsyncIterator[Reader]:
    """One moment of the database, which holds the moment that is asked about.

    It looks for itself: a connection may be to a replica that lags behind what was seen on another.
    """
    async with database(request).snapshot() as reader:
        await reached(reader, getattr(request.state, "moment", None))
        yield reader


async def _throughout(request: Request) -> AsyncIterator[Reader]:
    async with snapshot(request) as reader:
        yield reader


async def settle_moment(request: Request) -> None:
    """Before anything is read, make a moment that is asked for final."""
    for name, value in parse_qsl(request.scope["query_string"].decode("latin-1")):
        with suppress(ValueError):  # whoever reads the parameter says what is wrong with it
            if name == "as_of":
                request.state.moment = instants.parse(value)
                await settle(database(request), request.state.moment)
            elif name == "cursor":
                request.state.moment = cursor.moment(value)
                await seen(database(request), request.state.moment)


Settled = Depends(settle_moment)
"""Stands after the right to read: what may cost a write is done for nobody else."""

Snapshot = Annotated[Reader, Depends(_throughout, scope="function")]
"""One moment of the database for the whole of an endpoint."""


def public_url(request: Request) -> str:
    """The address that permalinks start with: the setting, else the Host that was asked."""
    known: str = request.app.state.settings.public_url
    if known:
        return known.rstrip("/")
    host = request.headers.get("host") or ":".join(map(str, request.scope["server"]))
    if not HOST.fullmatch(host):
        raise Malformed("This Host is no address, and the links in the answer would start with it.")
    return f"{request.scope['scheme']}://{host}"


def known_url(request: Request) -> str:
    """The address that this server knows to be its own, without a doubt; else nothing.

    The setting, or that of a direct request on loopback: through a proxy the Host, the scheme and
    the path may all be other ones than the caller's.
    """
    known: str = request.app.state.settings.public_url
    return known.rstrip("/") if known else (direct_url(request.scope) or "")


def direct_url(scope: Scope) -> str | None:
    """The address that was asked, where the caller is on this machine, with no proxy between."""
    hosts = []
    for name, value in scope["headers"]:
        if name in FORWARDING:
            return None
        if name == b"host":
            hosts.append(value.decode("latin-1"))
    near = scope.get("client") and scope["client"][0] in LOOPBACK
    plain = near and scope["scheme"] == "http" and scope["http_version"] != "1.0"
    if not plain or len(hosts) != 1 or not LOOPBACK_HOST.fullmatch(hosts[0]):
        return None
    return f"http://{hosts[0]}"
