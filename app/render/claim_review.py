"""Assessments of a claim as schema.org ClaimReview: the assessor's words, no verdict of ours."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from app.render import citation, date_words
from app.render.citation_context import CitationContext, kind_of, line, sayers
from app.rules import instants
from app.rules.json_types import JsonObject

CONTEXT = ["https://schema.org", {"sayso": "urn:sayso:"}]
CREDIBILITY = {
    1: "confirmed by other sources",
    2: "probably true",
    3: "possibly true",
    4: "doubtful",
    5: "improbable",
    6: "truth cannot be judged",
}
RELIABILITY = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "reliability cannot be judged",
}
BEST, WORST = 5, 1
TYPES = {"person": "Person", "organisation": "Organization", "occasion": "Event"}
DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


def reviews(
    record: CitationContext, assessments: Iterable[tuple[str, int, int, JsonObject]]
) -> dict[str, Any]:
    """One ClaimReview for each assessment (id, version, moment, document), side by side."""
    claim = _claim(record)
    return {
        "@context": CONTEXT,
        "@graph": [_review(record, claim, *assessment) for assessment in assessments],
    }


def _review(
    record: CitationContext,
    claim: JsonObject,
    id: str,
    version: int,
    recorded_at: int,
    given: JsonObject,
) -> dict[str, Any]:
    address = f"{record.iri('assessments', id)}/revisions/{version}"
    ratings = [*_ratings(given)]
    return _known(
        {
            "@type": "ClaimReview",
            "@id": address,
            "url": address,
            "datePublished": instants.text(recorded_at),
            "author": _assessor(record, given["assessor"]),
            "claimReviewed": reviewed(record),
            "itemReviewed": claim,
            "reviewBody": given["comment"],
            "reviewRating": ratings[0] if len(ratings) == 1 else ratings,
            "sayso:confidence": given.get("confidence"),
        }
    )


def reviewed(record: CitationContext) -> str:
    """The claim in one sentence, hedge and date included."""
    return f"{citation.who(record)}, {citation.said(record)}: {citation.what(record)}"


def _ratings(given: JsonObject) -> Iterable[dict[str, Any]]:
    """What the assessor rated. 6 and F are no worst grade but a judgement withheld: no value.

    The Admiralty code counts downwards, and schema.org's readers need the best to be the greatest,
    so 1 and A are 5; the grade as it was given stays beside it.
    """
    if "credibility" in given:
        grade = given["credibility"]
        aspect = "credibility of the information (Admiralty code)"
        yield _rating(aspect, BEST + 1 - grade, grade, CREDIBILITY[grade], given)
    if "reliability" in given:
        letter = given["reliability"]
        aspect = "reliability of the source (Admiralty code)"
        yield _rating(aspect, BEST - "ABCDEF".index(letter), letter, RELIABILITY[letter], given)


def _rating(
    aspect: str, value: int, grade: int | str, words: str, given: JsonObject
) -> dict[str, Any]:
    scale = {"ratingValue": value, "bestRating": BEST, "worstRating": WORST}
    return {
        "@type": "Rating",
        **(scale if value >= WORST else {}),
        "alternateName": words,
        "ratingExplanation": given["comment"],
        "reviewAspect": aspect,
        "sayso:grade": str(grade),
    }


def _assessor(record: CitationContext, slug: str) -> dict[str, Any]:
    """Known by name and kind where there is a source of this id; a bare name, else."""
    source = record.sources.get(slug)
    return {"name": slug, "identifier": slug} if source is None else _agent(record, slug, source)


def _agent(record: CitationContext, id: str, source: JsonObject) -> dict[str, Any]:
    belongs = record.sources.get(source.get("affiliation", ""))
    return _known(
        {
            "@type": TYPES.get(kind_of(source)),
            "@id": record.iri("sources", id),
            "name": line(source["name"]),
            "jobTitle": source.get("job_title"),
            "affiliation": belongs
            and {"@type": TYPES.get(kind_of(belongs)), "name": line(belongs["name"])},
        }
    )


def _claim(record: CitationContext) -> dict[str, Any]:
    claim, sources = record.claim, record.sources
    work = sources[claim["document"]]
    says = [hop["source"] for hop in sayers(claim)]
    authors = [_agent(record, id, sources[id]) for id in dict.fromkeys(says)]
    return _known(
        {
            "@type": "Claim",
            "@id": record.iri("claims", record.id),
            "url": record.permalink,
            "name": citation.what(record),
            "text": claim.get("quote", {}).get("exact"),
            "author": authors[0] if len(authors) == 1 else authors,
            "dateCreated": _date(claim.get("stated")),
            "datePublished": _date(claim.get("published") or work.get("date")),
            "temporal": claim.get("stated"),
            "appearance": _work(record, claim["document"]),
            "firstAppearance": _first(record),
            "creativeWorkStatus": None if record.status == "active" else record.status,
        }
    )


def _date(edtf: str | None) -> str | None:
    """A date that ISO 8601 can tell; what is vaguer stays in `temporal`."""
    plain = edtf and DATE.fullmatch(edtf) and date_words.parts(edtf)
    return edtf if plain else None


def _first(record: CitationContext) -> dict[str, Any] | None:
    """The work nearest the origin, if any is known but the document in hand."""
    works = [
        (hop.get("position", 10**6), hop["source"])
        for hop in record.claim["attributions"]
        if hop["role"] != "document" and kind_of(record.sources[hop["source"]]) == "work"
    ]
    return _work(record, max(works)[1]) if works else None


def _work(record: CitationContext, id: str) -> dict[str, Any]:
    work = record.sources[id]
    publisher = work.get("publisher")
    return _known(
        {
            "@type": "CreativeWork",
            "@id": record.iri("sources", id),
            "name": line(work["name"]),
            "headline": work.get("title"),
            "url": work.get("url"),
            "datePublished": _date(work.get("date")),
            "inLanguage": work.get("language"),
            "publisher": publisher and _agent(record, publisher, record.sources[publisher]),
        }
    )


def _known(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is not known."""
    return {name: value for name, value in fields.items() if value not in (None, [], "")}
