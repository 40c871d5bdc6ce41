"""PROV's relations, and the JSON-LD context that makes statements about them RDF."""

from typing import Any, NamedTuple

SAYSO = "urn:sayso:"
EDTF, INTEGER, MOMENT = "loc:edtf", "xsd:integer", "xsd:dateTime"
PREFIXES = {
    "prov": "http://www.w3.org/ns/prov#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "loc": "http://id.loc.gov/datatypes/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "sayso": SAYSO,
}


class Relation(NamedTuple):
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
    "Association": Relation("Association", "activity", "agent", "agent", "wasAssociatedWith"),
    "Attribution": Relation("Attribution", "entity", "agent", "agent", "wasAttributedTo"),
    "Delegation": Relation("Delegation", "delegate", "responsible", "agent", "actedOnBehalfOf"),
    "Derivation": Relation(*_DERIVATION, "wasDerivedFrom"),
    "Generation": Relation("Generation", "entity", "activity", "activity", "wasGeneratedBy"),
    "PrimarySource": Relation(*_DERIVATION, "hadPrimarySource", "PrimarySource"),
    "Quotation": Relation(*_DERIVATION, "wasQuotedFrom", "Quotation"),
    "Revision": Relation(*_DERIVATION, "wasRevisionOf", "Revision"),
}


def _scoped(one: Relation) -> dict[str, Any]:
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
    "prov:Invalidation": _scoped(Relation("Invalidation", "entity", "activity", "activity", "")),
    "prov:Specialization": {
        "@id": "prov:Entity",
        "@context": {
            "generalEntity": "@id",
            "specificEntity": {"@reverse": "prov:specializationOf", "@type": "@id"},
        },
    },
}
