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

Headers = list[tuple[bytes, bytes]]
Done = Callable[[Response, Headers], None]
Key = tuple[Any, ...]
"""What an answer depends on, apart from what the database has."""

LET_IN = object()
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

    __slots__ = ("begun", "done", "found", "keep", "key", "otherwise", "request", "state")

    def __init__(
        self, app: FastAPI, scope: Any, found: Found, done: Done, otherwise: Callable[[], None]
    ):
        scope["app"], scope["route"] = app, found[0].route
        self.state, self.request, self.found = app.state, Request(scope), found
        self.done, self.otherwise = done, otherwise
        seen = [value for name, value in scope["headers"] if name == b"if-none-match"]
        self.key = (scope["path"], scope["query_string"], *seen)
        self.begun = perf_counter()

    def begin(self) -> None:
        """Say at once why not, or be answered with all who are asked in this turn."""
        refused = self._made(self._refused, self.request)
        if refused is LET_IN:
            self.state.turn.add(self)
        else:
            self._tell(refused)

    def _refused(self, request: Request) -> Any:
        """The caller is let in; None: whether that may be is for the framework to find out."""
        try:
            token, key = sent(request), None
        except Unauthorized:
            return None
        if token is not None and (key := self.state.keyring.remembered(token)) is None:
            return None
        self.found[0].needs.admit(self.state, request.scope, key)
        return LET_IN

    def ask(self, keep: Callable[[Response], None]) -> None:
        """Ask the database; an answer that it gives is kept."""
        self.keep = keep
        read = self._made(self._read, self.request)
        if isinstance(read, Read):
            self.state.db.soon(read.ask, partial(self._heard, read))
        else:
            self._tell(read)

    def _read(self, request: Request) -> Read | None:
        near, id = self.found
        return near.read(request, *id)

    def _heard(self, read: Read, rows: list[Row] | None) -> None:
        if rows is None:
            self.otherwise()
            return
        answer = self._made(read.answer, rows)
        if answer is not None and answer.status_code < 400:
            self.keep(answer)
        self._tell(answer)

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
        else:
            self.answered(answer)

    def answered(self, answer: Response) -> None:
        """This is it; it may be others' too, so what is told to this caller is beside it."""
        self.state.metrics.count("GET", self.found[0].path, answer.status_code, self.begun)
        self.done(answer, left(self.request.scope["state"], answer.status_code))
