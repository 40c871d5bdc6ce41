"""In-process API client: a page asks the same questions that a tool would, and shows which.

So a page can never say anything else than the API, and its list of requests is what was asked.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request

from app.rules import instants
from app.rules.json_types import JsonObject

QueryValues = Mapping[str, Any] | Sequence[tuple[str, str]]


class NotAnswered(Exception):
    """The API's refusal: its status and its problem document (RFC 9457)."""

    def __init__(self, status: int, problem: JsonObject):
        super().__init__(problem.get("detail", ""))
        self.status, self.problem = status, problem


def api_path(*parts: str) -> str:
    """A path below /v1, whatever its parts are made of."""
    return "/v1/" + "/".join(quote(part, safe="") for part in parts)


def address(path: str, pairs: list[tuple[str, str]], **changed: str | None) -> str:
    """An address with its parameters, some parameters changed, or dropped (None)."""
    kept = [pair for pair in pairs if pair[0] not in changed]
    kept += [(name, value) for name, value in changed.items() if value is not None]
    return f"{path}?{urlencode(kept)}" if kept else path


class PageClient:
    """One page's questions to the API, all about one moment of the database.

    A page that is asked for a moment (`as_of`) asks for it, and says so in the questions it lists;
    else the first answer that tells its moment fixes it for all later ones.
    """

    def __init__(self, request: Request, past: str | None = None):
        self.request = request
        self.asked: list[str] = []
        self.past = past
        self.moment = past

    async def get(self, path: str, params: QueryValues = (), shown: bool = True) -> JsonObject:
        """The JSON answer to one GET; raises ``NotAnswered`` where there is none."""
        answer: JsonObject = json.loads(await self.text(path, params, shown))
        self.moment = self.moment or answer.get("assumptions", {}).get("as_of")
        return answer

    async def names(self, kind: str, ids: Iterable[str | None]) -> dict[str, str]:
        """The names of some resources; what is not there has none."""
        return {id: one.get("name", id) for id, one in (await self.found(kind, ids)).items()}

    async def found(self, kind: str, ids: Iterable[str | None]) -> dict[str, JsonObject]:
        """Some resources by id; those that are there."""
        found = {}
        for id in dict.fromkeys(filter(None, ids)):
            with suppress(NotAnswered):
                found[id] = await self.get(api_path(kind, id), shown=False)
        return found

    async def versions(self, kind: str, id: str) -> list[JsonObject]:
        """The versions of a resource, but for those that came after the moment asked for."""
        told = await self.get(api_path(kind, id, "revisions"))
        until = instants.LAST if self.past is None else instants.parse(self.past)
        return [one for one in told["items"] if instants.parse(one["recorded_at"]) <= until]

    async def measures_of(self, *claims: JsonObject) -> dict[str, JsonObject]:
        """The measures of which claims have figures."""
        figures = (one for claim in claims for one in claim.get("quantities", []))
        return await self.found("measures", (one["measure"] for one in figures))

    async def text(self, path: str, params: QueryValues = (), shown: bool = True) -> str:
        """The same, as the text that it is."""
        pairs = list(params.items() if isinstance(params, Mapping) else params)
        given = [(name, str(value)) for name, value in pairs if value not in (None, "")]
        timeless = path.endswith(("/revisions", "/diff"))
        timed = timeless or any(name == "as_of" for name, _ in given)
        if self.past and not timed:
            given.append(("as_of", self.past))
        if shown:
            self.asked.append(address(path, given))
        if self.moment and not self.past and not timed:
            given.append(("as_of", self.moment))
        status, body = await _call(self.request, path, urlencode(given))
        if status != 200:
            raise NotAnswered(status, json.loads(body or "{}"))
        return body.decode()


async def _call(request: Request, path: str, query: str) -> tuple[int, bytes]:
    """One request to the application, behind what counts, logs and charges: the page was."""
    kept = [pair for pair in request.scope["headers"] if pair[0] in (b"host", b"authorization")]
    scope = {
        **{name: request.scope[name] for name in ("type", "asgi", "http_version", "scheme")},
        **{name: request.scope.get(name) for name in ("client", "server")},
        "method": "GET", "path": path, "raw_path": path.encode(), "root_path": "",
        "query_string": query.encode(), "headers": kept,
        "app": request.app, "state": {"bucket": None},  # the page was charged for, once
    }  # fmt: skip
    status, parts = 500, []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            parts.append(message.get("body", b""))

    await request.scope["state"]["inner"](scope, receive, send)
    return status, b"".join(parts)
