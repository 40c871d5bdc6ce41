"""The question of ``sayso ask``: its options, and the API's parameters that they are sent as."""

from typing import Annotated, NamedTuple

import typer

from app.cli.api_client import Params

Word = str | None
MeasureOption = Annotated[
    Word, typer.Argument(help="What is counted; without it, the measures that there are.")
]
AtOption = Annotated[
    Word, typer.Option(help="Compare: what do the figures say of this time? 2024-06")
]
AtLeastOption = Annotated[Word, typer.Option(help="Figures of this or more.")]
AtMostOption = Annotated[Word, typer.Option(help="Figures of this or less.")]
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
    "value__lt": "--less-than", "known_by": "--known-by", "as_of": "--as-of",
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


def where(given: list[str]) -> Params:
    """The filters of ``--where``; raises where one has no value."""
    split = [one.partition("=") for one in given]
    if any(not sign or not name for name, sign, _ in split):
        raise typer.BadParameter("write NAME=VALUE, like claimant=shin-won-sik")
    return [(name, value) for name, _, value in split]


def sides(ratio: str) -> Params:
    """The two measures of ``--ratio``."""
    over, sign, under = ratio.partition("/")
    if not (sign and over and under):
        raise typer.BadParameter("--ratio: write two measures, NUMERATOR/DENOMINATOR")
    return [("numerator", over), ("denominator", under)]
