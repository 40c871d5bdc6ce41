"""API client of the command line: in this process, or of a server; the same answers."""

import difflib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from app.config import settings
from app.render import figure_views
from app.render.condition_words import is_dated, of_dates
from app.render.figure_views import Names
from app.rules.json_types import JsonObject

Params = list[tuple[str, str]]
TIMEOUT_S = 60
OF_NUMBERS = {"value", "match", "cursor", "limit", "sort", "expand"}


class Refused(Exception):
    """No answer: why, as sentences; whether it was the question that is broken."""

    def __init__(self, told: list[str], broken: bool = False, status: int = 0):
        super().__init__(" ".join(told))
        self.told, self.broken, self.status = told, broken, status


@dataclass(frozen=True)
class Voices:
    """Who said what: the names of sources, and the chains of the claims."""

    names: Names
    chains: Mapping[str, list[JsonObject]]

    def who(self, row: JsonObject) -> str:
        """Who said it; several, where they said it together and no single claimant is named."""
        known = {name: value for name, value in row.items() if value is not None}
        said = {"attributions": self.chains.get(row["claim"], []), **known}
        return figure_views.together(figure_views.claimants(said, self.names)).name


class ApiClient:
    """Client of the API: every answer is of one moment, that of the first unless it is given."""

    def __init__(
        self, client: httpx.AsyncClient, options: dict[str, str], moment: str | None = None
    ):
        self.client, self.options, self.moment = client, options, moment

    async def get(self, path: str, asked: Params) -> Any:
        """One answer; raises ``Refused`` where there is none."""
        told = await self._json("GET", path, params=self._pinned(asked))
        if self.moment is None and "assumptions" in told:
            self.moment = told["assumptions"]["as_of"]
        return told

    async def text(self, path: str, asked: Params) -> str:
        """One answer that is no JSON."""
        return (await self._answer("GET", path, params=self._pinned(asked))).text

    async def post(self, path: str, body: Any, asked: Params, key: str | None = None) -> Any:
        """What is answered to a body, which is of no moment but now."""
        return await self._json("POST", path, params=asked, json=body, headers=_bearer(key))

    def _pinned(self, asked: Params) -> Params:
        if self.moment is None:
            return asked
        return [*(pair for pair in asked if pair[0] != "as_of"), ("as_of", self.moment)]

    async def _json(self, method: str, path: str, **sent: Any) -> Any:
        told = _decoded(answer := await self._answer(method, path, **sent))
        if not isinstance(told, dict):
            raise self._refused(told, answer.status_code)
        return told

    async def _answer(self, method: str, path: str, **sent: Any) -> httpx.Response:
        try:
            answer = await self.client.request(method, f"/v1/{path}", **sent)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Refused([f"There is no answer from there: {error}."]) from None
        if not answer.is_success:
            raise self._refused(_decoded(answer), answer.status_code)
        return answer

    def _refused(self, told: Any, status: int) -> Refused:
        if not isinstance(told, dict) or "title" not in told:
            return Refused(["What answers there is not Sayso."], status=status)
        faults = told.get("errors", [])
        lines = [self._line(fault) for fault in faults] or [f"{told['title']}: {told['detail']}"]
        return Refused(lines, any("parameter" in fault for fault in faults), status)

    def _line(self, fault: dict[str, Any]) -> str:
        """A broken rule, named by the option that was sent."""
        if place := str(fault.get("pointer", "")).removeprefix("/"):
            return f"{self.options.get(place, place)}: {fault['detail']}"
        name = fault.get("parameter")
        if name is None:
            return str(fault["detail"])
        return f"{self.options.get(name, f'--where {name}')}: {fault['detail']}"

    async def every(self, path: str, asked: Params) -> AsyncIterator[dict[str, Any]]:
        """Page after page."""
        after: Params = []
        while True:
            page = await self.get(path, [*asked, ("limit", "1000"), *after])
            yield page
            if page["next_cursor"] is None:
                return
            after = [("cursor", page["next_cursor"])]

    async def in_one_unit(self, measure: str, asked: Params) -> tuple[Params, dict[str, Any]]:
        """A question about numbers, of the figures in the measure's unit; those in others apart.

        4,000 kg are not more than 1,000 t. Without such a question, or such figures: as asked. Of
        a measure of dates it is a question about dates.
        """
        names = {name.partition("__")[0] for name, _ in asked}
        if "value" not in names or "unit" in names:
            return asked, {}
        moment = [pair for pair in asked if pair[0] == "as_of"]
        of = await self.get(path("measures", measure), moment)
        if is_dated(of):
            return of_dates(asked), {}
        unit = of["unit"]
        further = [pair for pair in asked if pair[0].partition("__")[0] not in OF_NUMBERS]
        others = [("measure", measure), ("unit__ne", unit), ("count", "exact"), *further]
        found = await self.get("quantities", others) if unit else {"count": 0}
        return ([*asked, ("unit", unit)], found) if found["count"] else (asked, {})

    async def measures(self, moment: Params) -> list[dict[str, Any]]:
        """Every measure there is."""
        pages = self.every("measures", [*moment, ("fields", "id,name,unit,accumulation,statistic")])
        return [one async for page in pages for one in page["items"]]

    async def meant(self, wanted: str, moment: Params, otherwise: str) -> str:
        """Which measures were probably meant, by id or name, where there is none of that id."""
        word, every = wanted.casefold(), await self.measures(moment)
        holding = [
            one["id"]
            for one in every
            if word in one["id"] or word in str(one.get("name", "")).casefold()
        ]
        close = difflib.get_close_matches(word[:200], [one["id"] for one in every], 3, 0.5)
        near = list(dict.fromkeys([*close, *holding]))[:3]
        return f"Did you mean {' or '.join(near)}?" if near else otherwise

    async def voices(self, rows: Sequence[JsonObject], names: Mapping[str, str]) -> Voices:
        """Who said some figures: the chain of the claim tells, where several did together."""
        ids = {one["claim"] for one in rows}
        chains = {id: (await self.get(path("claims", id, "provenance"), []))["chain"] for id in ids}
        more = {hop["source"]: hop["name"] for chain in chains.values() for hop in chain}
        return Voices(Names({**names, **more}), chains)


def _bearer(key: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}


def _decoded(answer: httpx.Response) -> Any:
    """The JSON of an answer; None where it is something else."""
    try:
        return answer.json()
    except ValueError:
        return None


@asynccontextmanager
async def connected(
    url: str | None, key: str | None, options: dict[str, str]
) -> AsyncIterator[ApiClient]:
    """The server at ``url``; without one, the database of the settings, by the same code."""
    if url is not None:
        try:
            client = httpx.AsyncClient(base_url=url, headers=_bearer(key), timeout=TIMEOUT_S)
        except (httpx.InvalidURL, ValueError) as error:
            raise Refused([f"--url: {error}."], broken=True) from None
        async with client:
            yield ApiClient(client, options)
        return
    from app.main import create_app  # the web is loaded only where it is needed

    # Who can read the database needs no key for it; nobody else shares this process's rate.
    free = {"open_reads": True, "anonymous_rate_per_minute": 0, "allowed_hosts": ""}
    app = create_app(settings().model_copy(update=free))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://sayso") as client,
    ):
        yield ApiClient(client, options)


def path(*parts: str) -> str:
    """A path, whatever its parts are made of."""
    return "/".join(quote(part, safe="") for part in parts)
