"""What the papers about a claim are made of: one version of it, and what it refers to."""

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from app.rules import chain
from app.rules.json_types import JsonObject

PERSONS = frozenset({"person", "official", "journalist", "expert", "eyewitness"})
BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


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

    def iri(self, resource: str, id: str) -> str:
        """The address of a resource."""
        return f"{self.base}/v1/{resource}/{id}"

    @property
    def permalink(self) -> str:
        """The address of this version, for ever the same."""
        return f"{self.iri('claims', self.id)}/revisions/{self.version}"


def sayers(claim: JsonObject) -> list[JsonObject]:
    """The hops of those who said it: the claimant with whom it shares a place, else the origins."""
    hops, claimant = claim["attributions"], claim.get("claimant")
    own = [hop["position"] for hop in hops if hop["source"] == claimant and hop.get("position")]
    if not own:
        return [hops[n] for n in sorted(chain.origins(hops, claimant))]
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


def line(text: str) -> str:
    """Any text as one line; without the marks that would turn the text after it around."""
    kept = "".join(" " if _breaks(char) else char for char in text if char not in BIDI)
    return re.sub(r"\s+", " ", kept).strip()


def _breaks(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Zl", "Zp")
