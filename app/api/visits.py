"""One request each, from the question to the answer, without a task of its own.

Whoever asks is let in by the same code as on the way through the framework. What is not foreseen
here goes that way, which meets it again, and tells of it.
"""

from asyncio import Future
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any, NamedTuple

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute

from app.api import problem
from app.api.access import Needs, actor, sent
from app.api.rates import left
from app.db import Ask, Row
from app.errors import Problem, Unauthorized
from app.store.write_transaction import WriteTransaction

Headers = list[tuple[bytes, bytes]]
Done = Callable[[Response, Headers], None]
Otherwise = Callable[[], None]
Key = tuple[Any, ...]
"""What an answer depends on, apart from what the database has."""


def key(scope: Any) -> Key:
    """It is the same answer where path, query, and what the caller has are the same."""
    seen = [value for name, value in scope["headers"] if name == b"if-none-match"]
    return scope["path"], scope["query_string"], *seen


class Read(NamedTuple):
    """What the database is asked, and what its rows are answered as (None: they do not say all)."""

    ask: Ask
    answer: Callable[[list[Row]], Response | None]


Write = Callable[[WriteTransaction], Response]
"""What is done in a turn at the log, and answered once that is committed."""


class Near(NamedTuple):
    """A route that is run here: the scope that it needs, and what it does (None: not this one)."""

    path: str
    route: APIRoute
    needs: Needs
    how: Callable[..., Any]


class Found(NamedTuple):
    """A route that was found, and the ids in its path."""

    near: Near
    ids: tuple[str, ...]


class Visit:
    """A request: ``done`` is given its answer, now or soon; or ``otherwise`` is called."""

    __slots__ = ("begun", "body", "done", "found", "near", "otherwise", "request", "state")

    def __init__(
        self, app: FastAPI, scope: Any, found: Found, body: bytes, done: Done, otherwise: Otherwise
    ):
        self.found, self.near, self.body = found, found.near, body
        scope["app"], scope["route"] = app, self.near.route
        self.state, self.request = app.state, Request(scope)
        self.done, self.otherwise = done, otherwise
        self.begun = perf_counter()

    def begin(self) -> None:
        """Go on, or say at once why not."""
        let_in = self._made(self._let_in)
        if let_in is True:
            self.go_on()
        else:
            self._tell(let_in)

    def go_on(self) -> None:
        """What comes once the caller is let in."""
        raise NotImplementedError

    def _let_in(self) -> bool | None:
        """Whether whoever asks may; None: that is for the framework to find out."""
        try:
            token, key = sent(self.request), None
        except Unauthorized:
            return None
        if token is not None and (key := self.state.keyring.remembered(token)) is None:
            return None
        self.near.needs.admit(self.state, self.request.scope, key)
        return True

    def _made(self, make: Callable[..., Any], *given: Any) -> Any:
        try:
            return make(*given)
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
        method, status = self.request.scope["method"], answer.status_code
        self.state.metrics.count(method, self.near.path, status, self.begun)
        size = len(answer.body)
        self.state.access_log.answered(self.request.scope, status, self.begun, size)
        self.done(answer, left(self.request.scope["state"], status))


class Reading(Visit):
    """A read of one statement, which is answered with all that are asked in its turn."""

    __slots__ = ("keep", "key")

    def __init__(self, *given: Any):
        super().__init__(*given)
        self.key = key(self.request.scope)

    def go_on(self) -> None:
        """Wait for the end of the turn."""
        self.state.turn.add(self)

    def ask(self, keep: Callable[[Response], None]) -> None:
        """Ask the database; an answer that it gives is kept."""
        self.keep = keep
        read = self._made(self.near.how, self.request, *self.found.ids)
        if isinstance(read, Read):
            self.state.db.soon(read.ask, partial(self._heard, read))
        else:
            self._tell(read)

    def _heard(self, read: Read, rows: list[Row] | None) -> None:
        answer = None if rows is None else self._made(read.answer, rows)
        if answer is not None and answer.status_code < 400:
            self.keep(answer)
        self._tell(answer)


class Writing(Visit):
    """A write, which has come whole."""

    __slots__ = ()

    def go_on(self) -> None:
        """Read what was sent, and wait for its commit."""
        work = self._made(self.near.how, self.request, self.body)
        if isinstance(work, Response) or work is None:
            self._tell(work)
        else:
            self.state.write_queue.write(work, actor(self.request)).add_done_callback(self._written)

    def _written(self, done: Future[Any]) -> None:
        """Answer with what is committed; what broke is undone, and done again by the framework."""
        outcome = done.exception() or done.result()
        if isinstance(outcome, Problem):
            outcome = problem.answer(outcome, problem.request_id(self.request))
        self._tell(None if isinstance(outcome, BaseException) else outcome)


VISITS: dict[str, type[Visit]] = {"GET": Reading, "POST": Writing}
