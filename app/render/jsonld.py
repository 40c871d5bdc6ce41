"""The provenance of a claim in the W3C PROV ontology: PROV-JSONLD, which is RDF as it stands.

One statement is one object of `@graph` with one `@type`, as the W3C submission PROV-JSONLD has it,
so that PROV's own tools read it; the context, inline, makes the same of it in RDF. There each
relation is qualified, and beside it stands the plain link of PROV-O (`prov:wasAttributedTo` …) for
whoever only follows links.

Two entities are kept apart: the *record* (one version in this database, generated when it was
recorded) and what was *said* (generated at the occasion). The record quotes the document; what was
said is its primary source. A claim that was withdrawn is invalidated at that moment. Roles are
`dcat:hadRole`, since `prov:hadRole` is not for attributions. What PROV has no word for, and what
the recorder inferred, is in the vocabulary `urn:sayso:`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.render import figure_words
from app.render.citation_context import CitationContext, kind_of, sayers
from app.render.prov_context import CONTEXT, EDTF, INTEGER, MOMENT, RELATIONS, SAYSO
from app.rules import chain, instants
from app.rules.json_types import JsonObject

TYPES = {
    "work": ("Entity", None),
    "occasion": ("Activity", None),
    "agent": ("Agent", None),
    "person": ("Agent", "Person"),
    "organisation": ("Agent", "Organization"),
}
FROM_CLAIM = {"derived_from": "Derivation", "relays": "Quotation", "revises": "Revision"}
OF_KIND = {"work": "Derivation", "occasion": "Generation"}
OF_HOP = {"cue": "cue", "wording": "wording", "name_as_given": "nameAsGiven"}
OF_CLAIM = {
    "modality": "modality", "polarity": "polarity", "alternative_mode": "alternativeMode",
    "speech_act": "speechAct", "statement": "statement", "utterance": "utterance",
}  # fmt: skip
OF_FIGURE = {
    "raw_text": "rawText", "hedge": "hedge", "value": "value", "lower": "lower", "upper": "upper",
    "slot": "slot", "alternative": "alternative", "reading": "reading", "absence": "absence",
}  # fmt: skip
Node = dict[str, Any]


def document(record: CitationContext) -> Node:
    """The whole graph with its context; `here` makes short names of this server's addresses."""
    context = {**CONTEXT, "here": f"{record.base}/v1/"}
    return {"@context": context, "@graph": [*_Graph(record).statements()]}


def _text(value: Any) -> list[Node]:
    """Values as PROV-JSONLD has them: each an object; nothing for what is not known."""
    every = value if isinstance(value, list) else [value]
    return [
        {"@value": str(one), "@type": INTEGER} if isinstance(one, int) else {"@value": one}
        for one in every
        if one is not None
    ]


def _typed(value: str | None, type: str) -> list[Node]:
    return [] if value is None else [{"@value": value, "@type": type}]


def _named(values: Mapping[str, Any]) -> Node:
    """Words of our own vocabulary."""
    return {f"sayso:{name}": _text(value) for name, value in values.items()}


def _known(fields: Mapping[str, Any]) -> Node:
    return {name: value for name, value in fields.items() if value not in (None, [])}


def _acts(kind: str) -> bool:
    return kind not in ("work", "occasion")


class _Graph:
    """The statements about one record: elements by their address, and relations between them."""

    def __init__(self, record: CitationContext):
        self.record, self.claim = record, record.claim
        self.claim_iri = record.iri("claims", record.id)
        self.said_iri = f"{self.claim_iri}#said"
        self.elements: dict[str, Node] = {}
        self.relations: list[Node] = []
        self.counts: dict[str, int] = {}

    def statements(self) -> Iterator[Node]:
        """Elements first: what a relation joins is known before it."""
        self._recorded()
        self._said()
        for id, source in sorted(self.record.sources.items()):
            self._source(id, source)
        occasions = {hop["source"] for hop, kind in self._hops() if kind == "occasion"}
        for id in sorted(occasions):
            for speaker in self._speakers():
                self._relate("Association", self.record.iri("sources", id), speaker)
        yield from map(_known, self.elements.values())
        yield from self.relations

    def _element(self, iri: str, type: str = "Entity", subtype: str | None = None) -> Node:
        node = self.elements.setdefault(iri, {"@id": iri, "@type": f"prov:{type}"})
        if subtype is not None:
            node["type"] = [subtype]
        return node

    def _relate(self, name: str, subject: str, other: str, qualities: Node | None = None) -> None:
        """One relation as a statement, and the plain link beside it."""
        kind = RELATIONS[name]
        node: Node = {"@type": f"prov:{kind.type}", kind.subject: subject, kind.object: other}
        if kind.subtype is not None:
            self.counts[name] = self.counts.get(name, 0) + 1
            node["@id"] = f"{self.record.permalink}#{name}-{self.counts[name]}"
            node["type"] = [f"prov:{kind.subtype}"]
            self._link(subject, kind.qualified, node["@id"])
        self.relations.append({**node, **_known(qualities or {})})
        self._link(subject, f"prov:{kind.link}", other)

    def _link(self, subject: str, link: str, other: str) -> None:
        links = self.elements[subject].setdefault(link, [])
        if {"@id": other} not in links:
            links.append({"@id": other})

    def _hops(self) -> list[tuple[JsonObject, str]]:
        """The hops, each with what kind of thing its source is."""
        hops = self.claim["attributions"]
        return [(hop, kind_of(self.record.sources[hop["source"]])) for hop in hops]

    def _recorded(self) -> None:
        """This version: the record of the claim as it was found in the document."""
        record, claim, iri = self.record, self.claim, self.record.permalink
        moment = instants.text(record.recorded_at)
        node = self._element(iri, subtype="sayso:CitationContext")
        node["prov:generatedAtTime"] = _typed(moment, MOMENT)
        node |= _named({
            "version": record.version, "status": record.status, "reason": record.reason,
            "locator": claim.get("locator"), "inferred": claim.get("inferred"),
        })  # fmt: skip
        node["sayso:published"] = _typed(claim.get("published"), EDTF)
        self._element(self.claim_iri)
        self._element(self.said_iri)
        whole = {"specificEntity": iri, "generalEntity": self.claim_iri}
        self.relations.append({"@type": "prov:Specialization", **whole})
        self.relations.append({"@type": "prov:Generation", "entity": iri, "time": moment})
        self._relate("PrimarySource", iri, self.said_iri)
        self._ended(moment)
        if record.version > 1:
            self._relate("Revision", iri, self._earlier())
        for hop, kind in self._hops():
            if hop["role"] not in chain.BESIDE and kind != "occasion":
                self._hop(iri, hop, kind)
        for relation in claim.get("relations", []):
            if relation["predicate"] in FROM_CLAIM:
                self._relation(relation)

    def _earlier(self) -> str:
        iri = f"{self.claim_iri}/revisions/{self.record.version - 1}"
        self._element(iri)
        return iri

    def _ended(self, moment: str) -> None:
        """A claim that was taken back is invalid from that moment on."""
        if self.record.status == "active":
            return
        self.elements[self.claim_iri]["prov:invalidatedAtTime"] = _typed(moment, MOMENT)
        why = _named({"status": self.record.status, "reason": self.record.reason})
        ended = {"@type": "prov:Invalidation", "entity": self.claim_iri, "time": moment}
        self.relations.append({**ended, **_known(why)})

    def _hop(self, subject: str, hop: JsonObject, kind: str) -> None:
        """The document is quoted, other works are derived from, agents are attributed to."""
        name = OF_KIND.get(kind, "Attribution")
        if hop["role"] == "document":
            name = "Quotation"
        self._relate(name, subject, self.record.iri("sources", hop["source"]), _qualities(hop))

    def _relation(self, relation: JsonObject) -> None:
        other = self.record.iri("claims", relation["object"])
        self._element(other)
        qualities = {
            "predicate": relation["predicate"],
            "basis": relation.get("basis", "stated"),
            "note": relation.get("note"),
        }
        name = FROM_CLAIM[relation["predicate"]]
        self._relate(name, self.record.permalink, other, _named(qualities))

    def _said(self) -> None:
        """What was said, as far as it is recorded: by whom, where, resting on what."""
        claim, node = self.claim, self._element(self.said_iri, subtype="sayso:Statement")
        printed = figure_words.printed(claim, self.record.measures)
        node["prov:value"] = _text(printed or claim.get("quote", {}).get("exact"))
        node |= _named({name: claim.get(own) for own, name in OF_CLAIM.items()})
        node |= {f"sayso:{name}": _typed(claim.get(name), EDTF) for name in ("stated", "period")}
        for n, figure in enumerate(claim.get("quantities", []), start=1):
            self._figure(f"{self.record.permalink}#figure-{n}", figure)
        for speaker in self._speakers():
            self._relate("Attribution", self.said_iri, speaker)
        for hop, kind in self._hops():
            if hop["role"] in chain.BESIDE or kind == "occasion":
                self._beside(hop, kind)

    def _figure(self, iri: str, figure: JsonObject) -> None:
        node = self._element(iri, subtype="sayso:Figure")
        node |= _named({name: figure.get(own) for own, name in OF_FIGURE.items()})
        node["sayso:date"] = _typed(figure.get("date"), EDTF)
        node["sayso:measure"] = [{"@id": self.record.iri("measures", figure["measure"])}]
        self._link(self.said_iri, "sayso:figure", iri)

    def _beside(self, hop: JsonObject, kind: str) -> None:
        """What stands beside the chain; to be told something is no influence: PROV has no word."""
        if hop["role"] != "recipient":
            self._hop(self.said_iri, hop, kind)
            return
        source = self.record.iri("sources", hop["source"])
        iri = f"{self.record.permalink}#recipient-{hop['source']}"
        node = self._element(iri, subtype="sayso:Recipient")
        end = "agent" if _acts(kind) else "entity"
        node |= _known({f"prov:{end}": [{"@id": source}], **_qualities(hop)})
        self._link(self.said_iri, "sayso:recipient", iri)

    def _source(self, id: str, source: JsonObject) -> None:
        kind, iri = kind_of(source), self.record.iri("sources", id)
        type, subtype = TYPES[kind]
        node = self._element(iri, type, subtype and f"prov:{subtype}")
        node["label"] = _text(source["name"])
        node["dcterms:title"] = _text(source.get("title"))
        node["dcterms:date"] = _typed(source.get("date"), EDTF)
        node["sayso:url"] = _text(source.get("url"))
        names = ["author", "publisher"] if kind == "work" else ["affiliation"]
        name = "Attribution" if kind == "work" else "Delegation"
        others = dict.fromkeys(source[by] for by in names if by in source)
        for other in others if kind != "occasion" else ():
            found = self.record.sources.get(other)
            if found is not None and _acts(kind_of(found)):
                self._relate(name, iri, self.record.iri("sources", other))

    def _speakers(self) -> list[str]:
        """Those who said it, as far as they can act."""
        ids = dict.fromkeys(hop["source"] for hop in sayers(self.claim))
        sources = self.record.sources
        return [self.record.iri("sources", id) for id in ids if _acts(kind_of(sources[id]))]


def _qualities(hop: JsonObject) -> Node:
    """In what role, on which place of the chain, in what words, and how it is known."""
    words = {name: hop.get(own) for own, name in OF_HOP.items()}
    known = {"position": hop.get("position"), **words, "basis": hop.get("basis", "stated")}
    return _known({"dcat:hadRole": [{"@id": f"{SAYSO}role:{hop['role']}"}], **_named(known)})
