"""``sayso ask``: its options, and the answers of the API, in the terminal or as JSON."""

import asyncio
import json
from contextlib import suppress
from typing import Annotated, Any, NamedTuple, NoReturn

import typer
from rich.console import RenderableType

from app.cli import answers
from app.cli.api_client import ApiClient, Params, Refused, connected, path
from app.cli.console import app, out, told
from app.cli.context import named_values, opened
from app.config import secret
from app.render import views
from app.render.figure_views import Names
from app.render.plain_text import printable
from app.rules.json_types import JsonObject

Answered = tuple[Any, RenderableType]
"""The answers as the API gave them, and as they are shown."""


Word = str | None
MeasureOption = Annotated[
    Word, typer.Argument(help="What is counted; without it, the measures that there are.")
]
AtOption = Annotated[
    Word, typer.Option(help="Compare: what do the figures say of this time? 2024-06")
]
AtLeastOption = Annotated[Word, typer.Option(help="This or more; of dates, not before.")]
AtMostOption = Annotated[Word, typer.Option(help="This or less; of dates, not after.")]
MoreThanOption = Annotated[Word, typer.Option(help="Figures above this.")]
LessThanOption = Annotated[Word, typer.Option(help="Figures below this.")]
KnownByOption = Annotated[
    Word, typer.Option(help="What a reader could know by this day, 2024-03-31.")
]
AsOfOption = Annotated[Word, typer.Option(help="What the database held at 2026-11-22T10:00:00Z.")]
MatchOption = Annotated[Word, typer.Option(help="certain, possible, or any (unless sent).")]
PolicyOption = Annotated[
    Word, typer.Option(help="strict: trust no bound that “roughly” stands for.")
]
ReadingsOption = Annotated[
    Word, typer.Option(help="all: every reading of ambiguous wording counts.")
]
ByOption = Annotated[
    Word,
    typer.Option(
        help="Lines by claimant, origin, origin_root, document, none, dim.NAME or attr.NAME; "
        "ratios by derivation, utterance, document."
    ),
]
WhereOption = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=VALUE", help="Any filter of the API, like via=ap; repeat it."),
]
RatioOption = Annotated[
    Word, typer.Option(metavar="A/B", help="What two measures imply of each other.")
]
DriftOption = Annotated[Word, typer.Option(metavar="UTTERANCE", help="What became of its wording.")]
LimitOption = Annotated[int, typer.Option(min=1, max=1000, help="How many figures.")]
AsJsonOption = Annotated[bool, typer.Option("--json", help="The answers as the API gives them.")]
UrlOption = Annotated[Word, typer.Option(help="Ask the server at http://…, not the database.")]
KeyOption = Annotated[Word, typer.Option(envvar="SAYSO_KEY", help="The key for that server.")]

OPTIONS = {
    "value__gte": "--at-least", "value__lte": "--at-most", "value__gt": "--more-than",
    "value__lt": "--less-than", "date__gte": "--at-least", "date__lte": "--at-most",
    "date__gt": "--more-than", "date__lt": "--less-than", "known_by": "--known-by",
    "as_of": "--as-of",
    "policy": "--policy", "readings": "--readings", "match": "--match", "group_by": "--by",
    "by": "--by", "at": "--at", "limit": "--limit", "numerator": "--ratio",
    "denominator": "--ratio",
}  # fmt: skip
"""The option that each parameter is sent with, to name it where it is refused."""


class AskRequest(NamedTuple):
    """What was typed: the filters of every request, and the options of some."""

    filters: Params
    measure: str | None
    at: str | None
    by: str | None
    limit: int

    @property
    def moment(self) -> Params:
        """The moment asked about, if any."""
        return [pair for pair in self.filters if pair[0] == "as_of"]

    @property
    def limited(self) -> Params:
        """The filters, and how many figures."""
        return [*self.filters, ("limit", str(self.limit))]


@app.command()
def ask(
    measure: MeasureOption = None,
    at: AtOption = None,
    at_least: AtLeastOption = None,
    at_most: AtMostOption = None,
    more_than: MoreThanOption = None,
    less_than: LessThanOption = None,
    known_by: KnownByOption = None,
    as_of: AsOfOption = None,
    match: MatchOption = None,
    policy: PolicyOption = None,
    readings: ReadingsOption = None,
    by: ByOption = None,
    where: WhereOption = None,
    ratio: RatioOption = None,
    drift: DriftOption = None,
    limit: LimitOption = 50,
    as_json: AsJsonOption = False,
    url: UrlOption = None,
    key: KeyOption = None,
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
    asked = AskRequest([*filters, *named_values(where or [])], measure, at, by, limit)
    _one_of(measure, ratio, drift, at, by)
    if url is None:
        with opened():
            pass
    try:
        told, shown = asyncio.run(_answered(asked, ratio, drift, url, key or secret("SAYSO_KEY")))
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


def _sides(ratio: str) -> Params:
    """The two measures of ``--ratio``."""
    over, sign, under = ratio.partition("/")
    if not (sign and over and under):
        raise typer.BadParameter("--ratio: write two measures, NUMERATOR/DENOMINATOR")
    return [("numerator", over), ("denominator", under)]


async def _answered(
    asked: AskRequest, ratio: str | None, drift: str | None, url: str | None, key: str | None
) -> Answered:
    async with connected(url, key, OPTIONS) as client:
        if drift is not None:
            told = await client.get(path("utterances", drift, "drift"), asked.limited)
            return told, answers.drift(told)
        if ratio is not None:
            by = [("by", asked.by)] if asked.by else []
            told = await client.get("ratios", [*_sides(ratio), *by, *asked.limited])
            sides = [one[side] for one in told["items"] for side in ("numerator", "denominator")]
            return told, answers.ratios(told, await client.voices(sides, {}))
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
        filters, others = await client.in_one_unit(id, asked.filters)
        asked = asked._replace(filters=filters)
        series = await client.get(path("measures", id, "series"), [*asked.limited, *by])
    except Refused as refused:
        raise await _meant(client, asked, refused) from None
    of = [("measure", id), *asked.limited, ("sort", "stated")]
    told: dict[str, Any] = {"measure": await client.get(path("measures", id), asked.moment)}
    told |= {"figures": await client.get("quantities", of), "series": series}
    if asked.at is not None:
        near = [*asked.filters, ("at", asked.at), ("limit", str(min(max(asked.limit, 2), 100)))]
        told["comparison"] = await client.get(path("measures", id, "comparison"), near)
    if others:
        told["other_units"] = others
    behind = path("measures", id, "corroboration")
    told["corroboration"] = await client.get(behind, asked.filters)
    claims, names = await _claims(client, asked, told)
    return told, answers.measure(views.measure(told, claims, Names(names)), out.width)


async def _claims(
    client: ApiClient, asked: AskRequest, told: JsonObject
) -> tuple[dict[str, JsonObject], dict[str, str]]:
    """The claims of the figures with their chains, and the names of all sources in the answers."""
    compared = told["comparison"]["figures"] if "comparison" in told else []
    shown = [*told["figures"]["items"], *told["series"]["against"], *compared]
    missing = {one["claim"] for one in shown}
    wider = [pair for pair in asked.filters if pair[0] != "match"]
    question = [("measure", told["series"]["measure"]), ("sort", "stated"), ("expand", "sources")]
    question.append(("fields", "id,attributions,quantities"))
    claims: dict[str, JsonObject] = {}
    names: dict[str, str] = {}
    async for page in client.every("claims", [*question, *wider]):
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
    otherwise = "`sayso ask` lists those there are."
    hint = await client.meant(asked.measure or "", asked.moment, otherwise)
    return Refused([f"There is no measure {asked.measure}. {hint}"])


def _refuse(refused: Refused) -> NoReturn:
    """Why there is no answer, a sentence a line."""
    for line in refused.told:
        told(printable(line), "red")
    raise typer.Exit(2 if refused.broken else 1)


def _print(told: Any, shown: RenderableType, as_json: bool) -> None:
    if not as_json:
        out.print(shown, highlight=False)
        return
    text = json.dumps(told, ensure_ascii=False, indent=2)
    typer.echo("".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text))
