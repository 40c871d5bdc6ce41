"""Voices of figures: who said each, also where several did and no single claimant is named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.cli.api_client import ApiClient, path
from app.render import figure_views
from app.render.figure_views import Names
from app.rules.json_types import JsonObject


@dataclass(frozen=True)
class Voices:
    """Who said what: the names of sources, and the chains of claims that no single one made."""

    names: Names
    chains: Mapping[str, list[JsonObject]] = field(default_factory=dict)

    def who(self, row: JsonObject) -> str:
        """Who said it; several, where they said it together."""
        known = {name: value for name, value in row.items() if value is not None}
        said = {"attributions": self.chains.get(row["claim"], []), **known}
        return figure_views.together(figure_views.claimants(said, self.names)).name


async def load_voices(
    api: ApiClient, rows: Sequence[JsonObject], names: Mapping[str, str]
) -> Voices:
    """Who said some figures: the chain of the claim tells, where several did together."""
    ids = {one["claim"] for one in rows}
    chains = {id: (await api.get(path("claims", id, "provenance"), []))["chain"] for id in ids}
    more = {hop["source"]: hop["name"] for chain in chains.values() for hop in chain}
    return Voices(Names({**names, **more}), chains)
