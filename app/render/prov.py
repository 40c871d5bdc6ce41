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

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from app.render import figure_words
from app.render.citation_context import CitationContext, kind_of, known
from app.rules import chain
from app.rules.json_types import JsonObject

SAYSO = "urn:sayso:"
EDTF, INTEGER, MOMENT, BOOLEAN = "loc:edtf", "xsd:integer", "xsd:dateTime", "xsd:boolean"
PREFIXES = {
    "prov": "http://www.w3.org/ns/prov#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "loc": "http://id.loc.gov/datatypes/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "sayso": SAYSO,
}


class ProvRelation(NamedTuple):
    """A relation of PROV: its statement, the ends of it as RDF has them, and the plain link."""

    type: str
    subject: str
    object: str
    end: str
    link: str
    subtype: str | None = None

    @property
    def qualified(self) -> str:
        """The property that leads to it, in RDF."""
        return f"prov:qualified{self.subtype or self.type}"


_DERIVATION = ("Derivation", "generatedEntity", "usedEntity", "entity")
RELATIONS = {
    "Association": ProvRelation("Association", "activity", "agent", "agent", "wasAssociatedWith"),
    "Attribution": ProvRelation("Attribution", "entity", "agent", "agent", "wasAttributedTo"),
    "Delegation": ProvRelation("Delegation", "delegate", "responsible", "agent", "actedOnBehalfOf"),
    "Derivation": ProvRelation(*_DERIVATION, "wasDerivedFrom"),
    "Generation": ProvRelation("Generation", "entity", "activity", "activity", "wasGeneratedBy"),
    "PrimarySource": ProvRelation(*_DERIVATION, "hadPrimarySource", "PrimarySource"),
    "Quotation": ProvRelation(*_DERIVATION, "wasQuotedFrom", "Quotation"),
    "Revision": ProvRelation(*_DERIVATION, "wasRevisionOf", "Revision"),
}
INVALIDATION = ProvRelation("Invalidation", "entity", "activity", "activity", "")


def _scoped(one: ProvRelation) -> dict[str, Any]:
    """What the names in a statement of this type mean in RDF."""
    names: dict[str, Any] = {
        one.subject: {"@reverse": f"prov:qualified{one.type}", "@type": "@id"},
        one.object: {"@id": f"prov:{one.end}", "@type": "@id"},
        "time": {"@id": "prov:atTime", "@type": MOMENT},
    }
    return {"@id": f"prov:{one.type}", "@context": names}


# An instant of invalidation has no activity; a specialization is nothing but its plain link, so
# the statement about it is one about the general entity.
CONTEXT: dict[str, Any] = {
    **PREFIXES,
    "type": {"@id": "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "@type": "@id"},
    "label": {"@id": "rdfs:label"},
    **{f"prov:{one.type}": _scoped(one) for one in RELATIONS.values()},
    "prov:Invalidation": _scoped(INVALIDATION),
    "prov:Specialization": {
        "@id": "prov:Entity",
        "@context": {
            "generalEntity": "@id",
            "specificEntity": {"@reverse": "prov:specializationOf", "@type": "@id"},
        },
    },
}
TYPES = {
    "work": ("Entity", None),
    "occasion": ("Activity", None),
    "agent": ("Agent", None),
    "person": ("Agent", "Person"),
    "organisation": ("Agent", "Organization"),
}
FROM_CLAIM = {
    "derived_from": "Derivation", "relays": "Quotation", "revises": "Revision",
    "corrects": "Revision", "supersedes": "Revision",
}  # fmt: skip
"""Every other predicate is a plain link in our own vocabulary: PROV has no word for a denial."""
OF_KIND = {"work": "Derivation", "occasion": "Generation"}
HOP_FIELDS = ("position", "cue", "wording", "name_as_given", "basis")
RELATION_FIELDS = ("predicate", "basis", "note")
CLAIM_FIELDS = (
    "modality", "polarity", "alternative_mode", "speech_act", "statement", "utterance",
)  # fmt: skip
FIGURE_FIELDS = (
    "raw_text", "hedge", "value", "unit", "lower", "lower_inclusive", "upper", "upper_inclusive",
    "lower_basis", "upper_basis", "interval_type", "interval_level", "slot", "alternative",
    "reading", "reading_note", "preferred", "absence", "flags",
)  # fmt: skip
"""What PROV has no word for is told in our own, in camel case."""

Statement = dict[str, Any]
"""An element or a relation, as one object of the graph."""


def document(cited: CitationContext) -> Statement:
    """The whole graph with its context; `here` makes short names of this server's addresses."""
    context = {**CONTEXT, "here": f"{cited.base}/v1/"}
    return {"@context": context, "@graph": [*_Graph(cited).statements()]}


def _values(value: Any) -> list[Statement]:
    """Values as PROV-JSONLD has them: each an object; nothing for what is not known."""
    every = value if isinstance(value, list) else [value]
    return [_value(one) for one in every if one is not None]


def _value(one: Any) -> Statement:
    if isinstance(one, bool):
        return {"@value": "true" if one else "false", "@type": BOOLEAN}
    return {"@value": str(one), "@type": INTEGER} if isinstance(one, int) else {"@value": one}


def _typed(value: str | None, type: str) -> list[Statement]:
    return [] if value is None else [{"@value": value, "@type": type}]


def _own(fields: JsonObject, names: Iterable[str] | None = None) -> Statement:
    """Fields in our own vocabulary: these, or all."""
    told = fields if names is None else names
    return {f"sayso:{_camel_case(name)}": _values(fields.get(name)) for name in told}


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


def _acts(source: JsonObject) -> bool:
    return kind_of(source) not in ("work", "occasion")


class _Graph:
    """The statements about one claim: elements by their address, and relations between them."""

    def __init__(self, cited: CitationContext):
        self.cited, self.claim = cited, cited.claim
        self.claim_iri = cited.iri("claims", cited.id)
        self.said_iri = f"{self.claim_iri}#said"
        self.elements: dict[str, Statement] = {}
        self.relations: list[Statement] = []
        self.counts: Counter[str] = Counter()

    def statements(self) -> Iterator[Statement]:
        """Elements first: what a relation joins is known before it."""
        self._recorded()
        self._said()
        for id, source in sorted(self.cited.sources.items()):
            self._source(id, source)
        hops = self.claim["attributions"]
        for id in sorted({hop["source"] for hop in hops if self._kind(hop) == "occasion"}):
            for speaker in self._speakers():
                self._relate("Association", self.cited.iri("sources", id), speaker)
        yield from map(known, self.elements.values())
        yield from self.relations

    def _element(self, iri: str, type: str = "Entity", subtype: str | None = None) -> Statement:
        node = self.elements.setdefault(iri, {"@id": iri, "@type": f"prov:{type}"})
        if subtype is not None:
            node["type"] = [subtype]
        return node

    def _relate(
        self, name: str, subject: str, other: str, qualities: Statement | None = None
    ) -> None:
        """One relation as a statement, and the plain link beside it."""
        kind = RELATIONS[name]
        node: Statement = {"@type": f"prov:{kind.type}", kind.subject: subject, kind.object: other}
        if kind.subtype is not None:
            self.counts[name] += 1
            node["@id"] = f"{self.cited.permalink}#{name}-{self.counts[name]}"
            node["type"] = [f"prov:{kind.subtype}"]
            self._link(subject, kind.qualified, node["@id"])
        self.relations.append({**node, **known(qualities or {})})
        self._link(subject, f"prov:{kind.link}", other)

    def _link(self, subject: str, link: str, other: str) -> None:
        links = self.elements[subject].setdefault(link, [])
        if {"@id": other} not in links:
            links.append({"@id": other})

    def _kind(self, hop: JsonObject) -> str:
        return kind_of(self.cited.sources[hop["source"]])

    def _is_beside(self, hop: JsonObject) -> bool:
        """Whether a hop belongs to what was said, and not to how the record came by it."""
        return hop["role"] in chain.BESIDE_ROLES or self._kind(hop) == "occasion"

    def _recorded(self) -> None:
        """This version: the record of the claim as it was found in the document."""
        cited, claim, iri, moment = self.cited, self.claim, self.cited.permalink, self.cited.moment
        node = self._element(iri, subtype="sayso:Record")
        node["prov:generatedAtTime"] = _typed(moment, MOMENT)
        node |= _own({
            "version": cited.version, "status": cited.status, "reason": cited.reason,
            "locator": claim.get("locator"), "inferred": claim.get("inferred"),
        })  # fmt: skip
        node["sayso:published"] = _typed(claim.get("published"), EDTF)
        self._element(self.claim_iri)
        self._element(self.said_iri)
        whole = {"specificEntity": iri, "generalEntity": self.claim_iri}
        self.relations.append({"@type": "prov:Specialization", **whole})
        self.relations.append({"@type": "prov:Generation", "entity": iri, "time": moment})
        self._relate("PrimarySource", iri, self.said_iri)
        self._invalidated()
        if cited.version > 1:
            earlier = f"{self.claim_iri}/revisions/{cited.version - 1}"
            self._element(earlier)
            self._relate("Revision", iri, earlier)
        for hop in claim["attributions"]:
            if not self._is_beside(hop):
                self._hop(iri, hop)
        for relation in claim.get("relations", []):
            self._relation(relation)

    def _invalidated(self) -> None:
        """A claim that was taken back is invalid from that moment on."""
        if self.cited.ended is None:
            return
        moment = self.cited.moment
        self.elements[self.claim_iri]["prov:invalidatedAtTime"] = _typed(moment, MOMENT)
        why = _own({"status": self.cited.status, "reason": self.cited.reason})
        ended = {"@type": "prov:Invalidation", "entity": self.claim_iri, "time": moment}
        self.relations.append({**ended, **known(why)})

    def _hop(self, subject: str, hop: JsonObject) -> None:
        """The document is quoted, other works are derived from, agents are attributed to."""
        name = OF_KIND.get(self._kind(hop), "Attribution")
        if hop["role"] == "document":
            name = "Quotation"
        self._relate(name, subject, self.cited.iri("sources", hop["source"]), _qualities(hop))

    def _relation(self, relation: JsonObject) -> None:
        other = self.cited.iri("claims", relation["object"])
        self._element(other)
        if relation["predicate"] not in FROM_CLAIM:
            own = f"sayso:{_camel_case(relation['predicate'])}"
            self._link(self.cited.permalink, own, other)
            return
        qualities = _own({"basis": "stated", **relation}, RELATION_FIELDS)
        name = FROM_CLAIM[relation["predicate"]]
        self._relate(name, self.cited.permalink, other, qualities)

    def _said(self) -> None:
        """What was said, as far as it is recorded: by whom, where, resting on what."""
        claim, node = self.claim, self._element(self.said_iri, subtype="sayso:Statement")
        printed = figure_words.printed(claim, self.cited.measures)
        node["prov:value"] = _values(printed or claim.get("quote", {}).get("exact"))
        node |= _own(claim, CLAIM_FIELDS)
        node |= {f"sayso:{name}": _typed(claim.get(name), EDTF) for name in ("stated", "period")}
        for n, figure in enumerate(claim.get("quantities", []), start=1):
            self._figure(f"{self.cited.permalink}#figure-{n}", figure)
        for speaker in self._speakers():
            self._relate("Attribution", self.said_iri, speaker)
        for hop in filter(self._is_beside, claim["attributions"]):
            if hop["role"] == "recipient":
                self._recipient(hop)
            else:
                self._hop(self.said_iri, hop)

    def _figure(self, iri: str, figure: JsonObject) -> None:
        node = self._element(iri, subtype="sayso:Figure")
        node |= _own(figure, FIGURE_FIELDS)
        for kind, field in (("dimension", "dimensions"), ("attribute", "attributes")):
            told = [f"{name}={value}" for name, value in figure.get(field, {}).items()]
            node[f"sayso:{kind}"] = _values(told)
        node["sayso:date"] = _typed(figure.get("date"), EDTF)
        node["sayso:measure"] = [{"@id": self.cited.iri("measures", figure["measure"])}]
        self._link(self.said_iri, "sayso:figure", iri)

    def _recipient(self, hop: JsonObject) -> None:
        """To be told something is no influence: PROV has no word for it."""
        iri = f"{self.cited.permalink}#recipient-{hop['source']}"
        end = "agent" if _acts(self.cited.sources[hop["source"]]) else "entity"
        source = [{"@id": self.cited.iri("sources", hop["source"])}]
        node = self._element(iri, subtype="sayso:Recipient")
        node |= known({f"prov:{end}": source, **_qualities(hop)})
        self._link(self.said_iri, "sayso:recipient", iri)

    def _source(self, id: str, source: JsonObject) -> None:
        kind, iri = kind_of(source), self.cited.iri("sources", id)
        type, subtype = TYPES[kind]
        node = self._element(iri, type, subtype and f"prov:{subtype}")
        node["label"] = _values(source["name"])
        node["dcterms:title"] = _values(source.get("title"))
        node["dcterms:date"] = _typed(source.get("date"), EDTF)
        node["sayso:url"] = _values(source.get("url"))
        if kind == "occasion":
            return
        if kind == "work":
            fields, name = ["author", "publisher"], "Attribution"
        else:
            fields, name = ["affiliation"], "Delegation"
        for other in dict.fromkeys(source[field] for field in fields if field in source):
            if other in self.cited.sources and _acts(self.cited.sources[other]):
                self._relate(name, iri, self.cited.iri("sources", other))

    def _speakers(self) -> list[str]:
        """Those who said it, as far as they can act."""
        ids = dict.fromkeys(hop["source"] for hop in self.cited.speakers)
        return [self.cited.iri("sources", id) for id in ids if _acts(self.cited.sources[id])]


def _qualities(hop: JsonObject) -> Statement:
    """In what role, on which place of the chain, in what words, and how it is known."""
    own = _own({"basis": "stated", **hop}, HOP_FIELDS)
    return known({"dcat:hadRole": [{"@id": f"{SAYSO}role:{hop['role']}"}], **own})
