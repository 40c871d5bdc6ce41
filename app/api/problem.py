"""Errors as ``application/problem+json`` (RFC 9457): never the input, never a stack trace."""

import logging
from contextlib import suppress
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match, Mount

from app.api.access_log import fields, request_id
from app.errors import Fault, Internal, Invalid, MethodNotAllowed, NotFound, Problem
from app.models.base import FaultOut, ResponseModel
from app.models.field_types import SLUG
from app.models.strict_json import WORDED, invalid
from app.render.documents import text
from app.rules import api_keys

FORMS = {
    "id": WORDED[SLUG],
    "version": "send the number of a version: 1, 2 …",
    "": "is not of the form it has here",
}
"""What a part of a path has to be."""

log = logging.getLogger("sayso")


class ProblemOut(ResponseModel):
    """Problem details (RFC 9457)."""

    type: str = Field(description="A page about this kind of problem.")
    code: str = Field(description="The kind of problem; one of a closed set.")
    title: str
    status: int
    detail: str
    errors: list[FaultOut] = []
    near: list[str] | None = Field(None, description="Of an unknown id: stored ones like it.")
    request_id: str


def codes() -> dict[str, type[Problem]]:
    """The closed set of problems."""
    return {kind.code: kind for kind in Problem.__subclasses__()}


def answer(problem: Problem, request_id: str, headers: dict[str, str] | None = None) -> Response:
    """A problem as an answer."""
    body = {
        "type": f"/problems/{problem.code}",
        "code": problem.code,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "errors": [fault_json(fault) for fault in problem.faults],
        **({"near": problem.near} if isinstance(problem, NotFound) and problem.near else {}),
        "request_id": request_id,
    }
    more = {"Retry-After": str(problem.retry_after)} if problem.retry_after else {}
    content = api_keys.redacted(text(body)).encode("utf-8", "replace")
    return Response(
        content,
        problem.status,
        {**problem.headers, **(headers or {}), **more},
        "application/problem+json",
    )


def fault_json(fault: Fault) -> dict[str, Any]:
    """A fault or a notice as it is answered: what it names, and no more."""
    named = {"line": fault.line, "column": fault.column}
    named |= {"pointer": fault.pointer, "parameter": fault.parameter}
    found = {name: value for name, value in named.items() if value is not None}
    return {**found, "code": fault.code, "detail": fault.detail}


async def on_problem(request: Request, problem: Any) -> Response:
    """What we raise ourselves."""
    return answer(problem, request_id(request.scope))


async def on_http(request: Request, error: Any) -> Response:
    """What the framework raises: no such path, or not with this method."""
    if error.status_code == 405:
        allowed = ", ".join(sorted(methods(request)))
        return answer(MethodNotAllowed(), request_id(request.scope), {"Allow": allowed})
    nothing = "There is nothing at this path; /docs has all that there are."
    problem = NotFound(nothing) if error.status_code == 404 else Internal()
    return answer(problem, request_id(request.scope))


def methods(request: Request) -> set[str]:
    """Every method that this path takes, on whatever route."""
    routes = [route for route in request.app.router.routes if not isinstance(route, Mount)]
    found = {
        method
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        for route in routes
        if route.matches({**request.scope, "method": method})[0] is Match.FULL
    } or {"GET"}
    return found | ({"HEAD"} if "GET" in found else set())


async def on_validation(request: Request, error: Any) -> Response:
    """What a shape refused after the body was read (a merged patch, say)."""
    if isinstance(error, RequestValidationError):
        names = [str(one["loc"][-1]) for one in error.errors()]
        faults = [Fault(FORMS.get(one, FORMS[""]), parameter=one, code="form") for one in names]
        return answer(Invalid(faults=tuple(faults)), request_id(request.scope))
    return answer(invalid(error, None), request_id(request.scope))


async def on_bug(request: Request, error: Exception) -> Response:
    """What we did not foresee: logged here, once, and nothing told."""
    request.scope.setdefault("state", {})  # this is outside of all that is ours
    name = request_id(request.scope)
    known = fields(request.scope)
    log.error("request %s failed", name, exc_info=error, extra={"fields": known})
    with suppress(AttributeError):
        error.request_id = name  # type: ignore[attr-defined]
    return answer(Internal(), name)


def install(app: FastAPI) -> None:
    """Every way of failing, in one shape."""
    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(ValidationError, on_validation)
    app.add_exception_handler(Exception, on_bug)
