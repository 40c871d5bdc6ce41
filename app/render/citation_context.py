"""Citation context: one version of a claim with all that its citations and graphs refer to."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.rules import chain, instants
from app.rules.json_types import JsonObject

PERSONS = frozenset({"person", "official", "journalist", "expert", "eyewitness"})


class CitationContext(NamedTuple):
    """One version of a claim with its sources and measures, and the address it is served at."""

    id: str
    version: int
    recorded_at: int
    status: str
    reason: str | None
    claim: JsonObject
    sources: Mapping[str, JsonObject]
    measures: Mapping[str, JsonObject]
    base: str
    replaced_by: Sequence[tuple[str, str]] = ()
    """Claims that take the place of this one, as far as they were asked for: how, and which."""

    def iri(self, resource: str, id: str) -> str:
        """The address of a resource."""
        return f"{self.base}/v1/{resource}/{id}"

    @property
    def permalink(self) -> str:
        """The address of this version, for ever the same."""
        return f"{self.iri('claims', self.id)}/revisions/{self.version}"

    @property
    def ended(self) -> str | None:
        """What became of a claim that does not stand any more."""
        return None if self.status == "active" else self.status

    @property
    def moment(self) -> str:
        """When this version was recorded."""
        return instants.text(self.recorded_at)

    @property
    def work(self) -> JsonObject:
        """The document in hand."""
        return self.sources[self.claim["document"]]

    @property
    def published(self) -> str | None:
        """When the document was printed, as the claim or the document says."""
        return self.claim.get("published") or self.work.get("date")

    @property
    def speakers(self) -> list[JsonObject]:
        """The hops of those who said it: the claimant and who shares its place, else the origins.

        The claimant comes first.
        """
        hops, claimant = self.claim["attributions"], self.claim.get("claimant")
        own = [hop["position"] for hop in hops if hop["source"] == claimant and hop.get("position")]
        if not own:
            return [hops[n] for n in sorted(chain.origin_indexes(hops, claimant))]
        joint = [
            hop
            for hop in hops
            if hop.get("position") == max(own)
            and (hop["source"] == claimant or hop["role"] in chain.ORIGIN_ROLES)
        ]
        return sorted(joint, key=lambda hop: bool(hop["source"] != claimant))


def kind_of(source: JsonObject) -> str:
    """Person, organisation, or simply agent where nobody can tell; else work or occasion."""
    if source.get("class", "agent") != "agent":
        return str(source["class"])
    kind = source.get("kind", "other")
    if source.get("collective") or kind == "other":
        return "agent"
    return "person" if kind in PERSONS else "organisation"


def known(fields: JsonObject) -> dict[str, Any]:
    """The fields without those of which nothing is known."""
    return {name: value for name, value in fields.items() if value not in (None, [], "")}
