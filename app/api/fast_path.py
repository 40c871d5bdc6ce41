"""Fast path: a plain ASGI application ahead of FastAPI, for the routes that are asked most.

Their endpoints need nothing that FastAPI would have to inject, so they are called straight away:
matching every route and solving the dependencies takes several times as long as the read itself.
FastAPI documents these routes like all others, and calls the same endpoints where a path is not of
the plainest form. Who may call them is decided by the same ``RequireScope``.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api import problem
from app.api.access import RequireScope
from app.api.access_log import request_id
from app.api.dependencies import Settled, settle_moment
from app.errors import Problem
from app.models.field_types import SLUG

ONE = "/{id}"
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
WITH_ID = re.compile(SLUG)
MOMENTS = re.compile(rb"as_of|cursor|%")
"""What a query string has in it that asks about a moment, perhaps in other characters."""


class FastRoute(NamedTuple):
    """A route whose endpoint is called without FastAPI, and what it depends on."""

    route: APIRoute
    require_scope: RequireScope
    settles: bool
    """Whether a moment that is asked for has to be made final first."""


def fast_endpoint(endpoint: Endpoint) -> Endpoint:
    """Mark an endpoint that takes the request, and the id in its path if it has one, only."""
    endpoint.fast = True  # type: ignore[attr-defined]
    return endpoint


Routes = dict[tuple[str, str, bool], FastRoute]
"""By method, path but for its id, and whether it has one: no path of a request is a template."""


def fast_routes(routers: Iterable[APIRouter], prefix: str) -> Routes:
    """The marked routes."""
    return {
        (method, prefix + route.path.removesuffix(ONE), route.path.endswith(ONE)): _fast_route(
            route
        )
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute) and hasattr(route.endpoint, "fast")
        for method in route.methods or ()
    }


def _fast_route(route: APIRoute) -> FastRoute:
    dependencies = [one.dependency for one in route.dependencies]
    (require_scope,) = (one for one in dependencies if isinstance(one, RequireScope))
    return FastRoute(route, require_scope, Settled.dependency in dependencies)


class FastPath:
    """Answers what it has a route for; all else is FastAPI's."""

    def __init__(self, app: ASGIApp, routes: Routes):
        self.app, self.routes = app, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found, ids = self._match(scope) if scope["type"] == "http" else (None, ())
        if found is None:
            await self.app(scope, receive, send)
            return
        scope["route"] = found.route
        request = Request(scope, receive)
        try:
            response = await _called(found, request, ids)
        except Problem as error:
            response = problem.answer(error, request_id(scope))
        await response(scope, receive, send)

    def _match(self, scope: Scope) -> tuple[FastRoute | None, tuple[str, ...]]:
        method, path = scope["method"], scope["path"]
        if found := self.routes.get((method, path, False)):
            return found, ()
        above, _, id = path.rpartition("/")
        found = self.routes.get((method, above, True))
        return (found, (id,)) if found and WITH_ID.fullmatch(id) else (None, ())


async def _called(fast: FastRoute, request: Request, ids: tuple[str, ...]) -> Response:
    await fast.require_scope(request)
    if fast.settles and MOMENTS.search(request.scope["query_string"]):
        await settle_moment(request)
    response: Response = await fast.route.endpoint(request, *ids)
    return response
