"""Ahead of the framework, at the connection itself: reads of one statement, which need no task.

They are routes of FastAPI like any other: it documents them, and runs them where a request is not
of the plainest form, or takes longer than a moment. One that is plain is spared the tasks, layers
and dependencies on that way, which take ten times as long as the read. Who may read and how often,
what is counted and which headers are sent is decided by the same code on both ways.
"""

import re
from collections.abc import Callable, Iterable
from functools import partial
from time import perf_counter
from typing import Any, NamedTuple

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from app.api import problem
from app.api.access import Needs, sent
from app.api.guard import served
from app.api.rates import left
from app.db import Ask, Row
from app.errors import Problem, Unauthorized
from app.models.base import SLUG

Done = Callable[[Response], None]
ONE = "/{id}"
TELLING = frozenset(
    (
        *(b"content-length", b"transfer-encoding", b"expect", b"upgrade", b"origin"),
        *(b"x-forwarded-for", b"x-forwarded-proto", b"access-control-request-method"),
    )
)
"""Headers that somebody on the way through the framework has to see."""


class Read(NamedTuple):
    """What the database is asked, and what its rows are answered as."""

    ask: Ask
    answer: Callable[[list[Row]], Response]


class Near(NamedTuple):
    """A route that is read here: the scope that it needs, and how it reads (None: not this one)."""

    path: str
    route: APIRoute
    needs: Needs
    read: Callable[..., Read | None]


Found = tuple[Near, tuple[str, ...]]
"""A route, and the id in the path where it has one."""


def reads_by(how: Callable[..., Read | None]) -> Callable[[Any], Any]:
    """Say of an endpoint how it reads a request of the plainest form."""

    def said(endpoint: Any) -> Any:
        endpoint.reads = how
        return endpoint

    return said


def near(prefix: str, route: BaseRoute) -> Near | None:
    """What is to be known of a route to read it here, if it says how."""
    if not isinstance(route, APIRoute) or not hasattr(route.endpoint, "reads"):
        return None
    (needs,) = (one.dependency for one in route.dependencies if isinstance(one.dependency, Needs))
    return Near(prefix + route.path, route, needs, route.endpoint.reads)


class Front:
    """The reads that a connection asks for itself."""

    def __init__(self, app: FastAPI, routes: Iterable[BaseRoute], prefix: str = ""):
        self.app = app
        self.hosts = app.state.settings.hosts
        found = (near(prefix, route) for route in routes)
        self.routes = {one.path: one for one in found if one is not None}
        # A path that is sent is never one of ours with its braces.
        self.fixed = {path: one for path, one in self.routes.items() if "{" not in path}
        self.slug = re.compile(SLUG)

    def found(self, scope: Any) -> Found | None:
        """The read that this is, where a request is of the plainest form."""
        if scope["method"] != "GET" or not served(self.hosts, scope):
            return None
        path: str = scope["path"]
        near = self.fixed.get(path)
        id: tuple[str, ...] = ()
        if near is None:
            above, _, last = path.rpartition("/")
            near, id = self.routes.get(above + ONE), (last,)
            if near is None or not self.slug.fullmatch(last):
                return None
        plain = TELLING.isdisjoint([name for name, _ in scope["headers"]])
        return (near, id) if plain else None


class Visit:
    """One request, from the question to the answer: ``done`` is given it, now or soon.

    Or ``otherwise`` is called, and it is the framework's.
    """

    __slots__ = ("begun", "done", "found", "otherwise", "request", "state")

    def __init__(
        self, app: FastAPI, scope: Any, found: Found, done: Done, otherwise: Callable[[], None]
    ):
        scope["app"], scope["route"] = app, found[0].route
        self.state, self.request, self.found = app.state, Request(scope), found
        self.done, self.otherwise = done, otherwise
        self.begun = perf_counter()

    def begin(self) -> None:
        """Ask the database, or say at once why not."""
        read = self._made(self._read, self.request)
        if isinstance(read, Read):
            self.state.db.soon(read.ask, partial(self._heard, read))
        else:
            self._tell(read)

    def _read(self, request: Request) -> Read | None:
        """How it is read, once its caller is let in."""
        (near, id), key = self.found, None
        try:
            token = sent(request)
        except Unauthorized:
            return None
        if token is not None and (key := self.state.keyring.remembered(token)) is None:
            return None
        near.needs.admit(self.state, request.scope, key)
        return near.read(request, *id)

    def _heard(self, read: Read, rows: list[Row] | None) -> None:
        self._tell(None if rows is None else self._made(read.answer, rows))

    def _made(self, make: Callable[[Any], Any], given: Any) -> Any:
        try:
            return make(given)
        except Problem as error:
            return problem.answer(error, problem.request_id(self.request))
        except Exception:  # the framework meets it again, and tells of it
            return None

    def _tell(self, answer: Response | None) -> None:
        if answer is None:
            self.otherwise()
            return
        self.state.metrics.count("GET", self.found[0].path, answer.status_code, self.begun)
        answer.raw_headers += left(self.request.scope["state"], answer.status_code)
        self.done(answer)
