"""What the tables of all answers are made of."""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.cli.formats import reach, said, when
from app.rules.json_types import JsonObject

THROUGH, WIDE = "through", 20
"""Chains are made of long words, which are hard to read when broken."""

MATCH = {"certain": ("●", "green"), "possible": ("◐", "yellow")}


class Answers(NamedTuple):
    """All that was answered about one measure, and the names of the sources in it."""

    series: JsonObject
    figures: JsonObject
    claims: Mapping[str, JsonObject]
    comparison: JsonObject | None
    corroboration: JsonObject
    names: Mapping[str, str]

    def name(self, source: str | None) -> str:
        """Who that is."""
        return "nobody named" if source is None else self.names.get(source, source)


def table(*headings: str, right: Iterable[int] = (), whole: Iterable[int] = ()) -> Table:
    """A table as all of ours are; nothing in it is cut off, and some columns are never broken."""
    made = Table(
        box=box.SIMPLE_HEAD, header_style="dim", pad_edge=False, show_edge=False,
        collapse_padding=True,
    )  # fmt: skip
    for n, heading in enumerate(headings):
        side: Literal["left", "right"] = "right" if n in right else "left"
        least = WIDE if heading == THROUGH else None
        made.add_column(heading, justify=side, overflow="fold", no_wrap=n in whole, min_width=least)
    return made


def counted(n: int, one: str, several: str) -> str:
    """``1 claim``, ``2 claims``."""
    return f"{n} {one if n == 1 else several}"


def headed(title: str, note: Text, *parts: RenderableType) -> Group:
    """A part of the answer under its heading."""
    heading = Text.assemble(("\n" + title, "bold cyan"), "   ", note)
    return Group(heading, *(Padding(part, (0, 0, 0, 2)) for part in parts))


def row(found: Answers, one: JsonObject) -> list[Text]:
    """A figure in a table: as worded, who said it, when, and through whom it came."""
    who, moment = found.name(one.get("claimant")), when(one.get("stated"))
    return [worded(one), said(who), said(moment, "dim"), _through(found, one)]


def worded(figure: JsonObject) -> Text:
    """A figure as printed, else what it reaches; its dimensions beside it."""
    quoted = figure.get("raw_text")
    found = said(reach(figure) if quoted is None else f"“{quoted}”")
    for name, value in figure.get("dimensions", {}).items():
        found.append("\n").append_text(said(f"{name}: {value}", "dim"))
    return found


BESIDE = ("evidence", "occasion", "recipient")


def _through(found: Answers, figure: JsonObject) -> Text:
    """The chain from the origin, unless that is who said it, to the document in hand."""
    hops: dict[int, list[str]] = {}
    for hop in found.claims.get(figure["claim"], {}).get("attributions", []):
        if hop["role"] not in BESIDE:
            hops.setdefault(hop["position"], []).append(hop["source"])
    ranked = [" + ".join(hops[position]) for position in sorted(hops, reverse=True)]
    if ranked[:1] == [figure.get("claimant")]:
        del ranked[0]
    return said(" → ".join(ranked), "dim")


def assumed(some: Iterable[JsonObject]) -> Group:
    """What the answers take for granted, each sentence once."""
    every = list(some)
    notes = list(dict.fromkeys(note for one in every for note in one["notes"]))
    made = Table.grid(padding=(0, 1))
    for note in notes:
        made.add_row(Text("·", "dim"), said(note, "dim"))
    moment = f"as the database stood at {every[0]['as_of']}" if every else ""
    return Group(Text(f"\nTaken for granted, {moment}:", "dim"), Padding(made, (0, 0, 0, 2)))
