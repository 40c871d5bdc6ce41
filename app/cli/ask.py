"""Asking: the answers of the API, in the terminal."""

import asyncio
import json
from contextlib import suppress
from typing import Any, NoReturn

import typer
from rich.console import RenderableType

from app.cli import answers, ask_options
from app.cli.api_client import ApiClient, Refused, connected, nearest, path
from app.cli.ask_options import OPTIONS, AskRequest
from app.cli.console import app, err, out
from app.cli.context import opened
from app.render import views
from app.render.plain_text import printable
from app.rules.json_types import JsonObject

Answered = tuple[Any, RenderableType]
"""The answers as the API gave them, and as they are shown."""


@app.command()
def ask(
    measure: ask_options.MeasureOption = None,
    at: ask_options.AtOption = None,
    at_least: ask_options.AtLeastOption = None,
    at_most: ask_options.AtMostOption = None,
    more_than: ask_options.MoreThanOption = None,
    less_than: ask_options.LessThanOption = None,
    known_by: ask_options.KnownByOption = None,
    as_of: ask_options.AsOfOption = None,
    match: ask_options.MatchOption = None,
    policy: ask_options.PolicyOption = None,
    readings: ask_options.ReadingsOption = None,
    by: ask_options.ByOption = None,
    where: ask_options.WhereOption = None,
    ratio: ask_options.RatioOption = None,
    drift: ask_options.DriftOption = None,
    limit: ask_options.LimitOption = 50,
    as_json: ask_options.AsJsonOption = False,
    url: ask_options.UrlOption = None,
    key: ask_options.KeyOption = None,
) -> None:
    """Ask what is known: which figures fit, how they moved, who stands behind them.

    Exit codes: 0 answered, also where nothing fits; 1 no answer; 2 the question is broken.

    Try: sayso ask containers.prk-rus --at 2024-06 --at-least 10000
    """
    sent = {
        "value__gte": at_least, "value__lte": at_most, "value__gt": more_than,
        "value__lt": less_than, "known_by": known_by, "as_of": as_of, "match": match,
        "policy": policy, "readings": readings,
    }  # fmt: skip
    filters = [(name, value) for name, value in sent.items() if value is not None]
    asked = AskRequest([*filters, *ask_options.where(where or [])], measure, at, by, limit)
    _one_of(measure, ratio, drift, at, by)
    if url is None:
        with opened():
            pass
    try:
        told, shown = asyncio.run(_answered(asked, ratio, drift, url, key))
    except Refused as refused:
        _refuse(refused)
    _print(told, shown, as_json)


def _one_of(
    measure: str | None, ratio: str | None, drift: str | None, at: str | None, by: str | None
) -> None:
    if sum(one is not None for one in (measure, ratio, drift)) > 1:
        raise typer.BadParameter("ask of a measure, or --ratio, or --drift: one at a time")
    if at is not None and measure is None:
        raise typer.BadParameter("--at compares the figures of a measure: name one")
    if by is not None and (drift is not None or (measure is None and ratio is None)):
        raise typer.BadParameter("--by is for a measure, or for --ratio")


async def _answered(
    asked: AskRequest, ratio: str | None, drift: str | None, url: str | None, key: str | None
) -> Answered:
    async with connected(url, key, OPTIONS) as client:
        if drift is not None:
            told = await client.get(path("utterances", drift, "drift"), asked.limited)
            return told, answers.drift(told)
        if ratio is not None:
            by = [("by", asked.by)] if asked.by else []
            told = await client.get("ratios", [*ask_options.sides(ratio), *by, *asked.limited])
            return told, answers.ratios(told)
        if asked.measure is None:
            return await _measures(client, asked)
        return await _measure(client, asked, asked.measure)


async def _measures(client: ApiClient, asked: AskRequest) -> Answered:
    """The measures there are, and how many of the claims asked about each has."""
    every = await client.measures(asked.moment)
    found = await client.get("facets", [("by", "measure"), *asked.filters])
    counts = {one["value"]: one["count"] for one in found["facets"]["measure"]}
    told = [{**one, "claims": counts.get(one["id"], 0)} for one in every]
    return told, answers.measures(told)


async def _measure(client: ApiClient, asked: AskRequest, id: str) -> Answered:
    """The answers of one moment about one measure."""
    by = [("group_by", asked.by)] if asked.by else []
    try:
        series = await client.get(path("measures", id, "series"), [*asked.limited, *by])
    except Refused as refused:
        raise await _meant(client, asked, refused) from None
    of = [("measure", id), *asked.limited, ("sort", "stated")]
    told: dict[str, Any] = {"measure": await client.get(path("measures", id), asked.moment)}
    told |= {"figures": await client.get("quantities", of), "series": series}
    if asked.at is not None:
        near = [*asked.filters, ("at", asked.at), ("limit", str(min(max(asked.limit, 2), 100)))]
        told["comparison"] = await client.get(path("measures", id, "comparison"), near)
    behind = path("measures", id, "corroboration")
    told["corroboration"] = await client.get(behind, asked.filters)
    claims, names = await _claims(client, asked, told)
    return told, answers.measure(views.measure(told, claims, names), out.width)


async def _claims(
    client: ApiClient, asked: AskRequest, told: JsonObject
) -> tuple[dict[str, JsonObject], dict[str, str]]:
    """The claims of the figures with their chains, and the names of all sources in the answers."""
    missing = {one["claim"] for one in [*told["figures"]["items"], *told["series"]["against"]]}
    wider = [pair for pair in asked.filters if pair[0] != "match"]
    question = [("measure", told["series"]["measure"]), ("sort", "stated"), ("expand", "sources")]
    claims: dict[str, JsonObject] = {}
    names: dict[str, str] = {}
    async for page in client.every("claims", [*question, *wider, ("fields", "id,attributions")]):
        claims |= {one["id"]: one for one in page["items"]}
        names |= {one["id"]: one["name"] for one in page["included"]["sources"]}
        missing -= claims.keys()
        if not missing:
            break
    roots = {one["root"] for one in told["corroboration"]["origins"]["items"]} - {None, *names}
    for root in sorted(roots)[:20]:
        with suppress(Refused):
            names[root] = (await client.get(path("sources", root), asked.moment))["name"]
    return claims, names


async def _meant(client: ApiClient, asked: AskRequest, refused: Refused) -> Refused:
    """Of a measure that is not there, the nearest ones."""
    if refused.status != 404:
        return refused
    near = nearest(asked.measure or "", await client.measures(asked.moment))
    hint = f" Did you mean {' or '.join(near)}?" if near else " `sayso ask` lists those there are."
    return Refused([f"There is no measure {asked.measure}.{hint}"])


def _refuse(refused: Refused) -> NoReturn:
    """Why there is no answer, a sentence a line."""
    for line in refused.told:
        err.print(printable(line), style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(2 if refused.broken else 1)


def _print(told: Any, shown: RenderableType, as_json: bool) -> None:
    if not as_json:
        out.print(shown, highlight=False)
        return
    text = json.dumps(told, ensure_ascii=False, indent=2)
    typer.echo("".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text))
