"""Asking: the answers of the API, in the terminal."""

import asyncio
import json
from contextlib import suppress
from typing import Any, NoReturn

import typer
from rich.console import RenderableType

from app.cli import answers, links, question
from app.cli.asking import Asker, Refused, asking, nearest, path
from app.cli.console import app, err, out
from app.cli.context import opened, plain
from app.cli.question import OPTIONS, Question
from app.cli.tables import Answers
from app.rules.json_types import JsonObject

Answered = tuple[Any, RenderableType]
"""The answers as the API gave them, and as they are shown."""


@app.command()
def ask(
    measure: question.Measure = None,
    at: question.At = None,
    at_least: question.AtLeast = None,
    at_most: question.AtMost = None,
    more_than: question.MoreThan = None,
    less_than: question.LessThan = None,
    known_by: question.KnownBy = None,
    as_of: question.AsOf = None,
    match: question.Match = None,
    policy: question.Policy = None,
    readings: question.Readings = None,
    by: question.By = None,
    where: question.Where = None,
    ratio: question.Ratio = None,
    drift: question.Drift = None,
    limit: question.Limit = 50,
    as_json: question.AsJson = False,
    url: question.Url = None,
    key: question.Key = None,
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
    asked = Question([*filters, *question.where(where or [])], measure, at, by, limit)
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
    asked: Question, ratio: str | None, drift: str | None, url: str | None, key: str | None
) -> Answered:
    async with asking(url, key, OPTIONS) as asker:
        if drift is not None:
            told = await asker.get(path("utterances", drift, "drift"), asked.limited)
            return told, links.drift(told)
        if ratio is not None:
            by = [("by", asked.by)] if asked.by else []
            told = await asker.get("ratios", [*question.sides(ratio), *by, *asked.limited])
            return told, links.ratios(told)
        if asked.measure is None:
            return await _measures(asker, asked)
        return await _measure(asker, asked, asked.measure)


async def _measures(asker: Asker, asked: Question) -> Answered:
    """The measures there are, and how many of the claims asked about each has."""
    every = await asker.measures(asked.moment)
    found = await asker.get("facets", [("by", "measure"), *asked.filters])
    counts = {one["value"]: one["count"] for one in found["facets"]["measure"]}
    told = [{**one, "claims": counts.get(one["id"], 0)} for one in every]
    return told, answers.measures(told)


async def _measure(asker: Asker, asked: Question, id: str) -> Answered:
    """The answers of one moment about one measure."""
    by = [("group_by", asked.by)] if asked.by else []
    try:
        series = await asker.get(path("measures", id, "series"), [*asked.limited, *by])
    except Refused as refused:
        raise await _meant(asker, asked, refused) from None
    of = [("measure", id), *asked.limited, ("sort", "stated")]
    told: dict[str, Any] = {"measure": await asker.get(path("measures", id), asked.moment)}
    told |= {"figures": await asker.get("quantities", of), "series": series}
    if asked.at is not None:
        near = [*asked.filters, ("at", asked.at), ("limit", str(min(max(asked.limit, 2), 100)))]
        told["comparison"] = await asker.get(path("measures", id, "comparison"), near)
    behind = path("measures", id, "corroboration")
    told["corroboration"] = await asker.get(behind, asked.filters)
    claims, names = await _claims(asker, asked, told)
    found = Answers(
        series, told["figures"], claims, told.get("comparison"), told["corroboration"], names
    )
    return told, answers.measure(found, told["measure"], out.width)


async def _claims(
    asker: Asker, asked: Question, told: JsonObject
) -> tuple[dict[str, JsonObject], dict[str, str]]:
    """The claims of the figures with their chains, and the names of all sources in the answers."""
    missing = {one["claim"] for one in [*told["figures"]["items"], *told["series"]["against"]]}
    wider = [pair for pair in asked.filters if pair[0] != "match"]
    question = [("measure", told["series"]["measure"]), ("sort", "stated"), ("expand", "sources")]
    claims: dict[str, JsonObject] = {}
    names: dict[str, str] = {}
    async for page in asker.every("claims", [*question, *wider, ("fields", "id,attributions")]):
        claims |= {one["id"]: one for one in page["items"]}
        names |= {one["id"]: one["name"] for one in page["included"]["sources"]}
        missing -= claims.keys()
        if not missing:
            break
    roots = {one["root"] for one in told["corroboration"]["origins"]["items"]} - {None, *names}
    for root in sorted(roots)[:20]:
        with suppress(Refused):
            names[root] = (await asker.get(path("sources", root), asked.moment))["name"]
    return claims, names


async def _meant(asker: Asker, asked: Question, refused: Refused) -> Refused:
    """Of a measure that is not there, the nearest ones."""
    if refused.status != 404:
        return refused
    near = nearest(asked.measure or "", await asker.measures(asked.moment))
    hint = f" Did you mean {' or '.join(near)}?" if near else " `sayso ask` lists those there are."
    return Refused([f"There is no measure {asked.measure}.{hint}"])


def _refuse(refused: Refused) -> NoReturn:
    """Why there is no answer, a sentence a line."""
    for line in refused.told:
        err.print(plain(line), style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(2 if refused.broken else 1)


def _print(told: Any, shown: RenderableType, as_json: bool) -> None:
    if not as_json:
        out.print(shown, highlight=False)
        return
    text = json.dumps(told, ensure_ascii=False, indent=2)
    typer.echo("".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text))
