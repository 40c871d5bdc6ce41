"""Ahead of the framework: the reads that are asked most, found in a dictionary and run directly.

They are routes of FastAPI like any other: it documents them, and runs them where a request is
unusual. One of the usual form is spared its routing and its dependencies, which take ten times as
long as the read; the scope that the route declares is asked for here too.
"""

import re
from collections.abc import Iterable

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api import problem
from app.api.access import Needs
from app.errors import Problem
from app.models.base import SLUG

ONE = "/{id}"


class Near(APIRoute):
    """A read whose endpoint takes the request and what is in the path, and depends on no more."""

    def needs(self) -> Needs:
        """What the route declares to need."""
        (found,) = (
            one.dependency for one in self.dependencies if isinstance(one.dependency, Needs)
        )
        return found


class Front:
    """Runs near routes whose path is fixed, or ends in an id; all else is the framework's."""

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute], prefix: str = ""):
        self.app = app
        near = [route for route in routes if isinstance(route, Near)]
        self.routes = {prefix + route.path: (route, route.needs()) for route in near}
        # A path that is sent is never one of ours with its braces.
        self.fixed = {path: route for path, route in self.routes.items() if "{" not in path}
        self.slug = re.compile(SLUG)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._found(scope)
        if found is None:
            await self.app(scope, receive, send)
            return
        (scope["route"], needs), id = found
        request = Request(scope, receive, send)
        try:
            await needs(request)
            answer = await scope["route"].endpoint(request, *id)
        except Problem as error:
            answer = await problem.on_problem(request, error)
        await answer(scope, receive, send)

    def _found(self, scope: Scope) -> tuple[tuple[Near, Needs], tuple[str, ...]] | None:
        if scope["type"] != "http" or scope["method"] != "GET":
            return None
        if route := self.fixed.get(scope["path"]):
            return route, ()
        above, _, id = scope["path"].rpartition("/")
        route = self.routes.get(above + ONE)
        return (route, (id,)) if route and self.slug.fullmatch(id) else None
