"""The provenance of a claim in the W3C PROV ontology, as JSON-LD that needs nothing from elsewhere.

Two entities are kept apart: the *record* (one version in this database, generated when it was
recorded) and what was *said* (generated at the occasion). The record quotes the document; what was
said is its primary source. Roles are `dcat:hadRole`, since `prov:hadRole` is not for attributions.
What PROV has no word for, and what the recorder inferred, is in the vocabulary `urn:sayso:`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from app.render import figures
from app.render.record import Fields, Record, kind_of, sayers
from app.rules import chain, instants

SAYSO = "urn:sayso:"
EDTF = "http://id.loc.gov/datatypes/edtf"
PREFIXES = {
    "prov": "http://www.w3.org/ns/prov#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "sayso": SAYSO,
}
LINKS = (
    "actedOnBehalfOf", "activity", "agent", "entity", "hadPrimarySource", "specializationOf",
    "wasAssociatedWith", "wasAttributedTo", "wasDerivedFrom", "wasGeneratedBy", "wasQuotedFrom",
    "wasRevisionOf",
)  # fmt: skip
INFLUENCES = {
    "Attribution": ("wasAttributedTo", "agent"),
    "Derivation": ("wasDerivedFrom", "entity"),
    "Generation": ("wasGeneratedBy", "activity"),
    "Quotation": ("wasQuotedFrom", "entity"),
    "Revision": ("wasRevisionOf", "entity"),
}
DATES = ("stated", "published", "period")
WORDS = (
    "absence", "alternative", "alternativeMode", "basis", "cue", "figure", "hedge", "inferred",
    "locator", "lower", "measure", "modality", "nameAsGiven", "note", "polarity", "position",
    "predicate", "rawText", "reading", "reason", "slot", "speechAct", "statement", "status",
    "upper", "utterance", "value", "version", "wording",
)  # fmt: skip
CONTEXT: dict[str, Any] = {
    **PREFIXES,
    **{name: {"@id": f"prov:{name}", "@type": "@id"} for name in LINKS},
    **{f"qualified{name}": {"@id": f"prov:qualified{name}"} for name in INFLUENCES},
    **{name: {"@id": f"sayso:{name}"} for name in WORDS},
    **{name: {"@id": f"sayso:{name}", "@type": EDTF} for name in DATES},
    "date": {"@id": "dcterms:date", "@type": EDTF},
    "generatedAtTime": {"@id": "prov:generatedAtTime", "@type": "xsd:dateTime"},
    "hadRole": {"@id": "dcat:hadRole", "@type": "@id"},
    "recipient": {"@id": "sayso:recipient"},
    "label": "rdfs:label",
    "text": "prov:value",
    "title": "dcterms:title",
    "url": "sayso:url",
}
TYPES = {
    "work": ["prov:Entity"],
    "occasion": ["prov:Activity"],
    "agent": ["prov:Agent"],
    "person": ["prov:Agent", "prov:Person"],
    "organisation": ["prov:Agent", "prov:Organization"],
}
FROM_CLAIM = {"derived_from": "Derivation", "relays": "Quotation", "revises": "Revision"}
OF_KIND = {"work": "Derivation", "occasion": "Generation"}
OF_HOP = {"cue": "cue", "wording": "wording", "name_as_given": "nameAsGiven"}
OF_CLAIM = {
    "modality": "modality", "polarity": "polarity", "alternative_mode": "alternativeMode",
    "speech_act": "speechAct", "stated": "stated", "period": "period", "statement": "statement",
    "utterance": "utterance",
}  # fmt: skip
OF_FIGURE = {
    "raw_text": "rawText", "hedge": "hedge", "value": "value", "lower": "lower", "upper": "upper",
    "measure": "measure", "slot": "slot", "alternative": "alternative", "reading": "reading",
    "absence": "absence", "date": "date",
}  # fmt: skip
Node = dict[str, Any]


def document(record: Record) -> Node:
    """The whole graph with its context."""
    return {"@context": CONTEXT, "@graph": [*_graph(record)]}


def _graph(record: Record) -> Iterable[Node]:
    yield _recorded(record)
    yield {"@id": record.iri("claims", record.id), "@type": "prov:Entity"}
    yield _said(record)
    for relation in record.claim.get("relations", []):
        if relation["predicate"] in FROM_CLAIM:
            yield {"@id": record.iri("claims", relation["object"]), "@type": "prov:Entity"}
    if record.version > 1:
        yield {"@id": _version(record, record.version - 1), "@type": "prov:Entity"}
    occasions = [hop["source"] for hop, kind in _hops(record) if kind == "occasion"]
    spoke = {"wasAssociatedWith": _speakers(record)}
    for id, source in sorted(record.sources.items()):
        yield _known({**_source(record, id, source), **(spoke if id in occasions else {})})


def _version(record: Record, version: int) -> str:
    return f"{record.iri('claims', record.id)}/revisions/{version}"


def _hops(record: Record) -> list[tuple[Fields, str]]:
    """The hops, each with what kind of thing its source is."""
    hops = record.claim["attributions"]
    return [(hop, kind_of(record.sources[hop["source"]])) for hop in hops]


def _recorded(record: Record) -> Node:
    """This version: the record of the claim as it was found in the document."""
    claim = record.claim
    node: Node = {
        "@id": record.permalink,
        "@type": ["prov:Entity", "sayso:Record"],
        "specializationOf": record.iri("claims", record.id),
        "generatedAtTime": instants.text(record.recorded_at),
        "version": record.version,
        "status": record.status,
        "reason": record.reason,
        "published": claim.get("published"),
        "locator": claim.get("locator"),
        "inferred": claim.get("inferred"),
        "hadPrimarySource": _said_iri(record),
    }
    if record.version > 1:
        _add(node, "wasRevisionOf", _version(record, record.version - 1))
    for hop, kind in _hops(record):
        if hop["role"] not in chain.BESIDE and kind != "occasion":
            _hop(record, node, hop, kind)
    for relation in claim.get("relations", []):
        if relation["predicate"] in FROM_CLAIM:
            _relation(record, node, relation)
    return _known(node)


def _link(node: Node, influence: str, other: str, qualities: Node) -> None:
    """One link of PROV: plain for whoever only follows it, and qualified."""
    link, end = INFLUENCES[influence]
    _add(node, link, other)
    _add(node, f"qualified{influence}", {"@type": f"prov:{influence}", end: other, **qualities})


def _hop(record: Record, node: Node, hop: Fields, kind: str) -> None:
    """The document is quoted, other works are derived from, agents are attributed to."""
    influence = OF_KIND.get(kind, "Attribution")
    if hop["role"] == "document":
        influence = "Quotation"
    _link(node, influence, record.iri("sources", hop["source"]), _qualities(hop))


def _qualities(hop: Fields) -> Node:
    """In what role, on which place of the chain, in what words, and how it is known."""
    place = {"position": hop["position"]} if "position" in hop else {}
    words = {name: hop[own] for own, name in OF_HOP.items() if own in hop}
    basis = {"basis": hop.get("basis", "stated")}
    return {"hadRole": f"{SAYSO}role:{hop['role']}", **place, **words, **basis}


def _relation(record: Record, node: Node, relation: Fields) -> None:
    qualities = {
        "predicate": relation["predicate"],
        "basis": relation.get("basis", "stated"),
        "note": relation.get("note"),
    }
    other = record.iri("claims", relation["object"])
    _link(node, FROM_CLAIM[relation["predicate"]], other, _known(qualities))


def _said_iri(record: Record) -> str:
    return f"{record.iri('claims', record.id)}#said"


def _said(record: Record) -> Node:
    """What was said, as far as it is recorded: by whom, where, resting on what."""
    claim = record.claim
    node: Node = {
        "@id": _said_iri(record),
        "@type": ["prov:Entity", "sayso:Statement"],
        "text": figures.printed(claim, record.measures) or claim.get("quote", {}).get("exact"),
        "figure": [_figure(record, figure) for figure in claim.get("quantities", [])],
        **{name: claim.get(own) for own, name in OF_CLAIM.items()},
    }
    for speaker in _speakers(record):
        _add(node, "wasAttributedTo", speaker)
    for hop, kind in _hops(record):
        if hop["role"] in chain.BESIDE or kind == "occasion":
            _beside(record, node, hop, kind)
    return _known(node)


def _figure(record: Record, figure: Fields) -> Node:
    found = {name: figure.get(own) for own, name in OF_FIGURE.items()}
    return _known({**found, "measure": {"@id": record.iri("measures", figure["measure"])}})


def _beside(record: Record, node: Node, hop: Fields, kind: str) -> None:
    """What stands beside the chain; to be told something is no influence, so PROV has no word."""
    if hop["role"] != "recipient":
        _hop(record, node, hop, kind)
        return
    source = record.iri("sources", hop["source"])
    _add(node, "recipient", {"agent" if _acts(kind) else "entity": source, **_qualities(hop)})


def _acts(kind: str) -> bool:
    return kind not in ("work", "occasion")


def _source(record: Record, id: str, source: Fields) -> Node:
    kind = kind_of(source)
    node: Node = {
        "@id": record.iri("sources", id),
        "@type": TYPES[kind],
        "label": source["name"],
        "title": source.get("title"),
        "date": source.get("date"),
        "url": source.get("url"),
    }
    links = {"actedOnBehalfOf": ["affiliation"]} if _acts(kind) else {}
    if kind == "work":
        links = {"wasAttributedTo": ["author", "publisher"]}
    for link, names in links.items():
        for name in names:
            other = record.sources.get(source.get(name, ""))
            if other is not None and _acts(kind_of(other)):
                _add(node, link, record.iri("sources", source[name]))
    return _known(node)


def _speakers(record: Record) -> list[str]:
    """Those who said it, as far as they can act."""
    ids = dict.fromkeys(hop["source"] for hop in sayers(record.claim))
    return [record.iri("sources", id) for id in ids if _acts(kind_of(record.sources[id]))]


def _add(node: Node, name: str, value: Any) -> None:
    found = node.setdefault(name, [])
    if isinstance(found, str):
        found = node[name] = [found]
    if value not in found:
        found.append(value)


def _known(fields: Mapping[str, Any]) -> Node:
    return {name: value for name, value in fields.items() if value not in (None, [])}
