"""The provenance of a claim as PROV: what rdflib reads, what prov accepts, what it must not say."""

import re
import time
import warnings
from typing import Any

import httpx
import pytest
from prov.model import (
    ProvActivity,
    ProvAgent,
    ProvAttribution,
    ProvDocument,
    ProvEntity,
    ProvInvalidation,
    ProvRecord,
    ProvRelation,
)
from rdflib import RDF, RDFS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from tests.api.test_citations import NAMES, hostile
from tests.conftest import ONE_ENGINE

# rdflib's own readers still use what rdflib deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")
PROV = Namespace("http://www.w3.org/ns/prov#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
SAYSO = Namespace("urn:sayso:")
EDTF = URIRef("http://id.loc.gov/datatypes/edtf")
MARCH = "/v1/claims/shin-2024-03-containers"


def linked(client: httpx.Client, path: str, **more: str) -> Graph:
    """The graph as rdflib reads it, with its own context and nothing else."""
    answer = client.get(f"{path}/provenance", params={"format": "jsonld", **more})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/ld+json"
    assert isinstance(answer.json()["@context"], dict)
    return Graph().parse(data=answer.text, format="json-ld")


def iri(client: httpx.Client, path: str) -> URIRef:
    return URIRef(f"{str(client.base_url).rstrip('/')}{path}")


def source(client: httpx.Client, id: str) -> URIRef:
    return iri(client, f"/v1/sources/{id}")


def qualities(graph: Graph, node: Node, influence: str) -> dict[str, dict[str, Any]]:
    """Each qualified link of one kind, by what it leads to."""
    ends = (PROV.agent, PROV.entity, PROV.activity)
    found: dict[str, dict[str, Any]] = {}
    for link in graph.objects(node, PROV[f"qualified{influence}"]):
        assert (link, RDF.type, PROV[influence]) in graph
        [end] = [one for kind in ends for one in graph.objects(link, kind)]
        rest = graph.predicate_objects(link)
        found[str(end).rpartition("/")[2]] = {
            re.split("[#:/]", str(name))[-1]: value.toPython()  # type: ignore[attr-defined]
            for name, value in rest
            if name not in (RDF.type, *ends)
        }
    return found


def test_the_record_quotes_the_document_and_is_attributed_along_the_chain(
    seeded: httpx.Client,
) -> None:
    graph = linked(seeded, MARCH)
    record, said = iri(seeded, f"{MARCH}/revisions/1"), iri(seeded, f"{MARCH}#said")
    shin, ap = source(seeded, "shin-won-sik"), source(seeded, "ap")
    article, digest = source(seeded, "daily-digest-article"), source(seeded, "the-daily-digest")
    ministry, seoul = source(seeded, "rok-mnd"), source(seeded, "rok-government")
    when = seeded.get(MARCH).json()["recorded_at"]
    assert {
        (record, RDF.type, PROV.Entity),
        (record, PROV.specializationOf, iri(seeded, MARCH)),
        (record, PROV.wasQuotedFrom, article),
        (record, PROV.hadPrimarySource, said),
        (record, PROV.wasAttributedTo, ap),
        (record, PROV.wasAttributedTo, shin),
        (said, RDF.type, PROV.Entity),
        (said, PROV.wasAttributedTo, shin),
        (said, SAYSO.stated, Literal("2024-03", datatype=EDTF)),
        (article, RDF.type, PROV.Entity),
        (article, PROV.wasAttributedTo, digest),
        (article, DCTERMS.date, Literal("2024-10/..", datatype=EDTF)),
        (shin, RDF.type, PROV.Person),
        (shin, RDF.type, PROV.Agent),
        (shin, RDFS.label, Literal("Shin Won-sik")),
        (shin, PROV.actedOnBehalfOf, ministry),
        (ministry, PROV.actedOnBehalfOf, seoul),
        (ap, RDF.type, PROV.Organization),
        (seoul, RDF.type, PROV.Organization),
    } <= set(graph)
    assert (said, PROV.wasAttributedTo, ap) not in graph, "a relayer did not say it"
    [made] = graph.objects(record, PROV.generatedAtTime)
    assert made.toPython().isoformat(timespec="microseconds").replace("+00:00", "Z") == when  # type: ignore[attr-defined]
    assert not [*graph.objects(record, PROV.wasRevisionOf)]
    [text] = graph.objects(said, PROV.value)
    assert "“upwards of 7,000”" in str(text)
    [figure] = graph.objects(said, SAYSO.figure)
    assert (figure, SAYSO.hedge, Literal("more_than")) in graph


def test_what_the_recorder_inferred_stays_marked(seeded: httpx.Client) -> None:
    graph = linked(seeded, MARCH)
    record = iri(seeded, f"{MARCH}/revisions/1")
    assert {str(one) for one in graph.objects(record, SAYSO.inferred)} == {"stated", "unit"}
    assert qualities(graph, record, "Attribution") == {
        "ap": {"hadRole": "urn:sayso:role:relayer", "position": 1, "cue": "according to",
               "basis": "ambiguous"},
        "shin-won-sik": {"hadRole": "urn:sayso:role:speaker", "position": 2,
                         "nameAsGiven": "Minister Shin", "basis": "stated"},
    }  # fmt: skip
    assert qualities(graph, record, "Quotation") == {
        "daily-digest-article": {
            "hadRole": "urn:sayso:role:document", "position": 0, "basis": "stated",
        }
    }  # fmt: skip
    june = "/v1/claims/shin-2024-06-shell-capacity"
    derived = qualities(linked(seeded, june), iri(seeded, f"{june}/revisions/1"), "Derivation")
    assert derived["shin-2024-06-containers"] == {
        "predicate": "derived_from", "basis": "inferred",
        "note": "shells worked out from the containers",
    }  # fmt: skip
    [briefing] = qualities(
        linked(seeded, "/v1/claims/shin-2024-02-26-factories"),
        iri(seeded, "/v1/claims/shin-2024-02-26-factories#said"),
        "Generation",
    ).values()
    assert briefing == {"hadRole": "urn:sayso:role:occasion", "basis": "inferred"}


def test_the_occasion_is_an_activity_and_evidence_and_derivation_are_told(
    seeded: httpx.Client,
) -> None:
    june = "/v1/claims/shin-2024-06-shell-capacity"
    graph, said = linked(seeded, june), iri(seeded, f"{june}#said")
    interview = source(seeded, "bloomberg-interview-2024-06")
    assert {
        (interview, RDF.type, PROV.Activity),
        (interview, PROV.wasAssociatedWith, source(seeded, "shin-won-sik")),
        (said, PROV.wasGeneratedBy, interview),
        (iri(seeded, f"{june}/revisions/1"), PROV.wasDerivedFrom,
         iri(seeded, "/v1/claims/shin-2024-06-containers")),
    } <= set(graph)  # fmt: skip
    august = "/v1/claims/dia-2024-08-containers"
    graph, said = linked(seeded, august), iri(seeded, f"{august}#said")
    assert (said, PROV.wasDerivedFrom, source(seeded, "dia-report-2024")) in graph
    [told] = graph.objects(said, SAYSO.recipient)
    assert (told, PROV.agent, source(seeded, "kang-dae-sik")) in graph


def test_every_relation_of_a_claim_and_what_each_figure_rests_on_is_told(
    fresh: httpx.Client,
) -> None:
    first = "shin-2024-02-containers"
    predicates = ("corrects", "supersedes", "retracts", "denies", "same_utterance")
    claim = {
        "id": "later", "document": "daily-digest-article", "claimant": "shin-won-sik",
        "measure": "containers.prk-rus", "raw_text": "about 50", "attributes": {"edition": 2},
        "relations": [{"predicate": one, "object": first} for one in predicates],
    }  # fmt: skip
    assert fresh.post("/v1/claims", json=claim).status_code == 201
    path = "/v1/claims/later"
    graph, record = linked(fresh, path), iri(fresh, f"{path}/revisions/1")
    other, [figure] = iri(fresh, f"/v1/claims/{first}"), graph.subjects(RDF.type, SAYSO.Figure)
    told = {
        (record, PROV.wasRevisionOf, other), (record, SAYSO.retracts, other),
        (record, SAYSO.denies, other), (record, SAYSO.sameUtterance, other),
        (figure, SAYSO.attribute, Literal("edition=2")),
        (figure, SAYSO.lowerBasis, Literal("convention")),
    }  # fmt: skip
    assert told <= set(graph)
    revised = list(graph.objects(record, PROV.qualifiedRevision))
    found = {str(one) for node in revised for one in graph.objects(node, SAYSO.predicate)}
    assert found == {"corrects", "supersedes"}
    accepted(graph)


def accepted(graph: Graph) -> tuple[ProvDocument, dict[type, set[str]]]:
    """The graph as the prov package reads it: its elements, each of one kind."""
    triples = graph.serialize(format="nt")
    document = ProvDocument.deserialize(content=triples, format="rdf", rdf_format="nt")
    assert isinstance(document, ProvDocument)
    assert ProvDocument.deserialize(content=document.serialize(format="json")) == document
    kinds: tuple[type[ProvRecord], ...] = (ProvEntity, ProvAgent, ProvActivity)
    found: dict[type, set[str]] = {
        kind: {uri(one.identifier) for one in document.get_records(kind)} for kind in kinds
    }
    return document, found


Told = tuple[str, frozenset[tuple[str, str]]]


def relations(document: ProvDocument, kinds: tuple[type, ...] = (ProvRelation,)) -> set[Told]:
    """Each relation as its type with all that it says, however names are shortened.

    That a quotation is a derivation besides (from RDF prov tells it now and then) says no more.
    """
    said = (str(PROV.type), str(PROV.Derivation))
    return {
        (
            str(one.get_type()),
            frozenset({(name.uri, uri(value)) for name, value in one.attributes} - {said}),
        )
        for one in document.get_records()
        if isinstance(one, kinds)
    }


def uri(value: Any) -> str:
    return str(getattr(value, "uri", getattr(value, "value", value)))


@ONE_ENGINE
def test_prov_reads_the_same_from_the_statements_as_from_the_rdf(seeded: httpx.Client) -> None:
    base = str(seeded.base_url).rstrip("/")
    for claim in seeded.get("/v1/claims").json()["items"]:
        path = f"/v1/claims/{claim['id']}"
        answer = seeded.get(f"{path}/provenance?format=jsonld")
        assert all(isinstance(one["@type"], str) for one in answer.json()["@graph"])
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            stated = ProvDocument.deserialize(content=answer.text, format="jsonld")
        graph = linked(seeded, path)
        from_rdf, found = accepted(graph)
        same = relations(stated)
        assert same <= relations(from_rdf)
        for kind, told in relations(from_rdf) - same:
            # prov takes some plain links for one more relation beside the qualified one.
            assert kind in ("prov:Derivation", "prov:Generation")
            assert any(kind == other and told <= more for other, more in same)
        kinds: tuple[type[ProvRecord], ...] = (ProvEntity, ProvAgent, ProvActivity)
        named = {kind: {uri(one.identifier) for one in stated.get_records(kind)} for kind in kinds}
        assert named == found
        attributed = {
            (str(one.args[0].uri), str(one.args[1].uri))
            for one in stated.get_records(ProvAttribution)
        }
        plain = graph.subject_objects(PROV.wasAttributedTo)
        assert attributed == {(str(one), str(other)) for one, other in plain}
        record = stated.get_record(f"{base}{path}/revisions/1")
        assert len(record) == 1, "an element is stated once"
        again = stated.serialize(format="jsonld", context="embed")
        assert relations(ProvDocument.deserialize(content=again, format="jsonld")) == relations(
            stated
        )


@ONE_ENGINE
def test_the_prov_package_reads_every_claim_of_the_seed(seeded: httpx.Client) -> None:
    base = str(seeded.base_url).rstrip("/")
    for claim in seeded.get("/v1/claims").json()["items"]:
        path = f"/v1/claims/{claim['id']}"
        _, found = accepted(linked(seeded, path))
        for hop in claim["attributions"]:
            about = seeded.get(f"/v1/sources/{hop['source']}").json()
            kind = {"agent": ProvAgent, "work": ProvEntity, "occasion": ProvActivity}
            assert f"{base}/v1/sources/{hop['source']}" in found[kind[about["class"]]]
        said = {f"{base}{path}{tail}" for tail in ("", "/revisions/1", "#said")}
        assert said <= found[ProvEntity]
        assert not found[ProvEntity] & found[ProvAgent]
        assert not found[ProvActivity] & (found[ProvAgent] | found[ProvEntity])


def test_a_figure_has_its_unit_what_narrows_it_and_whether_its_ends_are_its_own(
    fresh: httpx.Client,
) -> None:
    figures = [
        {"measure": "m", "raw_text": "more than 5,000", "unit": "kg", "dimensions": {"cal": 152}},
        {"measure": "m", "value": "8", "slot": 2, "reading": "B", "preferred": True},
    ]
    sources = [{"id": "d", "name": "D", "kind": "report"}]
    measures = [{"id": "m", "name": "M", "unit": "t", "statistic": "amount"}]
    sent = {"id": "c", "document": "d", "quantities": figures,
            "included": {"sources": sources, "measures": measures}}  # fmt: skip
    assert fresh.post("/v1/claims", json=sent).status_code == 201
    graph = linked(fresh, "/v1/claims/c")
    first, second = (iri(fresh, f"/v1/claims/c/revisions/1#figure-{n}") for n in (1, 2))
    assert {(first, SAYSO.unit, Literal("kg")), (first, SAYSO.dimension, Literal("cal=152")),
            (first, SAYSO.lowerInclusive, Literal(False)), (second, SAYSO.unit, Literal("t")),
            (second, SAYSO.preferred, Literal(True))} <= {*graph}  # fmt: skip


def test_a_later_version_is_a_revision_of_the_one_before(fresh: httpx.Client) -> None:
    before = fresh.get(MARCH).json()["recorded_at"]
    tag = {"If-Match": '"1"'}
    assert fresh.patch(MARCH, json={"notes": "Checked."}, headers=tag).status_code == 200
    gone = fresh.delete(MARCH, params={"reason": "misread"}, headers={"If-Match": '"2"'})
    assert gone.status_code == 200
    graph, third = linked(fresh, MARCH), iri(fresh, f"{MARCH}/revisions/3")
    assert (third, PROV.wasRevisionOf, iri(fresh, f"{MARCH}/revisions/2")) in graph
    assert (third, SAYSO.status, Literal("withdrawn")) in graph
    assert (third, SAYSO.reason, Literal("misread")) in graph
    accepted(graph)
    assert not [*graph.objects(third, PROV.invalidatedAtTime)], "the record of it is valid"
    [ended] = graph.objects(iri(fresh, MARCH), PROV.invalidatedAtTime)
    when = fresh.get(MARCH).json()["recorded_at"]
    assert ended == Literal(when, datatype=XSD.dateTime)
    stated = ProvDocument.deserialize(
        content=fresh.get(f"{MARCH}/provenance?format=jsonld").text, format="jsonld"
    )
    [invalidation] = stated.get_records(ProvInvalidation)
    assert uri(invalidation.args[0]) == str(iri(fresh, MARCH))
    assert ("urn:sayso:reason", "misread") in {(n.uri, uri(v)) for n, v in invalidation.attributes}
    past = linked(fresh, MARCH, as_of=before)
    assert (iri(fresh, f"{MARCH}/revisions/1"), RDF.type, PROV.Entity) in past
    assert third not in set(past.subjects())


def test_every_form_of_provenance_says_when_a_claim_was_withdrawn_and_why(
    fresh: httpx.Client,
) -> None:
    before = fresh.get(f"{MARCH}/provenance").json()
    assert not {"status", "reason", "recorded_at"} & set(before)
    for n, status in enumerate(("withdrawn", "entered_in_error"), start=1):
        id = f"gone-{n}"
        claim = {"id": id, "document": "daily-digest-article", "claimant": "shin-won-sik"}
        assert fresh.post("/v1/claims", json=claim).status_code == 201
        asked = {"reason": f"The {n}. reason.", "status": status}
        gone = fresh.delete(f"/v1/claims/{id}", params=asked, headers={"If-Match": "*"})
        assert gone.status_code == 200
        since = gone.json()["recorded_at"]
        told = fresh.get(f"/v1/claims/{id}/provenance").json()
        assert (told["status"], told["reason"], told["recorded_at"]) == (
            status, f"The {n}. reason.", since,
        )  # fmt: skip
        words = status.replace("_", " ").capitalize()
        picture = fresh.get(f"/v1/claims/{id}/provenance?format=svg").text
        assert f"{words} on " in picture
        assert f"The {n}. reason" in picture
        graph = linked(fresh, f"/v1/claims/{id}")
        [ended] = graph.objects(iri(fresh, f"/v1/claims/{id}"), PROV.invalidatedAtTime)
        assert ended == Literal(since, datatype=XSD.dateTime)
        assert f"{words}: The {n}. reason." in fresh.get(f"/v1/claims/{id}/citation").text


ACCEPT = {
    "application/json": "application/json",
    "application/ld+json": "application/ld+json",
    'application/ld+json; profile="http://www.w3.org/ns/json-ld#compacted"': "application/ld+json",
    "application/ld+json;q=0.3, application/json;q=0.2": "application/ld+json",
    "*/*": "application/json",
    "text/turtle": "application/json",
}


@pytest.mark.parametrize(("accept", "kind"), ACCEPT.items())
def test_accept_asks_for_prov_and_plain_json_stays_the_default(
    seeded: httpx.Client, accept: str, kind: str
) -> None:
    answer = seeded.get(f"{MARCH}/provenance", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert answer.headers["vary"] == "Accept"
    plain = seeded.get(f"{MARCH}/provenance?format=json", headers={"Accept": accept}).json()
    assert plain["claim"] == "shin-2024-03-containers"


@ONE_ENGINE
def test_no_name_breaks_the_graph(fresh: httpx.Client) -> None:
    for n, name in enumerate(NAMES):
        path = hostile(fresh, name, f"hostile-{n}")
        graph = linked(fresh, path)
        again = Graph().parse(data=graph.serialize(format="nt"), format="nt")
        assert (source(fresh, f"hostile-{n}-who"), RDFS.label, Literal(name)) in again
        assert len(again) == len(graph)


def test_circles_and_long_lines_of_affiliation_end(fresh: httpx.Client) -> None:
    line: list[dict[str, Any]] = [
        {"id": f"d-{n}", "name": f"D {n}", "affiliation": f"d-{n + 1}"} for n in range(1_000)
    ]
    line.append({"id": "d-1000", "name": "top", "is_root": True})
    sent = [{"type": "source", **one} for one in line]
    assert fresh.post("/v1/imports", json=sent).status_code == 201
    circle = {"id": "c-1", "name": "c", "affiliation": "c-2"}
    other = {"id": "c-2", "name": "c", "affiliation": "c-1"}
    both = [{"type": "source", **circle}, {"type": "source", **other}]
    assert fresh.post("/v1/imports", json=both).status_code == 201
    for id in ("d-0", "c-1"):
        claim = {"id": f"of-{id}", "document": "daily-digest-article", "claimant": id}
        assert fresh.post("/v1/claims", json=claim).status_code == 201
        began = time.process_time()
        graph = linked(fresh, f"/v1/claims/of-{id}")
        assert time.process_time() - began < 10
        assert len([*graph.subject_objects(PROV.actedOnBehalfOf)]) == (1_000 if id == "d-0" else 2)
        for path in ("provenance", "citation"):
            assert fresh.get(f"/v1/claims/of-{id}/{path}").status_code == 200


def test_works_stand_where_agents_are_expected_and_nothing_breaks(fresh: httpx.Client) -> None:
    works = [
        {"id": "w-1", "name": "one", "kind": "report", "publisher": "w-2", "author": "w-3"},
        {"id": "w-2", "name": "two", "kind": "report", "publisher": "w-3", "affiliation": "w-4"},
        {"id": "w-3", "name": "three", "kind": "dataset", "author": "w-4"},
        {"id": "w-4", "name": "four", "kind": "briefing", "publisher": "w-5"},
        {"id": "w-5", "name": "five", "kind": "image", "author": "w-1"},
        {"id": "w-6", "name": "six", "kind": "person", "affiliation": "w-4"},
    ]
    roles = {
        "w-2": "speaker", "w-3": "relayer", "w-4": "originator", "w-5": "recipient",
        "w-6": "evidence",
    }  # fmt: skip
    sent = [{"type": "source", **work} for work in works]
    assert fresh.post("/v1/imports", json=sent).status_code == 201
    hops = [{"source": "w-1", "role": "document"}]
    hops += [{"source": id, "role": role} for id, role in roles.items()]
    claim = {"id": "odd", "document": "w-1", "attributions": hops}
    assert fresh.post("/v1/claims", json=claim).status_code == 201
    assert fresh.post("/v1/assessments", json={
        "target": "claims/odd", "assessor": "w-4", "comment": "An occasion cannot judge.",
    }).status_code == 201  # fmt: skip
    accepted(linked(fresh, "/v1/claims/odd"))
    for path in ("provenance", "citation", "citation?format=csl", "claim-review"):
        assert fresh.get(f"/v1/claims/odd/{path}").status_code == 200
