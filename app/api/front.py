"""Ahead of the framework, at the connection itself: what needs no task of its own.

Reads of one statement, and creating, are routes of FastAPI like any other: it documents them, and
runs them where a request is not of the plainest form, or takes longer than a moment. One that is
plain is spared the tasks, layers and dependencies on that way, which take ten times as long as the
read. Who may do it and how often, what is counted and which headers are sent is decided by the
same code on both ways.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from app.api.access import Needs
from app.api.body import SMALL
from app.api.guard import served
from app.api.visits import VISITS, Found, Near, Read, Visit, Write
from app.models.field_types import SLUG

ONE = "/{id}"
TELLING = frozenset(
    (
        *(b"transfer-encoding", b"expect", b"upgrade", b"origin"),
        *(b"x-forwarded-for", b"x-forwarded-proto", b"access-control-request-method"),
    )
)
"""Headers that somebody on the way through the framework has to see."""

LENGTH = b"content-length"


def reads_by(how: Callable[..., Read | None]) -> Callable[[Any], Any]:
    """Say of an endpoint how it reads a request of the plainest form."""
    return _said("GET", how)


def writes_by(how: Callable[..., Write]) -> Callable[[Any], Any]:
    """Say of an endpoint what it writes, of a request of the plainest form with its body."""
    return _said("POST", how)


def _said(method: str, how: Callable[..., Any]) -> Callable[[Any], Any]:
    def said(endpoint: Any) -> Any:
        endpoint.near = method, how
        return endpoint

    return said


def near(prefix: str, route: BaseRoute) -> Iterable[tuple[str, Near]]:
    """What is to be known of a route to run it here, if it says how; and its method."""
    if isinstance(route, APIRoute) and hasattr(route.endpoint, "near"):
        method, how = route.endpoint.near
        (needs,) = (
            one.dependency for one in route.dependencies if isinstance(one.dependency, Needs)
        )
        yield method, Near(prefix + route.path, route, needs, how)


class Front:
    """What a connection does for itself."""

    def __init__(self, app: FastAPI, routes: Iterable[BaseRoute], prefix: str = ""):
        self.app = app
        self.hosts = app.state.settings.hosts
        self.routes = {
            (method, one.path): one for route in routes for method, one in near(prefix, route)
        }
        self.slug = re.compile(SLUG)

    def found(self, scope: Any) -> Found | None:
        """What this is, where a request is of the plainest form."""
        method, path = scope["method"], scope["path"]
        near = self.routes.get((method, path))
        ids: tuple[str, ...] = ()
        if near is None:
            above, _, last = path.rpartition("/")
            near, ids = self.routes.get((method, above + ONE)), (last,)
            if near is None or not self.slug.fullmatch(last):
                return None
        headers = dict(scope["headers"])
        if not TELLING.isdisjoint(headers) or not served(self.hosts, scope):
            return None
        length = headers.get(LENGTH)
        if method == "GET":
            return Found(near, ids) if length is None else None
        return Found(near, ids) if length is not None and int(length) <= SMALL else None

    def visit(self, found: Found, scope: Any, *given: Any) -> Visit:
        """The request as a visit: with its body, and who is told of its end."""
        return VISITS[scope["method"]](self.app, scope, found, *given)
